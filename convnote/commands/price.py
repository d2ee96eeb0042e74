"""`convnote price`: the value of a note and its sensitivities, in desk units."""

from __future__ import annotations

import argparse

from convnote.commands import asked as asked_for
from convnote.commands import markets
from convnote.commands.command import Command
from convnote.lifecycle import State
from convnote.market import Lognormal
from convnote.note import ConvertibleNote
from convnote.terminal import as_json, folded, say, show


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
    """The model given by the flags and, if closes are given, the state of the note on the model's day."""
    own = asked.close is not None or asked.scenario is not None
    return markets.model(note, asked, asked_for.history(asked, note) if own else None)


def _add(parser: argparse.ArgumentParser) -> None:
    asked_for.over_a_history(parser, default="none: the note as issued")
    markets.add(parser, required=True)
    words = "value, delta and hedged profit and loss from -20%% to +20%% of the share price"
    parser.add_argument("--ladder", action="store_true", help=words)


COMMAND = Command(
    name="price",
    run=run,
    summary="what the note is worth, and how that moves",
    example="convnote price afv-2003 --spot 100 --volatility 0.2 --rate 0.05 --hazard-rate 0.02",
    add=_add,
)
