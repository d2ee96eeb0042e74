"""CNO Financial 7% due 2016, whose company ended conversion in July 2013: the figures that it published about that."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn

NOTE = cn.load("cno-2016")
HISTORY = cn.scenario("cno-2016")
LEDGER = cn.replay(NOTE, HISTORY)


def test_wdr6_the_published_withdrawal_of_conversion() -> None:
    (notice,), (conversion,), (gone,) = map(LEDGER.of_kind, ("withdrawal-notice", "conversion", "withdrawal"))
    assert (notice.date, conversion.date, gone.date) == (date(2013, 7, 1), date(2013, 7, 30), date(2013, 7, 30))
    assert conversion.shares == 4_736_836 == int(Fraction(25_700_000) * Fraction("184.3127") / 1000)
    assert LEDGER.state.retired["matured"] == 3_500_000  # straight debt to the end


def test_rte2_the_rate_of_the_notice() -> None:
    state = cn.replay(NOTE, HISTORY, until="2013-07-01").state
    assert state.conversion_rate == Fraction("184.3127")
    assert NOTE.conversion is not None and NOTE.conversion.rate == Decimal("182.1494")


def test_wdr8_who_surrenders_on_the_day_itself_still_converts_and_on_the_next_day_does_not() -> None:
    notice = cn.WithdrawalNotice("2013-07-01", "2013-07-30")
    assert cn.replay(NOTE, HISTORY, events=[notice, cn.Convert("2013-07-30", 1000)]).of_kind("conversion")
    with pytest.raises(cn.LifecycleError, match="CNV-7"):
        cn.replay(NOTE, HISTORY, events=[notice, cn.Convert("2013-07-31", 1000)])


def test_wdr6_the_right_begins_on_2013_06_30() -> None:
    with pytest.raises(cn.LifecycleError, match=r"WDR-6.*on or after 2013-06-30"):
        cn.replay(NOTE, HISTORY, events=[cn.WithdrawalNotice("2013-05-31", "2013-06-28")])


@pytest.mark.parametrize(("close", "met"), [("7.60", True), ("7.59", False)])
def test_wdr7_140_percent_at_or_above_on_20_of_30(close: str, met: bool) -> None:
    """At 184.3127 shares a price of 5.42556…, 140% of which is 7.59579…: one cent decides."""
    assert NOTE.withdrawal is not None and NOTE.conversion is not None
    level = Fraction("1.4") * 1000 / Fraction("184.3127")
    assert Fraction("7.59") < level < Fraction("7.60")
    sessions = [cn.calendars.to_date(day) for day in NOTE.principal.sessions.between(14533, 15950)]  # to 2013-09-02
    history = cn.MarketHistory(dates=sessions, closes=[Decimal(close)] * len(sessions), currency="USD")
    note = dataclasses.replace(NOTE, conversion=dataclasses.replace(NOTE.conversion, rate=Decimal("184.3127")))
    notice = [cn.WithdrawalNotice("2013-07-01", "2013-07-30")]
    if met:
        assert cn.replay(note, history, events=notice, until="2013-07-30").of_kind("withdrawal")
    else:
        with pytest.raises(cn.LifecycleError, match="WDR-1"):
            cn.replay(note, history, events=notice, until="2013-07-30")
