"""`convnote check`: contradictions within the terms."""

from __future__ import annotations

import argparse

from convnote.commands import asked as asked_for
from convnote.commands.command import Command
from convnote.note import ConvertibleNote
from convnote.tables import Table
from convnote.terminal import as_json, say, show


def run(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    table = Table.of(("rule", "finding"), note.check(), asked_for.title(note))
    if asked.json or asked.csv:
        say(table.csv() if asked.csv else as_json(table.records()))
    elif table.rows:
        show(table)
    else:
        say(f"{table.title}: nothing found that does not add up")


COMMAND = Command(
    name="check", example="convnote check amazon-peacs-2010", run=run, summary="what does not add up within the terms"
)
