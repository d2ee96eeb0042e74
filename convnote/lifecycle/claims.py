"""Claims: who is entitled to a coupon, and what is owed of a payment that was missed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.calendars import to_date
from convnote.lifecycle import facts
from convnote.lifecycle.payment_kinds import KINDS
from convnote.lifecycle.state import Position, State, Status, Unpaid
from convnote.lifecycle.transition import Flow, Transition, nothing

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote

NONE: tuple[Flow, ...] = ()


def entitled(note: ConvertibleNote, position: Position) -> Any:
    """Principal on which a position is paid the coupon: of record (INT-3), or outstanding where the note has no record date."""
    return position.of_record if note.interest.record_days else position.outstanding


def accrual_legs(note: ConvertibleNote, start: Any, end: Any) -> facts.Legs:
    """(rate, days, year) for each part of the period from `start` to `end`; empty where the days differ by path."""
    return () if isinstance(start, np.ndarray) or isinstance(end, np.ndarray) else note.interest.legs(start, end)


def apart_from_the_price(note: ConvertibleNote, start: Any, day: Any) -> list[tuple[Any, Any]]:
    """The days from `start` to `day` whose interest is paid on top of the price at maturity (STP-2): spans of day numbers.

    Interest of the last period may be included in that price; interest that runs after maturity never is (INT-9).
    """
    included, maturity = note.interest.included_from, note.principal.maturity_day
    if included is None:
        return [(start, day)]
    spans = [(start, min(day, included)), (max(start, maturity), day)]
    return [(since, until) for since, until in spans if since < until]


def coupon_legs(note: ConvertibleNote, due: Any) -> facts.Legs:
    """The legs of the coupon due on day number `due`; empty where the days differ by path."""
    boundaries = note.interest.boundaries
    return () if isinstance(due, np.ndarray) else note.interest.legs(boundaries[boundaries.index(due) - 1], due)


# --- what is missed -------------------------------------------------------------------------------------------------------------


def dues(note: ConvertibleNote, state: State, of: str, day: int) -> list[int]:
    """Day numbers on which a payment `of` a kind fell due that may be reported as missed on `day`.

    Both the due day and the day its money was to move are accepted (INT-6); the due day comes first.
    """
    falls_due = KINDS[of].due(note, state)
    if day in falls_due:
        return [day]
    return sorted({each for each in falls_due if note.principal.payment_day(each) == day})


def is_missed(state: State, of: str, day: Any) -> bool:
    """True if the payment `of` a kind due on `day` is recorded as missed; always False where the days differ by path."""
    if isinstance(day, np.ndarray):
        return False
    return (of, day) in state.missed or (state.stops is not None and day >= state.stops)


def is_late(note: ConvertibleNote, unpaid: Unpaid, day: int) -> bool:
    """True after the day on which the money was due to move; a payment made on that day is timely (INT-6)."""
    return bool(day > note.principal.payment_day(unpaid.due))


def leave_unpaid(state: State, unpaid: Unpaid) -> Transition:
    """Record a payment as not made. A payment of zero cannot be missed: nothing is owed, and a warning says so (DEF-2)."""
    of, due = unpaid.of, unpaid.due
    if all(nothing(amount) for amount in (*unpaid.owed.values(), *unpaid.record.values())):
        state = dataclasses.replace(state, missed=tuple(each for each in state.missed if each != (of, due)))
        said = f"no {of} payment was due on {to_date(due)}, so none was missed (DEF-2)"
        return Transition(state, warnings=() if state.stops else (said,))
    owed = sum((unpaid.record or unpaid.owed).values())
    flow = Flow("missed-payment", due, due, (KINDS[of].unpaid, "DEF-2"), facts=facts.Missed(of, owed))
    return Transition(dataclasses.replace(state, unpaid=(*state.unpaid, unpaid)), (flow,))


# --- what is still owed ---------------------------------------------------------------------------------------------------------


def still_owed(state: State, unpaid: Unpaid) -> dict[str, Any]:
    """What is still to be paid of a missed payment, by holder: principal, or cash for a make-whole."""
    kind = KINDS[unpaid.of]
    if not kind.pays_principal:
        return dict(unpaid.owed)
    owed = {}
    for name, amount in unpaid.owed.items():
        position = state.positions[name]
        most = position.outstanding
        if kind.still is not None and state.status is not Status.ACCELERATED:  # an acceleration undoes calls, elections and puts
            most = kind.still(state, position, unpaid.due)
        owed[name] = min(amount, most, position.outstanding)
    return owed


def is_owed(state: State, unpaid: Unpaid) -> bool:
    """True while anything is left to pay of a missed payment."""
    return any(not nothing(amount) for amount in still_owed(state, unpaid).values())


def interest_is_overdue(note: ConvertibleNote, state: State, day: int) -> bool:
    """True while a default in the payment of interest continues: from the day after the payment day (RED-3)."""
    return any(each.of == "interest" and is_late(note, each, day) and is_owed(state, each) for each in state.unpaid)


def coupons_on(unpaid: Iterable[Unpaid], name: str, principal: Any) -> list[tuple[Unpaid, Any]]:
    """The missed coupons attached to `principal` of a position, oldest first, each with the part they are attached to."""
    found = [(each, min(each.attached(name), principal)) for each in unpaid if each.of == "interest"]
    return sorted(((each, part) for each, part in found if part), key=lambda pair: pair[0].due)


def without_claims(unpaid: tuple[Unpaid, ...], gone: Mapping[str, Any], *, paid: bool) -> tuple[Unpaid, ...]:
    """Missed coupons once principal by holder no longer carries them: its price `paid` them, or it was converted (INT-3c)."""
    result = []
    for each in unpaid:
        parts = _attached(each, gone)
        record = _off_record(each, parts) if paid and each.record else each.record
        result.append(dataclasses.replace(each, owed=_less(each.owed, parts), record=record) if parts else each)
    return tuple(result)


def _off_record(unpaid: Unpaid, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Principal of record of a missed coupon after these parts are paid; Notes bought since leave the sellers' record."""
    record = dict(unpaid.record)
    for name, part in parts.items():
        sold = {seller: amount - unpaid.owed.get(seller, 0) for seller, amount in record.items() if seller != name}
        for seller, most in ((name, record.get(name, 0)), *sold.items()):
            taken = min(part, max(most, 0))
            part = part - taken
            if taken:
                record[seller] = record[seller] - taken
    return record


