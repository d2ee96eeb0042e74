"""What a provision is made of: fields that know their rule id, their authority and what is allowed in them.

`term(...)` declares a field; `Provision` checks all fields of an object at once, takes numbers to `Decimal` as printed
and answers where each setting comes from. Knows nothing of any particular provision.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np

from convnote import calendars
from convnote.arithmetic import decimal, fraction, meant, stated
from convnote.errors import TermsError, as_given
from convnote.provisions.changes import Change, Judge, depends
from convnote.tables import Table, shown

#: Where a setting may come from: the note itself, the cover of its prospectus, the underwriting agreement, another
#: filing, the by-laws of the issuer, or the usual wording of such papers where they are silent.
AUTHORITIES = ("note", "cover", "agreement", "filing", "by-laws", "convention")


class Rule(NamedTuple):
    """One rule of the paper: its id, what it says in a line, and where it is printed (or "convention")."""

    id: str
    says: str
    authority: str


def rules(**lines: tuple[str, str]) -> dict[str, Rule]:
    """A table of rules, written as ``INT_1=("what it says", "note")``."""
    return {name.replace("_", "-"): Rule(name.replace("_", "-"), *line) for name, line in lines.items()}


# --- what a field takes -----------------------------------------------------------------------------------------------


#: A number in words, as a sheet may print it: "6 7/8%".
_SPELLED = {"type": "string", "pattern": r"^[+-]?[0-9][0-9_ ./]*%?$"}
_DAY = {"type": "string", "format": "date"}


def described(**schema: Any) -> Callable[[Any], Any]:
    """Gives a check the JSON Schema of what it takes, from which that of the whole sheet is made."""

    def mark(check: Any) -> Any:
        check.schema = schema
        return check

    return mark


def _number(value: Any) -> Any:
    """A number as it was stated: a `Decimal`, float64 as it is, and a `Fraction` where no decimal is equal to it."""
    if isinstance(value, np.floating):
        return value
    number = decimal(stated(value) if isinstance(value, Fraction) else value)
    return number if isinstance(value, Decimal) or fraction(number) == fraction(value) else fraction(value)


@described(anyOf=[{"type": "number", "exclusiveMinimum": 0}, _SPELLED])
def positive(value: Any) -> Any:
    """A number above 0."""
    number = _number(value)
    if not number > 0:
        raise ValueError("a number above 0 is needed")
    return number


@described(anyOf=[{"type": "number", "minimum": 0}, _SPELLED])
def not_negative(value: Any) -> Any:
    """A number of 0 or more."""
    number = _number(value)
    if not number >= 0:
        raise ValueError("a number of 0 or more is needed")
    return number


@described(anyOf=[{"type": "number", "minimum": 0, "maximum": 1}, _SPELLED])
def share(value: Any) -> Any:
    """A number from 0 to 1."""
    return _at_most(1, "a number from 0 to 1 is needed", _number(value), least=0)


@described(anyOf=[{"type": "number", "minimum": 0, "maximum": 1}, _SPELLED])
def yearly_rate(value: Any) -> Any:
    """A rate a year: a share from 0 to 1, 0.07 for 7%."""
    return _at_most(1, "a rate a year from 0 to 1 is needed", not_negative(value))


@described(anyOf=[{"type": "number", "exclusiveMinimum": 0, "maximum": 10}, _SPELLED])
def multiple(value: Any) -> Any:
    """A price as a share of principal, or a multiple of a price: above 0 and at most 10, 1.02 for 102%."""
    return _at_most(10, "a share above 0 and at most 10 is needed", positive(value))


def _at_most(most: int, reason: str, number: Any, *, least: int | None = None) -> Any:
    """A share, not the percentage that somebody took for one: above the limit the refusal says what is probably meant."""
    if number > most:
        raise ValueError(f"{reason}: {meant(number)}")
    if least is not None and not number >= least:
        raise ValueError(reason)
    return number


#: Currencies that a wrong code is probably meant for.
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


@described(type="string", pattern="^[A-Z]{3}$")
def currency_code(value: Any) -> str:
    """A currency by its code of three capitals (ISO 4217)."""
    word = text(value)
    if not re.fullmatch("[A-Z]{3}", word):
        near = word.strip().upper()
        codes = difflib.get_close_matches(near, _CURRENCIES, n=1, cutoff=0.5)
        probably = _SIGNS.get(near) or (near if re.fullmatch("[A-Z]{3}", near) else codes[0] if codes else "")
        raise ValueError(f"a code of three capitals is needed, such as {probably or 'USD'}")
    return word


@described(**_DAY)
def day(value: Any) -> date:
    """A calendar day, given as a date or YYYY-MM-DD."""
    number = calendars.day_number(value)
    if not isinstance(number, int):
        raise ValueError("a date is needed, without a time of day")
    return calendars.to_date(number)


@described(type="array", items=_DAY, minItems=1, uniqueItems=True)
def days(value: Any) -> tuple[date, ...]:
    """Days in ascending order."""
    result = tuple(day(each) for each in value)
    if not result:
        raise ValueError("at least one date is needed")
    if any(later <= earlier for earlier, later in zip(result, result[1:], strict=False)):
        raise ValueError("dates in ascending order are needed, none twice")
    return result


#: Pairs of a day and a price, days ascending.
PriceSchedule = tuple[tuple[date, Any], ...]


@described(
    type="array",
    items={"type": "array", "prefixItems": [_DAY, {"type": ["number", "string"]}], "minItems": 2, "maxItems": 2},
    minItems=1,
)
def price_schedule(value: Any) -> PriceSchedule:
    """Pairs of a day and a price as a share of principal, days ascending."""
    rows = tuple((day(on), multiple(price)) for on, price in value)
    if not rows:
        raise ValueError("at least one pair of date and price is needed")
    days(on for on, _ in rows)
    return rows


def count(least: int = 0, most: int | None = None) -> Callable[[Any], int]:
    """A whole number from `least` (to `most`)."""

    @described(type="integer", minimum=least, **({} if most is None else {"maximum": most}))
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise ValueError("a whole number is needed")
        if value < least or (most is not None and value > most):
            raise ValueError(f"a whole number from {least}{'' if most is None else f' to {most}'} is needed")
        return int(value)

    return check


def one_of(*allowed: Any) -> Callable[[Any], Any]:
    """One of the values named."""

    @described(enum=list(allowed))
    def check(value: Any) -> Any:
        if isinstance(value, bool) or value not in allowed:
            raise ValueError("allowed: " + ", ".join(map(str, allowed)))
        return next(each for each in allowed if each == value)  # 2.0 is the 2 that is allowed

    return check


def some_of(*allowed: str) -> Callable[[Any], tuple[str, ...]]:
    """Some of the words named, in their order."""

    @described(type="array", items={"enum": list(allowed)})
    def check(value: Any) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)) or not all(each in allowed for each in value):
            raise ValueError("a list is needed of: " + ", ".join(allowed))
        return tuple(each for each in allowed if each in value)

    return check


@described(type="string", minLength=1)
def text(value: Any) -> str:
    """Words, at least one."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("words are needed")
    return value


