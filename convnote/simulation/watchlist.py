"""Watchlist: what the search looks for and what it found. Rows are trading days; this module is independent of any provision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from convnote.calendars import Calendar
from convnote.provisions.conditions import Condition
from convnote.simulation.change_windows import ChangeTables, ChangeWindows
from convnote.simulation.elected import Elected, ElectedRows
from convnote.simulation.observing import Observed
from convnote.simulation.paths import NEVER
from convnote.simulation.windows import Windowed, Windows

#: (row of the decision, closes, conversion prices, paths) -> whether the right is used, bool [k]; for a withdrawal also how many
#: closes of the period hold, and the calendar days since the trigger was met
Question = Callable[..., np.ndarray]


@dataclass(frozen=True)
class Counter:
    """A condition on closes that opens a right on a row: it is met over a period ending `shift` rows earlier.

    A close holds against `level` [row] or, where `relative`, against `level` times the conversion price in force on its
    row. It is needed on rows before `free`. `days` are day numbers [lead + row]; `known` [lead] says which of the closes
    from before row 0 hold. `until` [lead + row] is the last row for a notice after the condition was met on a row; None: it must
    be met for the row itself.
    """

    condition: Condition
    level: np.ndarray
    relative: bool
    shift: int
    free: int
    days: np.ndarray
    known: np.ndarray
    sessions: Calendar
    until: np.ndarray | None = None

    @property
    def lead(self) -> int:
        """The number of closes known from before row 0."""
        return len(self.known)

    @cached_property
    def grace(self) -> int:
        """The largest number of rows by which a notice may follow the last row on which the condition was met."""
        return 0 if self.until is None else int(np.max(self.until - np.arange(-self.lead, len(self.until) - self.lead)))


@dataclass(frozen=True)
class Quarters:
    """Windows of conversion after quarter-ends: rows `ends` of these, in order, and the counter of the closes to them (CNT-1).

    `first` and `last` [quarter-end] are the day numbers of each window; `for_ever`: once open, it stays open. `always` [row] is
    True where conversion is open on every path; with `on_call` called Notes need no window. `changes` open windows too; None:
    they do not.
    """

    counter: Counter | None
    ends: tuple[int, ...]
    first: np.ndarray
    last: np.ndarray
    for_ever: bool
    on_call: bool
    always: np.ndarray
    changes: ChangeTables | None


@dataclass(frozen=True)
class Crossing:
    """A right used on the first close at which the conversion value exceeds `value` [row]; inf where it may not be used.

    `decision` [row] is the row of the last close needed after a use on a row, `done` [row] the last row that matters.
    On rows before `counter.free` its condition must also be met.
    """

    value: np.ndarray
    decision: np.ndarray
    done: np.ndarray
    question: Question | None = None
    counter: Counter | None = None
    #: the windows in which it may be used; None: on any row
    quarters: Quarters | None = None
    #: first row of the observation period of a conversion after a use on each row; None where it is settled at once
    window: np.ndarray | None = None

    @property
    def usable(self) -> np.ndarray:
        """Whether it may be used on each row, bool [row]."""
        return np.asarray(self.value < np.inf)

    @cached_property
    def first(self) -> int:
        """The first row on which it may be used; NEVER if it never may."""
        rows = np.flatnonzero(self.usable)
        return int(rows[0]) if len(rows) else NEVER

    @cached_property
    def last(self) -> int:
        """The last row on which it may be used; -1 if it never may."""
        rows = np.flatnonzero(self.usable)
        return int(rows[-1]) if len(rows) else -1

    @cached_property
    def is_at_once(self) -> bool:
        """True if it is used on the first row, from `first` on, for which its condition allows it."""
        return self.question is None and bool(np.all(self.value[self.first : self.last + 1] == -np.inf))

    def grace_from(self, start: int) -> int:
        """By how many rows a use may follow the last row on which the condition was met, on a row from `start` on."""
        assert self.counter is not None
        # Used at once, it would have been used on that earlier row, unless none was looked at before.
        return 0 if self.is_at_once and start > self.first else self.counter.grace

    @cached_property
    def behind(self) -> int:
        """How many rows before a row its condition may look back on."""
        assert self.counter is not None
        return self.counter.condition.reach - 1 + self.counter.shift + (0 if self.is_at_once else self.counter.grace)


@dataclass(frozen=True, kw_only=True)
class LowPut(Crossing):
    """A put used on the first close at which its condition is met and the conversion value is below `value` [row].

    It is -inf where the put may not be used. A Note that no longer converts is put at any close, without asking a function, where
    `value` is not negative: on all paths where `closed` [row], and from row `closed_from` [row of the notice] of a withdrawal on.
    `resets` [row of the notice] are those done by then: after a withdrawal the price no longer moves. `called_straight`: such a
    Note may have been called before.
    """

    closed: np.ndarray
    closed_from: np.ndarray
    resets: np.ndarray
    called_straight: bool
    #: (what was found so far, paths, rows) -> prices [k] at which free Notes convert, where changes may lower them; else None
    price: Callable[[Found, np.ndarray, np.ndarray], np.ndarray] | None

    @property
    def usable(self) -> np.ndarray:
        """Whether it may be used on each row, bool [row]."""
        return np.asarray(self.value > -np.inf)


@dataclass(frozen=True)
class Elections:
    """Puts, by row of a fundamental change.

    Per row: the row whose close decides (NEVER: no put), the last row needed, and the conversion value below which it is used.
    """

    row: np.ndarray
    done: np.ndarray
    value: np.ndarray


@dataclass(frozen=True)
class Watchlist:
    """What is watched on a grid, in rows; amounts are per `denomination`.

    `end` is the row that decides at maturity, `until` the last row that matters to a path under no notice.
    """

    denomination: float
    price: float
    floor: float
    #: the close at which a conversion share is worth the floor of the reset
    floor_close: float
    end: int
    until: int
    #: rows from which each reset holds, and the function (prices [k], closes [time, k]) -> prices [k]
    resets: tuple[int, ...] = ()
    window: int = 0
    reset_price: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None
    #: the withdrawal of the conversion right
    withdraw: Crossing | None = None
    call: Crossing | None = None
    convert: Crossing | None = None
    change: Elections | None = None
    #: put dates: deciding row, last row needed, conversion value below which the put is used
    puts: tuple[tuple[int, int, float], ...] = ()
    #: first and last row of the closes a mandatory needs at maturity; rows below 0 are before the start
    average: tuple[int, int] | None = None
    #: trading days of an observation period (0: none), how many rows before a conversion becomes known its period may begin, and
    #: the first row of that for a conversion at maturity [1]
    observation: int = 0
    observed_before: int = 0
    window_at_end: np.ndarray | None = None
    #: closes kept for conversions in connection with a change or a call; None: the price never depends on the reason
    windows: Windows | None = None
    #: windows of conversion after quarter-ends; None: it needs none
    quarters: Quarters | None = None
    #: rows on which Notes under election convert; None: they do not
    elected: ElectedRows | None = None
    #: (what was found so far, paths, rows) -> prices [k] at which free Notes convert; None: those of the resets
    free_price: Callable[[Found, np.ndarray, np.ndarray], np.ndarray] | None = None
    #: a user's function that decides on puts, asked once all closes are known, and before where Notes under election convert
    put_question: Question | None = None
    #: the put after low closes; it leaves the Company's rights as they are, so that it is not one of `crossings`
    low_put: LowPut | None = None
    #: share of the price remaining at default
    left_at_default: float = 0.0

    @property
    def cuts(self) -> list[int]:
        """Rows on which the set of watched items changes, in order."""
        rows = set(self.resets)
        rows |= {row for each in self.rights if each.counter for row in (each.counter.free, each.last + 1)}
        rows |= {row + 1 for row in self.quarters.ends} if self.quarters else set()
        if self.low_put and self.withdraw and self.in_order:  # of three rights that shut each other out each row counts alone
            first, last = self.in_order
            rows |= set(range(max(first, self.low_put.first), min(last, self.low_put.last) + 2))
        return sorted(rows | {each.first for each in self.rights})

    @property
    def crossings(self) -> list[Crossing]:
        """The rights used on the first row on which their terms are met; of two on one row, the one listed first."""
        return [each for each in (self.withdraw, self.call, self.convert) if each]

    @property
    def rights(self) -> list[Crossing]:
        """All rights looked for row by row."""
        return [*self.crossings, *([self.low_put] if self.low_put else [])]

    @property
    def in_order(self) -> tuple[int, int] | None:
        """First and last row between which elections are decided row by row, as what comes after depends on them; None: nowhere.

        Notes under election may convert (END-2). A call of them, or an early conversion, is void and keeps no withdrawal away.
        """
        if self.elected is not None:
            return 0, self.until
        void = [each.first for each in (self.call, self.convert) if each]
        if self.withdraw is None or not void or not (self.puts or self.change or self.low_put):
            return None
        first, last = min(void), self.withdraw.last
        return (first, last) if first <= last else None

    @property
    def highest_value(self) -> float:
        """A denomination's conversion value is at most this multiple of close / conversion price, for whatever reason."""
        return self.denomination * (self.windows.boost if self.windows else 1.0)

    @property
    def lowest_price(self) -> float:
        """The lowest conversion price that resets can produce."""
        return min(self.floor, self.price) if self.floor else self.price

    @property
    def reach(self) -> int:
        """How many rows before a chunk its decisions may read."""
        averaged = self.average[1] - self.average[0] if self.average else 0
        averaged = max(averaged, self.observed_before)
        counters = [each.counter for each in self.rights if each.counter]
        counted = max((each.condition.reach + each.shift + each.grace for each in counters), default=0)
        if self.quarters and self.quarters.counter:
            counted = max(counted, self.quarters.counter.condition.reach + 1)
        counted = max(counted, self.windows.closes + 1 if self.windows else 0)
        return max(self.window, counted, averaged)


