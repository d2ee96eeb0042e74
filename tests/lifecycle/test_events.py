"""Events as records: what their fields take, how they are read from a file, and in which words both are refused."""

import numpy as np
import pytest

import convnote as cn
from convnote.lifecycle import events as ev
from convnote.lifecycle import fields


def test_an_event_of_a_file_is_read_by_its_name():
    event = ev.from_table({"kind": "WithdrawalNotice", "on": "2000-07-06", "effective": "2000-08-07"})
    assert event == cn.WithdrawalNotice("2000-07-06", "2000-08-07")


RECORDED = (
    "MissedPayment, Split, StockDividend, SpinOff, CashDividend, RightsIssue, TenderOffer, Merger, Cure, "
    "CovenantDefault, Waiver, Rescission, FundamentalChange, "
    "FundamentalChangeNotice, WithdrawalNotice, RedemptionNotice, Acceleration, Transfer, "
    "RepurchaseElectionWithdrawal, RepurchaseElection, PutElection, Convert, Default, Amendment, MarketPurchase, "
    "FurtherIssue, Revision, SettlementElection"
)


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ({"on": "2000-07-06"}, [f"event.kind: got None; allowed: {RECORDED}"]),
        ({"kind": "CouponDue", "on": "2000-07-06"}, [f"event.kind: got 'CouponDue'; allowed: {RECORDED}"]),
        ({"kind": "Convert", "on": "2000-07-06"}, ["Convert.principal: this is required"]),
        (
            {"kind": "Convert", "amount": 5},
            [
                "Convert.amount: no such key; allowed: on, holder, principal",
                "Convert.on: this is required",
                "Convert.principal: this is required",
            ],
        ),
    ],
)
def test_an_event_of_a_file_is_refused_with_all_its_faults(table, faults):
    with pytest.raises(cn.TermsError) as error:
        ev.from_table(table)
    assert list(error.value.faults) == faults


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: cn.Convert(None, 1000), "Convert.on: this is required"),
        (lambda: cn.Convert("soon", 1000), "Convert.on: got 'soon'; a day is written YYYY-MM-DD"),
        (lambda: cn.Convert("2001-03-01", "all"), "Convert.principal: got 'all'; expected a finite number"),
        (lambda: cn.Convert("2001-03-01", True), "Convert.principal: got True; expected a number, not a truth value"),
        (lambda: cn.Convert("2001-03-01", 1000, holder=""), "Convert.holder: got ''; expected a holder's name"),
        (lambda: cn.Convert("2001-03-01", 1000, holder=5), "Convert.holder: got 5; expected a holder's name"),
        (
            lambda: cn.MissedPayment("2001-02-16", "rent"),
            "MissedPayment.of: got 'rent'; allowed: interest, principal, redemption, repurchase, put, conditional-put, clean-up, "
            "make-whole, call-make-whole",
        ),
        *(
            (
                lambda seed=seed: cn.RedemptionNotice("2003-05-01", "2003-06-02", seed=seed),
                f"RedemptionNotice.seed: got {seed!r}; expected a whole number of 0 or more",
            )
            for seed in (-1, 1.0, True, "1")
        ),
    ],
)
def test_a_field_of_an_event_is_refused_in_words(make, told):
    with pytest.raises(cn.TermsError) as error:
        make()
    assert str(error.value) == told


def test_a_field_of_an_event_knows_its_check_and_its_options():
    made = fields.takes(fields.a_number, default=7, kw_only=True)
    assert dict(made.metadata) == {"check": fields.a_number} and (made.default, made.kw_only) == (7, True)


def test_many_days_and_many_amounts_are_kept_as_they_are():
    days, amounts = np.array(["2001-03-01", "2001-03-02"], "datetime64[D]"), np.array([1000.0, 2000.0])
    event = cn.Convert(days, amounts)
    assert event.on is days and event.principal is amounts
    assert event.day.tolist() == [11_382, 11_383]  # days since 1970-01-01: 31 years with 8 leap days, and 59
