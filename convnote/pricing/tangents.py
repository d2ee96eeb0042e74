"""Derivatives and probabilities from the same sweep: more right-hand sides with the matrices that are factored already.

A derivative by a parameter follows from differentiating each step; the boundary stays where it is (envelope theorem), and a
pinned boundary's ghost row is differentiated too. A probability, or the expected life, satisfies the undiscounted equation; times
exp(integral of the rate) it satisfies the discounted one, so the same factors serve.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convnote.pricing.kernel import BLEND, CALL, CONVERT, KEEP, NONE, Stage, held_solve
from convnote.pricing.problem import Problem
from convnote.pricing.sweep import MATURITY, PUT, Held, Mapped, Sweep

GREEKS = ("vega", "rho", "hazard", "phi", "recovery")
ENDINGS = ("conversion", "call", "put", "default", "life")

Source = Callable[[Stage], np.ndarray]
Value = Callable[[int, float], np.ndarray]


def columns(sweep: Sweep, source: Source, held: Value, start: np.ndarray) -> np.ndarray:
    """The columns at the first decision, float64 [node, column].

    `source(stage)` [node, column] is added along the way, `held(kind, time)` [column] stands where a right was used, `start` at
    maturity.
    """
    now = np.asfortranarray(start)
    before = now
    u = now
    for entry in sweep.log:
        if isinstance(entry, Held):
            if entry.kind != MATURITY:
                now = now.copy(order="F")
                row = held(entry.kind, entry.time)
                if entry.mask.dtype == bool:
                    now[entry.mask] = row
                else:
                    now += entry.mask[:, None] * (row - now)
        elif isinstance(entry, Mapped):
            now = np.asfortranarray(entry.of(now))
        else:
            k = entry.operator.k
            if entry.first:
                before = now
                y = _solved(entry, before + k * source(entry), held(_kind(entry), entry.time))
                u = 2.0 * y - before
                if entry.projected is not None:
                    row = held(_kind(entry), entry.time - k)
                    if isinstance(entry.projected, np.ndarray):
                        u[entry.projected] = row
                    else:
                        u[entry.projected :] = row
            else:
                now = _solved(entry, BLEND * u - KEEP * before + k * source(entry), held(_kind(entry), entry.time))
    return now


def _kind(stage: Stage) -> int:
    return stage.bound if stage.bound != NONE else CALL


def _solved(stage: Stage, rhs: np.ndarray, row: np.ndarray) -> np.ndarray:
    operator, free = stage.operator, stage.free
    if stage.scattered is not None:
        rhs[stage.scattered] = row
        return np.asfortranarray(held_solve(operator, rhs, stage.scattered))
    result = np.empty(rhs.shape, order="F")
    result[free:] = row
    if not free:
        return result
    part = operator.solve(np.asfortranarray(rhs), free)
    if stage.theta is not None:
        unit, theta = operator.unit(free), stage.theta
        ghost = (row - (1.0 - theta) * part[-1]) / (theta + (1.0 - theta) * unit[-1])
        part = part + unit[:, None] * ghost
    elif free < len(rhs):
        part = part + operator.unit(free)[:, None] * row
    result[:free] = part
    return result


def slopes(problem: Problem, stage: Stage) -> tuple[np.ndarray, np.ndarray]:
    """V_x and V_xx as the operator sees them at a stage, its ghost value in place; float64 [node]."""
    v = stage.v
    if stage.theta is not None and stage.free < len(v):
        v = v.copy()
        v[stage.free] = stage.ghost
    dx = stage.operator.of.dx
    first, second = np.zeros(len(v)), np.zeros(len(v))
    first[1:-1] = (v[2:] - v[:-2]) / (2 * dx)
    second[1:-1] = (v[2:] - 2 * v[1:-1] + v[:-2]) / dx**2
    first[-1] = second[-1] = (v[-1] - v[-2]) / (1.0 - np.exp(-dx))
    return first, second


def greeks(sweep: Sweep) -> np.ndarray:
    """dV by volatility, rate, hazard, dividend yield and recovery at the first decision, float64 [node, 5]."""
    p = sweep.problem
    scale = p.hazard_scale

    def source(stage: Stage) -> np.ndarray:
        segment = sweep.segments[stage.segment]
        v_x, v_xx = slopes(p, stage)
        at_default = p.paid_at_default(segment)
        moves = scale * np.ones(len(v_x)) if np.ndim(scale) == 0 else np.where(p.hazard(segment) < 50.0, scale, 0.0)
        recovered = p.hazard(segment) * p.contract.face * (at_default <= p.model.recovery * p.contract.face + 1e-12)
        return np.stack(
            [
                segment.volatility * (v_xx - v_x),
                v_x - stage.v,
                moves * (p.eta * v_x - stage.v + at_default),
                -v_x,
                recovered * np.ones(len(v_x)),
            ],
            axis=1,
        )

    zero = np.zeros(len(GREEKS))
    return columns(sweep, source, lambda kind, time: zero, np.zeros((len(p.x), len(GREEKS))))


def endings(sweep: Sweep) -> np.ndarray:
    """Chances of conversion, call, put and default, and the expected life, from the first decision on, float64 [node, 5]."""
    p = sweep.problem
    line = p.timeline

    def scaled(time: float) -> float:
        return float(np.exp(line.rate_until(time)))

    def source(stage: Stage) -> np.ndarray:
        up = scaled(stage.time)
        result = np.zeros((len(p.x), len(ENDINGS)))
        result[:, 3] = p.hazard(sweep.segments[stage.segment]) * up
        result[:, 4] = up
        return result

    def held(kind: int, time: float) -> np.ndarray:
        row = np.zeros(len(ENDINGS))
        place = {CONVERT: 0, CALL: 1, PUT: 2}.get(kind)
        if place is not None:
            row[place] = scaled(time)
        return row

    return columns(sweep, source, held, np.zeros((len(p.x), len(ENDINGS))))
