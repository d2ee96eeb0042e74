"""Term sheets: reading and writing a `ConvertibleNote` as TOML, and the notes that ship with the package.

One table per provision, one key per setting, named as in Python; `authority` in each table says where a setting comes from.
Every number is kept as printed and never converted to binary floating point. A faulty sheet is refused with all its faults at
once, each naming table and key.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from convnote.arithmetic import exactly
from convnote.errors import TermsError, did_you_mean, must_be
from convnote.note import ConvertibleNote
from convnote.provisions.toml_values import written
from convnote.termsheet.reading import REQUIRED, Reader, parsed
from convnote.termsheet.skeleton import skeleton
from convnote.termsheet.writing import dumps

_BUNDLED = resources.files("convnote") / "termsheets"


def available() -> tuple[str, ...]:
    """The names of the notes that ship with the package.

    >>> available()[:2]
    ('afv-2003', 'amazon-2009')
    """
    return tuple(sorted(each.name.removesuffix(".toml") for each in _BUNDLED.iterdir() if each.name.endswith(".toml")))


def load(name_or_path: str | Path) -> ConvertibleNote:
    """The note with a bundled name, or read from a TOML file.

    >>> load("afv-2003").interest.coupons()[0].amount
    Decimal('4')

    Raises `TermsError` for a name or file that does not exist, and with all faults of an invalid term sheet.
    """
    text, source = sheet_text(name_or_path, _BUNDLED, available())
    return loads(text, source=source)


def sheet_text(name_or_path: str | Path, folder: Any, names: Sequence[str], what: str = "term sheet") -> tuple[str, str]:
    """The text of a bundled sheet, one of `names` in `folder`, or of a file; and its name for syntax errors.

    Raises `TermsError` for a name or file that does not exist, and for a file that is not text.
    """
    if isinstance(name_or_path, str) and name_or_path in names:
        return (folder / f"{name_or_path}.toml").read_text(encoding="utf-8"), name_or_path
    must_be(name_or_path, (str, os.PathLike), what, "expected the name of a bundled sheet or the path of a file")
    path = Path(name_or_path)
    try:
        return path.read_text(encoding="utf-8-sig"), str(path)  # an editor may have written a byte order mark
    except UnicodeDecodeError:
        raise TermsError("expected a text file in UTF-8", field=what, value=str(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        why = str(error.strerror if isinstance(error, OSError) else error).lower()
        reason = f"expected a bundled name ({', '.join(names)}) or a TOML file; {why}"
        raise TermsError(reason + did_you_mean(str(name_or_path), names), field=what, value=str(path)) from None


@exactly
def loads(text: str, *, source: str = "term sheet") -> ConvertibleNote:
    """The note described by the TOML `text`; `source` names the text in syntax errors.

    >>> loads('''
    ... name = "five per cent, no option"
    ... [principal]
    ... issue_date = 2000-02-16
    ... maturity_date = 2010-02-16
    ... issue_size = 1_000_000
    ... currency = "EUR"
    ... [interest]
    ... rate = "5%"
    ... ''').interest.rate
    Decimal('0.05')

    Raises `TermsError` with all faults at once: `.faults`, each naming table and key.
    """
    must_be(text, str, "loads text", "expected the text of a term sheet")
    return Reader().note(parsed(text, source))


__all__ = ["REQUIRED", "Reader", "available", "dumps", "load", "loads", "parsed", "sheet_text", "skeleton", "written"]
