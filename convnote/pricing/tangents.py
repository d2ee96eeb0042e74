"""Derivatives and probabilities from the same sweep: further right-hand sides with the matrices already factored.

A derivative by a parameter is obtained by differentiating each step; the boundary is held fixed (envelope theorem), and a
pinned boundary's ghost row is differentiated too. A probability, or the expected life, satisfies the undiscounted equation; times
exp(integral of the rate) it satisfies the discounted one, so the same factors serve.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.linalg.lapack import dgttrs

from convnote.pricing.kernel import BLEND, CALL, CONVERT, KEEP, WITHDRAW, Stage, held_solve, top_slopes
from convnote.pricing.problem import HAZARD_CAP, Problem
from convnote.pricing.resets import Branched
from convnote.pricing.sweep import PUT, Held, Mapped, Scaled, Sweep

GREEKS = ("vega", "rho", "hazard", "phi", "recovery")
ENDINGS = ("conversion", "call", "put", "default", "life", "withdrawal")

Source = Callable[[Stage], Any]
Value = Callable[[int, float], np.ndarray]
#: number of stages whose sources are computed together
BATCH = 64


def columns(sweep: Sweep, source: Source, held: Value, start: np.ndarray) -> np.ndarray:
    """The columns at the first decision, float64 [node, column].

    `source(stage)` [node, column], times k, is added at each stage, `held(kind, time)` [column] is set where a right was
    exercised, and `start` is the value at maturity.
    """
    now = np.asfortranarray(start)
    entries: list[Any] = []
    for entry in sweep.log:
        if not isinstance(entry, Branched):
            entries.append(entry)
            continue
        if entries:
            now, entries = _through(entries, source, held, now), []
        mixed = entry.mix(now[:, None] if now.ndim == 2 else now)
        now = _branches(entry, source, held, mixed) if entry.logs else mixed[:, 0]
    return _through(entries, source, held, now)


def _branches(entry: Branched, source: Source, held: Value, now: np.ndarray) -> np.ndarray:
    """Each of several columns of figures through its own log; float64 [node, column, figure]."""
    nodes, many, figures = now.shape
    if entry.shared:
        together = _through(
            entry.logs[0],
            lambda stage: np.tile(source(stage), (1, many)),
            lambda kind, time: np.tile(held(kind, time), many),
            now.reshape(nodes, many * figures),
        )
        return together.reshape(nodes, many, figures)
    each = [_through(log, source, held, now[:, place]) for place, log in enumerate(entry.logs)]
    return np.stack(each, axis=1)


def _through(entries: list[Any], source: Source, held: Value, start: np.ndarray) -> np.ndarray:
    now = np.asfortranarray(start)
    before = now
    u = now
    for entry in entries:
        if isinstance(entry, Held):
            now = now.copy(order="F")
            row = held(entry.kind, entry.time)
            now += entry.mask[:, None] * (row - now)
        elif isinstance(entry, Mapped):
            now = np.asfortranarray(entry.of(now))
        elif isinstance(entry, Scaled):
            continue  # how a Note ends does not depend on its principal; its sensitivities are by bumps
        elif entry.first:
            before = now
            y = _solved(entry, before + source(entry), held(entry.kind, entry.time))
            u = 2.0 * y - before
            if entry.projected is not None:
                # of what was held halfway nothing earlier counts: another right may have been exercised there before
                places = entry.projected if isinstance(entry.projected, np.ndarray) else slice(entry.projected, None)
                before = before.copy(order="F")
                u[places] = before[places] = held(entry.kind, entry.time - entry.operator.k)
        else:
            now = _solved(entry, BLEND * u - KEEP * before + source(entry), held(entry.kind, entry.time))
    return now


def _solved(stage: Stage, rhs: np.ndarray, row: np.ndarray) -> np.ndarray:
    operator, free = stage.operator, stage.free
    if stage.scattered is not None:
        rhs[stage.scattered] = row
        return np.asfortranarray(held_solve(operator, rhs, stage.scattered, stage.walls, row))
    result = np.empty(rhs.shape, order="F")
    result[free:] = row
    if not free:
        return result
    if stage.theta is not None:
        *factors, share = operator.pinned(free, stage.theta)
        part = np.asfortranarray(rhs[:free])
        part[-1] += share * row
        result[:free] = dgttrs(*factors, part)[0]
        return result
    part = operator.solve(np.asfortranarray(rhs), free)
    result[:free] = part if free == len(rhs) else part + operator.unit(free)[:, None] * row
    return result


def whole(problem: Problem, stage: Stage) -> np.ndarray:
    """V of a stage at all nodes, the conversion value above a pinned boundary; float64 [node]."""
    if len(stage.v) == len(problem.x):
        return stage.v
    v = problem.parity.copy()
    v[: stage.free] = stage.v
    return v


class Sources:
    """The source terms from differentiating the equation, times k, for each stage; computed for several stages at a time."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        self.stages = [entry for entry in sweep.log if isinstance(entry, Stage)]
        self._next = 0
        self._ready: list[np.ndarray] = []

    def __call__(self, stage: Stage) -> np.ndarray:
        """The source of the next stage, in the order of the log, float64 [node, 5]."""
        if not self._ready:
            self._ready = list(self._worked_out(self.stages[self._next : self._next + BATCH]))
            self._next += BATCH
        return self._ready.pop(0).T

    def _worked_out(self, stages: list[Stage]) -> np.ndarray:
        """[stage, 5, node], each slice contiguous."""
        p = self.sweep.problem
        v = np.array([whole(p, stage) for stage in stages])
        v_x, v_xx = slopes(p.dx, v, stages)
        result = np.empty((len(stages), len(GREEKS), v.shape[1]))
        segments = [self.sweep.segments[stage.segment] for stage in stages]
        k = np.array([stage.operator.k for stage in stages])[:, None]
        volatility = np.array([each.volatility for each in segments])[:, None]
        claims = np.array([p.claim(each, stage.time) for each, stage in zip(segments, stages, strict=True)])[:, None]
        recovered = p.model.recovery * claims
        hazard: Any = np.array([p.hazard(each) for each in segments])
        at_default: Any = np.array([p.paid_at_default(each, stage.time) for each, stage in zip(segments, stages, strict=True)])
        hazard = hazard[:, None] if hazard.ndim == 1 else hazard
        at_default = at_default[:, None] if at_default.ndim == 1 else at_default
        moves = k * (p.hazard_scale if hazard.shape[1] == 1 else np.where(hazard < HAZARD_CAP, p.hazard_scale, 0.0))
        np.subtract(v_xx, v_x, out=result[:, 0])
        result[:, 0] *= k * volatility
        np.subtract(v_x, v, out=result[:, 1])
        result[:, 1] *= k
        np.multiply(v_x, -k, out=result[:, 3])
        result[:, 2] = moves * ((p.eta * v_x - v) + at_default)
        result[:, 4] = k * hazard * claims * (at_default <= recovered + 1e-12)
        return result


