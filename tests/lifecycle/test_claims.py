"""Who is owed what of a payment that was missed, and what becomes of rights that were in use when all fell due."""

import dataclasses

import pytest

import convnote as cn

from .refused import ABOVE
from .walk import AFV, LOW, NOTE, PAR, by_holder, course, money, play

TWO = {"A": 400_000_000, "B": 290_000_000}
MISSED = cn.MissedPayment("2003-02-16")


def test_int3_who_has_nothing_left_is_passed_over_and_the_next_is_paid():
    gone = cn.Convert("2002-03-01", 400_000_000, holder="A")
    assert by_holder(play(gone, MISSED, cn.Cure("2003-03-03"), positions=TWO), "late-interest") == [
        ("2003-03-03", "B", "19937500.00")
    ]
    assert by_holder(play(gone, cn.Default("2003-03-03", recovered="0.5"), positions=TWO), "default") == [
        ("2003-03-03", "B", "145000000.00")
    ]


def test_int4_a_price_takes_the_missed_coupon_off_the_claim_of_who_is_paid_it_and_of_nobody_else():
    """A is repurchased with the missed coupon in the price; of the others only those that convert give the claim up (INT-3c)."""
    change = cn.FundamentalChange("2003-03-03"), cn.FundamentalChangeNotice("2003-03-03")
    elected = cn.RepurchaseElection("2003-03-04", 90_000_000, holder="A")
    gone = cn.Convert("2003-04-15", 10_000_000, holder="A"), cn.Convert("2003-04-15", 290_000_000, holder="B")
    ledger = play(MISSED, *change, elected, *gone, cn.Cure("2003-05-01"), positions=TWO)
    # 300,000,000 x 0.06875 to A; B converted everything.
    assert by_holder(ledger, "late-interest") == [("2003-05-01", "A", "20625000.00")]


def test_int4_a_make_whole_that_is_unpaid_is_not_in_a_price():
    events = (
        cn.WithdrawalNotice("2000-07-20", "2000-08-21"),
        cn.MissedPayment("2000-08-21", "make-whole"),
        cn.FundamentalChange("2001-06-01"),
        cn.FundamentalChangeNotice("2001-06-01"),
        cn.RepurchaseElection("2001-06-10", 10_000),
        cn.Cure("2001-08-01", "make-whole"),
    )
    ledger = play(*events, over=ABOVE, until="2001-08-01")
    assert money(ledger, "make-whole") == [("2001-08-01", "142312500.00")]  # 690,000 x 206.25
    assert ledger.state.unpaid == ()


def test_int4_a_coupon_that_was_missed_and_paid_late_is_not_in_a_price_again():
    """Two coupons are missed; once interest is paid to the second, neither is in a later price."""
    events = MISSED, cn.MissedPayment("2004-02-16"), cn.Cure("2004-03-01"), cn.RedemptionNotice("2004-05-03", "2004-06-02")
    [redeemed] = play(*events).of_kind("redemption")
    # 107 days from 2004-02-16
    assert "interest accrued from 2004-02-16" in redeemed.text and "x 107/365)" in redeemed.text


def test_def1_the_make_whole_and_interest_stay_owed_when_the_principal_is_paid_after_an_acceleration():
    events = (
        cn.WithdrawalNotice("2002-12-02", "2003-01-06"),
        cn.MissedPayment("2003-01-06", "make-whole"),
        MISSED,
        cn.RedemptionNotice("2003-01-21", "2003-02-20", 1_000_000),
        cn.MissedPayment("2003-02-20", "redemption"),
        cn.Acceleration("2003-03-20"),
        cn.Cure("2003-04-01", "principal"),
        cn.Cure("2003-04-02", "make-whole"),
    )
    ledger = play(*events, over=ABOVE, until="2003-04-02")
    # 690,000 x 206.25 - 47,567,465.75 - 47,437,500.00
    assert money(ledger, "make-whole") == [("2003-04-02", "47307534.25")]
    assert [each.of for each in play(*events[:-1], over=ABOVE, until="2003-04-01").state.unpaid] == ["make-whole", "interest"]
    # 690,000,000 and 409 days from 2002-02-16
    assert [str(entry.date) for entry in ledger.of_kind("accelerated")] == ["2003-04-01"]
    with pytest.raises(cn.LifecycleError, match="no redemption payment is unpaid"):
        play(*events[:-1], cn.Cure("2003-04-02", "redemption"), over=ABOVE)


