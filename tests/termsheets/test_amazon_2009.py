"""Amazon.com 4 3/4% due 2009, the sister of the PEACS: the split, the call of 2004 and the provisional call."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn

NOTE = cn.load("amazon-2009")
HISTORY = cn.scenario("amazon-2009")
LEDGER = cn.replay(NOTE, HISTORY)


def flat(close: str) -> cn.MarketHistory:
    sessions = [cn.calendars.to_date(day) for day in NOTE.principal.sessions.between(10626, 12000)]
    return cn.MarketHistory(dates=sessions, closes=[Decimal(close)] * len(sessions), currency="USD")


def test_adj1_156_055_is_78_0275_after_two_for_one() -> None:
    assert NOTE.conversion is not None and NOTE.conversion.price == Decimal("156.055")
    assert cn.replay(NOTE, HISTORY, until="1999-09-02").state.conversion_price == Decimal("78.0275")


def test_red1_the_call_of_2004_at_102_375_leaves_900m() -> None:
    (notice,), (paid,) = LEDGER.of_kind("redemption-notice"), LEDGER.of_kind("redemption")
    assert (notice.date, paid.date) == (date(2004, 1, 27), date(2004, 2, 26))
    accrued = Fraction(150_000_000) * Fraction("0.0475") * 25 / 360
    assert paid.cash == Decimal("154057291.67") == round(Decimal(float(153_562_500 + accrued)), 2)
    assert LEDGER.state.retired["matured"] == 900_000_000


def test_end2_called_notes_convert_to_the_25th_of_february() -> None:
    call = cn.RedemptionNotice("2004-01-27", "2004-02-26")
    assert cn.replay(NOTE, HISTORY, events=[call, cn.Convert("2004-02-25", 1000)], until="2004-02-26").of_kind("conversion")
    with pytest.raises(cn.LifecycleError, match="CNV-2"):
        cn.replay(NOTE, HISTORY, events=[call, cn.Convert("2004-02-26", 1000)], until="2004-02-26")


def test_int6_the_coupon_of_sunday_2004_02_01_is_paid_on_monday() -> None:
    (coupon,) = [entry for entry in LEDGER.of_kind("coupon") if entry.date == date(2004, 2, 1)]
    assert coupon.payment_date == date(2004, 2, 2) and "2004-01-15" in coupon.text


@pytest.mark.parametrize(("close", "allowed"), [("234.08", False), ("234.09", True)])
def test_sft1_before_2002_only_after_closes_above_150_percent_of_the_price_in_force(close: str, allowed: bool) -> None:
    """150% of 156.055 is 234.0825."""
    assert (Fraction(close) > Fraction("1.5") * Fraction("156.055")) is allowed
    call = [cn.RedemptionNotice("1999-06-01", "1999-07-01")]
    if allowed:
        (paid,) = cn.replay(NOTE, flat(close), events=call, until="1999-07-01").of_kind("redemption")
        assert paid.cash == 1_250_000_000 + Decimal("24409722.22")  # at par, with 148 days of interest
    else:
        with pytest.raises(cn.LifecycleError, match=r"SFT-1.*0 of 30"):
            cn.replay(NOTE, flat(close), events=call, until="1999-07-01")


def test_sft2_from_2002_02_06_on_no_closes_are_needed() -> None:
    call = [cn.RedemptionNotice("2002-01-07", "2002-02-06")]
    assert cn.replay(NOTE, flat("10"), events=call, until="2002-02-06").of_kind("redemption")
    with pytest.raises(cn.LifecycleError, match="SFT-1"):
        cn.replay(NOTE, flat("10"), events=[cn.RedemptionNotice("2002-01-07", "2002-02-05")], until="2002-02-06")


def test_sft3_212_60_less_the_interest_paid_before_the_notice() -> None:
    """212.60 is 1,000 less 1,000 / 1.27; the coupon of August 1999, 23.486111 per 1,000, comes off."""
    assert NOTE.redemption is not None
    assert NOTE.redemption.make_whole_amount == round(1000 - Decimal(1000) / Decimal("1.27"), 2) == Decimal("212.60")
    for notice, on, paid in (
        ("1999-06-01", "1999-07-01", Fraction(0)),
        ("1999-08-16", "1999-09-15", Fraction("47.5") * 178 / 360),
    ):
        ledger = cn.replay(NOTE, flat("240"), events=[cn.RedemptionNotice(notice, on)], until=on)
        (entry,) = ledger.of_kind("make-whole")
        assert entry.date == date.fromisoformat(on)
        assert entry.cash == round(Decimal(float(1_250_000 * (Fraction("212.60") - paid))), 2)
