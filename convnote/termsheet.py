"""Term sheets: a TOML file to a `ConvertibleNote` and back, and the notes that come with the package.

One table per provision, one key per setting, named as in Python; `authority` in each table says where a setting comes from.
Every number is kept as it is printed, a binary float is never made. Refuses a wrong sheet with all its faults at once, each
naming table and key.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

from convnote.arithmetic import REACH, decimal, exactly, fraction
from convnote.errors import TermsError, as_given, did_you_mean, must_be
from convnote.note import PROVISIONS, ConvertibleNote, omission_faults
from convnote.provisions import AUTHORITIES, Provision, terms

REQUIRED = ("principal", "interest")
_WIDTH = 100
_BUNDLED = resources.files("convnote") / "termsheets"


# --- the public face --------------------------------------------------------------------------------------------------


def available() -> tuple[str, ...]:
    """The names of the notes that come with the package.

    >>> available()
    ('afv-2003', 'amazon-peacs-2010')
    """
    return tuple(sorted(each.name.removesuffix(".toml") for each in _BUNDLED.iterdir() if each.name.endswith(".toml")))


def load(name_or_path: str | Path) -> ConvertibleNote:
    """The note of a bundled name or of a TOML file.

    >>> load("afv-2003").interest.coupons()[0].amount
    Decimal('4')

    Raises `TermsError` for a name or file that does not exist, and with all faults of a wrong term sheet.
    """
    text, source = sheet_text(name_or_path, _BUNDLED, available())
    return loads(text, source=source)


def sheet_text(name_or_path: str | Path, folder: Any, names: Sequence[str], what: str = "term sheet") -> tuple[str, str]:
    """The text of a bundled sheet, one of `names` in `folder`, or of a file; and what a syntax error calls it.

    Raises `TermsError` for a name or file that does not exist, and for a file that is not text.
    """
    if isinstance(name_or_path, str) and name_or_path in names:
        return (folder / f"{name_or_path}.toml").read_text(encoding="utf-8"), name_or_path
    must_be(name_or_path, (str, os.PathLike), what, "the name of a bundled sheet or the path of a file is needed")
    path = Path(name_or_path)
    try:
        return path.read_text(encoding="utf-8-sig"), str(path)  # an editor may have put a byte order mark first
    except UnicodeDecodeError:
        raise TermsError("a text file in UTF-8 is needed", field=what, value=str(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        why = str(error.strerror if isinstance(error, OSError) else error).lower()
        reason = f"a bundled name ({', '.join(names)}) or a TOML file is needed; {why}"
        raise TermsError(reason + did_you_mean(str(name_or_path), names), field=what, value=str(path)) from None


@exactly
def loads(text: str, *, source: str = "term sheet") -> ConvertibleNote:
    """The note that the TOML `text` describes; `source` is what a syntax error calls it.

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
    must_be(text, str, "loads text", "the text of a term sheet is needed")
    return Reader().note(parsed(text, source))


