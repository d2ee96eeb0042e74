"""Published and independently computed figures: Ayache, Forsyth and Vetzal (2003), closed forms, the ten-year contract."""

from __future__ import annotations

from dataclasses import replace
from math import exp
from typing import Any

import pytest

import convnote as cn
from convnote.analytics import closed_forms
from convnote.policies import Above
from convnote.provisions import Reset
from tests.pricing.figures import FINE, afv, afv_bare, model, ten_model, ten_years, zero


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 125.95288),
        ({"hazard_rate": 0.02, "default_jump": 0.0}, 124.91776),
        ({"hazard_rate": 0.02}, 122.73126),
    ],
)
def test_the_article_with_call_and_put(changes: dict[str, Any], expected: float) -> None:
    assert cn.price(afv(), model(**changes)).price == pytest.approx(expected, rel=2e-5)
    fine = cn.price(afv(), model(**changes), options={"nodes": 4097, "steps": 64}).price
    assert fine == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 140.0556),
        ({"hazard_rate": 0.02, "default_jump": 0.0}, 137.7813),
        ({"hazard_rate": 0.02}, 135.7842),
    ],
)
def test_the_article_without_call_and_put(changes: dict[str, Any], expected: float) -> None:
    value = cn.price(afv_bare(), model(**changes), options=FINE)
    assert value.price == pytest.approx(expected, abs=6e-5)


def test_the_article_by_tsiveriotis_and_fernandes() -> None:
    value = cn.price(afv(), model(hazard_rate=0.02), credit="tsiveriotis-fernandes")
    assert value.price == pytest.approx(123.97, abs=0.05)
    assert any("depends on the grid" in each for each in value.notes)


ROUND = (90.0, 100.0, 110.0)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hazard_rate": 0.04, "recovery": 0.4}, (121.9762, 128.4483, 135.7188)),
        ({"hazard_rate": 0.04, "recovery": 0.4, "default_jump": 0.5}, (120.6308, 126.8619, 133.9138)),
        ({"hazard_rate": 0.02, "hazard_exponent": -1.0, "hazard_spot": 100.0}, (120.5977, 127.1196, 134.3455)),
    ],
)
def test_the_article_with_other_credit(changes: dict[str, Any], expected: tuple[float, ...]) -> None:
    market = model(volatility=0.3, **changes)
    value = cn.price(afv(), market, options=FINE)
    for spot, figure in zip(ROUND, expected, strict=True):
        assert value.at_spot(spot).price == pytest.approx(figure, abs=2.5e-4)


def test_a_call_with_notice_may_be_given_before_the_first_redemption_date() -> None:
    noticed = replace(afv(), redemption=replace(afv().redemption, notice_at_least=30, notice_at_most=30))
    market = model(volatility=0.3, hazard_rate=0.02)
    with_notice, at_once = cn.price(noticed, market).price, cn.price(afv(), market).price
    assert with_notice == pytest.approx(128.225, abs=6e-3)
    assert at_once == pytest.approx(127.848, abs=3.1e-3)
    assert with_notice - at_once == pytest.approx(0.377, abs=3e-3)


def test_dividend_yield_and_early_conversion() -> None:
    market = model(hazard_rate=0.02, dividend_yield=0.04)
    value = cn.price(afv_bare(), market, options=FINE)
    assert value.price == pytest.approx(123.0779, abs=1e-3)
    assert value.at_spot(130.0).price == pytest.approx(143.2796, abs=1e-3)
    assert cn.price(afv(), market, options=FINE).price == pytest.approx(117.883, abs=3e-3)


@pytest.mark.parametrize(
    ("credit", "changes", "expected"),
    [
        ("jump-to-default", {}, 103.2812691),
        ("jump-to-default", {"hazard_rate": 0.02}, 100.5418949),
        ("jump-to-default", {"hazard_rate": 0.02, "recovery": 0.4}, 103.9168882),
        ("tsiveriotis-fernandes", {"hazard_rate": 0.02}, 100.2312973),
    ],
)
def test_closed_forms(credit: str, changes: dict[str, Any], expected: float) -> None:
    market = model(dividend_yield=0.01, **changes)
    value = cn.price(zero(), market, credit=credit, options={"nodes": 1025, "steps": 32})
    assert value.price == pytest.approx(expected, abs=2e-4 if credit == "tsiveriotis-fernandes" else 1e-4)


def test_a_share_that_survives_default_is_worth_converting_for() -> None:
    note = replace(zero(), conversion=afv().conversion)  # the holder may convert at a default
    value = cn.price(note, model(hazard_rate=0.02, default_jump=0.0), options=FINE).price
    closed = closed_forms.convertible_default_unchanged(100, years=5, rate=0.05, volatility=0.2, hazard_rate=0.02)
    assert value == pytest.approx(closed, abs=1e-4)


