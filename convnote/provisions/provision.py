"""The base class of provisions: settings with a rule id and an authority, validated together.

`Provision` validates all settings of an object at once and reports where each comes from; what a setting accepts is defined by
its kind of field (`convnote.provisions.fields`). Does not know any particular provision.
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
from convnote.provisions.toml_values import cut
from convnote.tables import Table, shown

#: Where a setting may come from: the note itself, the cover of its prospectus, the underwriting agreement, another
#: filing, the issuer's by-laws, or the usual wording of such documents where these are silent.
AUTHORITIES = ("note", "cover", "agreement", "filing", "by-laws", "convention")


class Rule(NamedTuple):
    """One rule: its id, a one-line statement, and where it is printed (or "convention")."""

    id: str
    says: str
    authority: str


def rules(**lines: tuple[str, str]) -> dict[str, Rule]:
    """A table of rules, written as ``INT_1=("what it says", "note")``."""
    return {name.replace("_", "-"): Rule(name.replace("_", "-"), *line) for name, line in lines.items()}


def key_of(setting: dataclasses.Field[Any]) -> str:
    """The key of a setting in a term sheet: its name, without the trailing underscore that avoids a Python keyword."""
    return setting.name.rstrip("_")


class Stated:
    """Pickled and copied as stated: values computed from what is stated are not included."""

    def __getstate__(self) -> dict[str, Any]:
        kind, derived = type(self), {each.name for each in fields(self) if not each.init}  # type: ignore[arg-type]
        kept = (name for name in vars(self) if name not in derived and not isinstance(getattr(kind, name, None), cached_property))
        return {name: vars(self)[name] for name in kept}


@dataclass(frozen=True, kw_only=True)
class Provision(Stated):
    """Base of all provisions: frozen, validated as a whole, each setting with its authority.

    `authority` maps a setting to its source, if that differs from the usual one.
    """

    #: the effect on holders of the note having this provision (True) or not having it (False)
    presence: ClassVar[Change] = depends("what the provision gives holders and takes from them", "impaired conversion")

    #: settings through which older sheets state another setting: name of the old one, name of the one it states
    says: ClassVar[Mapping[str, str]] = {}
    #: for an own provision, its table in a term sheet and its attribute of the note (`convnote.provisions.register`)
    section: ClassVar[str] = ""
    #: for an own provision with events: whether they move cash, shares or principal, so that it cannot be simulated or priced
    moves_cash: ClassVar[bool] = True

    authority: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    #: names of the settings stated rather than left to their defaults; None: those passed to this constructor
    said: frozenset[str] | None = field(default=None, repr=False, compare=False)

    def __init_subclass__(cls, **how: Any) -> None:
        super().__init_subclass__(**how)
        if "__repr__" not in vars(cls):  # the dataclass repr would list all settings
            cls.__repr__ = Provision.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        given = (each for each in fields(self) if each.repr and self._moved(each))
        return f"{type(self).__qualname__}({', '.join(f'{each.name}={getattr(self, each.name)!r}' for each in given)})"

    def __new__(cls, *positional: Any, **given: Any) -> Self:
        # The arguments of the constructor are known only here: later, a default and an equal stated value look the same.
        made = super().__new__(cls)
        if given:  # a copied or unpickled object is built without it
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
            self.derive()
            faults = list(self.contradictions())
        if faults:
            raise TermsError.of(faults)

    def derive(self) -> None:
        """Sets what every question needs of the settings, such as days as day numbers; called once the settings are valid."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.derive()

    @classmethod
    def table(cls) -> str:
        """The name of this provision in a term sheet: ``fundamental_change`` for FundamentalChange, or its `section`."""
        return cls.section or "".join("_" + c.lower() if c.isupper() else c for c in cls.__name__).lstrip("_")

    @classmethod
    @cache
    def settings(cls) -> tuple[dataclasses.Field[Any], ...]:
        """The fields that are terms, in order of declaration."""
        return tuple(each for each in fields(cls) if "rule" in each.metadata)

    @classmethod
    @cache
    def _by_name(cls) -> dict[str, dataclasses.Field[Any]]:
        named = {each.name: each for each in cls.settings()}
        return {key_of(each): each for each in cls.settings()} | named

    @classmethod
    def place(cls, name: str) -> str:
        """Table and key of a setting, as named in errors."""
        return f"{cls.table()}.{name.rstrip('_')}"

    def authority_of(self, name: str) -> str:
        """Where the setting comes from: "note", "cover", "agreement", "filing" or "convention"."""
        usual: str = self._by_name()[name].metadata["authority"]
        return self.authority.get(name.rstrip("_"), usual)

    def contradictions(self) -> list[TermsError]:
        """Faults between fields, checked once every single field is valid."""
        return []

    def fault(self, name: str, reason: str, rule: str | None = None) -> TermsError:
        """A fault of one setting, with its rule (None: that of the setting) and its value as a term sheet states it."""
        stated, value = self._by_name()[name].metadata, getattr(self, name)
        told = None if value is None else cut(stated["kind"].as_toml(value))
        return TermsError(reason, field=self.place(name), rule=rule or stated["rule"], value=told)

    def _moved(self, setting: dataclasses.Field[Any]) -> bool:
        """Whether a setting differs from its default."""
        value, default = getattr(self, setting.name), setting.default
        if isinstance(value, np.floating) and default is not dataclasses.MISSING and default is not None:
            return bool(value != np.float64(default))
        return bool(value != default)

    def silent(self) -> list[dataclasses.Field[Any]]:
        """The settings that are not stated but have a default, which is assumed."""
        assert self.said is not None
        optional = (each for each in self.settings() if each.default is not dataclasses.MISSING and each.default is not None)
        return [each for each in optional if each.name not in self.said]

    def stated(self, name: str) -> Any:
        """A setting as stated in the terms; None if it is not stated, even if something else implies it."""
        return getattr(self, name)

    @classmethod
    def compared(cls, before: Any, after: Any) -> Iterator[tuple[str, Any, Any, Judge]]:
        """Each setting, its value before and after a change (None: not set, or no such provision), and its judge."""
        for each in cls.settings():
            yield key_of(each), getattr(before, each.name, None), getattr(after, each.name, None), each.metadata["change"]

    def printed(self) -> Table:
        """The stated settings as a table: value, rule and source of each."""
        rows = [
            (key_of(each), shown(getattr(self, each.name)), each.metadata["rule"], self.authority_of(each.name))
            for each in self.settings()
            if getattr(self, each.name) is not None
        ]
        return Table.of(("setting", "value", "rule", "authority"), rows, self.table().replace("_", " "))

    def _repr_html_(self) -> str:
        return self.printed().html()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # IPython, and Hypothesis on a failing example, would print each provision with all the provisions the note passed to it.
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
