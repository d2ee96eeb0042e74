"""The reference cases: every rule on both sides, reproduced when read back, and equal to a second reading of the paper."""

from __future__ import annotations

import copy
from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest

import convnote as cn
from convnote.lifecycle import events as ev
from convnote.provisions import RULES
from convnote.testing import SpelledHistory, read_cases, run_case, write_cases
from convnote.testing.cases import made_cases, note_of, terms_of
from convnote.testing.schema import SCHEMA
from tests.oracles import ledger as walk

#: The walk's word for each kind of entry by which something changes hands.
CHANGES_HANDS = {
    "coupon": "coupon",
    "late-interest": "cure",
    "conversion": "conversion",
    "interest-paid-in": "interest paid in",
    "make-whole": "make-whole",
    "redemption": "redemption",
    "repurchase": "repurchase",
    "maturity": "maturity",
}
HOLDER = "issue"


@pytest.fixture(scope="module")
def cases():
    return list(made_cases())


def test_there_are_enough_and_every_rule_stands_on_both_its_sides(cases):
    assert len(cases) >= 300
    assert len({case["id"] for case in cases}) == len(cases)
    sides = defaultdict(set)
    for case in cases:
        sides[case["rule"]].add(case["side"])
    assert {rule for rule in RULES if len(sides[rule]) < 2} == set()


def test_the_two_sides_answer_differently(cases):
    answers = defaultdict(list)
    for case in cases:
        answers[case["rule"], case["side"]].append(case["expected"])
    for (rule, side), found in answers.items():
        refused = ["refused" in each for each in found]
        assert all(refused) == (side == "forbidden"), (rule, side)
        assert side == "forbidden" or not any(refused), (rule, side)
        if side == "one":
            pairs = zip(found, answers[rule, "other"], strict=False)
            assert any(one != other for one, other in pairs), rule


def test_a_forbidden_life_is_refused_by_its_own_rule(cases):
    refused = [case for case in cases if case["side"] == "forbidden" and case["kind"] == "life"]
    assert len(refused) > 80
    assert [case["id"] for case in refused if case["expected"]["refused"]["rule"] != case["rule"]] == []


def test_every_kind_of_entry_and_event_is_among_them(cases):
    lives = [case for case in cases if case["kind"] == "life"]
    assert {event["kind"] for case in lives for event in case["events"]} == set(ev.RECORDED)
    kinds = {entry["kind"] for case in lives for entry in case["expected"].get("entries", [])}
    assert set(CHANGES_HANDS) | {"reset", "adjustment", "merger", "withdrawal", "default", "put"} <= kinds | {"put"}


def test_written_and_read_back_they_answer_the_same(tmp_path, cases):
    assert write_cases(tmp_path / "made") == len(cases)
    read = read_cases(tmp_path / "made")
    assert sorted(case["id"] for case in read) == sorted(case["id"] for case in cases)
    assert [case["id"] for case in read if run_case(case) != case["expected"]] == []
    assert {path.name for path in (tmp_path / "made").iterdir()} >= {"schema.json", "calendars.json", "index.json"}
    with pytest.raises(cn.TermsError, match="convnote cases --out"):
        read_cases(tmp_path)


def test_another_answer_is_seen(cases):
    case = copy.deepcopy(cases[0])
    case["terms"]["interest"]["rate"] = "0.07"
    assert run_case(case) != case["expected"]


def test_terms_come_back_as_they_were():
    note = cn.load("amazon-peacs-2010")
    again = note_of(terms_of(note))
    for name, part in note.provisions():
        for each in part.settings():
            assert getattr(getattr(again, name), each.name) == getattr(part, each.name), (name, each.name)


def test_every_case_fits_the_schema(cases):
    jsonschema = pytest.importorskip("jsonschema", reason="the schema is checked where jsonschema is installed")
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    for case in cases:
        validator.validate(case)
    broken = copy.deepcopy(cases[0])
    broken["expected"]["entries"][0]["cash"] = 1.5
    assert not validator.is_valid(broken)


# --- a second reading of the paper --------------------------------------------------------------------------


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
            return event.on, "cure", max(date(year, 2, 16) for year in range(2001, 2011) if date(year, 2, 16) <= event.on)
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


def checked(cases):
    return [case for case in cases if case["checked"]]


def test_the_simplest_cases_are_those_of_a_second_reading(cases):
    chosen = checked(cases)[:60]
    assert len(checked(cases)) >= 200
    assert [case["id"] for case in chosen if not compared(case)] == []


@pytest.mark.slow
def test_all_checked_cases_are_those_of_a_second_reading(cases):
    assert [case["id"] for case in checked(cases) if not compared(case)] == []


def test_a_wrong_cent_does_not_agree_with_the_second_reading(cases):
    case = copy.deepcopy(next(case for case in checked(cases) if case["side"] == "one"))
    case["expected"]["entries"][-1]["cash"] = "0.01"
    case["expected"]["entries"][-1]["kind"] = "coupon"
    assert not compared(case)
