"""`convnote new`: a term sheet to fill in."""

from __future__ import annotations

import argparse
from pathlib import Path

from convnote.commands.command import Command
from convnote.errors import TermsError
from convnote.files import write
from convnote.note import ConvertibleNote
from convnote.terminal import say
from convnote.termsheet import skeleton


def run(_: ConvertibleNote, asked: argparse.Namespace) -> None:
    if asked.out is None:
        say(skeleton().rstrip("\n"))
        return
    path = Path(asked.out)
    if path.exists():  # never overwrite a sheet that may have been filled in
        raise TermsError("is there already; choose another name", field=f"--out {asked.out}")
    write(path, skeleton())
    say(f"{path}: fill in the lines marked FILL IN, then: convnote check {path}")


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="FILE", help="the file to write it to (default: the screen)")


COMMAND = Command(
    name="new",
    run=run,
    summary="a term sheet of your own to fill in: every setting with its question, what it takes, its default and its rule",
    add=_add,
    example="convnote new --out my.toml",
    forms=(),
    of_note=False,
)
