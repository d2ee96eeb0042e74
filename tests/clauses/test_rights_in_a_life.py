"""The Company's rights and the holders' as a life unfolds: INT-3, WDR-1…5, RED-1…6, FCH-1…4, PRN-1."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal

import pytest

import convnote as cn

from .lives import cash, flat, live, refused

# Above the trigger from the day named: WDR-1 is met after 20 closes, and stays met.
FROM_2000 = flat("100", **{"2000-06-01": "170"})
FROM_2002 = flat("100", **{"2002-10-01": "170"})


def test_prn1_principal_is_paid_at_par_at_maturity(note):
    assert cash(live(note), "maturity") == [("2010-02-16", "2010-02-16", "690000000.00")]


def test_int3_a_weekend_record_date_is_read_on_the_weekend(note):
    # 1 February 2003 is a Saturday: a surrender that day counts on Monday, after the record date.
    ledger = live(note, cn.Convert("2003-02-01", 690_000_000))
    assert cash(ledger, "coupon")[-1] == ("2003-02-16", "2003-02-18", "47437500.00")
    assert cash(ledger, "interest-paid-in") == [("2003-02-03", "2003-02-03", "-47437500.00")]


@pytest.mark.parametrize(
    ("notice", "effective", "each"),
    [
        ("2000-07-05", "2000-08-04", "206.25"),
        ("2001-02-16", "2001-03-20", "206.25"),  # the coupon is paid today, not before
        ("2001-02-17", "2001-03-20", "137.311644"),
        ("2002-02-19", "2002-03-21", "137.311644"),  # due on Saturday the 16th, paid on the 19th
        ("2002-02-20", "2002-03-22", "68.561644"),
        ("2003-01-20", "2003-02-19", "68.561644"),
    ],
)
def test_wdr4_the_make_whole_by_the_day_of_the_notice(note, notice, effective, each):
    ledger = live(note, cn.WithdrawalNotice(notice, effective), history=FROM_2000)
    # Interest paid is what the issue was paid: 47,567,465.75 and 47,437,500.00 on 690,000 Notes.
    paid = {"206.25": "0", "137.311644": "47567465.75", "68.561644": "95004965.75"}[each]
    [(on, _, amount)] = cash(ledger, "make-whole")
    assert (on, Decimal(amount)) == (effective, Decimal("142312500.00") - Decimal(paid))
    assert abs(Decimal(amount) / 690_000 - Decimal(each)) < Decimal("0.000001")


def test_wdr4_a_missed_coupon_is_not_deducted(note):
    notice = cn.WithdrawalNotice("2001-03-01", "2001-04-03")
    ledger = live(note, cn.MissedPayment("2001-02-16"), notice, history=FROM_2000)
    assert cash(ledger, "make-whole") == [("2001-04-03", "2001-04-03", "142312500.00")]


def test_wdr4_the_notes_stay_outstanding_as_straight_debt(note):
    ledger = live(note, cn.WithdrawalNotice("2000-07-05", "2000-08-04"), history=FROM_2000)
    assert len(ledger.of_kind("coupon")) == 10
    assert len(ledger.of_kind("maturity")) == 1


@pytest.mark.parametrize(("on", "effective", "rule"), [("2003-01-20", "2003-02-19", None), ("2003-01-21", "2003-02-20", "WDR-2")])
def test_wdr2_the_last_notice(note, on, effective, rule):
    notice = cn.WithdrawalNotice(on, effective)
    if rule is None:
        assert live(note, notice, history=FROM_2002).of_kind("make-whole")
    else:
        assert refused(note, notice, history=FROM_2002) == rule


@pytest.mark.parametrize(("days", "allowed"), [(29, False), (30, True), (60, True), (61, False)])
def test_wdr3_30_to_60_days(note, days, allowed):
    effective = {29: "2000-08-03", 30: "2000-08-04", 60: "2000-09-03", 61: "2000-09-04"}[days]
    notice = cn.WithdrawalNotice("2000-07-05", effective)
    if allowed:
        assert live(note, notice, history=FROM_2000).of_kind("make-whole")
    else:
        assert refused(note, notice, history=FROM_2000) == "WDR-3"


@pytest.mark.parametrize(
    ("on", "rule"),
    [
        ("2000-06-27", "WDR-1"),  # 19 closes
        ("2000-06-28", None),
        ("2000-07-13", None),
        ("2000-07-20", None),
        ("2000-07-21", "WDR-3"),
    ],
)
def test_wdr3_from_the_20th_close_to_the_5th_business_day_after_it_was_last_met(note, on, rule):
    # 20 closes from 1 to 28 June exceed and none after; the last 30 closes hold all 20 until 13 July, a Thursday.
    history = flat("100", **{"2000-06-01": "170", "2000-06-29": "100"})
    notice = cn.WithdrawalNotice(on, date.fromisoformat(on) + timedelta(days=45))
    if rule is None:
        assert live(note, notice, history=history).of_kind("make-whole")
    else:
        assert refused(note, notice, history=history) == rule


def test_wdr1_closes_before_the_issue_date_do_not_count(note):
    # The history begins on 1 February 2000; 20 closes from 16 February on are complete on 15 March.
    history = flat("170")
    assert refused(note, cn.WithdrawalNotice("2000-03-14", "2000-04-14"), history=history) == "WDR-1"
    assert live(note, cn.WithdrawalNotice("2000-03-15", "2000-04-14"), history=history).of_kind("make-whole")


def test_wdr1_resets_do_not_move_the_trigger(note):
    # After the reset to 84.883, 160% of the price in force would be 135.81.
    assert refused(note, cn.WithdrawalNotice("2002-06-03", "2002-07-10"), history=flat("50", **{"2002-03-01": "150"})) == "WDR-1"


def test_wdr5_paid_on_what_is_outstanding_when_it_takes_effect(note):
    conversion = cn.Convert("2000-07-20", 90_000_000)
    notice = cn.WithdrawalNotice("2000-07-05", "2000-08-04")
    assert cash(live(note, notice, conversion, history=FROM_2000), "make-whole")[0][2] == "123750000.00"  # 600,000 x 206.25
    pays_converted = dataclasses.replace(note, withdrawal=dataclasses.replace(note.withdrawal, pays_converted=True))
    assert cash(live(pays_converted, notice, conversion, history=FROM_2000), "make-whole")[0][2] == "142312500.00"


def test_red1_on_a_day_that_is_no_business_day(note):
    # Sunday 5 June 2005: 109 days from 16 February, 690,000 x 55/292 x 109; the money moves on Monday.
    ledger = live(note, cn.RedemptionNotice("2005-05-03", "2005-06-05"))
    assert cash(ledger, "redemption") == [("2005-06-05", "2005-06-06", "704166267.12")]


@pytest.mark.parametrize(
    ("on", "rule"),
    [("2005-02-15", None), ("2005-02-16", None), ("2005-02-17", "RED-3"), ("2005-05-01", "RED-3"), ("2005-05-03", None)],
)
def test_red3_no_notice_from_the_first_day_interest_is_unpaid(note, on, rule):
    call = cn.RedemptionNotice(on, date.fromisoformat(on) + timedelta(days=45))
    events = cn.MissedPayment("2005-02-16"), cn.Cure("2005-05-02"), call
    if rule is None:
        assert live(note, *events).of_kind("redemption")
    else:
        assert refused(note, *events) == rule


def test_red4_a_part_falls_on_holders_pro_rata(note):
    call = cn.RedemptionNotice("2005-05-02", "2005-06-06", 69_000_000)
    ledger = live(note, call, positions={"A": 400_000_000, "B": 290_000_000})
    assert {e.holder: int(e.principal) for e in ledger.of_kind("redemption")} == {"A": 40_000_000, "B": 29_000_000}
    assert refused(note, cn.RedemptionNotice("2005-05-02", "2005-06-06", 1500)) == "RED-4"


def test_red6_between_2_and_15_february_the_interest_is_in_the_price(note):
    # 10 February 2005: 360 days x 55/292 x 690,000 = 46,787,671.23; no coupon on the 16th.
    ledger = live(note, cn.RedemptionNotice("2005-01-05", "2005-02-10"))
    assert cash(ledger, "redemption") == [("2005-02-10", "2005-02-10", "736787671.23")]
    assert cash(ledger, "coupon")[-1][0] == "2004-02-16"


def test_red6_on_16_february_the_coupon_is_paid_and_the_price_is_par(note):
    ledger = live(note, cn.RedemptionNotice("2005-01-05", "2005-02-16"))
    assert cash(ledger, "redemption") == [("2005-02-16", "2005-02-16", "690000000.00")]
    assert cash(ledger, "coupon")[-1] == ("2005-02-16", "2005-02-16", "47567465.75")


def test_red6_on_1_february_itself_there_is_no_holder_of_record(note):
    # 351 days: the interest is in the price, and at the close of that day nothing is outstanding.
    ledger = live(note, cn.RedemptionNotice("2005-01-02", "2005-02-01"))
    assert cash(ledger, "redemption") == [("2005-02-01", "2005-02-01", "735617979.45")]
    assert cash(ledger, "coupon")[-1][0] == "2004-02-16"


def test_red6_a_part_redeemed_in_the_window_leaves_the_rest_its_coupon(note):
    ledger = live(note, cn.RedemptionNotice("2006-01-05", "2006-02-10", 90_000_000))
    assert cash(ledger, "coupon")[5] == ("2006-02-16", "2006-02-16", "41250000.00")  # 600,000 x 68.75


def change(notice):
    return cn.FundamentalChange(notice), cn.FundamentalChangeNotice(notice)


def test_fch1_each_holder_may_require_repurchase(note):
    # Notice on 5 May 2003, repurchase on 4 June: 108 days x 55/292 x 100,000.
    ledger = live(note, *change("2003-05-05"), cn.RepurchaseElection("2003-06-04", 100_000_000))
    assert cash(ledger, "repurchase") == [("2003-06-04", "2003-06-04", "102034246.58")]
    assert refused(note, *change("2003-05-05"), cn.RepurchaseElection("2003-06-04", 1500)) == "FCH-1"
    assert refused(note, cn.RepurchaseElection("2003-06-04", 1000)) == "FCH-1"


@pytest.mark.parametrize(("notice", "allowed"), [("2003-05-15", True), ("2003-05-16", False)])
def test_fch2_the_notice_by_the_10th_day(note, notice, allowed):
    events = cn.FundamentalChange("2003-05-05"), cn.FundamentalChangeNotice(notice)
    ledger = live(note, *events)
    assert ledger.of_kind("fundamental-change-notice")
    assert bool(ledger.warnings) is not allowed


def test_fch2_a_forgotten_notice_does_not_bar_the_notice_of_a_later_change(note):
    forgotten = cn.FundamentalChange("2003-05-05")
    ledger = live(note, forgotten, *change("2004-05-05"), cn.RepurchaseElection("2004-05-20", 1000))
    assert cash(ledger, "repurchase")[0][0] == "2004-06-04"


def test_fch3_a_repurchase_on_16_february(note):
    # Notice on 17 January 2005, repurchase on 16 February: the coupon as usual, the price at par.
    ledger = live(note, *change("2005-01-17"), cn.RepurchaseElection("2005-02-01", 690_000_000))
    assert cash(ledger, "repurchase") == [("2005-02-16", "2005-02-16", "690000000.00")]
    assert cash(ledger, "coupon")[-1] == ("2005-02-16", "2005-02-16", "47567465.75")


def test_fch3_a_repurchase_between_2_and_15_february_takes_the_coupon(note):
    ledger = live(note, *change("2005-01-11"), cn.RepurchaseElection("2005-02-01", 690_000_000))
    assert cash(ledger, "repurchase") == [("2005-02-10", "2005-02-10", "736787671.23")]
    assert cash(ledger, "coupon")[-1][0] == "2004-02-16"


def test_fch3_a_repurchase_date_after_maturity_gives_way_to_it(note):
    events = change("2010-01-18")  # the 30th day is 17 February
    assert cash(live(note, *events), "maturity") == [("2010-02-16", "2010-02-16", "690000000.00")]
    assert refused(note, *events, cn.RepurchaseElection("2010-02-01", 1000)) == "FCH-3"


@pytest.mark.parametrize(("on", "allowed"), [("2003-05-30", True), ("2003-05-31", False), ("2003-06-01", False)])
def test_fch4_the_election_arrives_by_the_business_day_before_a_sunday(note, on, allowed):
    events = (*change("2003-05-02"), cn.RepurchaseElection(on, 1000))
    if allowed:
        # Due on Sunday 1 June with 105 days of interest, paid on Monday: 1,000 + 105 x 55/292 = 1,019.7773…
        assert cash(live(note, *events), "repurchase") == [("2003-06-01", "2003-06-02", "1019.78")]
    else:
        assert refused(note, *events) == "FCH-4"