def parsed(text: str, source: str) -> dict[str, Any]:
    """The tables and keys of a TOML text, numbers as they are printed; raises `TermsError` for what is not TOML."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, InvalidOperation, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "a number or an array beyond any measure"
        raise TermsError(f"not valid TOML: {reason}", field=source) from None


@exactly
def dumps(note: ConvertibleNote) -> str:
    """The term sheet of a note: TOML that `loads` reads back to an equal note, with the rule id beside each setting.

    >>> [line for line in dumps(load("amazon-peacs-2010")).splitlines() if line.startswith(("rate", "floor"))]
    ['rate = 0.06875  # INT-1', 'floor = 84.883  # RST-2, cover']

    Raises `TermsError` for what a term sheet cannot hold: an identity that is not words.
    """
    must_be(note, ConvertibleNote, "dumps note", "a ConvertibleNote is needed (see cn.load)")
    faults = [
        TermsError("words are needed", field=f"identity.{key}", value=repr(value))
        for key, value in note.identity.items()
        if not (isinstance(key, str) and isinstance(value, str))
    ]
    if faults:
        raise TermsError.of(faults)

    lines = ["# Beside each setting stand its rule and, where that is not the note itself, its authority."]
    lines.append(f"name = {written(note.name)}")
    if note.description:
        lines.append(f"description = {written(note.description)}")
    for name, words in (("identity", note.identity), ("not_modelled", note.not_modelled)):
        lines += _table(name, words) if words else []
    for name, part in note.provisions():
        lines += _provision(name, part)
        if name == "principal":
            for number, certificate in note.principal.certificates.items():
                stated = {**certificate, "figures": decimal(certificate["figures"])}
                lines += _table(
                    f"principal.certificates.{_key(number)}", {key: stated[key] for key in ("figures", "words") if key in stated}
                )
    return "\n".join(lines) + "\n"


def _table(name: str, values: Mapping[str, Any]) -> list[str]:
    return ["", f"[{name}]", *(f"{_key(key)} = {written(value)}" for key, value in values.items())]


def _provision(name: str, part: Provision) -> list[str]:
    """A table of the settings that a provision states, each with its rule beside it, and their authorities."""
    lines = ["", f"[{name}]"]
    for each in part.settings():
        value = part.stated(each.name)
        if value is not None:
            source = part.authority_of(each.name)
            lines.append(f"{each.name} = {written(value)}  # {each.metadata['rule']}{'' if source == 'note' else f', {source}'}")
    if part.authority:
        inline = written(part.authority)
        lines += [f"authority = {inline}"] if len(inline) < _WIDTH else _table(f"{name}.authority", part.authority)
    return lines


# --- values -----------------------------------------------------------------------------------------------------------


def written(value: Any) -> str:
    """A value as TOML writes it, every figure kept.

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
        return "{" + ", ".join(f"{_key(key)} = {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, Iterable):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, Fraction):  # one with a last decimal is a Decimal by now
        return _quoted(str(value))
    if isinstance(value, Decimal) and not value.is_finite():
        return "nan" if value.is_nan() else "inf" if value > 0 else "-inf"
    number = decimal(value)
    digits = f"{number:f}"
    if "." in digits:
        return digits
    return f"{int(digits):_}" if abs(number) >= 10_000 else digits


def _shown(value: Any) -> str:
    """A value as an error shows it: as it stands in the sheet, cut where it is long."""
    plain = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    try:
        text = str(value) if plain else written(value)
    except ValueError:  # a number that Python or a term sheet does not write out
        return as_given(value)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(words: str) -> str:
    # TOML's strings are JSON's, but for one control character that JSON lets stand
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


_FRACTION = re.compile(r"([+-]?)(?:(\d+)\s+)?(\d+)\s*/\s*(\d+)\s*(%?)", re.ASCII)
_DECIMAL = re.compile(r"([+-]?(?:\d[\d_]*)?\.?\d+)\s*(%?)", re.ASCII)
#: Characters of the longest figure that is read: no spelling of an ordinary number is longer.
_LONGEST = 100


_SPELLINGS = 'a number is needed, such as 0.06875, "6.875%", "11/160" or "6 7/8%"'


def _number(value: Any) -> Any:
    """A number as TOML or in words: 0.06875, "6.875%", "11/160", "6 7/8%"; raises ValueError for anything else."""
    if isinstance(value, str):
        value = _spelled(value)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, Fraction)):
        raise ValueError("a number is needed")
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > REACH):
        raise ValueError("a finite number of ordinary size is needed")
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


def _list_of(entry: Callable[[Any], Any], what: str) -> Callable[[Any], Any]:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(f"a list of {what} is needed")
        return [entry(each) for each in value]

    return read


def _dated_price(value: Any) -> tuple[date, Any]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("a list of pairs [date, price] is needed, such as [[2003-02-20, 1.00]]")
    return terms.day(value[0]), _number(value[1])


def _plain(value: Any) -> Any:
    # 1.0 is no whole number, whatever it equals.
    return str(value) if isinstance(value, Decimal) else value


#: How TOML is read for a setting, by what the setting takes; the setting's own check follows.
_READ: dict[Any, Callable[[Any], Any]] = {
    terms.positive: _number,
    terms.not_negative: _number,
    terms.share: _number,
    terms.yearly_rate: _number,
    terms.multiple: _number,
    terms.days: _list_of(terms.day, "dates"),
    terms.price_schedule: _list_of(_dated_price, "pairs [date, price]"),
}


# --- reading a sheet --------------------------------------------------------------------------------------------------


def _instead(given: str, known: Iterable[str]) -> str:
    return did_you_mean(given, known, f"; allowed: {', '.join(known)}")


