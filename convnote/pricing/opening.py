"""From the first decision back to today: one Gaussian sum over the grid, or a reading of the grid where decisions begin at once.

Between today and the first decision nothing can be done, so no time step is needed. A kink of V between two nodes costs the sum
an error of the order of the spacing squared, which is known and taken off.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import Any, NamedTuple

import numpy as np

from convnote.pricing.problem import Problem
from convnote.pricing.sweep import Sweep

ROOT = sqrt(2.0 * np.pi)


class Read(NamedTuple):
    """V and its derivatives in x = ln S at spots, float64 [spot]."""

    v: np.ndarray
    v_x: np.ndarray
    v_xx: np.ndarray
    v_xxx: np.ndarray


class Opening:
    """Reads values today off a sweep, at any spots."""

    def __init__(self, problem: Problem, sweep: Sweep) -> None:
        self.problem, self.sweep = problem, sweep
        self._kept: dict[bytes, np.ndarray] = {}
        self.first = problem.first_decision
        self.before = problem.timeline.segments[: self.first]
        self.years = self.before[-1].t1 if self.before else 0.0
        self.discounted = sum((each.rate + each.hazard) * each.years for each in self.before)
        self.carried = sum((each.rate + problem.eta * each.hazard - each.cost) * each.years for each in self.before)
        self.variance = sum(each.variance * each.years for each in self.before)
        self.vega_weight = sum(each.volatility * each.years for each in self.before)
        self.first_coupons = [
            (float(a), self._time(int(d)))
            for d, a in zip(problem.contract.coupon_days, problem.contract.coupons, strict=True)
            if problem.model.start < d and self.before and d < self.before[-1].day1
        ]

    def _time(self, day: int) -> tuple[float, float]:
        """Years to a coupon day, and rate and hazard until it."""
        total = 0.0
        for each in self.before:
            total += (each.rate + each.hazard) * each.years
            if each.day1 == day:
                return each.t1, total
        return self.years, total

    # --- promises before the first decision, and their derivatives

    def promised(self) -> dict[str, float]:
        """Coupons and recovery before the first decision: value, and derivatives by rate, hazard and recovery."""
        value = sum(a * exp(-both) for a, (_, both) in self.first_coupons)
        rate = -sum(a * t * exp(-both) for a, (t, both) in self.first_coupons)
        hazard, recovered = rate, 0.0
        face, share = self.problem.contract.face, self.problem.model.recovery
        factor, unit = 1.0, 0.0
        for each in self.before:
            both = each.rate + each.hazard
            one = (1 - exp(-both * each.years)) / both if abs(both) > 1e-12 else each.years
            # d one / d both
            slope = (each.years * exp(-both * each.years) - one) / both if abs(both) > 1e-12 else -(each.years**2) / 2
            piece = factor * each.hazard * one
            unit += piece
            d_rate = -each.t0 * piece + factor * each.hazard * slope
            rate += share * face * d_rate
            hazard += share * face * (d_rate + factor * one)
            factor *= exp(-both * each.years)
        recovered = face * unit
        return {"value": value + share * recovered, "rate": rate, "hazard": hazard, "recovery": recovered}

    # --- reading

    def read(self, columns: np.ndarray, spots: np.ndarray, *, kinked: bool = False) -> Read:
        """Values and derivatives at `spots` of `columns` [node] at the first decision, carried to today without promises.

        `kinked` takes off the error of V's kinks; other columns are smooth enough.
        """
        x = np.log(spots)
        if not self.before:
            read = self._on_grid(columns, x, kinked=kinked)
            # exp(ln S) is not S to the last digit
            value = self.problem.shares * spots
            same = kinked & (np.abs(read.v - value) < 1e-13 * value)
            return read._replace(v=np.where(same, value, read.v))
        return self._summed(columns, x, kinked=kinked)

    def values(self, columns: np.ndarray, spots: np.ndarray) -> np.ndarray:
        """The value of smooth columns [node, column] at spots, carried to today without promises, float64 [spot, column]."""
        x = np.log(spots)
        if self.before:
            return np.asarray(self._weights(x)[0] @ columns)
        return np.stack([self._on_grid(columns[:, i], x, kinked=True).v for i in range(columns.shape[1])], axis=1)

    def _weights(self, x: np.ndarray) -> np.ndarray:
        """What each node counts for the value and for three derivatives by x, float64 [4, spot, node]."""
        key = x.tobytes()
        if key not in self._kept:
            self._kept = {key: self._weighed(x)}
        return self._kept[key]

    def _weighed(self, x: np.ndarray) -> np.ndarray:
        p, n = self.problem, len(self.problem.x)
        dx, deviation = p.dx, sqrt(self.variance)
        mean = x + self.carried - self.variance / 2
        low = min(0, int(np.floor((mean.min() - 8 * deviation - p.x_low) / dx)))
        high = max(n - 1, int(np.ceil((mean.max() + 8 * deviation - p.x_low) / dx)))
        nodes = p.x_low + dx * np.arange(low, high + 1)
        z = (nodes - mean[:, None]) / deviation
        density = np.exp(-0.5 * z * z)
        density *= dx / (ROOT * deviation) * exp(-self.discounted)
        square = z * z
        all_ = np.empty((4, *z.shape))
        all_[0] = density
        np.multiply(density, z / deviation, out=all_[1])
        np.multiply(density, (square - 1) / self.variance, out=all_[2])
        np.multiply(density, z * (square - 3) / deviation**3, out=all_[3])
        # beyond the grid V is constant below and linear in S above
        inside = all_[..., -low : n - low].copy()
        if low < 0:
            inside[..., 0] += all_[..., :-low].sum(axis=-1)
        if high > n - 1:
            above = all_[..., n - low :]
            rise = (above * (np.exp(nodes[n - low :]) - p.share[-1])).sum(axis=-1) / (p.share[-1] - p.share[-2])
            inside[..., -1] += above.sum(axis=-1) + rise
            inside[..., -2] -= rise
        return inside

    def _summed(self, column: np.ndarray, x: np.ndarray, *, kinked: bool) -> Read:
        """The Gaussian sum; a kink's error, jump dx^2 (theta (1 - theta) / 2 - 1/12), is taken off."""
        read = np.asarray(self._weights(x) @ column)
        for place, jump, theta in self._kinks(column) if kinked else ():
            deviation = sqrt(self.variance)
            zk = (place - (x + self.carried - self.variance / 2)) / deviation
            density = np.exp(-0.5 * zk * zk) * (exp(-self.discounted) / (ROOT * deviation))
            error = jump * self.problem.dx**2 * (theta * (1 - theta) / 2 - 1.0 / 12.0) * density
            read[0] -= error
            read[1] -= error * zk / deviation
            read[2] -= error * (zk * zk - 1) / self.variance
        return Read(*read)

    def _kinks(self, column: np.ndarray) -> list[tuple[float, float, float]]:
        """Place, jump of V_x and place between nodes of the kink: at the boundary of the call, or at maturity."""
        p, x = self.problem, self.problem.x
        dx = p.dx
        if self.first == len(p.timeline.segments):
            if not p.shares:
                return []
            return [(p.kink, p.shares * exp(p.kink), 0.0)]
        stage = next((each for each in reversed(self.sweep.log) if hasattr(each, "operator")), None)
        if stage is None or stage.theta is None or stage.free < 4 or stage.free >= len(x):
            return []
        j = stage.free - 1
        place = x[j] + stage.theta * dx
        slope_above = p.shares * exp(place)
        # one-sided slope below from the two nodes under the boundary and the value on it
        v0, v1 = column[j - 1], column[j - 2]
        value = column[j + 1] - p.shares * (exp(x[j + 1]) - exp(place))
        d0, d1 = place - x[j - 1], place - x[j - 2]
        below = ((value - v0) / d0 * d1 - (value - v1) / d1 * d0) / (d1 - d0)
        return [(place, slope_above - below, stage.theta)]

    def _on_grid(self, column: np.ndarray, x: np.ndarray, *, kinked: bool) -> Read:
        """Polynomials through six nodes, none across a boundary; beyond the grid linear in S above, constant below."""
        p, nodes, n = self.problem, self.problem.x, len(self.problem.x)
        last = self._last_stage()
        pinned = kinked and last is not None and last.theta is not None and last.free < n
        boundary = nodes[last.free - 1] + last.theta * p.dx if pinned else np.inf
        result = np.empty((4, len(x)))
        for place, at in enumerate(x.tolist()):
            node = int((min(max(at, nodes[0]), nodes[-1]) - nodes[0]) / p.dx)
            if pinned and at >= boundary - 1e-12:
                result[:, place] = self._above(column, at, last.free)
            elif at > nodes[-1]:
                result[:, place] = self._above(column, at, n - 2)
            elif at < nodes[0]:
                result[:, place] = column[0], 0.0, 0.0, 0.0
            else:
                start = min(max(node - 2, 0), (last.free if pinned else n) - 6)
                window = slice(start, start + 6)
                result[:, place] = _derivatives(nodes[window] - at, column[window])
        return Read(*result)

    def _above(self, column: np.ndarray, at: float, node: int) -> tuple[float, float, float, float]:
        """V = const + slope S through two nodes, and its derivatives; the conversion value itself where it is that."""
        p = self.problem
        node = min(node, len(column) - 2)
        share = exp(at)
        slope = (column[node + 1] - column[node]) / (p.share[node + 1] - p.share[node])
        if column[node] == p.parity[node] and column[node + 1] == p.parity[node + 1]:
            return p.shares * share, p.shares * share, p.shares * share, p.shares * share
        v = column[node] + slope * (share - p.share[node])
        return v, slope * share, slope * share, slope * share

    def _last_stage(self) -> Any:
        return next((each for each in reversed(self.sweep.log) if hasattr(each, "operator")), None)


def _derivatives(offsets: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Value and three derivatives at 0 of the polynomial through the points."""
    coefficients = np.linalg.solve(np.vander(offsets, increasing=True), values)
    return np.asarray([coefficients[0], coefficients[1], 2 * coefficients[2], 6 * coefficients[3]])
