"""The kind of number in which a question is answered, whichever of its arguments is NumPy's; and settings at their limits."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number, to_date
from convnote.provisions import Adjustment
from convnote.provisions.fundamental_change import Timetable
from convnote.provisions.reset import printed

F = np.float64


@pytest.mark.parametrize("fast", ["principal", "price", "close"])
def test_a_settlement_with_one_argument_of_numpy_is_answered_in_float64(note, fast):
    # 1,000 / 84.883 = 11.780921…; 0.780921975 x 50 = 39.046…
    exact = {"principal": 1000, "price": Decimal("84.883"), "close": 50}
    settled = note.conversion.settle("2001-03-01", **{**exact, fast: F(float(exact[fast]))})
    assert (float(settled.shares), float(settled.cash_in_lieu)) == (11, 39.05)
    assert all(isinstance(value, np.floating) for value in (settled.shares, settled.cash_in_lieu))
    plain = note.conversion.settle("2001-03-01", **exact)
    assert (plain.shares, plain.cash_in_lieu) == (11, Decimal("39.05")) and type(plain.shares) is int


def test_a_settlement_of_many_days_or_amounts_is_an_array(note):
    days = np.array(["2001-03-01", "2001-02-05"], "datetime64[D]")
    settled = note.conversion.settle(days, 1000, price=Decimal("84.883"), close=50)
    assert settled.shares.tolist() == [11, 11] and settled.interest_to_pay.tolist() == [0, 68.94]
    settled = note.conversion.settle("2001-02-05", np.array([1000.0, 2000.0]), price=Decimal("84.883"), close=50)
    # 2,000 / 84.883 = 23.561843…; two coupons of 68.938356…
    assert settled.shares.tolist() == [11, 23] and settled.interest_to_pay.tolist() == [68.94, 137.88]


def test_cnv4_a_close_of_0_pays_nothing_for_the_fraction_and_no_fraction_needs_no_close(note):
    settled = note.conversion.settle("2001-03-01", 1000, price="84.883", close=0)
    assert (settled.shares, settled.cash_in_lieu) == (11, 0)
    settled = note.conversion.settle("2001-03-01", 1000, price=100)
    assert (settled.shares, settled.cash_in_lieu) == (10, 0)
    # 3 x 0.1 is a little more than 0.3 in float64: ten thousand shares, and no money below 0 for the rest.
    settled = note.conversion.settle("2001-03-01", F(3000), price=F(0.1) * 3, close=F(50))
    assert settled.shares == 10_000 and settled.cash_in_lieu == 0 and not np.signbit(settled.cash_in_lieu)


def test_accrued_interest_of_arrays_of_principal_on_one_day(note):
    # 68.75 x 14/365
    answer = note.interest.accrued("2001-03-02", np.array([1000.0, 2000.0]))
    assert answer.dtype == F and answer == pytest.approx([2.636986301369863, 5.273972602739726], rel=1e-15)
    assert type(note.floats.interest.accrued("2001-03-02")) is F
    assert note.interest.accrued("2001-03-02", Fraction(1000)) == Fraction(6875, 100) * 14 / 365
    assert type(note.interest.accrued("2001-03-02", 1000)) is Decimal
    # and of days after a missed coupon, in either kind
    paid_to = {"paid_to": "2000-02-16"}
    day = np.array(["2001-03-02"], "datetime64[D]")
    assert note.interest.accrued(day, **paid_to) == pytest.approx([68.75 * 380 / 365], rel=1e-15)
    assert note.interest.accrued("2001-03-02", Fraction(1000), **paid_to) == Fraction(6875, 100) * 380 / 365


def test_int9_after_maturity_interest_runs_on_only_from_a_day_to_which_it_was_paid(note):
    assert note.interest.accrued("2010-03-06", Fraction(1000), paid_to="2010-02-16") == Fraction(6875, 100) * 18 / 365


def test_coupons_and_amounts_of_a_note_in_floats_are_float64(note):
    assert [type(each.amount) for each in note.floats.interest.coupons()] == [F] * 10
    assert [type(each.amount) for each in note.interest.coupons()] == [Decimal] * 10
    assert type(note.floats.withdrawal.make_whole(0)) is F and type(note.withdrawal.make_whole(0)) is Decimal
    amounts = note.redemption.amount("2003-06-02", np.array([1000.0, 2000.0]))
    assert amounts == pytest.approx([1019.965753424657534, 2039.931506849315068], rel=1e-15)
    day = np.array(["2003-06-02"], "datetime64[D]")
    assert note.redemption.amount(day) == pytest.approx([1019.965753424657534], rel=1e-15)
    assert note.redemption.amount(day[0]) == pytest.approx(1019.965753424657534, rel=1e-15)
    assert type(note.redemption.amount(day[0])) is F


@pytest.mark.parametrize(("price", "factor"), [(F(80), Fraction(1, 2)), (Fraction(80), F(0.5)), (F(80), F(0.5))])
def test_adj9_an_adjusted_price_is_of_the_kind_of_price_and_factor(price, factor):
    for adjustment in (Adjustment(), Adjustment(rounding="0.01")):
        answer = adjustment.adjusted(price, factor)
        assert isinstance(answer, np.floating) and answer == 40
    assert Adjustment().adjusted(Fraction(100), Fraction(1, 3)) == Fraction(100, 3)
    assert Adjustment(rounding="0.01").adjusted(Fraction(100), Fraction(1, 3)) == Fraction("33.33")


def test_adj_an_exact_factor_is_a_fraction_whatever_it_is_made_of():
    for new, old in ((3, 2), ("3", Decimal(2)), (Fraction(3), 2)):
        assert type(Adjustment().split_factor(new=new, old=old)) is Fraction
    assert Adjustment().split_factor(new=3, old=2) == Fraction(2, 3)
    assert Adjustment().spin_off(80, value=50, market_price=50) == 80
    assert Adjustment(dividend_threshold=2).cash_dividend_factor(cash=2, market_price=50) == 1


def test_adj_an_array_is_refused_for_one_value_that_is_not_above_0():
    with pytest.raises(cn.TermsError, match="expected a number above 0"):
        Adjustment().split_factor(new=np.array([2.0, 0.0]), old=1)


def test_wdr1_another_trigger_can_be_asked_about(note):
    closes = [110] * 20
    assert not note.withdrawal.triggered(closes).any()
    assert note.withdrawal.triggered(closes, trigger=109).tolist() == [False] * 19 + [True]
    assert note.withdrawal.triggered(np.array(closes), trigger=109).tolist() == [False] * 19 + [True]
    assert note.withdrawal.triggered(np.array([Decimal(110)] * 20), trigger=109).tolist() == [False] * 19 + [True]
    assert note.withdrawal.exceeded(closes, 110).any() == np.False_
    assert note.withdrawal.exceeded([]).dtype == bool and note.withdrawal.triggered([]).tolist() == []


def test_cnv5_the_notice_of_a_call_over_many_days(note):
    """A coupon is paid in on every day of the window but by who was called inside it, as for each day by itself."""
    days = np.arange(int(day_number("2004-01-30")), int(day_number("2004-02-19")))
    for notice in ("2004-02-01", "2004-02-02", "2004-02-13", "2004-02-16"):
        called = int(day_number(notice))
        one_by_one = [note.conversion.coupon_paid_in(int(day), called) for day in days]
        assert note.conversion.coupon_paid_in(days, called).tolist() == one_by_one
        inside = "2004-02-02" <= notice <= "2004-02-13"
        window = [0 if inside else int(day_number("2004-02-16")) if 0 < day - days[2] <= 14 else 0 for day in days]
        assert one_by_one == window
    assert note.conversion.coupon_paid_in(days).tolist() == [note.conversion.coupon_paid_in(int(day)) for day in days]


def test_red6_outside_the_window_a_price_bears_interest_wherever_the_coupon_goes(note):
    to_record = dataclasses.replace(note, interest=dataclasses.replace(note.interest, in_window="to-record"))
    days = np.array(["2003-06-02", "2004-02-01", "2004-02-02", "2004-02-15", "2004-02-16"], "datetime64[D]")
    # 106 and 350 days of 68.75 a year; inside the window, and on the payment date, none
    by_hand = [1000 + 68.75 * 106 / 365, 1000 + 68.75 * 350 / 365, 1000, 1000, 1000]
    assert to_record.redemption.amount(days) == pytest.approx(by_hand, rel=1e-15)
    assert [float(to_record.redemption.amount(str(day))) for day in days] == pytest.approx(by_hand, rel=1e-15)
    # and where it is in the price, all 351 and 364 days of it
    assert note.redemption.amount(days[2:4]) == pytest.approx([1000 + 68.75 * 351 / 365, 1000 + 68.75 * 364 / 365], rel=1e-15)


def test_no_day_at_all_is_answered_with_nothing(note):
    none = np.array([], "datetime64[D]")
    assert note.interest.accrued(none).tolist() == [] and note.redemption.amount(none).tolist() == []


def test_rst2_a_reset_over_arrays_of_closes_or_of_prices_is_answered_in_float64(note):
    closes = np.full(20, 90.0)
    for answer in (note.reset.price("104.947", closes), note.reset.price(F(104.947), [90] * 20)):
        assert isinstance(answer, np.floating) and answer == 90
    paths = note.reset.price("104.947", np.full((20, 3), 90.0))
    assert paths.tolist() == [90, 90, 90]
    assert type(note.reset.price("104.947", [90] * 20)) is Decimal


def test_settings_may_stand_at_their_limits(note):
    exact = dataclasses.replace(note.withdrawal, days=30, notice_at_least=60)
    assert exact.triggered([168] * 30).tolist() == [False] * 29 + [True]
    assert dataclasses.replace(note.redemption, notice_at_least=60).first_notice == note.redemption.first_notice
    assert dataclasses.replace(cn.load("afv-2003").put, notice_at_least=5, notice_at_most=5).dates == (date(2006, 1, 1),)


def test_wdr3_a_notice_within_no_business_day_is_of_the_day_itself(note):
    # 9 October 2000, Columbus Day: NASDAQ trades and the banks are closed.
    columbus = int(day_number("2000-10-09"))
    same_day = dataclasses.replace(note.withdrawal, notice_within=0)
    assert same_day.notice_deadline(columbus) == columbus
    assert str(to_date(note.withdrawal.notice_deadline(columbus))) == "2000-10-16"
    assert str(to_date(dataclasses.replace(note.withdrawal, notice_within=1).notice_deadline(columbus))) == "2000-10-10"


def test_cnv6_an_election_is_withdrawable_until_so_many_business_days_before(note):
    sunday = int(day_number("2001-07-01"))  # Friday is 29 June
    for days, until in ((0, "2001-07-01"), (1, "2001-06-29"), (2, "2001-06-28")):
        change = dataclasses.replace(note.fundamental_change, withdrawable_until=days)
        assert str(to_date(change.withdrawal_deadline(sunday))) == until


def test_fch_the_whole_timetable(note):
    assert note.fundamental_change.timetable(occurred="2001-01-05") == Timetable(
        occurred=date(2001, 1, 5),
        notice_deadline=date(2001, 1, 15),
        notice_date=date(2001, 1, 15),
        repurchase_date=date(2001, 2, 14),
        election_deadline=date(2001, 2, 14),
        withdrawal_deadline=date(2001, 2, 13),
    )
    given = note.fundamental_change.timetable(occurred="2001-01-05", notice="2001-01-05")
    assert (given.notice_date, given.repurchase_date) == (date(2001, 1, 5), date(2001, 2, 4))  # a Sunday
    assert (given.election_deadline, given.withdrawal_deadline) == (date(2001, 2, 2), date(2001, 2, 2))
    assert note.fundamental_change.timetable(occurred="2010-02-15").notice_date == date(2010, 2, 25)
    assert note.fundamental_change.timetable(occurred="2000-02-16").notice_date == date(2000, 2, 26)


def test_red4_lots_are_drawn_from_seed_0_unless_another_is_given(note):
    lot = dataclasses.replace(note.redemption, selection="lot")
    held = {"A": 400_000, "B": 290_000}
    draws = [lot.select(held, 100_000, seed=seed) for seed in range(5)]
    assert lot.select(held, 100_000) == draws[0] and any(draw != draws[0] for draw in draws)
    assert all(sum(draw.values()) == 100_000 for draw in draws)


def test_a_price_is_printed_to_three_places_where_they_are_exact():
    assert [str(printed(price)) for price in ("84.883", "84.8830", 100, "33.3333333", Decimal("0.0005"))] == [
        *("84.883", "84.883", "100.000", "33.333333", "0.000500")
    ]


def test_what_a_provision_is_given_it_keeps_as_its_own():
    authority = MappingProxyType({"carry_below": "cover"})
    assert type(Adjustment(authority=authority).authority) is dict
    note = cn.load("amazon-peacs-2010")
    terms = dataclasses.replace(note.principal, certificates={"P-1": {"figures": 690_000_000}})
    assert terms.certificates == {"P-1": {"figures": Decimal(690_000_000)}}
    assert type(terms.certificates["P-1"]["figures"]) is Decimal
