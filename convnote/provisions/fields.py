"""Kinds of field: each is a single object that defines what a setting accepts, wherever the setting is used.

A `Kind` checks a value, reads it from TOML and writes it, and gives its JSON Schema, its wording in the list of settings, values
that it refuses, and the values a test may draw (`Drawn`, as data). `term(...)` declares a setting. Does not know any particular
setting; adding a kind of field means adding one object.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from convnote import calendars
from convnote.arithmetic import decimal, fraction, meant, stated
from convnote.errors import TermsError
from convnote.provisions.changes import Judge
from convnote.provisions.toml_values import list_of, number_of, plain, written
from convnote.tables import shown


class Drawn(NamedTuple):
    """The values a test may draw for a kind of field, as data; `convnote.testing.values_of` turns it into a Hypothesis strategy.

    `shape` is "number" (above or from `least` to `most`), "whole", "day", "words", "one" of the values `of`, "some" of them,
    "ascending" (a list of one `Drawn`), "pairs" (of two), "either" (of several) or "made" (a function and its arguments).
    """

    shape: str
    least: Any = None
    most: Any = None
    of: tuple[Any, ...] = ()


class WrongParts(ValueError):
    """Faults within a value that has several fields, each as (field, reason, value given)."""

    def __init__(self, parts: list[tuple[str, str, Any]]) -> None:
        super().__init__("; ".join(f"{part}: {reason}" for part, reason, _ in parts))
        self.parts = parts


def faults_of(error: ValueError, place: str, rule: str, value: Any, show: Callable[[Any], Any]) -> list[TermsError]:
    """A field's error as faults of the setting at `place`; for a value with several fields, one fault naming each field."""
    if isinstance(error, WrongParts):
        return [
            TermsError(reason, field=f"{place}.{part}", rule=rule, value=None if given is None else show(given))
            for part, reason, given in error.parts
        ]
    reason = error.reason if isinstance(error, TermsError) else str(error)
    return [TermsError(reason, field=place, rule=rule, value=show(value))]


