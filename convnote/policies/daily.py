"""Daily: a policy's decisions on one trading day of a replay, made exactly.

The policy is asked once a day, when the close is known; its decisions are events, and the lifecycle judges them like any others.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any, Protocol

import numpy as np

from convnote.arithmetic import exceeds, fraction
from convnote.calendars import day_number, to_date
from convnote.lifecycle import Position, State, Status, contingent
from convnote.lifecycle import events as ev
from convnote.lifecycle.claims import interest_is_overdue
from convnote.lifecycle.in_force import conversion_price, depends_on_reason, price_on
from convnote.lifecycle.in_kind import grown_by
from convnote.lifecycle.on_record import OnRecord
from convnote.lifecycle.settling import method_in_force
from convnote.lifecycle.state import CONVERTIBLE
from convnote.note import ConvertibleNote
from convnote.policies import last_days, low_closes, made_whole
from convnote.policies.decisions import Answer, Ask, AtEnd, Never, View
from convnote.policies.known import Known
from convnote.policies.settings import Settings
from convnote.provisions.conditions import NEAR, Condition, Standing


class Observations(Protocol):
    """What a policy may ask about the closes so far and about the record ahead."""

    ahead: OnRecord
    memo: dict[Any, Any]

    def close(self, day: int) -> Any: ...

    def quick_close(self, day: int) -> float: ...
    def exchanged(self, day: int) -> Any: ...

    def last_met(self, state: State, last: int) -> int | None: ...

    def held(self, state: State, last: int) -> int: ...
    def standing(self, condition: Condition, state: State, notice: int) -> Standing: ...
    def closes_before(self, state: State, day: int, count: int) -> list[Any]: ...


def decide(policy: Settings, note: ConvertibleNote, state: State, on: int, observations: Observations) -> list[ev.Event]:
    """What a policy decides on day number `on`, a trading day whose close is known."""
    decides = state.status in (Status.OUTSTANDING, Status.WITHDRAWAL_NOTICED, Status.WITHDRAWN)
    if not decides or not state.positions.outstanding:
        return []
    return _Day(policy, note, state, on, observations).events()


def respond(policy: Settings, note: ConvertibleNote, state: State, event: ev.Event, observations: Observations) -> list[ev.Event]:
    """A policy's response to an event: the notice after a fundamental change, the conversion before a default."""
    if isinstance(event, ev.FundamentalChange) and note.fundamental_change is not None:
        return [ev.FundamentalChangeNotice(to_date(policy.mailed(note, event.day)))]
    if isinstance(event, ev.Default) and policy.convert_at_default and policy.converts_at_end:
        return _Day(policy, note, state, event.day, observations).at_default(event)
    return []


