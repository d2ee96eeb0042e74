"""Days as this package accepts them: day numbers, dates, ISO strings or datetime64, one or many."""

from __future__ import annotations

from typing import Any

import numpy as np

from convnote.calendars import EARLIEST, LATEST, day_number
from convnote.errors import MarketError, TermsError, as_given


def as_day(on: Any, field: str = "on") -> int:
    """One day as its day number, from a day number, date, ISO string or datetime64.

    >>> as_day("2000-02-16"), as_day(11003)
    (11003, 11003)

    Raises `MarketError` for anything that is not a single day.
    """
    if isinstance(on, (int, np.integer)) and not isinstance(on, bool):
        if not EARLIEST <= on <= LATEST:
            raise MarketError("expected a day of the years 1 to 9999", field=field, value=as_given(on))
        return int(on)
    try:
        return int(day_number(on))
    except TermsError as fault:
        raise MarketError(fault.reason, field=field, value=fault.value) from None
    except TypeError:
        raise MarketError("expected one day", field=field, value=repr(on)) from None


def as_days(on: Any, field: str = "days") -> np.ndarray:
    """Days as an int64 array of day numbers of the same shape; one day gives shape ().

    >>> as_days(["2000-02-16", "2000-02-17"]), as_days(11003)
    (array([11003, 11004]), array(11003))

    Raises `MarketError` for anything that is not a day.
    """
    if isinstance(on, np.ndarray) and on.dtype.kind in "iu":
        return on.astype(np.int64, copy=False)
    if isinstance(on, (list, tuple)):
        return np.array([as_day(day, f"{field}[{place}]") for place, day in enumerate(on)], dtype=np.int64)
    if isinstance(on, (int, np.integer)) and not isinstance(on, bool):
        return np.array(on, dtype=np.int64)
    try:
        return np.asarray(day_number(on), dtype=np.int64)
    except TermsError as fault:
        raise MarketError(fault.reason, field=field, value=fault.value) from None
