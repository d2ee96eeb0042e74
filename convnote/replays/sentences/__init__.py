"""Sentences of a ledger, built from flows and their facts.

They put into words what was decided elsewhere and compute no amount that is paid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convnote.errors import TermsError
from convnote.lifecycle import Flow, facts
from convnote.lifecycle.events import Event
from convnote.lifecycle.own_events import is_own
from convnote.replays.sentences.figures import Sentences, number
from convnote.replays.sentences.payments import PAYMENTS, late_amount, paid_out
from convnote.replays.sentences.rights import RIGHTS
from convnote.replays.sentences.shares import SHARES

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote

_SENTENCES: Sentences = {**PAYMENTS, **SHARES, **RIGHTS}

#: Every kind of entry a ledger may have.
ENTRY_KINDS = (*_SENTENCES, "purchase", "further-issue", "settlement-election", "revision")


def sentence(note: ConvertibleNote, flow: Flow, event: Event | None = None) -> str:
    """What happened, with the arithmetic and its figures; call it within `exact()`, as a replay does.

    A user-defined event words its own flows. Raises `TermsError` if it returns no text.
    """
    if event is None or not is_own(type(event)):
        return _standing(note, flow)
    text = event.sentence(note, flow)  # type: ignore[attr-defined]
    if not isinstance(text, str):
        raise TermsError("expected a text", field=f"{type(event).__name__}.sentence", value=repr(text))
    return text


def _standing(note: ConvertibleNote, flow: Flow) -> str:
    if flow.kind not in _SENTENCES:  # a kind of payment registered later
        if isinstance(flow.facts, facts.PaidOut):
            return paid_out(note, flow, flow.facts)
        if isinstance(flow.facts, facts.LateAmount):
            return late_amount(note, flow, flow.facts)
    return _SENTENCES[flow.kind](note, flow, flow.facts)


__all__ = ["ENTRY_KINDS", "number", "sentence"]
