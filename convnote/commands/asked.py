"""Arguments of the command line: days and amounts, a note, a history of closes, recorded events."""

from __future__ import annotations

import argparse
import os
import re
import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path

from convnote.arithmetic import decimal, fraction
from convnote.calendars import day_number
from convnote.commands.command import DEFAULT_NOTE
from convnote.errors import ConvnoteError, TermsError
from convnote.lifecycle import events as ev
from convnote.market import MarketHistory, available_scenarios, scenario, scenario_of
from convnote.note import ConvertibleNote
from convnote.printing import on_one_line
from convnote.provisions.toml_values import number_of
from convnote.terminal import one_line
from convnote.termsheet import load

#: digits with or without commas between groups of three; at most 40 digits, and an exponent of at most two
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3}){1,12}|\d(_?\d){0,39}|(?=\.\d))(\.\d{0,40})?([eE][+-]?\d{1,2})?", re.ASCII)


def date(text: str) -> str:
    """A day written YYYY-MM-DD, as an argparse type."""
    try:
        day_number(text)
    except TermsError as error:
        raise argparse.ArgumentTypeError(str(error.reason) + f", not {text!r}") from None
    return text


def amount(text: str) -> Decimal:
    """An amount, as an argparse type."""
    try:
        return decimal(fraction(_NUMBER.fullmatch(text.strip()) and text.replace(",", "").replace("_", "")))
    except TermsError:
        hint = " (a decimal point; commas only between groups of three figures)" if "," in text else ""
        raise argparse.ArgumentTypeError(f"expected an amount, not {text[:40]!r}{hint}") from None


def share(text: str) -> Decimal:
    """A number or a percentage, such as 0.3 or 30%, as an argparse type."""
    if not text.strip().endswith("%"):
        return amount(text)
    try:
        return decimal(number_of(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number or a percentage, such as 0.3 or 30%, not {text[:40]!r}") from None


def split(text: str) -> tuple[str, Decimal]:
    """A day and the number of new shares per old share, written DATE=NEW, as an argparse type."""
    on, _, shares = text.partition("=")
    return date(on), amount(shares)


def note(name: str) -> ConvertibleNote:
    """The note of a bundled name or a TOML file. Raises `TermsError`, naming the file."""
    try:
        return load(name)
    except TermsError as error:
        # the fault names table and key; the file name is added here
        if not os.path.isfile(name) or error.field == name:
            raise
        raise TermsError(one_line(error), field=name) from None


def over_a_history(parser: argparse.ArgumentParser, default: str | None = None) -> argparse.ArgumentParser:
    """Add the arguments that `history` and `events` read."""
    names, usual = ", ".join(available_scenarios(DEFAULT_NOTE)), scenario_of(DEFAULT_NOTE)
    default = f"{usual}; of another note, the one of its name" if default is None else default
    own = f"of {DEFAULT_NOTE}: {names}; or a TOML file (default: {default})"
    parser.add_argument("--scenario", metavar="NAME", help=own)
    own = "CSV of date and close, or as Yahoo and Stooq write it: in USD with --fx, else in the note's currency"
    parser.add_argument("--close", metavar="FILE", help=own)
    said = "currency of the closes, such as USD, checked against the note (default: assumed to be the note's, with a warning)"
    parser.add_argument("--currency", metavar="CODE", help=said)
    parser.add_argument("--fx", metavar="FILE", help="CSV of date and USD per EUR, or as the ECB and FRED write it")
    style = "how the days of --close are written where that cannot be told, such as %%m/%%d/%%Y"
    parser.add_argument("--date-format", metavar="FORMAT", help=style)
    undo = "undo a split that the closes were adjusted for, such as 2022-06-06=20: new shares for one old"
    parser.add_argument("--split", metavar="DATE=NEW", type=split, action="append", default=[], help=undo)
    own = "TOML list [[events]] of what people did, instead of the scenario's own"
    parser.add_argument("--events", metavar="FILE", help=own)
    return parser


def history(asked: argparse.Namespace, note: ConvertibleNote) -> MarketHistory:
    """The closes given by `--close`, `--currency`, `--fx` and `--split`, or those of a scenario, for a note (CUR-1)."""
    if asked.close is None:
        for option, given in (("--fx", asked.fx), ("--split", asked.split), ("--currency", asked.currency)):
            if given:
                raise TermsError("needs the file of closes, --close, beside it", field=option)
        return scenario(_scenario_of(note) if asked.scenario is None else asked.scenario)
    if asked.scenario is not None:
        raise TermsError("either a scenario or closes of your own", field="--close, --scenario")
    currency = asked.currency
    if asked.fx is not None:
        _must_need_rates(note, currency)
        currency = note.closes_currency
    source = f"{asked.close}, taken to be in the note's currency" if currency is None else None
    more = {"splits": dict(asked.split), "date_format": asked.date_format, "source": source}
    given = MarketHistory.from_csv(close=asked.close, fx=asked.fx, currency=currency, **more)
    given.trading_days = note.principal.trading_days
    return given


def _scenario_of(note: ConvertibleNote) -> str:
    """The scenario over which a note is replayed if no closes are given."""
    if (name := scenario_of(note.name)) is not None:
        return name
    reason = f"no scenario is bundled for this note; expected --close FILE, the closes of its share in {note.closes_currency}, "
    raise TermsError(f"{reason}or --scenario FILE.toml", field="--close", rule="CUR-1", value=f"none, for {note.name}")


def _must_need_rates(note: ConvertibleNote, currency: str | None) -> None:
    """Refuse `--fx`, which converts closes in USD to the note's currency, if the closes do not need it."""
    own, share = note.closes_currency, note.principal.share_currency
    if own == "USD" or share not in (None, "USD"):
        reason = f"expected closes in {share or own}; rates turn closes in USD into another currency"
        raise TermsError(reason, field="--fx", rule="CUR-1", value=f"a note in {own}")
    if currency not in (None, "USD", own):
        raise TermsError(f"closes in USD are turned into {own} by --fx", field="--currency", rule="CUR-1", value=currency)


def events(path: str | None) -> list[ev.Event] | None:
    """The events of a TOML file: a list of tables `[[events]]` with `kind`, `on` and the fields of that kind."""
    if path is None:
        return None
    try:
        sheet = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise TermsError(f"cannot be read: {error.strerror}", field=path) from None
    except (InvalidOperation, RecursionError):
        raise TermsError("not valid TOML: a number or an array beyond any measure", field=path) from None
    except ValueError as error:  # not UTF-8, or not TOML
        raise TermsError(f"not valid TOML: {error}", field=path) from None
    tables = sheet.get("events")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables) or len(sheet) > 1:
        raise TermsError("expected a list of tables [[events]] and nothing else", field=path)
    made, faults = [], []
    for place, table in enumerate(tables, start=1):
        try:
            made.append(ev.from_table(table))
        except ConvnoteError as error:
            faults.append(TermsError(one_line(error), field=f"{path} event {place}"))
        except ValueError:  # Python refuses to convert an integer of more than 4,300 digits
            faults.append(TermsError("a whole number of thousands of digits", field=f"{path} event {place}"))
    if faults:
        raise TermsError.of(faults)
    return made


def title(of: ConvertibleNote) -> str:
    """The heading of a page on a note."""
    return on_one_line(of.description or of.name)
