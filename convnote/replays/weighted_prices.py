"""Volume-weighted prices of one history, preceded by those a state stores; the close stands in for a missing one.

Prices are in the note's currency as quoted; a day on which the close stands in is reported (STL-1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.lifecycle.state import State
from convnote.lifecycle.under_way import UnderWay
from convnote.market import MarketHistory
from convnote.market.named_series import VWAP, NamedSeries

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote
    from convnote.replays.observations import Observations


@dataclass(frozen=True)
class WeightedPrices:
    """The volume-weighted prices used for one note."""

    note: ConvertibleNote
    series: NamedSeries | None
    #: prices stored in the state, by day number
    earlier: Mapping[int, Fraction]

    @classmethod
    def of(cls, note: ConvertibleNote, history: MarketHistory, state: State) -> WeightedPrices:
        """The series "VWAP" of a history, and the prices that a state stores of it."""
        return cls(note, history.series.get(VWAP), dict(state.series.get(VWAP, ())))

    def at(self, day: int) -> Fraction | None:
        """The volume-weighted price of one trading day; None if missing."""
        if day in self.earlier:
            return self.earlier[day]
        return None if self.series is None else self.series.at(day)

    def quoted(self, observations: Observations, state: State, day: int) -> Fraction:
        """The volume-weighted price of a trading day, else its close; `MarketError` if both are missing (DAY-1)."""
        price = self.at(day)
        if price is None:
            observations.must_have([day], f"the price of {to_date(day)}", state)
            price = observations.close(day) if state.scale_on(day).shares else Fraction(0)
        return price

    @property
    def _window(self) -> list[int]:
        return [] if self.note.mandatory is None else self.note.mandatory.window(self.note.principal)

    def averaged(self, observations: Observations, state: State) -> list[Any]:
        """The prices of a mandatory's average, per conversion share as it is today (MND-1)."""
        return [state.value_of_unit(day, self.quoted(observations, state, day)) for day in self._window]

    def daily(self, observations: Observations, state: State, item: UnderWay, before: int | None) -> list[tuple[Any, Any]]:
        """(conversion value of a denomination at that day's rate, price) for each day of an observation period.

        The price is per share as it is today. From a default on day number `before` the last price before it is used (STL-2).
        """
        sessions, unit = self.note.principal.sessions, fraction(self.note.denomination)
        days = sessions.between(item.first, item.last)
        if before is not None:
            last = sessions.before(before)
            days = [min(day, last) for day in days]
        found = []
        for day, each in zip(sessions.between(item.first, item.last), days, strict=True):
            price, then = self.quoted(observations, state, each), state.scale_on(each)
            if each == day:
                worth = (then.shares * price + then.cash) / state.price_on(day)
            else:  # not reached: today's price at today's rate
                worth = state.value_of_unit(each, price) / state.price
            found.append((worth * unit * item.boost, state.close_of_share(each, price)))
        return found

    def stand_ins(self, item: UnderWay | None = None) -> int:
        """Number of days of that average, or of an observation period, on which the close stands in."""
        days = self._window if item is None else self.note.principal.sessions.between(item.first, item.last)
        return sum(self.at(day) is None for day in days)

    def back_to(self, state: State, last: int) -> list[int]:
        """Day numbers, up to `last`, where an average begins, and of the day before each observation period."""
        firsts = self._window[:1]
        if state.settlements:
            firsts = [*firsts, *(self.note.principal.sessions.before(item.first) for item in state.settlements)]
        elif self.note.settlement is not None and self.note.settlement.final is not None:
            firsts = [*firsts, self.note.principal.sessions.before(last, self.note.settlement.observation)]
        return [day for day in firsts if day <= last]

    def remembered(self, state: State, last: int) -> dict[str, tuple[tuple[int, Any], ...]]:
        """The prices that a state at the end of day number `last` stores: those a running rule may look back on."""
        sessions = self.note.principal.sessions
        known = {
            day: price
            for first in self.back_to(state, last)
            for day in sessions.between(first, last)
            if (price := self.at(day)) is not None
        }
        return {VWAP: tuple(sorted(known.items()))} if known else {}
