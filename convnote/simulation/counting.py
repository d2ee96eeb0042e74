"""Counting: for each lane, the first row on which a right opened by a condition on closes is used.

A filter on the walk rules out lanes that cannot have enough closes; the rest are counted on quoted closes, each
compared with the level of its own row. This module is independent of any provision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convnote.arithmetic import RELATIVE_GUARD, exceeds
from convnote.simulation.paths import NEVER, F
from convnote.simulation.watchlist import Counter, Crossing, LowPut

if TYPE_CHECKING:
    from convnote.simulation.search import Search
    from convnote.simulation.walks import BlockWalk
    from convnote.simulation.watchlist import Watchlist

#: a count at which no lane is ruled out, for closes that were not counted; far from the largest int16
_UNKNOWN = 10_000


def edge_of(counter: Counter, walk: BlockWalk, watchlist: Watchlist) -> np.ndarray:
    """The barrier of the filter, float32 [row]: no close holds at or below it (for a condition on low closes: at or above it).

    For a level relative to the conversion price, the log of that price is to be added (`edge_for`).
    """
    rows = slice(0, len(walk.grid))
    if counter.condition.below:
        # The price only falls, so the level at the opening price is high enough for all rows.
        level = counter.level * (watchlist.price if counter.relative else 1.0)
        return walk.surely_not_below(level * (1.0 + 4.0 * RELATIVE_GUARD), rows)
    # A close at the level may hold; one slightly below it surely does not.
    level = counter.level * (1.0 - 4.0 * RELATIVE_GUARD)
    if not counter.relative:
        return walk.surely_not_above(level, rows)
    # One barrier, with a tick allowed for at the lowest possible price, serves every price above it.
    lowest = watchlist.lowest_price
    return np.asarray(walk.surely_not_above(level * lowest, rows) - F(np.log(lowest)), F)


def edge_for(counter: Counter, edge: np.ndarray, log_price: np.ndarray) -> np.ndarray:
    """The barrier `edge`, [row, 1] or a number, for lanes whose conversion price has the logarithm `log_price` [k]."""
    # Prices only fall, so the barrier at the current price is low enough for earlier rows.
    return edge + log_price if counter.relative and not counter.condition.below else edge


def may_be_met(counter: Counter, walk: np.ndarray, edge: np.ndarray, log_price: np.ndarray, ends: int) -> np.ndarray:
    """False where no period has enough closes, by `walk` [row, k] and the barrier `edge` [row, 1]; bool [k].

    The first period that matters ends on row `ends` of `walk`.
    """
    barrier = edge_for(counter, edge, log_price)
    maybe = walk < barrier if counter.condition.below else walk > barrier
    return np.asarray(counter.condition.counts(maybe)[max(ends, 0) :].max(axis=0) >= counter.condition.days)


class Tally:
    """How many closes may hold on the rows before a segment that its decisions look back on; `count` is int16 [lane].

    Counting too many is safe, too few is not. Every other row is enough where most closes of a period must hold.
    """

    def __init__(self, search: Search, right: Crossing) -> None:
        counter = right.counter
        assert counter is not None
        known = _UNKNOWN if right.first > 0 else np.count_nonzero(counter.known)
        self.right, self.counter, self.edge = right, counter, search.counter_edges[id(right)]
        self.count = search.walk.attach(np.full(search.walk.count, known, np.int16))
        condition = counter.condition
        least = condition.days - (condition.period + 1) // 2
        self.stride, self.least = (2, least) if least > 0 else (1, condition.days)

    def candidates(self, search: Search, start: int, end: int) -> np.ndarray:
        """Lanes that may have enough closes for a decision on rows `start` to `end` - 1, [k]; counts on for the next segment."""
        walk, n, stride = search.walk, search.walk.count, self.stride
        offset = start % stride
        view, edge = walk.view(start, end)[offset::stride], self.edge[start:end][offset::stride]
        log_price = search.log_price[:n] if search.resets_done else search.log_price[:1]
        hot = self.count[:n]
        looked = search.watched(self.right)[:n].copy()
        if not self.counter.condition.below and len(view):
            looked &= (hot > 0) | (walk.peak() > edge_for(self.counter, edge.min(), log_price))
        # Counted over all lanes, row by row: comparing a whole row is faster than gathering the lanes that may count.
        kept = max(len(view) - -(-self.right.behind // stride), 0)
        early, late = (self._holding(view[at], edge[at], log_price) for at in (slice(kept), slice(kept, None)))
        count = hot + early + late
        hot[:] = np.where(looked, late if kept else count, 0)
        return np.flatnonzero(looked & (count >= self.least))

    def _holding(self, view: np.ndarray, edge: np.ndarray, log_price: np.ndarray) -> np.ndarray:
        """How many closes of each lane of `view` [row, lane] may hold, by the barrier `edge` [row]; int16 [lane]."""
        count, holds = np.zeros(view.shape[1], np.int16), np.empty(view.shape[1], bool)
        compare = np.less if self.counter.condition.below else np.greater
        for row, barrier in zip(view, edge, strict=True):
            np.add(count, compare(row, edge_for(self.counter, barrier, log_price), out=holds), out=count)
        return count


def first_counted(search: Search, right: Crossing, start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Lanes on which a right is used on rows `start` to `end` - 1, its condition met, and the first row of each, both [k]."""
    counter, walk = right.counter, search.walk
    assert counter is not None
    tally = search.tallies.get(id(right))
    lanes = _within_value(search, right, start, end) if tally is None else tally.candidates(search, start, end)
    if not len(lanes):
        return lanes, lanes
    grace = right.grace_from(start)
    last = start - counter.shift - grace  # the first row on which a period that matters may end, if all of it is known
    first = max(last - counter.condition.reach + 1, -counter.lead)
    own = max(first, 0)
    walks = walk.rows(lanes, own, end)
    if first >= 0:
        edge = search.counter_edges[id(right)][own:end, None]
        ends = last - counter.condition.within + 1 - first
        maybe = may_be_met(counter, walks[0], edge, search.log_price[lanes], ends)
        lanes, walks = lanes[maybe], walks[:, :, maybe]
        if not len(lanes):
            return lanes, lanes
    rows = np.arange(own, end)
    closes = walk.quote(walks, rows[:, None])
    most = _resets_before_withdrawal(search, right, lanes) if isinstance(right, LowPut) else None
    held = with_known(counter, closes_that_hold(search, counter, closes, lanes, rows, most), first)
    given, met_on = _entitled(right, _met(counter, held, first, end), first, start, end)
    if isinstance(right, LowPut):
        return _first_put(search, right, given, start, closes[start - own :], lanes)
    given &= _given(search, right, closes[start - own :], lanes, start)
    if right.question is not None:
        asked = _Asked(search, right, start, closes[start - own :], lanes)
        if counter.until is None:
            return asked.first(given)
        return asked.first(given, counter.condition.counts(held)[start - first :], met_on)
    found = given.any(axis=0)
    return lanes[found], (start + given.argmax(axis=0)).astype(np.int32)[found]


