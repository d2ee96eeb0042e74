"""Reference cases of a note's related papers, as JSON: questions on both sides of every boundary, with answers and rules.

They are separate from the cases of a note (`convnote.testing.cases`). `write_filing_cases` makes them, `run_filing_case` answers
one anew. Does not need Hypothesis. Numbers are strings of their digits or fractions, days YYYY-MM-DD.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

from convnote.errors import TermsError
from convnote.filings import RULES, Allocation, Grant
from convnote.filings.bylaws import bylaws
from convnote.filings.dilution import dilution
from convnote.filings.grants import grant
from convnote.filings.underwriting import offering
from convnote.termsheet import load
from convnote.testing.cases import digits
from convnote.testing.filing_questions import QUESTIONS

Case = dict[str, Any]

_LOADED = {"offering": offering, "grant": grant, "bylaws": bylaws}
#: the fields of an allocation, and of a grant after a split, that a case holds
_SAID: dict[type, tuple[str, ...]] = {
    Allocation: (
        "defaulted",
        "terminates",
        "take_up",
        "needs_consent",
        "limits",
        "unplaced",
        "purchased",
        "arranged_by",
        "closing_by",
    ),
    Grant: ("shares", "exercise_price", "aggregate_price"),
}


def made_filing_cases() -> Iterator[Case]:
    """Every case with its expected answer, named by its rule; the same on every machine."""
    count: dict[str, int] = {}
    for rule, side, filing, name, changes, ask, arguments in QUESTIONS:
        count[rule] = count.get(rule, 0) + 1
        case: Case = {
            "id": f"{rule}-{count[rule]:02}-{side}",
            "rule": rule,
            "side": side,
            "filing": filing,
            "name": name,
            "changes": changes,
            "ask": ask,
            "arguments": arguments,
        }
        yield {**case, "expected": run_filing_case(case)}


def run_filing_case(case: Mapping[str, Any]) -> dict[str, Any]:
    """This library's answer to a case, which `expected` must equal.

    >>> case = next(made_filing_cases())
    >>> case["id"], run_filing_case(case) == case["expected"]
    ('OFF-1-01-one', True)
    """
    try:
        found = _asked(case)
        for name in case["ask"].split("."):
            found = getattr(found, name)
        return {"answer": _plain(found(**case["arguments"]) if callable(found) else found)}
    except TermsError as error:
        return {"refused": {"rule": error.rule}}


def _asked(case: Mapping[str, Any]) -> Any:
    if case["filing"] == "dilution":
        return dilution(load(case["name"]), **case["changes"])
    filing = _LOADED[case["filing"]](case["name"])
    return dataclasses.replace(filing, **case["changes"]) if case["changes"] else filing


def _plain(value: Any) -> Any:
    """An answer as JSON: an object becomes a table of its figures by name."""
    if dataclasses.is_dataclass(value):
        names = _SAID.get(type(value)) or [each.name for each in dataclasses.fields(value)]
        return {name: _plain(getattr(value, name)) for name in names}
    if hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M}"
    return f"{value:%H:%M}" if isinstance(value, time) else digits(value)


def write_filing_cases(out: str | Path) -> int:
    """Write all cases to a folder, one JSON file each, with `schema.json` and `index.json`; return their number.

    Raises `TermsError` if the folder cannot be written.
    """
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        index: dict[str, Any] = {rule: {"says": line.says, "cases": []} for rule, line in RULES.items()}
        total = 0
        for case in made_filing_cases():
            _write(folder / f"{case['id']}.json", case)
            index[case["rule"]]["cases"].append(case["id"])
            total += 1
        _write(folder / "schema.json", SCHEMA)
        _write(folder / "index.json", {"cases": total, "rules": index})
    except OSError as error:
        raise TermsError(f"cannot be written: {error.strerror}", field=str(folder)) from None
    return total


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


_RULE = {"type": "string", "pattern": r"^[A-Z]{3}-\d+$"}
_REFUSED = {"type": "object", "properties": {"rule": _RULE}, "required": ["rule"], "additionalProperties": False}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A reference case of a filing beside a convertible note",
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "rule": _RULE,
        "side": {"enum": ["one", "other"], "description": "which side of the boundary of the rule"},
        "filing": {"enum": ["offering", "grant", "bylaws", "dilution"]},
        "name": {"type": "string", "description": "the bundled sheet; of dilution: the bundled note"},
        "changes": {"type": "object", "description": "settings changed first; of dilution: what it is asked of"},
        "ask": {"type": "string", "description": "the question, a method or a figure"},
        "arguments": {"type": "object"},
        "expected": {
            "oneOf": [
                {"type": "object", "properties": {"answer": {}}, "required": ["answer"], "additionalProperties": False},
                {"type": "object", "properties": {"refused": _REFUSED}, "required": ["refused"], "additionalProperties": False},
            ]
        },
    },
    "required": ["id", "rule", "side", "filing", "name", "changes", "ask", "arguments", "expected"],
    "additionalProperties": False,
}
