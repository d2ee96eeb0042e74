"""Two independent readings of the paper agree with the library: the walk, case by case, and the small engine, life by life."""

from __future__ import annotations

import copy
from datetime import date
from fractions import Fraction

import pytest

import convnote as cn
from convnote.lifecycle import events as ev
from convnote.provisions import RULES
from convnote.testing import SpelledHistory, check_engine
from convnote.testing.cases import note_of
from tests.oracles import ledger as walk

from .answered import answered
from .small import KINDS, SmallEngine

#: The walk's word for each kind of entry by which something changes hands.
CHANGES_HANDS = {
    "coupon": "coupon",
    "late-interest": "cure",
    "conversion": "conversion",
    "interest-paid-in": "interest paid in",
    "interest-returned": "interest returned",
    "make-whole": "make-whole",
    "redemption": "redemption",
    "repurchase": "repurchase",
    "maturity": "maturity",
}
HOLDER = "issue"


def test_the_small_engine_agrees_at_every_boundary_and_in_random_lives():
    report = check_engine(SmallEngine, kinds=KINDS, examples=250, seed=3)
    assert report.ok, str(report)
    assert report.examples == 250
    assert set(report.kinds) == {kind.__name__ for kind in KINDS}


@pytest.mark.slow
def test_the_small_engine_agrees_in_many_lives():
    report = check_engine(SmallEngine, kinds=KINDS, examples=3_000, seconds=600, seed=1)
    assert report.ok, str(report)


def told(table):
    """An event of a case as the walk tells it."""
    event = ev.from_table(table)
    match event:
        case cn.Convert():
            return event.on, "convert", HOLDER, event.principal
        case cn.WithdrawalNotice():
            return event.on, "withdraw", event.effective
        case cn.RedemptionNotice():
            return event.on, "redeem", event.redemption_date, event.principal
        case cn.FundamentalChange():
            return event.on, "change"
        case cn.FundamentalChangeNotice():
            return event.on, "change notice"
        case cn.RepurchaseElection():
            return event.on, "elect", HOLDER, event.principal
        case cn.RepurchaseElectionWithdrawal():
            return event.on, "take back", HOLDER, event.principal
        case cn.MissedPayment():
            return event.on, "miss"
        case cn.Cure():
            return event.on, "cure"
        case cn.Split():
            return event.on, "split", event.new, event.old
    raise AssertionError(event)


def walked(case):
    """The life of a case by the walk: its entries and price, or the rules that refuse it."""
    note = note_of(case["terms"])
    history = SpelledHistory(note, case["market"]["closes"])
    closes = dict(zip(map(cn.calendars.to_date, history.days.tolist()), history.exact_closes, strict=True))
    until = date.fromisoformat(case["until"]) if case["until"] else note.maturity_date
    try:
        life = walk.live({HOLDER: 690_000_000}, closes, list(map(told, case["events"])), until)
    except walk.Refused as refused:
        return refused.rules
    rows = [(e.day, e.payment_day, e.what, e.principal, e.cash, e.shares) for e in life.entries]
    return sorted(rows), life.conversion_price


def compared(case):
    expected = case["expected"]
    answer = walked(case)
    if "refused" in expected:
        return expected["refused"]["rule"] in answer
    rows = [
        (
            date.fromisoformat(entry["date"]),
            date.fromisoformat(entry["payment_date"]),
            CHANGES_HANDS[entry["kind"]],
            Fraction(entry["principal"]),
            Fraction(entry["cash"]),
            entry["shares"],
        )
        for entry in expected["entries"]
        if entry["kind"] in CHANGES_HANDS
    ]
    gone = expected["outstanding"] == "0" or expected["status"] == "withdrawn"
    return sorted(rows) == answer[0] and (gone or Fraction(expected["conversion_price"]) == answer[1])


def checked():
    return [case for case in answered() if case["checked"]]


def test_the_simplest_cases_are_those_of_a_second_reading():
    chosen = checked()[:60]
    assert len(checked()) >= 200
    assert [case["id"] for case in chosen if not compared(case)] == []


@pytest.mark.slow
def test_all_checked_cases_are_those_of_a_second_reading():
    assert [case["id"] for case in checked() if not compared(case)] == []


def test_every_rule_that_an_entry_cites_is_a_rule():
    cited = {rule for case in answered() for entry in case["expected"].get("entries", []) for rule in entry["rules"]}
    assert cited <= set(RULES)
    assert len(cited) > 25


def test_a_wrong_cent_does_not_agree_with_the_second_reading():
    case = copy.deepcopy(next(case for case in checked() if case["side"] == "one"))
    case["expected"]["entries"][-1]["cash"] = "0.01"
    case["expected"]["entries"][-1]["kind"] = "coupon"
    assert not compared(case)
