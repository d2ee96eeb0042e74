"""The finite-difference kernel: the matrix of a step of TR-BDF2 on a uniform grid in ln S, and the solution of one of its stages.

Both stages solve with the same matrix I - k L, k = gamma dt / 2. An obstacle that binds from a node upwards is a Dirichlet value;
a boundary between two nodes is imposed through a ghost value; without it the scheme is first order. Independent of the contract.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import expm1, sqrt
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg.lapack import dgttrf, dgttrs

from convnote.errors import PricingError

GAMMA = 2.0 - sqrt(2.0)
#: stage 2: rhs = BLEND u - KEEP v + k source
BLEND = 1.0 / (GAMMA * (2.0 - GAMMA))
KEEP = (1.0 - GAMMA) ** 2 / (GAMMA * (2.0 - GAMMA))
#: with fewer free nodes, all are treated as held
LEAST = 3

#: a boundary closer to the node below it, in spacings, is moved up to this
NEAREST = 1e-12

#: which obstacle holds from `Decided.free` upwards
NONE, CALL, CONVERT = 0, 1, 2
#: a right that ends V like a call: the withdrawal of conversion
WITHDRAW = 5


def top_slopes(dx: Any) -> tuple[Any, Any]:
    """V_x and V_xx at the highest node over the rise of V from the node below it, for V linear in S; of the shape of `dx`.

    They are those of the central differences of S below it, not of S itself: two rates of growth would set off a wave at the top,
    which a hazard of some units a year carries down to the spot.
    """
    rise = -np.expm1(-dx)
    return np.sinh(dx) / dx / rise, (2.0 * np.sinh(dx / 2) / dx) ** 2 / rise


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


class Walled(NamedTuple):
    """The row of a node beside a wall: its multiplier, and how often V at the wall is then added to its right-hand side."""

    node: int
    scale: float
    share: float
    #: V at the wall
    value: float


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
        self.diagonal[0] -= 2.0 * second
        self.upper[0] = 0.0
        if not flat and first[0] > 0:  # a hazard that explodes at S = 0 transports V upwards in S
            self.upper[0] = -2.0 * first[0]
            self.diagonal[0] += 2.0 * first[0]
        by_x, by_xx = top_slopes(dx)
        slope = k * ((drift if flat else drift[-1]) * by_x + a * by_xx)
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

    def with_held(self, held: np.ndarray, walls: tuple[Pin, ...] = ()) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[Walled]]:
        """The lower, main and upper diagonals [node], with the rows of held nodes replaced by those of V = rhs.

        The free nodes beside a wall, where V is given between two nodes, get a ghost value beyond it.
        """
        lower, diagonal, upper = self.lower.copy(), self.diagonal.copy(), self.upper.copy()
        lower[held], upper[held], diagonal[held] = 0.0, 0.0, 1.0
        gains: list[Walled] = []
        for wall in walls:
            for node, beyond, distance in wall.sides(self.of.dx):
                if held[node]:
                    continue
                inward, outward = (lower, upper) if beyond > node else (upper, lower)
                near, share = max(distance, NEAREST), -outward.item(node)
                # multiplied by the distance, or a row of huge numbers would take the digits of the next
                inward[node] *= near
                diagonal[node] = diagonal.item(node) * near + share * (1.0 - distance)
                outward[node] = 0.0
                gains.append(Walled(node, near, share, wall.value))
        return lower, diagonal, upper, gains

    def product(self, v: np.ndarray, low: int, high: int) -> np.ndarray:
        """(I - k L) v on the nodes from `low` up to but excluding `high`, float64 [node]."""
        result = self.diagonal[low:high] * v[low:high]
        above, below = min(high, len(v) - 1), max(low, 1)
        result[: above - low] += self.upper[low:above] * v[low + 1 : above + 1]
        result[below - low :] += self.lower[below:high] * v[below - 1 : high - 1]
        return np.asarray(result)


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

    def sides(self, dx: float) -> tuple[tuple[int, int, float], tuple[int, int, float]]:
        """Of the nodes below and above it: the node, the one beyond the boundary, and the fraction of the spacing to it.

        Above, where V is nearly linear in S, the fraction is one of S.
        """
        up, down = expm1((1.0 - self.theta) * dx), expm1(-self.theta * dx)
        return (self.node, self.node + 1, self.theta), (self.node + 1, self.node, up / (up - down))


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
    #: of scattered nodes: where V is given between two of them
    walls: tuple[Pin, ...] = ()

    @property
    def kind(self) -> int:
        """The right exercised at held nodes."""
        return CONVERT if self.bound == CONVERT else self.right

    def ghosts(self) -> list[tuple[int, int, float]]:
        """Of the free nodes beside a wall: the node, the node beyond the wall, and the ghost value of that one."""
        found = []
        for node, beyond, distance, value in (
            (*side, wall.value) for wall in self.walls for side in wall.sides(self.operator.of.dx)
        ):
            if self.scattered is not None and not self.scattered[node]:
                near = max(distance, NEAREST)
                found.append((node, beyond, (value - (1.0 - near) * self.v.item(node)) / near))
        return found

    @property
    def ghost(self) -> float:
        """V at the node above a pinned boundary that satisfies the row of the last free node.

        From that row: the line from that node through the boundary loses digits where the two are close.
        """
        of, j, v = self.operator, self.free - 1, self.v
        return (self.last - of.diagonal.item(j) * v.item(j) - of.lower.item(j) * v.item(j - 1)) / of.upper.item(j)


def held_solve(
    operator: Operator, rhs: np.ndarray, held: np.ndarray, walls: tuple[Pin, ...] = (), at_wall: Any = None
) -> np.ndarray:
    """Solve with the rows of held nodes replaced by V = rhs; `rhs`, overwritten, and answer [node] or [node, column].

    `at_wall` is the value at every wall (None: that of the wall).
    """
    lower, diagonal, upper, gains = operator.with_held(held, walls)
    for each in gains:
        rhs[each.node] = each.scale * rhs[each.node] + each.share * (each.value if at_wall is None else at_wall)
    dl, d, du, du2, pivots, _ = dgttrf(lower[1:], diagonal, upper[:-1])
    return dgttrs(dl, d, du, du2, pivots, rhs)[0]
