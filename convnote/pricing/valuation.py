"""`Valuation`: the value of a note and its sensitivities, each computed on demand from one solve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from convnote.arithmetic import is_number
from convnote.calendars import to_date, to_datetime64
from convnote.errors import PricingError, as_given
from convnote.market.model_walks import TWO_FACTORS, kind_of
from convnote.pricing import desk
from convnote.pricing.floors import bond_floor
from convnote.pricing.problem import Problem
from convnote.pricing.solved import Solved, shifted
from convnote.pricing.triggers import chance_of_trigger
from convnote.pricing.withdrawal_refusals import Refusal
from convnote.tables import Table

if TYPE_CHECKING:
    from convnote.pricing.ladders import Ladder


#: up and down, for second derivatives: over less, the error of the grid shows
VOLATILITY_STEP, RATE_STEP = 0.01, 0.005


class CriticalPrices(NamedTuple):
    """Share prices at which a right is exercised, over time; NaN where it is not. datetime64[D] and float64 [time]."""

    dates: np.ndarray
    #: above it the Company calls
    call: np.ndarray
    #: above it holders convert
    conversion: np.ndarray
    #: above it the Company withdraws conversion
    withdrawal: np.ndarray


@dataclass(frozen=True, eq=False, repr=False)
class Valuation:
    """The value of one denomination at one spot, and its sensitivities, per 1.00 of each input (`table` has desk units).

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")
    >>> value = cn.price(cn.load("afv-2003"), model)
    >>> round(value.price, 2), round(value.bond_floor, 2), round(value.premium, 4)
    (122.73, 106.38, 0.2273)
    """

    solved: Any
    #: the share price in the note's currency
    spot: float
    credit: str = "jump-to-default"
    method: str = "pde"
    #: rules left out at the user's request, with the consequence
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    standard_error: float | None = None
    lower: float | None = None
    upper: float | None = None
    gap: float | None = None

    @classmethod
    def of(cls, problem: Problem, *, credit: str, left_out: tuple[Refusal, ...] = ()) -> Valuation:
        """The valuation of a problem by a credit model."""
        if credit == "jump-to-default":
            solved: Any = Solved(problem)
        else:
            from convnote.pricing.split import SplitSolved

            solved = SplitSolved(problem)
        ignored = tuple(f"{each.rule}: {each.why}" for each in left_out)
        return cls(solved, problem.spot, credit=credit, ignored=ignored, notes=desk.notes(solved.problem, credit))

    # --- the inputs

    @property
    def problem(self) -> Problem:
        """The problem solved."""
        problem: Problem = self.solved.problem
        return problem

    @property
    def as_of(self) -> date:
        """The valuation date; the value is as of its close."""
        return to_date(self.problem.model.start)

    @property
    def face(self) -> float:
        """The denomination, the basis of every amount."""
        return self.problem.contract.face

    @property
    def shares(self) -> float:
        """Shares per denomination on conversion today."""
        return self.problem.shares

    @cached_property
    def _spots(self) -> np.ndarray:
        return np.array([self.spot])

    @cached_property
    def _read(self) -> Any:
        return self.solved.read(self._spots)

    @cached_property
    def _greeks(self) -> dict[str, float]:
        return {name: float(each[0]) for name, each in self.solved.greeks(self._spots).items()}

    @cached_property
    def _endings(self) -> dict[str, float]:
        return {name: float(each[0]) for name, each in self.solved.endings(self._spots).items()}

    def at_spot(self, spot: float) -> Self:
        """The same valuation at another share price (note's currency), read from the same solve."""
        if not is_number(spot) or spot <= 0:
            raise PricingError("expected a share price above 0", field="spot", value=as_given(spot))
        return replace(self.covering([spot]), spot=float(spot))

    def covering(self, spots: Sequence[float] | np.ndarray) -> Self:
        """The same valuation, solved again if its grid does not reach all of `spots` [spot], in the note's currency.

        One solve serves all spots where V is flat below the grid and linear above. V is not flat where the hazard depends on the
        share, or holders keep something at a default; it is not linear where holders may convert early.
        """
        problem = self.problem
        if problem.feels_the_share or problem.converts_early:
            wider = replace(problem, spots=(*problem.spots, float(min(spots)), float(max(spots))))
            if wider.x[0] < problem.x[0] - problem.dx or wider.x[-1] > problem.x[-1] + problem.dx:
                return replace(self, solved=type(self.solved)(wider))
        return self

    def without_call(self) -> Self:
        """The same valuation of the note without the Company's call."""
        problem = self.problem
        bare = replace(problem, contract=replace(problem.contract, call=None))
        return replace(self, solved=type(self.solved)(bare))

    # --- value

    @cached_property
    def price(self) -> float:
        """Dirty value per denomination, in the note's currency."""
        return float(self._read.v[0])

    @cached_property
    def accrued(self) -> float:
        """Accrued interest per denomination (INT-4)."""
        c = self.problem.contract
        start = max(self.problem.model.start, c.issue)
        return float(np.asarray(c.note.interest.accrued(to_datetime64(np.array([start]))))[0])

    @property
    def clean(self) -> float:
        """Value less accrued interest, per denomination."""
        return self.price - self.accrued

    @property
    def per_100(self) -> float:
        """Dirty value per 100 of principal."""
        return 100.0 * self.price / self.face

    @property
    def conversion_value(self) -> float:
        """Shares per denomination times the share price; 0 where the note does not convert."""
        return self.shares * self.spot

    @property
    def parity(self) -> float:
        """Conversion value per 100 of principal."""
        return 100.0 * self.conversion_value / self.face

    @cached_property
    def bond_floor(self) -> float:
        """The value of the note without conversion and without the Company's call, but with its puts, per denomination."""
        return bond_floor(self.problem, self.spot)

    @property
    def premium(self) -> float:
        """Dirty value over conversion value, less 1; infinite where the note does not convert."""
        return self.price / self.conversion_value - 1.0 if self.conversion_value else float("inf")

    @property
    def premium_points(self) -> float:
        """Dirty value less conversion value, per 100 of principal."""
        return (self.price - self.conversion_value) * 100.0 / self.face

    @property
    def investment_premium(self) -> float:
        """Dirty value over bond floor, less 1."""
        return self.price / self.bond_floor - 1.0

    # --- share

    @cached_property
    def delta(self) -> float:
        """dV / dS: shares per denomination."""
        return float(self._read.v_x[0]) / self.spot

    @property
    def parity_delta(self) -> float:
        """Delta over the conversion shares."""
        return self.delta / self.shares if self.shares else 0.0

    @cached_property
    def gamma(self) -> float:
        """d2V / dS2."""
        return float(self._read.v_xx[0] - self._read.v_x[0]) / self.spot**2

    @cached_property
    def speed(self) -> float:
        """d3V / dS3."""
        read = self._read
        return float(read.v_xxx[0] - 3 * read.v_xx[0] + 2 * read.v_x[0]) / self.spot**3

    # --- time

    @cached_property
    def theta(self) -> float:
        """dV / dt at fixed S times one calendar day on the model's clock; excludes coupons paid on the day."""
        return float(self.solved.theta(self._read, self._spots)[0]) * self.solved.a_day

    @cached_property
    def _thetas(self) -> np.ndarray:
        spots = self.spot * np.array([1.0 - 1e-3, 1.0, 1.0 + 1e-3])
        return np.asarray(self.solved.theta(self.solved.read(spots), spots)) * self.solved.a_day

    @property
    def charm(self) -> float:
        """d2V / dS dt, per calendar day."""
        return float(self._thetas[2] - self._thetas[0]) / (2e-3 * self.spot)

    @property
    def color(self) -> float:
        """d3V / dS2 dt, per calendar day."""
        return float(self._thetas[2] - 2 * self._thetas[1] + self._thetas[0]) / (1e-3 * self.spot) ** 2

    # --- parameters

    @property
    def vega(self) -> float:
        """dV / d volatility, parallel."""
        return self._greeks["vega"]

    @property
    def rho(self) -> float:
        """dV / d rate at a fixed hazard, parallel; includes the change of the share's drift."""
        return self._greeks["rho"]

    @property
    def cs01(self) -> float:
        """The change in value for a 1 bp increase in the hazard rate, parallel."""
        return 1e-4 * self._greeks["hazard"]

    omicron = cs01

    @property
    def credit_spread01(self) -> float:
        """The change in value for a 1 bp increase in the spread h (1 - R); NaN at full recovery."""
        left = 1.0 - self.problem.model.recovery
        return self.cs01 / left if left else float("nan")

    @property
    def phi(self) -> float:
        """dV / d dividend yield, parallel."""
        return self._greeks["phi"]

    @property
    def borrow(self) -> float:
        """dV / d borrow cost, parallel."""
        return self._greeks["phi"]

    @property
    def recovery01(self) -> float:
        """The change in value for a one-point (0.01) increase in recovery at a fixed hazard."""
        return 0.01 * self._greeks["recovery"]

    @property
    def recovery01_at_fixed_spread(self) -> float:
        """The change in value for a one-point (0.01) increase in recovery, with the hazard adjusted to keep h (1 - R) fixed."""
        left = 1.0 - self.problem.model.recovery
        hazard = self.solved.now.hazard
        return self.recovery01 + 0.01 * self._greeks["hazard"] * hazard / left if left else float("nan")

    @cached_property
    def volga(self) -> float:
        """d2V / d volatility2, over one volatility point up and down, or a quarter of a volatility below four points."""
        old: Any = self.problem.model.volatility  # type: ignore[attr-defined]
        lowest = float(np.min(getattr(old, "values", old)))
        return self._second("volatility", "vega", min(VOLATILITY_STEP, lowest / 4))

    def _second(self, name: str, greek: str, step: float) -> float:
        """The second derivative by a parameter, over `step` up and down.

        As the difference of the first derivatives where they follow from the solve: a difference of values would divide the error
        of the grid by the square of the step.
        """
        old = getattr(self.problem.model, name)
        up, down = (self.solved.bump(**{name: shifted(old, by)}) for by in (step, -step))
        if self.solved.is_linear:
            return float((up.greeks(self._spots)[greek] - down.greeks(self._spots)[greek])[0]) / (2 * step)
        return float((up.value(self._spots) + down.value(self._spots))[0] - 2 * self.price) / step**2

    @cached_property
    def vanna(self) -> float:
        """d2V / dS d volatility."""
        spots = self.spot * np.array([1.0 - 1e-3, 1.0, 1.0 + 1e-3])
        vegas = self.solved.greeks(spots)["vega"]
        return float(vegas[2] - vegas[0]) / (2e-3 * self.spot)

    @property
    def fx_delta(self) -> float | None:
        """For a `CrossCurrency` model, dV / dX with the share in its own currency fixed; None otherwise."""
        model: Any = self.problem.model
        return -self.delta * self.spot / model.exchange_rate if kind_of(model) == TWO_FACTORS else None

    @cached_property
    def effective_duration(self) -> float:
        """-(V(r + 1bp) - V(r - 1bp)) / (2 bp V), years."""
        rate = self.problem.model.rate
        up, down = (float(self.solved.bump(rate=shifted(rate, by)).value(self._spots)[0]) for by in (1e-4, -1e-4))
        return -(up - down) / (2e-4 * self.price)

    @cached_property
    def convexity(self) -> float:
        """The second derivative of V by the rate, over 50 bp up and down, divided by V, in years squared."""
        return self._second("rate", "rho", RATE_STEP) / self.price

    @property
    def spread_duration(self) -> float:
        """-(dV / d spread) / V with spread = h (1 - R), years."""
        return -self.credit_spread01 * 1e4 / self.price

    # --- credit and endings

    @property
    def jump_to_default(self) -> float:
        """The gain per denomination of a delta-hedged holder on an immediate default, a loss below 0; NaN without defaults."""
        if self.credit != "jump-to-default":
            return float("nan")
        model, segment = self.problem.model, self.solved.now
        recovered = model.recovery * self.problem.claim(segment, segment.t0)
        if self.problem.may_convert(segment):
            recovered = max(self.shares * (1.0 - model.default_jump) * self.spot, recovered)
        return recovered - self.price + self.delta * model.default_jump * self.spot

    @property
    def expected_life(self) -> float:
        """Expected years to conversion, call, put, withdrawal, maturity or default under the pricing measure."""
        return self._endings["life"]

    fugit = expected_life

    @property
    def probabilities(self) -> dict[str, float]:
        """Pricing-measure probability of each ending; they sum to 1. A call counts as a call even if the holder then converts."""
        found = self._endings
        return {name: found[name] for name in ("conversion", "call", "put", "maturity", "default", "withdrawal")}

    @property
    def soft_call_probability(self) -> float | None:
        """Probability that the condition of a soft call is ever met while notice may be given; None for a hard call."""
        return chance_of_trigger(self.problem, self.spot)

    def critical_price(self, on: Any = None) -> CriticalPrices:
        """Share prices at which the Company calls and holders convert, over time or on the days `on`; arrays [time]."""
        return desk.critical_prices(self.problem, self.solved.sweep.boundaries, on)

    def ladder(self, axis: str = "spot", steps: Sequence[float] | None = None) -> Ladder:
        """Value, delta and hedged profit and loss V(S + dS) - V - delta dS at relative moves of the spot, or of another input."""
        from convnote.pricing.ladders import ladder

        return ladder(self, axis, steps)

    # --- presentation

    def table(self) -> Table:
        """The figures of a desk, in its units; those of second order are fields only."""
        return desk.table(self)

    def to_frame(self) -> Any:
        """The table as a pandas frame indexed by the figure. Needs pandas."""
        frame = self.table().frame().set_index("figure")
        frame.attrs["notes"], frame.attrs["ignored"] = list(self.notes), list(self.ignored)
        return self.problem.contract.note.marked(frame)

    def __repr__(self) -> str:
        return f"Valuation({self.problem.contract.note.name!r}, {self.as_of}, spot {self.spot:,.6g}, price {self.price:,.4f})"

    def __str__(self) -> str:
        return "\n".join([self.table().text(), "", *self.notes, *(f"ignored: {each}" for each in self.ignored)])

    def _repr_html_(self) -> str:
        return self.table().html(*self.notes, *(f"ignored: {each}" for each in self.ignored))
