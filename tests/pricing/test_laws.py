"""What holds for any note and any market, over drawn terms."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.analytics import closed_forms
from convnote.errors import PricingError
from convnote.provisions import Conversion, Interest, Principal, Put, Redemption
from tests.pricing.figures import afv, afv_bare, callable_from, model, sheet, ten_model, ten_years, zero

START = date(2003, 1, 1)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def notes(draw: st.DrawFn) -> cn.ConvertibleNote:
    """A note of 2 to 10 years, with or without coupons, a call (hard, at once) and a put."""
    years = draw(st.integers(2, 10))
    frequency = draw(st.sampled_from([1, 2, 4]))
    rate = draw(st.integers(0, 10)) / 100
    call_year, put_year = draw(st.integers(1, years)), draw(st.integers(1, years))
    redemption = put = None
    if call_year < years:
        price = draw(st.integers(95, 130)) / 100
        redemption = Redemption(prices=[(date(2003 + call_year, 1, 1), price)], notice_at_least=0, notice_at_most=0)
    if put_year < years:
        put = Put(prices=[(date(2003 + put_year, 1, 1), draw(st.integers(80, 115)) / 100)])
    return cn.ConvertibleNote(
        name="drawn",
        principal=Principal(
            issue_date=START,
            maturity_date=date(2003 + years, 1, 1),
            issue_size=1000,
            denomination=100,
            currency="USD",
            business_days="none",
            trading_days="weekdays",
        ),
        interest=Interest(rate=rate, frequency=frequency, day_count="30/360", record_days=0),
        conversion=Conversion(
            price=draw(st.integers(70, 160)),
            accrued=draw(st.sampled_from(["record-date", "forgo", "paid"])),
            called_until="redemption-date",
        ),
        redemption=redemption,
        put=put,
    )


@st.composite
def markets(draw: st.DrawFn, **fixed: Any) -> cn.Lognormal:
    """A market within the usual ranges."""
    drawn = {
        "as_of": START + timedelta(days=draw(st.integers(0, 700))),
        "spot": float(draw(st.integers(20, 250))),
        "volatility": draw(st.integers(10, 90)) / 100,
        "rate": draw(st.integers(-1, 10)) / 100,
        "hazard_rate": draw(st.integers(0, 15)) / 100,
        "recovery": draw(st.integers(0, 6)) / 10,
        "dividend_yield": draw(st.sampled_from([0.0, 0.0, 0.03])),
        "default_jump": draw(st.sampled_from([1.0, 1.0, 0.5])),
        **fixed,
    }
    return cn.Lognormal(**drawn)


#: two rights of one value in turn, of which one is exercised halfway through a step: conversion and a call, a put and a call
TWO_RIGHTS = [
    (
        sheet("quarterly", maturity="2013-01-01", rate="5%", frequency=4, price="121")
        + callable_from("2004-01-01, 0.95")
        + "[put]\nprices = [[2009-01-01, 0.96]]\n",
        {"spot": 20.0, "volatility": 0.87, "rate": 0.1, "hazard_rate": 0.09, "recovery": 0.5, "default_jump": 0.5},
    ),
    (
        sheet("paid", maturity="2009-01-01", rate="5%", price="92", conversion='accrued = "paid"')
        + callable_from("2005-01-01, 0.95")
        + "[put]\nprices = [[2008-01-01, 1.0]]\n",
        {"as_of": "2004-12-01", "spot": 140.0, "volatility": 0.1, "rate": 0.03, "hazard_rate": 0.03, "recovery": 0.5}
        | {"dividend_yield": 0.03},
    ),
]


@FEW
@example(cn.loads(TWO_RIGHTS[0][0]), cn.Lognormal(**{"as_of": "2003-01-07", **TWO_RIGHTS[0][1]}))
@example(cn.loads(TWO_RIGHTS[1][0]), cn.Lognormal(**TWO_RIGHTS[1][1]))
@given(notes(), markets())
def test_a_value_lies_between_what_both_sides_can_enforce(note: cn.ConvertibleNote, market: cn.Lognormal) -> None:
    assume(market.as_of < note.maturity_date)
    value = cn.price(note, market)
    assert np.isfinite(value.price)
    assert value.price >= value.conversion_value - 2e-4 * value.price
    assert -2e-3 * value.shares <= value.delta <= value.shares * 1.003
    assert np.isfinite([value.gamma, value.theta, value.vega, value.rho, value.cs01]).all()
    assert sum(value.probabilities.values()) == pytest.approx(1.0)
    assert all(-1e-3 <= chance <= 1.001 for chance in value.probabilities.values())
    assert 0.0 <= value.expected_life <= 1.001 * (note.maturity_date - market.as_of).days / 365


def beside_a_free_boundary(right: str) -> tuple[cn.ConvertibleNote, cn.Lognormal, np.ndarray]:
    """A note under which a right is exercised today from a free boundary up, a market, and spots around the boundary."""
    market, low_coupons = model(dividend_yield=0.03), replace(afv().interest, rate="0.02")
    if right == "conversion":
        redemption = replace(afv().redemption, prices=[("2007-01-01", "0.95")])
        note = replace(afv(), interest=low_coupons, redemption=redemption, put=None)
        return note, replace(market, volatility=0.37, rate=-0.01), np.linspace(260.0, 284.0, 13)
    redemption = replace(afv().redemption, prices=[("2003-01-01", "1.1")], notice_at_least=30, notice_at_most=60)
    return (
        replace(afv(), redemption=redemption, put=None),
        replace(market, hazard_rate=0.03, recovery=0.4),
        np.linspace(96.0, 108.0, 13),
    )


@pytest.mark.parametrize("right", ["conversion", "call"])
def test_a_chance_beside_a_free_boundary_is_neither_negative_nor_above_one(right: str) -> None:
    note, market, spots = beside_a_free_boundary(right)
    values = [cn.price(note, replace(market, spot=float(spot))) for spot in spots]
    chances = np.array([value.probabilities[right] for value in values])
    assert (np.array([list(value.probabilities.values()) for value in values]) >= -1e-9).all()
    assert (chances <= 1.0 + 1e-9).all()
    assert chances[0] < 0.999 and chances[-1] == pytest.approx(1.0, abs=1e-9)
    assert (np.diff(chances) > -1e-9).all()


def test_a_note_converted_at_once_is_the_conversion_value_exactly_from_the_free_boundary_on() -> None:
    note, market, spots = beside_a_free_boundary("conversion")
    models = [replace(market, spot=float(spot)) for spot in spots]
    together = cn.price_many(note, models)
    for place, value in enumerate(cn.price(note, each) for each in models):
        assert value.price >= value.conversion_value
        assert together.price[place] == pytest.approx(value.price, rel=1e-12)
        assert together.delta[place] == pytest.approx(value.delta, rel=1e-9)


@pytest.mark.parametrize("spot", [60.0, 80.0])
def test_rounding_converts_no_note_that_is_worth_its_conversion_value_when_called(spot: float) -> None:
    """Without a dividend or a coupon nobody converts unless called, and every Note above par is called first."""
    note = replace(
        ten_years(),
        interest=replace(ten_years().interest, rate=0),
        conversion=replace(ten_years().conversion, price=111),
        redemption=replace(ten_years().redemption, prices=[("2009-01-01", "1.0")]),
    )
    market = model(spot=spot, volatility=0.1, rate=0.07, hazard_rate=0.04, recovery=0.2)
    chances = cn.price(note, market).probabilities
    assert chances["conversion"] == pytest.approx(0.0, abs=1e-9)
    assert 0.5 < chances["call"] < 1.0


@FEW
@given(notes(), markets())
def test_a_further_call_never_raises_and_a_put_never_lowers(note: cn.ConvertibleNote, market: cn.Lognormal) -> None:
    assume(market.as_of < note.maturity_date)
    whole = cn.price(note, market).price
    slack = 4e-4 * whole
    if note.redemption is not None:
        assert whole <= cn.price(replace(note, redemption=None), market).price + slack
    if note.put is not None:
        assert whole >= cn.price(replace(note, put=None), market).price - slack


@FEW
@given(notes(), markets(recovery=0.0, default_jump=1.0, dividend_yield=0.0))
def test_more_hazard_lowers_an_uncalled_note_from_which_nothing_is_recovered(
    note: cn.ConvertibleNote, market: cn.Lognormal
) -> None:
    """Antitone in hazard (R = 0) while the bond matters more than the option: here the holder of a straight note."""
    assume(market.as_of < note.maturity_date)
    bond = replace(note, conversion=None, redemption=None)
    low, high = (cn.price(bond, replace(market, hazard_rate=h)).price for h in (0.02, 0.06))
    assert high < low


@FEW
@given(notes(), markets(default_jump=1.0), st.integers(1, 30))
def test_more_recovery_never_lowers(note: cn.ConvertibleNote, market: cn.Lognormal, points: int) -> None:
    assume(market.as_of < note.maturity_date)
    more = replace(market, recovery=market.recovery + points / 100)
    assert cn.price(note, more).price >= cn.price(note, market).price - 4e-4 * float(note.denomination)


@FEW
@given(st.integers(40, 200), st.integers(10, 80), st.integers(-1, 10))
def test_without_credit_it_is_black_and_scholes(spot: int, volatility: int, rate: int) -> None:
    market = model(spot=float(spot), volatility=volatility / 100, rate=rate / 100)
    exact = closed_forms.convertible_no_credit(spot, years=5, rate=rate / 100, volatility=volatility / 100)
    assert cn.price(zero(), market).price == pytest.approx(exact, abs=3e-3)
    split = cn.price(zero(), market, credit="tsiveriotis-fernandes").price
    assert split == pytest.approx(exact, rel=2e-4)


def test_callable_now_and_worth_more_converted_is_the_conversion_value_exactly() -> None:
    value = cn.price(ten_years(), ten_model(as_of="2008-03-03", spot=140.0))
    assert value.price == value.conversion_value == pytest.approx(140 * 100 / 104.947, rel=1e-12)
    assert value.delta == pytest.approx(value.shares, rel=1e-6)
    assert value.theta == 0.0


def test_cross_currency_equals_its_composite() -> None:
    market = cn.CrossCurrency(
        as_of="2003-01-01",
        spot=125.0,
        exchange_rate=1.25,
        volatility=0.25,
        exchange_volatility=0.1,
        correlation=0.3,
        rate=0.03,
        foreign_rate=0.05,
        hazard_rate=0.02,
    )
    value, same = cn.price(afv(), market), cn.price(afv(), market.composite())
    assert value.price == pytest.approx(same.price, abs=1e-9)
    assert value.fx_delta == pytest.approx(-value.delta * 100.0 / 1.25)


@pytest.mark.parametrize("spot", [280.0, 330.0, 360.0])
def test_a_note_far_above_its_price_that_holders_will_convert_early_is_read_from_a_grid_that_goes_on(spot: float) -> None:
    """What a default recovers keeps them waiting up to a share of 372 at least: a grid that ends there takes V for its shares."""
    note = cn.loads(sheet("deep", maturity="2005-01-01", rate="0", price="155"))
    waiting = {"volatility": 0.15, "rate": 0.01, "dividend_yield": 0.03, "hazard_rate": 0.12, "recovery": 0.6}
    market = model(as_of="2003-07-15", day_count="act/365f", **waiting)
    exact = cn.price(note, replace(market, spot=1000.0), options={"nodes": 4097, "steps": 32}).at_spot(spot).price
    assert exact > 100 / 155 * spot + 0.2
    near = cn.price(note, replace(market, spot=200.0))
    found = [cn.price(note, replace(market, spot=spot)).price, near.at_spot(spot).price]
    found += [near.ladder("spot", [spot / 200.0 - 1.0]).price[0], cn.price_many(note, [replace(market, spot=spot)] * 2).price[1]]
    assert found == pytest.approx([exact] * 4, rel=5e-5)


def test_asking_for_a_boundary_changes_nothing() -> None:
    value = cn.price(afv(), model(hazard_rate=0.02))
    before = value.price
    boundary = value.critical_price()
    assert np.nanmin(boundary.call) > 100.0
    assert value.price == before == cn.price(afv(), model(hazard_rate=0.02)).price


def test_a_boundary_follows_accrued_interest_and_falls_with_the_coupon() -> None:
    """Called at once for 110 and accrued interest, so that the conversion value is that at the boundary."""
    value = cn.price(afv(), model(hazard_rate=0.02))
    days = np.arange("2005-01-01", "2008-01-01", dtype="datetime64[D]")
    assert value.critical_price(days).call == pytest.approx(110.0 + afv().interest.accrued(days), abs=0.05)
    none = value.critical_price(["2002-12-31", "2004-12-31", "2008-01-02"])
    assert np.isnan(none.call).all() and np.isnan(value.critical_price(days).conversion).all()


def test_a_boundary_on_a_day_of_a_step_is_that_of_the_step() -> None:
    value = cn.price(ten_years(), ten_model(as_of="2005-03-01", dividend_yield=0.02, day_count="act/365f"))
    steps = value.critical_price()
    starts = np.isin(steps.dates, np.arange("2006-01-01", "2013-01-01", dtype="datetime64[Y]").astype("datetime64[D]"))
    found = value.critical_price(steps.dates[starts])
    assert starts.sum() >= 6
    assert found.call == pytest.approx(steps.call[starts], rel=1e-9, nan_ok=True)


def test_a_priced_note_is_freed_and_a_copy_of_it_carries_nothing_of_its_price() -> None:
    note = replace(afv(), name="short-lived")
    assert cn.price(note, model()).price == cn.price(pickle.loads(pickle.dumps(note)), model()).price
    gone = weakref.ref(note)
    copied = copy.copy(note)
    assert cn.price(copied, model()).problem.contract.note is copied
    del note, copied
    gc.collect()
    assert gone() is None


def test_a_protected_dividend_above_a_threshold_of_zero_leaves_the_conversion_value() -> None:
    market = model(hazard_rate=0.02, dividends=[("2004-04-01", 5.0), ("2006-04-01", 5.0)])
    protected = replace(afv_bare(), adjustment=cn.provisions.Adjustment())
    without = cn.price(afv_bare(), replace(market, dividends=())).price
    assert cn.price(protected, market).price == pytest.approx(without, abs=2e-3)
    assert cn.price(afv_bare(), market).price < without - 2.0


@pytest.mark.parametrize(("spot", "expected"), [(100.0, 129.5269), (130.0, 154.7686)])
def test_cash_dividends(spot: float, expected: float) -> None:
    """Section 9's figure: 2 at 0.25, 1.25 … 4.25, neither call nor put."""
    days = [(f"{year}-04-01", 2.0) for year in range(2003, 2008)]
    market = model(spot=spot, hazard_rate=0.02, dividends=days)
    assert cn.price(afv_bare(), market, options={"nodes": 2049, "steps": 32}).price == pytest.approx(expected, abs=1e-3)


