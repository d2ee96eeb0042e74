"""At start: what a reader must know of the closes before a walk begins: their currency, and what is missing or ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convnote.calendars import to_date
from convnote.market import MarketHistory
from convnote.market.history import CURRENCY_NOT_SAID
from convnote.replays.note_prices import not_observed
from convnote.replays.observations import Observations

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def at_start(note: ConvertibleNote, history: MarketHistory, observations: Observations, after: int) -> Iterator[str]:
    """The warnings of a walk that begins after day number `after` (CUR-1, CNT-2, DAY-1)."""
    if history.currency is None:
        yield f"{CURRENCY_NOT_SAID}: they are taken to be in {note.closes_currency} (CUR-1)"
    yield from not_observed(note, history, after)
    if strangers := observations.strangers:
        named = ", ".join(str(to_date(day)) for day in strangers[:3])
        yield f"closes on {len(strangers)} days that are not trading days are ignored: {named} … (DAY-1)"
