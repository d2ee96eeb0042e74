"""Day counts: the year fraction between two days, as exact integers (DCT-1).

Actual days in coupon periods, "act/act-icma", need the payment dates and are in `convnote.provisions.interest`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from convnote.calendars import to_date, to_datetime64
from convnote.errors import TermsError

_EPOCH = 719_163  # the ordinal of 1970-01-01, from which day numbers count

DAY_COUNTS = ("act/365f", "act/360", "30/360", "act/act-isda", "30e/360", "30e/360-isda", "30/360-us")


def days_and_year(start: Any, end: Any, day_count: str, *, maturity: Any = None) -> tuple[Any, Any]:
    """The year fraction from `start` to `end` (day numbers, ints or arrays) as integers (days, year), undivided (DCT-1).

    Days have the shape of the inputs; year is one int.

    "act/365f" and "act/360" count calendar days (ISDA 2006, 4.16(d), (e)); "act/act-isda" gives days in common years x 366 +
    days in leap years x 365 over 365 x 366 (4.16(b)). The others count twelve months of 30 days and differ in month ends:

    - "30/360", the bond basis (4.16(f)): a 31st is a 30th, at the end only if the start is a 30th or 31st.
    - "30e/360", the Eurobond basis (4.16(g)): every 31st is a 30th.
    - "30e/360-isda" (4.16(h)): the last of February is a 30th as well, but not at `maturity`.
    - "30/360-us" (Mayle, *Standard Securities Calculation Methods*, SIA 1993): as the bond basis, and the last of February is a
      30th, at the end only if the start is one too.

    >>> from convnote.calendars import day_number
    >>> days_and_year(day_number("1999-07-01"), day_number("2000-07-01"), "act/365f")
    (366, 365)
    >>> days_and_year(day_number("2007-02-28"), day_number("2007-03-31"), "30/360-us")
    (30, 360)
    """
    if day_count == "act/365f":
        return end - start, 365
    if day_count == "act/360":
        return end - start, 360
    if day_count in _DAYS_OF_MONTHS:
        (y1, m1, d1), (y2, m2, d2) = _year_month_day(start), _year_month_day(end)
        d1, d2 = _DAYS_OF_MONTHS[day_count](d1, d2, start, end, maturity)
        return 360 * (y2 - y1) + 30 * (m2 - m1) + (d2 - d1), 360
    if day_count == "act/act-isda":
        leap = _leap_days_before(end) - _leap_days_before(start)
        return (end - start - leap) * 366 + leap * 365, 365 * 366
    raise TermsError(f"allowed: {', '.join(DAY_COUNTS)}", field="day_count", value=repr(day_count))


def days_told(start: int, end: int, day_count: str, *, maturity: int | None = None) -> str:
    """The days from `start` to `end` (day numbers) for which interest accrues, in words: calendar days, or those of 30/360.

    >>> from convnote.calendars import day_number
    >>> first, last = day_number("2026-02-12"), day_number("2026-08-15")
    >>> days_told(first, last, "act/360"), days_told(first, last, "30/360")
    ('184 days', '183 days by 30/360')
    """
    if day_count in _DAYS_OF_MONTHS:
        return f"{days_and_year(start, end, day_count, maturity=maturity)[0]} days by {day_count}"
    return f"{end - start} days"


# Each takes the days of month of start and end, both day numbers and the maturity, and returns the adjusted days of month.


def _bond_basis(d1: Any, d2: Any, start: Any, end: Any, maturity: Any) -> tuple[Any, Any]:
    d1 = _least(d1, 30)
    return d1, d2 - (d2 == 31) * (d1 == 30)


def _eurobond_basis(d1: Any, d2: Any, start: Any, end: Any, maturity: Any) -> tuple[Any, Any]:
    return _least(d1, 30), _least(d2, 30)


def _thirty_e_isda(d1: Any, d2: Any, start: Any, end: Any, maturity: Any) -> tuple[Any, Any]:
    first, last = _ends_february(start), _ends_february(end) * (True if maturity is None else end != maturity)
    return _least(d1, 30) + first * (30 - d1), _least(d2, 30) + last * (30 - d2)


def _thirty_us(d1: Any, d2: Any, start: Any, end: Any, maturity: Any) -> tuple[Any, Any]:
    first = _ends_february(start)
    d2 = d2 + (first * _ends_february(end)) * (30 - d2)
    d1 = d1 + first * (30 - d1)
    return _bond_basis(d1, d2, start, end, maturity)


_DAYS_OF_MONTHS = {
    "30/360": _bond_basis,
    "30e/360": _eurobond_basis,
    "30e/360-isda": _thirty_e_isda,
    "30/360-us": _thirty_us,
}


def _ends_february(day: Any) -> Any:
    """1 if `day` is the last day of February, otherwise 0, in the shape of `day`."""
    following = _year_month_day(day + 1)
    return (following[1] == 3) * (following[2] == 1) * 1


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
    """Number of days in leap years from year 1 to `day` (excluded), in the shape of `day`."""
    year = _year_month_day(day)[0]
    earlier = year - 1
    leap_years = earlier // 4 - earlier // 100 + earlier // 400
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    new_year = 365 * earlier + leap_years + 1 - _EPOCH
    return 366 * leap_years + is_leap * (day - new_year)
