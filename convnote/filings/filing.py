"""The common base of filings: settings with rule and authority, lines of the paper, findings, one table.

A filing is one frozen object; `dataclasses.replace` checks it again. A sheet is TOML: a table for each part of the paper, read
as in a term sheet, and lists of lines that summarise sections from which nothing is computed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

from convnote.arithmetic import exact
from convnote.checks import Finding
from convnote.errors import TermsError
from convnote.provisions import AUTHORITIES, Rule
from convnote.provisions.changes import neutral
from convnote.provisions.fields import Drawn, Kind, term
from convnote.tables import Table, shown
from convnote.termsheet import Reader, parsed, sheet_text

_BUNDLED = resources.files("convnote") / "filings" / "sheets"


class Line(NamedTuple):
    """One line of a paper from which nothing is computed: its section and subject."""

    section: str
    words: str


class Row(NamedTuple):
    """One row of a timetable: day, New York time if the paper gives one, kind, rule and words."""

    date: date
    time: time | None
    kind: str
    rule: str
    text: str


class Timetable(tuple[Row, ...]):
    """The rows of a timetable in date order; displays as a table."""

    def table(self) -> Table:
        """The rows as a table."""
        return Table.of(Row._fields, [(row.date, row.time and f"{row.time:%H:%M}", *row[2:]) for row in self])

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


def at(
    section: str,
    check: Callable[[Any], Any],
    rule: str,
    authority: str,
    *,
    default: Any = dataclasses.MISSING,
    key: str | None = None,
) -> Any:
    """A setting (see `term`) in the table [section] of the sheet, under `key` (None: its name).

    Changing it does not need the consent of the note's holders.
    """
    taken = check if isinstance(check, Kind) else Kind(check, {}, "words", (), Drawn("words"))
    metadata = term(taken, rule, authority, change=neutral).metadata
    return field(default=default, metadata={**metadata, "section": section, "key": key})


@dataclass(frozen=True, kw_only=True, repr=False)
class Filing:
    """Base of an offering, a grant and the by-laws: validated as a whole, each setting with its rule and authority."""

    name: str
    description: str = ""
    #: lines of the paper from which nothing is computed, by subject
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=dict, hash=False)
    #: contradictions in the paper's wording that its figures cannot show
    remarks: tuple[Finding, ...] = ()
    #: the source of a setting, if not the usual one
    sources: Mapping[str, str] = field(default_factory=dict, hash=False)

    #: the word for such a sheet, the bundled names, its rules, and the rule of each kind of line
    KIND: ClassVar[str]
    BUNDLED: ClassVar[tuple[str, ...]]
    RULES: ClassVar[dict[str, Rule]]
    LINES: ClassVar[Mapping[str, str]] = {}
    FINDINGS: ClassVar[Callable[[Any], Iterator[tuple[str, str]]]]

    def __post_init__(self) -> None:
        faults = []
        for each in self.settings():
            value = getattr(self, each.name)
            if value is None and each.default is None:
                continue
            try:
                object.__setattr__(self, each.name, each.metadata["kind"](value))
            except (ValueError, TypeError) as error:
                faults.append(self.fault(each.name, error.reason if isinstance(error, TermsError) else str(error)))
        for name, source in self.sources.items():
            if name not in {each.name for each in self.settings()} or source not in AUTHORITIES:
                allowed = f"a setting and one of: {', '.join(AUTHORITIES)}"
                faults.append(TermsError(allowed, field=self.place("sources"), value=f"{name} = {source!r}"))
        faults = faults or list(self.contradictions())
        if faults:
            raise TermsError.of(faults)

    @classmethod
    def settings(cls) -> list[dataclasses.Field[Any]]:
        """The fields that are settings, in order."""
        return [each for each in fields(cls) if "section" in each.metadata]

    @classmethod
    def place(cls, name: str) -> str:
        """A setting or question, as an error names it."""
        return f"{cls.KIND}.{name}"

    def fault(self, name: str, reason: str) -> TermsError:
        """The error for a fault in one setting, with its rule and value."""
        rule = {each.name: each.metadata["rule"] for each in self.settings()}[name]
        value = getattr(self, name)
        return TermsError(reason, field=self.place(name), rule=rule, value=repr(value) if isinstance(value, str) else value)

    def refusal(self, reason: str, question: str, rule: str, value: Any) -> TermsError:
        """The error that refuses a question, with its rule and value."""
        return TermsError(reason, field=self.place(question), rule=rule, value=value)

    def contradictions(self) -> Iterable[TermsError]:
        """Contradictions between settings, checked once each setting is valid on its own."""
        return ()

    # --- common to every filing

    def authority(self, rule: str) -> str:
        """Where a rule comes from here: "agreement", "by-laws", "filing", "convention", or several joined by "+".

        It is the rule's own authority and that of the settings that belong to it. Raises `TermsError` for an unknown rule.
        """
        if rule not in self.RULES:
            known = f"expected a rule id from {next(iter(self.RULES))} to {list(self.RULES)[-1]}"
            raise TermsError(known, field=self.place("authority"), rule=str(rule), value=repr(rule))
        found = set(self.RULES[rule].authority.split("+"))
        for each in self.settings():
            if each.metadata["rule"] == rule and getattr(self, each.name) is not None:
                found.add(self.source_of(each.name))
        return "+".join(sorted(found, key=AUTHORITIES.index))

    def source_of(self, name: str) -> str:
        """Where a setting comes from."""
        usual = {each.name: each.metadata["authority"] for each in self.settings()}
        return self.sources.get(name, usual[name])

    def check(self) -> list[Finding]:
        """Contradictions and remarks: findings with `.rule` and `.message`, in the order of the rules."""
        with exact():
            found = [*(Finding(*each) for each in type(self).FINDINGS(self)), *self.remarks]
        order = list(self.RULES)
        # "(a)" to "(f)" are parts of one rule: some come from figures, some from wording
        return sorted(found, key=lambda each: (order.index(each.rule), each.message[:3] if each.message[0] == "(" else ""))

    def table(self) -> Table:
        """All settings and lines: part, setting, value, rule and source."""
        rows: list[tuple[Any, ...]] = []
        for each in self.settings():
            if (value := getattr(self, each.name)) is not None and value != ():
                key = each.metadata["key"] or each.name
                words = str(value) if type(value) is Fraction else shown(value)  # 1/9 is shown as printed
                rows.append((each.metadata["section"], key, words, each.metadata["rule"], self.source_of(each.name)))
        rows += self.more_rows()
        for about, lines in self.lines.items():
            rule = self.LINES[about]
            rows += [(about, line.section, line.words, rule, self.RULES[rule].authority) for line in lines]
        return Table.of(("part", "setting", "value", "rule", "authority"), rows, self.description or self.name)

    def more_rows(self) -> Iterable[tuple[Any, ...]]:
        """Further rows of the table, after the settings."""
        return ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def __str__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()

    # --- reading a sheet

    @classmethod
    def load(cls, name_or_path: str | Path) -> Self:
        """The filing of a bundled name or of a TOML file, with all faults of a wrong one at once."""
        text, source = sheet_text(name_or_path, _BUNDLED, cls.BUNDLED, f"{cls.KIND} sheet")
        return cls.of_sheet(parsed(text, source), None if source in cls.BUNDLED else Path(source).parent)

    @classmethod
    def of_sheet(cls, sheet: dict[str, Any], folder: Path | None = None) -> Self:
        """The filing that a parsed sheet describes; `folder` holds other files that it names."""
        reader = Reader()
        sections = {each.metadata["section"]: each for each in cls.settings()}
        reader.known(sheet, ("name", "description", *sections, *cls.OWN, *cls.LINES, "findings"))
        given: dict[str, Any] = {"sources": {}}
        if "name" not in sheet:
            reader.fault("name", "required")
        for key in ("name", "description"):
            if key in sheet:
                given[key] = reader.words(key, sheet[key], empty=key == "description")
        for section in sections:
            given |= cls._section(reader, section, sheet.get(section, {}), given["sources"])
        given |= cls.own(reader, sheet, folder)
        given["lines"] = {about: _lines(reader, about, sheet[about]) for about in cls.LINES if about in sheet}
        given["remarks"] = _remarks(reader, sheet.get("findings", []), cls.RULES)
        reader.refuse()
        return cls(**given)

    #: tables of the sheet other than those of settings
    OWN: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def own(cls, reader: Reader, sheet: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
        """Fields other than settings, from their own tables."""
        return {}

    @classmethod
    def _section(cls, reader: Reader, section: str, table: Any, sources: dict[str, str]) -> dict[str, Any]:
        names = {each.metadata["key"] or each.name: each.name for each in cls.settings() if each.metadata["section"] == section}
        kind: Any = _Section([each for each in cls.settings() if each.name in names.values()])
        read: Any = reader.provision(section, kind, table) or {}
        sources |= {names[key]: source for key, source in read.pop("authority", {}).items() if key in names}
        return {names[key]: value for key, value in read.items()}


class _Key(NamedTuple):
    name: str
    metadata: Mapping[str, Any]
    default: Any


class _Section:
    """One table of a sheet, in the form that the term-sheet reader expects of a provision."""

    def __init__(self, settings: list[dataclasses.Field[Any]]) -> None:
        self._keys = [_Key(each.metadata["key"] or each.name, each.metadata, each.default) for each in settings]

    def settings(self) -> list[_Key]:
        return self._keys

    def __call__(self, **given: Any) -> dict[str, Any]:
        return given


def _tables(reader: Reader, place: str, value: Any, keys: tuple[str, str]) -> list[tuple[str, str]]:
    """Pairs of words from a list of tables with exactly these two keys."""
    if not isinstance(value, list) or not all(isinstance(each, dict) and set(each) == set(keys) for each in value):
        reader.fault(place, f"expected a list of tables [[{place}]] with {keys[0]} and {keys[1]}", value=value)
        return []
    return [
        (reader.words(f"{place}.{keys[0]}", each[keys[0]]), reader.words(f"{place}.{keys[1]}", each[keys[1]])) for each in value
    ]


def _lines(reader: Reader, about: str, value: Any) -> tuple[Line, ...]:
    return tuple(Line(*pair) for pair in _tables(reader, about, value, ("section", "words")))


def _remarks(reader: Reader, value: Any, rules: Mapping[str, Rule]) -> tuple[Finding, ...]:
    pairs = _tables(reader, "findings", value, ("rule", "words"))
    for rule, _ in pairs:
        if rule not in rules:
            reader.fault("findings.rule", f"allowed: {', '.join(rules)}", value=rule)
    return tuple(Finding(*pair) for pair in pairs)
