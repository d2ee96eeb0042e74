"""`convnote simulate`: the life of a note on many simulated share paths."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from convnote.calendars import day_number, to_date
from convnote.commands import asked as asked_for
from convnote.commands.command import Command
from convnote.errors import TermsError
from convnote.lifecycle import State
from convnote.market import Lognormal, available_scenarios
from convnote.note import ConvertibleNote
from convnote.replays.ledger import replay
from convnote.replays.sentences import number
from convnote.tables import decimals_of, plain, shown
from convnote.terminal import as_json, folded, say, show

#: Model settings available as flags, with their defaults.
_MODEL = {
    "volatility": (0.5, "of the share, a year"),
    "rate": (0.05, "continuously compounded"),
    "dividend_yield": (0, "of the share, continuously"),
    "hazard_rate": (0, "of default, a year"),
    "recovery": (0, "share of principal recovered at default"),
    "change_rate": (0, "of fundamental changes, a year"),
    "change_jump": (0, "of the share at a fundamental change"),
}


def run(note: ConvertibleNote, asked: argparse.Namespace) -> None:
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
        say("\n".join([asked_for.title(note), *outcomes.summary().caveats]))
        spot = number(model.spot, max(2, decimals_of(note.closes_currency)))
        market = f"lognormal from {spot} on {model.as_of}: {chosen}"
        say(folded(f"{note.currency} on {shown(note.denomination)} of principal; {market}."))
        for table in outcomes.summary().tables():
            say("")
            show(table)


def _model(note: ConvertibleNote, asked: argparse.Namespace) -> tuple[Lognormal, State | None]:
    """The model given by the flags and the state of the note on the model's day; the spot defaults to that day's close."""
    as_of = str(note.issue_date) if asked.as_of is None else asked.as_of
    own = asked.close is not None or asked.scenario is not None
    if asked.spot is None and not own and not available_scenarios(note.name):
        raise TermsError("expected the share's price (or --scenario or --close, whose close it is)", field="--spot")
    spot, state, later = asked.spot, None, as_of != str(note.issue_date)
    if own or later or spot is None:
        history = asked_for.history(asked, note)
        history.must_fit(note.name, note.closes_currency, note.principal.issue_day)
    if later:
        state = replay(note, history, events=asked_for.events(asked.events), until=as_of).state
    if spot is None:
        spot = float(history.exact_close(note.principal.sessions.on_or_before(day_number(as_of))))
    given: dict[str, Any] = {name: float(getattr(asked, name)) for name in _MODEL}
    return Lognormal(as_of=to_date(day_number(as_of)), spot=float(spot), **given), state


def _add(parser: argparse.ArgumentParser) -> None:
    asked_for.over_a_history(parser)
    parser.add_argument("--paths", metavar="N", type=int, default=100_000, help="how many (default: 100,000)")
    parser.add_argument("--seed", metavar="N", type=int, default=7, help="of the random numbers (default: 7)")
    day = "the day to simulate from (default: the issue date)"
    parser.add_argument("--as-of", metavar="DATE", type=asked_for.date, help=day)
    spot = "of the share in the note's currency (default: the close)"
    parser.add_argument("--spot", metavar="PRICE", type=asked_for.amount, help=spot)
    for name, (default, what) in _MODEL.items():
        words = f"{what} (default: {default})"
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="X", type=asked_for.share, default=default, help=words)
    parser.add_argument("--ledger", metavar="PATH", type=int, help="tell one path, from 0 on, as a file note")


COMMAND = Command(
    name="simulate",
    example="convnote simulate amazon-peacs-2010 --paths 10000 --seed 7",
    run=run,
    summary="what the note does on many paths of the share, under the default policy",
    add=_add,
)
