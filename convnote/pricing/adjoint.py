"""Sensitivities and endings at one spot by the adjoint of the sweep: one transposed solve per stage for any number of inputs.

Today's value at a spot is a weighted sum of V at the nodes. Propagated through the log from the first decision to maturity, the
weights give today's value of one unit at each node and stage. They weight the terms that `tangents` adds at the stages: the
results agree to rounding, in a third of the time for one spot. Requires a hazard and a recovery independent of the share.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg.blas import daxpy, dscal
from scipy.linalg.lapack import dgttrf, dgttrs

from convnote.pricing.kernel import BLEND, CALL, CONVERT, KEEP, NONE, WITHDRAW, Stage, top_slopes
from convnote.pricing.sweep import PUT, Held, Mapped, Sweep
from convnote.pricing.tangents import ENDINGS


class _Stages(NamedTuple):
    """Of each stage: its time, volatility, hazard and claim at default, and weighted sums times k; float64 [stage]."""

    time: np.ndarray
    volatility: np.ndarray
    hazard: np.ndarray
    claim: np.ndarray
    by_x: np.ndarray
    by_xx: np.ndarray
    by_v: np.ndarray
    alone: np.ndarray


class Weighted:
    """Sums at one spot: `greeks` [5] and `endings` [6], float64, in the order of `tangents.GREEKS` and `tangents.ENDINGS`."""

    def __init__(self, sweep: Sweep, weights: np.ndarray) -> None:
        """`weights` [node]: the weight of V at each node at the first decision in today's value."""
        self.sweep = sweep
        self._ones = np.ones(len(weights))
        self._top = top_slopes(sweep.problem.dx)
        #: right, time and weight of the payoffs held
        self._rights: list[tuple[int, float, float]] = []
        #: segment, time and k of each stage, and the weighted sums of its V_x, V_xx, V and 1
        self._sums: list[tuple[int, float, float, float, float, float, float]] = []
        self._run(weights.copy())

    def _run(self, weights: np.ndarray) -> None:
        entries: Iterator[Any] = reversed(self.sweep.log)
        for entry in entries:
            if isinstance(entry, Held):
                places = entry.mask.nonzero()[0]
                taken = weights[places] * entry.mask[places]
                self._held(entry.kind, entry.time, sum(taken.tolist()))
                weights[places] -= taken
            elif isinstance(entry, Mapped):
                taken = entry.weights * weights[:, None]
                weights = np.bincount(entry.places.ravel(), taken.ravel(), minlength=len(weights))
            else:
                weights = self._step(next(entries), entry, weights)

    def _step(self, first: Stage, second: Stage, weights: np.ndarray) -> np.ndarray:
        """The weights before a step, from those after it (a step runs from later to earlier)."""
        if first.theta is not None and second.theta is not None and first.projected is None and second.free <= first.free:
            return self._pinned_step(first, second, weights)
        at_second = self._stage(second, weights)
        u, before = at_second.copy(), at_second.copy()
        dscal(2.0 * BLEND, u)
        dscal(-BLEND - KEEP, before)
        projected = first.projected
        if projected is not None:
            places = projected if isinstance(projected, np.ndarray) else slice(projected, None)
            self._held(first.kind, first.time - first.operator.k, float(at_second[places].sum()))
            u[places] = before[places] = 0.0
        before += self._stage(first, u)
        return before

    def _pinned_step(self, first: Stage, second: Stage, weights: np.ndarray) -> np.ndarray:
        """As `_step` below a pinned boundary: a weight above it is a call, so only the free nodes are carried."""
        free, later = first.free, second.free
        *factors, share = second.operator.pinned(later, second.theta or 0.0)
        at_second = dgttrs(*factors, weights[:later], "T")[0]
        self._held(second.kind, second.time, sum(weights[later:].tolist()) + share * at_second.item(-1))
        before = np.zeros(len(weights))
        before[:later] = at_second
        dscal(2.0 * BLEND, before, later)
        *factors, share = first.operator.pinned(free, first.theta or 0.0)
        at_first = dgttrs(*factors, before[:free], "T")[0]
        self._held(first.kind, first.time, share * at_first.item(-1))
        before[:free] = at_first
        daxpy(at_second, before, later, -BLEND - KEEP)
        self._add(second, at_second)
        self._add(first, at_first)
        return before

    def _stage(self, stage: Stage, weights: np.ndarray) -> np.ndarray:
        """The weights of a stage's right-hand side, from those of its solution."""
        operator, free, n = stage.operator, stage.free, len(weights)
        if stage.scattered is not None:
            found, gained = _transposed(stage, weights)
            held = float(found[stage.scattered].sum()) + gained
            found[stage.scattered] = 0.0
        else:
            found = weights.copy()
            found[free:] = 0.0
            held = float(weights[free:].sum()) if free < n else 0.0
            if free:
                if stage.theta is not None:
                    *factors, share = operator.pinned(free, stage.theta)
                    found[:free] = dgttrs(*factors, found[:free], "T", 1)[0]
                    held += share * found.item(free - 1)
                else:
                    held += float(operator.unit(free).dot(weights[:free])) if free < n else 0.0
                    found[:free] = dgttrs(*operator.factors(free), found[:free], "T", 1)[0]
        if held:
            self._held(stage.kind, stage.time, held)
        self._add(stage, found)
        return found

    def _add(self, stage: Stage, weights: np.ndarray) -> None:
        """Adds the weighted sums of a stage's V and of its derivatives as in `tangents.slopes`, a ghost value in place.

        Stage by stage: arrays of all stages leave the processor's cache, and filling them takes longer than the sums.
        """
        p, v = self.sweep.problem, stage.v
        if stage.theta is not None and stage.free < len(p.x):
            v, weights = v[: stage.free], weights[: stage.free]
            rises, inner = v[1:] - v[:-1], weights[1:]
            below = inner.dot(rises)
            above = inner[:-1].dot(rises[1:]) + inner.item(-1) * (stage.ghost - v.item(-1))
            top = (0.0, 0.0)
        else:
            rises, inner = v[1:] - v[:-1], weights[1:-1]
            above, below = inner.dot(rises[1:]), inner.dot(rises[:-1])
            rise = weights.item(-1) * rises.item(-1)
            top = rise * self._top[0], rise * self._top[1]
            for node, beyond, value in stage.ghosts():
                step = weights.item(node) * (value - v.item(beyond))
                above, below = (above + step, below) if beyond > node else (above, below - step)
        by_x, by_xx = (above + below) / (2 * p.dx) + top[0], (above - below) / p.dx**2 + top[1]
        alone = weights.dot(self._ones[: len(weights)])
        self._sums.append((stage.segment, stage.time, stage.operator.k, by_x, by_xx, weights.dot(v), alone))

    def _held(self, kind: int, time: float, weight: float) -> None:
        self._rights.append((kind, time, weight))

    @cached_property
    def _stages(self) -> _Stages:
        p, segments = self.sweep.problem, self.sweep.segments
        rows = []
        for place, time, k, *sums in self._sums:
            of = segments[place]
            rows.append((time, of.volatility, of.hazard, p.claim(of, time), *(k * each for each in sums)))
        return _Stages(*np.array(rows).reshape(-1, len(_Stages._fields)).T)

    @cached_property
    def greeks(self) -> np.ndarray:
        """dV by volatility, rate, hazard, dividend yield and recovery, from the first decision on; float64 [5]."""
        p, of = self.sweep.problem, self._stages
        claimed = of.alone * of.claim
        by_x, by_v = float(of.by_x.sum()), float(of.by_v.sum())
        vega = float(of.volatility.dot(of.by_xx - of.by_x))
        hazard = p.eta * by_x - by_v + p.model.recovery * float(claimed.sum())
        return np.array([vega, by_x - by_v, hazard, -by_x, float(of.hazard.dot(claimed))])

    @cached_property
    def endings(self) -> np.ndarray:
        """Probabilities of each ending and the expected life, from the first decision on; float64 [6]."""
        growth, result = self.sweep.problem.timeline.growth, np.zeros(len(ENDINGS))
        kinds, times, weights = np.array(self._rights or [(NONE, 0.0, 0.0)]).T
        weights = weights * growth(times)
        for place, kind in ((0, CONVERT), (1, CALL), (2, PUT), (5, WITHDRAW)):
            result[place] = weights[kinds == kind].sum()
        alive = growth(self._stages.time) * self._stages.alone
        result[3] = float(self._stages.hazard.dot(alive))
        result[4] = float(alive.sum())
        return result


def _transposed(stage: Stage, weights: np.ndarray) -> tuple[np.ndarray, float]:
    """The transposed solve with the rows of held nodes replaced by V = row, and the weight of V at the walls."""
    assert stage.scattered is not None
    lower, diagonal, upper, gains = stage.operator.with_held(stage.scattered, stage.walls)
    dl, d, du, du2, pivots, _ = dgttrf(lower[1:], diagonal, upper[:-1])
    found = np.array(dgttrs(dl, d, du, du2, pivots, weights, trans="T")[0])
    held = sum(each.share * found.item(each.node) for each in gains)
    for each in gains:
        found[each.node] *= each.scale
    return found, held
