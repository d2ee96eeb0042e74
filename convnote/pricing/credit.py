"""Credit from quotes: hazard rates from credit default swaps and straight bonds, piecewise flat between their maturities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import exp, expm1
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq

from convnote.analytics.closed_forms import at_maturity
from convnote.arithmetic import is_number
from convnote.calendars import add_months, one_day, to_date
from convnote.errors import PricingError, as_given, must_be
from convnote.inputs import DateLike
from convnote.market.checks import VOLATILITY
from convnote.market.curves import Curve, years
from convnote.market.discount import DiscountCurve

#: the largest hazard rate tried, per year
HIGHEST = 20.0
#: the longest tenor in years accepted, and the last start day for a tenor
_LONGEST, _LAST = 100, date(9000, 1, 1)


class Bond(NamedTuple):
    """A straight bond: maturity, annual coupon as a fraction of principal, dirty price per 100, payments per year."""

    maturity: Any
    coupon: float
    price: float
    frequency: int = 1


class _Market:
    """Discounting from one day, and the clock of the hazard."""

    def __init__(self, discount: Any, as_of: Any, day_count: str) -> None:
        if as_of is None and not isinstance(discount, DiscountCurve):
            raise PricingError("expected the day of the quotes beside a rate", field="as_of", value=None)
        self.start = one_day(as_of) if as_of is not None else int(discount.as_of)
        if self.start > one_day(_LAST):
            raise PricingError(f"expected a day not after {_LAST}", field="as_of", value=to_date(self.start))
        self.curve = discount if isinstance(discount, (Curve, DiscountCurve)) else Curve.flat(discount)
        self.day_count = day_count

    def years(self, days: Sequence[int]) -> np.ndarray:
        """Years from the start, float64 of the shape of the days."""
        return years(self.start, np.asarray(days, dtype=np.int64), self.day_count)

    def logs(self, days: Sequence[int]) -> np.ndarray:
        """Minus the log of the discount factor on each day, float64 of their shape."""
        return self.curve.integral(self.start, np.asarray(days, dtype=np.int64), day_count=self.day_count)

    def schedule(self, end: date, frequency: int) -> list[int]:
        """Payment days from the start to `end`, counted back from it."""
        days, count = [], 0
        while (day := one_day(add_months(end, -count * 12 // frequency))) > self.start:
            days.append(day)
            count += 1
        return days[::-1]

    def end(self, tenor: Any) -> date:
        """The end day of a tenor in years; a date is returned unchanged."""
        if isinstance(tenor, (int, float)) and not isinstance(tenor, bool):
            if not 0 < tenor <= _LONGEST:
                raise PricingError(f"expected a tenor above 0, at most {_LONGEST} years", field="tenor", value=as_given(tenor))
            return add_months(to_date(self.start), round(12 * tenor))
        return to_date(one_day(tenor))


class _Leg(NamedTuple):
    """One period: years at its ends, forward rate, and the log discount at its start."""

    t0: float
    t1: float
    rate: float


def _legs(market: _Market, days: list[int]) -> list[_Leg]:
    t = np.concatenate([[0.0], market.years(days)])
    logs = np.concatenate([[0.0], market.logs(days)])
    spans = np.diff(t)
    return [_Leg(float(a), float(b), float(f)) for a, b, f in zip(t, t[1:], np.diff(logs) / spans, strict=False)]


def _defaulting(leg: _Leg, hazard: float) -> tuple[float, float]:
    """For one period starting with survival 1: value of 1 paid at default, and of the time since its start paid at default."""
    both, span = leg.rate + hazard, leg.t1 - leg.t0
    if abs(both * span) < 1e-9:
        return hazard * span, hazard * span**2 / 2
    paid = -hazard * expm1(-both * span) / both
    accrued = hazard * (1 - exp(-both * span) * (1 + both * span)) / both**2
    return paid, accrued


def hazard_from_cds(
    spreads: Mapping[Any, float],
    recovery: float,
    discount: Curve | DiscountCurve | float,
    *,
    as_of: DateLike | None = None,
    frequency: int = 4,
    day_count: str = "act/365f",
) -> Curve:
    """The piecewise flat hazard rate at which every credit default swap has value 0.

    `spreads` maps a tenor in years, or a maturity, to the running spread (0.01 is 100 bp); premiums are paid `frequency` times
    a year, with accrued premium at default; protection pays 1 - `recovery`. `discount` is a rate (with `as_of`), a `Curve` or a
    `DiscountCurve`.

    >>> curve = hazard_from_cds({5: 0.03}, 0.4, 0.05, as_of="2003-01-01")
    >>> round(float(curve.values[0]), 4)
    0.0497

    Raises `PricingError` for quotes that no hazard rate fits.
    """
    _check_recovery(recovery)
    market = _Market(discount, as_of, day_count)
    must_be(spreads, Mapping, "spreads", "expected a mapping of tenors to spreads")
    for tenor, spread in spreads.items():
        if not is_number(spread):
            raise PricingError("expected a number", field=f"spreads[{as_given(tenor)}]", value=as_given(spread))
    _check_frequency(frequency)
    quotes = [(one_day(market.end(tenor)), float(spread), tenor) for tenor, spread in spreads.items()]
    if not quotes:
        raise PricingError("expected at least one quote", field="spreads", value=dict(spreads))
    quotes = _in_order(market, quotes, "spreads")

    def gap(spread: float, end: int) -> Any:
        legs = _legs(market, market.schedule(to_date(end), frequency))

        def value(hazards: list[tuple[float, float]]) -> float:
            alive, total = 1.0, 0.0
            for piece, hazard in _split(legs, hazards):
                paid, accrued = _defaulting(piece, hazard)
                start = next(leg.t0 for leg in legs if leg.t0 <= piece.t0 < leg.t1)
                span = piece.t1 - piece.t0
                total -= alive * ((1 - recovery) * paid - spread * (accrued + (piece.t0 - start) * paid))
                alive *= exp(-(piece.rate + hazard) * span)
                if any(abs(leg.t1 - piece.t1) < 1e-12 for leg in legs):
                    total += spread * (piece.t1 - start) * alive
            return total

        return value

    return _bootstrapped(market, [(end, gap(spread, end), tenor) for end, spread, tenor in quotes], "spreads")


def hazard_from_bonds(
    bonds: Sequence[Any],
    recovery: float,
    discount: Curve | DiscountCurve | float,
    *,
    as_of: DateLike | None = None,
    day_count: str = "act/365f",
) -> Curve:
    """The piecewise flat hazard rate at which every straight bond is worth its dirty price; `recovery` per 1.00 of principal.

    `bonds` are (maturity, coupon, price per 100) or `Bond`, with 1 payment per year by default.

    >>> curve = hazard_from_bonds([(5, 0.05, 90.0)], 0.4, 0.05, as_of="2003-01-01")
    >>> round(float(curve.values[0]), 4)
    0.0375

    Raises `PricingError` for prices that no hazard rate fits.
    """
    _check_recovery(recovery)
    market = _Market(discount, as_of, day_count)
    must_be(bonds, (list, tuple), "bonds", "expected a list of (maturity, coupon, price)")
    made = [_bond(each) for each in bonds]
    if not made:
        raise PricingError("expected at least one bond", field="bonds", value=list(bonds))
    made = [
        each
        for _, each, _ in _in_order(market, [(one_day(market.end(each.maturity)), each, each.maturity) for each in made], "bonds")
    ]

    def gap(bond: Bond) -> Any:
        end = market.end(bond.maturity)
        legs = _legs(market, market.schedule(end, bond.frequency))

        def value(hazards: list[tuple[float, float]]) -> float:
            alive, total = 1.0, -float(bond.price) / 100
            for piece, hazard in _split(legs, hazards):
                total += alive * recovery * _defaulting(piece, hazard)[0]
                alive *= exp(-(piece.rate + hazard) * (piece.t1 - piece.t0))
                if any(abs(leg.t1 - piece.t1) < 1e-12 for leg in legs):
                    total += alive * bond.coupon / bond.frequency
            return total + alive

        return value

    quotes = [(one_day(market.end(bond.maturity)), gap(bond), bond.maturity) for bond in made]
    return _bootstrapped(market, quotes, "bonds")


def _split(legs: list[_Leg], hazards: list[tuple[float, float]]) -> list[tuple[_Leg, float]]:
    """The periods cut at the ends of the hazard's pieces, each with its hazard."""
    result = []
    for leg in legs:
        start = leg.t0
        for end, hazard in hazards:
            if end <= start + 1e-12:
                continue
            stop = min(end, leg.t1)
            result.append((_Leg(start, stop, leg.rate), hazard))
            start = stop
            if start >= leg.t1 - 1e-12:
                break
    return result


