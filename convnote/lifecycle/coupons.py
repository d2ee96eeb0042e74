"""Coupons: who is entitled to them, how they are paid on the day or late, and what happens to a missed coupon."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.claims import NONE, accrual_legs, coupon_legs, entitled, is_missed, leave_unpaid
from convnote.lifecycle.in_kind import add_coupon
from convnote.lifecycle.state import Position, State, Unpaid
from convnote.lifecycle.transition import Flow, Seen, Transition, moved, nothing, per_denomination, somewhere

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def take_record(note: ConvertibleNote, state: State, event: ev.RecordTaken, seen: Seen) -> Transition:
    """The register is read at the close of business: it settles who is paid the next coupon (INT-3)."""
    flows, outstanding = NONE, state.positions.outstanding
    if not nothing(outstanding):
        due = note.interest.due_of_record(event.day)
        flows = (Flow("record", event.day, event.day, ("INT-3",), facts=facts.Record(due, outstanding)),)
    positions = {name: each.changed(of_record=each.outstanding, bought={}) for name, each in state.positions.items()}
    return Transition(state.with_positions(positions), flows)


def pay_coupon(note: ConvertibleNote, state: State, event: ev.CouponDue, seen: Seen) -> Transition:
    """Pay the coupon to the holders of record, or record it as missed (INT-1, INT-2, INT-3, INT-6, INT-7)."""
    due = event.day
    if note.interest.is_in_kind(due):
        return add_coupon(note, state, due)
    of_record = {name: entitled(note, position) for name, position in state.positions.items()}
    if is_missed(state, "interest", due):
        return _miss_coupon(note, state, due, of_record)
    step = pay_on_record(note, state, due, of_record)
    # Until its money has moved, a coupon may still turn out to be unpaid (INT-6).
    late = somewhere(note.principal.payment_day(due) != due)
    return step if late else dataclasses.replace(step, state=without_pay_ins(step.state))


class _Paid(NamedTuple):
    """A coupon on one holder's principal: the cash, the figures of its sentence, and what counts for WDR-4."""

    cash: Any
    told: facts.Coupon
    payment: tuple[Any, Any]


def pay_on_record(note: ConvertibleNote, state: State, due: Any, of_record: Any) -> Transition:
    """The coupon due on `due`, on each holder's principal of record; its money moves by INT-6."""
    interest, flows, paid = note.interest, [], {}
    start, payment_day = interest.boundaries[interest.boundaries.index(due) - 1], note.principal.payment_day(due)
    if interest.in_kind:  # an acceleration that was rescinded may have left earlier interest running
        start = min(start, state.paid_to)
    if all(map(nothing, of_record.values())):  # with no principal of record the rate may be unfixed
        return Transition(state.changed(paid_to=_later(state.paid_to, due)))
    legs = accrual_legs(note, start, due)
    rules = ("INT-1", "INT-2", *interest.rate_rules, "INT-3", "INT-7", *moved(due, payment_day))
    once: dict[Any, _Paid] = {}  # holders of equal principal are paid the same
    for name, principal in of_record.items():
        if nothing(principal):
            continue
        alike = name if isinstance(principal, np.ndarray) else principal.as_integer_ratio()
        if alike not in once:
            cash = note.principal.paid(interest.between(principal, start, due), principal)
            payment = (payment_day, per_denomination(cash, principal, note.denomination))
            once[alike] = _Paid(cash, facts.Coupon(principal, start, legs, cash), payment)
        cash, told, payment = once[alike]
        if interest.floats and nothing(cash):  # a rate of 0 pays no coupon
            continue
        flows.append(Flow("coupon", due, payment_day, rules, name, cash=cash, facts=told))
        position = state.positions[name]
        paid[name] = position.changed(payments=(*position.payments, payment))
    paid |= _paid_on_bought(note, state, payment_day, flows, of_record)
    return Transition(state.with_positions(paid).changed(paid_to=_later(state.paid_to, due)), tuple(flows))


