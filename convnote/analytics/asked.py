"""The wrapper of every function in this package: checks the note, computes exactly, and returns a Series for a Series."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from convnote.arithmetic import exactly, keeps_index
from convnote.errors import PricingError, must_be
from convnote.note import ConvertibleNote


def must_be_paid(note: ConvertibleNote) -> None:
    """Raise `PricingError` for a note whose principal is not paid at maturity: a mandatory (MND-1)."""
    if note.mandatory is not None:
        reason = "a mandatory becomes shares at maturity: it pays no principal then"
        raise PricingError(reason, field="maturity", rule="MND-1", value=note.name)


P = ParamSpec("P")
R = TypeVar("R")


def of_a_note(ask: Callable[P, R]) -> Callable[P, R]:
    """Wrap a function whose first argument is a note, so that any other type is refused by name.

    Results do not depend on the caller's decimal context, and a Series gives a Series with the same index.
    """
    answer = exactly(keeps_index(ask))

    @wraps(ask)
    def asked(*given: P.args, **named: P.kwargs) -> R:
        note = given[0] if given else named.get("note")
        if given or "note" in named:  # if it is missing, Python raises the TypeError
            must_be(note, ConvertibleNote, f"{ask.__name__} note", "expected a ConvertibleNote (see cn.load)")
        return answer(*given, **named)

    return asked
