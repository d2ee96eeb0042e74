"""Sensitivities equal bumps of the same grid, follow from the equation, and are stable when the grid doubles."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import convnote as cn
from convnote.market import Lognormal
from tests.pricing.figures import FINE, TEN_YEARS, afv, afv_bare, bumped, model, ten_model, ten_years


@cache
def with_notice() -> cn.ConvertibleNote:
    """Ten years, called with 30 days' notice, so that the call's bound depends on every parameter."""
    return cn.loads(
        TEN_YEARS.replace("notice_at_least = 0", "notice_at_least = 30").replace("notice_at_most = 0", "notice_at_most = 60")
    )


TWO_DAYS = ("2008-03-03", "2008-03-13")
CASES = [
    (afv(), model(hazard_rate=0.02, recovery=0.3)),
    (afv(), model(hazard_rate=0.02, recovery=0.3, default_jump=0.5)),
    (afv(), model(hazard_rate=0.02, hazard_exponent=-1.0)),
    (ten_years(), ten_model(recovery=0.4, hazard_rate=0.03)),
    (ten_years(), ten_model(as_of="2008-01-01", recovery=0.2)),
    (ten_years(), ten_model(as_of="2008-01-01", dividend_yield=0.02)),
]


@pytest.mark.parametrize(("note", "market"), CASES)
@pytest.mark.parametrize(
    ("greek", "name", "unit"),
    [
        ("vega", "volatility", 1.0),
        ("rho", "rate", 1.0),
        ("cs01", "hazard_rate", 1e-4),
        ("recovery01", "recovery", 0.01),
    ],
)
def test_a_sensitivity_is_a_bump(note: cn.ConvertibleNote, market: Lognormal, greek: str, name: str, unit: float) -> None:
    if name == "recovery" and market.recovery == 0.0:
        market = replace(market, recovery=0.1)
    value = cn.price(note, market, options=FINE)
    assert getattr(value, greek) == pytest.approx(bumped(value, name, 1e-4) * unit, rel=2e-3, abs=2e-3 * unit)


@pytest.mark.parametrize(("note", "market"), CASES)
def test_delta_and_gamma_are_differences_of_the_price(note: cn.ConvertibleNote, market: Lognormal) -> None:
    value = cn.price(note, market, options=FINE)
    step = 0.02 * value.spot
    low, high = value.at_spot(value.spot - step).price, value.at_spot(value.spot + step).price
    assert value.delta == pytest.approx((high - low) / (2 * step), rel=3e-3)
    assert value.gamma == pytest.approx((high - 2 * value.price + low) / step**2, rel=2e-2)


@pytest.mark.parametrize(("note", "market"), CASES)
def test_gamma_is_within_one_percent_when_the_grid_doubles(note: cn.ConvertibleNote, market: Lognormal) -> None:
    coarse = cn.price(note, market, options={"nodes": 513, "steps": 8}).gamma
    fine = cn.price(note, market, options={"nodes": 1025, "steps": 16}).gamma
    assert coarse == pytest.approx(fine, rel=0.01)


ENDED = [
    (afv_bare(), model(hazard_rate=0.02, dividend_yield=0.04)),
    (afv(), model(hazard_rate=0.02, dividend_yield=0.04)),
    (afv(), model(hazard_rate=0.02, dividends=[("2004-04-01", 5.0)])),
    (ten_years(), ten_model(as_of="2008-01-01", spot=60.0, recovery=0.2)),
    (ten_years(), ten_model(as_of="2008-01-01", spot=200.0, recovery=0.2)),
]


@pytest.mark.parametrize(("note", "market"), [*CASES, *ENDED])
def test_the_adjoint_of_one_spot_equals_what_is_known_at_all_nodes(note: cn.ConvertibleNote, market: Lognormal) -> None:
    """At one spot by transposed solves, at many by more right-hand sides: the same to rounding, chances and life too."""
    value = cn.price(note, market)
    one, many = np.array([value.spot]), value.spot * np.linspace(0.99, 1.01, 9)
    for read in (value.solved.greeks, value.solved.endings):
        alone, among = read(one), read(many)
        for name, each in alone.items():
            assert each[0] == pytest.approx(among[name][4], rel=1e-9, abs=1e-9), name


def test_theta_is_the_next_day_less_today() -> None:
    today, later = (cn.price(ten_years(), ten_model(as_of=on, day_count="act/365f"), options=FINE) for on in TWO_DAYS)
    assert (today.theta + later.theta) / 2 == pytest.approx((later.price - today.price) / 10, rel=0.01)


@pytest.mark.parametrize(
    ("spot", "a_day", "credit"),
    [
        (20.0, 6.875 / 360, "jump-to-default"),
        (100.0, 6.875 / 360, "jump-to-default"),
        (150.0, 0.0, "jump-to-default"),
        (20.0, 6.875 / 360, "tsiveriotis-fernandes"),
        (100.0, 6.875 / 360, "tsiveriotis-fernandes"),
    ],
)
def test_theta_of_a_note_called_at_once_is_a_day_of_interest(spot: float, a_day: float, credit: str) -> None:
    """Worth par and accrued interest, or its shares: at a rate of 1% the Company calls at any share price."""
    value = cn.price(ten_years(), model(as_of="2008-03-03", spot=spot, rate=0.01, volatility=0.3), credit=credit)
    assert value.theta == pytest.approx(a_day, abs=1e-9)


@pytest.mark.parametrize("spot", [50.0, 100.0, 110.0, 130.0])
def test_theta_of_a_note_whose_notice_is_given_at_once_is_the_next_day_less_today(spot: float) -> None:
    """What a notice is worth changes with the day it is given on."""
    market = ten_model(as_of="2008-03-03", spot=spot, rate=0.01, hazard_rate=0.0, volatility=0.3, day_count="act/365f")
    today, later = (cn.price(with_notice(), market.at(on)) for on in ("2008-03-03", "2008-03-04"))
    assert today.theta == pytest.approx(later.price - today.price, rel=5e-3, abs=1e-5)
    assert today.charm == pytest.approx(later.delta - today.delta, rel=2e-2, abs=1e-5)


def test_only_rate_plus_hazard_counts_without_recovery() -> None:
    value = cn.price(ten_years(), ten_model())
    assert value.rho == pytest.approx(1e4 * value.cs01, rel=1e-9)
    moved = cn.price(ten_years(), ten_model(rate=0.03, hazard_rate=0.07))
    assert moved.price == pytest.approx(value.price, abs=1e-9)


def test_one_solve_serves_all_spots() -> None:
    value = cn.price(ten_years(), ten_model())
    for spot in (40.0, 60.0, 120.0):
        again = cn.price(ten_years(), ten_model(spot=spot))
        assert value.at_spot(spot).price == pytest.approx(again.price, abs=1e-9)


@pytest.mark.parametrize("kind", ["pinned", "free"])
def test_error_falls_to_a_quarter_when_steps_and_nodes_double(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed: the convergence table of a pinned and of a free boundary."""
    note, market, exact = {
        "pinned": (ten_years(), ten_model(), 109.09607),
        "free": (ten_years(), ten_model(volatility=0.4, hazard_rate=0.04, recovery=0.2), 111.3433),
    }[kind]
    sizes = [(129, 4.0), (258, 8.0), (513, 16.0), (1025, 32.0), (2049, 64.0)]
    values = [cn.price(note, market, options={"nodes": n, "steps": s}).price for n, s in sizes]
    steps = np.diff(values)
    ratios = steps[:-1] / steps[1:]
    with capsys.disabled():
        print(f"\n{kind} boundary: nodes, steps a year, value, ratio of successive differences")
        for (n, s), value, ratio in zip(sizes, values, [np.nan, np.nan, *ratios], strict=True):
            print(f"{n:6d} {s:5.0f} {value:12.6f} {ratio:8.2f}")
    assert values[-1] == pytest.approx(exact, abs=3e-5)
    assert ratios == pytest.approx(np.full(len(ratios), 4.0), abs=0.6)


