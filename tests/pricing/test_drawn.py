"""Sensitivities and grids over drawn notes and markets: bumps, doubled grids, monotony, no NaN."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.errors import PricingError
from tests.pricing.figures import bumped, sheet
from tests.pricing.test_laws import markets, notes

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HUNDRED = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FINE = {"nodes": 1025, "steps": 32.0}


#: put after half a year and then held for eight in a fast drift: the case in which the nodes must be closest
PUT_EARLY = cn.loads(sheet("nine-years", maturity="2012-01-01", rate="2%", price="79") + "[put]\nprices = [[2004-01-01, 0.92]]\n")
FAST = cn.Lognormal(as_of="2003-06-25", spot=107, rate=0.09, volatility=0.35, hazard_rate=0.1, recovery=0.2)


@HUNDRED
@example(PUT_EARLY, FAST)
@given(notes(), markets())
def test_no_terms_give_nan_or_a_number_from_a_grid_too_coarse(note: cn.ConvertibleNote, market: cn.Lognormal) -> None:
    """The default grid is within 2 in 10,000 of one with four times the nodes and steps, or is refused."""
    assume(market.as_of < note.maturity_date)
    try:
        value = cn.price(note, market)
    except PricingError as refused:
        if "too coarse" not in str(refused):
            raise
        return
    figures = (value.price, value.delta, value.gamma, value.theta, value.vega, value.rho, value.cs01, value.expected_life)
    assert np.isfinite(figures).all()
    assert value.price == pytest.approx(cn.price(note, market, options=FINE).price, rel=2e-4)


@FEW
@given(notes(), markets())
def test_the_value_rises_in_the_share(note: cn.ConvertibleNote, market: cn.Lognormal) -> None:
    assume(market.as_of < note.maturity_date)
    value = cn.price(note, market)
    found = value.solved.value(market.spot * np.linspace(0.5, 1.5, 41))
    assert (np.diff(found) >= -2e-4 * value.price).all()


@FEW
@given(notes(), markets(default_jump=1.0), st.sampled_from(["volatility", "rate", "hazard_rate", "recovery"]))
def test_a_sensitivity_is_a_bump_of_the_same_grid(note: cn.ConvertibleNote, market: cn.Lognormal, name: str) -> None:
    assume(market.as_of < note.maturity_date)
    market = replace(market, recovery=max(market.recovery, 0.1), hazard_rate=max(market.hazard_rate, 0.01))
    value = cn.price(note, market, options=FINE)
    units = {"volatility": value.vega, "rate": value.rho, "hazard_rate": 1e4 * value.cs01, "recovery": 100 * value.recovery01}
    assert units[name] == pytest.approx(bumped(value, name, 1e-4), rel=5e-3, abs=5e-3 * value.price)


@FEW
@given(notes(), markets())
def test_gamma_of_a_doubled_grid(note: cn.ConvertibleNote, market: cn.Lognormal) -> None:
    """Within 1% of itself when the grid doubles, but beside a corner of V, where it has no limit."""
    assume(market.as_of < note.maturity_date)
    value = cn.price(note, market, options={"nodes": 513, "steps": 16.0})
    fine = cn.price(note, market, options=FINE)
    scale = max(abs(fine.gamma), 0.02 * fine.shares / fine.spot)
    near = fine.solved.read(fine.spot * np.array([0.97, 1.03]))
    gammas = (near.v_xx - near.v_x) / (fine.spot * np.array([0.97, 1.03])) ** 2
    assume((np.abs(gammas - fine.gamma) < 0.5 * scale).all())
    assert value.gamma == pytest.approx(fine.gamma, abs=0.01 * scale)
