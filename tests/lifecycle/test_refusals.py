"""Every way in which an event is refused: one table of histories, the last event of each refused by the rule named.

The error carries rule, event and the ledger of what was done before it, which is what it would have been without the event.
"""

import dataclasses
import pickle

import pytest

import convnote as cn

from .walk import AFV, ISSUE, LOW, NOTE, PAR, course, play

ABOVE = course(110, ("2000-06-01", 170))
STRAIGHT = dataclasses.replace(NOTE, conversion=None, reset=None, withdrawal=None)

CHANGE = cn.FundamentalChange("2001-06-01")
CHANGE_NOTICE = cn.FundamentalChangeNotice("2001-06-01")
ELECTED = cn.RepurchaseElection("2001-06-10", ISSUE)
CALL = cn.RedemptionNotice("2003-05-01", "2003-06-02")
WITHDRAWAL = cn.WithdrawalNotice("2000-07-20", "2000-08-21")
MISSED = cn.MissedPayment("2003-02-16")
DEFAULTED = cn.Default("2001-06-01")
CONVERTED = cn.Convert("2000-09-01", ISSUE)
NEVER_ABOVE = {"over": LOW}
RALLY = {"over": ABOVE}
OTHER = {"note": AFV, "over": PAR}


def without(name):
    return {"note": dataclasses.replace(NOTE, **{name: None}), "over": ABOVE}


