"""Calls: the Company's notice of redemption, the price of Notes still under call, and the make-whole of a call."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import decimal, fraction, is_fast, numbers_of
from convnote.calendars import day_number
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.claims import interest_is_overdue, is_missed, leave_unpaid
from convnote.lifecycle.payments import pay_amounts, pay_claims
from convnote.lifecycle.rights import read_for
from convnote.lifecycle.state import Call, Position, State, Unpaid
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition, nothing

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def permit_call(note: ConvertibleNote, state: State, event: ev.RedemptionNotice, seen: Seen) -> Objection | None:
    """May the Company call, under the redemption provision or as a clean-up? (RED-1…RED-4, SFT-1, SFT-2, CCP-1)"""
    objection = _permit_redemption(note, state, event, seen)
    terms = note.clean_up
    if objection is None or terms is None or objection.rule == "RED-3":
        return objection
    issued, left = fraction(note.issue_size) + state.further, state.positions.outstanding
    if not terms.holds(left, issued):
        words = f"{decimal(left):,} of {decimal(issued):,} is left, and the limit is {terms.limit_in_words}"
        return Objection("CCP-1", words) if note.redemption is None else objection
    if event.principal is not None:
        return Objection("CCP-1", f"a clean-up calls all Notes that are left, not {decimal(event.principal):,} of them")
    out_of_time = terms.objection(event.day, int(day_number(event.redemption_date)), note.redemption)
    if out_of_time is not None:
        return Objection("CCP-1", out_of_time)
    free = sum(position.free for position in state.positions.values())
    return None if free > 0 else Objection("CCP-1", "all principal is already called or under election")


def _permit_redemption(note: ConvertibleNote, state: State, event: ev.RedemptionNotice, seen: Seen) -> Objection | None:
    terms = note.redemption
    if terms is None and note.clean_up is None:
        return Objection("RED-1", "the note has no provision to redeem")
    if interest_is_overdue(note, state, event.day):
        return Objection(
            "RED-3",
            "no notice may be given while a default in the payment of interest continues (from the day after it was due: RED-3c)",
        )
    if terms is None:
        return Objection("RED-1", "the note has no provision to redeem before a clean-up")
    redemption = day_number(event.redemption_date)
    objection = terms.objection(event.day, redemption)
    if objection:
        return Objection(*objection)
    if terms.condition is not None and terms.needs_condition(redemption):
        standing = seen.standing(terms.condition)
        if standing is not None and not standing.met:
            return Objection("SFT-1", f"a call needs {terms.condition}: {standing.in_words}")
    free = sum(position.free for position in state.positions.values())
    if event.principal is None:
        return None if free > 0 else Objection("RED-1", "all principal is already called or under election")
    if note.interest.in_kind:
        return Objection("PIK-1c", "Notes whose principal grows are called as a whole, as no part of them is in denominations")
    if terms.whole_only:
        return Objection("SFT-2", f"all Notes are called or none, not {decimal(event.principal):,} of them")
    if not note.principal.is_multiple(event.principal):
        return Objection(
            "RED-4", f"Notes are redeemed in part in multiples of {note.principal.smallest}, not {decimal(event.principal)}"
        )
    if event.principal > free:
        return Objection("RED-4", f"{decimal(event.principal):,} is more than the {decimal(free):,} that can be called")
    return None


def call(note: ConvertibleNote, state: State, event: ev.RedemptionNotice, seen: Seen) -> Transition:
    """All Notes or part of them are called; a part is allocated among holders pro rata or by lot (RED-2, RED-4)."""
    terms = note.redemption
    redemption, whole = day_number(event.redemption_date), event.principal is None
    # a simulation starts where no clean-up is available: its calls are those of [redemption]
    by_clean_up = note.clean_up is not None and not is_fast(redemption)
    by_clean_up = by_clean_up and _permit_redemption(note, state, event, seen) is not None
    # Sorted by name, so that the order in which holders were listed makes no difference.
    held = state.positions
    free = {name: held[name].free for name in sorted(held) if not nothing(held[name].free)}
    chosen: Mapping[str, Any] = free if whole or terms is None else terms.select(free, event.principal, seed=event.seed)
    number = len(state.calls)
    table = note.make_whole_change
    read = read_for(note, state, event, seen) if table is not None and table.on_call else None
    added = Call(event.day, redemption, whole, None if read is None else read[0], by_clean_up)
    state = dataclasses.replace(state, calls=(*state.calls, added))
    state = state.with_positions(
        {name: held[name].changed(called={**held[name].called, number: principal}) for name, principal in chosen.items()}
    )
    standing = None
    if by_clean_up or terms is None:
        rules: tuple[str, ...] = ("CCP-1",)
    else:
        needed = terms.condition is not None and bool(np.any(terms.needs_condition(redemption)))
        standing = seen.standing(terms.condition) if needed and terms.condition is not None else None
        rules = ("RED-1", "RED-2") + (() if whole else ("RED-4",)) + ("SFT-1",) * needed
        rules += ("SFT-2",) * (terms.until is not None or terms.last is not None or terms.whole_only)
    told = facts.RedemptionNotice(redemption, sum(chosen.values()), whole, chosen, standing, None if read is None else read[1])
    rules += ("MWT-1",) * (read is not None)
    return Transition(state, (Flow("redemption-notice", event.day, event.day, rules, facts=told),))


def redeem(note: ConvertibleNote, state: State, event: ev.RedemptionDue, seen: Seen) -> Transition:
    """The redemption price is paid on Notes still under call (RED-1, RED-6)."""
    due = [number for number, each in enumerate(state.calls) if np.all(each.redemption == event.day)]
    by_clean_up = [number for number in due if state.calls[number].clean_up]
    cleaned = _redeem(note, state, event.day, by_clean_up, "clean-up") if by_clean_up else Transition(state)
    numbers = [number for number in due if number not in by_clean_up]
    paid = cleaned.then(_redeem(note, cleaned.state, event.day, numbers, "redemption"))
    if note.redemption is None or not note.redemption.bears_make_whole(event.day):
        return paid
    return paid.then(_make_whole(note, state, paid.state, event.day, numbers))


def _redeem(note: ConvertibleNote, state: State, day: Any, numbers: list[int], of: str) -> Transition:
    """Pay the principal still called under the calls of these numbers, as the kind of payment `of`."""
    owed: dict[str, Any] = {}
    changed: dict[str, Position] = {}
    unpaid = is_missed(state, of, day)  # unpaid Notes stay called, and convert again (CNV-2)
    for name, position in state.positions.items():
        due = [number for number in numbers if number in position.called]
        if due:
            owed[name] = sum(position.called[number] for number in due)
            changed[name] = position if unpaid else position.without_calls(due, paid=True)
    return pay_claims(note, state.with_positions(changed), owed, day, of)


def _make_whole(note: ConvertibleNote, called: State, state: State, day: Any, numbers: list[int]) -> Transition:
    """What these calls pay beyond the price, on called Notes whether or not they have been converted since (SFT-3)."""
    terms, unpaid, paid_out = note.redemption, dict[str, Any](), Transition(state)
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
            paid_out = paid_out.then(pay_amounts(note, paid_out.state, owed, day, "call-make-whole", told))
    return leave_unpaid(state, Unpaid("call-make-whole", day, unpaid)) if missed else paid_out
