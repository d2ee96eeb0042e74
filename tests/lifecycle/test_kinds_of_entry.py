"""Kinds of entry are a closed set: a word that is none of them is refused with the nearest, never answered with zero."""

import dataclasses
from decimal import Decimal

import pytest

import convnote as cn
from convnote.replays.sentences import ENTRY_KINDS


@pytest.fixture(scope="module")
def ledger():
    return cn.replay(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("coupons", "coupon"),
        ("Coupon", "coupon"),
        ("copon", "coupon"),
        ("interest-paid", "interest-paid-in"),
        ("paid-in", "paid-in-kind"),
        ("interest_paid_in", "interest-paid-in"),
        ("conversions", "conversion"),
        ("make whole", "make-whole"),
        ("withdrawal-lapses", "withdrawal-lapse"),
    ],
)
def test_a_misspelt_kind_is_told_the_nearest(ledger, given, meant):
    for ask in (ledger.total, ledger.of_kind, lambda kind: ledger.total("coupon", kind)):
        with pytest.raises(cn.TermsError, match=f"did you mean {meant}\\?") as refusal:
            ask(given)
        assert repr(given) in str(refusal.value)


def test_a_word_that_is_near_nothing_is_told_all_kinds(ledger):
    with pytest.raises(cn.TermsError) as refusal:
        ledger.of_kind("xyz")
    assert all(kind in str(refusal.value) for kind in ENTRY_KINDS)
    with pytest.raises(cn.TermsError):
        ledger.of_kind(5)


def test_a_kind_of_which_nothing_happened_is_answered_with_nothing(ledger):
    assert ledger.of_kind("merger") == [] and ledger.total("put") == Decimal("0.00")
    assert {entry.kind for entry in ledger} <= set(ENTRY_KINDS)
    assert ledger.total() == ledger.total("coupon", "maturity")


def test_a_kind_of_ones_own_is_known_while_the_ledger_has_it(ledger):
    own = dataclasses.replace(ledger, entries=(*ledger.entries, ledger.entries[-1]._replace(kind="exchange-offer")))
    assert len(own.of_kind("exchange-offer")) == 1
    with pytest.raises(cn.TermsError, match=r"did you mean exchange-offer\?"):
        own.of_kind("exchange-offers")
    with pytest.raises(cn.TermsError):
        ledger.of_kind("exchange-offer")
