"""Notes and models of the published figures, in words that the tables use."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

import convnote as cn
from convnote.pricing.solved import Solved


def sheet(
    name: str,
    *,
    maturity: str = "2008-01-01",
    rate: str = "4%",
    frequency: int = 1,
    price: str = "100",
    record_days: int = 0,
    called_until: str = "redemption-date",
    conversion: str = "",
) -> str:
    """The terms of a note of 100 from 2003-01-01 that converts; more lines of its conversion may follow."""
    return f"""
name = "{name}"
[principal]
issue_date = 2003-01-01
maturity_date = {maturity}
issue_size = 100_000_000
currency = "USD"
denomination = 100
business_days = "none"
trading_days = "weekdays"
[interest]
rate = "{rate}"
frequency = {0 if rate == "0" else frequency}
day_count = "30/360"
record_days = {record_days}
[conversion]
price = {price}
called_until = "{called_until}"
{conversion}
"""


def callable_from(price: str, *, notice: int = 0, more: str = "") -> str:
    """The terms of a call: `price` is its first day and the price."""
    return f"""
[redemption]
prices = [[{price}]]
notice_at_least = {notice}
notice_at_most = {notice}
{more}
"""


TEN_YEARS = sheet("ten-years", maturity="2013-01-01", rate="6.875%", price="104.947") + callable_from("2006-01-01, 1.0")
HALF_YEAR = sheet("half-year", maturity="2003-07-01", rate="0") + callable_from("2003-01-01, 1.03")

FINE = {"nodes": 2049, "steps": 32}


@cache
def ten_years() -> cn.ConvertibleNote:
    """Ten years, 6.875% a year, callable at par from year 3."""
    return cn.loads(TEN_YEARS)


@cache
def afv() -> cn.ConvertibleNote:
    """The contract of Ayache, Forsyth and Vetzal."""
    return cn.load("afv-2003")


@cache
def afv_bare() -> cn.ConvertibleNote:
    """The same with neither call nor put."""
    return replace(afv(), redemption=None, put=None)


@cache
def zero() -> cn.ConvertibleNote:
    """Five years, no coupon, converts at maturity only."""
    interest = replace(afv().interest, rate=0, frequency=0)
    conversion = replace(afv().conversion, from_date="2008-01-01")
    return replace(afv_bare(), interest=interest, conversion=conversion)


def model(**changes: Any) -> cn.Lognormal:
    """Flat parameters of the article, counted 30/360 as it counts."""
    base: dict[str, Any] = {"as_of": "2003-01-01", "spot": 100.0, "rate": 0.05, "volatility": 0.2, "day_count": "30/360"}
    return cn.Lognormal(**{**base, **changes})


def ten_model(**changes: Any) -> cn.Lognormal:
    """Share at 76, volatility 50%, hazard 5%, nothing recovered."""
    return model(**{"spot": 76.0, "volatility": 0.5, "hazard_rate": 0.05, **changes})


def bumped(value: cn.Valuation, name: str, step: float) -> float:
    """The central difference of the value by a parameter of the model, on the same grid."""
    problem = value.problem
    low, high = (
        Solved(replace(problem, model=replace(problem.model, **{name: getattr(problem.model, name) + by}), frozen=problem))
        for by in (-step, step)
    )
    spots = np.array([value.spot])
    return float((high.value(spots) - low.value(spots))[0]) / (2 * step)
