"""The strategy for term sheets with exactly one fault."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from convnote.note import PROVISIONS
from convnote.provisions.provision import key_of
from convnote.termsheet import dumps, written
from convnote.testing.all_terms import notes
from convnote.testing.terms import Chooser


@dataclass(frozen=True)
class InvalidSheet:
    """A term sheet that `loads` refuses for exactly one fault: its `text`, and the `place` named in the error."""

    text: str
    place: str

    def __repr__(self) -> str:
        return f"InvalidSheet(at {self.place})\n{self.text}"


@st.composite
def invalid_term_sheets(draw: st.DrawFn) -> InvalidSheet:
    """Term sheets with exactly one fault: a wrong value, a missing or unknown key or table, two contradictory keys.

    >>> import convnote as cn
    >>> from hypothesis import find
    >>> cn.loads(find(invalid_term_sheets(), lambda sheet: sheet.place.startswith("withdrawal.")).text)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    convnote.errors.TermsError: withdrawal...
    """
    one = Chooser(draw)
    sheet = tomllib.loads(dumps(draw(notes())), parse_float=Decimal)
    kind = one.of("value", "missing", "unknown key", "unknown table", "contradiction")
    present = [name for name in PROVISIONS if name in sheet]
    if kind == "unknown table":
        sheet["covenants"] = {"limit": 1}
        return InvalidSheet(_text(sheet), "covenants")
    if kind == "contradiction":
        return _contradiction(sheet, one, present)
    name = one.of(*present)
    settings = {key_of(each): each for each in PROVISIONS[name].settings()}
    if kind == "missing":
        required = [
            (table, key_of(each))
            for table in present
            for each in PROVISIONS[table].settings()
            if each.default is dataclasses.MISSING
        ]
        name, key = one.of(*required)
        del sheet[name][key]
    elif kind == "unknown key":
        key = "kovenants"
        sheet[name][key] = 1
    else:
        key = one.of(*settings)
        sheet[name][key] = one.of(*settings[key].metadata["kind"].wrong)
    return InvalidSheet(_text(sheet), f"{name}.{key}")


def _contradiction(sheet: dict[str, Any], one: Chooser, present: list[str]) -> InvalidSheet:
    """Two settings, each valid alone, that contradict each other."""
    possible = [("principal", "maturity_date", sheet["principal"]["issue_date"])]
    possible.append(("principal", "issue_size", sheet["principal"]["issue_size"] + Decimal("0.5")))
    for name in ("withdrawal", "redemption", "put"):
        if name in present:
            possible.append((name, "notice_at_least", sheet[name]["notice_at_most"] + 1))
    if "withdrawal" in present:
        possible.append(("withdrawal", "days", sheet["withdrawal"]["period"] + 1))
    name, key, value = one.of(*possible)
    sheet[name][key] = value
    return InvalidSheet(_text(sheet), f"{name}.{key}")


def _text(sheet: dict[str, Any]) -> str:
    lines = [f"{key} = {written(value)}" for key, value in sheet.items() if not isinstance(value, dict)]
    for name, table in sheet.items():
        if isinstance(table, dict):
            lines += ["", f"[{name}]"] + [f"{key} = {written(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"
