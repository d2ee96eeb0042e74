"""The JSON schema of a reference case (draft 2020-12), written beside the cases."""

from __future__ import annotations

from typing import Any

_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_NUMBER = {"type": "string", "pattern": r"^-?\d+(\.\d+)?(/\d+)?$", "description": "digits, or a fraction"}
_WORDS = {"type": "string"}
_RULE = {"type": "string", "pattern": r"^[A-Z]{2,3}-\d+c?$"}


def _object(properties: dict[str, Any], optional: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, **more}


_REFUSED = _object(
    {"refused": _object({"rule": {"anyOf": [_RULE, {"type": "null"}]}, "event": _WORDS, "on": _DAY}, optional=("event", "on"))},
    description="the note does not allow it, by this rule",
)
_ENTRY = _object(
    {
        "date": {**_DAY, "description": "the day it happens or falls due"},
        "payment_date": {**_DAY, "description": "the day the money moves"},
        "kind": _WORDS,
        "principal": {**_NUMBER, "description": "what leaves the holders' principal by it"},
        "cash": {**_NUMBER, "description": "in the note's currency, positive to the holders"},
        "shares": {"type": "integer", "minimum": 0},
        "rules": {"type": "array", "items": _RULE, "minItems": 1},
    }
)
_LEDGER = _object(
    {
        "entries": {"type": "array", "items": _ENTRY},
        "status": _WORDS,
        "outstanding": _NUMBER,
        "conversion_price": {"anyOf": [_NUMBER, {"type": "null"}]},
        "retired": {"type": "object", "additionalProperties": _NUMBER, "description": "principal gone, by how it went"},
    }
)
_COMMON = {
    "id": _WORDS,
    "rule": _RULE,
    "side": {"enum": ["allowed", "forbidden", "one", "other"], "description": "which side of the boundary of the rule"},
    "checked": {"type": "boolean", "description": "compared with a second, independent reading of the paper"},
}
_LIFE = _object(
    {
        **_COMMON,
        "kind": {"const": "life"},
        "terms": {"type": "object", "required": ["name", "principal", "interest"]},
        "market": _object(
            {
                "closes": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "array", "prefixItems": [_DAY, _NUMBER], "minItems": 2, "maxItems": 2},
                    "description": "from this day on, every trading day closes at this, in the note's currency",
                },
                "series": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "array",
                        "items": {"type": "array", "prefixItems": [_DAY, _NUMBER], "minItems": 2, "maxItems": 2},
                    },
                    "description": "other series by name, each with its own days: the fixings of an index",
                },
            },
            optional=("series",),
        ),
        "events": {"type": "array", "items": {"type": "object", "required": ["kind", "on"]}},
        "until": {"anyOf": [_DAY, {"type": "null"}], "description": "the end of this day; null: to the end of the life"},
        "expected": {"anyOf": [_LEDGER, _REFUSED]},
    }
)
_QUESTION = _object(
    {
        **_COMMON,
        "kind": {"const": "question"},
        "ask": _WORDS,
        "arguments": {"type": "object"},
        "expected": {"anyOf": [_object({"answer": {}}), _REFUSED]},
    }
)

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A reference case of a convertible note",
    "description": "A life (terms, market, events, and the entries they lead to) or a question, at a boundary of one rule.",
    "oneOf": [_LIFE, _QUESTION],
}
