"""The note's own price in one history: the days on which it is looked at, what it shows, and what is not observed (CNT-2).

A missing price is never taken for one above the level: it is reported as not observed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.lifecycle.contingent import priced
from convnote.lifecycle.state import State
from convnote.market import MarketHistory
from convnote.market.named_series import NOTE, value_on

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote
    from convnote.replays.observations import Observations


def _days(note: ConvertibleNote, after: int) -> list[int]:
    """Day numbers of the trading days after day number `after` on which the price of the note may open conversion."""
    terms, principal = note.contingent_conversion, note.principal
    if terms is None or terms.trading_price is None:
        return []
    last = principal.maturity_day if terms.free_day is None else min(terms.free_day - 1, principal.maturity_day)
    return [int(day) for day in principal.sessions.between(max(after + 1, principal.issue_day), last)]


def looks(note: ConvertibleNote, history: MarketHistory, after: int) -> Iterator[ev.Event]:
    """A look at the price of the note on each of those days for which the history has one."""
    return (ev.NotePriceSeen.at(day) for day in _days(note, after) if value_on(history.series, NOTE, day) is not None)


def not_observed(note: ConvertibleNote, history: MarketHistory, after: int) -> Iterator[str]:
    """A warning where the price of the note is missing on some or all of those days."""
    days = _days(note, after)
    missing = [day for day in days if value_on(history.series, NOTE, day) is None]
    if missing:
        span = f"{len(missing)} of {len(days)} trading days from {to_date(days[0])} to {to_date(days[-1])}"
        yield f"the price of the note itself, the series {NOTE!r}, is not observed on {span} (CNT-2)"


def seen(observations: Observations, state: State, day: int) -> tuple[Any, Any] | None:
    """The note's own price and its conversion value on day number `day`, per denomination; None: not observed (CNT-2)."""
    quoted = value_on(observations.history.series, NOTE, day)
    if quoted is None or state.price is None or not observations.knows(day, state):
        return None
    close = observations.close(day) if state.scale.shares else 0
    return priced(observations.note, state, quoted, close)