def _within_value(search: Search, right: Crossing, start: int, end: int) -> np.ndarray:
    """Lanes whose conversion value may exceed the boundary on these rows, [k]."""
    walk, n = search.walk, search.walk.count
    edge = search.edges[id(right)][start:end].min()
    return np.flatnonzero(search.open[:n] & (walk.peak() > search.log_price[:n] + edge))


def closes_that_hold(
    search: Search, counter: Counter, closes: np.ndarray, lanes: np.ndarray, rows: np.ndarray, most: np.ndarray | None = None
) -> np.ndarray:
    """Whether each of `closes` [row, k] holds, bool [row, k].

    The level is that of its row; for a relative condition, times the conversion price in force on that row. `most` [k] is how
    many resets change the price of each lane; None: all.
    """
    level = counter.level[rows][:, None]
    if counter.relative:
        resets = np.searchsorted(search.watchlist.resets, rows, side="right")
        paths = search.walk.path[lanes]
        prices = search.out.prices
        if most is not None:
            level = level * prices[np.minimum(resets[:, None], most), paths[None, :]]
        elif resets[0] == resets[-1]:
            level = level * prices[resets[0], paths][None, :]
        else:
            level = level * prices[resets[:, None], paths[None, :]]
    return np.asarray(counter.condition.compared(closes, level))


def with_known(counter: Counter, held: np.ndarray, first: int) -> np.ndarray:
    """`held` [row, k], preceded by the closes known from row `first` to before row 0."""
    if first >= 0:
        return held
    return np.concatenate([np.repeat(counter.known[len(counter.known) + first :, None], held.shape[1], axis=1), held])


def _met(counter: Counter, held: np.ndarray, first: int, end: int) -> np.ndarray:
    """Whether the condition is met by the closes `held` up to each row from `first` on, bool [row, k]."""
    return counter.condition.met(held, counter.days[counter.lead + first : counter.lead + end], counter.sessions)


