"""`convnote accrued`: accrued interest on given days."""

from __future__ import annotations

import argparse

from convnote.arithmetic import decimal
from convnote.calendars import day_number, to_date
from convnote.commands import asked as asked_for
from convnote.commands.command import Command
from convnote.errors import TermsError
from convnote.note import ConvertibleNote
from convnote.tables import Table, shown
from convnote.terminal import as_json, say, show


def run(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    principal = note.denomination if asked.principal is None else decimal(asked.principal, "--principal")
    if not note.principal.is_multiple(principal):
        reason = f"expected a positive multiple of {note.denomination}"
        raise TermsError(reason, field="--principal", rule="ID-4", value=asked.principal)
    interest, rows = note.interest, []
    for on in asked.dates:
        amount = interest.accrued(on, principal)
        start = interest.accrual_start(day_number(on))
        rate = [interest.rate_on(start)] if interest.stepped else []
        days, year = interest.elapsed_in_words(start, day_number(on))
        rows.append((to_date(day_number(on)), to_date(start), *rate, days, year, amount, note.principal.paid(amount)))
    factor, rules = ("rate", f"{interest.rate_rules[0]}, INT-2") if interest.stepped else (interest.rate, "INT-2")
    title = f"Accrued interest: {note.currency} {shown(principal)} x {factor} x days / year [{rules}, INT-4, INT-7]"
    columns = ("date", "from", *(["rate"] if interest.stepped else []), "days", "year", "accrued", "as_paid")
    table = Table.of(columns, rows, title)
    if asked.json or asked.csv:
        say(table.csv() if asked.csv else as_json(table.records()))
    else:
        show(table)
        for line in note.caveats():
            say(line)


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dates", metavar="DATE", nargs="+", type=asked_for.date, help="YYYY-MM-DD")
    parser.add_argument("--principal", metavar="AMOUNT", type=asked_for.amount, help="principal held (default: one denomination)")


COMMAND = Command(
    name="accrued",
    example="convnote accrued amazon-peacs-2010 2002-02-17 --principal 1,000,000",
    run=run,
    summary="accrued interest on given days",
    add=_add,
)
