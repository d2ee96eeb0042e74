"""Figures of second order and those derived from others: against a closed form, a finer grid, and each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.stats import norm

import convnote as cn
from convnote.market import Lognormal
from tests.pricing.figures import FINE, afv, model, ten_model, ten_years, zero
from tests.pricing.test_withdrawals import market as withdrawing
from tests.pricing.test_withdrawals import note as withdrawable

RECOVERY = 0.3


def closed(
    spot: float = 90.0, volatility: float = 0.25, rate: float = 0.04, hazard: float = 0.03, years: float = 5.0, cost: float = 0.0
) -> float:
    """100 or one share after `years`, by Black and Scholes at rate + hazard, and what is recovered until then."""
    both, deviation = rate + hazard, volatility * sqrt(years)
    d1 = (log(spot / 100.0) + (both - cost) * years) / deviation + deviation / 2
    ending = spot * exp(-cost * years) * norm.cdf(d1) + 100.0 * exp(-both * years) * norm.cdf(deviation - d1)
    return float(ending + RECOVERY * 100.0 * hazard * (1.0 - exp(-both * years)) / both)


def slope(f: Callable[[float], float], at: float, step: float) -> float:
    """The first derivative, to the fourth order of the step."""
    return (8 * (f(at + step) - f(at - step)) - f(at + 2 * step) + f(at - 2 * step)) / (12 * step)


def second(f: Callable[[float], float], at: float, step: float) -> float:
    """The second derivative, to the fourth order of the step."""
    return (16 * (f(at + step) + f(at - step)) - f(at + 2 * step) - f(at - 2 * step) - 30 * f(at)) / (12 * step**2)


def exactly(spot: float) -> dict[str, float]:
    """Each figure by derivatives of the closed form."""

    def delta(by_years: float = 0.0, volatility: float = 0.25) -> float:
        return slope(lambda s: closed(s, volatility, years=5.0 + by_years), spot, 1e-2 * spot)

    def gamma(by_years: float) -> float:
        return second(lambda s: closed(s, years=5.0 + by_years), spot, 2e-2 * spot)

    price = closed(spot)
    credit = slope(lambda h: closed(spot, hazard=h), 0.03, 1e-3)
    return {
        "volga": second(lambda v: closed(spot, v), 0.25, 5e-3),
        "vanna": slope(lambda v: delta(volatility=v), 0.25, 5e-3),
        "charm": -slope(delta, 0.0, 1e-2) / 365,
        "color": -slope(gamma, 0.0, 1e-2) / 365,
        "convexity": second(lambda r: closed(spot, rate=r), 0.04, 2e-3) / price,
        "effective_duration": -slope(lambda r: closed(spot, rate=r), 0.04, 1e-3) / price,
        "spread_duration": -credit / (1 - RECOVERY) / price,
        "credit_spread01": 1e-4 * credit / (1 - RECOVERY),
        "phi": slope(lambda q: closed(spot, cost=q), 0.0, 1e-3),
    }


@pytest.mark.parametrize("spot", [60.0, 90.0, 140.0])
def test_figures_of_second_order_are_those_of_the_closed_form(spot: float) -> None:
    now = model(spot=spot, volatility=0.25, rate=0.04, hazard_rate=0.03, recovery=RECOVERY, day_count="act/365f")
    value = cn.price(zero(), replace(now, as_of="2003-01-02"))
    assert value.problem.timeline.end == pytest.approx(5.0)
    for name, exact in exactly(spot).items():
        # over one point up and down volga has an error of some tenths where it passes through 0
        assert getattr(value, name) == pytest.approx(exact, rel=2e-3, abs=0.15 if name == "volga" else 0.0), name


def test_recovery_at_a_fixed_spread_moves_the_hazard_with_it() -> None:
    now = ten_model(hazard_rate=0.04, recovery=0.4)
    value = cn.price(ten_years(), now, options=FINE)
    up, down = (
        cn.price(ten_years(), replace(now, recovery=0.4 + by, hazard_rate=0.04 * 0.6 / (0.6 - by)), options=FINE).price
        for by in (1e-3, -1e-3)
    )
    assert value.recovery01_at_fixed_spread == pytest.approx((up - down) / 0.2, rel=5e-3)


CASES: dict[str, tuple[cn.ConvertibleNote, Lognormal]] = {
    "pinned": (ten_years(), ten_model()),
    "free": (ten_years(), ten_model(volatility=0.4, hazard_rate=0.03, recovery=0.4)),
    "put": (afv(), model(hazard_rate=0.02)),
    "hazard by the share": (afv(), model(hazard_rate=0.02, hazard_exponent=-1.0)),
    "withdrawal": (withdrawable(30, 1), withdrawing(90.0)),
}


@pytest.mark.parametrize("case", sorted(CASES))
@pytest.mark.parametrize(
    ("figure", "scale"), [("convexity", 1.0), ("volga", 5.0), ("vanna", 0.1), ("charm", 1e-5), ("color", 1e-6), ("speed", 1e-5)]
)
def test_figures_of_second_order_do_not_depend_on_the_grid(case: str, figure: str, scale: float) -> None:
    """Within 5%, or 5% of a usual size."""
    note, now = CASES[case]
    coarse, fine = cn.price(note, now), cn.price(note, now, options={"nodes": 1025, "steps": 32})
    exact = getattr(fine, figure)
    assert getattr(coarse, figure) == pytest.approx(exact, abs=0.05 * max(abs(exact), scale))


@pytest.mark.parametrize("case", sorted(CASES))
def test_durations_are_sensitivities_over_the_value(case: str) -> None:
    value = partial(cn.price, *CASES[case])()
    assert value.effective_duration == pytest.approx(-value.rho / value.price, rel=5e-3, abs=5e-3)
    left = 1.0 - value.problem.model.recovery
    assert value.spread_duration == pytest.approx(-1e4 * value.cs01 / left / value.price)
    assert value.fugit == value.expected_life and value.omicron == value.cs01


def test_a_volatility_below_the_step_has_a_volga() -> None:
    value = cn.price(zero(), model(spot=100.0, volatility=0.008, rate=0.0))
    # at the money volga is that of sigma sqrt(T) / sqrt(2 pi) (1 - sigma^2 T / 24)
    assert value.volga == pytest.approx(-100 * 0.008 * 5**1.5 / 4 / sqrt(2 * 3.141592653589793), rel=1e-2)


def test_without_a_default_event_nothing_is_said_of_a_default() -> None:
    value = cn.price(afv(), model(hazard_rate=0.02), credit="tsiveriotis-fernandes")
    assert np.isnan([value.jump_to_default, value.expected_life, *value.probabilities.values()]).all()
    assert not any("default" in name or "life" in name for name in value.table().frame()["figure"])
