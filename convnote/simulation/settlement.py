"""Settlement: from the decisions on each path to the payments.

The effect of a decision is the lifecycle's own `apply`, called once per kind of outcome with an array of dates over its paths.
Coupons are the same for every path that still holds the note, so they are tables over days.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from convnote.calendars import to_datetime64
from convnote.lifecycle import Flow, Seen, Shown, State, Transition, apply
from convnote.lifecycle import events as ev
from convnote.lifecycle.state import Change
from convnote.simulation import observing
from convnote.simulation.day_tables import NO_DAY
from convnote.simulation.endings import End, Endings, Notice
from convnote.simulation.observing import Observed
from convnote.simulation.paths import NEVER
from convnote.simulation.plan import Plan
from convnote.simulation.watchlist import Found


@dataclass
class Settled:
    """The outcome of each path of a block, arrays [path]; days are day numbers, amounts are on the principal simulated."""

    notice: np.ndarray
    end: np.ndarray
    #: the day the last principal was paid or converted, and the day of a notice of withdrawal (NO_DAY: none)
    end_day: np.ndarray
    notice_day: np.ndarray
    conversion_price: np.ndarray
    shares: np.ndarray
    cash: np.ndarray
    present_value: np.ndarray
    #: the day of the notice of a call (NO_DAY: none)
    call_day: np.ndarray
    #: fundamental changes while the note was held, ordered by row, [change]: path and row
    change_path: np.ndarray
    change_row: np.ndarray
    #: number of changes up to the end minus the expected number: a control variate
    change_surplus: np.ndarray
    #: inputs of control variates: last row of the walk and the price there, row of default
    left: np.ndarray
    left_price: np.ndarray
    default: np.ndarray


def settle(plan: Plan, found: Found) -> Settled:
    """Decide and settle every path of a block."""
    return _Settlement(plan, found).settle()


def changes_held(
    plan: Plan, found: Found, end_day: np.ndarray, held: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fundamental changes while the note was held, path and row [change], and their number minus the expected number [path].

    `held` [change] marks those changes where that is known (None: the ones before the last principal went).
    """
    if held is None:
        held = plan.days[found.change_row] < np.minimum(end_day, plan.note.principal.maturity_day)[found.change_path]
    last = plan.last_row(end_day)
    counted = found.change_path[found.change_row <= last[found.change_path]]
    surplus = np.bincount(counted, minlength=len(end_day)) - plan.grid.change[last]
    return found.change_path[held], found.change_row[held], surplus


