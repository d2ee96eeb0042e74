"""`convnote schedule`: every date that matters."""

from __future__ import annotations

import argparse

from convnote.commands import asked as asked_for
from convnote.commands.command import Command
from convnote.note import ConvertibleNote
from convnote.schedules import schedule
from convnote.tables import Table, shown
from convnote.terminal import as_json, say, show


def run(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    rows = schedule(note)
    if asked.json or asked.csv:
        say(rows.table().csv() if asked.csv else as_json(rows.table().records()))
        return
    cells = [
        (
            row.date,
            row.amount,
            row.payment_date if row.payment_date != row.date else None,  # shown only if it differs from the date
            f"{row.kind.replace('-', ' ')}: {row.text} [{row.rule}]",
        )
        for row in rows
    ]
    heads = ("date", f"{note.currency} per {shown(note.denomination)}", "paid", "what, and by which rule")
    show(Table.of(heads, cells, asked_for.title(note)).without_empty())
    for line in note.caveats():
        say(line)


COMMAND = Command(
    name="schedule",
    example="convnote schedule amazon-peacs-2010 --csv",
    run=run,
    summary="every date that matters, in order, amounts per denomination",
)
