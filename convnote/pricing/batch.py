"""One note under many markets at once: the same sweep with a column for each market, all solved together.

Both obstacles bind from a node upwards, so elimination from below and back-substitution from above, clipped between them, solve
a stage exactly in one pass (Brennan and Schwartz), with the boundary pinned or free. Arrays are float64 [node, market].
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, log

import numpy as np

from convnote.pricing.grids import ends, widest
from convnote.pricing.kernel import BLEND, GAMMA, KEEP, LEAST, top_slopes
from convnote.pricing.opening import ROOT, derivatives
from convnote.pricing.problem import STEPS_A_HAZARD, Problem
from convnote.pricing.sweep import Sweep
from convnote.pricing.timeline import Segment
from convnote.pricing.undecided import at_maturity

#: a node within this fraction of the denomination of an obstacle counts as held by it
HELD = 1e-11


@dataclass(frozen=True, eq=False)
class Markets(Problem):
    """A problem under markets with the same day and clock: flat parameters, float64 [market]."""

    spots_now: np.ndarray = field(default_factory=lambda: np.zeros(0))
    rates: np.ndarray = field(default_factory=lambda: np.zeros(0))
    hazards: np.ndarray = field(default_factory=lambda: np.zeros(0))
    costs: np.ndarray = field(default_factory=lambda: np.zeros(0))
    variances: np.ndarray = field(default_factory=lambda: np.zeros(0))
    recoveries: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @cached_property
    def _ends(self) -> tuple[np.ndarray, int, int]:
        """The spacing [market], and the node counts below and above the kink as in `Problem.x`, the largest of any market."""
        segments = self.timeline.segments
        stepped = segments[self.first_decision :] or segments[-1:]
        years = sum(each.years for each in stepped)
        deviation = np.sqrt(self.variances * years)
        drift = (self.rates - self.costs + self.hazards - self.variances / 2) * years
        spots = np.log(self.spots_now)
        low, high = ends(self, stepped, deviation, drift, spots, spots)
        spacing = np.minimum((high - low) / (self.options.nodes - 1), widest(self, deviation**2, drift))
        below = ceil(float(((self.kink - low) / spacing).max()) - 1e-9)
        return spacing, below, ceil(float(((high - self.kink) / spacing).max()) - 1e-9) + 2

    @cached_property
    def spacing(self) -> np.ndarray:
        """The spacing of the nodes in ln S, float64 [market]."""
        return self._ends[0]

    @cached_property
    def x(self) -> np.ndarray:
        """The nodes, float64 [node, market]."""
        spacing, below, above = self._ends
        return np.asarray(self.kink + np.arange(-below, above + 1)[:, None] * spacing)

    @cached_property
    def factors(self) -> dict[float, Factors]:
        """The eliminated matrices of the steps taken, by k."""
        return {}

    def steps(self, segment: Segment) -> int:
        """The number of steps needed for the market with the largest hazard."""
        a_year = max(self.steps_a_year, STEPS_A_HAZARD * float(self.hazards.max()))
        return max(self.least_steps(segment), ceil(a_year * segment.years - 0.02))

    @cached_property
    def is_coarse(self) -> np.ndarray:
        """True where the drift exceeds the diffusion over one node spacing, bool [market]."""
        drift = self.rates - self.costs + self.hazards - self.variances / 2
        return np.asarray(np.abs(drift) * self.spacing > self.variances)


class Factors:
    """I - k L of every market, eliminated from below: `inverse`, `from_below` and `from_above`, float64 [node, market]."""

    def __init__(self, p: Markets, k: float) -> None:
        n, m = p.x.shape
        a, dx, both = p.variances / 2, p.spacing, p.rates + p.hazards
        drift = p.rates - p.costs + p.hazards - a
        second, first = k * a / dx**2, k * drift / (2 * dx)
        lower, upper = first - second, -second - first
        diagonal = 1.0 + 2.0 * second + k * both
        by_x, by_xx = top_slopes(dx)
        slope = k * (drift * by_x + a * by_xx)
        self.k = k
        self.inverse, self.from_below, self.from_above = (np.zeros((n, m)) for _ in range(3))
        self.inverse[0] = 1.0 / (1.0 + k * both)
        for i in range(1, n - 1):
            np.divide(1.0, diagonal - lower * self.from_above[i - 1], out=self.inverse[i])
            np.multiply(upper, self.inverse[i], out=self.from_above[i])
        self.from_below[1:-1] = lower * self.inverse[1:-1]
        self.inverse[-1] = 1.0 / (1.0 + k * both - slope - slope * self.from_above[-2])
        self.from_below[-1] = slope * self.inverse[-1]
        self._below, self.above = list(self.from_below[1:]), list(self.from_above)

    def eliminated(self, rhs: np.ndarray, rows: int) -> np.ndarray:
        """The right-hand side after elimination of its first rows, [node, market]; `rhs` is overwritten."""
        rhs[:rows] *= self.inverse[:rows]
        moved, lines = np.empty(rhs.shape[1]), list(rhs[:rows])
        for here, below, factor in zip(lines[1:], lines, self._below, strict=False):
            np.multiply(factor, below, out=moved)
            np.subtract(here, moved, out=here)
        return rhs


class Side:
    """The bounds of V at one time: call price and the boundary that it sets, float64 and int64 [market]; None without a call."""

    def __init__(self, p: Markets, segment: Segment, t: float) -> None:
        self.low = p.parity if p.may_convert(segment) and p.lower_binds(segment) else None
        self.price: float | None = None
        self.top = np.full(p.x.shape[1], len(p.x))
        self.theta = np.zeros(p.x.shape[1])
        if not p.may_call(segment):
            return
        assert p.contract.call is not None
        self.price = p.contract.call.at(p.day_at(segment, t))[0]
        at = (log(self.price / p.shares) - p.x[0]) / p.spacing
        node = np.floor(at + 1e-9).astype(np.int64)
        self.top, self.theta = np.clip(node + 1, 1, len(p.x)), np.maximum(at - node, 0.0)


class BatchSweep(Sweep):
    """The sweep of `Markets`: events as for one market, steps for all markets together. `v` float64 [node, market]."""

    problem: Markets
    #: that of the last stage before today, if a call was possible then
    last: Side | None = None

    def _stepped(self, v: np.ndarray, segment: Segment, place: int) -> np.ndarray:
        p = self.problem
        n = p.steps(segment)
        step = segment.years / n
        k = GAMMA * step / 2
        key = round(k, 13)
        factors = p.factors.get(key)
        if factors is None:
            factors = p.factors[key] = Factors(p, k)
        source = k * p.hazards * p.recoveries * p.contract.face
        for i in range(n):
            t = segment.t1 - i * step
            end = segment.t0 if i == n - 1 else t - step
            side = Side(p, segment, t - k)
            y, held = self._solved(factors, v + source, side)
            u = 2.0 * y
            u -= v
            if held:
                self._project(u, y, side, Side(p, segment, t - 2.0 * k))
            u *= BLEND
            u += source - KEEP * v
            self.last = Side(p, segment, end)
            v, _ = self._solved(factors, u, self.last)
        return v

    def _solved(self, factors: Factors, rhs: np.ndarray, side: Side) -> tuple[np.ndarray, bool]:
        """One stage between its obstacles, and whether any node below the boundary is held."""
        p, n = self.problem, len(rhs)
        top, low, price, markets = side.top, side.low, side.price, np.arange(rhs.shape[1])
        last = int(top.max())
        v = factors.eliminated(rhs, last)
        below = np.maximum(top - 1, 0)
        ghost = np.zeros(len(markets))
        if price is not None:
            left = 1.0 - side.theta
            divisor = side.theta - left * factors.from_above[below, markets]
            ghost = (price - left * v[below, markets]) / np.where(top < n, divisor, 1.0)
        v[last:] = p.parity[last:]
        self._substitute(factors, v, side, ghost)
        just_below = v[below, markets]
        tolerance = HELD * p.contract.face
        held = price is not None and bool((just_below >= price - tolerance).any())
        return v, held or (low is not None and bool((v[n - 1] <= low[n - 1] + tolerance).any() or price is not None))

    def _substitute(self, factors: Factors, v: np.ndarray, side: Side, ghost: np.ndarray) -> None:
        """Substitute from the boundary down, clipping to the obstacles while one of them binds: V increases in S."""
        p, n, top, price = self.problem, len(v), side.top, side.price
        first, last = int(top.min()), int(top.max())
        moved, lines = np.empty(v.shape[1]), list(v[: last + 1])
        capped, floored = price is not None, side.low is not None
        near = 0.0 if price is None else price - HELD * p.contract.face
        for i in range(last - 1, -1, -1):
            here = lines[i]
            if i < n - 1:
                above = lines[i + 1] if i + 1 < first else np.where(top == i + 1, ghost, lines[i + 1])
                np.multiply(factors.above[i], above, out=moved)
                np.subtract(here, moved, out=here)
            if floored:
                assert side.low is not None
                np.maximum(here, side.low[i], out=here)
            if capped:
                capped = i >= first or bool((here >= near).any())
                if capped:
                    assert price is not None
                    np.minimum(here, price, out=here)
            if i >= first:
                np.copyto(here, p.parity[i], where=top <= i)

    def _project(self, u: np.ndarray, y: np.ndarray, side: Side, after: Side) -> None:
        tolerance = HELD * self.problem.contract.face
        if side.low is not None:
            np.copyto(u, side.low, where=y <= side.low + tolerance)
        if side.price is not None and after.price is not None:
            called = y >= side.price - tolerance
            np.copyto(u, np.maximum(self.problem.parity, after.price), where=called)


def read(p: Markets) -> np.ndarray:
    """V and its first two derivatives by ln S at each market's spot today, float64 [3, market]."""
    if p.first_decision == 0:
        return _on_grid(p, BatchSweep(p))
    before = p.timeline.segments[: p.first_decision]
    years = before[-1].t1
    discounted, variance = (p.rates + p.hazards) * years, p.variances * years
    if p.is_undecided:
        each = zip(p.spots_now, discounted, discounted - p.costs * years, variance, strict=True)
        found = np.array([at_maturity(p, *market)[:3] for market in each]).T
    else:
        found = _summed(p, years)
    found[0] += _promised(p, before)
    return found