class Reader:
    """Reads one sheet and keeps every fault found on the way."""

    def __init__(self) -> None:
        self.faults: list[TermsError] = []

    def fault(self, place: str, reason: str, *, rule: str | None = None, value: Any = None) -> None:
        shown = None if value is None else _shown(value)
        self.faults.append(TermsError(reason, field=place, rule=rule, value=shown))

    def known(self, sheet: Mapping[str, Any], known: Iterable[str]) -> None:
        """Faults of tables and keys that the sheet should not have."""
        for key, value in sheet.items():
            if key not in known:
                what = "table" if isinstance(value, dict) else "key"
                self.fault(key, f"unknown {what}{_instead(key, known)}")

    def refuse(self) -> None:
        """Raise `TermsError` with all faults found so far, if there are any."""
        if len(self.faults) > 1:
            raise TermsError.of([TermsError(line) for each in self.faults for line in each.faults])
        if self.faults:
            raise self.faults[0]

    def note(self, sheet: dict[str, Any]) -> ConvertibleNote:
        self.known(sheet, ("name", "description", "identity", "not_modelled", *PROVISIONS))
        if "name" not in sheet:
            self.fault("name", "required")
        parts: dict[str, Any] = {
            "name": self.words("name", sheet.get("name", "-")),
            "description": self.words("description", sheet["description"], empty=True) if "description" in sheet else "",
            "identity": self.identity(sheet.get("identity", {})),
            "not_modelled": sheet.get("not_modelled", {}),
        }
        self.faults += omission_faults(parts["not_modelled"])
        for name, kind in PROVISIONS.items():
            if name in sheet:
                parts[name] = self.provision(name, kind, sheet[name])
            elif name in REQUIRED:
                self.fault(name, f"the table [{name}] is required")
        self.refuse()
        return ConvertibleNote(**parts)

    def words(self, place: str, value: Any, *, empty: bool = False) -> str:
        if not isinstance(value, str) or not (empty or value.strip()):
            self.fault(place, "words are needed", value=value)
            return ""
        return value

    def identity(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            self.fault("identity", "a table [identity] of words is needed", value=value)
            return {}
        return {key: self.words(f"identity.{key}", each, empty=True) for key, each in value.items()}

    def provision(self, name: str, kind: type[Provision], table: Any) -> Provision | None:
        if not isinstance(table, dict):
            self.fault(name, f"a table [{name}] is needed", value=table)
            return None
        before = len(self.faults)
        settings = {each.name: each for each in kind.settings()}
        besides = ["authority", "certificates"] if name == "principal" else ["authority"]
        given: dict[str, Any] = {}
        for key, value in table.items():
            place = f"{name}.{key}"
            if key in settings:
                given[key] = self.setting(place, settings[key].metadata, value)
            elif key == "authority":
                given[key] = self.authority(place, settings, value)
            elif key in besides:
                given[key] = self.certificates(place, value)
            else:
                self.fault(place, f"unknown key{_instead(key, [*settings, *besides])}")
        for each in settings.values():
            if each.name not in table and each.default is dataclasses.MISSING:
                self.fault(f"{name}.{each.name}", "required", rule=each.metadata["rule"])
        if len(self.faults) > before:
            return None
        try:
            return kind(**given)
        except TermsError as error:
            self.faults.append(error)
            return None

    def setting(self, place: str, metadata: Mapping[str, Any], value: Any) -> Any:
        check = metadata["check"]
        try:
            return check(_READ.get(check, _plain)(value))
        except ValueError as error:
            reason = error.reason if isinstance(error, TermsError) else str(error)
        except TypeError:  # a check is written for the kind of value it takes; a sheet may hold any
            reason = "another kind of value is needed"
        self.fault(place, reason, rule=metadata["rule"], value=value)
        return None

    def authority(self, place: str, settings: Iterable[str], value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            self.fault(place, 'a table is needed, such as { floor = "cover" }', value=value)
            return {}
        for key, source in value.items():
            if key not in settings:
                self.fault(f"{place}.{key}", f"unknown key{_instead(key, settings)}")
            elif source not in AUTHORITIES:
                self.fault(f"{place}.{key}", f"allowed: {', '.join(AUTHORITIES)}", value=source)
        return value

    def certificates(self, place: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fault(place, f"tables such as [{place}.P-1] are needed", value=value)
            return {}
        return {number: self.certificate(f"{place}.{number}", each) for number, each in value.items()}

    def certificate(self, place: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fault(place, f"a table [{place}] with figures and words is needed", value=value)
            return {}
        known = ("figures", "words")
        for key in (key for key in value if key not in known):
            self.fault(f"{place}.{key}", f"unknown key{_instead(key, known)}")
        if "figures" not in value:
            self.fault(f"{place}.figures", "required", rule="ID-3")
            return {}
        number = {"check": terms.positive, "rule": "ID-3"}
        result = {"figures": self.setting(f"{place}.figures", number, value["figures"])}
        if "words" in value:
            result["words"] = self.words(f"{place}.words", value["words"])
        return result
