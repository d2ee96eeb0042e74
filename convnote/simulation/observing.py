"""Observing: closes of the days on which conversions are settled, kept during the search, and what they pay (STL-1, STL-2).

Rows are trading days; where conversions take time, the grid of a note continues to the last payment of a settlement.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.lifecycle import State
from convnote.market.named_series import VWAP
from convnote.note import ConvertibleNote
from convnote.simulation.paths import NEVER

if TYPE_CHECKING:
    from convnote.simulation.day_tables import DayTables
    from convnote.simulation.search import Search


#: how many trading days may lie between the close that decides a conversion and the day on which it counts, and then some
_LATE = 10


def takes_time(note: ConvertibleNote) -> bool:
    """True where conversions are settled over an observation period."""
    return note.settlement is not None and note.settlement.method != "shares"


def days_of(note: ConvertibleNote) -> int:
    """The number of days of an observation period; 0 where conversions are settled at once."""
    return note.settlement.observation if note.settlement is not None and takes_time(note) else 0


def most_before(note: ConvertibleNote) -> int:
    """How many trading days before a conversion becomes known its observation period may begin; 0 where it has none.

    A period counted back from maturity or a redemption date (`final`) may end well before a late conversion.
    """
    terms, principal = note.settlement, note.principal
    if terms is None or not takes_time(note):
        return 0
    final = 0 if terms.final is None else len(principal.sessions.between(terms.final_day(principal), principal.maturity_day))
    return max(terms.observation, final) + _LATE


def as_chosen(note: ConvertibleNote, start: State | None) -> ConvertibleNote:
    """The note whose printed method of settlement is the one the issuer has chosen before `start`, if any (STL-1)."""
    if note.settlement is None or start is None or start.chosen is None:
        return note
    method, specified = start.chosen
    return dataclasses.replace(note, settlement=dataclasses.replace(note.settlement, method=method, specified=specified))


def caveats(note: ConvertibleNote) -> list[str]:
    """The decisions that a simulation leaves out: another method of settlement, a lower price (STL-1, DWN-1)."""
    said = []
    if note.settlement is not None and note.settlement.election is not None:
        how = {"shares": "shares", "cash": "cash", "combination": "cash and shares"}[note.settlement.method]
        said.append(f"STL-1: the issuer may elect another method of settlement; simulated conversions are settled in {how}")
    if note.revision is not None:
        said.append("DWN-1: the Company may lower the conversion price; the simulation assumes that it does not")
    return said


def last_day(note: ConvertibleNote) -> int:
    """Day number of the last possible settlement payment; that of maturity where conversions are settled at once."""
    terms, maturity = note.settlement, note.principal.maturity_day
    if terms is None or not takes_time(note):
        return maturity
    return max(maturity, int(terms.pays_on(max(maturity, terms.last_observed(note.principal)), note.principal)))


def windows(tables: DayTables, counted: Any, redemption: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the observation period of surrenders counting on day numbers `counted`: its first, and that of its payment.

    Both have the shape of `counted`; a first row below 0 lies before row 0.
    """
    terms, principal = tables.note.settlement, tables.note.principal
    assert terms is not None
    counted = np.minimum(np.asarray(counted), principal.maturity_day)
    called = None if redemption is None else np.where(redemption > principal.maturity_day, 0, redemption)
    first, last = terms.period(counted, principal, called)
    pays = terms.pays_on(np.maximum(last, counted), principal)
    row = np.where(first >= tables.days[0], tables.row_from(first), -_sessions_before(tables, first))
    return row.astype(np.int64), np.minimum(tables.row_from(pays), len(tables.days) - 1)


def _sessions_before(tables: DayTables, first: np.ndarray) -> np.ndarray:
    """The number of trading days from each day to row 0, of the shape of `first`."""
    known = tables.prior_days
    return len(known) - np.searchsorted(known, first)


class Observed:
    """The closes of observation periods in one block, filled in during the search: one period of each item, on its `path`."""

    def __init__(self, path: np.ndarray, days: int) -> None:
        self.path, self.days = path, days
        #: first row of the period of each item (NEVER: none), [item], and the closes of its days, [day, item]
        self.first = np.full(len(path), NEVER, np.int64)
        self.closes = np.full((days, len(path)), np.nan)
        self._next = np.full(len(path), NEVER, np.int64)

    def begin(self, items: np.ndarray, first: np.ndarray) -> None:
        """Begin the periods of these items on rows `first`; any earlier periods are dropped."""
        self.first[items] = self._next[items] = first

    def look(self, search: Search) -> None:
        """Store the closes of this chunk, and those just before it for periods that became known only now."""
        walk = search.walk
        lane = walk.lane[self.path]
        at = np.flatnonzero((lane >= 0) & (self._next < np.minimum(self.first + self.days, walk.last)))
        if not len(at):
            return
        lanes, start = lane[at], int(self._next[at].min())
        closes = walk.closes(lanes, start, walk.last)
        falls = walk.default[self.path[at]]  # the close of the day of a default is the one after it
        dead = np.flatnonzero((falls >= start) & (falls < walk.last))
        closes[falls[dead] - start, dead] = walk.close_at(lanes[dead], falls[dead], search.watchlist.left_at_default)
        for row in range(start, walk.last):
            place = row - self.first[at]
            inside = (row >= self._next[at]) & (place < self.days)
            self.closes[place[inside], at[inside]] = closes[row - start, inside]
        self._next[at] = walk.last


def prior_prices(tables: DayTables) -> dict[int, float]:
    """Volume-weighted prices held in the state, by row below 0."""
    if tables.start is None:
        return {}
    given, known = dict(tables.start.series.get(VWAP, ())), tables.prior_days.tolist()
    return {place - len(known): float(given[day]) for place, day in enumerate(known) if day in given}
