"""The errors of convnote: one base, and one class for each part that can refuse.

Each carries the field it speaks of, the rule id where a rule decided, and the offending value, so that
a program can act on a refusal and a person can read it. Nothing here knows how to recover.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, Self

from convnote.printing import printable, shortened, written

#: Something that is wrong throughout is described by its first lines; `.faults` has them all.
SHOWN = 20


class ConvnoteError(ValueError):
    """Base of all errors of convnote.

    `.field` names what was wrong (``"Conversion.price"``), `.rule` the rule id that decided (``"WDR-3"``) or None,
    `.value` the value that was given. `.faults` has a line for each fault of one object, found all at once.

    >>> error = ConvnoteError("must be positive", field="Interest.rate", rule="INT-1", value=-1)
    >>> str(error)
    'Interest.rate (INT-1): got -1; must be positive'
    >>> ConvnoteError.of([error, ConvnoteError("required", field="note.name")]).faults
    ('Interest.rate (INT-1): got -1; must be positive', 'note.name: required')
    """

    def __init__(self, message: str, *, field: str | None = None, rule: str | None = None, value: Any = None) -> None:
        self.field, self.rule, self.value, self.reason = field, rule, value, message
        super().__init__(message)
        self.faults: tuple[str, ...] = (str(self),)

    def __str__(self) -> str:
        head = " ".join(part for part in (self.field, f"({self.rule})" if self.rule else None) if part)
        got = "" if self.value is None else f"got {written(self.value)}; "
        return shortened(printable(f"{head}: {got}{self.reason}" if head else f"{got}{self.reason}"))

    def __reduce__(self) -> tuple[Any, ...]:
        # An error must survive the way back from a worker process with all it carries.
        return (_rebuild, (type(self), self.__dict__.copy()))

    @classmethod
    def of(cls, found: Sequence[Self]) -> Self:
        """One error that carries all the faults found; the single one itself where there is only one."""
        if len(found) == 1:
            return found[0]
        lines = [str(fault) for fault in found]
        more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        error = cls(f"{len(lines)} faults:\n  " + "\n  ".join(lines[:SHOWN] + more))
        error.faults = tuple(lines)
        return error


def did_you_mean(given: object, known: Iterable[str], otherwise: str = "") -> str:
    """The end of a reason that names the nearest of the words that are known; `otherwise` where none is near.

    >>> did_you_mean("Coupons", ["coupon", "conversion"])
    '; did you mean coupon?'
    """
    by_small = {word.lower(): word for word in known}
    near = difflib.get_close_matches(str(given)[:80].lower(), by_small, n=1)
    return f"; did you mean {by_small[near[0]]}?" if near else otherwise


def as_given(value: object, most: int = 100) -> str:
    """A value as an error shows it, cut where it is long.

    >>> as_given("1/3"), as_given("9" * 500, most=12)
    ("'1/3'", "'9999999999…")
    """
    try:
        words = repr(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a number of more than 4,300 digits"
    return words if len(words) <= most else words[: most - 1] + "…"


def must_be(value: Any, kinds: type | tuple[type, ...], field: str, needed: str) -> None:
    """Raise `TermsError` unless an argument is of the kind it must be.

    >>> must_be("afv-2003", dict, "schedule note", "expected a ConvertibleNote (see cn.load)")
    Traceback (most recent call last):
    convnote.errors.TermsError: schedule note: got 'afv-2003'; expected a ConvertibleNote (see cn.load)
    """
    if not isinstance(value, kinds):
        raise TermsError(needed, field=field, value=as_given(value))


def is_one_of(value: Any, allowed: Iterable[str]) -> bool:
    """True of one of a few words; False of anything that is not a word, an array too.

    >>> is_one_of("annual", ("annual", "simple")), is_one_of([], ("annual", "simple"))
    (True, False)
    """
    return isinstance(value, str) and value in allowed


def _rebuild(kind: type[ConvnoteError], state: dict[str, Any]) -> ConvnoteError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    error.args = (state["reason"],)
    return error


class TermsError(ConvnoteError):
    """Terms of a note, or a question asked of them, are not valid.

    >>> raise TermsError("must be above 0", field="conversion.price", rule="CNV-3", value=-1)
    Traceback (most recent call last):
    convnote.errors.TermsError: conversion.price (CNV-3): got -1; must be above 0
    """


class LifecycleError(ConvnoteError):
    """An event that the note does not allow. `.event` is the event, `.rule` what forbids it.

    `.walk` is how far the walk came before it, and of a replay `.ledger` the same in words.

    >>> import convnote as cn
    >>> cn.replay(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"), events=[cn.Convert("2000-03-01", 1500)])
    Traceback (most recent call last):
    convnote.errors.LifecycleError: Convert (CNV-1): principal is converted in multiples of 1000, not 1500
    """

    ledger: Any = None
    walk: Any = None

    def __init__(self, message: str, *, event: Any, rule: str, field: str | None = None, value: Any = None) -> None:
        self.event = event
        super().__init__(message, field=field, rule=rule, value=value)

    def __str__(self) -> str:
        return f"{type(self.event).__name__} ({self.rule}): {self.reason}"


class MissingExtra(ConvnoteError, ImportError):
    """A package that the question needs is not installed; the message names the extra of convnote that brings it."""


class MarketError(ConvnoteError):
    """Market data, a scenario or a market model is not valid, or a needed close is missing.

    >>> import convnote as cn
    >>> cn.MarketHistory(dates=["2000-02-16"], closes=[-1])
    Traceback (most recent call last):
    convnote.errors.MarketError: MarketHistory.closes[0]: got -1; a close must be above 0
    """


class PricingError(ConvnoteError):
    """A value, a yield or an implied quantity that does not exist or cannot be computed as asked.

    >>> import convnote as cn
    >>> cn.analytics.investment_premium("120", 0)
    Traceback (most recent call last):
    convnote.errors.PricingError: floor: got 0; expected a floor above 0
    """
