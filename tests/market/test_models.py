"""Market models: parameters that are refused or kept, and the integrals a simulator or pricer stands on."""

from __future__ import annotations

import dataclasses
import math
import pickle
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

from convnote.calendars import calendar, day_number
from convnote.errors import MarketError
from convnote.market import Bootstrap, CrossCurrency, Curve, DiscountCurve, Lognormal, MarketHistory, scenario

ISSUE = "2000-02-16"
#: 365 and 730 days after the issue
YEARS = np.array([11003 + 365, 11003 + 730])


def lognormal(**changes: Any) -> Lognormal:
    return Lognormal(**{"as_of": ISSUE, "spot": 100.0, "volatility": 0.5, "rate": 0.05, **changes})


def cross(**changes: Any) -> CrossCurrency:
    base = {
        "as_of": ISSUE,
        "spot": 70.6875,
        "exchange_rate": 0.9804,
        "volatility": 0.6,
        "exchange_volatility": 0.12,
        "correlation": 0.25,
        "rate": 0.05,
        "foreign_rate": 0.065,
    }
    return CrossCurrency(**{**base, **changes})


def bootstrap(**changes: Any) -> Bootstrap:
    history = scenario("hover").between("2000-02-16", "2001-02-16")
    return Bootstrap(**{"as_of": "2001-02-16", "spot": 100.0, "rate": 0.05, "history": history, **changes})


# --- integrals -------------------------------------------------------------------------------------------------------


def test_integrals_of_flat_parameters() -> None:
    model = lognormal(dividend_yield=0.01, borrow=0.02, hazard_rate=0.03, change_rate=0.04)
    assert model.years(YEARS).tolist() == [1.0, 2.0]
    assert model.contract_spot == 100.0
    assert model.integrated_rate(YEARS) == pytest.approx([0.05, 0.10], abs=1e-16)
    assert model.discount(YEARS) == pytest.approx([math.exp(-0.05), math.exp(-0.10)], abs=1e-16)
    assert model.discount(YEARS, spread=0.01) == pytest.approx([math.exp(-0.06), math.exp(-0.12)], abs=1e-16)
    assert model.carry(YEARS) == pytest.approx([0.02, 0.04], abs=1e-16)
    assert model.variance(YEARS) == pytest.approx([0.25, 0.50], abs=1e-16)
    assert model.drift(YEARS) == pytest.approx([0.02 - 0.125, 0.04 - 0.25], abs=1e-16)
    assert model.integrated_hazard(YEARS) == pytest.approx([0.03, 0.06], abs=1e-16)
    assert model.survival(YEARS) == pytest.approx([math.exp(-0.03), math.exp(-0.06)], abs=1e-16)
    assert model.integrated_change(YEARS) == pytest.approx([0.04, 0.08], abs=1e-16)


def test_integrals_of_curves_change_on_their_dates() -> None:
    turn = ["1990-01-01", "2001-02-15"]  # the 365th day after the issue
    model = lognormal(
        volatility=Curve(turn, [0.5, 0.3]),
        rate=Curve(turn, [0.05, 0.07]),
        dividend_yield=Curve(turn, [0.0, 0.01]),
        hazard_rate=Curve(turn, [0.02, 0.04]),
        change_rate=Curve(turn, [0.1, 0.2]),
    )
    assert model.variance(YEARS) == pytest.approx([0.25, 0.25 + 0.09], abs=1e-15)
    assert model.carry(YEARS) == pytest.approx([0.05, 0.05 + 0.06], abs=1e-15)
    assert model.integrated_hazard(YEARS) == pytest.approx([0.02, 0.06], abs=1e-15)
    assert model.integrated_change(YEARS) == pytest.approx([0.1, 0.3], abs=1e-15)


def test_a_discount_curve_is_a_rate() -> None:
    curve = DiscountCurve(ISSUE, ["2002-02-15"], [0.06])  # 730 days
    for clock in ("act/365f", "business/252"):
        assert lognormal(rate=curve, day_count=clock).discount(YEARS)[1] == pytest.approx(1.06**-2, abs=1e-15)
    later = lognormal(rate=curve).at("2001-02-15")
    assert later.discount(YEARS[1]) == pytest.approx(1.06**-1, abs=1e-15)
    with pytest.raises(MarketError, match=r"Lognormal.rate: got DiscountCurve.*the curve begins after as_of"):
        lognormal(rate=curve, as_of="2000-02-15")