@pytest.mark.parametrize(("floor", "expected"), [(80, 120.885025), (100, 118.058934)])
def test_one_reset(floor: int, expected: float) -> None:
    note = replace(zero(), conversion=afv().conversion, reset=Reset(dates=["2005-07-01"], floor=floor, window=1))
    value = cn.price(note, model(rate=0.03, volatility=0.3), options=FINE)
    assert value.price == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize(
    ("note", "market"),
    [
        (afv(), model(volatility=0.3, hazard_rate=0.02)),
        (afv_bare(), model(volatility=0.3, hazard_rate=0.02)),
        (ten_years(), ten_model()),
        (ten_years(), ten_model(as_of="2008-01-03")),
    ],
)
def test_the_value_is_continuous_as_the_share_loses_all_at_default(note: cn.ConvertibleNote, market: cn.Lognormal) -> None:
    """A share that keeps a trace is stepped to today, on another grid: on either the error is below 2.5 in 100,000."""
    exact = cn.price(note, market, options=FINE).price
    near = cn.price(note, replace(market, default_jump=1.0 - 1e-7)).price
    assert (near, cn.price(note, market).price) == pytest.approx((exact, exact), rel=2.5e-5)


@pytest.mark.parametrize("spot", [0.5, 5.0, 12.0])
@pytest.mark.parametrize("nodes", [257, 1025])
def test_far_below_the_conversion_price_only_default_pays_in_shares(spot: float, nodes: int) -> None:
    """Half of the share's value is kept at a default; F e^(-(r + h) T) + S (1 - e^(-h T / 2)) as S falls, and delta its slope."""
    value = cn.price(zero(), model(spot=spot, hazard_rate=0.1, default_jump=0.5), options={"nodes": nodes})
    assert zero().conversion is not None and value.delta < 1e-3
    free = replace(zero(), conversion=afv().conversion)
    value = cn.price(free, model(spot=spot, hazard_rate=0.1, default_jump=0.5), options={"nodes": nodes})
    kept = 1.0 - exp(-0.1 * 0.5 * 5)
    assert value.price == pytest.approx(100.0 * exp(-0.15 * 5) + spot * kept, rel=2e-5)
    assert value.delta == pytest.approx(kept, rel=2e-3)


def test_ten_years() -> None:
    value = cn.price(ten_years(), ten_model(), options={"nodes": 4097, "steps": 64})
    assert value.price == pytest.approx(109.09607, abs=3e-5)
    assert value.delta == pytest.approx(0.69432, abs=5e-6)
    assert value.gamma == pytest.approx(0.004345, abs=5e-7)
    assert cn.price(ten_years(), ten_model()).price == pytest.approx(109.09607, rel=5e-5)


def test_ten_years_with_a_free_boundary() -> None:
    market = ten_model(volatility=0.4, hazard_rate=0.04, recovery=0.2)
    value = cn.price(ten_years(), market, options={"nodes": 4097, "steps": 64})
    assert value.price == pytest.approx(111.3433, abs=1e-4)
    assert value.at_spot(100.0).price == pytest.approx(127.7615, abs=1e-4)


def test_ten_years_decided_at_closes() -> None:
    daily = cn.price(ten_years(), ten_model(), options={"decisions": "daily", "nodes": 2049}).price
    assert daily == pytest.approx(109.2315, abs=2e-3)
    policy = cn.Policy(redeem=Above(1, of="amount"))
    told = cn.price(ten_years(), ten_model(), policy=policy, options={"decisions": "daily", "nodes": 2049})
    assert told.price == pytest.approx(109.4354, abs=2e-3)
    assert any("Above" in each for each in told.notes)


@pytest.mark.parametrize(
    "changes", [{}, {"default_jump": 0.5}, {"dividends": [("2004-04-01", 5.0)]}], ids=["put", "half a jump", "dividend"]
)
def test_chances_do_not_depend_on_where_the_nodes_lie(changes: dict[str, Any]) -> None:
    market = model(hazard_rate=0.02, **changes)
    exact = cn.price(afv(), market, options={"nodes": 2049, "steps": 32}).probabilities
    for nodes in (257, 258, 300):
        found = cn.price(afv(), market, options={"nodes": nodes}).probabilities
        assert found == pytest.approx(exact, abs=4e-4) and exact["put"] > 0.1


def test_to_maturity_only_the_life_is_exact() -> None:
    value = cn.price(afv_bare(), model(hazard_rate=0.02))
    assert value.expected_life == pytest.approx(4.7581, abs=5e-5)
    assert value.probabilities["default"] == pytest.approx(0.09516, abs=5e-6)
