"""Interest: INT-1…5, INT-8…9."""

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn

from .days import iso, number

SIX_PLACES = Decimal("0.000001")


def test_int1_annually_on_16_february_first_2001_last_at_maturity(note):
    assert [coupon.payment_date for coupon in note.interest.coupons()] == [date(y, 2, 16) for y in range(2001, 2011)]


def test_int1_each_coupon_accrues_over_the_year_before(note):
    coupons = note.interest.coupons()
    assert coupons[0].accrual_start == date(2000, 2, 16)
    assert all(coupon.accrual_end == coupon.payment_date for coupon in coupons)
    assert [coupon.accrual_start for coupon in coupons[1:]] == [coupon.payment_date for coupon in coupons[:-1]]


@pytest.mark.parametrize(
    ("year", "days", "amount"),
    # 25,162.5 / 365 = 68.938356164…; 25,093.75 / 365 = 68.75
    [(y, 366, "68.938356") if y in (2001, 2005, 2009) else (y, 365, "68.750000") for y in range(2001, 2011)],
)
def test_int2_366_days_in_the_coupons_of_2001_2005_and_2009(note, year, days, amount):
    coupon = note.interest.coupons()[year - 2001]
    assert (coupon.days, coupon.amount.quantize(SIX_PLACES)) == (days, Decimal(amount))


def test_int2_over_the_life_of_the_issue(note):
    # 690,000,000 x 0.06875 x 3,653 / 365 = 474,764,897.260…
    interest = sum((Fraction(coupon.amount) for coupon in note.interest.coupons()), Fraction(0)) * 690_000
    assert note.principal.paid(interest) + note.issue_size == Decimal("1164764897.26")


@pytest.mark.parametrize(
    ("rate", "year", "days", "amount"),
    # Published results of the reference contracts pam16 and pam01: 3000 at 10%, A365.
    [
        ("0.10", "2013-01-01", 365, "300"),
        ("0.10", "2013-01-01", 31, "25.4794520547945"),
        ("0.10", "2013-02-01", 28, "23.013698630137"),
    ],
)
def test_int2_agrees_with_published_a365_contracts(note, rate, year, days, amount):
    interest = dataclasses.replace(note.interest, rate=rate)
    computed = interest.between(Decimal(3000), number(year), number(year) + days)
    places = Decimal(amount).as_tuple().exponent
    assert round(float(computed), -places) == float(amount)


def test_int3_record_date_is_1_february_business_day_or_not(note):
    record_dates = [coupon.record_date for coupon in note.interest.coupons()]
    assert record_dates == [date(y, 2, 1) for y in range(2001, 2011)]
    assert not note.principal.banks.is_open(number("2003-02-01"))  # a Saturday, and not moved


@pytest.mark.parametrize(
    ("on", "days"),
    [
        ("2000-02-16", 0),
        ("2000-02-17", 1),
        ("2001-02-15", 365),
        ("2001-02-16", 0),
        ("2002-02-15", 364),
        ("2002-02-16", 0),  # a Saturday: the money moves on the 19th, accrual restarts on the 16th
        ("2002-02-17", 1),
        ("2002-02-19", 3),
        ("2010-02-15", 364),
        ("2010-02-16", 0),
    ],
)
def test_int4_accrues_from_the_last_16_february(note, on, days):
    # One day is 1,000 x 0.06875 / 365 = 11/58.4 = 55/292.
    assert abs(Fraction(note.interest.accrued(on)) - Fraction(55, 292) * days) < Fraction(1, 10**20)


def test_int4_runs_on_after_a_missed_coupon(note):
    accrued = note.interest.accrued("2001-08-16", paid_to="2000-02-16")
    assert abs(Fraction(accrued) - Fraction(55, 292) * 547) < Fraction(1, 10**20)


def test_int4_a_datetime64_is_answered_in_float64(note):
    answer = note.interest.accrued(np.array(["2002-02-16", "2002-02-17"], "datetime64[D]"))
    assert answer.dtype == np.float64
    assert answer[0] == 0 and abs(answer[1] - 55 / 292) < 1e-12


@pytest.mark.parametrize("on", ["2000-02-15", "2010-02-17"])
def test_int4_is_refused_outside_the_life(note, on):
    with pytest.raises(cn.TermsError, match="INT-4"):
        note.interest.accrued(on)


@pytest.mark.parametrize(
    ("dated", "start"),
    [
        ("2000-02-16", "2000-02-16"),
        ("2001-01-31", "2000-02-16"),
        ("2001-02-01", "2000-02-16"),  # "after any February 1": not on it
        ("2001-02-02", "2001-02-16"),
        ("2001-02-15", "2001-02-16"),
        ("2001-02-16", "2001-02-16"),
        ("2001-02-17", "2001-02-16"),
    ],
)
def test_int5_a_note_dated_in_the_record_window(note, dated, start):
    assert iso(number(note.interest.bears_from(dated).isoformat())) == start


def test_int5_if_that_interest_is_then_defaulted(note):
    assert note.interest.bears_from("2002-02-05", defaulted=True) == date(2001, 2, 16)
    never = note.interest.bears_from("2002-02-05", paid_to="2000-02-16", defaulted=True)
    assert never == date(2000, 2, 16)


@pytest.mark.parametrize(("held", "may"), [(10_000_000, False), (10_001_000, True), (1000, False)])
def test_int8_wire_for_more_than_ten_million(note, held, may):
    assert note.interest.may_elect_wire(held) is may


def test_int9_interest_goes_on_after_an_unpaid_maturity(note):
    # 365 days to maturity and 30 more since the last interest paid, on 16 February 2009.
    accrued = note.interest.accrued("2010-03-18", paid_to="2009-02-16")
    assert abs(Fraction(accrued) - Fraction(55, 292) * 395) < Fraction(1, 10**20)


def test_int1_a_frequency_is_kept_as_the_whole_number_that_is_allowed():
    frequency = dataclasses.replace(cn.load("amazon-peacs-2010").interest, frequency=2.0).frequency
    assert (frequency, type(frequency)) == (2, int)
