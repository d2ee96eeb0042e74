"""The command line: `convnote replay|schedule|check|accrued|simulate|report NOTE`, where NOTE is a bundled name or a TOML file.

It asks the library and shows the answer: a table fitted to the terminal (one row on one line where the output is piped),
`--csv` or `--json` with every figure. Bad input is one line on standard error and exit status 2. Computes nothing itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from convnote.arithmetic import decimal, fraction
from convnote.calendars import day_number, days_and_year, to_date
from convnote.errors import ConvnoteError, LifecycleError, TermsError
from convnote.ledger import Entry, Ledger, replay
from convnote.lifecycle import State
from convnote.lifecycle import events as ev
from convnote.market import Lognormal, MarketHistory, available_scenarios, scenario
from convnote.note import ConvertibleNote
from convnote.schedule import schedule
from convnote.tables import Table, plain, shown
from convnote.terminal import as_json, folded, one_line, say, show
from convnote.termsheet import available, load

NOT_WRITTEN, BAD_INPUT, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141


# --- the commands -----------------------------------------------------------------------------------------------------


def _replay(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    history = _history(asked)
    ledger = replay(note, history, events=_events(asked.events), until=asked.until)
    if asked.explain:
        say(folded(ledger.explain()))
    elif asked.json or asked.csv:
        table = Table.of(Entry._fields, ledger.entries)
        say(table.csv() if asked.csv else as_json(_ledger_object(ledger, table, history.notes)))
    else:
        rows = [
            (entry.date, entry.cash or None, entry.shares or None, f"{entry.text} [{' '.join(entry.rules)}]")
            for entry in ledger.entries
        ]
        heads = ("date", f"cash {note.currency}", "shares", "what happened, and by which rules")
        show(Table.of(heads, rows, _title(note)).without_empty())
        noticed = [f"Noticed in the closes: {words}." for words in history.notes]
        say(folded("\n".join(["", *ledger.closing(), *noticed])))


def _ledger_object(ledger: Ledger, entries: Table, noticed: Sequence[str]) -> dict[str, Any]:
    state = ledger.state
    return {
        "note": ledger.note.name,
        "currency": ledger.note.currency,
        "closes": ledger.source,
        "closes_noticed": list(noticed),
        "entries": entries.records(),
        "open_rights": Table.of(("date", "rule", "text"), ledger.open_rights).records(),
        "warnings": list(ledger.warnings),
        "state": {
            "date": plain(state.on),
            "status": plain(state.status),
            "outstanding": plain(state.outstanding),
            "conversion_price": plain(state.conversion_price),
            "convertible": bool(state.convertible),
            "retired": {how: plain(decimal(amount)) for how, amount in state.retired.items()},
        },
    }


def _schedule(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    rows = schedule(note)
    if asked.json or asked.csv:
        say(rows.table().csv() if asked.csv else as_json(rows.table().records()))
        return
    cells = [
        (
            row.date,
            row.amount,
            row.payment_date if row.payment_date != row.date else None,  # news only where it is another day
            f"{row.kind.replace('-', ' ')}: {row.text} [{row.rule}]",
        )
        for row in rows
    ]
    heads = ("date", f"{note.currency} per {shown(note.denomination)}", "paid", "what, and by which rule")
    show(Table.of(heads, cells, _title(note)).without_empty())


def _title(note: ConvertibleNote) -> str:
    return note.description or note.name


def _check(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    table = Table.of(("rule", "finding"), note.check(), _title(note))
    if asked.json or asked.csv:
        say(table.csv() if asked.csv else as_json(table.records()))
    elif table.rows:
        show(table)
    else:
        say(f"{table.title}: nothing found that does not add up")


def _accrued(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    principal = note.denomination if asked.principal is None else decimal(asked.principal, "--principal")
    if not note.principal.is_multiple(principal):
        reason = f"a positive multiple of {note.denomination} is needed"
        raise TermsError(reason, field="--principal", rule="ID-4", value=asked.principal)
    rows = []
    for on in asked.dates:
        amount = note.interest.accrued(on, principal)
        start = note.interest.accrual_start(day_number(on))
        days, year = days_and_year(start, day_number(on), note.interest.day_count)
        rows.append((to_date(day_number(on)), to_date(start), days, year, amount, note.principal.paid(amount)))
    title = f"Accrued interest: {note.currency} {shown(principal)} x {note.interest.rate} x days / year [INT-2, INT-4, INT-7]"
    table = Table.of(("date", "from", "days", "year", "accrued", "as_paid"), rows, title)
    if asked.json or asked.csv:
        say(table.csv() if asked.csv else as_json(table.records()))
    else:
        show(table)


def _report(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    from convnote import report

    given = asked.close is not None or asked.scenario is not None or asked.fx is not None
    history = _history(asked) if given or asked.split else None
    try:
        target = report.write(asked.out, note, history, events=_events(asked.events))
    except OSError as error:
        raise TermsError(f"cannot be written: {error.strerror}", field=f"--out {asked.out}") from None
    say(f"{target}: {target.stat().st_size:,} bytes")


def _simulate(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    from convnote.simulation import simulate

    model, state = _model(note, asked)
    keep = "summary" if asked.ledger is None else "paths"
    outcomes = simulate(note, model, paths=asked.paths, seed=asked.seed, state=state, keep=keep, progress=sys.stderr.isatty())
    if asked.ledger is not None:
        say(folded(outcomes.ledger(asked.ledger).explain()))
    elif asked.csv:
        say(outcomes.summary().tables()[0].csv())
    elif asked.json:
        settings = {name: plain(value) for name, value in vars(model).items()}
        say(as_json({"note": note.name, "seed": asked.seed, "model": settings, **outcomes.summary().as_dict()}))
    else:
        chosen = ", ".join(f"{name.replace('_', ' ')} {shown(getattr(model, name))}" for name in _MODEL if getattr(model, name))
        say(f"{_title(note)}\n")
        market = f"lognormal from {model.spot:.2f} on {model.as_of}: {chosen}"
        say(folded(f"{note.currency} on {shown(note.denomination)} of principal; {market}."))
        for table in outcomes.summary().tables():
            say("")
            show(table)


def _model(note: ConvertibleNote, asked: argparse.Namespace) -> tuple[Lognormal, State | None]:
    """The model that is asked for, and the state of the note on its day; a spot that is not given is the close of that day."""
    as_of = str(note.issue_date) if asked.as_of is None else asked.as_of
    own = asked.close is not None or asked.scenario is not None
    if asked.spot is None and not own and note.name != _DEFAULT_NOTE:
        raise TermsError("the share's price is needed (or --scenario or --close, whose close it is)", field="--spot")
    history, state = _history(asked), None
    if as_of != str(note.issue_date):
        state = replay(note, history, events=_events(asked.events), until=as_of).state
    spot = asked.spot
    if spot is None:
        spot = float(history.exact_close(note.principal.sessions.on_or_before(day_number(as_of))))
    given: dict[str, Any] = {name: float(getattr(asked, name)) for name in _MODEL}
    return Lognormal(as_of=to_date(day_number(as_of)), spot=float(spot), **given), state


#: Settings of the model that the command line takes, with what holds where they are not given.
_MODEL = {
    "volatility": (0.5, "of the share, a year"),
    "rate": (0.05, "continuously compounded"),
    "dividend_yield": (0, "of the share, continuously"),
    "hazard_rate": (0, "of default, a year"),
    "recovery": (0, "share of principal recovered at default"),
    "change_rate": (0, "of fundamental changes, a year"),
    "change_jump": (0, "of the share at a fundamental change"),
}
_DEFAULT_NOTE = "amazon-peacs-2010"


def _cases(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    from convnote.testing.cases import write_cases  # only here: nobody else needs the kit

    count = write_cases(asked.out)
    say(f"{count} cases in {asked.out}, with schema.json, calendars.json and index.json")


# --- what is asked for ------------------------------------------------------------------------------------------------


def _note(name: str) -> ConvertibleNote:
    try:
        return load(name)
    except TermsError as error:
        # a fault in a file names table and key; the file is known here
        if not Path(name).is_file() or error.field == name:
            raise
        raise TermsError(one_line(error), field=name) from None


def _history(asked: argparse.Namespace) -> MarketHistory:
    if asked.close is None:
        if asked.fx is not None or asked.split:
            raise TermsError("needs the file of closes, --close, beside it", field="--split" if asked.split else "--fx")
        return scenario(asked.scenario or "as-it-was")
    if asked.scenario is not None:
        raise TermsError("either a scenario or closes of your own", field="--close, --scenario")
    source = f"{asked.close}, taken to be in the note's currency" if asked.fx is None else None
    return MarketHistory.from_csv(close=asked.close, fx=asked.fx, splits=dict(asked.split), source=source)


def _events(path: str | None) -> list[ev.Event] | None:
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


def _date(text: str) -> str:
    try:
        day_number(text)
    except TermsError as error:
        raise argparse.ArgumentTypeError(str(error.reason) + f", not {text!r}") from None
    return text


def _split(text: str) -> tuple[str, Decimal]:
    on, _, shares = text.partition("=")
    return _date(on), _amount(shares)


def _amount(text: str) -> Decimal:
    try:
        return decimal(fraction(text.replace(",", "").replace("_", "")))
    except TermsError:
        raise argparse.ArgumentTypeError(f"an amount is needed, not {text!r}") from None


# --- the program ------------------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    notes, scenarios = ", ".join(available()), ", ".join(available_scenarios())
    parser = _Parser(
        prog="convnote",
        description="A convertible note, executable.",
        epilog=f"NOTE is a bundled name ({notes}) or a TOML file. 'convnote COMMAND --help' tells more.",
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, run: Any, summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        added.set_defaults(run=run)
        added.add_argument("note", metavar="NOTE", help=f"a bundled name ({notes}) or a TOML file")
        if name == "report":
            return added
        form = added.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="JSON; exact numbers as strings of their digits")
        form.add_argument("--csv", action="store_true", help="CSV, every figure kept")
        if name == "replay":
            form.add_argument("--explain", action="store_true", help="a file note: each line, its rules and where they stand")
        return added

    def over_a_history(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added.add_argument("--scenario", metavar="NAME", help=f"{scenarios}, or a TOML file (default: as-it-was)")
        own = "CSV of date and close, or as Yahoo and Stooq write it: in USD with --fx, else in the note's currency"
        added.add_argument("--close", metavar="FILE", help=own)
        added.add_argument("--fx", metavar="FILE", help="CSV of date and USD per EUR, or as the ECB and FRED write it")
        undo = "undo a split that the closes were adjusted for, such as 2022-06-06=20: new shares for one old"
        added.add_argument("--split", metavar="DATE=NEW", type=_split, action="append", default=[], help=undo)
        own = "TOML list [[events]] of what people did, instead of the scenario's own"
        added.add_argument("--events", metavar="FILE", help=own)
        return added

    added = command("replay", _replay, "what the note did over a history of closes, to the cent, each line with its rules")
    over_a_history(added).add_argument("--until", metavar="DATE", type=_date, help="stop at the end of this day")
    command("schedule", _schedule, "every date that matters, in order, amounts per denomination")
    command("check", _check, "what does not add up within the terms")
    added = command("accrued", _accrued, "accrued interest on given days")
    added.add_argument("dates", metavar="DATE", nargs="+", type=_date, help="YYYY-MM-DD")
    added.add_argument("--principal", metavar="AMOUNT", type=_amount, help="principal held (default: one denomination)")
    added = command("report", _report, "one HTML page: terms, findings, dates, replay and scenarios, each number with its rule")
    over_a_history(added).add_argument("--out", metavar="FILE", required=True, help="where to write the page")
    added = over_a_history(
        command("simulate", _simulate, "what the note does on many paths of the share, under the default policy")
    )
    added.add_argument("--paths", metavar="N", type=int, default=100_000, help="how many (default: 100,000)")
    added.add_argument("--seed", metavar="N", type=int, default=7, help="of the random numbers (default: 7)")
    added.add_argument("--as-of", metavar="DATE", type=_date, help="the day to simulate from (default: the issue date)")
    added.add_argument("--spot", metavar="PRICE", type=_amount, help="of the share in the note's currency (default: the close)")
    for name, (default, what) in _MODEL.items():
        words = f"{what} (default: {default})"
        added.add_argument(f"--{name.replace('_', '-')}", metavar="X", type=_amount, default=default, help=words)
    added.add_argument("--ledger", metavar="PATH", type=int, help="tell one path, from 0 on, as a file note")
    summary = "reference cases of the bundled note as JSON, every rule on both sides of its boundary"
    added = commands.add_parser("cases", help=summary, description=summary + ".")
    added.set_defaults(run=_cases, note=_DEFAULT_NOTE)
    added.add_argument("--out", metavar="DIR", required=True, help="the folder to write them to")
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"convnote {version('convnote')}"
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "convnote (not installed)"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0; 1 if the output cannot be written, 2 for bad input, 130 if interrupted, 141 if
    the reader of the output went away.

    >>> main(["accrued", "amazon-peacs-2010", "2002-02-17", "--csv"])
    date,from,days,year,accrued,as_paid
    2002-02-17,2002-02-16,1,365,0.1883561643835616438356164383561644,0.19
    0
    """
    asked = _parser().parse_args(argv)
    try:
        if hasattr(sys.stdout, "reconfigure"):  # a terminal that cannot show a character shows a question mark
            sys.stdout.reconfigure(errors="replace")
        asked.run(_note(asked.note), asked)
        sys.stdout.flush()
    except LifecycleError as error:
        print(f"convnote: {one_line(error)} (event of {error.event.on})", file=sys.stderr)
        return BAD_INPUT
    except ConvnoteError as error:
        print(f"convnote: {one_line(error)}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:  # of the output: files that are read have errors of their own
        # Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return PIPE_CLOSED
        print(f"convnote: the output cannot be written: {error.strerror}", file=sys.stderr)
        return NOT_WRITTEN
    return 0


if __name__ == "__main__":
    sys.exit(main())
