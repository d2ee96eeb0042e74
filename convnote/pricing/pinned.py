"""Steps under a call without notice whose boundary is pinned where the conversion value equals the call price.

Only the nodes below the boundary are solved for. V increases in S, so the last of them show whether the boundary is in fact free.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
from scipy.linalg.blas import daxpy, dscal

from convnote.pricing.calls import CallTable
from convnote.pricing.contract import KEPT
from convnote.pricing.kernel import BLEND, GAMMA, KEEP, NONE, Operator, Stage
from convnote.pricing.problem import Problem

#: V may exceed the call price by this fraction of the denomination before the boundary is treated as free
EXCESS = 1e-10
_Y, _V = 2.0 * BLEND, BLEND + KEEP

#: of one stage: free nodes, position of the boundary above the last of them, call price, and years from as_of
Planned = tuple[int, float, float, float]


def pinned_steps(
    problem: Problem, operator: Operator, v: np.ndarray, source: Any, place: int, plan: list[Planned]
) -> tuple[list[Stage], np.ndarray]:
    """Two stages for each step of a segment, backwards from its end, until all are done or the boundary is free, and V then.

    `v` [node] is the value at the end of segment `place`, `source` the payment at default, times k: a number or [node].
    """
    parity = problem.parity
    stages: list[Stage] = []
    limit = EXCESS * problem.contract.face
    flat = isinstance(source, float)
    some = not flat or source != 0.0
    for (free, theta, price, t), (later, its_theta, its_price, end) in zip(plan[::2], plan[1::2], strict=True):
        if not 2 < later <= free < len(parity):
            break
        if free > len(v):
            v = np.concatenate([v, parity[len(v) : free]])
        before = v[:free]
        added = source if flat else source[:free]
        y, last = operator.solve_pinned(before + added if some else before.copy(), theta, price)
        if _exceeds(y, price + limit):
            break
        rhs = y[:later].copy()
        dscal(_Y, rhs)
        daxpy(before, rhs, later, -_V)
        if some:
            rhs += added if flat else source[:later]
        new, its_last = operator.solve_pinned(rhs, its_theta, its_price)
        if _exceeds(new, its_price + limit):
            break
        stages.append(Stage(operator, free, NONE, theta, last, y, None, t, place, True))
        stages.append(Stage(operator, later, NONE, its_theta, its_last, new, None, end, place, False))
        v = new
    if not stages:
        return stages, v
    whole = parity.copy()
    whole[: len(v)] = v
    return stages, whole


def _exceeds(v: np.ndarray, price: float) -> bool:
    """Whether V exceeds a price at one of the last three nodes: the last may be too close to the boundary to show it."""
    return v.item(-1) > price or v.item(-2) > price or v.item(-3) > price


def planned(problem: Problem, places: list[int]) -> dict[int, list[Planned]]:
    """The stages of each of the segments `places`, from its end back to its beginning."""
    call = problem.contract.call
    if call is None or not places:
        return {}
    counts = [problem.steps(problem.timeline.segments[place]) for place in places]
    key = (*problem.timeline.key, *places, *counts)
    stages = call.stages.get(key)
    if stages is None:
        if len(call.stages) >= KEPT:
            call.stages.clear()
        stages = call.stages[key] = _stages(problem, call, places, counts)
    lowest, dx = problem.x_low + log(problem.shares), problem.dx
    rows: list[Planned] = []
    for level, price, t in stages:
        at = (level - lowest) / dx + 1e-9
        node = int(at)
        rows.append((node + 1, at - node, price, t))
    found, start = {}, 0
    for place, n in zip(places, counts, strict=True):
        found[place] = rows[start : start + 2 * n]
        start += 2 * n
    return found


def _stages(problem: Problem, call: CallTable, places: list[int], counts: list[int]) -> list[tuple[float, float, float]]:
    """The log of the call price, the price, and years from as_of, of every stage of the segments."""
    times: list[float] = []
    days: list[float] = []
    for place, n in zip(places, counts, strict=True):
        segment = problem.timeline.segments[place]
        step = segment.years / n
        for i in range(n):
            t = segment.t1 - i * step
            times += (t - GAMMA * step / 2, segment.t0 if i == n - 1 else t - step)
        days += problem.days_at(segment, times[len(days) :])
    prices = call.prices(np.array(days))
    return list(zip(np.log(prices).tolist(), prices.tolist(), times, strict=True))
