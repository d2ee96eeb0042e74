"""`convnote bylaws`: the by-laws as printed, or the days around one year's annual meeting."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from convnote.commands.command import Command
from convnote.note import ConvertibleNote
from convnote.tables import Table
from convnote.terminal import as_json, say, show


def run(_: ConvertibleNote, asked: argparse.Namespace) -> None:
    from convnote.filings.bylaws import Bylaws, bylaws  # imported here: no other command needs it

    rules: Bylaws = bylaws(asked.sheet)
    if asked.year is None:
        tables = {"terms": rules.table(), "findings": Table.of(("rule", "finding"), rules.check())}
    else:
        tables = {"days": _days(rules, asked.year)}
    if asked.json:
        year = {} if asked.year is None else {"year": asked.year}
        say(as_json({"bylaws": rules.name, **year, **{name: table.records() for name, table in tables.items()}}))
    elif asked.csv:
        say(next(iter(tables.values())).csv())
    else:
        for place, table in enumerate(tables.values()):
            say("" if place else rules.description or rules.name)
            if not place:
                say("")
            show(dataclasses.replace(table, title=""))


def _days(rules: Any, year: int) -> Table:
    """The days around the annual meeting of a year."""
    meeting, window = rules.annual_meeting(year), rules.proposal_window(year)
    rows = [
        (window.first, "first proposal", "BYL-5", "first day to receive a stockholder's business or nominations"),
        (window.last, "last proposal", "BYL-5", "last day to receive them"),
        *((row.date, row.kind, row.rule, row.text) for row in rules.timetable(meeting)),
        (rules.postponement_limit(year), "postponement limit", "BYL-2", "last day to which the meeting is postponed"),
    ]
    return Table.of(("date", "kind", "rule", "text"), sorted(rows, key=lambda row: row[0]))


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sheet", metavar="NAME", help="a bundled name (amazon-2000) or a TOML file")
    parser.add_argument("--year", metavar="YEAR", type=int, help="the days of this year's annual meeting")


COMMAND = Command(
    name="bylaws",
    run=run,
    summary="what the issuer's by-laws print and what does not add up, or the days of an annual meeting",
    add=_add,
    of_note=False,
)
