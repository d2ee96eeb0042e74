"""Replay: walk one history through the table, exactly, and keep what happened in a ledger.

It never guesses: a right that is open and has no decision on record is reported as open. An event that the note does not allow is
refused with its rule, and nothing is half done.
"""

from __future__ import annotations

import dataclasses
import datetime
import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any, Protocol

import numpy as np

from convnote.arithmetic import decimal, exactly, fraction
from convnote.calendars import day_number, to_date
from convnote.errors import LifecycleError, TermsError, must_be
from convnote.inputs import DateLike, Number
from convnote.lifecycle import Flow, Objection, State, apply, permit, refuse
from convnote.lifecycle import events as ev
from convnote.lifecycle.agenda import acting_day, added_up, due_events, first_moving_to, given_day, looked_at, rank
from convnote.lifecycle.amending import take_effect, terms_in_force
from convnote.lifecycle.converting import counted_on
from convnote.market import MarketHistory
from convnote.market.history import CURRENCY_NOT_SAID
from convnote.note import ConvertibleNote
from convnote.policies.policy import must_decide
from convnote.replays import sentences
from convnote.replays.ledger import Entry, Ledger
from convnote.replays.observations import Observations
from convnote.replays.open_rights import open_rights, overdue_notices


class Policy(Protocol):
    """Decides where nobody recorded a decision: asked once on every trading day, before the notices of that day."""

    def decide(self, note: ConvertibleNote, state: State, on: int, observations: Observations) -> Iterable[ev.Event]:
        """The events that the Company and the holders decide on day number `on`, whose close is known."""
        ...

    def respond(self, note: ConvertibleNote, state: State, event: ev.Event, observations: Observations) -> Iterable[ev.Event]:
        """What is decided after a fundamental change has occurred, and before a default takes what is outstanding."""
        ...


@exactly
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
    """What the note did over `history`, with the `events` that were recorded (None: those of the history itself).

    `policy` decides where no decision is on record ahead: until a recorded notice, conversion or election has happened, that
    right of the Company or of that holder is left to the record. `until` stops after that day. `state` goes on from the end
    of an earlier replay; else the note starts at issue, as one position or as `positions` of named holders that add up to the
    issue. Without positions a `holder` of an event only says whose surrender it is.

    Raises `LifecycleError` with `.rule` and `.event` for an event that the note does not allow (its `.ledger` is what was done
    up to then), `MarketError` where a close that is needed is missing.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> ledger = cn.replay(note, cn.scenario("as-it-was"), events=[cn.Convert("2001-03-01", 1_000_000)], until="2001-12-31")
    >>> [(str(entry.date), entry.shares, entry.cash) for entry in ledger.of_kind("conversion")]
    [('2001-03-01', 11780, Decimal('13.16'))]
    """
    return Replay(note, history, events, policy, until, state, positions).run()


def _last_day(until: Any) -> int:
    day = day_number(until, "until")
    if not isinstance(day, int) and day.ndim:
        raise TermsError("one day is needed", field="until", value=repr(until))
    return int(day)


