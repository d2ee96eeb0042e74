"""`convnote cases`: reference cases as JSON, for engines in any language."""

from __future__ import annotations

import argparse

from convnote.commands.command import Command
from convnote.note import ConvertibleNote
from convnote.terminal import say


def run(_: ConvertibleNote, asked: argparse.Namespace) -> None:
    if asked.filings:
        from convnote.testing.filing_cases import write_filing_cases  # imported here: no other command needs the kit

        say(f"{write_filing_cases(asked.out)} cases in {asked.out}, with schema.json and index.json")
        return
    from convnote.testing.cases import write_cases  # imported here: no other command needs the kit

    count = write_cases(asked.out)
    say(f"{count} cases in {asked.out}, with schema.json, calendars.json and index.json")


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write them to")
    others = "cases of the offering, the grants, the by-laws and dilution instead"
    parser.add_argument("--filings", action="store_true", help=others)


COMMAND = Command(
    name="cases",
    example="convnote cases --out cases",
    run=run,
    summary="reference cases of the bundled note as JSON, every rule on both sides of its boundary",
    add=_add,
    forms=(),
    of_note=False,
)
