"""`convnote dilution`: the effect of a note and of options on the shares outstanding."""

from __future__ import annotations

import argparse
from decimal import Decimal
from typing import Any

from convnote.commands import asked as asked_for
from convnote.commands.command import Command
from convnote.errors import TermsError
from convnote.note import ConvertibleNote
from convnote.replays.ledger import replay
from convnote.tables import Table
from convnote.terminal import as_json, say, show


def run(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    from convnote.filings.dilution import dilution  # imported here: no other command needs it

    state = None
    if asked.scenario is not None or asked.close is not None:
        state = replay(note, asked_for.history(asked, note), events=asked_for.events(asked.events), until=asked.on).state
    of_settlement = {"method": asked.method, "specified": asked.specified, "prices": asked.prices, "fx": asked.fx_rate}
    given = {"on": asked.on, "shares": asked.shares, "price": asked.price, "options": asked.option, "state": state}
    found = dilution(note, **given, **of_settlement)
    rows: list[tuple[Any, ...]] = list(found.table().rows)
    if asked.income is not None:
        earned = found.earnings(asked.income, interest=asked.interest or 0)
        included = f"diluted, with {' and '.join(earned.included) or 'neither options nor the note'}"
        rows += [
            ("earnings per share, basic", earned.basic, "DIL-3"),
            (f"earnings per share, {included}", earned.diluted, "DIL-3"),
        ]
    elif asked.interest is not None:
        raise TermsError("needs --income beside it", field="--interest", rule="DIL-3", value=asked.interest)
    table = Table.of(found.table().columns, rows, found.table().title)
    if asked.json or asked.csv:
        say(table.csv() if asked.csv else as_json(table.records()))
    else:
        show(table)


def _option(text: str) -> tuple[Decimal, Decimal]:
    count, equals, strike = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected COUNT=STRIKE, not {text!r}")
    return asked_for.amount(count), asked_for.amount(strike)


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", metavar="DATE", type=asked_for.date, required=True, help="the day")
    parser.add_argument("--shares", metavar="N", type=asked_for.amount, required=True, help="shares outstanding")
    price = "average price of the share, in its own currency"
    parser.add_argument("--price", metavar="P", type=asked_for.amount, required=True, help=price)
    options = "options as annual reports print them"
    parser.add_argument("--option", metavar="COUNT=STRIKE", type=_option, action="extend", nargs="+", default=[], help=options)
    parser.add_argument("--income", metavar="X", type=asked_for.amount, help="income of the period, for earnings per share")
    interest = "interest on the note in the period, after tax, in the currency of income"
    parser.add_argument("--interest", metavar="Y", type=asked_for.amount, help=interest)
    parser.add_argument(
        "--method", metavar="M", help="settlement to count: shares, cash or combination, where the issuer may elect"
    )
    parser.add_argument("--specified", metavar="C", type=asked_for.amount, help="cash per denomination of a combination")
    days = "prices of the share on the days of an observation period (default: --price)"
    parser.add_argument("--prices", metavar="P", type=asked_for.amount, nargs="+", default=[], help=days)
    rate = "for a combination: units of the share's currency for one of the note's, where they differ"
    parser.add_argument("--fx-rate", metavar="R", type=asked_for.amount, help=rate)
    asked_for.over_a_history(parser, default="none: the note as issued, before its first reset")


COMMAND = Command(
    name="dilution",
    example="convnote dilution amazon-peacs-2010",
    run=run,
    summary="what the note and options do to the shares outstanding, and to earnings per share",
    add=_add,
)
