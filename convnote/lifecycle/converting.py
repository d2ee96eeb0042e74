"""Converting: exercise of the conversion right by a holder."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import choose, decimal, fraction, larger
from convnote.calendars import day_number, to_date
from convnote.lifecycle import contingent, facts, settling
from convnote.lifecycle import events as ev
from convnote.lifecycle.claims import accrual_legs, coupon_legs, coupons_on, without_claims
from convnote.lifecycle.in_force import (
    Lot,
    additional_shares,
    conversion_price,
    counted_on,
    depends_on_reason,
    lowering,
    price_after_change,
)
from convnote.lifecycle.parts import Part, convertible_parts, elections_ended, parts_taken, still_elected
from convnote.lifecycle.property import delivered
from convnote.lifecycle.rights import no_longer_unpaid
from convnote.lifecycle.state import Position, State, Status
from convnote.lifecycle.transfers import paid_off
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition, nothing, somewhere
from convnote.lifecycle.under_way import UnderWay
from convnote.provisions.day_rules import DayRule

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote
    from convnote.provisions import Conversion


def permit_conversion(note: ConvertibleNote, state: State, event: ev.Convert, seen: Seen) -> Objection | None:
    """May this principal convert today? (CNV-1, CNV-2, CNV-6, CNV-7, CNV-8)"""
    terms = note.conversion
    if terms is None:
        return Objection("CNV-1", "the note does not convert")
    counted, principal = counted_on(note, state, event), event.principal
    if not note.principal.is_multiple(principal):
        return Objection("CNV-1", f"principal is converted in multiples of {note.principal.smallest}, not {decimal(principal)}")
    if (
        state.withdrawal is not None
        and note.withdrawal is not None
        and counted > note.withdrawal.last_before(state.withdrawal[1])
    ):
        return Objection("CNV-7", f"conversion rights are withdrawn as of {to_date(state.withdrawal[1])}")
    if counted > note.principal.maturity_day:
        return Objection("CNV-1", f"a surrender on {event.on} takes effect on {to_date(counted)}, after maturity")
    if terms.from_date is not None and counted < day_number(terms.from_date):
        return Objection("CNV-1", f"the right to convert begins on {terms.from_date}")
    if counted > terms.last_day:
        return Objection("END-1", f"the right to convert ended on {to_date(terms.last_day)}")
    position = state.positions[state.holding(event.holder)]
    possible = sum(part.principal for part in convertible_parts(note, state, position, counted, in_window=True))
    if principal > position.outstanding:
        return Objection("CNV-1", f"{decimal(principal):,} is more than the {decimal(position.outstanding):,} outstanding")
    elected = (position.elected, position.put, position.put_on_low)
    if principal > possible + sum(sum(part.values()) for part in elected):
        if terms.called_until == DayRule(1, "business"):
            return Objection("CNV-2", "called Notes convert only until the Business Day before the redemption date")
        return Objection("END-2", f"called Notes convert until {terms.called_until} the redemption date")
    if principal > possible and terms.elected_until is not None:
        return Objection("END-2", f"Notes under election convert until {terms.elected_until} the repurchase or put date")
    if principal > possible:
        return Objection("CNV-6", "a Note under a repurchase election converts only after the election is withdrawn")
    if note.contingent_conversion is None:
        return None
    open_now = sum(part.principal for part in convertible_parts(note, state, position, counted))
    return contingent.closed(note, state, counted) if principal > open_now else None


def convert(note: ConvertibleNote, state: State, event: ev.Convert, seen: Seen) -> Transition:
    """Shares, cash for the fraction and interest paid in, for all that one holder surrenders at one time (CNV-3…CNV-5)."""
    terms = note.conversion
    assert terms is not None
    name = state.holding(event.holder)
    position, principal = state.positions[name], event.principal
    counted = counted_on(note, state, event)
    dead = state.status is Status.ACCELERATED
    taken = parts_taken(note, state, event.holder, principal, counted)
    interest_in, paying, called = _paid_in(note, state, name, taken, counted)
    ended = elections_ended(taken)
    scale = state.scale
    lots = converted_lots(note, state, event) if depends_on_reason(note, state) else ()
    price = price_of(lots) or conversion_price(note, state)
    later = _settled_later(note, state, event, called, state.price / price)
    close = None if later else seen.close
    exchange = 1 if close is None else seen.exchange
    shares, cash = (principal * 0, principal * 0) if later else terms.shares(principal * scale.shares, price, close, exchange)
    # most conversions involve neither merger cash nor interest, and zero needs no rounding
    merger_cash = cash * 0 if later or _is_zero(scale.cash) else note.principal.paid(principal * scale.cash / price)
    noticed = state.withdrawal is not None
    # Under terms that forgo it, a conversion at maturity gives up the last coupon, of record or not; so does a conversion of
    # Notes whose coming coupon can no longer be paid.
    forgoes = terms.accrued == "forgo" and bool(note.interest.record_days) and counted == note.principal.maturity_day
    window = note.interest.window_due(counted)
    forgoes = forgoes | (dead and terms.accrued == "record-date" and window > 0)
    changed = paid_off(state, {name: principal}, forgoes)
    changed[name] = changed[name].changed(
        called={number: amount for number, amount in called.items() if not nothing(amount)},
        converted_in_notice=position.converted_in_notice + (principal if noticed else 0),
        converted_called=_converted_called(note, position, called),
        **(still_elected(position, taken) if ended else {}),
    )
    state = state.with_positions(changed)
    told: Any = facts.Conversion(
        principal, price, close, cash, merger_cash, scale, shares, event.day, state.distributed, lots, exchange, ended
    )
    by_window = contingent.rules_of(note, state, counted, bool(position.called))
    rules = _rules_of(note, counted, told, claims_go=bool(dead) and somewhere(window > 0), later=bool(later), by_window=by_window)
    if later:
        told = settling.surrendered(note, later, event)._replace(lots=lots)
    if terms.accrued == "record-date" and terms.pays_in_except != ("notice",) and not dead:
        rules += ("PIN-1",) * somewhere(interest_in != note.interest.coupon_amount(principal, window))
    flows = [
        Flow("conversion", counted, counted, rules, event.holder or name, principal, cash + merger_cash, shares, told),
    ]
    flows += delivered(note, event.holder or name, principal, counted, seen)
    state, interest = _interest(note, state, event, name, counted, paying, interest_in)
    flows += interest
    if state.unpaid:
        state = dataclasses.replace(state, unpaid=without_claims(state.unpaid, {name: principal}, paid=False))
        state = no_longer_unpaid(state) if ended else state
    if later:
        return Transition(settling.under_way(state, later, principal), tuple(flows))
    return Transition(state.retire("converted", principal, Status.CONVERTED), tuple(flows))


def _interest(
    note: ConvertibleNote, state: State, event: ev.Convert, name: str, counted: Any, paying: Any, interest_in: Any
) -> tuple[State, list[Flow]]:
    """The entries of a coupon paid in, on principal `paying`, and of accrued interest paid to the holder (CNV-5)."""
    assert note.conversion is not None
    flows, principal, window = list[Flow](), event.principal, note.interest.window_due(counted)
    interest_in = interest_in if nothing(interest_in) else note.principal.paid(interest_in, principal)
    if not nothing(interest_in):
        less = note.principal.paid(note.interest.coupon_amount(paying, window), principal) - interest_in
        due = facts.PaidIn(paying, window, coupon_legs(note, window), interest_in, less)
        state = _pay_in(state, name, window, paying, interest_in)
        flows.append(Flow("interest-paid-in", counted, counted, ("CNV-5",), event.holder or name, cash=-interest_in, facts=due))
    accrued = note.conversion.accrued_paid(principal, counted)
    accrued = accrued if nothing(accrued) else note.principal.paid(accrued, principal)
    if not nothing(accrued):
        start = note.interest.accrual_start(counted)
        paid = facts.AccruedPaid(principal, start, accrual_legs(note, start, counted), accrued)
        flows.append(Flow("accrued-interest", counted, counted, ("CNV-5",), event.holder or name, cash=accrued, facts=paid))
    return state, flows


def converted_lots(note: ConvertibleNote, state: State, event: ev.Convert) -> tuple[Lot, ...]:
    """The lots of a conversion: the principal that converts at each price, free Notes first (MWT-1)."""
    counted, lots = counted_on(note, state, event), dict[Any, Lot]()
    before, lower, change = conversion_price(note, state), note.change_of_control_price, lowering(note, state, counted)
    by: tuple[Any, Any] = (None, None)
    if lower is not None and change is not None:
        by = before, (fraction(lower.premium), *lower.days(note, change.occurred))
        before = price_after_change(note, state, counted)
    for part, amount in parts_taken(note, state, event.holder, event.principal, counted):
        if not nothing(amount):
            price = conversion_price(note, state, event, part.call)
            more = additional_shares(note, state, counted, part.call)
            earlier = lots[price].principal if price in lots else amount * 0
            lots[price] = Lot(earlier + amount, price, before, more, *by)
    return tuple(sorted(lots.values(), key=lambda lot: -lot.price))


def price_of(lots: tuple[Lot, ...]) -> Any:
    """The price at which all lots together convert: their principal over their conversion shares; None without lots."""
    if len(lots) < 2:
        return lots[0].price if lots else None
    return sum(lot.principal for lot in lots) / sum(lot.principal / lot.price for lot in lots)


def _settled_later(
    note: ConvertibleNote, state: State, event: ev.Convert, left: Mapping[int, Any], boost: Any
) -> tuple[UnderWay, ...]:
    """The settlements that follow from a surrender; empty where shares are delivered at once (STL-1)."""
    if note.settlement is None:
        return ()
    name = state.holding(event.holder)
    parts = _redeemed(state, state.positions[name], left, event.principal)
    return settling.begin(note, state, name, counted_on(note, state, event), parts, boost)


def _redeemed(state: State, position: Position, left: Mapping[int, Any], principal: Any) -> list[tuple[Any, Any]]:
    """The principal surrendered, by the redemption date for which it is called; date 0 is principal that is not called."""
    parts = [(state.calls[number].redemption, amount - left[number]) for number, amount in position.called.items()]
    parts = [(redemption, amount) for redemption, amount in parts if not nothing(amount)]
    free = principal - sum(amount for _, amount in parts)
    return parts if nothing(free) else [*parts, (0, free)]


def _paid_in(
    note: ConvertibleNote, state: State, name: str, taken: list[tuple[Part, Any]], counted: Any
) -> tuple[Any, Any, dict[int, Any]]:
    """Interest paid in for the parts taken from a position, the principal it is paid in for, and what stays called."""
    assert note.conversion is not None
    principal, position = sum(amount for _, amount in taken), state.positions[name]
    # A coupon that can no longer be paid is not paid in, and the claim to it passes with the Notes (CNV-5c).
    dead = state.status is Status.ACCELERATED
    interest_in, paying, called = principal * 0, principal * 0, dict(position.called)
    fixed = [each.repurchase for each in state.changes if each.repurchase is not None]
    fixed = [day for day in fixed if isinstance(day, np.ndarray) or day <= note.principal.maturity_day]
    for part, amount in taken:
        if part.call is not None:
            called[part.call] = called[part.call] - amount
        redemption = None if part.call is None else state.calls[part.call].redemption
        due = note.conversion.coupon_paid_in(counted, part.notice, redemption, fixed) * (not dead)
        if _is_zero(due):
            continue
        interest_in = interest_in + note.interest.coupon_amount(amount, due)
        paying = paying + choose(due > 0, amount, amount * 0)
    if "overdue" in note.conversion.pays_in_except and state.unpaid:
        missed = coupons_on(state.unpaid, name, paying)
        interest_in = larger(
            interest_in - sum(note.interest.coupon_amount(part, each.due) for each, part in missed), principal * 0
        )
    return interest_in, paying, called


def _rules_of(
    note: ConvertibleNote,
    counted: Any,
    told: facts.Conversion,
    *,
    claims_go: bool,
    later: bool = False,
    by_window: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """The rules that a conversion follows; `claims_go`: the claim to a coupon passes with the Notes (CNV-5c)."""
    assert note.conversion is not None
    return (
        ("CNV-1", "CNV-3")
        + ("RTE-1",) * (note.conversion.rate is not None)
        + ("FXF-1",) * (note.conversion.fixed_rate is not None)
        + ("FXF-1c",) * (note.conversion.fixed_rate is not None and not nothing(told.in_lieu))
        + by_window
        + ("CNV-4", "CNV-4c") * (not nothing(told.in_lieu))
        + ("FRC-1",) * (note.conversion.fraction != "cash" and not later and _leaves_fraction(note.conversion, told))
        + ("STL-1", "STL-2") * later
        + ("EXC-1",) * (note.exchange is not None)
        + ("CNV-8",) * (not nothing(counted - told.surrendered))
        + ("CNV-3c",) * _resets_on(note, counted)
        + ("END-2",) * (not nothing(told.ended))
        + ("CNV-5c",) * claims_go
        + ("ADJ-8",) * (not nothing(told.merger_cash))
        + ("ADJ-4",) * (not nothing(told.distributed) and not later)
        + _rules_of_lots(note, told.lots)
        + ("CNV-9",)
    )


def _is_zero(figure: Any) -> bool:
    return not isinstance(figure, np.ndarray) and not figure


def _rules_of_lots(note: ConvertibleNote, lots: tuple[Lot, ...]) -> tuple[str, ...]:
    """The rules by which the price depends on the reason; the table is cited even where it gives nothing (MWT-1)."""
    given = [lot.additional for lot in lots if lot.additional is not None]
    table, adjustment = note.make_whole_change, note.adjustment
    capped = table is not None and any(table.is_at_cap(more, lot.before) for lot in lots if (more := lot.additional))
    rounded = (
        any(lot.price != (lot.in_force or lot.before) for lot in lots)
        and adjustment is not None
        and adjustment.rounding is not None
    )
    lowered = any(lot.lowered_by is not None for lot in lots)
    return ("CHG-1",) * lowered + ("MWT-1",) * bool(given) + ("MWT-2",) * capped + ("RTE-2",) * rounded


def _converted_called(note: ConvertibleNote, position: Position, called: Mapping[int, Any]) -> Mapping[int, Any]:
    """Principal called and since converted, by call, once a conversion leaves `called` under call (SFT-3)."""
    if note.redemption is None or not note.redemption.make_whole_amount:
        return position.converted_called
    gone = {number: position.called[number] - amount for number, amount in called.items()}
    now = {number: amount + position.converted_called.get(number, 0) for number, amount in gone.items()}
    return {**position.converted_called, **now}


def _leaves_fraction(terms: Conversion, told: facts.Conversion) -> bool:
    return somewhere(terms.in_share_currency(told.principal) * told.scale.shares / told.price != told.shares)


def _resets_on(note: ConvertibleNote, day: Any) -> bool:
    if note.reset is None:
        return False
    return bool(np.isin(day, note.reset.days).any()) if isinstance(day, np.ndarray) else day in note.reset.days


def _pay_in(state: State, name: str, due: Any, principal: Any, cash: Any) -> State:
    """Remember what was paid in for a coupon until it is paid or missed; on many paths no coupon is ever missed (CNV-5c)."""
    if isinstance(due, np.ndarray):
        return state
    before = state.positions[name].paid_in
    earlier = before.get(due, (0, 0))
    return state.with_position(name, paid_in={**before, due: (earlier[0] + principal, earlier[1] + cash)})
