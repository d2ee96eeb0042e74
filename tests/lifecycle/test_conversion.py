"""Conversion over a life: CNV-1…5, CNV-8…10. What a call, an election or a withdrawal does to it stands with those."""

import dataclasses
from decimal import Decimal

import pytest

import convnote as cn

from .walk import AFV, HIGH, ISSUE, LOW, NOTE, PAR, course, kinds, money, play, shares


def test_cnv1_from_the_day_of_issue():
    # 1000 / 104.947 = 9 shares, and 55.477 / 104.947 of one x 50 = 26.4309…
    ledger = play(cn.Convert("2000-02-16", 1000), until="2000-12-31")
    assert shares(ledger) == [("2000-02-16", 9, "26.43")]
    assert ledger.state.outstanding == ISSUE - 1000


def test_cnv1_to_the_close_of_business_at_maturity_and_not_a_day_longer():
    assert shares(play(cn.Convert("2010-02-16", 1000))) == [("2010-02-16", 11, "39.05")]
    with pytest.raises(cn.LifecycleError, match="CNV-1"):
        play(cn.Convert("2010-02-17", 1000))


def test_cnv1_a_right_that_begins_later_is_a_setting():
    later = dataclasses.replace(NOTE, conversion=dataclasses.replace(NOTE.conversion, from_date="2000-05-16"))
    with pytest.raises(cn.LifecycleError, match="2000-05-16") as refused:
        play(cn.Convert("2000-05-15", 1000), note=later)
    assert refused.value.rule == "CNV-1"
    assert len(shares(play(cn.Convert("2000-05-16", 1000), note=later))) == 1


def test_cnv3_the_whole_issue_before_and_after_the_reset():
    # 690,000,000 / 104.947 = 6,574,747.2533… and / 84.883 = 8,128,836.1627…
    before = play(cn.Convert("2000-03-01", ISSUE))
    assert shares(before) == [("2000-03-01", 6_574_747, "12.67")]
    assert before.state.status is cn.Status.CONVERTED
    assert shares(play(cn.Convert("2001-03-01", ISSUE))) == [("2001-03-01", 8_128_836, "8.14")]


def test_cnv3_on_a_reset_date_at_the_new_price():
    # The day before 104.947 is in force, that day 84.883: 11.780921… shares, 0.780921… x 50 = 39.046…
    assert shares(play(cn.Convert("2001-02-15", 1000))) == [("2001-02-15", 9, "26.43")]
    ledger = play(cn.Convert("2001-02-16", 1000))
    assert shares(ledger) == [("2001-02-16", 11, "39.05")]
    # Its holder keeps the coupon of the day and pays nothing in.
    assert not ledger.of_kind("interest-paid-in")
    assert money(ledger, "coupon")[0] == ("2001-02-16", "47567465.75")


def test_cnv4_all_that_one_holder_surrenders_in_a_day_is_added_up():
    # 2000 / 104.947 = 19.057…; twice 1000 would be 18 shares.
    ledger = play(cn.Convert("2000-03-01", 1000, holder="A"), cn.Convert("2000-03-01", 1000, holder="A"))
    assert shares(ledger) == [("2000-03-01", 19, "2.86")]
    assert ledger.of_kind("conversion")[0].principal == 2000


def test_cnv4_two_holders_or_two_days_are_not_added_up():
    two = play(cn.Convert("2000-03-01", 1000, holder="A"), cn.Convert("2000-03-01", 1000, holder="B"))
    assert shares(two) == [("2000-03-01", 9, "26.43")] * 2
    assert [entry.holder for entry in two.of_kind("conversion")] == ["A", "B"]
    days = play(cn.Convert("2000-03-01", 1000), cn.Convert("2000-03-02", 1000))
    assert shares(days) == [("2000-03-01", 9, "26.43"), ("2000-03-02", 9, "26.43")]


def test_cnv4_a_surrender_of_saturday_is_added_to_that_of_monday():
    # Saturday 2000-03-04 counts on Monday the 6th.
    ledger = play(cn.Convert("2000-03-04", 1000), cn.Convert("2000-03-06", 1000))
    assert shares(ledger) == [("2000-03-06", 19, "2.86")]
    # That of Tuesday stands alone: 1000 / 104.947 = 9 shares and 0.528619... x 50.
    ledger = play(cn.Convert("2000-03-04", 1000), cn.Convert("2000-03-06", 1000), cn.Convert("2000-03-07", 1000))
    assert shares(ledger) == [("2000-03-06", 19, "2.86"), ("2000-03-07", 9, "26.43")]
    # Added up, they keep the place of the one that was given first: here that of Monday.
    given = [
        cn.Convert(on, 1000, holder=holder) for on, holder in (("2000-03-06", "A"), ("2000-03-06", "B"), ("2000-03-04", "A"))
    ]
    ledger = play(*given, positions={"A": 300_000_000, "B": 390_000_000})
    assert [(entry.holder, entry.principal) for entry in ledger.of_kind("conversion")] == [("A", 2000), ("B", 1000)]


