"""Yields: par bonds, zeros, hand arithmetic around coupons, calls and puts, and prices that no yield explains."""

import dataclasses
import math

import pytest

import convnote as cn
from convnote import analytics
from convnote.provisions import Put, Redemption

from .bonds import EXACT, ZERO, straight


@pytest.mark.parametrize("frequency", [1, 2, 3, 4, 6, 12])
def test_a_par_bond_yields_its_coupon_on_every_coupon_date(frequency):
    bond = straight("2000-01-01", "2010-01-01", rate="0.07", frequency=frequency)
    dates = [coupon.payment_date for coupon in bond.interest.coupons()[:-1]]
    assert analytics.yield_to_maturity(bond, 100, dates) == pytest.approx([0.07] * len(dates), abs=EXACT)


@pytest.mark.parametrize(
    ("compounding", "factor"),
    [
        ("coupon", 1.05**8),
        ("annual", 1.05**8),
        ("semiannual", 1.025**16),
        ("quarterly", 1.0125**32),
        ("continuous", math.exp(0.4)),
        ("simple", 1.4),
    ],
)
def test_a_zero_coupon_note_yields_by_its_compounding(compounding, factor):
    found = analytics.yield_to_maturity(ZERO, 100 / factor, "2002-01-01", compounding=compounding)
    assert found == pytest.approx(0.05, abs=EXACT)


@pytest.mark.parametrize(
    ("clock", "years"),
    [
        ("periods", 1 + 184 / 366),  # a whole year back from maturity, and 184 of the 366 days of 2008
        ("act/365f", 549 / 365),
        ("act/360", 549 / 360),
        ("30/360", 1.5),
        ("act/act-isda", 184 / 366 + 1),
    ],
)
def test_a_clock_measures_the_time_to_a_payment(clock, years):
    zero = straight("2000-01-01", "2010-01-01", rate=0, frequency=0, day_count="act/365f")
    price = 100 * 1.06**-years
    assert analytics.yield_to_maturity(zero, price, "2008-07-01", clock=clock) == pytest.approx(0.06, abs=EXACT)
    assert analytics.macaulay_duration(zero, 0.06, "2008-07-01", clock=clock) == pytest.approx(years, abs=EXACT)


def test_between_coupons_the_running_period_counts_by_its_share(afv):
    # 2003-04-01: 90 of 180 days are left of the first period, so payments stand at 0.5, 1.5, ... 9.5 periods
    rate = 0.09
    dirty = sum(4 / 1.045 ** (k + 0.5) for k in range(10)) + 100 / 1.045**9.5
    assert analytics.price_at_yield(afv, rate, "2003-04-01", dirty=True) == pytest.approx(dirty, abs=EXACT)
    assert analytics.price_at_yield(afv, rate, "2003-04-01") == pytest.approx(dirty - 2, abs=EXACT)
    assert analytics.yield_to_maturity(afv, dirty - 2, "2003-04-01") == pytest.approx(rate, abs=EXACT)
    assert analytics.yield_to_maturity(afv, dirty, "2003-04-01", dirty=True) == pytest.approx(rate, abs=EXACT)
    assert analytics.yield_to_maturity(afv, 10 * (dirty - 2), "2003-04-01", per=1000) == pytest.approx(rate, abs=EXACT)


def test_actual_days_share_a_period_of_actual_days(note):
    # 2003-08-16: 181 of the 365 days of the period are over; seven payments at 184/365, 1 + 184/365, ...
    dirty = sum((6.875 if k != 1 else 6.875 * 366 / 365) * 1.08 ** -(k + 184 / 365) for k in range(7))
    dirty += 100 * 1.08 ** -(6 + 184 / 365)
    # the coupon of 366 days is due in 2005, the second one left; that of 2009 is the sixth
    dirty += 6.875 / 365 * 1.08 ** -(5 + 184 / 365)
    assert analytics.price_at_yield(note, 0.08, "2003-08-16", dirty=True) == pytest.approx(dirty, abs=EXACT)


