"""When Notes are repurchased on a change: in a period from the Company's notice (CHG-2), or on a day that it chooses (CHG-3)."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

import convnote as cn
from convnote.testing import SpelledHistory
from tests.lifecycle.walk import NOTE
from tests.simulation.cases import peacs_model
from tests.simulation.test_ledger_agrees import assert_agrees


def with_change(**settings):
    return dataclasses.replace(NOTE, fundamental_change=dataclasses.replace(NOTE.fundamental_change, **settings))


#: A period of 60 days from the notice, paid 10 Business Days after it.
PERIOD = with_change(period_days=60, pays_after=10)
#: A day that the Company chooses, 20 to 35 Business Days after its notice.
CHOSEN = with_change(repurchase_after=[20, 35], unit="business days")
CHANGE = cn.FundamentalChange("2001-06-01")
NOTICE = cn.FundamentalChangeNotice("2001-06-08")


def play(*events, note=PERIOD, until="2001-12-31", level=50, **more):
    return cn.replay(note, SpelledHistory(note, [("1999-11-01", level)]), events=events, until=until, **more)


def test_chg2_elections_on_any_day_of_the_period_are_paid_after_its_end():
    # Sixty days from Friday 2001-06-08 end on Tuesday 2001-08-07; ten Business Days after it is Tuesday the 21st.
    table = PERIOD.fundamental_change.timetable(occurred="2001-06-01", notice="2001-06-08")
    assert (table.election_deadline, table.repurchase_date) == (date(2001, 8, 7), date(2001, 8, 21))
    first, last = cn.RepurchaseElection("2001-06-08", 1_000), cn.RepurchaseElection("2001-08-07", 2_000)
    ledger = play(CHANGE, NOTICE, first, last)
    [paid] = ledger.of_kind("repurchase")
    # 3,000 and 186 days of 6.875%: 3,000 x 0.06875 x 186/365 = 105.1027…
    assert (str(paid.date), str(paid.cash)) == ("2001-08-21", "3105.10")
    [told] = ledger.of_kind("fundamental-change-notice")
    assert told.rules == ("FCH-2", "CHG-2") and "on 2001-08-21, by an election on or before 2001-08-07" in told.text
    assert {entry.rules for entry in ledger.of_kind("repurchase-election")} == {("FCH-1", "CHG-2")}
    with pytest.raises(cn.LifecycleError, match="the last day for an election has passed") as refused:
        play(CHANGE, NOTICE, cn.RepurchaseElection("2001-08-08", 1_000))
    assert refused.value.rule == "CHG-2"


def test_chg2_a_period_that_ends_on_a_closed_day_takes_elections_to_its_end():
    # From Tuesday 2001-06-05 to Saturday 2001-08-04, paid on Monday where nothing is said of days after it.
    at_end = with_change(period_days=60)
    ledger = play(CHANGE, cn.FundamentalChangeNotice("2001-06-05"), cn.RepurchaseElection("2001-08-04", 1_000), note=at_end)
    assert [str(entry.date) for entry in ledger.of_kind("repurchase")] == ["2001-08-06"]


def test_chg2_days_after_a_period_need_one_and_a_choice_fits_none():
    with pytest.raises(cn.TermsError, match=r"fundamental_change.pays_after \(CHG-2\)"):
        with_change(pays_after=10)
    with pytest.raises(cn.TermsError, match=r"fundamental_change.period_days \(CHG-2\)"):
        with_change(period_days=60, repurchase_after=[20, 35])


def test_chg2_whose_consent_later_payment_needs():
    later = with_change(period_days=60, pays_after=20)
    assert [each.requirement.rule for each in PERIOD.amendments(later)] == ["AMD-2"]
    assert [each.requirement.rule for each in later.amendments(PERIOD)] == ["AMD-1"]


@pytest.mark.parametrize(
    ("chosen", "allowed"), [("2001-07-06", False), ("2001-07-09", True), ("2001-07-30", True), ("2001-07-31", False)]
)
def test_chg3_the_company_chooses_a_day_in_its_window(chosen, allowed):
    # Business Days from 2001-06-08, the fourth of July between them: the 20th is Monday 2001-07-09, the 35th Monday the 30th.
    notice = cn.FundamentalChangeNotice("2001-06-08", repurchase_date=chosen)
    if not allowed:
        with pytest.raises(cn.LifecycleError, match="from 2001-07-09 to 2001-07-30") as refused:
            play(CHANGE, notice, note=CHOSEN)
        assert refused.value.rule == "CHG-3"
        with pytest.raises(cn.TermsError, match="CHG-3"):
            CHOSEN.fundamental_change.timetable(occurred="2001-06-01", notice="2001-06-08", repurchase_date=chosen)
        return
    ledger = play(CHANGE, notice, cn.RepurchaseElection("2001-07-02", 1_000), note=CHOSEN)
    assert [str(entry.date) for entry in ledger.of_kind("repurchase")] == [chosen]
    assert ledger.of_kind("fundamental-change-notice")[0].rules == ("FCH-2", "FCH-3", "FCH-4", "CHG-3")
    table = CHOSEN.fundamental_change.timetable(occurred="2001-06-01", notice="2001-06-08", repurchase_date=chosen)
    assert str(table.repurchase_date) == chosen


def test_chg3_without_a_choice_it_is_the_last_day():
    ledger = play(CHANGE, NOTICE, cn.RepurchaseElection("2001-07-02", 1_000), note=CHOSEN)
    assert [str(entry.date) for entry in ledger.of_kind("repurchase")] == ["2001-07-30"]


def test_chg3_where_the_paper_fixes_the_day_no_other_one_is_chosen():
    with pytest.raises(cn.LifecycleError, match="the repurchase date is 2001-07-08, not 2001-07-09") as refused:
        play(CHANGE, cn.FundamentalChangeNotice("2001-06-08", repurchase_date="2001-07-09"), note=NOTE)
    assert refused.value.rule == "CHG-3"
    assert play(CHANGE, cn.FundamentalChangeNotice("2001-06-08", repurchase_date="2001-07-08"), note=NOTE)


def test_chg3_a_count_of_business_days_alone():
    fixed = with_change(repurchase_after=20, unit="business days")
    assert str(fixed.fundamental_change.timetable(occurred="2001-06-01", notice="2001-06-08").repurchase_date) == "2001-07-09"


@pytest.mark.parametrize("value", [[20], [35, 20], [20, 35, 40], [0, 5], [20, 367], "soon", 0])
def test_chg3_another_window_is_refused(value):
    with pytest.raises(cn.TermsError, match=r"fundamental_change.repurchase_after \(FCH-3\)"):
        with_change(repurchase_after=value)


@pytest.mark.parametrize("note", [PERIOD, CHOSEN])
def test_chg2_and_chg3_are_written_read_told_and_seen_by_the_schema(note):
    assert cn.loads(cn.dumps(note)) == note
    [told] = [row[1] for row in note.summary().rows if row[0] == "fundamental change"]
    words = {
        True: "elections for 60 days from the Company's notice, paid 10 Business Days after its end",
        False: "20 to 35 Business Days after the Company's notice",
    }
    assert told.endswith(words[note is PERIOD])


@pytest.mark.parametrize("note", [PERIOD, CHOSEN])
def test_chg2_and_chg3_in_simulation(note):
    outcomes = cn.simulate(note, peacs_model(change_rate=0.4, spot=40), paths=60, seed=4)
    endings = assert_agrees(outcomes, range(60))
    assert endings["put on a fundamental change"] >= 10


@pytest.mark.parametrize("note", [PERIOD, CHOSEN])
def test_chg2_and_chg3_holders_elect_on_the_last_day(note):
    ledger = play(CHANGE, note=note, policy=cn.Policy())
    [election] = ledger.of_kind("repurchase-election")  # the notice is of 2001-06-11
    assert str(election.date) == {True: "2001-08-10", False: "2001-07-31"}[note is PERIOD]
