"""Conversion, its reset and its adjustment as a life unfolds: CNV-1…2, CNV-5…7, CNV-9, RST-1, RST-4, ADJ-1, ADJ-7…8."""

from decimal import Decimal

import pytest

import convnote as cn

from .lives import cash, flat, live, refused

# 20 closes above the trigger from June 2000: WDR-1 is first met on 28 June 2000.
ABOVE_FROM_JUNE = flat("100", **{"2000-06-01": "170"})
NOTICE = cn.WithdrawalNotice("2000-07-05", "2000-08-04")


def test_cnv1_not_more_than_is_outstanding_in_the_position(note):
    held = {"A": 400_000_000, "B": 290_000_000}
    assert refused(note, cn.Convert("2001-06-01", 290_001_000, holder="B"), positions=held) == "CNV-1"
    ledger = live(note, cn.Convert("2001-06-01", 290_000_000, holder="B"), positions=held, until="2001-06-30")
    assert ledger.state.outstanding == 400_000_000


def test_cnv1_only_multiples_of_1000_of_one_holder_at_one_time(note):
    assert refused(note, cn.Convert("2001-06-01", 1500)) == "CNV-1"


def test_cnv1_through_the_close_of_business_on_the_final_maturity_date(note):
    ledger = live(note, cn.Convert("2010-02-16", 690_000_000))
    assert [e.shares for e in ledger.of_kind("conversion")] == [8_128_836]
    assert not ledger.of_kind("maturity")
    # CNV-10: the holder of 1 February keeps the last coupon and nothing is paid in.
    assert cash(ledger, "coupon")[-1] == ("2010-02-16", "2010-02-16", "47437500.00")
    assert not ledger.of_kind("interest-paid-in")


CALL = cn.RedemptionNotice("2005-05-03", "2005-06-05")  # a Sunday: the Business Day before is Friday the 3rd


@pytest.mark.parametrize(("on", "allowed"), [("2005-06-03", True), ("2005-06-04", False), ("2005-06-05", False)])
def test_cnv2_called_notes_convert_until_the_business_day_before(note, on, allowed):
    # A surrender on Saturday the 4th would count on Monday, after the redemption date.
    conversion = cn.Convert(on, 1000)
    if allowed:
        assert len(live(note, CALL, conversion).of_kind("conversion")) == 1
    else:
        # On Sunday the Notes are redeemed, so on Monday nothing is left to convert.
        assert refused(note, CALL, conversion) in ("CNV-1", "CNV-2")


def test_cnv2_on_the_redemption_date_itself_a_called_note_does_not_convert(note):
    call = cn.RedemptionNotice("2005-05-02", "2005-06-06")  # a Monday
    assert refused(note, call, cn.Convert("2005-06-06", 1000)) == "CNV-2"


def test_cnv2_the_part_not_called_stays_convertible(note):
    call = cn.RedemptionNotice("2005-05-02", "2005-06-06", 90_000_000)
    ledger = live(note, call, cn.Convert("2005-06-06", 600_000_000))
    assert [e.principal for e in ledger.of_kind("redemption")] == [90_000_000]
    assert refused(note, call, cn.Convert("2005-06-06", 600_001_000)) == "CNV-2"


def test_cnv2_a_conversion_uses_the_called_part_first(note):
    call = cn.RedemptionNotice("2005-05-02", "2005-06-06", 90_000_000)
    ledger = live(note, call, cn.Convert("2005-05-20", 30_000_000))
    assert [e.principal for e in ledger.of_kind("redemption")] == [60_000_000]


def test_cnv4_what_one_holder_surrenders_on_one_day_is_added_up(note):
    apart = [cn.Convert("2001-06-01", 5000), cn.Convert("2001-06-01", 5000)]
    # 10,000 / 84.883 = 117.809…; 5,000 apart would be 58 twice.
    assert [e.shares for e in live(note, *apart).of_kind("conversion")] == [117]


def test_cnv5_the_coupon_goes_to_who_held_at_the_close_of_1_february(note):
    # Converted on the 1st: no coupon. Converted on the 2nd: the coupon, and as much paid in.
    first = live(note, cn.Convert("2005-02-01", 690_000_000))
    assert [entry[0] for entry in cash(first, "coupon")] == [f"{y}-02-16" for y in (2001, 2002, 2003, 2004)]
    second = live(note, cn.Convert("2005-02-02", 690_000_000))
    assert cash(second, "coupon")[-1] == ("2005-02-16", "2005-02-16", "47567465.75")
    assert cash(second, "interest-paid-in") == [("2005-02-02", "2005-02-02", "-47567465.75")]


def test_cnv5_only_the_called_part_is_exempt(note):
    # Called for 1 million inside the window; 3 million convert, of which 2 million pay in: 2,000 x 68.938356…
    call = cn.RedemptionNotice("2005-02-02", "2005-03-15", 1_000_000)
    ledger = live(note, call, cn.Convert("2005-02-10", 3_000_000))
    assert cash(ledger, "interest-paid-in") == [("2005-02-10", "2005-02-10", "-137876.71")]


CHANGE = (cn.FundamentalChange("2003-05-01"), cn.FundamentalChangeNotice("2003-05-02"))  # repurchase on Sunday 1 June
ELECTION = cn.RepurchaseElection("2003-05-20", 690_000_000)


