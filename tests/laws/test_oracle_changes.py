"""The days that follow a notice agree with their slow twin: a period of elections, a window of dates (CHG-2, CHG-3)."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

import convnote as cn
from convnote.provisions import FundamentalChange
from convnote.testing import SpelledHistory
from convnote.testing.turns_changes import with_lower_price, with_table
from tests.oracles import change_of_control, fundamental_change

NOTE = cn.load("amazon-peacs-2010")


def a_table(terms, notice, **chosen):
    note = dataclasses.replace(NOTE, fundamental_change=terms)
    return note.fundamental_change.timetable(occurred=notice, notice=notice, **chosen)


def a_notice(random):
    return date(2000, 2, 16) + timedelta(random.randint(0, 3300))


def test_chg2_periods_agree():
    random = Random(1)
    for _ in range(600):
        notice, days, after = a_notice(random), random.randint(1, 90), random.choice((0, 1, 5, 10, 20))
        table = a_table(FundamentalChange(period_days=days, pays_after=random.choice((after, after or None))), notice)
        expected = fundamental_change.period(notice, days, after)
        assert (table.election_deadline, table.repurchase_date) == expected, (notice, days, after)


def test_chg3_windows_agree():
    random = Random(2)
    for _ in range(400):
        notice, least, unit = a_notice(random), random.randint(1, 30), random.choice(("business days", "calendar days", None))
        most = least + random.randint(0, 30)
        terms = FundamentalChange(repurchase_after=[least, most], unit=unit)
        first, last = fundamental_change.window(notice, least, most, unit)
        assert a_table(terms, notice).repurchase_date == last
        for chosen in (first, last):
            assert a_table(terms, notice, repurchase_date=chosen).repurchase_date == chosen
        for chosen in (first - timedelta(1), last + timedelta(1)):
            with pytest.raises(cn.TermsError, match="CHG-3"):
                a_table(terms, notice, repurchase_date=chosen)


def test_mwt1_columns_and_entries_move_with_a_reset():
    # Reset to 90: the rate moves by 104.947 / 90, so a close of 90 is read in the column of 104.947, where 2005-02-16 has 1.1.
    note, on = with_table(NOTE), "2005-02-16"
    events = [cn.FundamentalChange(on), cn.FundamentalChangeNotice(on), cn.Convert("2005-03-01", 90_000_000)]
    ledger = cn.replay(note, SpelledHistory(note, [("1999-11-01", 90)]), events=events, until="2005-04-01")
    rate = (1000 + Fraction("1.1") * Fraction("104.947")) / 90
    [entry] = ledger.of_kind("conversion")
    assert ledger.state.conversion_price == 90
    assert entry.shares == int(90_000 * rate) and "11.111111 + 1.282686 = 12.393797 per 1,000" in entry.text


def test_chg1_a_replay_split_anywhere_is_the_same():
    note, changed = with_lower_price(NOTE), date(2003, 6, 2)
    events = [cn.FundamentalChange(changed), cn.FundamentalChangeNotice("2003-06-05"), cn.Convert("2003-07-01", 90_000_000)]
    history = SpelledHistory(note, [("1999-11-01", 90)])
    whole = cn.replay(note, history, events=events, until="2003-12-31")
    price = change_of_control.price(90, "0.32", NOTE.issue_date, changed, NOTE.maturity_date)
    assert whole.of_kind("conversion")[0].shares == 90_000_000 // price
    for cut in ("2003-06-01", "2003-06-02", "2003-06-05", "2003-06-30"):
        first = cn.replay(note, history, events=[each for each in events if str(each.on) <= cut], until=cut)
        rest = [each for each in events if str(each.on) > cut]
        later = cn.replay(note, history, events=rest, until="2003-12-31", state=first.state)
        assert [each.text for each in (*first, *later)] == [each.text for each in whole], cut
