"""Days: day numbers, Business Days (DAY-2), Trading Days (DAY-1) and whole months (ROL-1).

A day number counts from 1970-01-01, as NumPy's ``datetime64[D]`` does. A `date` or an ISO string becomes an `int` and gives
exact results; a ``datetime64`` (scalar or array) or a pandas date becomes an int64 array and gives float64 results.
Calendars come from the `holidays` package; no holiday is listed here. A `datetime` where a day is expected is refused, and so
is a day before the first year that a calendar covers (CAL-1).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from convnote.errors import TermsError, as_given, did_you_mean

FIRST_YEAR, LAST_YEAR = 1970, 2099
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = date(FIRST_YEAR, 1, 1).toordinal() - _EPOCH, date(LAST_YEAR, 12, 31).toordinal() - _EPOCH
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: ``datetime64`` units longer than a day, which do not say which day is meant.
LONGER_THAN_A_DAY = ("datetime64[Y]", "datetime64[M]", "datetime64[W]")
EARLIEST, LATEST = date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH


def day_number(on: Any, field: str = "on") -> Any:
    """The day number of a day: `int` for a date or ISO string, int64 of the same shape for NumPy or pandas dates and lists.

    >>> day_number("1970-01-11"), day_number(np.array(["1970-01-11"], "datetime64[D]")), day_number(["1970-01-11"])
    (10, array([10]), array([10]))

    Raises `TermsError` for a `datetime`, NaT, a month, a year or a week, a day outside the years 1 to 9999, and for text other
    than YYYY-MM-DD.
    """
    if isinstance(on, date) and not isinstance(on, datetime):
        return on.toordinal() - _EPOCH
    if isinstance(on, str):
        try:
            if _WRITTEN.fullmatch(on):  # `fromisoformat` also accepts ISO weeks and dates without hyphens
                return date.fromisoformat(on).toordinal() - _EPOCH
        except ValueError:
            pass
        raise TermsError("a day is written YYYY-MM-DD", field=field, value=repr(on if len(on) <= 40 else on[:39] + "…"))
    if isinstance(on, (np.datetime64, np.ndarray)) or hasattr(on, "to_datetime64") or hasattr(on, "to_numpy"):
        stamps = on.to_datetime64() if hasattr(on, "to_datetime64") else np.asarray(on)
        if stamps.dtype.kind in "OUT" and stamps.ndim == 1:  # dates or text, one by one
            return day_number(stamps.tolist(), field)
        if stamps.dtype.kind == "M":
            if stamps.dtype.name in LONGER_THAN_A_DAY:
                raise TermsError("expected a day, not a month, a year or a week", field=field, value=repr(stamps))
            days = stamps.astype("datetime64[D]")
            if np.any(np.isnat(days)):
                raise TermsError("every entry must be a day", field=field, value="NaT")
            if stamps.dtype != days.dtype and np.any(stamps != days):
                raise TermsError("expected a day, without a time of day", field=field, value=stamps[stamps != days][:1])
            numbers = days.astype(np.int64)
            if np.any(numbers < EARLIEST) or np.any(numbers > LATEST):
                raise TermsError("expected a day of the years 1 to 9999", field=field, value=repr(stamps))
            return numbers
        raise TermsError("an array of days has dtype datetime64", field=field, value=stamps.dtype)
    if isinstance(on, (list, tuple)):
        return np.array([one_day(each, f"{field}[{place}]") for place, each in enumerate(on)], dtype=np.int64)
    raise TermsError("expected a date, without a time of day", field=field, value=as_given(on))


def one_day(on: Any, field: str = "on") -> int:
    """The day number of one day; raises `TermsError` as `day_number` does, and for a list of days."""
    number = day_number(on, field)
    if isinstance(number, int):
        return number
    if np.ndim(number):
        raise TermsError("expected one day, not a list of days", field=field, value=as_given(on))
    return int(number)


def to_date(day: int) -> date:
    """The date of a day number.

    >>> to_date(10)
    datetime.date(1970, 1, 11)
    """
    return date.fromordinal(int(day) + _EPOCH)


def to_datetime64(days: npt.ArrayLike) -> Any:
    """Day numbers as ``datetime64[D]`` of the same shape."""
    return np.asarray(days, dtype=np.int64).view("datetime64[D]")


# --- open days -------------------------------------------------------------------------------------------------------

#: Calendar names of this package and their calendars in `holidays`; other `holidays` codes are used unchanged.
CALENDARS = {"FED": "FED", "TARGET": "ECB", "NASDAQ": "XNAS", "NYSE": "XNYS"}
#: "weekdays" has no holidays; "none" has no closed days.
PLAIN = ("weekdays", "none")
_FEDERAL_RESERVE = ("FED", "XFED", "USNY")


@dataclass(frozen=True)
class Calendar:
    """The open days of a named calendar. Methods take day numbers, an int or an int64 array, and answer in the same shape.

    It covers the first year that all its parts cover (1970 at the earliest) to 2099. Methods raise `TermsError` for a day
    outside that range (CAL-1).

    >>> fed = calendar("FED")
    >>> to_date(fed.on_or_after(day_number("2002-02-16")))  # a Saturday, and Monday is Washington's Birthday
    datetime.date(2002, 2, 19)
    >>> calendar("FED+TARGET").is_open(day_number("1997-12-25"))
    Traceback (most recent call last):
    convnote.errors.TermsError: calendar FED+TARGET (CAL-1): got 1997-12-25; the holidays of TARGET are known from 1999-01-01 on
    """

    name: str
    #: open days in order, and for each calendar day from 1970 the index of the first open day on or after it
    days: np.ndarray
    place: np.ndarray
    #: the first day covered, and the part of the name that sets it
    first: int
    begins: str
    _days: list[int]
    _place: list[int]
    _closed: tuple[date, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle a calendar by name: its days are rebuilt once in each process."""
        return calendar, (self.name, self._closed)

    def _at(self, day: Any, shift: int, step: int) -> Any:
        if isinstance(day, np.ndarray):
            if day.size and (day.min() < self.first or day.max() + shift >= len(self._place)):
                raise self._outside(int(day.min() if day.min() < self.first else day.max()))
            at = self.place[day + shift] + step
            if day.size and (at.min() < 0 or at.max() >= len(self._days)):
                raise self._outside(int(day[at.argmin() if at.min() < 0 else at.argmax()]), step)
            return self.days[at]
        place = day + shift
        if self.first <= day and place < len(self._place) and 0 <= (place := self._place[place] + step) < len(self._days):
            return self._days[place]
        raise self._outside(int(day), step if self.first <= day <= _LAST else 0)

    def _outside(self, day: int, step: int = 0) -> TermsError:
        value = f"{f'a day {step:+} from ' if step else ''}{to_date(day)}"
        reason = f"calendars reach from {to_date(_FIRST)} to {to_date(_LAST)}"
        if self.first > _FIRST and day <= _LAST and step <= 0:
            reason = f"the holidays of {self.begins} are known from {to_date(self.first)} on"
        return TermsError(reason, field=f"calendar {self.name}", rule="CAL-1", value=value)

    def is_open(self, day: int | np.ndarray) -> Any:
        """True on an open day."""
        return self._at(day, 0, 0) == day

    def on_or_after(self, day: int | np.ndarray) -> Any:
        """The first open day on or after `day`."""
        return self._at(day, 0, 0)

    def before(self, day: int | np.ndarray, count: int = 1) -> Any:
        """The `count`-th open day before `day`."""
        return self._at(day, 0, -count)

    def on_or_before(self, day: int | np.ndarray) -> Any:
        """The last open day on or before `day`."""
        return self._at(day, 1, -1)

    def after(self, day: int | np.ndarray, count: int = 1) -> Any:
        """The `count`-th open day after `day`."""
        return self._at(day, 1, count - 1)

    def between(self, first: int, last: int) -> Sequence[int]:
        """All open days from `first` to `last`, both included, as a list."""
        if first <= last and not (self.first <= first and last <= _LAST):
            raise self._outside(first if first < self.first else last)
        return self._days[bisect_left(self._days, first) : bisect_left(self._days, last + 1)]


