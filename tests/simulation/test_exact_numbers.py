"""Means against exact numbers: closed forms, counting laws, the bond, a deterministic replay; within 3 standard errors."""

import dataclasses
import math

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number
from convnote.policies import Boundary, Never, Policy
from convnote.provisions import Reset
from convnote.simulation.statistics import MEASURES

from .cases import PEACS, peacs_model

AFV = cn.load("afv-2003")
#: F 100, one share each, five years, no coupon, nothing but conversion at maturity.
ZERO = dataclasses.replace(
    AFV,
    redemption=None,
    put=None,
    interest=dataclasses.replace(AFV.interest, rate=0, frequency=0),
    conversion=dataclasses.replace(AFV.conversion, close_of="same-day"),
)
MANY, FEW = 1_000_000, 30_000


def lognormal(**changes):
    settings = {"as_of": "2003-01-01", "spot": 100, "volatility": 0.2, "rate": 0.05, "dividend_yield": 0.01}
    return cn.Lognormal(**{**settings, "day_count": "30/360", "quote": 1e-4, **changes})


FOREIGN = dataclasses.replace(ZERO, conversion=dataclasses.replace(ZERO.conversion, price="142.857142857142857142857143"))
COMPOSITE = cn.CrossCurrency(
    as_of="2003-01-01", spot=100, exchange_rate=0.8, volatility=0.25, exchange_volatility=0.1, correlation=-0.3,
    rate=0.03, foreign_rate=0.05, dividend_yield=0.02, day_count="30/360", quote=1e-4, exchange_quote=1e-6,
)  # fmt: skip


def with_reset(floor):
    reset = Reset(dates=["2005-07-02"], floor=floor, window=1, rounding="0.000001")
    return dataclasses.replace(ZERO, reset=reset)


RESET_MODEL = lognormal(volatility=0.3, rate=0.03, dividend_yield=0.0)
CLOSED_FORMS = [
    ("no credit", ZERO, lognormal(), 103.2812691),
    ("default to nothing", ZERO, lognormal(hazard_rate=0.02), 100.5418949),
    ("default with recovery", ZERO, lognormal(hazard_rate=0.02, recovery=0.4), 100.5418949 + 3.3749933),
    ("default, share unchanged", ZERO, lognormal(hazard_rate=0.02, default_jump=0), 102.7388917),
    ("foreign share", FOREIGN, COMPOSITE, 104.1972380),
    ("one reset", with_reset("80"), RESET_MODEL, 120.885025),
    ("a reset that cannot bind", with_reset("100"), RESET_MODEL, 118.058934),
]


def assert_within(note, model, exact, paths):
    summary = cn.simulate(note, model, paths=paths, seed=11, keep="summary")
    for controlled in (True, False):
        found = summary.summary(control_variates=controlled)
        assert abs(found.present_value - exact) <= 3 * found.standard_error, (found.present_value, found.standard_error)


@pytest.mark.parametrize(("note", "model", "exact"), [row[1:] for row in CLOSED_FORMS], ids=[row[0] for row in CLOSED_FORMS])
def test_the_mean_is_the_closed_form(note, model, exact):
    assert_within(note, model, exact, FEW)


@pytest.mark.slow
@pytest.mark.parametrize(("note", "model", "exact"), [row[1:] for row in CLOSED_FORMS], ids=[row[0] for row in CLOSED_FORMS])
def test_the_mean_is_the_closed_form_at_a_million_paths(note, model, exact):
    assert_within(note, model, exact, MANY)


def test_the_standard_error_is_what_the_means_of_many_seeds_show():
    found = [cn.simulate(ZERO, lognormal(hazard_rate=0.02), paths=1500, seed=seed, keep="summary") for seed in range(60)]
    for controlled in (True, False):
        summaries = [each.summary(control_variates=controlled) for each in found]
        spread = np.std([each.present_value for each in summaries], ddof=1)
        stated = np.mean([each.standard_error for each in summaries])
        assert 0.7 < spread / stated < 1.35  # 60 seeds tell a spread to a tenth, three times over


# --- 20 of 30


def count_law(k, n):
    return math.comb(2 * k, k) * math.comb(2 * (n - k), n - k) / 4**n


