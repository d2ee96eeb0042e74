"""Withdrawal of the conversion right by the Company: trigger, notice, effect, and lapse unused (WDR-1…WDR-9)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import numbers_of
from convnote.calendars import day_number
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.claims import is_missed, leave_unpaid
from convnote.lifecycle.payments import pay_amounts
from convnote.lifecycle.state import State, Status, Unpaid
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition, nothing
from convnote.provisions.day_rules import DayRule

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def trigger_in_force(note: ConvertibleNote, state: State) -> Any:
    """The trigger per conversion share as of today, [path] in a simulation: moved by RST-4 or by the price (WDR-1, WDR-7)."""
    terms = note.withdrawal
    assert terms is not None
    numbers = numbers_of(state.price)
    return numbers(terms.trigger_multiple) * state.price if terms.moves else numbers(terms.trigger) * state.scale.factor


def trigger_met(note: ConvertibleNote, state: State, event: ev.TriggerMet, seen: Seen) -> Transition:
    """The closes entitle the Company to withdraw conversion: an observation, not a decision (WDR-1)."""
    terms = note.withdrawal
    assert terms is not None
    trigger = trigger_in_force(note, state)
    told = facts.TriggerMet(trigger, terms.notice_deadline(event.day))
    return Transition(state, (Flow("trigger-met", event.day, event.day, ("WDR-1", "WDR-1c"), facts=told),))


def permit_withdrawal(note: ConvertibleNote, state: State, event: ev.WithdrawalNotice, seen: Seen) -> Objection | None:
    """May the Company give this notice? (WDR-1, WDR-2, WDR-3)"""
    if note.withdrawal is None:
        return Objection("WDR-1", "the note has no provision to withdraw conversion rights")
    objection = note.withdrawal.objection(event.day, day_number(event.effective), seen.last_met)
    return Objection(*objection) if objection else None


def give_withdrawal_notice(note: ConvertibleNote, state: State, event: ev.WithdrawalNotice, seen: Seen) -> Transition:
    """Conversion rights end on the effective date (WDR-3)."""
    effective = day_number(event.effective)
    told = facts.WithdrawalNotice(effective, seen.last_met)
    assert note.withdrawal is not None
    rules = ("WDR-1", "WDR-1c", "WDR-2", "WDR-3", "WDR-3c") + ("WDR-7",) * (note.withdrawal.trigger_of is not None)
    flow = Flow("withdrawal-notice", event.day, event.day, rules, facts=told)
    return Transition(dataclasses.replace(state, withdrawal=(event.day, effective), status=Status.WITHDRAWAL_NOTICED), (flow,))


def withdraw(note: ConvertibleNote, state: State, event: ev.WithdrawalDue, seen: Seen) -> Transition:
    """The withdrawal takes effect: the Notes no longer convert, and the make-whole is due (CNV-7, WDR-4, WDR-5)."""
    terms = note.withdrawal
    assert terms is not None and state.withdrawal is not None
    notice, effective = state.withdrawal
    owed, told = {}, {}
    for name, position in state.positions.items():
        principal = position.outstanding * (terms.make_whole_to != "converted")
        principal = principal + position.converted_in_notice * (terms.make_whole_to != "outstanding")
        paid = position.interest_paid_before(notice)
        each = terms.make_whole(paid)
        owed[name] = principal * each / numbers_of(principal)(note.denomination)
        told[name] = facts.MakeWhole(principal, paid, each, notice, owed[name], terms.make_whole_amount)
    flows: tuple[Flow, ...] = ()
    if state.status is Status.WITHDRAWAL_NOTICED:
        floored = any(np.any((each.each == 0) & (each.paid > terms.make_whole_amount)) for each in told.values())
        rules: tuple[str, ...] = ("WDR-2", "CNV-7", "CNV-7c" if terms.last_conversion == DayRule(1, "business") else "WDR-8")
        rules += ("WDR-4c",) * (floored and not nothing(terms.make_whole_amount))
        rules += ("WDR-6",) * (terms.from_date is not None) + ("WDR-9",) * (terms.make_whole_to != "outstanding")
        flows = (Flow("withdrawal", effective, effective, rules, facts=facts.Withdrawal(notice)),)
        state = dataclasses.replace(state, status=Status.WITHDRAWN)
    if is_missed(state, "make-whole", effective):
        step = leave_unpaid(state, Unpaid("make-whole", effective, owed))
    else:
        step = pay_amounts(note, state, owed, effective, "make-whole", told)
    return Transition(state, flows).then(step)


def withdrawal_lapses(note: ConvertibleNote, state: State, event: ev.WithdrawalLapse, seen: Seen) -> Transition:
    """The right to withdraw conversion ends unused; the closest it came to its trigger is put on record (WDR-1, WDR-2)."""
    trigger = trigger_in_force(note, state)
    told = facts.WithdrawalLapse(seen.highest, seen.last_met, trigger, seen.most_held)
    return Transition(state, (Flow("withdrawal-lapse", event.day, event.day, ("WDR-1", "WDR-1c", "WDR-2"), facts=told),))