def as_it_is(value: Any) -> Any:
    """The value, unchanged."""
    return value


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of field. Calling it with a value returns the value in stored form, or raises ValueError with the reason.

    >>> share("0.25"), share.words, share.written(Decimal("0.250"))
    (Decimal('0.25'), 'a number from 0 to 1', '0.250')
    """

    check: Callable[[Any], Any]
    #: JSON Schema, dates as ISO strings
    schema: Mapping[str, Any]
    #: what it accepts, as worded in the list of settings
    words: str
    #: values that it refuses, in the form a term sheet could contain
    wrong: tuple[Any, ...]
    drawn: Drawn
    #: converts a TOML value to the form `check` takes
    read: Callable[[Any], Any] = plain
    #: converts a checked value to a TOML value: words, numbers, truth values, days, lists and tables of those
    as_toml: Callable[[Any], Any] = as_it_is

    def __call__(self, value: Any) -> Any:
        return self.check(value)

    def written(self, value: Any) -> str:
        """A checked value as written in a term sheet."""
        return written(self.as_toml(value))


def kind(**parts: Any) -> Callable[[Callable[[Any], Any]], Kind]:
    """Makes a kind of field from the function that checks it; the keyword arguments are the fields of `Kind`."""
    return lambda check: Kind(check=check, **parts)


# --- numbers ----------------------------------------------------------------------------------------------------------

#: A number in words, as in a printed note: "6 7/8%".
_SPELLED = {"type": "string", "pattern": r"^[+-]?[0-9][0-9_ ./]*%?$"}


def _number(value: Any) -> Any:
    """A number as stated: `Decimal`, float64 unchanged, or `Fraction` if it has no exact decimal form."""
    if isinstance(value, np.floating):
        return value
    number = decimal(stated(value) if isinstance(value, Fraction) else value)
    return number if isinstance(value, Decimal) or fraction(number) == fraction(value) else fraction(value)


def _numeric(words: str, wrong: tuple[Any, ...], least: Any, most: Any, **limits: Any) -> Callable[[Callable[[Any], Any]], Kind]:
    schema = {"anyOf": [{"type": "number", **limits}, _SPELLED]}
    return kind(schema=schema, words=words, wrong=wrong, drawn=Drawn("number", least, most), read=number_of)


@_numeric("a number above 0", (0, -1, True, "many", "1/0"), Decimal("1e-9"), Decimal("1e15"), exclusiveMinimum=0)
def positive(value: Any) -> Any:
    """A number above 0."""
    number = _number(value)
    if not number > 0:
        raise ValueError("expected a number above 0")
    return number


@_numeric("a number of 0 or more", (-1, "6.875 per cent", True), 0, Decimal("1e15"), minimum=0)
def not_negative(value: Any) -> Any:
    """A number of 0 or more."""
    number = _number(value)
    if not number >= 0:
        raise ValueError("expected a number of 0 or more")
    return number


@_numeric("a number from 0 to 1", (2, Decimal("-0.01"), "half"), Decimal("1e-9"), 1, minimum=0, maximum=1)
def share(value: Any) -> Any:
    """A number from 0 to 1."""
    return _at_most(1, "expected a number from 0 to 1", _number(value), least=0)


_NO_RATES = (Decimal("1.01"), Decimal("6.875"), -1, "6.875 per cent", True)


@_numeric("a number from 0 to 1", _NO_RATES, 0, 1, minimum=0, maximum=1)
def yearly_rate(value: Any) -> Any:
    """An annual rate as a share from 0 to 1: 0.07 for 7%."""
    return _at_most(1, "expected a rate a year from 0 to 1", not_negative(value))


@_numeric("a number from -1 to 1", (Decimal("1.01"), -2, "6.875 per cent", True), -1, 1, minimum=-1, maximum=1)
def signed_rate(value: Any) -> Any:
    """An annual rate that may be negative, as a share from -1 to 1: -0.005 for -0.5%."""
    return _at_most(1, "expected a rate a year from -1 to 1", _number(value), least=-1)


_NO_MULTIPLES = (Decimal("10.01"), Decimal("102.75"), 0, -1, True)


@_numeric("a number above 0 and at most 10", _NO_MULTIPLES, Decimal("1e-9"), 10, exclusiveMinimum=0, maximum=10)
def multiple(value: Any) -> Any:
    """A price as a share of principal, or a multiple of a price: above 0 and at most 10, 1.02 for 102%."""
    return _at_most(10, "expected a share above 0 and at most 10", positive(value))


def _at_most(most: int, reason: str, number: Any, *, least: int | None = None) -> Any:
    """A share, not a percentage: for a value above the limit the error says what was probably meant."""
    if number > most:
        raise ValueError(f"{reason}: {meant(number)}")
    if least is not None and not number >= least:
        raise ValueError(reason)
    return number


def count(least: int = 0, most: int | None = None) -> Kind:
    """A whole number from `least` up to `most`, if given."""
    reach = f"a whole number from {least}" + ("" if most is None else f" to {most}")

    @kind(
        schema={"type": "integer", "minimum": least, **({} if most is None else {"maximum": most})},
        words=reach,
        wrong=("nonsense", least - 1, True),
        drawn=Drawn("whole", least, 366 if most is None else most),
    )
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise ValueError("expected a whole number")
        if value < least or (most is not None and value > most):
            raise ValueError(f"expected {reach}")
        return int(value)

    return check


# --- words ------------------------------------------------------------------------------------------------------------


def _quoted(word: Any) -> str:
    """A word in quotation marks, as a term sheet states it; a number as it is."""
    return f'"{word}"' if isinstance(word, str) else shown(word)


def _choice(words: list[str]) -> str:
    """The words joined by commas, the last by "or"."""
    return ", ".join(words[:-1]) + " or " + words[-1] if len(words) > 1 else words[0]


def one_of(*allowed: Any) -> Kind:
    """One of the allowed values."""

    @kind(
        schema={"enum": list(allowed)},
        words=_choice([_quoted(each) for each in allowed]),
        wrong=("nonsense", -1, True),
        drawn=Drawn("one", of=allowed),
    )
    def check(value: Any) -> Any:
        if isinstance(value, bool) or value not in allowed:
            raise ValueError("allowed: " + ", ".join(map(str, allowed)))
        return next(each for each in allowed if each == value)  # returns the allowed 2 for a given 2.0

    return check


def some_of(*allowed: str) -> Kind:
    """Any of the allowed words, in the order listed."""

    @kind(
        schema={"type": "array", "items": {"enum": list(allowed)}},
        words="a list of any of " + ", ".join(map(_quoted, allowed)),
        wrong=("nonsense", -1, ["nonsense"]),
        drawn=Drawn("some", of=allowed),
    )
    def check(value: Any) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)) or not all(each in allowed for each in value):
            raise ValueError("expected a list of: " + ", ".join(allowed))
        return tuple(each for each in allowed if each in value)

    return check


@kind(schema={"type": "string", "minLength": 1}, words="text", wrong=("", 5), drawn=Drawn("words"))
def text(value: Any) -> str:
    """Non-empty text."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("expected text")
    return value


@kind(schema={"type": "boolean"}, words="true or false", wrong=("yes", 1), drawn=Drawn("one", of=(False, True)))
def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError("expected true or false")
    return bool(value)


