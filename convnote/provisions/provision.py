"""What a provision is: settings that know their rule id and their authority, checked whole.

`Provision` checks all settings of an object at once and answers where each comes from; what a setting takes is a kind of field
(`convnote.provisions.fields`). Knows nothing of any particular provision.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from convnote.errors import TermsError, as_given
from convnote.provisions.changes import Change, Judge, depends
from convnote.provisions.fields import faults_of
from convnote.tables import Table, shown

#: Where a setting may come from: the note itself, the cover of its prospectus, the underwriting agreement, another
#: filing, the by-laws of the issuer, or the usual wording of such papers where they are silent.
AUTHORITIES = ("note", "cover", "agreement", "filing", "by-laws", "convention")


class Rule(NamedTuple):
    """One rule of the paper: its id, what it says in a line, and where it is printed (or "convention")."""

    id: str
    says: str
    authority: str


def rules(**lines: tuple[str, str]) -> dict[str, Rule]:
    """A table of rules, written as ``INT_1=("what it says", "note")``."""
    return {name.replace("_", "-"): Rule(name.replace("_", "-"), *line) for name, line in lines.items()}


def key_of(setting: dataclasses.Field[Any]) -> str:
    """The key of a setting in a term sheet: its name, without the underscore that keeps it from being a word of Python."""
    return setting.name.rstrip("_")


class Stated:
    """What is pickled and copied as it was stated: what was worked out from it since, and kept, stays behind."""

    def __getstate__(self) -> dict[str, Any]:
        kind = type(self)
        return {name: value for name, value in vars(self).items() if not isinstance(getattr(kind, name, None), cached_property)}


@dataclass(frozen=True, kw_only=True)
class Provision(Stated):
    """Base of all provisions: frozen, checked whole, each setting with its authority.

    `authority` maps a setting to where it comes from, where that differs from the usual.
    """

    #: in which direction it hurts holders that a note has this provision (True) or has it not (False)
    presence: ClassVar[Change] = depends("what the provision gives holders and takes from them", "impaired conversion")

    #: settings by which an older sheet says another one: the name of each, and of what it says
    says: ClassVar[Mapping[str, str]] = {}
    #: of an own provision, its table in a term sheet and its attribute of the note (`convnote.provisions.register`)
    section: ClassVar[str] = ""
    #: of an own provision that schedules events, whether they move cash, shares or principal: then it is not simulated or priced
    moves_cash: ClassVar[bool] = True

    authority: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    #: names of the settings that are said, not left to their defaults; None: those that are given here
    said: frozenset[str] | None = field(default=None, repr=False, compare=False)

    def __init_subclass__(cls, **how: Any) -> None:
        super().__init_subclass__(**how)
        if "__repr__" not in vars(cls):  # a dataclass would write one that names all settings
            cls.__repr__ = Provision.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        given = (each for each in fields(self) if each.repr and self._moved(each))
        return f"{type(self).__qualname__}({', '.join(f'{each.name}={getattr(self, each.name)!r}' for each in given)})"

    def __new__(cls, *positional: Any, **given: Any) -> Self:
        # What the constructor was given is known here alone: afterwards a default and an equal value are the same.
        made = super().__new__(cls)
        if given:  # a copy, or what was pickled, is made without
            object.__setattr__(made, "_given", frozenset(given))
        return made

    def __post_init__(self) -> None:
        given = self.__dict__.pop("_given", frozenset())
        said = given if self.said is None else self.said
        said |= {other for name, other in self.says.items() if name in said}
        faults = []
        for each in self.settings():
            value = getattr(self, each.name)
            if value is None and each.default is None:
                continue
            try:
                object.__setattr__(self, each.name, each.metadata["kind"](value))
            except ValueError as error:
                faults += faults_of(error, self.place(each.name), each.metadata["rule"], value, as_given)
        for name, where in self.authority.items():
            if name not in self._by_name():
                faults.append(TermsError("no such setting", field=self.place("authority"), value=repr(name)))
            elif where not in AUTHORITIES:
                allowed = f"allowed: {', '.join(AUTHORITIES)}"
                faults.append(TermsError(allowed, field=self.place(f"authority.{name}"), value=repr(where)))
        known = self._by_name() if self.authority else {}
        named = {key_of(known[name]) if name in known else name: where for name, where in self.authority.items()}
        object.__setattr__(self, "authority", named)
        object.__setattr__(
            self, "said", frozenset(each.name for each in self.settings() if each.name in said or self._moved(each))
        )
        if not faults:
            faults = list(self.contradictions())
        if faults:
            raise TermsError.of(faults)

    @classmethod
    def table(cls) -> str:
        """The name of this provision in a term sheet: ``fundamental_change`` for FundamentalChange, or its `section`."""
        return cls.section or "".join("_" + c.lower() if c.isupper() else c for c in cls.__name__).lstrip("_")

    @classmethod
    @cache
    def settings(cls) -> tuple[dataclasses.Field[Any], ...]:
        """The fields that are terms, in order."""
        return tuple(each for each in fields(cls) if "rule" in each.metadata)

    @classmethod
    @cache
    def _by_name(cls) -> dict[str, dataclasses.Field[Any]]:
        named = {each.name: each for each in cls.settings()}
        return {key_of(each): each for each in cls.settings()} | named

    @classmethod
    def place(cls, name: str) -> str:
        """Table and key of a setting, as an error names it."""
        return f"{cls.table()}.{name.rstrip('_')}"

    def authority_of(self, name: str) -> str:
        """Where the setting comes from: "note", "cover", "agreement", "filing" or "convention"."""
        usual: str = self._by_name()[name].metadata["authority"]
        return self.authority.get(name.rstrip("_"), usual)

    def contradictions(self) -> list[TermsError]:
        """Faults between fields, looked for once each field is right by itself."""
        return []

    def fault(self, name: str, reason: str) -> TermsError:
        """A fault of one setting, with its rule and value."""
        rule = self._by_name()[name].metadata["rule"]
        return TermsError(reason, field=self.place(name), rule=rule, value=getattr(self, name))

    def _moved(self, setting: dataclasses.Field[Any]) -> bool:
        """Whether a setting is not at its default."""
        value, default = getattr(self, setting.name), setting.default
        if isinstance(value, np.floating) and default is not dataclasses.MISSING and default is not None:
            return bool(value != np.float64(default))
        return bool(value != default)

    def silent(self) -> list[dataclasses.Field[Any]]:
        """The settings that are not said and have a default: what is assumed."""
        assert self.said is not None
        optional = (each for each in self.settings() if each.default is not dataclasses.MISSING and each.default is not None)
        return [each for each in optional if each.name not in self.said]

    def stated(self, name: str) -> Any:
        """A setting as the terms state it; None where they do not, though something else may imply it."""
        return getattr(self, name)

    @classmethod
    def compared(cls, before: Any, after: Any) -> Iterator[tuple[str, Any, Any, Judge]]:
        """Each setting, its value before and after a change (None: not set, or no such provision), and its judge."""
        for each in cls.settings():
            yield key_of(each), getattr(before, each.name, None), getattr(after, each.name, None), each.metadata["change"]

    def printed(self) -> Table:
        """The settings that are given as a table: each with its value, its rule and where it comes from."""
        rows = [
            (key_of(each), shown(getattr(self, each.name)), each.metadata["rule"], self.authority_of(each.name))
            for each in self.settings()
            if getattr(self, each.name) is not None
        ]
        return Table.of(("setting", "value", "rule", "authority"), rows, self.table().replace("_", " "))

    def _repr_html_(self) -> str:
        return self.printed().html()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # IPython, and Hypothesis where an example fails, would print each provision with all those that the note handed to it.
        printer.text(repr(self))

    def in_floats(self, **handed: Any) -> Any:
        """The same provision with float64 numbers (`note.floats`)."""
        fast = {each.name: _fast(getattr(self, each.name)) for each in self.settings()}
        return dataclasses.replace(self, **fast, **handed)


def _fast(value: Any) -> Any:
    if isinstance(value, (Decimal, Fraction)):
        return np.float64(value)
    if isinstance(value, tuple):
        return tuple(_fast(each) for each in value)
    return value
