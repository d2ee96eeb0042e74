"""Plan: a note and a policy as the rows, levels and boundaries that the search looks for on a grid.

A model, state or policy that the note cannot start with is refused, naming the field and the value.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, cast

import numpy as np

from convnote.arithmetic import decimal, fraction
from convnote.calendars import day_number, to_date
from convnote.errors import MarketError, TermsError
from convnote.lifecycle import Shown, State, Status, apply
from convnote.lifecycle import events as ev
from convnote.market.model_base import MarketModel
from convnote.note import ConvertibleNote
from convnote.policies import Never, Policy, View, asked, last_days
from convnote.policies.policy import Decides, is_settled
from convnote.provisions.own_rows import unsimulated
from convnote.simulation import observing
from convnote.simulation.carried import price_has_reasons
from convnote.simulation.counters import counter_of, withdrawal_counter
from convnote.simulation.day_tables import NO_DAY, DayTables
from convnote.simulation.elected import ElectedRows, elected_rows_of
from convnote.simulation.low_puts import LowPuts, low_puts_of
from convnote.simulation.opening import quarters_of
from convnote.simulation.paths import NEVER, Grid
from convnote.simulation.reasons import ReasonTables, free_price_of, windows_of
from convnote.simulation.watchlist import Counter, Crossing, Elections, Quarters, Question, Watchlist


class _NotAtDefault:
    """A policy object that is not asked about a default which leaves the share worthless."""

    def __init__(self, policy: Decides) -> None:
        self.policy = policy

    def decide(self, note: ConvertibleNote, state: State, on: int, observations: Any) -> Iterable[ev.Event]:
        return self.policy.decide(note, state, on, observations)

    def respond(self, note: ConvertibleNote, state: State, event: ev.Event, observations: Any) -> Iterable[ev.Event]:
        return [] if isinstance(event, ev.Default) else self.policy.respond(note, state, event, observations)


@dataclass(frozen=True)
class Plan(DayTables):
    """The tables of one note under one policy in one market, and what the search looks for in them."""

    @classmethod
    def of(cls, note: ConvertibleNote, policy: Decides, model: MarketModel, start: State | None, principal: float) -> Self:
        """The tables of `note` from the day of `model` (or from the day after `start`) to maturity.

        Raises `MarketError` for a model that starts on another day than the note, `TermsError` for a state it cannot start from.
        """
        _check_currency(note, model)
        _check_record_dates(note)
        note.interest.must_be_fixed("simulate", model.start)
        if refused := unsimulated(note):
            raise TermsError.of([TermsError(reason, field=f"simulate {name}", rule=rule) for name, rule, reason in refused])
        if note.exchange is not None and model.default_jump:
            reason = "the issuer's default leaves the share of another company as it is: expected 0"
            raise MarketError(reason, field="simulate model.default_jump", rule="EXC-1", value=model.default_jump)
        terms = note.principal
        first = model.start
        if start is None and first != terms.issue_day:
            reason = f"without a state the model starts on the issue date, {terms.issue_date}"
            raise MarketError(reason, field="simulate model.as_of", value=model.as_of)
        if not terms.issue_day <= first < terms.maturity_day:
            reason = f"expected a day from {terms.issue_date} and before {terms.maturity_date}"
            raise MarketError(reason, field="simulate model.as_of", value=model.as_of)
        if start is not None:
            _check_start(note, start, first)
        days = np.array(terms.sessions.between(first + (start is not None), observing.last_day(note)), dtype=np.int64)
        if not len(days):
            raise MarketError("no trading day is left to maturity", field="simulate model.as_of", value=model.as_of)
        # A worthless share is not worth converting into, though it is still quoted at one tick.
        total = model.default_jump == 1.0
        if isinstance(policy, Policy) and is_settled(policy):
            _check_notices(note, policy)
            settings = dataclasses.replace(policy, convert_at_default=False) if total else policy
            grid = Grid.of(model, days)
            plan = cls(note, settings, model, grid, start, principal, settings)
            # Arrays do not carry what a change before the start may still bring.
            exactly = price_has_reasons(note, grid, policy, start) and start is not None and bool(start.changes)
            return dataclasses.replace(plan, policy=Policy()) if exactly or plan.counts_without_conversion else plan
        decider = _NotAtDefault(policy) if total else policy
        return cls(note, Policy(), model, Grid.of(model, days), start, principal, decider)

    @property
    def is_settled(self) -> bool:
        """True if the policy's boundaries determine all its decisions; otherwise every path is replayed."""
        return self.decider is self.policy

    def default_on(self, row: int) -> ev.Default:
        """The issuer's default on the day of a row."""
        return ev.Default(to_date(self.days[row]), recovered=decimal(self.model.recovery))

    @cached_property
    def reasons(self) -> ReasonTables | None:
        """The windows of changes, where a conversion's price may depend on its reason (MWT-1, CHG-1); None where it does not."""
        if not self.is_settled or self.is_withdrawn or not price_has_reasons(self.note, self.grid, self.policy, self.start):
            return None
        return ReasonTables.of(self)

    @cached_property
    def watchlist(self) -> Watchlist:
        """What the search looks for."""
        note, model = self.note, self.model
        factor = float(self.start.scale.factor) if self.start is not None else 1.0
        convertible = not self.is_withdrawn
        keeps_on = model.hazard_exponent != 0.0  # a default may depend on the price long after the note does not
        return Watchlist(
            denomination=self.convertible_into,
            price=self.opening_price,
            floor=float(note.reset.floor) * factor if note.reset and convertible else 0.0,
            floor_close=float(note.reset.floor) * factor / self.shares_a_unit if note.reset and convertible else 0.0,
            end=int(self.row_by(self.at_maturity.day)),
            until=self._until(keeps_on),
            resets=tuple(int(self.row_from(day)) for day in self.reset_days) if convertible else (),
            window=note.reset.window if note.reset else 0,
            reset_price=self._reset_price if note.reset else None,
            withdraw=self._withdraw(keeps_on or self.walks_on) if convertible else None,
            call=self._call(keeps_on or self.walks_on) if convertible else None,
            convert=self._convert(self.walks_on) if convertible else None,
            change=self._elections(),
            puts=self._puts(),
            average=self.average_rows,
            observation=observing.days_of(note),
            observed_before=observing.most_before(note),
            window_at_end=self._window(np.array([self.at_maturity.day])),
            windows=windows_of(self),
            quarters=self.quarters if convertible else None,
            elected=self.elected_rows,
            free_price=free_price_of(self),
            put_question=self.question("put"),
            low_put=None if self.low_puts is None else self.low_puts.right,
            left_at_default=1.0 - model.default_jump,
        )

    def _reset_price(self, prices: np.ndarray, closes: np.ndarray) -> np.ndarray:
        """The lifecycle's own reset, applied to arrays."""
        note = self.note.floats
        assert note.reset is not None
        state = self.state(prices, np.zeros(len(prices)), np.full(len(prices), self.principal))
        return np.asarray(
            apply(
                note, state, ev.ResetDue(note.reset.dates[0]), Shown(closes=cast(Sequence[Any], closes * self.shares_a_unit))
            ).state.price
        )

    def question(self, right: str) -> Question | None:
        """The function of the user that decides on a right; None where the boundary alone does."""
        ask = asked(getattr(self.policy, right))
        if ask is None:
            return None

        def question(row: int, closes: np.ndarray, prices: np.ndarray, paths: np.ndarray, *condition: np.ndarray) -> np.ndarray:
            return ask.answer(int(self.days[row]), closes * self.shares_a_unit, View(prices, paths, *condition))

        return question

    def _withdraw(self, keeps_on: bool) -> Crossing | None:
        terms = self.note.withdrawal
        if terms is None:
            return None
        value = self.policy.withdrawal_boundary(self.note, self.days, self.make_whole)
        if terms.from_date is not None:  # no notice takes effect before that date (WDR-6)
            value = np.where(self.effective < day_number(terms.from_date), np.inf, value)
        assert self.note.conversion is not None
        latest = min(int(day_number(terms.last_effective)), self.note.conversion.last_day)
        value = np.where(self.effective > latest, np.inf, value)
        if np.all(value == np.inf):
            return None
        counter = withdrawal_counter(self, terms)
        end = len(self.days) - 1
        decision = self._no_earlier(self.row_by(self.before_effect.day))
        done = self.through_resets(self._done(decision, self.before_effect.day), self.effective)
        done = np.maximum(done, self.last_low_put).astype(np.int32)
        return Crossing(
            value=value,
            decision=decision,
            done=np.full(len(self.days), end, np.int32) if keeps_on else done,
            question=self.question("withdraw"),
            counter=counter,
            window=self._window(self.before_effect.day),
        )

    def _no_earlier(self, rows: np.ndarray) -> np.ndarray:
        """Rows of decisions, none before the row of the notice itself, whose close is needed; int32 [row]."""
        return np.clip(rows, np.arange(len(self.days)), len(self.days) - 1).astype(np.int32)

    def _call(self, keeps_on: bool) -> Crossing | None:
        # Notes that no longer convert are called without regard to the share (`Endings.straight_call`).
        value = np.where(last_days.is_over(self.note, self.days), np.inf, self.call_value)
        if np.all(value == np.inf):
            return None
        end = len(self.days) - 1
        decision = self._no_earlier(self.row_by(self.before_redemption.day))
        last = self.before_redemption.day
        done = self.through_resets(self._done(decision, last, self.redemption), self.redemption)
        if keeps_on:
            done = np.minimum(self.row_from(self.redemption), end)
        if keeps_on and (observing.takes_time(self.note) or self.elected_rows is not None):
            done = np.full(len(self.days), end, np.int32)
        window = self._window(last, self.redemption)
        return Crossing(value, decision, done, self.question("redeem"), self.soft_call, window=window)

    @cached_property
    def quarters(self) -> Quarters | None:
        """The windows of contingent conversion; None where it needs none (CNT-1)."""
        return quarters_of(self)

    @cached_property
    def soft_call(self) -> Counter | None:
        """The condition of a call on the rows whose redemption dates require it (SFT-1, SFT-2); None where none does."""
        terms = self.note.redemption
        if terms is None or terms.condition is None:
            return None
        needed = np.asarray(terms.needs_condition(self.redemption))
        return counter_of(self, terms.condition, int(np.count_nonzero(needed)), "SFT-1") if needed.any() else None

    @property
    def counts_without_conversion(self) -> bool:
        """True if Notes that no longer convert may be called on a condition: closes are counted only on paths that do (SFT-1)."""
        terms = self.note.redemption
        if terms is None or terms.condition is None or not self.calls_straight:
            return False
        gone = self.note.withdrawal is not None or self.is_withdrawn or last_days.is_over(self.note, self.days)
        return bool(np.any(np.asarray(terms.needs_condition(self.redemption)) & gone & (self.call_value == -np.inf)))

    @cached_property
    def calls_straight(self) -> bool:
        """True if Notes that no longer convert may be called: by a boundary that needs no conversion value."""
        return asked(self.policy.redeem) is None and bool(np.any(self.call_value == -np.inf))

    @cached_property
    def low_puts(self) -> LowPuts | None:
        """The puts after low closes; None where there can be none (CPT-1)."""
        return low_puts_of(self)

    @cached_property
    def elected_rows(self) -> ElectedRows | None:
        """The last days on which Notes under election convert; None where none does (END-2)."""
        return elected_rows_of(self)

    @property
    def last_low_put(self) -> int:
        """The last row on which Notes may be put after low closes; -1 for none."""
        return -1 if self.low_puts is None else self.low_puts.right.last

    def _until(self, keeps_on: bool) -> int:
        """The last row that matters to a path without a notice."""
        if keeps_on or self.average_rows or (observing.takes_time(self.note) and not self.is_withdrawn):
            return len(self.days) - 1
        return max(0 if self.is_withdrawn else int(self.row_by(self.at_maturity.day)), self.last_low_put)

    @cached_property
    def walks_on(self) -> bool:
        """True where what becomes of a path, or what it is paid, is found only after its search: it is walked to the end.

        So it is with a function asked about puts, and with conversions settled over time in place of a payment (STL-1).
        """
        asked_late = self.elected_rows is not None and self.question("put") is not None
        in_place = self.elected_rows is not None or self.reasons is not None
        return asked_late or (in_place and observing.takes_time(self.note))

    def until_paid(self, paid: np.ndarray | int) -> np.ndarray:
        """The last row that matters to Notes under election for a payment on each day number, int32 of the shape of `paid`."""
        end = len(self.days) - 1
        return np.minimum(np.full(np.shape(paid), end) if self.walks_on else self.row_from(paid), end).astype(np.int32)

    def _window(self, counted: Any, redemption: Any = None) -> np.ndarray | None:
        """First row of the observation period of surrenders counting on these days; None where they are settled at once."""
        return observing.windows(self, counted, redemption)[0] if observing.takes_time(self.note) else None

    def _done(self, decision: np.ndarray, counted: Any, redemption: Any = None) -> np.ndarray:
        """The last row that matters after a decision: that of the settlement's payment, where settlement takes time (STL-1)."""
        if not observing.takes_time(self.note):
            return decision
        return np.maximum(decision, observing.windows(self, counted, redemption)[1]).astype(np.int32)

    @cached_property
    def call_value(self) -> np.ndarray:
        """The conversion value above which a call is noticed on each row, float64 [row]; inf where none is allowed."""
        return self.policy.redemption_boundary(self.note, self.days)

    def _convert(self, keeps_on: bool) -> Crossing | None:
        value = self.policy.conversion_boundary(self.note, self.days)
        closed = ~last_days.is_open(self.note, self.days) | ~last_days.counts_on(self.note, self.days)
        closed |= last_days.is_over(self.note, self.days)  # rows of settlements go on after maturity
        if np.all(value == np.inf):
            return None
        rows = np.arange(len(self.days), dtype=np.int32)
        done, window = self._done(rows, self.days), self._window(self.days)
        done = np.full(len(self.days), len(self.days) - 1, np.int32) if keeps_on else done
        question = self.question("convert")
        return Crossing(np.where(closed, np.inf, value), rows, done, question, quarters=self.quarters, window=window)

    def _elections(self) -> Elections | None:
        terms = self.note.fundamental_change
        if terms is None or isinstance(self.policy.put, Never):
            return None
        possible = self.repurchase < NO_DAY
        row = np.full(len(self.days), NEVER, np.int32)
        row[possible] = self.row_by(self.before_repurchase.day[possible])
        done = self.until_paid(self.repurchase)
        value = np.full(len(self.days), -np.inf)
        amount = self.before_repurchase.amount[possible]
        value[possible] = self.policy.put_boundary(self.note, self.days[row[possible]], amount)
        return Elections(row, done, value)

    def _puts(self) -> tuple[tuple[int, int, float], ...]:
        result = []
        for put_day, last in self.put_days:
            row = int(self.row_by(last.day))
            value = float(self.policy.put_boundary(self.note, self.days[[row]], np.array([last.amount]))[0])
            result.append((row, int(self.until_paid(put_day)), value))
        return tuple(result)

    @cached_property
    def put_days(self) -> list[tuple[int, last_days.LastDay]]:
        """Every put date whose last day for an election is still ahead, with that day and the amount paid (PUT-1, PUT-2)."""
        if isinstance(self.policy.put, Never):
            return []
        return [(day, last) for day, last in last_days.before_puts(self.note) if last.day >= self.days[0]]


