"""What is not paid: INT-4, INT-9, DEF-1, DEF-2, cure, acceleration, recovery."""

import dataclasses

import pytest

import convnote as cn

from .walk import AFV, ISSUE, LOW, NOTE, PAR, course, kinds, money, play, shares

MISSED = cn.MissedPayment("2003-02-16")


def refused(*events, **more):
    with pytest.raises(cn.LifecycleError) as error:
        play(*events, **more)
    return error.value.rule


def test_int3_missed_interest_goes_to_those_who_hold_on_a_special_record_date():
    # 100,000 Notes are converted before it is paid: 590,000 x 68.75.
    ledger = play(MISSED, cn.Convert("2003-03-03", 100_000_000), cn.Cure("2003-03-10"))
    assert money(ledger, "late-interest") == [("2003-03-10", "40562500.00")]
    assert [entry.rules for entry in ledger.of_kind("missed-payment")] == [("INT-4", "DEF-2")]


@pytest.mark.parametrize(("converted", "paid"), [(ISSUE - 1000, [("2003-03-10", "68.75")]), (ISSUE, [])])
def test_int3c_converted_notes_give_the_claim_up_whether_or_not_one_is_left(converted, paid):
    ledger = play(MISSED, cn.Convert("2003-03-03", converted), cn.Cure("2003-03-10"), until="2003-03-10")
    assert money(ledger, "late-interest") == paid
    assert any("INT-3c" in warning for warning in ledger.warnings) is not bool(paid)


def test_int6_what_is_cured_on_a_saturday_is_paid_on_monday():
    [entry] = play(MISSED, cn.Cure("2003-03-15")).of_kind("late-interest")
    assert (str(entry.date), str(entry.payment_date)) == ("2003-03-15", "2003-03-17")


def test_int9_two_missed_coupons_are_cured_together():
    ledger = play(MISSED, cn.MissedPayment("2004-02-16"), cn.Cure("2004-06-01"))
    assert money(ledger, "late-interest") == [("2004-06-01", "47437500.00"), ("2004-06-01", "47437500.00")]
    assert ledger.total("coupon", "late-interest") == play().total("coupon")


def test_int4_accrued_interest_runs_on_after_a_missed_coupon():
    # From 2002-02-16 to 2003-04-02: 410 days. 687,500 x 410 / 365 = 772,260.27…
    change = cn.FundamentalChange("2003-03-03"), cn.FundamentalChangeNotice("2003-03-03")
    elect = cn.RepurchaseElection("2003-03-10", 10_000_000)
    ledger = play(MISSED, *change, elect)
    assert money(ledger, "repurchase") == [("2003-04-02", "10772260.27")]
    # The coupon is in that price: cured later it is paid on the other 680,000 Notes.
    later = play(MISSED, *change, elect, cn.Cure("2003-05-01"))
    assert money(later, "late-interest") == [("2003-05-01", "46750000.00")]
    # Cured before, the price bears 45 days: 687,500 x 45 / 365 = 84,760.27…
    before = play(MISSED, cn.Cure("2003-03-20"), *change, elect)
    assert money(before, "repurchase") == [("2003-04-02", "10084760.27")]


def test_int9_a_last_coupon_that_is_missed_is_not_paid_with_the_principal():
    last = cn.MissedPayment("2010-02-16")
    ledger = play(last)
    assert money(ledger, "maturity") == [("2010-02-16", "690000000.00")]
    assert money(play(last, cn.Cure("2010-03-16")), "late-interest") == [("2010-03-16", "47437500.00")]


def test_int9_interest_runs_on_after_an_unpaid_maturity():
    unpaid = cn.MissedPayment("2010-02-16", "principal")
    overdue = play(unpaid)
    assert overdue.state.status is cn.Status.OVERDUE
    assert overdue.state.outstanding == ISSUE
    # 30 days to 2010-03-18: 47,437,500 x 30 / 365 = 3,898,972.60…
    paid = play(unpaid, cn.Cure("2010-03-18", "principal"))
    assert money(paid, "maturity") == [("2010-03-18", "693898972.60")]
    assert paid.state.status is cn.Status.MATURED