def _in_order(market: _Market, quotes: list[tuple[int, Any, Any]], field: str) -> list[tuple[int, Any, Any]]:
    """Quotes of end day, figure and tenor by their end days, each after the start and all different."""
    ordered, before = sorted(quotes, key=lambda each: each[0]), None
    for end, _, tenor in ordered:
        if end <= market.start:
            reason = f"ends on {to_date(end)}; expected a day after {to_date(market.start)}"
            raise PricingError(reason, field=field, value=as_given(tenor))
        if end == before:
            raise PricingError(f"ends on {to_date(end)}, as another quote does", field=field, value=as_given(tenor))
        before = end
    return ordered


def _bootstrapped(market: _Market, quotes: list[tuple[int, Any, Any]], field: str) -> Curve:
    found: list[tuple[float, float]] = []
    starts = [market.start]
    for end, gap, tenor in quotes:
        t = float(market.years([end])[0])

        def at(hazard: float, gap: Any = gap, t: float = t) -> float:
            return float(gap([*found, (t, hazard)]))

        low, high = at(0.0), at(HIGHEST)
        if low * high > 0:
            reason = f"no hazard rate from 0 to {HIGHEST:g} explains the quote of {tenor}"
            raise PricingError(reason, field=field, value=tenor)
        found.append((t, float(brentq(at, 0.0, HIGHEST, xtol=1e-14))))
        starts.append(end)
    return Curve.of(np.array(starts[:-1], dtype=np.int64), np.array([hazard for _, hazard in found]))