def test_a_long_first_period_is_longer_than_one():
    # half years back from 2001-07-01; the first payment, for a whole year, is due on 2001-01-01. From 2000-04-01 half a period
    # is left to 2000-07-01, where nothing is paid: the payments stand at 1.5 and 2.5 periods
    bond = straight("2000-01-01", "2001-07-01", frequency=2, first_payment="2001-01-01")
    dirty = 6 / 1.04**1.5 + 103 / 1.04**2.5
    assert analytics.price_at_yield(bond, 0.08, "2000-04-01", dirty=True) == pytest.approx(dirty, abs=EXACT)


def test_a_short_first_period_is_a_part_of_one():
    # issued on 2000-04-01: the first payment, of three months, is due on 2000-07-01, half a period later
    bond = straight("2000-04-01", "2001-01-01", frequency=2)
    dirty = 1.5 / 1.04**0.5 + 103 / 1.04**1.5
    assert analytics.price_at_yield(bond, 0.08, "2000-04-01") == pytest.approx(dirty, abs=EXACT)


def test_a_first_period_of_a_month_is_a_twelfth_of_one():
    # the year that ends with it began eleven months before the issue
    bond = straight("2000-12-01", "2002-01-01")
    dirty = 0.5 / 1.08 ** (1 / 12) + 106 / 1.08 ** (13 / 12)
    assert analytics.price_at_yield(bond, 0.08, "2000-12-01") == pytest.approx(dirty, abs=EXACT)


def test_on_a_coupon_date_the_coupon_of_that_day_is_gone(note):
    # 2009-02-16: one payment of 106.875 a year later
    assert analytics.yield_to_maturity(note, 100, "2009-02-16") == pytest.approx(0.06875, abs=EXACT)
    # a Saturday, whose coupon moves on the 19th, is no exception (INT-4)
    price = analytics.price_at_yield(note, 0.0, "2002-02-16", dirty=True)
    assert price == pytest.approx(100 + 8 * 6.875 + 2 * 6.875 / 365, abs=EXACT)


def test_in_the_last_period_one_payment_is_left(note):
    # 2009-06-16: 245 of 365 days are left
    dirty = 98 + 6.875 * 120 / 365
    expected = (106.875 / dirty) ** (365 / 245) - 1
    assert analytics.yield_to_maturity(note, 98, "2009-06-16") == pytest.approx(expected, abs=EXACT)
    simple = (106.875 / dirty - 1) * 365 / 245
    assert analytics.yield_to_maturity(note, 98, "2009-06-16", compounding="simple") == pytest.approx(simple, abs=EXACT)
    assert analytics.yield_to_maturity(note, 98, "2010-02-15", compounding="simple", dirty=True) == pytest.approx(
        (106.875 / 98 - 1) * 365, abs=1e-10
    )


def test_int3_without_the_coupon_whose_record_date_is_over(note):
    # 2009-02-10: the coupon of 16 February belongs to the holder of the 1st; 106.875 comes 6 days and a year later
    years = 6 / 366 + 1
    dirty = 106.875 * 1.05**-years
    assert analytics.price_at_yield(note, 0.05, "2009-02-10", ex_coupon=True, dirty=True) == pytest.approx(dirty, abs=EXACT)
    # clean: the buyer lacks the interest of the six days left
    clean = dirty + 6.875 * 6 / 365
    assert analytics.price_at_yield(note, 0.05, "2009-02-10", ex_coupon=True) == pytest.approx(clean, abs=EXACT)
    assert analytics.yield_to_maturity(note, clean, "2009-02-10", ex_coupon=True) == pytest.approx(0.05, abs=EXACT)
    assert analytics.bond_floor(note, "2009-02-10", 0.0, ex_coupon=True, dirty=True) == pytest.approx(106.875, abs=EXACT)


@pytest.mark.parametrize(
    ("on", "differs"), [("2009-02-01", False), ("2009-02-02", True), ("2009-02-15", True), ("2009-02-16", False)]
)
def test_int3_the_record_window_begins_after_1_february_and_ends_before_the_16th(note, on, differs):
    with_coupon, without = (analytics.price_at_yield(note, 0.0, on, ex_coupon=each, dirty=True) for each in (False, True))
    assert with_coupon - without == pytest.approx(6.875 * 366 / 365 if differs else 0, abs=EXACT)