def test_int9_principal_and_last_coupon_unpaid_are_paid_once():
    unpaid = cn.MissedPayment("2010-02-16"), cn.MissedPayment("2010-02-16", "principal")
    # 395 days from 2009-02-16: 47,437,500 x 395 / 365 = 51,336,472.60…; the same in whichever order.
    together = play(*unpaid, cn.Cure("2010-03-18", "principal"), cn.Cure("2010-03-18"))
    assert money(together, "maturity", "late-interest") == [("2010-03-18", "741336472.60")]
    apart = play(*unpaid, cn.Cure("2010-03-17"), cn.Cure("2010-03-18", "principal"))
    assert money(apart, "late-interest", "maturity") == [("2010-03-17", "47437500.00"), ("2010-03-18", "693898972.60")]


def test_cnv1_overdue_principal_does_not_convert_any_more():
    unpaid = cn.MissedPayment("2010-02-16", "principal")
    assert refused(unpaid, cn.Convert("2010-02-17", 1000)) == "CNV-1"


@pytest.mark.parametrize(("on", "allowed"), [("2003-03-19", False), ("2003-03-20", True)])
def test_def2_interest_unpaid_for_30_days(on, allowed):
    if allowed:
        ledger = play(MISSED, cn.Acceleration(on), until="2003-12-31")
        assert ledger.state.status is cn.Status.ACCELERATED
        [entry] = ledger.of_kind("acceleration")
        # 397 days from 2002-02-16: 47,437,500 x 397 / 365 = 51,596,404.109589…
        assert "51,596,404.109589" in entry.text
    else:
        assert refused(MISSED, cn.Acceleration(on)) == "DEF-2"


def test_def2_nothing_unpaid_is_no_event_of_default():
    assert refused(cn.Acceleration("2003-03-20")) == "DEF-2"
    assert refused(MISSED, cn.Cure("2003-03-17"), cn.Acceleration("2003-03-20")) == "DEF-2"


ACCELERATED = (MISSED, cn.Acceleration("2003-03-20"))


def test_def1_what_was_declared_due_is_paid_with_interest_and_nothing_besides():
    # 432 days from 2002-02-16 to 2003-04-24: 47,437,500 x 432 / 365 = 56,145,205.479…
    ledger = play(*ACCELERATED, cn.Cure("2003-04-24", "principal"), cn.Cure("2003-04-25"))
    assert money(ledger, "accelerated") == [("2003-04-24", "746145205.48")]
    assert not ledger.of_kind("late-interest") and not ledger.of_kind("maturity")
    assert ledger.state.status is cn.Status.PAID and ledger.state.retired == {"accelerated": ISSUE}


def test_def1_no_coupon_and_no_maturity_while_all_is_due_but_conversion_goes_on():
    ledger = play(*ACCELERATED, cn.Convert("2004-06-01", 1000))
    assert len(ledger.of_kind("coupon")) == 2
    assert shares(ledger) == [("2004-06-01", 11, "39.05")]
    assert ledger.state.status is cn.Status.ACCELERATED
    assert ledger.state.outstanding == ISSUE - 1000


def test_def1_what_was_called_or_elected_before_is_due_with_all_the_rest():
    change = cn.FundamentalChange("2003-03-10"), cn.FundamentalChangeNotice("2003-03-10")
    ledger = play(*change, cn.RepurchaseElection("2003-03-12", 10_000_000), *ACCELERATED)
    assert not ledger.of_kind("repurchase")
    # The notice came before the coupon was missed.
    called = play(cn.RedemptionNotice("2003-02-14", "2003-04-01"), *ACCELERATED)
    assert not called.of_kind("redemption")
    assert called.state.outstanding == ISSUE


def test_def1_a_note_without_the_provision():
    assert refused(*ACCELERATED, note=dataclasses.replace(NOTE, default=None)) == "DEF-1"


def test_def1_a_default_pays_what_is_recovered_and_ends_it():
    ledger = play(cn.Default("2001-06-01", recovered="0.4"))
    assert money(ledger, "default") == [("2001-06-01", "276000000.00")]
    assert ledger.state.status is cn.Status.DEFAULTED
    assert kinds(ledger)[-1] == ("2001-06-01", "default")


