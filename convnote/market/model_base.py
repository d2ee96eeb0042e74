"""The common part of every market model: spot, credit, a clock, and integrals over days. Paths are drawn elsewhere.

A model returns arrays [day] or [step]; a step runs from one day to the next, the first from `as_of`.
Rates are continuous and per year, 0.05 for 5%; volatilities per square root of a year; time is
measured by `day_count`. Independent of the note.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np

from convnote.arithmetic import keeps_index
from convnote.calendars import day_number, to_date
from convnote.errors import MarketError
from convnote.inputs import DateLike, DatesLike
from convnote.market.checks import INTENSITY, VOLATILITY, Checks
from convnote.market.curves import Curve, check_ahead, years
from convnote.market.days import as_day, as_days
from convnote.market.discount import DiscountCurve

#: above any share price, and far enough from the float64 limit for the arithmetic on prices
_MOST = 1e9
Number = float | Curve
Rate = float | Curve | DiscountCurve


@dataclass(frozen=True)
class TimeSteps:
    """The moves over each step of a grid of days, float64 [step].

    The log of the contract price (the close used by the note) moves by `drift` + `compensation` x
    `hazard_scale(price)` plus a normal of variance `variance` (for `Bootstrap`: one of its `returns`).
    """

    days: np.ndarray
    years: np.ndarray
    #: integral of the note's rate
    rate: np.ndarray
    #: integral of the hazard rate at the hazard level
    hazard: np.ndarray
    #: integral of the rate at which fundamental changes arrive
    change: np.ndarray
    variance: np.ndarray
    drift: np.ndarray
    #: default_jump x hazard: extra drift that compensates for the jump at default
    compensation: np.ndarray


class ModelWalk(Protocol):
    """The walk of a model: a function that draws closes."""

    def __call__(self, days: np.ndarray, paths: int, rng: np.random.Generator) -> np.ndarray:
        """Closes, float64 [path, day] in the note's currency, on day numbers `days`, int64 [day]."""
        ...