def test_def1_what_was_elected_or_put_is_free_to_convert_once_all_is_due():
    change = cn.FundamentalChange("2003-03-01"), cn.FundamentalChangeNotice("2003-03-01")
    elected = cn.RepurchaseElection("2003-03-10", 690_000_000)
    events = MISSED, *change, elected, cn.Acceleration("2003-03-20"), cn.Convert("2003-03-20", 690_000_000)
    assert play(*events).state.status is cn.Status.CONVERTED
    assert play(*events[:5], until="2003-03-20").state.positions["issue"].committed == 0
    early = dataclasses.replace(AFV, put=dataclasses.replace(AFV.put, notice_at_least=0, notice_at_most=366))
    accelerated = [
        cn.MissedPayment("2005-07-01"),
        cn.PutElection("2005-07-05", 100),
        cn.Acceleration("2005-08-01"),
        cn.Convert("2005-08-02", 100),
    ]
    ended = play(*accelerated, note=dataclasses.replace(early, default=NOTE.default), over=PAR)
    assert ended.state.status is cn.Status.CONVERTED and not ended.of_kind("put")


def test_def1_after_a_default_nothing_is_committed_or_of_record():
    change = cn.FundamentalChange("2001-06-01"), cn.FundamentalChangeNotice("2001-06-01")
    elected = cn.RepurchaseElection("2001-06-10", 10_000)
    position = play(*change, elected, cn.Default("2001-06-12"), until="2001-06-12").state.positions["issue"]
    assert (position.outstanding, position.of_record, position.committed) == (0, 0, 0)
    called = play(cn.RedemptionNotice("2003-05-01", "2003-06-02"), cn.Default("2003-05-02")).state.positions["issue"]
    assert (called.called, called.elected, called.put) == ({}, {}, {})
    early = dataclasses.replace(AFV, put=dataclasses.replace(AFV.put, notice_at_most=60))
    put = play(cn.PutElection("2005-12-01", 100), cn.Default("2005-12-02"), note=early, over=PAR, until="2005-12-02").state
    assert put.positions["issue"].put == {}


def test_def1_all_of_the_principal_may_be_recovered_and_none():
    assert money(play(cn.Default("2001-06-01", recovered=1)), "default") == [("2001-06-01", "690000000.00")]
    assert money(play(cn.Default("2001-06-01", recovered=0)), "default") == [("2001-06-01", "0.00")]


def test_fch1_the_price_of_a_repurchase_is_a_term():
    dear = dataclasses.replace(NOTE, fundamental_change=dataclasses.replace(NOTE.fundamental_change, price="1.01"))
    change = cn.FundamentalChange("2001-01-17"), cn.FundamentalChangeNotice("2001-01-17")
    events = *change, cn.RepurchaseElection("2001-01-20", 100_000)
    # The 30th day is 16 February: no accrued interest; 1% more on 100,000.
    assert money(play(*events, note=dear, until="2001-02-16"), "repurchase") == [("2001-02-16", "101000.00")]
    assert money(play(*events, until="2001-02-16"), "repurchase") == [("2001-02-16", "100000.00")]
    # and is no term of any other payment
    call = cn.RedemptionNotice("2004-01-16", "2004-02-16", 100_000)
    assert money(play(call, note=dear, until="2004-02-16"), "redemption") == [("2004-02-16", "100000.00")]
    assert money(play(note=dear), "maturity") == [("2010-02-16", "690000000.00")]


def test_red1_the_last_denomination_can_be_called_though_it_is_one_euro():
    single = dataclasses.replace(NOTE, principal=dataclasses.replace(NOTE.principal, denomination=1))
    calls = cn.RedemptionNotice("2003-05-01", "2003-06-02", 689_999_999), cn.RedemptionNotice("2003-05-02", "2003-06-02")
    assert play(*calls, note=single).state.retired == {"redeemed": 690_000_000}


def test_cnv5_who_forgoes_the_last_coupon_forgoes_no_other():
    forgo = dataclasses.replace(NOTE, conversion=dataclasses.replace(NOTE.conversion, accrued="forgo"))
    inside = play(cn.Convert("2001-02-05", 90_000_000), note=forgo, until="2001-02-16")
    # The coupon goes to the holder of record of 1 February, on all 690,000,000, and nothing is paid in.
    assert money(inside, "coupon", "interest-paid-in") == [("2001-02-16", "47567465.75")]
    assert inside.state.positions["issue"].of_record == 690_000_000
    last = play(cn.Convert("2010-02-16", 90_000_000), note=forgo)
    assert money(last, "coupon")[-1] == ("2010-02-16", "41250000.00")  # 600,000,000 x 0.06875


