"""Law: with additional shares and lower prices, arrays agree with the ledgers to the cent over random notes (MWT-1, CHG-1)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from fractions import Fraction
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.policies import Above, Ask, AtEnd, AtOnce, Never
from tests.notes_made_whole import green_plains

from .cases import a_case, a_policy, peacs_model
from .mixed import made_whole, mixed, with_lower_price
from .test_elected_until import convertible_when_elected
from .test_ledger_agrees import assert_agrees
from .test_settlement import SHORT, settled_later


def a_case_with_reasons(seed: int):
    """A random note whose conversion price depends on the reason, and a policy whose holders convert at the end of a right."""
    note, model, policy, principal = a_case(seed)
    r = Random(f"reasons {seed}")
    if r.random() < 0.4:
        note, _ = mixed(note, r)
        if note.exchange is not None:  # an issuer's default leaves another company's share as it is
            model = dataclasses.replace(model, default_jump=0)
    if r.random() < 0.8:  # conversions in a window that is closed most of the time are seldom for a reason
        note = dataclasses.replace(note, contingent_conversion=None)
    families = r.choice([(made_whole,), (made_whole,), (with_lower_price,), (made_whole, with_lower_price)])
    for family in families if note.conversion is not None else ():
        note = family(note, r)
    table = note.make_whole_change
    if table is not None and table.stock_price == "cash":
        note = dataclasses.replace(note, make_whole_change=dataclasses.replace(table, stock_price="average-5"))
    plain = {"withdraw": AtOnce(), "redeem": Above(1.1), "put": cn.policies.IfWorthMore()}
    answers = {name: answer for name, answer in plain.items() if isinstance(getattr(policy, name), Ask)}
    return (
        note,
        model,
        dataclasses.replace(policy, convert=r.choice([AtEnd(), AtEnd(), AtEnd(), AtEnd(True), Never()]), **answers),
        principal,
    )


def over(seeds, paths: int, settled: bool = False) -> tuple[Counter, Counter]:
    """How often each ending was seen, and how many entries cite each rule.

    With `settled` their conversions are settled over time, and some notes convert under election.
    """
    seen: Counter = Counter()
    rules: Counter = Counter()
    for seed in seeds:
        note, model, policy, principal = a_case_with_reasons(seed)
        r = Random(f"settled {seed}")
        if settled and note.conversion is not None and note.mandatory is None:
            note = settled_later(convertible_when_elected(note, r) if r.random() < 0.3 else note, r)
        outcomes = cn.simulate(note, model, paths=paths, seed=seed, policy=policy, principal=principal)
        seen += assert_agrees(outcomes, range(paths))
        for path in np.flatnonzero(outcomes.status == "converted").tolist():
            cited = [entry.rules for entry in outcomes.ledger(path).of_kind("conversion")]
            rules.update(rule for each in cited for rule in each)
            rules["settled for a reason"] += any("STL-1" in each and {"MWT-1", "CHG-1"} & set(each) for each in cited)
    return seen, rules


def test_mwt1_chg1_arrays_agree_with_their_ledgers():
    seen, rules = over(range(30), paths=5)
    assert len(seen) >= 8 and rules["MWT-1"] >= 4 and rules["CHG-1"] >= 4, rules


@pytest.mark.slow
def test_mwt1_mwt2_chg1_arrays_agree_with_their_ledgers_over_many_more():
    seen, rules = over(range(1000, 1400), paths=12)
    assert len(seen) >= 12 and rules["MWT-1"] >= 200 and rules["MWT-2"] >= 20 and rules["CHG-1"] >= 50


@pytest.mark.parametrize("first", [0, 12])
def test_mwt1_chg1_stl1_arrays_agree_with_their_ledgers_where_conversions_are_settled_over_time(monkeypatch, first):
    refuse_replays(monkeypatch)
    seen, rules = over(range(first, first + 12), paths=4, settled=True)
    assert len(seen) >= 8 and rules["settled for a reason"] >= 5, rules


@pytest.mark.slow
def test_mwt1_chg1_stl1_arrays_agree_with_their_ledgers_over_many_more_that_are_settled_over_time():
    seen, rules = over(range(2000, 2250), paths=8, settled=True)
    assert len(seen) >= 12 and rules["settled for a reason"] >= 150 and rules["END-2"] >= 1, rules


def refuse_replays(monkeypatch):
    def settle_exactly(*given):
        raise AssertionError("the paths were replayed one by one")

    monkeypatch.setattr("convnote.simulation.job.settle_exactly", settle_exactly)


def test_mwt1_chg1_no_path_is_replayed(monkeypatch):
    refuse_replays(monkeypatch)
    for note in (made_whole(SHORT, Random(0)), with_lower_price(SHORT, Random(0))):
        assert len(cn.simulate(note, peacs_model(change_rate=1.0), paths=50, seed=1)) == 50
    for note, spot in ((green_plains(), 24), (cn.load("qiagen-2031"), 45)):
        model = cn.Lognormal(as_of=note.issue_date, spot=spot, volatility=0.4, rate=0.03, change_rate=0.3)
        assert len(cn.simulate(note, model, paths=50, seed=1)) == 50


def early(seeds, paths: int) -> tuple[Counter, Counter]:
    """As `over`, where holders convert early, by a boundary or a function, and functions may decide on other rights."""
    seen: Counter = Counter()
    rules: Counter = Counter()
    for seed in seeds:
        note, model, _, principal = a_case_with_reasons(seed)
        r = Random(f"early {seed}")
        multiple = r.choice([1.02, 1.1, 1.2, 1.4])
        asked = Ask(lambda on, close, view, multiple=multiple: close > multiple * view.conversion_price)
        policy = dataclasses.replace(a_policy(r, note), convert=r.choice([Above(multiple), asked]))
        model = dataclasses.replace(model, change_rate=3)
        outcomes = cn.simulate(note, model, paths=paths, seed=seed, policy=policy, principal=principal)
        seen += assert_agrees(outcomes, range(paths))
        for path in np.flatnonzero(outcomes.status == "converted").tolist():
            cited = [entry.rules for entry in outcomes.ledger(path).of_kind("conversion")]
            rules[type(policy.convert).__name__] += any({"MWT-1", "CHG-1"} & set(each) for each in cited)
    return seen, rules


def test_mwt1_chg1_arrays_agree_with_their_ledgers_where_holders_convert_early():
    seen, rules = early((0, 3, 4, 14, 15, 16, 17, 18, 19, 21, 26), paths=4)
    assert len(seen) >= 4 and rules["Above"] >= 5 and rules["Ask"] >= 4, rules


@pytest.mark.slow
def test_mwt1_chg1_arrays_agree_with_their_ledgers_over_many_more_where_holders_convert_early():
    seen, rules = early(range(3000, 3250), paths=8)
    assert len(seen) >= 12 and min(rules["Above"], rules["Ask"]) >= 60, rules


def test_mwt1_a_change_before_the_start_is_replayed(monkeypatch):
    note, history = made_whole(SHORT, Random(0)), cn.scenario("as-it-was")
    change = [cn.FundamentalChange("2000-05-02"), cn.FundamentalChangeNotice("2000-05-03")]
    state = cn.replay(note, history, events=change, until="2000-12-01").state
    outcomes = cn.simulate(note, peacs_model(as_of="2000-12-01", change_rate=1.0), paths=5, seed=1, state=state)
    assert assert_agrees(outcomes, range(5)).total() == 5
    refuse_replays(monkeypatch)
    with pytest.raises(AssertionError, match="replayed one by one"):
        cn.simulate(note, peacs_model(as_of="2000-12-01", change_rate=1.0), paths=2, seed=2, state=state)


def test_mwt1_an_average_of_closes_on_the_edge_of_the_table_is_inside():
    table = cn.load("gpre-2027").make_whole_change
    closes = [Fraction("22.7"), Fraction("22.7"), Fraction("22.9"), Fraction("23.4"), Fraction("23.3")]
    average = sum(map(float, closes)) / 5
    assert sum(closes) / 5 == 23 and average < 23  # float64 misses the first price by its rounding
    assert float(table.additional(np.datetime64("2022-09-15"), np.float64(average))) == pytest.approx(11.8576, abs=1e-9)
    assert float(table.additional(np.datetime64("2022-09-15"), np.float64(22.99))) == 0
