"""Agenda: the day on which an event acts, its place within that day, and the scheduled events that terms and state imply."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import fraction
from convnote.calendars import day_number
from convnote.lifecycle import contingent
from convnote.lifecycle import events as ev
from convnote.lifecycle.payment_kinds import KINDS
from convnote.lifecycle.state import State

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def acting_day(note: ConvertibleNote, event: ev.Event) -> int:
    """Day number on which an event acts: a surrender on a day that is not a Business Day counts on the next one (CNV-8).

    A payment missed on the day its money was due to move is recorded before it falls due, possibly days earlier (INT-6).
    """
    if isinstance(event, ev.Convert) and note.conversion is not None:
        return int(note.conversion.counted(event.day))
    if isinstance(event, ev.MissedPayment):
        return _first_due(note, event)
    return int(event.day)


def given_day(note: ConvertibleNote, event: ev.Event) -> int:
    """Day number of the day on which an event is given."""
    return int(event.day)


def looked_at(note: ConvertibleNote, state: State, event: ev.Event) -> int:
    """Day number on which a walk takes up an event: its acting day; for a surrender its own day, unless that has passed.

    On a closed day it may count at once, if that is the last day of called Notes: only the state of that day can tell (END-2).
    """
    return int(event.day) if isinstance(event, ev.Convert) and event.day >= state.day else acting_day(note, event)


def _first_due(note: ConvertibleNote, event: ev.MissedPayment) -> int:
    """Day number of the first due day whose payment moves to the event's day; for payments with fixed dates, of that date."""
    kind = KINDS[event.of]
    if not kind.fixed:
        return first_moving_to(note, event.day)
    fixed = list(kind.due(note, State.opening(note)))
    moved = [day for day in fixed if event.day not in fixed and note.principal.payment_day(day) == event.day]
    return int(moved[0] if moved else event.day)


def first_moving_to(note: ConvertibleNote, day: int) -> int:
    """Day number of the first due day whose money moves on `day`, or has not moved by then (INT-6)."""
    terms = note.principal
    return int(day) if terms.moved_payments == "unmoved" else int(terms.banks.before(day)) + 1


def rank(note: ConvertibleNote, event: ev.Event) -> float:
    """Place within the day; a holder who converts at maturity and forgoes the last coupon converts before it is paid (CNV-5)."""
    forgoes = note.conversion is not None and note.conversion.accrued == "forgo"
    if isinstance(event, ev.CouponDue) and forgoes and event.day == note.principal.maturity_day:
        return ev.Maturity.rank - 0.5
    if isinstance(event, ev.WithdrawalDue) and note.withdrawal is not None and note.withdrawal.last_conversion.count == 0:
        return ev.Convert.rank + 0.25  # Notes convert until the close of the effective day itself (WDR-8)
    return event.rank


def added_up(
    note: ConvertibleNote, state: State, events: Iterable[ev.Event], day: Callable[..., int] = acting_day
) -> Sequence[ev.Event]:
    """The events by `day`, with all that one holder surrenders for conversion at one time added up (CNV-4)."""
    result: list[ev.Event] = []
    surrendered: dict[tuple[Any, int], int] = {}
    for event in events:
        if isinstance(event, ev.Convert) and note.conversion is not None and note.conversion.added_up:
            unnamed = state.holding(None) if len(state.positions) == 1 else None
            key = (event.holder or unnamed, day(note, event))
            if key in surrendered:
                earlier = result[surrendered[key]]
                assert isinstance(earlier, ev.Convert)
                together = fraction(earlier.principal) + fraction(event.principal)
                result[surrendered[key]] = dataclasses.replace(earlier, principal=together)
                continue
            surrendered[key] = len(result)
        result.append(event)
    return result


def due_events(note: ConvertibleNote, state: State, after: int) -> Iterator[ev.Event]:
    """The scheduled events that follow from the terms and a state after day number `after`."""
    terms, interest = note.principal, note.interest

    def due(kind: type[ev.Event], days: Iterable[Any]) -> Iterator[ev.Event]:
        return (kind.at(day) for day in days if day > after)

    yield from due(ev.CouponDue, interest.due_days)
    if interest.floats:
        yield from due(ev.FixingDue, dict.fromkeys(map(interest.acts_on, interest.unfixed(terms.issue_day))))
    if interest.record_days:
        yield from due(ev.RecordTaken, (day for day in map(interest.record_day, interest.cash_days) if day >= terms.issue_day))
    if note.adjustment and state.carried[0] != 1:
        yield from due(ev.CarriedDue, note.adjustment.made_up_on(terms))
    if note.conversion:
        yield from due(ev.ResetDue, note.conversion.resets)
    if note.withdrawal and note.withdrawal.before and state.withdrawal is None:
        yield from due(ev.WithdrawalLapse, [int(day_number(note.withdrawal.before))])
    if state.withdrawal is not None:
        yield from due(ev.WithdrawalDue, [state.withdrawal[1]])
    yield from due(ev.RedemptionDue, (call.redemption for call in state.calls))
    repurchases = (change.repurchase for change in state.changes if change.repurchase is not None)
    yield from due(ev.RepurchaseDue, (day for day in repurchases if day <= terms.maturity_day))
    if note.put:
        yield from due(ev.PutDue, (int(day_number(on)) for on in note.put.dates))
    if note.conditional_put:
        yield from due(ev.ConditionalPutDue, sorted({day for each in state.positions.values() for day in each.put_on_low}))
    yield from (event for event in contingent.scheduled(note, state) if event.day > after)
    yield from due(ev.Maturity, [terms.maturity_day])
    if state.settlements:
        yield from due(ev.SettlementDue, (item.due for item in state.settlements if not item.is_found))
        yield from due(ev.SettlementPaid, (item.pays for item in state.settlements if item.is_found))
    for _, provision in note.provisions():
        if leads_to := getattr(provision, "events", None):
            yield from (event for event in leads_to(note, state) if event.day > after)
