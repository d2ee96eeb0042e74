"""The by-laws once more, from the paper: by counting days one at a time. Imports nothing of the package."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from math import ceil

ONE = timedelta(days=1)


def second_thursday_of_may(year: int, holidays: Collection[date] = ()) -> date:
    """The second Thursday of May; the next day open at the place, if that is a holiday there."""
    on, seen = date(year, 5, 1), 0
    while True:
        seen += on.weekday() == 3
        if seen == 2:
            break
        on += ONE
    thursday = on
    # open at its place, and a day on which banks work: in May they also close on the last Monday
    while on in holidays or (on != thursday and (on.weekday() > 4 or (on.weekday() == 0 and on.day > 24))):
        on += ONE
    return on


def days_before(on: date, count: int) -> date:
    """The day from which `count` nights lead to `on`."""
    for _ in range(count):
        on -= ONE
    return on


def days_after(on: date, count: int) -> date:
    """The day to which `count` nights lead from `on`."""
    for _ in range(count):
        on += ONE
    return on


def may_set_record_date(kind: str, day: date, resolved: date, action: date) -> bool:
    """True if the Board may set `day` as record date by a resolution of `resolved`, for a meeting or payment on `action`."""
    if day < resolved:
        return False
    if kind == "consent":
        return day <= days_after(resolved, 10)
    return days_before(action, 60) <= day <= (days_before(action, 10) if kind == "meeting" else action)


def business_is_in_time(received: date, specified: date, meeting: date, announced: date | None) -> bool:
    """True if a stockholder's business is received in time."""
    if announced is not None and announced > days_before(meeting, 60):
        return received <= days_after(announced, 10)
    return days_before(specified, 90) <= received <= days_before(specified, 60)


def directors_needed(fixed: int, serving: int) -> int:
    """The least number of directors that is a quorum."""
    if serving == fixed:
        return next(number for number in range(1, fixed + 1) if 2 * number > fixed)
    return max(next(number for number in range(1, fixed + 2) if 2 * number > serving), ceil(fixed / 3))
