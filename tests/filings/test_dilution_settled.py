"""Dilution by notes that are settled in cash, or in cash and shares, by hand (DIL-1, DIL-5, DIL-6, STL-1).

230,000 Notes of 1,000 convert into 31.6206 shares each, 7,272,738 in all. At 40 a Note is worth 1,264.824: beyond 1,000 in cash
it delivers 264.824 / 40 = 6.6206 shares, 1,522,738 in all.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.provisions import SettlementTerms
from tests.clauses import test_stl1_settlement as net_share
from tests.oracles import dilution as oracle

OPEN = cn.load("gpre-2027")  # in shares, unless the issuer elects another method
ALL = 7_272_738
NET = SettlementTerms(method="combination", specified=1000)
CASH = SettlementTerms(method="cash")


def note_with(terms: Any, note: Any = OPEN) -> Any:
    return dataclasses.replace(note, settlement=terms)


def asked(terms: Any = NET, note: Any = OPEN, **changes: Any) -> Any:
    return cn.dilution(note_with(terms, note), **{"on": "2023-12-29", "shares": 59_000_000, "price": 40, **changes})


@pytest.mark.parametrize(
    ("price", "shares"),
    [
        ("31.62", 0),  # 31.6206 x 31.62 = 999.84, less than the cash
        (40, 1_522_738),  # 230,000 x (31.6206 - 25)
        (50, 2_672_738),  # 230,000 x (31.6206 - 20)
        (1000, 7_042_738),  # 230,000 x (31.6206 - 1)
        (10**12, Decimal("7272737.99977")),  # 230,000,000 / 10^12 = 0.00023 below all of them
    ],
)
def test_dil1_in_combination_only_the_value_beyond_the_cash_is_in_shares(price: Any, shares: Any) -> None:
    found = asked(price=price)
    assert found.conversion_shares == shares and found.diluted == 59_000_000 + shares
    assert found.share_of_noteholders == cn.arithmetic.decimal(Fraction(shares) / (59_000_000 + Fraction(shares)))


def test_dil1_in_cash_no_shares_are_delivered() -> None:
    found = asked(CASH)
    assert found.conversion_shares == 0 == found.share_of_noteholders and found.diluted == 59_000_000
    assert found.earnings(59_000_000, interest=5_000_000) == (1, 1, ())
    assert asked(SettlementTerms(method="shares")).conversion_shares == ALL == asked(None).conversion_shares


def test_dil1_the_days_of_an_observation_period_are_counted_one_by_one() -> None:
    # 10 x (31.6206 x 40 / 20 - 50) / 40 = 3.3103 a Note, nothing on the days at 30; at 35, their average, 31.6206 - 1,000 / 35
    assert asked(prices=[30] * 10 + [40] * 10).conversion_shares == Decimal("761369")
    flat = cn.arithmetic.decimal(230_000 * (Fraction("31.6206") - Fraction(1000, 35)))
    assert asked(prices=[35] * 20).conversion_shares == flat == asked(price=35).conversion_shares
    found = asked(prices=[40], price=20, options=[(10, 15)])
    assert (found.conversion_shares, found.option_shares) == (1_522_738, Decimal("2.5"))


def test_dil1_a_ledger_delivers_what_is_counted() -> None:
    ledger = net_share.live(cn.Convert(net_share.ON, 1_000_000))
    found = asked(net_share.BOTH, net_share.NOTE, prices=[30] * 10 + [40] * 10)
    assert found.conversion_shares == Decimal("3310.3") and net_share.one(ledger).shares == 3310


def test_dil1_after_a_split_and_a_conversion() -> None:
    events = [cn.Split("2023-05-05", new=2, old=1), cn.Convert("2023-05-08", 400_000)]
    state = net_share.live(*events, until="2023-12-29").state
    # 600 Notes of 63.2412 shares: at 20 they are worth 1,264.824 each
    assert asked(net_share.BOTH, net_share.NOTE, price=20, state=state).conversion_shares == Decimal("7944.72")
    cash_only = net_share.live(cn.Merger("2023-05-05", shares=0, cash=50), until="2023-12-29").state
    assert asked(net_share.BOTH, net_share.NOTE, state=cash_only).conversion_shares == 0
    both = net_share.live(cn.Merger("2023-05-05", shares="0.5", cash=10), until="2023-12-29").state
    # 31.6206 x (0.5 x 60 + 10) = 1,264.824 a Note, of which 264.824 / 60 shares
    shares = cn.arithmetic.decimal(1000 * Fraction("264.824") / 60)
    assert asked(net_share.BOTH, net_share.NOTE, price=60, state=both).conversion_shares == shares


def test_dil1_specified_cash_is_in_the_currency_of_the_note() -> None:
    in_dollars = dataclasses.replace(cn.load("amazon-peacs-2010"), reset=None)
    # 1,000 / 104.947 shares a Note; USD 150 are EUR 120 at 1.25 dollars for one euro
    note = note_with(dataclasses.replace(NET, specified=500), in_dollars)
    if note.principal.share_currency is None:
        note = dataclasses.replace(note, principal=dataclasses.replace(note.principal, share_currency="USD"))
    given = {"on": "2000-12-29", "shares": 357_140_000, "price": 150}
    with pytest.raises(cn.TermsError) as refusal:
        cn.dilution(note, **given)
    assert str(refusal.value).startswith("dilution.fx (FX-1): got none; expected the exchange rate, USD for one EUR")
    shares = cn.arithmetic.decimal(690_000 * (Fraction(1_000_000, 104_947) - Fraction(500, 120)))
    assert cn.dilution(note, **given, fx="1.25").conversion_shares == shares
    with pytest.raises(cn.TermsError, match=r"dilution\.fx \(FX-1\): got 1.25; the share is in USD, the note's currency"):
        asked(fx="1.25")


def test_stl1_while_the_issuer_may_elect_settlement_in_shares_is_counted() -> None:
    for printed in (dataclasses.replace(NET, election="issuer"), dataclasses.replace(CASH, election="issuer")):
        found = asked(dataclasses.replace(printed, chosen_by="2023-12-29"))
        assert found.conversion_shares == ALL and found.settled.method == "shares"
        [said] = [each.message for each in found.check() if each.rule == "STL-1"]
        assert "in shares, while the issuer may elect a method, until 2023-12-29: these are the most" in said
        # The last day has gone: what the note states
        late = asked(dataclasses.replace(printed, chosen_by="2023-12-28"))
        assert late.settled.method == printed.method and late.conversion_shares < ALL


def test_stl1_the_issuers_election_is_counted() -> None:
    issuers = note_with(SettlementTerms(method="shares", election="issuer"), net_share.NOTE)
    elected = cn.SettlementElection("2023-04-03", "combination", specified=1000)
    state = cn.replay(issuers, net_share.TEN_AND_TEN, events=[elected], until="2023-12-29").state
    found = asked(issuers.settlement, issuers, state=state)
    assert found.conversion_shares == Decimal("6620.6") and found.settled.reason == "as the issuer has elected"
    assert asked(issuers.settlement, issuers, state=state, method="cash").conversion_shares == 0


def test_stl1_another_method_may_be_asked_for_where_the_issuer_may_elect_it() -> None:
    assert asked(OPEN.settlement, method="combination", specified=1000).conversion_shares == 1_522_738
    assert asked(OPEN.settlement, method="cash").conversion_shares == 0
    assert asked(OPEN.settlement, method="shares").settled.reason.startswith("while the issuer may elect")
    assert asked(method="combination", specified=1000).settled.reason == "as the note states"
    assert asked(None, method="shares").conversion_shares == ALL


@pytest.mark.parametrize(
    ("terms", "changes", "message"),
    [
        (NET, {"method": "physical"}, "dilution.method (STL-1): got 'physical'; allowed: shares, cash, combination"),
        (
            NET,
            {"method": "cash"},
            "dilution.method (STL-1): got cash; the note does not leave the method of settlement to the issuer",
        ),
        (
            None,
            {"method": "cash"},
            "dilution.method (STL-1): got cash; the note does not leave the method of settlement to the issuer",
        ),
        (
            NET,
            {"specified": 900},
            "dilution.specified (STL-1): got 900; a combination, and no other method, has an amount specified",
        ),
        (
            OPEN.settlement,
            {"method": "combination"},
            "dilution.specified (STL-1): got none; a combination, and no other method, has an amount specified",
        ),
        (NET, {"method": "combination", "specified": -1}, "dilution.specified (STL-1): got -1; expected a number of 0 or more"),
        (NET, {"prices": [40, 0]}, "dilution.prices (STL-1): got 0; expected a number above 0"),
        (NET, {"prices": "40"}, "dilution.prices (STL-1): got '40'; expected a list of prices"),
    ],
)
def test_stl1_a_settlement_that_cannot_be_counted_is_refused(terms: Any, changes: Any, message: str) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        asked(terms, **changes)
    assert str(refusal.value) == message


def test_dil5_interest_is_added_back_but_for_the_principal_paid_in_cash() -> None:
    # At 40 in combination: 59,000,000 + 1,522,738 shares, and no interest in the numerator
    earned = asked().earnings(60_522_738, interest=5_000_000)
    assert earned.diluted == 1 and earned.included == ("note",)
    # 400 of 1,000 in cash: 230,000 x (31.6206 - 10) shares, and 60% of the interest
    part = asked(dataclasses.replace(NET, specified=400)).earnings(60_972_738, interest=5_000_000)
    assert part.diluted == 1  # (60,972,738 + 3,000,000) / (59,000,000 + 4,972,738)
    full = asked(dataclasses.replace(NET, specified=0)).earnings(61_272_738, interest=5_000_000)
    assert full.diluted == 1 and full == asked(None).earnings(61_272_738, interest=5_000_000)
    more = asked(dataclasses.replace(NET, specified=1200)).earnings(59_372_738, interest=5_000_000)
    assert more.diluted == 1  # 230,000 x (31.6206 - 30) = 372,738
    half = asked().earnings(Fraction(119_522_738, 2), interest=5_000_000, weight="0.5")
    assert half.diluted == 1  # 59,000,000 + 761,369


def test_dil6_a_combination_reserves_as_many_as_shares_and_cash_none() -> None:
    assert cn.reserved_shares(note_with(NET)) == cn.reserved_shares(OPEN) == 9_999_986
    assert cn.reserved_shares(note_with(CASH)) == 0
    assert [each.rule for each in asked(CASH).check()] == ["STL-1"]
    assert [each.rule for each in asked().check()] == ["STL-1", "DIL-6"]


def test_mnd1_a_mandatory_delivers_shares_at_maturity() -> None:
    mandatory = cn.load("mandatory-2022")
    in_cash = note_with(CASH, mandatory)
    ask = {"on": mandatory.issue_date, "shares": 10**9, "price": 50}
    assert cn.dilution(in_cash, **ask).conversion_shares == cn.dilution(mandatory, **ask).conversion_shares > 0
    assert cn.reserved_shares(in_cash) == cn.reserved_shares(mandatory) == 10_869_500


def test_stl2_what_is_surrendered_and_not_settled_is_found() -> None:
    events = [cn.Convert(net_share.ON, 400_000)]
    half = net_share.live(*events, until="2023-05-15").state
    found = asked(net_share.BOTH, net_share.NOTE, on="2023-05-15", state=half)
    assert found.conversion_shares == Decimal("3972.36")  # 600 x (31.6206 - 25)
    message = "USD 400,000 of Notes are surrendered and not settled yet: shares due for them are not counted"
    assert [(each.rule, each.message) for each in found.check() if each.rule == "STL-2"] == [("STL-2", message)]
    settled = net_share.live(*events, until="2023-12-29").state
    assert "STL-2" not in [each.rule for each in asked(net_share.BOTH, net_share.NOTE, state=settled).check()]


def test_what_is_counted_is_said() -> None:
    found = asked()
    said = "conversions settled in cash up to USD 1,000 per 1,000 and shares beyond"
    assert said in repr(found) and said in found._repr_html_()
    words = {
        "in cash, as the note states: no shares are issued, and interest is not added back to income": CASH,
        "in cash up to USD 400 per 1,000 and shares beyond, as the note states: the shares depend on the share price, "
        "and interest is in part added back to income": dataclasses.replace(NET, specified=400),
        "in cash up to USD 0 per 1,000 and shares beyond, as the note states: the shares depend on the share price, "
        "and interest is added back to income": dataclasses.replace(NET, specified=0),
    }
    for message, terms in words.items():
        assert asked(terms).check()[0].message == f"conversions are counted as settled {message}"
    assert asked(SettlementTerms(method="shares")).check()[0].rule == "DIL-6"
    assert "settled" not in asked(None).table().title


def test_a_series_counts_the_same_settlement_on_every_date() -> None:
    issuers = note_with(SettlementTerms(method="shares", election="issuer"), net_share.NOTE)
    rows = [("2023-03-31", 10_000, 40), ("2023-12-29", 10_000, 50)]
    ask = {"method": "combination", "specified": 1000, "events": []}
    series = cn.filings.dilution_series(issuers, net_share.TEN_AND_TEN, rows, **ask)
    assert [row.conversion_shares for row in series] == [Decimal("6620.6"), Decimal("11620.6")]
    plain = cn.filings.dilution_series(issuers, net_share.TEN_AND_TEN, rows, events=[])
    assert [row.conversion_shares for row in plain] == [Decimal("31620.6")] * 2


PRICES = st.lists(st.fractions(Fraction(1, 100), 10_000, max_denominator=100), min_size=1, max_size=4)
SPECIFIED = st.fractions(0, 2_000, max_denominator=100)


@given(PRICES, SPECIFIED)
def test_net_shares_agree_with_their_oracle_and_are_between_those_of_cash_and_of_shares(prices: Any, specified: Any) -> None:
    terms = dataclasses.replace(NET, specified=specified)
    found = Fraction(asked(terms, prices=prices).conversion_shares)
    expected = oracle.net_shares(Fraction("31.6206"), prices, specified, Fraction(230_000))
    assert abs(found - expected) <= max(expected, 1) / Fraction(10**30)
    assert asked(CASH, prices=prices).conversion_shares == 0 <= found <= ALL
    assert (found == ALL) is (specified == 0)


@given(PRICES, SPECIFIED, st.fractions(0, 100, max_denominator=100))
def test_net_shares_rise_with_the_share_price_and_fall_with_the_cash(prices: Any, specified: Any, more: Any) -> None:
    terms = dataclasses.replace(NET, specified=specified)
    found = asked(terms, prices=prices).conversion_shares
    assert found <= asked(terms, prices=[price + more for price in prices]).conversion_shares
    assert found >= asked(dataclasses.replace(NET, specified=specified + more), prices=prices).conversion_shares