def _summed(p: Markets, years: float) -> np.ndarray:
    """The Gaussian sum over the grid of the first decision, `years` from today; float64 [3, market]."""
    sweep, discount, variance = BatchSweep(p), np.exp(-(p.rates + p.hazards) * years), p.variances * years
    deviation = np.sqrt(variance)
    mean = np.log(p.spots_now) + (p.rates + p.hazards - p.costs) * years - variance / 2
    n, v, dx = len(p.x), sweep.v, p.spacing
    low = min(0, int(np.floor(((mean - 8 * deviation - p.x[0]) / dx).min())))
    high = max(n - 1, int(np.ceil(((mean + 8 * deviation - p.x[0]) / dx).max())))
    above = p.x[-1] + np.arange(1, high - n + 2)[:, None] * dx
    rise = (np.exp(above) - p.share[-1]) / (p.share[-1] - p.share[-2])
    column = np.concatenate([np.broadcast_to(v[0], (-low, len(dx))), v, v[-1] + (v[-1] - v[-2]) * rise])
    z = (np.arange(low, high + 1)[:, None] * dx + (p.x[0] - mean)) / deviation
    moving = np.exp(-0.5 * z * z) * column
    moments = [moving.sum(axis=0)]
    for _ in range(2):
        moving *= z
        moments.append(moving.sum(axis=0))
    scale = dx / (ROOT * deviation) * discount
    found = np.stack([moments[0], moments[1] / deviation, (moments[2] - moments[0]) / variance]) * scale
    found -= _kinks(p, sweep, mean, deviation, discount)
    return np.asarray(found)


