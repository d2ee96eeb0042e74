"""What a rule does with each of its arguments: arrays in any one place, amounts given or left out, and the words of a refusal."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.provisions import Adjustment, Consent
from convnote.provisions.consent import Requirement

ADJUSTMENT = Adjustment()

#: A factor, its arguments, and what it comes to by hand.
FACTORS = [
    ("split_factor", {"new": 2, "old": 1}, Fraction(1, 2)),
    ("stock_dividend_factor", {"shares": 100, "outstanding": 900}, Fraction(9, 10)),
    # (1000 + 1000/50) / (1000 + 100)
    ("rights_issue_factor", {"shares": 100, "proceeds": 1000, "outstanding": 1000, "market_price": 50}, Fraction(1020, 1100)),
    ("spin_off_factor", {"value": 5, "market_price": 50}, Fraction(45, 50)),
    ("cash_dividend_factor", {"cash": 5, "market_price": 50}, Fraction(45, 50)),
    # 1000 x 50 / (6000 + 900 x 50)
    ("tender_offer_factor", {"shares": 100, "paid": 6000, "outstanding": 1000, "market_price": 50}, Fraction(50_000, 51_000)),
]


@pytest.mark.parametrize(("name", "arguments", "by_hand"), FACTORS)
def test_an_array_in_any_one_place_is_answered_in_float64(name, arguments, by_hand):
    factor = getattr(ADJUSTMENT, name)
    assert factor(**arguments) == by_hand
    # Those that decide take one value at a time.
    many = 1 if name in ("spin_off_factor", "cash_dividend_factor", "tender_offer_factor") else 2
    for place, value in arguments.items():
        answer = factor(**{**arguments, place: np.full(many, float(value)) if many > 1 else np.float64(value)})
        assert np.asarray(answer).dtype == np.float64 and not isinstance(answer, Fraction)
        np.testing.assert_allclose(answer, float(by_hand), rtol=1e-15)


@pytest.mark.parametrize(("name", "arguments", "by_hand"), FACTORS)
def test_a_figure_that_must_be_above_0_is_named_with_its_rule(name, arguments, by_hand):
    rule = {"split": "ADJ-1", "stock": "ADJ-2", "rights": "ADJ-3", "spin": "ADJ-4", "cash": "ADJ-5", "tender": "ADJ-6"}[
        name.split("_")[0]
    ]
    for place in arguments:
        if place == "proceeds":  # rights may be given away
            continue
        with pytest.raises(cn.TermsError) as error:
            getattr(ADJUSTMENT, name)(**{**arguments, place: 0})
        assert str(error.value) == f"adjustment {place} ({rule}): got 0; expected a number above 0"


def refused(ask, *arguments, **more):
    with pytest.raises(cn.TermsError) as error:
        ask(*arguments, **more)
    return str(error.value)


def test_what_cannot_be_is_refused_in_words(note):
    assert refused(ADJUSTMENT.cash_dividend_factor, cash=50, market_price=50) == (
        "adjustment cash (ADJ-5): got 50; expected less than the market price 50 (a larger one is a distribution: ADJ-4)"
    )
    assert refused(ADJUSTMENT.tender_offer_factor, shares=10, paid=1, outstanding=10, market_price=1) == (
        "adjustment shares (ADJ-6): got 10; fewer than the 10 outstanding"
    )
    assert refused(note.redemption.amount, "2003-02-19") == (
        "redemption.amount on: got 2003-02-19; expected a day from 2003-02-20 to 2010-02-16"
    )
    assert refused(note.redemption.select, {"A": 5000}, 6000) == (
        "redemption.select principal (RED-4): got 6000; expected a positive multiple of 1000, at most 5000"
    )
    assert refused(note.conversion.settle, "2010-02-17", 1000, close=1) == (
        "conversion.settle on (CNV-1): got 2010-02-17; expected a day that counts from 2000-02-16 to 2010-02-16"
    )


def test_a_consent_that_cannot_be_asked_for_is_refused_in_words():
    assert refused(Consent().is_carried, "other", in_favour=2, outstanding=1) == (
        "consent.is_carried in_favour (AMD-1): got 2; expected an amount from 0 to the outstanding 1"
    )
    words = refused(Consent().may_waive, "anything")
    assert words.startswith("consent.may_waive default (AMD-4): got 'anything'; allowed: covenant, notice, interest, principal,")


def test_whose_consent_is_told_in_words():
    consent = Consent()
    for change, rule, whose in (
        ("lower majority", "AMD-3", "the holders of all Notes outstanding"),
        ("later maturity", "AMD-2", "the holder of each Note affected"),
        ("other", "AMD-1", "holders of a majority of the principal outstanding"),
    ):
        assert consent.requirement(change) == Requirement(change=change, rule=rule, consent=whose)


def test_amd3_takes_all_holders_whoever_is_affected():
    asked = {"outstanding": 690_000_000, "affected": 1000, "agreed": 1000}
    assert Consent().is_carried("lower majority", in_favour=690_000_000, **asked)
    assert not Consent().is_carried("lower majority", in_favour=689_999_000, **asked)


@pytest.mark.parametrize(
    ("asked", "carried"),
    [
        # a majority, and all of the 5,000 affected
        ({"affected": 5000, "agreed": 5000}, True),
        ({"affected": 5000, "agreed": 4000}, False),
        # all who are in favour may be those affected
        ({"affected": 400_000_000}, True),
        ({"affected": 400_001_000}, False),
        # all of those affected agree, but no majority of all
        ({"in_favour": 345_000_000, "affected": 5000, "agreed": 5000}, False),
        ({}, False),
    ],
)
def test_amd2_takes_a_majority_and_each_holder_affected(asked, carried):
    asked = {"in_favour": 400_000_000, "outstanding": 690_000_000, **asked}
    assert Consent().is_carried("lower rate", **asked) is carried


def test_closes_of_whole_euros_are_compared_as_any_others(note):
    closes = np.array([168] * 19 + [167, 168])
    assert note.withdrawal.triggered(closes).tolist() == [False] * 20 + [True]


def test_a_missed_payment_that_does_not_fall_due_is_refused_in_words(note):
    history = cn.scenario("hover")
    for of, rule in (("interest", "INT-1"), ("principal", "PRN-1"), ("redemption", "RED-1"), ("make-whole", "WDR-4")):
        with pytest.raises(cn.LifecycleError) as error:
            cn.replay(note, history, events=[cn.MissedPayment("2001-03-01", of)])
        assert str(error.value) == f"MissedPayment ({rule}): no {of} payment falls due on 2001-03-01"


def test_a_missed_coupon_is_paid_only_to_who_still_has_it_owed(note):
    """INT-4: a price with accrued interest has paid the missed coupon on that principal, so its cure pays the rest."""
    history = cn.scenario("hover")
    events = [
        cn.MissedPayment("2003-02-16"),
        cn.FundamentalChange("2003-03-03"),
        cn.FundamentalChangeNotice("2003-03-03"),
        cn.RepurchaseElection("2003-03-04", 90_000_000),
        cn.Cure("2003-05-01"),
    ]
    ledger = cn.replay(note, history, events=events, until="2003-12-31")
    (repurchase,) = ledger.of_kind("repurchase")
    (late,) = ledger.of_kind("late-interest")
    # 90,000,000 x (1 + 0.06875 x 410/365): from 2002-02-16 to 2003-04-02
    assert repurchase.cash == cn.replay(note, history, events=events[:4], until="2003-12-31").of_kind("repurchase")[0].cash
    assert repurchase.cash == 90_000_000 + round(Fraction("0.06875") * 90_000_000 * 410 / 365 * 100) / Fraction(100)
    assert late.cash == 600_000_000 * Fraction("0.06875")
