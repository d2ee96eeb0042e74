"""A note on which nothing is decided before maturity is a bond and a call: to rounding, and without a grid."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

import convnote as cn
from convnote.pricing import solved
from tests.pricing.figures import afv, afv_bare, model, ten_model, ten_years

#: 100 at 5 years, 4 each half year, one share; rate 5%, hazard 3%, recovery 40%, yield and borrow cost 1% and 0.5%
RATE, HAZARD, RECOVERY, COST, YEARS = 0.05, 0.03, 0.4, 0.015, 5.0
NOTE = replace(afv_bare(), conversion=replace(afv().conversion, from_date="2008-01-01"))  # a yield moves nobody to convert early


def market(**changes: Any) -> cn.Lognormal:
    given = {"hazard_rate": HAZARD, "recovery": RECOVERY, "dividend_yield": 0.01, "borrow": 0.005, "volatility": 0.3}
    return model(**{**given, **changes})


def closed(
    spot: float, *, volatility: float = 0.3, rate: float = RATE, hazard: float = HAZARD, recovery: float = RECOVERY
) -> float:
    """Black and Scholes at rate + hazard, coupons, recovery until maturity; who converts forgoes the last coupon."""
    both, deviation = rate + hazard, volatility * sqrt(YEARS)
    forward = spot * exp((both - COST) * YEARS)
    d1 = log(forward / 104.0) / deviation + deviation / 2
    ending = forward * norm.cdf(d1) + 104.0 * norm.cdf(deviation - d1)
    coupons = sum(4.0 * exp(-both * k / 2) for k in range(1, 10))
    return exp(-both * YEARS) * ending + coupons + recovery * 100.0 * hazard * (1.0 - exp(-both * YEARS)) / both


@pytest.mark.parametrize("spot", [20.0, 76.0, 104.0, 250.0])
def test_cnv10_the_value_is_that_of_black_and_scholes_to_rounding(spot: float) -> None:
    assert afv().conversion.accrued == "forgo"
    value = cn.price(NOTE, market(spot=spot))
    assert value.price == pytest.approx(closed(spot), rel=1e-12)
    h = 1e-4 * spot
    near = [closed(spot + k * h) for k in (-2, -1, 0, 1, 2)]
    assert value.delta == pytest.approx((near[3] - near[1]) / (2 * h), rel=1e-6)
    assert value.gamma == pytest.approx((near[3] - 2 * near[2] + near[1]) / h**2, rel=1e-4, abs=1e-7)
    h = 1e-2 * spot
    near = [closed(spot + k * h) for k in (-2, -1, 0, 1, 2)]
    third = (near[4] - 2 * near[3] + 2 * near[1] - near[0]) / (2 * h**3)
    assert value.speed == pytest.approx(third, rel=2e-3, abs=1e-7)


@pytest.mark.parametrize(
    ("figure", "name", "unit"),
    [("vega", "volatility", 1.0), ("rho", "rate", 1.0), ("cs01", "hazard", 1e-4), ("recovery01", "recovery", 0.01)],
)
def test_sensitivities_are_those_of_the_closed_form(figure: str, name: str, unit: float) -> None:
    base = {"volatility": 0.3, "rate": RATE, "hazard": HAZARD, "recovery": RECOVERY}[name]
    up, down = (closed(90.0, **{name: base + by}) for by in (1e-4, -1e-4))
    assert getattr(cn.price(NOTE, market(spot=90.0)), figure) == pytest.approx(unit * (up - down) / 2e-4, rel=1e-6)


def test_chances_and_life_are_exact() -> None:
    value = cn.price(NOTE, market(spot=90.0))
    survival, deviation = exp(-HAZARD * YEARS), 0.3 * sqrt(YEARS)
    above = norm.cdf((log(90.0 / 104.0) + (RATE + HAZARD - COST) * YEARS) / deviation - deviation / 2)
    assert value.probabilities["conversion"] == pytest.approx(survival * above, rel=1e-12)
    assert value.probabilities["maturity"] == pytest.approx(survival * (1.0 - above), rel=1e-12)
    assert value.expected_life == pytest.approx((1.0 - survival) / HAZARD, rel=1e-12)


def test_without_conversion_it_is_a_bond() -> None:
    value = cn.price(replace(NOTE, conversion=None), market())
    both = RATE + HAZARD
    exact = sum(4.0 * exp(-both * k / 2) for k in range(1, 11)) + 100.0 * exp(-both * YEARS)
    exact += RECOVERY * 100.0 * HAZARD * (1.0 - exp(-both * YEARS)) / both
    assert value.price == pytest.approx(exact, rel=1e-12) and value.bond_floor == pytest.approx(exact, rel=1e-12)
    assert (value.delta, value.gamma, value.vega, value.probabilities["conversion"]) == (0.0, 0.0, 0.0, 0.0)
    kept = cn.price(NOTE, market(), policy=cn.Policy(convert=cn.policies.Never()))
    assert kept.price == pytest.approx(exact, rel=1e-12)


def test_no_grid_is_made_and_the_value_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solved, "Sweep", None)
    value = cn.price(replace(ten_years(), redemption=None), ten_model())
    assert np.isfinite([value.price, value.delta, value.vega, value.expected_life]).all()
    assert "in closed form: nothing is decided before maturity" in value.notes
    with pytest.raises(TypeError):
        cn.price(ten_years(), ten_model())


def test_many_markets_are_exact_as_well() -> None:
    spots = [40.0 + 10.0 * k for k in range(12)]
    found = cn.price_many(NOTE, [market(spot=spot, volatility=0.01 * spot) for spot in spots])
    assert found.price == pytest.approx([closed(spot, volatility=0.01 * spot) for spot in spots], rel=1e-12)
    alone = [cn.price(NOTE, market(spot=spot, volatility=0.01 * spot)) for spot in spots]
    assert found.delta == pytest.approx([each.delta for each in alone], rel=1e-12)
    assert found.gamma == pytest.approx([each.gamma for each in alone], rel=1e-12)


def test_at_maturity_half_of_the_cell_of_the_kink_converts() -> None:
    """By the grid, as for a share that keeps a trace of its value at default: the chance without its error of half a node."""
    value = cn.price(NOTE, market(spot=90.0, default_jump=1.0 - 1e-9))
    assert value.probabilities["conversion"] == pytest.approx(
        cn.price(NOTE, market(spot=90.0)).probabilities["conversion"], abs=2e-4
    )
