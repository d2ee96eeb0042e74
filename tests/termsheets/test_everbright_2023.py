"""China Everbright Bank due 2023: step-ups, 105 with the last coupon, subtracted dividends, 15 of 30 closes not below 130%."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn
from convnote.lifecycle.events import from_table

NOTE = cn.load("everbright-2023")
HISTORY = cn.scenario("everbright-2023")
LEDGER = cn.replay(NOTE, HISTORY)


def test_stp2_per_100_the_printed_coupons_and_then_105() -> None:
    whole = cn.replay(NOTE, HISTORY, events=[])
    paid = [100 * Fraction(entry.cash) / 30_000_000_000 for entry in whole if entry.cash]
    assert paid == [Fraction(each) for each in ("0.2", "0.5", "1.0", "1.5", "1.8", "105")]


def test_stp1_200_days_of_the_third_year() -> None:
    """The paper counts 365 days within a year; the sheet counts the 366 of that year, and says so in [not_modelled]."""
    assert "INT-2" in NOTE.not_modelled
    assert NOTE.interest.accrued("2019-10-03") == pytest.approx(Decimal(200) / 366, abs=Decimal("1e-12"))
    by_365 = dataclasses.replace(NOTE, interest=dataclasses.replace(NOTE.interest, day_count="act/365f"))
    assert round(by_365.interest.accrued("2019-10-03"), 6) == Decimal("0.547945")


def test_div3_a_dividend_takes_4_36_to_4_26() -> None:
    assert cn.replay(NOTE, HISTORY, until="2017-07-04").state.conversion_price == Decimal("4.36")
    assert cn.replay(NOTE, HISTORY, until="2017-07-06").state.conversion_price == Decimal("4.26")


def test_div3_new_shares_above_the_price_raise_it() -> None:
    """4.26 to 4.31 as at the end of 2017: any placing with (4.26 + A k) / (1 + k) near 4.31, such as a tenth at 4.81."""
    placing = cn.RightsIssue("2017-12-26", shares=100, proceeds=481, outstanding=1000)
    low = cn.CashDividend("2017-07-05", Decimal("0.10"))
    state = cn.replay(NOTE, HISTORY, events=[low, placing], until="2017-12-28").state
    assert state.conversion_price == Decimal("4.31") == round((Decimal("4.26") + Decimal("0.481")) / Decimal("1.1"), 2)


@pytest.mark.parametrize(("days", "allowed"), [(15, True), (14, False)])
def test_sft1_15_of_30_closes_not_below_130_percent(days: int, allowed: bool) -> None:
    """5.668 is 130% of 4.36: closes of 5.67 hold, closes of 5.66 do not."""
    assert Fraction("5.66") < Fraction("1.3") * Fraction("4.36") < Fraction("5.67")
    sessions = list(NOTE.principal.sessions.between(17240, 17700))
    end = sessions.index(NOTE.principal.sessions.on_or_before(cn.calendars.day_number("2018-03-01")))
    closes = [Decimal("5.67") if end - days < place <= end else Decimal("5.66") for place in range(len(sessions))]
    history = cn.MarketHistory(dates=[cn.calendars.to_date(day) for day in sessions], closes=closes, currency="CNY")
    call = [cn.RedemptionNotice("2018-03-01", "2018-03-23")]
    if allowed:
        assert cn.replay(NOTE, history, events=call, until="2018-03-23").of_kind("redemption")
    else:
        with pytest.raises(cn.LifecycleError, match=r"SFT-1.*14 of 30"):
            cn.replay(NOTE, history, events=call, until="2018-03-23")


def test_the_life_in_its_scenario() -> None:
    (conversion,) = LEDGER.of_kind("conversion")
    assert conversion.shares == int(Fraction(10_000_000_000) / Fraction("4.26")) == 2_347_417_840
    assert LEDGER.total("maturity") == 18_900_000_000  # 18bn at 105


@pytest.mark.parametrize(("left", "allowed"), [(30_000_000, False), (29_999_900, True)])
def test_ccp1_all_may_be_called_once_less_than_30m_is_left(left: int, allowed: bool) -> None:
    events = [cn.Convert("2018-02-01", 30_000_000_000 - left), cn.RedemptionNotice("2018-03-01", "2018-04-10")]
    if allowed:
        (paid,) = cn.replay(NOTE, HISTORY, events=events, until="2018-04-10").of_kind("redemption")
        assert paid.rules[0] == "CCP-1"
    else:
        with pytest.raises(cn.LifecycleError, match=r"CCP-1|SFT-1"):
            cn.replay(NOTE, HISTORY, events=events, until="2018-04-10")


def test_dwn1_the_price_is_lowered_to_3_30_after_closes_below_80_percent() -> None:
    (revision,) = LEDGER.of_kind("revision")
    assert "from 4.26 to 3.3;" in revision.text and "30 of 30 closes to 2020-03-24" in revision.text
    assert LEDGER.state.conversion_price == Decimal("3.30")
    with pytest.raises(cn.LifecycleError, match=r"DWN-1.*higher of the averages of 20 and of 1 closes"):
        cn.replay(NOTE, HISTORY, events=[cn.CashDividend("2017-07-05", "0.10"), cn.Revision("2020-03-24", "3.20")])


def test_cpt1_holders_of_2bn_sell_back_at_100_and_113_days_of_2_percent() -> None:
    (put,) = LEDGER.of_kind("put")
    assert (str(put.date), put.rules[0]) == ("2022-07-08", "CPT-1")
    assert put.cash == round(2_000_000_000 * (1 + Decimal("0.02") * 113 / 365), 2)
    decided = [from_table(each) for each in HISTORY.decisions]
    with pytest.raises(cn.LifecycleError, match=r"CPT-1.*once in an interest year"):
        cn.replay(NOTE, HISTORY, events=[*decided, cn.PutElection("2022-07-11", 100)])
