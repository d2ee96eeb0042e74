"""The definition of a command: its name, purpose, arguments and function."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: The note of a command without a NOTE argument.
DEFAULT_NOTE = "amazon-peacs-2010"


@dataclass(frozen=True)
class Command:
    """One command of the program.

    `run(note, asked)` shows the answer; `add(parser)` adds the arguments. `forms` are the other output forms that it
    offers (`json`, `csv`, `explain`); `of_note` is True if it takes NOTE.
    """

    name: str
    run: Callable[..., None]
    summary: str
    add: Callable[[argparse.ArgumentParser], Any] = lambda parser: None
    forms: tuple[str, ...] = ("json", "csv")
    of_note: bool = True
    #: a working example, for `--help`
    example: str = ""


#: The description of each output form, for `--help`.
FORMS = {
    "json": "JSON; exact numbers as strings of their digits",
    "csv": "CSV, every figure kept",
    "explain": "a file note: each line, its rules and where they stand",
}
