"""A made-up note with a put and a revision after low closes, and courses of its share, for the tests of CPT-1 and DWN-1."""

import dataclasses

import convnote as cn
from convnote.calendars import to_date

SHEET = """
name = "low-closes"
[principal]
issue_date = 2018-03-01
maturity_date = 2024-03-01
issue_size = 1_000_000
denomination = 100
currency = "USD"
trading_days = "NYSE"
[interest]
rate = "1.2%"
frequency = 1
day_count = "30/360"
record_days = 0
[conversion]
price = 10
[adjustment]
[revision]
condition = { days = 15, period = 30, multiple = 0.85, of = "in-force", strict = true, below = true, ends = "notice" }
floor = "higher of 20 and 1"
[conditional_put]
from_date = 2022-03-01
once_a_year = true
condition = { days = 30, period = 30, multiple = 0.70, of = "in-force", strict = true, below = true, ends = "notice" }
[default]
[consent]
"""
NOTE = cn.loads(SHEET)
DAYS = [to_date(day) for day in NOTE.principal.sessions.between(NOTE.principal.issue_day, NOTE.principal.maturity_day)]


def note(part="conditional_put", condition=(), **settings):
    """The note with other settings of a part, and other parts of its condition."""
    terms = getattr(NOTE, part)
    changed = dataclasses.replace(terms.condition, **dict(condition))
    return dataclasses.replace(NOTE, **{part: dataclasses.replace(terms, condition=changed, **settings)})


def history(figures, otherwise="9"):
    """Closes by day or by the first of several days at one figure: {"2022-05-02": 6.9}; "9" before the first of them."""
    closes, figure = [], otherwise
    for day in DAYS:
        figure = figures.get(str(day), figure)
        closes.append(figure)
    return cn.MarketHistory(dates=DAYS, closes=closes, currency="USD")


def session(on, shift=0):
    """The trading day so many after (before) the first one from a day on."""
    place = next(place for place, day in enumerate(DAYS) if str(day) >= on)
    return str(DAYS[place + shift])


def low_from(first, low="6.99", until=None, otherwise="9"):
    """Closes at `low` from a day on, until (not including) another."""
    return history({first: low} | ({until: otherwise} if until else {}), otherwise)
