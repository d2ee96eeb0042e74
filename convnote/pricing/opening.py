"""From the first decision back to today: one Gaussian sum over the grid, or interpolation on the grid if decisions begin at once.

Between today and the first decision there is nothing to decide, so no time step is needed. A kink of V between two nodes causes
an error of order spacing squared in the sum; it is known and subtracted.
"""

from __future__ import annotations

from functools import cached_property
from math import ceil, exp, floor, log, sqrt
from typing import NamedTuple

import numpy as np

from convnote.pricing.kernel import LEAST, Pin, Stage
from convnote.pricing.problem import Problem
from convnote.pricing.sweep import Sweep
from convnote.pricing.timeline import Segment

ROOT = sqrt(2.0 * np.pi)


class Read(NamedTuple):
    """V and its derivatives in x = ln S at spots, float64 [spot]."""

    v: np.ndarray
    v_x: np.ndarray
    v_xx: np.ndarray
    v_xxx: np.ndarray


class _Density(NamedTuple):
    """Indices of the first and last node relative to the grid's nodes, and `z`, `density` [spot, node]."""

    low: int
    high: int
    z: np.ndarray
    density: np.ndarray


class Opening:
    """Reads today's values from a sweep, at any spots."""

    def __init__(self, problem: Problem, sweep: Sweep | None) -> None:
        """`sweep` None: only columns of a problem that is not stepped can be read."""
        self.problem, self.sweep = problem, sweep
        self._kept: tuple[bytes, _Density] | None = None
        self.first = problem.first_decision
        self.before = problem.timeline.segments[: self.first]
        self.years = self.before[-1].t1 if self.before else 0.0
        #: integrals up to the first decision, at which the hazard takes the whole share: of rate + hazard, and of the drift
        self.discounted = sum([(each.rate + each.hazard) * each.years for each in self.before])
        self.carried = self.discounted - sum([each.cost * each.years for each in self.before])
        self.variance = sum([each.variance * each.years for each in self.before])
        self.vega_weight = sum([each.volatility * each.years for each in self.before])

    # --- payments before the first decision, and their derivatives

    def promised(self) -> dict[str, float]:
        """Coupons and recovery before the first decision: value, and derivatives by rate, hazard and recovery."""
        p = self.problem
        share, factor, recovered = p.model.recovery, 1.0, 0.0
        value = rate = hazard = 0.0
        for segment in self.before:
            for each, claim in p.pieces(segment):
                both = each.rate + each.hazard
                left = exp(-both * each.years)
                one = (1 - left) / both if abs(both) > 1e-12 else each.years
                # d one / d both
                slope = (each.years * left - one) / both if abs(both) > 1e-12 else -(each.years**2) / 2
                piece = factor * each.hazard * one
                recovered += claim * piece
                d_rate = -each.t0 * piece + factor * each.hazard * slope
                rate += share * claim * d_rate
                hazard += share * claim * (d_rate + factor * one)
                factor *= left
            coupon = p.contract.coupon_on(segment.day1)
            if coupon and segment is not self.before[-1]:
                value += coupon * factor
                rate -= coupon * factor * segment.t1
                hazard -= coupon * factor * segment.t1
        return {"value": value + share * recovered, "rate": rate, "hazard": hazard, "recovery": recovered}

    # --- reading

    def read(self, columns: np.ndarray, spots: np.ndarray, *, kinked: bool = False) -> Read:
        """Values and derivatives at `spots` of `columns` [node] at the first decision, discounted to today.

        Payments before that decision are excluded. `kinked` subtracts the error from V's kinks; other columns are smooth enough.
        """
        x = np.log(spots)
        if not self.before:
            read = self._on_grid(columns, x, kinked=kinked)
            # exp(ln S) differs from S in the last digit
            value = self.problem.shares * spots
            same = kinked & (np.abs(read.v - value) < 1e-13 * value)
            return read._replace(v=np.where(same, value, read.v))
        return self._summed(columns, x, kinked=kinked)

    def values(self, columns: np.ndarray, spots: np.ndarray) -> np.ndarray:
        """As `read` for smooth columns [node, column], values only, float64 [spot, column]."""
        return np.asarray(self.weights(spots) @ columns)

    def weights(self, spots: np.ndarray) -> np.ndarray:
        """The weight of each node of a smooth column in today's value at spots, float64 [spot, node]."""
        x = np.log(spots)
        if self.before:
            return self._node_weights(x)
        result = np.zeros((len(x), len(self.problem.x)))
        for row, at in zip(result, x.tolist(), strict=True):
            self._weigh_nodes(row, at)
        return result

    def _weigh_nodes(self, row: np.ndarray, at: float) -> None:
        """Weights of a polynomial through six nodes, or of a line in S above the boundary or the grid."""
        p, nodes, n = self.problem, self.problem.x, len(self.problem.x)
        boundary, end = self.boundary
        if at < nodes[0]:
            row[0] = 1.0
        elif at >= boundary - 1e-12 or at > nodes[-1]:
            low = min(end, n - 2)
            rise = (exp(at) - p.share[low]) / (p.share[low + 1] - p.share[low])
            row[low], row[low + 1] = 1.0 - rise, rise
        else:
            window = self._window(int((at - nodes[0]) / p.dx), at, end)
            offsets = nodes[window] - at
            row[window] = np.linalg.solve(np.vander(offsets, increasing=True).T, np.eye(len(offsets))[0])

    def _window(self, node: int, at: float, end: int) -> slice:
        """The nodes, six if there are, of a polynomial through V at ln S = `at`, above `node` and below the node count `end`."""
        low, high, place = 0, end, (at - self.problem.x_low) / self.problem.dx
        for edge, below, above in self._edges:
            low, high = (max(low, above), high) if place >= edge else (low, min(high, below + 1))
        if high - low < 3 and not (high > low and self.held[low:high].all()):  # between two edges
            low, high = min(node, end - 2), min(node, end - 2) + 2
        start = max(min(max(node - 2, low), high - 6), low)
        return slice(start, min(start + 6, high))

    @cached_property
    def _edges(self) -> list[tuple[float, int, int]]:
        """Other places than `boundary` at which V, its slope or its curvature jumps, in nodes, each with the nodes beside it."""
        p, segment = self.problem, self._first
        if self.before or self.sweep is None or segment is None or not self._bounded:
            return []
        within = self.sweep.bounds.at(segment, segment.t0)
        if p.options.decisions == "daily":  # the cell of the nearest node is divided
            return [(each.place, each.node - 1, each.node + 1) for each in within.jumps]
        found = [each.place for each in within.jumps]
        found += [within.bend.node + within.bend.theta] if within.bend is not None else []
        edges = [(place, floor(place + 1e-9), ceil(place - 1e-9)) for place in found]
        for i in np.flatnonzero(self.held[1:] != self.held[:-1]).tolist():
            # at a free boundary V bends and a probability has a corner: it is the held node, unless an edge lies beside it
            if not any(i <= place <= i + 1 for place in found):
                node = i if self.held[i] else i + 1
                edges.append((float(node), node, node))
        return edges

    @cached_property
    def held(self) -> np.ndarray:
        """Where a right is exercised immediately on the first day that is stepped, so that V is its payoff, bool [node]."""
        n = len(self.problem.x)
        log_ = () if self.sweep is None else self.sweep.log
        stage = next((each for each in reversed(log_) if isinstance(each, Stage)), None)
        if stage is None:
            return np.zeros(n, dtype=bool)
        return stage.scattered if stage.scattered is not None else np.arange(n) >= stage.free

    @cached_property
    def boundary(self) -> tuple[float, int]:
        """ln S above which V is a conversion value today, and the node count below it; infinity and all nodes without a corner.

        V has a corner there, even if the Company already calls from lower prices.
        """
        pin = self.corner
        if pin is None or self.before:
            return np.inf, len(self.problem.x)
        return float(self.problem.x[pin.node] + pin.theta * self.problem.dx), int(pin.node) + 1

    @property
    def _bounded(self) -> bool:
        return getattr(self.sweep, "bounds", None) is not None

    @cached_property
    def _first(self) -> Segment | None:
        """The first segment that is stepped."""
        return next((each for each in self.problem.timeline.segments[self.first :] if each.years), None)

    @cached_property
    def corner(self) -> Pin | None:
        """The corner of V at the first decision; None if it is not on the grid or decisions are made at closes only."""
        p, sweep, segment = self.problem, self.sweep, self._first
        if sweep is None or not self._bounded or segment is None or p.options.decisions == "daily":
            return None
        plan = sweep.plans.get(p.timeline.segments.index(segment))
        pin: Pin | None = Pin(plan[-1][0] - 1, *plan[-1][1:3]) if plan else sweep.bounds.at(segment, segment.t0).pin
        return pin if pin is not None and LEAST * 2 <= pin.node + 1 < len(p.x) else None

    def _density(self, x: np.ndarray) -> _Density:
        """The discounted transition density from `x` [spot] to the nodes, and to those beyond the grid that matter."""
        key = x.tobytes()
        if self._kept is None or self._kept[0] != key:
            p, n, deviation = self.problem, len(self.problem.x), sqrt(self.variance)
            # nodes from the lowest, in standard deviations from the mean at each spot
            shift = (x + (self.carried - self.variance / 2 - p.x_low)) / deviation
            spots, step = shift.tolist(), p.dx / deviation
            low = min(0, floor((min(spots) - 8.0) / step))
            high = max(n - 1, ceil((max(spots) + 8.0) / step))
            z = np.arange(low, high + 1) * step - shift[:, None]
            density = z * z
            density *= -0.5
            density += log(step / ROOT) - self.discounted
            np.exp(density, density)
            self._kept = key, _Density(low, high, z, density)
        return self._kept[1]

    def _node_weights(self, x: np.ndarray) -> np.ndarray:
        """The weight of each node in the value, with V constant below the grid and linear in S above; float64 [spot, node]."""
        n, of = len(self.problem.x), self._density(x)
        inside = of.density[:, -of.low : n - of.low].copy()
        if of.low < 0:
            inside[:, 0] += of.density[:, : -of.low].sum(axis=1)
        if of.high > n - 1:
            above = of.density[:, n - of.low :]
            rise = above @ self._rise(of.high)
            inside[:, -1] += above.sum(axis=1) + rise
            inside[:, -2] -= rise
        return inside

    def _rise(self, high: int) -> np.ndarray:
        """For each node above the grid, its S less the last node's S, over the last increment of S; float64 [node]."""
        p, n = self.problem, len(self.problem.x)
        before, last = p.share[-2:].tolist()
        above = np.expm1(p.dx * np.arange(1, high - n + 2))
        above *= last / (last - before)
        return above

    def _extended(self, column: np.ndarray, of: _Density) -> np.ndarray:
        """A column on the nodes of the density: constant below the grid, linear in S above."""
        pieces = [column]
        if of.low < 0:
            pieces.insert(0, np.full(-of.low, column[0]))
        if of.high > len(column) - 1:
            before, last = column[-2:].tolist()
            above = self._rise(of.high)
            above *= last - before
            above += last
            pieces.append(above)
        return np.concatenate(pieces)

    def _summed(self, column: np.ndarray, x: np.ndarray, *, kinked: bool) -> Read:
        """The Gaussian sum; a kink's error, jump dx^2 (theta (1 - theta) / 2 - 1/12), is subtracted."""
        of, deviation = self._density(x), sqrt(self.variance)
        extended, moving = self._extended(column, of), of.density
        moments = [moving @ extended]
        for _ in range(3):
            moving = moving * of.z
            moments.append(moving @ extended)
        one, two = moments[1] / deviation, (moments[2] - moments[0]) / self.variance
        read = [moments[0], one, two, (moments[3] - 3 * moments[1]) / deviation**3]
        for place, jump, theta in self._kinks(column) if kinked else ():
            zk = (place - (x + self.carried - self.variance / 2)) / deviation
            size = jump * self.problem.dx**2 * (theta * (1 - theta) / 2 - 1.0 / 12.0)
            error = np.exp(-0.5 * zk * zk) * (size * exp(-self.discounted) / (ROOT * deviation))
            read[0] -= error
            read[1] -= error * zk / deviation
            read[2] -= error * (zk * zk - 1) / self.variance
        return Read(*read)

    def _kinks(self, column: np.ndarray) -> list[tuple[float, float, float]]:
        """Position, jump of V_x and position between nodes of each kink: at the call boundary, or at maturity."""
        p, dx = self.problem, self.problem.dx
        pin = self.corner
        if pin is None or not p.shares:
            return []
        j, theta = pin.node, pin.theta
        place = p.x_low + (j + theta) * dx
        slope_above = p.shares * exp(place)
        # one-sided slope below from the two nodes under the boundary and the value on it
        v1, v0, _, above = column[j - 2 : j + 2].tolist()
        value = above - p.parity.item(j + 1) + slope_above
        d0, d1 = (1 + theta) * dx, (2 + theta) * dx
        below = ((value - v0) / d0 * d1 - (value - v1) / d1 * d0) / (d1 - d0)
        return [(place, slope_above - below, theta)]

    def _on_grid(self, column: np.ndarray, x: np.ndarray, *, kinked: bool) -> Read:
        """Polynomials through six nodes on one side of any boundary; beyond the grid linear in S above, constant below."""
        p, nodes, n = self.problem, self.problem.x, len(self.problem.x)
        boundary, end = self.boundary if kinked else (np.inf, n)
        result = np.empty((4, len(x)))
        for place, at in enumerate(x.tolist()):
            node = int((min(max(at, nodes[0]), nodes[-1]) - nodes[0]) / p.dx)
            if at >= boundary - 1e-12:
                result[:, place] = self._above(column, at, end)
            elif kinked and self._is_conversion_value(column, node):
                result[:, place] = p.shares * exp(at)
            elif at > nodes[-1]:
                result[:, place] = self._above(column, at, n - 2)
            elif at < nodes[0]:
                result[:, place] = column[0], 0.0, 0.0, 0.0
            else:
                window = self._window(node, at, end)
                result[:, place] = derivatives(nodes[window] - at, column[window])
        return Read(*result)

    def _above(self, column: np.ndarray, at: float, node: int) -> tuple[float, float, float, float]:
        """V = const + slope S through two nodes, and its derivatives; the conversion value where V equals it."""
        p = self.problem
        node = min(node, len(column) - 2)
        share = exp(at)
        slope = (column[node + 1] - column[node]) / (p.share[node + 1] - p.share[node])
        if self._is_conversion_value(column, node):
            return p.shares * share, p.shares * share, p.shares * share, p.shares * share
        v = column[node] + slope * (share - p.share[node])
        return v, slope * share, slope * share, slope * share

    def _is_conversion_value(self, column: np.ndarray, node: int) -> bool:
        """Whether V [node] is the conversion value at a node and at the next."""
        parity, above = self.problem.parity, min(node + 1, len(column) - 1)
        return bool(column[node] == parity[node] and column[above] == parity[above])


def derivatives(offsets: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Value and first three derivatives at 0 of the polynomial through the points, float64 [4, ...]."""
    coefficients = np.zeros((max(len(offsets), 4), *values.shape[1:]))
    coefficients[: len(offsets)] = np.linalg.solve(np.vander(offsets, increasing=True), values)
    return np.asarray([coefficients[0], coefficients[1], 2 * coefficients[2], 6 * coefficients[3]])
