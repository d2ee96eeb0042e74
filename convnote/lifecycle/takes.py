"""What a field of an event takes: each check normalises one value, or refuses it by its place. Judges nothing about the note."""

from __future__ import annotations

from dataclasses import field
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError
from convnote.provisions.default import PAYMENTS


def a_day(value: Any, place: str) -> Any:
    """A date, or an array of days as it is."""
    number = day_number(value, place)
    return value if np.ndim(number) else to_date(number)


def a_number(value: Any, place: str) -> Any:
    """An exact number, or an array as it is."""
    return value if np.ndim(value) else fraction(value, place)


def a_kind_of_payment(value: Any, place: str) -> str:
    """One of the payments that can be missed (DEF-2)."""
    if value not in PAYMENTS:
        raise TermsError(f"allowed: {', '.join(PAYMENTS)}", field=place, value=repr(value))
    return str(value)


def a_whole_number(value: Any, place: str) -> int:
    """A whole number of 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TermsError("a whole number of 0 or more is needed", field=place, value=repr(value))
    return value


def takes(check: Any, **options: Any) -> Any:
    """A field of an event that is checked; a default of None makes it optional."""
    return field(metadata={"check": check}, **options)
