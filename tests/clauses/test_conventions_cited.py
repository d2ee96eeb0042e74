"""A convention has an id of its own beside the printed rule it completes, and an entry cites what it used."""

import dataclasses

import pytest

import convnote as cn
from convnote.provisions import RULES, Put

AMAZON = cn.load("amazon-peacs-2010")


def flat(first, last, close):
    """The same close in euros on every session."""
    calendar = cn.calendars.calendar("NASDAQ")
    days = [cn.calendars.to_date(day) for day in calendar.between(*map(cn.calendars.day_number, (first, last)))]
    return cn.MarketHistory(dates=days, closes=[close] * len(days), currency="EUR")


def cited(events, until, kind, close=200, **how):
    ledger = cn.replay(AMAZON, flat("2000-02-16", until, close), events=events, until=until, **how)
    [entry] = ledger.of_kind(kind)
    return entry.rules


def test_cnv3c_a_conversion_on_a_reset_date_is_at_the_new_price():
    assert "CNV-3c" in cited([cn.Convert("2001-02-16", 1000)], "2001-02-20", "conversion")
    assert "CNV-3c" not in cited([cn.Convert("2001-02-15", 1000)], "2001-02-20", "conversion")
    # 80 is below the floor: on the day itself 1000 / 84.883 = 11.78, on the day before 1000 / 104.947 = 9.53
    for day, shares in (("2001-02-15", 9), ("2001-02-16", 11)):
        history = flat("2000-02-16", "2001-02-20", 80)
        ledger = cn.replay(AMAZON, history, events=[cn.Convert(day, 1000)], until="2001-02-20")
        assert ledger.of_kind("conversion")[0].shares == shares


NOTICE = cn.WithdrawalNotice("2000-07-06", effective="2000-08-07")


def test_wdr3c_a_notice_cites_how_the_last_day_is_read():
    rules = cited([NOTICE], "2000-08-10", "withdrawal-notice")
    assert {"WDR-3", "WDR-3c"} <= set(rules)


def test_cnv7c_a_withdrawal_cites_the_hour_of_the_last_conversion():
    rules = cited([NOTICE], "2000-08-10", "withdrawal")
    assert {"CNV-7", "CNV-7c"} <= set(rules)


def test_int4c_accrued_interest_to_but_excluding_is_printed_for_redemption_and_repurchase_alone():
    off_date = dataclasses.replace(cn.load("afv-2003"), put=Put(prices=[["2006-03-01", "1.05"]], notice_at_most=60))
    history = flat("2002-12-01", "2006-03-10", 90)
    history = cn.MarketHistory(dates=history.dates, closes=[90] * len(history.dates), currency="USD")
    ledger = cn.replay(off_date, history, events=[cn.PutElection("2006-02-01", 100)], until="2006-03-05")
    assert {"INT-4", "INT-4c"} <= set(ledger.of_kind("put")[0].rules)
    called = cited([cn.RedemptionNotice("2003-01-21", "2003-02-28")], "2003-03-01", "redemption", close=50)
    assert "INT-4" in called and "INT-4c" not in called


def test_red3c_a_call_is_refused_from_the_day_after_the_money_was_due():
    # the coupon of Saturday 2002-02-16 was due to move on Tuesday the 19th
    missed = cn.MissedPayment("2003-02-16", "interest")  # a Sunday, then Washington's Birthday: due to move on the 18th
    history = flat("2000-02-16", "2003-04-30", 50)
    events = [missed, cn.RedemptionNotice("2003-02-19", "2003-03-28")]
    with pytest.raises(cn.LifecycleError, match="RED-3c"):
        cn.replay(AMAZON, history, events=events, until="2003-04-30")
    on_the_day = [missed, cn.RedemptionNotice("2003-02-18", "2003-03-28")]
    assert cn.replay(AMAZON, history, events=on_the_day, until="2003-02-28").of_kind("redemption-notice")


@pytest.mark.parametrize("cash", [200, 70])
def test_adj8_after_a_merger_for_cash_there_are_no_closes_to_count(cash):
    # 200 is above the trigger, 70 below the floor: neither is a close of a share
    merger = cn.Merger("2000-07-03", shares=0, cash=cash)
    ledger = cn.replay(AMAZON, flat("2000-02-16", "2000-07-03", 100), events=[merger], until="2002-03-01")
    assert not ledger.of_kind("trigger-met")
    resets = ledger.of_kind("reset")
    assert [entry.rules for entry in resets] == [("RST-1", "ADJ-8")] * 2
    assert all("no closes to average; the conversion price stays at 104.947" in entry.text for entry in resets)
    assert ledger.state.conversion_price == AMAZON.conversion.price


def test_every_convention_beside_a_printed_rule_is_one():
    beside = [name for name in RULES if name.endswith("c")]
    assert len(beside) >= 10
    for name in beside:
        assert RULES[name].authority == "convention" and AMAZON.authority(name) == "convention"
        assert name.removesuffix("c") in RULES or name in ("FCH-5c", "DEF-3c", "DEF-4c")