def test_def1_a_default_in_the_window_takes_the_coupon_of_record_with_it():
    ledger = play(cn.Default("2001-02-05"))
    assert money(ledger, "default") == [("2001-02-05", "0.00")]
    assert not ledger.of_kind("coupon")


def test_def1_of_what_is_left():
    ledger = play(cn.Convert("2001-03-01", 90_000_000), *ACCELERATED, cn.Default("2003-06-01", recovered=0.25))
    assert money(ledger, "default") == [("2003-06-01", "150000000.00")]


def test_def1_holder_by_holder_who_has_something():
    held = {"A": 460_000_000, "B": 230_000_000}
    ledger = play(cn.Convert("2001-03-01", 230_000_000, holder="B"), cn.Default("2001-06-01", recovered="0.1"), positions=held)
    assert [(e.holder, str(e.cash)) for e in ledger.of_kind("default")] == [("A", "46000000.00")]


def test_def1_a_withdrawal_in_between_ends_with_the_issuer():
    over = course(110, ("2000-06-01", 170))
    notice = cn.WithdrawalNotice("2000-06-28", "2000-07-28")
    ledger = play(notice, cn.Default("2000-07-10"), over=over)
    assert not ledger.of_kind("make-whole", "withdrawal")
    # But an acceleration leaves it owed: it is paid when the withdrawal takes effect, and ends conversion.
    late = play(
        cn.MissedPayment("2001-02-16"),
        cn.WithdrawalNotice("2001-03-01", "2001-04-02"),
        cn.Acceleration("2001-03-19"),
        over=over,
        until="2001-12-31",
    )
    assert money(late, "make-whole") == [("2001-04-02", "142312500.00")]
    assert late.state.status is cn.Status.ACCELERATED and not late.state.convertible
    assert not late.of_kind("withdrawal")


@pytest.mark.parametrize(
    ("missed", "rule"),
    [
        (cn.MissedPayment("2003-02-17"), "INT-1"),  # it is due on the 16th and paid on the 18th; both days are accepted
        (cn.MissedPayment("2003-02-16", "principal"), "PRN-1"),
        (cn.MissedPayment("2003-06-02", "redemption"), "RED-1"),
        (cn.MissedPayment("2003-06-02", "repurchase"), "FCH-1"),
        (cn.MissedPayment("2003-06-02", "put"), "PUT-1"),
        (cn.MissedPayment("2000-07-28", "make-whole"), "WDR-4"),
    ],
)
def test_def2_only_what_falls_due_is_missed_and_only_what_is_unpaid_is_cured(missed, rule):
    assert refused(missed) == rule
    assert refused(cn.Cure(missed.on, missed.of)) == rule


def test_def2_after_a_default_nothing_is_missed_or_cured():
    gone = cn.Default("2001-06-01")
    assert refused(gone, cn.MissedPayment("2002-02-16")) == "DEF-1"
    assert refused(gone, cn.Cure("2002-02-16")) == "DEF-1"
    assert refused(gone, cn.Default("2002-02-16")) == "DEF-1"
    assert refused(gone, cn.Acceleration("2002-02-16")) == "DEF-1"


def test_cnv5c_what_was_paid_in_for_a_coupon_of_a_note_that_is_gone_goes_back_when_it_is_missed():
    ledger = play(cn.Convert("2001-02-05", ISSUE), cn.MissedPayment("2001-02-16"), cn.Cure("2001-03-01"))
    assert money(ledger, "interest-paid-in") == [("2001-02-05", "-47567465.75")]
    assert money(ledger, "interest-returned") == [("2001-02-16", "47567465.75")]
    assert not ledger.of_kind("late-interest", "coupon")


def test_int9_a_missed_coupon_of_holders_on_the_payment_date():
    ledger = play(cn.MissedPayment("2005-01-01"), cn.Cure("2005-01-31"), note=AFV, over=PAR)
    assert money(ledger, "late-interest") == [("2005-01-31", "4.00")]


@pytest.mark.parametrize("recovered", [-0.1, 1.5])
def test_def1_a_recovery_is_a_share_of_principal(recovered):
    assert refused(cn.Default("2001-06-01", recovered=recovered), over=LOW) == "DEF-1"
