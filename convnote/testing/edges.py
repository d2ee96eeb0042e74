"""Edges: the type of a rule's boundary, and the helpers that `boundaries_company` and `boundaries_holders` use.

Each breaks exactly one rule, by one step: a day, a multiple, a close. All are lives of the bundled note (with a put
added for the rules on puts), so that they can be checked against the paper.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.termsheet import load
from convnote.testing.spells import SpelledHistory, spelled
from convnote.testing.stories import TICK, Pick


@dataclass(frozen=True)
class Edge:
    """A boundary of `rule`: after `before`, `allowed` may happen and `forbidden` may not.

    If the boundary lies in the events that lead up to it, `leading` replaces `before` for the forbidden event.
    """

    rule: str
    note: ConvertibleNote
    history: SpelledHistory
    before: tuple[ev.Event, ...]
    allowed: ev.Event
    forbidden: ev.Event
    leading: tuple[ev.Event, ...] | None = None

    @property
    def inside(self) -> list[ev.Event]:
        """The events of the life on the allowed side."""
        return [*self.before, self.allowed]

    @property
    def outside(self) -> list[ev.Event]:
        """The events of the life on the forbidden side; the last is refused."""
        return [*(self.before if self.leading is None else self.leading), self.forbidden]


Maker = Callable[[Pick], Edge]
#: (rule, maker) of every boundary; a rule may have several.
BOUNDARIES: list[tuple[str, Maker]] = []
#: Makers of boundaries and turns added after the first 515 cases. Each has its own draw and is numbered after those, so that
#: cases already published keep their id and content in every version.
ADDED: set[Any] = set()


@cache
def bundled() -> ConvertibleNote:
    """The bundled note; every life is one of this note or of a variation."""
    return load("amazon-peacs-2010")


def boundary(rule: str, *, added: bool = False) -> Callable[[Callable[[ConvertibleNote, Pick], Any]], Any]:
    """Register a function of note and pick that returns what `edge_of` takes, with a history or leading events if needed."""

    def register(make: Callable[[ConvertibleNote, Pick], Any]) -> Any:
        def edge(pick: Pick) -> Edge:
            note = bundled()
            made = make(note, pick)
            note = made.pop("note", note)
            made.setdefault("history", SpelledHistory(note, [("1999-11-01", 100)]))
            return Edge(rule=rule, note=note, **made)

        BOUNDARIES.append((rule, edge))
        if added:
            ADDED.add(edge)
        return make

    return register


def edge_of(before: Any, allowed: ev.Event, forbidden: ev.Event, **more: Any) -> dict[str, Any]:
    return {"before": tuple(before), "allowed": allowed, "forbidden": forbidden, **more}


def day_of(day: int) -> date:
    return to_date(day)


def some_bank_day(note: ConvertibleNote, pick: Pick, first: str = "2000-02-16", last: str = "2010-02-16") -> int:
    days = note.principal.banks.between(int(day_number(first)), int(day_number(last)))
    return days[pick(range(len(days)))]


def above(note: ConvertibleNote, last: int, pick: Pick, count: int = 20) -> SpelledHistory:
    """`count` closes above the trigger, ending on trading day `last`; all others of the period are at the trigger."""
    assert note.withdrawal is not None
    trigger = fraction(note.withdrawal.trigger)
    sessions = note.principal.sessions
    period = sessions.between(sessions.before(last, 29), last)
    over = set(period[-count:]) if pick(True, False) else set(period[: count - 1]) | {last}
    return spelled(note, {day: trigger + TICK if day in over else trigger for day in period}, 100)


def trading_day(note: ConvertibleNote, pick: Pick, first: str, last: str) -> int:
    days = note.principal.sessions.between(int(day_number(first)), int(day_number(last)))
    return days[pick(range(len(days)))]


def a_change(note: ConvertibleNote, pick: Pick) -> tuple[list[ev.Event], int, int]:
    """A change and its notice, with the day numbers of the notice and the repurchase date."""
    notice = int(day_number("2000-03-06")) + pick(range(3500))
    changed: list[ev.Event] = [ev.FundamentalChange(day_of(notice - pick(0, 10))), ev.FundamentalChangeNotice(day_of(notice))]
    return changed, notice, notice + 30
