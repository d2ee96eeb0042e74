"""`convnote price`: what a note is worth, in desk units, and how that moves."""

from __future__ import annotations

import argparse
from typing import Any

from convnote.calendars import day_number, to_date
from convnote.commands import asked as asked_for
from convnote.commands.command import Command
from convnote.errors import TermsError
from convnote.lifecycle import State
from convnote.market import Lognormal
from convnote.note import ConvertibleNote
from convnote.replays.walk import replay
from convnote.terminal import as_json, folded, say, show

#: Settings of the model that the command line takes, with what holds where they are not given.
_MODEL = {
    "volatility": (None, "of the share, a year"),
    "rate": (None, "continuously compounded, a year"),
    "dividend_yield": (0, "of the share, continuously"),
    "borrow": (0, "cost of borrowing the share, a year"),
    "hazard_rate": (0, "of default, a year"),
    "recovery": (0, "share of principal recovered at default"),
    "default_jump": (1, "fall of the share at default: 1 to nothing"),
    "hazard_exponent": (0, "of the hazard in the share price"),
}


def run(note: ConvertibleNote, asked: argparse.Namespace) -> None:
    from convnote.pricing import price

    model, state = _model(note, asked)
    value = price(note, model, credit=asked.credit, state=state, ignore=asked.ignore)
    table = value.ladder().table() if asked.ladder else value.table()
    if asked.csv:
        say(table.csv())
    elif asked.json:
        told = {"notes": list(value.notes), "ignored": list(value.ignored)}
        say(as_json({"note": note.name, "as_of": str(value.as_of), "spot": value.spot, "figures": table.records(), **told}))
    else:
        show(table)
        say("")
        for line in (*value.notes, *(f"ignored: {each}" for each in value.ignored)):
            say(folded(line))


def _model(note: ConvertibleNote, asked: argparse.Namespace) -> tuple[Lognormal, State | None]:
    """The model that is asked for, and the state of the note on its day where closes are given."""
    as_of = str(note.issue_date) if asked.as_of is None else asked.as_of
    own = asked.close is not None or asked.scenario is not None
    state, spot = None, asked.spot
    if own:
        history = asked_for.history(asked, note)
        history.must_fit(note.name, note.closes_currency, note.principal.issue_day)
        if as_of != str(note.issue_date):
            state = replay(note, history, events=asked_for.events(asked.events), until=as_of).state
        if spot is None:
            spot = float(history.exact_close(note.principal.sessions.on_or_before(day_number(as_of))))
    if spot is None:
        raise TermsError("the share's price is needed (or --scenario or --close, whose close it is)", field="--spot")
    given: dict[str, Any] = {name: float(getattr(asked, name)) for name in _MODEL}
    return Lognormal(as_of=to_date(day_number(as_of)), spot=float(spot), **given), state


def _add(parser: argparse.ArgumentParser) -> None:
    asked_for.over_a_history(parser, default="none: the note as issued")
    day = "the day of the value, at its close (default: the issue date)"
    parser.add_argument("--as-of", metavar="DATE", type=asked_for.date, help=day)
    parser.add_argument("--spot", metavar="PRICE", type=asked_for.amount, help="of the share in the note's currency")
    for name, (default, what) in _MODEL.items():
        words = what if default is None else f"{what} (default: {default})"
        more: dict[str, Any] = {"required": True} if default is None else {"default": default}
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="X", type=asked_for.amount, help=words, **more)
    models = ("jump-to-default", "tsiveriotis-fernandes")
    parser.add_argument("--credit", choices=models, default=models[0], help="the credit model (default: jump-to-default)")
    rules = "a rule id that the method cannot carry and that is left out, such as WDR-1; may be given again"
    parser.add_argument("--ignore", metavar="RULE", action="append", default=[], help=rules)
    words = "value, delta and hedged profit and loss from -20%% to +20%% of the share price"
    parser.add_argument("--ladder", action="store_true", help=words)


COMMAND = Command(
    name="price",
    run=run,
    summary="what the note is worth, and how that moves",
    example="convnote price afv-2003 --spot 100 --volatility 0.2 --rate 0.05 --hazard-rate 0.02",
    add=_add,
)
