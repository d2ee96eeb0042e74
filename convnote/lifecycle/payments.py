"""Payment of principal with the interest its price includes, on its day or late; and payment of make-wholes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convnote.arithmetic import numbers_of
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.claims import (
    accrual_legs,
    apart_from_the_price,
    coupon_legs,
    coupons_on,
    is_missed,
    leave_unpaid,
    with_claims_kept,
    without_claims,
)
from convnote.lifecycle.in_force import claim
from convnote.lifecycle.payment_kinds import KINDS, PaymentKind
from convnote.lifecycle.state import State, Status, Unpaid
from convnote.lifecycle.transfers import paid_off
from convnote.lifecycle.transition import Flow, Seen, Transition, moved, nothing

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def pay_claims(note: ConvertibleNote, state: State, owed: Mapping[str, Any], day: Any, of: str) -> Transition:
    """Pay what is due of a kind of principal payment on `day`, or leave it unpaid if it is missed."""
    claims = {name: principal for name, principal in owed.items() if not nothing(principal)}
    if is_missed(state, of, day):
        return leave_unpaid(state, Unpaid(of, day, claims))
    return pay_all(note, state, claims, day, of)


def pay_all(
    note: ConvertibleNote, state: State, owed: Mapping[str, Any], day: Any, of: str, *, accrues: bool = True, late: bool = False
) -> Transition:
    """Pay the principal `owed` by holder at the price of its kind, with accrued and unpaid interest (DEF-3c).

    `accrues` False: no interest on top. In a record window the price includes the accrued interest, so the principal leaves the
    principal of record too (RED-6). Missed coupons in the price are no longer owed; where the price includes no interest,
    the claim to them stays with the holder (INT-3c). `late`: it was missed on its day, and interest has run on (INT-9).
    """
    kind, interest, payment_day = KINDS[of], note.interest, note.principal.payment_day(day)
    assert kind.price is not None
    owed = {name: principal for name, principal in owed.items() if not nothing(principal)}
    if not owed:
        return Transition(state)
    price, clean = kind.price(note, day)
    claimed = claim(note, state, day)
    clean = clean and accrues
    in_window = interest.window_due(day) > 0
    if interest.in_window == "to-record":
        in_window = in_window & False
    included = ("STP-2",) if kind.at_maturity_price and interest.included_from is not None else ()
    accreted = () if note.accretion is None else ("ACC-2",)
    cited = kind.rules + included + accreted + (kind.on_payment_date if _is_payment_date(note, day) else ())
    runs = ("INT-9",) if late and clean else kind.stops * clean
    flows, changed, total = [], paid_off(state, owed, in_window), sum(owed.values())
    for name, principal in owed.items():
        nil = _Borne(principal * 0, state.paid_to)
        borne = _interest_borne(note, state, kind, name, principal, day) if clean else nil
        interest_on_top = borne.accrued + sum(coupon.amount for coupon in borne.coupons)
        numbers = numbers_of(principal)
        cash = note.principal.paid(principal * numbers(claimed) * numbers(price) + interest_on_top, principal)
        told = facts.PaidOut(principal, claimed, price, *borne[:4], in_window, cash)
        rules = cited + kind.accruing * (not nothing(borne.accrued)) + ("DEF-3c",) * (borne.missed and "DEF-3c" not in cited)
        rules += runs + ("RED-6",) * bool(np.any(in_window)) + ("INT-7",) + moved(day, payment_day)
        flows.append(Flow(kind.entry, day, payment_day, rules, name, principal=principal, cash=cash, facts=told))
    if state.unpaid:
        unpaid = without_claims(state.unpaid, owed, paid=True) if clean else with_claims_kept(state.unpaid, owed)
        state = dataclasses.replace(state, unpaid=unpaid)
    state = _moving(state, day, payment_day)
    return Transition(state.with_positions(changed).retire(kind.gone, total, kind.final), tuple(flows))


def _moving(state: State, day: Any, payment_day: Any) -> State:
    """The state with a note that money paid on a closed day moves only on `payment_day` (INT-6)."""
    if isinstance(day, np.ndarray) or day == payment_day:
        return state
    return dataclasses.replace(state, moves=int(payment_day))


def _is_payment_date(note: ConvertibleNote, day: Any) -> bool:
    return not isinstance(day, np.ndarray) and day in note.interest.due_days


class _Borne(NamedTuple):
    """Interest included in a price: accrued since `start`, and separate missed coupons; `missed`: True if any was missed."""

    accrued: Any
    start: Any
    legs: facts.Legs = ()
    coupons: Sequence[facts.MissedCoupon] = ()
    missed: bool = False


def _interest_borne(note: ConvertibleNote, state: State, kind: PaymentKind, name: str, principal: Any, day: Any) -> _Borne:
    """The interest that a price paid on `day` includes: accrued since `start`, and missed coupons separately (DEF-3c).

    A missed coupon since which nothing was paid is part of the interest accrued from before it (INT-4).
    """
    interest, start = note.interest, state.paid_to
    coupons = coupons_on(state.unpaid, name, principal)
    ran_on = [each for each in state.unpaid if each.of == "interest" and start < each.due <= day]
    to_record = interest.in_window == "to-record" and ran_on and interest.window_due(day) > 0
    if to_record or any((each, principal) not in coupons for each in ran_on):
        start = max(each.due for each in ran_on)  # the coupons attached to the Notes are counted one by one
    apart = [(each, part) for each, part in coupons if each.due <= start]
    missed = [
        facts.MissedCoupon(each.due, part, coupon_legs(note, each.due), interest.coupon_amount(part, each.due))
        for each, part in apart
    ]
    if kind.at_maturity_price and interest.included_from is not None:
        spans = apart_from_the_price(note, start, day)
        accrued = sum((interest.between(principal, *span) for span in spans), principal * 0)
        legs = [leg for span in spans for leg in accrual_legs(note, *span)]
        return _Borne(accrued, spans[0][0] if spans else day, legs, missed, bool(apart or ran_on))
    accrued = interest.in_price(principal, start, day)
    return _Borne(accrued, start, accrual_legs(note, start, day), missed, bool(apart or ran_on))


def mature(note: ConvertibleNote, state: State, event: ev.Maturity, seen: Seen) -> Transition:
    """Principal at maturity (PRN-1). The last coupon is a payment of its own: if it is missed it stays owed (INT-3c)."""
    owed = {name: position.outstanding for name, position in state.positions.items()}
    if is_missed(state, "principal", event.day):
        step = leave_unpaid(state, Unpaid("principal", event.day, owed))
        return dataclasses.replace(step, state=dataclasses.replace(step.state, status=Status.OVERDUE))
    return pay_all(note, state, owed, event.day, "principal", accrues=False)


def pay_amounts(
    note: ConvertibleNote,
    state: State,
    owed: Mapping[str, Any],
    day: Any,
    of: str,
    told: Mapping[str, facts.MakeWhole] | None = None,
) -> Transition:
    """Pay amounts `of` a kind without principal, `owed` by holder and unrounded (WDR-4, INT-7); late without `told`."""
    payment_day, kind, flows = note.principal.payment_day(day), KINDS[of], []
    rules = (*kind.rules, "INT-7", *moved(day, payment_day))
    for name, amount in owed.items():
        if nothing(amount):
            continue
        cash = note.principal.paid(amount)
        said = facts.LateAmount(of, cash) if told is None else told[name]._replace(amount=cash)
        flows.append(Flow(kind.entry, day, payment_day, rules, name, cash=cash, facts=said))
    return Transition(_moving(state, day, payment_day) if flows else state, tuple(flows))
