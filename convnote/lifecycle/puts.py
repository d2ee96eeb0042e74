"""Puts: on fixed dates, and after low closes: their elections, and the payment of the price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import is_fast
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.payments import pay_claims
from convnote.lifecycle.rights import permit_amount
from convnote.lifecycle.state import Position, State
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def permit_put(note: ConvertibleNote, state: State, event: ev.PutElection, seen: Seen) -> Objection | None:
    """May this principal be put, on a put date or after low closes? (PUT-1, PUT-2, CPT-1)"""
    if note.put is None and note.conditional_put is None:
        return Objection("PUT-1", "the note has no put")
    on_a_date = _on_a_date(note, event)
    if not on_a_date and (objection := _permit_after_low_closes(note, state, event, seen)) is not None:
        return objection
    rule = "PUT-1" if on_a_date else "CPT-1"
    return permit_amount(note, event, state.positions[state.holding(event.holder)].free, rule)


def _on_a_date(note: ConvertibleNote, event: ev.PutElection) -> bool:
    """True if the election (in arrays: each of them) is in time for a put date, which then takes it (PUT-2)."""
    if note.put is None:
        return False
    found = note.put.put_day(event.day)
    return bool(np.all(found > 0)) if is_fast(found) else found is not None


def _permit_after_low_closes(note: ConvertibleNote, state: State, event: ev.PutElection, seen: Seen) -> Objection | None:
    terms = note.conditional_put
    if terms is None:
        assert note.put is not None
        objection = note.put.objection(event.day)
        return None if objection is None else Objection(*objection)
    positions = state.positions
    anyones = tuple(day for position in positions.values() for day in position.elected_low)
    reason = terms.objection(event.day, positions[state.holding(event.holder)].elected_low, anyones)
    if reason is not None:
        return Objection("CPT-1", reason)
    standing = seen.standing(terms.condition)
    if standing is not None and not standing.met:
        return Objection("CPT-1", f"a put needs {terms.condition}: {standing.in_words}")
    return None


def elect_put(note: ConvertibleNote, state: State, event: ev.PutElection, seen: Seen) -> Transition:
    """Principal is put for payment on the next put date (PUT-1, PUT-2), or some Business Days from now (CPT-1)."""
    name = state.holding(event.holder)
    position = state.positions[name]
    if not _on_a_date(note, event):
        return _elect_after_low_closes(note, state, event, seen)
    assert note.put is not None
    day: Any = note.put.put_day(event.day)
    key = int(np.max(day))
    state = state.with_position(name, put={**position.put, key: position.put.get(key, 0) + event.principal})
    told = facts.Election(event.principal, day)
    return Transition(state, (Flow("put-election", event.day, event.day, ("PUT-1", "PUT-2"), event.holder or name, facts=told),))


def _elect_after_low_closes(note: ConvertibleNote, state: State, event: ev.PutElection, seen: Seen) -> Transition:
    terms, name = note.conditional_put, state.holding(event.holder)
    assert terms is not None
    position, paid = state.positions[name], terms.payment_day(event.day)
    key = int(np.max(paid))
    state = state.with_position(
        name,
        put_on_low={**position.put_on_low, key: position.put_on_low.get(key, 0) + event.principal},
        elected_low=(*position.elected_low, event.day),
    )
    told = facts.Election(event.principal, paid, seen.standing(terms.condition))
    rules = ("CPT-1", "CPT-1c")
    return Transition(state, (Flow("put-election", event.day, event.day, rules, event.holder or name, facts=told),))


def pay_put(note: ConvertibleNote, state: State, event: ev.PutDue, seen: Seen) -> Transition:
    """The put price of a put date is paid (PUT-1)."""
    return _pay(note, state, event.day, "put", "put")


def pay_conditional_put(note: ConvertibleNote, state: State, event: ev.ConditionalPutDue, seen: Seen) -> Transition:
    """The price of Notes put after low closes is paid (CPT-1)."""
    return _pay(note, state, event.day, "put_on_low", "conditional-put")


def _pay(note: ConvertibleNote, state: State, day: Any, part: str, of: str) -> Transition:
    owed: dict[str, Any] = {}
    changed: dict[str, Position] = {}
    key = int(np.max(day))
    for name, position in state.positions.items():
        put = getattr(position, part)
        if key in put:
            owed[name] = put[key]
            changed[name] = position.changed(**{part: {on: amount for on, amount in put.items() if on != key}})
    return pay_claims(note, state.with_positions(changed), owed, day, of)