def _entitled(right: Crossing, met: np.ndarray, first: int, start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether the condition allows a use on each of the rows `start` to `end` - 1, and the row it was last met on, [row, k].

    It is met for a row, or was on an earlier one from which the time for a notice has not run out.
    """
    counter = right.counter
    assert counter is not None
    ends = np.arange(start, end) - counter.shift - first
    if not right.grace_from(start):
        given = met[np.maximum(ends, 0)]
        given[ends < 0] = False
        return given, np.broadcast_to((ends + first)[:, None], given.shape)
    place = np.where(met, np.arange(first, end)[:, None], -NEVER)
    np.maximum.accumulate(place, axis=0, out=place)
    last = place[np.maximum(ends, 0)]
    assert counter.until is not None
    return (counter.until[np.maximum(last + counter.lead, 0)] >= np.arange(start, end)[:, None]) & (last > -NEVER), last


def _given(search: Search, right: Crossing, closes: np.ndarray, lanes: np.ndarray, start: int) -> np.ndarray | bool:
    """Whether the conversion value exceeds the boundary on each row from `start` on, bool [row, k]."""
    value = right.value[start : start + len(closes), None]
    if not np.any(value > -np.inf):
        return True
    price = search.out.prices[search.resets_done, search.walk.path[lanes]]
    return np.asarray(exceeds(closes * search.watchlist.denomination, value * price))


def _resets_before_withdrawal(search: Search, right: LowPut, lanes: np.ndarray) -> np.ndarray | None:
    """How many resets change the price of each lane, [k]; None where no withdrawal ends them."""
    noticed = search.out.withdraw[search.walk.path[lanes]]
    if not search.watchlist.resets or not np.any(noticed < NEVER):
        return None
    return np.append(right.resets, len(search.watchlist.resets))[np.minimum(noticed, len(right.resets))]


def _first_put(
    search: Search, right: LowPut, given: np.ndarray, start: int, closes: np.ndarray, lanes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lanes put on one of the `given` rows [row, k], whose first is `start`, and the first such row of each, both [k]."""
    paths, rows = search.walk.path[lanes], np.arange(start, start + len(closes))[:, None]
    value, closed = right.value[rows], right.closed[rows]
    if search.watchlist.withdraw is not None:
        closed = closed | (rows >= np.append(right.closed_from, NEVER)[np.minimum(search.out.withdraw[paths], len(right.value))])
    with np.errstate(invalid="ignore"):  # a note that never converts has no conversion price
        below = exceeds(value * search.out.prices[search.resets_done, paths], closes * search.watchlist.denomination)
    given = given & np.where(closed, value >= 0, below)
    if right.price is not None:  # a change may only lower the price, so that there are no more rows than these
        changed = np.bincount(search.out.change_path, minlength=len(search.out.low_put))[paths] > 0
        row, lane = np.nonzero(given & changed & ~closed)
        price = right.price(search.out, paths[lane], start + row)
        given[row, lane] = exceeds(value[row, 0] * price, closes[row, lane] * search.watchlist.denomination)
    if right.question is not None:
        return _Asked(search, right, start, closes, lanes).first(given, unasked=np.broadcast_to(closed, given.shape))
    found = given.any(axis=0)
    return lanes[found], (start + given.argmax(axis=0)).astype(np.int32)[found]


class _Asked:
    """A user's function, asked about `closes` [row, k] of some lanes on the rows from `start` on."""

    def __init__(self, search: Search, right: Crossing, start: int, closes: np.ndarray, lanes: np.ndarray) -> None:
        self.search, self.right, self.start, self.closes, self.lanes = search, right, start, closes, lanes

    def first(
        self,
        given: np.ndarray,
        counts: np.ndarray | None = None,
        met_on: np.ndarray | None = None,
        unasked: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lanes on which it says yes on one of the `given` rows [row, k], and the first such row of each, both [k].

        It is told how many closes hold and on which row the condition was last met, where these are given, int [row, k].
        Where `unasked` [row, k], the answer is yes.
        """
        search, start, lanes, counter = self.search, self.start, self.lanes, self.right.counter
        assert self.right.question is not None and counter is not None
        paths = search.walk.path[lanes]
        found = np.full(len(lanes), NEVER, np.int32)
        for i in range(len(given)):
            at = np.flatnonzero(given[i] & (found == NEVER) & (search.retire[lanes] >= start + i))
            if unasked is not None:
                found[at[unasked[i, at]]] = start + i
                at = at[~unasked[i, at]]
            if len(at):
                told: tuple[np.ndarray, ...] = ()
                if counts is not None and met_on is not None:
                    since = counter.days[start + i + counter.lead] - counter.days[met_on[i, at] + counter.lead]
                    told = counts[i, at].astype(np.int64), since
                price = search.free_price(paths[at], np.full(len(at), start + i))
                found[at[self.right.question(start + i, self.closes[i, at], price, paths[at], *told)]] = start + i
        yes = found < NEVER
        return lanes[yes], found[yes]
