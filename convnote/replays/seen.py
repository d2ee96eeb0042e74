"""Seen by replay: what one event may see of the closes of one history, looked up only when a rule reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convnote.lifecycle.in_force import counted_on
from convnote.lifecycle.state import State
from convnote.lifecycle.under_way import UnderWay
from convnote.provisions.conditions import Condition, Standing
from convnote.replays import exchange_rates, further_kinds, note_prices
from convnote.replays.fixings import fixing

if TYPE_CHECKING:
    from convnote.replays.observations import Observations


class SeenByReplay:
    """What one event may see, looked up only when a rule reads it, so that a rule can refuse an event whose close is missing."""

    __slots__ = ("_event", "_observations", "_state")

    def __init__(self, observations: Observations, state: State, event: Any) -> None:
        self._observations, self._state, self._event = observations, state, event

    @property
    def close(self) -> Any:
        return self._observations.close_in_lieu(self._state, self._event)

    @property
    def exchange(self) -> Any:
        return exchange_rates.in_lieu(self._observations.note, self._observations.history, self._event)

    def close_of(self, share: str) -> Any:
        terms = self._observations.note.conversion
        assert terms is not None
        day = terms.close_day(counted_on(self._observations.note, self._state, self._event))
        return further_kinds.close_of(self._observations.history, share, int(day))

    @property
    def closes(self) -> Any:
        return self._observations.closes_of(self._state, self._event)

    def stand_ins(self, item: UnderWay | None = None) -> int:
        return self._observations.weighted.stand_ins(item)

    def daily(self, item: UnderWay, before: Any = None) -> Any:
        return self._observations.weighted.daily(self._observations, self._state, item, before)

    def indexed(self, name: str, day: int) -> Any:
        return fixing(self._observations.history, name, day)

    @property
    def last_met(self) -> Any:
        return self._observations.last_met(self._state, self._event.day)

    @property
    def market_price(self) -> Any:
        return self._observations.market_price(self._state, self._event)

    @property
    def highest(self) -> Any:
        return self._observations.highest(self._state, self._event.day)

    @property
    def most_held(self) -> Any:
        return self._observations.most_held(self._state, self._event.day)

    def standing(self, condition: Condition) -> Standing:
        return self._observations.standing(condition, self._state, self._event.day)

    @property
    def note_price(self) -> tuple[Any, Any] | None:
        return note_prices.seen(self._observations, self._state, self._event.day)
