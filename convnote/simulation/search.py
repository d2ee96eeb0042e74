"""Search: finds on the walk the days on which a path needs a decision, and the few closes those decisions need.

A filter on the walk may only rule paths out; the rest are decided on quoted closes. The watchlist comes from the note and the
policy (`plan.py`); this module is independent of any provision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from convnote.arithmetic import exceeds
from convnote.simulation import opening
from convnote.simulation.change_windows import ChangeWindows
from convnote.simulation.counting import Tally, edge_of, first_counted
from convnote.simulation.crossings import first_asked, first_crossed
from convnote.simulation.elected import Elected
from convnote.simulation.observing import Observed
from convnote.simulation.paths import NEVER, F
from convnote.simulation.walks import BlockWalk
from convnote.simulation.watchlist import Crossing, Found, LowPut, Watchlist
from convnote.simulation.windows import Windowed


def none(size: int) -> np.ndarray:
    return np.full(size, NEVER, np.int32)


def missing(*shape: int) -> np.ndarray:
    return np.full(shape, np.nan)


@dataclass
class Search:
    """The search of one block: `run()` takes the walk to its end and returns what it `Found`."""

    walk: BlockWalk
    watchlist: Watchlist
    #: called with the walk after each chunk, to record anything else needed from it
    record: Callable[[BlockWalk], None] | None = None
    #: (paths, rows) whose closes are still ahead, and (paths, rows, walks, walks before) of those already reached
    wanted: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    exits: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    #: the barrier of the filter on quarter-ends, float32 [row]; None until the first one, or without a filter
    quarter_edge: np.ndarray | None = None

    def run(self) -> Found:
        walk, watchlist, size = self.walk, self.watchlist, self.walk.count
        draws = walk.draws
        count = len(watchlist.resets) + 1
        self.out = out = Found(
            prices=np.full((count, size), watchlist.price),
            withdraw=none(size), call=none(size), convert=none(size), low_put=none(size), exit=none(size),
            exit_close=missing(size), exit_before=missing(size),
            default=walk.default, default_close=missing(size), default_before=missing(size),
            put_close=missing(len(watchlist.puts), size),
            observed=Observed(np.arange(size), watchlist.observation) if watchlist.observation else None,
            windowed=Windowed(watchlist.windows, draws.path, draws.row, size) if watchlist.windows else None,
            elected=Elected(watchlist.elected, draws.path, draws.row, size) if watchlist.elected else None,
            change_windows=self._change_windows(size),
            average_closes=missing(watchlist.average[1] - watchlist.average[0] + 1 if watchlist.average else 0, size),
            change_row=draws.row, change_path=draws.path, change_close=missing(len(draws.row)),
            left=none(size), left_price=missing(size),
            opened=np.zeros((len(watchlist.quarters.ends) if watchlist.quarters else 0, size), bool),
        )  # fmt: skip
        # Per lane: the last row that matters, whether no notice has been given yet, and the log of the price in effect.
        self.retire = walk.attach(np.minimum(walk.default, watchlist.until).astype(np.int32))
        self.open = walk.attach(np.ones(size, bool))
        #: whether a put after low closes may still come, and whether an election has come before it
        self.unput, self.elected_on = walk.attach(np.ones(size, bool)), walk.attach(np.full(size, NEVER, np.int32))
        self.log_price = walk.attach(np.full(size, np.log(watchlist.price) if watchlist.price else 0.0, F))
        #: whether a window of conversion is open, as far as the quarter-ends of the walk tell
        self.may = walk.attach(np.zeros(size, bool))
        self.resets_done = 0
        self._sort_events()
        self._edges()
        cuts, self.in_order = watchlist.cuts, watchlist.in_order
        while walk.advance():
            if walk.died is not None:
                dead = walk.died
                self.retire[dead] = np.minimum(self.retire[dead], walk.default[walk.path[dead]])
            if out.windowed is not None:
                out.windowed.average_changes(self)
            inside = [cut for cut in cuts if walk.first < cut < walk.last]
            if self.in_order:
                inside = sorted({*inside, *self._after_elections(*self.in_order)})
            bounds = [walk.first, *inside, walk.last]
            for start, end in zip(bounds[:-1], bounds[1:], strict=True):
                self._segment(start, end)
            self._decisions()
            if self.record:
                self.record(walk)
            self._leave()
        self._quote_exits()
        return out

    def _change_windows(self, size: int) -> ChangeWindows | None:
        quarters, draws = self.watchlist.quarters, self.walk.draws
        if quarters is None or quarters.changes is None:
            return None
        return ChangeWindows(quarters.changes, draws.path, draws.row, size)

    def _quote_exits(self) -> None:
        """Quote the closes of all last decisions at once."""
        if not self.exits:
            return
        paths, rows = (np.concatenate([each[place] for each in self.exits]) for place in (0, 1))
        at, before = (np.concatenate([each[place] for each in self.exits], axis=1) for place in (2, 3))
        self.out.exit_close[paths] = self.walk.quote(at, rows)
        self.out.exit_before[paths] = self.walk.quote_from(before, rows - 1)

    def _sort_events(self) -> None:
        """Sort puts by the row that decides them, and defaults by row."""
        change, row = self.watchlist.change, self.out.change_row
        if change is not None and len(row):
            decided = change.row[row]
            self.put_order = np.argsort(decided, kind="stable")
            self.put_rows = decided[self.put_order]
        else:
            self.put_rows = np.empty(0, np.int32)

    def _edges(self) -> None:
        """The barriers of the filters, float32 [row]: no condition can be met at or below them."""
        watchlist, walk = self.watchlist, self.walk
        rows = slice(0, len(walk.grid))
        lowest = watchlist.lowest_price
        self.edges, self.counter_edges, self.tallies = {}, {}, dict[int, Tally]()
        for each in watchlist.crossings:
            # One barrier, with a tick allowed for at the lowest possible price, serves every price above it.
            per_share = each.value / (watchlist.highest_value if each is watchlist.convert else watchlist.denomination)
            self.edges[id(each)] = (walk.surely_not_above(per_share * lowest, rows) - F(np.log(lowest))).astype(F)
        for each in watchlist.rights:
            if each.counter is not None:
                self.counter_edges[id(each)] = edge_of(each.counter, walk, watchlist)
                # No conversion value is too low for it: only its closes rule lanes out.
                if each is watchlist.low_put or each.value.min() == -np.inf:
                    self.tallies[id(each)] = Tally(self, each)

    # --- one segment of rows in which nothing begins or ends

    def _segment(self, start: int, end: int) -> None:
        watchlist = self.watchlist
        if start in watchlist.resets:
            self._reset(start)
        sightings: list[tuple[np.ndarray, Crossing, np.ndarray, np.ndarray]] = []
        for each in watchlist.crossings:
            if end > each.first and start <= each.last:
                counted = each.counter is not None and start < each.counter.free
                look = first_counted if counted else first_asked if each.question else first_crossed
                lanes, rows = look(self, each, start, end)
                if self.in_order and each is not watchlist.withdraw:  # Notes under election are not free
                    free = (self.elected_on[lanes] == NEVER) & (rows <= self.out.low_put[self.walk.path[lanes]])
                    lanes, rows = lanes[free], rows[free]
                sightings.append((self._found(each), each, lanes, rows))
        sightings = [each for each in sightings if len(each[2])]
        if len(sightings) > 1:  # a path's first notice counts; on the same day, the first one listed
            best = np.full(self.walk.count, NEVER, np.int32)
            for place, (_, _, lanes, rows) in enumerate(sightings):
                best[lanes] = np.minimum(best[lanes], rows * 4 + place)
            for place, (found, right, lanes, rows) in enumerate(sightings):
                first = best[lanes] == rows * 4 + place
                sightings[place] = (found, right, lanes[first], rows[first])
        for found, right, lanes, rows in sightings:
            self._noticed(found, right, lanes, rows)
        low = watchlist.low_put
        if low is not None:
            if end > low.first and start <= low.last:
                self._put_after_low_closes(*first_counted(self, low, start, end))
            for _, right, lanes, _ in sightings:
                if right is not watchlist.withdraw:
                    self.unput[lanes] = False
        if watchlist.quarters and end - 1 in watchlist.quarters.ends:
            opening.look(self, end - 1)
        if self.in_order:
            self._elect(start, end)

    def watched(self, right: Crossing) -> np.ndarray:
        """Whether a right is looked for on each lane, bool [lane]."""
        return self.unput if right is self.watchlist.low_put else self.open

    def _found(self, right: Crossing) -> np.ndarray:
        """The rows of this right's use so far, [path]."""
        watchlist, out = self.watchlist, self.out
        return out.withdraw if right is watchlist.withdraw else out.call if right is watchlist.call else out.convert

    def _reset(self, row: int) -> None:
        watchlist, walk, out = self.watchlist, self.walk, self.out
        start = row - watchlist.window
        paths = walk.path[: walk.count]
        now = out.prices[self.resets_done, paths]
        new = np.minimum(now, watchlist.floor)
        needed = now > watchlist.floor
        if start >= 0:
            # Where no close was above the floor, the average was not either.
            edge = walk.surely_not_above(np.full(watchlist.window, watchlist.floor_close), slice(start, row)).min()
            needed &= walk.highest(start, row) > edge
        lanes = np.flatnonzero(needed)
        if len(lanes) and watchlist.reset_price is not None:
            new[lanes] = watchlist.reset_price(now[lanes], walk.closes(lanes, start, row))
        self.resets_done += 1
        out.prices[self.resets_done :] = out.prices[self.resets_done - 1]
        out.prices[self.resets_done :, paths] = new
        self.log_price[: walk.count] = np.log(new)

    def _noticed(self, found: np.ndarray, right: Crossing, lanes: np.ndarray, row: np.ndarray) -> None:
        """Record the row of each lane's notice, and that its last decision comes soon; a default on the same day comes first."""
        alive = (row <= self.retire[lanes]) & (row < self.walk.default[self.walk.path[lanes]])
        lanes, row = lanes[alive], row[alive]
        paths = self.walk.path[lanes]
        found[paths] = row
        self.open[lanes] = False
        self.out.exit[paths] = right.decision[row]
        self.retire[lanes] = np.minimum(self.retire[lanes], right.done[row])
        self.wanted.append((paths, right.decision[row]))
        if self.out.observed is not None and right.window is not None:
            self.out.observed.begin(paths, right.window[row])
        if self.out.windowed is not None and right is self.watchlist.call:
            self.out.windowed.called(self, lanes, row)

    # --- after all segments of a chunk

    def _price_on(self, paths: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return self.out.prices[np.searchsorted(self.watchlist.resets, rows, side="right"), paths]

    def free_price(self, paths: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The price at which free Notes of `paths` convert on `rows` of this segment, [k]: changes may lower it (MWT-1)."""
        price, lower = self.out.prices[self.resets_done, paths], self.watchlist.free_price
        if lower is not None:
            at = np.flatnonzero(self.changed[paths])
            price[at] = lower(self.out, paths[at], rows[at])
        return price

    @cached_property
    def changed(self) -> np.ndarray:
        """Whether each path has a change, bool [path]."""
        return np.bincount(self.out.change_path, minlength=len(self.out.exit)) > 0

    def living(self, paths: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """True for the paths that still have a lane that matters on their row, bool [k]."""
        lanes = self.walk.lane[paths]
        return (lanes >= 0) & (rows <= self.retire[lanes])

    def _decisions(self) -> None:
        walk, watchlist, out = self.walk, self.watchlist, self.out
        if not self.in_order:
            self._elect(walk.first, walk.last)
        if watchlist.low_put is not None and watchlist.put_question is None:
            self._retire_put(watchlist.low_put)
        if watchlist.average is not None and walk.first <= watchlist.average[1] < walk.last:
            first, last = watchlist.average
            lanes = np.flatnonzero(self.retire[: walk.count] >= last)
            out.average_closes[:, walk.path[lanes]] = walk.closes(lanes, first, last + 1)
        if walk.first <= watchlist.end < walk.last:
            lanes = np.flatnonzero(self.open[: walk.count] & (self.retire[: walk.count] >= watchlist.end))
            out.exit[walk.path[lanes]] = watchlist.end
            self.wanted.append((walk.path[lanes].copy(), np.full(len(lanes), watchlist.end, np.int32)))
            if out.observed is not None and watchlist.window_at_end is not None:
                out.observed.begin(walk.path[lanes], watchlist.window_at_end[0])
        for kept in (out.observed, out.windowed, out.elected):
            if kept is not None:
                kept.look(self)
        later = []
        for paths, rows in self.wanted:
            due = rows < walk.last
            if not due.all():
                later.append((paths[~due], rows[~due]))
                paths, rows = paths[due], rows[due]
            living = self.living(paths, rows)
            paths, rows = paths[living], rows[living]
            self.exits.append((paths, rows, *walk.two_walks(walk.lane[paths], rows)))
        self.wanted = later

    def _after_elections(self, first: int, last: int) -> list[int]:
        """The rows of this chunk that follow those from `first` to `last` on which elections are decided."""
        first, last = max(first, self.walk.first), min(last + 1, self.walk.last)
        rows = [*self.put_rows[slice(*np.searchsorted(self.put_rows, [first, last]))].tolist()]
        rows += [row for row, _, _ in self.watchlist.puts if first <= row < last]
        return [row + 1 for row in rows if row + 1 < last]

    def _elect(self, first: int, last: int) -> None:
        """Elections decided on rows `first` to `last` - 1: their closes are kept, and lanes surely under election retire."""
        walk, watchlist, out = self.walk, self.watchlist, self.out
        start, end = np.searchsorted(self.put_rows, [first, last])
        if end > start:
            self._puts(self.put_order[start:end])
        for place, (row, done, amount) in enumerate(watchlist.puts):
            if first <= row < last:
                lanes = np.flatnonzero(self.retire[: walk.count] >= row)
                paths, rows = walk.path[lanes], np.full(len(lanes), row)
                close = walk.close_at(lanes, rows)
                out.put_close[place, paths] = close
                puts = self._put(paths, rows, close, np.full(len(lanes), amount))
                self._until_paid(lanes[puts], rows[puts], np.full(np.count_nonzero(puts), done))

    def _put(self, paths: np.ndarray, rows: np.ndarray, close: np.ndarray, value: np.ndarray) -> np.ndarray:
        """Whether the Notes of `paths` are for sure put on `rows`, below a conversion `value`, all [k]."""
        watchlist, out = self.watchlist, self.out
        puts = (out.call[paths] > rows) & (out.convert[paths] > rows)  # a Note already called or converted is not put
        puts &= self._not_settling(paths) & (out.low_put[paths] >= rows)
        price, most = self._price_on(paths, rows), watchlist.highest_value
        if self.in_order and watchlist.free_price is not None:
            price, most = watchlist.free_price(out, paths, rows), watchlist.denomination
        puts &= exceeds(value * price, close * most)
        question = watchlist.put_question
        if question is not None and not self.in_order:
            return np.zeros(len(paths), bool)  # it is asked once all closes are known
        if question is not None:
            puts &= self.open[self.walk.lane[paths]]
            for row in np.unique(rows[puts]):
                at = np.flatnonzero(puts & (rows == row))
                puts[at] = question(int(row), close[at], price[at], paths[at])
        return puts

    def _not_settling(self, paths: np.ndarray) -> np.ndarray | bool:
        """False where the walk may still need the days of a settlement, so that a lane is kept for them (STL-1)."""
        return self.out.observed is None or self.out.observed.first[paths] == NEVER

    def _puts(self, changes: np.ndarray) -> None:
        walk, watchlist, out = self.walk, self.watchlist, self.out
        change = watchlist.change
        assert change is not None
        paths, born = out.change_path[changes], out.change_row[changes]
        rows = change.row[born]
        living = self.living(paths, rows)
        changes, paths, born, rows = changes[living], paths[living], born[living], rows[living]
        close = walk.close_at(walk.lane[paths], rows)
        out.change_close[changes] = close
        puts = self._put(paths, rows, close, change.value[born])
        self._until_paid(walk.lane[paths[puts]], rows[puts], change.done[born[puts]])

    def _put_after_low_closes(self, lanes: np.ndarray, rows: np.ndarray) -> None:
        """Record the row of each lane's put after low closes; a call, a conversion and a default on the same day come first."""
        out, paths = self.out, self.walk.path[lanes]
        comes = (rows <= self.retire[lanes]) & (rows < self.walk.default[paths])
        comes &= (rows < out.call[paths]) & (rows < out.convert[paths])
        out.low_put[paths[comes]] = rows[comes]
        self.unput[lanes] = False

    def _retire_put(self, low: LowPut) -> None:
        """The last row that matters after the puts of this chunk."""
        walk, out, n = self.walk, self.out, self.walk.count
        rows = out.low_put[walk.path[:n]]
        lanes = np.flatnonzero((rows >= walk.first) & (rows < walk.last) & (self.elected_on[:n] == NEVER))
        paths, rows = walk.path[lanes], rows[lanes]
        converts = (out.withdraw[paths] == NEVER) & ~low.closed[rows]
        done = (converts | (not low.called_straight)) & self._not_settling(paths)
        self._until_paid(lanes[done], rows[done], low.done[rows[done]])

    def _until_paid(self, lanes: np.ndarray, rows: np.ndarray, done: np.ndarray) -> None:
        """The last row that matters to Notes put under election on `rows` is that of their payment; the first election counts."""
        first = rows < self.elected_on[lanes]
        lanes, rows, done = lanes[first], rows[first], done[first]
        paths, withdraw = self.walk.path[lanes], self.watchlist.withdraw
        last = np.minimum(np.minimum(self.walk.default[paths], self.watchlist.until), done)
        if withdraw is not None:
            last = np.minimum(last, np.append(withdraw.done, NEVER)[np.minimum(self.out.withdraw[paths], len(withdraw.done))])
        self.retire[lanes], self.elected_on[lanes] = last, rows

    def _leave(self) -> None:
        """Record where paths end in this chunk, and drop their lanes once there are many."""
        walk = self.walk
        retire = self.retire[: walk.count]
        gone = retire < walk.last
        self._take_down(np.flatnonzero(gone & (retire >= walk.first)))
        count = int(np.count_nonzero(gone))
        if count > 0.05 * walk.count or count == walk.count or walk.last == len(walk.grid):
            walk.drop(gone)

    def _take_down(self, lanes: np.ndarray) -> None:
        walk, out, left = self.walk, self.out, self.watchlist.left_at_default
        paths, rows = walk.path[lanes], self.retire[lanes]
        out.left[paths] = rows
        out.left_price[paths] = walk.price_at(lanes, rows)
        dead = walk.default[paths] == rows
        lanes, paths, rows = lanes[dead], paths[dead], rows[dead]
        out.left_price[paths] *= left
        if (left or out.observed is not None) and len(lanes):
            out.default_before[paths] = walk.close_at(lanes, rows - 1)
        if left and len(lanes):
            out.default_close[paths] = walk.close_at(lanes, rows, left)
