"""Day tables: one note under one policy in one market, tabulated over its trading days: notice dates, amounts, coupons.

All dates are day numbers and all arrays [row] unless stated otherwise; amounts are per denomination, in the note's currency.
Every figure comes from the note's own provisions or the policy; no rule is restated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.lifecycle import Position, State, Status
from convnote.lifecycle.agenda import first_moving_to
from convnote.lifecycle.register import Register
from convnote.lifecycle.state import ISSUE, Scale
from convnote.market.model_base import MarketModel
from convnote.market.model_walks import TWO_FACTORS
from convnote.market.named_series import VWAP
from convnote.note import ConvertibleNote
from convnote.policies import Policy, last_days
from convnote.simulation.paths import Grid

#: A day that never occurs.
NO_DAY = 1 << 40


@dataclass(frozen=True)
class DayTables:
    """One note under one policy in one market: the tables that the search and the settlement share."""

    note: ConvertibleNote
    policy: Policy
    model: MarketModel
    grid: Grid
    #: the state it starts from; None: at issue
    start: State | None
    principal: float
    #: the object that decides in a replay: the policy itself, or one supplied by the user
    decider: Any

    @cached_property
    def shares_a_unit(self) -> float:
        """Shares of today per conversion share: other than 1 after a merger (ADJ-8)."""
        return float(self.start.scale.shares) if self.start is not None else 1.0

    @cached_property
    def convertible_into(self) -> float:
        """Factor of a denomination's conversion value: the value is close x factor / conversion price."""
        return float(self.note.denomination) * self.shares_a_unit

    # --- days

    @property
    def days(self) -> np.ndarray:
        """The trading days, int64 [row]."""
        return self.grid.days

    def row_by(self, day: np.ndarray | int) -> np.ndarray:
        """The last row on or before each day, int32 of the shape of `day`; -1 before the first."""
        return (np.searchsorted(self.days, day, side="right") - 1).astype(np.int32)

    def row_from(self, day: np.ndarray | int) -> np.ndarray:
        """The first row on or after each day, int32 of the shape of `day`; the number of rows after the last."""
        return np.searchsorted(self.days, day).astype(np.int32)

    @cached_property
    def _row_of_day(self) -> np.ndarray:
        """The last row on or before each calendar day, from the first row's day to a year after the last; int32 [day]."""
        first = int(self.days[0])
        return (np.searchsorted(self.days, np.arange(first, int(self.days[-1]) + 367), side="right") - 1).astype(np.int32)

    def last_row(self, days: np.ndarray) -> np.ndarray:
        """`row_by` as one table look-up, for days from the first row to a year after the last; int32 of the shape of `days`."""
        return np.asarray(self._row_of_day[days - self.days[0]])

    def resets_by(self, days: np.ndarray) -> np.ndarray:
        """How many of the remaining resets have taken place by the end of each day; of the shape of `days`."""
        done = np.zeros(np.shape(days), np.int32)
        for reset in self.reset_days:
            done += days >= reset
        return done

    def day_of(self, rows: np.ndarray) -> np.ndarray:
        """Day numbers of rows, of the shape of `rows`; NO_DAY for rows that never occur."""
        return np.append(self.days, NO_DAY)[np.minimum(rows, len(self.days))]

    @cached_property
    def redemption(self) -> np.ndarray:
        """The redemption date of a call noticed on each row, int64 [row]."""
        return self.policy.redemption(self.note, self.days) if self.note.redemption else np.full(len(self.days), NO_DAY)

    @cached_property
    def before_redemption(self) -> last_days.LastDay:
        """The last day to convert after a call noticed on each row, and what is paid otherwise; inf where no call is possible."""
        return last_days.before_redemption(self.note, self.redemption)

    @cached_property
    def effective(self) -> np.ndarray:
        """The day on which a withdrawal noticed on each row takes effect, int64 [row]."""
        return self.policy.effective(self.note, self.days) if self.note.withdrawal else np.full(len(self.days), NO_DAY)

    @cached_property
    def gone_from(self) -> np.ndarray:
        """The first day without conversion after a withdrawal noticed on each row, int64 [row] (CNV-7, WDR-8)."""
        return self.effective if self.note.withdrawal is None else np.asarray(self.note.withdrawal.gone_from(self.effective))

    @cached_property
    def before_effect(self) -> last_days.LastDay:
        """The last day to convert after a withdrawal noticed on each row, and the value of a Note kept after it (CNV-7)."""
        if self.note.withdrawal is None:
            return last_days.LastDay(self.effective, np.full(len(self.days), np.inf))
        return last_days.before_withdrawal(self.policy, self.note, self.effective, self.make_whole)

    @cached_property
    def make_whole(self) -> np.ndarray:
        """The make-whole per denomination for a withdrawal noticed on each row, unrounded, [row] (WDR-4)."""
        if self.note.withdrawal is None:
            return np.zeros(len(self.days))
        held = self.position(np.ones(len(self.days)), self.note.principal.maturity_day)
        return np.asarray(self.note.withdrawal.make_whole(held.interest_paid_before(self.days)))

    @cached_property
    def stops(self) -> np.ndarray:
        """The first due day left unpaid by a default on each row, [row]; NO_DAY where everything due is paid (INT-6)."""
        late = np.flatnonzero(self.note.principal.payment_day(self.days) != self.days)
        stops = np.full(len(self.days), NO_DAY)
        stops[late] = [first_moving_to(self.note, int(self.days[row])) for row in late]
        return stops

    @cached_property
    def repurchase(self) -> np.ndarray:
        """The repurchase date after a change on each row, [row]; NO_DAY where maturity comes instead (FCH-3)."""
        terms = self.note.fundamental_change
        if terms is None:
            return np.full(len(self.days), NO_DAY)
        dates = terms.repurchase_day(self.policy.mailed(self.note, self.days))
        return np.where(
            (dates > self.note.principal.maturity_day) | (self.days >= self.note.principal.maturity_day), NO_DAY, dates
        )

    @cached_property
    def before_repurchase(self) -> last_days.LastDay:
        """The last day for an election after a change on each row, and the amount paid; NO_DAY and 0 for none (FCH-4)."""
        possible = self.repurchase < NO_DAY
        deadline, amount = np.full(len(self.days), NO_DAY), np.zeros(len(self.days))
        if possible.any():
            mailed = self.policy.mailed(self.note, self.days[possible])
            before = last_days.before_repurchase(self.note, self.repurchase[possible], mailed)
            deadline[possible], amount[possible] = before
        return last_days.LastDay(deadline, amount)

    @cached_property
    def at_maturity(self) -> last_days.LastDay:
        """The last day on which a surrender counts before or at maturity, and the amount given up by it (CNV-1, CNV-8)."""
        return last_days.at_maturity(self.note)

    @cached_property
    def average_rows(self) -> tuple[int, int] | None:
        """First and last row of the closes a mandatory needs at maturity; rows below 0 are before the start (MND-1)."""
        if self.note.mandatory is None:
            return None
        window = self.note.mandatory.window(self.note.principal)
        before = sum(day < self.days[0] for day in window)
        return -before or int(self.row_from(window[0])), len(self.days) - 1

    def averaged(self, closes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """From closes on those rows [row, k]: the prices that are averaged, the close for a fraction, and the last close."""
        assert self.note.mandatory is not None and self.note.conversion is not None and self.average_rows is not None
        window, first = self.note.mandatory.window(self.note.principal), self.average_rows[0]
        prices = closes[: len(window)].copy()
        given = dict(self.start.series.get(VWAP, ())) if self.start is not None else {}
        for place, day in enumerate(window):
            if day in given:
                prices[place] = float(given[day])
        in_lieu = int(self.row_by(self.note.conversion.close_day(self.note.principal.maturity_day)))
        return prices, closes[in_lieu - first], closes[-1]

    def through_resets(self, rows: np.ndarray, days: np.ndarray) -> np.ndarray:
        """The rows, or that of the last reset by those days where it is later: principal under notice is reset too (RST-1).

        Closes after the last day to convert still count in such a reset. int32 of the shape of `rows`.
        """
        resets = np.minimum(self.row_from(self.reset_days), len(self.days) - 1)
        return np.maximum(rows, np.concatenate([[0], resets])[self.resets_by(days)]).astype(np.int32)

    @cached_property
    def reset_days(self) -> np.ndarray:
        """The remaining reset dates, [reset]."""
        days = self.note.conversion.resets if self.note.conversion else []
        return np.array(
            [day for day in days if day >= self.days[0] or (self.start is None or day > self.start.day)], dtype=np.int64
        )

    # --- the note in float64

    @cached_property
    def coupons(self) -> list[tuple[int, int, int, float]]:
        """(due day, record day, payment day, amount per denomination as paid on `principal`) of every remaining coupon.

        A coupon with a record date before the issue has no holder of record and is not paid (INT-3). One in kind is not among
        them: it raises what later ones are paid on (PIK-1).
        """
        interest, terms = self.note.interest, self.note.principal
        first = self.start.day if self.start is not None else terms.issue_day
        units = self.principal / float(terms.denomination)
        rows = []
        for due in interest.cash_days:
            if due > first and interest.record_day(due) >= terms.issue_day:
                amount = self.principal_on(np.asarray([interest.record_day(due)]))
                cash = terms.paid(self.note.floats.interest.coupon_amount(amount, np.asarray([due])), amount)
                rows.append((due, int(interest.record_day(due)), int(terms.payment_day(due)), float(cash[0]) / units))
        return rows

    @cached_property
    def _growth(self) -> tuple[np.ndarray, np.ndarray]:
        """Due days of the remaining coupons in kind, [coupon], and the principal before and from each of them, [coupon + 1]."""
        issue, start = self.note.principal.issue_day, self.start
        paid_to, after = (issue, issue) if start is None else (int(start.paid_to), int(start.day))
        grown = list(self.note.interest.growing(fraction(self.principal), paid_to, after))
        dues = np.array([due for due, _ in grown], dtype=np.int64)
        return dues, np.array([self.principal, *(float(amount) for _, amount in grown)])

    def principal_on(self, days: np.ndarray) -> np.ndarray:
        """The principal simulated, with the coupons in kind due by each day number, float64 of the shape of `days` (PIK-1)."""
        dues, amounts = self._growth
        return amounts[np.searchsorted(dues, days, side="right")]

    @cached_property
    def coupons_by_day(self) -> tuple[np.ndarray, np.ndarray]:
        """How many remaining coupons are due by each calendar day from the model's on, and how many have an earlier record date.

        Both int64 [calendar day], to a year after maturity.
        """
        days = np.arange(self.model.start, self.note.principal.maturity_day + 367)
        dues, records = (np.array([row[place] for row in self.coupons], dtype=np.int64) for place in (0, 1))
        return np.searchsorted(dues, days, side="right"), np.searchsorted(records, days, side="left")

    @cached_property
    def year_of_day(self) -> np.ndarray:
        """The calendar year of each day from the model's day on, minus the first year; [calendar day]."""
        days = np.arange(self.model.start, self.note.principal.maturity_day + 367)
        years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
        return np.asarray(years - years[0])

    def position(self, principal: np.ndarray, until: int) -> Position:
        """A holder's position: all coupons paid on it, each with its payment day."""
        held = self.start.positions.values() if self.start is not None else ()
        (past,) = {each.payments for each in held} or {()}  # holders who were paid differently have been refused
        payments = [(int(day), float(amount)) for day, amount in past]
        payments += [(paid_on, amount) for due, _, paid_on, amount in self.coupons if due <= until]
        return Position(outstanding=principal, of_record=principal * 0.0, payments=tuple(payments))

    def state(self, price: np.ndarray, paid_to: np.ndarray, principal: np.ndarray) -> State:
        """The note held by one holder of `principal`, float64 [k]: the state passed to `apply`."""
        scale = self.start.scale if self.start is not None else None
        shares, cash, factor = (float(scale.shares), float(scale.cash), float(scale.factor)) if scale else (1.0, 0.0, 1.0)
        return State(
            day=0,
            status=Status.OUTSTANDING,
            positions=Register({ISSUE: self.position(principal, self.note.principal.maturity_day)}),
            price=price,
            denomination=float(self.note.denomination),
            scales=(Scale(since=0, factor=factor, shares=shares, cash=cash),),
            carried=(1.0, 0.0),
            paid_to=paid_to,
            distributed=float(self.start.distributed) if self.start is not None else 0.0,
        )

    @cached_property
    def discount(self) -> np.ndarray:
        """Discount factor on the model's day for each calendar day from it to a year after maturity; [calendar day]."""
        return self.model.discount(np.arange(self.model.start, self.note.principal.maturity_day + 367))

    @property
    def opening_price(self) -> float:
        """The conversion price at the start; 0 where the note does not convert."""
        if self.note.conversion is None:
            return 0.0
        return float(self.start.price) if self.start is not None else float(self.note.conversion.price)

    @property
    def is_withdrawn(self) -> bool:
        """True if the conversion right is already withdrawn at the start."""
        if self.note.conversion is None or self.start is None:
            return self.note.conversion is None
        return not self.start.convertible or bool(last_days.is_over(self.note, self.start.day + 1))

    @cached_property
    def prior(self) -> np.ndarray:
        """Closes of the trading days before row 0, oldest first, as the state remembers them; float64 [close].

        At issue, every one of them is taken to be the model's spot.
        """
        if self.start is not None:
            return np.array([float(close) for close in self.start.closes]) / self.shares_a_unit
        if self.grid.kind == TWO_FACTORS:
            share, rate = self.prior_quotes
            return share / rate
        return self.grid.on_grid(np.full(len(self.prior_days), self.model.contract_spot))

    @property
    def prior_quotes(self) -> tuple[np.ndarray, np.ndarray]:
        """Share price and exchange rate as quoted on the days of `prior`, where the model has both; float64 [close] each."""
        model: Any = self.model
        ones = np.ones(len(self.prior_days))
        per_unit = 1.0 / model.exchange_quote
        rate = np.maximum(np.floor(model.exchange_rate * per_unit + 0.5), 1.0) * ones
        return self.grid.on_grid(model.spot * ones), rate / per_unit

    @cached_property
    def prior_days(self) -> np.ndarray:
        """The days of `prior`, [close]."""
        if self.start is not None:
            return np.array([day for day, _ in self.start.observed], dtype=np.int64)
        note, sessions = self.note, self.note.principal.sessions
        count = max(1, note.withdrawal.period if note.withdrawal else 0, note.reset.window if note.reset else 0)
        first = int(self.days[0])
        count = max(count, -self.average_rows[0] if self.average_rows else 0)
        count = max(count, note.make_whole_change.closes if note.make_whole_change else 0)
        return np.array(sessions.between(sessions.before(first, count), first - 1), dtype=np.int64)
