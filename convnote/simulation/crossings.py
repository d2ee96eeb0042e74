"""Crossings: for each lane, the first row on which the conversion value exceeds a boundary, or a user's function says yes.

A right that needs an open window is used only on rows on which it is open. Independent of any provision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convnote.arithmetic import exceeds
from convnote.simulation.opening import open_lanes
from convnote.simulation.paths import NEVER
from convnote.simulation.walks import gathered
from convnote.simulation.watchlist import Crossing

if TYPE_CHECKING:
    from convnote.simulation.search import Search


def first_crossed(search: Search, crossing: Crossing, start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Lanes whose conversion value exceeds the boundary on rows `start` to `end` - 1, and the first row of each, both [k]."""
    walk, n, watchlist = search.walk, search.walk.count, search.watchlist
    view, edge = walk.view(start, end), search.edges[id(crossing)][start:end]
    log_price = search.log_price[:n]
    maybe = (walk.peak() > log_price + edge.min()) & search.open[:n]
    always = None if crossing.quarters is None else crossing.quarters.always[start:end]
    if always is not None and not always.any():
        windows = search.out.change_windows
        maybe &= search.may[:n] if windows is None else search.may[:n] | (windows.number[walk.path[:n]] > 0)
    lanes = np.flatnonzero(maybe)
    if not len(lanes):
        return lanes, lanes
    possible = gathered(view, lanes) > edge[:, None] + log_price[lanes]
    if always is not None:
        possible &= always[:, None] | open_lanes(search, lanes, np.arange(start, end))
    row, waiting = np.zeros(len(lanes), np.int32), possible.any(axis=0)
    decided = np.zeros(len(lanes), bool)
    price = search.out.prices[search.resets_done, walk.path[lanes]]
    if crossing is watchlist.convert and watchlist.free_price is not None:
        return _first_by_reason(search, crossing, start, lanes, possible)
    while waiting.any():
        at = np.flatnonzero(waiting)
        first = possible[:, at].argmax(axis=0)
        close = walk.close_at(lanes[at], (start + first).astype(np.int32))
        yes = exceeds(close * watchlist.denomination, crossing.value[start + first] * price[at])
        row[at[yes]], decided[at[yes]] = (start + first)[yes], True
        possible[first, at] = False
        waiting[at] = ~yes & possible[:, at].any(axis=0)
    return lanes[decided], row[decided]


def _first_by_reason(
    search: Search, crossing: Crossing, start: int, lanes: np.ndarray, possible: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The same for early conversions, whose price changes may lower, on the `possible` rows [row, k] from `start` on."""
    watchlist = search.watchlist
    row, at = np.nonzero(possible)
    close = search.walk.close_at(lanes[at], (start + row).astype(np.int32))
    price = search.free_price(search.walk.path[lanes[at]], start + row)
    used = np.zeros(possible.shape, bool)
    used[row, at] = exceeds(close * watchlist.denomination, crossing.value[start + row] * price)
    found = used.any(axis=0)
    return lanes[found], (start + used.argmax(axis=0)).astype(np.int32)[found]


def first_asked(search: Search, crossing: Crossing, start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Lanes on which the user's function says yes on rows `start` to `end` - 1, and the first such row of each, both [k]."""
    walk, n = search.walk, search.walk.count
    assert crossing.question is not None
    closes = walk.every_close(start, end)
    waiting = search.open[:n].copy()
    found = np.full(n, NEVER, np.int32)
    for i, row in enumerate(range(start, end)):
        if crossing.value[row] < np.inf:
            lanes = np.flatnonzero(waiting & (search.retire[:n] >= row))
            if crossing.quarters is not None and not crossing.quarters.always[row]:
                lanes = lanes[np.broadcast_to(open_lanes(search, lanes, np.array([row])), (1, len(lanes)))[0]]
            paths = walk.path[lanes]
            lanes = lanes[crossing.question(row, closes[i, lanes], search.free_price(paths, np.full(len(paths), row)), paths)]
            found[lanes], waiting[lanes] = row, False
    lanes = np.flatnonzero(found < NEVER)
    return lanes, found[lanes]
