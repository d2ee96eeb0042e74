"""Opening: on which days conversion is open on each path: quarter-ends are tested during the search (CNT-1, CNT-3).

A filter on the walk rules out lanes that cannot have enough closes; the rest are counted on quoted closes, as a soft call is.
No model has a price for the note itself: it is not observed, and every result states it (CNT-2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.lifecycle import State, contingent
from convnote.note import ConvertibleNote
from convnote.provisions.contingent_conversion import quarter_after
from convnote.simulation.change_windows import ChangeTables
from convnote.simulation.counters import counter_of
from convnote.simulation.counting import closes_that_hold, edge_for, edge_of, may_be_met, with_known
from convnote.simulation.watchlist import Found, Quarters

if TYPE_CHECKING:
    from convnote.simulation.day_tables import DayTables
    from convnote.simulation.search import Search


def quarters_of(tables: DayTables) -> Quarters | None:
    """The quarter-ends ahead, and the rows open on every path; None where conversion needs no window.

    Raises `TermsError` where the starting state remembers fewer closes than the condition looks back on.
    """
    terms = tables.note.contingent_conversion
    if terms is None or tables.note.conversion is None:
        return None
    days = tables.days
    ends = np.array([day for day in terms.looks if days[0] <= day <= days[-1]], dtype=np.int64)
    counter = counter_of(tables, terms.at_quarter_end, 0, "CNT-1") if len(ends) and terms.at_quarter_end is not None else None
    after = np.array([quarter_after(int(day)) for day in ends], dtype=np.int64).reshape(-1, 2)
    return Quarters(
        counter=counter,
        ends=tuple(np.searchsorted(days, ends).tolist()),
        first=after[:, 0],
        last=after[:, 1],
        for_ever=terms.for_ever,
        on_call=terms.on_call,
        always=open_on_all_paths(tables, days),
        changes=ChangeTables.of(tables),
    )


def open_on_all_paths(tables: DayTables, days: np.ndarray) -> np.ndarray:
    """Whether conversion is open on day numbers `days` whatever the closes ahead: the free time, and windows of the state."""
    note = tables.note
    state = State.opening(note) if tables.start is None else tables.start
    result = np.zeros(np.shape(days), bool)
    for each in contingent.windows(note, state):
        result |= (days >= each.first) if each.last is None else (days >= each.first) & (days <= each.last)
    return result


def open_on(
    tables: DayTables, quarters: Quarters | None, found: Found, on: Any, days: np.ndarray, paths: np.ndarray
) -> np.ndarray:
    """Whether conversion is open on day numbers `days` on `paths`, as known on day numbers `on`, each [k]."""
    opened = found.opened
    if quarters is None:
        return np.ones(np.shape(days), bool)
    result = open_on_all_paths(tables, days)
    if len(quarters.first):
        place = np.searchsorted(quarters.first, days, side="right") - 1
        at = np.maximum(place, 0)
        inside = (place >= 0) & (quarters.for_ever | (days <= quarters.last[at]))
        result |= inside & opened[at, paths]
    if found.change_windows is not None:
        result |= found.change_windows.holds(on, days, paths)
    return result


def open_lanes(search: Search, lanes: np.ndarray, rows: np.ndarray) -> np.ndarray | bool:
    """Whether conversion is open on `lanes` [k] on `rows` [row]: for a quarter or by a change, bool [row, k] or [k]."""
    windows, may = search.out.change_windows, search.may[lanes]
    if windows is None:
        return may
    on = windows.tables.days[rows][:, None]
    return np.asarray(may | windows.holds(on, on, search.walk.path[lanes]))


def look(search: Search, row: int) -> None:
    """Look at the condition on a quarter-end row: `search.may` is then whether a lane converts in the next quarter."""
    quarters, walk, n = search.watchlist.quarters, search.walk, search.walk.count
    assert quarters is not None and quarters.counter is not None
    counter, met = quarters.counter, np.zeros(n, bool)
    first = max(row - counter.condition.reach + 1, -counter.lead)
    own = max(first, 0)
    barrier = edge_of(counter, walk, search.watchlist) if search.quarter_edge is None else search.quarter_edge
    search.quarter_edge = barrier
    maybe = search.retire[:n] >= row
    if quarters.for_ever:
        maybe &= ~search.may[:n]
    if first >= 0 and not counter.condition.below:
        maybe &= walk.highest(own, row + 1) > edge_for(counter, barrier[own : row + 1].min(), search.log_price[:n])
    lanes = np.flatnonzero(maybe)
    walks = walk.rows(lanes, own, row + 1) if len(lanes) else None
    if first >= 0 and walks is not None:
        edge, ends = barrier[own : row + 1, None], row - counter.condition.within + 1 - first
        likely = may_be_met(counter, walks[0], edge, search.log_price[lanes], ends)
        lanes, walks = lanes[likely], walks[:, :, likely]
    if walks is not None and len(lanes):
        rows = np.arange(own, row + 1)
        held = with_known(counter, closes_that_hold(search, counter, walk.quote(walks, rows[:, None]), lanes, rows), first)
        met[lanes] = counter.condition.met(held)[-1]
    search.may[:n] = met | search.may[:n] if quarters.for_ever else met
    search.out.opened[quarters.ends.index(row), walk.path[:n]] = search.may[:n]


def caveats(note: ConvertibleNote) -> Iterator[str]:
    """What a simulation cannot observe, in words, for every answer."""
    terms = note.contingent_conversion
    if terms is not None and terms.trading_price is not None:
        yield "CNT-2: the price of the note is not observed, because the model has none, so it opens no conversion"
