"""The time axis of a valuation: event days, and the model's rates averaged over each segment between them.

Years are measured by the model's clock. Averages are exact integrals over the segment, so curves are exact at the events.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from convnote.market.curves import years
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
    #: days, clock and calendar of trading days
    key: tuple[tuple[int, ...], str, str]

    @property
    def end(self) -> float:
        """Years to maturity."""
        return self.segments[-1].t1 if self.segments else 0.0

    def growth(self, times: Any) -> np.ndarray:
        """exp(integral of the rate from as_of to `times` years), float64 of the shape of `times`."""
        return np.asarray(np.exp(np.interp(times, *self._rate_to)))

    @cached_property
    def _edges(self) -> list[int]:
        """The day numbers between which the segments lie."""
        return [self.segments[0].day0, *(each.day1 for each in self.segments)]

    @cached_property
    def _integrals(self) -> dict[str, list[float]]:
        return {}

    def integral(self, name: str, start: float, end: float) -> float:
        """The integral of a column of the segments between two days, which may be fractional."""
        to = self._integrals.get(name)
        if to is None:
            to = self._integrals[name] = [0.0, *accumulate(getattr(each, name) * each.years for each in self.segments)]
        return self._until(to, end) - self._until(to, start)

    def _until(self, to: list[float], day: float) -> float:
        edges = self._edges
        place = bisect(edges, day) - 1
        if place < 0 or place == len(edges) - 1:
            return to[max(place, 0)]
        low, high = edges[place], edges[place + 1]
        return to[place] + (to[place + 1] - to[place]) * (day - low) / (high - low)

    @cached_property
    def _rate_to(self) -> tuple[np.ndarray, np.ndarray]:
        """The ends of the segments, from 0, and the integral of the rate up to each."""
        ends = np.array([0.0, *(each.t1 for each in self.segments)])
        return ends, np.array([0.0, *accumulate(each.rate * max(each.years, 0.0) for each in self.segments)])


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


def breaks(model: Any, last: int) -> set[int]:
    """Days on which a parameter of the model changes, after `as_of` and before `last`."""
    found: set[int] = set()
    values = (model.rate, model.dividend_yield, model.borrow, model.hazard_rate, model.volatility)
    for value in (*values, getattr(model, "exchange_volatility", 0.0)):
        if isinstance(value, float):
            continue
        curve = value.forwards if isinstance(value, DiscountCurve) else value
        if len(curve.days) > 1:
            inside = curve.days[(curve.days > model.start) & (curve.days < last)]
            found.update(inside.tolist() if len(inside) <= BREAKS else [])
    return found


def _average(model: MarketModel, value: Any, days: np.ndarray, spans: np.ndarray) -> np.ndarray:
    if isinstance(value, float):
        return np.full(len(spans), value)
    integral = value.integral(model.start, days, day_count=model.day_count, trading=model.calendar)
    return np.asarray(np.diff(integral) / np.where(spans > 0, spans, 1.0))


class Days(NamedTuple):
    """The days of a time axis by one clock: day numbers, years from the first, and spans between them, 0 or more; arrays."""

    numbers: np.ndarray
    t: np.ndarray
    spans: np.ndarray
    #: first and last day, first and last time, and length of each segment
    rows: tuple[tuple[int, int, float, float, float], ...]


@lru_cache(maxsize=64)
def dated(days: tuple[int, ...], day_count: str, trading: str) -> Days:
    """The days of a time axis, ascending, measured by a clock; they may be zero time apart."""
    numbers = np.array(days, dtype=np.int64)
    t = years(days[0], numbers, day_count, trading)
    # two days may be zero time apart on the model's clock: the 31st and the 1st in 30/360
    spans = np.maximum(np.diff(t), 0.0)
    spans[spans < 1e-12] = 0.0
    times = t.tolist()
    return Days(numbers, t, spans, tuple(zip(days, days[1:], times, times[1:], np.diff(t).tolist(), strict=False)))


def timeline(model: MarketModel, days: tuple[int, ...]) -> Timeline:
    """The segments between `days` (ascending, the first is `as_of`); some may have zero length on the model's clock."""
    key = (days, model.day_count, model.calendar)
    if len(days) < 2:
        return Timeline((), key)
    on = dated(*key)
    of: Any = model
    rate, hazard, dividends, borrow, volatility = of.rate, of.hazard_rate, of.dividend_yield, of.borrow, of.volatility
    if all(isinstance(each, float) for each in (rate, hazard, dividends, borrow, volatility)) and kind_of(model) == LOGNORMAL:
        flat = (rate, hazard, dividends + borrow, volatility**2, volatility)
        return Timeline(tuple([Segment._make((*row[:4], *flat, row[4])) for row in on.rows]), key)
    numbers, spans = on.numbers, on.spans
    averages = [_average(model, each, numbers, spans) for each in (rate, hazard, dividends, borrow)]
    columns = [averages[0], averages[1], averages[2] + averages[3], *_variances(model, numbers, spans)]
    rows = zip(on.rows, *(each.tolist() for each in columns), strict=True)
    return Timeline(tuple(Segment._make((*row[:4], *rates, row[4])) for row, *rates in rows), key)


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
