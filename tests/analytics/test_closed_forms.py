"""Closed forms: published values, limits where they meet, and the lognormal integral done by brute force."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import trapezoid

import convnote as cn
from convnote.analytics import (
    convertible_composite,
    convertible_default_to_zero,
    convertible_default_unchanged,
    convertible_no_credit,
    convertible_tsiveriotis_fernandes,
)

PLAIN = {"spot": 100.0, "years": 5.0, "rate": 0.05, "dividend_yield": 0.01, "volatility": 0.2}

# --- published values: S = F = 100, ratio 1, r 5%, q 1%, sigma 20%, T 5, no coupon


def test_published_value_without_credit():
    assert convertible_no_credit(**PLAIN) == pytest.approx(103.2812691, abs=5e-8)


def test_published_value_with_a_share_that_falls_to_zero():
    assert convertible_default_to_zero(**PLAIN, hazard_rate=0.02) == pytest.approx(100.5418949, abs=5e-8)
    recovered = convertible_default_to_zero(**PLAIN, hazard_rate=0.02, recovery=0.4)
    assert recovered == pytest.approx(100.5418949 + 3.3749933, abs=1e-7)


def test_published_value_with_a_share_that_stays():
    assert convertible_default_unchanged(**PLAIN, hazard_rate=0.02) == pytest.approx(102.7388917, abs=5e-8)


def test_published_value_of_tsiveriotis_and_fernandes():
    assert convertible_tsiveriotis_fernandes(**PLAIN, spread=0.02) == pytest.approx(100.2312973, abs=5e-8)


def test_published_value_of_a_foreign_share():
    # S 100, rate 1.25, r_d 3%, q 2%, 25% and 10% with correlation 0.3, T 5, F 100, ratio 0.7
    asked = {"exchange_rate": 1.25, "years": 5, "rate": 0.03, "dividend_yield": 0.02, "ratio": 0.7}
    found = convertible_composite(100, volatility=0.25, exchange_volatility=0.1, correlation=0.3, **asked)
    assert found == pytest.approx(104.1972380, abs=5e-8)
    asked.pop("exchange_rate")
    assert convertible_no_credit(125, volatility=0.29580399, **asked) == pytest.approx(104.1972380, abs=5e-7)


def test_published_value_of_a_note_whose_reset_floor_is_its_price():
    assert convertible_no_credit(100, years=5, rate=0.03, volatility=0.3) == pytest.approx(118.058934, abs=5e-7)


# --- a note of Amazon's coupons and conversion price, S 76, r 5%, 5% of spread or hazard, 50%: converged grids of others

TEN_YEARS = {"spot": 76.0, "years": 3653 / 365, "rate": 0.05, "volatility": 0.5, "ratio": 100 / 104.947}


@pytest.fixture(scope="module")
def coupons():
    note, first = cn.load("amazon-peacs-2010"), cn.load("amazon-peacs-2010").issue_date
    return [((each.payment_date - first).days / 365, float(each.amount) / 10) for each in note.interest.coupons()]


@pytest.fixture(scope="module")
def forgone(coupons):
    """Terms of those grids: who converts at maturity gives up the last coupon, so that shares compete with face and coupon."""
    return {"face": 100 + coupons[-1][1], "coupons": coupons[:-1], **TEN_YEARS}


def test_tsiveriotis_and_fernandes_with_coupons_is_the_limit_of_grids(forgone):
    assert convertible_tsiveriotis_fernandes(**forgone, spread=0.05) == pytest.approx(127.1701, abs=1e-4)


def test_jump_to_default_with_coupons_is_the_limit_of_grids(forgone):
    assert convertible_default_to_zero(**forgone, hazard_rate=0.05) == pytest.approx(128.386, abs=6e-4)


def test_without_a_spread_with_coupons_is_the_limit_of_trees(forgone):
    assert convertible_no_credit(**forgone) == pytest.approx(156.484, abs=6e-4)


def test_a_last_coupon_paid_to_who_converts_is_the_limit_of_grids_that_pay_it(coupons):
    assert convertible_default_to_zero(**TEN_YEARS, hazard_rate=0.05, coupons=coupons) == pytest.approx(129.2726, abs=1e-4)


# --- limits


def test_without_hazard_or_spread_all_are_the_value_without_credit():
    plain = convertible_no_credit(**PLAIN)
    assert convertible_default_to_zero(**PLAIN, hazard_rate=0.0, recovery=0.4) == pytest.approx(plain, abs=1e-12)
    assert convertible_default_unchanged(**PLAIN, hazard_rate=0.0) == pytest.approx(plain, abs=1e-12)
    assert convertible_tsiveriotis_fernandes(**PLAIN, spread=0.0) == pytest.approx(plain, abs=1e-12)
    own = convertible_composite(**PLAIN, exchange_rate=1, exchange_volatility=0, correlation=0.5)
    assert own == pytest.approx(plain, abs=1e-12)


@pytest.mark.parametrize("spot", [80.0, 100.0, 130.0])
def test_without_volatility_the_greater_of_two_certain_amounts_is_paid(spot):
    expected = max(100 * math.exp(-0.25), spot * math.exp(-0.05))
    assert convertible_no_credit(**{**PLAIN, "spot": spot, "volatility": 0.0}) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("spot", [80.0, 100.0, 130.0])
def test_at_maturity_the_greater_of_shares_and_face_is_paid(spot):
    for function, credit in (
        (convertible_no_credit, {}),
        (convertible_default_to_zero, {"hazard_rate": 0.02, "recovery": 0.4}),
        (convertible_default_unchanged, {"hazard_rate": 0.02}),
        (convertible_tsiveriotis_fernandes, {"spread": 0.02}),
    ):
        assert function(**{**PLAIN, "spot": spot, "years": 0.0}, **credit) == pytest.approx(max(spot, 100), abs=1e-12)


def test_a_share_that_stays_and_pays_nothing_keeps_its_value_through_default():
    # with no dividend and no face to speak of the note is the share, whenever the issuer defaults
    asked = {**PLAIN, "dividend_yield": 0.0, "face": 1e-9}
    assert convertible_default_unchanged(**asked, hazard_rate=0.1) == pytest.approx(100, abs=1e-8)
    assert convertible_default_to_zero(**asked, hazard_rate=0.1) == pytest.approx(100, abs=1e-8)


def test_far_below_the_price_the_note_is_a_straight_bond():
    years, coupons = 5.0, [(1, 6.0), (5, 6.0)]
    bond = sum(amount * math.exp(-0.07 * when) for when, amount in [*coupons, (5, 100)])
    asked = {"years": years, "rate": 0.05, "volatility": 0.2, "coupons": coupons}
    assert convertible_tsiveriotis_fernandes(1e-6, spread=0.02, **asked) == pytest.approx(bond, abs=1e-8)
    assert convertible_default_to_zero(1e-6, hazard_rate=0.02, **asked) == pytest.approx(bond, abs=1e-8)
    assert convertible_default_unchanged(1e-6, hazard_rate=0.02, **asked) == pytest.approx(bond, abs=1e-6)


# --- by brute force


@given(
    spot=st.floats(20, 300),
    years=st.floats(0.1, 10),
    rate=st.floats(-0.02, 0.1),
    dividend_yield=st.floats(0, 0.06),
    volatility=st.floats(0.05, 0.8),
    ratio=st.floats(0.2, 2),
)
def test_the_value_without_credit_is_the_discounted_mean_of_the_greater(spot, years, rate, dividend_yield, volatility, ratio):
    # the payment over a fine grid of standard normal draws, by the trapezoidal rule
    z = np.linspace(-12, 12, 40_001)
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    share = spot * np.exp((rate - dividend_yield - volatility**2 / 2) * years + volatility * math.sqrt(years) * z)
    mean = trapezoid(np.maximum(ratio * share, 100.0) * density, z)
    expected = mean * math.exp(-rate * years)
    found = convertible_no_credit(spot, years=years, rate=rate, dividend_yield=dividend_yield, volatility=volatility, ratio=ratio)
    assert found == pytest.approx(expected, rel=1e-6)


def test_default_to_zero_is_the_mean_over_the_day_of_default():
    # conditional on a default at t, recovery is paid then; without one, the share has grown by the hazard rate
    hazard, recovery, years = 0.03, 0.4, 5.0
    t = np.linspace(0, years, 20_001)
    recovered = trapezoid(hazard * np.exp(-hazard * t) * recovery * 100 * np.exp(-0.05 * t), t)
    z = np.linspace(-12, 12, 40_001)
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    share = 100 * np.exp((0.05 + hazard - 0.01 - 0.02) * years + 0.2 * math.sqrt(years) * z)
    alive = trapezoid(np.maximum(share, 100.0) * density, z) * math.exp(-(0.05 + hazard) * years)
    found = convertible_default_to_zero(**PLAIN, hazard_rate=hazard, recovery=recovery)
    assert found == pytest.approx(alive + recovered, rel=1e-6)


def test_default_unchanged_is_the_mean_over_the_day_of_default():
    # conditional on a default at t the holder has the share of that day, worth 100 exp(-q t) today
    hazard, years = 0.03, 5.0
    t = np.linspace(0, years, 20_001)
    converted = trapezoid(hazard * np.exp(-hazard * t) * 100 * np.exp(-0.01 * t), t)
    expected = converted + math.exp(-hazard * years) * convertible_no_credit(**PLAIN)
    assert convertible_default_unchanged(**PLAIN, hazard_rate=hazard) == pytest.approx(expected, rel=1e-8)


# --- arrays and refusals


def test_arrays_broadcast_and_agree_with_each():
    spots, volatilities = np.array([50.0, 100.0, 150.0]), np.array([[0.0], [0.2], [0.5]])
    for function, credit in (
        (convertible_no_credit, {}),
        (convertible_default_to_zero, {"hazard_rate": 0.02, "recovery": 0.4}),
        (convertible_default_unchanged, {"hazard_rate": 0.02}),
        (convertible_tsiveriotis_fernandes, {"spread": 0.02}),
    ):
        asked = {"years": 5.0, "rate": 0.05, "dividend_yield": 0.01, "coupons": [(1.0, 4.0)], **credit}
        values = function(spots, volatility=volatilities, **asked)
        assert values.shape == (3, 3)
        for row, volatility in enumerate(volatilities[:, 0]):
            for column, spot in enumerate(spots):
                alone = function(spot, volatility=volatility, **asked)
                assert isinstance(alone, float)
                assert values[row, column] == pytest.approx(alone, rel=1e-13)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spot", 0),
        ("spot", float("nan")),
        ("face", -1),
        ("ratio", 0),
        ("years", -1),
        ("volatility", -0.2),
        ("hazard_rate", -0.01),
        ("recovery", 1.1),
        ("recovery", -0.1),
    ],
)
def test_figures_outside_their_range_are_refused_by_name(name, value):
    asked = {**PLAIN, "hazard_rate": 0.02, name: value}
    with pytest.raises(cn.PricingError, match=f"{name}: got {value}"):
        convertible_default_to_zero(**asked)


@pytest.mark.parametrize(("name", "value"), [("exchange_rate", 0), ("exchange_volatility", -0.1), ("correlation", 1.5)])
def test_an_exchange_rate_outside_its_range_is_refused_by_name(name, value):
    asked = {**PLAIN, "exchange_rate": 1.25, "exchange_volatility": 0.1, "correlation": 0.3, name: value}
    with pytest.raises(cn.PricingError, match=f"{name}: got {value}"):
        convertible_composite(**asked)


def test_a_spread_below_0_is_refused():
    with pytest.raises(cn.PricingError, match=r"spread: got -0\.01"):
        convertible_tsiveriotis_fernandes(**PLAIN, spread=-0.01)