def _codes() -> dict[str, bool]:
    """Every code of the `holidays` package, True for a market, False for a country (public holidays)."""
    from holidays import registry  # only for an unusual name: the import takes half as long as NumPy's

    countries = {code: False for _, *codes in registry.COUNTRIES.values() for code in codes if len(code) in (2, 3)}
    return countries | {code: True for _, *codes in registry.FINANCIAL.values() for code in codes}


def check_name(name: str) -> str:
    """The name of a calendar, if valid (CAL-1); raises `TermsError` otherwise. Does not build the calendar."""
    for part in name.split("+"):
        if part in CALENDARS or part in PLAIN:
            continue
        codes = _codes()
        if part not in codes:
            meant = did_you_mean(part, [*CALENDARS, *codes])
            allowed = f"allowed: {', '.join([*CALENDARS, *PLAIN])}, a code of the holidays package such as XLON or JP"
            raise TermsError(f"{allowed}, or several joined by '+'{meant}", field="calendar", value=repr(part))
    return name


def _weekdays() -> np.ndarray:
    return (np.arange(_FIRST, _LAST + 1) + 3) % 7  # day 0 was a Thursday


def _open_days(part: str) -> tuple[np.ndarray, int]:
    """Whether each day from 1970 to 2099 is open under one part of a name (bool [day]), and the first day that part covers."""
    if part == "none":
        return np.ones(_LAST + 1, dtype=bool), _FIRST
    if part == "weekdays":
        return _weekdays() < 5, _FIRST
    import holidays

    code = CALENDARS.get(part, part)
    is_market = part in CALENDARS or _codes()[part]
    known = (holidays.financial_holidays if is_market else holidays.country_holidays)(code)
    first = max(known.start_year, FIRST_YEAR)
    # A one-day weekend applies to offices and shops; banks and exchanges close on two days.
    weekend = known.weekend if len(known.weekend) == 2 else {5, 6}
    is_open = ~np.isin(_weekdays(), list(weekend))
    closed = list(type(known)(years=range(first, LAST_YEAR + 1)))
    if code in _FEDERAL_RESERVE:
        first = FIRST_YEAR
        closed += _federal_holidays(known.start_year)
    numbers = np.array([day.toordinal() - _EPOCH for day in closed])
    is_open[numbers[(numbers >= _FIRST) & (numbers <= _LAST)]] = False
    return is_open, date(first, 1, 1).toordinal() - _EPOCH


