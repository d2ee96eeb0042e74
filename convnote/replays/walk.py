"""Walk: one history walked through the table, exactly, step by step.

It never guesses: an open right without a decision on record is reported as open. An event that the note does not allow is
refused by its rule, and the walk it was given to is unchanged.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from convnote.arithmetic import exactly
from convnote.calendars import to_date
from convnote.errors import LifecycleError, TermsError, must_be
from convnote.inputs import DateLike, Number
from convnote.lifecycle import LIVE, Flow, State, apply, contingent, permit, refuse
from convnote.lifecycle import events as ev
from convnote.lifecycle.agenda import acting_day, added_up, due_events, first_moving_to, given_day, looked_at, rank
from convnote.lifecycle.amending import take_effect, terms_in_force
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote
from convnote.policies.policy import must_decide
from convnote.replays import note_prices
from convnote.replays.at_start import at_start
from convnote.replays.given import Policy, as_events, last_day
from convnote.replays.happened import Chain, Happened, listed
from convnote.replays.observations import UNWATCHED, Observations
from convnote.replays.open_rights import open_rights, overdue_notices
from convnote.replays.surrenders import called_back, put_off
from convnote.replays.upcoming import Upcoming


class Walk:
    """A note part of the way through one history: it stands at the end of a day and steps on from there.

    A step returns a new walk and leaves this one unchanged. The two share their past, so a step costs the same however
    much has happened. `state` continues from an earlier one; else the note starts at issue, as one position or as `positions` of
    named holders. `policy` decides where no decision is on record: an object with `decide(note, state, on, observations)` and
    `respond(note, state, event, observations)`.

    >>> import convnote as cn
    >>> walk = Walk(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"))
    >>> walk, flows = walk.step("2001-03-01", [cn.Convert("2001-03-01", 1_000_000)])
    >>> [flow.kind for flow in flows if flow.cash], flows[-1].shares, walk.state.outstanding
    (['coupon', 'conversion'], 11780, Decimal('689000000'))

    Raises `TermsError` for arguments of another kind, `MarketError` for a history that is not for this note (CUR-1).
    """

    note: ConvertibleNote
    history: MarketHistory
    policy: Policy | None

    def __init__(
        self,
        note: ConvertibleNote,
        history: MarketHistory,
        state: State | None = None,
        positions: Mapping[str, Number] | None = None,
        policy: Policy | None = None,
        *,
        owner: str = "Walk",
    ) -> None:
        must_be(note, ConvertibleNote, f"{owner} note", "expected a ConvertibleNote (see cn.load)")
        must_be(history, MarketHistory, f"{owner} history", "expected a MarketHistory (see cn.scenario)")
        must_be(state, (State, type(None)), f"{owner} state", "expected the state of a ledger")
        if policy is not None:
            must_decide(policy, f"{owner} policy")
        if state is not None and positions is not None:
            raise TermsError("positions stand in the state already", field=f"{owner} positions")
        note = terms_in_force(note, state, owner)
        if state is not None and state.terms is not None:
            state = state.changed(terms=note)
        self.note, self.history, self.policy = note, history, policy
        self._owner = owner
        self._state = State.opening(note, positions) if state is None else state
        #: the last day completed, the last day of the current step, and whether that step runs to the end of the note
        self._day = self._last = int(self._state.day)
        self._to_the_end = False
        self._observations = Observations(note, history, self._state)
        self._upcoming = Upcoming()
        self._default_days: frozenset[int] = frozenset()
        self._told_trigger = False
        #: trading days on which the policy is asked, and how many of them are done
        self._asks, self._asked = self._days_to_ask(after=self._day), 0
        self._happened: Chain = None
        self._warned: Chain = None
        #: open rights by rule, each numbered in the order of all of them
        self._rights: Mapping[str, Chain] = {}
        self._rights_told = 0
        self._schedule(after=self._day)
        self._push_once(note_prices.looks(note, history, after=self._day))
        for words in at_start(self.note, history, self._observations, after=self._day):
            self._warn(words)

    # --- what a walk reports

    @property
    def day(self) -> int:
        """Day number of the last day completed; at first the day before the issue, or the day of `state`."""
        return self._day

    @cached_property
    def state(self) -> State:
        """The note at the end of `day`, with the closes that its rules may look back on."""
        return self._closed()

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """All flows so far, in the order in which they happened."""
        return tuple(flow for each in self.happened for flow in each.flows)

    @property
    def happened(self) -> list[Happened]:
        """The events that have taken place, each with its flows and the terms then in force."""
        return listed(self._happened)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was skipped, and why."""
        return tuple(listed(self._warned))

    @property
    def open_rights(self) -> tuple[tuple[datetime.date, str, str], ...]:
        """Open rights without a decision on record, as (date, rule, words)."""
        found = sorted(each for chain in self._rights.values() for each in listed(chain))
        return tuple((to_date(day), rule, words) for _, day, rule, words in found)

    def __repr__(self) -> str:
        return f"Walk({self.note.name}, {to_date(self._day)}, {self._state.status})"

    # --- stepping

    def step(self, until: DateLike, events: Iterable[ev.Event] = ()) -> tuple[Walk, tuple[Flow, ...]]:
        """The walk at the end of the day `until`, after all that falls due and the recorded `events`; and the flows of this step.

        An event after `until` is put on record, and a policy leaves its right to it. A step to maturity continues to
        events recorded for later days, such as a late cure.

        Raises `LifecycleError` for an event that the note does not allow (its `.walk` is the walk up to then), `TermsError`
        for a day or an event that is not ahead, and `MarketError` if a needed close is missing.
        """
        last = last_day(until)
        given = as_events(events, f"{self._owner} events")
        issue = self.note.principal.issue_day
        if last <= self._day and not any(event.day < issue for event in given):  # events before issue are refused by their rules
            reason = f"the note stands at the end of {to_date(self._day)}: only a later day can follow"
            raise TermsError(reason, field=f"{self._owner} until", value=until)
        return self.on_to(last, given, to_the_end=last == self.note.principal.maturity_day)

    @exactly
    def on_to(self, last: int, events: Iterable[ev.Event], *, to_the_end: bool) -> tuple[Walk, tuple[Flow, ...]]:
        """As `step`, to the end of day number `last`; `to_the_end`: to maturity, even if it has moved, and to later events."""
        new = copy.copy(self)
        for name in ("state", "flows"):
            vars(new).pop(name, None)
        new._upcoming = self._upcoming.copy()
        new._observations = self._observations.with_record(self._observations.ahead.copy())
        new._last, new._to_the_end = last, to_the_end
        new._take(as_events(events, f"{self._owner} events"))
        try:
            new._go()
        except LifecycleError as error:
            new._day = int(new._state.day)
            error.walk = new
            raise
        new._day = max(new._last, int(new._state.day)) if to_the_end else last
        if new._still_watches_closes():
            new._observations.must_know(new._state, new._day)
        return new, tuple(flow for each in listed(new._happened, self._happened) for flow in each.flows)

    def _must_lie_ahead(self, event: ev.Event) -> None:
        # An event before issue is refused by its rule.
        if self.note.principal.issue_day <= acting_day(self.note, event) <= self._day:
            reason = f"the note stands at the end of {to_date(self._day)}: only later events can follow"
            raise TermsError(reason, field=f"{type(event).__name__}.on", value=event.on)

    def _take(self, given: list[ev.Event]) -> None:
        """Queue recorded events, adding up each holder's surrenders with those already waiting (CNV-4)."""
        for event in given:
            self._must_lie_ahead(event)
        ahead = self._observations.ahead
        for event in added_up(self.note, self._state, called_back(self._upcoming, ahead, given), given_day):
            self._push(event)
            ahead.add(self._state, event)

    # --- the queue

    def _push(self, event: ev.Event) -> None:
        day = looked_at(self.note, self._state, event)
        if isinstance(event, ev.Default):
            self._default_days |= {day}
            if self.note.principal.payment_day(day) != day:  # amounts due whose money has not moved by then are not paid (INT-6)
                self._state = dataclasses.replace(self._state, stops=first_moving_to(self.note, day))
        self._upcoming.push(event, day, rank(self.note, event))

    def _push_once(self, events: Iterable[ev.Event]) -> None:
        for event in self._upcoming.new(events):
            self._push(event)

    def _schedule(self, after: int) -> None:
        """Queue the scheduled events that follow from the terms and the present state after day number `after`."""
        self._push_once(due_events(self.note, self._state, after))
        self._watch_trigger()
        self._watch_notices(after)

    def _watch_notices(self, after: int) -> None:
        """Queue a check for the day after the deadline of the Company's notice of a fundamental change (FCH-2c)."""
        terms = self.note.fundamental_change
        if terms is None or not self._state.changes:
            return
        days = (terms.notice_deadline(change.occurred) + 1 for change in self._state.changes if change.notice is None)
        self._push_once(_NoticeOverdue(to_date(day)) for day in days if day > after)

    def _watch_trigger(self) -> None:
        if self.note.withdrawal is None or self._state.withdrawal is not None or self._state.status not in LIVE:
            return
        if self._state.last_met is not None or self._told_trigger:
            return
        # Today's close can count only now: this morning's adjustment determines the level it is compared with.
        from_day = max(self._state.day, self.note.principal.issue_day) - 1
        # A missing close is an error only when its day comes: by then a merger may have left only cash.
        horizon = int(self.note.principal.maturity_day)
        gap = self._observations.first_gap(self._state, horizon)
        day = self._observations.first_met(self._state, from_day, horizon if gap is None else gap - 1)
        day = gap if day is None else day
        if day is not None:
            self._push_once([ev.TriggerMet(to_date(day))])

    # --- the step

    def _go(self) -> None:
        while True:
            due = bool(self._upcoming) and (self._upcoming.next[0] <= self._last or self._is_late())
            asked = self._asks[self._asked] if self._asked < len(self._asks) else None
            if asked is not None and asked > self._last:
                asked = None
            amended = self._state.terms is not None and self._state.terms is not self.note
            if amended and self._next_day(due, asked) > self._state.day:
                self._go_on_amended()
            elif asked is not None and (not due or (asked, _ASKED) <= self._upcoming.next[:2]):
                self._asked += 1
                self._ask(asked)
            elif due:
                waiting = self._upcoming.pop()
                if not put_off(self.note, self._state, self._upcoming, self._observations.ahead, waiting):
                    self._come(waiting[3], waiting[0])
            else:
                return

    def _come(self, event: ev.Event, day: int) -> None:
        """Act on a queued event whose day has come."""
        if isinstance(event, _NoticeOverdue):
            for rule, words in overdue_notices(self.note, self._state, day):
                self._note_open_right(day - 1, rule, words)
            return
        if isinstance(event, ev.TriggerMet):
            # A later adjustment may have changed the result; a gap is reported in full.
            upto = day if self._observations.first_gap(self._state, day) is None else self._last
            if self._told_trigger or self._observations.first_met(self._state, day - 1, upto) != day:
                return
            self._told_trigger = True
        if self.policy is not None and isinstance(event, ev.Default):
            for decided in self._responses(event):
                self._happen(decided, day)
            if self._state.status.is_final:
                return
        self._happen(event, day)
        if self.policy is not None and isinstance(event, ev.FundamentalChange):
            for decided in self._responses(event):
                self._push(decided)

    def _next_day(self, due: bool, asked: int | None) -> int:
        """Day number of the next event or question to the policy; the day after the end of the step if neither is left."""
        days = ([] if asked is None else [asked]) + ([self._upcoming.next[0]] if due else [])
        return min(days, default=self._last + 1)

    def _days_to_ask(self, after: int) -> list[int]:
        if self.policy is None:
            return []
        terms = self.note.principal
        return list(terms.sessions.between(max(after + 1, terms.issue_day), terms.maturity_day))

    def _go_on_amended(self) -> None:
        """The day after an amendment was agreed: its terms are in force, and the events they schedule replace the old ones."""
        before, on = self.note, self._state.day
        self._state = take_effect(before, self._state)
        assert self._state.terms is not None
        self.note = self._state.terms
        if self._to_the_end:
            self._last = self.note.principal.maturity_day
        self._observations = self._observations.under(self.note, self._state)
        self._upcoming.forget_schedule(after=on)
        self._asks, self._asked = self._days_to_ask(after=on), 0
        self._schedule(after=on)
        self._push_once(note_prices.looks(self.note, self.history, after=on))

    def _ask(self, day: int) -> None:
        """The policy decides on day number `day`: its close and its changes are known, and no notice of the day is given yet."""
        assert self.policy is not None
        if day in self._default_days:  # on a default day the policy is asked only through `respond`
            return
        decided = self.policy.decide(self.note, self._state, day, self._observations)
        for event in self._left_to_policy(decided, "decide", day):
            self._push(event)

    def _responses(self, event: ev.Event) -> list[ev.Event]:
        assert self.policy is not None
        decided = self.policy.respond(self.note, self._state, event, self._observations)
        return self._left_to_policy(decided, "respond", event.day)

    def _left_to_policy(self, decided: Iterable[ev.Event], method: str, on: int) -> list[ev.Event]:
        """A policy's decisions, without those on rights for which a decision is on record ahead."""
        place = f"{type(self.policy).__name__}.{method}"
        found = as_events(decided, place)
        for event in found:
            if event.day < on:
                reason = f"decided on {to_date(on)}, an event can be of that day or later"
                raise TermsError(reason, field=place, value=f"{type(event).__name__} on {event.on}")
        ahead = self._observations.ahead
        return [event for event in added_up(self.note, self._state, found, given_day) if not ahead.keeps(self._state, event)]

    def _is_late(self) -> bool:
        """Whether events recorded for after maturity, such as a late cure, or settlements (STL-1) are still to come."""
        return self._to_the_end and self._upcoming.holds((ev.Recorded, ev.SettlementDue, ev.SettlementPaid))

    def _happen(self, event: ev.Event, day: int) -> None:
        self._observations.ahead.done(event)
        seen = self._observations.see(self._state, event)
        objection = permit(self.note, self._state, event, seen)
        if objection is not None:
            raise refuse(event, objection)
        for rule, words in open_rights(self._state, event, self._observations):
            self._note_open_right(event.day, rule, words)
        if isinstance(event, (ev.WithdrawalNotice, ev.FundamentalChangeNotice)):  # the notice has been given
            rule = "WDR-1" if isinstance(event, ev.WithdrawalNotice) else "FCH-2"
            self._rights = {name: chain for name, chain in self._rights.items() if name != rule}
        step = apply(self.note, self._state, event, seen)
        changed = step.state is not self._state
        moved = step.state.scales is not self._state.scales  # by an adjustment made with a conversion, for example (ADJ-7)
        moved = moved or step.state.settlements is not self._state.settlements
        opened = step.state.contingent.windows is not self._state.contingent.windows
        self._state = step.state.changed(day=max(day, self._state.day)) if step.state.day < day else step.state
        self._happened = (self._happened, Happened(self.note, event, step.flows))
        if isinstance(event, ev.FixingDue) and changed and self._state.terms is not None:
            self.note = self._state.terms  # its schedule stays as it is
            self._observations = self._observations.under(self.note, self._state)
        if isinstance(event, ev.Recorded) or changed:
            for warning in step.warnings:
                self._warn(warning)
        if changed and isinstance(event, ev.ResetDue) and self.note.withdrawal is not None and self.note.withdrawal.moves:
            self._watch_trigger()  # the trigger moved with the price in force (WDR-7)
        if moved or (changed and not isinstance(event, _LEAVES_SCHEDULE)):
            self._schedule(after=day - 1)  # a call may be for today
        elif opened:  # once a day, where the price of the note is low: the rest of the schedule stays as it is
            self._push_once(each for each in contingent.bounds(self.note, self._state) if each.day >= day)

    def _note_open_right(self, day: int, rule: str, words: str) -> None:
        self._rights_told += 1
        self._rights = {**self._rights, rule: (self._rights.get(rule), (self._rights_told, day, rule, words))}

    def _warn(self, warning: str) -> None:
        self._warned = (self._warned, warning)

    # --- the end of a day

    def _still_watches_closes(self) -> bool:
        """True while closes can lead to a withdrawal: not after its notice, nor with nothing outstanding."""
        state = self._state
        watches = self.note.withdrawal is not None and state.withdrawal is None and state.status in LIVE
        return watches and self._day >= self.note.principal.issue_day

    @exactly
    def _closed(self) -> State:
        observations, state, end = self._observations, self._state, self._day
        watched = observations.watched(state, end) if self._still_watches_closes() else UNWATCHED
        observed = observations.remembered(state, end) if end >= self.note.principal.issue_day else ()
        series = observations.weighted.remembered(state, end)
        return state.changed(day=end, observed=observed, series=series, **watched)


#: What changes no day of what is ahead, except as `_happen` sees.
_LEAVES_SCHEDULE = (ev.CouponDue, ev.FixingDue, ev.RecordTaken, ev.ResetDue, ev.Convert, ev.QuarterEnd, ev.NotePriceSeen)

#: A policy knows the fundamental change of the day, whose window begins with it (MWT-1), and is asked before the day's notices.
_ASKED = ev.FundamentalChangeNotice.rank


@dataclass(frozen=True)
class _NoticeOverdue(ev.Event):
    """The day after the deadline for the Company's notice of a fundamental change: a check, without any effect on the note."""


_NoticeOverdue.rank = ev.MissedPayment.rank