class Replay:
    """One walk: a queue of events by day and by the order within it, and what has come of them so far."""

    def __init__(
        self,
        note: ConvertibleNote,
        history: MarketHistory,
        events: Iterable[ev.Event] | None,
        policy: Policy | None,
        until: DateLike | None,
        state: State | None,
        positions: Mapping[str, Number] | None,
    ) -> None:
        must_be(note, ConvertibleNote, "replay note", "a ConvertibleNote is needed (see cn.load)")
        must_be(history, MarketHistory, "replay history", "a MarketHistory is needed (see cn.scenario)")
        must_be(state, (State, type(None)), "replay state", "the state of a ledger is needed")
        must_be(events, (Iterable, type(None)), "replay events", "a list of events is needed")
        if policy is not None:
            must_decide(policy, "replay policy")
        if state is not None and positions is not None:
            raise TermsError("positions stand in the state already", field="replay positions")
        note = terms_in_force(note, state, "replay")
        self.note, self.history, self.policy = note, history, policy
        self.state = State.opening(note, positions) if state is None else state
        self.last = note.principal.maturity_day if until is None else _last_day(until)
        self.open_ended = until is None
        if not self.open_ended and self.last < self.state.day >= note.principal.issue_day:
            reason = f"the note stands at the end of {self.state.on}: only a later day can follow"
            raise TermsError(reason, field="replay until", value=until)
        self.observations = Observations(note, history, self.state)
        #: trading days on which the policy is still to be asked, the next one last
        self.asks = self._days_to_ask(after=self.state.day)
        self.entries: list[Entry] = []
        self.open_rights: list[tuple[datetime.date, str, str]] = []
        self.warnings: list[str] = []
        self.numbers = count()
        self.queue: list[tuple[int, float, int, ev.Event]] = []
        self.queued: set[tuple[type[ev.Event], int]] = set()
        self.default_days: set[int] = set()
        self._schedule(after=self.state.day)
        if isinstance(events, ev.Event):
            raise TermsError("a list of events is needed", field="replay events", value=repr(events))
        recorded = list(map(ev.from_table, history.decisions) if events is None else events)
        for event in recorded:
            self._must_lie_ahead(event)
        for event in added_up(note, self.state, recorded, given_day):
            self._push(event)
            self.observations.ahead.add(self.state, event)
        if history.currency is None:
            self.warnings.append(f"{CURRENCY_NOT_SAID}: they are taken to be in {note.closes_currency} (CUR-1)")
        strangers = self.observations.strangers
        if strangers:
            named = ", ".join(str(to_date(day)) for day in strangers[:3])
            self.warnings.append(f"closes on {len(strangers)} days that are no trading days are passed over: {named} … (DAY-1)")

    # --- the queue

    def _must_lie_ahead(self, event: ev.Event) -> None:
        if not isinstance(event, ev.Event):
            raise TermsError("events such as cn.Convert(...) are needed", field="replay events", value=repr(event))
        for each in dataclasses.fields(event):
            if np.ndim(getattr(event, each.name)):
                place = f"{type(event).__name__}.{each.name}"
                raise TermsError("one value is needed: a replay walks one history", field=place)
        day = acting_day(self.note, event)
        # Before the issue it is for the rules to refuse it.
        if self.note.principal.issue_day <= day <= self.state.day:
            reason = f"the note stands at the end of {self.state.on}: only later events can follow"
            raise TermsError(reason, field=f"{type(event).__name__}.on", value=event.on)

    def _push(self, event: ev.Event) -> None:
        day = looked_at(self.note, self.state, event)
        if isinstance(event, ev.Default):
            self.default_days.add(day)
            if self.note.principal.payment_day(day) != day:  # what has fallen due and not moved by then is not paid (INT-6)
                self.state = dataclasses.replace(self.state, stops=first_moving_to(self.note, day))
        heapq.heappush(self.queue, (day, rank(self.note, event), next(self.numbers), event))

    def _schedule(self, after: int) -> None:
        """Put in the queue what the terms and the state so far lead to, after day number `after`."""
        for event in due_events(self.note, self.state, after):
            key = (type(event), event.day)
            if key not in self.queued:
                self.queued.add(key)
                self._push(event)
        self._watch_trigger()
        self._watch_notices(after)

    def _watch_notices(self, after: int) -> None:
        """Look again on the day after the last one for the Company's notice of a fundamental change (FCH-2c)."""
        terms = self.note.fundamental_change
        for change in self.state.changes if terms else ():
            assert terms is not None
            day = terms.notice_deadline(change.occurred) + 1
            if change.notice is None and day > after and (_NoticeOverdue, day) not in self.queued:
                self.queued.add((_NoticeOverdue, day))
                self._push(_NoticeOverdue(to_date(day)))

    def _watch_trigger(self) -> None:
        if self.note.withdrawal is None or self.state.withdrawal is not None or self.state.status.is_final:
            return
        if self.state.last_met is not None or (ev.TriggerMet, 0) in self.queued:
            return
        # Today's close may count only now: an adjustment of this morning says what it is compared with.
        from_day = max(self.state.day, self.note.principal.issue_day) - 1
        # A close that is missing is missed when the day comes: by then a merger may have left nothing but cash.
        gap = self.observations.first_gap(self.state, self.last)
        day = self.observations.first_met(self.state, from_day, self.last if gap is None else gap - 1)
        day = gap if day is None else day
        if day is not None and (ev.TriggerMet, day) not in self.queued:
            self.queued.add((ev.TriggerMet, day))
            self._push(ev.TriggerMet(to_date(day)))

    # --- the walk

    def run(self) -> Ledger:
        while True:
            due = bool(self.queue) and (self.queue[0][0] <= self.last or self._is_late())
            amended = self.state.terms is not None and self.state.terms is not self.note
            if amended and self._next_day(due) > self.state.day:
                self._go_on_amended()
                continue
            if self.asks and (not due or (self.asks[-1], _ASKED) <= self.queue[0][:2]):
                self._ask(self.asks.pop())
                continue
            if not due:
                break
            day, place, number, event = heapq.heappop(self.queue)
            if isinstance(event, ev.Convert) and self._counts_later(day, place, number, event):
                continue
            if isinstance(event, _NoticeOverdue):
                for rule, words in overdue_notices(self.note, self.state, day):
                    self.open_rights.append((to_date(day - 1), rule, words))
                continue
            if isinstance(event, ev.TriggerMet):
                # An adjustment since may have changed what the closes show; a gap is told whole.
                upto = day if self.observations.first_gap(self.state, day) is None else self.last
                if self.observations.first_met(self.state, day - 1, upto) != day or (ev.TriggerMet, 0) in self.queued:
                    continue
                self.queued.add((ev.TriggerMet, 0))
            if self.policy is not None and isinstance(event, ev.Default):
                for decided in self._responses(event):
                    self._happen(decided, day)
                if self.state.status.is_final:
                    continue
            self._happen(event, day)
            if self.policy is not None and isinstance(event, ev.FundamentalChange):
                for decided in self._responses(event):
                    self._push(decided)
        end = max(self.last, self.state.day) if self.open_ended else self.last
        return self._ledger(self._closed(end))

    def _counts_later(self, day: int, place: float, number: int, event: ev.Convert) -> bool:
        """Put off a surrender on a closed day to the day on which it counts, with the others of the holder that count then."""
        if self.note.conversion is None or (counted := int(counted_on(self.note, self.state, event))) <= day:
            return False
        if self.note.conversion.added_up:
            for each in self.queue:
                other = each[3]
                if each[0] == counted and isinstance(other, ev.Convert) and self._holder(other) == self._holder(event):
                    self.queue.remove(each)
                    for gone in (event, other):
                        self.observations.ahead.done(gone)
                    first = event if number < each[2] else other
                    together = fraction(event.principal) + fraction(other.principal)
                    number, event = min(number, each[2]), dataclasses.replace(first, principal=together)
                    self.observations.ahead.add(self.state, event)
                    break
        self.queue.append((counted, place, number, event))
        heapq.heapify(self.queue)
        return True

    def _holder(self, event: ev.Convert) -> str | None:
        return event.holder or (self.state.holding(None) if len(self.state.positions) == 1 else None)

    def _next_day(self, due: bool) -> int:
        """Day number of what comes next; the last day of the replay if nothing does."""
        days = [self.asks[-1]] if self.asks else []
        return min([*days, self.queue[0][0]] if due else days or [self.last + 1])

    def _days_to_ask(self, after: int) -> list[int]:
        if self.policy is None:
            return []
        terms = self.note.principal
        first, last = max(after + 1, terms.issue_day), min(self.last, terms.maturity_day)
        return list(reversed(terms.sessions.between(first, last)))

    def _go_on_amended(self) -> None:
        """The day after an amendment was agreed: its terms are in force, and what they lead to replaces what was due."""
        before, on = self.note, self.state.day
        self.state = take_effect(before, self.state)
        assert self.state.terms is not None
        self.note = self.state.terms
        if self.open_ended:
            self.last = self.note.principal.maturity_day
        self.observations = self.observations.under(self.note, self.state)
        self.queue = [each for each in self.queue if isinstance(each[3], ev.Recorded)]
        heapq.heapify(self.queue)
        self.queued = {key for key in self.queued if key[1] <= on}
        self.asks = self._days_to_ask(after=on)
        self._schedule(after=on)

    def _ask(self, day: int) -> None:
        """The policy decides on day number `day`: its closes are known, its coupon is paid, no notice of the day is given yet."""
        assert self.policy is not None
        if day in self.default_days:  # then only what is left is decided on, by `respond`
            return
        for event in self._left_to_policy(self.policy.decide(self.note, self.state, day, self.observations)):
            self._push(event)

    def _responses(self, event: ev.Event) -> list[ev.Event]:
        assert self.policy is not None
        return self._left_to_policy(self.policy.respond(self.note, self.state, event, self.observations))

    def _left_to_policy(self, decided: Iterable[ev.Event]) -> list[ev.Event]:
        """What a policy decides, but for rights on which a decision is on record ahead."""
        mine = added_up(self.note, self.state, decided, given_day)
        return [event for event in mine if not self.observations.ahead.keeps(self.state, event)]

    def _is_late(self) -> bool:
        """After maturity what people recorded still happens: a late cure, say."""
        return self.open_ended and isinstance(self.queue[0][3], ev.Recorded)

    def _happen(self, event: ev.Event, day: int) -> None:
        self.observations.ahead.done(event)
        seen = self.observations.see(self.state, event)
        objection = permit(self.note, self.state, event, seen)
        if objection is not None:
            raise self._refused(event, objection)
        self._note_open_rights(event)
        if isinstance(event, (ev.WithdrawalNotice, ev.FundamentalChangeNotice)):  # given after all
            rule = "WDR-1" if isinstance(event, ev.WithdrawalNotice) else "FCH-2"
            self.open_rights = [right for right in self.open_rights if right[1] != rule]
        step = apply(self.note, self.state, event, seen)
        changed = step.state is not self.state
        moved = step.state.scales is not self.state.scales  # by what a conversion made up, say (ADJ-7)
        self.state = dataclasses.replace(step.state, day=max(day, self.state.day)) if step.state.day < day else step.state
        self.entries += self._entries(step.flows)
        if isinstance(event, ev.Recorded) or changed:
            self.warnings += step.warnings
        if moved or (changed and not isinstance(event, (ev.CouponDue, ev.RecordTaken, ev.ResetDue, ev.Convert))):
            self._schedule(after=day - 1)  # a call may be for today

    def _refused(self, event: ev.Event, objection: Objection) -> LifecycleError:
        error = refuse(event, objection)
        error.ledger = self._ledger(self._closed(self.state.day))
        return error

    def _note_open_rights(self, event: ev.Event) -> None:
        for rule, words in open_rights(self.state, event, self.observations):
            self.open_rights.append((to_date(event.day), rule, words))

    # --- the result

    def _entries(self, flows: Iterable[Flow]) -> Iterator[Entry]:
        """An entry for each flow; flows that differ only in the holder are worded once."""
        made: dict[tuple[int, ...], Entry] = {}
        for flow in flows:
            alike = tuple(map(id, flow._replace(holder=None)))
            if alike not in made:
                made[alike] = self._entry(flow)
            yield made[alike]._replace(holder=flow.holder)

    def _entry(self, flow: Flow) -> Entry:
        return Entry(
            date=to_date(flow.day),
            payment_date=to_date(flow.payment_day),
            kind=flow.kind,
            holder=flow.holder,
            principal=decimal(flow.principal),
            cash=decimal(flow.cash) if flow.cash else Decimal("0.00"),
            shares=int(flow.shares),
            rules=flow.rules,
            text=sentences.sentence(self.note, flow),
        )

    def _closed(self, end: int) -> State:
        """The state at the end of day number `end`, with the closes that the rules will look back on."""
        first = self.note.principal.issue_day
        observed = self.observations.remembered(end) if end >= first else ()
        state = dataclasses.replace(self.state, day=end, observed=observed)
        met = highest = None  # nothing looks back on them once the notice is given or nothing is outstanding
        if self.note.withdrawal is not None and state.withdrawal is None and not state.status.is_final and end >= first:
            met, highest = self.observations.last_met(state, end), self.observations.highest(state, end)
        return dataclasses.replace(state, last_met=met, highest=highest)

    def _ledger(self, state: State) -> Ledger:
        source = self.history.source
        return Ledger(self.note, tuple(self.entries), state, tuple(self.open_rights), tuple(self.warnings), source)


#: A policy is asked before the notices of the day.
_ASKED = ev.FundamentalChange.rank


@dataclass(frozen=True)
class _NoticeOverdue(ev.Event):
    """The day after the last one for the Company's notice of a fundamental change: nothing happens, and it is looked at."""


_NoticeOverdue.rank = ev.MissedPayment.rank
