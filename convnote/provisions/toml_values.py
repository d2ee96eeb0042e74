"""Values of a term sheet: how TOML writes them, and how a figure in words is read. Does not know any setting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.arithmetic import REACH, decimal, fraction
from convnote.errors import as_given

#: Length in characters beyond which a message truncates a value, and a table of authorities is split over several lines.
WIDTH = 100


def written(value: Any) -> str:
    """A value as TOML writes it, with all digits kept.

    >>> written(Decimal("1.00")), written(Decimal("6.9E+8")), written(((date(2003, 2, 20), Decimal("1.00")),))
    ('1.00', '690_000_000', '[[2003-02-20, 1.00]]')
    >>> written(Fraction(1, 3))
    '"1/3"'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key_of(key)} = {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, Iterable):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, Fraction):  # a fraction with a finite decimal form is a Decimal by now
        return _quoted(str(value))
    if isinstance(value, Decimal) and not value.is_finite():
        return "nan" if value.is_nan() else "inf" if value > 0 else "-inf"
    number = decimal(value)
    digits = f"{number:f}"
    if "." in digits:
        return digits
    return f"{int(digits):_}" if abs(number) >= 10_000 else digits


def cut(value: Any) -> str:
    """A value as shown in an error: as in the sheet, truncated if long."""
    plain = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    try:
        text = str(value) if plain else written(value)
    except ValueError:  # a number that Python or a term sheet cannot write out
        return as_given(value)
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def key_of(name: str) -> str:
    """A key as TOML writes it, quoted if necessary."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(words: str) -> str:
    # TOML strings are JSON strings, except for one control character that JSON allows
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


# --- figures in words -----------------------------------------------------------------------------------------------

_FRACTION = re.compile(r"([+-]?)(?:(\d+)\s+)?(\d+)\s*/\s*(\d+)\s*(%?)", re.ASCII)
_DECIMAL = re.compile(r"([+-]?(?:\d[\d_]*)?\.?\d+)\s*(%?)", re.ASCII)
#: Length of the longest figure that is read: no spelling of an ordinary number is longer.
_LONGEST = 100
_SPELLINGS = 'expected a number, such as 0.06875, "6.875%", "11/160" or "6 7/8%"'


def number_of(value: Any) -> Any:
    """A number from TOML or from words: 0.06875, "6.875%", "11/160", "6 7/8%"; raises ValueError for anything else."""
    if isinstance(value, str):
        value = _spelled(value)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, Fraction)):
        raise ValueError("expected a number")
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > REACH):
        raise ValueError("expected a finite number of ordinary size")
    return value


def _spelled(text: str) -> Decimal | Fraction:
    if len(text) > _LONGEST:
        raise ValueError(_SPELLINGS)
    if match := _FRACTION.fullmatch(text.strip()):
        sign, whole, above, below, percent = match.groups()
        if int(below) == 0:
            raise ValueError("a fraction is not divided by 0")
        ratio = int(whole or 0) + Fraction(int(above), int(below))
        ratio = -ratio if sign == "-" else ratio
    elif match := _DECIMAL.fullmatch(text.strip()):
        figure, percent = match.groups()
        ratio = Fraction(Decimal(figure))
    else:
        raise ValueError(_SPELLINGS)
    ratio = ratio / 100 if percent else ratio
    result = decimal(ratio)
    return result if fraction(result) == ratio else ratio


def list_of(entry: Callable[[Any], Any], what: str) -> Callable[[Any], Any]:
    """Returns a reader of lists that reads each item by `entry` and raises ValueError for anything but a list of `what`."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(f"expected a list of {what}")
        return [entry(each) for each in value]

    return read


def plain(value: Any) -> Any:
    """A value as TOML holds it; a decimal as its digits, so that 1.0 is not mistaken for a whole number."""
    return str(value) if isinstance(value, Decimal) else value
