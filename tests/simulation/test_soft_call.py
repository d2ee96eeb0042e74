"""Law: a call on a condition is counted on arrays as in a replay: ledgers agree to the cent, from any day on (SFT-1, SFT-2)."""

import dataclasses
from collections import Counter
from datetime import timedelta
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import to_date
from convnote.policies import Above, Ask, AtOnce, Never
from convnote.provisions import Condition

from .cases import a_case
from .test_ledger_agrees import assert_agrees

AMAZON = cn.load("amazon-peacs-2010")
COMMON = {"as_of": "2000-02-16", "rate": 0.05, "volatility": 0.5}


def a_condition(r: Random, price: float) -> Condition:
    of, multiple = r.choice(["in-force", "in-force", "initial", "figure", "accreted"]), r.choice(["0.8", "0.95", "1.1", "1.25"])
    days, period = r.choice([(1, 1), (3, 5), (10, 10), (12, 20), (20, 30)])
    return Condition(
        days=days,
        period=period,
        of=of,
        strict=r.random() < 0.5,
        below=r.random() < 0.1,
        ends=r.choice(["notice", "day-before-notice"]),
        short_period=r.random() < 0.3,
        and_last=r.random() < 0.2,
        within=r.choice([1, 1, 3]),
        looked_at=r.choice(["each-day"] * 5 + ["quarter-end"]),
        **({"figure": str(round(float(multiple) * price, 3))} if of == "figure" else {"multiple": multiple}),
    )