def _kinks(p: Markets, sweep: BatchSweep, mean: np.ndarray, deviation: np.ndarray, discount: np.ndarray) -> np.ndarray:
    """The error of the sum caused by the kink of V, as subtracted in `Opening`; float64 [3, market]."""
    last, v, dx, markets = sweep.last, sweep.v, p.spacing, np.arange(len(p.spacing))
    if last is None or last.price is None:
        return np.zeros((3, len(dx)))
    j, theta = np.minimum(np.maximum(last.top - 1, 2), len(p.x) - 2), last.theta
    place = p.x[j, markets] + theta * dx
    value = v[j + 1, markets] - p.shares * (np.exp(p.x[j + 1, markets]) - np.exp(place))
    d0, d1 = place - p.x[j - 1, markets], place - p.x[j - 2, markets]
    slope = ((value - v[j - 1, markets]) / d0 * d1 - (value - v[j - 2, markets]) / d1 * d0) / (d1 - d0)
    on_grid = (last.top >= 2 * LEAST) & (last.top < len(p.x))
    jump = np.where(on_grid, p.shares * np.exp(place) - slope, 0.0)
    z = (place - mean) / deviation
    error = jump * dx**2 * (theta * (1 - theta) / 2 - 1.0 / 12.0) * np.exp(-0.5 * z * z) * discount / (ROOT * deviation)
    return np.stack([error, error * z / deviation, error * (z * z - 1) / deviation**2])


