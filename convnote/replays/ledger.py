"""Ledger: what a note did, as cited entries, with totals, a page, a file note and a pandas frame."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from convnote.arithmetic import decimal, exactly
from convnote.calendars import to_date
from convnote.errors import LifecycleError, TermsError, did_you_mean, must_be
from convnote.inputs import DateLike, Number
from convnote.lifecycle import State
from convnote.lifecycle import events as ev
from convnote.lifecycle.own_events import is_own, own_rule
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote
from convnote.provisions import Rule
from convnote.replays import file_notes, sentences
from convnote.replays.given import Policy, last_day
from convnote.replays.happened import Happened
from convnote.replays.walk import Walk
from convnote.tables import Table, in_units, nil, pandas

#: The most entries a ledger displays.
SHOWN = 300


class Entry(NamedTuple):
    """One line of a ledger.

    `date` is the day the entry happens or falls due under the note, `payment_date` when the money moves (INT-6). `principal`
    is what leaves the holder's position; `cash` is in the note's currency, positive to the holders; `shares` are whole shares.

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
    """What the note did: `entries` in order, the `state` at the end, open rights and warnings.

    >>> import convnote as cn
    >>> ledger = cn.replay(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"))
    >>> ledger.total("coupon"), ledger.state.status
    (Decimal('474764897.25'), <Status.MATURED: 'matured'>)
    """

    note: ConvertibleNote
    entries: tuple[Entry, ...]
    state: State
    #: open rights without a decision on record, as (date, rule, words)
    open_rights: tuple[tuple[datetime.date, str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    #: the source of the closes
    source: str = ""
    #: rules of user-defined events, by id
    own_rules: Mapping[str, Rule] = field(default_factory=dict)

    @classmethod
    @exactly
    def of(cls, walk: Walk) -> Ledger:
        """The ledger of everything a walk has done so far.

        >>> import convnote as cn
        >>> walk = cn.Walk(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"))
        >>> Ledger.of(walk.step("2001-12-31")[0]).total()
        Decimal('47567465.75')
        """
        happened = walk.happened
        entries = tuple(entry for each in happened for entry in _entries(each))
        own = {each.event.rule: own_rule(each.event) for each in happened if is_own(type(each.event))}
        return cls(walk.note, entries, walk.state, walk.open_rights, walk.warnings, walk.history.source, own)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def of_kind(self, *kinds: str) -> list[Entry]:
        """The entries of these kinds, in order; raises `TermsError` for an unknown kind."""
        for kind in kinds:
            must_be(kind, str, "Ledger kind", "expected the name of a kind of entry, such as coupon")
            if kind not in sentences.ENTRY_KINDS and all(entry.kind != kind for entry in self.entries):
                known = [*sentences.ENTRY_KINDS, *dict.fromkeys(entry.kind for entry in self.entries)]
                nearest = did_you_mean(kind, known, f"; allowed: {', '.join(dict.fromkeys(known))}")
                raise TermsError(f"not a kind of entry{nearest}", field="Ledger kind", value=repr(kind))
        return [entry for entry in self.entries if entry.kind in kinds]

    @exactly
    def total(self, *kinds: str) -> Decimal:
        """Total cash of the entries of these kinds (without arguments: of all), in the note's currency, positive to holders."""
        chosen = self.of_kind(*kinds) if kinds else self.entries
        return sum((entry.cash for entry in chosen), nil(self.note.currency))

    def explain(self) -> str:
        """The ledger as a file note: date, what happened, the arithmetic, the rules and where each is printed."""
        return file_notes.file_note(self)

    def table(self) -> Table:
        """The entries for display; money and shares are positive to the holders."""
        return file_notes.page(self)

    def heading(self) -> str:
        """The note and the history of closes, in two lines."""
        return file_notes.heading(self)

    def closing(self) -> list[str]:
        """The totals, and anything else a reader must know, as sentences."""
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
        """The entries as a pandas frame, one row per entry; money in float64, or in Decimal with `exact=True`. Needs pandas."""
        pd = pandas()

        frame = Table.of(Entry._fields, [(*entry[:-2], " ".join(entry.rules), entry.text) for entry in self]).frame(exact=exact)
        money, words = "object" if exact else "float64", "string"
        kinds = {"kind": "category", "principal": money, "cash": money, "shares": "int64", "holder": words, "rules": words}
        days = {name: pd.to_datetime(frame[name]) for name in ("date", "payment_date")}  # datetime dtype in an empty ledger too
        return self.note.marked(frame.assign(**days).astype({**kinds, "text": words}))


def _entries(happened: Happened) -> Iterator[Entry]:
    """One entry for each flow of an event; flows that differ only in the holder are worded once."""
    made: dict[tuple[int, ...], Entry] = {}
    for flow in happened.flows:
        alike = tuple(map(id, flow._replace(holder=None)))
        if alike not in made:
            made[alike] = Entry(
                date=to_date(flow.day),
                payment_date=to_date(flow.payment_day),
                kind=flow.kind,
                holder=flow.holder,
                principal=decimal(flow.principal),
                cash=in_units(flow.cash, happened.note.currency) if flow.cash else nil(happened.note.currency),
                shares=int(flow.shares),
                rules=flow.rules,
                text=sentences.sentence(happened.note, flow, happened.event),
            )
        yield made[alike]._replace(holder=flow.holder)


def replay(
    note: ConvertibleNote,
    history: MarketHistory,
    *,
    events: Iterable[ev.Event] | None = None,
    policy: Policy | None = None,
    until: DateLike | None = None,
    state: State | None = None,
    positions: Mapping[str, Number] | None = None,
) -> Ledger:
    """What the note did over `history`, with the recorded `events` (None: those of the history itself).

    `policy` decides where no decision is on record ahead: until a recorded notice, conversion or election has happened, that
    right of the Company or of that holder is left to the record. `until` stops after that day. `state` continues from the end of
    an earlier replay; otherwise the note starts at issue, as one position or as `positions` of named holders that sum to the
    issue. Without positions, the `holder` of an event only names who surrenders.

    Raises `LifecycleError` with `.rule` and `.event` for an event that the note does not allow (its `.ledger` is the ledger up
    to then), and `MarketError` if a needed close is missing.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> ledger = cn.replay(note, cn.scenario("as-it-was"), events=[cn.Convert("2001-03-01", 1_000_000)], until="2001-12-31")
    >>> [(str(entry.date), entry.shares, entry.cash) for entry in ledger.of_kind("conversion")]
    [('2001-03-01', 11780, Decimal('13.16'))]
    """
    must_be(events, (Iterable, type(None)), "replay events", "expected a list of events")
    walk = Walk(note, history, state, positions, policy, owner="replay")
    maturity, last = walk.note.principal.maturity_day, None if until is None else last_day(until)
    if last is not None and last < walk.day >= walk.note.principal.issue_day:
        reason = f"the note stands at the end of {to_date(walk.day)}: only a later day can follow"
        raise TermsError(reason, field="replay until", value=until)
    recorded = list(map(ev.from_table, history.decisions)) if events is None else events
    try:
        walk, _ = walk.on_to(maturity if last is None else last, recorded, to_the_end=last is None)
    except LifecycleError as error:
        error.ledger = Ledger.of(error.walk)
        raise
    return Ledger.of(walk)