REFUSED = [
    # --- conversion
    ("CNV-1", "before issue", [cn.Convert("2000-02-15", 1000)], NEVER_ABOVE),
    ("CNV-1", "no multiple", [cn.Convert("2001-03-01", 1500)], NEVER_ABOVE),
    ("CNV-1", "nothing", [cn.Convert("2001-03-01", 0)], NEVER_ABOVE),
    ("CNV-1", "below nothing", [cn.Convert("2001-03-01", -1000)], NEVER_ABOVE),
    ("CNV-1", "more than there is", [cn.Convert("2001-03-01", ISSUE + 1000)], NEVER_ABOVE),
    ("CNV-1", "more than is left", [cn.Convert("2001-03-01", 1000), cn.Convert("2001-03-02", ISSUE)], NEVER_ABOVE),
    ("CNV-1", "nothing is left", [CONVERTED, cn.Convert("2001-03-02", 1000)], NEVER_ABOVE),
    ("CNV-1", "after maturity", [cn.Convert("2010-02-17", 1000)], NEVER_ABOVE),
    ("CNV-1", "no such provision", [cn.Convert("2001-03-01", 1000)], {"note": STRAIGHT}),
    (
        "CNV-1",
        "after maturity, accelerated",
        [MISSED, cn.Acceleration("2003-03-18"), cn.Convert("2010-02-17", 1000)],
        NEVER_ABOVE,
    ),
    ("CNV-2", "called", [CALL, cn.Convert("2003-06-02", 1000)], NEVER_ABOVE),
    ("CNV-6", "elected", [CHANGE, CHANGE_NOTICE, ELECTED, cn.Convert("2001-06-20", 1000)], NEVER_ABOVE),
    ("CNV-7", "withdrawn", [WITHDRAWAL, cn.Convert("2000-08-21", 1000)], RALLY),
    ("CNV-7", "withdrawn long ago", [WITHDRAWAL, cn.Convert("2008-08-21", 1000)], RALLY),
    (
        "CNV-7",
        "withdrawn while accelerated",
        [
            cn.MissedPayment("2001-02-16"),
            cn.WithdrawalNotice("2001-03-01", "2001-04-02"),
            cn.Acceleration("2001-03-19"),
            cn.Convert("2001-04-02", 1000),
        ],
        RALLY,
    ),
    # --- withdrawal
    ("WDR-1", "before issue", [cn.WithdrawalNotice("2000-02-15", "2000-03-20")], NEVER_ABOVE),
    ("WDR-1", "never met", [WITHDRAWAL], NEVER_ABOVE),
    ("WDR-1", "not yet met", [cn.WithdrawalNotice("2000-06-27", "2000-07-27")], RALLY),
    ("WDR-1", "no such provision", [WITHDRAWAL], without("withdrawal")),
    ("WDR-2", "too late to take effect", [cn.WithdrawalNotice("2003-01-20", "2003-02-20")], RALLY),
    ("WDR-3", "29 days", [cn.WithdrawalNotice("2000-07-20", "2000-08-18")], RALLY),
    ("WDR-3", "61 days", [cn.WithdrawalNotice("2000-07-20", "2000-09-19")], RALLY),
    ("WDR-3", "back in time", [cn.WithdrawalNotice("2000-07-20", "2000-07-01")], RALLY),
    (
        "WDR-3",
        "the sixth business day",
        [cn.WithdrawalNotice("2000-07-21", "2000-08-21")],
        {"over": course(110, ("2000-06-01", 170), ("2000-06-29", 110))},
    ),
    ("WDR-3", "given already", [WITHDRAWAL, cn.WithdrawalNotice("2000-07-21", "2000-08-21")], RALLY),
    ("WDR-3", "withdrawn already", [WITHDRAWAL, cn.WithdrawalNotice("2000-09-01", "2000-10-02")], RALLY),
    ("WDR-3", "nothing is left", [CONVERTED, cn.WithdrawalNotice("2000-09-05", "2000-10-10")], RALLY),
    # --- redemption
    ("RED-1", "before issue", [cn.RedemptionNotice("2000-02-15", "2003-06-02")], NEVER_ABOVE),
    ("RED-1", "too early", [cn.RedemptionNotice("2002-12-22", "2003-02-19")], NEVER_ABOVE),
    ("RED-1", "at maturity", [cn.RedemptionNotice("2010-01-10", "2010-02-16")], NEVER_ABOVE),
    ("RED-1", "called already", [CALL, cn.RedemptionNotice("2003-05-02", "2003-06-02")], NEVER_ABOVE),
    ("RED-1", "all is due", [MISSED, cn.Acceleration("2003-03-18"), CALL], NEVER_ABOVE),
    ("RED-1", "nothing is left", [CONVERTED, CALL], NEVER_ABOVE),
    ("RED-1", "no such provision", [CALL], without("redemption")),
    ("RED-2", "29 days", [cn.RedemptionNotice("2003-05-04", "2003-06-02")], NEVER_ABOVE),
    ("RED-2", "61 days", [cn.RedemptionNotice("2003-04-02", "2003-06-02")], NEVER_ABOVE),
    ("RED-3", "interest is unpaid", [MISSED, CALL], NEVER_ABOVE),
    ("RED-4", "no multiple", [cn.RedemptionNotice("2003-05-01", "2003-06-02", 1500)], NEVER_ABOVE),
    ("RED-4", "nothing", [cn.RedemptionNotice("2003-05-01", "2003-06-02", 0)], NEVER_ABOVE),
    ("RED-4", "more than there is", [cn.RedemptionNotice("2003-05-01", "2003-06-02", ISSUE + 1000)], NEVER_ABOVE),
    # --- fundamental change
    ("FCH-1", "before issue", [cn.FundamentalChange("2000-02-15")], NEVER_ABOVE),
    ("FCH-1", "at maturity", [cn.MissedPayment("2010-02-16", "principal"), cn.FundamentalChange("2010-02-17")], NEVER_ABOVE),
    ("FCH-1", "no such provision", [CHANGE], without("fundamental_change")),
    ("FCH-2", "before issue", [cn.FundamentalChangeNotice("2000-02-15")], NEVER_ABOVE),
    ("FCH-2", "the eleventh day", [CHANGE, cn.FundamentalChangeNotice("2001-06-12")], NEVER_ABOVE),
    ("FCH-2", "of nothing", [CHANGE_NOTICE], NEVER_ABOVE),
    ("FCH-2", "twice", [CHANGE, CHANGE_NOTICE, cn.FundamentalChangeNotice("2001-06-02")], NEVER_ABOVE),
    ("FCH-2", "no such provision", [CHANGE_NOTICE], without("fundamental_change")),
    ("FCH-1", "election before issue", [cn.RepurchaseElection("2000-02-15", 1000)], NEVER_ABOVE),
    ("FCH-1", "election without a notice", [CHANGE, ELECTED], NEVER_ABOVE),
    ("FCH-1", "no multiple", [CHANGE, CHANGE_NOTICE, cn.RepurchaseElection("2001-06-10", 1500)], NEVER_ABOVE),
    ("FCH-1", "elected already", [CHANGE, CHANGE_NOTICE, ELECTED, cn.RepurchaseElection("2001-06-11", 1000)], NEVER_ABOVE),
    ("FCH-1", "nothing is left", [CHANGE, CHANGE_NOTICE, cn.Convert("2001-06-05", ISSUE), ELECTED], NEVER_ABOVE),
    (
        "FCH-3",
        "after maturity",
        [
            cn.FundamentalChange("2010-01-18"),
            cn.FundamentalChangeNotice("2010-01-18"),
            cn.RepurchaseElection("2010-01-20", 1000),
        ],
        NEVER_ABOVE,
    ),
    ("FCH-4", "too late", [CHANGE, CHANGE_NOTICE, cn.RepurchaseElection("2001-06-30", 1000)], NEVER_ABOVE),
    ("CNV-6", "before issue", [cn.RepurchaseElectionWithdrawal("2000-02-15", 1000)], NEVER_ABOVE),
    ("CNV-6", "of no election", [cn.RepurchaseElectionWithdrawal("2001-06-15", 1000)], NEVER_ABOVE),
    (
        "CNV-6",
        "too late",
        [CHANGE, CHANGE_NOTICE, ELECTED, cn.RepurchaseElectionWithdrawal("2001-06-30", 1000)],
        NEVER_ABOVE,
    ),
    (
        "CNV-6",
        "no multiple",
        [CHANGE, CHANGE_NOTICE, ELECTED, cn.RepurchaseElectionWithdrawal("2001-06-15", 1500)],
        NEVER_ABOVE,
    ),
    ("CNV-6", "nothing is left", [CONVERTED, cn.RepurchaseElectionWithdrawal("2001-06-15", 1000)], NEVER_ABOVE),
    # --- put
    ("PUT-1", "before issue", [cn.PutElection("2002-12-31", 100)], OTHER),
    ("PUT-1", "no such provision", [cn.PutElection("2003-02-16", 1000)], NEVER_ABOVE),
    ("PUT-1", "no multiple", [cn.PutElection("2006-01-01", 50)], OTHER),
    ("PUT-1", "more than there is", [cn.PutElection("2006-01-01", 200)], OTHER),
    ("PUT-1", "nothing is left", [cn.Convert("2005-03-01", 100), cn.PutElection("2006-01-01", 100)], OTHER),
    ("PUT-2", "not the day", [cn.PutElection("2006-01-02", 100)], OTHER),
    # --- what is not paid
    ("DEF-2", "before issue", [cn.MissedPayment("2000-02-15")], NEVER_ABOVE),
    ("DEF-2", "cure before issue", [cn.Cure("2000-02-15")], NEVER_ABOVE),
    ("INT-1", "no interest is due", [cn.MissedPayment("2003-02-17")], NEVER_ABOVE),
    ("PRN-1", "no principal is due", [cn.MissedPayment("2010-02-15", "principal")], NEVER_ABOVE),
    ("RED-1", "no redemption is due", [CALL, cn.MissedPayment("2003-06-03", "redemption")], NEVER_ABOVE),
    ("FCH-1", "no repurchase is due", [CHANGE, cn.MissedPayment("2001-07-01", "repurchase")], NEVER_ABOVE),
    ("PUT-1", "no put is due", [cn.MissedPayment("2006-01-02", "put")], OTHER),
    ("WDR-4", "no make-whole is due", [WITHDRAWAL, cn.MissedPayment("2000-08-22", "make-whole")], RALLY),
    ("DEF-1", "missed after a default", [DEFAULTED, cn.MissedPayment("2002-02-16")], NEVER_ABOVE),
    ("INT-1", "no interest is unpaid", [MISSED, cn.Cure("2003-03-01"), cn.Cure("2003-03-02")], NEVER_ABOVE),
    ("PRN-1", "no principal is unpaid", [MISSED, cn.Cure("2003-03-01", "principal")], NEVER_ABOVE),
    ("DEF-1", "cured after a default", [MISSED, cn.Default("2003-06-01"), cn.Cure("2003-07-01")], NEVER_ABOVE),
    ("DEF-1", "acceleration before issue", [cn.Acceleration("2000-02-15")], NEVER_ABOVE),
    ("DEF-2", "nothing is unpaid", [cn.Acceleration("2003-03-18")], NEVER_ABOVE),
    ("DEF-2", "29 days", [MISSED, cn.Acceleration("2003-03-17")], NEVER_ABOVE),
    ("DEF-1", "declared already", [MISSED, cn.Acceleration("2003-03-18"), cn.Acceleration("2003-03-19")], NEVER_ABOVE),
    ("DEF-1", "no such provision", [MISSED, cn.Acceleration("2003-03-18")], without("default")),
    ("DEF-1", "default before issue", [cn.Default("2000-02-15")], NEVER_ABOVE),
    ("DEF-1", "more than all", [cn.Default("2001-06-01", recovered="1.01")], NEVER_ABOVE),
    ("DEF-1", "less than nothing", [cn.Default("2001-06-01", recovered="-0.01")], NEVER_ABOVE),
    ("DEF-1", "nothing is left", [CONVERTED, cn.Default("2001-06-01")], NEVER_ABOVE),
    # --- adjustments
    ("ADJ-1", "before issue", [cn.Split("2000-02-15", 2, 1)], NEVER_ABOVE),
    ("ADJ-1", "for nothing", [cn.Split("2001-02-15", 2, 0)], NEVER_ABOVE),
    ("ADJ-1", "no such provision", [cn.Split("2001-02-15", 2, 1)], without("adjustment")),
    ("ADJ-1", "nothing to adjust", [cn.Split("2001-02-15", 2, 1)], {"note": STRAIGHT}),
    ("ADJ-2", "below nothing", [cn.StockDividend("2001-02-15", -5, 100)], NEVER_ABOVE),
    ("ADJ-3", "of nothing", [cn.RightsIssue("2001-02-15", 0, 100, 1000)], NEVER_ABOVE),
    ("ADJ-4", "worth nothing", [cn.SpinOff("2001-02-15", 0)], NEVER_ABOVE),
    ("ADJ-5", "the whole share", [cn.CashDividend("2001-02-15", 50)], NEVER_ABOVE),
    ("ADJ-6", "all shares", [cn.TenderOffer("2001-02-15", 1000, 5000, 1000)], NEVER_ABOVE),
    ("ADJ-5", "a share that is gone", [cn.Merger("2001-02-15", cash=90), cn.CashDividend("2001-06-15", 5)], NEVER_ABOVE),
    ("ADJ-8", "for nothing", [cn.Merger("2001-02-15")], NEVER_ABOVE),
    ("ADJ-8", "shares below nothing", [cn.Merger("2001-02-15", shares=-1, cash=10)], NEVER_ABOVE),
    ("ADJ-8", "cash below nothing", [cn.Merger("2001-02-15", shares=1, cash=-10)], NEVER_ABOVE),
]


