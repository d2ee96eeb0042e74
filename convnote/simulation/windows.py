"""Windows: the closes on which conversions in connection with a change or a call depend, kept during the search (MWT-1, CHG-1).

Rows are trading days; this module is independent of any provision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from convnote.arithmetic import average
from convnote.simulation.observing import Observed
from convnote.simulation.paths import NEVER

if TYPE_CHECKING:
    from convnote.simulation.search import Search


def by_path(path: np.ndarray, chosen: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the `chosen` ones of events on `path` [event]: in order of path, where each path's begin, and how many, both [path]."""
    number = np.bincount(path[chosen], minlength=size)
    return chosen[np.argsort(path[chosen], kind="stable")], np.cumsum(number) - number, number


@dataclass(frozen=True)
class Windows:
    """What to keep: `rows` [kind, row] is the row that decides at the end of the window of a change on a row (NEVER: none).

    `closes` is how many closes are averaged before a change, and before a call where `on_call`; 0 for none. `boost` is the
    largest factor by which a conversion value may rise. `period` gives the first rows of the observation periods, of
    `observation` days, that follow from conversions at the end of windows: of a kind, after changes on rows [k] and calls noticed
    on rows [k] (NEVER: none); 0 days where they are settled at once.
    """

    rows: np.ndarray
    closes: int
    on_call: bool
    boost: float
    observation: int
    period: Callable[[int, np.ndarray, np.ndarray], np.ndarray]


class Windowed:
    """The closes kept in one block: of each change [change], with its path and row, and of each call [path]; NaN where none."""

    def __init__(self, windows: Windows, path: np.ndarray, row: np.ndarray, size: int) -> None:
        self.windows, self.path, self.row = windows, path, row
        self.average = np.full(len(row), np.nan)
        self.call_average = np.full(size, np.nan)
        kinds = (len(windows.rows), len(row))
        #: close of the deciding row and of the row before, [kind, change]
        self.close, self.before = np.full(kinds, np.nan), np.full(kinds, np.nan)
        #: closes of observation periods, by place of the change for kind 0, then for the next; None where settled at once
        self.observed = Observed(np.tile(path, kinds[0]), windows.observation) if windows.observation else None

    def called(self, search: Search, lanes: np.ndarray, rows: np.ndarray) -> None:
        """Keep the average before a call noticed on `rows` [k]."""
        if self.windows.on_call:
            self.call_average[search.walk.path[lanes]] = self._averages(search, lanes, rows)

    def average_changes(self, search: Search) -> None:
        """Keep the averages before the changes of this chunk, for the paths that still have a lane."""
        if self.windows.closes:
            at = self._in_chunk(search, self.row)
            self.average[at] = self._averages(search, search.walk.lane[self.path[at]], self.row[at])

    def look(self, search: Search) -> None:
        """Keep the closes of this chunk for the paths that still have a lane."""
        for kind, table in enumerate(self.windows.rows):
            rows = table[self.row]
            at = self._in_chunk(search, rows)
            lanes = search.walk.lane[self.path[at]]
            self.close[kind, at] = search.walk.close_at(lanes, rows[at])
            self.before[kind, at] = search.walk.close_at(lanes, rows[at] - 1)
            if self.observed is not None:
                call = search.out.call[self.path[at]]
                first = self.windows.period(kind, self.row[at], np.where(call <= rows[at], call, NEVER))
                self.observed.begin(self.item(kind, at), first)
        if self.observed is not None:
            self.observed.look(search)

    def item(self, kind: Any, change: np.ndarray) -> np.ndarray:
        """The observation periods of conversions at the end of windows of a kind, or one kind for each change."""
        return np.asarray(kind * len(self.row) + change)

    def _in_chunk(self, search: Search, rows: np.ndarray) -> np.ndarray:
        """The changes whose row in `rows` [change] lies in the chunk and still matters to their path."""
        at = np.flatnonzero((rows >= search.walk.first) & (rows < search.walk.last) & (rows < NEVER))
        return at[search.living(self.path[at], rows[at])]

    def _averages(self, search: Search, lanes: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The average close of the rows before each of `rows` [k]."""
        found, count = np.empty(len(rows)), self.windows.closes
        for row in np.unique(rows).tolist():
            at = np.flatnonzero(rows == row)
            found[at] = average(cast(Sequence[Any], search.walk.closes(lanes[at], row - count, row)))
        return found
