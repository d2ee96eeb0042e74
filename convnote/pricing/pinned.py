"""Steps under a call without notice whose boundary is pinned where the conversion value equals the call price.

Only the nodes below the boundary are solved for. V increases in S, so the last of them show whether the boundary is in fact free.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import Any

import numpy as np
from scipy.linalg.lapack import dgttrs

from convnote.pricing.kernel import BLEND, KEEP, NONE, Operator, Stage
from convnote.pricing.problem import Problem
from convnote.pricing.timeline import Segment

#: V may exceed the call price by this fraction of the denomination before the boundary is treated as free
EXCESS = 1e-10
_Y, _V = 2.0 * BLEND, BLEND + KEEP


def pinned_steps(
    problem: Problem, operator: Operator, v: np.ndarray, source: Any, segment: Segment, place: int, n: int
) -> tuple[list[Stage], np.ndarray]:
    """Two stages for each step of a segment, backwards from its end, until all are done or the boundary is free, and V then.

    `v` [node] is the value at the end of the segment, `source` the payment at default, times k: a number or [node].
    """
    parity = problem.parity
    stages: list[Stage] = []
    limit = EXCESS * problem.contract.face
    whole, known = v, True
    flat = isinstance(source, float)
    some = not flat or source != 0.0
    plan = _plan(problem, operator, segment, n)
    for free, theta, price, t in plan:
        later, its_theta, its_price, end = next(plan)
        if not 2 < later <= free < len(parity):
            break
        if free > len(v):
            v = np.concatenate([v, parity[len(v) : free]])
        before = v[:free]
        added = source if flat else source[:free]
        y, ghost = _solved(operator, before + added if some else before, free, theta, price)
        if _highest(y) > price + limit:
            break
        rhs = _Y * y
        rhs -= _V * before
        if some:
            rhs += added
        new, its_ghost = _solved(operator, rhs[:later], later, its_theta, its_price)
        if _highest(new) > its_price + limit:
            break
        stages.append(Stage(operator, free, NONE, theta, ghost, y, None, t, place, True))
        stages.append(Stage(operator, later, NONE, its_theta, its_ghost, new, None, end, place, False))
        v, known = new, False
    if not known:
        whole = parity.copy()
        whole[: len(v)] = v
    return stages, whole


def _highest(v: np.ndarray) -> float:
    found: list[float] = v[-3:].tolist()
    return max(found)


def _solved(operator: Operator, rhs: np.ndarray, free: int, theta: float, price: float) -> tuple[np.ndarray, float]:
    dl, d, du, du2, pivots, unit, last = operator.factors(free)
    v = dgttrs(dl, d, du, du2, pivots, rhs)[0]
    left = 1.0 - theta
    ghost = (price - left * v.item(-1)) / (theta + left * last)
    v += ghost * unit
    return v, ghost


def _plan(problem: Problem, operator: Operator, segment: Segment, n: int) -> Iterator[tuple[int, float, float, float]]:
    """For each stage: free nodes, position of the boundary above the last of them, call price, and years from as_of."""
    call = problem.contract.call
    assert call is not None
    step, k, t1 = segment.years / n, operator.k, segment.t1
    day_at, price_at, dx = problem.day_at, call.at, problem.dx
    lowest = problem.x_low + log(problem.shares)
    for i in range(n):
        for t in (t1 - i * step - k, segment.t0 if i == n - 1 else t1 - (i + 1) * step):
            price = price_at(day_at(segment, t))[0]
            at = (log(price) - lowest) / dx
            node = int(at + 1e-9)
            yield node + 1, max(at - node, 0.0), price, t