def test_cnv4_in_lieu_at_the_close_of_the_last_trading_day_before():
    # Monday's conversion, Friday's close: 60, and Monday's own 70 does not count. 0.528619… x 60 = 31.717…
    over = course(50, ("2000-03-03", 60), ("2000-03-06", 70))
    assert shares(play(cn.Convert("2000-03-06", 1000), over=over)) == [("2000-03-06", 9, "31.72")]
    # Good Friday 2000-04-21 is a Business Day without trading: Thursday's close counts for it, and for Monday.
    over = course(50, ("2000-04-20", 60), ("2000-04-24", 70))
    for on in ("2000-04-21", "2000-04-24"):
        assert shares(play(cn.Convert(on, 1000), over=over)) == [(on, 9, "31.72")]


@pytest.mark.parametrize(("close", "cash"), [("17.01", "8.51"), ("17.03", "8.52"), ("17.00", "8.50")])
def test_cnv4_half_a_cent_goes_up(close, cash):
    # 1000 / 16 = 62 shares and a half; half of 17.01 is 8.505, of 17.03 is 8.515.
    conversion = dataclasses.replace(NOTE.conversion, price=16)
    plain = dataclasses.replace(NOTE, conversion=conversion, reset=None, withdrawal=None)
    assert shares(play(cn.Convert("2000-03-01", 1000), over=course(close), note=plain)) == [("2000-03-01", 62, cash)]


def test_cnv4_no_close_is_needed_where_no_fraction_is_left():
    plain = dataclasses.replace(NOTE, conversion=dataclasses.replace(NOTE.conversion, price=50), reset=None, withdrawal=None)
    no_close = course(50, last="2000-01-31")
    assert shares(play(cn.Convert("2004-03-01", 1000), over=no_close, note=plain)) == [("2004-03-01", 20, "0.00")]
    with pytest.raises(cn.MarketError, match="CNV-4"):
        play(cn.Convert("2004-03-01", 1000), over=no_close, note=dataclasses.replace(NOTE, reset=None, withdrawal=None))


def test_cnv5_on_1_february_itself_nothing_is_paid_in_and_no_coupon_comes():
    ledger = play(cn.Convert("2001-02-01", 100_000))
    assert not ledger.of_kind("interest-paid-in")
    # 689,900 x 68.938356… = 47,560,571.917…
    assert money(ledger, "coupon")[0] == ("2001-02-16", "47560571.92")


@pytest.mark.parametrize("on", ["2001-02-02", "2001-02-05", "2001-02-15"])
def test_cnv5_inside_the_window_the_coupon_is_paid_in_and_kept(on):
    ledger = play(cn.Convert(on, 100_000))
    assert money(ledger, "interest-paid-in") == [(on, "-6893.84")]  # 100 x 68.938356…
    # Paid on principal of record at the close of 1 February, converted since or not.
    assert money(ledger, "coupon")[0] == ("2001-02-16", "47567465.75")
    assert money(ledger, "coupon")[1] == ("2002-02-16", "47430625.00")  # 689,900 x 68.75


def test_cnv5_the_coupon_is_paid_though_nothing_is_outstanding_any_more():
    ledger = play(cn.Convert("2001-02-05", ISSUE))
    assert ledger.state.status is cn.Status.CONVERTED
    assert kinds(ledger) == [
        ("2001-02-05", "conversion"),
        ("2001-02-05", "interest-paid-in"),
        ("2001-02-16", "coupon"),
    ]
    assert ledger.total("coupon", "interest-paid-in") == 0


def test_cnv5_a_surrender_of_saturday_1_february_2003_comes_after_the_record_date():
    ledger = play(cn.Convert("2003-02-01", 1_000_000))
    assert money(ledger, "interest-paid-in") == [("2003-02-03", "-68750.00")]
    assert money(ledger, "coupon")[2] == ("2003-02-16", "47437500.00")


def test_cnv8_a_surrender_on_no_business_day_counts_on_the_next():
    # Saturday 2002-02-16 is the reset date and 18 February a holiday: it counts on Tuesday the 19th.
    ledger = play(cn.Convert("2002-02-16", 1000))
    assert shares(ledger) == [("2002-02-19", 11, "39.05")]
    assert not ledger.of_kind("interest-paid-in")
    assert "CNV-8" in ledger.of_kind("conversion")[0].rules
    assert "takes effect on 2002-02-19" in ledger.of_kind("conversion")[0].text


