"""Additional shares on many paths: each path is replayed, agrees with its ledger to the cent, and with the table read slowly."""

from __future__ import annotations

import dataclasses
from collections import Counter
from fractions import Fraction

import pytest

import convnote as cn
from convnote.calendars import day_number
from convnote.provisions import SettlementTerms
from convnote.testing import SpelledHistory
from tests.laws.products import equalities, holds
from tests.notes_made_whole import green_plains
from tests.oracles import make_whole

from .test_ledger_agrees import assert_agrees

NOTE = green_plains()
START = "2026-12-01"


def model(**changes):
    settings = {"spot": 33, "volatility": 0.4, "rate": 0.04, "hazard_rate": 0.03, "recovery": 0.4, "change_rate": 1.0}
    return cn.Lognormal(as_of=START, **{**settings, **changes})


def state(note):
    return cn.replay(note, SpelledHistory(note, [("2020-11-01", 30)]), until=START).state


def simulated(note, paths, *, policy=None, seed=1, **changes):
    return cn.simulate(note, model(**changes), paths=paths, seed=seed, policy=policy, state=state(note))


def check_against_the_slow_table(outcomes, paths) -> Counter:
    """Shares and cash of each conversion in a window, from the closes of its path and the printed table."""
    seen: Counter = Counter()
    sessions = NOTE.principal.sessions
    for path in paths:
        ledger = outcomes.ledger(path)
        closes = {int(day_number(on)): close for on, close in zip(outcomes.dates, outcomes.closes(path), strict=True)}
        for entry in ledger.of_kind("conversion"):
            if "MWT-1" not in entry.rules:
                continue
            why = ledger.of_kind("redemption-notice", "fundamental-change")
            if len(why) > 1:  # which of them counts is for the worked lives to say
                continue
            day = int(day_number(why[0].date))
            five = sessions.between(sessions.before(day, 5), sessions.before(day))
            average = sum(Fraction(str(closes.get(each, 30))) for each in five) / 5
            before = Fraction(str(closes[sessions.before(int(day_number(entry.date)))]))
            shares, cash = make_whole.shares(entry.principal, why[0].date, average, before)
            if make_whole.additional(why[0].date, average):
                assert (entry.shares, entry.cash) == (shares, cash), entry.text
                seen[why[0].kind] += 1
    return seen


def test_mwt1_paths_agree_with_their_ledgers_and_the_slow_table():
    outcomes = simulated(NOTE, 120)
    assert len(assert_agrees(outcomes, range(120))) >= 3
    seen = check_against_the_slow_table(outcomes, range(120))
    assert seen["redemption-notice"] >= 3 and seen["fundamental-change"] >= 3


def test_mwt1_a_change_on_the_last_day_of_the_window_of_another_counts_on_both_sides():
    outcomes = simulated(NOTE, 2000, seed=2)
    on = [str(entry.date) for entry in outcomes.ledger(1254).of_kind("fundamental-change")]
    assert on == ["2026-12-17", "2027-01-25"] and str(outcomes.end_date[1254]) == "2027-01-25"
    assert assert_agrees(outcomes, [1254]) == {"converted": 1}


@pytest.mark.slow
def test_mwt1_many_paths_agree_with_their_ledgers_and_the_slow_table():
    outcomes = simulated(NOTE, 2000, seed=2)
    assert len(assert_agrees(outcomes, range(2000))) >= 5
    assert min(check_against_the_slow_table(outcomes, range(2000)).values()) > 50


def test_mwt1_without_a_change_or_a_call_the_paths_are_those_without_a_table():
    plain = dataclasses.replace(NOTE, make_whole_change=None)
    never = cn.Policy(redeem=cn.policies.Never())
    for note, how in (
        (NOTE, {"policy": never, "change_rate": 0}),
        (dataclasses.replace(NOTE, fundamental_change=None), {"policy": never}),
    ):
        twin = dataclasses.replace(plain, fundamental_change=note.fundamental_change)
        one, other = (simulated(each, 2000, **how) for each in (note, twin))
        assert (one.cash == other.cash).all() and (one.shares == other.shares).all()


def test_mwt1_a_table_read_at_the_cash_is_refused_where_changes_may_come():
    cash = dataclasses.replace(
        NOTE, make_whole_change=dataclasses.replace(NOTE.make_whole_change, stock_price="cash", on_call=False)
    )
    with pytest.raises(cn.TermsError, match=r"simulate make_whole_change.stock_price \(MWT-1\): got cash"):
        simulated(cash, 10)
    assert len(simulated(cash, 10, change_rate=0).cash) == 10


def test_mwt1_a_price_has_the_additional_shares_of_a_call_and_refuses_those_of_a_change():
    flat = cn.Lognormal(as_of="2021-03-01", spot=23, volatility=0.4, rate=0.03)
    bare = dataclasses.replace(NOTE, conversion=dataclasses.replace(NOTE.conversion, pays_in_except=["notice"]))
    without = cn.price(dataclasses.replace(bare, make_whole_change=None), flat)
    assert float(cn.price(bare, flat).price) > float(without.price) + 0.1  # a call is dearer
    on_changes = dataclasses.replace(bare, make_whole_change=dataclasses.replace(bare.make_whole_change, on_call=False))
    assert float(cn.price(on_changes, flat).price) == pytest.approx(float(without.price))
    with pytest.raises(cn.PricingError, match=r"price \(FCH-1\): fundamental changes"):
        cn.price(on_changes, dataclasses.replace(flat, change_rate=0.1))


def test_mwt1_a_conversion_that_is_settled_later_settles_at_the_rate_with_additional_shares():
    later = dataclasses.replace(NOTE, settlement=SettlementTerms(method="combination", specified=1000, observation=20))
    change = cn.FundamentalChange("2022-09-15"), cn.FundamentalChangeNotice("2022-09-20"), cn.Convert("2022-10-03", 10_000_000)
    ledger = cn.replay(later, SpelledHistory(later, [("2020-11-01", 40)]), events=change, until="2022-12-31")
    # 36.3075 x 40 = 1,452.30: cash of 1,000, and 452.30 / 40 = 11.3075 shares
    [surrendered], [settled] = ledger.of_kind("conversion"), ledger.of_kind("settlement")
    assert (settled.cash, settled.shares) == (10_000_000, 113_075)
    assert "31.6206 + 4.686858 = 36.3075 per 1,000" in surrendered.text and all(map(holds, equalities(surrendered.text)))
    assert_agrees(simulated(later, 30), range(30))
