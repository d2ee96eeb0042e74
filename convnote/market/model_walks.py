"""Model walks: closes drawn from each model, and the kind of walk that a model declares. Independent of the note.

A model's `walk()` returns a function `(days, paths, rng) -> closes`: `days` are day numbers, int64 [day], ascending, the first
may be `as_of` itself; `paths` is the number of paths; `rng` is a `numpy.random.Generator`. Closes are float64 [path, day] in the
note's currency, before default and without fundamental changes: a simulation draws both separately.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convnote.errors import MarketError, as_given
from convnote.market.model_base import MarketModel, ModelWalk

#: The library's own kinds of walk, and the name for any other.
LOGNORMAL, TWO_FACTORS, DRAWN, OWN = "lognormal", "two factors", "drawn returns", "own"


@dataclass(frozen=True)
class LognormalWalk:
    """Closes of one lognormal factor.

    >>> import convnote as cn
    >>> walk = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05).walk()
    >>> walk(np.array([11003, 11004]), 3, np.random.default_rng(1)).shape
    (3, 2)
    """

    model: Any

    def __call__(self, days: np.ndarray, paths: int, rng: np.random.Generator) -> np.ndarray:
        """Closes, float64 [path, day]."""
        steps = self.model.steps(days)
        moves = steps.drift + np.sqrt(np.maximum(steps.variance, 0.0)) * rng.standard_normal((paths, len(days)))
        return _quoted(_grown(self.model, self.model.contract_spot, moves, steps.compensation), self.model.quote)


@dataclass(frozen=True)
class TwoFactorWalk:
    """Closes of a share over an exchange rate, both as quoted (FX-1)."""

    model: Any

    def __call__(self, days: np.ndarray, paths: int, rng: np.random.Generator) -> np.ndarray:
        """Closes, float64 [path, day]."""
        model, steps = self.model, self.model.steps(days)
        first, second = rng.standard_normal((2, paths, len(days)))
        spread = np.sqrt(np.maximum(steps.exchange_variance, 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(spread > 0, steps.covariance / spread, 0.0)
        left = np.sqrt(np.maximum(steps.share_variance - slope * slope, 0.0))
        rate = model.exchange_rate * np.exp(np.cumsum(steps.exchange_drift + spread * first, axis=1))
        moves = steps.share_drift + slope * first + left * second
        share = _grown(model, model.spot, moves, steps.compensation)
        return _quoted(share, model.quote) / _quoted(rate, model.exchange_quote)


@dataclass(frozen=True)
class DrawnWalk:
    """Closes from runs of consecutive daily returns of a history, each run from a place drawn for the path."""

    model: Any

    def __call__(self, days: np.ndarray, paths: int, rng: np.random.Generator) -> np.ndarray:
        """Closes, float64 [path, day]."""
        model, steps = self.model, self.model.steps(days)
        moving = np.flatnonzero(steps.variance > 0)
        runs = -(-len(moving) // model.block_length)
        places = rng.integers(0, len(model.returns), (paths, runs, 1)) + np.arange(model.block_length)
        returns = np.take(model.returns, places.reshape(paths, -1)[:, : len(moving)], mode="wrap")
        moves = np.broadcast_to(steps.drift, (paths, len(days))).copy()
        moves[:, moving] += returns
        return _quoted(_grown(model, model.contract_spot, moves, steps.compensation), model.quote)


def _grown(model: MarketModel, spot: float, moves: np.ndarray, compensation: np.ndarray) -> np.ndarray:
    """Prices from `spot` by log moves [path, day], with the drift that compensates for default."""
    if not model.hazard_exponent:
        return np.asarray(spot * np.exp(np.cumsum(moves + compensation, axis=1)))
    prices, price = np.empty(moves.shape), np.full(len(moves), float(spot))
    for day in range(moves.shape[1]):
        price = price * np.exp(moves[:, day] + compensation[day] * model.hazard_scale(price))
        prices[:, day] = price
    return prices


def _quoted(prices: np.ndarray, tick: float) -> np.ndarray:
    """Prices rounded half-up to the quote grid, at least one tick."""
    inverse = 1.0 / tick
    per_unit = float(round(inverse)) if abs(inverse - round(inverse)) < 1e-9 * inverse else inverse
    return np.asarray(np.maximum(np.floor(prices * per_unit + 0.5), 1.0) / per_unit)


_KINDS: dict[type, str] = {LognormalWalk: LOGNORMAL, TwoFactorWalk: TWO_FACTORS, DrawnWalk: DRAWN}


def kind_of(model: MarketModel) -> str:
    """The kind of walk that a model declares: one of the library's, or `OWN`.

    >>> import convnote as cn
    >>> kind_of(cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05))
    'lognormal'

    Raises `MarketError` for a model without a walk, or whose `walk()` does not return a function.
    """
    walk: Any = model.walk()
    if not callable(walk):
        reason = "walk() must return a function (days, paths, rng) -> closes, float64 [path, day]"
        raise MarketError(reason, field=f"{type(model).__name__}.walk", value=as_given(walk))
    return _KINDS.get(type(walk), OWN)


def closes_of(model: MarketModel, days: np.ndarray, paths: int, rng: np.random.Generator) -> np.ndarray:
    """Closes drawn by the model's own walk and checked, float64 [path, day].

    Raises `MarketError` for a result of another shape, and for closes that are not finite numbers above 0.
    """
    walk: ModelWalk = model.walk()
    field, wanted = f"{type(model).__name__}.walk", (paths, len(days))
    answer: Any = walk(days, paths, rng)
    try:
        closes = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        reason = f"closes, float64 [path, day] of shape {wanted}, are expected"
        raise MarketError(reason, field=field, value=as_given(answer)) from None
    if closes.shape != wanted:
        raise MarketError(f"closes [path, day] of shape {wanted} are expected", field=field, value=f"shape {closes.shape}")
    wrong = ~(np.isfinite(closes) & (closes > 0))
    if wrong.any():
        path, day = np.argwhere(wrong)[0].tolist()
        number = np.count_nonzero(wrong)
        reason = f"closes must be finite and above 0; that of path {path}, day {day} is the first of {number} that are not"
        raise MarketError(reason, field=field, value=float(closes[path, day]))
    return closes