def _paid_on_bought(
    note: ConvertibleNote, state: State, paid_on: Any, flows: list[Flow], of_record: Mapping[str, Any]
) -> dict[str, Position]:
    """Positions holding Notes bought since the record date: their coupon was paid to the sellers, and counts for WDR-4."""
    if not any(position.bought for position in state.positions.values()):
        return {}
    changed = {}
    cash = {flow.holder: per_denomination(flow.cash, of_record[str(flow.holder)], note.denomination) for flow in flows}
    for name, position in state.positions.items():
        if position.bought and position.outstanding:
            own = position.outstanding - sum(position.bought.values())
            parts = [(cash.get(who, 0), part) for who, part in ((name, own), *position.bought.items())]
            mean = sum(amount * part for amount, part in parts) / position.outstanding
            changed[name] = position.changed(payments=(*position.payments, (paid_on, mean)), bought={})
    return changed


def _later(paid_to: Any, due: Any) -> Any:
    return due if isinstance(paid_to, np.ndarray) else max(paid_to, due)


def _paid(note: ConvertibleNote, position: Position, paid_on: Any, cash: Any, principal: Any) -> Position:
    """A position after it was paid `cash` of interest on `principal` (for WDR-4, which reads what was paid)."""
    amount = per_denomination(cash, principal, note.denomination)
    return position.changed(payments=(*position.payments, (paid_on, amount)))


# --- a coupon that is missed --------------------------------------------------------------------------------------------------


def _miss_coupon(note: ConvertibleNote, state: State, due: int, of_record: dict[str, Any]) -> Transition:
    """The coupon is not paid: its claim passes by INT-3c, and what was paid in for it is returned (CNV-5c)."""
    stays = note.interest.defaulted_to == "record"
    owed = dict(of_record) if stays else {name: position.outstanding for name, position in state.positions.items()}
    kept = {name: max(amount - state.positions[name].outstanding, 0) for name, amount in owed.items()} if stays else {}
    back = not stays or state.stops is not None  # after an issuer's default the coupon that was paid in for will not be paid
    returned = {name: each.paid_in[due] for name, each in state.positions.items() if due in each.paid_in and back}
    step = leave_unpaid(state, Unpaid("interest", due, owed, kept=kept, record=of_record, returned=returned))
    flows = _returned(note, state, due, due) if back else NONE
    return Transition(without_pay_ins(step.state), step.flows + flows, step.warnings)


def fall_due_unpaid(note: ConvertibleNote, state: State, event: ev.CouponDue, seen: Seen) -> Transition:
    """A coupon date while all principal is due: nothing is paid, but the coupon is owed if acceleration is rescinded (LIF-3)."""
    owed = {name: position.outstanding for name, position in state.positions.items()}
    if nothing(sum(owed.values())) or note.interest.is_in_kind(event.day):  # interest on what is due runs on, in cash
        return Transition(state)
    return Transition(dataclasses.replace(state, unpaid=(*state.unpaid, Unpaid("interest", event.day, owed))))


def without_pay_ins(state: State) -> State:
    """The state with no pay-in waiting for its coupon."""
    return state.with_positions({name: each.changed(paid_in={}) for name, each in state.positions.items() if each.paid_in})


def _returned(note: ConvertibleNote, state: State, due: int, day: int) -> tuple[Flow, ...]:
    """What converting holders paid in for the coupon due on `due` is returned on `day` (CNV-5c)."""
    payment_day = note.principal.payment_day(day)
    return tuple(
        Flow(
            "interest-returned",
            day,
            payment_day,
            ("CNV-5c", *moved(day, payment_day)),
            name,
            cash=cash,
            facts=facts.PaidInBefore(principal, due, cash),
        )
        for name, position in state.positions.items()
        for each, (principal, cash) in position.paid_in.items()
        if each == due and cash
    )


