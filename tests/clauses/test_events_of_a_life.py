"""Events of a life beside the rules: transfers, amendments, and adjustments of one day (LIF-1, LIF-4, LIF-5)."""

import dataclasses
import itertools
from decimal import Decimal

import pytest

import convnote as cn
from tests.lifecycle.walk import by_holder, play

ON = "2001-06-01"


def test_lif1_the_coupon_of_a_past_record_date_stays_with_the_seller(note):
    sale = cn.Transfer("2001-02-02", 690_000_000, holder="A", to="B")
    # 690,000 x 68.938356…
    assert by_holder(play(sale, positions={"A": 690_000_000}, until="2001-02-16"), "coupon") == [
        ("2001-02-16", "A", "47567465.75")
    ]


def test_lif4_each_day_accrues_at_the_terms_of_that_day(note):
    terms = dataclasses.replace(note, interest=dataclasses.replace(note.interest, rate="0.08"))
    coupon = play(cn.Amendment(ON, terms), until="2002-02-16").total("coupon") - Decimal("47567465.75")
    # 106 days to 2 June at 6 7/8%, 259 at 8%
    assert coupon == round(Decimal(690_000_000) * (Decimal("0.06875") * 106 + Decimal("0.08") * 259) / 365, 2)


def price(*events):
    ledger = play(*events, until="2001-12-31")
    return ledger.state.conversion_price, [rule for entry in ledger.of_kind("adjustment", "merger") for rule in entry.rules]


def test_lif5_a_split_comes_before_a_dividend_of_its_day_however_they_are_listed():
    # 84.883 / 2 = 42.4415; the market price of 50 is 25 of the new share: 42.4415 x (25 - 5) / 25. The other way round it
    # would be 84.883 x 45 / 50 / 2 = 38.19735.
    split, dividend = cn.Split(ON, 2, 1), cn.CashDividend(ON, 5)
    for listed in ((split, dividend), (dividend, split)):
        found, rules = price(*listed)
        assert found == Decimal("33.9532") and rules.count("LIF-5") == 1
    assert "LIF-5" not in price(split)[1] + price(dividend)[1] + price(split, cn.StockDividend(ON, 5, 100))[1]


@pytest.mark.parametrize(
    "events",
    [
        (cn.CashDividend(ON, 5), cn.RightsIssue(ON, shares=10, proceeds=100, outstanding=100)),
        (cn.StockDividend(ON, 5, 100), cn.SpinOff(ON, 10)),
        (cn.Split(ON, 2, 1), cn.TenderOffer(ON, shares=10, paid=700, outstanding=100)),
        (cn.SpinOff(ON, 10), cn.CashDividend(ON, 5)),
        (cn.Split(ON, 2, 1), cn.CashDividend(ON, 5), cn.Merger(ON, shares="0.5", cash=10)),
    ],
    ids=lambda events: " ".join(type(event).__name__ for event in events),
)
def test_lif5_one_order_whatever_order_they_are_listed_in(events):
    found = {listed: price(*listed) for listed in itertools.permutations(events)}
    assert len({result[0] for result in found.values()}) == 1
    assert all("LIF-5" in rules for _, rules in found.values())


@pytest.mark.parametrize(("on", "shares"), [("2004-06-14", 11_780), ("2004-06-15", 12_369)])
def test_adj2_the_adjusted_price_holds_from_the_day_after_the_record_date(on, shares):
    # 1,000,000 / 84.883 = 11,780.9…, and x 105/100 = 12,369.9…: the record date is Monday the 14th, the dividend on the 15th
    ledger = play(cn.StockDividend("2004-06-15", shares=5, outstanding=100), cn.Convert(on, 1_000_000))
    assert [entry.shares for entry in ledger.of_kind("conversion")] == [shares]
