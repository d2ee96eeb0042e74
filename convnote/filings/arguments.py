"""Argument checks for filings: numbers, share counts, days and words; errors name field, rule and value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.arithmetic import decimal, fraction
from convnote.errors import TermsError
from convnote.provisions.fields import day


def number(value: Any, field: str, rule: str, *, above: int | None = None, least: int | None = None) -> Fraction:
    """An exact number above `above`, or at least `least`."""
    try:
        exact = fraction(value)
    except TermsError as error:
        raise TermsError(error.reason, field=field, rule=rule, value=repr(value)) from None
    if above is not None and exact <= above:
        raise TermsError(f"expected a number above {above}", field=field, rule=rule, value=value)
    if least is not None and exact < least:
        raise TermsError(f"expected a number of {least} or more", field=field, rule=rule, value=value)
    return exact


def whole(value: Any, field: str, rule: str, *, least: int = 0) -> int:
    """A whole number, at least `least`, such as a count of shares."""
    exact = number(value, field, rule, least=least)
    if exact.denominator != 1:
        raise TermsError("expected a whole number", field=field, rule=rule, value=value)
    return int(exact)


def on_day(value: Any, field: str, rule: str) -> date:
    """A calendar day, given as a date or YYYY-MM-DD."""
    try:
        return day(value)
    except ValueError as error:
        reason = error.reason if isinstance(error, TermsError) else str(error)
        raise TermsError(reason, field=field, rule=rule, value=repr(value)) from None


def truth(value: Any, field: str, rule: str) -> bool:
    """True or False; a word such as "no" is refused, because Python would treat it as true."""
    if not isinstance(value, bool):
        raise TermsError("expected True or False", field=field, rule=rule, value=repr(value))
    return value


def choice(value: Any, allowed: Iterable[str], field: str, rule: str) -> str:
    """One of the words allowed."""
    words = tuple(allowed)
    if not isinstance(value, str) or value not in words:
        between = "; " if any("," in word for word in words) else ", "
        raise TermsError(f"allowed: {between.join(words)}", field=field, rule=rule, value=repr(value))
    return value


def by_name(value: Any, names: Iterable[str], field: str, rule: str, *, least: int | None = 0) -> dict[str, Fraction]:
    """Numbers by name, each at least `least`; a name outside `names` is refused."""
    if not isinstance(value, Mapping):
        raise TermsError("expected numbers by name, such as {name: 1000}", field=field, rule=rule, value=repr(value))
    known = tuple(names)
    for name in value:
        choice(name, known, field, rule)
    return {name: number(each, f"{field}[{name!r}]", rule, least=least) for name, each in value.items()}


def part_of(part: Any, whole_amount: Any, fields: tuple[str, str], rule: str) -> tuple[Fraction, Fraction]:
    """A part and its whole: the whole above 0, the part from 0 to the whole."""
    total = number(whole_amount, fields[1], rule, above=0)
    share = number(part, fields[0], rule, least=0)
    if share > total:
        reason = f"no more than {fields[1].split()[-1]}, {decimal(total):f}, is possible"
        raise TermsError(reason, field=fields[0], rule=rule, value=part)
    return share, total


def shares(value: Any) -> int:
    """A whole number of shares above 0, for a setting."""
    exact = fraction(value)
    if exact.denominator != 1 or exact <= 0:
        raise ValueError("expected a whole number above 0")
    return int(exact)


def price(value: Any) -> Decimal | Fraction:
    """A price above 0, kept exact, for a setting."""
    exact = fraction(value)
    if exact <= 0:
        raise ValueError("expected a number above 0")
    return kept(exact)


def ratio(value: Any) -> Decimal | Fraction:
    """A fraction from 0 to 1, kept exact: a Decimal if it terminates, otherwise a Fraction, such as "1/9"."""
    exact = fraction(value)
    if not 0 <= exact <= 1:
        raise ValueError("expected a number from 0 to 1")
    return kept(exact)


def kept(exact: Fraction) -> Decimal | Fraction:
    """An exact number without loss: a Decimal if it terminates, otherwise the Fraction itself.

    >>> kept(Fraction(1, 10)), kept(Fraction(1, 9))
    (Decimal('0.1'), Fraction(1, 9))
    """
    shown = decimal(exact)
    return shown if fraction(shown) == exact else exact