@dataclass
class Found:
    """What the walk of a block showed, arrays [path]; of what did not happen the row is NEVER and the close NaN.

    `prices` [reset, path] are the conversion prices from issue and from each reset on; `exit_close` and `exit_before` are the
    closes of row `exit`, on which the holder makes the last decision, and of the row before.
    """

    prices: np.ndarray
    withdraw: np.ndarray
    call: np.ndarray
    convert: np.ndarray
    #: the first put after low closes, whether or not an election came before it
    low_put: np.ndarray
    exit: np.ndarray
    exit_close: np.ndarray
    exit_before: np.ndarray
    default: np.ndarray
    default_close: np.ndarray
    default_before: np.ndarray
    #: [put, path]
    put_close: np.ndarray
    #: closes a mandatory needs at maturity, [row, path]; no rows where it needs none
    average_closes: np.ndarray
    #: closes of observation periods; None where conversions are settled at once
    observed: Observed | None
    #: closes of conversions in connection with a change or a call; None where the price does not depend on it
    windowed: Windowed | None
    #: closes of conversions of Notes under election; None where they do not convert
    elected: Elected | None
    #: windows of conversion that changes open; None where they open none
    change_windows: ChangeWindows | None
    #: fundamental changes in order of row, [change]: row, path, and close on which the put is decided
    change_row: np.ndarray
    change_path: np.ndarray
    change_close: np.ndarray
    #: row at which the path's walk was left, and the price there, not quoted
    left: np.ndarray
    left_price: np.ndarray
    #: whether the condition of conversion was met on each quarter-end, or before where that is enough, bool [quarter-end, path]
    opened: np.ndarray
