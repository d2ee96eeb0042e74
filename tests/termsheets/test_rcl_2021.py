"""Royal Caribbean LYON due 2021: the issue price, and the redemption of June 19, 2006 at 494.62."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn

NOTE = cn.load("rcl-2021")
HISTORY = cn.scenario("rcl-2021")
LEDGER = cn.replay(NOTE, HISTORY)
HALF = 1 + Fraction("0.04875") / 2


def test_acc1_the_issue_price_is_1000_over_40_half_years_of_interest() -> None:
    assert NOTE.accretion is not None
    assert round(1000 / HALF**40, 2) == Fraction("381.63") == NOTE.accretion.issue_price
    assert NOTE.accretion.value("2021-02-02") == 1000 and not [each for each in NOTE.check() if each.rule == "ACC-1"]


def test_acc1_redeemed_at_494_62_on_june_19_2006() -> None:
    """Ten half years and 138 of 180 days, linear within the half year."""
    assert NOTE.accretion is not None
    exact = 1000 / HALF**40 * HALF**10 * (1 + (HALF - 1) * Fraction(138, 180))
    assert round(exact, 2) == Fraction("494.62") == round(Fraction(NOTE.accretion.value("2006-06-19")), 2)
    (paid,) = LEDGER.of_kind("redemption")
    assert paid.date == date(2006, 6, 19) and round(paid.cash / 1_000_000, 2) == Decimal("494.62")


def test_end2_the_last_conversion_is_on_thursday_june_15() -> None:
    call = cn.RedemptionNotice("2006-06-02", "2006-06-19")
    (one,) = cn.replay(NOTE, HISTORY, events=[call, cn.Convert("2006-06-15", 1000)], until="2006-06-19").of_kind("conversion")
    assert (one.date.strftime("%A"), one.shares) == ("Thursday", 11)
    with pytest.raises(cn.LifecycleError, match="END-2"):
        cn.replay(NOTE, HISTORY, events=[call, cn.Convert("2006-06-16", 1000)], until="2006-06-19")


def test_red2_a_notice_of_15_days_is_enough() -> None:
    assert cn.replay(NOTE, HISTORY, events=[cn.RedemptionNotice("2006-06-02", "2006-06-17")], until="2006-06-19")
    with pytest.raises(cn.LifecycleError, match="RED-2"):
        cn.replay(NOTE, HISTORY, events=[cn.RedemptionNotice("2006-06-02", "2006-06-16")], until="2006-06-19")


def test_acc2_the_put_of_2005_is_at_the_accreted_value() -> None:
    (put,) = LEDGER.of_kind("put")
    assert put.date == date(2005, 2, 2) and abs(Fraction(put.cash) - 174 * 1000 / HALF**40 * HALF**8) < Fraction("0.005")


def test_rte1_conversion_is_per_denomination_at_maturity() -> None:
    early, late = LEDGER.of_kind("conversion")
    assert (early.shares, late.shares) == (int(210_000 * Fraction("11.7152")), int(100_000 * Fraction("11.7152")))
