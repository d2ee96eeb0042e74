"""Withdrawal of conversion rights: WDR-1…4."""

from decimal import Decimal

import numpy as np
import pytest

from .days import iso, number

ABOVE, AT, BELOW = "167.916", "167.915", "100"


def objection(note, on, effective, last_met):
    last = None if last_met is None else number(last_met)
    found = note.withdrawal.objection(number(on), number(effective), last)
    return None if found is None else found[0]


def test_wdr1_needs_20_of_30_trading_days(note):
    met = note.withdrawal.triggered([BELOW] * 10 + [ABOVE] * 20)
    assert list(met) == [False] * 29 + [True]


def test_wdr1_19_of_30_are_not_enough(note):
    assert not note.withdrawal.triggered(([ABOVE] * 19 + [BELOW] * 11) * 4).any()


def test_wdr1_exceeded_is_strict(note):
    assert not note.withdrawal.triggered([AT] * 60).any()
    assert list(note.withdrawal.triggered([ABOVE] * 19 + [AT, ABOVE]))[-2:] == [False, True]


def test_wdr1_the_printed_figure_governs_not_the_product(note):
    # 160% of 104.947 is 167.9152; the paper prints 167.915, and 167.9151 exceeds that.
    assert note.withdrawal.triggered(["167.9151"] * 20)[-1]
    assert note.withdrawal.trigger == Decimal("167.915")


def test_wdr1_fewer_than_30_closes_are_enough_once_20_exceed(note):
    assert list(note.withdrawal.triggered([ABOVE] * 20)) == [False] * 19 + [True]


def test_wdr1_the_period_moves_on(note):
    # 20 above, then below: met while the 20 lie in the last 30, that is on 10 more days.
    met = note.withdrawal.triggered([ABOVE] * 20 + [BELOW] * 12)
    assert list(met) == [False] * 19 + [True] * 11 + [False] * 2


def test_wdr1_the_20_need_not_be_consecutive(note):
    met = note.withdrawal.triggered([ABOVE, ABOVE, BELOW] * 10)
    assert list(met) == [False] * 28 + [True] * 2


def test_wdr1_arrays_are_time_by_path(note):
    closes = np.full((30, 2), 200.0)
    closes[:11, 1] = 100.0
    met = note.withdrawal.triggered(closes)
    assert met.shape == (30, 2)
    assert (met[-1, 0], met[-1, 1]) == (True, False)


def test_wdr1_a_float_close_at_the_trigger_has_not_exceeded(note):
    assert not note.withdrawal.triggered(np.full(30, 167.915)).any()


@pytest.mark.parametrize(("effective", "rule"), [("2003-02-18", None), ("2003-02-19", None), ("2003-02-20", "WDR-2")])
def test_wdr2_takes_effect_before_20_february_2003(note, effective, rule):
    assert objection(note, "2003-01-17", effective, "2003-01-17") == rule


@pytest.mark.parametrize(
    ("effective", "rule"),
    [
        ("2001-03-02", None),  # 30 days after 31 January
        ("2001-03-01", "WDR-3"),
        ("2001-04-01", None),  # 60 days
        ("2001-04-02", "WDR-3"),
    ],
)
def test_wdr3_notice_30_to_60_days_before(note, effective, rule):
    assert objection(note, "2001-01-31", effective, "2001-01-31") == rule


@pytest.mark.parametrize(
    ("last_met", "notice", "rule"),
    [
        ("2001-06-01", "2001-06-08", None),  # Friday to Friday: five Business Days
        ("2001-06-01", "2001-06-09", "WDR-3"),  # the Saturday after is later than the fifth
        ("2001-06-01", "2001-06-11", "WDR-3"),  # the sixth
        ("2001-06-29", "2001-07-09", None),  # 4 July is not counted
        ("2001-06-29", "2001-07-10", "WDR-3"),
        ("2001-04-12", "2001-04-19", None),  # Good Friday is a Business Day
        ("2001-04-12", "2001-04-20", "WDR-3"),
        ("2001-06-01", "2001-06-01", None),
        (None, "2001-06-01", "WDR-1"),
    ],
)
def test_wdr3_within_5_business_days_after_the_trigger_was_last_met(note, last_met, notice, rule):
    effective = iso(number(notice) + 30)
    assert objection(note, notice, effective, last_met) == rule


def test_wdr3_the_last_notice_is_20_january_2003(note):
    assert note.withdrawal.last_notice.isoformat() == "2003-01-20"
    assert note.withdrawal.last_effective.isoformat() == "2003-02-19"
    assert objection(note, "2003-01-20", "2003-02-19", "2003-01-17") is None
    assert objection(note, "2003-01-21", "2003-02-20", "2003-01-17") == "WDR-2"


@pytest.mark.parametrize(
    ("paid", "left"),
    [
        ("0", "206.25"),
        ("68.94", "137.31"),
        ("68.938356", "137.311644"),
        ("137.688356", "68.561644"),
        ("206.25", "0"),
        ("206.438356", "0"),  # three coupons are more: not below 0
    ],
)
def test_wdr4_less_interest_actually_paid_and_not_below_0(note, paid, left):
    assert note.withdrawal.make_whole(paid) == Decimal(left)
