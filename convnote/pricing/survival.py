"""The level of a share-dependent hazard, fitted to a survival curve by the forward equation of the density."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, log, sqrt
from typing import Any

import numpy as np
from scipy.linalg.lapack import dgttrs
from scipy.optimize import brentq

from convnote.calendars import one_day, to_date
from convnote.errors import PricingError, as_given, must_be
from convnote.inputs import DateLike
from convnote.market.curves import Curve
from convnote.market.model_base import MarketModel
from convnote.market.model_walks import LOGNORMAL, kind_of
from convnote.market.models import Lognormal
from convnote.pricing.kernel import BLEND, GAMMA, KEEP, Coefficients, Operator
from convnote.pricing.problem import HAZARD_CAP
from convnote.pricing.timeline import Segment, timeline

#: nodes on each side of the spot, standard deviations covered, steps per year, and the least number between two days
NODES, WIDTH, STEPS, LEAST = 200, 6.0, 24.0, 12
#: the largest level tried, per year
HIGHEST = 20.0


def hazard_from_survival(model: Lognormal, survival: Curve, *, until: DateLike) -> Curve:
    """The hazard rate at the hazard level, h0(t), that reproduces the survival probability of `survival` on each of its days.

    `survival` is a curve of hazard rates independent of the share, such as `cn.hazard_from_cds` returns; `until` is the last day
    fitted. The model's `hazard_exponent`, `hazard_spot`, `default_jump` and clock are kept; its `hazard_rate` is not.
    The result has the days of `survival`; with `hazard_exponent` 0 it equals `survival` to 1e-6.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.3, rate=0.05, hazard_exponent=-1)
    >>> curve = hazard_from_survival(model, cn.hazard_from_cds({5: 0.03}, 0.4, 0.05, as_of="2003-01-01"), until="2008-01-01")
    >>> round(float(curve.values[0]), 4)
    0.0528

    Raises `PricingError` for a model of another kind and for a survival curve that no level fits.
    """
    if not isinstance(model, MarketModel) or kind_of(model) != LOGNORMAL:
        raise PricingError("expected a Lognormal model", field="model", value=as_given(model))
    must_be(survival, Curve, "survival", "expected a Curve of hazard rates (see cn.hazard_from_cds)")
    end = one_day(until)
    if end <= model.start:
        raise PricingError(f"expected a day after {model.as_of}", field="until", value=to_date(end))
    inside = [day for day in survival.days.tolist() if model.start < day < end]
    days = [model.start, *inside, end]
    targets = np.exp(-survival.integral(model.start, np.array(days[1:]), day_count=model.day_count, trading=model.calendar))
    segments = timeline(replace(model, hazard_rate=0.0), tuple(days)).segments
    density = _Density(model, segments)
    levels = []
    for segment, target in zip(segments, targets.tolist(), strict=True):
        levels.append(density.fitted(segment, float(target)))
    starts = np.array([max(int(survival.days[0]), model.start), *inside], dtype=np.int64)
    return Curve.of(starts, np.array(levels))


class _Density:
    """The density of ln S on surviving paths, as weights at the nodes, propagated forward from the spot."""

    def __init__(self, model: Lognormal, segments: tuple[Segment, ...]) -> None:
        self.model = model
        deviation = sqrt(sum(each.variance * each.years for each in segments))
        if deviation <= 0:
            raise PricingError("expected a volatility above 0", field="model.volatility", value=0.0)
        self.dx = WIDTH * deviation / NODES
        share = np.exp(log(model.spot) + self.dx * np.arange(-NODES, NODES + 1))
        self.scale: Any = np.asarray(model.hazard_scale(share), dtype=np.float64)
        self.weights = np.zeros(2 * NODES + 1)
        self.weights[NODES] = 1.0

    def fitted(self, segment: Segment, target: float) -> float:
        """The level over a segment that leaves survival probability `target`; advances the density with it."""

        def gap(level: float) -> float:
            return float(self._moved(segment, level).sum()) - target

        if not segment.years:
            return 0.0
        low, high = gap(0.0), gap(HIGHEST)
        if low * high > 0:
            reason = f"no hazard level from 0 to {HIGHEST:g} gives a survival of {target:.6g} on {to_date(segment.day1)}"
            raise PricingError(reason, field="survival", value=target)
        level = float(brentq(gap, 0.0, HIGHEST, xtol=1e-12))
        self.weights = self._moved(segment, level)
        return level

    def _moved(self, segment: Segment, level: float) -> np.ndarray:
        n = max(LEAST, ceil(STEPS * segment.years))
        k = GAMMA * segment.years / n / 2
        hazard, a = np.minimum(level * self.scale, HAZARD_CAP), segment.variance / 2
        drift = segment.rate - segment.cost + self.model.default_jump * hazard - a
        operator = Operator(Coefficients(a, drift, hazard, self.dx, len(self.scale)), k)
        dl, d, du, du2, pivots = operator.factors(len(self.scale))
        weights = self.weights
        for _ in range(n):
            y = dgttrs(dl, d, du, du2, pivots, weights, trans="T")[0]
            weights = BLEND * (2.0 * dgttrs(dl, d, du, du2, pivots, y, trans="T")[0] - y) - KEEP * y
        return np.asarray(weights)
