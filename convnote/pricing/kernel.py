"""The finite-difference kernel: one step of TR-BDF2 on a uniform grid in ln S, with obstacles that bind at the top of the grid.

Both stages solve with the same matrix I - k L, k = gamma dt / 2. An obstacle that binds from a node upwards is a Dirichlet value;
a boundary between two nodes is imposed through a ghost value; without it the scheme is first order. Independent of the contract.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import exp, sqrt
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg.lapack import dgttrf, dgttrs

from convnote.errors import PricingError

GAMMA = 2.0 - sqrt(2.0)
#: stage 2: rhs = BLEND u - KEEP v + k source
BLEND = 1.0 / (GAMMA * (2.0 - GAMMA))
KEEP = (1.0 - GAMMA) ** 2 / (GAMMA * (2.0 - GAMMA))
#: solves of one stage before the projected solution is accepted
TURNS = 40
#: with fewer free nodes, all are treated as held
LEAST = 3

#: a boundary closer to the node below it, in spacings, is moved up to this
NEAREST = 1e-12

#: which obstacle holds from `Decided.free` upwards
NONE, CALL, CONVERT = 0, 1, 2
#: a right that ends V like a call: the withdrawal of conversion
WITHDRAW = 5


class Coefficients(NamedTuple):
    """L V = a V_xx + drift V_x - rate V on a grid of spacing `dx`; numbers, or arrays [node] where the hazard depends on S."""

    a: float
    drift: Any
    rate: Any
    dx: float
    nodes: int


class Factors(NamedTuple):
    """LU of a tridiagonal matrix."""

    dl: np.ndarray
    d: np.ndarray
    du: np.ndarray
    du2: np.ndarray
    pivots: np.ndarray


class Pinned(NamedTuple):
    """LU of the rows below a boundary at which V is given; the last right-hand side gains `share` times that value."""

    dl: np.ndarray
    d: np.ndarray
    du: np.ndarray
    du2: np.ndarray
    pivots: np.ndarray
    share: float


class Operator:
    """I - k L as a tridiagonal matrix, and its factors for each number of free nodes.

    The lowest row has no derivative (an ordinary differential equation at S = 0), the top row is linear in S.
    """

    def __init__(self, of: Coefficients, k: float) -> None:
        a, drift, rate, dx, n = of
        second, first = k * a / dx**2, k * drift / (2 * dx)
        self.k, self.of = k, of
        flat = isinstance(first, float)
        self.lower, self.upper = np.full(n, first - second), np.full(n, -second - first)
        self.diagonal = np.full(n, 1.0 + 2.0 * second + k * rate)
        steep = abs(first) > second
        if steep if flat else steep.any():
            if flat:
                reason = "the grid is too coarse for so small a volatility: its drift exceeds its diffusion; expected more nodes"
                raise PricingError(reason, field="options.nodes", value=n)
            self._against_the_wind(steep, first)
        slope = k * (drift if flat else drift[-1]) / (1.0 - exp(-dx))
        self.diagonal[0] -= 2.0 * second
        self.upper[0] = 0.0
        if not flat and first[0] > 0:  # a hazard that explodes at S = 0 transports V upwards in S
            self.upper[0] = -2.0 * first[0]
            self.diagonal[0] += 2.0 * first[0]
        # V linear in S: V_xx = V_x = (V_n - V_(n-1)) / (1 - exp(-dx))
        slope += k * a / (1.0 - exp(-dx))
        self.diagonal[-1] = 1.0 + k * (rate if flat else rate[-1]) - slope
        self.lower[-1] = slope
        self._factors: dict[int, Factors] = {}
        self._units: dict[int, np.ndarray] = {}
        self._pinned: dict[tuple[int, float], Pinned] = {}

    def _against_the_wind(self, steep: np.ndarray, first: np.ndarray) -> None:
        """Upwind differences where a hazard that explodes as S falls makes drift dominate diffusion: V is flat there."""
        steep[[0, -1]] = False  # these rows have their own equations
        up, down = steep & (first > 0), steep & (first < 0)
        self.upper[up] -= first[up]
        self.lower[up] -= first[up]
        self.diagonal[up] += 2.0 * first[up]
        self.lower[down] += first[down]
        self.upper[down] += first[down]
        self.diagonal[down] -= 2.0 * first[down]

    @cached_property
    def _whole(self) -> tuple[Factors, int]:
        """LU of all rows, and the number of rows before the first that is interchanged."""
        dl, d, du, du2, pivots, info = dgttrf(self.lower[1:], self.diagonal, self.upper[:-1])
        if info:
            reason = "the matrix of a step is singular on this grid: expected more nodes or steps"
            raise PricingError(reason, field="options.nodes", value=self.of.nodes)
        swapped = pivots[:-1] != np.arange(1, len(d))
        return Factors(dl, d, du, du2, pivots), int(swapped.argmax()) if swapped.any() else len(d)

    def factors(self, m: int) -> Factors:
        """LU of the first m rows: elimination runs upwards, so these are the first m of all rows unless rows are interchanged."""
        found = self._factors.get(m)
        if found is None:
            (dl, d, du, du2, pivots), straight = self._whole
            if m == len(d):
                found = self._whole[0]
            elif m < straight:
                found = Factors(dl[: m - 1], d[:m], du[: m - 1], du2[: m - 2], pivots[:m])
            else:
                found = Factors(*dgttrf(self.lower[1:m], self.diagonal[:m], self.upper[: m - 1])[:5])
            self._factors[m] = found
        return found

    def pinned(self, m: int, theta: float) -> Pinned:
        """LU of the first m rows with V given at a fraction `theta` of the spacing above the last of them."""
        found = self._pinned.get((m, theta))
        if found is None:
            dl, d, du, du2, pivots = self.factors(m)
            share = -self.upper.item(m - 1) / max(theta, NEAREST)
            d = d.copy()
            d[-1] += share * (1.0 - theta)
            found = self._pinned[m, theta] = Pinned(dl, d, du, du2, pivots, share)
        return found

    def solve_pinned(self, rhs: np.ndarray, theta: float, value: float) -> tuple[np.ndarray, float]:
        """The solution with V = `value` at a fraction `theta` of the spacing above the last node, and the last of `rhs`.

        `rhs` [node] is overwritten.
        """
        m = len(rhs)
        dl, d, du, du2, pivots, share = self._pinned.get((m, theta)) or self.pinned(m, theta)
        last = rhs.item(m - 1)
        rhs[m - 1] = last + share * value
        return dgttrs(dl, d, du, du2, pivots, rhs, "N", 1)[0], last

    def solve(self, rhs: np.ndarray, m: int) -> np.ndarray:
        """The solution at the first m nodes with 0 at node m; `rhs` and answer [node] or [node, column]."""
        return dgttrs(*self.factors(m), rhs[:m])[0]

    def unit(self, m: int) -> np.ndarray:
        """The contribution of a value of 1 at node m to the first m nodes, float64 [node]."""
        found = self._units.get(m)
        if found is None:
            found = np.zeros(m)
            if m < self.of.nodes:
                found[-1] = -self.upper[m - 1]
                found = dgttrs(*self.factors(m), found)[0]
            self._units[m] = found
        return found

    def with_held(self, held: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The lower, main and upper diagonals [node], with the rows of held nodes replaced by those of V = rhs."""
        lower, diagonal, upper = self.lower.copy(), self.diagonal.copy(), self.upper.copy()
        lower[held], upper[held], diagonal[held] = 0.0, 0.0, 1.0
        return lower, diagonal, upper

    def product(self, v: np.ndarray, low: int, high: int) -> np.ndarray:
        """(I - k L) v on the nodes from `low` up to but excluding `high`, float64 [node]."""
        last = len(v) - 1
        nodes = np.arange(low, high)
        below, above = np.maximum(nodes - 1, 0), np.minimum(nodes + 1, last)
        outside = (nodes > 0) * self.lower[nodes] * v[below] + (nodes < last) * self.upper[nodes] * v[above]
        return np.asarray(outside + self.diagonal[nodes] * v[nodes])


