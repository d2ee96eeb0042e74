"""`convnote settings`: every setting of a term sheet."""

from __future__ import annotations

import argparse

from convnote import schemas
from convnote.commands.command import Command
from convnote.note import ConvertibleNote
from convnote.tables import Table
from convnote.terminal import as_json, say, show


def shown_as(table: Table, asked: argparse.Namespace) -> None:
    """Show a table in the requested form."""
    if asked.json or asked.csv:
        say(table.csv() if asked.csv else as_json(table.records()))
    else:
        show(table)


def run(_: ConvertibleNote, asked: argparse.Namespace) -> None:
    shown_as(schemas.settings_table(), asked)


COMMAND = Command(
    name="settings",
    run=run,
    summary="every setting of a term sheet: what it takes, its default, its rule and where it is printed",
    example="convnote settings",
    of_note=False,
)
