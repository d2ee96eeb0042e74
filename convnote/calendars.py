"""Days: day numbers, day counts as exact integers, Business Days (DAY-2) and Trading Days (DAY-1).

A day number counts from 1970-01-01, as NumPy's ``datetime64[D]`` does. A `date` or an ISO string asks exactly and
becomes an `int`; a ``datetime64`` (scalar or array) or a pandas date becomes an int64 array and is answered in float64.
The calendars are the `holidays` package's; no holiday is written down here. Refuses a `datetime` where a day is meant.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from convnote.errors import TermsError

FIRST_YEAR, LAST_YEAR = 1970, 2099
_EPOCH = date(1970, 1, 1).toordinal()


def day_number(on: Any, field: str = "on") -> Any:
    """The day number of a day: `int` for a date or ISO string, int64 array for NumPy's or pandas' dates.

    >>> day_number("1970-01-11"), day_number(np.array(["1970-01-11"], "datetime64[D]"))
    (10, array([10]))

    Raises `TermsError` for a `datetime`, NaT or anything that is no day.
    """
    if isinstance(on, date) and not isinstance(on, datetime):
        return on.toordinal() - _EPOCH
    if isinstance(on, str):
        try:
            return date.fromisoformat(on).toordinal() - _EPOCH
        except ValueError:
            raise TermsError("a day is written YYYY-MM-DD", field=field, value=repr(on)) from None
    if isinstance(on, (np.datetime64, np.ndarray)) or hasattr(on, "to_datetime64") or hasattr(on, "to_numpy"):
        stamps = on.to_datetime64() if hasattr(on, "to_datetime64") else np.asarray(on)
        if stamps.dtype.kind == "M":
            days = stamps.astype("datetime64[D]")
            if np.any(np.isnat(days)):
                raise TermsError("every entry must be a day", field=field, value="NaT")
            if stamps.dtype != days.dtype and np.any(stamps != days):
                raise TermsError("a day is needed, without a time of day", field=field, value=stamps[stamps != days][:1])
            return days.astype(np.int64)
        raise TermsError("an array of days has dtype datetime64", field=field, value=stamps.dtype)
    raise TermsError("a date is needed, without a time of day", field=field, value=repr(on))


def to_date(day: int) -> date:
    """The date of a day number.

    >>> to_date(10)
    datetime.date(1970, 1, 11)
    """
    return date.fromordinal(int(day) + _EPOCH)


def to_datetime64(days: Any) -> Any:
    """The ``datetime64[D]`` array of an array of day numbers."""
    return np.asarray(days, dtype=np.int64).view("datetime64[D]")


# --- day counts ------------------------------------------------------------------------------------------------------

DAY_COUNTS = ("act/365f", "act/360", "30/360", "act/act-isda")


def days_and_year(start: Any, end: Any, day_count: str) -> tuple[Any, Any]:
    """The year fraction from `start` to `end` (day numbers, ints or arrays) as integers (days, year), not divided.

    "act/365f" and "act/360" count calendar days; "30/360" is the bond basis (ISDA 2006, 4.16(f)); "act/act-isda" gives
    days in common years x 366 + days in leap years x 365 over 365 x 366.

    >>> days_and_year(day_number("1999-07-01"), day_number("2000-07-01"), "act/365f")
    (366, 365)
    """
    if day_count == "act/365f":
        return end - start, 365
    if day_count == "act/360":
        return end - start, 360
    if day_count == "30/360":
        (y1, m1, d1), (y2, m2, d2) = _year_month_day(start), _year_month_day(end)
        d1 = _least(d1, 30)
        d2 = d2 - (d2 == 31) * (d1 == 30)
        return 360 * (y2 - y1) + 30 * (m2 - m1) + (d2 - d1), 360
    if day_count == "act/act-isda":
        leap = _leap_days_before(end) - _leap_days_before(start)
        return (end - start - leap) * 366 + leap * 365, 365 * 366
    raise TermsError(f"allowed: {', '.join(DAY_COUNTS)}", field="day_count", value=repr(day_count))


def _least(value: Any, bound: int) -> Any:
    return np.minimum(value, bound) if isinstance(value, np.ndarray) else min(value, bound)


def _year_month_day(day: Any) -> tuple[Any, Any, Any]:
    if isinstance(day, np.ndarray):
        stamp = to_datetime64(day)
        month, year = stamp.astype("datetime64[M]"), stamp.astype("datetime64[Y]")
        return (
            year.astype(np.int64) + 1970,
            (month - year).astype(np.int64) + 1,
            (stamp - month).astype(np.int64) + 1,
        )
    on = to_date(day)
    return on.year, on.month, on.day


def _leap_days_before(day: Any) -> Any:
    """Days that lie in leap years, from year 1 to `day` (excluded)."""
    year = _year_month_day(day)[0]
    earlier = year - 1
    leap_years = earlier // 4 - earlier // 100 + earlier // 400
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    new_year = 365 * earlier + leap_years + 1 - _EPOCH
    return 366 * leap_years + is_leap * (day - new_year)


# --- open days -------------------------------------------------------------------------------------------------------

#: Names a term sheet may use, and the closed days of each in the `holidays` package. Sets joined by "+" are open
#: where all are open; "weekdays" knows no holiday; "none" has no closed day at all.
CALENDARS = {"FED": "FED", "TARGET": "ECB", "NASDAQ": "XNAS", "NYSE": "XNYS"}


@dataclass(frozen=True)
class Calendar:
    """The open days of a named calendar, 1970 to 2099. Methods take day numbers, ints or arrays, and give the same.

    >>> fed = calendar("FED")
    >>> to_date(fed.on_or_after(day_number("2002-02-16")))  # a Saturday, and Monday is Washington's Birthday
    datetime.date(2002, 2, 19)
    """

    name: str
    #: open days in order, and for each calendar day the place of the first open day on or after it
    days: np.ndarray
    place: np.ndarray
    _days: list[int]
    _place: list[int]

    def _at(self, day: Any, shift: int, step: int) -> Any:
        if isinstance(day, np.ndarray):
            if day.size and (day.min() < 0 or day.max() + shift >= len(self._place)):
                raise TermsError(_SPAN, field=f"calendar {self.name}", value="a day outside")
            at = self.place[day + shift] + step
            if day.size and (at.min() < 0 or at.max() >= len(self._days)):
                raise TermsError(_SPAN, field=f"calendar {self.name}", value="a day outside")
            return self.days[at]
        place = day + shift
        if 0 <= place < len(self._place) and 0 <= (place := self._place[place] + step) < len(self._days):
            return self._days[place]
        raise TermsError(_SPAN, field=f"calendar {self.name}", value=f"a day {step:+} from {to_date(day)}")

    def is_open(self, day: Any) -> Any:
        """True on an open day."""
        return self._at(day, 0, 0) == day

    def on_or_after(self, day: Any) -> Any:
        """The first open day on or after `day`."""
        return self._at(day, 0, 0)

    def before(self, day: Any, count: int = 1) -> Any:
        """The `count`-th open day before `day`."""
        return self._at(day, 0, -count)

    def on_or_before(self, day: Any) -> Any:
        """The last open day on or before `day`."""
        return self._at(day, 1, -1)

    def after(self, day: Any, count: int = 1) -> Any:
        """The `count`-th open day after `day`."""
        return self._at(day, 1, count - 1)

    def between(self, first: int, last: int) -> Sequence[int]:
        """All open days from `first` to `last`, both included, as a list."""
        return self._days[bisect_left(self._days, first) : bisect_left(self._days, last + 1)]


_SPAN = f"calendars reach from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31"


def check_name(name: str) -> str:
    """The name of a calendar, if it is one; raises `TermsError` otherwise. Builds nothing."""
    for part in name.split("+"):
        if part not in CALENDARS and part not in ("weekdays", "none"):
            allowed = ", ".join([*CALENDARS, "weekdays", "none"])
            raise TermsError(f"allowed: {allowed}, or several joined by '+'", field="calendar", value=repr(part))
    return name


@cache
def calendar(name: str) -> Calendar:
    """The calendar of that name: "FED" (DAY-2), "NASDAQ" (DAY-1), "NYSE", "TARGET", "weekdays", "none", or several joined by "+".

    Raises `TermsError` for a name it does not know.
    """
    first, last = date(FIRST_YEAR, 1, 1).toordinal() - _EPOCH, date(LAST_YEAR, 12, 31).toordinal() - _EPOCH
    every = np.arange(first, last + 1)
    is_open = np.ones(len(every), dtype=bool)
    if name != "none":
        is_open &= (every + 3) % 7 < 5  # day 0 was a Thursday
    for part in check_name(name).split("+"):
        if part in CALENDARS:
            import holidays  # only when a calendar is asked for: it costs as much as half of numpy

            closed = holidays.financial_holidays(CALENDARS[part], years=range(FIRST_YEAR, LAST_YEAR + 1))
            numbers = np.array([day.toordinal() - _EPOCH for day in closed])
            is_open[numbers[(numbers >= first) & (numbers <= last)] - first] = False
    days = every[is_open]
    place = np.searchsorted(days, np.arange(first, last + 2))
    return Calendar(name, days, place, days.tolist(), place.tolist())


#: years for which the same day of every month is tabled
_FIRST_TABLED, _LAST_TABLED = 1800, 2299


@cache
def _day_of_every_month(day: int) -> list[int]:
    """Day numbers of that day of every month tabled, or of the last day of a month that is shorter."""
    months = np.arange(f"{_FIRST_TABLED}-01", f"{_LAST_TABLED + 1}-02", dtype="datetime64[M]")
    starts = months.astype("datetime64[D]").astype(np.int64)
    return np.minimum(starts[:-1] + (day - 1), starts[1:] - 1).tolist()


def months_back(last: date, months: int, after: int) -> list[int]:
    """Day numbers, ascending, of `last` and of the same day each `months` months before it, while later than `after`.

    A month that is too short gives its last day. A slice of a table: ten `add_months` take twenty times as long.

    >>> [str(to_date(day)) for day in months_back(date(2003, 8, 31), 6, day_number("2002-02-28"))]
    ['2002-08-31', '2003-02-28', '2003-08-31']

    Raises `TermsError` for a day outside the years 1800 to 2299.
    """
    table, place = _day_of_every_month(last.day), (last.year - _FIRST_TABLED) * 12 + last.month - 1
    if not (table[0] <= after and place < len(table)):
        reason = f"days in the years {_FIRST_TABLED} to {_LAST_TABLED} are needed"
        raise TermsError(reason, field="date", value=f"{to_date(after)} to {last}")
    later = bisect_right(table, after)
    return table[later + (place - later) % months : place + 1 : months]


def add_months(on: date, months: int) -> date:
    """The same day of the month `months` later, or the last of that month.

    >>> add_months(date(2003, 8, 31), 6)
    datetime.date(2004, 2, 29)
    """
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    try:
        return date(year, month + 1, on.day)
    except ValueError:  # that month is shorter
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
