"""Calls: the Company's notice of redemption, its price on what is still called, and its make-whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import decimal, numbers_of
from convnote.calendars import day_number, to_date
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.claims import interest_is_overdue, is_missed, leave_unpaid
from convnote.lifecycle.payments import pay_amounts, pay_claims
from convnote.lifecycle.rights import read_for
from convnote.lifecycle.state import Call, Position, State, Unpaid
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition, nothing
from convnote.provisions.conditions import Standing

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def permit_call(note: ConvertibleNote, state: State, event: ev.RedemptionNotice, seen: Seen) -> Objection | None:
    """May the Company call? (RED-1…RED-4, SFT-1, SFT-2)"""
    terms = note.redemption
    if terms is None:
        return Objection("RED-1", "the note has no provision to redeem")
    if interest_is_overdue(note, state, event.day):
        return Objection(
            "RED-3",
            "no notice may be given while a default in the payment of interest continues (from the day after it was due: RED-3c)",
        )
    redemption = day_number(event.redemption_date)
    objection = terms.objection(event.day, redemption)
    if objection:
        return Objection(*objection)
    if terms.condition is not None and terms.needs_condition(redemption):
        standing = seen.standing(terms.condition)
        if standing is not None and not standing.met:
            return Objection("SFT-1", f"a call needs {terms.condition}: {_closes_held(standing)}")
    free = sum(position.free for position in state.positions.values())
    if event.principal is None:
        return None if free > 0 else Objection("RED-1", "all principal is already called or under election")
    if terms.whole_only:
        return Objection("SFT-2", f"all Notes are called or none, not {decimal(event.principal):,} of them")
    if not note.principal.is_multiple(event.principal):
        return Objection(
            "RED-4", f"Notes are redeemed in part in multiples of {note.denomination}, not {decimal(event.principal)}"
        )
    if event.principal > free:
        return Objection("RED-4", f"{decimal(event.principal):,} is more than the {decimal(free):,} that can be called")
    return None


def _closes_held(standing: Standing) -> str:
    """How many closes held, in words: "19 of 30 to 2027-05-31"."""
    if not standing.closes:
        return "0 of 0, no trading day since the issue"
    return f"{standing.held} of {standing.closes} to {to_date(standing.end)}"


def call(note: ConvertibleNote, state: State, event: ev.RedemptionNotice, seen: Seen) -> Transition:
    """All or a part is called; a part is chosen among holders pro rata or by lot (RED-2, RED-4)."""
    terms = note.redemption
    assert terms is not None
    redemption, whole = day_number(event.redemption_date), event.principal is None
    # By name, so that it makes no difference in which order the holders were named.
    held = state.positions
    free = {name: held[name].free for name in sorted(held) if not nothing(held[name].free)}
    chosen: Mapping[str, Any] = free if whole else terms.select(free, event.principal, seed=event.seed)
    number = len(state.calls)
    table = note.make_whole_change
    read = read_for(note, state, event, seen) if table is not None and table.on_call else None
    added = Call(event.day, redemption, whole, None if read is None else read[0])
    state = dataclasses.replace(state, calls=(*state.calls, added))
    state = state.with_positions(
        {name: held[name].changed(called={**held[name].called, number: principal}) for name, principal in chosen.items()}
    )
    needed = terms.condition is not None and bool(np.any(terms.needs_condition(redemption)))
    standing = seen.standing(terms.condition) if needed and terms.condition is not None else None
    told = facts.RedemptionNotice(redemption, sum(chosen.values()), whole, chosen, standing, None if read is None else read[1])
    rules = ("RED-1", "RED-2") + (() if whole else ("RED-4",)) + ("SFT-1",) * needed
    rules += ("SFT-2",) * (terms.until is not None or terms.last is not None or terms.whole_only)
    rules += ("MWT-1",) * (read is not None)
    return Transition(state, (Flow("redemption-notice", event.day, event.day, rules, facts=told),))


def redeem(note: ConvertibleNote, state: State, event: ev.RedemptionDue, seen: Seen) -> Transition:
    """The redemption price is paid on what is still called (RED-1, RED-6)."""
    owed: dict[str, Any] = {}
    changed: dict[str, Position] = {}
    numbers = [number for number, each in enumerate(state.calls) if np.all(each.redemption == event.day)]
    unpaid = is_missed(state, "redemption", event.day)  # then they stay called, and convert again (CNV-2)
    for name, position in state.positions.items():
        due = [number for number in numbers if number in position.called]
        if due:
            owed[name] = sum(position.called[number] for number in due)
            changed[name] = position if unpaid else position.without_calls(due, paid=True)
    paid = pay_claims(note, state.with_positions(changed), owed, event.day, "redemption")
    if note.redemption is None or not note.redemption.bears_make_whole(event.day):
        return paid
    made_whole = _make_whole(note, state, paid.state, event.day, numbers)
    return Transition(made_whole.state, paid.flows + made_whole.flows, paid.warnings)


def _make_whole(note: ConvertibleNote, called: State, state: State, day: Any, numbers: list[int]) -> Transition:
    """What the calls of these numbers pay beyond the price, on Notes called that were converted since or were not (SFT-3)."""
    terms, unpaid, flows = note.redemption, dict[str, Any](), tuple[Flow, ...]()
    assert terms is not None
    missed = is_missed(state, "call-make-whole", day)
    for number in numbers:
        notice, owed, told = called.calls[number].notice, dict[str, Any](), dict[str, facts.MakeWhole]()
        for name, position in called.positions.items():
            principal = position.called.get(number, 0) + position.converted_called.get(number, 0)
            if not nothing(principal):
                paid = position.interest_paid_before(notice)
                each = terms.make_whole(paid, day)
                owed[name] = principal * each / numbers_of(principal)(note.denomination)
                unpaid[name] = unpaid.get(name, 0) + owed[name]
                told[name] = facts.MakeWhole(principal, paid, each, notice, owed[name], terms.make_whole_amount)
        if not missed:
            step = pay_amounts(note, state, owed, day, "call-make-whole", told)
            state, flows = step.state, flows + step.flows
    if missed:
        return leave_unpaid(state, Unpaid("call-make-whole", day, unpaid))
    return Transition(state, flows)
