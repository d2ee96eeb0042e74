"""The errors of convnote: one base class, and one class for each part of the library that raises.

Each carries the field at fault, the rule id if a rule decided, and the offending value, so that
a program can act on it and a person can read it. Nothing here recovers from an error.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, Self

from convnote.printing import printable, shortened, written

#: The message of an error with more faults shows only this many; `.faults` has them all.
SHOWN = 20


class ConvnoteError(ValueError):
    """Base of all errors of convnote.

    `.field` names the field at fault (``"Conversion.price"``), `.rule` the rule id that decided (``"WDR-3"``) or None,
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
        # Pickling keeps every attribute, so that an error returns whole from a worker process.
        return (_rebuild, (type(self), self.__dict__.copy()))

    @classmethod
    def of(cls, found: Sequence[Self]) -> Self:
        """One error that carries all the faults found; a single error is returned unchanged."""
        if len(found) == 1:
            return found[0]
        lines = [str(fault) for fault in found]
        more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        error = cls(f"{len(lines)} faults:\n  " + "\n  ".join(lines[:SHOWN] + more))
        error.faults = tuple(lines)
        return error


def did_you_mean(given: object, known: Iterable[str], otherwise: str = "") -> str:
    """The end of a reason, suggesting the nearest known word; `otherwise` if none is near.

    >>> did_you_mean("Coupons", ["coupon", "conversion"])
    '; did you mean coupon?'
    """
    by_small = {word.lower(): word for word in known}
    near = difflib.get_close_matches(str(given)[:80].lower(), by_small, n=1)
    return f"; did you mean {by_small[near[0]]}?" if near else otherwise


def as_given(value: object, most: int = 100) -> str:
    """A value as an error shows it, cut after `most` characters.

    >>> as_given("1/3"), as_given("9" * 500, most=12)
    ("'1/3'", "'9999999999…")
    """
    try:
        words = repr(value)
    except ValueError:  # Python refuses to print an integer of more than 4,300 digits
        return "a number of more than 4,300 digits"
    return words if len(words) <= most else words[: most - 1] + "…"


def must_be(value: Any, kinds: type | tuple[type, ...], field: str, needed: str) -> None:
    """Raise `TermsError` unless an argument is an instance of `kinds`.

    >>> must_be("afv-2003", dict, "schedule note", "expected a ConvertibleNote (see cn.load)")
    Traceback (most recent call last):
    convnote.errors.TermsError: schedule note: got 'afv-2003'; expected a ConvertibleNote (see cn.load)
    """
    if not isinstance(value, kinds):
        raise TermsError(needed, field=field, value=as_given(value))


def is_one_of(value: Any, allowed: Iterable[str]) -> bool:
    """True if `value` is one of the words in `allowed`; False for anything that is not a word, arrays included.

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

    `.walk` is the walk up to the refused event; from a replay, `.ledger` is the same as a ledger.

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
    """A required package is not installed; the message names the extra of convnote that installs it."""


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
