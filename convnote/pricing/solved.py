"""One solve of a problem: values and derivatives at any spot, computed on demand, and re-solves with bumped parameters."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from math import exp
from typing import Any

import numpy as np
from scipy.interpolate import PchipInterpolator

from convnote.market.curves import Curve
from convnote.market.discount import DiscountCurve
from convnote.pricing import tangents
from convnote.pricing.adjoint import Weighted
from convnote.pricing.boundaries import Bounds
from convnote.pricing.opening import Opening, Read
from convnote.pricing.problem import HAZARD_CAP, Problem
from convnote.pricing.sweep import Sweep
from convnote.pricing.timeline import Segment
from convnote.pricing.undecided import at_maturity, converted

#: the adjoint is used for up to this many spots, one by one; for more, the columns at all nodes serve every spot
ADJOINTS = 5
#: steps of a parameter, per year or of the volatility, and of the recovery, in which V bends less
STEP, RECOVERY_STEP = 1e-3, 1e-2


def shifted(value: Any, by: float) -> Any:
    """A parameter shifted in parallel."""
    return value.shifted(by) if isinstance(value, (Curve, DiscountCurve)) else value + by


class Solved:
    """A problem and its sweep. Everything is read at spots in the note's currency, float64 [spot]."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.opening = Opening(problem, None if problem.is_undecided else self.sweep)
        self._last_read: tuple[bytes | None, Any] = (None, None)

    @cached_property
    def sweep(self) -> Sweep:
        """The steps back from maturity to the first decision."""
        return Sweep(self.problem)

    @cached_property
    def bounds(self) -> Bounds:
        """The bounds of V."""
        return self.sweep.bounds

    @property
    def at_nodes(self) -> np.ndarray:
        """V at the first decision, float64 [node]."""
        return self.sweep.v

    @property
    def now(self) -> Segment:
        """The segment that begins today."""
        segments = self.problem.timeline.segments
        return next((each for each in segments if each.years), segments[0])

    @property
    def a_day(self) -> float:
        """A calendar day from today in years of the model's clock."""
        return self.now.years / (self.now.day1 - self.now.day0)

    @cached_property
    def promised(self) -> dict[str, float]:
        """Value and derivatives of the payments before the first decision."""
        return self.opening.promised()

    # --- value, delta, gamma, theta

    def read(self, spots: np.ndarray) -> Read:
        """V and its derivatives in ln S; the last answer is kept."""
        key = spots.tobytes()
        if key != self._last_read[0]:
            p, of, promised = self.problem, self.opening, self.promised["value"]
            if p.is_undecided:
                rows = [at_maturity(p, spot, of.discounted, of.carried, of.variance) for spot in spots.tolist()]
                read = Read(*np.array([(v + promised, *slopes) for v, *slopes in rows]).T)
            else:
                read = of.read(self.sweep.v, spots, kinked=True)
                read = read._replace(v=read.v + promised)
            self._last_read = key, read
        return self._last_read[1]

    def value(self, spots: np.ndarray) -> np.ndarray:
        """The dirty value per denomination, float64 [spot]."""
        return np.array(self.read(spots).v)

    def theta(self, read: Read, spots: np.ndarray) -> np.ndarray:
        """dV / dt at fixed S, per year, from the equation, float64 [spot]."""
        p, segment = self.problem, self.now
        hazard = np.full(len(spots), segment.hazard)
        if p.model.hazard_exponent:
            hazard = np.minimum(segment.hazard * np.asarray(p.model.hazard_scale(spots)), HAZARD_CAP)
        at_default = np.full(len(spots), p.model.recovery * p.claim(segment, segment.t0))
        if p.eta != 1.0 and p.may_convert(segment):
            at_default = np.maximum((1.0 - p.eta) * p.shares * spots, at_default)
        a = segment.variance / 2
        drift = segment.rate - segment.cost + p.eta * hazard - a
        moving = a * read.v_xx + drift * read.v_x - (segment.rate + hazard) * read.v + hazard * at_default
        return self.or_held(-moving, spots)

    def held(self, spots: np.ndarray) -> np.ndarray:
        """True where a right is exercised immediately, so that V is its payoff, bool [spot]."""
        if self.opening.before:
            return np.zeros(len(spots), dtype=bool)
        x, held = self.problem.x, self.opening.held
        node = np.clip(((np.log(spots) - x[0]) / self.problem.dx + 1e-9).astype(int), 0, len(x) - 1)
        above, _ = self.opening.boundary
        return np.asarray((np.log(spots) >= above - 1e-12) | (held[node] & held[np.minimum(node + 1, len(x) - 1)]))

    def or_held(self, theta: np.ndarray, spots: np.ndarray) -> np.ndarray:
        """Theta per year, but where a right is exercised at once that of its payoff; float64 [spot]."""
        held = self.held(spots)
        if not held.any():
            return theta
        x = self.problem.x
        per_day = PchipInterpolator(x, self._payoff_a_day_later())(np.clip(np.log(spots), x[0], x[-1]))
        return np.asarray(np.where(held, per_day / self.a_day, theta))

    def _payoff_a_day_later(self) -> np.ndarray:
        """What the right nearest to V pays a day later less what it pays today, with the coupon of that day, float64 [node].

        A notice of tomorrow has another redemption date, and accrued interest grows.
        """
        p, today = self.problem, self.now.day0
        now = self.bounds.on(self.now, today)
        after = [each for each in p.timeline.segments if each.day0 <= today + 1 < each.day1]
        nothing = np.zeros(len(p.x))
        if not after:
            return nothing
        later, coupon = self.bounds.on(after[0], today + 1), p.contract.coupon_on(today + 1)
        pairs = ((now.high, later.high), (now.low, later.low), (now.top, later.top))
        found = [(old, new) for old, new in pairs if old is not None and new is not None]
        if not found:
            return nothing
        old, new = (np.array(each) for each in zip(*found, strict=True))
        nearest = np.abs(old - self.at_nodes).argmin(axis=0)[None]
        old, new = (np.take_along_axis(each, nearest, axis=0)[0] for each in (old, new))
        open_ = np.isfinite(old) & np.isfinite(new)
        return np.where(open_, np.where(open_, new, 0.0) + coupon - np.where(open_, old, 0.0), 0.0)

    # --- derivatives by parameters

    @property
    def is_linear(self) -> bool:
        """True if obstacles do not depend on the parameters, so that derivatives with frozen boundaries are exact."""
        call = self.problem.contract.call
        if self.problem.contract.growth or self.problem.windows or self.problem.elected.come_early:
            return False
        return (call is None or not call.notice) and self.problem.withdrawal is None

    def _sums(self, spots: np.ndarray, name: str) -> np.ndarray:
        """Derivatives ("greeks") or probabilities ("endings") from the first decision on, float64 [column, spot]."""
        if self.problem.is_undecided:
            # no decision adds to a derivative, and Notes end by a default before maturity, or by conversion then
            p, of = self.problem, self.opening
            result = np.zeros((len(tangents.GREEKS if name == "greeks" else tangents.ENDINGS), len(spots)))
            if name == "endings":
                growth = float(p.timeline.growth(of.years))
                result[0] = [growth * converted(p, spot, of.discounted, of.carried, of.variance) for spot in spots.tolist()]
            return result
        columns = self.__dict__.get(f"_{name}")
        flat = self.problem.eta == 1.0 and not self.problem.model.hazard_exponent and not self.problem.windows
        flat = flat and not self.problem.contract.growth
        if columns is None and flat and len(self._weighted) + len(spots) <= ADJOINTS:
            weights = self.opening.weights(spots)
            for spot, row in zip(spots.tolist(), weights, strict=True):
                if spot not in self._weighted:
                    self._weighted[spot] = Weighted(self.sweep, row)
            return np.stack([getattr(self._weighted[spot], name) for spot in spots.tolist()], axis=1)
        return self.opening.values(getattr(self, f"_{name}"), spots).T

    @cached_property
    def _weighted(self) -> dict[float, Weighted]:
        return {}

    @cached_property
    def _greeks(self) -> np.ndarray:
        return tangents.greeks(self.sweep)

    def greeks(self, spots: np.ndarray) -> dict[str, np.ndarray]:
        """dV by volatility, rate, hazard, dividend yield and recovery, each [spot]."""
        if not self.is_linear:
            return self._bumped_greeks(spots)
        opening, promised = self.opening, self.promised
        reads = self._sums(spots, "greeks")
        base = self.read(spots)
        base = base._replace(v=base.v - promised["value"])
        years = opening.years
        vega, rho, hazard, phi, recovery = reads
        return {
            "vega": vega + opening.vega_weight * (base.v_xx - base.v_x),
            "rho": rho + years * (base.v_x - base.v) + promised["rate"],
            "hazard": hazard + years * (self.problem.eta * base.v_x - base.v) + promised["hazard"],
            "phi": phi - years * base.v_x,
            "recovery": recovery + promised["recovery"],
        }

    def bump(self, **changes: Any) -> Solved:
        """The same problem with parameters of the model replaced, on the same grid."""
        return Solved(replace(self.problem, model=replace(self.problem.model, **changes), frozen=self.problem))

    def _bumped_greeks(self, spots: np.ndarray) -> dict[str, np.ndarray]:
        names = {"vega": "volatility", "rho": "rate", "hazard": "hazard_rate", "phi": "dividend_yield", "recovery": "recovery"}
        return {greek: self._by_steps(name, spots) for greek, name in names.items()}

    def _by_steps(self, name: str, spots: np.ndarray) -> np.ndarray:
        """dV by a parameter from two steps: to both sides, or on one side where the other is not allowed, or bends."""
        old = getattr(self.problem.model, name)
        step = RECOVERY_STEP if name == "recovery" else STEP

        def moved(by: float) -> np.ndarray:
            return self.bump(**{name: shifted(old, by)}).value(spots)

        side = self._side(name, step)
        if not side:
            return (moved(step) - moved(-step)) / (2 * step)
        return side * (4.0 * moved(side * step) - moved(2 * side * step) - 3.0 * self.value(spots)) / (2 * step)

    def _side(self, name: str, step: float) -> int:
        """The side to which a parameter is stepped: 1 up, -1 down, 0 both."""
        model = self.problem.model
        old = getattr(model, name)
        if name == "recovery":
            return 1 if old < step else -1 if old > 1.0 - step else 0
        if name == "hazard_rate" and float(np.min(getattr(old, "values", old))) < step:
            return 1
        if name == "dividend_yield" and isinstance(old, float) and isinstance(model.borrow, float):
            # from a cost of carry of 0 upwards holders may convert early, and V is solved otherwise
            cost = old + model.borrow
            return 0 if abs(cost) >= step else 1 if cost > 0.0 else -1
        return 0

    # --- how it ends

    @cached_property
    def _endings(self) -> np.ndarray:
        return tangents.endings(self.sweep)

    def endings(self, spots: np.ndarray) -> dict[str, np.ndarray]:
        """Probabilities of each ending, payment at maturity among them, and expected life in years; each [spot]."""
        opening = self.opening
        reads = self._sums(spots, "endings")
        found = dict(zip(tangents.ENDINGS, reads, strict=True))
        survival, life = 1.0, 0.0
        for each in opening.before:
            later = survival * exp(-each.hazard * each.years)
            life += (survival - later) / each.hazard if each.hazard > 1e-12 else survival * each.years
            survival = later
        found["default"] = found["default"] + (1.0 - survival)
        found["life"] = found["life"] + life
        others = ("conversion", "call", "put", "default", "withdrawal")
        found["maturity"] = np.asarray(1.0 - sum(found[name] for name in others))
        return found
