"""Convertibles that have a closed form: conversion at maturity only, no call, no put, one lognormal share, flat rates.

They are benchmarks for the pricing engine, and fast values for notes this simple. All rates are continuous and per year;
times are in years; `face` is paid at maturity, or `ratio` shares in its place. `coupons` are pairs of time in years and
amount, paid whether or not the note is converted at maturity (where a converting holder gives up the last one, add it to `face`
instead: the shares then replace both). Every input may be an array; inputs broadcast, and the answer is
a float if all are scalars, else float64 of the broadcast shape. Raises `PricingError` for a spot, face or ratio of 0 or less, a
negative time, volatility, hazard rate or spread, and a recovery outside 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from convnote.arithmetic import floats, meant
from convnote.errors import PricingError, as_given
from convnote.inputs import NumbersLike
from convnote.market.checks import INTENSITY, VOLATILITY

Coupons = Iterable[tuple[float, NumbersLike]]


def convertible_no_credit(
    spot: NumbersLike,
    *,
    years: NumbersLike,
    rate: NumbersLike,
    volatility: NumbersLike,
    dividend_yield: NumbersLike = 0.0,
    face: NumbersLike = 100.0,
    ratio: NumbersLike = 1.0,
    coupons: Coupons = (),
) -> Any:
    """The value where the issuer cannot default: a straight bond and `ratio` calls struck at face / ratio (Black and Scholes).

    >>> round(convertible_no_credit(100, years=5, rate=0.05, volatility=0.2, dividend_yield=0.01), 7)
    103.2812691
    """
    _check_market(rate, volatility, dividend_yield)
    return _no_credit(spot, years, rate, volatility, dividend_yield, face, ratio, coupons)


def convertible_default_to_zero(
    spot: NumbersLike,
    *,
    years: NumbersLike,
    rate: NumbersLike,
    volatility: NumbersLike,
    hazard_rate: NumbersLike,
    recovery: NumbersLike = 0.0,
    dividend_yield: NumbersLike = 0.0,
    face: NumbersLike = 100.0,
    ratio: NumbersLike = 1.0,
    coupons: Coupons = (),
) -> Any:
    """The value where a default, at a constant hazard rate, takes the share to 0 and pays `recovery` of face at once.

    Before default the share grows faster by the hazard rate, so this is the value without credit at rate + hazard, plus recovery.

    >>> round(convertible_default_to_zero(100, years=5, rate=0.05, volatility=0.2, dividend_yield=0.01, hazard_rate=0.02), 7)
    100.5418949
    """
    _check_market(rate, volatility, dividend_yield)
    hazard = _limited(_not_negative(hazard_rate, "hazard_rate"), "hazard_rate", INTENSITY)
    share = _limited(_not_negative(recovery, "recovery"), "recovery", 1.0, "expected a share of face from 0 to 1")
    risky = _number(rate) + hazard
    alive = _no_credit(spot, years, risky, volatility, dividend_yield, face, ratio, coupons)
    return _answer(alive + share * _number(face) * hazard * _annuity(risky, years))


def convertible_default_unchanged(
    spot: NumbersLike,
    *,
    years: NumbersLike,
    rate: NumbersLike,
    volatility: NumbersLike,
    hazard_rate: NumbersLike,
    dividend_yield: NumbersLike = 0.0,
    face: NumbersLike = 100.0,
    ratio: NumbersLike = 1.0,
    coupons: Coupons = (),
) -> Any:
    """The value where a default, at a constant hazard rate, leaves the share price unchanged and the holder converts at once.

    Nothing of face is recovered. (With a recovery the holder takes the better of two, which has no closed form.)

    >>> round(convertible_default_unchanged(100, years=5, rate=0.05, volatility=0.2, dividend_yield=0.01, hazard_rate=0.02), 7)
    102.7388917
    """
    _check_market(rate, volatility, dividend_yield)
    hazard = _limited(_not_negative(hazard_rate, "hazard_rate"), "hazard_rate", INTENSITY)
    shares, cash = at_maturity(spot, years, _number(rate) - _number(dividend_yield), volatility, face, ratio)
    risky = _number(rate) + hazard
    converted = _number(ratio) * _number(spot) * hazard * _annuity(hazard + _number(dividend_yield), years)
    return _answer((shares + cash) * np.exp(-risky * _number(years)) + converted + _coupons(coupons, risky))


def convertible_tsiveriotis_fernandes(
    spot: NumbersLike,
    *,
    years: NumbersLike,
    rate: NumbersLike,
    volatility: NumbersLike,
    spread: NumbersLike,
    dividend_yield: NumbersLike = 0.0,
    face: NumbersLike = 100.0,
    ratio: NumbersLike = 1.0,
    coupons: Coupons = (),
) -> Any:
    """The value by Tsiveriotis and Fernandes (1998): shares are discounted at `rate`, all cash at rate + spread.

    >>> round(convertible_tsiveriotis_fernandes(100, years=5, rate=0.05, volatility=0.2, dividend_yield=0.01, spread=0.02), 7)
    100.2312973
    """
    _check_market(rate, volatility, dividend_yield)
    risky = _number(rate) + _not_negative(spread, "spread")
    shares, cash = at_maturity(spot, years, _number(rate) - _number(dividend_yield), volatility, face, ratio)
    time = _number(years)
    return _answer(shares * np.exp(-_number(rate) * time) + cash * np.exp(-risky * time) + _coupons(coupons, risky))


def convertible_composite(
    spot: NumbersLike,
    *,
    exchange_rate: NumbersLike,
    years: NumbersLike,
    rate: NumbersLike,
    volatility: NumbersLike,
    exchange_volatility: NumbersLike,
    correlation: NumbersLike,
    dividend_yield: NumbersLike = 0.0,
    face: NumbersLike = 100.0,
    ratio: NumbersLike = 1.0,
    coupons: Coupons = (),
) -> Any:
    """The value, without credit risk, where the share is quoted in a currency other than the note's.

    `exchange_rate` is the note's currency per unit of the share's; `rate` is the note currency's rate; `correlation` is between
    the share in its own currency and the exchange rate so quoted. The share price in the note's currency is lognormal with
    the volatility of the product.

    >>> value = convertible_composite(100, exchange_rate=1.25, years=5, rate=0.03, dividend_yield=0.02, volatility=0.25,
    ...                               exchange_volatility=0.1, correlation=0.3, ratio=0.7)
    >>> round(value, 7)
    104.197238
    """
    _check_market(rate, volatility, dividend_yield)
    share = _not_negative(volatility, "volatility")
    money = _limited(_not_negative(exchange_volatility, "exchange_volatility"), "exchange_volatility", VOLATILITY)
    together = _number(correlation)
    if np.any(np.abs(together) > 1):
        raise PricingError("expected a number from -1 to 1", field="correlation", value=correlation)
    variance = share * share + money * money + 2.0 * together * share * money
    both = np.sqrt(np.maximum(variance, 0.0))  # a rounding error below 0 at a correlation of -1
    in_currency = _number(spot) * _positive(exchange_rate, "exchange_rate")
    return _no_credit(in_currency, years, rate, both, dividend_yield, face, ratio, coupons)


def _no_credit(
    spot: Any, years: Any, rate: Any, volatility: Any, dividend_yield: Any, face: Any, ratio: Any, coupons: Coupons
) -> Any:
    shares, cash = at_maturity(spot, years, _number(rate) - _number(dividend_yield), volatility, face, ratio)
    return _answer((shares + cash) * np.exp(-_number(rate) * _number(years)) + _coupons(coupons, rate))


def _check_market(rate: Any, volatility: Any, dividend_yield: Any) -> None:
    """Refuse percentages where decimal fractions belong: rates beyond -1 and 1 a year, a volatility above 5."""
    for name, value in (("rate", rate), ("dividend_yield", dividend_yield)):
        _limited(_number(value, name), name, 1.0)
        if np.any(_number(value) < -1):
            raise PricingError("expected a rate of -1 or more", field=name, value=value)
    _limited(_number(volatility, "volatility"), "volatility", VOLATILITY)


def _limited(number: np.ndarray, name: str, most: float, reason: str = "") -> np.ndarray:
    if np.any(number > most):
        above = float(number[number > most].flat[0])
        raise PricingError(f"{reason or f'at most {most:g} is possible'}: {meant(above)}", field=name, value=above)
    return number


def at_maturity(spot: Any, years: Any, drift: Any, volatility: Any, face: Any, ratio: Any) -> tuple[Any, Any]:
    """Expected value at maturity of the shares and of the cash received, where the holder takes the greater of the two."""
    from scipy.special import ndtr  # imported here: scipy takes longer to import than everything else

    stock, paid, shares = _positive(spot, "spot"), _positive(face, "face"), _positive(ratio, "ratio")
    time = _not_negative(years, "years")
    forward = shares * stock * np.exp(_number(drift) * time)
    deviation = _not_negative(volatility, "volatility") * np.sqrt(time)
    # at zero variance the greater of the two is known
    certain = np.where(forward >= paid, np.inf, -np.inf)
    middle = np.log(forward / paid) / np.where(deviation > 0, deviation, 1.0)
    upper = np.where(deviation > 0, middle + deviation / 2, certain)
    lower = np.where(deviation > 0, middle - deviation / 2, certain)
    return forward * ndtr(upper), paid * ndtr(-lower)


def _annuity(rate: Any, years: Any) -> Any:
    """The value of 1.00 a year, paid continuously for `years` years."""
    rate, time = _number(rate), _not_negative(years, "years")
    flat = np.abs(rate) < 1e-12
    return np.where(flat, time, -np.expm1(-rate * time) / np.where(flat, 1.0, rate))


def _coupons(coupons: Coupons, rate: Any) -> Any:
    pairs = [] if not isinstance(coupons, Iterable) else [tuple(each) if isinstance(each, Iterable) else () for each in coupons]
    if not isinstance(coupons, Iterable) or any(len(pair) != 2 for pair in pairs):
        raise PricingError("expected pairs of years and amount", field="coupons", value=as_given(coupons))
    return sum((_number(amount) * np.exp(-_number(rate) * _not_negative(when, "coupons")) for when, amount in pairs), 0.0)


def _number(value: Any, name: str = "rate, dividend_yield, correlation or coupons") -> np.ndarray:
    return np.asarray(floats(value, name))


def _positive(value: Any, name: str) -> np.ndarray:
    number = _number(value, name)
    if not np.all((number > 0) & np.isfinite(number)):
        raise PricingError("expected a number above 0", field=name, value=value)
    return number


def _not_negative(value: Any, name: str) -> np.ndarray:
    number = _number(value, name)
    if not np.all((number >= 0) & np.isfinite(number)):
        raise PricingError("expected a number of 0 or more", field=name, value=value)
    return number


def _answer(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value
