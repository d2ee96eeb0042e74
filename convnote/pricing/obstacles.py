"""Obstacles of V, and the solution of one stage between them by an active-set method. Independent of the contract.

In the usual case the obstacle binds from a node upwards. Where its bound bends or is pinned between two nodes, V is given there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from convnote.pricing.kernel import CALL, CONVERT, LEAST, NEAREST, NONE, Operator, Pin, Stage, held_solve

#: solves of one stage before the projected solution is accepted
TURNS = 40


class Jump(NamedTuple):
    """A jump of the upper bound of V at `place`, in nodes, and the bounds that the nearest node has on either side of it."""

    place: float
    below: float
    above: float

    @property
    def node(self) -> int:
        """The nearest node."""
        return round(self.place)


@dataclass(slots=True)
class Obstacles:
    """The bounds of V: `low` <= V <= `high` [node]; above the pin V is `top` [node]."""

    low: np.ndarray | None = None
    high: np.ndarray | None = None
    top: np.ndarray | None = None
    pin: Pin | None = None
    #: True if no node is free (called at once at any share price)
    whole: bool = False
    tolerance: float = field(default=1e-10)
    #: the Company's right behind `high` and `top`
    kind: int = CALL
    #: where `high` jumps, because of a trigger on closes
    jumps: tuple[Jump, ...] = ()
    #: where `high` bends, so that V may have a kink there if it is held from there upwards
    bend: Pin | None = None


def solve(operator: Operator, rhs: np.ndarray, within: Obstacles, guess: tuple[int, int]) -> Stage:
    """The solution of one stage between its obstacles, by an active-set method started from the previous stage's set.

    `guess` is (free, bound) of the previous stage. Exact: accepted when no node violates an obstacle and the residual of every
    held node has the right sign.
    """
    low, high, pin, n, tolerance = within.low, within.high, within.pin, len(rhs), within.tolerance
    top = n if pin is None else min(pin.node + 1, n)
    if within.whole or top < LEAST:
        assert within.top is not None
        return Stage(operator, 0, CALL, None, 0.0, within.top.copy())
    free, bound = guess
    if free >= top or bound == NONE or free < LEAST or (bound == CALL and high is None) or (bound == CONVERT and low is None):
        free, bound = top, NONE
    theta: float | None = None
    last = 0.0
    for turn in range(TURNS):
        v = np.empty(n)
        if within.top is not None:
            v[top:] = within.top[top:]
        theta = None
        bend = within.bend if bound == CALL and free < top else None
        if bend is not None and bend.node + 1 == free:
            assert high is not None
            theta = bend.theta
            v[:free], last = operator.solve_pinned(rhs[:free].copy(), theta, bend.value)
            v[free:top] = high[free:top]
        elif free < top:
            held: Any = high if bound == CALL else low
            v[:free] = operator.solve(rhs, free)
            v[:free] += held[free] * operator.unit(free)
            v[free:top] = held[free:top]
        elif pin is None or top == n:
            v[:top] = operator.solve(rhs, top)
        else:
            theta = pin.theta
            v[:top], last = operator.solve_pinned(rhs[:top].copy(), theta, pin.value)
        change = _violated(v, free, low, high, tolerance)
        if change is None and free < top:
            change = _released(operator, rhs, v, free, top, bound, within, gently=turn > 6)
        if change is None and within.bend is not None and _exceeds(v, within.bend, free):
            return _scattered(operator, rhs, within, top)
        if change is None:
            return Stage(operator, free, bound, theta, last, v)
        if change[0] < 0 or turn > TURNS // 2:
            return _scattered(operator, rhs, within, top)
        free, bound = change
    return _scattered(operator, rhs, within, top)


def _violated(v: np.ndarray, free: int, low: Any, high: Any, tolerance: float) -> tuple[int, int] | None:
    """The first free node beyond an obstacle, and which obstacle; -1 for the node if not all above it are; None without one."""
    for obstacle, sign, bound in ((high, 1.0, CALL), (low, -1.0, CONVERT)):
        if obstacle is None:
            continue
        beyond = sign * (v[:free] - obstacle[:free]) > tolerance
        if beyond.any():
            first = int(beyond.argmax())
            return (first, bound) if first >= LEAST and beyond[first:].all() else (-1, bound)
    return None


def _released(
    operator: Operator, rhs: np.ndarray, v: np.ndarray, free: int, top: int, bound: int, within: Obstacles, *, gently: bool
) -> tuple[int, int] | None:
    """The first node that stays held, if the residual of a held node has the wrong sign; None if all signs are right."""
    residual = rhs[free:top] - operator.product(v, free, top)
    if bound == CALL and within.bend is not None:
        _without_bend(operator, residual, v, free, within.bend)
    wrong = residual < -within.tolerance if bound == CALL else residual > within.tolerance
    if not wrong.any():
        return None
    last = free + 1 if gently else free + int(np.flatnonzero(wrong)[-1]) + 1
    return last, bound if last < top else NONE


def _without_bend(operator: Operator, residual: np.ndarray, v: np.ndarray, low: int, bend: Pin) -> None:
    """Change the residuals, from node `low` on, beside a bend of the bound to those of its branch on either side of it.

    Otherwise the bend, which is a source, would keep its neighbours held. Below it the bound is cash, which is level.
    """
    j, distance = bend.node, max(bend.sides(operator.of.dx)[1][2], NEAREST)
    if low <= j < low + len(residual):
        residual[j - low] += operator.upper.item(j) * (v.item(j + 1) - bend.value)
    if low <= j + 1 < low + len(residual):
        beyond = v.item(j + 1) + (bend.value - v.item(j + 1)) / distance
        residual[j + 1 - low] += operator.lower.item(j + 1) * (v.item(j) - beyond)


def _exceeds(v: np.ndarray, bend: Pin, free: int) -> bool:
    """Whether V, free on both sides of a bend of its bound, is above it there, by the cubic through four nodes."""
    j, t = bend.node, bend.theta
    if not 1 <= j < free - 2:
        return False
    near = (-t * (t - 1) * (t - 2) / 6, (t * t - 1) * (t - 2) / 2, -t * (t + 1) * (t - 2) / 2, t * (t * t - 1) / 6)
    return sum(weight * value for weight, value in zip(near, v[j - 1 : j + 3].tolist(), strict=True)) > bend.value


def _walled(v: np.ndarray, held: np.ndarray, bend: Pin, wall: Pin | None) -> Pin | None:
    """The bend if V is its bound there: held on one side, or beyond it; and as long as V bends upwards there."""
    j, t = bend.node, bend.theta
    if held[j] or held[j + 1]:
        return bend
    if wall is None:
        return bend if _exceeds(v, bend, len(v)) else None
    left, right = bend.value - v.item(j), v.item(j + 1) - bend.value
    return wall if right * t >= left * (1.0 - t) else None


def _scattered(operator: Operator, rhs: np.ndarray, within: Obstacles, top: int) -> Stage:
    """As `solve`, by policy iteration over single nodes, if the held nodes are not simply all those above one node."""
    n = len(rhs)
    low = np.full(n, -np.inf) if within.low is None else within.low
    high = np.full(n, np.inf) if within.high is None else within.high
    fixed = np.zeros(n, dtype=bool)
    value = np.zeros(n)
    if within.top is not None:
        fixed[top:], value[top:] = True, within.top[top:]
    over, under = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    pinned = (within.pin,) if within.pin is not None and LEAST <= top < n else ()
    bend = within.bend if within.bend is not None and LEAST <= within.bend.node < top - 2 else None
    wall: Pin | None = None
    for _ in range(TURNS):
        held = fixed | over | under
        walls = pinned if wall is None else (*pinned, wall)
        target = np.where(fixed, value, np.where(over, high, low))
        v = held_solve(operator, np.where(held, target, rhs), held, walls)
        residual = rhs - operator.product(v, 0, n)
        if bend is not None:
            _without_bend(operator, residual, v, 0, bend)
        now_over = ~fixed & np.where(over, residual >= -within.tolerance, v > high + within.tolerance)
        now_under = ~fixed & ~now_over & np.where(under, residual <= within.tolerance, v < low - within.tolerance)
        # the top row continues the line through the two nodes below it, which has no solution of its own above a held node
        now_over[-1] |= now_over[-2]
        now_under[-1] |= now_under[-2]
        now_wall = None if bend is None else _walled(v, held, bend, wall)
        if (now_over == over).all() and (now_under == under).all() and now_wall is wall:
            break
        if wall is not None and now_wall is None:
            bend = None  # given up once and for all, so that it does not come and go
        over, under, wall = now_over, now_under, now_wall
    v = np.where(fixed, value, np.minimum(np.maximum(v, low), np.maximum(high, low)))
    return Stage(operator, n, NONE, None, 0.0, v, scattered=fixed | over | under, walls=walls)