def test_int4_what_is_owed_of_a_missed_coupon_comes_with_the_next(note):
    # missed on 2008-02-16; on 2009-02-16 come 6.875 owed, 6.875 x 366/365, a year later 106.875
    dirty = (6.875 + 6.875 * 366 / 365) / 1.1 + 106.875 / 1.1**2
    asked = {"on": "2008-02-16", "paid_to": "2007-02-16"}
    assert analytics.price_at_yield(note, 0.1, dirty=True, **asked) == pytest.approx(dirty, abs=EXACT)
    assert analytics.price_at_yield(note, 0.1, **asked) == pytest.approx(dirty - 6.875, abs=EXACT)
    assert analytics.yield_to_maturity(note, dirty - 6.875, **asked) == pytest.approx(0.1, abs=EXACT)
    assert analytics.bond_floor(note, "2008-02-16", 0.0, paid_to="2007-02-16") == pytest.approx(
        100 + 2 * 6.875 + 6.875 / 365, abs=EXACT
    )


def test_int4_what_is_owed_with_no_coupon_to_come_is_paid_at_the_end(note):
    # inside the last record window, without the last coupon, 6.875 owed since 2008-02-16 comes with the principal
    owed = 6.875 * 366 / 365
    value = analytics.price_at_yield(note, 0.0, "2010-02-10", ex_coupon=True, paid_to="2008-02-16", dirty=True)
    assert value == pytest.approx(100 + owed, abs=EXACT)


@pytest.mark.parametrize("paid_to", ["2009-02-16", ["2007-02-16", "2008-02-16"]])
def test_interest_paid_to_a_day_after_settlement_or_to_several_is_refused(note, paid_to):
    with pytest.raises(cn.PricingError, match=r"paid_to: .*expected one payment date on or before the settlement"):
        analytics.yield_to_maturity(note, 90, "2008-02-16", paid_to=paid_to)


def test_red6_a_call_on_a_coupon_date_pays_the_coupon_and_par(note):
    dirty = 6.875 / 1.06 + 106.875 / 1.06**2
    assert analytics.price_at_yield(note, 0.06, "2006-02-16", to="call", end="2008-02-16") == pytest.approx(dirty, abs=EXACT)
    assert analytics.yield_to_call(note, dirty, "2006-02-16", call="2008-02-16") == pytest.approx(0.06, abs=EXACT)


def test_red6_a_call_inside_the_record_window_has_the_interest_in_its_price(note):
    # 2008-02-10: 359 days since 2007-02-16, no coupon on the 16th
    dirty = 6.875 / 1.06 + (100 + 6.875 * 359 / 365) / 1.06 ** (1 + 359 / 365)
    assert analytics.price_at_yield(note, 0.06, "2006-02-16", to="call", end="2008-02-10") == pytest.approx(dirty, abs=EXACT)


def test_red6_a_setting_pays_the_coupon_to_the_holder_of_record_of_a_note_called_in_the_window(note):
    # called for 2008-02-10 at par without interest; the coupon of the 16th comes six days later
    interest = dataclasses.replace(note.interest, in_window="to-record")
    other = dataclasses.replace(note, interest=interest)
    dirty = 6.875 / 1.06 + 100 / 1.06 ** (1 + 359 / 365) + 6.875 / 1.06**2
    asked = {"to": "call", "end": "2008-02-10"}
    assert analytics.price_at_yield(other, 0.06, "2006-02-16", **asked) == pytest.approx(dirty, abs=EXACT)
    # bought inside that window without the coupon: 100 are left, and the interest since 2007-02-16 is the seller's
    clean = analytics.price_at_yield(other, 0.0, "2008-02-05", ex_coupon=True, **asked)
    assert clean == pytest.approx(100 + 6.875 * (365 - 354) / 365, abs=EXACT)


def test_red6_a_call_before_the_payment_date_leaves_no_coupon_to_the_seller(note):
    # bought on 2008-02-05, redeemed on the 10th at par with 359 days of interest: the coupon of the 16th is nobody's
    for ex_coupon in (False, True):
        asked = {"to": "call", "end": "2008-02-10", "ex_coupon": ex_coupon}
        clean = analytics.price_at_yield(note, 0.0, "2008-02-05", **asked)
        assert clean == pytest.approx(100 + 6.875 * (359 - 354) / 365, abs=EXACT)


