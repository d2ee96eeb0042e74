"""Defaults: missed payments and cures, covenants, waiver, acceleration and rescission, and the issuer's own default."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import is_fast, meant, numbers_of
from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts, settling
from convnote.lifecycle.claims import accrual_legs, apart_from_the_price, dues, is_late, is_owed, still_owed
from convnote.lifecycle.coupons import pay_in_time, pay_late_interest, return_pay_ins, take_back_coupon
from convnote.lifecycle.in_force import claim
from convnote.lifecycle.payment_kinds import KINDS
from convnote.lifecycle.payments import pay_all, pay_amounts
from convnote.lifecycle.state import State, Status, Unpaid
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition, moved, nothing

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


# --- missed payments, and their cure --------------------------------------------------------------------------------------------


def permit_missed(note: ConvertibleNote, state: State, event: ev.MissedPayment, seen: Seen) -> Objection | None:
    """A payment can be missed only on its due day or on the day its money is to move (INT-6)."""
    if dues(note, state, event.of, event.day):
        return None
    return Objection(KINDS[event.of].rules[0], f"no {event.of} payment falls due on {event.on}")


def miss(note: ConvertibleNote, state: State, event: ev.MissedPayment, seen: Seen) -> Transition:
    """A payment will not be made today, and this is known."""
    missed = [(event.of, due) for due in dues(note, state, event.of, event.day)]
    return Transition(dataclasses.replace(state, missed=(*state.missed, *missed)))


def permit_cure(note: ConvertibleNote, state: State, event: ev.Cure, seen: Seen) -> Objection | None:
    """Only an unpaid amount can be paid late; after an acceleration that includes the principal."""
    if event.of == "covenant":
        return None if state.breaches else Objection("DEF-2", "no covenant is broken")
    if any(unpaid.of == event.of for unpaid in state.unpaid):
        return None
    if event.of == "principal" and state.status is Status.ACCELERATED:
        return None
    return Objection(KINDS[event.of].rules[0], f"no {event.of} payment is unpaid")


def cure(note: ConvertibleNote, state: State, event: ev.Cure, seen: Seen) -> Transition:
    """What was missed is paid today: interest to the holders of the claim (INT-3c), principal with its interest (INT-9)."""
    day = event.day
    if state.stops is not None and day >= state.stops and event.of != "covenant":
        moves = to_date(note.principal.payment_day(day))
        reason = f"the cure of {event.of} on {event.on} is not paid: the issuer defaults before its payment day, {moves} (INT-6)"
        return Transition(state, warnings=(reason,))
    if event.of == "covenant":
        return Transition(dataclasses.replace(state, breaches=()))
    cured = [unpaid for unpaid in state.unpaid if unpaid.of == event.of]
    state = dataclasses.replace(state, unpaid=tuple(unpaid for unpaid in state.unpaid if unpaid.of != event.of))
    if event.of == "principal" and state.status is Status.ACCELERATED:
        # Everything became due at once, so everything is paid at once, whatever other principal was owed.
        state = dataclasses.replace(state, unpaid=tuple(u for u in state.unpaid if not KINDS[u.of].pays_principal))
        owed = {name: position.outstanding for name, position in state.positions.items()}
        return pay_all(note, state, owed, day, "accelerated")
    paid = Transition(state)
    for unpaid in cured:
        paid = paid.then(_cure_one(note, paid.state, unpaid, day))
    return paid


def _cure_one(note: ConvertibleNote, state: State, unpaid: Unpaid, day: int) -> Transition:
    """Pay one missed payment; until the day its money was to move it is the ordinary payment of its due day (INT-6)."""
    late = is_late(note, unpaid, day)
    if unpaid.of == "interest":
        in_time = not late and unpaid.record
        return pay_in_time(note, state, unpaid) if in_time else pay_late_interest(note, state, unpaid, day)
    if not KINDS[unpaid.of].pays_principal:
        return pay_amounts(note, state, unpaid.owed, day if late else unpaid.due, unpaid.of)
    owed = still_owed(state, unpaid)
    state = _uncommitted(state, unpaid)
    accrues = late or KINDS[unpaid.of].interest_in_time
    return pay_all(note, state, owed, day if late else unpaid.due, unpaid.of, accrues=accrues, late=late)


def _uncommitted(state: State, unpaid: Unpaid) -> State:
    """The state with nothing called or elected for a missed payment that is being made now."""
    released = KINDS[unpaid.of].released
    if released is None:
        return state
    return state.with_positions({name: released(state, position, unpaid.due) for name, position in state.positions.items()})


# --- covenants, waiver ----------------------------------------------------------------------------------------------------------


def permit_breach(note: ConvertibleNote, state: State, event: ev.CovenantDefault, seen: Seen) -> Objection | None:
    """A note without a default provision does not recognise this event."""
    return Objection("DEF-2", "the note has no provision on default") if note.default is None else None


def breach(note: ConvertibleNote, state: State, event: ev.CovenantDefault, seen: Seen) -> Transition:
    """Notice is given that a covenant is broken; after the grace period it is an Event of Default (DEF-2)."""
    assert note.default is not None
    told = facts.CovenantDefault(event.day + note.default.covenant_notice_days)
    flow = Flow("covenant-default", event.day, event.day, ("DEF-2",), facts=told)
    return Transition(dataclasses.replace(state, breaches=(*state.breaches, event.day)), (flow,))


def _overdue_notices(note: ConvertibleNote, state: State, day: int) -> list[int]:
    """Numbers of the changes whose notice is overdue and not waived on day number `day` (FCH-2)."""
    terms = note.fundamental_change
    return [
        number
        for number, each in enumerate(state.changes)
        if terms and each.notice is None and not each.waived and day > terms.notice_deadline(each.occurred)
    ]


def permit_waiver(note: ConvertibleNote, state: State, event: ev.Waiver, seen: Seen) -> Objection | None:
    """A majority may waive a past default, but not one in a payment (AMD-4, LIF-2)."""
    if note.consent is None:
        return Objection("AMD-4", "the note has no provision on consent")
    if event.of in KINDS:
        return Objection("AMD-4", f"a majority cannot waive a default in a payment of {event.of}: each holder keeps that right")
    there = state.breaches if event.of == "covenant" else _overdue_notices(note, state, event.day)
    return None if there else Objection("LIF-2", f"there is no {event.of} default to waive")


def waive(note: ConvertibleNote, state: State, event: ev.Waiver, seen: Seen) -> Transition:
    """A majority of holders waives a past default: it can no longer lead to an acceleration (LIF-2)."""
    told = facts.Waiver(event.of, state.positions.outstanding)
    flow = Flow("waiver", event.day, event.day, ("LIF-2", "AMD-4"), facts=told)
    if event.of == "covenant":
        return Transition(dataclasses.replace(state, breaches=()), (flow,))
    overdue = _overdue_notices(note, state, event.day)
    changes = tuple(
        dataclasses.replace(each, waived=True) if number in overdue else each for number, each in enumerate(state.changes)
    )
    return Transition(dataclasses.replace(state, changes=changes), (flow,))


# --- acceleration and rescission ------------------------------------------------------------------------------------------------


def events_of_default(note: ConvertibleNote, state: State, day: int) -> list[str]:
    """The Events of Default on day number `day`, in the words of the events (DEF-2)."""
    if note.default is None:
        return []
    found = [
        unpaid.of
        for unpaid in state.unpaid
        if is_owed(state, unpaid) and note.default.is_event(unpaid.of, due=note.principal.payment_day(unpaid.due), on=day)
    ]
    return found + ["covenant"] * any(note.default.is_event("covenant", due=each, on=day) for each in state.breaches)


def permit_acceleration(note: ConvertibleNote, state: State, event: ev.Acceleration, seen: Seen) -> Objection | None:
    """Allowed only on an Event of Default (DEF-1, DEF-2)."""
    if note.default is None:
        return Objection("DEF-1", "the note has no provision on default")
    if events_of_default(note, state, event.day):
        return None
    grace = note.default.grace_days
    return Objection("DEF-2", f"no Event of Default: nothing is unpaid, or interest for less than {grace} days")


def accelerate(note: ConvertibleNote, state: State, event: ev.Acceleration, seen: Seen) -> Transition:
    """Principal and accrued interest are declared due; any later payment is a cure or a recovery.

    The coming coupon will not be paid, so what converting holders paid in for it is returned (CNV-5c).
    """
    total = state.positions.outstanding
    still = [unpaid.of for unpaid in state.unpaid if is_owed(state, unpaid)] + ["covenant"] * bool(state.breaches)
    spans = apart_from_the_price(note, state.paid_to, event.day)
    accrued = sum((note.interest.between(total, *span) for span in spans), total * 0)
    legs = [leg for span in spans for leg in accrual_legs(note, *span)]
    told = facts.Acceleration(total, claim(note, state, event.day), legs, accrued, still)
    flow = Flow("acceleration", event.day, event.day, ("DEF-1", "DEF-2"), facts=told)
    # An unpaid price stays owed at its present amount; otherwise calls and elections led to payments that are due anyway.
    unpaid = tuple(dataclasses.replace(each, owed=still_owed(state, each)) for each in state.unpaid)
    state = dataclasses.replace(state, unpaid=unpaid, status=Status.ACCELERATED)
    back = return_pay_ins(note, state, event.day)
    positions = {name: position.uncommitted() for name, position in back.state.positions.items()}
    return Transition(back.state.with_positions(positions), (flow, *back.flows))


def permit_rescission(note: ConvertibleNote, state: State, event: ev.Rescission, seen: Seen) -> Objection | None:
    """Allowed once what was unpaid is cured, and before maturity (LIF-3)."""
    if event.day >= note.principal.maturity_day:
        return Objection("LIF-3", f"principal has been due since its maturity, {note.maturity_date}")
    left = [unpaid.of for unpaid in state.unpaid if is_owed(state, unpaid)]
    left += ["covenant"] * ("covenant" in events_of_default(note, state, event.day))
    if left:
        return Objection(
            "LIF-3", f"an acceleration can be rescinded only once every default is cured; still open: {', '.join(left)}"
        )
    return None


def rescind(note: ConvertibleNote, state: State, event: ev.Rescission, seen: Seen) -> Transition:
    """The acceleration is undone: coupons and maturity apply again (LIF-3)."""
    status = Status.OUTSTANDING
    if state.withdrawal is not None:
        status = Status.WITHDRAWN if state.withdrawal[1] <= event.day else Status.WITHDRAWAL_NOTICED
    flow = Flow("rescission", event.day, event.day, ("LIF-3",), facts=facts.Rescission(state.positions.outstanding))
    unpaid = tuple(each for each in state.unpaid if is_owed(state, each))
    return Transition(dataclasses.replace(state, status=status, unpaid=unpaid), (flow,))


# --- the issuer's default -------------------------------------------------------------------------------------------------------


def permit_default(note: ConvertibleNote, state: State, event: ev.Default, seen: Seen) -> Objection | None:
    """A recovery is a share of principal; the money of all earlier payments except a coupon must have moved (INT-6)."""
    recovered: Any = event.recovered
    if state.moves is not None and state.moves > event.day:
        moves = to_date(state.moves)
        return Objection("INT-6", f"the last payment is not made until {moves}: replay it together with this default")
    if 0 <= recovered <= 1:
        return None
    probably = f": {meant(recovered)}" if recovered > 1 else ""
    return Objection("DEF-1", f"expected a recovery from 0 to 1 of principal, not {float(recovered)}{probably}")


def recover(note: ConvertibleNote, state: State, event: ev.Default, seen: Seen) -> Transition:
    """The issuer has defaulted: the recovery on principal is paid, and the note ends (DEF-4c).

    A coupon whose money has not moved yet has not been paid (INT-6).
    """
    payment_day, changed = note.principal.payment_day(event.day), {}
    flows: list[Flow] = []
    if not is_fast(event.day):
        back = take_back_coupon(note, state, event.day)
        returned = return_pay_ins(note, back.state, event.day, moving=True)
        state, flows = dataclasses.replace(returned.state, stops=None), [*back.flows, *returned.flows]
    if state.settlements:
        claims = settling.defaulted(note, state, event, seen, numbers_of(state.positions.outstanding)(event.recovered))
        state, flows = claims.state, [*flows, *claims.flows]
    total = state.positions.outstanding
    for name, position in state.positions.items():
        principal = position.outstanding
        if nothing(principal):
            continue
        numbers = numbers_of(principal)
        claimed = principal * numbers(claim(note, state, event.day))
        cash = note.principal.paid(claimed * numbers(event.recovered), principal)
        rules = (
            "DEF-1",
            "DEF-4c",
            *(() if note.accretion is None else ("ACC-2",)),
            *(() if nothing(cash) else moved(event.day, payment_day)),
        )
        told = facts.Recovery(claimed, event.recovered, cash)
        flows.append(Flow("default", event.day, payment_day, rules, name, principal=principal, cash=cash, facts=told))
        # Holders are paid nothing more, not even a coupon of record.
        nil = principal * 0
        changed[name] = position.uncommitted().changed(outstanding=nil, of_record=nil, paid_in={})
    state = state.with_positions(changed)
    if not nothing(total) or state.status is not Status.DEFAULTED:
        state = state.retire("defaulted", total, Status.DEFAULTED)
    return Transition(state, tuple(flows))
