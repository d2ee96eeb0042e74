"""Several resets and averages of closes in `cn.price` (RST-1, RST-2): against sums over share prices, and against paths."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.errors import PricingError
from convnote.provisions import Reset
from tests.oracles.resets import Terms, many_closes, two_closes, two_dates
from tests.pricing.figures import afv, model, zero

CREDIT = {"rate": 0.03, "hazard_rate": 0.02, "recovery": 0.3, "volatility": 0.3}
END = (np.datetime64("2008-01-01") - np.datetime64("2003-01-01")).astype(int) / 365
START = np.datetime64("2003-01-01")


def note(dates: list[str], floor: int = 80, window: int = 1, **changes: Any) -> cn.ConvertibleNote:
    """Five years, no coupon, one share per 100, convertible throughout."""
    return replace(zero(), conversion=afv().conversion, reset=Reset(dates=dates, floor=floor, window=window), **changes)


def market(spot: float = 100.0, **changes: Any) -> cn.Lognormal:
    return model(spot=spot, day_count="act/365f", **{**CREDIT, **changes})


def terms(floor: float = 80.0) -> Terms:
    return Terms(0.3, 0.03, 0.02, 0.3, float(END), floor)


def years(*days: Any) -> list[float]:
    return [float((np.datetime64(day, "D") - START).astype(int)) / 365 for day in days]


TWO = ["2004-07-01", "2006-01-02"]


@pytest.mark.parametrize(("spot", "floor"), [(100.0, 80), (75.0, 60), (130.0, 80)])
def test_rst1_two_resets_are_the_sum_over_both_days(spot: float, floor: int) -> None:
    exact = two_dates(spot, terms(floor), *years(*TWO))
    assert cn.price(note(TWO, floor), market(spot)).price == pytest.approx(exact, rel=5e-5)


def test_rst1_one_of_two_resets_that_cannot_lower_is_no_reset() -> None:
    """With the floor at the price in force nothing is reset, whatever the number of dates."""
    assert cn.price(note(TWO, 100), market()).price == pytest.approx(
        cn.price(replace(note(TWO), reset=None), market()).price, rel=3e-5
    )


@pytest.mark.parametrize("spot", [100.0, 80.0])
def test_rst2_the_average_of_two_closes_is_the_sum_over_both(spot: float) -> None:
    """The closes of 2005-06-30 and 2005-07-01, a Thursday and a Friday, before a reset on the Monday."""
    exact = two_closes(spot, terms(), *years("2005-06-30", "2005-07-01"))
    assert cn.price(note(["2005-07-04"], window=2), market(spot)).price == pytest.approx(exact, rel=5e-5)


def closes_before(day: str, count: int) -> list[Any]:
    days = np.arange(np.datetime64(day) - np.timedelta64(60, "D"), np.datetime64(day))
    return list(days[np.is_busday(days)][-count:])


@pytest.mark.parametrize("dates", [["2005-07-01"], TWO])
def test_rst2_averages_of_twenty_closes_are_those_of_paths(dates: list[str]) -> None:
    exact, error = many_closes(100.0, terms(), [years(*closes_before(day, 20)) for day in dates])
    value = cn.price(note(dates, window=20), market())
    assert error < 3e-3 and abs(value.price - exact) < 3 * error + 3e-3
    by_day = cn.price(note(dates), market())
    assert abs(value.price - by_day.price) < 1.0


def test_rst2_simulated_paths_agree() -> None:
    made = note(TWO, window=20)
    made = replace(made, principal=replace(made.principal, issue_size=100_000_000))
    paths = cn.simulate(made, market(), paths=8_000, seed=4, principal=100_000_000, keep="summary").summary()
    value = cn.price(made, market())
    assert abs(paths.present_value / 1e6 - value.price) < 3 * paths.standard_error / 1e6
    assert value.probabilities["default"] == pytest.approx(paths.endings["defaulted"], abs=0.015)
    assert sum(value.probabilities.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("window", [1, 5])
def test_rst1_laws_of_resets(window: int) -> None:
    """A further reset never lowers, nor does a lower floor; V >= kappa S, and delta is at most the shares at the floor."""
    one, two = note(TWO[1:], window=window), note(TWO, window=window)
    none = replace(one, reset=None)
    for spot in (60.0, 100.0, 140.0):
        values = [cn.price(each, market(spot)) for each in (none, one, two, note(TWO, 60, window))]
        prices = [each.price for each in values]
        assert all(later >= earlier - 2e-4 * earlier for earlier, later in zip(prices, prices[1:], strict=False))
        assert all(each.price >= each.conversion_value and -1e-3 <= each.delta <= 100 / 60 for each in values)


def test_rst1_a_call_and_a_put_bind_in_every_column() -> None:
    """Against the one reset that needs no columns: the other reset lies where the call has already ended every Note."""
    redeemed = replace(note(TWO), redemption=replace(afv().redemption, prices=[("2004-01-01", "1.0")]), put=afv().put)
    whole, free = cn.price(redeemed, market()).price, cn.price(replace(redeemed, redemption=None), market()).price
    assert whole < free - 0.5
    assert free > cn.price(replace(redeemed, redemption=None, put=None), market()).price + 0.1
    found = cn.price(redeemed, market()).probabilities
    assert found["call"] > 0.3 and sum(found.values()) == pytest.approx(1.0)


def test_rst1_sensitivities_are_bumps() -> None:
    value = cn.price(note(TWO, window=5), market())
    for name, got in (("volatility", value.vega), ("rate", value.rho)):
        up, down = (cn.price(note(TWO, window=5), replace(market(), **{name: CREDIT[name] + by})).price for by in (1e-3, -1e-3))
        assert got == pytest.approx((up - down) / 2e-3, rel=0.02), name


def test_rst2_inside_a_window_the_closes_behind_are_a_state() -> None:
    with pytest.raises(PricingError, match=r"RST-2.*some of the 20 closes before 2005-07-01 lie behind"):
        cn.price(note(["2005-07-01"], window=20), market(as_of="2005-06-20"))
