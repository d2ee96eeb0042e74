"""Low puts: puts after low closes as the search looks for them, with the payment of one elected on each row (CPT-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convnote.calendars import to_datetime64
from convnote.policies import Never, last_days
from convnote.simulation.counters import counter_of
from convnote.simulation.day_tables import NO_DAY
from convnote.simulation.reasons import free_price_of
from convnote.simulation.watchlist import LowPut

if TYPE_CHECKING:
    from convnote.simulation.plan import Plan


@dataclass(frozen=True)
class LowPuts:
    """The right, and by row of the election: the day number of its payment, and whether a put date takes it (PUT-2)."""

    right: LowPut
    paid: np.ndarray
    on_a_date: np.ndarray


def low_puts_of(plan: Plan) -> LowPuts | None:
    """The puts after low closes of a plan; None where there can be none.

    Raises `TermsError` where the starting state remembers fewer closes than the condition looks back on.
    """
    note, days, terms = plan.note, plan.days, plan.note.conditional_put
    if terms is None or isinstance(plan.policy.put, Never):
        return None
    held = () if plan.start is None else plan.start.positions.values()
    (own,) = {each.elected_low for each in held} or {()}  # holders of whom some have used the right have been refused
    rows = np.flatnonzero(days >= terms.first_day)
    rows = rows[[terms.objection(int(day), own, own) is None for day in days[rows]]]
    value, paid = np.full(len(days), -np.inf), np.full(len(days), NO_DAY)
    paid[rows] = terms.payment_day(days[rows])
    value[rows] = plan.policy.put_boundary(note, days[rows], terms.amount(to_datetime64(paid[rows])))
    if np.all(value == -np.inf):
        return None
    date = np.zeros(len(days), np.int64) if note.put is None else note.put.put_day(days)
    paid = np.where((paid < NO_DAY) & (date > 0), date, paid)
    done = plan.until_paid(paid)
    right = LowPut(
        value=value,
        decision=done,
        done=done,
        question=plan.question("put"),
        counter=counter_of(plan, terms.condition, len(days), "CPT-1"),
        closed=np.broadcast_to(last_days.is_over(note, days) | plan.is_withdrawn, days.shape),
        closed_from=plan.row_from(plan.gone_from),
        resets=plan.resets_by(plan.effective),
        called_straight=plan.calls_straight,
        price=free_price_of(plan),
    )
    return LowPuts(right, paid, date > 0)
