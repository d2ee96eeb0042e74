"""Where the paper is silent the usual wording is a setting: each one changed, with what then follows, by hand."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import convnote as cn
from convnote.calendars import calendar, day_number, to_date

AMAZON = cn.load("amazon-peacs-2010")


def with_setting(part: str, **settings: Any) -> cn.ConvertibleNote:
    return dataclasses.replace(AMAZON, **{part: dataclasses.replace(getattr(AMAZON, part), **settings)})


def flat(close: Any, *, first: str = "1999-12-01", last: str = "2002-03-01", **others: Any) -> cn.MarketHistory:
    """The same close on every trading day, but for the days named as ``d2001_03_05=60``."""
    given = {day_number(name[1:].replace("_", "-")): value for name, value in others.items()}
    days = calendar("NASDAQ").between(day_number(first), day_number(last))
    return cn.MarketHistory(currency="EUR", dates=[to_date(day) for day in days], closes=[given.get(day, close) for day in days])


def only(ledger: cn.Ledger, kind: str) -> cn.Entry:
    (entry,) = ledger.of_kind(kind)
    return entry


def test_int6_a_payment_that_does_not_move() -> None:
    history = flat(50)
    moved = cn.replay(AMAZON, history, until="2002-02-28").of_kind("coupon")[1]
    unmoved = cn.replay(with_setting("principal", moved_payments="unmoved"), history, until="2002-02-28").of_kind("coupon")[1]
    assert (str(moved.payment_date), str(unmoved.payment_date)) == ("2002-02-19", "2002-02-16")
    assert "INT-6" in moved.rules
    assert "INT-6" not in unmoved.rules


def test_int7_rounding_on_each_denomination() -> None:
    # 68.938356… is 68.94 on each of 690,000 denominations; on the whole position it is 47,567,465.75.
    note = with_setting("principal", rounded_on="denomination")
    assert only(cn.replay(note, flat(50), until="2001-03-01"), "coupon").cash == Decimal("47568600.00")


def test_cnv8_a_surrender_that_counts_on_its_own_day() -> None:
    convert = [cn.Convert("2002-02-16", 1000)]
    usual = only(cn.replay(AMAZON, flat(50), events=convert, until="2002-02-28"), "conversion")
    same = only(
        cn.replay(with_setting("conversion", off_days="same-day"), flat(50), events=convert, until="2002-02-28"), "conversion"
    )
    assert (str(usual.date), str(same.date)) == ("2002-02-19", "2002-02-16")


def test_cnv4_the_close_that_a_fraction_is_paid_at() -> None:
    # 1,000 / 104.947 is 9 shares and 55.477 left: x 50 / 104.947 = 26.43…, x 60 / 104.947 = 31.717….
    history, convert = flat(50, d2000_03_07=60), [cn.Convert("2000-03-07", 1000)]
    assert only(cn.replay(AMAZON, history, events=convert, until="2000-03-10"), "conversion").cash == Decimal("26.43")
    same = with_setting("conversion", close_of="same-day")
    assert only(cn.replay(same, history, events=convert, until="2000-03-10"), "conversion").cash == Decimal("31.72")


def test_cnv4_surrenders_that_are_not_added_up() -> None:
    # 2,000 / 104.947 = 19.05…, twice 1,000 / 104.947 = 9.52….
    convert = [cn.Convert("2000-03-07", 1000), cn.Convert("2000-03-07", 1000)]
    added = cn.replay(AMAZON, flat(50), events=convert, until="2000-03-10").of_kind("conversion")
    apart = cn.replay(with_setting("conversion", added_up=False), flat(50), events=convert, until="2000-03-10").of_kind(
        "conversion"
    )
    assert [entry.shares for entry in added] == [19]
    assert [entry.shares for entry in apart] == [9, 9]


def test_wdr1_a_period_that_must_be_whole() -> None:
    above = ["170"] * 40
    assert AMAZON.withdrawal.triggered(above).tolist() == [False] * 19 + [True] * 21
    whole = with_setting("withdrawal", short_period=False).withdrawal
    assert whole.triggered(above).tolist() == [False] * 29 + [True] * 11


def test_wdr1_closes_before_the_issue_that_count() -> None:
    history = flat(170, last="2000-06-01")
    usual = only(cn.replay(AMAZON, history, until="2000-05-01", events=[]), "trigger-met")
    early = only(cn.replay(with_setting("withdrawal", before_issue=True), history, until="2000-05-01", events=[]), "trigger-met")
    # The 20th session from 2000-02-16 on: four weeks, less Washington's Birthday (21 February).
    assert (str(usual.date), str(early.date)) == ("2000-03-15", "2000-02-16")


def test_wdr4_a_make_whole_without_a_floor() -> None:
    assert AMAZON.withdrawal.make_whole(300) == 0
    assert with_setting("withdrawal", make_whole_floor=False).withdrawal.make_whole(300) == Decimal("-93.75")


def test_cnv6_an_election_withdrawn_on_the_repurchase_date() -> None:
    events = [
        cn.FundamentalChange("2001-03-01"),
        cn.FundamentalChangeNotice("2001-03-05"),
        cn.RepurchaseElection("2001-03-20", 1000),
        cn.RepurchaseElectionWithdrawal("2001-04-04", 1000),  # the 30th day
    ]
    with pytest.raises(cn.LifecycleError) as refused:
        cn.replay(AMAZON, flat(50), events=events, until="2001-05-01")
    assert refused.value.rule == "CNV-6"
    note = with_setting("fundamental_change", withdrawable_until=0)
    assert cn.replay(note, flat(50), events=events, until="2001-05-01").state.outstanding == 690_000_000


def test_red6_a_coupon_that_stays_with_the_holder_of_record() -> None:
    # Redeemed on 11 February 2004: 360 days of 68.75 a year are in the price, or the coupon is paid to the holder of record.
    call = [cn.RedemptionNotice("2004-01-12", "2004-02-11")]
    history = flat(50, last="2004-03-01")
    usual = cn.replay(AMAZON, history, events=call, until="2004-03-01")
    accrued = Fraction(690_000_000) * Fraction("0.06875") * 360 / 365
    assert only(usual, "redemption").cash == 690_000_000 + round(accrued, 2)
    assert [str(entry.date) for entry in usual.of_kind("coupon")][-1] == "2003-02-16"
    note = with_setting("interest", in_window="to-record")
    kept = cn.replay(note, history, events=call, until="2004-03-01")
    assert only(kept, "redemption").cash == 690_000_000
    assert kept.of_kind("coupon")[-1].cash == Decimal("47437500.00")
    assert str(kept.of_kind("coupon")[-1].date) == "2004-02-16"
    assert note.redemption.amount("2004-02-11") == 1000
    assert note.fundamental_change.amount("2004-02-11") == 1000


def test_adj_an_event_that_the_terms_leave_out() -> None:
    split = [cn.Split("2000-09-01", 2, 1), cn.Merger("2000-09-05", shares=1, cash=3)]
    adjusted = cn.replay(AMAZON, flat(50), events=split, until="2000-10-01")
    assert adjusted.state.conversion_price == Decimal("52.4735")
    note = with_setting("adjustment", adjusts=["stock dividend"])
    left_out = cn.replay(note, flat(50), events=split, until="2000-10-01")
    assert left_out.state.conversion_price == Decimal("104.947")
    assert [warning.split(":")[0] for warning in left_out.warnings] == ["Split of 2000-09-01", "Merger of 2000-09-05"]


def test_adj7_a_tender_below_market_that_raises_the_price() -> None:
    # 10 of 100 shares for 50 in all, at a market price of 10: 100 x 10 / (50 + 90 x 10) = 1000/950.
    tender = {"shares": 10, "paid": 50, "outstanding": 100, "market_price": 10}
    assert AMAZON.adjustment.tender_offer_factor(**tender) == 1
    free = with_setting("adjustment", only_reverse_split_raises=False).adjustment
    assert free.tender_offer_factor(**{name: Fraction(value) for name, value in tender.items()}) == Fraction(1000, 950)


def test_every_convention_of_the_terms_is_a_setting_on_record() -> None:
    conventions = {
        each.metadata["rule"]
        for _, part in AMAZON.provisions()
        for each in part.settings()
        if part.authority_of(each.name) == "convention"
    }
    assert {"INT-6", "INT-7", "CNV-4", "CNV-6", "CNV-8", "RST-3", "WDR-1", "WDR-4", "WDR-5", "RED-4", "RED-6"} <= conventions
    assert {"ADJ-3", "ADJ-5", "ADJ-7", "ADJ-8", "DAY-2", "FX-1", "DEF-2"} <= conventions
