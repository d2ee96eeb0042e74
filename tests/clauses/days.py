"""Days as tests write them: ISO strings to day numbers and back."""

from convnote.calendars import day_number, to_date


def number(iso):
    return day_number(iso)


def iso(day):
    return to_date(day).isoformat()