class _Settlement(Endings):
    """The decisions of a block and their payments."""

    def settle(self) -> Settled:
        plan, found = self.plan, self.found
        # The prices of conversions are found here, path by path (`Endings.price_at`), and not by the lifecycle.
        # So are the days on which they count, closed ones among them: only the state of a path could tell (CNV-8, END-2).
        conversion = self.floats.conversion and dataclasses.replace(self.floats.conversion, off_days="same-day")
        bare = dataclasses.replace(self.floats, make_whole_change=None, change_of_control_price=None)
        self.applied = dataclasses.replace(bare, conversion=conversion)
        self.cash, self.shares, self.value = np.zeros(self.size), np.zeros(self.size), np.zeros(self.size)
        self._coupons()
        kind = self.notice.astype(np.int16) * len(End) + self.end  # 16 bits, so that NumPy sorts by counting
        if self.claims.any():  # each kind of outcome twice: defaults on a Note, and on a conversion not yet settled
            claims = np.flatnonzero(self.claims)
            for number in np.unique(self.notice[claims]):
                self._claims(Notice(int(number)), claims[self.notice[claims] == number])
        order = np.flatnonzero(~self.claims)[np.argsort(kind[~self.claims], kind="stable")]
        kinds, starts = np.unique(kind[order], return_index=True)
        for each, paths in zip(kinds, np.split(order, starts[1:]), strict=True):
            self._life(Notice(int(each) // len(End)), End(int(each) % len(End)), paths)
        change_path, change_row, surplus = changes_held(plan, found, self.day, self._changes_that_act())
        called = np.minimum(plan.day_of(self.call), plan.day_of(self.straight_call))
        notice_day = np.where(self.notice >= Notice.NOTICED, plan.day_of(self.withdraw), NO_DAY)
        is_called = (self.notice == Notice.CALLED) | (self.notice == Notice.WITHDRAWN_CALLED)
        return Settled(
            notice=self.notice,
            end=self.end if self.note.mandatory is None else np.where(self.end == End.MATURED, End.CONVERTED, self.end),
            end_day=self.day,
            notice_day=notice_day,
            call_day=np.where(is_called, called, NO_DAY),
            conversion_price=self._price_on(self._price_day(), self.every),
            shares=self.shares,
            cash=self.cash,
            present_value=self.value,
            change_path=change_path,
            change_row=change_row,
            change_surplus=surplus,
            left=found.left,
            left_price=found.left_price,
            default=found.default,
        )

    def _price_day(self) -> np.ndarray:
        """The day number whose conversion price is that of each path's end: a withdrawal of the Notes held ends its resets."""
        return np.where(self.notice >= Notice.WITHDRAWN, np.minimum(self.day, self.effective), self.day)

    def _changes_that_act(self) -> np.ndarray | None:
        """The changes while the note was held, with one on the day of a conversion or of a call at once, [change].

        None: those before its end.
        """
        found, days = self.found, self.plan.days
        if self.reasons is None and found.change_windows is None:
            return None
        born, end = days[found.change_row], self.day[found.change_path]
        how, called = self.end[found.change_path], self.plan.day_of(self.call)[found.change_path]
        acts = (born < end) | ((born == end) & ((how == End.CONVERTED) | ((how == End.REDEEMED) & (called == born))))
        return acts & (born < self.maturity)

    def _discount(self, days: np.ndarray) -> np.ndarray:
        return self.plan.discount[np.asarray(days) - self.plan.model.start]

    def _coupons(self) -> None:
        """Coupons to the holder of record, who keeps the coupon when converting after the record date but not when paid off."""
        rows, interest = self.plan.coupons, self.note.interest
        if not rows:
            return
        dues, _, paid_on, amounts = (np.array(column) for column in zip(*rows, strict=True))
        units = self.plan.principal / self.denomination
        cash = np.concatenate([[0.0], np.cumsum(amounts * units)])
        value = np.concatenate([[0.0], np.cumsum(amounts * units * self._discount(paid_on))])
        by_due, by_record = self.plan.coupons_by_day
        at = np.where(self.claims, self.converted_on, self.day) - self.plan.model.start
        paid = by_due[at]
        # A coupon not yet paid on the day of the issuer's default is not paid at all (INT-6).
        gone = self.end == End.DEFAULTED
        paid[gone] = np.minimum(paid[gone], np.searchsorted(paid_on, self.day[gone], side="right"))
        converted = (self.end == End.CONVERTED) | self.claims
        if interest.record_days:
            keeps = converted
            if interest.in_window == "to-record":  # a holder paid the principal in the window also keeps the coupon
                keeps = converted | ((self.end != End.DEFAULTED) & (self.end != End.MATURED))
            paid[keeps] = np.maximum(paid[keeps], by_record[at[keeps]])
            late = self.claims
            paid[late] = np.minimum(paid[late], np.searchsorted(paid_on, self.day[late], side="right"))
        if self.note.conversion is not None and self.note.conversion.accrued == "forgo":
            # A holder converting at maturity gives up the last coupon, whether of record or not.
            at_maturity = converted & (self.day == self.maturity)
            paid[at_maturity] = np.searchsorted(dues, self.maturity, side="left")
        self.cash += cash[paid]
        self.value += value[paid]

    def _life(self, notice: Notice, end: End, paths: np.ndarray) -> None:
        """Apply the events of one kind of outcome to all of its paths."""
        note, plan = self.floats, self.plan
        day = self.day[paths]
        price = self._price_on(day, paths) if note.conversion is not None else np.ones(len(paths))
        if end is End.CONVERTED:
            price = self.price_at(paths, day, day, self.call[paths] < NEVER)
        principal = plan.principal_on(day)
        state = plan.state(price, note.interest.accrual_start(day), principal)
        state = self._noticed(state, notice, paths, self.pays[paths] if end is End.DEFAULTED else None)
        match end:
            case End.MATURED:
                state = self._apply(state, ev.Maturity(to_datetime64(day)), paths, self._at_maturity(paths, day))
            case End.REDEEMED:
                state = self._apply(state, ev.RedemptionDue(to_datetime64(day)), paths)
            case End.DEFAULTED:
                self._apply(state, ev.Default(to_datetime64(day), recovered=np.float64(plan.model.recovery)), paths)
            case End.REPURCHASED:
                born = self.found.change_row[self.put_change[paths]]
                occurred = plan.days[born]
                state = self._apply(state, ev.FundamentalChange(to_datetime64(occurred)), paths)
                state = self._apply(state, ev.FundamentalChangeNotice(to_datetime64(self.policy.mailed(note, occurred))), paths)
                elected = to_datetime64(plan.before_repurchase.day[born])
                state = self._apply(state, ev.RepurchaseElection(elected, principal), paths)
                state = self._apply(state, ev.RepurchaseDue(to_datetime64(day)), paths)
            case End.PUT:
                low = self.on_low[paths]
                for put_day in np.unique(day[~low]):
                    self._put(int(put_day), paths[~low & (day == put_day)])
                if low.any():
                    self._put_on_low(paths[low])
            case End.CONVERTED:
                state = self._converted(state, paths, principal)
                if notice is Notice.CALLED and note.redemption is not None and note.redemption.make_whole_amount:
                    self._apply(state, ev.RedemptionDue(to_datetime64(self.redemption[paths])), paths)
                if notice is Notice.NOTICED:  # converted before the effect, which may still pay a make-whole (WDR-5)
                    self._apply(state, ev.WithdrawalDue(to_datetime64(self.effective[paths])), paths)

    def _noticed(self, state: State, notice: Notice, paths: np.ndarray, moved: np.ndarray | None = None) -> State:
        """The state after the Company's notices; `moved` [path]: whether the resulting payment is made before a default."""
        plan = self.plan
        if notice >= Notice.NOTICED:
            on, effective = plan.days[self.withdraw[paths]], self.effective[paths]
            state = self._apply(state, ev.WithdrawalNotice(to_datetime64(on), effective=to_datetime64(effective)), paths)
        if notice >= Notice.WITHDRAWN:
            state = self._apply(state, ev.WithdrawalDue(to_datetime64(effective)), paths, moved=moved)
        if notice in (Notice.CALLED, Notice.WITHDRAWN_CALLED):
            rows = np.minimum(self.call, self.straight_call)[paths]
            event = ev.RedemptionNotice(to_datetime64(plan.days[rows]), redemption_date=to_datetime64(self.redemption[paths]))
            state = self._apply(state, event, paths)
        return state

    def _at_maturity(self, paths: np.ndarray, day: np.ndarray) -> Shown | None:
        """The prices that determine a mandatory's rate (MND-1); None where principal is paid."""
        if self.note.mandatory is None:
            return None
        prices, in_lieu, last = self.plan.averaged(self.found.average_closes[:, paths])
        self._shares_at = last, day
        return Shown(closes=cast(Sequence[Any], prices * self.plan.shares_a_unit), close=in_lieu)

    def _put(self, put_day: int, paths: np.ndarray) -> None:
        assert self.note.put is not None
        days = np.full(len(paths), put_day)
        self._apply_put(paths, days - self.note.put.notice_at_least, ev.PutDue(to_datetime64(days)))

    def _put_on_low(self, paths: np.ndarray) -> None:
        self._apply_put(paths, self.plan.days[self.put_row[paths]], ev.ConditionalPutDue(to_datetime64(self.day[paths])))

    def _apply_put(self, paths: np.ndarray, elected: np.ndarray, due: ev.Event) -> None:
        """Apply an election on day numbers `elected` [path], and the payment that it leads to."""
        plan, day = self.plan, self.day[paths]
        price = self._price_on(day, paths) if self.note.conversion is not None else np.ones(len(paths))
        principal = plan.principal_on(day)
        state = plan.state(price, self.floats.interest.accrual_start(day), principal)
        state = self._apply(state, ev.PutElection(to_datetime64(elected), principal), paths)
        self._apply(state, due, paths)

    def _converted(self, state: State, paths: np.ndarray, principal: np.ndarray) -> State:
        plan, found = self.plan, self.found
        day = self.day[paths]
        at_default = self.at_default[paths]
        row = np.where(at_default, found.default[paths], found.exit[paths])
        close = np.where(at_default, found.default_close[paths], found.exit_close[paths])
        before = np.where(at_default, found.default_before[paths], found.exit_before[paths])
        if self.reasons is not None:
            change = self.window_change[paths]
            at, kept, kind = np.flatnonzero((change >= 0) & ~at_default), self.reasons.kept, self.reasons.kind
            row[at], change = self.window_row[paths[at]], change[at]
            close[at], before[at] = kept.close[kind[change], change], kept.before[kind[change], change]
        if self.elected.any():
            at = np.flatnonzero(self.elected[paths])
            last, on = self.last_elected, paths[at]
            row[at], close[at], before[at] = last.row[on], last.close[on], last.before[on]
        # The close used for a fraction: that of the row, or of the row before where the terms use an earlier day (CNV-4).
        assert self.note.conversion is not None
        in_lieu = np.where(plan.days[row] <= self.note.conversion.close_day(day), close, before)
        state = self._spared(state, paths, day)
        self._shares_at = close, day
        state = self._apply(state, ev.Convert(to_datetime64(day), principal), paths, Shown(close=in_lieu))
        if not state.settlements:
            return state
        (item,) = state.settlements
        # A conversion late in the note's life may count only after the last day whose price settles it.
        self._shares_at = np.where(item.due > item.last, close, self._period(paths)[1][-1]), item.due
        return self._apply(state, ev.SettlementDue(to_datetime64(item.due)), paths, Shown(days=self._observed(paths)))

    def _observed(self, paths: np.ndarray, before: np.ndarray | None = None) -> list[tuple[Any, Any]]:
        """(conversion value of a denomination, price), each float64 [k], on the days of observation periods (STL-1).

        `before` [k]: rows of a default; from that row on, the price is that of the row before (STL-2).
        """
        plan, day = self.plan, self.converted_on[paths]
        first, closes = self._period(paths)
        rows = first + np.arange(len(closes))[:, None]
        boost = np.ones(len(paths))
        if self.reasons is not None:
            boost = self._price_on(day, paths) / self.price_at(paths, day, day, self.call[paths] < NEVER)
        for row, given in observing.prior_prices(plan).items():
            closes[rows == row] = given
        known = np.concatenate([plan.prior_days, plan.days])
        at = rows + len(plan.prior_days)
        if before is not None:
            late = rows >= before
            closes = np.where(late, self.found.default_before[paths], closes)
            at = np.where(late, before + len(plan.prior_days), at)
        found = []
        for close, place in zip(closes, at, strict=True):
            on = known[np.minimum(place, len(known) - 1)]
            price = self._price_on(on, paths)
            found.append((close * plan.convertible_into / price * boost, close))
        return found

    def _period(self, paths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """First rows of the observation periods of conversions on `paths`, [k], and the closes of their days, [day, k]."""
        found = self.found
        assert found.observed is not None
        first, closes = found.observed.first[paths], found.observed.closes[:, paths].copy()
        others: list[tuple[Observed | None, np.ndarray, np.ndarray]] = []
        if found.windowed is not None and self.reasons is not None:
            at = np.flatnonzero(self.window_change[paths] >= 0)
            change = self.window_change[paths[at]]
            others.append((found.windowed.observed, at, found.windowed.item(self.reasons.kind[change], change)))
        if found.elected is not None:
            at = np.flatnonzero(self.elected[paths])
            others.append((found.elected.observed, at, self.last_elected.item[paths[at]]))
        for observed, at, item in others:
            if observed is not None:
                first[at], closes[:, at] = observed.first[item], observed.closes[:, item]
        return first, closes

    def _claims(self, notice: Notice, paths: np.ndarray) -> None:
        """Conversions not yet settled when the issuer defaults (STL-2)."""
        plan, note = self.plan, self.floats
        day = self.converted_on[paths]
        principal = plan.principal_on(day)
        state = plan.state(self._price_on(day, paths), note.interest.accrual_start(day), principal)
        state = self._noticed(state, notice, paths)
        state = self._spared(state, paths, day)
        before, self._shares_at = self.cash[paths].copy(), (np.zeros(len(paths)), day)
        state = self._apply(state, ev.Convert(to_datetime64(day), principal), paths, Shown())
        due = self.note.interest.window_due(day) if self.note.interest.record_days else np.zeros(len(day), np.int64)
        unpaid = (due > 0) & (self.note.principal.payment_day(np.where(due > 0, due, day)) > self.day[paths])
        # An amount paid in for a coupon that is not paid is returned (CNV-5c).
        back = np.where(unpaid, np.maximum(before - self.cash[paths], 0.0), 0.0)
        self.cash[paths] += back
        self.value[paths] += back * self._discount(self.note.principal.payment_day(self.day[paths]))
        if notice is Notice.NOTICED:  # converted before the effect, which may still pay a make-whole (WDR-5)
            moved = (self.pays[paths] & (self.effective[paths] <= self.day[paths])).astype(float)
            state = self._apply(state, ev.WithdrawalDue(to_datetime64(self.effective[paths])), paths, moved=moved)
        if notice is Notice.CALLED and note.redemption is not None and note.redemption.make_whole_amount:
            redemption, stops = self.redemption[paths], self._table(plan.stops, self.found.default, NO_DAY)[paths]
            moved = ((redemption <= self.day[paths]) & (redemption < stops)).astype(float)
            self._apply(state, ev.RedemptionDue(to_datetime64(redemption)), paths, moved=moved)
        days = self._observed(paths, self.found.default[paths])
        default = ev.Default(to_datetime64(self.day[paths]), recovered=np.float64(plan.model.recovery))
        self._apply(state, default, paths, Shown(days=days))

    def _spared(self, state: State, paths: np.ndarray, day: np.ndarray) -> State:
        """The state with the changes that spare conversions on `day` [k] a coupon paid in (PIN-1)."""
        assert self.note.conversion is not None
        excepted = self.note.conversion.pays_in_except
        if "repurchase" in excepted and self.note.fundamental_change is not None and len(self.found.change_row):
            return dataclasses.replace(state, changes=(self._repurchase_in_window(paths, day),))
        return state

    def _repurchase_in_window(self, paths: np.ndarray, day: np.ndarray) -> Change:
        """A change whose repurchase date spares a conversion on `day` [k] the coupon of its record window (PIN-1); 0 for none."""
        plan, found, terms = self.plan, self.found, self.note.principal
        place = np.full(self.size, -1)
        place[paths] = np.arange(len(paths))
        known = place[found.change_path] >= 0
        at, born = place[found.change_path[known]], found.change_row[known]
        repurchase, due = plan.repurchase[born], self.note.interest.window_due(day[at])
        spared = (due > 0) & (repurchase < NO_DAY) & (self.policy.mailed(self.note, plan.days[born]) <= day[at])
        spared &= repurchase > self.note.interest.record_day(due)
        spared &= repurchase <= terms.banks.after(np.where(due > 0, due, terms.maturity_day))
        days = np.zeros(len(paths), np.int64)
        days[at[spared]] = repurchase[spared]
        return Change(0, notice=0, repurchase=days)

    def _apply(
        self, state: State, event: ev.Event, paths: np.ndarray, seen: Seen | None = None, moved: np.ndarray | None = None
    ) -> State:
        """The state after an event on `paths`; its payments are booked, multiplied by `moved` [path] (0 or 1) if given."""
        step: Transition = apply(self.applied, state, event, seen)
        for flow in step.flows:
            self._book(flow if moved is None else flow._replace(cash=flow.cash * moved), paths)
        return step.state

    def _book(self, flow: Flow, paths: np.ndarray) -> None:
        if np.ndim(flow.cash):
            self.cash[paths] += flow.cash
            self.value[paths] += flow.cash * self._discount(flow.payment_day)
        if flow.kind in ("conversion", "settlement") and np.ndim(flow.shares):
            close, day = self._shares_at
            self.shares[paths] += flow.shares
            self.value[paths] += flow.shares * close * self._discount(day)
