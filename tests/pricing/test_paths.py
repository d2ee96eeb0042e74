"""A finite-difference value under a policy is the mean of simulated paths under it, decided at the same closes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.policies import Above, AtEnd, Never
from tests.oracles import closes
from tests.pricing.figures import afv_bare, model, ten_model, ten_years
from tests.pricing.test_laws import START, markets, notes

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


@pytest.mark.parametrize("examples", [3, pytest.param(60, marks=pytest.mark.slow)], ids=["few", "many"])
def test_paths_and_grid_agree_over_drawn_notes(examples: int) -> None:
    """A value under a policy decided at closes is the mean of paths; an end on a weekend is left out, after its last close."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        notes(),
        markets(as_of=START, default_jump=1.0),
        st.sampled_from([Never(), Above(1.3), Above(1.1), Above(1, of="amount")]),
        st.sampled_from([AtEnd(), AtEnd(), Above(1.5), Above(2)]),
    )
    def law(note: cn.ConvertibleNote, market: cn.Lognormal, redeem: cn.policies.Answer, convert: cn.policies.Answer) -> None:
        put_days = () if note.put is None else note.put.dates
        days = [note.maturity_date, *put_days]
        assume(all(np.is_busday(np.datetime64(day, "D")) for day in days))
        large = replace(note, principal=replace(note.principal, issue_size=LARGE))
        policy = cn.Policy(redeem=redeem, convert=convert)
        value = cn.price(large, market, policy=policy, options={"decisions": "daily"})
        paths = cn.simulate(large, market, paths=8_000, seed=3, policy=policy, principal=LARGE, keep="summary").summary()
        scale = LARGE / 100
        # where nearly nothing is left to chance the error of the grid is larger than that of the paths
        slack = 4 * paths.standard_error / scale + 2e-4 * value.price
        assert abs(paths.present_value / scale - value.price) < slack
        assert value.probabilities["default"] == pytest.approx(paths.endings.get("defaulted", 0.0), abs=0.025)

    law()