def test_day_counts_measure_the_time_of_everything() -> None:
    model = lognormal(day_count="30/360", hazard_rate=0.03)
    # 2000-02-16 to 2003-02-16: three years to the day
    end = day_number(np.array(["2003-02-16"], "datetime64[D]"))
    assert model.variance(end) == pytest.approx([0.75], abs=1e-15)
    assert model.integrated_hazard(end) == pytest.approx([0.09], abs=1e-15)


def test_with_business_252_a_certain_share_exceeds_130_on_day_1323_and_20_of_30_follow_on_day_1342() -> None:
    model = lognormal(volatility=0.0, day_count="business/252")
    sessions = np.array(calendar("NASDAQ").between(11004, 11003 + 2600))
    closes = model.spot * np.exp(model.drift(sessions))
    above = closes > 130
    assert int(np.argmax(above)) + 1 == 1323
    counts = np.array([above[max(0, day - 29) : day + 1].sum() for day in range(len(above))])
    assert int(np.argmax(counts >= 20)) + 1 == 1342


def test_steps_are_what_is_added_from_day_to_day_and_begin_at_as_of() -> None:
    model = lognormal(hazard_rate=0.03, default_jump=0.5, change_rate=0.1, dividend_yield=0.01)
    steps = model.steps(["2000-02-17", "2000-02-18", "2000-02-22"])
    span = np.array([1, 1, 4]) / 365
    assert steps.years == pytest.approx(span, abs=1e-16)
    assert steps.rate == pytest.approx(0.05 * span, abs=1e-16)
    assert steps.hazard == pytest.approx(0.03 * span, abs=1e-16)
    assert steps.change == pytest.approx(0.1 * span, abs=1e-16)
    assert steps.variance == pytest.approx(0.25 * span, abs=1e-16)
    assert steps.drift == pytest.approx((0.04 - 0.125) * span, abs=1e-16)
    assert steps.compensation == pytest.approx(0.015 * span, abs=1e-16)
    assert model.steps([ISSUE]).variance.tolist() == [0.0]


def test_steps_need_days_in_order_and_after_as_of() -> None:
    with pytest.raises(MarketError, match="one column of days, in order"):
        lognormal().steps(["2000-02-18", "2000-02-17"])
    with pytest.raises(MarketError, match="one column of days"):
        lognormal().steps(np.array([[11004]]))
    with pytest.raises(MarketError, match="days: got 2000-02-15; expected a day on or after 2000-02-16"):
        lognormal(rate=Curve.flat(0.05)).steps(["2000-02-15"])
    with pytest.raises(MarketError, match="days: got 2000-02-15; expected a day on or after 2000-02-16"):
        lognormal().variance(["2000-02-15"])


# --- credit ----------------------------------------------------------------------------------------------------------


def test_the_hazard_of_a_price_is_a_power_of_its_ratio_to_the_level() -> None:
    model = lognormal(hazard_rate=0.02, hazard_exponent=-1.5)
    assert model.hazard_scale(np.array([100.0, 25.0, 400.0])) == pytest.approx([1.0, 8.0, 0.125])
    with pytest.raises(MarketError, match=r"Lognormal.hazard_exponent: got -1.5; the hazard depends on the share price"):
        model.survival(YEARS)


def test_at_another_spot_the_hazard_of_a_price_stays_what_it_was() -> None:
    model = lognormal(hazard_rate=0.02, hazard_exponent=-1.0)
    later = model.at(date(2001, 2, 16), spot=16).at("2002-02-16", spot=15)
    assert (later.as_of, later.spot, later.hazard_level) == (date(2002, 2, 16), 15.0, 100.0)
    assert later.hazard_scale(20.0) == model.hazard_scale(20.0) == 5.0
    assert lognormal(hazard_exponent=-1.0, hazard_spot=50).hazard_scale(25.0) == 2.0
    assert model.at(ISSUE).spot == 100.0


# --- two factors -----------------------------------------------------------------------------------------------------


