"""Counting: for each lane, the first row on which a right opened by a condition on closes may be used.

A filter on the walk rules out lanes that cannot have enough closes; the rest are counted on quoted closes, each
compared with the level of its own row. This module is independent of any provision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convnote.arithmetic import RELATIVE_GUARD, exceeds
from convnote.simulation.paths import NEVER, F
from convnote.simulation.watchlist import Counter, Crossing

if TYPE_CHECKING:
    from convnote.simulation.search import Search
    from convnote.simulation.walks import BlockWalk
    from convnote.simulation.watchlist import Watchlist


def edge_of(counter: Counter, walk: BlockWalk, watchlist: Watchlist) -> np.ndarray | None:
    """The barrier of the filter, float32 [row]: no close holds at or below it (plus the log of the price); None: no filter."""
    if counter.condition.below:
        return None
    rows = slice(0, len(walk.grid))
    # A close at the level may hold; one slightly below it surely does not.
    level = counter.level * (1.0 - 4.0 * RELATIVE_GUARD)
    if not counter.relative:
        return walk.surely_not_above(level, rows)
    # One barrier, with a tick allowed for at the lowest possible price, serves every price above it.
    lowest = watchlist.lowest_price
    return np.asarray(walk.surely_not_above(level * lowest, rows) - F(np.log(lowest)), F)


def first_counted(search: Search, crossing: Crossing, start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Lanes on which a right is used on rows `start` to `end` - 1, its condition met, and the first row of each, both [k]."""
    counter, walk = crossing.counter, search.walk
    assert counter is not None
    first = max(start - counter.shift - counter.condition.reach + 1, -counter.lead)
    own = max(first, 0)
    lanes = _candidates(search, crossing, start, end, own)
    if not len(lanes):
        return lanes, lanes
    walks = walk.rows(lanes, own, end)
    barrier = search.counter_edges[id(crossing)]
    if barrier is not None and first >= 0:
        maybe = may_be_met(counter, walks[0], barrier[own:end, None], search.log_price[lanes])
        lanes, walks = lanes[maybe], walks[:, :, maybe]
        if not len(lanes):
            return lanes, lanes
    rows = np.arange(own, end)
    closes = walk.quote(walks, rows[:, None])
    held = closes_that_hold(search, counter, closes, lanes, rows)
    if first < 0:
        before = np.repeat(counter.known[len(counter.known) + first :, None], len(lanes), axis=1)
        held = np.concatenate([before, held])
    given = _given(search, crossing, closes[start - own :], lanes, start)
    given &= _met(counter, held, first, start, end)
    if crossing.question is not None:
        return _asked(search, crossing, given, closes[start - own :], lanes, start)
    found = given.any(axis=0)
    return lanes[found], (start + given.argmax(axis=0)).astype(np.int32)[found]


def _candidates(search: Search, crossing: Crossing, start: int, end: int, own: int) -> np.ndarray:
    """Lanes that may use the right on these rows, [k]; those that surely do not are left out."""
    walk, counter, n = search.walk, crossing.counter, search.walk.count
    assert counter is not None
    maybe = search.open[:n].copy()
    log_price = search.log_price[:n]
    lowest, barrier = crossing.value[start:end].min(), search.counter_edges[id(crossing)]
    if lowest > -np.inf:
        maybe &= walk.peak() > log_price + search.edges[id(crossing)][start:end].min()
    elif barrier is not None and not counter.known.any():
        edge = barrier[own:end].min()
        maybe &= walk.highest(own, end) > (edge + log_price if counter.relative else edge)
    return np.flatnonzero(maybe)


def may_be_met(counter: Counter, walk: np.ndarray, edge: np.ndarray, log_price: np.ndarray) -> np.ndarray:
    """False where no period has enough closes, by `walk` [row, k] and the barrier `edge` [row, 1]; bool [k]."""
    # Prices only fall, so the barrier at the current price is low enough for earlier rows.
    above = walk > (edge + log_price if counter.relative else edge)
    return np.asarray(counter.condition.counts(above).max(axis=0) >= counter.condition.days)


def closes_that_hold(search: Search, counter: Counter, closes: np.ndarray, lanes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Whether each of `closes` [row, k] holds, bool [row, k].

    The level is that of its row; for a relative condition, times the conversion price in force on that row.
    """
    level = counter.level[rows][:, None]
    if counter.relative:
        resets = np.searchsorted(search.watchlist.resets, rows, side="right")
        paths = search.walk.path[lanes]
        prices = search.out.prices
        same = resets[0] == resets[-1]
        level = level * (prices[resets[0], paths][None, :] if same else prices[resets[:, None], paths[None, :]])
    return np.asarray(counter.condition.compared(closes, np.broadcast_to(level, closes.shape)))


def _met(counter: Counter, held: np.ndarray, first: int, start: int, end: int) -> np.ndarray:
    """Whether the condition is met for a decision on each of the rows `start` to `end` - 1, bool [row, k]."""
    days = counter.days[counter.lead + first : counter.lead + end]
    met = counter.condition.met(held, days, counter.sessions)
    ends = np.arange(start, end) - counter.shift - first
    result = met[np.maximum(ends, 0)]
    result[ends < 0] = False
    return np.asarray(result)


def _given(search: Search, crossing: Crossing, closes: np.ndarray, lanes: np.ndarray, start: int) -> np.ndarray:
    """Whether the conversion value exceeds the boundary on each row from `start` on, bool [row, k]."""
    value = crossing.value[start : start + len(closes), None]
    price = search.out.prices[search.resets_done, search.walk.path[lanes]]
    return np.asarray(exceeds(closes * search.watchlist.denomination, value * price))


def _asked(
    search: Search, crossing: Crossing, given: np.ndarray, closes: np.ndarray, lanes: np.ndarray, start: int
) -> tuple[np.ndarray, np.ndarray]:
    """Lanes on which the user's function says yes on one of the given rows, and the first such row of each, both [k]."""
    assert crossing.question is not None
    paths = search.walk.path[lanes]
    price = search.out.prices[search.resets_done, paths]
    found = np.full(len(lanes), NEVER, np.int32)
    for i in range(len(given)):
        at = np.flatnonzero(given[i] & (found == NEVER) & (search.retire[lanes] >= start + i))
        if len(at):
            found[at[crossing.question(start + i, closes[i, at], price[at], paths[at])]] = start + i
    yes = found < NEVER
    return lanes[yes], found[yes]
