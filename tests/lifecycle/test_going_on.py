"""Going on from a state: nothing happens twice, nothing is forgotten, nothing is asked for that is no longer needed."""

import dataclasses

import pytest

import convnote as cn
from convnote.calendars import day_number
from convnote.lifecycle import State
from tests.made import made

from .test_policy_is_asked import Asked
from .walk import AFV, LOW, NOTE, PAR, course, kinds, money, play, shares

WITHDRAWAL = cn.WithdrawalNotice("2000-07-20", "2000-08-21")


@pytest.mark.parametrize("until", ["2001-01-31", "2001-02-01", "2001-02-16", "2002-02-18", "2003-02-20", "2010-02-16"])
def test_what_falls_due_on_the_day_of_a_state_has_happened(until):
    whole, state = play(), play(until=until).state
    assert play(state=state).entries == tuple(entry for entry in whole if str(entry.date) > until)


def test_a_policy_is_asked_only_about_the_days_after_a_state():
    state, policy = play(until="2000-03-10").state, Asked()
    cn.replay(NOTE, LOW, events=[], policy=policy, state=state, until="2000-03-15")
    assert policy.days == [int(day_number(on)) for on in ("2000-03-13", "2000-03-14", "2000-03-15")]


def test_wdr1_after_a_withdrawal_no_close_is_asked_for():
    over = {"over": course(110, ("2000-06-01", 170), ("2000-09-01", 110))}
    state = play(WITHDRAWAL, until="2001-03-01", **over).state
    gap = course(110, without=("2001-05-02",))
    whole = play(WITHDRAWAL, **over)
    assert play(over=gap, state=state).entries == tuple(entry for entry in whole if str(entry.date) > "2001-03-01")


def test_wdr1_once_the_trigger_was_met_no_close_is_watched_for_until_somebody_asks():
    over = course(110, ("2000-06-01", 170), ("2000-08-01", 110), without=("2001-05-02",))
    ledger = play(cn.FundamentalChange("2001-01-02"), cn.Convert("2001-06-01", 690_000_000), over=over)
    assert ledger.state.status is cn.Status.CONVERTED and len(ledger.of_kind("trigger-met")) == 1


def test_wdr1_a_trigger_met_the_day_before_a_gap_is_met():
    # The 20th close above is that of Wednesday 28 June; Thursday's is missing, and by then the notice is given.
    over = course(110, ("2000-06-01", 170), without=("2000-06-29",))
    ledger = play(cn.WithdrawalNotice("2000-06-28", "2000-07-28"), over=over, until="2000-07-28")
    assert kinds(ledger)[:2] == [("2000-06-28", "trigger-met"), ("2000-06-28", "withdrawal-notice")]


def test_a_replay_that_stops_before_the_issue_stands_there():
    assert str(play(until="2000-01-10").state.on) == "2000-01-10"
    assert str(State.opening(NOTE).on) == "2000-02-15"
    # From there it may be asked about any day; from the issue date on only about later ones.
    assert str(play(state=play(until="2000-02-10").state, until="2000-02-01").state.on) == "2000-02-01"
    with pytest.raises(cn.TermsError, match="the note stands at the end of 2000-02-16: only a later day can follow"):
        play(state=play(until="2000-02-16").state, until="2000-02-15")


def test_cnv5_a_default_on_the_maturity_date_comes_before_a_coupon_that_waits_for_conversions():
    forgo = dataclasses.replace(AFV, default=NOTE.default)
    ledger = play(cn.Default("2008-01-01", recovered="0.4"), note=forgo, over=PAR)
    assert money(ledger, "default") == [("2008-01-01", "40.00")]
    assert money(ledger, "coupon")[-1] == ("2007-07-01", "4.00")
    # Under terms by which nobody forgoes it, the coupon of the day is paid before.
    assert money(play(cn.Default("2010-02-16")), "coupon")[-1] == ("2010-02-16", "47437500.00")


def test_cnv4_what_is_added_up_ends_no_list():
    twice = cn.Convert("2001-03-01", 500_000), cn.Convert("2001-03-01", 500_000), cn.Convert("2001-03-02", 1_000_000)
    # 11,780.921975 shares each time, the fraction x 50
    assert shares(play(*twice, until="2001-03-02")) == [("2001-03-01", 11_780, "46.10"), ("2001-03-02", 11_780, "46.10")]


def test_int3_a_record_date_on_the_issue_date_is_taken():
    note = made("2000-02-01", "2010-02-16", first_payment="2000-02-16")
    # 1,000 x 0.06 x 15/365 = 2.4657…
    assert money(play(note=note, until="2000-02-16"), "coupon") == [("2000-02-16", "2.47")]
    assert money(play(note=made("2000-02-02", "2010-02-16", first_payment="2000-02-16"), until="2000-02-16"), "coupon") == []


def test_what_is_recorded_after_maturity_happens_though_a_deadline_of_the_terms_lies_between():
    """The notice of a change on 12 February 2010 is due by the 22nd, after maturity; the record goes on after that."""
    changed = (cn.FundamentalChange("2010-02-12"), cn.FundamentalChangeNotice("2010-02-12"))
    missed, cured = cn.MissedPayment("2010-02-16", of="principal"), cn.Cure("2010-03-20", of="principal")
    assert play(*changed, missed, cured).state.status == play(missed, cured).state.status == "matured"
    with pytest.raises(cn.LifecycleError, match="nothing is outstanding any more"):
        play(*changed, cn.Convert("2010-03-20", 1000))