def test_a_volatility_too_small_for_the_grid_is_refused() -> None:
    with pytest.raises(PricingError, match=r"options.nodes: got .*the grid is too coarse"):
        cn.price(afv(), model(volatility=0.001))


def test_a_call_for_the_first_date_may_be_noticed_before_it_where_none_is_needed() -> None:
    """Notice of 0 to 60 days: from 60 days ahead, for the first redemption date, whose day before is the last to convert."""
    conversion = replace(afv().conversion, called_until="business-day-before")
    redemption = replace(afv().redemption, prices=[("2005-01-20", "1.0")], notice_at_least=0, notice_at_most=60)
    note = replace(afv(), conversion=conversion, redemption=redemption)
    late = replace(note, redemption=replace(redemption, notice_at_most=0))
    early = cn.price(note, model(volatility=0.3, hazard_rate=0.02)).price
    assert early <= cn.price(late, model(volatility=0.3, hazard_rate=0.02)).price + 1e-2
    assert early > cn.price(note, model(volatility=0.3, hazard_rate=0.02)).conversion_value


def test_a_hazard_that_explodes_as_the_share_falls() -> None:
    market = model(volatility=0.1, hazard_rate=0.02, hazard_exponent=-2.0, hazard_spot=100.0, recovery=0.4)
    value = cn.price(afv_bare(), market)
    assert np.isfinite([value.price, value.delta, value.gamma, value.vega, value.rho, value.cs01]).all()
    for spot in (2.0, 5.0, 20.0):  # below the grid of the value at 100, and more than the recovery where the share may flee
        again = cn.price(afv_bare(), market.at(market.as_of, spot=spot), options={"nodes": 1025, "steps": 32})
        assert value.at_spot(spot).price == pytest.approx(again.price, rel=3e-3) and again.price > 40.0
    assert value.at_spot(300.0).price > 300.0
