"""Reset of the conversion price on the days the note names (RST-1…RST-4)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from convnote.arithmetic import average, numbers_of
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.adjusting import in_force
from convnote.lifecycle.state import State
from convnote.lifecycle.transition import Flow, Seen, Transition

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def reset_price(note: ConvertibleNote, state: State, event: ev.ResetDue, seen: Seen) -> Transition:
    """The conversion price is reset: only downwards, and not below the floor (RST-1…RST-4)."""
    terms = note.reset
    assert terms is not None
    if np.all(state.scale.shares == 0):  # after a cash-only merger there are no closes to average, and the price stays (ADJ-8)
        told = facts.ResetWithoutCloses(state.price)
        return Transition(state, (Flow("reset", event.day, event.day, ("RST-1", "ADJ-8"), facts=told),))
    closes = seen.closes
    assert closes is not None
    floor = numbers_of(state.price)(terms.floor) * state.scale.factor
    price = in_force(note, terms.price(state.price, closes, floor=floor))
    state = state.with_price_until(event.day, price)
    sessions = note.principal.sessions
    first, last = sessions.before(event.day, terms.window), sessions.before(event.day)
    said = facts.Reset(average(closes), floor, state.price, price, terms.window, first, last)
    rules = ("RST-1", "RST-2", "RST-3") + (("RST-4",) if len(state.scales) > 1 else ())
    flow = Flow("reset", event.day, event.day, rules, facts=said)
    return Transition(dataclasses.replace(state, price=price), (flow,))