def test_the_composite_of_the_published_closed_form() -> None:
    # published with the rate as 1.25 domestic per foreign and correlation 0.3: here 0.8 foreign per domestic and -0.3
    model = cross(
        spot=100, exchange_rate=0.8, volatility=0.25, exchange_volatility=0.1, correlation=-0.3, rate=0.03,
        foreign_rate=0.11, dividend_yield=0.02, as_of="2001-03-01",
    )  # fmt: skip
    end = np.array([int(day_number("2001-03-01")) + 5 * 365])
    deviation = float(np.sqrt(model.variance(end)[0]))
    assert deviation / math.sqrt(5) == pytest.approx(0.29580399, abs=5e-9)
    factor, forward = float(model.discount(end)[0]), model.contract_spot * math.exp(model.carry(end)[0])
    strike = 100 / 0.7
    upper = math.log(forward / strike) / deviation + deviation / 2
    value = factor * (100 + 0.7 * (forward * ndtr(upper) - strike * ndtr(upper - deviation)))
    assert value == pytest.approx(104.1972380, abs=5e-8)
    assert cross().variance(YEARS) == pytest.approx((0.36 + 0.0144 - 2 * 0.25 * 0.6 * 0.12) * np.array([1, 2]), abs=1e-15)


def test_under_the_euro_measure_euros_in_dollars_and_the_share_earn_what_they_must() -> None:
    model = cross(dividend_yield=0.01, borrow=0.005)
    # a dollar account, seen in euros, earns the euro rate: E[X0 / X] = exp((rate - foreign_rate) t)
    dollar = -model.exchange_drift(YEARS) + model.exchange_variance(YEARS) / 2
    assert dollar == pytest.approx([0.05 - 0.065, 2 * (0.05 - 0.065)], abs=1e-15)
    # the share, seen in euros, earns the euro rate less its costs: E[S / X] = S0 / X0 exp((rate - q - borrow) t)
    variance = model.share_variance(YEARS) + model.exchange_variance(YEARS) - 2 * model.covariance(YEARS)
    growth = model.share_drift(YEARS) - model.exchange_drift(YEARS) + variance / 2
    assert growth == pytest.approx([0.035, 0.07], abs=1e-15)
    assert model.share_drift(YEARS) - model.exchange_drift(YEARS) == pytest.approx(model.drift(YEARS), abs=1e-15)


def test_a_share_that_rises_with_the_euro_is_calmer_in_euros() -> None:
    calm, wild = cross(correlation=0.9).variance(YEARS), cross(correlation=-0.9).variance(YEARS)
    assert np.all(calm < cross(correlation=0).variance(YEARS)) and np.all(cross(correlation=0).variance(YEARS) < wild)
    still = cross(correlation=1, volatility=0.12)
    assert still.variance(YEARS) == pytest.approx([0, 0], abs=1e-16) and np.all(still.variance(YEARS) >= 0)


def test_cross_steps_carry_both_factors() -> None:
    steps = cross().steps(["2000-02-17", "2000-02-22"])
    span = np.array([1, 5]) / 365
    assert steps.share_variance == pytest.approx(0.36 * np.array([1, 5]) / 365, abs=1e-16)
    assert steps.exchange_variance == pytest.approx(0.0144 * span, abs=1e-16)
    assert steps.covariance == pytest.approx(0.25 * 0.6 * 0.12 * span, abs=1e-16)
    assert steps.share_drift == pytest.approx((0.065 + 0.018 - 0.18) * span, abs=1e-16)
    assert steps.exchange_drift == pytest.approx((0.015 + 0.0072) * span, abs=1e-16)
    assert steps.drift == pytest.approx(steps.share_drift - steps.exchange_drift, abs=1e-16)


def test_one_factor_has_the_same_law_as_two() -> None:
    turn = ["1990-01-01", "2001-02-15"]
    for volatility in (0.6, Curve(turn, [0.6, 0.3])):
        model = cross(volatility=volatility, dividend_yield=0.01, hazard_rate=0.02, change_rate=0.1, recovery=0.4)
        one = model.composite()
        assert one.spot == model.contract_spot == pytest.approx(70.6875 / 0.9804, abs=1e-13)
        for name in ("variance", "drift", "carry", "discount", "integrated_hazard", "integrated_change"):
            assert getattr(one, name)(YEARS) == pytest.approx(getattr(model, name)(YEARS), abs=1e-14)
        assert (one.recovery, one.as_of) == (0.4, date(2000, 2, 16))
    with pytest.raises(MarketError, match=r"CrossCurrency.hazard_exponent: got -1.0"):
        cross(hazard_exponent=-1).composite()


