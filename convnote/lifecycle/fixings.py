"""Fixings: the index of a floating coupon is read on its day, and the note continues with the rate known (FLT-1)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from convnote.arithmetic import fraction
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.state import State
from convnote.lifecycle.transition import Flow, Seen, Transition

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def fix(note: ConvertibleNote, state: State, event: ev.FixingDue, seen: Seen) -> Transition:
    """The index is fixed for each period whose fixing day this is; the rate is in force from the start of the period (FLT-1).

    The terms in the state are those of the note with the rate known.
    """
    interest = note.interest
    assert interest.index is not None
    flows, values = [], {}
    for start in interest.unfixed(note.principal.issue_day):
        if interest.acts_on(start) != event.day:
            continue
        fixed_on = interest.fixing_day(start)
        value = values[start] = seen.indexed(interest.index, fixed_on)
        rate, spread = fraction(interest.rate_of(value)), fraction(interest.spread or 0)
        told = facts.Fixing(interest.index, fixed_on, value, spread, rate, start)
        rules = ("FLT-1", *(("FLT-1c",) if rate != value + spread else ()))
        flows.append(Flow("fixing", event.day, event.day, rules, facts=told))
    known = dataclasses.replace(note, interest=interest.knowing(values))
    return Transition(state.changed(terms=known), tuple(flows))
