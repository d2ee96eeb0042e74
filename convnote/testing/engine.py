"""Engines under test, and lock-step comparison: both engines get the same events and are compared after each event day.

An engine is made for one note and one market and is then moved forward. Only `advance` is required; optional methods are
compared too (see `answers`).
"""

from __future__ import annotations

import datetime
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from convnote.calendars import day_number, to_date
from convnote.errors import LifecycleError, TermsError
from convnote.lifecycle import State
from convnote.lifecycle import events as ev
from convnote.lifecycle.agenda import acting_day
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote
from convnote.replays.ledger import Ledger
from convnote.replays.walk import Walk
from convnote.tables import money
from convnote.testing.answers import Paid, Row, Unreadable, flows_differ, rows_of, same_price, same_word
from convnote.testing.differences import Difference


class Refused(Exception):
    """Raised by an engine with `judges = True` for an event that the note does not allow; `LifecycleError` works as well."""


class Engine(Protocol):
    """One note in one market, as another system sees it. `advance` is required.

    An engine may also have `conversion_price()`, `outstanding()` and `status()` (one of our words), each called after every step,
    and `judges = True`: it is then given forbidden events too and must raise `Refused`, leaving its state before that step.
    """

    def advance(self, until: datetime.date, events: Sequence[ev.Event]) -> Iterable[Any]:
        """Move to the end of `until`, applying the `events` of that day; return what was paid since the last call.

        `events` are in the order in which they act; an event on a closed day is passed on the day it counts. The
        answer is rows of `Paid` or tuples (date, cash), (date, cash, shares) or (date, cash, shares, payment_date).
        """
        ...


#: Makes the engine for one note and one market; a class with this constructor works.
Maker = Callable[[ConvertibleNote, MarketHistory], Any]


class Batch:
    """An engine built on a function that answers whole lives: `rows(note, history, events, until)`, all payments since issue.

    >>> maker = Batch.of(lambda note, history, events, until: [(note.maturity_date, note.issue_size)])
    """

    def __init__(self, rows: Callable[..., Iterable[Any]], note: ConvertibleNote, history: MarketHistory) -> None:
        self.rows, self.note, self.history = rows, note, history
        self.events: list[ev.Event] = []
        self.until: datetime.date | None = None

    @classmethod
    def of(cls, rows: Callable[..., Iterable[Any]]) -> Maker:
        """A maker of engines that ask `rows`."""
        return lambda note, history: cls(rows, note, history)

    def advance(self, until: datetime.date, events: Sequence[ev.Event]) -> list[Any]:
        """What `rows` pays between the last call and this one."""
        self.events += events
        earlier, self.until = self.until, until
        paid = self.rows(self.note, self.history, self.events, until)
        return [row for row in paid if (earlier is None or row[0] > earlier) and row[0] <= until]


class Step(NamedTuple):
    """A day with recorded events, and those events in the order in which they act."""

    until: datetime.date
    events: tuple[ev.Event, ...]


def steps_of(note: ConvertibleNote, events: Iterable[ev.Event]) -> list[Step]:
    """The events by the day on which they act: a surrender on a closed day counts on the next open one (CNV-8).

    >>> import convnote as cn
    >>> [str(step.until) for step in steps_of(cn.load("amazon-peacs-2010"), [cn.Convert("2002-02-16", 1000)])]
    ['2002-02-19']
    """
    by_day: dict[int, list[ev.Event]] = defaultdict(list)
    for event in events:
        by_day[acting_day(note, event)].append(event)
    return [Step(to_date(day), tuple(sorted(by_day[day], key=lambda event: event.rank))) for day in sorted(by_day)]


class Ours:
    """Our replay as an engine: each step continues from the last.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> from convnote.testing import SpelledHistory
    >>> ours = Ours(note, SpelledHistory(note, [("1999-11-01", 100)]))
    >>> [(row.cash, row.shares) for row in ours.advance(datetime.date(2000, 3, 1), [cn.Convert("2000-03-01", 1000)])]
    [(Decimal('52.86'), 9)]
    """

    judges = True

    def __init__(self, note: ConvertibleNote, history: MarketHistory) -> None:
        self.walk = Walk(note, history)

    def advance(self, until: datetime.date, events: Sequence[ev.Event]) -> list[Paid]:
        """Raises `LifecycleError` for an event that the note does not allow; the engine's state is then unchanged."""
        if not events and day_number(until) <= self.walk.day:  # events before the issue date have already been refused
            return []
        # not beyond maturity by itself: events of later days may come before what is settled then
        self.walk, flows = self.walk.on_to(int(day_number(until)), events, to_the_end=False)
        return [Paid(to_date(flow.day), flow.cash, flow.shares, to_date(flow.payment_day)) for flow in flows]

    @property
    def state(self) -> State:
        """The state of the note."""
        return self.walk.state

    def ledger(self) -> Ledger:
        """All steps as one ledger."""
        return Ledger.of(self.walk)

    def conversion_price(self) -> Any:
        """The conversion price, in the note's currency per share."""
        return self.state.conversion_price

    def outstanding(self) -> Any:
        """Principal outstanding, in the note's currency."""
        return self.state.outstanding

    def status(self) -> str:
        """The status of the note, as one word."""
        return str(self.state.status)


