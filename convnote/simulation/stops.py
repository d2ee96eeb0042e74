"""Stops: the days on which a path needs a decision, found in the walk, and the few closes that decisions need.

A filter looks at the walk and may only rule out; what it leaves over is decided on quoted closes. What a plan asks for comes
from the note and the policy (`plan.py`); nothing here knows a provision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from convnote.arithmetic import exceeds
from convnote.simulation.paths import NEVER, F
from convnote.simulation.walks import Walk

#: (rows of the decision, closes, conversion prices, paths) -> whether the right is used, bool [k]
Question = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Trigger:
    """A withdrawal: `need` of the last `period` closes above `level`, notice given from row `first` to `last`.

    `until` [row] is the last row for a notice after the trigger was met on a row; `value` [row] the conversion value that the
    policy wants to see exceeded besides (-inf: none); `decision` [row] the row on which holders then decide.
    """

    level: float
    need: int
    period: int
    first: int
    last: int
    until: np.ndarray
    value: np.ndarray
    decision: np.ndarray
    question: Question | None = None


@dataclass(frozen=True)
class Crossing:
    """A right used on the first close at which the conversion value exceeds `value` [row]; inf where it may not be used.

    `decision` [row] is the row of the last close that matters after a use on a row.
    """

    value: np.ndarray
    decision: np.ndarray
    question: Question | None = None

    @property
    def first(self) -> int:
        """The first row on which it may be used; NEVER if there is none."""
        rows = np.flatnonzero(self.value < np.inf)
        return int(rows[0]) if len(rows) else NEVER


@dataclass(frozen=True)
class Elections:
    """Puts: by row of a fundamental change (`NEVER`: no put), the row whose close decides, the row when it is done, the amount."""

    row: np.ndarray
    done: np.ndarray
    value: np.ndarray


@dataclass(frozen=True)
class Plan:
    """What is watched on a grid, in rows. `end` is the row that decides at maturity; values are per `denomination`."""

    denomination: float
    price: float
    floor: float
    end: int
    #: rows from which each reset holds, and the function (prices [k], closes [time, k]) -> prices [k]
    resets: tuple[int, ...] = ()
    window: int = 0
    reset_price: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None
    trigger: Trigger | None = None
    call: Crossing | None = None
    convert: Crossing | None = None
    change: Elections | None = None
    #: put dates: row that decides, row when done, amount
    puts: tuple[tuple[int, int, float], ...] = ()
    #: share of the price left at default
    left_at_default: float = 0.0

    @property
    def cuts(self) -> list[int]:
        """Rows on which what is watched changes."""
        rows = set(self.resets)
        if self.trigger:
            rows |= {self.trigger.first, self.trigger.last + 1}
        return sorted(rows | {each.first for each in (self.call, self.convert) if each})

    @property
    def reach(self) -> int:
        """How many rows before a chunk a decision in it may read."""
        grace = int(np.max(self.trigger.until - np.arange(len(self.trigger.until)))) if self.trigger else 0
        return max(self.window, self.trigger.period + grace if self.trigger else 0)


@dataclass
class Stops:
    """What the walk of a block showed, arrays [path]; rows are NEVER, closes NaN where there is none.

    `prices` [reset, path] are the conversion prices from issue and from each reset on; `exit_close` and `exit_before` the
    closes of row `exit` and of the row before, on which the holder decides for the last time.
    """

    prices: np.ndarray
    withdraw: np.ndarray
    call: np.ndarray
    convert: np.ndarray
    exit: np.ndarray
    exit_close: np.ndarray
    exit_before: np.ndarray
    default: np.ndarray
    default_close: np.ndarray
    default_before: np.ndarray
    #: [put, path]
    put_close: np.ndarray
    #: fundamental changes in order of row, [change]: row, path, and close on which the put is decided
    change_row: np.ndarray
    change_path: np.ndarray
    change_close: np.ndarray
    #: row at which the path's walk was left, and the price there, not quoted
    left: np.ndarray
    left_price: np.ndarray


def none(size: int) -> np.ndarray:
    return np.full(size, NEVER, np.int32)


def missing(*shape: int) -> np.ndarray:
    return np.full(shape, np.nan)


@dataclass
class Search:
    """The look-out over one block: `run()` takes the walk to its end and gives the `Stops`."""

    walk: Walk
    plan: Plan
    #: called after each chunk with the walk: what else must be seen of it
    record: Callable[[Walk], None] | None = None
    wanted: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)

    def run(self) -> Stops:
        walk, plan, size = self.walk, self.plan, self.walk.count
        draws = walk.draws
        count = len(plan.resets) + 1
        self.out = out = Stops(
            prices=np.full((count, size), plan.price),
            withdraw=none(size), call=none(size), convert=none(size), exit=none(size),
            exit_close=missing(size), exit_before=missing(size),
            default=walk.default, default_close=missing(size), default_before=missing(size),
            put_close=missing(len(plan.puts), size),
            change_row=draws.row, change_path=draws.path, change_close=missing(len(draws.row)),
            left=none(size), left_price=missing(size),
        )  # fmt: skip
        # By lane: the last row that matters, whether no notice was given yet, the log of the price in effect.
        self.retire = walk.attach(np.minimum(walk.default, plan.end).astype(np.int32))
        self.open = walk.attach(np.ones(size, bool))
        self.log_price = walk.attach(np.full(size, np.log(plan.price), F)) if plan.price else None
        self.hot = walk.attach(np.zeros(size, np.int16)) if plan.trigger else None
        self.resets_done = 0
        self._sort_events()
        self._edges()
        cuts = plan.cuts
        while walk.advance():
            bounds = [walk.first, *(cut for cut in cuts if walk.first < cut < walk.last), walk.last]
            for start, end in zip(bounds[:-1], bounds[1:], strict=True):
                self._segment(start, end)
            self._decisions()
            if self.record:
                self.record(walk)
            self._leave()
        return out

    def _sort_events(self) -> None:
        """Puts in order of the row that decides them, and deaths in order of row."""
        change, row = self.plan.change, self.out.change_row
        if change is not None and len(row):
            decided = change.row[row]
            self.put_order = np.argsort(decided, kind="stable")
            self.put_rows = decided[self.put_order]
        else:
            self.put_rows = np.empty(0, np.int32)

    def _edges(self) -> None:
        """The barriers of the filters, float32 [row]: at or below them nothing can be met."""
        plan, walk = self.plan, self.walk
        rows = slice(0, len(walk.grid))
        if plan.trigger:
            self.trigger_edge = walk.surely_not_above(np.full(len(walk.grid), plan.trigger.level), rows)
        lowest = min(plan.floor, plan.price) if plan.floor else plan.price
        self.edges = {}
        for each in (plan.call, plan.convert):
            if each is not None:
                # With a tick allowed for at the lowest price that can come, one barrier does for every price above it.
                per_share = each.value / plan.denomination
                self.edges[id(each)] = (walk.surely_not_above(per_share * lowest, rows) - F(np.log(lowest))).astype(F)

    # --- one stretch of rows in which nothing begins or ends

    def _segment(self, start: int, end: int) -> None:
        plan = self.plan
        if start in plan.resets:
            self._reset(start)
        trigger = plan.trigger
        if trigger and trigger.first <= start <= trigger.last:
            self._look_for_trigger(trigger, start, end)
        elif trigger and start < trigger.first:
            self._count_early(trigger, start, end)
        for each, found in ((plan.call, self.out.call), (plan.convert, self.out.convert)):
            if each is not None and end > each.first:
                self._look_for_crossing(each, found, start, end)

    def _reset(self, row: int) -> None:
        plan, walk, out = self.plan, self.walk, self.out
        start = row - plan.window
        paths = walk.path[: walk.count]
        now = out.prices[self.resets_done, paths]
        new = np.minimum(now, plan.floor)
        needed = now > plan.floor
        if start >= 0:
            # Where not one close was above the floor, neither was their average.
            edge = walk.surely_not_above(np.full(plan.window, plan.floor), slice(start, row)).min()
            needed &= walk.highest(start, row) > edge
        lanes = np.flatnonzero(needed)
        if len(lanes):
            new[lanes] = plan.reset_price(now[lanes], walk.closes(lanes, start, row))
        self.resets_done += 1
        out.prices[self.resets_done :] = out.prices[self.resets_done - 1]
        out.prices[self.resets_done :, paths] = new
        self.log_price[: walk.count] = np.log(new)

    def _count_early(self, trigger: Trigger, start: int, end: int) -> None:
        rows = slice(max(start, end - trigger.period + 1), end)
        above = self.walk.view(rows.start, end) > self.trigger_edge[rows, None]
        self.hot[: self.walk.count] = above.sum(axis=0, dtype=np.int16)

    def _look_for_trigger(self, trigger: Trigger, start: int, end: int) -> None:
        walk, n = self.walk, self.walk.count
        behind = trigger.period - 1
        # Every other row is enough of a filter: of a period's closes at most period - need are not above.
        stride = 2 if trigger.need - (trigger.period + 1) // 2 > 0 else 1
        least = trigger.need - (trigger.period + 1) // 2 if stride == 2 else trigger.need
        offset = start % stride
        view = walk.view(start, end)[offset::stride]
        edge = self.trigger_edge[start:end][offset::stride]
        hot = self.hot[:n]
        lanes = np.flatnonzero(((np.maximum.reduce(view, axis=0) > edge.min()) | (hot > 0)) & self.open[:n]) if len(view) else np.flatnonzero(hot)
        if not len(lanes):
            hot.fill(0)
            return
        above = np.take(view, lanes, axis=1) > edge[:, None]
        count = above.sum(axis=0, dtype=np.int16) + hot[lanes]
        # What the next stretch must know: how many of the rows within its reach were above; more is allowed, less is not.
        kept = -(-behind // stride)
        recent = above[-kept:].sum(axis=0, dtype=np.int16) if len(above) >= kept else count
        hot.fill(0)
        hot[lanes] = recent
        lanes = lanes[count >= least]
        if not len(lanes):
            return
        earliest = -len(walk.prior)
        closes = walk.closes(lanes, max(start - behind - self._grace(trigger, start), earliest), end)
        row, found = self._first_notice(trigger, closes, lanes, start, end)
        self._noticed(self.out.withdraw, lanes[found], row[found], trigger.decision)

    def _grace(self, trigger: Trigger, start: int) -> int:
        """Rows before `start` on which the trigger may have been met and a notice on `start` still be in time."""
        if trigger.question is None and np.all(trigger.value == -np.inf) and start > trigger.first:
            return 0  # the notice is given on the first row on which the trigger is met
        return int(np.count_nonzero(trigger.until[:start] >= start))

    def _first_notice(
        self, trigger: Trigger, closes: np.ndarray, lanes: np.ndarray, start: int, end: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """For each lane the first row from `start` on which notice is given, and whether there is one."""
        first = end - len(closes)
        counts = np.cumsum(exceeds(closes, trigger.level), axis=0, dtype=np.int16)
        counts[trigger.period :] -= counts[: -trigger.period].copy()
        met = counts >= trigger.need
        rows = np.arange(first, end)
        # entitled on a row if met on it or on one before whose time for a notice has not run out
        place = np.where(met, rows[:, None], -NEVER)
        np.maximum.accumulate(place, axis=0, out=place)
        own = place[start - first :]
        until = np.where(own >= 0, trigger.until[np.maximum(own, 0)], -1)
        given = (until >= rows[start - first :, None]) | met[start - first :]
        own_rows = np.arange(start, end)
        price = self.out.prices[self.resets_done, self.walk.path[lanes]]
        if np.any(trigger.value > -np.inf):
            given &= exceeds(closes[start - first :] * self.plan.denomination, trigger.value[own_rows][:, None] * price)
        if trigger.question is not None:
            for i, row in enumerate(own_rows):
                asked = np.flatnonzero(given[i])
                paths = self.walk.path[lanes[asked]]
                given[i, asked] = trigger.question(row, closes[start - first + i, asked], price[asked], paths)
        return (start + given.argmax(axis=0)).astype(np.int32), given.any(axis=0)

    def _look_for_crossing(self, crossing: Crossing, found: np.ndarray, start: int, end: int) -> None:
        walk, n, plan = self.walk, self.walk.count, self.plan
        if crossing.question is not None:
            self._ask_every_day(crossing, found, start, end)
            return
        view, edge = walk.view(start, end), self.edges[id(crossing)][start:end]
        log_price = self.log_price[:n]
        lanes = np.flatnonzero((np.maximum.reduce(view, axis=0) > log_price + edge.min()) & self.open[:n])
        if not len(lanes):
            return
        possible = np.take(view, lanes, axis=1) > edge[:, None] + log_price[lanes]
        row, waiting = np.zeros(len(lanes), np.int32), possible.any(axis=0)
        decided = np.zeros(len(lanes), bool)
        price = self.out.prices[self.resets_done, walk.path[lanes]] * plan.denomination ** -1
        while waiting.any():
            at = np.flatnonzero(waiting)
            first = possible[:, at].argmax(axis=0)
            close = walk.close_at(lanes[at], (start + first).astype(np.int32))
            yes = exceeds(close, crossing.value[start + first] * price[at])
            row[at[yes]], decided[at[yes]] = (start + first)[yes], True
            possible[first, at] = False
            waiting[at] = ~yes & possible[:, at].any(axis=0)
        self._noticed(found, lanes[decided], row[decided], crossing.decision)

    def _ask_every_day(self, crossing: Crossing, found: np.ndarray, start: int, end: int) -> None:
        walk, n = self.walk, self.walk.count
        closes = walk.every_close(start, end)
        price = self.out.prices[self.resets_done]
        for i, row in enumerate(range(start, end)):
            if crossing.value[row] == np.inf:
                continue
            lanes = np.flatnonzero(self.open[:n] & (self.retire[:n] >= row))
            paths = walk.path[lanes]
            yes = crossing.question(row, closes[i, lanes], price[paths], paths)
            lanes = lanes[yes]
            self._noticed(found, lanes, np.full(len(lanes), row, np.int32), crossing.decision)

    def _noticed(self, found: np.ndarray, lanes: np.ndarray, row: np.ndarray, decision: np.ndarray) -> None:
        """Note the row of a notice of each lane, and that its last decision comes soon."""
        alive = row <= self.retire[lanes]
        lanes, row = lanes[alive], row[alive]
        paths = self.walk.path[lanes]
        found[paths] = row
        self.open[lanes] = False
        last = decision[row]
        self.out.exit[paths] = last
        self.retire[lanes] = np.minimum(self.retire[lanes], last)
        self.wanted.append((paths, last))

    # --- after all stretches of a chunk

    def _price_on(self, paths: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return self.out.prices[np.searchsorted(self.plan.resets, rows, side="right"), paths]

    def _living(self, paths: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Which of these paths still have a lane that matters on their row."""
        lanes = self.walk.lane[paths]
        return (lanes >= 0) & (rows <= self.retire[lanes])

    def _decisions(self) -> None:
        walk, plan, out = self.walk, self.plan, self.out
        start, end = np.searchsorted(self.put_rows, [walk.first, walk.last])
        if end > start:
            self._puts(self.put_order[start:end])
        for place, (row, done, amount) in enumerate(plan.puts):
            if walk.first <= row < walk.last:
                lanes = np.flatnonzero(self.retire[: walk.count] >= row)
                paths = walk.path[lanes]
                close = walk.close_at(lanes, np.full(len(lanes), row))
                out.put_close[place, paths] = close
                puts = exceeds(amount * self._price_on(paths, np.full(len(lanes), row)), close * plan.denomination)
                self.retire[lanes[puts]] = np.minimum(self.retire[lanes[puts]], done)
        if walk.first <= plan.end < walk.last:
            lanes = np.flatnonzero(self.open[: walk.count] & (self.retire[: walk.count] >= plan.end))
            out.exit[walk.path[lanes]] = plan.end
            self.wanted.append((walk.path[lanes].copy(), np.full(len(lanes), plan.end, np.int32)))
        later = []
        for paths, rows in self.wanted:
            due = rows < walk.last
            if not due.all():
                later.append((paths[~due], rows[~due]))
                paths, rows = paths[due], rows[due]
            living = self._living(paths, rows)
            paths, rows = paths[living], rows[living]
            out.exit_close[paths] = walk.close_at(walk.lane[paths], rows)
            out.exit_before[paths] = walk.close_at(walk.lane[paths], rows - 1)
        self.wanted = later

    def _puts(self, changes: np.ndarray) -> None:
        walk, plan, out = self.walk, self.plan, self.out
        change = plan.change
        paths, born = out.change_path[changes], out.change_row[changes]
        rows = change.row[born]
        living = self._living(paths, rows)
        changes, paths, born, rows = changes[living], paths[living], born[living], rows[living]
        close = walk.close_at(walk.lane[paths], rows)
        out.change_close[changes] = close
        puts = exceeds(change.value[born] * self._price_on(paths, rows), close * plan.denomination)
        lanes = walk.lane[paths[puts]]
        np.minimum.at(self.retire, lanes, change.done[born[puts]])

    def _leave(self) -> None:
        """Take down where paths end in this chunk, and give up their lanes once they are many."""
        walk, out = self.walk, self.out
        gone = self.retire[: walk.count] < walk.last
        count = int(np.count_nonzero(gone))
        if count > 0.05 * walk.count or walk.last == len(walk.grid) or count == walk.count:
            lanes = np.flatnonzero(gone)
            self._take_down(lanes)
            walk.drop(gone)

    def _take_down(self, lanes: np.ndarray) -> None:
        walk, out = self.walk, self.out
        paths, rows = walk.path[lanes], self.retire[lanes]
        out.left[paths] = rows
        out.left_price[paths] = walk.price_at(lanes, rows)
        dead = walk.default[paths] == rows
        if dead.any():
            out.left_price[paths[dead]] *= self.plan.left_at_default
            if self.plan.left_at_default:
                at, on = paths[dead], rows[dead]
                close = out.left_price[at].copy()
                out.default_close[at] = walk.grid.on_grid(close)
                out.default_before[at] = walk.close_at(lanes[dead], on - 1)
