"""Payments: coupons and whose they are, what is missed and cured, acceleration, default, maturity."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convnote.arithmetic import choose, meant, numbers_of
from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.lifecycle.state import Position, State, Status, Unpaid
from convnote.lifecycle.step import Flow, Objection, Seen, Step, nothing, per_denomination
from convnote.provisions.default import PAYMENTS

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


NONE: tuple[Flow, ...] = ()


def entitled(note: ConvertibleNote, position: Position) -> Any:
    """Principal on which a position is paid the coupon: of record (INT-3), or outstanding where there is no record date."""
    return position.of_record if note.interest.record_days else position.outstanding


# --- interest -----------------------------------------------------------------------------------------------------------


def take_record(note: ConvertibleNote, state: State, event: ev.RecordTaken, seen: Seen) -> Step:
    """The register at the close of business: who is paid the next coupon (INT-3)."""
    flows, outstanding = NONE, state.positions.outstanding
    if not nothing(outstanding):
        due = event.day + note.interest.record_days
        flows = (Flow("record", event.day, event.day, ("INT-3",), facts={"due": due, "outstanding": outstanding}),)
    positions = {name: position.changed(of_record=position.outstanding) for name, position in state.positions.items()}
    return Step(state.with_positions(positions), flows)


def pay_coupon(note: ConvertibleNote, state: State, event: ev.CouponDue, seen: Seen) -> Step:
    """The coupon, to the holders of record (INT-1, INT-2, INT-3, INT-6, INT-7); or not, where it is missed."""
    due = event.day
    interest = note.interest
    start = interest.boundaries[interest.boundaries.index(due) - 1]
    claims = {name: entitled(note, position) for name, position in state.positions.items()}
    if ("interest", due) in state.missed:
        return _leave_unpaid(state, Unpaid("interest", due, claims), "INT-4")
    flows, payment_day, paid = [], note.principal.payment_day(due), {}
    rules = ("INT-1", "INT-2", "INT-3", "INT-7") + (("INT-6",) if payment_day != due else ())
    for name, principal in claims.items():
        if nothing(principal):
            continue
        cash = note.principal.paid(interest.between(principal, start, due), principal)
        facts = {"on": principal, "start": start, "rate": interest.rate}
        flows.append(Flow("coupon", due, payment_day, rules, name, cash=cash, facts=facts))
        paid[name] = _paid(note, state.positions[name], payment_day, cash, principal)
    return Step(dataclasses.replace(state.with_positions(paid), paid_to=due), tuple(flows))


def _paid(note: ConvertibleNote, position: Position, paid_on: Any, cash: Any, principal: Any) -> Position:
    """A position that was paid `cash` of interest on `principal` (WDR-4 reads what was paid)."""
    amount = per_denomination(cash, principal, note.denomination)
    return position.changed(payments=(*position.payments, (paid_on, amount)))


# --- principal that is paid out ---------------------------------------------------------------------------------------------


def _pay_out(
    note: ConvertibleNote, state: State, owed: Mapping[str, Any], *, day: Any, price: Any, clean: bool, booked: _Booking
) -> Step:
    """Pay the principal `owed` by holder at `price` with accrued interest, and retire it.

    In a record window its accrued interest is in this price, so it leaves the principal of record too (RED-6); so is a missed
    coupon that accrued interest runs on from (INT-4), and it leaves what is owed of that.
    """
    interest, payment_day = note.interest, note.principal.payment_day(day)
    in_window = interest.window_due(day) > 0
    if interest.in_window == "to-record":
        in_window = in_window & False
    total: Any = 0
    flows, changed = [], {}
    for name, principal in owed.items():
        accrued = interest.in_price(principal, state.paid_to, day) if clean else principal * 0
        cash = note.principal.paid(principal * numbers_of(principal)(price) + accrued, principal)
        facts = {
            "principal": principal,
            "price": price,
            "accrued": accrued,
            "start": state.paid_to,
            "days": day - state.paid_to,
            "in_window": in_window,
        }
        position = state.positions[name]
        of_record = choose(in_window, position.of_record - principal, position.of_record)
        changed[name] = position.changed(outstanding=position.outstanding - principal, of_record=of_record)
        total = total + principal
        rules = booked.rules + ("INT-4",) * (not nothing(accrued)) + ("RED-6",) * bool(np.any(in_window)) + ("INT-7",)
        flows.append(Flow(booked.kind, day, payment_day, rules, name, principal=principal, cash=cash, facts=facts))
    state = state.with_positions(changed)
    if clean:
        state = dataclasses.replace(state, unpaid=tuple(_in_price(each, state.paid_to, owed) for each in state.unpaid))
    return Step(state.retire(booked.how, total, booked.final), tuple(flows))


def _in_price(unpaid: Unpaid, paid_to: Any, paid: Mapping[str, Any]) -> Unpaid:
    """What is still owed of a missed coupon once it was paid on principal by holder as accrued interest from `paid_to`."""
    if unpaid.of != "interest" or unpaid.due <= paid_to:
        return unpaid
    left = {name: max(unpaid.owed[name] - principal, 0) for name, principal in paid.items()}
    return dataclasses.replace(unpaid, owed={**unpaid.owed, **left})


def mature(note: ConvertibleNote, state: State, event: ev.Maturity, seen: Seen) -> Step:
    """Principal at maturity (PRN-1)."""
    owed = {name: position.outstanding for name, position in state.positions.items()}
    if ("principal", event.day) in state.missed:
        step = _leave_unpaid(state, Unpaid("principal", event.day, owed), "INT-9")
        return dataclasses.replace(step, state=dataclasses.replace(step.state, status=Status.OVERDUE))
    # The last coupon is a payment of its own; where it is missed it is not paid with the principal either: it stays owed.
    return _pay_all(note, state, owed, event.day, "principal", with_accrued=False)


class _Booking(NamedTuple):
    """How a kind of principal payment is booked: its entry, its rules, how the principal went and the last status."""

    kind: str
    rules: tuple[str, ...]
    how: str
    final: Status


_BOOKED: Mapping[str, _Booking] = {
    "principal": _Booking("maturity", ("PRN-1",), "matured", Status.MATURED),
    "redemption": _Booking("redemption", ("RED-1",), "redeemed", Status.REDEEMED),
    "repurchase": _Booking("repurchase", ("FCH-1", "FCH-3"), "repurchased", Status.REPURCHASED),
    "put": _Booking("put", ("PUT-1",), "repurchased", Status.REPURCHASED),
}


def _price(note: ConvertibleNote, of: str, day: Any) -> tuple[Any, bool]:
    """Price as a share of principal, and whether accrued interest comes on top."""
    if of == "redemption" and note.redemption:
        return note.redemption.price_on(day), note.redemption.accrued == "clean"
    if of == "put" and note.put:
        return note.put.price_on(day), note.put.accrued == "clean"
    if of == "repurchase" and note.fundamental_change:
        return note.fundamental_change.price, True
    return note.principal.maturity_price, True


def _pay_all(
    note: ConvertibleNote, state: State, owed: Mapping[str, Any], day: Any, of: str, *, with_accrued: bool = True
) -> Step:
    price, clean = _price(note, of, day)
    claims = {name: principal for name, principal in owed.items() if not nothing(principal)}
    if not claims:
        return Step(state)
    return _pay_out(note, state, claims, day=day, price=price, clean=clean and with_accrued, booked=_BOOKED[of])


def pay_claims(note: ConvertibleNote, state: State, owed: Mapping[str, Any], day: Any, of: str, rule: str) -> Step:
    """Pay what is due of a kind of principal payment on `day`, or leave it unpaid where it is missed."""
    claims = {name: principal for name, principal in owed.items() if not nothing(principal)}
    if is_missed(state, of, day):
        return _leave_unpaid(state, Unpaid(of, day, claims), rule)
    return _pay_all(note, state, claims, day, of)


# --- what is not paid ----------------------------------------------------------------------------------------------------------


def is_missed(state: State, of: str, day: Any) -> bool:
    """True if it is on record that the payment `of` a kind due on `day` is not made; never of the days of many paths."""
    return not isinstance(day, np.ndarray) and (of, day) in state.missed


def _leave_unpaid(state: State, unpaid: Unpaid, rule: str) -> Step:
    facts = {"of": unpaid.of, "owed": sum(unpaid.owed.values())}
    flow = Flow("missed-payment", unpaid.due, unpaid.due, (rule, "DEF-2"), facts=facts)
    return Step(dataclasses.replace(state, unpaid=(*state.unpaid, unpaid)), (flow,))


def leave_make_whole_unpaid(state: State, day: int, owed: Mapping[str, Any]) -> Step:
    """The make-whole is not paid when it is due."""
    return _leave_unpaid(state, Unpaid("make-whole", day, owed), "WDR-4")


def permit_missed(note: ConvertibleNote, state: State, event: ev.MissedPayment, seen: Seen) -> Objection | None:
    """A payment can be missed only on a day on which it falls due."""
    day, of = event.day, event.of
    falls_due: dict[str, Callable[[], bool]] = {
        "interest": lambda: day in note.interest.due_days,
        "principal": lambda: day == note.principal.maturity_day,
        "redemption": lambda: any(call.redemption == day for call in state.calls),
        "repurchase": lambda: any(change.repurchase == day for change in state.changes),
        # Who puts today may do so after it is known that nobody will be paid.
        "put": lambda: note.put is not None and to_date(day) in note.put.dates,
        "make-whole": lambda: state.withdrawal is not None and state.withdrawal[1] == day,
    }
    return None if falls_due[of]() else Objection(PAYMENTS[of], f"no payment of {of} falls due on {to_date(day)}")


def miss(note: ConvertibleNote, state: State, event: ev.MissedPayment, seen: Seen) -> Step:
    """It is known that a payment will not be made today."""
    return Step(dataclasses.replace(state, missed=(*state.missed, (event.of, event.day))))


def permit_cure(note: ConvertibleNote, state: State, event: ev.Cure, seen: Seen) -> Objection | None:
    """Only what is unpaid can be paid late; after an acceleration the principal is."""
    if any(unpaid.of == event.of for unpaid in state.unpaid):
        return None
    if event.of == "principal" and state.status is Status.ACCELERATED:
        return None
    return Objection(PAYMENTS[event.of], f"nothing of {event.of} is unpaid")


def cure(note: ConvertibleNote, state: State, event: ev.Cure, seen: Seen) -> Step:
    """What was missed is paid today: interest to the holders of today, a special record date (INT-3), or principal (INT-9)."""
    day, flows = event.day, NONE
    cured = [unpaid for unpaid in state.unpaid if unpaid.of == event.of]
    state = dataclasses.replace(state, unpaid=tuple(unpaid for unpaid in state.unpaid if unpaid.of != event.of))
    if event.of == "principal" and state.status is Status.ACCELERATED:
        # Everything became due at once, so everything is paid at once, whatever else was owed of principal.
        state = dataclasses.replace(state, unpaid=tuple(u for u in state.unpaid if u.of in ("interest", "make-whole")))
        owed = {name: position.outstanding for name, position in state.positions.items()}
        return _pay_all(note, state, owed, day, "principal")
    for unpaid in cured:
        if unpaid.of == "interest":
            step = _pay_late_interest(note, state, unpaid, day)
        elif unpaid.of == "make-whole":
            step = pay_make_whole(note, state, unpaid.owed, day)
        else:
            state, owed = _still_claimed(state, unpaid)
            step = _pay_all(note, state, owed, day, unpaid.of)
        state, flows = step.state, flows + step.flows
    return Step(state, flows)


def _still_claimed(state: State, unpaid: Unpaid) -> tuple[State, dict[str, Any]]:
    """What is left to pay of principal that was missed, by holder, and the state without that claim."""
    owed = {}
    for name, amount in unpaid.owed.items():
        position = state.positions[name]
        if unpaid.of == "redemption":  # what was called stays so until it is paid or converted
            late = {number for number in position.called if state.calls[number].redemption == unpaid.due}
            owed[name] = min(sum(position.called[number] for number in late), position.outstanding)
            kept = {number: called for number, called in position.called.items() if number not in late}
            state = state.with_position(name, called=kept)
        else:  # what was called or elected anew since is paid by that, and what has matured was paid then
            owed[name] = max(min(amount, position.free), 0)
    return state, owed


def _pay_late_interest(note: ConvertibleNote, state: State, unpaid: Unpaid, day: int) -> Step:
    flows, payment_day, paid = [], note.principal.payment_day(day), {}
    for name, position in state.positions.items():
        # The holders of the special record date; once nothing is outstanding, those who were owed it.
        principal = unpaid.owed[name] if state.status.is_final else position.outstanding
        if nothing(principal):
            continue
        cash = note.principal.paid(note.interest.coupon_amount(principal, unpaid.due), principal)
        facts = {"on": principal, "due": unpaid.due}
        flows.append(Flow("late-interest", day, payment_day, ("INT-3", "INT-9", "INT-7"), name, cash=cash, facts=facts))
        paid[name] = _paid(note, position, payment_day, cash, principal)
    return Step(dataclasses.replace(state.with_positions(paid), paid_to=max(state.paid_to, unpaid.due)), tuple(flows))


def pay_make_whole(note: ConvertibleNote, state: State, owed: Mapping[str, Any], day: Any, facts: Any = None) -> Step:
    """Pay the make-whole, `owed` by holder and unrounded (WDR-4, INT-7)."""
    payment_day = note.principal.payment_day(day)
    flows = tuple(
        Flow(
            "make-whole",
            day,
            payment_day,
            ("WDR-4", "WDR-5", "INT-7"),
            name,
            cash=note.principal.paid(amount),
            facts=(facts or {}).get(name, {}),
        )
        for name, amount in owed.items()
        if not nothing(amount)
    )
    return Step(state, flows)


# --- default ---------------------------------------------------------------------------------------------------------------


def permit_acceleration(note: ConvertibleNote, state: State, event: ev.Acceleration, seen: Seen) -> Objection | None:
    """Only on an Event of Default (DEF-1, DEF-2)."""
    if note.default is None:
        return Objection("DEF-1", "the note has no provision on default")
    if any(note.default.is_event(unpaid.of, due=unpaid.due, on=event.day) for unpaid in state.unpaid):
        return None
    grace = note.default.grace_days
    return Objection("DEF-2", f"no Event of Default: nothing is unpaid, or interest for less than {grace} days")


def accelerate(note: ConvertibleNote, state: State, event: ev.Acceleration, seen: Seen) -> Step:
    """Principal and accrued interest are declared due; what is then paid is a cure or a recovery."""
    total = state.positions.outstanding
    accrued = note.interest.between(total, state.paid_to, event.day)
    facts = {"outstanding": total, "accrued": accrued, "unpaid": [unpaid.of for unpaid in state.unpaid]}
    flow = Flow("acceleration", event.day, event.day, ("DEF-1", "DEF-2"), facts=facts)
    # Calls and elections led to payments that are now due anyway: nothing is committed to them any more.
    positions = {name: position.changed(called={}, elected={}, put={}) for name, position in state.positions.items()}
    return Step(dataclasses.replace(state.with_positions(positions), status=Status.ACCELERATED), (flow,))


def permit_default(note: ConvertibleNote, state: State, event: ev.Default, seen: Seen) -> Objection | None:
    """A recovery is a share of principal."""
    if 0 <= event.recovered <= 1:
        return None
    probably = f": {meant(event.recovered)}" if event.recovered > 1 else ""
    return Objection("DEF-1", f"a recovery from 0 to 1 of principal is possible, not {float(event.recovered)}{probably}")


def recover(note: ConvertibleNote, state: State, event: ev.Default, seen: Seen) -> Step:
    """The issuer has defaulted: the recovery on principal is paid, and the note is at its end."""
    flows, changed, total = [], {}, state.positions.outstanding
    payment_day = note.principal.payment_day(event.day)
    for name, position in state.positions.items():
        principal = position.outstanding
        if nothing(principal):
            continue
        cash = note.principal.paid(principal * numbers_of(principal)(event.recovered), principal)
        facts = {"principal": principal, "recovered": event.recovered}
        flows.append(Flow("default", event.day, payment_day, ("DEF-1",), name, principal=principal, cash=cash, facts=facts))
        # Nothing more is paid to anybody, a coupon of record included.
        changed[name] = position.changed(outstanding=principal * 0, of_record=principal * 0, called={}, elected={}, put={})
    return Step(state.with_positions(changed).retire("defaulted", total, Status.DEFAULTED), tuple(flows))
