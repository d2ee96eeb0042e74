"""Coupons in kind: each holder's interest becomes principal, and what is called or under election grows with it (PIK-1)."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import fraction
from convnote.lifecycle import facts
from convnote.lifecycle.claims import accrual_legs
from convnote.lifecycle.position import COMMITTED, Position
from convnote.lifecycle.state import State
from convnote.lifecycle.transition import Flow, Transition, nothing

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def add_coupon(note: ConvertibleNote, state: State, due: int) -> Transition:
    """The coupon due on day number `due` is added to each holder's principal, from the day interest was last paid or added.

    Nothing is due in cash, so it cannot be missed. Further principal counts as issued (PIK-1c).
    """
    interest, flows, changed = note.interest, [], {}
    if all(nothing(position.outstanding) for position in state.positions.values()):
        return Transition(state.changed(paid_to=due))
    assert interest.paid_rounding is not None and interest.paid_rounding_mode is not None
    legs = accrual_legs(note, state.paid_to, due)
    rules = ("INT-1", "INT-2", *interest.rate_rules, "PIK-1", "PIK-1c")
    for name, position in state.positions.items():
        before = position.outstanding
        if nothing(before):
            continue
        added = interest.added(before, state.paid_to, due)
        if not added:
            continue
        told = facts.PaidInKind(
            before, state.paid_to, legs, added, interest.paid_rounding, interest.paid_rounding_mode, before + added
        )
        flows.append(Flow("paid-in-kind", due, due, rules, name, facts=told))
        changed[name] = _grown(position, before + added, interest.paid_rounding)
    further = state.further + sum(flow.facts.added for flow in flows)  # type: ignore[attr-defined]
    return Transition(state.with_positions(changed).changed(paid_to=due, further=further), tuple(flows))


def grown_by(note: ConvertibleNote, state: State, day: int) -> State:
    """The state with the coupons in kind added that fall due after its day and by day number `day`."""
    for due in note.interest.due_days if note.interest.in_kind else ():
        if state.day < due <= day and note.interest.is_in_kind(due):
            state = add_coupon(note, state, due).state
    return state


def _grown(position: Position, outstanding: Any, unit: Any) -> Position:
    """The position with its principal grown; what is called, under election or put keeps its share, in whole units."""
    factor = fraction(outstanding) / position.outstanding

    def grow(amounts: Any) -> Any:
        return {key: _share(amount * factor, unit) for key, amount in amounts.items()}

    parts = {part: grow(getattr(position, part)) for part in (*COMMITTED, "bought")}
    return position.changed(outstanding=fraction(outstanding), **parts)


def _share(amount: Any, unit: Any) -> Any:
    return fraction(floor(amount / fraction(unit))) * fraction(unit)
