"""Daily: the decisions of one trading day in a replay, by the answers of a policy, exactly.

Asked once a day when the close is known; what is decided are events, and the table judges them like any others.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from convnote.arithmetic import exceeds, fraction
from convnote.calendars import day_number, to_date, to_datetime64
from convnote.lifecycle import State, Status
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.policies.answers import Answer, Ask, AtEnd, Never, View
from convnote.policies.when import call_end, last_surrender, maturity_amount

if TYPE_CHECKING:
    from convnote.policies.policy import Policy


class Closes(Protocol):
    """What a policy may ask of the closes so far."""

    def close(self, day: int) -> Any: ...

    def last_met(self, state: State, last: int) -> int | None: ...


class Day:
    """The decisions of one trading day in a replay."""

    def __init__(self, policy: Policy, note: ConvertibleNote, state: State, on: int, tape: Closes) -> None:
        self.policy, self.note, self.state, self.on, self.tape = policy, note, state, on, tape
        self.array = np.array([on], dtype=np.int64)

    def events(self) -> list[ev.Event]:
        notices = self._withdraw() or self._redeem()
        if notices and isinstance(notices[0], ev.RedemptionNotice):
            # A call may leave no other day to answer it but its own.
            return notices + self._convert_at_end(called_for=int(day_number(notices[0].redemption_date)))
        early = [] if notices else self._convert_early()
        return notices + (early or self._convert_at_end() or self._elect() or self._put())

    # --- comparing

    def _close(self) -> Fraction:
        return fraction(self.state.value_of_unit(self.on, self.tape.close(self.on)))

    def _value_exceeds(self, value: float) -> bool:
        """Whether the conversion value per denomination exceeds a value; nothing is worth nothing."""
        if np.isinf(value):
            return value < 0
        if not self._convertible:
            return value < 0
        return bool(exceeds(self._close() * fraction(self.note.denomination), fraction(value) * self.state.price))

    def _value_below(self, value: float) -> bool:
        if np.isinf(value):
            return value > 0
        if not self._convertible:
            return value > 0
        return bool(exceeds(fraction(value) * self.state.price, self._close() * fraction(self.note.denomination)))

    def _asked(self, answer: Answer) -> bool:
        if not isinstance(answer, Ask):
            return True
        if not self._convertible:
            return False
        view = View(np.array([float(self.state.price)]), np.zeros(1, dtype=np.int64))
        return bool(answer.answer(self.on, np.array([float(self._close())]), view)[0])

    def _last_session(self, day: int) -> bool:
        """True if today is the last trading day on or before `day`: then what `day` decides is known."""
        return int(self.note.principal.sessions.on_or_before(day)) == self.on

    @property
    def _called(self) -> bool:
        return any(call.whole for call in self.state.calls)

    @property
    def _convertible(self) -> bool:
        return self.state.price is not None and self.state.convertible and not self.state.is_withdrawn_on(self.on)

    # --- the Company

    def _withdraw(self) -> list[ev.Event]:
        note, state, policy = self.note, self.state, self.policy
        if note.withdrawal is None or state.withdrawal is not None or state.status is not Status.OUTSTANDING or self._called:
            return []
        effective = policy.effective(note, self.on)
        # The closes are asked only where the days allow a notice at all; at maturity there is nothing left to withdraw.
        if effective > note.principal.maturity_day or note.withdrawal.objection(self.on, effective, self.on) is not None:
            return []
        if note.withdrawal.objection(self.on, effective, self.tape.last_met(state, self.on)) is not None:
            return []
        paid = next(iter(state.positions.values())).interest_paid_before(self.on)
        make_whole = float(note.withdrawal.make_whole(paid))
        value = float(policy.withdrawal_boundary(note, self.array, np.array([make_whole]))[0])
        if not self._value_exceeds(value) or not self._asked(policy.withdraw):
            return []
        return [ev.WithdrawalNotice(to_date(self.on), effective=to_date(effective))]

    def _redeem(self) -> list[ev.Event]:
        note, state = self.note, self.state
        if note.redemption is None or state.status is Status.WITHDRAWAL_NOTICED or self._called:
            return []
        if any(unpaid.of == "interest" for unpaid in state.unpaid) or not self._free:
            return []
        if self.on < day_number(note.redemption.first_date):
            return []
        value = float(self.policy.redemption_boundary(note, self.array)[0])
        if not self._value_exceeds(value) or not self._asked(self.policy.redeem):
            return []
        return [ev.RedemptionNotice(to_date(self.on), redemption_date=to_date(self.policy.redemption(note, self.on)))]

    # --- the holders

    @property
    def _free(self) -> Any:
        return sum(position.free for position in self.state.positions.values())

    def _for_each(
        self, day: int, kind: type[ev.Convert | ev.RepurchaseElection | ev.PutElection], called: bool
    ) -> list[ev.Event]:
        """One event for each holder, of all the principal that is free, or also of what is called."""
        events: list[ev.Event] = []
        for name, position in self.state.positions.items():
            principal = position.free + (sum(position.called.values()) if called else 0)
            if principal > 0:
                events.append(kind(to_date(day), principal, holder=name))
        return events

    def _may_convert(self, day: int) -> bool:
        terms = self.note.conversion
        return terms is not None and self._convertible and (terms.from_date is None or day >= day_number(terms.from_date))

    def _convert_early(self) -> list[ev.Event]:
        note, state, answer = self.note, self.state, self.policy.convert
        if isinstance(answer, (AtEnd, Never)) or state.withdrawal is not None or self._called or not self._may_convert(self.on):
            return []
        if last_surrender(note, self.on) != self.on:  # a surrender would count only on another day (CNV-8)
            return []
        value = float(answer.boundary(note, self.array, self.array * np.nan)[0])
        if not self._value_exceeds(value) or not self._asked(answer):
            return []
        return self._for_each(self.on, ev.Convert, called=False)

    def _convert_at_end(self, called_for: int | None = None) -> list[ev.Event]:
        """Conversion on the last day before the right ends: by a call (`called_for`: one of today), a withdrawal, at maturity."""
        note, state, policy = self.note, self.state, self.policy
        if not self._may_convert(self.on):
            return []
        redemptions = [call.redemption for call in state.calls if call.whole] + ([] if called_for is None else [called_for])
        ends: list[tuple[int, float]] = []
        if redemptions and policy.converts_at_end:
            assert note.redemption is not None
            amount = float(note.redemption.amount(to_datetime64(np.array(redemptions[:1])))[0])
            ends.append((call_end(note, redemptions[0]), amount))
        elif state.withdrawal is not None and policy.converts_at_end:
            assert note.withdrawal is not None
            notice, effective = state.withdrawal
            paid = next(iter(state.positions.values())).interest_paid_before(notice)
            extra = 0.0 if note.withdrawal.pays_converted else float(note.withdrawal.make_whole(paid))
            ends.append((int(note.principal.banks.before(effective)), policy.straight_value(note) + extra))
        elif not redemptions and state.withdrawal is None and policy.converts_at_maturity:
            ends.append((int(last_surrender(note, note.principal.maturity_day)), maturity_amount(note)))
        for day, amount in ends:
            if day >= self.on and self._last_session(day) and self._value_exceeds(amount):
                return self._for_each(day, ev.Convert, called=True)
        return []

    def at_default(self, event: ev.Default) -> list[ev.Event]:
        """The conversion that is worth more than the recovery, on a day on which a surrender still counts."""
        note = self.note
        if not self._may_convert(self.on) or last_surrender(note, self.on) != self.on:
            return []
        in_time = [call_end(note, call.redemption) >= self.on for call in self.state.calls if call.whole]
        amount = float(fraction(event.recovered) * fraction(note.denomination))
        if not all(in_time) or not self._value_exceeds(amount):
            return []
        return self._for_each(self.on, ev.Convert, called=True)

    def _elect(self) -> list[ev.Event]:
        note, state = self.note, self.state
        terms = note.fundamental_change
        if terms is None or self._called or not self._free:
            return []
        for change in state.changes:
            if change.repurchase is None or change.repurchase > note.principal.maturity_day:
                continue
            deadline = int(terms.election_deadline(change.repurchase))
            amount = np.atleast_1d(terms.amount(to_datetime64(np.array([change.repurchase]))))
            if self._last_session(deadline) and self._puts(amount):
                return self._for_each(deadline, ev.RepurchaseElection, called=False)
        return []

    def _put(self) -> list[ev.Event]:
        note = self.note
        if note.put is None or self._called or not self._free:
            return []
        for date in note.put.dates:
            put_day = int(day_number(date))
            last = put_day - note.put.notice_at_least
            if last >= self.on and self._last_session(last) and self._puts(np.array([float(note.put.amount(date))])):
                return self._for_each(last, ev.PutElection, called=False)
        return []

    def _puts(self, amount: np.ndarray) -> bool:
        value = float(self.policy.put_boundary(self.note, self.array, amount)[0])
        if not self._value_below(value):
            return False
        if isinstance(self.policy.put, Ask) and not self._convertible:
            return True  # what cannot convert has nothing to compare
        return self._asked(self.policy.put)
