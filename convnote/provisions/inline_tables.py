"""Settings that are an inline table: the parts of a dataclass, each with its own kind of field."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from convnote.errors import TermsError, as_given, did_you_mean
from convnote.provisions.fields import WrongParts

#: (name of the part, reason, value)
Fault = tuple[str, str, Any]


class InlineTable:
    """The parts of `made`, a dataclass whose fields carry their kind in ``metadata["kind"]``: reading, checking, writing.

    >>> from convnote.provisions.trading_prices import TradingPrice
    >>> InlineTable(TradingPrice, "trading_price").checked({"share": "0.98", "day": 5})[1]
    [('day', 'unknown key; did you mean days?', None), ('days', 'required', None), ('open_days', 'required', None)]
    """

    def __init__(self, made: type, place: str) -> None:
        #: the table's name in errors
        self.place = place
        self.parts: dict[str, dataclasses.Field[Any]] = {each.name: each for each in dataclasses.fields(made)}
        self.required = [name for name, each in self.parts.items() if each.default is dataclasses.MISSING]

    def kind(self, name: str) -> Any:
        """The kind of field of a part."""
        return self.parts[name].metadata["kind"]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the table."""
        return {
            "type": "object",
            "properties": {name: dict(self.kind(name).schema) for name in self.parts},
            "required": self.required,
            "additionalProperties": False,
        }

    def checked(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
        """The parts that are valid, and the faults of the others."""
        taken: dict[str, Any] = {}
        faults: list[Fault] = []
        for name, value in given.items():
            if name not in self.parts:
                known = f"; allowed: {', '.join(self.parts)}"
                faults.append((str(name), f"unknown key{did_you_mean(name, self.parts, known)}", None))
            elif value is not None:
                try:
                    taken[name] = self.kind(name)(value)
                except (ValueError, TypeError) as error:
                    faults.append((name, str(getattr(error, "reason", error)), value))
        return taken, faults + [(name, "required", None) for name in self.required if given.get(name) is None]

    def settle(self, made: Any, faults: list[Fault], taken: Mapping[str, Any]) -> None:
        """Sets the parts of a new `made` to the values `taken`. Raises `TermsError`, naming the parts, if there are faults."""
        if faults:
            place = self.place
            given = ((name, reason, None if value is None else as_given(value)) for name, reason, value in faults)
            raise TermsError.of([TermsError(reason, field=f"{place}.{name}", value=value) for name, reason, value in given])
        for name, value in taken.items():
            object.__setattr__(made, name, value)

    def read(self, value: Any) -> Any:
        """Reads each part of a table in TOML; unknown parts, and a value that is not a table, are left to `checked`."""
        if not isinstance(value, Mapping):
            return value
        result = {}
        for name, each in value.items():
            try:
                result[name] = self.kind(name).read(each) if name in self.parts else each
            except ValueError as error:
                raise WrongParts([(name, str(error), each)]) from None
        return result

    def as_toml(self, value: Any) -> dict[str, Any]:
        """The required parts, and those that are not at their defaults."""
        parts = {name: (each, getattr(value, name)) for name, each in self.parts.items()}
        return {name: self.kind(name).as_toml(part) for name, (each, part) in parts.items() if part != each.default}