def softened(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """The note with a soft call, where it has a call."""
    if note.redemption is None:
        return note
    terms = dataclasses.replace(
        note.redemption,
        condition=a_condition(r, float(note.conversion.price)),
        until=r.choice([None, None, note.issue_date + timedelta(days=130)]),
        last=r.choice([None, "10 business days before"]),
    )
    return dataclasses.replace(note, redemption=terms)


def agreeing(note: cn.ConvertibleNote, model: cn.Lognormal, policy: cn.Policy, *, paths: int, **asked: int) -> Counter:
    """Assert that the ledgers of all paths agree; how the paths ended."""
    return assert_agrees(cn.simulate(note, model, paths=paths, policy=policy, **asked), range(paths))


def simulated(seed: int, paths: int) -> Counter:
    note, model, policy, principal = a_case(seed)
    note = softened(note, Random(f"soft {seed}"))
    return agreeing(note, model, policy, paths=paths, seed=seed, principal=principal)


def test_ledgers_agree_with_the_arrays_under_a_soft_call():
    seen: Counter = Counter()
    for seed in range(50):
        seen += simulated(seed, 6)
    assert seen["called, then converted"] and seen["called, then redeemed"] and len(seen) >= 8


@pytest.mark.slow
def test_ledgers_agree_with_the_arrays_under_a_soft_call_over_many_more():
    seen: Counter = Counter()
    for seed in range(1000, 1300):
        seen += simulated(seed, 10)
    assert len(seen) >= 9


def with_condition(note=AMAZON, **parts):
    given = {"days": 20, "period": 30, "multiple": "1.3", "of": "in-force", "strict": True, "ends": "day-before-notice"} | parts
    return dataclasses.replace(note, redemption=dataclasses.replace(note.redemption, condition=Condition(**given)))


@pytest.mark.parametrize("day", ["2002-02-08", "2002-02-19", "2002-12-31", "2003-03-14"])
def test_a_simulation_from_the_middle_of_a_period_knows_the_closes_before_it(day):
    note = dataclasses.replace(with_condition(days=12, period=30), withdrawal=None)
    sessions = [to_date(n) for n in note.principal.sessions.between(note.principal.issue_day - 60, note.principal.maturity_day)]
    rng = np.random.default_rng(4)
    # around 130% of the price in force, before and after the last reset
    level = [114.0 if str(on) < "2002-02-16" else 110.5 for on in sessions]
    closes = np.round(np.array(level) * np.exp(rng.normal(0, 0.03, len(sessions))), 2)
    state = cn.replay(note, cn.MarketHistory(dates=sessions, closes=closes, currency="EUR"), until=day).state
    model = cn.Lognormal(**(COMMON | {"as_of": day}), spot=110.5)
    for redeem in (Above(1.0), AtOnce(), Above(1.3)):
        outcomes = cn.simulate(note, model, paths=8, seed=5, state=state, policy=cn.Policy(redeem=redeem))
        assert_agrees(outcomes, range(8))


def test_a_condition_of_one_of_one_is_a_barrier():
    """1 of 1 above 130% to the day of the notice opens what a boundary at 130% of the conversion value crosses."""
    model = cn.Lognormal(spot=90, **COMMON)
    plain = dataclasses.replace(AMAZON, withdrawal=None)
    soft = with_condition(plain, days=1, period=1, ends="notice")
    barrier = cn.simulate(plain, model, paths=2000, seed=3, policy=cn.Policy(redeem=Above(1.3)))
    counted = cn.simulate(soft, model, paths=2000, seed=3, policy=cn.Policy(redeem=AtOnce()))
    assert (barrier.present_value == counted.present_value).all() and (barrier.ending == counted.ending).all()
    assert (barrier.ending == "called, then converted").any()


def test_more_days_asked_for_never_bring_a_call_forward():
    plain, rng = dataclasses.replace(AMAZON, withdrawal=None), np.random.default_rng(8)
    terms = plain.principal
    sessions = [to_date(day) for day in terms.sessions.between(terms.issue_day - 60, terms.maturity_day)]
    called = []
    for _ in range(4):
        closes = np.round(137 * np.exp(rng.normal(0, 0.06, len(sessions))), 2)
        history = cn.MarketHistory(dates=sessions, closes=closes, currency="EUR")
        days = []
        for count in (1, 10, 15, 20, 30):
            ledger = cn.replay(with_condition(plain, days=count), history, policy=cn.Policy(redeem=AtOnce()))
            days.append(next((entry.date for entry in ledger.of_kind("redemption-notice")), plain.maturity_date))
        assert days == sorted(days)
        called += days
    assert len(set(called)) > 4


def test_a_function_is_asked_only_on_days_on_which_the_condition_is_met():
    note, asked = dataclasses.replace(with_condition(days=15), withdrawal=None), []

    def calls(on, close, view):
        asked.extend(close / view.conversion_price)
        return close > 1.2 * view.conversion_price

    model = cn.Lognormal(spot=100, **COMMON)
    outcomes = cn.simulate(note, model, paths=20, seed=5, policy=cn.Policy(redeem=Ask(calls)))
    assert asked
    assert_agrees(outcomes, range(20))


def test_sft1_from_a_state_without_conversion_calls_on_a_condition_agree_with_their_ledgers():
    """The closes before the state, 50 each, exceed the figure of 40; and Notes without conversion are worth less than 130%."""
    note = with_condition(of="figure", multiple=None, figure=40)
    sessions = [to_date(n) for n in note.principal.sessions.between(note.principal.issue_day, note.principal.issue_day + 500)]
    closes = [300.0 if number < 40 else 50.0 for number in range(len(sessions))]
    history, day = cn.MarketHistory(dates=sessions, closes=closes, currency="EUR"), str(sessions[-1])
    state = cn.replay(note, history, until=day, policy=cn.Policy(convert=Never(), redeem=Never())).state
    assert state.status is cn.Status.WITHDRAWN
    model = cn.Lognormal(**(COMMON | {"as_of": day}), spot=50)
    policies = (cn.Policy(redeem=redeem) for redeem in (AtOnce(), Above(1.3)))
    at_once, above = (cn.simulate(note, model, paths=5, seed=1, state=state, policy=policy) for policy in policies)
    assert assert_agrees(at_once, range(5))["rights withdrawn and called, then redeemed"] >= 1
    assert "rights withdrawn and called, then redeemed" not in assert_agrees(above, range(5))


def test_a_value_of_more_than_one_close_is_refused_by_price():
    with pytest.raises(cn.PricingError, match="SFT-1"):
        cn.price(dataclasses.replace(with_condition(), withdrawal=None, reset=None), cn.Lognormal(spot=90, **COMMON))
