"""Ledger: what a note did, as cited entries with totals, a page, a file note and a frame."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from convnote.arithmetic import exactly
from convnote.errors import TermsError, did_you_mean, must_be
from convnote.lifecycle import State
from convnote.note import ConvertibleNote
from convnote.replays import file_notes, sentences
from convnote.tables import Table, pandas

#: A ledger shows itself with this many entries at most.
SHOWN = 300


class Entry(NamedTuple):
    """One line of a ledger.

    `date` is the day it happens or falls due under the note, `payment_date` when the money moves (INT-6). `principal` is what
    leaves the holder by it; `cash` is in the note's currency, positive to the holders and negative from them; `shares` are whole.

    >>> import convnote as cn
    >>> entry = cn.replay(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was")).of_kind("coupon")[1]
    >>> str(entry.date), str(entry.payment_date), entry.cash
    ('2002-02-16', '2002-02-19', Decimal('47437500.00'))
    """

    date: datetime.date
    payment_date: datetime.date
    kind: str
    holder: str | None
    principal: Decimal
    cash: Decimal
    shares: int
    rules: tuple[str, ...]
    text: str


@dataclass(frozen=True, repr=False)
class Ledger:
    """What the note did: `entries` in order, the `state` at the end, rights left open and warnings.

    >>> import convnote as cn
    >>> ledger = cn.replay(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"))
    >>> ledger.total("coupon"), ledger.state.status
    (Decimal('474764897.25'), <Status.MATURED: 'matured'>)
    """

    note: ConvertibleNote
    entries: tuple[Entry, ...]
    state: State
    #: rights that were open and on which no decision is on record, as (date, rule, words)
    open_rights: tuple[tuple[datetime.date, str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    #: where the closes come from
    source: str = ""

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def of_kind(self, *kinds: str) -> list[Entry]:
        """The entries of these kinds, in order; raises `TermsError` for a word that is no kind of entry."""
        for kind in kinds:
            must_be(kind, str, "Ledger kind", "the name of a kind of entry is needed, such as coupon")
            if kind not in sentences.ENTRY_KINDS and all(entry.kind != kind for entry in self.entries):
                known = [*sentences.ENTRY_KINDS, *dict.fromkeys(entry.kind for entry in self.entries)]
                nearest = did_you_mean(kind, known, f"; allowed: {', '.join(dict.fromkeys(known))}")
                raise TermsError(f"not a kind of entry{nearest}", field="Ledger kind", value=repr(kind))
        return [entry for entry in self.entries if entry.kind in kinds]

    @exactly
    def total(self, *kinds: str) -> Decimal:
        """Cash of the entries of these kinds (none named: of all), in the note's currency."""
        chosen = self.of_kind(*kinds) if kinds else self.entries
        return sum((entry.cash for entry in chosen), Decimal("0.00"))

    def explain(self) -> str:
        """The ledger as a file note: date, what happened, the arithmetic, the rules and where each is printed."""
        return file_notes.file_note(self)

    def table(self) -> Table:
        """The entries as people read them; money and shares are those to the holders."""
        return file_notes.page(self)

    def heading(self) -> str:
        """Which note over which closes, in two lines."""
        return file_notes.heading(self)

    def closing(self) -> list[str]:
        """The totals, and what else a reader must know, as sentences."""
        return file_notes.closing(self)

    def __repr__(self) -> str:
        return f"Ledger({self.note.name}, {len(self)} entries, {self.state.status} on {self.state.on})"

    def __str__(self) -> str:
        return "\n".join([file_notes.page(self, SHOWN).text(), *self._left_out(), "", *self.closing()])

    def _repr_html_(self) -> str:
        return file_notes.page(self, SHOWN).html(*self._left_out(), *self.closing())

    def _left_out(self) -> list[str]:
        more = len(self) - SHOWN
        return [f"… and {more:,} more entries: table() has all {len(self):,}."] if more > 0 else []

    def to_frame(self, exact: bool = False) -> Any:
        """The entries as a pandas frame; money in float64, or in Decimal with `exact=True`. Needs pandas."""
        pd = pandas()

        frame = Table.of(Entry._fields, [(*entry[:-2], " ".join(entry.rules), entry.text) for entry in self]).frame(exact=exact)
        money, words = "object" if exact else "float64", "string"
        kinds = {"kind": "category", "principal": money, "cash": money, "shares": "int64", "holder": words, "rules": words}
        days = {name: pd.to_datetime(frame[name]) for name in ("date", "payment_date")}  # of their type in an empty ledger too
        return self.note.marked(frame.assign(**days).astype({**kinds, "text": words}))
