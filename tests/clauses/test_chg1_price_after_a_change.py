"""The lower conversion price in a period after a change of control (CHG-1)."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.provisions import ChangeOfControlPrice, Conversion, FundamentalChange, Put
from convnote.testing import SpelledHistory
from tests.laws.products import equalities, holds
from tests.made import made
from tests.oracles import change_of_control
from tests.simulation.test_ledger_agrees import assert_agrees

#: 1,826 days from issue to maturity; the change is 730 days before it.
ISSUE, MATURITY, CHANGED = date(2015, 1, 1), date(2020, 1, 1), date(2018, 1, 1)


def a_note(**settings):
    more = {"conversion": Conversion(price=30), "fundamental_change": FundamentalChange()}
    more["change_of_control_price"] = ChangeOfControlPrice(**{"premium": "0.32", **settings})
    return made(str(ISSUE), str(MATURITY), **more)


NOTE = a_note()


def play(*events, note=NOTE, level=30, until="2019-06-30", **more):
    history = SpelledHistory(note, [(ISSUE - timedelta(120), level)])
    return cn.replay(note, history, events=events, until=until, **more)


def test_chg1_the_price_falls_with_the_time_that_is_left():
    assert round(NOTE.change_of_control_price.price(NOTE, CHANGED), 4) == Decimal("26.5974")
    assert NOTE.change_of_control_price.price(NOTE, CHANGED, Fraction(30)) == 30 / (1 + Fraction("0.32") * 730 / 1826)
    many = NOTE.change_of_control_price.price(NOTE, np.array([CHANGED, ISSUE], "datetime64[D]"))
    assert many == pytest.approx([26.597397, 30 / 1.32])
    with pytest.raises(cn.TermsError, match=r"change_of_control_price.price occurred \(CHG-1\)"):
        NOTE.change_of_control_price.price(NOTE, MATURITY)


CHANGE, NOTICE = cn.FundamentalChange(CHANGED), cn.FundamentalChangeNotice("2018-01-05")


def units(entry):
    return entry.shares + Fraction(entry.cash) / 30


@pytest.mark.parametrize(
    ("on", "lower"), [("2017-12-29", False), ("2018-01-01", True), ("2018-03-06", True), ("2018-03-07", False)]
)
def test_chg1_from_the_change_to_the_last_day_after_the_notice(on, lower):
    # Sixty days from 2018-01-05 end on Tuesday 2018-03-06.
    note = made(
        str(ISSUE), str(MATURITY), denomination=1_000_000, conversion=Conversion(price=30), fundamental_change=FundamentalChange()
    )
    note = dataclasses.replace(note, change_of_control_price=NOTE.change_of_control_price)
    events = sorted([CHANGE, NOTICE, cn.Convert(on, 1_000_000)], key=lambda each: str(each.on))
    [entry] = play(*events, note=note).of_kind("conversion")
    assert entry.shares == (37_597 if lower else 33_333)  # 1,000,000 / 26.597398… and / 30
    assert ("CHG-1" in entry.rules) is lower


def test_chg1_without_a_notice_the_period_runs_from_the_change():
    # Sixty days from 2018-01-01 end on Friday 2018-03-02.
    for on, shares in (("2018-03-02", 37), ("2018-03-05", 33)):
        [entry] = play(CHANGE, cn.Convert(on, 1000)).of_kind("conversion")
        assert entry.shares == shares


def test_chg1_the_state_keeps_its_price_and_the_sentence_multiplies_out():
    ledger = play(CHANGE, NOTICE, cn.Convert("2018-02-01", 1000))
    assert ledger.state.conversion_price == 30
    [entry] = ledger.of_kind("conversion")
    assert "1 + 0.32 x 730/1,826 = 1.127930, the price is 30 / 1.127930 = 26.597398" in entry.text
    stated = equalities(entry.text)
    assert len(stated) >= 3 and all(map(holds, stated))
    [told] = ledger.of_kind("fundamental-change")
    assert "CHG-1" in told.rules and "until 60 days after that notice Notes convert at 26.597398" in told.text


def test_chg1_to_the_first_put_date_after_the_change():
    puts = Put(prices=[["2017-01-01", 1], ["2019-01-01", 1]])
    note = dataclasses.replace(a_note(to="put"), put=puts)
    terms = note.change_of_control_price
    # 365 of 1,461 days to the put of 2019; on a put date the next one counts; after the last none is left.
    assert terms.days(note, int(cn.calendars.day_number("2018-01-01"))) == (365, 1461)
    assert terms.days(note, int(cn.calendars.day_number("2017-01-01"))) == (730, 1461)
    assert terms.days(note, int(cn.calendars.day_number("2019-01-01"))) == (0, 1461)
    assert terms.price(note, "2019-06-01") == 30
    days = np.array(["2018-01-01", "2019-06-01"], "datetime64[D]")
    assert terms.price(note, days) == pytest.approx([float(terms.price(note, "2018-01-01")), 30])


def test_chg1_of_two_changes_the_lower_price_counts_and_it_is_never_up():
    later = cn.FundamentalChange("2018-02-01"), cn.FundamentalChangeNotice("2018-02-05")
    [first] = play(CHANGE, NOTICE, *later, cn.Convert("2018-02-10", 100_000 // 1000 * 1000), note=large()).of_kind("conversion")
    [second] = play(CHANGE, NOTICE, *later, cn.Convert("2018-03-20", 100_000), note=large()).of_kind("conversion")
    [plain] = play(CHANGE, NOTICE, *later, cn.Convert("2018-06-20", 100_000), note=large()).of_kind("conversion")
    assert first.shares > second.shares > plain.shares == 3333


def large():
    note = a_note()
    return dataclasses.replace(note, principal=dataclasses.replace(note.principal, issue_size=10_000_000))


def test_chg1_every_period_and_price_agrees_with_the_slow_twin():
    random, note = Random(5), large()
    for _ in range(120):
        changed = ISSUE + timedelta(random.randint(20, 1500))
        notice = changed + timedelta(random.randint(0, 10)) if random.random() < 0.8 else None
        day = changed + timedelta(random.choice((0, 30, 59, 60, 61, 68, 70, 71, 75)))
        while day.weekday() > 4 or (notice is not None and day < notice):
            day += timedelta(1)
        told = [cn.FundamentalChange(changed)] + ([cn.FundamentalChangeNotice(notice)] if notice else [])
        [entry] = play(*told, cn.Convert(day, 5_000_000), note=note, until=str(day)).of_kind("conversion")
        price = Fraction(30)
        if change_of_control.is_open(day, changed, notice, 60):
            price = change_of_control.price(30, "0.32", ISSUE, changed, MATURITY)
        assert entry.shares == 5_000_000 // price, (changed, notice, day)


def test_chg1_holders_convert_on_the_last_day_of_the_period_or_the_window():
    # 28.00 x 1,000 / 26.597 = 1,052.75 exceeds the repurchase price; at 30 a share it would not. Notice on the 11th, 30 days.
    ledger = play(CHANGE, level=28, policy=cn.Policy())
    [entry] = ledger.of_kind("conversion")
    assert str(entry.date) == "2018-02-09" and "CHG-1" in entry.rules
    ledger = play(CHANGE, level=28, policy=cn.Policy(), note=a_note(period_days=10))
    assert [str(entry.date) for entry in ledger.of_kind("conversion")] == ["2018-01-19"]  # to Sunday the 21st
    ledger = play(CHANGE, level=26, policy=cn.Policy())
    assert ledger.state.status is cn.Status.REPURCHASED


def test_chg1_a_rounded_price_is_rounded():
    cents = cn.provisions.Adjustment(rounding="0.01")
    rounded = dataclasses.replace(large(), adjustment=cents)
    [entry] = play(CHANGE, cn.Convert("2018-02-01", 1_000_000), note=rounded).of_kind("conversion")
    assert entry.shares == 1_000_000 // Fraction("26.60") and "= 26.6, rounded half-up to 0.01" in entry.text
    by_rate = dataclasses.replace(rounded, adjustment=cn.provisions.Adjustment(rounding_of="rate", rounding="0.0001"))
    [other] = play(CHANGE, cn.Convert("2018-02-01", 1_000_000), note=by_rate).of_kind("conversion")
    assert other.shares == 37_597 and all(map(holds, equalities(other.text))) and all(map(holds, equalities(entry.text)))


def test_chg1_findings_words_sheet_and_table():
    assert [finding for finding in NOTE.check() if finding.rule == "CHG-1" and "assumed" not in finding.message] == []
    bare = dataclasses.replace(a_note(to="put"), fundamental_change=None, conversion=None)
    assert len([finding for finding in bare.check() if finding.rule == "CHG-1" and "assumed" not in finding.message]) == 3
    assert cn.loads(cn.dumps(NOTE)) == NOTE
    [row] = [row for row in NOTE.summary().rows if row[2] == "CHG-1"]
    assert row[1] == (
        "the conversion price / (1 + 32% x days left to maturity / days from issue), until 60 days after the Company's notice"
    )
    assert ("change_of_control_price", "premium", "0.32", "CHG-1", "note") in NOTE.table().rows


def test_chg1_in_simulation():
    note = a_note()
    model = cn.Lognormal(as_of=ISSUE, spot=24, volatility=0.3, rate=0.02, hazard_rate=0.02, recovery=0.4, change_rate=0.5)
    short = dataclasses.replace(note, principal=dataclasses.replace(note.principal, maturity_date="2016-01-01"))
    outcomes = cn.simulate(short, model, paths=60, seed=2)
    assert len(assert_agrees(outcomes, range(60))) >= 3
    lowered = [
        entry for ledger in outcomes.ledgers(range(60)) for entry in ledger.of_kind("conversion") if "CHG-1" in entry.rules
    ]
    assert len(lowered) >= 3
    never = cn.simulate(short, dataclasses.replace(model, change_rate=0), paths=2000, seed=2)
    plain = cn.simulate(
        dataclasses.replace(short, change_of_control_price=None), dataclasses.replace(model, change_rate=0), paths=2000, seed=2
    )
    assert (never.cash == plain.cash).all() and (never.shares == plain.shares).all()