class Lockstep:
    """Two engines side by side; `step` moves both to the end of a day and returns the first difference, or None."""

    def __init__(self, note: ConvertibleNote, history: MarketHistory, engine: Maker) -> None:
        self.note, self.history = note, history
        self.ours = Ours(note, history)
        self.events: list[ev.Event] = []
        self.refusals: list[str] = []
        self.theirs: Any = None
        self.failed: Difference | None = None
        try:
            self.theirs = engine(note, history)
        except Exception:
            self.failed = self._difference("making the engine", note.issue_date, "made", _raised())
        else:
            if not callable(getattr(self.theirs, "advance", None)):
                reason = "expected an engine with a method advance(until, events)"
                raise TermsError(reason, field="engine", value=type(self.theirs).__name__)
        self.judges = bool(getattr(self.theirs, "judges", False))

    def step(self, step: Step) -> Difference | None:
        """Move to the end of `step.until`. A forbidden event is given only to an engine with `judges`."""
        if self.failed:
            return self.failed
        pending = list(step.events)
        paid: list[Paid] = []
        while True:
            try:
                paid = self.ours.advance(step.until, pending)
                break
            except LifecycleError as error:
                refused = [event for event in pending if is_same(event, error.event)]
                if self.judges and (difference := self._must_refuse(step.until, pending, error)):
                    return difference
                self.refusals.append(str(error.rule))
                pending = [event for event in pending if event not in refused]
        self.events += pending
        return self._compare(step.until, pending, paid)

    def _must_refuse(self, until: datetime.date, pending: list[ev.Event], error: LifecycleError) -> Difference | None:
        try:
            answer: Any = f"allowed: {[tuple(row) for row in self.theirs.advance(until, pending)]}"
        except (Refused, LifecycleError):
            return None
        except Exception:
            answer = _raised()
        self.events += pending
        return self._difference("what is allowed", until, f"refused by {error.rule}: {error.reason}", answer)

    def _compare(self, until: datetime.date, events: list[ev.Event], paid: list[Paid]) -> Difference | None:
        try:
            found = flows_differ(paid, rows_of(self.theirs.advance(until, events)), self.note.currency)
            for name, same in (("conversion_price", same_price), ("outstanding", same_price), ("status", same_word)):
                # Figures at the end of the step do not explain payments on an earlier day.
                if hasattr(self.theirs, name) and (not found or found[0].on == until):
                    ours, theirs = getattr(self.ours, name)(), getattr(self.theirs, name)()
                    if not same(ours, theirs):
                        found.append(Row(name.replace("_", " "), until, ours, theirs))
            return self._found(found) if found else None
        except Unreadable as error:
            return self._difference("the form of the answer", until, _told(paid, self.note.currency), error)
        except Exception:
            return self._difference("the answer", until, _told(paid, self.note.currency), _raised())

    def _difference(self, what: str, on: datetime.date, ours: Any, theirs: Any) -> Difference:
        return self._found([Row(what, on, ours, theirs)])

    def _found(self, rows: list[Row]) -> Difference:
        return Difference(tuple(rows), self.note, self.history, tuple(self.events), self.ours.ledger())


def _told(paid: list[Paid], currency: str) -> str:
    rows = [f"({row.date}, {money(row.cash, currency)}, {row.shares})" for row in paid if row.cash or row.shares]
    return ", ".join(rows) or "nothing"


def is_same(event: ev.Event, refused: ev.Event) -> bool:
    """True if `event` is the refused event, or one of the surrenders aggregated into it (CNV-4)."""
    if isinstance(event, ev.Convert) and isinstance(refused, ev.Convert):
        return event.holder == refused.holder
    return event is refused or event == refused


def _raised() -> str:
    return "raised " + traceback.format_exc(limit=-2).strip().replace("\n", "\n    ")


def allowed(note: ConvertibleNote, history: MarketHistory, events: Iterable[ev.Event]) -> list[ev.Event]:
    """The events that the note allows, in the order in which they act; refused events are skipped."""
    ours, kept = Ours(note, history), list[ev.Event]()
    for step in steps_of(note, events):
        pending = list(step.events)
        while True:
            try:
                ours.advance(step.until, pending)
                break
            except LifecycleError as error:
                pending = [event for event in pending if not is_same(event, error.event)]
        kept += pending
    return kept
