"""Ladders: the value along one input, and the profit and loss after hedging with that input's sensitivity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import is_number
from convnote.errors import PricingError, is_one_of
from convnote.market.checks import VOLATILITY
from convnote.pricing.solved import shifted
from convnote.tables import Table

if TYPE_CHECKING:
    from convnote.pricing.valuation import Valuation

SPOT_STEPS = (-0.2, -0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15, 0.2)
OTHER_STEPS = (-0.02, -0.01, 0.0, 0.01, 0.02)
#: each model parameter and the valuation's derivative by it
SENSITIVITIES = {
    "volatility": "vega",
    "rate": "rho",
    "hazard_rate": "hazard",
    "dividend_yield": "phi",
    "borrow": "phi",
    "recovery": "recovery",
}
#: of a parameter moved to the end of what is allowed
ROUNDING = 1e-12
#: what a parameter may be, where that is limited
ALLOWED = {"volatility": (1e-4, VOLATILITY), "hazard_rate": (0.0, inf), "recovery": (0.0, 1.0)}


@dataclass(frozen=True, eq=False)
class Ladder:
    """Arrays [step], amounts per denomination: the input, the value, delta, gamma, and the hedged profit and loss."""

    axis: str
    #: relative moves of the spot, absolute moves of another input
    steps: np.ndarray
    inputs: np.ndarray
    price: np.ndarray
    delta: np.ndarray
    gamma: np.ndarray
    #: V(moved) - V - sensitivity x move
    hedged: np.ndarray

    def table(self) -> Table:
        """One row for each step."""
        names = ("step", self.axis, "price", "delta", "gamma", "hedged profit and loss")
        columns = (self.steps, self.inputs, self.price, self.delta, self.gamma, self.hedged)
        rows = [tuple(round(float(cell), 9) for cell in row) for row in zip(*columns, strict=True)]
        return Table.of(names, rows)

    def to_frame(self) -> Any:
        """The table as a pandas frame indexed by the step. Needs pandas."""
        return self.table().frame().set_index("step")

    def __str__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


def ladder(value: Valuation, axis: str, steps: Sequence[float] | None) -> Ladder:
    """The ladder of a valuation along `axis`: "spot" (relative steps, one solve) or a parameter of the model (absolute steps)."""
    if not is_one_of(axis, ("spot", *SENSITIVITIES)):
        raise PricingError(f"allowed: spot, {', '.join(SENSITIVITIES)}", field="ladder.axis", value=repr(axis))
    chosen = (SPOT_STEPS if axis == "spot" else OTHER_STEPS) if steps is None else steps
    listed = list(chosen) if isinstance(chosen, Iterable) else []
    if not listed or not all(is_number(each) and (axis != "spot" or each > -1.0) for each in listed):
        raise PricingError(
            "expected a list of finite steps, of the spot above -1 (-100%)", field="ladder.steps", value=repr(steps)
        )
    moves = np.array(listed, dtype=np.float64)
    if axis == "spot":
        spots = value.spot * (1.0 + moves)
        value = value.covering([value.spot, *spots])
        read = value.solved.read(spots)
        delta, gamma = read.v_x / spots, (read.v_xx - read.v_x) / spots**2
        hedged = read.v - value.price - value.delta * (spots - value.spot)
        return Ladder(axis, moves, spots, read.v, delta, gamma, hedged)
    model: Any = value.problem.model
    moves = _allowed(axis, getattr(model, axis), moves, by_default=steps is None)
    found = [value.solved.bump(**{axis: shifted(getattr(model, axis), move)}).read(np.array([value.spot])) for move in moves]
    prices = np.array([float(each.v[0]) for each in found])
    delta = np.array([float(each.v_x[0]) for each in found]) / value.spot
    gamma = np.array([float(each.v_xx[0] - each.v_x[0]) for each in found]) / value.spot**2
    sensitivity = float(value.solved.greeks(np.array([value.spot]))[SENSITIVITIES[axis]][0])
    base = getattr(model, axis)
    inputs = np.array([base + move if isinstance(base, float) else move for move in moves])
    return Ladder(axis, moves, inputs, prices, delta, gamma, prices - value.price - sensitivity * moves)


def _allowed(axis: str, old: Any, moves: np.ndarray, *, by_default: bool) -> np.ndarray:
    """The moves that keep a number or a curve within what is allowed; others are left out if they are defaults, or refused."""
    least, most = ALLOWED.get(axis, (-inf, inf))
    values = np.asarray(getattr(old, "values", old), dtype=np.float64)
    lowest, highest = float(values.min()), float(values.max())
    fits = (lowest + moves >= least - ROUNDING) & (highest + moves <= most + ROUNDING)
    if by_default:
        moves = moves[fits]
    elif not fits.all():
        move = float(moves[~fits][0])
        to = lowest + move if lowest + move < least else highest + move
        raise PricingError(
            f"moves {axis} to {to:.6g}; allowed: from {least:g}" + (f" to {most:g}" if most < inf else ""),
            field="ladder.steps",
            value=move,
        )
    return np.clip(moves, least - lowest, most - highest)
