"""Fundamental change: FCH-1…4 and the deadline of CNV-6."""

from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn


def dates(note, occurred, notice=None):
    table = note.fundamental_change.timetable(occurred=occurred, notice=notice)
    named = (table.notice_deadline, table.notice_date, table.repurchase_date, table.election_deadline)
    return [day.isoformat() for day in named]


def test_fch1_at_par_plus_accrued_interest(note):
    # 15 February 2001 is 365 days after issue: 68.75.
    assert note.fundamental_change.amount("2001-02-15") == Decimal("1068.75")
    one_day = Fraction(note.fundamental_change.amount("2002-02-17", 2000))
    assert abs(one_day - 2000 - Fraction(110, 292)) < Fraction(1, 10**20)


def test_fch2_the_10th_calendar_day_not_moved(note):
    # 21 April 2001 is a Saturday and stays the deadline.
    assert dates(note, "2001-04-11")[:2] == ["2001-04-21", "2001-04-21"]
    assert dates(note, "2001-04-11", "2001-04-12")[:2] == ["2001-04-21", "2001-04-12"]


@pytest.mark.parametrize("notice", ["2001-04-22", "2001-04-10"])
def test_fch2_a_notice_too_late_or_before_the_change_is_refused(note, notice):
    with pytest.raises(cn.TermsError, match="FCH-2"):
        dates(note, "2001-04-11", notice)


def test_fch3_the_30th_day_after_the_notice(note):
    assert dates(note, "2001-05-01", "2001-05-05")[2] == "2001-06-04"


def test_fch3_a_repurchase_date_on_16_february_bears_no_accrued_interest(note):
    assert dates(note, "2001-01-10", "2001-01-17")[2] == "2001-02-16"
    assert note.fundamental_change.amount("2001-02-16") == Decimal(1000)
    assert note.fundamental_change.amount("2002-02-16") == Decimal(1000)  # a Saturday


@pytest.mark.parametrize(
    ("notice", "repurchase", "deadline"),
    [
        ("2001-05-05", "2001-06-04", "2001-06-04"),  # a Monday
        ("2001-05-03", "2001-06-02", "2001-06-01"),  # Saturday: the Friday before
        ("2001-05-04", "2001-06-03", "2001-06-01"),  # Sunday
        ("2001-06-04", "2001-07-04", "2001-07-03"),  # a holiday
        ("2002-01-19", "2002-02-18", "2002-02-15"),  # Washington's Birthday, a Monday
        ("2001-03-14", "2001-04-13", "2001-04-13"),  # Good Friday is a Business Day
    ],
)
def test_fch4_the_30th_day_or_the_business_day_before(note, notice, repurchase, deadline):
    table = note.fundamental_change.timetable(occurred=notice, notice=notice)
    assert (table.repurchase_date.isoformat(), table.election_deadline.isoformat()) == (repurchase, deadline)


@pytest.mark.parametrize(
    ("notice", "deadline"),
    [
        ("2001-05-05", "2001-06-01"),
        ("2001-05-06", "2001-06-04"),
        ("2002-01-18", "2002-02-15"),
        ("2002-01-20", "2002-02-15"),
    ],
)
def test_cnv6_an_election_is_withdrawn_by_the_last_business_day_before_the_repurchase(note, notice, deadline):
    table = note.fundamental_change.timetable(occurred=notice, notice=notice)
    assert table.withdrawal_deadline.isoformat() == deadline


@pytest.mark.parametrize("occurred", ["2000-02-15", "2010-02-16"])
def test_fch1_only_before_maturity(note, occurred):
    with pytest.raises(cn.TermsError, match="FCH-1"):
        dates(note, occurred)
