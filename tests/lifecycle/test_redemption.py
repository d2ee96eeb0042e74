"""Optional redemption over a life: RED-1…6, CNV-2, and the exemption of CNV-5."""

import dataclasses

import pytest

import convnote as cn

from .walk import AFV, HIGH, ISSUE, LOW, NOTE, PAR, kinds, money, play, shares

WHOLE = cn.RedemptionNotice("2003-05-01", "2003-06-02")


def refused(*events, **more):
    with pytest.raises(cn.LifecycleError) as error:
        play(*events, **more)
    return error.value.rule


def test_red1_all_at_par_and_accrued_interest():
    # 12 days of February, 31, 30, 31 and 2: 106 days. 47,437,500 x 106 / 365 = 13,776,369.863…
    ledger = play(WHOLE)
    assert money(ledger, "redemption") == [("2003-06-02", "703776369.86")]
    assert ledger.state.status is cn.Status.REDEEMED
    assert len(ledger.of_kind("coupon")) == 3
    assert not ledger.of_kind("maturity")


def test_red1_from_20_february_2003_and_red2_from_22_december_2002():
    # Four days: 47,437,500 x 4 / 365 = 519,863.0137…
    first = play(cn.RedemptionNotice("2002-12-22", "2003-02-20"))
    assert money(first, "redemption") == [("2003-02-20", "690519863.01")]
    assert refused(cn.RedemptionNotice("2002-12-22", "2003-02-19")) == "RED-1"
    assert refused(cn.RedemptionNotice("2002-12-21", "2003-02-20")) == "RED-2"


def test_red1_before_maturity():
    # 364 days from 2009-02-16: 47,437,500 x 364 / 365 = 47,307,534.2465…; Monday 2010-02-15 is a holiday.
    [entry] = play(cn.RedemptionNotice("2010-01-04", "2010-02-15")).of_kind("redemption")
    assert str(entry.cash) == "737307534.25"
    assert (str(entry.date), str(entry.payment_date)) == ("2010-02-15", "2010-02-16")
    assert refused(cn.RedemptionNotice("2010-01-04", "2010-02-16")) == "RED-1"


@pytest.mark.parametrize(
    ("on", "allowed"), [("2003-04-02", False), ("2003-04-03", True), ("2003-05-03", True), ("2003-05-04", False)]
)
def test_red2_notice_30_to_60_days_before(on, allowed):
    # To 2003-06-02: 61, 60, 30 and 29 days.
    call = cn.RedemptionNotice(on, "2003-06-02")
    if allowed:
        assert money(play(call), "redemption") == [("2003-06-02", "703776369.86")]
    else:
        assert refused(call) == "RED-2"


def test_red3_no_notice_while_interest_is_unpaid_from_the_first_day():
    missed = cn.MissedPayment("2003-02-16")
    # Due on Sunday, its money was to move on Tuesday the 18th: a notice is barred from the 19th on.
    for on, redemption in (("2003-02-19", "2003-03-24"), ("2003-05-01", "2003-06-02")):
        assert refused(missed, cn.RedemptionNotice(on, redemption)) == "RED-3"
    assert len(play(missed, cn.RedemptionNotice("2003-02-18", "2003-03-24")).of_kind("redemption")) == 1
    assert len(play(missed, cn.Cure("2003-05-01"), WHOLE).of_kind("redemption")) == 1
    # The day before it was due nothing was unpaid.
    assert len(play(missed, cn.RedemptionNotice("2003-02-15", "2003-04-01")).of_kind("redemption")) == 1


TWO = {"A": 460_000_000, "B": 230_000_000}


def chosen(ledger):
    return {entry.holder: int(entry.principal) for entry in ledger.of_kind("redemption")}


def test_red4_a_part_pro_rata_in_multiples_of_1000():
    # Of 100,000 Notes two thirds are 66,666.67 and one third 33,333.33: the odd one goes to the larger remainder.
    ledger = play(cn.RedemptionNotice("2003-05-01", "2003-06-02", 100_000_000), positions=TWO)
    assert chosen(ledger) == {"A": 66_667_000, "B": 33_333_000}
    # 66,667 x 1019.965753… = 67,998,056.883…; 33,333 x 1019.965753… = 33,998,518.458…
    assert money(ledger, "redemption") == [("2003-06-02", "67998056.88"), ("2003-06-02", "33998518.46")]
    assert ledger.state.status is cn.Status.MATURED
    assert ledger.total("maturity") == 590_000_000