class Operators:
    """I - k L of the segments of a problem; the same rates and step give the same operator.

    Not kept by the problem, which lives until the next collection of garbage, and these arrays would with it.
    """

    def __init__(self, coefficients: Callable[[Any], Coefficients]) -> None:
        self.coefficients = coefficients
        self._found: dict[tuple[float, ...], Operator] = {}

    def __call__(self, segment: Any, k: float) -> Operator:
        # rate, hazard, cost of carry and variance
        key = (*segment[4:8], round(k, 13))
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = Operator(self.coefficients(segment), k)
        return found


class Pin(NamedTuple):
    """A boundary between nodes `node` and node + 1, a fraction `theta` of the spacing above `node`, where V is `value`."""

    node: int
    theta: float
    value: float


@dataclass(slots=True)
class Stage:
    """One solve: nodes below `free` satisfy the equation, others hold the obstacle `bound`, or lie above a pinned boundary."""

    operator: Operator
    free: int
    bound: int
    #: position of a pinned boundary above the last free node, in spacings
    theta: float | None
    #: the last right-hand side below a pinned boundary
    last: float
    v: np.ndarray
    #: held nodes if they are not simply all those above one node; None in the usual case
    scattered: np.ndarray | None = None
    #: years from as_of to the time of the stage
    time: float = 0.0
    #: the index of the segment, and whether it is the first stage of a step
    segment: int = 0
    first: bool = False
    #: nodes where u = 2 y - v was projected onto the obstacle after the first stage
    projected: Any = None
    #: the Company's right behind the upper obstacle
    right: int = CALL

    @property
    def kind(self) -> int:
        """The right exercised at held nodes."""
        return CONVERT if self.bound == CONVERT else self.right

    @property
    def ghost(self) -> float:
        """V at the node above a pinned boundary that satisfies the row of the last free node.

        From that row: the line from that node through the boundary loses digits where the two are close.
        """
        of, j, v = self.operator, self.free - 1, self.v
        return (self.last - of.diagonal.item(j) * v.item(j) - of.lower.item(j) * v.item(j - 1)) / of.upper.item(j)


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
    #: position, in nodes, from which `high` counts because of a trigger on closes; None: everywhere
    opens_at: float | None = None
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
            change = _released(operator, rhs, v, free, top, bound, tolerance, gently=turn > 6)
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
    operator: Operator, rhs: np.ndarray, v: np.ndarray, free: int, top: int, bound: int, tolerance: float, *, gently: bool
) -> tuple[int, int] | None:
    """The first node that stays held, if the residual of a held node has the wrong sign; None if all signs are right."""
    residual = rhs[free:top] - operator.product(v, free, top)
    wrong = residual < -tolerance if bound == CALL else residual > tolerance
    if not wrong.any():
        return None
    last = free + 1 if gently else free + int(np.flatnonzero(wrong)[-1]) + 1
    return last, bound if last < top else NONE


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
    for _ in range(TURNS):
        held = fixed | over | under
        target = np.where(fixed, value, np.where(over, high, low))
        v = held_solve(operator, np.where(held, target, rhs), held)
        residual = rhs - operator.product(v, 0, n)
        now_over = ~fixed & np.where(over, residual >= -within.tolerance, v > high + within.tolerance)
        now_under = ~fixed & ~now_over & np.where(under, residual <= within.tolerance, v < low - within.tolerance)
        if (now_over == over).all() and (now_under == under).all():
            break
        over, under = now_over, now_under
    v = np.where(fixed, value, np.minimum(np.maximum(v, low), np.maximum(high, low)))
    return Stage(operator, n, NONE, None, 0.0, v, scattered=fixed | over | under)


def held_solve(operator: Operator, rhs: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Solve with the rows of held nodes replaced by V = rhs; `rhs` and answer [node] or [node, column]."""
    lower, diagonal, upper = operator.with_held(held)
    dl, d, du, du2, pivots, _ = dgttrf(lower[1:], diagonal, upper[:-1])
    return dgttrs(dl, d, du, du2, pivots, rhs)[0]
