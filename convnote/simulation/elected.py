"""Elected: the closes on which Notes under election decide whether to convert after all, kept during the search (END-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.simulation import observing
from convnote.simulation.day_tables import NO_DAY
from convnote.simulation.observing import Observed
from convnote.simulation.paths import NEVER

if TYPE_CHECKING:
    from convnote.simulation.plan import Plan
    from convnote.simulation.search import Search


@dataclass(frozen=True)
class ElectedRows:
    """The last days to convert, as day numbers and deciding rows (NEVER: none): by row of a change, and by put date [put].

    `first` and `put_first` are the first rows of the observation periods of these conversions, of `observation` days (0: none).
    """

    day: np.ndarray
    row: np.ndarray
    put_day: np.ndarray
    put_row: np.ndarray
    observation: int
    first: np.ndarray
    put_first: np.ndarray


def elected_rows_of(plan: Plan) -> ElectedRows | None:
    """The last days to convert of Notes under election; None where none converts."""
    terms = plan.note.conversion
    if terms is None or terms.elected_until is None or plan.is_withdrawn or not plan.policy.converts_at_end:
        return None
    paid = np.flatnonzero(plan.repurchase < NO_DAY)
    day, row = np.full(len(plan.days), NO_DAY), np.full(len(plan.days), NEVER)
    day[paid] = terms.last_elected(plan.repurchase[paid])
    row[paid] = plan.row_by(day[paid])
    put_day = np.array([terms.last_elected(on) for on, _ in plan.put_days], np.int64)
    first, put_first = np.full(len(plan.days), NEVER), np.full(len(put_day), NEVER)
    observation = observing.days_of(plan.note)
    if observation:
        first[paid], put_first = (observing.windows(plan, each)[0] for each in (day[paid], put_day))
    return ElectedRows(day, row, put_day, plan.row_by(put_day), observation, first, put_first)


class Elected:
    """The closes of the deciding rows and of the rows before, [change] and [put, path]; NaN until they are reached."""

    def __init__(self, rows: ElectedRows, change_path: np.ndarray, change_row: np.ndarray, size: int) -> None:
        self.rows, self.path, self.size = rows, change_path, size
        self.row, self.first = rows.row[change_row], rows.first[change_row]
        self.close, self.before = np.full((2, len(change_row)), np.nan)
        self.put_close, self.put_before = np.full((2, len(rows.put_row), size), np.nan)
        #: closes of observation periods, by place of the change, then by put date and path; None where settled at once
        paths = np.concatenate([change_path, np.tile(np.arange(size), len(rows.put_row))])
        self.observed = Observed(paths, rows.observation) if rows.observation else None

    def look(self, search: Search) -> None:
        """Keep the closes of this chunk for the paths that still have a lane."""
        walk = search.walk
        at = np.flatnonzero((self.row >= walk.first) & (self.row < walk.last))
        at = at[search.living(self.path[at], self.row[at])]
        lanes, rows = walk.lane[self.path[at]], self.row[at]
        self.close[at], self.before[at] = walk.close_at(lanes, rows), walk.close_at(lanes, rows - 1)
        if self.observed is not None:
            self.observed.begin(at, self.first[at])
        for place, row in enumerate(self.rows.put_row.tolist()):
            if walk.first <= row < walk.last:
                lanes = np.flatnonzero(search.retire[: walk.count] >= row)
                paths, on = walk.path[lanes], np.full(len(lanes), row)
                self.put_close[place, paths] = walk.close_at(lanes, on)
                self.put_before[place, paths] = walk.close_at(lanes, on - 1)
                if self.observed is not None:
                    self.observed.begin(self.item(place, paths), np.full(len(paths), self.rows.put_first[place]))
        if self.observed is not None:
            self.observed.look(search)

    def item(self, put: Any, paths: np.ndarray) -> np.ndarray:
        """The observation periods of conversions of Notes that were put, by number of the put date, one or for each path."""
        return np.asarray(len(self.path) + put * self.size + paths)


@dataclass
class LastDecision:
    """The decision of each path under election, [path]: its row and day (NEVER, NO_DAY: none), closes, the amount paid else.

    `item` is its observation period in `Elected.observed`.
    """

    row: np.ndarray
    day: np.ndarray
    close: np.ndarray
    before: np.ndarray
    amount: np.ndarray
    item: np.ndarray

    @classmethod
    def of(cls, plan: Plan, kept: Elected, change: np.ndarray, born: np.ndarray, put: np.ndarray) -> LastDecision:
        """For elections on `change` (row `born`) and on put date number `put`, each [path]; -1: no such election."""
        size, rows = len(change), kept.rows
        close, before = np.full((2, size), np.nan)
        item = np.where(put >= 0, kept.item(put, np.arange(size)), change)
        found = cls(np.full(size, NEVER), np.full(size, NO_DAY), close, before, np.zeros(size), item)
        at = np.flatnonzero(change >= 0)
        found._set(at, rows.row[born[at]], rows.day[born[at]], kept.close[change[at]], kept.before[change[at]])
        found.amount[at] = plan.before_repurchase.amount[born[at]]
        at = np.flatnonzero(put >= 0)
        found._set(at, rows.put_row[put[at]], rows.put_day[put[at]], kept.put_close[put[at], at], kept.put_before[put[at], at])
        found.amount[at] = np.array([last.amount for _, last in plan.put_days])[put[at]] if len(at) else 0.0
        return found

    def _set(self, at: np.ndarray, *values: Any) -> None:
        for name, value in zip(("row", "day", "close", "before"), values, strict=True):
            getattr(self, name)[at] = value