def _federal_holidays(before: int) -> list[date]:
    """Days on which the Federal Reserve was closed before the first year of its calendar.

    The federal holidays; one that falls on a Sunday is observed on Monday, one on a Saturday is not moved.
    """
    import holidays

    as_they_fall = holidays.country_holidays("US", years=range(FIRST_YEAR, before), observed=False)
    return [day + timedelta(days=1) if day.weekday() == 6 else day for day in as_they_fall]


@cache
def calendar(name: str, closed: tuple[date, ...] = ()) -> Calendar:
    """The calendar of that name, with the days `closed` as further closed days (CAL-1).

    "FED" (DAY-2), "NASDAQ" (DAY-1), "NYSE", "TARGET", "weekdays", "none", any market code of the `holidays` package such as
    "XLON", any country code such as "JP" for its public holidays, or several joined by "+": open where all are open.

    >>> calendar("XLON+JP").is_open(day_number("2024-05-03"))  # Constitution Day in Japan
    False

    Raises `TermsError` for a name it does not know.
    """
    is_open, first, begins = np.ones(_LAST + 1, dtype=bool), _FIRST, name
    for part in check_name(name).split("+"):
        own, own_first = _open_days(part)
        is_open &= own
        if own_first > first:
            first, begins = own_first, part
    is_open[:first] = False
    for on in closed:
        number = on.toordinal() - _EPOCH
        if _FIRST <= number <= _LAST:
            is_open[number] = False
    days = np.flatnonzero(is_open)
    place = np.searchsorted(days, np.arange(_FIRST, _LAST + 2))
    return Calendar(name, days, place, first, begins, days.tolist(), place.tolist(), closed)


#: years for which the table of monthly days is built
_FIRST_TABLED, _LAST_TABLED = 1800, 2299


@cache
def _day_of_every_month(day: int) -> list[int]:
    """Day numbers of that day of each month in the table, or of the month's last day if it is shorter."""
    months = np.arange(f"{_FIRST_TABLED}-01", f"{_LAST_TABLED + 1}-02", dtype="datetime64[M]")
    starts = months.astype("datetime64[D]").astype(np.int64)
    return np.minimum(starts[:-1] + (day - 1), starts[1:] - 1).tolist()


def roll_days(anchor: date, months: int, first: int, last: int, *, end_of_month: bool = False) -> list[int]:
    """Day numbers from `first` to `last` that lie a whole number of `months`-month periods before or after `anchor` (ROL-1).

    A month that is too short gives its last day; with `end_of_month` every date is the last of its month.

    >>> [str(to_date(day)) for day in roll_days(date(2003, 6, 30), 6, 12000, 12450, end_of_month=True)]
    ['2002-12-31', '2003-06-30', '2003-12-31']

    Raises `TermsError` for days outside the years 1800 to 2299.
    """
    table = _day_of_every_month(31 if end_of_month else anchor.day)
    if not (table[0] <= first and last < table[-1] and _FIRST_TABLED <= anchor.year <= _LAST_TABLED):
        reason = f"expected days in the years {_FIRST_TABLED} to {_LAST_TABLED}"
        raise TermsError(reason, field="date", value=f"{to_date(first)} to {to_date(last)}")
    place, start = (anchor.year - _FIRST_TABLED) * 12 + anchor.month - 1, bisect_left(table, first)
    return table[start + (place - start) % months : bisect_right(table, last) : months]


def months_back(last: date, months: int, after: int) -> list[int]:
    """Day numbers, ascending, of `last` and of the same day each `months` months before it, while later than `after`.

    A month that is too short gives its last day. A slice of a table, twenty times as fast as ten calls of `add_months`.

    >>> [str(to_date(day)) for day in months_back(date(2003, 8, 31), 6, day_number("2002-02-28"))]
    ['2002-08-31', '2003-02-28', '2003-08-31']

    Raises `TermsError` for a day outside the years 1800 to 2299.
    """
    table, place = _day_of_every_month(last.day), (last.year - _FIRST_TABLED) * 12 + last.month - 1
    if not (table[0] <= after and place < len(table)):
        reason = f"expected days in the years {_FIRST_TABLED} to {_LAST_TABLED}"
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


def ends_month(on: date) -> bool:
    """True on the last day of a month.

    >>> ends_month(date(2024, 2, 29)), ends_month(date(2024, 2, 28))
    (True, False)
    """
    return (on + timedelta(days=1)).day == 1
