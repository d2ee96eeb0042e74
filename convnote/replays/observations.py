"""Observations: what the closes of one history show for a note: windows, the trigger, the close before a day.

It observes and never decides. Missing closes that the terms need are refused by name; none is guessed.
"""

from __future__ import annotations

import copy
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
from convnote.lifecycle.converting import converted_lots, price_of
from convnote.lifecycle.in_force import conversion_price, counted_on, depends_on_reason
from convnote.lifecycle.on_record import OnRecord
from convnote.lifecycle.revising import Revision
from convnote.lifecycle.state import State
from convnote.lifecycle.transition import Seen
from convnote.market import MarketHistory
from convnote.provisions.conditions import Condition, Standing, conditions_of
from convnote.replays import exchange_rates, further_kinds
from convnote.replays.counted import Counted
from convnote.replays.seen import SeenByReplay
from convnote.replays.standings import held, standing
from convnote.replays.weighted_prices import WeightedPrices

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote

#: What a state stores of the closes that count for WDR-1 once no withdrawal can follow from them, by the names of its fields.
UNWATCHED: dict[str, Any] = dict.fromkeys(("last_met", "highest", "most_held"))


class Observations:
    """The closes of `history`, preceded by those stored in `state`, read for one note.

    Raises `MarketError` for a history that is not for this note, or not in its currency (CUR-1).
    """

    def __init__(self, note: ConvertibleNote, history: MarketHistory, state: State) -> None:
        history.must_fit(note.name, note.closes_currency, note.principal.issue_day)
        self.note, self.history = note, history
        self.sessions = note.principal.sessions
        self._remembered = dict(state.observed)
        self.weighted = WeightedPrices.of(note, history, state)
        self._began = state
        self._known = set(history.days.tolist()) | set(self._remembered)
        #: what the closes show under the scales of one state; shared with copies of this object
        self._counted: list[Counted] = []
        #: recorded decisions still ahead: a policy leaves those rights to the record
        self.ahead = OnRecord()
        #: values that a policy computes once per replay
        self.memo: dict[Any, Any] = {}

    def with_record(self, ahead: OnRecord) -> Observations:
        """The same closes with another record of decisions ahead; cached values are shared."""
        observations = copy.copy(self)
        observations.ahead = ahead
        return observations

    def under(self, note: ConvertibleNote, state: State) -> Observations:
        """The same closes and the same record ahead, read for the note as amended (LIF-4)."""
        observations = Observations(note, self.history, self._began)
        observations.ahead, observations._remembered, observations._known = self.ahead, self._remembered, self._known
        return observations

    @property
    def strangers(self) -> list[int]:
        """Days of the history within the note's life that are not trading days (DAY-1): their closes are skipped."""
        first, last = self.note.principal.issue_day, self.note.principal.maturity_day
        days = self.history.days[(self.history.days >= first) & (self.history.days <= last)]
        return [int(day) for day in days[~self.sessions.is_open(days)]] if len(days) else []

    # --- closes

    def close(self, day: int) -> Fraction:
        """The close of one trading day, as quoted in the note's currency, exact."""
        if day in self._remembered:
            return fraction(self._remembered[day])
        return self.history.exact_close(day)

    def quick_close(self, day: int) -> float:
        """The close of one trading day, as quoted in the note's currency, in float64."""
        if day in self._remembered:
            return float(self._remembered[day])
        place = self._places.get(day)
        return float(self.close(day)) if place is None else float(self.history.closes[place])

    @cached_property
    def _places(self) -> dict[int, int]:
        return {day: place for place, day in enumerate(self.history.days.tolist())}

    def value_of_unit(self, state: State, day: int) -> Any:
        """The close of one trading day per conversion share as it is today, in the note's currency; cash alone needs none."""
        return state.value_of_unit(day, self.close(day) if state.scale_on(day).shares else fraction(0))

    def last_sessions(self, count: int, last: int, state: State) -> list[int]:
        """The `count` trading days up to and including day number `last`, oldest first; all have the closes they need."""
        end = self.sessions.on_or_before(last)
        days = list(self.sessions.between(self.sessions.before(end, count - 1), end))
        self.must_have(days, f"the {count} closes to {to_date(last)}" if count > 1 else f"the close to {to_date(last)}", state)
        return days

    def _missing(self, days: Sequence[int], state: State) -> list[int]:
        """The days whose close is needed and missing; after a cash-only merger (ADJ-8) none is needed."""
        needed = days if state.scale.shares else days[: bisect_left(days, state.scale.since)]
        return [day for day in needed if day not in self._known]

    def knows(self, day: int, state: State) -> bool:
        """True if the close of day number `day` is known, or none is needed (ADJ-8)."""
        return not self._missing([day], state)

    def must_have(self, days: Sequence[int], what: str, state: State) -> None:
        missing = self._missing(days, state)
        if missing:
            named = ", ".join(str(to_date(day)) for day in missing[:3]) + (" …" if len(missing) > 3 else "")
            hint = ("give them" if len(missing) > 1 else "give it") + ", or stop before with until="
            lacks = f"are needed and {len(missing)} of them missing" if "closes" in what else "is needed and missing"
            reason = f"{what} {lacks} ({named}): {hint}"
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
        """Day number of the first trading day up to `last` whose close counts for WDR-1 and is missing; None if all are known."""
        gap = self._under_scales_of(state).gap
        return gap if gap is not None and gap <= last else None

    def must_know(self, state: State, last: int) -> None:
        """Raise `MarketError` if a close that counts for WDR-1 is missing up to day number `last` (DAY-1)."""
        if self.first_gap(state, last) is not None:
            self.must_have(self._counting(last), "the closes that count for the trigger (WDR-1)", state)

    def _observed(self, state: State, last: int) -> tuple[Counted, int]:
        """What the closes that count for WDR-1 show, and the number of them up to day number `last`."""
        self.must_know(state, last)
        counted = self._under_scales_of(state)
        return counted, bisect_right(counted.days, last)

    def _under_scales_of(self, state: State) -> Counted:
        # A trigger that moves with the price in force must be compared again once that price has changed (WDR-7).
        moves = self.note.withdrawal is not None and self.note.withdrawal.moves
        prices = (state.price, state.earlier_prices) if moves else None
        if not self._counted or (self._counted[0].scales, self._counted[0].prices) != (state.scales, prices):
            self._counted[:] = [self._count(state)]
            self._counted[0].prices = prices
        return self._counted[0]

    def _count(self, state: State) -> Counted:
        """The trading days whose closes count for WDR-1, up to the first missing one, and whether it is met on each."""
        terms = self.note.withdrawal
        assert terms is not None
        days = self._counting(self._last_counting_day)
        missing = self._missing(days, state)
        gap = missing[0] if missing else None
        days = days if gap is None else days[: bisect_left(days, gap)]
        quick = self._quick_closes(days)
        exceeded = held(self.note, state, terms.condition, days, quick, self.close)
        met = terms.met(exceeded)
        if not state.scale.shares:  # after a cash-only merger there are no closes (ADJ-8)
            met[np.searchsorted(days, state.scale.since) :] = False
        counted = Counted(state.scales, days, met, gap, quick)
        counted.exceeded, counted.counts = exceeded, terms.condition.counts(exceeded)
        # Only the last days before a resumed state are known. A short period counts only if the terms allow it (WDR-1c).
        unknown = bisect_right(days, self._began.day)
        counted.counts[: max(unknown, 0 if terms.short_period else terms.period - 1)] = 0
        return counted

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
        """Day number of the last trading day, up to and including `last`, on which WDR-1 was met; None if it never was."""
        counted, count = self._observed(state, last)
        latest = int(counted.latest_met[count - 1]) if count else -1
        # Before a resumed state only the days it stored are known, so its own `last_met` stands.
        return counted.days[latest] if latest >= 0 and counted.days[latest] > self._began.day else self._began.last_met

    def most_held(self, state: State, last: int) -> tuple[int, int] | None:
        """(day number of its last day, number) of the most closes of a period above the trigger of WDR-1, up to day `last`."""
        counted, count = self._observed(state, last)
        before = self._began.most_held
        place = int(counted.most[count - 1]) if count else -1
        found = (counted.days[place], int(counted.counts[place])) if count else None
        return before if found is None or (before is not None and before[1] >= found[1]) else found

    def watched(self, state: State, last: int) -> dict[str, Any]:
        """What a state stores of the closes that count for WDR-1, by the names of its fields."""
        return {name: getattr(self, name)(state, last) for name in UNWATCHED}

    def held(self, state: State, last: int) -> int:
        """Number of closes, in the period up to day number `last`, that exceed the trigger of WDR-1."""
        counted, count = self._observed(state, last)
        assert self.note.withdrawal is not None
        return int(np.count_nonzero(counted.exceeded[max(count - self.note.withdrawal.period, 0) : count]))

    def first_met(self, state: State, after: int, last: int) -> int | None:
        """Day number of the first trading day after `after`, up to `last`, on which WDR-1 is met, or None."""
        counted, count = self._observed(state, last)
        first = bisect_right(counted.days, after)
        place = int(counted.next_met[first]) if first < count else count
        return counted.days[place] if place < count else None

    def highest(self, state: State, last: int) -> tuple[int, Any] | None:
        """(day number, value) of the highest close per conversion share as it is today, up to day number `last`."""
        counted, count = self._observed(state, last)
        before = self._began.highest
        if before is not None:  # stored as it was then, per share as it was then
            before = (before[0], before[1] * state.scale.factor / self._began.scale.factor)
        if not count:
            return before
        best = counted.days[int(counted.best[count - 1])]
        value = self.value_of_unit(state, best)
        return before if before is not None and before[1] >= value else (best, value)

    # --- conditions on closes

    def standing(self, condition: Condition, state: State, notice: int) -> Standing:
        """How a condition stands for a notice given on day number `notice`; closes before the issue never count (SFT-1)."""
        end = int(condition.end(notice, self.sessions))
        first = max(self.note.principal.issue_day, int(self.sessions.before(end, condition.reach - 1)))
        days = list(self.sessions.between(first, end)) if end >= first else []
        if self._missing(days, state):  # the words take longer than the look
            self.must_have(days, f"the closes to {to_date(end)} that a condition counts ({condition})", state)
        closes_that_hold = held(self.note, state, condition, days, self._quick_closes(days), self.close)
        return standing(condition, days, closes_that_hold, self.sessions, end)

    # --- what each event may see

    def see(self, state: State, event: ev.Event) -> Seen:
        """What the market showed, looked up only as far as a rule reads it."""
        return SeenByReplay(self, state, event)

    def close_in_lieu(self, state: State, event: ev.Convert | ev.Maturity) -> Any:
        """The close before the conversion date, per share as it is today (CNV-4); None if no fraction is paid in cash."""
        terms = self.note.conversion
        if terms is None or terms.fraction != "cash":
            return None
        if isinstance(event, ev.Maturity):
            last = terms.close_day(event.day)
            self.must_have([last], f"the close before the conversion of {event.on} (CNV-4)", state)
            return state.close_of_share(last, self.close(last))
        lots = converted_lots(self.note, state, event) if depends_on_reason(self.note, state) else ()
        price = price_of(lots) or conversion_price(self.note, state)
        if (terms.in_share_currency(event.principal) * state.scale.shares / price).denominator == 1:
            return None
        counted = counted_on(self.note, state, event)
        before = terms.close_day(counted)
        self.must_have([before], f"the close before the conversion of {to_date(counted)} (CNV-4)", state)
        return state.close_of_share(before, self.close(before))

    def exchanged(self, day: int) -> Fraction:
        """The fixed exchange rate over the market's, or all property over its main kind; otherwise 1 (FXF-1, EXC-1)."""
        whole = further_kinds.over_main(self.note, self.history, day, self.close)
        return exchange_rates.exchanged(self.note, self.history, day) * whole

    def closes_of(self, state: State, event: ev.Event) -> list[Any]:
        """The closes of a window, per conversion share: for a reset or a revision, before a change or a call, or of a mandatory.

        RST-2, RST-4, DWN-1, MWT-1, MND-1.
        """
        if isinstance(event, ev.Maturity):
            assert self.note.mandatory is not None
            return self.weighted.averaged(self, state)
        if isinstance(event, Revision) and self.note.revision is not None:
            return self.closes_before(state, event.day, self.note.revision.looks_back)
        table = self.note.make_whole_change
        if table is not None and isinstance(event, (ev.FundamentalChange, ev.RedemptionNotice)):
            return self.closes_before(state, event.day, table.closes)
        assert self.note.reset is not None
        return self.closes_before(state, event.day, self.note.reset.window)

    def closes_before(self, state: State, day: int, count: int) -> list[Any]:
        """The `count` closes before day number `day`, per conversion share as it is today (RST-2, MWT-1)."""
        return [self.value_of_unit(state, each) for each in self.last_sessions(count, day - 1, state)]

    def market_price(self, state: State, event: ev.Event) -> Any:
        """The average close of the trading days before an adjustment, per share as it is today (ADJ-3).

        For a spin-off averaged from the ex-date, the average of the days from that date (ADJ-10).
        """
        assert self.note.adjustment is not None
        count = self.note.adjustment.market_price_days
        last = event.day - 1
        if isinstance(event, ev.SpinOff) and event.averaged == "from-ex-date":
            first = self.sessions.on_or_after(event.day)
            last = self.sessions.after(first, count - 1) if count > 1 else first
        days = self.last_sessions(count, last, state)
        return average([state.close_of_share(day, self.close(day)) for day in days])

    # --- what a state stores

    @cached_property
    def _looked_back_on(self) -> list[int]:
        """The number of closes each condition looks back on."""
        return [each.reach for each in conditions_of(self.note)]

    def remembered(self, state: State, last: int) -> tuple[tuple[int, Any], ...]:
        """(day number, close) of the last trading days up to `last` that any rule may look back on, where closes exist."""
        note = self.note
        spans = [1]
        spans += [note.withdrawal.period] if note.withdrawal else []
        spans += [note.reset.window] if note.reset else []
        spans += [note.revision.looks_back] if note.revision else []
        spans += [note.adjustment.market_price_days] if note.adjustment else []
        spans += self._looked_back_on
        spans += [note.make_whole_change.closes] if note.make_whole_change else []
        end = self.sessions.on_or_before(last)
        spans += [len(self.sessions.between(day, end)) for day in self.weighted.back_to(state, last)]
        days = self.sessions.between(self.sessions.before(end, max(spans) - 1), end)
        known: list[tuple[int, Any]] = []
        for day in reversed(days):
            if day not in self._known:
                break
            known.append((day, self.close(day)))
        return tuple(reversed(known))
