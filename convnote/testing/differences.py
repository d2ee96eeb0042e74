"""A difference between two engines, shown with what explains it: figures side by side, the life, and our ledger entries."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, fields
from typing import Any

from convnote.arithmetic import decimal
from convnote.lifecycle import events as ev
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote
from convnote.replays.ledger import Entry, Ledger
from convnote.tables import money
from convnote.testing.answers import Row

#: Kinds of earlier entry left out: they change nothing that a later day depends on.
_PASSING = ("coupon", "record", "late-interest")
#: How many entries of earlier days are shown.
_EARLIER = 8


@dataclass(frozen=True)
class Difference:
    """The first difference between two engines: `what`, its day, our figure and theirs, and the life that led to it.

    `rows` has every figure that differs on that day; `what`, `ours` and `theirs` are those of the first.
    """

    rows: tuple[Row, ...]
    note: ConvertibleNote
    history: MarketHistory
    events: tuple[ev.Event, ...]
    ledger: Ledger

    @property
    def what(self) -> str:
        """The first figure that differs, in words."""
        return self.rows[0].what

    @property
    def on(self) -> datetime.date:
        """The day on which the two first differ."""
        return self.rows[0].on

    @property
    def ours(self) -> Any:
        """Our figure."""
        return self.rows[0].ours

    @property
    def theirs(self) -> Any:
        """Their figure."""
        return self.rows[0].theirs

    def entries(self) -> list[Entry]:
        """Our entries behind the figures: those of that day, and the last earlier ones that changed the note."""
        earlier = [entry for entry in self.ledger.entries if entry.date < self.on and entry.kind not in _PASSING]
        return earlier[-_EARLIER:] + [entry for entry in self.ledger.entries if entry.date == self.on]

    def __str__(self) -> str:
        lines = [f"{' and '.join(row.what for row in self.rows)} differ{'s' if len(self.rows) == 1 else ''}, {self.on}"]
        lines += [
            *_side_by_side(self.rows),
            "",
            f"the note: {self.note.name}{_varied(self.note)}",
            f"the market: {self.history!r}",
        ]
        lines += ["the events:" if self.events else "the events: none"] + [f"  {written_event(event)}" for event in self.events]
        shown = self.entries()
        left_out = sum(entry.date <= self.on for entry in self.ledger.entries) - len(shown)
        also = f" ({left_out} earlier entries are not shown; .ledger has them)" if left_out else ""
        entries = [_line(entry, self.note.currency) for entry in shown]
        return "\n".join([*lines, f"our entries behind it:{also}", *entries])


def _side_by_side(rows: tuple[Row, ...]) -> list[str]:
    """The figures of the day in two columns; an answer of several lines below its name."""
    texts = [(row.what, str(row.ours), str(row.theirs)) for row in rows]
    if len(texts) == 1 or any("\n" in text or len(text) > 40 for row in texts for text in row[1:]):
        return [line for _, ours, theirs in texts for line in (f"  ours:   {ours}", f"  theirs: {theirs}")]
    lines = [("", "ours:", "theirs:"), *texts]
    first, second, third = (max(len(line[place]) for line in lines) for place in range(3))
    return [f"  {what:<{first}}  {ours:>{second}}  {theirs:>{third}}" for what, ours, theirs in lines]


def _line(entry: Entry, currency: str) -> str:
    moved = f"{money(entry.cash, currency)} in cash" if entry.cash else ""
    moved += (", " if moved else "") + f"{entry.shares:,} shares" if entry.shares else ""
    return f"  {entry.date} {entry.kind}: {moved + '. ' if moved else ''}{entry.text} [{' '.join(entry.rules)}]"


def _varied(note: ConvertibleNote) -> str:
    """The settings that differ from those of the bundled note of the same name."""
    from convnote.termsheet import available, load

    if note.name not in available():
        return ""
    usual = load(note.name)
    changed = []
    for name in dict(usual.provisions()) | dict(note.provisions()):
        before, after = getattr(usual, name), getattr(note, name)
        if (before is None) != (after is None):
            changed.append(f"{name}: {'none' if after is None else after}")
        elif before is not None:
            pairs = [(each.name, getattr(before, each.name), getattr(after, each.name)) for each in before.settings()]
            changed += [f"{name}.{key} = {new}" for key, old, new in pairs if old != new]
    return " with " + ", ".join(changed) if changed else ""


def written_event(event: ev.Event) -> str:
    """An event as Python writes it: cn.Convert("2001-03-01", 1000).

    >>> import convnote as cn
    >>> written_event(cn.RedemptionNotice("2003-01-21", "2003-02-20", seed=3))
    "cn.RedemptionNotice('2003-01-21', redemption_date='2003-02-20', seed=3)"
    """
    shown = [repr(str(event.on))]
    for name, value in fields_of(event).items():
        if isinstance(value, ConvertibleNote):
            text = f"<{value.name}{_varied(value)}>"
        else:
            text = repr(str(value)) if isinstance(value, datetime.date) else repr(value) if isinstance(value, str) else f"{value}"
        shown.append(text if name == "principal" and isinstance(event, ev.Convert) else f"{name}={text}")
    return f"cn.{type(event).__name__}({', '.join(shown)})"


def fields_of(event: ev.Event) -> dict[str, Any]:
    """An event's fields other than its day and defaults: days as dates, numbers as Decimal, a note unchanged."""
    said: dict[str, Any] = {}
    for each in fields(event):
        name, value = each.name, getattr(event, each.name)
        if name == "on" or value == each.default:
            continue
        said[name] = value if isinstance(value, (datetime.date, str, int, ConvertibleNote)) else decimal(value)
    return said
