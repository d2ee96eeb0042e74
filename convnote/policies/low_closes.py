"""Low closes: whether holders may put today after closes below a level, and what a denomination would be paid (CPT-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.calendars import to_datetime64
from convnote.lifecycle import Position, State
from convnote.note import ConvertibleNote
from convnote.policies.last_days import LastDay
from convnote.provisions.conditions import NEAR, Condition

if TYPE_CHECKING:
    from convnote.policies.daily import Observations


def puts(note: ConvertibleNote, state: State, on: int, observations: Observations) -> list[LastDay]:
    """Day number `on` and the amount paid for a put elected on it, if the closes allow one; else an empty list."""
    terms = note.conditional_put
    if terms is None or on < terms.first_day or _surely_not_met(terms.condition, state, on, observations):
        return []
    if not any(may_elect(note, state, position, on) for position in state.positions.values()):
        return []
    if not observations.standing(terms.condition, state, on).met:
        return []
    paid = to_datetime64(np.array([terms.payment_day(on)]))
    return [LastDay(on, float(terms.amount(paid)[0]))]


def _surely_not_met(condition: Condition, state: State, on: int, observations: Observations) -> bool:
    """True where every close of the period must be low and that of day number `on` is not: a filter, which saves counting."""
    every = condition.days == condition.period and condition.within == 1 and condition.ends == "notice" and condition.below
    if not every or condition.of != "in-force" or not state.scale.shares:
        return False
    assert condition.multiple is not None
    worth = float(state.scale.shares) * observations.quick_close(on) + float(state.scale.cash)
    return worth > float(condition.multiple) * float(state.price) * (1 + NEAR)


def free(note: ConvertibleNote, state: State, on: int, position: Position) -> Any:
    """The principal that a holder may put on day number `on`: what is free, or 0 once the right is used up."""
    return position.free if may_elect(note, state, position, on) else 0


def may_elect(note: ConvertibleNote, state: State, position: Position, on: int) -> bool:
    """Whether a holder may elect on day number `on`, whatever the closes: in time, and not used up in its interest year."""
    terms = note.conditional_put
    assert terms is not None
    anyones = tuple(day for each in state.positions.values() for day in each.elected_low)
    return terms.objection(on, position.elected_low, anyones) is None