def _check_currency(note: ConvertibleNote, model: MarketModel) -> None:
    """Refuse a model whose share is quoted differently from the note's closes (CUR-1)."""
    model.must_fit(note.name, note.closes_currency, note.principal.issue_day)


def _check_record_dates(note: ConvertibleNote) -> None:
    """Refuse record dates in the year before the issue: only a replay knows the holders of record for those coupons (REC-1)."""
    interest, issue = note.interest, note.principal.issue_day
    early = [due for due in interest.cash_days if interest.record_day(due) < issue]
    if early and interest.record_dates is not None:
        on = to_date(interest.record_day(early[0]))
        reason = f"the record date of the coupon due {to_date(early[0])} is before the issue date, {note.issue_date}"
        raise TermsError(reason, field="simulate interest.record_dates", rule="REC-1", value=on)


def _check_start(note: ConvertibleNote, start: State, first: int) -> None:
    if start.day != first:
        raise TermsError("the state must be that at the end of the model's own day", field="simulate state", value=start.on)
    if start.status not in (Status.OUTSTANDING, Status.WITHDRAWN):
        raise TermsError(
            "expected a note that is outstanding and under no notice", field="simulate state.status", value=start.status
        )
    if start.calls and any(np.any(call.redemption > start.day) for call in start.calls):
        raise TermsError("a call is running: replay to its redemption date first", field="simulate state.calls")
    if any(change.repurchase is None or change.repurchase > start.day for change in start.changes):
        raise TermsError("a repurchase is pending: replay to its date first", field="simulate state.changes")
    if note.adjustment is not None and note.adjustment.carry_until != "one-percent" and start.carried[0] != 1:
        reason = "a change of the conversion price is carried and made up later; replay goes on from any state"
        raise TermsError(reason, field="simulate state.carried", rule="ADJ-7", value=decimal(start.carried[0]))
    if any(position.put_on_low for position in start.positions.values()):
        raise TermsError("Notes are put: replay to their payment first", field="simulate state.positions", rule="CPT-1")
    if len({position.elected_low for position in start.positions.values()}) > 1:
        reason = "holders of whom some have used a right to put cannot be simulated as one"
        raise TermsError(reason, field="simulate state.positions", rule="CPT-1")
    if start.settlements:
        raise TermsError("a conversion is not settled yet: replay to its payment first", field="simulate state", rule="STL-2")
    if note.clean_up is not None and note.clean_up.holds(start.positions.outstanding, fraction(note.issue_size) + start.further):
        reason = "so little is left that the Company may call all of it: a clean-up is replayed and not simulated"
        raise TermsError(reason, field="simulate clean_up", rule="CCP-1", value=note.clean_up.limit_in_words)
    if start.unpaid or start.missed:
        raise TermsError("something is unpaid: replay to its cure first", field="simulate state.unpaid", rule="DEF-2")
    if len({position.payments for position in start.positions.values()}) > 1:
        raise TermsError("holders who were paid differently cannot be simulated as one", field="simulate state.positions")
    if start.scale.cash or not start.scale.shares or start.distributed:
        became = f"{decimal(start.scale.shares)} shares and {decimal(start.scale.cash)} in cash for each conversion share"
        became += f", and assets worth {decimal(start.distributed)} a share" if start.distributed else ""
        reason = "only conversion into shares alone is simulated; replay goes on from any state"
        rule = "ADJ-8" if start.scale.cash or not start.scale.shares else "ADJ-4"
        raise TermsError(reason, field="simulate state.scale", rule=rule, value=became)


def _check_notices(note: ConvertibleNote, policy: Policy) -> None:
    for name, terms, days in (
        ("withdrawal_notice", note.withdrawal, policy.withdrawal_notice),
        ("redemption_notice", note.redemption, policy.redemption_notice),
    ):
        if terms is not None and days is not None and not terms.notice_at_least <= days <= terms.notice_at_most:
            window = f"{terms.notice_at_least} to {terms.notice_at_most} days"
            raise TermsError(f"the note allows {window}", field=f"Policy.{name}", value=days)
    within = note.fundamental_change.notice_within if note.fundamental_change else None
    if within is not None and policy.change_notice is not None and policy.change_notice > within:
        raise TermsError(f"the note allows up to {within} days", field="Policy.change_notice", value=policy.change_notice)