def with_claims_kept(unpaid: tuple[Unpaid, ...], gone: Mapping[str, Any]) -> tuple[Unpaid, ...]:
    """Missed coupons once principal by holder has gone without them: the claim stays with the holder (INT-3c)."""
    result = []
    for each in unpaid:
        parts = _attached(each, gone)
        result.append(dataclasses.replace(each, kept=_more(each.kept, parts)) if parts else each)
    return tuple(result)


def with_claims_moved(
    note: ConvertibleNote, unpaid: tuple[Unpaid, ...], seller: str, buyer: str, principal: Any
) -> tuple[Unpaid, ...]:
    """Missed coupons once `principal` changes hands: the claim moves with it, or stays with the holder of record (INT-3c)."""
    if note.interest.defaulted_to == "record":
        return with_claims_kept(unpaid, {seller: principal})
    result = []
    for each in unpaid:
        parts = _attached(each, {seller: principal})
        moved = _more(_less(each.owed, parts), {buyer: sum(parts.values())})
        result.append(dataclasses.replace(each, owed=moved) if parts else each)
    return tuple(result)


def _attached(unpaid: Unpaid, gone: Mapping[str, Any]) -> dict[str, Any]:
    """The part of principal by holder to which the claim to a missed coupon is attached; empty for any other payment."""
    if unpaid.of != "interest":
        return {}
    parts = {name: min(unpaid.attached(name), principal) for name, principal in gone.items()}
    return {name: part for name, part in parts.items() if part}


def _less(amounts: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    return {**amounts, **{name: amounts[name] - part for name, part in parts.items()}}


def _more(amounts: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    return {**amounts, **{name: amounts.get(name, 0) + part for name, part in parts.items()}}
