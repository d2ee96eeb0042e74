"""Recurring days, by `dateutil`: the nth weekday of a month, quarters of a fiscal year, instalments."""

from __future__ import annotations

from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MONTHLY, rrule, weekdays


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The `nth` weekday (0: Monday) of a month.

    >>> nth_weekday(2000, 5, 3, 2)
    datetime.date(2000, 5, 11)
    """
    return date(year, month, 1) + relativedelta(weekday=weekdays[weekday](nth))


def quarters_after(on: date, first_month: int) -> tuple[date, date]:
    """The first day of the first fiscal quarter after `on`, and the day twelve months later.

    >>> quarters_after(date(2000, 2, 11), 1)
    (datetime.date(2000, 4, 1), datetime.date(2001, 4, 1))
    """
    months = sorted((month - 1) % 12 + 1 for month in range(first_month, first_month + 12, 3))
    start = datetime(on.year, on.month, on.day)  # noqa: DTZ001  # a calendar day
    quarter = rrule(MONTHLY, dtstart=start, bymonth=months, bymonthday=1).after(start)
    return quarter.date(), quarter.date() + relativedelta(years=1)


def every(first: date, last: date, months: int) -> tuple[date, ...]:
    """`first` and every `months` months after it, up to `last`; in a month too short for the day, the month's last day.

    >>> [str(day) for day in every(date(2003, 7, 31), date(2004, 2, 29), 3)]
    ['2003-07-31', '2003-10-31', '2004-01-31']
    """
    days, number = [], 0
    while (on := first + relativedelta(months=months * number)) <= last:
        days.append(on)
        number += 1
    return tuple(days)
