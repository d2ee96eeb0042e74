"""A finite-difference value under a policy is the mean of simulated paths under it, decided at the same closes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import convnote as cn
from convnote.policies import Above, Never
from tests.oracles import closes
from tests.pricing.figures import afv_bare, model, ten_model, ten_years

#: large enough that whole shares and cents do not show
LARGE = 100_000_000
ISSUE = replace(ten_years(), principal=replace(ten_years().principal, issue_size=LARGE))
MARKET = ten_model(recovery=0.3, day_count="act/365f")


CREDIT = [
    {"volatility": 0.5, "rate": 0.05, "hazard": 0.05, "recovery": 0.0},
    {"volatility": 0.4, "rate": 0.05, "hazard": 0.04, "recovery": 0.2},
]


@pytest.mark.parametrize("level", [None, 1.0, pytest.param(1.3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("credit", CREDIT, ids=["pinned", "free"])
def test_grid_and_recursion_over_closes_agree(credit: dict[str, float], level: float | None) -> None:
    """Like with like: decisions at weekday closes, optimal or at a level, by finite differences and by quadrature."""
    exact = closes.ten_years(76.0, **credit, level=level)
    market = ten_model(
        day_count="act/365f", volatility=credit["volatility"], hazard_rate=credit["hazard"], recovery=credit["recovery"]
    )
    policy = None if level is None else cn.Policy(redeem=Above(level, of="amount"))
    value = cn.price(ten_years(), market, policy=policy, options={"decisions": "daily"})
    assert value.price == pytest.approx(exact, rel=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize("redeem", [Above(1.3), Above(1, of="amount"), Never()], ids=["130%", "at the call price", "never"])
def test_paths_and_grid_agree_under_a_policy(redeem: cn.policies.Answer) -> None:
    policy = cn.Policy(redeem=redeem)
    paths = cn.simulate(ISSUE, MARKET, paths=40_000, seed=11, policy=policy, principal=LARGE, keep="summary").summary()
    value = cn.price(ten_years(), MARKET, policy=policy, options={"decisions": "daily"})
    scale = LARGE / 100
    assert abs(paths.present_value / scale - value.price) < 3 * paths.standard_error / scale
    assert value.expected_life == pytest.approx(paths.expected_life, abs=0.06)
    assert value.probabilities["default"] == pytest.approx(paths.endings["defaulted"], abs=0.008)
    assert value.probabilities["call"] == pytest.approx(paths.endings.get("called, then converted", 0.0), abs=0.008)


@pytest.mark.parametrize("more", [{}, {"dividends": [("2005-04-01", 3.0)]}], ids=["yield", "and a dividend"])
def test_cnv1_a_holder_who_waits_for_the_end_converts_on_no_coupon_date(more: dict[str, Any]) -> None:
    """Though the shares are worth more there than the Note kept to maturity: it is the Note that converts at maturity only."""
    at_the_end = replace(afv_bare().conversion, from_date=str(afv_bare().maturity_date))
    market = model(spot=180.0, dividend_yield=0.05, hazard_rate=0.02, **more)
    value = cn.price(afv_bare(), market, policy=cn.Policy(redeem=Never()))
    exact = cn.price(replace(afv_bare(), conversion=at_the_end), market)
    assert value.price == pytest.approx(exact.price, rel=2e-5) and value.price < value.conversion_value
    assert value.probabilities == pytest.approx(exact.probabilities, abs=2e-4)
    assert value.expected_life == pytest.approx(exact.expected_life, rel=1e-4)
