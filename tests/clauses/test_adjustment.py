"""Anti-dilution: ADJ-1…7, ADJ-9."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn
from convnote.provisions import Adjustment


@pytest.mark.parametrize(("new", "old", "price"), [(2, 1, "42.4415"), (3, 2, None), (1, 10, "848.83")])
def test_adj1_split_and_reverse_split(note, new, old, price):
    expected = Fraction(84883 * old, 1000 * new)
    answer = Fraction(note.adjustment.split("84.883", new=new, old=old))
    assert abs(answer - expected) < Fraction(1, 10**20)
    assert price is None or answer == Fraction(price)


def test_adj1_exact_prices_stay_exact(note):
    assert note.adjustment.split(Fraction(100), new=3, old=2) == Fraction(200, 3)


def test_adj2_stock_dividend(note):
    # 5 on 95: 95/100.
    assert note.adjustment.stock_dividend("80", shares=5, outstanding=95) == Decimal(76)


def test_adj3_rights_below_market(note):
    # 20 shares for 500 in all, 100 outstanding, market 50: 80 x 110/120.
    price = note.adjustment.rights_issue(Fraction(80), shares=20, proceeds=500, outstanding=100, market_price=50)
    assert price == Fraction(220, 3)


def test_adj3_rights_at_or_above_market_change_nothing(note):
    for proceeds in (1000, 1200):
        terms = {"shares": 20, "proceeds": proceeds, "outstanding": 100, "market_price": 50}
        assert note.adjustment.rights_issue("80", **terms) == Decimal(80)


def test_adj4_spin_off(note):
    assert note.adjustment.spin_off("80", value=10, market_price=50) == Decimal(64)


@pytest.mark.parametrize("value", [50, 60])
def test_adj4_assets_worth_the_share_are_received_on_conversion_instead(note, value):
    assert note.adjustment.spin_off_factor(value=value, market_price=50) is None


def test_adj5_cash_dividend_beyond_the_threshold(note):
    assert note.adjustment.cash_dividend("80", cash=5, market_price=50) == Decimal(72)
    thrifty = dataclasses.replace(note.adjustment, dividend_threshold=Decimal(2))
    assert thrifty.cash_dividend("80", cash=7, market_price=50) == Decimal(72)
    assert thrifty.cash_dividend("80", cash=2, market_price=50) == Decimal(80)


def test_adj6_tender_above_market(note):
    # 10 of 100 for 1,400 where the market is 50: 80 x 5000 / (1400 + 4500).
    price = note.adjustment.tender_offer(Fraction(80), shares=10, paid=1400, outstanding=100, market_price=50)
    assert price == Fraction(80 * 5000, 5900)


def test_adj7_a_tender_below_market_does_not_raise_the_price(note):
    terms = {"shares": 10, "paid": 300, "outstanding": 100, "market_price": 50}
    assert note.adjustment.tender_offer("80", **terms) == Decimal(80)


def test_adj7_carried_forward_until_the_sum_reaches_1_percent(note):
    one, none, half = Fraction(1), Fraction(0), Fraction("0.995")
    now, pending, change = note.adjustment.carried(one, none, half)
    assert (now, pending, change) == (1, half, Fraction("0.005"))
    now, pending, change = note.adjustment.carried(pending, change, half)  # exactly 1% in sum
    assert (now, pending, change) == (half * half, 1, 0)


def test_adj7_a_change_of_1_percent_applies_at_once(note):
    assert note.adjustment.carried(Fraction(1), Fraction(0), Fraction("0.99"))[0] == Fraction("0.99")
    assert note.adjustment.carried(Fraction(1), Fraction(0), Fraction("0.9901"))[0] == 1


def test_adj9_kept_exact_unless_a_rounding_is_set(note):
    rounding = dataclasses.replace(note.adjustment, rounding=Decimal("0.001"))
    assert note.adjustment.split(Fraction("84.883"), new=3, old=1) == Fraction(84883, 3000)
    # 84.883 / 3 = 28.29433…; 84.883 / 2 = 42.4415, a tie
    assert rounding.split("84.883", new=3, old=1) == Decimal("28.294")
    assert rounding.split("84.883", new=2, old=1) == Decimal("42.442")


@pytest.mark.parametrize("terms", [{"new": 0, "old": 1}, {"new": 2, "old": 0}, {"new": -2, "old": 1}])
def test_adj1_refuses_a_split_into_nothing(note, terms):
    with pytest.raises(cn.TermsError, match="ADJ-1"):
        note.adjustment.split("84.883", **terms)


def test_adj8_what_adjusts_is_a_list_of_known_words():
    adjustment = cn.load("amazon-peacs-2010").adjustment
    for wrong in (False, "split", ["splits"], 3):
        with pytest.raises(cn.TermsError, match=r"adjustment\.adjusts .*expected a list of: split"):
            dataclasses.replace(adjustment, adjusts=wrong)


def test_adj7_each_anniversary_on_which_what_is_carried_takes_effect_is_a_row_of_the_schedule(note):
    terms = dataclasses.replace(note.principal, issue_date="2004-02-29", maturity_date="2008-01-31")
    for until in ("yearly", "conversion"):
        own = cn.ConvertibleNote(
            name="carries",
            principal=terms,
            interest=note.interest,
            conversion=note.conversion,
            adjustment=Adjustment(carry_until=until),
        )
        rows = [row for row in cn.schedule(own) if row.rule == "ADJ-7"]
        assert [str(row.date) for row in rows] == ["2005-02-28", "2006-02-28", "2007-02-28"]  # 2008-02-29 is after maturity
        assert {str(row.kind) for row in rows} == {"carried-adjustment"} and {row.payment_date for row in rows} == {None}
    assert not [row for row in cn.schedule(note) if row.rule == "ADJ-7"]


def test_adj7_an_anniversary_comes_before_the_reset_of_its_day(note):
    own = dataclasses.replace(note, adjustment=dataclasses.replace(note.adjustment, carry_until="yearly"))
    kinds = [str(row.kind) for row in cn.schedule(own) if str(row.date) == "2001-02-16"]
    assert kinds == ["carried-adjustment", "reset", "coupon"]
    [last] = [row for row in cn.schedule(own) if row.rule == "ADJ-7" and row.date.year == 2010]
    assert str(last.date) == "2010-02-16"  # at maturity, before the last conversions