@described(type="boolean")
def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError("true or false is needed")
    return bool(value)


@described(type="string", minLength=1)
def calendar_name(value: Any) -> str:
    """A calendar that `convnote.calendars` knows."""
    return calendars.check_name(text(value))


def term(
    check: Callable[[Any], Any],
    rule: str,
    authority: str = "note",
    *,
    change: Judge,
    default: Any = dataclasses.MISSING,
) -> Any:
    """A field of a provision: what it takes, the rule it belongs to and where that is printed unless the terms say otherwise.

    `change` says in which direction a change of it hurts holders (`convnote.provisions.changes`); there is no default, so
    that no setting falls to a majority unseen. A default of None makes the field optional.
    """
    metadata = {"check": check, "rule": rule, "authority": authority, "change": change}
    return field(metadata=metadata) if default is dataclasses.MISSING else field(default=default, metadata=metadata)


def given(**options: Any) -> Any:
    """A field that the note hands to a provision: not part of its terms, its comparison or its term sheet."""
    return field(default=None, compare=False, repr=False, kw_only=True, **options)


class Stated:
    """What is pickled and copied as it was stated: what was worked out from it since, and kept, stays behind."""

    def __getstate__(self) -> dict[str, Any]:
        kind = type(self)
        return {name: value for name, value in vars(self).items() if not isinstance(getattr(kind, name, None), cached_property)}