class _Day:
    """The decisions of one trading day in a replay."""

    def __init__(self, policy: Settings, note: ConvertibleNote, state: State, on: int, observations: Observations) -> None:
        self.policy, self.note, self.state, self.on, self.observations = policy, note, state, on, observations
        self.known = Known.of(policy, note, observations)
        self._called = any(call.whole for call in state.calls)
        #: conversion price without a change or a call to alter it, and that of a free Note today
        self._plain = conversion_price(note, state)
        self._price = price_on(note, state, on) if depends_on_reason(note, state) else self._plain
        self._convertible = state.price is not None and state.status in CONVERTIBLE and not last_days.is_over(note, on)
        #: first day number on which a withdrawal leaves no conversion; inf for none
        self._gone_from = np.inf
        if state.withdrawal is not None and note.withdrawal is not None:
            self._goes(state.withdrawal[1])

    def events(self) -> list[ev.Event]:
        notices = self._withdraw() or self._redeem()
        if notices and isinstance(notices[0], ev.RedemptionNotice):
            # A call may leave holders only the day of its notice to respond.
            return notices + self._convert_at_end(called_for=int(day_number(notices[0].redemption_date)))
        if notices and isinstance(notices[0], ev.WithdrawalNotice):
            # So may a withdrawal, where the right ends with the close of the notice day (WDR-8).
            effective = int(day_number(notices[0].effective))
            self._goes(effective)
            may = self.policy.converts_at_end and self._may_convert(self.on)
            if may and (ending := self._convert_before_withdrawal(self.on, effective)):
                return notices + ending
        early = [] if notices else self._convert_early()
        return notices + (early or self._convert_at_end() or self._convert_on_change() or self._elect() or self._put())

    def _goes(self, effective: int) -> None:
        """Conversion is withdrawn on day number `effective` (CNV-7)."""
        assert self.note.withdrawal is not None
        self._gone_from = self.note.withdrawal.gone_from(effective)
        self._convertible = self._convertible and self.on < self._gone_from

    # --- comparing

    @property
    def _array(self) -> np.ndarray:
        return np.array([self.on], dtype=np.int64)

    def _close(self) -> Fraction:
        return fraction(self.state.value_of_unit(self.on, self.observations.close(self.on)))

    def _quick_value(self, price: Any) -> float:
        """The conversion value per denomination at a conversion price, in float64."""
        scale = self.state.scale
        close = self.observations.quick_close(self.on) if scale.shares else 0.0
        close = (float(scale.shares) * close + float(scale.cash)) * float(self.observations.exchanged(self.on))
        return close * float(self.note.denomination) / float(price)

    def _compares(self, value: float, price: Any = None) -> int:
        """1 if the conversion value per denomination exceeds `value`, -1 if it is below, 0 if they are equal.

        It is taken at conversion `price` (None: that of a free Note today). Notes that do not convert count as worth nothing.
        """
        if np.isinf(value) or not self._convertible:
            return 1 if value < 0 else -1
        price = self._price if price is None else price
        quick = self._quick_value(price)
        if abs(quick - value) > NEAR * max(quick, abs(value)):
            return 1 if quick > value else -1
        left = self._close() * fraction(self.note.denomination) * self.observations.exchanged(self.on)
        right = fraction(value) * price
        return int(exceeds(left, right)) - int(exceeds(right, left))

    def _value_exceeds(self, value: float, price: Any = None) -> bool:
        return self._compares(value, price) > 0

    def _value_below(self, value: float) -> bool:
        return self._compares(value) < 0

    def _asked(self, answer: Answer, condition: Callable[[], tuple[int, int]] | None = None) -> bool:
        """Whether a user's function says yes; True for any other answer. `condition` returns the count and days of its `View`."""
        if not isinstance(answer, Ask):
            return True
        if not self._convertible:
            return False
        count, since = (None, None) if condition is None else (np.array([number]) for number in condition())
        view = View(np.array([float(self._price)]), np.zeros(1, dtype=np.int64), count, since)
        return bool(answer.answer(self.on, np.array([float(self._close())]), view)[0])

    def _last_session(self, day: int) -> bool:
        """True if today is the last trading day on or before `day`, so that what `day` decides is known."""
        return day >= self.on and int(self.note.principal.sessions.on_or_before(day)) == self.on

    # --- the Company

    def _withdraw(self) -> list[ev.Event]:
        note, state, policy = self.note, self.state, self.policy
        if isinstance(policy.withdraw, Never) or self.on not in self.known.withdrawable or self._called:
            return []
        if (
            state.status is not Status.OUTSTANDING
            or state.withdrawal is not None
            or self.observations.ahead.decides(ev.WithdrawalNotice)
        ):
            return []
        assert note.withdrawal is not None
        effective = policy.effective(note, self.on)
        met = self.observations.last_met(state, self.on)
        if met is None or note.withdrawal.objection(self.on, effective, met) is not None:
            return []
        value = float(policy.withdrawal_boundary(note, self._array, np.array([self._mean_make_whole()]))[0])
        if not self._value_exceeds(value, self._plain) or not self._asked(
            policy.withdraw, lambda: (self.observations.held(state, self.on), self.on - met)
        ):
            return []
        return [ev.WithdrawalNotice(to_date(self.on), effective=to_date(effective))]

    def _mean_make_whole(self) -> float:
        """The make-whole per denomination for a notice given today: the Company's average payment over all Notes outstanding."""
        terms, positions = self.note.withdrawal, self.state.positions
        assert terms is not None
        owed = (each.outstanding * terms.make_whole(each.interest_paid_before(self.on)) for each in positions.values())
        return float(sum(owed) / positions.outstanding)

    def _redeem(self) -> list[ev.Event]:
        note, state = self.note, self.state
        if note.redemption is None or state.status is Status.WITHDRAWAL_NOTICED or self._called:
            return []
        value = self.known.redeem.get(self.on, np.inf)
        if value == np.inf or not self._any_free or interest_is_overdue(note, state, self.on):
            return []
        if self.observations.ahead.decides(ev.RedemptionNotice):
            return []
        redemption = self.policy.redemption(note, self.on)
        if (
            not self._value_exceeds(value, self._plain)
            or not self._condition_holds(redemption)
            or not self._asked(self.policy.redeem)
        ):
            return []
        return [ev.RedemptionNotice(to_date(self.on), redemption_date=to_date(redemption))]

    def _condition_holds(self, redemption: int) -> bool:
        """Whether the closes allow a call for this redemption date (SFT-1)."""
        terms = self.note.redemption
        assert terms is not None
        if terms.condition is None or not terms.needs_condition(redemption):
            return True
        return self.observations.standing(terms.condition, self.state, self.on).met

    # --- the holders

    @property
    def _any_free(self) -> bool:
        return any(position.free > 0 for position in self.state.positions.values())

    def _each(
        self, day: int, kind: type[ev.Convert | ev.RepurchaseElection | ev.PutElection], principal: Callable[[Position], Any]
    ) -> list[ev.Event]:
        """One decision per holder, for the `principal` of each position, less whatever the record decides.

        What counts on a later day is decided for the principal of that day, with a coupon in kind due until then (PIK-1).
        """
        events: list[ev.Event] = []
        ahead = self.observations.ahead
        for name, position in grown_by(self.note, self.state, day).positions.items():
            if ahead.decides(kind, name):
                continue
            amount = min(principal(position), position.outstanding - ahead.principal(name))
            if amount > 0:
                events.append(kind(to_date(day), amount, holder=name))
        return events

    def _may_convert(self, day: int) -> bool:
        return self._convertible and bool(last_days.is_open(self.note, day))

    def _principal(self, day: int, *, called_now: bool = False) -> Callable[[Position], Any]:
        """The principal of a position that converts on a day: free Notes in a window, called ones until their end (CNT-1, CNT-3).

        `called_now`: all free Notes are called by a notice of today.
        """
        if contingent.opens(self.note, self.state, day):
            return _free_or_called
        if not contingent.opens_called(self.note, self.state, day):
            return _nothing
        return _free_or_called if called_now else _all_called

    def _convert_early(self) -> list[ev.Event]:
        note, state, answer = self.note, self.state, self.policy.convert
        if isinstance(answer, (AtEnd, Never)) or state.withdrawal is not None or self._called or not self._may_convert(self.on):
            return []
        if not last_days.counts_on(note, self.on):  # a surrender today would count only on a later day (CNV-8)
            return []
        if not contingent.opens(note, state, self.on):
            return []
        if not self._value_exceeds(self.known.convert.get(self.on, np.inf)) or not self._asked(answer):
            return []
        return self._each(self.on, ev.Convert, _free)

    def _convert_at_end(self, called_for: int | None = None) -> list[ev.Event]:
        """Conversion on the last day before a call (`called_for`: one noticed today), a withdrawal or maturity ends the right.

        Each position compares the conversion with the amount it would be paid otherwise.
        """
        note, state, policy = self.note, self.state, self.policy
        if not self._may_convert(self.on):
            return []
        redemptions = [call.redemption for call in state.calls if call.whole] + ([] if called_for is None else [called_for])
        if redemptions:
            last = last_days.before_redemption(note, redemptions[0])
            converts = policy.converts_at_end and self._last_session(last.day)
            converts = converts and self._value_exceeds(
                last.amount, made_whole.price_when_called(note, state, self.observations, self.on, last.day, called_for)
            )
            principal = self._principal(last.day, called_now=called_for is not None)
            return self._each(last.day, ev.Convert, principal) if converts else []
        if state.withdrawal is not None:
            return self._convert_before_withdrawal(*state.withdrawal) if policy.converts_at_end else []
        day, amount = self.known.at_maturity
        if policy.converts_at_maturity and self._last_session(day) and self._value_exceeds(amount):
            return self._each(day, ev.Convert, self._principal(day))
        return self._convert_part() if state.calls and policy.converts_at_end else []

    def _convert_on_change(self) -> list[ev.Event]:
        """Conversion on the last day of a change's window, or of Notes under election, where it is worth more (MWT-1, END-2)."""
        if not self._may_convert(self.on) or not self.policy.converts_at_end:
            return []
        for last, price, which in made_whole.windows(self.note, self.state):
            if last.day >= self._gone_from or (which is not None and not contingent.opens(self.note, self.state, last.day)):
                continue
            if self._last_session(last.day) and self._value_exceeds(last.amount, price):
                if found := self._each(last.day, ev.Convert, which or self._principal(last.day)):
                    return found
        return []

    def _convert_before_withdrawal(self, notice: int, effective: int) -> list[ev.Event]:
        """Conversion on the last day before a withdrawal takes effect, where it is worth more than the Note kept after it."""
        terms = self.note.withdrawal
        assert terms is not None
        day = int(last_days.before_withdrawal(self.policy, self.note, effective, 0.0).day)
        if not self._last_session(day):
            return []

        def worth_more(position: Position) -> Any:
            make_whole = float(terms.make_whole(position.interest_paid_before(notice)))
            last = last_days.before_withdrawal(self.policy, self.note, effective, make_whole)
            return self._principal(day)(position) if self._value_exceeds(float(last.amount)) else 0

        return self._each(day, ev.Convert, worth_more)

    def _convert_part(self) -> list[ev.Event]:
        """Conversion of Notes called in part, on the last day they may convert."""
        ends = {
            number: last_days.before_redemption(self.note, call.redemption)
            for number, call in enumerate(self.state.calls)
            if call.redemption >= self.on
        }
        for last in sorted(set(ends.values())):
            numbers = [number for number in ends if ends[number] == last]
            price = price_on(self.note, self.state, last.day, numbers[0])
            opened = contingent.opens_called(self.note, self.state, last.day)
            if opened and self._last_session(last.day) and self._value_exceeds(last.amount, price):
                return self._each(last.day, ev.Convert, partial(_called, numbers=numbers))
        return []

    def at_default(self, event: ev.Default) -> list[ev.Event]:
        """Conversion where it is worth more than the recovery, on a day on which a surrender still counts.

        Not where the conversion would be settled later: it is then a claim like any other (STL-2).
        """
        if not self._convertible or method_in_force(self.note, self.state)[0] != "shares":
            return []
        may, amount = last_days.at_default(self.note, self.on, event.recovered)
        in_time = [last_days.at_default(self.note, self.on, 0, call.redemption)[0] for call in self.state.calls if call.whole]
        if not may or not all(in_time) or not self._value_exceeds(amount):
            return []
        return self._each(self.on, ev.Convert, self._principal(self.on))

    def _elect(self) -> list[ev.Event]:
        note, state = self.note, self.state
        terms = note.fundamental_change
        if terms is None or not state.changes or self._called or not self._any_free:
            return []
        for change in state.changes:
            if change.repurchase is None or change.repurchase > note.principal.maturity_day:
                continue
            last = last_days.before_repurchase(note, change.repurchase, change.notice)
            if self._last_session(last.day) and self._puts(last.amount):
                return self._each(last.day, ev.RepurchaseElection, _free)
        return []

    def _put(self) -> list[ev.Event]:
        if self._called or not self._any_free:
            return []
        for last in self.known.puts:
            if self._last_session(last.day) and self._puts(last.amount):
                return self._each(last.day, ev.PutElection, _free)
        for day, amount in low_closes.puts(self.note, self.state, self.on, self.observations):
            if self._puts(amount):
                return self._each(day, ev.PutElection, partial(low_closes.free, self.note, self.state, day))
        return []

    def _puts(self, amount: float) -> bool:
        value = float(self.policy.put_boundary(self.note, self._array, np.array([amount]))[0])
        if not self._value_below(value):
            return False
        if isinstance(self.policy.put, Ask) and not self._convertible:
            return True  # a Note that cannot convert has no conversion value to compare with
        return self._asked(self.policy.put)


def _free(position: Position) -> Any:
    return position.free


def _called(position: Position, numbers: list[int]) -> Any:
    return sum(position.called.get(number, 0) for number in numbers)


def _all_called(position: Position) -> Any:
    return sum(position.called.values())


def _nothing(position: Position) -> Any:
    return 0


def _free_or_called(position: Position) -> Any:
    return position.free + sum(position.called.values())
