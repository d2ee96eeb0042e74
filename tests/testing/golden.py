"""What the reference cases answered when they were last looked at, as digests: `python -m tests.testing.golden` pins them anew.

For each case two: of the answer (dates, cash, shares, rules, status) and of the words beside it (sentences, reasons of refusals).
An answer changes only if a rule does; words change when somebody writes better ones.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import convnote as cn
from convnote.lifecycle import events as ev
from convnote.testing import SpelledHistory
from convnote.testing.cases import made_cases, note_of

FILE = Path(__file__).with_name("golden.json")


def digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def words_of(case):
    """The sentences of a life, its open rights and warnings, or why it is refused."""
    if case["kind"] == "question":
        return []
    note = note_of(case["terms"])
    history, events = SpelledHistory(note, case["market"]["closes"]), list(map(ev.from_table, case["events"]))
    try:
        ledger = cn.replay(note, history, events=events, until=case["until"])
    except cn.LifecycleError as error:
        return [str(error), *(entry.text for entry in error.ledger)]
    return [ledger.explain(), repr(ledger.open_rights), repr(ledger.warnings)]


def digests(cases):
    return {case["id"]: [digest(case["expected"]), digest(words_of(case))] for case in cases}


def pinned():
    return json.loads(FILE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    rows = [f' "{name}": {json.dumps(pair)}' for name, pair in digests(made_cases()).items()]
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
