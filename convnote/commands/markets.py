"""Command-line flags for the model of the share, for commands that value a note."""

from __future__ import annotations

import argparse
from typing import Any

from convnote.calendars import day_number, to_date
from convnote.commands import asked as asked_for
from convnote.errors import TermsError
from convnote.lifecycle import State
from convnote.market import Lognormal, MarketHistory
from convnote.note import ConvertibleNote
from convnote.replays.ledger import replay

#: Model settings available as flags, with their defaults.
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


def model(note: ConvertibleNote, asked: argparse.Namespace, history: MarketHistory | None) -> tuple[Lognormal, State | None]:
    """The model that the flags describe and, if a history of closes is given, the state of the note on the model's day."""
    as_of = str(note.issue_date) if asked.as_of is None else asked.as_of
    state, spot = None, asked.spot
    if history is not None:
        history.must_fit(note.name, note.closes_currency, note.principal.issue_day)
        if as_of != str(note.issue_date):
            state = replay(note, history, events=asked_for.events(asked.events), until=as_of).state
        if spot is None:
            spot = float(history.exact_close(note.principal.sessions.on_or_before(day_number(as_of))))
    if spot is None:
        raise TermsError("expected the share's price (or --scenario or --close, whose close it is)", field="--spot")
    given: dict[str, Any] = {name: float(getattr(asked, name)) for name in _MODEL}
    return Lognormal(as_of=to_date(day_number(as_of)), spot=float(spot), **given), state


def is_asked(asked: argparse.Namespace) -> bool:
    """True if the optional flags ask for a value. Raises `TermsError` for some of them without the others."""
    chosen = [name for name, (default, _) in _MODEL.items() if getattr(asked, name) != default]
    if not chosen and asked.spot is None and asked.as_of is None and not asked.ignore:
        return False
    for name, (default, _) in _MODEL.items():
        if default is None and getattr(asked, name) is None:
            raise TermsError("a value needs it", field=f"--{name}")
    return True


def add(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the flags for the model, its day and spot, and the rules to ignore."""
    day = "the day of the value, at its close (default: the issue date)"
    parser.add_argument("--as-of", metavar="DATE", type=asked_for.date, help=day)
    parser.add_argument("--spot", metavar="PRICE", type=asked_for.amount, help="of the share in the note's currency")
    for name, (default, what) in _MODEL.items():
        words = what if default is None else f"{what} (default: {default})"
        more: dict[str, Any] = {"required": required} if default is None else {"default": default}
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="X", type=asked_for.share, help=words, **more)
    models = ("jump-to-default", "tsiveriotis-fernandes")
    parser.add_argument("--credit", choices=models, default=models[0], help="the credit model (default: jump-to-default)")
    rules = "a rule id that the method cannot carry and that is left out, such as WDR-1; may be given again"
    parser.add_argument("--ignore", metavar="RULE", action="append", default=[], help=rules)