#: Currencies that a wrong code was probably meant to name.
_CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CHF", "CNY", "HKD", "SGD", "KRW", "INR", "CAD", "AUD", "SEK", "NOK", "DKK", "BRL")
_SIGNS = {
    "$": "USD",
    "US$": "USD",
    "DOLLAR": "USD",
    "€": "EUR",
    "£": "GBP",
    "STERLING": "GBP",
    "¥": "JPY",
    "YEN": "JPY",
    "RMB": "CNY",
}


@kind(
    schema={"type": "string", "pattern": "^[A-Z]{3}$"},
    words="a currency code such as USD",
    wrong=("US", "eur", "EURO", "", 5),
    drawn=Drawn("one", of=(*_CURRENCIES, "XYZ")),
)
def currency_code(value: Any) -> str:
    """A currency by its three-letter code (ISO 4217)."""
    word = text(value)
    if not re.fullmatch("[A-Z]{3}", word):
        near = word.strip().upper()
        codes = difflib.get_close_matches(near, _CURRENCIES, n=1, cutoff=0.5)
        probably = _SIGNS.get(near) or (near if re.fullmatch("[A-Z]{3}", near) else codes[0] if codes else "")
        raise ValueError(f"expected a three-letter currency code, such as {probably or 'USD'}")
    return str(word)


@kind(
    schema={"type": "string", "minLength": 1},
    words="the name of a calendar, or several joined by +",
    wrong=("LUNAR", ""),
    drawn=Drawn("one", of=("FED", "FED+TARGET", "NASDAQ", "weekdays", "none")),
)
def calendar_name(value: Any) -> str:
    """The name of a calendar in `convnote.calendars`."""
    return calendars.check_name(text(value))


# --- days -------------------------------------------------------------------------------------------------------------

_DAY = {"type": "string", "format": "date"}


@kind(schema=_DAY, words="a date", wrong=("2000-02-30", 20000216, True), drawn=Drawn("day"))
def day(value: Any) -> date:
    """A calendar day, given as a date or YYYY-MM-DD."""
    number = calendars.day_number(value)
    if not isinstance(number, int):
        raise ValueError("expected a date, without a time of day")
    return calendars.to_date(number)


@kind(
    schema={"type": "array", "items": _DAY, "minItems": 1, "uniqueItems": True},
    words="a list of dates",
    wrong=([date(2002, 2, 16), date(2001, 2, 16)], "2001-02-16", [date(2001, 2, 16), date(2001, 2, 16)]),
    drawn=Drawn("ascending", of=(Drawn("day"),)),
    read=list_of(day, "dates"),
)
def days(value: Any) -> tuple[date, ...]:
    """Days in ascending order."""
    result = tuple(day(each) for each in value)
    if not result:
        raise ValueError("expected at least one date")
    if any(later <= earlier for earlier, later in zip(result, result[1:], strict=False)):
        raise ValueError("expected dates in ascending order, none twice")
    return result


#: Pairs of a day and a price, in ascending order of days.
PriceSchedule = tuple[tuple[date, Any], ...]


def _dated_price(value: Any) -> tuple[date, Any]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("expected a list of pairs [date, price], such as [[2003-02-20, 1.00]]")
    return day(value[0]), number_of(value[1])


@kind(
    schema={
        "type": "array",
        "items": {"type": "array", "prefixItems": [_DAY, {"type": ["number", "string"]}], "minItems": 2, "maxItems": 2},
        "minItems": 1,
    },
    words="a list of pairs [date, price]",
    wrong=([], [[date(2003, 2, 20)]], [[date(2003, 2, 20), 0]]),
    drawn=Drawn("pairs", of=(Drawn("day"), multiple.drawn)),
    read=list_of(_dated_price, "pairs [date, price]"),
)
def price_schedule(value: Any) -> PriceSchedule:
    """Pairs of a day and a price as a share of principal, in ascending order of days."""
    rows = tuple((day(on), multiple(price)) for on, price in value)
    if not rows:
        raise ValueError("expected at least one pair of date and price")
    days(on for on, _ in rows)
    return rows


# --- declarations -----------------------------------------------------------------------------------------------------


def term(
    kind: Kind,
    rule: str,
    authority: str = "note",
    *,
    change: Judge,
    default: Any = dataclasses.MISSING,
) -> Any:
    """A field of a provision: what it accepts, its rule, and its authority unless the terms state another.

    `change` gives the direction in which a change affects holders (`convnote.provisions.changes`); it has no default, so that
    no setting is left to a majority by oversight. A default of None makes the field optional.
    """
    metadata = {"kind": kind, "rule": rule, "authority": authority, "change": change}
    return field(metadata=metadata) if default is dataclasses.MISSING else field(default=default, metadata=metadata)


def given(**options: Any) -> Any:
    """A field that the note passes to a provision: not part of its terms, its comparison or its term sheet."""
    return field(default=None, compare=False, repr=False, kw_only=True, **options)
