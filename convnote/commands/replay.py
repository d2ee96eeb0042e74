"""`convnote replay`: the life of a note over a history of closes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from convnote.arithmetic import decimal
from convnote.commands import asked as asked_for
from convnote.commands.command import Command
from convnote.note import ConvertibleNote
from convnote.replays.ledger import Entry, Ledger, replay
from convnote.tables import Table, plain
from convnote.terminal import as_json, folded, say, show


def run(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    history = asked_for.history(asked, note)
    ledger = replay(note, history, events=asked_for.events(asked.events), until=asked.until)
    if asked.explain:
        say(folded(ledger.explain()))
    elif asked.json or asked.csv:
        table = Table.of(Entry._fields, ledger.entries)
        say(table.csv() if asked.csv else as_json(_ledger_object(ledger, table, history.notes)))
    else:
        rows = [
            (entry.date, entry.cash or None, entry.shares or None, f"{entry.text} [{' '.join(entry.rules)}]")
            for entry in ledger.entries
        ]
        heads = ("date", f"cash {note.currency}", "shares", "what happened, and by which rules")
        show(Table.of(heads, rows, ledger.heading()).without_empty())
        noticed = [f"Noticed in the closes: {words}." for words in history.notes]
        say(folded("\n".join(["", *ledger.closing(), *noticed])))


def _ledger_object(ledger: Ledger, entries: Table, noticed: Sequence[str]) -> dict[str, Any]:
    state = ledger.state
    return {
        "note": ledger.note.name,
        "currency": ledger.note.currency,
        "not_modelled": dict(ledger.note.not_modelled),
        "closes": ledger.source,
        "closes_noticed": list(noticed),
        "entries": entries.records(),
        "open_rights": Table.of(("date", "rule", "text"), ledger.open_rights).records(),
        "warnings": list(ledger.warnings),
        "state": {
            "date": plain(state.on),
            "status": plain(state.status),
            "outstanding": plain(state.outstanding),
            "conversion_price": plain(state.conversion_price),
            "convertible": bool(state.convertible),
            "retired": {how: plain(decimal(amount)) for how, amount in state.retired.items()},
        },
    }


def _add(parser: argparse.ArgumentParser) -> None:
    asked_for.over_a_history(parser)
    parser.add_argument("--until", metavar="DATE", type=asked_for.date, help="stop at the end of this day")


COMMAND = Command(
    name="replay",
    example="convnote replay amazon-peacs-2010 --scenario rally --until 2001-12-31",
    run=run,
    summary="what the note did over a history of closes, to the cent, each line with its rules",
    add=_add,
    forms=("json", "csv", "explain"),
)