def at_the_end(note: cn.ConvertibleNote, market: Lognormal, name: str, step: float) -> float:
    """The derivative by a parameter from prices on a fine grid at one side only, to second order."""
    base, once, twice = (
        cn.price(note, replace(market, **{name: getattr(market, name) + by}), options=FINE).price for by in (0.0, step, 2 * step)
    )
    return (4.0 * once - twice - 3.0 * base) / (2 * step)


@pytest.mark.parametrize("market", [model(volatility=0.3, hazard_rate=0.03), ten_model(recovery=0.4)])
def test_a_dividend_yield_is_felt_where_there_is_none(market: Lognormal) -> None:
    """From a yield of 0 upwards holders may convert early; the price of that right begins at 0 with slope 0."""
    assert cn.price(with_notice(), market).phi == pytest.approx(
        at_the_end(with_notice(), market, "dividend_yield", -1e-3), rel=3e-3
    )


@pytest.mark.parametrize("greek", ["cs01", "recovery01"])
def test_a_sensitivity_at_the_end_of_what_is_allowed(greek: str) -> None:
    """No hazard rate is below 0, and no recovery."""
    market = model(volatility=0.3, hazard_rate=0.0 if greek == "cs01" else 0.03)
    name, step, unit = ("hazard_rate", 2e-3, 1e-4) if greek == "cs01" else ("recovery", 0.02, 0.01)
    expected = at_the_end(with_notice(), market, name, step) * unit
    assert getattr(cn.price(with_notice(), market, options=FINE), greek) == pytest.approx(expected, rel=1e-3)


def test_a_curve_of_hazard_rates_may_begin_at_zero() -> None:
    market = model(volatility=0.3, recovery=0.3, hazard_rate=cn.Curve(["2003-01-01", "2005-01-01"], [0.0, 0.03]))
    value = cn.price(with_notice(), market, options=FINE)
    up, upper = (
        cn.price(with_notice(), replace(market, hazard_rate=market.hazard_rate.shifted(by)), options=FINE).price
        for by in (2e-3, 4e-3)
    )
    assert value.cs01 == pytest.approx((4.0 * up - upper - 3.0 * value.price) / 4e-3 * 1e-4, rel=1e-3)
    assert "cs01" in str(value)


@pytest.mark.parametrize("note", [afv_bare(), afv()], ids=["bare", "called and put"])
@pytest.mark.parametrize("hazard", [0.5, 1.0, 3.0])
def test_a_yield_of_next_to_nothing_changes_next_to_nothing(note: cn.ConvertibleNote, hazard: float) -> None:
    """Where holders may convert early for it V is stepped from today; a large hazard carries the top of the grid to the spot."""
    none = model(volatility=0.25, hazard_rate=hazard, recovery=0.2)
    without, some = cn.price(note, none), cn.price(note, replace(none, dividend_yield=1e-9))
    assert some.price == pytest.approx(without.price, rel=1e-4)
    assert some.delta == pytest.approx(without.delta, rel=2e-4)
    many = cn.price_many(note, [replace(none, dividend_yield=1e-9, spot=spot) for spot in (90.0, 100.0, 110.0)])
    assert many.price[1] == pytest.approx(without.price, rel=1e-4)
