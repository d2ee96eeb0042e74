"""Market models of a share price, as parameters and integrals over days. Paths are drawn elsewhere.

`MarketModel` in model_base.py documents what they have in common; all are independent of the note.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from convnote.calendars import calendar, to_date
from convnote.errors import MarketError
from convnote.inputs import DateLike, DatesLike
from convnote.market.checks import VOLATILITY, Checks
from convnote.market.curves import combine, years
from convnote.market.days import as_days
from convnote.market.history import MarketHistory
from convnote.market.model_base import MarketModel, ModelWalk, Number, Rate, TimeSteps, per_step
from convnote.market.model_walks import DrawnWalk, LognormalWalk, TwoFactorWalk


@dataclass(frozen=True, kw_only=True)
class Lognormal(MarketModel):
    """The share in the note's currency: dS / S = (r - q - borrow + default_jump h) dt + volatility dW.

    >>> Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05).variance(["2001-02-15"])
    array([0.25])
    """

    volatility: Number

    def _checked(self, checks: Checks) -> dict[str, Any]:
        return {
            **super()._checked(checks),
            "volatility": checks.curve("volatility", self.volatility, least=0, most=VOLATILITY),
        }

    def walk(self) -> ModelWalk:
        """One lognormal factor."""
        return LognormalWalk(self)

    def variance(self, days: DatesLike) -> np.ndarray:
        """The variance of the log of the close from `as_of` to each day, float64 of the shape of `days`."""
        return self._integral(_product(self.volatility, self.volatility), days)


def _product(left: Number, right: Number) -> Number:
    if isinstance(left, float) and isinstance(right, float):
        return left * right
    return combine(np.multiply, left, right)


@dataclass(frozen=True)
class CrossSteps(TimeSteps):
    """`TimeSteps` with the steps of both factors, share in USD and USD per EUR, under the euro measure, float64 [step]."""

    share_variance: np.ndarray
    share_drift: np.ndarray
    exchange_variance: np.ndarray
    exchange_drift: np.ndarray
    #: of the logs of share and USD per EUR
    covariance: np.ndarray


@dataclass(frozen=True, kw_only=True)
class CrossCurrency(MarketModel):
    """A share S in USD and a note in EUR whose closes are S / X, X in USD per EUR: two correlated lognormal factors.

    `correlation` is between the logs of S and of X **in USD per EUR**: positive if the share rises with the
    euro. With X in EUR per USD its sign would be reversed. Under the euro measure S / X grows at rate -
    dividend_yield - borrow + default_jump h, with variance volatility**2 + exchange_volatility**2 - 2
    correlation volatility exchange_volatility; `foreign_rate`, the dollar rate, affects S and X but not S / X.

    >>> model = CrossCurrency(as_of="2000-02-16", spot=100, exchange_rate=0.8, volatility=0.25,
    ...                       exchange_volatility=0.1, correlation=-0.3, rate=0.03, foreign_rate=0.05)
    >>> model.contract_spot, np.sqrt(model.variance(["2001-02-15"])).round(8)
    (125.0, array([0.29580399]))
    """

    #: of the share in USD
    volatility: Number
    #: USD per EUR on `as_of`
    exchange_rate: float
    exchange_volatility: Number
    correlation: float
    #: the dollar rate
    foreign_rate: Rate
    #: tick size of the exchange rate
    exchange_quote: float = 0.0001

    def _checked(self, checks: Checks) -> dict[str, Any]:
        clean = super()._checked(checks)
        return {
            **clean,
            "volatility": checks.curve("volatility", self.volatility, least=0, most=VOLATILITY),
            "exchange_rate": checks.number("exchange_rate", self.exchange_rate, above=0),
            "exchange_volatility": checks.curve("exchange_volatility", self.exchange_volatility, least=0, most=VOLATILITY),
            "correlation": checks.number("correlation", self.correlation, least=-1, most=1),
            "foreign_rate": checks.rate("foreign_rate", self.foreign_rate, clean.get("as_of")),
            "exchange_quote": checks.number("exchange_quote", self.exchange_quote, above=0),
        }

    @property
    def contract_spot(self) -> float:
        """Share over exchange rate on `as_of`, in EUR."""
        return self.spot / self.exchange_rate

    def at(self, on: DateLike | int, *, spot: float | None = None, exchange_rate: float | None = None) -> Self:
        """The same model on another day, at another spot and exchange rate if given."""
        model = super().at(on, spot=spot)
        return model if exchange_rate is None else replace(model, exchange_rate=exchange_rate)

    def walk(self) -> ModelWalk:
        """Two correlated lognormal factors."""
        return TwoFactorWalk(self)

    def share_variance(self, days: DatesLike) -> np.ndarray:
        """The variance of the log of the share in USD from `as_of` to each day, float64 of the shape of `days`."""
        return self._integral(_product(self.volatility, self.volatility), days)

    def exchange_variance(self, days: DatesLike) -> np.ndarray:
        """The variance of the log of USD per EUR from `as_of` to each day, float64 of the shape of `days`."""
        return self._integral(_product(self.exchange_volatility, self.exchange_volatility), days)

    def covariance(self, days: DatesLike) -> np.ndarray:
        """The covariance of the logs of share in USD and of USD per EUR from `as_of` to each day; float64, shape of `days`."""
        return self.correlation * self._integral(_product(self.volatility, self.exchange_volatility), days)

    def variance(self, days: DatesLike) -> np.ndarray:
        """The variance of the log of share / exchange rate from `as_of` to each day, float64 of the shape of `days`."""
        both = self.share_variance(days) + self.exchange_variance(days)
        # with correlation 1 and equal volatilities only rounding error remains, and its square root is taken later
        return np.asarray(np.maximum(both - 2 * self.covariance(days), 0.0))

    def exchange_drift(self, days: DatesLike) -> np.ndarray:
        """The mean log growth of USD per EUR to each day under the euro measure, float64 of the shape of `days`.

        Foreign rate - rate + variance / 2.
        """
        rates = self._integral(self.foreign_rate, days) - self.integrated_rate(days)
        return np.asarray(rates + self.exchange_variance(days) / 2)

    def share_drift(self, days: DatesLike) -> np.ndarray:
        """The mean log growth of the share in USD to each day under the euro measure, without the compensation for default.

        Foreign rate - dividend_yield - borrow + covariance - variance / 2; float64 of the shape of `days`.
        """
        costs = self._integral(self.dividend_yield, days) + self._integral(self.borrow, days)
        rates = self._integral(self.foreign_rate, days) - costs
        return np.asarray(rates + self.covariance(days) - self.share_variance(days) / 2)

    def steps(self, days: DatesLike) -> CrossSteps:
        """The steps from each day to the next, for share / exchange rate and for both factors."""
        days = as_days(days)
        names = ("share_variance", "share_drift", "exchange_variance", "exchange_drift", "covariance")
        return CrossSteps(**self._steps(days), **{name: per_step(getattr(self, name)(days)) for name in names})

    def composite(self) -> Lognormal:
        """The one-factor model in EUR with the same distribution of share / exchange rate.

        Raises `MarketError` if the hazard depends on the share in USD, which a one-factor model lacks.
        """
        if self.hazard_exponent:
            reason = "a hazard that depends on the share in USD has no equal in one factor"
            raise MarketError(reason, field="CrossCurrency.hazard_exponent", value=self.hazard_exponent)
        parts = (self.volatility, self.exchange_volatility)
        volatility = combine(lambda s, x: np.sqrt(np.maximum(s * s + x * x - 2 * self.correlation * s * x, 0.0)), *parts)
        common = {field.name: getattr(self, field.name) for field in fields(MarketModel)}
        flat = all(isinstance(part, float) for part in parts)
        return Lognormal(
            **{**common, "spot": self.contract_spot, "hazard_spot": None},
            volatility=float(volatility.values[0]) if flat else volatility,
        )


@dataclass(frozen=True, kw_only=True)
class Bootstrap(MarketModel):
    """The share's log moves are blocks of consecutive daily returns drawn from a history, wrapped at its end.

    `measure="history"` keeps the observed returns; "risk-neutral" shifts them all by one constant, so that
    exp(return) averages 1, and adds rate - dividend_yield - borrow + default_jump h. `block_length` is in
    trading days.

    >>> history = MarketHistory(dates=["2000-02-15", "2000-02-16", "2000-02-17"], closes=[72, 75, 73])
    >>> Bootstrap(as_of="2000-02-16", spot=72, rate=0.05, history=history, block_length=2).returns.round(6)
    array([ 0.040822, -0.027029])

    Raises `MarketError` naming the trading days without a close between the first and the last.
    """

    history: MarketHistory
    block_length: int = 20
    measure: str = "history"

    def _checked(self, checks: Checks) -> dict[str, Any]:
        clean = super()._checked(checks)
        clean["block_length"] = checks.whole("block_length", self.block_length, least=1)
        checks.choice("measure", self.measure, ("history", "risk-neutral"))
        history: object = self.history
        if not isinstance(history, MarketHistory):
            checks.refuse("history", repr(history), "expected a MarketHistory")
        elif not checks.faults.found:
            days = self.history.days
            missing = np.setdiff1d(self._sessions(), days).tolist()
            if missing:
                got = ", ".join(str(to_date(day)) for day in missing[:5]) + (" …" if len(missing) > 5 else "")
                reason = f"{len(missing)} trading days have no close; a return is from one to the next"
                checks.refuse("history", got, reason)
            elif len(self._sessions()) <= clean["block_length"]:
                reason = f"the returns of {len(self._sessions())} closes give no such block"
                checks.refuse("block_length", self.block_length, reason)
        return clean

    def walk(self) -> ModelWalk:
        """A walk over drawn blocks of returns."""
        return DrawnWalk(self)

    @property
    def earns_for_default(self) -> bool:
        """False under measure "history": the observed returns already include the reward for default risk."""
        return self.measure == "risk-neutral"

    def must_fit(self, note: str, currency: str, from_day: int) -> None:
        """Raise `MarketError` unless the returns are those of closes in the currency of the note's closes (CUR-1)."""
        self.history.must_fit(note, currency, from_day)

    def _sessions(self) -> list[int]:
        days = self.history.days
        return list(calendar(self.calendar).between(int(days[0]), int(days[-1])))

    @cached_property
    def returns(self) -> np.ndarray:
        """The daily log returns to draw blocks from, oldest first, float64 [return]."""
        is_session = np.isin(self.history.days, self._sessions())
        returns: np.ndarray = np.diff(np.log(self.history.closes[is_session]))
        if self.measure == "risk-neutral":
            returns = returns - float(np.log(np.mean(np.exp(returns))))
        returns.flags.writeable = False
        return returns

    def variance(self, days: DatesLike) -> np.ndarray:
        """The variance of one return times the trading days to each day (blocks change it), float64 of the shape of `days`."""
        sessions = 252.0 * years(self.start, as_days(days), "business/252", self.calendar)
        return np.asarray(float(np.var(self.returns)) * sessions)

    def drift(self, days: DatesLike) -> np.ndarray:
        """The total added to the drawn returns up to each day, without the compensation for default; shape of `days`."""
        return self.carry(days) if self.measure == "risk-neutral" else np.zeros(as_days(days).shape)

    def _steps(self, days: np.ndarray) -> dict[str, np.ndarray]:
        steps = super()._steps(days)
        if self.measure == "history":  # the observed returns already include the reward for default risk
            steps["compensation"] = np.zeros(days.shape)
        return steps