@pytest.mark.parametrize(
    ("on", "call"),
    [
        ("2001-02-16", "2003-02-20"),  # the first redemption date
        ("2003-01-21", "2003-02-20"),  # 30 days before it
        ("2003-01-22", "2003-02-21"),
        ("2006-05-01", "2006-05-31"),  # 30 days of notice
    ],
)
def test_red2_the_first_call_possible_leaves_thirty_days_of_notice(note, on, call):
    assert analytics.yield_to_call(note, 97, on) == analytics.yield_to_call(note, 97, on, call=call)


def test_a_call_without_notice_is_possible_tomorrow_at_the_earliest(afv):
    # clean 110 on both days, with the interest of 60 and 61 of 360 days at 8%
    expected = ((110 + 61 * 8 / 360) / (110 + 60 * 8 / 360) - 1) * 360
    assert analytics.yield_to_call(afv, 110, "2006-03-01", compounding="simple") == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"on": "2010-01-20"}, r"call \(RED-1\): got 2010-02-19; expected a redemption date from 2003-02-20"),
        ({"on": "2001-02-16", "call": "2003-02-19"}, r"call \(RED-1\): got 2003-02-19"),
        ({"on": "2005-02-16", "call": "2005-02-16"}, "on: got 2005-02-16; expected a settlement from 2000-02-16"),
    ],
)
def test_a_call_that_cannot_be_is_refused(note, asked, message):
    with pytest.raises(cn.PricingError, match=message):
        analytics.yield_to_call(note, 100, **asked)


def test_put1_the_next_put_for_which_an_election_is_in_time():
    put = Put(prices=[("2003-01-01", "1.02"), ("2005-01-01", "1.05")], notice_at_least=10)
    bond = straight("2000-01-01", "2010-01-01", put=put)
    one_year = 108 / 1.05  # 6 and 102
    assert analytics.yield_to_put(bond, one_year, "2002-01-01") == pytest.approx(0.05, abs=EXACT)
    for on, end in (("2002-12-22", "2003-01-01"), ("2002-12-23", "2005-01-01"), ("2003-01-01", "2005-01-01")):
        assert analytics.yield_to_put(bond, 100, on) == analytics.yield_to_put(bond, 100, on, put=end)
    with pytest.raises(cn.PricingError, match=r"put \(PUT-2\): got 2004-12-23; no put date is left"):
        analytics.yield_to_put(bond, 100, "2004-12-23")
    with pytest.raises(cn.PricingError, match=r"put \(PUT-1\): got 2004-01-01; the put dates are 2003-01-01, 2005-01-01"):
        analytics.yield_to_put(bond, 100, "2002-01-01", put="2004-01-01")


def test_put1_the_put_of_today_is_no_put_to_come(afv):
    assert analytics.yield_to_put(afv, 105, "2005-12-30", compounding="simple") == pytest.approx(
        ((105 + 4) / (105 + 4 * 179 / 180) - 1) * 360, abs=1e-10
    )
    with pytest.raises(cn.PricingError, match=r"put \(PUT-2\): got 2006-01-01; no put date is left"):
        analytics.yield_to_put(afv, 105, "2006-01-01")


def test_a_put_date_after_maturity_is_none():
    bond = straight("2000-01-01", "2010-01-01", put=Put(prices=[("2009-01-01", 1), ("2011-01-01", 1)]))
    with pytest.raises(cn.PricingError, match=r"put \(PUT-2\): got 2009-02-01; no put date is left"):
        analytics.yield_to_put(bond, 100, "2009-02-01")


def test_rights_the_note_does_not_have_have_no_yield(note):
    with pytest.raises(cn.PricingError, match=r"put \(PUT-1\): the note cannot be put"):
        analytics.yield_to_put(note, 100, "2001-02-16")
    with pytest.raises(cn.PricingError, match=r"call \(RED-1\): the note cannot be redeemed"):
        analytics.yield_to_call(ZERO, 50, "2001-02-16")


def test_a_principal_paid_back_above_par_counts():
    accreting = straight("2000-01-01", "2005-01-01", rate=0, frequency=0, maturity_price="1.25")
    assert analytics.yield_to_maturity(accreting, 100, "2000-01-01") == pytest.approx(1.25**0.2 - 1, abs=EXACT)


