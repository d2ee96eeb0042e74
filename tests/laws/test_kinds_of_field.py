"""One place for each setting: what its kind of field refuses, takes, reads, writes and describes agrees with itself."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import re
import types
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convnote
from convnote.note import PROVISIONS
from convnote.provisions.conditions import condition
from convnote.provisions.day_rules import day_or_rule, day_rule
from convnote.provisions.fields import Drawn, Kind, WrongParts
from convnote.schemas import settings_table
from convnote.termsheet import parsed
from convnote.testing import values_of

SETTINGS = {kind.place(each.name): each for name, kind in PROVISIONS.items() for each in kind.settings()}
KINDS: dict[str, Kind] = {place: each.metadata["kind"] for place, each in SETTINGS.items()}
KINDS |= {"day rule": day_rule, "day or rule": day_or_rule, "condition": condition}


def from_sheet(kind: Kind, text: str) -> Any:
    return kind(kind.read(parsed(f"x = {text}", "sheet")["x"]))


@pytest.mark.parametrize("place", KINDS)
def test_what_a_kind_says_that_it_refuses_is_refused(place: str) -> None:
    kind = KINDS[place]
    assert kind.wrong and kind.words and kind.schema
    for value in kind.wrong:
        with pytest.raises((ValueError, TypeError)):
            kind(kind.read(value))


def as_json(value: Any) -> Any:
    """A value of a sheet as JSON holds it."""
    if isinstance(value, (Decimal, Fraction)):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    return [as_json(each) for each in value] if isinstance(value, (list, tuple)) else value


@settings(max_examples=150)
@given(st.data())
def test_what_may_be_drawn_is_taken_written_and_read_back_and_fits_its_schema(data: st.DataObject) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    kind = KINDS[data.draw(st.sampled_from(sorted(KINDS)))]
    value = kind(data.draw(values_of(kind)))
    assert kind(value) == value
    assert from_sheet(kind, kind.written(value)) == value
    jsonschema.Draft202012Validator(dict(kind.schema)).validate(json.loads(json.dumps(as_json(kind.as_toml(value)))))


def tables_of(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schemas of tables in a schema, whether it is one, a list of them or a choice with one."""
    if schema.get("type") == "object" and "properties" in schema:
        yield schema
    for inner in (schema.get("items"), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if isinstance(inner, Mapping):
            yield from tables_of(inner)


def test_a_table_has_all_its_parts_and_no_other_in_its_schema_as_where_it_is_checked() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    seen = set()
    for place, kind in KINDS.items():
        for schema in tables_of(kind.schema):
            table: dict[str, Any] = {}
            fits = jsonschema.Draft202012Validator(dict(schema))
            missing = {re.findall("'([^']*)' is a required", error.message)[0] for error in fits.iter_errors(table)}
            assert missing == set(schema["required"]) <= set(schema["properties"]) and missing, place
            assert [error.message for error in fits.iter_errors({"no such part": 1}) if "'no such part'" in error.message], place
            seen.add(place)
            if kind.schema.get("type") == "object":
                with pytest.raises(WrongParts) as refused:
                    kind({"no such part": 1})
                assert {name for name, reason, _ in refused.value.parts if reason == "required"} == missing
    assert {"condition", "contingent_conversion.trading_price", "exchange.property"} <= seen


def choices_of(value: Any) -> Iterator[tuple[str, Any]]:
    """(name, value) of each part of a drawn value that is one of a few: truth values, words, and how many numbers."""
    for each in dataclasses.fields(value):
        part = getattr(value, each.name)
        if isinstance(part, (bool, str)):
            yield each.name, part
        elif isinstance(part, tuple):
            yield each.name, len(part)


@pytest.mark.parametrize(
    ("place", "choices"),
    [
        ("revision.floor", {"higher": {True, False}, "days": {1, 2}}),
        (
            "condition",
            {
                **{name: {True, False} for name in ("strict", "below", "short_period", "and_last")},
                "of": {"in-force", "initial", "accreted", "figure"},
                "looked_at": {"each-day", "quarter-end"},
                "ends": {"notice", "day-before-notice"},
            },
        ),
    ],
)
def test_what_is_drawn_takes_every_choice(place: str, choices: dict[str, set[Any]]) -> None:
    kind, seen = KINDS[place], Counter[tuple[str, Any]]()

    @settings(max_examples=100, derandomize=True, database=None)
    @given(values_of(kind))
    def draw(value: Any) -> None:
        made = kind(value)
        if dataclasses.is_dataclass(made):
            seen.update(choices_of(made))

    draw()
    found = {name: {part for each, part in seen if each == name} for name in choices}
    assert found == choices


def test_the_list_of_settings_says_what_each_takes_in_its_own_words() -> None:
    assert {row[0]: row[1] for row in settings_table().rows} == {place: KINDS[place].words for place in SETTINGS}


def test_a_shape_without_a_strategy_is_refused() -> None:
    odd = Kind(check=str, schema={}, words="", wrong=(), drawn=Drawn("moon"))
    with pytest.raises(ValueError, match="no strategy"):
        values_of(odd)


def test_no_dict_is_keyed_by_a_function() -> None:
    """What depends on a kind of field belongs to the kind: a table on the side falls silent for the next one."""
    found = []
    for info in pkgutil.walk_packages(convnote.__path__, "convnote."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if isinstance(value, dict) and any(isinstance(key, (types.FunctionType, Kind)) for key in value):
                found.append(f"{info.name}.{name}")
    assert found == []