@pytest.mark.parametrize(
    ("rule", "events", "how"),
    [pytest.param(rule, events, how, id=f"{rule} {why}") for rule, why, events, how in REFUSED],
)
def test_an_impossible_event_is_refused_by_its_rule_and_changes_nothing(rule, events, how):
    *before, last = events
    with pytest.raises(cn.LifecycleError) as refusal:
        play(*events, **how)
    error = refusal.value
    assert error.rule == rule
    assert error.event == last
    assert f"({rule})" in str(error) and type(last).__name__ in str(error)

    # The ledger up to then is what it is without the event: to the last day of which it has heard.
    done = error.ledger
    assert all(entry.date <= last.on for entry in done)
    whole = play(*before, **how)
    assert done.entries == whole.entries[: len(done)]
    assert [entry for entry in whole if entry.date < last.on] == [entry for entry in done if entry.date < last.on]
    issue = how.get("note", NOTE).issue_size
    assert done.state.outstanding + sum(entry.principal for entry in done) == issue


def test_the_table_of_refusals_names_every_rule_that_can_refuse():
    assert {rule for rule, *_ in REFUSED} == {
        *("CNV-1", "CNV-2", "CNV-6", "CNV-7", "WDR-1", "WDR-2", "WDR-3", "WDR-4", "RED-1", "RED-2", "RED-3", "RED-4"),
        *("FCH-1", "FCH-2", "FCH-3", "FCH-4", "PUT-1", "PUT-2", "DEF-1", "DEF-2", "INT-1", "PRN-1"),
        *("ADJ-1", "ADJ-2", "ADJ-3", "ADJ-4", "ADJ-5", "ADJ-6", "ADJ-8"),
    }


