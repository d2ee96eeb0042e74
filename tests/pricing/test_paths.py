"""A finite-difference value under a policy is the mean of simulated paths under it, decided at the same closes."""

from __future__ import annotations

from dataclasses import replace

import pytest

import convnote as cn
from convnote.policies import Above, Never
from tests.pricing.figures import ten_model, ten_years

#: large enough that whole shares and cents do not show
LARGE = 100_000_000
ISSUE = replace(ten_years(), principal=replace(ten_years().principal, issue_size=LARGE))
MARKET = ten_model(recovery=0.3, day_count="act/365f")


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
