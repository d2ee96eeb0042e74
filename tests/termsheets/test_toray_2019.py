"""Toray zero coupon due 2019, a Japanese paper: the figures of the release of May 23, 2014."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

import convnote as cn

NOTE = cn.load("toray-2019")
HISTORY = cn.scenario("toray-2019")
LEDGER = cn.replay(NOTE, HISTORY)


def test_the_release_of_2014() -> None:
    assert (NOTE.issue_size, NOTE.denomination, NOTE.currency) == (50_000_000_000, 10_000_000, "JPY")
    assert NOTE.conversion is not None and NOTE.conversion.price == Decimal(891)
    assert NOTE.conversion.from_date == date(2014, 6, 23)


def test_frc1_a_bond_of_ten_million_at_891_is_11223_shares_and_the_fraction_is_dropped() -> None:
    (conversion,) = cn.replay(NOTE, HISTORY, events=[cn.Convert("2019-08-16", 10_000_000)]).of_kind("conversion")
    assert (conversion.shares, conversion.cash) == (10_000_000 // 891, 0) == (11_223, 0)
    assert "FRC-1" in conversion.rules


@pytest.mark.parametrize(("on", "rule"), [("2014-06-20", "CNV-1"), ("2019-08-19", "END-1")])
def test_end1_exercisable_from_2014_06_23_to_2019_08_16(on: str, rule: str) -> None:
    with pytest.raises(cn.LifecycleError, match=rule):
        cn.replay(NOTE, HISTORY, events=[cn.Convert(on, 10_000_000)])
    rows = [row.date for row in cn.schedule(NOTE) if row.kind == "last-conversion"]
    assert rows == [date(2019, 8, 16)]


def test_end2_on_a_call_conversion_ends_three_tokyo_business_days_before() -> None:
    """A call for Friday, May 8, 2015, after the holidays of 4 to 6 May: May 7, May 1 and April 30 are the three days before."""
    assert NOTE.conversion is not None
    last = NOTE.conversion.called_until.before(cn.calendars.day_number("2015-05-08"), NOTE.principal)
    assert cn.calendars.to_date(last) == date(2015, 4, 30)


def test_rte2_an_adjusted_price_is_rounded_up_to_a_tenth_of_a_yen() -> None:
    state = cn.replay(NOTE, HISTORY, events=[cn.StockDividend("2014-08-01", 3, 100)], until="2014-08-04").state
    assert state.conversion_price == Decimal("865.1")  # 891 x 100/103 = 865.0485…


def test_end2_the_call_of_the_scenario_for_may_9_2016() -> None:
    """Before Monday, May 9 come May 6, May 2 and, with April 29 and May 3 to 5 closed, April 28."""
    call = cn.RedemptionNotice("2016-04-01", "2016-05-09")
    first = cn.Convert("2015-11-30", 46_000_000_000)
    with pytest.raises(cn.LifecycleError, match="END-2"):
        cn.replay(NOTE, HISTORY, events=[first, call, cn.Convert("2016-05-02", 10_000_000)])
    assert [entry.date for entry in LEDGER.of_kind("conversion")] == [date(2015, 11, 30), date(2016, 4, 28)]


@pytest.mark.parametrize(("left", "allowed"), [(5_000_000_000, False), (4_990_000_000, True)])
def test_ccp1_all_may_be_called_once_less_than_a_tenth_is_left(left: int, allowed: bool) -> None:
    events = [cn.Convert("2015-11-30", 50_000_000_000 - left), cn.RedemptionNotice("2016-04-01", "2016-05-09")]
    if allowed:
        (paid,) = cn.replay(NOTE, HISTORY, events=events).of_kind("redemption")
        assert paid.cash == left and "CCP-1" in paid.rules
    else:
        with pytest.raises(cn.LifecycleError, match="CCP-1"):
            cn.replay(NOTE, HISTORY, events=events)


def test_the_life_in_its_scenario() -> None:
    assert [entry.shares for entry in LEDGER.of_kind("conversion")] == [46_000_000_000 // 891, 1_500_000_000 // 891]
    assert LEDGER.total("redemption") == 2_500_000_000
    without = dataclasses.replace(NOTE, not_modelled={})
    assert [found.rule for found in without.check()] == []
