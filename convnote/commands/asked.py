"""What is asked for on the command line: days and amounts, a note, a history of closes, recorded events."""

from __future__ import annotations

import argparse
import tomllib
from decimal import Decimal
from pathlib import Path

from convnote.arithmetic import decimal, fraction
from convnote.calendars import day_number
from convnote.errors import ConvnoteError, TermsError
from convnote.lifecycle import events as ev
from convnote.market import MarketHistory, available_scenarios, scenario
from convnote.note import ConvertibleNote
from convnote.terminal import one_line
from convnote.termsheet import load


def date(text: str) -> str:
    """A day written YYYY-MM-DD, as a type of argparse."""
    try:
        day_number(text)
    except TermsError as error:
        raise argparse.ArgumentTypeError(str(error.reason) + f", not {text!r}") from None
    return text


def amount(text: str) -> Decimal:
    """An amount, as a type of argparse."""
    try:
        return decimal(fraction(text.replace(",", "").replace("_", "")))
    except TermsError:
        raise argparse.ArgumentTypeError(f"an amount is needed, not {text!r}") from None


def split(text: str) -> tuple[str, Decimal]:
    """A day and the new shares for one old, written DATE=NEW, as a type of argparse."""
    on, _, shares = text.partition("=")
    return date(on), amount(shares)


def note(name: str) -> ConvertibleNote:
    """The note of a bundled name or a TOML file. Raises `TermsError`, naming the file."""
    try:
        return load(name)
    except TermsError as error:
        # a fault in a file names table and key; the file is known here
        if not Path(name).is_file() or error.field == name:
            raise
        raise TermsError(one_line(error), field=name) from None


def over_a_history(parser: argparse.ArgumentParser, default: str = "as-it-was") -> argparse.ArgumentParser:
    """Add the arguments that `history` and `events` read."""
    names = ", ".join(available_scenarios())
    parser.add_argument("--scenario", metavar="NAME", help=f"{names}, or a TOML file (default: {default})")
    own = "CSV of date and close, or as Yahoo and Stooq write it: in USD with --fx, else in the note's currency"
    parser.add_argument("--close", metavar="FILE", help=own)
    parser.add_argument("--fx", metavar="FILE", help="CSV of date and USD per EUR, or as the ECB and FRED write it")
    undo = "undo a split that the closes were adjusted for, such as 2022-06-06=20: new shares for one old"
    parser.add_argument("--split", metavar="DATE=NEW", type=split, action="append", default=[], help=undo)
    own = "TOML list [[events]] of what people did, instead of the scenario's own"
    parser.add_argument("--events", metavar="FILE", help=own)
    return parser


def history(asked: argparse.Namespace) -> MarketHistory:
    """The closes of `--close`, `--fx` and `--split`, or those of a scenario."""
    if asked.close is None:
        if asked.fx is not None or asked.split:
            raise TermsError("needs the file of closes, --close, beside it", field="--split" if asked.split else "--fx")
        return scenario(asked.scenario or "as-it-was")
    if asked.scenario is not None:
        raise TermsError("either a scenario or closes of your own", field="--close, --scenario")
    source = f"{asked.close}, taken to be in the note's currency" if asked.fx is None else None
    return MarketHistory.from_csv(close=asked.close, fx=asked.fx, splits=dict(asked.split), source=source)


def events(path: str | None) -> list[ev.Event] | None:
    """The events of a TOML file: a list of tables `[[events]]` with `kind`, `on` and what the kind needs."""
    if path is None:
        return None
    try:
        sheet = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise TermsError(f"cannot be read: {error.strerror}", field=path) from None
    except ValueError as error:  # not UTF-8, or not TOML
        raise TermsError(f"not valid TOML: {error}", field=path) from None
    tables = sheet.get("events")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables) or len(sheet) > 1:
        raise TermsError("nothing but a list of tables [[events]] is needed", field=path)
    made, faults = [], []
    for place, table in enumerate(tables, start=1):
        try:
            made.append(ev.from_table(table))
        except ConvnoteError as error:
            faults.append(TermsError(one_line(error), field=f"{path} event {place}"))
    if faults:
        raise TermsError.of(faults)
    return made


def title(of: ConvertibleNote) -> str:
    """The heading of a page on a note."""
    return of.description or of.name