def test_a_refusal_reads_as_event_rule_and_reason():
    with pytest.raises(cn.LifecycleError) as refusal:
        play(cn.Convert("2001-03-01", 1500))
    assert str(refusal.value) == "Convert (CNV-1): principal is converted in multiples of 1000, not 1500"


def test_a_refusal_comes_back_from_a_worker_process():
    with pytest.raises(cn.LifecycleError) as refusal:
        play(cn.Convert("2001-03-01", 1500))
    back = pickle.loads(pickle.dumps(refusal.value))
    assert (back.rule, back.event, str(back)) == (refusal.value.rule, refusal.value.event, str(refusal.value))
    assert back.ledger.entries == refusal.value.ledger.entries


def test_a_close_that_is_missing_does_not_hide_a_refusal():
    # The notice is refused for its 29 days before anything is asked of the market.
    no_trigger = dataclasses.replace(NOTE, reset=None)
    closes = course(110, ("2000-06-01", 170), last="2003-02-28")
    with pytest.raises(cn.LifecycleError, match="WDR-3"):
        play(cn.WithdrawalNotice("2000-07-20", "2000-08-18"), over=closes, note=no_trigger)
    with pytest.raises(cn.LifecycleError, match="CNV-1"):
        play(cn.Convert("2005-03-01", 1500), over=closes, note=no_trigger)
    with pytest.raises(cn.MarketError, match="CNV-4"):
        play(cn.Convert("2005-03-01", 1000), over=closes, note=no_trigger)