def test_cnv8_a_surrender_after_the_end_of_the_question_is_not_yet_counted():
    assert not play(cn.Convert("2000-03-04", 1000), until="2000-03-05").of_kind("conversion")


def test_cnv9_the_unconverted_part_stays_a_note():
    ledger = play(cn.Convert("2001-03-01", 1_000_000))
    assert "CNV-9" in ledger.of_kind("conversion")[0].rules
    assert money(ledger, "maturity") == [("2010-02-16", "689000000.00")]


def test_cnv10_who_converts_on_the_maturity_date_pays_nothing_in():
    ledger = play(cn.Convert("2010-02-16", ISSUE), over=HIGH)
    assert not ledger.of_kind("interest-paid-in", "maturity")
    assert money(ledger, "coupon")[-1] == ("2010-02-16", "47437500.00")
    # 690,000,000 / 104.947 leaves 0.25337… of a share x 110 = 27.871…
    assert shares(ledger) == [("2010-02-16", 6_574_747, "27.87")]
    assert ledger.state.status is cn.Status.CONVERTED


def test_cnv10_the_business_day_before_still_pays_in():
    # Friday 2010-02-12; Monday the 15th is a holiday, so what comes on the 13th counts at maturity.
    assert money(play(cn.Convert("2010-02-12", 1000)), "interest-paid-in") == [("2010-02-12", "-68.75")]
    late = play(cn.Convert("2010-02-13", 1000))
    assert shares(late) == [("2010-02-16", 11, "39.05")] and not late.of_kind("interest-paid-in")


# --- conversion.accrued is a setting ------------------------------------------------------------------------------------


def with_accrued(note, how):
    return dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, accrued=how))


def test_accrued_forgo_who_converts_at_maturity_gives_up_the_last_coupon():
    ledger = play(cn.Convert("2008-01-01", 100), note=AFV, over=PAR)
    assert [entry.cash for entry in ledger.of_kind("coupon")] == [4] * 9
    assert shares(ledger) == [("2008-01-01", 1, "0.00")]
    # Half a year before the coupon has been paid first.
    early = play(cn.Convert("2007-07-02", 100), note=AFV, over=PAR)
    assert [entry.cash for entry in early.of_kind("coupon")] == [4] * 9


def test_accrued_forgo_on_principal_of_record_too():
    # Of record on 1 February 2010 is the whole issue; what converts at maturity gives its coupon up all the same.
    ledger = play(cn.Convert("2010-02-16", 90_000_000), note=with_accrued(NOTE, "forgo"))
    assert money(ledger, "coupon")[-1] == ("2010-02-16", "41250000.00")  # 600,000 x 68.75
    assert money(ledger, "maturity") == [("2010-02-16", "600000000.00")]


def test_accrued_record_date_where_who_holds_on_the_payment_date_is_paid():
    ledger = play(cn.Convert("2008-01-01", 100), note=with_accrued(AFV, "record-date"), over=PAR)
    assert [entry.cash for entry in ledger.of_kind("coupon")] == [4] * 10


def test_accrued_paid_to_who_converts():
    # Ninety days of 30/360 at 8%: 2.00.
    ledger = play(cn.Convert("2003-04-01", 100), note=with_accrued(AFV, "paid"), over=PAR)
    assert money(ledger, "accrued-interest") == [("2003-04-01", "2.00")]
    assert not play(cn.Convert("2003-04-01", 100), note=AFV, over=PAR).of_kind("accrued-interest")


def test_accrued_paid_but_not_beside_the_coupon_of_the_window():
    paying = with_accrued(NOTE, "paid")
    # 100 days from 2000-02-16: 1000 x 0.06875 x 100 / 365 = 18.8356…
    assert money(play(cn.Convert("2000-05-26", 1000), note=paying), "accrued-interest") == [("2000-05-26", "18.84")]
    window = play(cn.Convert("2001-02-05", 1000), note=paying)
    assert not window.of_kind("accrued-interest", "interest-paid-in")


def test_a_note_without_conversion_does_not_convert():
    straight = dataclasses.replace(NOTE, conversion=None, reset=None, withdrawal=None)
    with pytest.raises(cn.LifecycleError, match="does not convert"):
        play(cn.Convert("2001-03-01", 1000), note=straight, over=LOW)
    ledger = play(note=straight)
    assert ledger.state.conversion_price is None and not ledger.state.convertible
    assert ledger.total() == Decimal("1164764897.25")
