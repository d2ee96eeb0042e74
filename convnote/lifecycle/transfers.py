"""Transfers: Notes that change hands, and who then owns the coupon of a past record date (LIF-1)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import choose, decimal
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.claims import with_claims_moved
from convnote.lifecycle.payment_kinds import KINDS
from convnote.lifecycle.position import COMMITTED, PUTS, Position
from convnote.lifecycle.state import ISSUE, State
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def permit_transfer(note: ConvertibleNote, state: State, event: ev.Transfer, seen: Seen) -> Objection | None:
    """Multiples of the smallest Note, not above the seller's principal, to another holder (LIF-1)."""
    if set(state.positions) == {ISSUE} and event.holder not in (None, ISSUE):
        return Objection("LIF-1", "the replay does not distinguish holders: give it positions")
    seller, principal = state.holding(event.holder), event.principal
    if event.to == seller:
        return Objection("LIF-1", f"{event.to!r} is the seller")
    if not note.principal.is_multiple(principal):
        return Objection("LIF-1", f"Notes are transferred in multiples of {note.principal.smallest}, not {decimal(principal)}")
    held = state.positions[seller].outstanding
    if principal > held:
        return Objection("LIF-1", f"{decimal(principal):,} is more than the {decimal(held):,} that {seller} holds")
    return None


def transfer(note: ConvertibleNote, state: State, event: ev.Transfer, seen: Seen) -> Transition:
    """Principal moves to another position with its commitments and the interest paid on it (LIF-1, WDR-4).

    The principal of record stays with the seller; in a record window the buyer's position stores who the holder of record is.
    """
    name, principal = state.holding(event.holder), event.principal
    seller = state.positions[name]
    zero = principal * 0
    buyer = state.positions[event.to] if event.to in state.positions else Position(zero, zero)
    moved = _moved(note, seller, principal)
    due = note.interest.window_due(event.day) if note.interest.record_days else 0
    ours, theirs = seller.changed(outstanding=seller.outstanding - principal), buyer
    for part, amounts in moved.items():
        ours = ours.changed(**{part: _less(getattr(ours, part), amounts)})
        theirs = theirs.changed(**{part: _more(getattr(theirs, part), amounts)})
    if due:
        left, gone = bought_after_own(seller, principal)
        ours = ours.changed(bought=left)
        own = principal - sum(gone.values())
        bought = _more(theirs.bought, {**gone, **({name: gone.get(name, zero) + own} if own else {})})
        theirs = theirs.changed(bought={who: amount for who, amount in bought.items() if who != event.to})
    theirs = theirs.changed(
        outstanding=buyer.outstanding + principal,
        payments=_averaged(buyer.payments, buyer.outstanding, seller.payments, principal),
    )
    state = state.with_positions({name: ours, event.to: theirs})
    state = dataclasses.replace(state, unpaid=_claims_moved(note, state, name, event.to, principal))
    told = facts.Transfer(principal, name, event.to, due, seller.committed - ours.committed)
    return Transition(state, (Flow("transfer", event.day, event.day, ("LIF-1",), name, facts=told),))


# --- which Notes move ----------------------------------------------------------------------------------------------------------


def _moved(note: ConvertibleNote, seller: Position, principal: Any) -> dict[str, dict[Any, Any]]:
    """The part of the moving principal that is called, under election or put: by kind, and by call, change or put day."""
    committed = seller.committed
    if note.principal.transferred_first == "free":
        left = max(principal - seller.free, principal * 0)
    else:
        left = min(principal, committed)
    moved: dict[str, dict[Any, Any]] = {part: {} for part in COMMITTED}

    def take(amount: Any, *parts: tuple[str, Any]) -> None:
        nonlocal left
        taken = min(amount, left)
        left = left - taken
        for part, key in parts if taken else ():
            moved[part][key] = moved[part].get(key, 0) + taken

    for pair, amount in seller.both.items():  # called and under election at once
        take(amount, ("both", pair), ("called", pair[0]), ("elected", pair[1]))
    for number in seller.called:
        take(seller.only_called(number), ("called", number))
    for number in seller.elected:
        take(seller.only_elected(number), ("elected", number))
    for part in PUTS:
        for day, amount in getattr(seller, part).items():
            take(amount, (part, day))
    return {part: amounts for part, amounts in moved.items() if amounts}


def without_parts(note: ConvertibleNote, position: Position, principal: Any) -> Position:
    """A position without the called, elected or put parts of `principal` that leaves it; principal outstanding is unchanged."""
    for part, amounts in _moved(note, position, principal).items():
        position = position.changed(**{part: _less(getattr(position, part), amounts)})
    return position


def _less(amounts: Mapping[Any, Any], parts: Mapping[Any, Any]) -> dict[Any, Any]:
    left = {key: amount - parts.get(key, 0) for key, amount in amounts.items()}
    return {key: amount for key, amount in left.items() if amount}


def _more(amounts: Mapping[Any, Any], parts: Mapping[Any, Any]) -> dict[Any, Any]:
    return {**amounts, **{key: amounts.get(key, 0) + amount for key, amount in parts.items()}}


def _averaged(ours: Any, held: Any, theirs: Any, bought: Any) -> tuple[tuple[Any, Any], ...]:
    """Interest paid per denomination on a position that receives Notes: the mean over all of them, by payment day (WDR-4)."""
    days = sorted({day for day, _ in (*ours, *theirs)})
    first, second = ({day: sum(amount for on, amount in paid if on == day) for day in days} for paid in (ours, theirs))
    return tuple((day, (first[day] * held + second[day] * bought) / (held + bought)) for day in days)


# --- who the holder of record is -----------------------------------------------------------------------------------------------


def bought_after_own(position: Position, principal: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Notes bought since the record date, once `principal` leaves: (left, gone) by seller; a holder's own Notes go first."""
    own = position.outstanding - sum(position.bought.values())
    gone, over = {}, max(principal - own, principal * 0)
    for seller, amount in position.bought.items():
        part = min(amount, over)
        over = over - part
        if part:
            gone[seller] = part
    return _less(position.bought, gone), gone


def paid_off(state: State, gone: Mapping[str, Any], without_coupon: Any) -> dict[str, Position]:
    """The positions once principal by holder has gone, with its coupon of record where `without_coupon` (RED-6).

    For Notes bought since the record date the seller, who is the holder of record, is not paid the coupon.
    """
    changed: dict[str, Position] = {}
    for name, principal in gone.items():
        position = changed.get(name, state.positions[name])
        left, bought = bought_after_own(position, principal) if position.bought else (position.bought, {})
        own = principal - sum(bought.values()) if bought else principal
        of_record = choose(without_coupon, position.of_record - own, position.of_record)
        changed[name] = position.changed(outstanding=position.outstanding - principal, of_record=of_record, bought=left)
        for holder, amount in bought.items() if bought and without_coupon else ():
            each = changed.get(holder, state.positions[holder])
            changed[holder] = each.changed(of_record=each.of_record - amount)
    return changed


def _claims_moved(note: ConvertibleNote, state: State, seller: str, buyer: str, principal: Any) -> Any:
    """The missed payments once principal changes hands: the claim moves with the Notes."""
    moved = []
    for each in with_claims_moved(note, state.unpaid, seller, buyer, principal):
        if KINDS[each.of].pays_principal and each.owed.get(seller):
            part = min(each.owed[seller], principal)
            owed = {**each.owed, seller: each.owed[seller] - part, buyer: each.owed.get(buyer, part * 0) + part}
            each = dataclasses.replace(each, owed=owed)
        moved.append(each)
    return tuple(moved)
