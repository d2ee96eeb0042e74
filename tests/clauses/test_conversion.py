"""Conversion: CNV-1, CNV-3…5, CNV-8, CNV-10. What takes a history stands in test_conversion_in_a_life."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn

from .days import number


def settle(note, on, principal=1000, price="104.947", close="17.50", **more):
    return note.conversion.settle(on=on, principal=principal, price=price, close=close, **more)


@pytest.mark.parametrize("principal", [999, 1500, 0, -1000])
def test_cnv1_only_multiples_of_1000(note, principal):
    with pytest.raises(cn.TermsError):
        settle(note, "2001-06-01", principal)


@pytest.mark.parametrize(
    ("on", "allowed"),
    [("2000-02-15", False), ("2000-02-16", True), ("2010-02-16", True), ("2010-02-17", False)],
)
def test_cnv1_from_issue_to_final_maturity(note, on, allowed):
    if allowed:
        assert settle(note, on).shares == 9
    else:
        with pytest.raises(cn.TermsError, match="CNV-1"):
            settle(note, on)


def test_cnv3_initial_ratio_and_the_ratio_after_the_reset(note):
    assert note.conversion.ratio().quantize(Decimal("1e-9")) == Decimal("9.528619208")
    assert note.conversion.ratio("84.883").quantize(Decimal("1e-9")) == Decimal("11.780921975")


@pytest.mark.parametrize(("price", "shares"), [("104.947", 6_574_747), ("84.883", 8_128_836)])
def test_cnv3_the_whole_issue(note, price, shares):
    assert settle(note, "2001-06-01", 690_000_000, price).shares == shares


def test_cnv4_no_fraction_of_a_share_but_cash(note):
    # 1000 / 104.947 = 9 shares and 55.477/104.947 of one; x 17.50 = 9.2508…
    settlement = settle(note, "2001-06-01")
    assert (settlement.shares, settlement.cash_in_lieu) == (9, Decimal("9.25"))


def test_cnv4_notes_surrendered_together_are_added_up_first(note):
    # Ten Notes apart: 90 shares; together 95.286… shares.
    assert settle(note, "2001-06-01", 10_000).shares == 95


@pytest.mark.parametrize(
    ("price", "close", "shares", "cash"),
    [
        ("16", "17.01", 62, "8.51"),  # half a share x 17.01 = 8.505
        ("16", "17.03", 62, "8.52"),  # 8.515, where half-even would also say .52
        ("16", "17.00", 62, "8.50"),
        ("50", "17.01", 20, "0.00"),  # a whole number of shares
        ("100.000001", "17.01", 9, "17.01"),  # a hair short of ten shares
    ],
)
def test_cnv4_fractions_that_tie_and_fractions_that_vanish(note, price, close, shares, cash):
    settlement = settle(note, "2001-06-01", 1000, price, close)
    assert (settlement.shares, settlement.cash_in_lieu) == (shares, Decimal(cash))


def test_cnv4_an_adjusted_price_without_a_last_decimal_keeps_every_share(note):
    # After a split 3:2 of a price of 100: 2,000 / (100 x 2/3) is exactly 30 shares.
    settlement = settle(note, "2001-06-01", 2000, Fraction(200, 3), None)
    assert (settlement.shares, settlement.cash_in_lieu) == (30, Decimal("0.00"))


def test_cnv4_asks_for_the_close_if_a_fraction_is_left(note):
    with pytest.raises(cn.TermsError, match="CNV-4"):
        settle(note, "2001-06-01", close=None)


@pytest.mark.parametrize(
    ("on", "paid_in"),
    [
        ("2001-01-31", "0.00"),
        ("2001-02-01", "0.00"),  # before the close of the record date
        ("2001-02-02", "68.94"),
        ("2001-02-15", "68.94"),  # the Business Day before
        ("2001-02-16", "0.00"),
        ("2002-02-15", "68.75"),
        ("2002-02-16", "0.00"),  # a Saturday: counts on the 19th
        ("2004-02-13", "68.75"),
        ("2004-02-14", "0.00"),  # Saturday, and the 16th a holiday: counts on the 17th
        ("2004-02-16", "0.00"),
        ("2003-02-01", "68.75"),  # a Saturday: counts on Monday the 3rd, after the record date
        ("2009-02-01", "68.94"),  # a Sunday
        ("2000-02-16", "0.00"),
    ],
)
def test_cnv5_interest_is_paid_in_between_record_date_and_payment_date(note, on, paid_in):
    assert settle(note, on).interest_to_pay == Decimal(paid_in)


def test_cnv5_is_rounded_on_all_that_is_converted(note):
    # 3 x 68.938356… = 206.815068…, where three rounded coupons would be 206.82.
    assert settle(note, "2001-02-05", 3000).interest_to_pay == Decimal("206.82")
    # 7 x 68.938356… = 482.568493…, where seven rounded coupons would be 482.58.
    assert settle(note, "2001-02-05", 7000).interest_to_pay == Decimal("482.57")


@pytest.mark.parametrize(
    ("called", "paid_in"),
    [
        ("2005-01-12", "68.94"),  # called before the window: not exempt
        ("2005-02-01", "68.94"),
        ("2005-02-02", "0.00"),
        ("2005-02-05", "0.00"),  # a Saturday inside the window
        ("2004-02-05", "68.94"),  # the window of another year
    ],
)
def test_cnv5_only_a_call_inside_the_same_window_exempts(note, called, paid_in):
    assert settle(note, "2005-02-10", called=called).interest_to_pay == Decimal(paid_in)


def test_cnv5_is_a_setting(note):
    for accrued in ("forgo", "paid"):
        changed = dataclasses.replace(note.conversion, accrued=accrued)
        settlement = changed.settle(on="2001-02-05", principal=1000, price="104.947", close="17.50")
        assert (settlement.interest_to_pay, settlement.interest_paid) == (0, 0)
    # Outside the window only "paid" pays what accrued: 100 days x 55/292 = 18.8356…
    paying = dataclasses.replace(note.conversion, accrued="paid")
    on = {"on": "2000-05-26", "principal": 1000, "price": "104.947", "close": "17.50"}
    assert paying.settle(**on).interest_paid == Decimal("18.84")
    assert note.conversion.settle(**on).interest_paid == 0


@pytest.mark.parametrize(
    ("on", "counted"),
    [
        ("2002-02-16", "2002-02-19"),
        ("2001-04-13", "2001-04-13"),
        ("2000-07-04", "2000-07-05"),
        ("2010-02-13", "2010-02-16"),
    ],
)
def test_cnv8_a_surrender_on_no_business_day_counts_on_the_next(note, on, counted):
    assert note.conversion.counted(number(on)) == number(counted)


@pytest.mark.parametrize(("on", "paid_in"), [("2010-02-12", "68.75"), ("2010-02-13", "0.00"), ("2010-02-16", "0.00")])
def test_cnv10_conversion_on_the_maturity_date_needs_no_payment_in(note, on, paid_in):
    # Monday the 15th is a holiday: what is surrendered after Friday the 12th counts at maturity.
    assert settle(note, on).interest_to_pay == Decimal(paid_in)


def test_rst1_from_the_first_reset_date_on_the_price_in_force_must_be_said(note):
    # 1000 / 104.947 is 9.52… and 1000 / 84.883 is 11.78…
    assert note.conversion.settle("2001-02-15", 1000, close="30").shares == 9
    state = cn.replay(note, cn.scenario("as-it-was"), events=[], until="2005-02-28").state
    assert note.conversion.settle("2005-03-01", 1000, close="30", state=state).shares == 11
    assert note.conversion.settle("2005-03-01", 1000, close="30", price="84.883").shares == 11
    for on in ("2001-02-16", "2005-03-01", np.array(["2000-06-01", "2005-03-01"], "datetime64[D]")):
        with pytest.raises(cn.TermsError, match=r"settle price \(RST-1\): from the reset date 2001-02-16 on") as error:
            note.conversion.settle(on, 1000, close="30")
        assert error.value.rule == "RST-1"
    # A surrender on Saturday 2001-02-17 counts on Tuesday the 20th; one on 2001-02-10, a Saturday, on the 12th.
    assert note.conversion.settle("2001-02-10", 1000, close="30").shares == 9
    fixed = dataclasses.replace(note, reset=None)
    assert fixed.adjustment is not None and fixed.conversion.settle("2005-03-01", 1000, close="30").shares == 9


def test_rst1_a_state_of_before_a_reset_does_not_stand_in_after_it(note):
    early, late = (
        cn.replay(note, cn.scenario("as-it-was"), events=[], until=until).state for until in ("2000-12-29", "2002-02-16")
    )
    assert note.conversion.settle("2001-02-15", 1000, close="30", state=early).shares == 9
    with pytest.raises(cn.TermsError, match=r"settle state \(RST-1\): from the reset date 2001-02-16 on"):
        note.conversion.settle("2001-02-16", 1000, close="30", state=early)
    assert note.conversion.settle("2009-02-16", 1000, close="30", state=late).shares == 11
    with pytest.raises(cn.TermsError, match="not both"):
        note.conversion.settle("2009-02-16", 1000, close="30", price=1, state=late)


def test_adj8_a_settlement_counts_what_a_share_became(note):
    def state(event):
        return cn.replay(note, cn.scenario("as-it-was"), events=[event], until="2005-02-28").state

    # 1000 / 84.883 x 0.5 = 5.89… successor's shares, at 30 each 26.71… for the fraction
    half = note.conversion.settle("2005-03-01", 1000, close="30", state=state(cn.Merger("2005-01-03", shares="0.5")))
    assert (half.shares, half.cash_in_lieu) == (5, Decimal("26.71"))
    with pytest.raises(cn.TermsError, match=r"ADJ-8.*replay"):
        note.conversion.settle("2005-03-01", 1000, close="30", state=state(cn.Merger("2005-01-03", cash=20)))
