"""`convnote report`: one HTML page on a note."""

from __future__ import annotations

import argparse
from typing import Any

from convnote.commands import asked as asked_for
from convnote.commands import markets
from convnote.commands.command import Command
from convnote.files import in_a_folder
from convnote.note import ConvertibleNote
from convnote.terminal import say


def run(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    from convnote import reports

    in_a_folder(asked.out)
    given = asked.close is not None or asked.scenario is not None or asked.fx is not None or asked.currency is not None
    history = asked_for.history(asked, note) if given or asked.split else None
    events = asked_for.events(asked.events)
    valued: dict[str, Any] = {}
    if markets.is_asked(asked):
        model, state = markets.model(note, asked, history)
        valued = {"model": model, "state": state, "credit": asked.credit, "ignore": asked.ignore}
    target = reports.write(asked.out, note, history, events=events, **valued)
    say(f"{target}: {target.stat().st_size:,} bytes")


def _add(parser: argparse.ArgumentParser) -> None:
    asked_for.over_a_history(parser)
    markets.add(parser, required=False)
    parser.add_argument("--out", metavar="FILE", required=True, help="where to write the page")


COMMAND = Command(
    name="report",
    example="convnote report amazon-peacs-2010 --out report.html",
    run=run,
    summary="one HTML page: terms, findings, dates, replay and scenarios, each number with its rule",
    add=_add,
    forms=(),
)
