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


def test_cnv4c_a_fraction_in_cash_cites_the_close_and_the_adding_up():
    # 1,000 / 104.947 = 9.53, and 104,947,000 / 104.947 = 1,000,000 without a fraction
    assert {"CNV-4", "CNV-4c"} <= set(cited([cn.Convert("2000-06-01", 1000)], "2000-06-02", "conversion"))
    whole = cited([cn.Convert("2000-06-01", 104_947_000)], "2000-06-02", "conversion")
    assert not {"CNV-4", "CNV-4c"} & set(whole)


CHANGE = (cn.FundamentalChange("2001-03-01"), cn.FundamentalChangeNotice("2001-03-05"))


def test_cnv6c_an_election_that_is_withdrawn_cites_its_last_day():
    elected = [cn.RepurchaseElection("2001-03-20", 1000), cn.RepurchaseElectionWithdrawal("2001-03-21", 1000)]
    assert cited([*CHANGE, *elected], "2001-03-22", "repurchase-election-withdrawal", close=50) == ("CNV-6", "CNV-6c")


def test_wdr1c_a_trigger_that_is_met_cites_how_closes_are_counted():
    ledger = cn.replay(AMAZON, flat("2000-02-16", "2000-04-10", 200), events=[], until="2000-04-10")
    assert ledger.of_kind("trigger-met")[0].rules == ("WDR-1", "WDR-1c")
    # of the 30 closes of a whole period there are only 20: 2000-03-15 is the 20th session from the issue date
    assert str(ledger.of_kind("trigger-met")[0].date) == "2000-03-15"
    assert "WDR-1c" in cited([NOTICE], "2000-08-10", "withdrawal-notice")


def test_wdr4c_a_make_whole_that_interest_has_used_up_cites_its_floor():
    # the coupon of 68.94 before the notice of 2001-03-01 against an amount of 50, and of 70
    history = flat("2000-02-16", "2001-04-10", 200)
    for amount, used_up in ((50, True), (70, False)):
        withdrawal = dataclasses.replace(AMAZON.withdrawal, make_whole_amount=amount)
        note = dataclasses.replace(AMAZON, withdrawal=withdrawal)
        notice = cn.WithdrawalNotice("2001-03-01", effective="2001-04-02")
        ledger = cn.replay(note, history, events=[notice], until="2001-04-10")
        assert ("WDR-4c" in ledger.of_kind("withdrawal")[0].rules) is used_up
        assert bool(ledger.of_kind("make-whole")) is not used_up


def test_int9c_interest_stops_where_the_money_is_there_and_runs_on_where_it_is_not():
    call = cn.RedemptionNotice("2003-01-21", "2003-02-28")
    assert "INT-9c" in cited([call], "2003-03-01", "redemption", close=50)
    late = [call, cn.MissedPayment("2003-02-28", "redemption"), cn.Cure("2003-03-20", "redemption")]
    rules = cited(late, "2003-03-21", "redemption", close=50)
    assert "INT-9" in rules and "INT-9c" not in rules


def test_int6_every_payment_that_moves_cites_it():
    # 2003-03-29 is a Saturday: redeemed on it, and paid on the 31st
    call = cn.RedemptionNotice("2003-02-21", "2003-03-29")
    assert "INT-6" in cited([call], "2003-04-02", "redemption", close=50)
    call = cn.RedemptionNotice("2003-02-21", "2003-03-28")
    assert "INT-6" not in cited([call], "2003-04-02", "redemption", close=50)
    late = [cn.MissedPayment("2003-02-16"), cn.Cure("2003-03-29")]
    assert "INT-6" in cited(late, "2003-04-02", "late-interest", close=50)
