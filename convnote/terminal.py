"""Output of the command line: text and tables fitted to the terminal, or one row per line if piped."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

from convnote import tables
from convnote.errors import ConvnoteError
from convnote.printing import json_text, printable
from convnote.tables import UNFOLDED, Table


def width() -> int:
    """Columns of the terminal; piped output has one row per line unless COLUMNS is set."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return max(40, shutil.get_terminal_size().columns)
    return UNFOLDED


def folded(text: str) -> str:
    """The text in lines that fit the terminal."""
    return tables.folded(text, width())


def say(text: str) -> None:
    """Print the text, ending in one line feed, with control characters replaced."""
    print(printable(text).rstrip("\n"))


def show(table: Table) -> None:
    """Print the table, fitted to the terminal."""
    say(table.text(width()))


def as_json(value: Any) -> str:
    """Indented JSON, with non-ASCII letters unescaped."""
    return json_text(value)


def one_line(error: ConvnoteError | ImportError) -> str:
    """An error on one line, whatever its number of faults, with control characters replaced."""
    head, *faults = (line.strip() for line in printable(str(error)).splitlines())
    return f"{head} {' | '.join(faults)}" if faults else head