@dataclass(frozen=True, kw_only=True)
class Provision(Stated):
    """Base of all provisions: frozen, checked whole, each setting with its authority.

    `authority` maps a setting to where it comes from, where that differs from the usual.
    """

    #: in which direction it hurts holders that a note has this provision (True) or has it not (False)
    presence: ClassVar[Change] = depends("what the provision gives holders and takes from them", "impaired conversion")

    authority: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)

    def __post_init__(self) -> None:
        faults = []
        for each in self.settings():
            value = getattr(self, each.name)
            if value is None and each.default is None:
                continue
            try:
                object.__setattr__(self, each.name, each.metadata["check"](value))
            except ValueError as error:
                reason = error.reason if isinstance(error, TermsError) else str(error)
                rule = each.metadata["rule"]
                faults.append(TermsError(reason, field=self.place(each.name), rule=rule, value=as_given(value)))
        for name, where in self.authority.items():
            if name not in self._by_name():
                faults.append(TermsError("no such setting", field=self.place("authority"), value=repr(name)))
            elif where not in AUTHORITIES:
                allowed = f"allowed: {', '.join(AUTHORITIES)}"
                faults.append(TermsError(allowed, field=self.place(f"authority.{name}"), value=repr(where)))
        object.__setattr__(self, "authority", dict(self.authority))
        if not faults:
            faults = list(self.contradictions())
        if faults:
            raise TermsError.of(faults)

    @classmethod
    def table(cls) -> str:
        """The name of this provision in a term sheet: ``fundamental_change`` for FundamentalChange."""
        return "".join("_" + c.lower() if c.isupper() else c for c in cls.__name__).lstrip("_")

    @classmethod
    @cache
    def settings(cls) -> tuple[dataclasses.Field[Any], ...]:
        """The fields that are terms, in order."""
        return tuple(each for each in fields(cls) if "rule" in each.metadata)

    @classmethod
    @cache
    def _by_name(cls) -> dict[str, dataclasses.Field[Any]]:
        return {each.name: each for each in cls.settings()}

    @classmethod
    def place(cls, name: str) -> str:
        """Table and key of a setting, as an error names it."""
        return f"{cls.table()}.{name}"

    def authority_of(self, name: str) -> str:
        """Where the setting comes from: "note", "cover", "agreement", "filing" or "convention"."""
        usual: str = self._by_name()[name].metadata["authority"]
        return self.authority.get(name, usual)

    def contradictions(self) -> list[TermsError]:
        """Faults between fields, looked for once each field is right by itself."""
        return []

    def fault(self, name: str, reason: str) -> TermsError:
        """A fault of one setting, with its rule and value."""
        rule = self._by_name()[name].metadata["rule"]
        return TermsError(reason, field=self.place(name), rule=rule, value=getattr(self, name))

    def stated(self, name: str) -> Any:
        """A setting as the terms state it; None where they do not, though something else may imply it."""
        return getattr(self, name)

    @classmethod
    def compared(cls, before: Any, after: Any) -> Iterator[tuple[str, Any, Any, Judge]]:
        """Each setting, its value before and after a change (None: not set, or no such provision), and its judge."""
        for each in cls.settings():
            yield each.name, getattr(before, each.name, None), getattr(after, each.name, None), each.metadata["change"]

    def printed(self) -> Table:
        """The settings that are given as a table: each with its value, its rule and where it comes from."""
        rows = [
            (each.name, shown(getattr(self, each.name)), each.metadata["rule"], self.authority_of(each.name))
            for each in self.settings()
            if getattr(self, each.name) is not None
        ]
        return Table.of(("setting", "value", "rule", "authority"), rows, self.table().replace("_", " "))

    def _repr_html_(self) -> str:
        return self.printed().html()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # IPython, and Hypothesis where an example fails, would print each provision with all those that the note handed to it.
        printer.text(repr(self))

    def in_floats(self, **handed: Any) -> Any:
        """The same provision with float64 numbers (`note.floats`)."""
        fast = {each.name: _fast(getattr(self, each.name)) for each in self.settings()}
        return dataclasses.replace(self, **fast, **handed)


def _fast(value: Any) -> Any:
    if isinstance(value, (Decimal, Fraction)):
        return np.float64(value)
    if isinstance(value, tuple):
        return tuple(_fast(each) for each in value)
    return value
