"""The reference cases of filings: written, read back, answered anew, on both sides of every boundary."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import convnote as cn
from convnote.testing import filing_cases as kit
from tests.oracles import bylaws as bylaws_oracle
from tests.oracles import offering as offering_oracle

CASES = list(kit.made_filing_cases())
PAIRS = list(zip(CASES[::2], CASES[1::2], strict=True))


def test_cases_follow_the_schema_and_are_answered_anew(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    total = kit.write_filing_cases(tmp_path)
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    names = [name for rule in index["rules"].values() for name in rule["cases"]]
    assert total == index["cases"] == len(names) == len(set(names)) == len(CASES) > 120
    jsonschema.Draft202012Validator.check_schema(kit.SCHEMA)
    validator = jsonschema.Draft202012Validator(json.loads((tmp_path / "schema.json").read_text(encoding="utf-8")))
    for name in names:
        case = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        validator.validate(case)
        assert kit.run_filing_case(case) == case["expected"], name


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda case: case["id"])
def test_the_two_sides_of_a_boundary_differ(one: Any, other: Any) -> None:
    assert (one["side"], other["side"]) == ("one", "other") and one["rule"] == other["rule"]
    assert (one["filing"], one["ask"]) == (other["filing"], other["ask"])
    assert "answer" in one["expected"], one["expected"]
    assert one["expected"] != other["expected"], (one, other)
    for case in (one, other):
        if "refused" in case["expected"]:
            assert case["expected"]["refused"]["rule"] is not None


def test_every_rule_that_is_computed_has_cases() -> None:
    # the others are lines of a sheet, findings or the note's own
    silent = {"OFF-7", "OFF-8", "OFF-10", "OFF-11", "OFF-13", "OFF-14", "OFF-15", "OFF-16", "OPT-9", "BYL-18", "BYL-19", "DIL-6"}
    assert {case["rule"] for case in CASES} == set(kit.RULES) - silent


def test_allocations_are_those_of_the_independent_reading() -> None:
    compared = 0
    for case in CASES:
        if case["ask"] != "allocate" or "answer" not in case["expected"]:
            continue
        schedule = case["changes"].get("underwriters") or cn.offering(case["name"]).underwriters
        asked, found = case["arguments"], case["expected"]["answer"]
        weights = asked.get("proportions") and {name: Fraction(each) for name, each in asked["proportions"].items()}
        expected = offering_oracle.section_nine(
            {name: int(each) for name, each in schedule.items()},
            {name: int(each) for name, each in asked["defaults"].items()},
            1_000,
            weights,
            asked.get("consents"),
        )
        assert (found["terminates"], found["needs_consent"]) == (expected["ends"], expected["asked"]), case["id"]
        assert {name: int(each) for name, each in found["take_up"].items()} == expected["taken"], case["id"]
        compared += 1
    assert compared >= 18


def test_record_windows_are_those_of_the_independent_reading() -> None:
    compared = 0
    for case in CASES:
        if case["ask"] == "record_window" and "answer" in case["expected"]:
            asked, found = case["arguments"], case["expected"]["answer"]
            resolved, action = (date.fromisoformat(asked.get(name, "2000-12-31")) for name in ("resolved", "action"))
            first, last = date.fromisoformat(found["first"]), date.fromisoformat(found["last"])
            for day, inside in (
                (first, True),
                (first - bylaws_oracle.ONE, False),
                (last, True),
                (last + bylaws_oracle.ONE, False),
            ):
                assert bylaws_oracle.may_set_record_date(asked["kind"], day, resolved, action) is inside, case["id"]
            compared += 1
    assert compared >= 6


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(cn.TermsError, match="cannot be written"):
        kit.write_filing_cases(tmp_path / "file")