def test_cnv6_converts_only_after_the_election_is_withdrawn(note):
    assert refused(note, *CHANGE, ELECTION, cn.Convert("2003-05-21", 1000)) == "CNV-6"
    withdrawal = cn.RepurchaseElectionWithdrawal("2003-05-21", 1000)
    ledger = live(note, *CHANGE, ELECTION, withdrawal, cn.Convert("2003-05-21", 1000))
    assert [e.principal for e in ledger.of_kind("conversion")] == [1000]
    assert [e.principal for e in ledger.of_kind("repurchase")] == [689_999_000]


@pytest.mark.parametrize(("on", "allowed"), [("2003-05-30", True), ("2003-05-31", False), ("2003-06-01", False)])
def test_cnv6_an_election_is_withdrawn_until_the_last_business_day_before(note, on, allowed):
    withdrawal = cn.RepurchaseElectionWithdrawal(on, 1000)
    if allowed:
        assert [e.principal for e in live(note, *CHANGE, ELECTION, withdrawal).of_kind("repurchase")] == [689_999_000]
    else:
        assert refused(note, *CHANGE, ELECTION, withdrawal) == "CNV-6"


@pytest.mark.parametrize(("on", "allowed"), [("2000-08-03", True), ("2000-08-04", False), ("2005-01-03", False)])
def test_cnv7_nothing_converts_once_the_withdrawal_takes_effect(note, on, allowed):
    conversion = cn.Convert(on, 1000)
    if allowed:
        assert live(note, NOTICE, conversion, history=ABOVE_FROM_JUNE).of_kind("conversion")
    else:
        assert refused(note, NOTICE, conversion, history=ABOVE_FROM_JUNE) == "CNV-7"


def test_cnv7_a_surrender_on_the_weekend_before_counts_too_late(note):
    notice = cn.WithdrawalNotice("2000-07-05", "2000-08-07")  # a Monday
    assert refused(note, notice, cn.Convert("2000-08-05", 1000), history=ABOVE_FROM_JUNE) == "CNV-7"


def test_cnv9_the_unconverted_part_stays_outstanding(note):
    ledger = live(note, cn.Convert("2001-06-01", 1000))
    assert [e.principal for e in ledger.of_kind("maturity")] == [689_999_000]


def test_rst1_a_conversion_on_the_reset_date_is_at_the_new_price(note):
    for on, shares in (("2001-02-15", 9), ("2001-02-16", 11)):
        assert [e.shares for e in live(note, cn.Convert(on, 1000)).of_kind("conversion")] == [shares]


def test_rst1_the_reset_of_2002_happens_on_its_saturday(note):
    # 95 before the first reset, 90 before the second.
    history = flat("95", **{"2001-06-01": "90"})
    until = [live(note, history=history, until=day).state.conversion_price for day in ("2002-02-15", "2002-02-16")]
    assert until == [Decimal(95), Decimal(90)]


def test_rst4_floor_and_closes_move_with_a_split_inside_the_window(note):
    # 2:1 on 5 February 2001: closes of 100 before it count as 50, and closes after it are 50.
    history = flat("100", **{"2001-02-05": "50"})
    ledger = live(note, cn.Split("2001-02-05", 2, 1), history=history, until="2001-02-16")
    assert ledger.state.conversion_price == Decimal(50)
    # A fall to 20 meets the floor of 84.883 / 2.
    history = flat("100", **{"2001-01-05": "40", "2001-02-05": "20"})
    ledger = live(note, cn.Split("2001-02-05", 2, 1), history=history, until="2001-02-16")
    assert ledger.state.conversion_price == Decimal("42.4415")


def test_rst4_the_trigger_moves_with_a_split(note):
    # After 2:1 the trigger is 83.9575: closes of 85 exceed it, closes of 83.95 do not.
    split = cn.Split("2000-05-01", 2, 1)
    notice = cn.WithdrawalNotice("2000-07-05", "2000-08-04")
    assert refused(note, split, notice, history=flat("83.95")) == "WDR-1"
    live(note, split, notice, history=flat("83.96"))


def test_adj1_cash_in_lieu_after_a_split_is_for_the_new_share(note):
    # The close before is 100 for an old share. 1,000 / 52.4735 = 19.057238… shares; 0.057238… x 50 = 2.8619…
    ledger = live(note, cn.Split("2000-06-01", 2, 1), cn.Convert("2000-06-01", 1000), history=flat("100", **{"2000-06-01": "50"}))
    assert [(e.shares, str(e.cash)) for e in ledger.of_kind("conversion")] == [(19, "2.86")]


def test_adj7_a_small_change_waits_for_the_next(note):
    # Each dividend of 0.30 on a share of 60 is half of 1%.
    first, second = cn.CashDividend("2003-05-05", "0.30"), cn.CashDividend("2003-08-05", "0.30")
    history = flat("60")
    assert live(note, first, history=history, until="2003-06-01").state.conversion_price == Decimal("84.883")
    both = live(note, first, second, history=history, until="2003-09-01").state.conversion_price
    assert both == Decimal("84.883") * Decimal("0.995") ** 2


def test_adj8_a_note_converts_into_what_the_shares_became(note):
    # Half a successor share and EUR 10 for each of 11.780921… shares: 5 shares and cash.
    merger = cn.Merger("2004-05-03", shares="0.5", cash=10)
    [entry] = live(note, merger, cn.Convert("2004-06-01", 1000), history=flat("20")).of_kind("conversion")
    # 1,000 x 0.5 / 84.883 = 5.890460…: 0.890460… x 20 = 17.8092…; 1,000 x 10 / 84.883 = 117.8092…
    assert (entry.shares, entry.cash) == (5, Decimal("17.81") + Decimal("117.81"))