def test_both_prices_move_with_at() -> None:
    later = cross().at("2001-02-16", spot=14.5, exchange_rate=0.909)
    assert later.contract_spot == 14.5 / 0.909 and cross().at("2001-02-16").exchange_rate == 0.9804


# --- bootstrap -------------------------------------------------------------------------------------------------------


def test_a_bootstrap_has_the_daily_log_returns_of_its_history() -> None:
    model = bootstrap()
    closes = [float(close) for close in model.history.exact_closes]
    assert model.returns == pytest.approx(np.array([math.log(b / a) for a, b in zip(closes, closes[1:], strict=False)]))
    steps = model.steps(["2001-02-20", "2001-02-21"])
    assert steps.drift.tolist() == [0, 0] and steps.compensation.tolist() == [0, 0]
    assert steps.rate == pytest.approx(0.05 * np.array([4, 1]) / 365, abs=1e-16)
    assert steps.variance == pytest.approx([np.var(model.returns)] * 2, rel=1e-9)


def test_a_risk_neutral_bootstrap_earns_the_rate_and_for_default() -> None:
    model = bootstrap(measure="risk-neutral", hazard_rate=0.03, default_jump=0.5, dividend_yield=0.01)
    assert np.mean(np.exp(model.returns)) == pytest.approx(1, abs=1e-15)
    assert np.diff(model.returns - bootstrap().returns) == pytest.approx(np.zeros(len(model.returns) - 1), abs=1e-15)
    steps = model.steps(["2001-02-20"])
    assert steps.drift == pytest.approx([0.04 * 4 / 365], abs=1e-16)
    assert steps.compensation == pytest.approx([0.015 * 4 / 365], abs=1e-16)


def test_a_bootstrap_passes_over_closes_on_days_without_trading_and_refuses_missing_ones() -> None:
    days, closes = ["2002-02-14", "2002-02-15", "2002-02-16", "2002-02-19"], [10, 11, 99, 12]
    model = bootstrap(history=MarketHistory(dates=days, closes=closes), block_length=2)
    assert model.returns == pytest.approx([math.log(1.1), math.log(12 / 11)])
    gap = MarketHistory(dates=["2002-02-13", "2002-02-19", "2002-02-20"], closes=[1, 2, 3])
    with pytest.raises(MarketError, match=r"Bootstrap.history: got 2002-02-14, 2002-02-15; 2 trading days have no close"):
        bootstrap(history=gap, block_length=1)
    with pytest.raises(MarketError, match=r"Bootstrap.block_length: got 3; the returns of 3 closes"):
        bootstrap(history=MarketHistory(dates=days, closes=closes), block_length=3)
    monthly = MarketHistory(dates=["2002-02-14", "2002-03-14"], closes=[1, 2])
    with pytest.raises(MarketError, match="2002-02-22 …; 18 trading days have no close"):
        bootstrap(history=monthly, block_length=1)


# --- parameters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [date(2000, 2, 16), ISSUE, np.datetime64(ISSUE)])
def test_as_of_is_kept_as_a_date(as_of: Any) -> None:
    assert lognormal(as_of=as_of).as_of == date(2000, 2, 16)


def test_numbers_are_kept_as_floats_and_models_compare_by_value() -> None:
    model = lognormal(spot=100, volatility=Fraction(1, 2), recovery=np.float64(0.4))
    assert type(model.spot) is float and model.volatility == 0.5
    assert model == lognormal(recovery=0.4) and hash(model) == hash(lognormal(recovery=0.4))
    assert pickle.loads(pickle.dumps(model)) == model
    with pytest.raises(dataclasses.FrozenInstanceError):
        model.spot = 5.0  # type: ignore[misc]


