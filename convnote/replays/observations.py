"""Observations: what the closes of one history show a note, as far as a rule asks: windows, the trigger, a close before a day.

It observes and never decides. Closes that the terms need and the history lacks are refused by name; none is guessed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import average, fraction
from convnote.calendars import day_number, to_date
from convnote.errors import MarketError
from convnote.lifecycle import events as ev
from convnote.lifecycle.converting import counted_on
from convnote.lifecycle.in_force import conversion_price
from convnote.lifecycle.on_record import OnRecord
from convnote.lifecycle.state import State
from convnote.lifecycle.transition import Seen
from convnote.market import MarketHistory

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote

#: A float64 close this near to the trigger, relatively, is compared again exactly.
_NEAR = 1e-9


class Observations:
    """The closes of `history`, before them those that `state` remembers, read for one note.

    Raises `MarketError` for a history that is not for this note, or not in its currency (CUR-1).
    """

    def __init__(self, note: ConvertibleNote, history: MarketHistory, state: State) -> None:
        history.must_fit(note.name, note.closes_currency, note.principal.issue_day)
        self.note, self.history = note, history
        self.sessions = note.principal.sessions
        self._remembered = dict(state.observed)
        self._began = state
        self._known = set(history.days.tolist()) | set(self._remembered)
        self._cached: tuple[Any, list[int], np.ndarray] | None = None
        #: recorded decisions that still lie ahead: a policy leaves those rights to the record
        self.ahead = OnRecord()
        #: what a policy has worked out once for this replay
        self.memo: dict[Any, Any] = {}

    def under(self, note: ConvertibleNote, state: State) -> Observations:
        """The same closes and the same record ahead, read for the note as amended (LIF-4)."""
        observations = Observations(note, self.history, self._began)
        observations.ahead, observations._remembered, observations._known = self.ahead, self._remembered, self._known
        return observations

    @property
    def strangers(self) -> list[int]:
        """Days of the history, within the note's life, that are no trading days (DAY-1): their closes are passed over."""
        first, last = self.note.principal.issue_day, self.note.principal.maturity_day
        days = self.history.days[(self.history.days >= first) & (self.history.days <= last)]
        return [int(day) for day in days[~self.sessions.is_open(days)]] if len(days) else []

    # --- closes

    def close(self, day: int) -> Fraction:
        """The close of one trading day, in the note's currency, as quoted."""
        if day in self._remembered:
            return fraction(self._remembered[day])
        return self.history.exact_close(day)

    def quick_close(self, day: int) -> float:
        """The close of one trading day in float64, as quoted."""
        if day in self._remembered:
            return float(self._remembered[day])
        place = self._places.get(day)
        return float(self.close(day)) if place is None else float(self.history.closes[place])

    @cached_property
    def _places(self) -> dict[int, int]:
        return {day: place for place, day in enumerate(self.history.days.tolist())}

    def value_of_unit(self, state: State, day: int) -> Any:
        """The close of one trading day in terms of one conversion share as it is today; cash alone needs none."""
        return state.value_of_unit(day, self.close(day) if state.scale_on(day).shares else fraction(0))

    def last_sessions(self, count: int, last: int, state: State) -> list[int]:
        """The `count` trading days up to and including day number `last`, oldest first; all have the closes that are needed."""
        end = self.sessions.on_or_before(last)
        days = list(self.sessions.between(self.sessions.before(end, count - 1), end))
        self._must_have(days, f"the {count} closes to {to_date(last)}", state)
        return days

    def _missing(self, days: Sequence[int], state: State) -> list[int]:
        """The days without a close; where a merger left only cash (ADJ-8) none is needed."""
        needed = days if state.scale.shares else days[: bisect_left(days, state.scale.since)]
        return [day for day in needed if day not in self._known]

    def _must_have(self, days: Sequence[int], what: str, state: State) -> None:
        missing = self._missing(days, state)
        if missing:
            named = ", ".join(str(to_date(day)) for day in missing[:3]) + (" …" if len(missing) > 3 else "")
            hint = "give them, or stop before with until="
            reason = f"{what} are needed and {len(missing)} of them missing ({named}): {hint}"
            raise MarketError(reason, field="history", rule="DAY-1")

    # --- the trigger

    def _counting(self, last: int) -> list[int]:
        """The trading days whose closes count for WDR-1 up to day number `last`."""
        terms = self.note.withdrawal
        assert terms is not None
        first = self.note.principal.issue_day
        if terms.before_issue:
            first = self.sessions.before(first, terms.period - 1)
        if self._began.day >= self.note.principal.issue_day:
            first = max(first, self._began.observed[0][0] if self._began.observed else self._began.day + 1)
        return list(self.sessions.between(first, min(last, self._last_counting_day)))

    def first_gap(self, state: State, last: int) -> int | None:
        """Day number of the first trading day to `last` whose close counts for WDR-1 and is missing; None if none is."""
        missing = self._missing(self._counting(last), state)
        return missing[0] if missing else None

    def _observations(self, state: State, last: int) -> tuple[list[int], np.ndarray]:
        """The trading days whose closes count for WDR-1 up to day number `last`, and whether it is met at each."""
        last = min(last, self._last_counting_day)
        if self._cached is None or self._cached[0] != state.scales:
            self._cached = (state.scales, *self._observed(state))
        _, days, met = self._cached
        cut = bisect_right(days, last)
        if cut == len(days):  # it may be that a close to `last` is missing
            self._must_have(self._counting(last), "the closes that count for the trigger (WDR-1)", state)
        return days[:cut], met[:cut]

    def _observed(self, state: State) -> tuple[list[int], np.ndarray]:
        """The trading days whose closes count for WDR-1, to the first that is missing, and whether it is met at each."""
        terms = self.note.withdrawal
        assert terms is not None
        days = self._counting(self._last_counting_day)
        missing = self._missing(days, state)
        days = days[: bisect_left(days, missing[0])] if missing else days
        exceeded = np.zeros(len(days), dtype=bool)
        quick = self._quick_closes(days)
        for number, scale in enumerate(state.scales):
            # To the end: a later scale writes over an earlier one.
            place = slice(np.searchsorted(days, scale.since) if number else 0, None)
            level = fraction(terms.trigger) * scale.factor
            margin = (quick[place] * float(scale.shares) + float(scale.cash)) / float(level) - 1.0
            exceeded[place] = margin > 0
            for near in np.flatnonzero(abs(margin) < _NEAR) + place.start:
                exceeded[near] = scale.shares * self.close(days[near]) + scale.cash > level
        met = terms.met(exceeded)
        if not state.scale.shares:  # a merger left only cash: there are no closes any more (ADJ-8)
            met[np.searchsorted(days, state.scale.since) :] = False
        return days, met

    def _quick_closes(self, days: list[int]) -> np.ndarray:
        known = np.searchsorted(self.history.days, days)
        quick = self.history.closes[np.minimum(known, len(self.history) - 1)].astype(np.float64)
        for place, day in enumerate(days[: len(self._remembered)]):
            if day in self._remembered:
                quick[place] = float(self._remembered[day])
        return quick

    @cached_property
    def _last_counting_day(self) -> int:
        """The last day whose close can still lead to a withdrawal (WDR-2)."""
        assert self.note.withdrawal is not None
        last = self.note.conversion.last_day if self.note.conversion else self.note.principal.maturity_day
        return min(int(day_number(self.note.withdrawal.last_effective)), last)

    def last_met(self, state: State, last: int) -> int | None:
        """Day number of the last trading day, at or before `last`, at which WDR-1 was met; None if there was none."""
        days, met = self._observations(state, last)
        # Of the days before a resumed state only those are known that it remembers: what it knew of them stands.
        latest = len(met) - 1 - int(met[::-1].argmax()) if len(met) else 0
        return days[latest] if len(met) and met[latest] and days[latest] > self._began.day else self._began.last_met

    def first_met(self, state: State, after: int, last: int) -> int | None:
        """Day number of the first trading day after `after`, up to `last`, at which WDR-1 is met; None if there is none."""
        days, met = self._observations(state, last)
        first = bisect_right(days, after)
        place = first + int(met[first:].argmax()) if first < len(days) else 0
        return days[place] if first < len(days) and met[place] else None

    def highest(self, state: State, last: int) -> tuple[int, Any] | None:
        """Day number and value of the highest close for one conversion share as it is today, to day number `last`."""
        days, _ = self._observations(state, last)
        before = self._began.highest
        if before is not None:  # as it was then, in terms of the share as it was then
            before = (before[0], before[1] * state.scale.factor / self._began.scale.factor)
        if not days:
            return before
        # One scale holds over many days: to turn its fractions into floats day by day took a quarter of a replay.
        scaled = self._quick_closes(days)
        for place, then in enumerate(state.scales):
            first = int(np.searchsorted(days, then.since)) if place else 0
            last = int(np.searchsorted(days, state.scales[place + 1].since)) if place + 1 < len(state.scales) else len(days)
            scaled[first:last] = (scaled[first:last] * float(then.shares) + float(then.cash)) / float(then.factor)
        best = days[int(scaled.argmax())]
        value = self.value_of_unit(state, best)
        return before if before is not None and before[1] >= value else (best, value)

    # --- what each event needs to see

    def see(self, state: State, event: ev.Event) -> Seen:
        """What the market showed, looked up only as far as a rule reads it."""
        return SeenByReplay(self, state, event)

    def close_in_lieu(self, state: State, event: ev.Convert) -> Any:
        """The close before the conversion date, for one share as it is today (CNV-4); None if no fraction is paid in cash."""
        terms = self.note.conversion
        if terms is None or terms.fraction != "cash":
            return None
        if (event.principal * state.scale.shares / conversion_price(self.note, state, event)).denominator == 1:
            return None
        counted = counted_on(self.note, state, event)
        before = terms.close_day(counted)
        self._must_have([before], f"the close before the conversion of {to_date(counted)} (CNV-4)", state)
        return state.close_of_share(before, self.close(before))

    def reset_closes(self, state: State, event: ev.Event) -> list[Any]:
        """The closes of a reset's window, per conversion share as it is today (RST-2, RST-4)."""
        assert self.note.reset is not None
        days = self.last_sessions(self.note.reset.window, event.day - 1, state)
        return [self.value_of_unit(state, day) for day in days]

    def market_price(self, state: State, event: ev.Event) -> Any:
        """The average close of the trading days before an adjustment, for one share as it is today (ADJ-3).

        Of a spin-off averaged from the ex-date on, that of the days from then on (ADJ-10).
        """
        assert self.note.adjustment is not None
        count = self.note.adjustment.market_price_days
        last = event.day - 1
        if isinstance(event, ev.SpinOff) and event.averaged == "from-ex-date":
            first = self.sessions.on_or_after(event.day)
            last = self.sessions.after(first, count - 1) if count > 1 else first
        days = self.last_sessions(count, last, state)
        return average([state.close_of_share(day, self.close(day)) for day in days])

    # --- what a state remembers

    def remembered(self, last: int) -> tuple[tuple[int, Any], ...]:
        """(day number, close) of the last trading days to `last` that any rule may look back on, as far as there are closes."""
        note = self.note
        spans = [1]
        spans += [note.withdrawal.period] if note.withdrawal else []
        spans += [note.reset.window] if note.reset else []
        spans += [note.adjustment.market_price_days] if note.adjustment else []
        end = self.sessions.on_or_before(last)
        days = self.sessions.between(self.sessions.before(end, max(spans) - 1), end)
        known: list[tuple[int, Any]] = []
        for day in reversed(days):
            if day not in self._known:
                break
            known.append((day, self.close(day)))
        return tuple(reversed(known))


class SeenByReplay:
    """What one event may see, looked up only when a rule reads it: an event is refused by its rule before a close is missed."""

    __slots__ = ("_event", "_observations", "_state")

    def __init__(self, observations: Observations, state: State, event: Any) -> None:
        self._observations, self._state, self._event = observations, state, event

    @property
    def close(self) -> Any:
        return self._observations.close_in_lieu(self._state, self._event)

    @property
    def closes(self) -> Any:
        return self._observations.reset_closes(self._state, self._event)

    @property
    def last_met(self) -> Any:
        return self._observations.last_met(self._state, self._event.day)

    @property
    def market_price(self) -> Any:
        return self._observations.market_price(self._state, self._event)

    @property
    def highest(self) -> Any:
        return self._observations.highest(self._state, self._event.day)
