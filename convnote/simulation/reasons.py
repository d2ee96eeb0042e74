"""Reasons: the price at which each path converts in connection with a change or a call (MWT-1, CHG-1).

Arrays are [path], [change] or [row]; a change is known by its row and its path, in order of row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from convnote.lifecycle.in_force import last_of_window, lowered, moved_since_issue, with_additional
from convnote.policies import last_days
from convnote.simulation import observing
from convnote.simulation.day_tables import NO_DAY
from convnote.simulation.paths import NEVER
from convnote.simulation.windows import Windowed, Windows, by_path

if TYPE_CHECKING:
    from convnote.provisions.make_whole_change import MakeWholeChange
    from convnote.simulation.plan import Plan
    from convnote.simulation.watchlist import Found

#: (day numbers, paths) -> conversion prices in force
Prices = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class ReasonTables:
    """For a change on each row: its notice, the end of its window, and the days and rows on which holders decide at that end.

    Days are day numbers. `last` [kind, row] is the last day to convert, kind 0 with additional shares and kind 1 at a lower price
    alone; `rows` [kind, row] its deciding row (NEVER: no conversion before a repurchase).
    """

    mailed: np.ndarray
    window_end: np.ndarray
    last: np.ndarray
    rows: np.ndarray
    amount: np.ndarray
    #: factor on the price in the period after the change, and the days the period lasts (CHG-1); 1 and -1 without one
    factor: np.ndarray
    period: int

    @classmethod
    def of(cls, plan: Plan) -> ReasonTables:
        """The tables of a plan whose note provides for such conversions."""
        note, days = plan.note, plan.days
        lower, terms, size = note.change_of_control_price, note.fundamental_change, len(plan.days)
        mailed, end = np.full(size, NO_DAY), np.full(size, NO_DAY)
        last, rows, amount = np.full((2, size), NO_DAY), np.full((2, size), NEVER), np.zeros(size)
        factor = np.ones(size)
        if terms is not None:
            changes = np.flatnonzero(days < note.principal.maturity_day)
            mailed[changes] = plan.policy.mailed(note, days[changes])
            end[changes] = last_of_window(note, terms.repurchase_day(mailed[changes]))
            paid = np.flatnonzero(plan.repurchase < NO_DAY)
            for kind, occurred in enumerate((None, days[paid])):
                before = last_days.before_change(note, plan.repurchase[paid], mailed[paid], occurred)
                last[kind, paid], amount[paid] = before
            rows[:, paid] = plan.row_by(last[:, paid])
            # A conversion before the Company's notice is not one at the end of a window; nor is one on the day of the change
            # itself, on which holders decide before a notice of that day.
            rows[plan.day_of(rows) < mailed] = NEVER
            rows[rows <= np.arange(size)] = NEVER
            if lower is not None:
                factor[changes] = lower.factor(note.floats, days[changes])
        return cls(mailed, end, last, rows, amount, factor, lower.period_days if lower is not None else -1)


def windows_of(plan: Plan) -> Windows | None:
    """What the search keeps for conversions in connection with a change or a call; None where there can be none."""
    tables, table = plan.reasons, table_of(plan)
    if tables is None:
        return None
    on_call = table is not None and table.on_call
    closes, observation = table.closes if table is not None else 0, observing.days_of(plan.note)
    return Windows(tables.rows, closes, on_call, _boost(plan, tables, table), observation, partial(_period, plan))


def _period(plan: Plan, kind: int, born: np.ndarray, call: np.ndarray) -> np.ndarray:
    """First rows of observation periods of conversions at the end of windows of changes on rows `born` (STL-1).

    `call` are rows of the notices of calls (NEVER: none); Notes called for an earlier day no longer convert (NEVER).
    """
    assert plan.reasons is not None
    called, day = np.minimum(call, len(plan.days)), plan.reasons.last[kind, born]
    redemption, last = (np.append(each, NO_DAY)[called] for each in (plan.redemption, plan.before_redemption.day))
    return np.where(day <= last, observing.windows(plan, day, redemption)[0], NEVER)


def table_of(plan: Plan) -> MakeWholeChange | None:
    """The table of additional shares; None where it gives nothing."""
    table = plan.note.make_whole_change
    return None if table is None or table.is_empty else table


def _boost(plan: Plan, tables: ReasonTables, table: MakeWholeChange | None) -> float:
    """A factor by which no conversion value rises more (MWT-1, CHG-1), with room for the rounding of a price or rate (RTE-2)."""
    note = plan.note
    assert note.conversion is not None
    boost = 1.0 / float(tables.factor.min())
    if table is not None:
        boost += float(max(map(max, table.shares))) / float(table.initial_rate)
    adjustment = note.adjustment
    if adjustment is None or adjustment.rounding is None:
        return boost
    price, step = plan.opening_price, float(adjustment.rounding)
    if adjustment.rounding_of == "rate":
        return boost + step * price / float(note.denomination)
    lowest = (float(note.reset.floor) if note.reset else price) / boost
    return boost * lowest / (lowest - step) if lowest > step else np.inf


class Reasons:
    """The changes of one block and the prices at which its paths convert because of them, or because of a call."""

    def __init__(self, plan: Plan, kept: Windowed, call_row: np.ndarray, prices: Prices) -> None:
        assert plan.reasons is not None
        self.plan, self.kept, self.prices, self.tables = plan, kept, prices, plan.reasons
        self.occurred = plan.days[kept.row]
        happen = (self.occurred < plan.note.principal.maturity_day) & (plan.note.fundamental_change is not None)
        self.order, self.start, self.number = by_path(kept.path, np.flatnonzero(happen), len(call_row))
        #: additional shares by the table at the rate at issue, 0 where it gives none
        self.additional = self._read(kept.average, self.occurred, kept.path)
        called = plan.day_of(call_row)
        self.additional_on_call = self._read(kept.call_average, called, np.arange(len(call_row)))
        #: which kind of window each change has, and whether it gives anything [change]
        self.kind = np.where(self.additional > 0, 0, 1)
        self.gives = (self.additional > 0) | (self.tables.factor[kept.row] != 1.0)

    def _read(self, average: np.ndarray, on: np.ndarray, path: np.ndarray) -> np.ndarray:
        """The table read at averages of closes [k] for changes or calls on day numbers `on`; 0 where the average is NaN."""
        found, table = np.zeros(len(average)), table_of(self.plan)
        at = np.flatnonzero(~np.isnan(average))
        if table is not None and len(at):
            moved = moved_since_issue(self.plan.note.floats, self.prices(on[at], path[at]))
            found[at] = table.read(on[at], average[at] * self.plan.shares_a_unit * moved)
        return found

    def price(self, paths: np.ndarray, on: np.ndarray, day: np.ndarray, called: np.ndarray | None = None) -> np.ndarray:
        """The conversion price on day numbers `day` [k], as known on day numbers `on` [k], float64 [k].

        `called` [k]: for Notes under the call of their path, rather than free ones.
        """
        note, tables = self.plan.note.floats, self.tables
        before = self.prices(on, paths)
        additional, factor = np.zeros(len(paths)), np.full(len(paths), np.inf)
        at = np.flatnonzero(self.number[paths])
        for place in range(int(self.number[paths].max(initial=0))):
            at = at[place < self.number[paths[at]]]
            change = self.order[self.start[paths[at]] + place]
            row, occurred = self.kept.row[change], self.occurred[change]
            known, told = occurred <= on[at], tables.mailed[row] <= on[at]
            inside = known & (~told | (day[at] <= tables.window_end[row]))
            additional[at] = np.maximum(additional[at], np.where(inside, self.additional[change], 0.0))
            inside = known & (day[at] <= np.where(told, tables.mailed[row], occurred) + tables.period)
            factor[at] = np.minimum(factor[at], np.where(inside, tables.factor[row], np.inf))
        if called is not None:
            additional = np.maximum(additional, np.where(called, self.additional_on_call[paths], 0.0))
        price = before.copy()
        at = np.flatnonzero(factor < np.inf)
        price[at] = lowered(note, price[at], factor[at])
        at = np.flatnonzero(additional > 0)
        table = table_of(self.plan)
        if table is not None and len(at):
            more = table.moved(additional[at], moved_since_issue(note, before[at]))
            price[at] = with_additional(note, price[at], more)
        return price


def free_price_of(plan: Plan) -> Callable[[Found, np.ndarray, np.ndarray], np.ndarray] | None:
    """The price at which free Notes of paths convert on rows [k], with the changes found so far; None where none moves it."""
    if plan.reasons is None:
        return None

    def price(found: Found, paths: np.ndarray, rows: np.ndarray) -> np.ndarray:
        assert found.windowed is not None
        reasons = Reasons(plan, found.windowed, found.call, lambda days, paths: found.prices[plan.resets_by(days), paths])
        return reasons.price(paths, plan.days[rows], plan.days[rows])

    return price
