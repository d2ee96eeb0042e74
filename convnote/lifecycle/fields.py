"""The values that event fields accept: each check normalises one value or refuses it, naming its place, whatever the note."""

from __future__ import annotations

from dataclasses import field
from os import PathLike, fspath
from typing import Any

import numpy as np

from convnote.arithmetic import stated
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError, did_you_mean
from convnote.note import ConvertibleNote
from convnote.provisions.payment_names import payments
from convnote.termsheet import load

#: A payment known by name that events cannot report, and why.
_A_SETTLEMENT = (
    "a settlement that is not paid on its day is not modelled: the surrender is a claim, for which a holder is paid "
    "only in full or, after Default(on, recovered), in part"
)


def a_day(value: Any, place: str) -> Any:
    """A date, or an array of days unchanged."""
    number = day_number(value, place)
    return value if np.ndim(number) else to_date(number)


def a_number(value: Any, place: str) -> Any:
    """An exact number, or an array of numbers unchanged."""
    if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "iufO":
        if value.dtype.kind == "O":
            for each in value.flat:
                stated(each, place)
        return value
    return stated(value, place)


def a_number_of_0_or_more(value: Any, place: str) -> Any:
    """As `a_number`, and not negative."""
    number = a_number(value, place)
    if np.any(number < 0):
        raise TermsError("expected a number of 0 or more", field=place, value=value)
    return number


def a_kind_of_payment(value: Any, place: str) -> str:
    """One of the payments that can be missed (DEF-2)."""
    return _a_payment_or((), value, place)


def a_curable_default(value: Any, place: str) -> str:
    """A payment that can be missed, or a covenant (DEF-2)."""
    return _a_payment_or(("covenant",), value, place)


def a_default(value: Any, place: str) -> str:
    """A default that holders may be asked to waive: a payment, the Company's notice of a change, or a covenant (AMD-4)."""
    return _a_payment_or(("notice", "covenant"), value, place)


def _a_payment_or(others: tuple[str, ...], value: Any, place: str) -> str:
    """A payment that can be missed, or one of the other defaults; a settlement is refused (STL-2)."""
    if isinstance(value, str) and value == "settlement":
        raise TermsError(_A_SETTLEMENT, field=place, rule="STL-2", value=repr(value))
    return _one_of((*payments(), *others), value, place)


def _one_of(allowed: tuple[str, ...], value: Any, place: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise TermsError(f"allowed: {', '.join(allowed)}{did_you_mean(value, allowed)}", field=place, value=repr(value))
    return str(value)


def true_or_false(value: Any, place: str) -> bool:
    """True or false."""
    if not isinstance(value, (bool, np.bool_)):
        raise TermsError("expected true or false", field=place, value=repr(value))
    return bool(value)


def an_averaging(value: Any, place: str) -> str:
    """When the market price for a distribution is averaged: before it, or from the ex-date on."""
    return _one_of(("before", "from-ex-date"), value, place)


def a_whole_number(value: Any, place: str) -> int:
    """A whole number of 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TermsError("expected a whole number of 0 or more", field=place, value=repr(value))
    return value


def a_name(value: Any, place: str) -> str:
    """A holder's name."""
    if not isinstance(value, str) or not value:
        raise TermsError("expected a holder's name", field=place, value=repr(value))
    return value


def a_note(value: Any, place: str) -> ConvertibleNote:
    """A note unchanged, or the note whose term sheet is at a path."""
    if isinstance(value, (str, PathLike)):
        return load(fspath(value))
    if not isinstance(value, ConvertibleNote):
        raise TermsError("expected a note or the path of a term sheet", field=place, value=repr(value))
    return value


def takes(check: Any, **options: Any) -> Any:
    """An event field checked by `check`; a default of None makes it optional."""
    return field(metadata={"check": check}, **options)
