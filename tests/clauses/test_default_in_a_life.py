"""What is missed, cured and accelerated as a life unfolds: INT-3, INT-9, DEF-1…2."""

from decimal import Decimal

import pytest

import convnote as cn

from .lives import cash, live, refused

MISSED = cn.MissedPayment("2005-02-16")


def test_int3_defaulted_interest_goes_to_the_holders_of_a_special_record_date(note):
    # 90 million convert after the coupon was missed: 600,000 x 68.938356… is paid when it is cured.
    ledger = live(note, MISSED, cn.Convert("2005-03-01", 90_000_000), cn.Cure("2005-04-01"))
    assert cash(ledger, "late-interest") == [("2005-04-01", "2005-04-01", "41363013.70")]


def test_int4_a_price_contains_the_missed_coupon_that_accrued_runs_on_from(note):
    # Missed on 16 February 2005; repurchase on 31 March: 366 + 43 days x 55/292.
    change = cn.FundamentalChange("2005-03-01"), cn.FundamentalChangeNotice("2005-03-01")
    ledger = live(note, MISSED, *change, cn.RepurchaseElection("2005-03-10", 1000))
    assert cash(ledger, "repurchase") == [("2005-03-31", "2005-03-31", "1077.04")]


def test_int4_what_a_price_has_paid_is_not_paid_again_by_a_cure(note):
    change = cn.FundamentalChange("2005-03-01"), cn.FundamentalChangeNotice("2005-03-01")
    ledger = live(note, MISSED, *change, cn.RepurchaseElection("2005-03-10", 690_000_000), cn.Cure("2005-05-16"))
    assert len(ledger.of_kind("repurchase")) == 1
    assert not ledger.of_kind("late-interest")


def test_int9_a_last_coupon_that_is_missed_is_owed_beside_the_principal(note):
    ledger = live(note, cn.MissedPayment("2010-02-16"), cn.Cure("2010-03-16"))
    assert cash(ledger, "maturity") == [("2010-02-16", "2010-02-16", "690000000.00")]
    assert cash(ledger, "late-interest") == [("2010-03-16", "2010-03-16", "47437500.00")]


def test_int9_interest_runs_until_an_unpaid_principal_is_paid(note):
    # 28 days beyond maturity: 690,000 x 55/292 x 28 = 3,639,041.0958…
    ledger = live(note, cn.MissedPayment("2010-02-16", of="principal"), cn.Cure("2010-03-16", of="principal"))
    assert sum(e.cash for e in ledger.of_kind("maturity")) == Decimal("693639041.10")


@pytest.mark.parametrize(("on", "allowed"), [("2005-03-17", False), ("2005-03-18", True)])
def test_def2_interest_unpaid_for_30_days_allows_an_acceleration(note, on, allowed):
    if allowed:
        assert live(note, MISSED, cn.Acceleration(on)).of_kind("acceleration")
    else:
        assert refused(note, MISSED, cn.Acceleration(on)) == "DEF-2"


def test_def1_principal_and_accrued_interest_fall_due_at_once(note):
    # Paid on 1 April: principal and 410 days x 55/292 x 690,000 = 53,285,958.90 since 16 February 2004.
    ledger = live(note, MISSED, cn.Acceleration("2005-03-18"), cn.Cure("2005-04-01", of="principal"))
    assert [str(e.cash) for e in ledger.entries if e.principal == 690_000_000] == ["743285958.90"]
    assert cash(ledger, "coupon")[-1][0] == "2004-02-16"
    assert ledger.state.outstanding == 0


def test_def1_not_without_an_event_of_default(note):
    assert refused(note, cn.Acceleration("2005-03-18")) == "DEF-2"


def test_int4_a_late_cure_does_not_turn_accrued_interest_back(note):
    # The coupon of 2005 is cured after that of 2006 was paid: on 31 March 2006 43 days have accrued, 8.0993…
    change = cn.FundamentalChange("2006-03-01"), cn.FundamentalChangeNotice("2006-03-01")
    ledger = live(note, MISSED, *change, cn.RepurchaseElection("2006-03-10", 1000), cn.Cure("2006-03-15"))
    assert cash(ledger, "repurchase") == [("2006-03-31", "2006-03-31", "1008.10")]


def test_def1_once_all_is_due_nothing_is_called_any_more():
    # A part is called and not redeemed, then a coupon is missed: what is declared due is the whole, 690 million.
    note, history = cn.load("amazon-peacs-2010"), cn.scenario("collapse")
    events = [
        cn.RedemptionNotice("2003-05-01", "2003-06-02", 100_000_000),
        cn.MissedPayment("2003-06-02", of="redemption"),
        cn.MissedPayment("2004-02-16"),
        cn.Acceleration("2004-03-17"),
    ]
    declared = cn.replay(note, history, events=events, until="2004-03-17").state
    assert declared.positions["issue"].free == declared.outstanding == 690_000_000
    paid = cn.replay(note, history, events=[*events, cn.Cure("2004-04-01", of="principal")]).state
    assert paid.positions["issue"].free == paid.outstanding == 0
    assert paid.status == "accelerated and paid"
