"""Where a converting holder does not pay in the coupon of a record date that is past: PIN-1."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import to_date

AMAZON = cn.load("amazon-peacs-2010")
ALL = ("last", "redemption", "repurchase", "overdue", "notice")

SHEET = """
name = "a-note-of-2022"
[principal]
issue_date = 2022-03-15
maturity_date = 2027-03-15
issue_size = 230_000_000
currency = "USD"
[interest]
rate = "2.25%"
frequency = 2
day_count = "30/360"
record_days = 14
[conversion]
rate = 31.6206
pays_in_except = {words}
[redemption]
prices = [[2023-03-15, 1.00]]
notice_at_least = 0
notice_at_most = 90
[fundamental_change]
[default]
"""


def sheet(*words):
    return cn.loads(SHEET.format(words=list(words)))


def paid_in(note, *events):
    days = note.principal.sessions.between(note.principal.issue_day - 40, note.principal.maturity_day)
    market = cn.MarketHistory(dates=[to_date(day) for day in days], closes=[40] * len(days), currency="USD")
    ledger = cn.replay(note, market, events=events)
    return -ledger.total("interest-paid-in")


def settled(note, on, **more):
    return note.conversion.settle(on, 1000, price=note.conversion.price, close=40, **more).interest_to_pay


def test_pin1_the_last_coupon_is_not_paid_in():
    assert paid_in(sheet("last"), cn.Convert("2027-03-10", 1000)) == settled(sheet("last"), "2027-03-10") == 0
    assert paid_in(sheet(), cn.Convert("2027-03-10", 1000)) == settled(sheet(), "2027-03-10") == Decimal("11.25")
    assert paid_in(sheet("last"), cn.Convert("2026-09-08", 1000)) == Decimal("11.25")  # not the last one


def test_pin1_uncalled_in_a_window_the_coupon_is_paid_in():
    # 1,000 x 2.25% / 2 = 11.25
    assert paid_in(sheet(*ALL), cn.Convert("2026-09-08", 1000)) == settled(sheet(*ALL), "2026-09-08") == Decimal("11.25")


def test_pin1_called_for_a_date_in_the_window_nothing_is_paid_in():
    call = cn.RedemptionNotice("2026-07-20", "2026-09-11")
    convert = cn.Convert("2026-09-08", 1000)
    assert paid_in(sheet("redemption"), call, convert) == 0
    assert settled(sheet("redemption"), "2026-09-08", called="2026-07-20", redemption="2026-09-11") == 0
    assert paid_in(sheet("notice"), call, convert) == Decimal("11.25")  # the notice is older than the record date
    assert paid_in(sheet("notice"), cn.RedemptionNotice("2026-09-02", "2026-09-11"), convert) == 0
    assert paid_in(sheet("redemption"), cn.RedemptionNotice("2026-09-02", "2026-10-11"), convert) == Decimal("11.25")
    assert paid_in(sheet(), call, convert) == Decimal("11.25")


@pytest.mark.parametrize(("redemption", "paid"), [("2026-09-15", 0), ("2026-09-16", 0), ("2026-09-17", "11.25")])
def test_pin1_a_redemption_on_the_business_day_after_the_payment_date_excepts_and_a_day_later_not(redemption, paid):
    call = cn.RedemptionNotice("2026-07-20", redemption)
    assert paid_in(sheet("redemption"), call, cn.Convert("2026-09-08", 1000)) == Decimal(paid)


def test_pin1_a_redemption_on_the_record_date_lies_before_the_window():
    note = sheet("redemption").conversion  # the record date is 1 September
    assert note.coupon_paid_in(cn.calendars.day_number("2026-09-08"), 1, cn.calendars.day_number("2026-09-01")) != 0
    assert note.coupon_paid_in(cn.calendars.day_number("2026-09-08"), 1, cn.calendars.day_number("2026-09-02")) == 0


def test_pin1_only_the_called_principal_is_excepted():
    call = cn.RedemptionNotice("2026-07-20", "2026-09-11", principal=1_000_000)
    # two millions are converted, one of them called: the other pays in 1,000 x 11.25
    assert paid_in(sheet("redemption"), call, cn.Convert("2026-09-08", 2_000_000)) == Decimal("11250")


def test_pin1_a_fixed_repurchase_date_excepts_every_note():
    change = cn.FundamentalChange("2026-08-03")
    for notice, day, paid in (
        ("2026-08-07", "2026-09-08", 0),  # repurchased on 6 September, in the window
        ("2026-08-02", "2026-09-08", "11.25"),  # on 1 September, the record date
        ("2026-08-17", "2026-09-08", 0),  # on the 16th, the Business Day after the payment date
        ("2026-08-18", "2026-09-08", "11.25"),  # on the 17th
    ):
        events = [dataclasses.replace(change, on=notice), cn.FundamentalChangeNotice(notice), cn.Convert(day, 1000)]
        assert paid_in(sheet("repurchase"), *events) == Decimal(paid)
    assert paid_in(sheet("repurchase"), change, cn.Convert("2026-09-08", 1000)) == Decimal("11.25")  # no date is fixed yet
    fixed = [change, cn.FundamentalChangeNotice("2026-08-07"), cn.Convert("2026-09-08", 1000)]
    assert paid_in(sheet("redemption", "notice", "last"), *fixed) == Decimal("11.25")


def test_pin1_overdue_interest_lowers_what_is_paid_in():
    missed = cn.MissedPayment("2026-03-15")
    convert = cn.Convert("2026-09-08", 1000)
    assert paid_in(sheet("overdue"), missed, convert) == 0  # 11.25 is owed, 11.25 overdue
    assert paid_in(sheet(), missed, convert) == Decimal("11.25")
    twice = sheet("overdue")
    short = dataclasses.replace(twice, principal=dataclasses.replace(twice.principal, issue_date="2022-06-15"))
    [first] = [each.amount for each in short.interest.coupons()][:1]
    assert first == Decimal("5.625")  # a quarter of a year
    # 11.25 - 5.625 = 5.625, half-up
    assert paid_in(short, cn.MissedPayment("2022-09-15"), cn.Convert("2023-03-08", 1000)) == Decimal("5.63")


def test_pin1_nothing_is_paid_in_on_the_record_date_or_on_the_payment_date():
    for day in ("2026-09-01", "2026-09-15"):
        assert paid_in(sheet(), cn.Convert(day, 1000)) == 0
    for day in ("2026-09-02", "2026-09-14"):
        assert paid_in(sheet(), cn.Convert(day, 1000)) == Decimal("11.25")


def test_pin1_the_conversion_cites_it_where_it_spares_a_coupon():
    days = AMAZON.principal.sessions.between(AMAZON.principal.issue_day - 40, AMAZON.principal.maturity_day)
    market = cn.MarketHistory(dates=[to_date(day) for day in days], closes=[40] * len(days), currency="EUR")
    note = dataclasses.replace(AMAZON, conversion=dataclasses.replace(AMAZON.conversion, pays_in_except=["last"]))
    for day, cites in (("2010-02-10", True), ("2009-02-10", False)):
        [entry] = cn.replay(note, market, events=[cn.Convert(day, 1000)]).of_kind("conversion")
        assert ("PIN-1" in entry.rules) == cites


def test_pin1_is_read_written_and_refused():
    note = sheet("notice", "last")
    assert note.conversion.pays_in_except == ("last", "notice") and cn.loads(cn.dumps(note)) == note
    assert 'pays_in_except = ["last", "notice"]  # PIN-1' in cn.dumps(note)
    assert AMAZON.conversion.pays_in_except == ("notice",)
    with pytest.raises(cn.TermsError, match=r"conversion.pays_in_except \(PIN-1\)"):
        sheet("first")


@given(st.integers(0, 1826), st.sets(st.sampled_from(ALL)), st.integers(-60, 60), st.integers(-60, 60), st.booleans())
def test_pin1_agrees_with_a_reading_of_the_paper(offset, words, noticed, redeemed, called):
    """Day by day: which coupon is due in whose window the day lies, and whether any of the exceptions that are stated holds."""
    note = sheet(*sorted(words))
    terms, banks = note.conversion, note.principal.banks
    on = note.principal.issue_day + offset
    due = next((day for day in note.interest.due_days if day - 14 < on < day), 0)
    notice, redemption = (on + noticed, on + redeemed) if called else (None, None)
    spared = bool(due) and (
        ("last" in words and due == note.principal.maturity_day)
        or (called and "notice" in words and due - 14 < notice <= banks.before(due))
        or (called and "redemption" in words and due - 14 < redemption <= banks.after(due))
    )
    assert terms.coupon_paid_in(on, notice, redemption) == (0 if spared else due)
    many = terms.coupon_paid_in(np.array([on, on]), notice, redemption)
    assert many.tolist() == [0 if spared else due] * 2
    amount = Fraction(0) if spared or not due else Fraction("11.25")
    assert Fraction(note.interest.coupon_amount(Fraction(1000), terms.coupon_paid_in(on, notice, redemption))) == amount
