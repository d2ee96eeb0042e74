"""Durations and convexity: closed forms and derivatives; and many questions at once."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote import analytics

from .bonds import EXACT, ZERO, straight


@pytest.mark.parametrize(
    ("compounding", "grown"), [("annual", 1.05), ("semiannual", 1.025), ("quarterly", 1.0125), ("continuous", 1.0)]
)
def test_the_duration_of_a_zero_is_its_time(compounding, grown):
    asked = {"rate": 0.05, "on": "2002-01-01", "compounding": compounding}
    step = {"annual": 1.0, "semiannual": 0.5, "quarterly": 0.25, "continuous": 0.0}[compounding]
    assert analytics.macaulay_duration(ZERO, **asked) == pytest.approx(8, abs=EXACT)
    assert analytics.modified_duration(ZERO, **asked) == pytest.approx(8 / grown, abs=EXACT)
    assert analytics.convexity(ZERO, **asked) == pytest.approx(8 * (8 + step) / grown**2, abs=1e-11)


def test_the_duration_of_a_par_bond_is_an_annuity_due():
    # on a coupon date a par bond of n years has a Macaulay duration of (1 + y)(1 - (1 + y)**-n) / y
    bond = straight("2000-01-01", "2010-01-01", rate="0.06")
    expected = 1.06 * (1 - 1.06**-10) / 0.06
    assert analytics.macaulay_duration(bond, 0.06, "2000-01-01") == pytest.approx(expected, abs=EXACT)


@pytest.mark.parametrize("compounding", ["coupon", "semiannual", "continuous", "simple"])
@pytest.mark.parametrize("to", ["maturity", "call", "put"])
def test_duration_and_convexity_are_derivatives_of_the_dirty_price(afv, compounding, to):
    asked = {"on": "2003-03-11", "to": to, "compounding": compounding}

    def price(rate):
        return analytics.price_at_yield(afv, rate, dirty=True, **asked)

    at, step = 0.07, 1e-4
    first = -(price(at + step) - price(at - step)) / (2 * step) / price(at)
    second = (price(at + step) - 2 * price(at) + price(at - step)) / step**2 / price(at)
    assert analytics.modified_duration(afv, at, **asked) == pytest.approx(first, rel=1e-6)
    assert analytics.convexity(afv, at, **asked) == pytest.approx(second, rel=1e-5)


# --- many at once


def test_yields_and_durations_of_arrays_are_those_of_each(note):
    days = np.datetime64("2000-02-16") + np.arange(0, 3600, 300)
    prices = np.linspace(40, 110, len(days))
    rates = analytics.yield_to_maturity(note, prices, days)
    assert rates.shape == days.shape
    for price, day, rate in zip(prices, days, rates, strict=True):
        alone = analytics.yield_to_maturity(note, price, day)
        assert isinstance(alone, float)
        assert rate == pytest.approx(alone, abs=EXACT)
        assert rate == pytest.approx(analytics.yield_to_maturity(note, Decimal(str(price)), day.astype(date)), abs=EXACT)
    for function in (analytics.macaulay_duration, analytics.modified_duration, analytics.convexity, analytics.price_at_yield):
        each = [function(note, rate, day) for rate, day in zip(rates, days, strict=True)]
        assert function(note, rates, days) == pytest.approx(each, rel=1e-12)
    calls = analytics.yield_to_call(note, prices[:4], days[:4])
    assert calls == pytest.approx(
        [analytics.yield_to_call(note, p, d) for p, d in zip(prices[:4], days[:4], strict=True)], abs=EXACT
    )


def test_one_price_for_many_days_and_many_prices_for_one_day(note):
    assert analytics.yield_to_maturity(note, 90, ["2009-02-16", "2009-06-16"]).shape == (2,)
    assert analytics.yield_to_maturity(note, [[90.0], [95.0]], ["2009-02-16", "2009-06-16"]).shape == (2, 2)
    assert analytics.yield_to_maturity(note, [90.0, 95.0], "2009-02-16").shape == (2,)
    assert analytics.yield_to_maturity(note, np.array([]), np.array([], "datetime64[D]")).shape == (0,)


@given(
    st.floats(20, 180),
    st.dates(date(2000, 2, 16), date(2008, 2, 1)),
    st.sampled_from(["coupon", "semiannual", "continuous", "simple"]),
    st.sampled_from(["periods", "act/365f", "30/360", "act/act-isda"]),
    st.booleans(),
)
def test_the_price_at_the_yield_of_a_price_is_the_price(price, on, compounding, clock, dirty):
    note = cn.load("amazon-peacs-2010")
    options = {"compounding": compounding, "clock": clock, "dirty": dirty}
    rate = analytics.yield_to_maturity(note, price, on, **options)
    assert analytics.price_at_yield(note, rate, on, **options) == pytest.approx(price, abs=1e-10)


@given(st.floats(-0.2, 0.5), st.floats(0.001, 0.3), st.dates(date(2000, 2, 16), date(2010, 2, 15)))
def test_a_higher_yield_is_a_lower_price(rate, more, on):
    note = cn.load("amazon-peacs-2010")
    assert analytics.price_at_yield(note, rate + more, on) < analytics.price_at_yield(note, rate, on)
