"""`convnote offering`: how an issue was sold, and the allocation after an underwriter's default."""

from __future__ import annotations

import argparse
from decimal import Decimal

from convnote.commands import asked as asked_for
from convnote.commands.command import DEFAULT_NOTE, Command
from convnote.note import ConvertibleNote
from convnote.tables import Table, plain
from convnote.terminal import as_json, folded, say, show


def run(_: ConvertibleNote, asked: argparse.Namespace) -> None:
    from convnote.filings.underwriting import offering  # imported here: no other command needs it

    sale = offering(asked.sheet)
    if asked.default or asked.consent is not None:
        found = sale.allocate(dict(asked.default), consents=asked.consent)
        answer = {
            "offering": sale.name,
            "defaulted": plain(found.defaulted),
            "terminates": found.terminates,
            "unplaced": plain(found.unplaced),
            "needs_consent": list(found.needs_consent),
            "arranged_by": f"{found.arranged_by:%Y-%m-%dT%H:%M}",
            "closing_by": plain(found.closing_by),
            "underwriters": found.table().records(),
            "warnings": list(found.warnings),
        }
        tables, below = [found.table()], list(found.warnings)
    else:
        findings = Table.of(("rule", "finding"), sale.check())
        tables, below = [sale.purchase().table(), sale.timetable().table(), findings], []
        names = ("purchase", "timetable", "findings")
        answer = {"offering": sale.name, **{name: table.records() for name, table in zip(names, tables, strict=True)}}
    if asked.json:
        say(as_json(answer))
    elif asked.csv:
        say(tables[0].csv())
    else:
        for place, table in enumerate(tables):
            say("" if place else sale.description or sale.name)
            if not place:
                say("")
            show(table)
        if below:
            say("\n" + folded("\n".join(below)))


def _default(text: str) -> tuple[str, Decimal]:
    name, equals, principal = text.rpartition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=PRINCIPAL, not {text!r}")
    return name, asked_for.amount(principal)


def _add(parser: argparse.ArgumentParser) -> None:
    named = f"a bundled name or a TOML file (default: {DEFAULT_NOTE})"
    parser.add_argument("sheet", metavar="NAME", nargs="?", default=DEFAULT_NOTE, help=named)
    missing = "principal that an underwriter does not buy"
    parser.add_argument(
        "--default", metavar="NAME=PRINCIPAL", type=_default, action="extend", nargs="+", default=[], help=missing
    )
    willing = "underwriters that consent to more than one-ninth (default: not asked yet)"
    parser.add_argument("--consent", metavar="NAME", action="extend", nargs="*", help=willing)


COMMAND = Command(
    name="offering",
    run=run,
    summary="how an issue was sold: payments, days and findings, or what becomes of a default",
    add=_add,
    of_note=False,
)
