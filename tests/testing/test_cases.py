"""The reference cases: every rule on both sides, and reproduced when read back."""

from __future__ import annotations

import copy
import hashlib
import json
from collections import defaultdict

import pytest

import convnote as cn
from convnote.lifecycle import events as ev
from convnote.provisions import RULES
from convnote.testing import cases as making
from convnote.testing import read_cases, run_case, write_cases
from convnote.testing.cases import note_of, terms_of
from convnote.testing.schema import SCHEMA

from .answered import answered


@pytest.fixture(name="cases")
def _cases():
    return answered()


def test_there_are_enough_and_every_rule_stands_on_both_its_sides(cases):
    assert len(cases) >= 300
    assert len({case["id"] for case in cases}) == len(cases)
    sides = defaultdict(set)
    for case in cases:
        sides[case["rule"]].add(case["side"])
    assert {rule for rule in RULES if len(sides[rule]) < 2} == set()


#: Of the first 515 cases, those whose day or side moved: a breach of FCH-2 no longer ends the put (FCH-2c), and an Event of
#: Default's 30 days run from the day the money is due to move (INT-6).
MOVED = {"DEF-2-03", "DEF-2-04", "DEF-2-05", "DEF-2-06", "FCH-2-02", "FCH-2-04", "FCH-2-06"}
#: Of the others, as they stood when there were 515.
DIGEST = "905f3c9ccff2a150bc0dee46840a28b6eafc092cf9c5fb58129822e4b8c44eb8"


def test_the_first_515_keep_their_names_and_what_they_ask(cases):
    first = [case for case in cases[:515] if case["id"].rsplit("-", 1)[0] not in MOVED]
    asked = [{key: case.get(key) for key in ("id", "market", "events", "until", "ask", "arguments")} for case in first]
    assert len(asked) == 508
    assert hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest() == DIGEST


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
    assert {event["kind"] for case in lives for event in case["events"]} == {*ev.RECORDED, *ev.ALSO_RECORDED}
    kinds = {entry["kind"] for case in lives for entry in case["expected"].get("entries", [])}
    paid = {"coupon", "late-interest", "interest-paid-in", "make-whole", "redemption", "repurchase", "maturity", "default"}
    assert paid | {"conversion", "reset", "adjustment", "merger", "withdrawal"} <= kinds


def by_id(case):
    return case["id"]


def test_written_and_read_back_they_answer_the_same(tmp_path, cases, monkeypatch):
    monkeypatch.setattr(making, "made_cases", lambda: iter(cases))  # made once for all tests
    assert write_cases(tmp_path / "made") == len(cases)
    read = read_cases(tmp_path / "made")
    assert sorted(read, key=by_id) == sorted(cases, key=by_id)
    assert [case["id"] for case in read[::4] if run_case(case) != case["expected"]] == []
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