def slopes(dx: float, v: np.ndarray, stages: list[Stage]) -> tuple[np.ndarray, np.ndarray]:
    """V_x and V_xx as discretised by the operator, with ghost values in place; `v` and results float64 [stage, node]."""
    n = v.shape[1]
    seen = v.copy()
    for i, stage in enumerate(stages):
        if stage.theta is not None and stage.free < n:
            seen[i, stage.free] = stage.ghost
    first, second = np.empty(v.shape), np.empty(v.shape)
    rises = np.diff(seen)
    np.add(rises[:, 1:], rises[:, :-1], out=first[:, 1:-1])
    first[:, 1:-1] /= 2 * dx
    np.subtract(rises[:, 1:], rises[:, :-1], out=second[:, 1:-1])
    second[:, 1:-1] /= dx**2
    for i, stage in enumerate(stages):
        for node, beyond, value in stage.ghosts():
            step = value - v[i, beyond]
            first[i, node] += (beyond - node) * step / (2 * dx)
            second[i, node] += step / dx**2
    first[:, 0] = second[:, 0] = 0.0
    by_x, by_xx = top_slopes(dx)
    first[:, -1], second[:, -1] = rises[:, -1] * by_x, rises[:, -1] * by_xx
    return first, second


def greeks(sweep: Sweep) -> np.ndarray:
    """dV by volatility, rate, hazard, dividend yield and recovery at the first decision, float64 [node, 5]."""
    zero = np.zeros(len(GREEKS))
    return columns(sweep, Sources(sweep), lambda kind, time: zero, np.zeros((len(sweep.problem.x), len(GREEKS))))


def endings(sweep: Sweep) -> np.ndarray:
    """Probabilities of each ending and the expected life, as in `ENDINGS`, from the first decision; float64 [node, 6]."""
    p = sweep.problem
    growth = p.timeline.growth

    def scaled(time: float) -> float:
        return float(growth(time))

    def source(stage: Stage) -> np.ndarray:
        up = stage.operator.k * scaled(stage.time)
        result = np.zeros((len(p.x), len(ENDINGS)))
        result[:, 3] = p.hazard(sweep.segments[stage.segment]) * up
        result[:, 4] = up
        return result

    def held(kind: int, time: float) -> np.ndarray:
        row = np.zeros(len(ENDINGS))
        place = {CONVERT: 0, CALL: 1, PUT: 2, WITHDRAW: 5}.get(kind)
        if place is not None:
            row[place] = scaled(time)
        return row

    return columns(sweep, source, held, np.zeros((len(p.x), len(ENDINGS))))