def _promised(p: Markets, before: tuple[Segment, ...]) -> np.ndarray:
    """Coupons and recovery before the first decision, float64 [market]."""
    both = p.rates + p.hazards
    value = np.zeros(len(both))
    recovered = p.recoveries * p.contract.face * p.hazards
    for place, each in enumerate(before):
        start, end = np.exp(-both * each.t0), np.exp(-both * each.t1)
        value += recovered * np.where(np.abs(both) > 1e-12, (start - end) / np.where(both, both, 1.0), each.years)
        if place < len(before) - 1:
            value += p.contract.coupon_on(each.day1) * end
    return value


def _on_grid(p: Markets, sweep: BatchSweep) -> np.ndarray:
    """Polynomials through six nodes on one side of a free boundary, as in `Opening`; above a pinned one the conversion value."""
    found = np.empty((3, len(p.spacing)))
    last, v = sweep.last, sweep.v
    for i, at in enumerate(np.log(p.spots_now).tolist()):
        nodes, column = p.x[:, i], v[:, i]
        end = len(nodes)
        if last is not None and last.price is not None:
            end = int(last.top[i])
            boundary = nodes[end - 1] + last.theta[i] * p.spacing[i]
            if at >= boundary - 1e-12 or end < 6:
                found[:, i] = p.shares * p.spots_now[i]
                continue
        node = int((at - nodes[0]) / p.spacing[i])
        if (column[node : node + 2] == p.parity[node : node + 2, i]).all():
            found[:, i] = p.shares * p.spots_now[i]
            continue
        held = _held_from(last, column, i, end)
        low, high = (held, end) if node >= held else (0, min(held + 1, end))
        start = max(min(max(node - 2, low), high - 6), low)
        window = slice(start, min(start + 6, high))
        found[:, i] = derivatives(nodes[window] - at, column[window])[:3]
    return found


def _held_from(last: Side | None, column: np.ndarray, market: int, end: int) -> int:
    """The first node below `end` from which V [node] is the payoff of a right; `end` without one."""
    if last is None:
        return end
    held = np.zeros(end, dtype=bool) if last.low is None else column[:end] == last.low[:end, market]
    if last.price is not None:
        held |= column[:end] == last.price
    free = np.flatnonzero(~held)
    return int(free[-1]) + 1 if len(free) else 0
