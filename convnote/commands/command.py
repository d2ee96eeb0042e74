"""What a command is: its name, what it does, what it takes and how it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: The note of a command that takes none.
DEFAULT_NOTE = "amazon-peacs-2010"


@dataclass(frozen=True)
class Command:
    """One command of the program.

    `run(note, asked)` shows the answer; `add(parser)` adds the arguments. `forms` are the other forms of the answer that it
    offers (`json`, `csv`, `explain`), `of_note` says whether it takes NOTE.
    """

    name: str
    run: Callable[..., None]
    summary: str
    add: Callable[[argparse.ArgumentParser], Any] = lambda parser: None
    forms: tuple[str, ...] = ("json", "csv")
    of_note: bool = True
    #: a line that works as it stands, for `--help`
    example: str = ""


#: What each form of an answer is, for `--help`.
FORMS = {
    "json": "JSON; exact numbers as strings of their digits",
    "csv": "CSV, every figure kept",
    "explain": "a file note: each line, its rules and where they stand",
}
