"""What is missed, returned, cured, waived and undone: INT-3c, INT-6, CNV-5c, FCH-2c…5c, DEF-2…4c, LIF-2, LIF-3."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

import convnote as cn

from .lives import cash, live, refused

ISSUE = 690_000_000
#: Monday 16 February 2004 is a holiday: its money was to move on the 17th.
MISSED = cn.MissedPayment("2004-02-16")


def to_record(note):
    return dataclasses.replace(note, interest=dataclasses.replace(note.interest, defaulted_to="record"))


@pytest.mark.parametrize("converted", [ISSUE - 1000, ISSUE])
def test_cnv5c_a_pay_in_for_a_coupon_that_is_missed_is_returned_on_that_day(note, converted):
    ledger = live(note, cn.Convert("2004-02-05", converted), MISSED, cn.Cure("2004-03-01"))
    paid_in = Decimal(converted) * Decimal("0.06875")
    [returned] = ledger.of_kind("interest-returned")
    assert (returned.date, returned.cash) == (date(2004, 2, 16), paid_in) and "CNV-5c" in returned.rules
    assert ledger.total("interest-paid-in") == -paid_in
    # Only the Note that is left has a claim: 68.75, or nothing.
    assert ledger.total("late-interest") == (Decimal("68.75") if converted < ISSUE else 0)


def test_cnv5c_is_not_returned_where_the_holder_of_record_keeps_the_coupon(note):
    ledger = live(to_record(note), cn.Convert("2004-02-05", ISSUE), MISSED, cn.Cure("2004-03-01"))
    assert not ledger.of_kind("interest-returned")
    assert cash(ledger, "late-interest") == [("2004-03-01", "2004-03-01", "47437500.00")]


def test_cnv5c_nothing_is_paid_in_for_a_coupon_that_cannot_be_paid_any_more(note):
    accelerated = cn.MissedPayment("2002-02-16"), cn.Acceleration("2002-03-21")
    ledger = live(note, *accelerated, cn.Convert("2003-02-05", 1_000_000))
    assert not ledger.of_kind("interest-paid-in")
    assert "CNV-5c" in ledger.of_kind("conversion")[0].rules


def test_cnv5c_what_was_paid_in_before_all_is_declared_due_goes_back_then(note):
    # The coupon of 2004 is missed; on 10 February 2005 all falls due, and the coupon of six days later is not paid any more.
    ledger = live(note, MISSED, cn.Convert("2005-02-07", 1_000_000), cn.Acceleration("2005-02-10"))
    assert cash(ledger, "interest-returned") == [("2005-02-10", "2005-02-10", "68938.36")]
    assert ledger.total("interest-paid-in", "interest-returned") == 0


def test_cnv5c_what_was_paid_in_before_the_issuer_defaults_goes_back_too(note):
    ledger = live(note, cn.Convert("2005-02-07", 1_000_000), cn.Default("2005-02-10"))
    assert cash(ledger, "interest-returned") == [("2005-02-10", "2005-02-10", "68938.36")]


@pytest.mark.parametrize("way", ["special-record", "record"])
def test_int3c_only_converted_notes_give_up_the_claim(note, way):
    note = dataclasses.replace(note, interest=dataclasses.replace(note.interest, defaulted_to=way))
    ledger = live(note, MISSED, cn.Convert("2004-03-01", 90_000_000), cn.Cure("2004-04-01"))
    assert ledger.total("late-interest") == 41_250_000  # 600,000 x 68.75
    # Notes that have matured keep it, also if the coupon of the year after was paid.
    matured = live(note, cn.MissedPayment("2009-02-16"), cn.Cure("2010-03-01"))
    assert cash(matured, "late-interest") == [("2010-03-01", "2010-03-01", "47567465.75")]


def test_int3c_where_nothing_is_owed_any_more_the_ledger_says_so(note):
    ledger = live(note, MISSED, cn.Convert("2004-03-01", ISSUE), cn.Cure("2004-04-01"))
    assert not ledger.of_kind("late-interest")
    assert any("INT-3c" in warning for warning in ledger.warnings)


def test_def3c_a_price_bears_an_older_missed_coupon_and_the_cure_pays_the_rest(note):
    # 2004 missed, 2005 paid: 1,000 Notes repurchased on 17 March 2005 bear 29 days and the coupon of 2004.
    change = cn.FundamentalChange("2005-02-15"), cn.FundamentalChangeNotice("2005-02-15")
    ledger = live(note, MISSED, *change, cn.RepurchaseElection("2005-03-01", 1_000_000), cn.Cure("2005-04-15"))
    # 68,750 + 68,750 x 29 / 365 = 74,212.328…
    assert cash(ledger, "repurchase") == [("2005-03-17", "2005-03-17", "1074212.33")]
    assert "DEF-3c" in ledger.of_kind("repurchase")[0].rules
    assert ledger.total("late-interest") == (ISSUE - 1_000_000) * Decimal("0.06875")


def test_def3c_what_is_paid_after_an_acceleration_is_no_maturity(note):
    ledger = live(note, MISSED, cn.Acceleration("2004-03-18"), cn.Cure("2004-04-01", "principal"))
    [paid] = ledger.of_kind("accelerated")
    assert paid.principal == ISSUE and "DEF-3c" in paid.rules
    assert not ledger.of_kind("maturity") and ledger.state.status.is_final and ledger.state.status != "matured"


@pytest.mark.parametrize(("on", "late"), [("2002-02-16", False), ("2002-02-19", False), ("2002-02-20", True)])
@pytest.mark.parametrize("missed", ["2002-02-16", "2002-02-19"])
def test_int6_a_coupon_cured_by_the_day_its_money_is_to_move_is_an_ordinary_one(note, missed, on, late):
    ledger = live(note, cn.Convert("2002-02-05", 1_000_000), cn.MissedPayment(missed), cn.Cure(on))
    if late:
        assert cash(ledger, "late-interest") == [("2002-02-20", "2002-02-20", "47368750.00")]
        return
    assert cash(ledger, "coupon")[1] == ("2002-02-16", "2002-02-19", "47437500.00")
    assert not ledger.of_kind("late-interest") and "late" not in ledger.of_kind("coupon")[1].text
    assert ledger.total("interest-paid-in", "interest-returned") == Decimal("-68750.00")


def test_int6_a_price_paid_on_the_day_its_money_is_to_move_is_the_ordinary_one(note):
    # Due on Saturday 15 May 2004, its money moves on the 17th: 89 days of interest either way (2004-02-16).
    call = cn.RedemptionNotice("2004-04-01", "2004-05-15", 1_000_000)
    plain = live(note, call)
    for missed in ("2004-05-15", "2004-05-17"):
        ledger = live(note, call, cn.MissedPayment(missed, "redemption"), cn.Cure("2004-05-17", "redemption"))
        assert ledger.of_kind("redemption") == plain.of_kind("redemption")
        late = live(note, call, cn.MissedPayment(missed, "redemption"), cn.Cure("2004-05-18", "redemption"))
        assert late.of_kind("redemption")[0].date == date(2004, 5, 18)


@pytest.mark.parametrize(("on", "allowed"), [("2002-03-20", False), ("2002-03-21", True)])
def test_def2_thirty_days_run_from_the_day_on_which_the_money_was_to_move(note, on, allowed):
    events = cn.MissedPayment("2002-02-16"), cn.Acceleration(on)  # Saturday; Tuesday the 19th
    if allowed:
        assert live(note, *events).of_kind("acceleration")
    else:
        assert refused(note, *events) == "DEF-2"


def test_def4c_an_issuer_that_defaults_before_the_money_moves_has_not_paid(note):
    ledger = live(note, cn.Default("2002-02-18", recovered=0))
    assert ledger.total("coupon") == Decimal("47567465.75")  # that of 2001
    assert ledger.total() == Decimal("47567465.75")
    assert "DEF-4c" in ledger.of_kind("default")[0].rules
    assert live(note, cn.Default("2002-02-19", recovered=0)).total("coupon") == Decimal("95004965.75")


def test_def4c_whether_the_default_is_known_before_or_after_the_coupon_fell_due(note):
    before = live(note, until="2002-02-17")
    after = cn.replay(note, cn.scenario("collapse"), events=[cn.Default("2002-02-18", recovered="0.4")], state=before.state)
    assert before.total("coupon") + after.total("coupon") == Decimal("47567465.75")
    assert after.total("default") == 276_000_000


def test_fch3c_a_repurchase_date_after_maturity_is_maturity_in_the_timetable_too(note):
    for occurred, notice in (("2010-02-10", None), ("2010-02-10", "2010-02-12"), ("2010-01-18", "2010-01-18")):
        table = note.fundamental_change.timetable(occurred=occurred, notice=notice)
        assert table.repurchase_date == note.maturity_date
    on_the_day = note.fundamental_change.timetable(occurred="2010-01-17", notice="2010-01-17")
    assert on_the_day.repurchase_date == note.maturity_date


def test_fch2c_the_company_cannot_end_the_put_by_its_own_breach(note):
    late = cn.FundamentalChange("2003-05-05"), cn.FundamentalChangeNotice("2003-06-16")
    ledger = live(note, *late, cn.RepurchaseElection("2003-07-01", 1_000_000))
    assert [str(entry.date) for entry in ledger.of_kind("repurchase")] == ["2003-07-16"]
    assert any("FCH-2" in warning for warning in ledger.warnings)


def test_fch5c_a_called_note_may_elect(note):
    change = cn.FundamentalChange("2003-06-02"), cn.FundamentalChangeNotice("2003-06-02")
    ledger = live(note, cn.RedemptionNotice("2003-06-01", "2003-07-31"), *change, cn.RepurchaseElection("2003-06-20", 1_000_000))
    assert [(str(entry.date), int(entry.principal)) for entry in ledger.of_kind("repurchase", "redemption")] == [
        ("2003-07-02", 1_000_000),
        ("2003-07-31", 689_000_000),
    ]


def test_lif2_a_majority_waives_a_covenant_and_no_payment(note):
    broken, declared = cn.CovenantDefault("2003-03-02"), cn.Acceleration("2003-05-01")  # the 60th day
    assert live(note, broken, declared).of_kind("acceleration")
    assert refused(note, broken, cn.Acceleration("2003-04-30")) == "DEF-2"
    assert refused(note, broken, cn.Waiver("2003-04-01", of="covenant"), declared) == "DEF-2"
    for of in ("interest", "principal", "redemption", "repurchase", "put", "make-whole"):
        assert refused(note, MISSED, cn.Waiver("2004-03-01", of=of)) == "AMD-4"
    assert refused(note, cn.Waiver("2004-03-01", of="covenant")) == "LIF-2"


def test_lif3_once_what_caused_it_is_cured_coupons_and_maturity_run_again(note):
    declared = MISSED, cn.Acceleration("2004-03-18")
    assert refused(note, *declared, cn.Rescission("2004-04-01")) == "LIF-3"
    ledger = live(note, *declared, cn.Cure("2004-04-01"), cn.Rescission("2004-04-01"))
    # As if it had never been, but for the day on which the coupon of 2004 was paid.
    assert ledger.total("coupon", "late-interest") == live(note).total("coupon")
    assert ledger.total("maturity") == ISSUE and ledger.state.status == "matured"
    assert [str(entry.date) for entry in ledger.of_kind("rescission")] == ["2004-04-01"]


def test_lif3_coupons_that_fell_due_meanwhile_are_paid_before_it_is_undone(note):
    declared = MISSED, cn.Acceleration("2004-03-18")
    ledger = live(note, *declared, cn.Cure("2005-03-01"), cn.Rescission("2005-03-01"))
    assert cash(ledger, "late-interest") == [
        ("2005-03-01", "2005-03-01", "47437500.00"),
        ("2005-03-01", "2005-03-01", "47567465.75"),
    ]
    assert ledger.total("coupon", "late-interest") == live(note).total("coupon")


def test_int5_a_note_dated_on_a_payment_date_that_is_defaulted(note):
    interest = note.interest
    assert interest.bears_from("2003-02-16", defaulted=True) == date(2002, 2, 16)
    assert interest.bears_from("2003-02-16") == date(2003, 2, 16)
    assert interest.bears_from("2000-02-16", defaulted=True) == date(2000, 2, 16)
    for paid_to in ("2004-02-16", "2003-02-17", "2002-03-01"):
        with pytest.raises(cn.TermsError, match="INT-5"):
            interest.bears_from("2003-02-16", paid_to=paid_to)
