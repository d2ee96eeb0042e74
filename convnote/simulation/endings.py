"""Endings: what was decided on each path, from the closes the search kept, and which event comes first.

A replay makes the same comparisons day by day; here they are made once for all paths of a block. Arrays are [path], in rows of
the grid or day numbers; events of one day follow the order of the lifecycle.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from convnote.arithmetic import exceeds
from convnote.policies import last_days
from convnote.simulation import observing
from convnote.simulation.day_tables import NO_DAY
from convnote.simulation.elected import Elected, LastDecision
from convnote.simulation.opening import open_on
from convnote.simulation.paths import NEVER
from convnote.simulation.plan import Plan
from convnote.simulation.reasons import Reasons
from convnote.simulation.watchlist import Found


class Notice(IntEnum):
    """The Company's notices before the end."""

    NONE = 0
    CALLED = 1
    #: notice of a withdrawal that did not take effect while the note was held
    NOTICED = 2
    WITHDRAWN = 3
    WITHDRAWN_CALLED = 4


class End(IntEnum):
    """How the principal ended."""

    MATURED = 0
    CONVERTED = 1
    REDEEMED = 2
    REPURCHASED = 3
    PUT = 4
    DEFAULTED = 5


class Endings:
    """What happened on each path of a block; `end`, `day` and `notice` are the result."""

    def __init__(self, plan: Plan, found: Found) -> None:
        self.plan, self.found = plan, found
        self.note, self.floats, self.policy = plan.note, plan.note.floats, plan.policy
        self.size = len(found.default)
        self.every = np.arange(self.size)
        self.default_day = plan.day_of(found.default)
        self.denomination = float(self.note.denomination)
        self.maturity = self.note.principal.maturity_day
        self.at_default = np.zeros(self.size, bool)
        #: Notes that convert although they are under election
        self.elected = np.zeros(self.size, bool)
        self.reasons = None if found.windowed is None else Reasons(plan, found.windowed, found.call, self._price_on)
        self._notices()
        self._last_conversions()
        self._conversions_on_change()
        self._puts()
        self._ends()

    # --- what happened, in rows and days

    def _table(self, table: np.ndarray, rows: np.ndarray, otherwise: float) -> np.ndarray:
        """Values of a table [row] at `rows`, `otherwise` where the row never occurs; of the shape of `rows`."""
        return np.append(table, table.dtype.type(otherwise))[np.minimum(rows, len(table))]

    def _price_on(self, days: np.ndarray, paths: np.ndarray) -> np.ndarray:
        if len(self.found.prices) == 1:
            return self.found.prices[0, paths]
        return self.found.prices[self.plan.resets_by(days), paths]

    def price_at(self, paths: np.ndarray, on: np.ndarray, day: np.ndarray, called: np.ndarray | None = None) -> np.ndarray:
        """The price of a conversion that counts on day numbers `day`, as known on `on`; of Notes under their call if `called`."""
        return self._price_on(on, paths) if self.reasons is None else self.reasons.price(paths, on, day, called)

    def _worth_more(self, close: np.ndarray, price: np.ndarray, amount: np.ndarray | float) -> np.ndarray:
        """Whether the conversion value exceeds an amount per denomination; False where the close is missing."""
        with np.errstate(invalid="ignore"):
            return np.asarray(exceeds(close * self.plan.convertible_into, amount * price))

    def _opened(self, on: np.ndarray, days: np.ndarray, paths: np.ndarray, called: np.ndarray | None = None) -> np.ndarray:
        """Whether Notes convert on day numbers `days`, as known on `on`, or the Notes are `called` (CNT-1, CNT-3)."""
        quarters = self.plan.quarters
        result = open_on(self.plan, quarters, self.found, on, days, paths)
        return result | called if called is not None and quarters is not None and quarters.on_call else result

    def _notices(self) -> None:
        """The first notice of each path, unless a default comes first."""
        found, plan = self.found, self.plan
        self.withdraw, self.call, self.convert = (
            np.where(row < found.default, row, NEVER) for row in (found.withdraw, found.call, found.convert)
        )
        self.effective = self._table(plan.effective, self.withdraw, NO_DAY)
        # the first day on which nothing converts any longer (CNV-7, WDR-8)
        self.gone_from = self._table(plan.gone_from, self.withdraw, NO_DAY)
        self.redemption = self._table(plan.redemption, self.call, NO_DAY)

    def _last_conversions(self) -> None:
        """The paths that convert on the last day before the right ends, decided on a trading day before any default."""
        found, plan, policy = self.found, self.plan, self.policy
        decided = np.where(found.exit < found.default, found.exit, NEVER)
        on = plan.day_of(np.minimum(decided, len(plan.days) - 1))
        withdrawn, called = self.withdraw < NEVER, self.call < NEVER
        last_day, amount = np.full(self.size, plan.at_maturity.day), np.full(self.size, plan.at_maturity.amount)
        notice_day = np.where(called, plan.day_of(self.call), np.where(withdrawn, plan.day_of(self.withdraw), -NO_DAY))
        for noticed, rows, before in (
            (called, self.call, plan.before_redemption),
            (withdrawn, self.withdraw, plan.before_effect),
        ):
            if noticed.any():
                last_day[noticed], amount[noticed] = (np.broadcast_to(each, len(plan.days))[rows[noticed]] for each in before)
        price = self.price_at(self.every, on, np.where(called, last_day, on), called)
        may = np.where(withdrawn | called, policy.converts_at_end, policy.converts_at_maturity) & (not plan.is_withdrawn)
        may &= last_day >= notice_day  # a notice may leave no day to respond
        may &= last_days.is_open(self.note, plan.day_of(decided)) & self._opened(on, last_day, self.every, called)
        early = self.convert < NEVER
        self.decided = decided
        self.converts = np.where(early, True, may & (decided < NEVER) & self._worth_more(found.exit_close, price, amount))
        if early.any():
            last_day[early] = plan.days[self.convert[early]]
        self.conversion_day = np.where(self.converts, last_day, NO_DAY)

    def _conversions_on_change(self) -> None:
        """The first conversion of each path at the end of a change's window, where it is worth more than a repurchase (MWT-1)."""
        plan, reasons = self.plan, self.reasons
        self.window_row = np.full(self.size, NEVER, np.int64)
        self.window_day, self.window_change = np.full(self.size, NO_DAY), np.full(self.size, -1)
        if reasons is None or plan.is_withdrawn or not self.policy.converts_at_end:
            return
        path, born, kind = reasons.kept.path, reasons.kept.row, reasons.kind
        row, day = reasons.tables.rows[kind, born], reasons.tables.last[kind, born]
        on, call = plan.day_of(row), self.call[path]
        may = reasons.gives & (row < self.found.default[path]) & (row <= self.decided[path])
        may &= ~(self.converts[path] & (self.decided[path] <= row))
        may &= last_days.is_open(self.note, on) & ~last_days.is_over(self.note, on) & (day < self.gone_from[path])
        # On the day of its notice a call leaves only the response to it, and called Notes convert until their own last day.
        may &= self._opened(on, day, path, call < row)
        may &= (call != row) & ((call > row) | (day <= self._table(plan.before_redemption.day, call, NO_DAY)))
        at = np.flatnonzero(may)
        close = reasons.kept.close[kind[at], at]
        at = at[self._worth_more(close, reasons.price(path[at], on[at], day[at]), reasons.tables.amount[born[at]])]
        at = at[np.argsort(row[at], kind="stable")[::-1]]
        self.window_change[path[at]] = at  # the last one written, the earliest, stays
        chosen = np.flatnonzero(self.window_change >= 0)
        change = self.window_change[chosen]
        self.window_row[chosen], self.window_day[chosen] = row[change], day[change]

    def _convert_on_change(self) -> None:
        """Conversions at the end of a change's window come before whatever was decided later."""
        first = (self.window_row < NEVER) & (self.window_row <= self.put_row)
        self.window_change[~first], self.window_row[~first] = -1, NEVER
        self.converts |= first
        self.decided = np.where(first, self.window_row, self.decided)
        self.conversion_day = np.where(first, self.window_day, self.conversion_day)
        for notice in (self.call, self.straight_call):
            notice[self.window_row < notice] = NEVER

    def _puts(self) -> None:
        """The first election of each path: on a fundamental change, or on a put date."""
        found, plan = self.found, self.plan
        self.put_row = np.full(self.size, NEVER, np.int64)
        self.put_day = np.full(self.size, NO_DAY)
        self.put_end = np.full(self.size, End.REPURCHASED, np.int8)
        self.put_change = np.full(self.size, -1)
        self._straight_calls()
        if plan.watchlist.change is not None and len(found.change_row):
            self._elections()
        for place, (put_day, _) in enumerate(plan.put_days):
            row, _, value = plan.watchlist.puts[place]
            used = self._elects(self.every, np.full(self.size, row), found.put_close[place], np.full(self.size, value))
            used &= self.put_row > row
            self.put_row[used], self.put_day[used], self.put_end[used] = row, put_day, End.PUT
        self._low_puts()
        # A Note under election is not called and does not convert.
        self.call[self.put_row < self.call] = NEVER
        self.convert[self.put_row < self.convert] = NEVER
        self.straight_call[self.put_row < self.straight_call] = NEVER
        self.converts &= self.put_row >= self.decided
        if self.reasons is not None:
            self._convert_on_change()
        if found.elected is not None:
            self._convert_elected(found.elected)

    def _convert_elected(self, kept: Elected) -> None:
        """Notes under election convert on their last day, where that is then worth more than the payment (END-2)."""
        plan, on_change = self.plan, (self.put_row < NEVER) & (self.put_end == End.REPURCHASED)
        change = np.where(on_change, self.put_change, -1)
        born = self.found.change_row[change] if len(self.found.change_row) else np.zeros(self.size, np.int64)
        put = np.full(self.size, -1)
        for place, (put_day, _) in enumerate(plan.put_days):
            put[(self.put_row < NEVER) & (self.put_end == End.PUT) & ~self.on_low & (self.put_day == put_day)] = place
        last = LastDecision.of(plan, kept, change, born, put)
        on = plan.day_of(last.row)
        may = (last.row > self.put_row) & (last.row < self.found.default) & (last.day < self.gone_from)
        may &= last_days.is_open(self.note, on) & ~last_days.is_over(self.note, on) & self._opened(on, last.day, self.every)
        price = self.price_at(self.every, on, np.where(on_change, last.day, on))
        self.elected = may & self._worth_more(last.close, price, last.amount)
        self.last_elected = last
        self.converts |= self.elected
        self.decided = np.where(self.elected, last.row, self.decided)
        self.conversion_day = np.where(self.elected, last.day, self.conversion_day)
        self.put_row[self.elected] = NEVER

    def _low_puts(self) -> None:
        """Puts after low closes, which the search has decided, where nothing came before them (CPT-1)."""
        tables, row = self.plan.low_puts, self.found.low_put.astype(np.int64)
        self.on_low = np.zeros(self.size, bool)
        if tables is None:
            return
        used = self._may_elect(self.every, row) & (row < self.put_row)
        self.put_row[used], self.put_day[used], self.put_end[used] = row[used], tables.paid[row[used]], End.PUT
        self.on_low[used] = ~tables.on_a_date[row[used]]

    def _elections(self) -> None:
        found, plan = self.found, self.plan
        change = plan.watchlist.change
        assert change is not None
        path, born = found.change_path, found.change_row
        row = change.row[born].astype(np.int64)
        used = self._elects(path, row, found.change_close, change.value[born])
        chosen = np.flatnonzero(used)
        # sorted by deciding row, then by change; the first of each path is kept
        chosen = chosen[np.argsort(row[chosen], kind="stable")]
        first = np.full(self.size, -1)
        first[path[chosen[::-1]]] = chosen[::-1]  # the last one written stays
        paths = np.flatnonzero(first >= 0)
        chosen = first[paths]
        self.put_row[paths] = row[chosen]
        # An election belongs to the first change that still accepts elections on that day.
        deadline = plan.before_repurchase.day[born]
        taken = self._first_open(path, deadline, chosen) if len(chosen) else chosen
        self.put_change[paths] = taken
        self.put_day[paths] = plan.repurchase[born[taken]]

    def _first_open(self, path: np.ndarray, deadline: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """For each chosen change, the first change of its path with the same deadline."""
        order = np.lexsort((np.arange(len(path)), deadline, path))
        key_path, key_deadline = path[order], deadline[order]
        start = np.ones(len(order), bool)
        start[1:] = (key_path[1:] != key_path[:-1]) | (key_deadline[1:] != key_deadline[:-1])
        group = np.maximum.accumulate(np.where(start, np.arange(len(order)), 0))
        first = np.empty(len(order), np.int64)
        first[order] = order[group]
        return first[chosen]

    def _may_elect(self, path: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Whether each path holds the note on a row, uncalled and not converted."""
        held = (row < self.found.default[path]) & (row < len(self.plan.days))
        held &= (self.call[path] > row) & (self.convert[path] > row) & (self.straight_call[path] > row)
        return held & ~(self.converts[path] & (self.decided[path] <= row)) & (self.window_row[path] > row)

    def _elects(self, path: np.ndarray, row: np.ndarray, close: np.ndarray, value: np.ndarray) -> np.ndarray:
        """Whether each path elects on a row, below a conversion value."""
        plan, held = self.plan, self._may_elect(path, row)
        day = plan.day_of(np.minimum(row, len(plan.days) - 1))
        gone = (self.gone_from[path] <= day) | plan.is_withdrawn | last_days.is_over(self.note, day)
        price = self.price_at(path, day, day)
        with np.errstate(invalid="ignore"):
            below = exceeds(value * np.where(gone, 1.0, price), np.where(gone, 0.0, close) * self.plan.convertible_into)
        question = plan.watchlist.put_question
        if question is not None:
            open_to = held & below & ~gone
            for each in np.unique(row[open_to]):
                at = np.flatnonzero(open_to & (row == each))
                below[at] = question(int(each), close[at], price[at], path[at])
        return np.asarray(held & below)

    def _straight_calls(self) -> None:
        """The first call of Notes that no longer convert: only a boundary that needs no conversion value can be met."""
        self.straight_call = np.full(self.size, NEVER, np.int64)
        plan = self.plan
        if not plan.calls_straight:
            return
        open_rows = np.flatnonzero(plan.call_value == -np.inf)
        gone = (self.withdraw < NEVER) & ~self.converts
        effective = np.where(gone, self.effective, -NO_DAY if plan.is_withdrawn else NO_DAY)
        if self.note.conversion is not None and not plan.is_withdrawn:
            over = ~self.converts & (self.call == NEVER)
            effective[over] = np.minimum(effective[over], self.note.conversion.last_day)
        # The notice still runs on the day it takes effect, so the first trading day after it.
        first = np.searchsorted(plan.days, effective, side="right")
        place = np.searchsorted(open_rows, first)
        row = np.append(open_rows, NEVER)[place]
        self.straight_call = np.where(row < self.found.default, row, NEVER)

    def _ends(self) -> None:
        """How and when each path ends: the earliest event, with those of one day in the order of the lifecycle."""
        plan, maturity = self.plan, self.maturity
        straight = self.straight_call < NEVER
        self.redemption = np.where(straight, self._table(plan.redemption, self.straight_call, NO_DAY), self.redemption)
        end = np.full(self.size, End.MATURED, np.int8)
        day = np.full(self.size, maturity)
        called = (self.call < NEVER) | straight
        end[called], day[called] = End.REDEEMED, self.redemption[called]
        end[self.converts], day[self.converts] = End.CONVERTED, self.conversion_day[self.converts]
        put = self.put_row < NEVER
        end[put], day[put] = self.put_end[put], self.put_day[put]
        dead = (self.default_day < day) | ((end == End.MATURED) & (self.default_day <= maturity))
        # A payment that is due but not yet made on the day of a default is not made (INT-6).
        held_back = self._table(plan.stops, self.found.default, NO_DAY)
        pays = (end != End.CONVERTED) & ((end != End.MATURED) | (self.note.mandatory is None))
        dead |= pays & (held_back <= day) & (day <= self.default_day)
        self.pays = self.effective < held_back
        self.planned_day = day.copy()
        end[dead], day[dead] = End.DEFAULTED, self.default_day[dead]
        notice = np.full(self.size, Notice.NONE, np.int8)
        notice[self.call < NEVER] = Notice.CALLED
        noticed = (self.withdraw < NEVER) & (plan.day_of(self.withdraw) <= day)
        notice[noticed] = Notice.NOTICED
        # On any day, the withdrawal takes effect before payments, conversions and defaults.
        effect = noticed & (self.effective <= day) & ~((end == End.CONVERTED) & (self.effective == day))
        notice[effect] = Notice.WITHDRAWN
        called_late = straight & (plan.day_of(self.straight_call) <= day)
        notice[called_late] = np.where(self.withdraw[called_late] < NEVER, Notice.WITHDRAWN_CALLED, Notice.CALLED)
        self.end, self.day, self.notice = end, day, notice
        self.claims, self.converted_on = np.zeros(self.size, bool), day
        if observing.takes_time(self.note):
            self._not_paid()
        elif self.policy.convert_at_default and self.policy.converts_at_end:
            self._conversions_at_default(dead)

    def _not_paid(self) -> None:
        """Conversions whose settlement is unpaid on the day of a default are claims in it (STL-2)."""
        terms, principal = self.note.settlement, self.note.principal
        assert terms is not None
        self.converted_on = self.day.copy()
        paths = np.flatnonzero(self.end == End.CONVERTED)
        called = self.notice[paths] == Notice.CALLED
        last = terms.period(self.day[paths], principal, np.where(called, self.redemption[paths], 0))[1]
        pays = terms.pays_on(np.maximum(last, self.day[paths]), principal)
        late = self.default_day[paths] < pays
        gone = paths[late]
        self.claims[gone], self.end[gone], self.day[gone] = True, End.DEFAULTED, self.default_day[gone]

    def _conversions_at_default(self, dead: np.ndarray) -> None:
        """A holder who gets more by converting does so before the default, if a surrender counts on that day."""
        plan = self.plan
        if plan.is_withdrawn:
            return
        redemption = np.where(self.call < NEVER, self.redemption, NO_DAY)
        may, amount = last_days.at_default(self.note, self.day, plan.model.recovery, redemption)
        may &= dead & (self.put_row >= self.found.default) & (self.gone_from > self.day)
        may &= self._opened(self.day, self.day, self.every, self.call < NEVER)
        may &= self._worth_more(self.found.default_close, self.price_at(self.every, self.day, self.day), amount)
        self.end[may] = End.CONVERTED
        self.converts[may] = True
        self.at_default = may
