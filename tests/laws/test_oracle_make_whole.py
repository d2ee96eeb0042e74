"""The table of additional shares agrees with its slow twin, exactly and on arrays; a table of zeros is no table (MWT-1)."""

import dataclasses
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.testing import SpelledHistory
from tests.notes_made_whole import green_plains
from tests.oracles import make_whole

NOTE = green_plains()
TABLE = NOTE.make_whole_change
RATES = (Fraction("31.6206"), Fraction("63.2412"), Fraction("32.7654"), Fraction("10.5402"))


def a_question(random):
    day = random.choice((*make_whole.DATES, date(2021, 2, 20) + timedelta(random.randint(0, 2230))))
    rate = random.choice(RATES)
    price = random.choice(
        (*make_whole.PRICES, Fraction(random.randint(2200, 40_000), 100), Fraction(random.randint(2200, 9000), 100))
    )
    return day, price * make_whole.RATE / rate, rate


def test_every_reading_of_the_table_agrees():
    random = Random(1)
    asked = [a_question(random) for _ in range(4000)]
    exact = [TABLE.additional(day, price, rate=rate) for day, price, rate in asked]
    assert exact == [make_whole.additional(*each) for each in asked]
    assert sum(each == 0 for each in exact) > 200 and sum(each > 0 for each in exact) > 2000
    at_issue = [(day, price) for day, price, rate in asked if rate == make_whole.RATE]
    days, prices = zip(*at_issue, strict=True)
    fast = TABLE.additional(np.array(days, "datetime64[D]"), np.array([float(each) for each in prices]))
    assert fast == pytest.approx([float(make_whole.additional(*each)) for each in at_issue], abs=1e-9)


def life(note, change, close, convert, principal, **more):
    history = SpelledHistory(note, [("2020-11-01", close)])
    events = [cn.FundamentalChange(change, **more), cn.FundamentalChangeNotice(change), cn.Convert(convert, principal)]
    return cn.replay(note, history, events=events, until="2026-12-31")


def test_conversions_in_the_window_of_a_change_agree():
    random = Random(2)
    for _ in range(150):
        change = date(2021, 3, 8) + timedelta(random.randint(0, 1900))
        close, principal = Fraction(random.randint(2000, 9000), 100), 1000 * random.randint(1, 5000)
        counted = change
        while not NOTE.principal.banks.is_open(int(cn.calendars.day_number(counted))):
            counted += timedelta(1)
        [entry] = life(NOTE, change, close, counted, principal).of_kind("conversion")
        whole, cash = make_whole.shares(principal, change, close, close)
        if not make_whole.additional(change, close):  # nothing is rounded then
            units = principal * make_whole.RATE / 1000
            assert entry.shares == units.numerator // units.denominator
        else:
            assert (entry.shares, entry.cash) == (whole, cash), entry.text


@pytest.mark.parametrize("policy", [None, cn.Policy()])
def test_a_table_of_zeros_is_no_table(policy):
    zeros = dataclasses.replace(TABLE, shares=[[0] * len(TABLE.prices)] * len(TABLE.dates), cap_rate=None)
    none, zero = (dataclasses.replace(NOTE, make_whole_change=each) for each in (None, zeros))
    random = Random(3)
    for _ in range(20):
        change = date(2022, 3, 8) + timedelta(random.randint(0, 1200))
        close = Fraction(random.randint(2500, 6000), 100)
        steps = [("2020-11-01", close), (change + timedelta(20), close + 5)]
        events = [cn.FundamentalChange(change)]
        if policy is None:
            events += [cn.Convert(change + timedelta(3), 50_000_000)]
            events += [cn.RedemptionNotice("2024-06-03", "2024-07-15", 10_000_000), cn.Convert("2024-06-10", 9_000_000)]
        lives = [
            cn.replay(note, SpelledHistory(note, steps), events=sorted(events, key=lambda each: each.on), policy=policy)
            for note in (none, zero)
        ]
        told = [[(each.date, each.kind, each.principal, each.cash, each.shares) for each in life] for life in lives]
        assert told[0] == told[1]
        assert [each.text for each in lives[0].of_kind("coupon")] == [each.text for each in lives[1].of_kind("coupon")]
    model = cn.Lognormal(as_of="2021-03-01", spot=23, volatility=0.4, rate=0.03, change_rate=0.2)
    one, other = (cn.simulate(note, model, paths=2000, seed=1) for note in (none, zero))
    assert (one.cash == other.cash).all() and (one.shares == other.shares).all()
