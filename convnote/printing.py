"""What may reach a terminal, a spreadsheet or a JSON reader: control characters, formulas and numbers that are not finite.

Names, holders, descriptions and file names come from files that another person wrote. A control character in one of them would
move the cursor or set the title of a window; a cell that begins like a formula would run in a spreadsheet.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

#: C0 and C1 controls but for line feed and tab, line and paragraph separators, and what turns the direction of writing.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with each control character replaced; line feeds and tabs stay.

    >>> printable("Notes\\x1b[2J due 2010")
    'Notes�[2J due 2010'
    """
    return _CONTROL.sub("\ufffd", text)


def shortened(text: str) -> str:
    """The text of a message, shortened: words of more than 160 characters and lines of more than 1,500 are cut.

    >>> shortened("got " + "9" * 5000)[-30:]
    '9999999999… (5,000 characters)'
    """
    words = re.sub(r"\S{161,}", lambda found: f"{found.group()[:120]}… ({len(found.group()):,} characters)", text)
    return "\n".join(line if len(line) <= 1_500 else f"{line[:1_400]}…" for line in words.split("\n"))


def written(value: Any) -> str:
    """A value as a message shows it, also where Python refuses to write a number out.

    >>> written(10**5000)
    'a number of more than 4,300 digits'
    """
    try:
        return str(value)
    except ValueError:
        return "a number of more than 4,300 digits"


def on_one_line(text: str) -> str:
    """Words that must not break a line, such as a title: printable, each run of white space one space.

    >>> on_one_line("Notes\\ndue 2010")
    'Notes due 2010'
    """
    return printable(re.sub(r"\s+", " ", text)).strip()


def guarded(word: str) -> str:
    """A word as a cell of CSV: what a spreadsheet would take for a formula has an apostrophe in front.

    >>> guarded("=cmd|' /C calc'!A1"), guarded("INT-1")
    ("'=cmd|' /C calc'!A1", 'INT-1')
    """
    return f"'{word}" if word.startswith(("=", "+", "-", "@", "\t")) else word


def json_text(value: Any, *, indent: int = 2) -> str:
    """Indented JSON as RFC 8259 has it: null for a number that is not finite, control characters escaped, letters as they are.

    >>> print(json_text({"standard_error": float("nan")}, indent=0))
    {
    "standard_error": null
    }
    """
    text = json.dumps(_finite(value), indent=indent, ensure_ascii=False, allow_nan=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)  # they stand only within strings


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