def by_lot(seed):
    lot = dataclasses.replace(NOTE, redemption=dataclasses.replace(NOTE.redemption, selection="lot"))
    call = cn.RedemptionNotice("2003-05-01", "2003-06-02", 100_000_000, seed=seed)
    return chosen(play(call, note=lot, positions=TWO))


def test_red4_a_part_by_lot_is_the_draw_of_its_seed():
    draws = [by_lot(seed) for seed in (1, 1, 2, 3)]
    assert draws[0] == draws[1]
    assert len({draw["A"] for draw in draws}) == 3
    for draw in draws:
        assert sum(draw.values()) == 100_000_000
        assert all(amount % 1000 == 0 for amount in draw.values())
        # 100,000 of 690,000 without replacement: a standard deviation of 138 Notes, and five of them each way.
        assert abs(draw["A"] // 1000 - 66_667) < 690


@pytest.mark.parametrize("principal", [1500, 690_001_000])
def test_red4_no_part_of_a_note_and_no_more_than_there_is(principal):
    assert refused(cn.RedemptionNotice("2003-05-01", "2003-06-02", principal)) == "RED-4"


def test_red1_two_calls_on_one_day_and_the_rest_later():
    ledger = play(
        cn.RedemptionNotice("2003-05-01", "2003-06-02", 100_000_000),
        cn.RedemptionNotice("2003-05-02", "2003-06-02", 200_000_000),
        cn.RedemptionNotice("2003-05-05", "2003-06-30"),
    )
    # 300,000 x 1019.965753… = 305,989,726.03; 134 days: 390,000 x 1025.239726… = 399,843,493.15
    assert money(ledger, "redemption") == [("2003-06-02", "305989726.03"), ("2003-06-30", "399843493.15")]
    assert ledger.state.status is cn.Status.REDEEMED


def test_red1_what_is_called_cannot_be_called_again():
    assert refused(WHOLE, cn.RedemptionNotice("2003-05-02", "2003-06-02")) == "RED-1"
    part = cn.RedemptionNotice("2003-05-01", "2003-06-02", 600_000_000)
    assert refused(part, cn.RedemptionNotice("2003-05-02", "2003-06-02", 90_001_000)) == "RED-4"


def test_red6_on_a_16_february_the_coupon_goes_to_the_holder_of_record():
    ledger = play(cn.RedemptionNotice("2005-01-12", "2005-02-16"))
    assert money(ledger, "coupon")[-1] == ("2005-02-16", "47567465.75")
    assert money(ledger, "redemption") == [("2005-02-16", "690000000.00")]


def test_red6_between_2_and_15_february_the_price_bears_it_and_no_coupon_is_paid():
    # 360 days from 2004-02-16: 47,437,500 x 360 / 365 = 46,787,671.2328…
    ledger = play(cn.RedemptionNotice("2005-01-10", "2005-02-10"))
    assert money(ledger, "redemption") == [("2005-02-10", "736787671.23")]
    assert "2005-02-16" not in [on for on, _ in money(ledger, "coupon")]
    assert "RED-6" in ledger.of_kind("redemption")[0].rules
    part = play(cn.RedemptionNotice("2005-01-10", "2005-02-10", 90_000_000))
    assert money(part, "coupon")[4] == ("2005-02-16", "41363013.70")  # 600,000 x 68.938356…


def test_red6_on_1_february_itself_it_is_not_of_record_any_more():
    # 351 days: 47,437,500 x 351 / 365 = 45,617,979.452…
    ledger = play(cn.RedemptionNotice("2005-01-01", "2005-02-01"))
    assert money(ledger, "redemption") == [("2005-02-01", "735617979.45")]
    assert len(ledger.of_kind("coupon")) == 4


def test_cnv2_a_called_note_converts_until_the_business_day_before():
    # Monday 2003-06-02: Friday 30 May is the last day, and what comes on Saturday counts on Monday.
    assert shares(play(WHOLE, cn.Convert("2003-05-30", 1000))) == [("2003-05-30", 11, "39.05")]
    assert refused(WHOLE, cn.Convert("2003-05-31", 1000)) == "CNV-2"
    assert refused(WHOLE, cn.Convert("2003-06-02", 1000)) == "CNV-2"


def test_cnv2_what_is_converted_is_not_redeemed():
    ledger = play(WHOLE, cn.Convert("2003-05-30", 90_000_000))
    # 600,000 x 1019.965753…
    assert money(ledger, "redemption") == [("2003-06-02", "611979452.05")]
    everything = play(WHOLE, cn.Convert("2003-05-30", ISSUE))
    assert everything.state.status is cn.Status.CONVERTED
    assert not everything.of_kind("redemption")


def test_cnv2_the_rest_stays_convertible():
    part = cn.RedemptionNotice("2003-05-01", "2003-06-02", 600_000_000)
    assert len(shares(play(part, cn.Convert("2003-06-02", 90_000_000)))) == 1
    assert refused(part, cn.Convert("2003-06-02", 90_001_000)) == "CNV-2"


def test_cnv2_which_part_converts_first_is_a_setting():
    part = cn.RedemptionNotice("2003-05-01", "2003-06-02", 600_000_000)
    convert = cn.Convert("2003-05-15", 90_000_000)
    called_first = play(part, convert)
    assert called_first.of_kind("redemption")[0].principal == 510_000_000
    uncalled = dataclasses.replace(NOTE, conversion=dataclasses.replace(NOTE.conversion, first_converted="uncalled"))
    assert play(part, convert, note=uncalled).of_kind("redemption")[0].principal == 600_000_000


MISSED = cn.MissedPayment("2003-06-02", "redemption")


def test_cnv2_the_right_comes_back_where_the_company_defaults_on_the_payment():
    ledger = play(WHOLE, MISSED, cn.Convert("2003-06-03", 1000))
    assert ("2003-06-03", "conversion") in kinds(ledger)
    assert [entry.rules for entry in ledger.of_kind("missed-payment")] == [("RED-1", "DEF-2")]


def test_int9_interest_runs_on_until_a_missed_redemption_is_paid():
    # 134 days to 2003-06-30: 47,437,500 x 134 / 365 = 17,415,410.9589…
    ledger = play(WHOLE, MISSED, cn.Cure("2003-06-30", "redemption"))
    assert money(ledger, "redemption") == [("2003-06-30", "707415410.96")]
    assert ledger.state.status is cn.Status.REDEEMED


def test_int9_without_a_cure_the_notes_live_on():
    ledger = play(WHOLE, MISSED)
    assert len(ledger.of_kind("coupon")) == 10
    assert money(ledger, "maturity") == [("2010-02-16", "690000000.00")]
    # An Event of Default without any grace (DEF-2).
    assert play(WHOLE, MISSED, cn.Acceleration("2003-06-03"), until="2003-07-01").state.status is cn.Status.ACCELERATED


def test_cnv2_what_is_converted_while_the_redemption_is_unpaid_is_not_paid_later():
    part = cn.RedemptionNotice("2003-05-01", "2003-06-02", 300_000_000)
    ledger = play(part, MISSED, cn.Convert("2003-06-10", 300_000_000), cn.Cure("2003-06-30", "redemption"))
    assert not ledger.of_kind("redemption")
    assert ledger.total("maturity") == 390_000_000


def test_red1_what_is_unpaid_stays_called_and_a_later_call_takes_the_rest():
    part = cn.RedemptionNotice("2003-05-01", "2003-06-02", 300_000_000)
    again = cn.RedemptionNotice("2003-06-10", "2003-07-15")
    ledger = play(part, MISSED, again, cn.Cure("2003-06-30", "redemption"))
    assert [int(entry.principal) for entry in ledger.of_kind("redemption")] == [300_000_000, 390_000_000]
    assert ledger.state.status is cn.Status.REDEEMED
    assert refused(WHOLE, MISSED, again) == "RED-1"


@pytest.mark.parametrize(
    ("notice", "redemption", "paid_in"),
    [
        ("2005-02-02", "2005-03-10", []),
        ("2005-02-10", "2005-03-14", []),  # the notice of a day binds who converts that day
        ("2005-02-01", "2005-03-10", [("2005-02-10", "-68938.36")]),
        ("2005-01-12", "2005-03-10", [("2005-02-10", "-68938.36")]),  # 1,000 x 68.938356…
    ],
)
def test_cnv5_only_a_call_mailed_inside_the_window_exempts(notice, redemption, paid_in):
    ledger = play(cn.RedemptionNotice(notice, redemption), cn.Convert("2005-02-10", 1_000_000))
    assert money(ledger, "interest-paid-in") == paid_in
    assert money(ledger, "coupon")[4] == ("2005-02-16", "47567465.75")


def test_cnv5_the_uncalled_part_still_pays_in():
    part = cn.RedemptionNotice("2005-02-03", "2005-03-10", 600_000)
    ledger = play(part, cn.Convert("2005-02-10", 1_000_000))
    # 400 x 68.938356…
    assert money(ledger, "interest-paid-in") == [("2005-02-10", "-27575.34")]
    assert not ledger.of_kind("redemption")


def test_red1_a_note_without_the_provision():
    assert refused(WHOLE, note=dataclasses.replace(NOTE, redemption=None)) == "RED-1"


def test_red1_a_call_may_be_for_the_day_of_its_notice_and_answered_by_conversion():
    # Two months of 30/360 at 8% from 2005-01-01: 1.33…; the price is 110, and the share stands at 100.
    call = cn.RedemptionNotice("2005-03-01", "2005-03-01")
    ledger = play(call, note=AFV, over=PAR)
    assert money(ledger, "redemption") == [("2005-03-01", "111.33")]
    converted = play(call, cn.Convert("2005-03-01", 100), note=AFV, over=PAR)
    assert shares(converted) == [("2005-03-01", 1, "0.00")]
    assert converted.state.status is cn.Status.CONVERTED


def test_red1_a_dirty_price_bears_no_accrued_interest():
    dirty = dataclasses.replace(AFV, redemption=dataclasses.replace(AFV.redemption, accrued="dirty"))
    ledger = play(cn.RedemptionNotice("2005-03-01", "2005-03-01"), note=dirty, over=PAR)
    assert money(ledger, "redemption") == [("2005-03-01", "110.00")]


def test_red1_a_redemption_worth_less_than_conversion_is_reported_as_open():
    # At 110 and a price of 104.947 conversion was worth more than par.
    assert [(str(on), rule) for on, rule, _ in play(WHOLE, over=HIGH).open_rights] == [("2003-06-02", "CNV-1")]
    assert play(WHOLE, over=LOW).open_rights == ()


def test_red1_what_is_unpaid_at_maturity_is_paid_as_principal_and_not_again():
    ledger = play(WHOLE, MISSED, cn.Cure("2010-03-01", "redemption"))
    assert not ledger.of_kind("redemption")
    assert (ledger.total("maturity"), ledger.state.outstanding) == (ISSUE, 0)


def test_red1_a_redemption_and_a_repurchase_unpaid_at_maturity_are_paid_as_principal_and_not_again():
    part = cn.RedemptionNotice("2003-05-01", "2003-06-02", 300_000_000)
    change = cn.FundamentalChange("2004-06-01"), cn.FundamentalChangeNotice("2004-06-01")
    elect, unpaid = cn.RepurchaseElection("2004-06-10", 100_000_000), cn.MissedPayment("2004-07-01", "repurchase")
    cures = cn.Cure("2010-03-01", "repurchase"), cn.Cure("2010-03-02", "redemption")
    ledger = play(part, MISSED, *change, elect, unpaid, *cures)
    assert not ledger.of_kind("repurchase", "redemption")
    assert (ledger.total("maturity"), ledger.state.outstanding) == (ISSUE, 0)
