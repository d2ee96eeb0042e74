"""Terminal: how the command line shows text and tables, fitted to the window, or one row on one line where it is piped."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import textwrap
from typing import Any

from convnote.errors import ConvnoteError
from convnote.tables import UNFOLDED, Table


def width() -> int:
    """Columns of the terminal; a pipe gets every row on one line, unless COLUMNS says otherwise."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return max(40, shutil.get_terminal_size().columns)
    return UNFOLDED


def folded(text: str) -> str:
    """The text in lines that fit; what follows a date or a rule in front of its line hangs behind it."""
    columns, lines = width(), []
    for line in text.splitlines():
        head = re.match(r"\S*\s{2,}", line)
        indent = " " * (len(head.group()) if head else 2)
        lines.append(textwrap.fill(line, columns, subsequent_indent=indent) if len(line) > columns else line)
    return "\n".join(lines)


def say(text: str) -> None:
    """The text, ended by one line feed."""
    print(text.rstrip("\n"))


def show(table: Table) -> None:
    """The table, fitted to the terminal."""
    say(table.text(width()))


def as_json(value: Any) -> str:
    """Indented JSON, letters as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def one_line(error: ConvnoteError) -> str:
    """An error on one line, however many faults it has."""
    head, *faults = (line.strip() for line in str(error).splitlines())
    return f"{head} {' | '.join(faults)}" if faults else head
