"""What every question of this room goes through: the note is a note, figures are exact, a Series is answered with a Series."""

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
    """A function of a note, its first argument, that refuses anything else by name.

    Its figures do not depend on the caller's decimal context, and a Series is answered with a Series of the same index.
    """
    answer = exactly(keeps_index(ask))

    @wraps(ask)
    def asked(*given: P.args, **named: P.kwargs) -> R:
        note = given[0] if given else named.get("note")
        if given or "note" in named:  # left out: Python says so
            must_be(note, ConvertibleNote, f"{ask.__name__} note", "expected a ConvertibleNote (see cn.load)")
        return answer(*given, **named)

    return asked
