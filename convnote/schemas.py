"""The settings of a term sheet and the events of an events file, as lists and as JSON Schema, generated from declarations.

Each kind of field gives its own schema (`convnote.provisions.fields`), so a new setting is included without being named here.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from convnote.lifecycle import events as ev
from convnote.note import PROVISIONS
from convnote.provisions import AUTHORITIES, RULES
from convnote.provisions.known_by_name import KNOWN
from convnote.provisions.provision import key_of
from convnote.tables import Table, shown
from convnote.termsheet import REQUIRED

_WORDS = {"type": "string"}
_CERTIFICATE = {
    "type": "object",
    "properties": {"figures": {"type": ["number", "string"]}, "words": _WORDS},
    "required": ["figures"],
    "additionalProperties": False,
}


def term_sheet_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a term sheet, with dates as ISO strings and each number as a number or in words.

    >>> term_sheet_schema()["properties"]["default"]["properties"]["grace_days"]["maximum"]
    366
    """
    tables = {name: _table(name) for name in PROVISIONS}
    for place, rule in KNOWN.items():  # refused unless declared as left out, which a schema cannot check
        table, _, key = place.partition(".")
        properties = tables[table]["properties"] if key else tables
        properties[key or table] = {"description": f"{rule}: {RULES[rule].says}"}
    named: dict[str, Any] = {"name": {"type": "string", "minLength": 1}, "description": _WORDS}
    words = {"type": "object", "additionalProperties": _WORDS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "convnote term sheet",
        "type": "object",
        "properties": {**named, "identity": words, "not_modelled": words, **tables},
        "required": ["name", *REQUIRED],
        "additionalProperties": False,
    }


def _table(name: str) -> dict[str, Any]:
    kind = PROVISIONS[name]
    settings: dict[str, Any] = {}
    for each in kind.settings():
        rule, key = each.metadata["rule"], key_of(each)
        settings[key] = {**each.metadata["kind"].schema, "description": f"{rule}: {RULES[rule].says}"}
        if each.default is not dataclasses.MISSING and each.default is not None:
            settings[key]["default"] = _plain(each.metadata["kind"].as_toml(each.default))
    settings["authority"] = {"type": "object", "additionalProperties": {"enum": list(AUTHORITIES)}}
    if name == "principal":
        settings["certificates"] = {"type": "object", "additionalProperties": _CERTIFICATE}
    required = [key_of(each) for each in kind.settings() if each.default is dataclasses.MISSING]
    return {"type": "object", "properties": settings, "required": required, "additionalProperties": False}


def _plain(default: Any) -> Any:
    if isinstance(default, tuple):
        return list(map(_plain, default))
    return default if isinstance(default, (bool, int, str)) else float(default)


def settings_table() -> Table:
    """Every setting of a term sheet: table and key, accepted values, default, rule and usual authority."""
    rows = []
    for name, kind in PROVISIONS.items():
        for each in kind.settings():
            meta = each.metadata
            default = "required" if each.default is dataclasses.MISSING else "" if each.default is None else shown(each.default)
            rows.append((f"{name}.{key_of(each)}", meta["kind"].words, default, meta["rule"], meta["authority"]))
    return Table.of(("setting", "takes", "default", "rule", "authority"), rows, "Settings of a term sheet")


def rules_table(rule: str | None = None) -> Table:
    """Every rule, or the one with id `rule`: its id, its statement, and where it is printed unless a sheet says otherwise."""
    chosen = RULES.values() if rule is None else [RULES[rule]]
    return Table.of(("rule", "says", "authority"), [(each.id, each.says, each.authority) for each in chosen], "Rules")


def events_table() -> Table:
    """Every kind of event in an events file, with its required and optional keys."""
    rows = []
    for name, kind in {**ev.RECORDED, **ev.ALSO_RECORDED}.items():
        fields = dataclasses.fields(kind)
        needs = [each.name for each in fields if each.default is dataclasses.MISSING]
        may = [each.name for each in fields if each.default is not dataclasses.MISSING]
        says = (kind.__doc__ or "").partition("\n")[0]
        rows.append((name, ", ".join(needs), ", ".join(may), says))
    return Table.of(("kind", "needs", "may have", "what happens"), rows, "Events of an events file")
