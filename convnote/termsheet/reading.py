"""Reading a sheet: from tables and keys to provisions, collecting every fault."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from convnote.errors import TermsError, did_you_mean
from convnote.note import PROVISIONS, ConvertibleNote
from convnote.provisions import AUTHORITIES, Provision
from convnote.provisions.conditions import condition as condition_kind
from convnote.provisions.exchange import with_the_rate
from convnote.provisions.fields import faults_of, positive
from convnote.provisions.known_by_name import without_known
from convnote.provisions.omissions import omission_faults
from convnote.provisions.provision import key_of
from convnote.provisions.toml_values import cut

REQUIRED = ("principal", "interest")


def parsed(text: str, source: str) -> dict[str, Any]:
    """The tables and keys of a TOML text, numbers as printed; raises `TermsError` for text that is not TOML."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, InvalidOperation, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "a number or an array beyond any measure"
        raise TermsError(f"not valid TOML: {reason}", field=source) from None


def _instead(given: str, known: Iterable[str]) -> str:
    return did_you_mean(given, known, f"; allowed: {', '.join(known)}")


class Reader:
    """Reads one sheet and keeps every fault found on the way."""

    def __init__(self) -> None:
        self.faults: list[TermsError] = []

    def fault(self, place: str, reason: str, *, rule: str | None = None, value: Any = None) -> None:
        shown = None if value is None else cut(value)
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
        sheet, refused = without_known(sheet)
        self.faults += refused
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
        sheet = dict(with_the_rate(sheet))
        for name, kind in PROVISIONS.items():
            if name in sheet:
                parts[name] = self.provision(name, kind, sheet[name])
            elif name in REQUIRED:
                self.fault(name, f"the table [{name}] is required")
        self.refuse()
        return ConvertibleNote(**parts)

    def words(self, place: str, value: Any, *, empty: bool = False) -> str:
        if not isinstance(value, str) or not (empty or value.strip()):
            self.fault(place, "expected text", value=value)
            return ""
        return value

    def identity(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            self.fault("identity", "expected a table [identity] of words", value=value)
            return {}
        return {key: self.words(f"identity.{key}", each, empty=True) for key, each in value.items()}

    def provision(self, name: str, kind: type[Provision], table: Any) -> Provision | None:
        if not isinstance(table, dict):
            self.fault(name, f"expected a table [{name}]", value=table)
            return None
        before = len(self.faults)
        settings = {key_of(each): each for each in kind.settings()}
        besides = ["authority", "certificates"] if name == "principal" else ["authority"]
        given: dict[str, Any] = {}
        for key, value in table.items():
            place = f"{name}.{key}"
            if key in settings:
                given[settings[key].name] = self.setting(place, settings[key].metadata, value)
            elif key == "authority":
                given[key] = self.authority(place, settings, value)
            elif key in besides:
                given[key] = self.certificates(place, value)
            else:
                condition = "condition" in settings and key in ("trigger_multiple", *condition_kind.schema["properties"])
                hint = f"; a condition on closes is one key: condition = {condition_kind.words}" if condition else ""
                self.fault(place, f"unknown key{hint or _instead(key, [*settings, *besides])}")
        for key, each in settings.items():
            if key not in table and each.default is dataclasses.MISSING:
                self.fault(f"{name}.{key}", "required", rule=each.metadata["rule"])
        if len(self.faults) > before:
            return None
        try:
            return kind(**given)
        except TermsError as error:
            self.faults.append(error)
            return None

    def setting(self, place: str, metadata: Mapping[str, Any], value: Any) -> Any:
        kind = metadata["kind"]
        try:
            return kind(kind.read(value))
        except ValueError as error:
            self.faults += faults_of(error, place, metadata["rule"], value, cut)
        except TypeError:  # a check expects values of its own type; a sheet may hold any
            self.fault(place, "expected another kind of value", rule=metadata["rule"], value=value)
        return None

    def authority(self, place: str, settings: Iterable[str], value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            self.fault(place, 'expected a table, such as { floor = "cover" }', value=value)
            return {}
        for key, source in value.items():
            if key not in settings:
                self.fault(f"{place}.{key}", f"unknown key{_instead(key, settings)}")
            elif source not in AUTHORITIES:
                self.fault(f"{place}.{key}", f"allowed: {', '.join(AUTHORITIES)}", value=source)
        return value

    def certificates(self, place: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fault(place, f"expected tables such as [{place}.P-1]", value=value)
            return {}
        return {number: self.certificate(f"{place}.{number}", each) for number, each in value.items()}

    def certificate(self, place: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fault(place, f"expected a table [{place}] with figures and words", value=value)
            return {}
        known = ("figures", "words")
        for key in (key for key in value if key not in known):
            self.fault(f"{place}.{key}", f"unknown key{_instead(key, known)}")
        if "figures" not in value:
            self.fault(f"{place}.figures", "required", rule="ID-3")
            return {}
        number = {"kind": positive, "rule": "ID-3"}
        result = {"figures": self.setting(f"{place}.figures", number, value["figures"])}
        if "words" in value:
            result["words"] = self.words(f"{place}.words", value["words"])
        return result
