"""The strategy for valid notes of any terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from convnote.testing.terms import Chooser, at_fixed_rate, usual_notes
from convnote.testing.terms_low_closes import after_low_closes
from convnote.testing.terms_windows import in_kind, in_windows, with_floating_coupons

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote

#: Terms that few papers have.
RARER: tuple[Callable[[ConvertibleNote, Chooser], ConvertibleNote], ...] = (
    in_windows,
    with_floating_coupons,
    after_low_closes,
    at_fixed_rate,
    in_kind,
)
#: Most notes, and the simplest, have none of them.
_PUT_ON = (*(None,) * 15, *RARER)


@st.composite
def notes(draw: st.DrawFn, *, like: ConvertibleNote | None = None) -> ConvertibleNote:
    """Valid notes: unusual coupons, resets, calls, puts, settlement, denominations; with or without each optional provision.

    About one note in five has one of the rarer terms, each of which also has a strategy of its own: conversion in windows
    (`notes_in_windows`), floating coupons, rights after low closes, a fixed exchange rate, coupons in kind.
    `like` is the note to vary and to shrink to (None: the bundled one); it must have a reset, a withdrawal and a redemption.

    >>> from hypothesis import find
    >>> find(notes(), lambda note: note.interest.frequency == 2).name
    'amazon-peacs-2010'
    """
    put_on = draw(st.sampled_from(_PUT_ON))
    note = draw(usual_notes(like=like))
    return note if put_on is None else put_on(note, Chooser(draw))