NEGATIVE, NUMBER = "must not be negative", "expected a number or a Curve"
WRONG: list[tuple[str, Any, str]] = [
    ("spot", 0, "got 0; must be above 0"),
    ("spot", "100", "got '100'; expected a number"),
    ("spot", True, "got True; expected a number"),
    ("spot", math.nan, "got nan; expected a finite number"),
    ("volatility", -0.2, f"got -0.2; {NEGATIVE}"),
    ("volatility", Curve(["2000-02-16", "2001-02-16"], [0.2, -0.1]), f"got -0.1 from 2001-02-16; {NEGATIVE}"),
    ("volatility", "high", f"got 'high'; {NUMBER}"),
    ("volatility", None, f"got None; {NUMBER}"),
    ("volatility", math.inf, "got inf; expected a finite number"),
    ("rate", [0.05], rf"got \[0.05\]; {NUMBER}"),
    ("dividend_yield", "x", f"got 'x'; {NUMBER}"),
    ("borrow", None, f"got None; {NUMBER}"),
    ("hazard_rate", -0.01, f"got -0.01; {NEGATIVE}"),
    ("hazard_exponent", Curve.flat(1), "expected a number"),
    ("hazard_spot", 0, "got 0; must be above 0"),
    ("default_jump", 1.1, "got 1.1; must lie between 0 and 1"),
    ("default_jump", -0.1, "got -0.1; must lie between 0 and 1"),
    ("recovery", 40, "got 40; must lie between 0 and 1"),
    ("change_rate", -1, f"got -1; {NEGATIVE}"),
    ("change_jump", -1, "got -1; must be above -1"),
    ("change_jump_volatility", -0.5, f"got -0.5; {NEGATIVE}"),
    ("quote", 0, "got 0; must be above 0"),
    ("day_count", "actual", "got 'actual'; allowed: act/365f"),
    ("calendar", "NASDQ", "got 'NASDQ'; allowed: FED"),
    ("calendar", 5, "got 5; allowed: FED"),
    ("as_of", "16.02.2000", "got '16.02.2000'; a day is written YYYY-MM-DD"),
    ("as_of", datetime(2000, 2, 16, 10), "without a time of day"),
    ("as_of", np.array(["2000-02-16", "2000-02-17"], "datetime64[D]"), "expected one day"),
]


@pytest.mark.parametrize(("field", "value", "said"), WRONG)
def test_a_wrong_parameter_is_refused_with_field_and_value(field: str, value: Any, said: str) -> None:
    with pytest.raises(MarketError, match=f"Lognormal.{field}: .*{said}") as caught:
        lognormal(**{field: value})
    assert caught.value.field == f"Lognormal.{field}"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("correlation", 1.2, "got 1.2; must lie between -1 and 1"),
        ("correlation", -1.0001, "got -1.0001; must lie between -1 and 1"),
        ("correlation", Curve.flat(0.5), r"got Curve.flat\(0.5\); expected a number"),
        ("exchange_rate", 0, "got 0; must be above 0"),
        ("exchange_volatility", -0.1, f"got -0.1; {NEGATIVE}"),
        ("exchange_quote", -1, "got -1; must be above 0"),
        ("foreign_rate", None, f"got None; {NUMBER}"),
    ],
)
def test_a_wrong_second_factor_is_refused(field: str, value: Any, said: str) -> None:
    with pytest.raises(MarketError, match=f"CrossCurrency.{field}: {said}"):
        cross(**{field: value})


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("history", [1, 2, 3], r"got \[1, 2, 3\]; expected a MarketHistory"),
        ("block_length", 0, "got 0; expected a whole number, 1 or more"),
        ("block_length", 2.5, "got 2.5; expected a whole number"),
        ("block_length", True, "got True; expected a whole number"),
        ("measure", "real", "got 'real'; allowed: history, risk-neutral"),
    ],
)
def test_a_wrong_bootstrap_is_refused(field: str, value: Any, said: str) -> None:
    with pytest.raises(MarketError, match=f"Bootstrap.{field}: {said}"):
        bootstrap(**{field: value})


def test_all_faults_of_a_model_are_named_at_once() -> None:
    with pytest.raises(MarketError) as caught:
        cross(volatility=-0.2, correlation=1.2, recovery=2, as_of="soon")
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        f"CrossCurrency.{name}" for name in ("as_of", "recovery", "volatility", "correlation")
    ]
