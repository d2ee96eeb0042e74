"""Safe output for terminals, spreadsheets and JSON readers: control characters, formulas and non-finite numbers.

Names, holders, descriptions and file names come from files written by others. A control character in one of them could
move the cursor or set a window title; a cell that begins like a formula would run in a spreadsheet.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

#: C0 and C1 controls except line feed and tab, line and paragraph separators, and characters that change text direction.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with each control character replaced; line feeds and tabs stay.

    >>> printable("Notes\\x1b[2J due 2010")
    'Notes�[2J due 2010'
    """
    return _CONTROL.sub("\ufffd", text)


def shortened(text: str) -> str:
    """The text of a message, shortened: words over 160 characters and lines over 1,500 characters are cut.

    >>> shortened("got " + "9" * 5000)[-30:]
    '9999999999… (5,000 characters)'
    """
    words = re.sub(r"\S{161,}", lambda found: f"{found.group()[:120]}… ({len(found.group()):,} characters)", text)
    return "\n".join(line if len(line) <= 1_500 else f"{line[:1_400]}…" for line in words.split("\n"))


def written(value: Any) -> str:
    """A value as a message shows it, even for a number too long for Python to print.

    >>> written(10**5000)
    'a number of more than 4,300 digits'
    """
    try:
        return str(value)
    except ValueError:
        return "a number of more than 4,300 digits"


def on_one_line(text: str) -> str:
    """Text on one line, such as a title: printable, with each run of white space replaced by one space.

    >>> on_one_line("Notes\\ndue 2010")
    'Notes due 2010'
    """
    return printable(re.sub(r"\s+", " ", text)).strip()


def guarded(word: str) -> str:
    """A word as a CSV cell: text that a spreadsheet would read as a formula is prefixed with an apostrophe.

    >>> guarded("=cmd|' /C calc'!A1"), guarded("INT-1")
    ("'=cmd|' /C calc'!A1", 'INT-1')
    """
    return f"'{word}" if word.startswith(("=", "+", "-", "@", "\t")) else word


def json_text(value: Any, *, indent: int = 2) -> str:
    """Indented JSON by RFC 8259: null for a non-finite number, control characters escaped, other non-ASCII letters unescaped.

    >>> print(json_text({"standard_error": float("nan")}, indent=0))
    {
    "standard_error": null
    }
    """
    text = json.dumps(_finite(value), indent=indent, ensure_ascii=False, allow_nan=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)  # they occur only within strings


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
