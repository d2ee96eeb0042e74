"""Principal, days and cents: ID-1…4, PRN-1…2, INT-6…7, DAY-1…2, FX-1, SUB-1."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn
from convnote.market.history import MarketHistory

from .days import iso, number


def test_id1_names_and_numbers_as_printed(note):
    printed = " ".join(map(str, note.identity.values()))
    for each in (
        "Amazon.com, Inc.",
        "023135AG1",
        "US023135AG10",
        "010795141",
        "New York",
        "The Bank of New York",
    ):
        assert each in printed


def test_id2_limited_to_690_million_in_two_certificates(note):
    assert note.issue_size == Decimal(690_000_000)
    assert [int(each["figures"]) for each in note.principal.certificates.values()] == [
        400_000_000,
        290_000_000,
    ]


def test_id2_certificates_that_do_not_add_up_are_reported(note):
    certificates = {"P-1": {"figures": Decimal(400_000_000)}, "P-2": {"figures": Decimal(280_000_000)}}
    short = dataclasses.replace(note, principal=dataclasses.replace(note.principal, certificates=certificates))
    assert "ID-2" in [finding.rule for finding in short.check()]
    assert "ID-2" not in [finding.rule for finding in note.check()]


def test_id3_p2_says_four_hundred_million_in_words(note):
    [finding] = [finding for finding in note.check() if finding.rule == "ID-3" and "P-2" in finding.message]
    assert "four hundred million" in finding.message and "290,000,000" in finding.message


@pytest.mark.parametrize("principal", [1000, 2000, 690_000_000])
def test_id4_denominations_are_multiples_of_1000(note, principal):
    assert note.principal.is_multiple(principal)


@pytest.mark.parametrize("principal", [0, -1000, 500, 1500, "1000.01"])
def test_id4_nothing_else_is_a_denomination(note, principal):
    assert not note.principal.is_multiple(principal)


def test_prn1_due_on_16_february_2010(note):
    assert note.maturity_date.isoformat() == "2010-02-16"


def test_prn2_payable_in_euros(note):
    assert note.currency == "EUR"


@pytest.mark.parametrize(
    ("due", "paid"),
    [
        ("2001-02-16", "2001-02-16"),
        ("2002-02-16", "2002-02-19"),  # Saturday; Monday is Washington's Birthday
        ("2003-02-16", "2003-02-18"),  # Sunday
        ("2004-02-16", "2004-02-17"),  # the holiday itself
        ("2008-02-16", "2008-02-19"),
        ("2010-02-16", "2010-02-16"),
    ],
)
def test_int6_a_payment_moves_to_the_next_business_day(note, due, paid):
    assert iso(note.principal.payment_day(number(due))) == paid


def test_int7_the_issue_is_rounded_as_one_position(note):
    coupon = Fraction(note.interest.coupons()[0].amount)
    whole_issue = note.principal.paid(coupon * 690_000)
    by_certificate = note.principal.paid(coupon * 400_000) + note.principal.paid(coupon * 290_000)
    assert (whole_issue, by_certificate) == (Decimal("47567465.75"), Decimal("47567465.76"))


@pytest.mark.parametrize(("amount", "paid"), [("0.004", "0.00"), ("0.005", "0.01"), ("0.015", "0.02"), ("1.0049", "1.00")])
def test_int7_half_a_cent_is_rounded_up(note, amount, paid):
    assert note.principal.paid(Fraction(amount)) == Decimal(paid)


def test_day1_four_closures_in_september_2001_are_no_trading_days(note):
    sessions = note.principal.sessions
    assert [iso(day) for day in sessions.between(number("2001-09-10"), number("2001-09-18"))] == [
        "2001-09-10",
        "2001-09-17",
        "2001-09-18",
    ]


def test_day1_the_life_has_2514_sessions(note):
    assert len(note.principal.sessions.between(number("2000-02-16"), number("2010-02-16"))) == 2514


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ("2001-04-13", True),  # Good Friday: no trading day, but a Business Day
        ("2000-11-10", True),  # Veterans Day 2000 is a Saturday and is not moved to Friday
        ("2001-11-12", False),  # a holiday on a Sunday is moved to Monday
        ("2004-10-11", False),  # Columbus Day: NASDAQ trades
        ("2001-09-11", True),
        ("2002-02-16", False),
        ("2010-02-15", False),
    ],
)
def test_day2_business_days_are_those_of_the_federal_reserve(note, day, is_open):
    assert note.principal.banks.is_open(number(day)) == is_open


def test_day1_and_day2_are_different_calendars(note):
    columbus, good_friday = number("2004-10-11"), number("2001-04-13")
    assert note.principal.sessions.is_open(columbus) and not note.principal.banks.is_open(columbus)
    assert note.principal.banks.is_open(good_friday) and not note.principal.sessions.is_open(good_friday)


def test_day2_a_setting_adds_target(note):
    both = dataclasses.replace(note.principal, business_days="FED+TARGET")
    easter_monday = number("2001-04-16")
    assert note.principal.banks.is_open(easter_monday) and not both.banks.is_open(easter_monday)


def test_sub1_ranks_with_the_notes_due_2009(note):
    printed = " ".join(map(str, note.identity.values()))
    assert "ubordinated" in printed and "2009" in printed


def test_an_issue_that_is_no_multiple_of_the_denomination_is_refused(note):
    with pytest.raises(cn.TermsError, match="ID-2"):
        dataclasses.replace(note.principal, issue_size=Decimal(690_000_500))


def test_fx1_the_rate_of_the_same_day_or_the_last_one_before():
    # Easter Monday 2001: NASDAQ trades and no rate is fixed since Thursday.
    history = MarketHistory.from_usd(["2001-04-12", "2001-04-16"], ["14.50", "14.22"], ["2001-04-12", "2001-04-17"], ["0.5", "4"])
    assert history.exact_closes == [Fraction(29), Fraction("28.44")]
