"""`convnote grant`: an option grant, its instalments, and the shares exercisable on a day."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from typing import Any

from convnote.commands import asked as asked_for
from convnote.commands.command import Command
from convnote.errors import TermsError
from convnote.note import ConvertibleNote
from convnote.tables import Table
from convnote.terminal import as_json, say, show


def run(_: ConvertibleNote, asked: argparse.Namespace) -> None:
    from convnote.filings.grants import Grant, grant  # imported here: no other command needs it

    option: Grant = grant(asked.sheet)
    if asked.shares is not None:
        option = dataclasses.replace(option, shares=asked.shares)
    if asked.on is not None:
        tables = {"on": _on(option, asked.on)}
    else:
        instalments = [(row.date, row.share, row.shares, row.expires, "OPT-3") for row in option.instalments()]
        heads = ("date", "share", "shares", "expires", "rule")
        findings = Table.of(("rule", "finding"), option.check())
        tables = {"terms": option.table(), "instalments": Table.of(heads, instalments), "findings": findings}
    if asked.json:
        say(as_json({"grant": option.name, **{name: table.records() for name, table in tables.items()}}))
    elif asked.csv:
        say(next(iter(tables.values())).csv())
    else:
        for place, table in enumerate(each for each in tables.values() if each.rows):
            say("" if place else option.description or option.name)
            if not place:
                say("")
            show(dataclasses.replace(table, title=""))


def _on(option: Any, on: str) -> Table:
    """The grant's figures on a day; for those its paper does not state, the table says so."""
    questions = (
        ("vested, part of the grant", "OPT-3", option.vested_share),
        ("vested, shares", "OPT-3", option.vested),
        ("exercisable, shares", "OPT-4", option.exercisable),
        ("not expired, shares", "OPT-4", option.outstanding),
    )
    rows = [(what, *_answer(ask, on), rule) for what, rule, ask in questions]
    return Table.of(("what", "on the day", "why not", "rule"), rows).without_empty()


def _answer(ask: Callable[[str], Any], on: str) -> tuple[Any, str | None]:
    try:
        return ask(on), None
    except TermsError as error:
        return None, error.reason


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sheet", metavar="NAME", help="a bundled name (amazon-1994, amazon-2004) or a TOML file")
    size = "size of the grant, where the paper does not state it"
    parser.add_argument("--shares", metavar="N", type=asked_for.amount, help=size)
    parser.add_argument("--on", metavar="DATE", type=asked_for.date, help="what is vested and exercisable on this day")


COMMAND = Command(
    name="grant",
    run=run,
    summary="an option grant on the share: terms, instalments and findings, or what it is on a day",
    add=_add,
    of_note=False,
)