@pytest.mark.parametrize("paths", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_wdr1_is_met_within_the_first_30_days_as_often_as_the_count_law_says(paths):
    exact = sum(count_law(k, 30) for k in range(20, 31))
    assert exact == pytest.approx(0.4046863206, abs=1e-10)
    days = PEACS.principal.sessions.between(PEACS.principal.issue_day, PEACS.principal.issue_day + 100)
    last_effective = days[30] + 30
    before = np.datetime64(last_effective + 1, "D").item()
    withdrawal = dataclasses.replace(PEACS.withdrawal, trigger=100, trigger_multiple=None, before=before)
    note = dataclasses.replace(PEACS, withdrawal=withdrawal, reset=None, redemption=None, fundamental_change=None)
    # No drift in the logarithm, equal steps, and a grid so fine that no close is the trigger itself.
    model = cn.Lognormal(
        as_of="2000-02-16", spot=100, volatility=0.3, rate=0.0, dividend_yield=-0.045, day_count="business/252", quote=1e-4
    )
    summary = cn.simulate(note, model, paths=paths, seed=5, keep="summary").summary()
    found = sum(chance for words, chance in summary.endings.items() if "withdraw" in words)
    assert abs(found - exact) <= 3 * math.sqrt(exact * (1 - exact) / paths)


# --- no chance


def test_without_volatility_the_trigger_is_met_on_the_day_that_arithmetic_says():
    withdrawal = dataclasses.replace(PEACS.withdrawal, trigger=130, trigger_multiple=None, before="2010-01-01")
    note = dataclasses.replace(PEACS, withdrawal=withdrawal, reset=None, redemption=None, fundamental_change=None)
    model = cn.Lognormal(as_of="2000-02-16", spot=100, volatility=0.0, rate=0.05, day_count="business/252")
    outcomes = cn.simulate(note, model, paths=2)
    closes = outcomes.closes(0)
    assert int(np.argmax(closes > 130)) == 1323
    notice = outcomes.ledger(0).of_kind("withdrawal-notice")[0].date
    assert np.datetime64(notice) == outcomes.dates[1342]


@pytest.mark.parametrize("spot", [60, 95, 110, 140])
def test_without_volatility_every_path_is_the_deterministic_replay(spot):
    model = peacs_model(spot=spot, volatility=0.0, hazard_rate=0.0, change_rate=0.0)
    outcomes = cn.simulate(PEACS, model, paths=3)
    history = cn.MarketHistory(dates=outcomes.dates, closes=outcomes.closes(0))
    one = dataclasses.replace(PEACS, principal=dataclasses.replace(PEACS.principal, issue_size=1000, certificates={}))
    ledger = cn.replay(one, history, events=[], policy=Policy())
    assert [float(ledger.total())] * 3 == outcomes.cash.tolist()
    assert [sum(entry.shares for entry in ledger)] * 3 == outcomes.shares.tolist()
    closes = dict(zip(history.days.tolist(), history.closes.tolist(), strict=True))
    value = sum(
        float(entry.cash) * model.discount([entry.payment_date])[0]
        + entry.shares * closes.get(day_number(entry.date), 0.0) * model.discount([entry.date])[0]
        for entry in ledger
    )
    assert outcomes.present_value == pytest.approx(value, rel=1e-12)


def test_without_default_and_options_the_value_is_the_bond():
    parts = ("conversion", "reset", "withdrawal", "redemption", "put", "fundamental_change", "adjustment")
    bond = dataclasses.replace(PEACS, **dict.fromkeys(parts))
    model = peacs_model(hazard_rate=0.0, change_rate=0.0)
    outcomes = cn.simulate(bond, model, paths=10)
    dues = [(each.payment_date, round(float(each.amount) + 1e-9, 2)) for each in bond.interest.coupons()]
    moved = bond.principal.payment_day
    flows = [*dues, (bond.maturity_date, 1000.0)]
    value = sum(cash * model.discount([int(moved(day_number(on)))])[0] for on, cash in flows)
    assert outcomes.present_value == pytest.approx(np.full(10, value), rel=1e-13)
    assert (outcomes.status == "matured").all()


# --- more rights


@pytest.mark.parametrize(
    ("name", "sign"),
    [("withdrawal", -1), ("redemption", -1), ("fundamental_change", 1), ("reset", 1)],
)
def test_more_rights_are_worth_no_less_to_their_owner(name, sign):
    # A holder whose conversion right is worth more than the put keeps it: the put is used where the share is far below.
    policy = Policy(put=Boundary(["2000-02-16"], [350]))
    with_right = cn.simulate(PEACS, peacs_model(), paths=20_000, seed=3, policy=policy)
    without = cn.simulate(dataclasses.replace(PEACS, **{name: None}), peacs_model(), paths=20_000, seed=3, policy=policy)
    error = math.hypot(with_right.summary().standard_error, without.summary().standard_error)
    gain = with_right.summary().present_value - without.summary().present_value
    assert sign * gain >= -3 * error


def test_under_perfect_foresight_more_rights_are_worth_no_less_on_any_path():
    def best_of(policies, pick):
        values = [cn.simulate(PEACS, peacs_model(), paths=500, seed=4, policy=policy).present_value for policy in policies]
        return pick(np.stack(values), axis=0)

    holder = [Policy(), Policy(put=Never())]
    assert (best_of(holder, np.max) >= best_of(holder[1:], np.max)).all()
    company = [Policy(), Policy(redeem=Never()), Policy(withdraw=Never())]
    assert (best_of(company, np.min) <= best_of(company[1:], np.min)).all()


# --- control variates


def test_control_variates_leave_less_than_a_fifth_of_the_variance():
    outcomes = cn.simulate(PEACS, peacs_model(), paths=20_000, seed=9, keep="summary")
    plain, controlled = outcomes.summary(control_variates=False), outcomes.summary()
    assert (plain.standard_error / controlled.standard_error) ** 2 > 5
    assert abs(plain.present_value - controlled.present_value) < 4 * plain.standard_error


EVERYTHING = {"hazard_rate": 0.1, "recovery": 0.3, "change_rate": 0.5, "change_jump": 0.2, "change_jump_volatility": 0.3}
TWO_FACTORS = cn.CrossCurrency(
    as_of="2000-02-16", spot=72, exchange_rate=0.9, exchange_volatility=0.12, correlation=0.3, foreign_rate=0.06,
    volatility=0.5, rate=0.05, **EVERYTHING,
)  # fmt: skip


@pytest.mark.parametrize(
    "model",
    [
        peacs_model(**EVERYTHING),
        peacs_model(**EVERYTHING, default_jump=0.4),
        peacs_model(**EVERYTHING, hazard_exponent=-0.5, volatility=0.3),
        TWO_FACTORS,
    ],
    ids=["to nothing", "in part", "by price", "two factors"],
)
def test_the_mean_of_every_control_variate_is_nothing(model):
    found = cn.simulate(PEACS, model, paths=30_000, seed=5, keep="summary").statistics
    mean = found.sums / found.paths
    variance = (np.diag(found.products) - found.sums * mean) / (found.paths - 1)
    controls = slice(len(MEASURES), None)
    assert np.abs(mean[controls] / np.sqrt(variance[controls] / found.paths)).max() < 3.5