def test_a_call_at_stepping_prices_is_at_the_step_in_force():
    steps = Redemption(prices=[("2002-01-01", "1.04"), ("2004-01-01", "1.02")], notice_at_least=0)
    bond = straight("2000-01-01", "2010-01-01", redemption=steps)
    for end, price in (("2003-01-01", 104), ("2004-01-01", 102)):
        years = int(end[:4]) - 2001
        expected = sum(6 / 1.04**k for k in range(1, years + 1)) + price / 1.04**years
        assert analytics.price_at_yield(bond, 0.04, "2001-01-01", to="call", end=end) == pytest.approx(expected, abs=EXACT)


# --- yields that do not exist


@pytest.mark.parametrize(
    ("price", "message"),
    [
        (0, "price: got 0.0; what is paid, accrued interest included, must be above 0"),
        (-5, "price: got -5.0; what is paid, accrued interest included, must be above 0"),
        (float("nan"), "price: got nan; expected a finite number"),
        # at 10,000% a payment of 106.875 after a year is worth 106.875 / 101
        (1, "price: got 1.0; .* above 10000%, the highest looked for, at which the note costs 1.05817"),
        # at -99% it is worth 100 times as much
        (20_000, "price: got 20000.0; .* below -99%, the lowest looked for, at which the note costs 10687.5"),
        ("ninety", "price: got 'ninety'; expected numbers in the shape of the dates"),
        ([90, 91, 92], "price: got .90, 91, 92.; expected numbers in the shape of the dates"),
    ],
)
def test_a_price_that_no_yield_explains_is_refused_with_the_bound(note, price, message):
    with pytest.raises(cn.PricingError, match=message):
        analytics.yield_to_maturity(note, price, ["2009-02-16", "2009-02-16"], per=100)  # 1 per 100 is meant


def test_a_day_that_a_clock_does_not_count_gives_no_yield(afv):
    # 30/360 counts the 30th and the 31st as one day: from 2007-12-31 no time passes until the new year
    with pytest.raises(cn.PricingError, match="clock: got periods; no time passes by this clock until the last payment"):
        analytics.yield_to_maturity(afv, 100, "2007-12-31")
    assert analytics.yield_to_maturity(afv, 100, "2007-12-31", clock="act/365f", compounding="simple") == pytest.approx(
        0, abs=1e-9
    )


def test_a_price_above_all_that_is_left_has_a_negative_yield(note):
    # 106.875 a year later for 110
    assert analytics.yield_to_maturity(note, 110, "2009-02-16") == pytest.approx(106.875 / 110 - 1, abs=EXACT)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"compounding": "weekly"}, "compounding: got 'weekly'; allowed: coupon, continuous, annual"),
        ({"clock": "act/364"}, "clock: got 'act/364'; allowed: periods, act/365f"),
    ],
)
def test_unknown_conventions_are_refused(note, options, message):
    with pytest.raises(cn.PricingError, match=message):
        analytics.yield_to_maturity(note, 90, "2009-02-16", **options)
    with pytest.raises(cn.PricingError, match=message):
        analytics.modified_duration(note, 0.05, "2009-02-16", **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"to": "first"}, "to: got 'first'; allowed: maturity, call, put"),
        ({"end": "2009-06-01"}, "end: got 2009-06-01; only a call or a put has another end"),
        ({"rate": -1.0}, "rate: got -1.0; expected a yield above -100% a year"),
        ({"rate": -2.0, "compounding": "semiannual"}, "rate: got -2.0; expected a yield above -200% a year"),
        ({"rate": -1.0, "compounding": "simple"}, "rate: got -1.0; expected a yield above -100% by the last payment"),
        ({"rate": float("inf")}, "rate: got inf; expected a finite number"),
    ],
)
def test_prices_and_durations_at_impossible_yields_are_refused(note, options, message):
    asked = {"rate": 0.05, "on": "2009-02-16", **options}
    for function in (analytics.price_at_yield, analytics.macaulay_duration, analytics.modified_duration, analytics.convexity):
        with pytest.raises(cn.PricingError, match=message):
            function(note, **asked)