def return_pay_ins(note: ConvertibleNote, state: State, day: int, *, moving: bool = False) -> Transition:
    """The coming coupon will not be paid, so what was paid in for it is returned, and with it the claim (CNV-5c).

    `moving` includes a coupon that fell due earlier and whose money has not moved yet (INT-6).
    """
    flows = NONE
    dead = {due for position in state.positions.values() for due in position.paid_in}
    dead = {due for due in dead if (note.principal.payment_day(due) if moving else due) > day}
    for due in sorted(dead):
        flows += _returned(note, state, due, day)
    changed = {}
    for name, position in state.positions.items():
        given_up = {due: principal for due, (principal, _) in position.paid_in.items() if due in dead}
        if given_up:
            left = {due: each for due, each in position.paid_in.items() if due not in dead}
            changed[name] = position.changed(of_record=position.of_record - sum(given_up.values()), paid_in=left)
    return Transition(state.with_positions(changed), flows)


# --- a missed coupon that is cured ----------------------------------------------------------------------------------------------


def pay_in_time(note: ConvertibleNote, state: State, unpaid: Unpaid) -> Transition:
    """A coupon reported as missed is paid on the day its money was to move, as an ordinary coupon (INT-6).

    Principal whose price has since included it is not paid again; what was returned is paid in again (CNV-5).
    """
    step = pay_on_record(note, state, unpaid.due, unpaid.record)
    payment_day = note.principal.payment_day(unpaid.due)
    again = []
    for name, (principal, cash) in unpaid.returned.items():
        told = facts.PaidInBefore(principal, unpaid.due, cash)
        again.append(Flow("interest-paid-in", unpaid.due, payment_day, ("CNV-5", "CNV-5c"), name, cash=-cash, facts=told))
    return Transition(step.state, (*step.flows, *again))


def pay_late_interest(note: ConvertibleNote, state: State, unpaid: Unpaid, day: int) -> Transition:
    """A missed coupon is paid to the holders of the claim; where nothing is still owed a warning says so (INT-3c)."""
    flows, paid, payment_day = NONE, {}, note.principal.payment_day(day)
    rules = ("INT-3c", "INT-7", *moved(day, payment_day))
    for name, principal in unpaid.owed.items():
        if nothing(principal):
            continue
        cash = note.principal.paid(note.interest.coupon_amount(principal, unpaid.due), principal)
        told = facts.LateInterest(principal, unpaid.due, coupon_legs(note, unpaid.due), cash)
        flows += (Flow("late-interest", day, payment_day, rules, name, cash=cash, facts=told),)
        paid[name] = _paid(note, state.positions[name], payment_day, cash, principal)
    said = (
        f"the missed coupon of {to_date(unpaid.due)} is no longer owed: it was paid with a price, or the Notes converted (INT-3c)"
    )
    moves = payment_day if flows and payment_day != day else state.moves
    state = dataclasses.replace(state.with_positions(paid), paid_to=max(state.paid_to, unpaid.due), moves=moves)
    return Transition(state, flows, () if flows else (said,))


def take_back_coupon(note: ConvertibleNote, state: State, day: int) -> Transition:
    """The issuer defaulted before the money of a coupon moved: the coupon counts as unpaid (INT-6)."""
    flows, changed = NONE, {}
    for name, position in state.positions.items():
        moving = [(paid_on, amount) for paid_on, amount in position.payments if paid_on > day]
        for paid_on, amount in moving:
            due = max(each for each in note.interest.due_days if note.principal.payment_day(each) == paid_on)
            cash = note.principal.paid(entitled(note, position) * amount / fraction(note.denomination))
            told = facts.CouponTakenBack(due, paid_on, cash)
            flows += (Flow("coupon", day, paid_on, ("INT-6", "DEF-4c"), name, cash=-cash, facts=told),)
        if moving:
            changed[name] = position.changed(payments=tuple(each for each in position.payments if each[0] <= day))
    return Transition(state.with_positions(changed), flows)