@dataclass(frozen=True, kw_only=True)
class MarketModel:
    """The base of every model: spot, rate, credit, fundamental changes, a quote grid and a clock.

    Your own model is a dataclass that inherits from it and defines `walk()`, which returns a function `(days, paths, rng) ->
    closes`, float64 [path, day] in the note's currency, above 0: `days` are ascending day numbers, the first may be `as_of`
    itself, and `rng` is a `numpy.random.Generator`, its only source of randomness. The closes are used unchanged, without
    rounding to `quote`; defaults by `hazard_rate` and fundamental changes with their jumps are drawn separately and added.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Flat(MarketModel):
    ...     def walk(self):
    ...         return lambda days, paths, rng: np.full((paths, len(days)), self.spot)
    >>> Flat(as_of="2000-02-16", spot=72.1, rate=0.05).walk()(np.array([11003]), 2, None)
    array([[72.1],
           [72.1]])

    Raises `MarketError`, with every fault at once, each naming field and value.
    """

    #: the day of `spot`; a date, ISO string or datetime64, kept as a date
    as_of: DateLike
    spot: float
    #: in the note's currency
    rate: Rate
    dividend_yield: Number = 0.0
    #: cost of borrowing the share
    borrow: Number = 0.0
    #: pairs of ex-date and cash per share, in the currency of `spot`, ascending: on the ex-date S falls to max(S - cash, 0);
    #: in addition to `dividend_yield`
    dividends: Any = ()
    #: intensity of default h = hazard_rate x (S / hazard_level)**hazard_exponent, S in the currency of `spot`
    hazard_rate: Number = 0.0
    hazard_exponent: float = 0.0
    #: S0 of the intensity; None: `spot`
    hazard_spot: float | None = None
    #: relative fall of the share price at default: 1 is to zero, 0 is no fall
    default_jump: float = 1.0
    #: fraction of principal recovered at default
    recovery: float = 0.0
    #: fundamental changes per year; at each the share price moves to S x (1 + change_jump) x exp(v Z - v**2 / 2)
    change_rate: Number = 0.0
    change_jump: float = 0.0
    #: v of that jump
    change_jump_volatility: float = 0.0
    #: tick size of closes, in the currency of `spot`
    quote: float = 0.01
    day_count: str = "act/365f"
    #: trading days, for "business/252"
    calendar: str = "NASDAQ"

    def __post_init__(self) -> None:
        checks = Checks(type(self).__name__)
        clean = self._checked(checks)
        checks.settle()
        for name, value in clean.items():
            object.__setattr__(self, name, value)

    def _checked(self, checks: Checks) -> dict[str, Any]:
        clean: dict[str, Any] = {}
        try:
            clean["as_of"] = to_date(int(day_number(self.as_of)))
        except (ValueError, TypeError) as fault:
            checks.refuse("as_of", repr(self.as_of), getattr(fault, "reason", "expected one day"))
        for name in ("spot", "quote"):
            clean[name] = checks.number(name, getattr(self, name), above=0, most=_MOST)
        clean["rate"] = checks.rate("rate", self.rate, clean.get("as_of"))
        for name in ("dividend_yield", "borrow"):
            clean[name] = checks.curve(name, getattr(self, name))
        clean["dividends"] = checks.dividends("dividends", self.dividends)
        for name in ("hazard_rate", "change_rate"):
            clean[name] = checks.curve(name, getattr(self, name), least=0, most=INTENSITY)
        clean["hazard_exponent"] = checks.number("hazard_exponent", self.hazard_exponent)
        if self.hazard_spot is not None:
            clean["hazard_spot"] = checks.number("hazard_spot", self.hazard_spot, above=0)
        for name in ("default_jump", "recovery"):
            clean[name] = checks.number(name, getattr(self, name), least=0, most=1)
        clean["change_jump"] = checks.number("change_jump", self.change_jump, above=-1, most=10)
        clean["change_jump_volatility"] = checks.limited(
            "change_jump_volatility", self.change_jump_volatility, least=0, most=VOLATILITY
        )
        checks.clock(self.day_count, self.calendar)
        return clean

    def walk(self) -> ModelWalk:
        """The walk of the share: a function `(days, paths, rng) -> closes`, float64 [path, day].

        Raises `MarketError` in this base class: each model must define it.
        """
        reason = "the model does not say how the share walks: define walk(), which returns (days, paths, rng) -> closes"
        raise MarketError(reason, field=f"{type(self).__name__}.walk")

    @property
    def earns_for_default(self) -> bool:
        """True if the share's drift compensates for the jump at default."""
        return True

    def must_fit(self, note: str, currency: str, from_day: int) -> None:
        """Raise `MarketError` unless the model's share is quoted in the currency of the note's closes (CUR-1)."""

    @cached_property
    def start(self) -> int:
        """The day number of `as_of`."""
        return as_day(self.as_of)

    @property
    def contract_spot(self) -> float:
        """The share price used by the note on `as_of`, in the note's currency."""
        return self.spot

    @property
    def hazard_level(self) -> float:
        """The share price at which the intensity equals `hazard_rate`, in the currency of `spot`."""
        return self.spot if self.hazard_spot is None else self.hazard_spot

    def hazard_scale(self, price: Any) -> Any:
        """The intensity at `price` divided by `hazard_rate`, of the shape of `price`."""
        return (np.asarray(price) / self.hazard_level) ** self.hazard_exponent

    def at(self, on: DateLike | int, *, spot: float | None = None) -> Self:
        """The same model on another day and at another spot; the intensity as a function of price is unchanged.

        >>> from convnote.market.models import Lognormal
        >>> model = Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05, hazard_exponent=-1)
        >>> later = model.at("2001-02-16", spot=16)
        >>> later.as_of, later.spot, later.hazard_level
        (datetime.date(2001, 2, 16), 16.0, 72.1)
        """
        start, price = to_date(int(day_number(on))), self.spot if spot is None else spot
        return replace(self, as_of=start, spot=price, hazard_spot=self.hazard_level)

    def years(self, days: DatesLike) -> np.ndarray:
        """Years from `as_of` to each day by `day_count`, float64 of the shape of `days`."""
        return years(self.start, as_days(days), self.day_count, self.calendar)

    def _integral(self, value: Rate, days: DatesLike) -> np.ndarray:
        if isinstance(value, float):
            numbers = as_days(days)
            check_ahead(self.start, numbers)
            return np.asarray(value * self.years(numbers))
        return value.integral(self.start, days, day_count=self.day_count, trading=self.calendar)

    def integrated_rate(self, days: DatesLike) -> np.ndarray:
        """The note's rate times years from `as_of` to each day, float64 of the shape of `days`."""
        return self._integral(self.rate, days)

    @keeps_index
    def discount(self, days: DatesLike, *, spread: float = 0.0) -> np.ndarray:
        """The value on `as_of` of 1.00 paid on each day, `spread` (continuous) over the rate; float64 of the shape of `days`.

        >>> from convnote.market.models import Lognormal
        >>> model = Lognormal(as_of="2000-02-16", spot=72, volatility=0.5, rate=0.05)
        >>> model.discount(["2001-02-15"]).round(6)
        array([0.951229])
        """
        exponent = self.integrated_rate(days)
        return np.asarray(np.exp(-(exponent + spread * self.years(days) if spread else exponent)))

    def integrated_hazard(self, days: DatesLike) -> np.ndarray:
        """The hazard rate at the hazard level times years from `as_of` to each day, float64 of the shape of `days`."""
        return self._integral(self.hazard_rate, days)

    def survival(self, days: DatesLike) -> np.ndarray:
        """The probability of no default to each day, float64 of the shape of `days`. `MarketError` if it depends on the price."""
        if self.hazard_exponent:
            reason = "the hazard depends on the share price: survival is known only along a path"
            raise MarketError(reason, field=f"{type(self).__name__}.hazard_exponent", value=self.hazard_exponent)
        return np.asarray(np.exp(-self.integrated_hazard(days)))

    def integrated_change(self, days: DatesLike) -> np.ndarray:
        """The expected number of fundamental changes from `as_of` to each day, float64 of the shape of `days`."""
        return self._integral(self.change_rate, days)

    def carry(self, days: DatesLike) -> np.ndarray:
        """Rate less dividend yield less borrow, times years from `as_of` to each day, float64 of the shape of `days`."""
        return np.asarray(
            self.integrated_rate(days) - self._integral(self.dividend_yield, days) - self._integral(self.borrow, days)
        )

    def variance(self, days: DatesLike) -> np.ndarray:
        """The variance of the log of the contract price from `as_of` to each day, float64 of the shape of `days`."""
        raise NotImplementedError

    def drift(self, days: DatesLike) -> np.ndarray:
        """The mean log growth of the contract price to each day, without the compensation for default; shape of `days`."""
        return np.asarray(self.carry(days) - self.variance(days) / 2)

    def steps(self, days: DatesLike) -> TimeSteps:
        """The steps from each day to the next, the first from `as_of`; `days` [step] must not descend."""
        return TimeSteps(**self._steps(as_days(days)))

    def _steps(self, days: np.ndarray) -> dict[str, np.ndarray]:
        if days.ndim != 1 or np.any(np.diff(days) < 0):
            raise MarketError("one column of days, in order", field="days", value=f"an array of shape {days.shape}")
        hazard = per_step(self.integrated_hazard(days))
        return {
            "days": days,
            "years": per_step(self.years(days)),
            "rate": per_step(self.integrated_rate(days)),
            "hazard": hazard,
            "change": per_step(self.integrated_change(days)),
            "variance": per_step(self.variance(days)),
            "drift": per_step(self.drift(days)),
            "compensation": self.default_jump * hazard,
        }


def per_step(cumulated: np.ndarray) -> np.ndarray:
    """The increments of a running total [day], the first from 0; float64 [step]."""
    return np.diff(cumulated, prepend=0.0)
