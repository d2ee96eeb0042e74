"""The time axis of a valuation: event days, and the model's rates averaged over each segment between them.

Years are measured by the model's clock. Averages are exact integrals over the segment, so curves are exact at the events.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from convnote.market.curves import Curve, years
from convnote.market.discount import DiscountCurve
from convnote.market.model_base import MarketModel
from convnote.market.model_walks import LOGNORMAL, kind_of

#: Curve breakpoints beyond this number are averaged out.
BREAKS = 200


class Segment(NamedTuple):
    """From one event to the next: days, years from as_of, and averages of rate, hazard, cost of carry and variance."""

    day0: int
    day1: int
    t0: float
    t1: float
    rate: float
    #: at the hazard level, per year
    hazard: float
    #: dividend yield and borrow cost
    cost: float
    #: of the log per year
    variance: float
    #: half of d variance / d volatility for a parallel shift
    volatility: float
    #: length in years
    years: float


@dataclass(frozen=True, eq=False)
class Timeline:
    """The segments from `as_of` to maturity, in order."""

    segments: tuple[Segment, ...]
    #: integral of the rate from as_of to the end of each segment
    rate_to: np.ndarray

    @property
    def end(self) -> float:
        """Years to maturity."""
        return self.segments[-1].t1 if self.segments else 0.0

    def growth(self, times: Any) -> np.ndarray:
        """exp(integral of the rate from as_of to `times` years), float64 of the shape of `times`."""
        ends = np.array([each.t1 for each in self.segments])
        return np.asarray(np.exp(np.interp(times, np.concatenate([[0.0], ends]), np.concatenate([[0.0], self.rate_to]))))


@lru_cache(maxsize=64)
def clock(start: int, end: int, day_count: str, trading: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Years, ascending, and day numbers from `start` to `end`, float64 [day]; None if every day has the same length.

    Two days may be zero time apart: both are kept, so that a later time is counted from the later day.
    """
    if day_count in ("act/365f", "act/360"):
        return None
    days = np.arange(start, end + 1)
    t = np.maximum.accumulate(years(start, days, day_count, trading))
    return t, days.astype(np.float64)


def breaks(model: MarketModel, last: int) -> list[int]:
    """Days on which a parameter of the model changes, after `as_of` and before `last`."""
    found: set[int] = set()
    names = ("rate", "dividend_yield", "borrow", "hazard_rate", "volatility", "exchange_volatility")
    for value in (getattr(model, name, None) for name in names):
        curve = value.forwards if isinstance(value, DiscountCurve) else value
        if isinstance(curve, Curve) and len(curve.days) > 1:
            inside = curve.days[(curve.days > model.start) & (curve.days < last)]
            found.update(inside.tolist() if len(inside) <= BREAKS else [])
    return sorted(found)


def _average(model: MarketModel, value: Any, days: np.ndarray, spans: np.ndarray) -> np.ndarray:
    if isinstance(value, float):
        return np.full(len(spans), value)
    integral = value.integral(model.start, days, day_count=model.day_count, trading=model.calendar)
    return np.asarray(np.diff(integral) / np.where(spans > 0, spans, 1.0))


def timeline(model: MarketModel, days: list[int]) -> Timeline:
    """The segments between `days` (ascending, the first is `as_of`); some may have zero length on the model's clock."""
    numbers = np.array(days, dtype=np.int64)
    t = model.years(numbers)
    if len(t) < 2:
        return Timeline((), np.zeros(0))
    # two days may be zero time apart on the model's clock: the 31st and the 1st in 30/360
    spans = np.maximum(np.diff(t), 0.0)
    spans[spans < 1e-12] = 0.0
    rate = _average(model, model.rate, numbers, spans)
    hazard = _average(model, model.hazard_rate, numbers, spans)
    cost = _average(model, model.dividend_yield, numbers, spans) + _average(model, model.borrow, numbers, spans)
    variance, volatility = _variances(model, numbers, spans)
    rows = zip(
        numbers[:-1].tolist(),
        numbers[1:].tolist(),
        t[:-1].tolist(),
        t[1:].tolist(),
        rate.tolist(),
        hazard.tolist(),
        cost.tolist(),
        variance.tolist(),
        volatility.tolist(),
        np.diff(t).tolist(),
        strict=True,
    )
    return Timeline(tuple(Segment(*row) for row in rows), np.cumsum(rate * spans))


def _variances(model: Any, days: np.ndarray, spans: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    one_factor = kind_of(model) == LOGNORMAL
    if one_factor and isinstance(model.volatility, float):
        return np.full(len(spans), model.volatility**2), np.full(len(spans), model.volatility)
    variance = np.diff(model.variance(days)) / np.where(spans > 0, spans, 1.0)
    if one_factor:
        return variance, _average(model, model.volatility, days, spans)
    # for a parallel shift of the share's own volatility: sigma_S - rho sigma_X
    own, other = (_average(model, value, days, spans) for value in (model.volatility, model.exchange_volatility))
    return variance, own - model.correlation * other
