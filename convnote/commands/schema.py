"""`convnote schema`: the JSON Schema of a term sheet."""

from __future__ import annotations

import argparse

from convnote import schemas
from convnote.commands.command import Command
from convnote.note import ConvertibleNote
from convnote.terminal import as_json, say


def run(_: ConvertibleNote, asked: argparse.Namespace) -> None:
    say(as_json(schemas.term_sheet_schema()))


COMMAND = Command(
    name="schema",
    run=run,
    summary="the JSON Schema of a term sheet, for an editor that checks while one writes",
    forms=(),
    example="convnote schema > termsheet.schema.json",
    of_note=False,
)