def _check_recovery(recovery: Any) -> None:
    if not is_number(recovery) or not 0 <= recovery < 1:
        raise PricingError("expected a share from 0 to below 1", field="recovery", value=as_given(recovery))


def _check_frequency(frequency: Any) -> None:
    if isinstance(frequency, bool) or not isinstance(frequency, (int, np.integer)) or not 1 <= frequency <= 12:
        raise PricingError("expected a whole number of payments a year, 1 to 12", field="frequency", value=as_given(frequency))


def _bond(given: Any) -> Bond:
    """A straight bond from (maturity, coupon, price), with its payments per year if given."""
    must_be(given, (tuple, list), "bonds", "expected (maturity, coupon, price) for each")
    if len(given) not in (3, 4) or not (is_number(given[1]) and is_number(given[2])):
        raise PricingError("expected (maturity, coupon, price) for each", field="bonds", value=as_given(given))
    bond = Bond(*given)
    _check_frequency(bond.frequency)
    return bond


# --- options


def diffusion_volatility(
    black: float, *, spot: float, strike: float, years: float, rate: float, hazard_rate: float, dividend_yield: float = 0.0
) -> float:
    """The pre-default volatility of the share implied by a quoted Black volatility, if the share falls to 0 at default.

    Solves call(rate + hazard_rate, sigma) = call(rate, `black`). Rates are continuous and per year.

    >>> round(diffusion_volatility(0.5, spot=76, strike=104.947, years=10, rate=0.05, hazard_rate=0.05), 4)
    0.3439

    Raises `PricingError` if the default leg alone is worth more than the quoted option.
    """
    above = {"black": (black, VOLATILITY), "spot": (spot, 1e12), "strike": (strike, 1e12), "years": (years, 100.0)}
    faults = [
        PricingError(f"expected a number above 0, at most {most:g}", field=name, value=as_given(each))
        for name, (each, most) in above.items()
        if not is_number(each) or not 0 < each <= most
    ]
    least = {"rate": (rate, -1, 1), "hazard_rate": (hazard_rate, 0, HIGHEST), "dividend_yield": (dividend_yield, -1, 1)}
    faults += [
        PricingError(f"expected a number from {low} to {high:g}", field=name, value=as_given(each))
        for name, (each, low, high) in least.items()
        if not is_number(each) or not low <= each <= high
    ]
    if faults:
        raise PricingError.of(faults)
    quoted = _call(spot, strike, years, rate, rate - dividend_yield, black)

    def gap(volatility: float) -> float:
        return _call(spot, strike, years, rate + hazard_rate, rate + hazard_rate - dividend_yield, volatility) - quoted

    if gap(1e-9) > 0:
        reason = f"default at a hazard rate of {float(hazard_rate):g} alone makes the option worth more than quoted"
        raise PricingError(reason, field="black", value=black)
    return float(brentq(gap, 1e-9, max(black, 1e-6) * 1.5 + 1.0, xtol=1e-14))


def _call(spot: float, strike: float, t: float, discount: float, carry: float, volatility: float) -> float:
    shares, cash = at_maturity(spot, t, carry, volatility, strike, 1.0)
    return float(exp(-discount * t) * (shares + cash - strike))
