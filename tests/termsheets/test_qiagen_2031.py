"""QIAGEN 2.50% due 2031: the published conversion price, net share settlement, the call at 150% and the put at year five."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn

NOTE = cn.load("qiagen-2031")
HISTORY = cn.scenario("qiagen-2031")
LEDGER = cn.replay(NOTE, HISTORY)


def test_cnv3_the_price_is_the_reference_price_and_its_premium() -> None:
    assert NOTE.conversion is not None
    assert round(Decimal("44.4534") * Decimal("1.44"), 4) == Decimal("64.0129") == NOTE.conversion.price


@pytest.mark.parametrize(("close", "allowed"), [("96.01", False), ("96.02", True)])
def test_sft1_the_call_at_150_percent_from_october_2029(close: str, allowed: bool) -> None:
    """150% of 64.0129 is 96.01935."""
    sessions = [cn.calendars.to_date(day) for day in NOTE.principal.sessions.between(19976, 21900)]
    history = cn.MarketHistory(dates=sessions, closes=[Decimal(close)] * len(sessions), currency="USD")
    call = [cn.RedemptionNotice("2029-08-30", "2029-10-01")]
    if allowed:
        (paid,) = cn.replay(NOTE, history, events=call, until="2029-10-01").of_kind("redemption")
        assert paid.date == date(2029, 10, 1)
        with pytest.raises(cn.LifecycleError, match="RED-1"):
            cn.replay(NOTE, history, events=[cn.RedemptionNotice("2029-08-24", "2029-09-28")], until="2029-10-01")
    else:
        with pytest.raises(cn.LifecycleError, match=r"SFT-1.*0 of 30"):
            cn.replay(NOTE, history, events=call, until="2029-10-01")


def test_put1_at_par_on_the_fifth_anniversary() -> None:
    (put,) = LEDGER.of_kind("put")
    assert (put.date, put.cash) == (date(2029, 9, 10), 20_000_000)


def test_dct1_every_coupon_is_half_of_the_rate() -> None:
    assert {each.amount for each in NOTE.interest.coupons()} == {Decimal(2500)}  # 200,000 x 2.5% / 2


def test_stl1_principal_in_cash_and_the_rest_in_shares_over_20_days() -> None:
    """Each close of the period is above 64.0129, so that the cash of each day is a twentieth of the principal."""
    (entry,) = LEDGER.of_kind("settlement")
    assert (entry.date, entry.payment_date) == (date(2029, 12, 27), date(2029, 12, 31))
    sessions = NOTE.principal.sessions
    first = sessions.after(cn.calendars.day_number("2029-11-27"), 2)
    closes = [HISTORY.exact_close(day) for day in sessions.between(first, sessions.after(first, 19))]
    assert len(closes) == 20
    rate, unit = Fraction(200_000) / Fraction("64.0129"), Fraction(200_000)
    shares = sum((rate * close / 20 - unit / 20) / close for close in closes) * 2350  # 470m in Notes of 200,000
    assert entry.shares == int(shares) == 2_765_112
    assert entry.cash == 470_000_000 + round(Decimal(float((shares - int(shares)) * closes[-1])), 2)


def test_chg1_after_a_change_of_control_the_price_gives_back_the_premium_for_the_days_left() -> None:
    terms = NOTE.change_of_control_price
    assert terms is not None
    days = (date(2031, 9, 10) - date(2027, 9, 10)).days, (date(2031, 9, 10) - date(2024, 9, 10)).days
    exact = Fraction("64.0129") / (1 + Fraction("0.44") * days[0] / days[1])
    assert round(Fraction(terms.price(NOTE, "2027-09-10")), 9) == round(exact, 9)


@pytest.mark.parametrize(("left", "allowed"), [(100_200_000, False), (100_000_000, True)])
def test_ccp1_all_may_be_called_once_at_most_a_fifth_is_left(left: int, allowed: bool) -> None:
    """Bought in the market to what is left; the share is far below 150% and the call date lies ahead."""
    events = [cn.MarketPurchase("2025-06-02", 500_000_000 - left, 1), cn.RedemptionNotice("2025-07-01", "2025-08-01")]
    if allowed:
        (paid,) = cn.replay(NOTE, HISTORY, events=events, until="2025-08-01").of_kind("redemption")
        assert paid.rules[0] == "CCP-1"
    else:
        with pytest.raises(cn.LifecycleError, match=r"CCP-1|RED-1|SFT-1"):
            cn.replay(NOTE, HISTORY, events=events, until="2025-08-01")