def test_int3_the_day_after_a_record_date_may_be_the_payment_date():
    short = dataclasses.replace(NOTE, interest=dataclasses.replace(NOTE.interest, record_days=1))
    [record, *_] = play(note=short, until="2001-02-16").of_kind("record")
    assert record.text == "Record date for the coupon due 2001-02-16: EUR 690,000,000 of record."
    assert str(record.date) == "2001-02-15"


def test_red1_what_is_redeemed_is_called_no_more():
    call = cn.RedemptionNotice("2003-05-01", "2003-06-02", 1_000_000)
    position = play(call, until="2003-06-02").state.positions["issue"]
    assert position.called == {} and position.outstanding == 689_000_000
    missed = cn.MissedPayment("2003-06-02", "redemption")
    assert play(call, missed, until="2003-06-02").state.positions["issue"].called == {0: 1_000_000}
    assert play(call, missed, cn.Cure("2003-06-10", "redemption"), until="2003-06-10").state.positions["issue"].called == {}


def test_cnv2_a_called_note_whose_price_is_missed_converts_from_the_day_after():
    call, missed = cn.RedemptionNotice("2003-05-01", "2003-06-02"), cn.MissedPayment("2003-06-02", "redemption")
    with pytest.raises(cn.LifecycleError) as refusal:
        play(call, missed, cn.Convert("2003-06-02", 1000))
    assert refusal.value.rule == "CNV-2"
    assert len(play(call, missed, cn.Convert("2003-06-03", 1000), until="2003-06-03").of_kind("conversion")) == 1


def test_fch2_a_notice_is_of_the_first_change_still_in_time():
    first, second = cn.FundamentalChange("2001-06-01"), cn.FundamentalChange("2001-06-08")

    def occurred(on):
        [notice] = play(first, second, cn.FundamentalChangeNotice(on), until=on).of_kind("fundamental-change-notice")
        return notice.text.split("change of ")[1][:10]

    assert occurred("2001-06-11") == "2001-06-01"  # its tenth day
    assert occurred("2001-06-12") == "2001-06-08"
    assert occurred("2001-06-19") == "2001-06-08"  # of the last one missed


def test_cnv6_what_comes_back_from_an_election_falls_under_a_call_of_all_that_came_meanwhile():
    change = cn.FundamentalChange("2003-05-20"), cn.FundamentalChangeNotice("2003-05-20")
    elected = cn.RepurchaseElection("2003-05-22", 5_000, holder="A")
    events = (
        *change,
        elected,
        cn.RedemptionNotice("2003-05-23", "2003-06-23"),
        cn.RepurchaseElectionWithdrawal("2003-06-02", 2_000, holder="A"),
    )
    before = play(*events, until="2003-06-02", positions=TWO).state.positions["A"]
    assert before.called == {0: 399_997_000} and before.elected == {0: 3_000} and before.free == 0
    # All that A has is under election: nothing of his is called until he takes some back.
    all_of_a = cn.RepurchaseElection("2003-05-22", 400_000_000, holder="A")
    events = *change, all_of_a, *events[3:]
    assert play(*events, until="2003-06-02", positions=TWO).state.positions["A"].called == {0: 2_000}
    # A call that falls due today binds nothing any more.
    soon = dataclasses.replace(NOTE, redemption=dataclasses.replace(NOTE.redemption, notice_at_least=0))
    events = *change, elected, cn.RedemptionNotice("2003-05-23", "2003-06-02"), events[-1]
    after = play(*events, note=soon, until="2003-06-02", positions=TWO).state.positions["A"]
    assert after.called == {} and after.elected == {0: 3_000} and after.free == 2_000


def test_adj8_closes_of_a_merger_for_nothing_but_cash_are_not_asked_for():
    gone = cn.Merger("2001-06-01", shares=0, cash=90)
    over = course(50, last="2001-05-31")
    ledger = play(gone, cn.Convert("2001-07-02", 84_883_000), over=over)
    [conversion] = ledger.of_kind("conversion")
    assert (conversion.shares, str(conversion.cash)) == (0, "90000000.00")  # a million conversion shares
    assert play(gone, over=LOW).state.closes == [90] * 30


@pytest.mark.parametrize(("given", "stands_for"), [({"cash": "0.5"}, (0, 0.5)), ({"shares": 2}, (2, 0))])
def test_adj8_a_merger_for_cash_alone_or_for_shares_alone(given, stands_for):
    scale = play(cn.Merger("2001-06-01", **given), until="2001-06-01").state.scale
    assert (scale.shares, scale.cash) == stands_for
