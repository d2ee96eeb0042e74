"""The probability that the condition of a soft call is ever met while the Company may give notice, before default."""

from __future__ import annotations

import numpy as np

from convnote.pricing.kernel import BLEND, GAMMA, KEEP, Coefficients, Operator
from convnote.pricing.problem import Problem
from convnote.pricing.timeline import Segment

#: steps per year, and the least number between two events: the probability jumps at the barrier when the window opens
STEPS, LEAST = 48.0, 8


def chance_of_trigger(problem: Problem, spot: float) -> float | None:
    """The pricing-measure probability that the conversion value exceeds the level of the condition; None for a hard call.

    `spot` is in the note's currency. The barrier lies between two nodes and is imposed through a ghost value.
    """
    call = problem.contract.call
    if call is None or call.trigger is None or not problem.shares:
        return None
    x, n = problem.x, len(problem.x)
    place = (np.log(call.trigger / problem.shares) - problem.x_low) / problem.dx
    node = int(place)
    theta = place - node
    if not 2 <= node < n - 1:
        return 0.0 if node >= n - 1 else 1.0
    u = np.zeros(n)
    for segment in reversed(problem.timeline.segments):
        if segment.years:
            u = _back(problem, segment, u, node, theta, watched=problem.may_call(segment))
    # linear between two nodes; 1 above the barrier if the condition can be met today
    if problem.may_call(problem.timeline.segments[0]) and problem.shares * spot > call.trigger:
        return 1.0
    return float(np.interp(np.log(spot), x, u))


def _back(problem: Problem, segment: Segment, u: np.ndarray, node: int, theta: float, *, watched: bool) -> np.ndarray:
    steps = max(LEAST, int(np.ceil(STEPS * segment.years)))
    k = GAMMA * segment.years / steps / 2
    of = problem.coefficients(segment)
    operator = Operator(Coefficients(of.a, of.drift, problem.hazard(segment), of.dx, of.nodes), k)
    for _ in range(steps):
        y = _solved(operator, u, node, theta, watched)
        u = _solved(operator, BLEND * (2.0 * y - u) - KEEP * u, node, theta, watched)
    return u


def _solved(operator: Operator, rhs: np.ndarray, node: int, theta: float, watched: bool) -> np.ndarray:
    if not watched:
        return operator.solve(rhs, len(rhs))
    free = node + 1
    low, unit = operator.solve(rhs, free), operator.unit(free)
    ghost = (1.0 - (1.0 - theta) * low[-1]) / (theta + (1.0 - theta) * unit[-1])
    result = np.ones(len(rhs))
    result[:free] = low + ghost * unit
    return result
