"""Several resets, or an average of closes: V for a column of conversion prices, and inside a window for averages so far.

V is kept by parity, so after the last reset one column serves every conversion price. Before a reset the new price depends on the
old one and on the average, so V is stepped for a column of each (RST-2): K' = min(K, max(average, floor)).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from math import ceil, exp, log, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convnote.pricing.kernel import BLEND, GAMMA, KEEP, NONE, Stage
from convnote.pricing.timeline import Segment

if TYPE_CHECKING:
    from convnote.pricing.sweep import Sweep

#: intervals between conversion prices from the floor to the price in force: at least this many, and at most this wide in ln K
INTERVALS, WIDEST = 4, 0.08
#: averages for each conversion price, and their reach beyond it in standard deviations over a window
FINER, REACH = 3, 3.0


class ResetAhead(NamedTuple):
    """A reset: its day, the floor, and the days of the closes averaged; without them the share price on its day."""

    day: int
    floor: float
    closes: tuple[int, ...] = ()


class Branched(NamedTuple):
    """A change of columns in the log: `mix` turns [node, column, …] into the new columns, `logs` holds what follows in each.

    With `shared` all of them have the same log. Without logs there is one column, and the log itself goes on.
    """

    mix: Callable[[np.ndarray], np.ndarray]
    logs: list[list[Any]]
    shared: bool


class Columns:
    """The backward sweep of a problem with several resets, or with averages; for one sweep."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep, self.problem = sweep, sweep.problem
        self.price = self.problem.contract.face / self.problem.shares
        self.top = sweep.log
        self.logs: list[list[Any]] = [self.top]
        self.shared = True

    # --- the columns

    @cached_property
    def low(self) -> float:
        """The lowest conversion price that is kept: the floor, or a price no share is expected to fall to."""
        p = self.problem
        deviation = sqrt(sum(each.variance * each.years for each in p.timeline.segments))
        floors = [each.floor for each in p.windows]
        return max(min(floors), self.price * exp(-WIDEST - 4.5 * deviation))

    @cached_property
    def prices(self) -> np.ndarray:
        """Conversion prices from the lowest to that in force, uniform in the logarithm, float64 [price]."""
        width = log(self.price / self.low)
        return self.low * np.exp(np.linspace(0.0, width, max(INTERVALS, ceil(width / WIDEST)) + 1))

    @cached_property
    def averages(self) -> np.ndarray:
        """Averages from well below the lowest conversion price to well above the highest, float64 [average]."""
        p = self.problem
        spacing = log(self.prices[1] / self.prices[0]) / FINER
        spans = [p.model.years(np.array([each.closes[0], each.day])) for each in p.windows if each.closes]
        volatility = sqrt(max(each.variance for each in p.timeline.segments))
        beyond = ceil(REACH * volatility * sqrt(max(float(span[1] - span[0]) for span in spans)) / spacing)
        inside = FINER * (len(self.prices) - 1)
        return self.low * np.exp(spacing * np.arange(-beyond, inside + beyond + 1))

    def _before(self, place: int) -> np.ndarray:
        """The conversion prices before a reset: that in force before the first, a column of them before others."""
        return np.array([self.price]) if place == 0 else self.prices

    # --- from maturity back

    def run(self, v: np.ndarray) -> np.ndarray:
        """V at the first decision from V at maturity, float64 [node]."""
        sweep, first = self.sweep, self.problem.first_decision
        states = v[:, None]
        for place in range(len(sweep.segments) - 1, first - 1, -1):
            segment = sweep.segments[place]
            if segment.years:
                states = self._back(states, segment, place)
            if place > first or first > 0:
                earlier = sweep.segments[place - 1] if place else None
                if not self._is_quiet(segment.day0, earlier):
                    states = self._each(states, partial(sweep.events, day=segment.day0, t=segment.t0, earlier=earlier))
                for mix, columns in self._mixes(segment.day0):
                    states = mix(states)
                    self._branch(mix, columns)
        sweep.log = self.top
        return np.ascontiguousarray(states[:, 0])

    def _branch(self, mix: Callable[[np.ndarray], np.ndarray], columns: int) -> None:
        own: list[Any] = []
        self.top.append(Branched(mix, [] if columns == 1 else [own] * columns, True))
        self.logs, self.shared = ([self.top] if columns == 1 else [own] * columns), True

    def _each(self, states: np.ndarray, apply: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """`apply` to every column; what it logs goes to the log of that column."""
        if states.shape[1] == 1:
            self.sweep.log = self.logs[0]
            return apply(states[:, 0])[:, None]
        result, logged = np.empty(states.shape, order="F"), []
        for column in range(states.shape[1]):
            self.sweep.log = []
            result[:, column] = apply(states[:, column].copy())
            logged.append(self.sweep.log)
        if any(logged):
            if self.shared:
                self.logs, self.shared = [list(each) for each in self.logs], False
                self.top[-1] = Branched(self.top[-1].mix, self.logs, False)
            for log_, more in zip(self.logs, logged, strict=True):
                log_ += more
        return result

    def _is_quiet(self, day: int, earlier: Segment | None) -> bool:
        """Whether nothing is paid or decided on a day, so that V does not change."""
        c = self.problem.contract
        if c.coupon_on(day) or any(each.last == day for each in c.puts) or earlier is None:
            return False
        return day != c.closes and not self._is_decided(earlier)

    def _is_decided(self, segment: Segment) -> bool:
        p = self.problem
        called = p.may_call(segment) or (p.withdrawal is not None and p.withdrawal.is_open(segment))
        return called or (p.may_convert(segment) and p.lower_binds(segment))

    def _back(self, states: np.ndarray, segment: Segment, place: int) -> np.ndarray:
        p, sweep = self.problem, self.sweep
        daily = p.options.decisions == "daily"
        if self._is_decided(segment) or states.shape[1] == 1:
            return self._each(states, lambda v: sweep.back(v, segment, place, daily=daily))
        n = p.steps(segment)
        step = segment.years / n
        operator = sweep.operator(segment, GAMMA * step / 2)
        k, nodes = operator.k, len(states)
        for i in range(n):
            t = segment.t1 - i * step
            end = segment.t0 if i == n - 1 else t - step
            paid = [np.reshape(k * p.hazard(segment) * p.paid_at_default(segment, at), (-1, 1)) for at in (t - k, end)]
            y = operator.solve(np.asfortranarray(states + paid[0]), nodes)
            states = operator.solve(np.asfortranarray(BLEND * (2.0 * y - states) - KEEP * states + paid[1]), nodes)
            for at, is_first in ((t - k, True), (end, False)):
                stage = Stage(operator, nodes, NONE, None, 0.0, np.empty(0), None, at, place, is_first)
                for log_ in self.logs[:1] if self.shared else self.logs:
                    log_.append(stage)
        return states

    # --- resets and closes

    def _mixes(self, day: int) -> list[tuple[Callable[[np.ndarray], np.ndarray], int]]:
        """What a day does to the columns, each with the number of columns that it leaves, latest first."""
        found: list[tuple[Callable[[np.ndarray], np.ndarray], int]] = []
        for place, each in enumerate(self.problem.windows):
            prices = self._before(place)
            last = place == len(self.problem.windows) - 1
            if day == each.day:
                averages = self.averages if each.closes else None
                count = len(prices) * (1 if averages is None else len(averages))
                found.append((self._reset(each.floor, prices, averages, last=last), count))
            if day in each.closes:
                number = each.closes.index(day) + 1
                found.append((self._close(number, prices), len(prices) * (1 if number == 1 else len(self.averages))))
        return found

    def _share(self, prices: np.ndarray) -> np.ndarray:
        """The share price at the nodes under each conversion price, float64 [node, price]."""
        return np.asarray(self.problem.share[:, None] * (prices / self.price))

    def _reset(self, floor: float, prices: np.ndarray, averages: Any, *, last: bool) -> Callable[[np.ndarray], np.ndarray]:
        """K' by the average of a column (or by the share price at a node): V is taken at the parity and the price after it."""
        p = self.problem
        if averages is None:
            new = np.minimum(prices, np.maximum(self._share(prices), floor))
            old = np.broadcast_to(prices, new.shape)
        else:
            new = np.minimum(prices[:, None], np.maximum(averages, floor)).reshape(1, -1)
            old = np.repeat(prices, len(averages))[None, :]

        def mix(states: np.ndarray) -> np.ndarray:
            x = p.x[:, None] + np.log(old / new)
            places, by_x = cubic((np.clip(x, p.x[0], p.x[-1]) - p.x[0]) / p.dx, len(p.x))
            if last:
                sources, by_price = np.zeros((*x.shape, 1), dtype=int), np.ones((*x.shape, 1))
            else:
                spacing = log(self.prices[1] / self.prices[0])
                sources, by_price = cubic(np.log(np.broadcast_to(new, x.shape) / self.low) / spacing, len(self.prices))
            result: Any = 0.0
            for i in range(places.shape[-1]):
                for j in range(sources.shape[-1]):
                    weight = by_x[..., i] * by_price[..., j]
                    result = result + _times(weight, states[places[..., i], sources[..., j]])
            return np.asarray(result)

        return mix

    def _close(self, number: int, prices: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """The average after the close `number` of a window, from the one before it, which the first close does not have."""
        averages, share = self.averages, self._share(prices)
        count, spacing = len(averages), log(averages[1] / averages[0])

        def mix(states: np.ndarray) -> np.ndarray:
            if number == 1:
                new = share[:, :, None]
            else:
                new = ((number - 1) * averages + share[:, :, None]) / number
            at, weights = cubic(np.log(new / averages[0]) / spacing, count)
            at = at + (count * np.arange(len(prices)))[None, :, None, None]
            at, weights = (each.reshape(len(share), -1, 4) for each in (at, weights))
            nodes = np.arange(len(share))[:, None]
            return np.asarray(sum(_times(weights[..., j], states[nodes, at[..., j]]) for j in range(4)))

        return mix


def _times(weights: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Weights [node, column] times [node, column] or [node, column, figure]."""
    return weights * states if states.ndim == 2 else weights[..., None] * states


def cubic(place: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Four neighbours of a place among `count` uniform points and their weights; [..., 4]. Beyond the ends, the end itself."""
    inside = np.clip(place, 0.0, count - 1.0)
    at = np.clip(np.floor(inside).astype(int), 1, count - 3)
    s = inside - at
    weights = [
        -s * (s - 1) * (s - 2) / 6,
        (s + 1) * (s - 1) * (s - 2) / 2,
        -(s + 1) * s * (s - 2) / 2,
        (s + 1) * s * (s - 1) / 6,
    ]
    return at[..., None] + np.arange(-1, 3), np.stack(weights, axis=-1)
