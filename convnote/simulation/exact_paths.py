"""Exact paths: search and settlement of a block under a user's policy object, by replaying every path.

The walk drops paths that need no further decision, which changes what is drawn afterwards. To give a policy object the closes
that a `Policy` with the same decisions would get, the replays advance with the walk, a chunk of days at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.calendars import day_number, to_date
from convnote.errors import LifecycleError, MarketError, TermsError
from convnote.lifecycle import State, Status
from convnote.lifecycle import events as ev
from convnote.lifecycle.agenda import acting_day
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote
from convnote.policies import last_days
from convnote.replays.ledger import Ledger, replay
from convnote.simulation import observing
from convnote.simulation.day_tables import NO_DAY
from convnote.simulation.endings import End, Notice
from convnote.simulation.one_path import MOST, Block, as_held
from convnote.simulation.plan import Plan
from convnote.simulation.search import Search
from convnote.simulation.settlement import Settled, changes_held
from convnote.simulation.walks import BlockWalk
from convnote.simulation.watchlist import Found

if TYPE_CHECKING:
    from convnote.simulation.job import Job

_ENDS = {
    Status.CONVERTED: End.CONVERTED,
    Status.REDEEMED: End.REDEEMED,
    Status.REPURCHASED: End.REPURCHASED,
    Status.MATURED: End.MATURED,
    Status.DEFAULTED: End.DEFAULTED,
}


class _Recorded:
    """A policy object, and the last day on which anything it has decided takes effect."""

    def __init__(self, policy: Any) -> None:
        self.policy, self.latest = policy, -NO_DAY

    def _kept(self, note: ConvertibleNote, events: Iterable[ev.Event]) -> list[ev.Event]:
        kept = list(events)
        self.latest = max([self.latest, *(acting_day(note, event) for event in kept)])
        return kept

    def decide(self, note: ConvertibleNote, state: State, on: int, observations: Any) -> list[ev.Event]:
        return self._kept(note, self.policy.decide(note, state, on, observations))

    def respond(self, note: ConvertibleNote, state: State, event: ev.Event, observations: Any) -> list[ev.Event]:
        return self._kept(note, self.policy.respond(note, state, event, observations))


@dataclass
class _Leg:
    """A path replayed up to a row: the state before that row and the closes from it on."""

    state: State | None
    row: int = 0
    closes: list[np.ndarray] = field(default_factory=list)


class ExactSearch(Search):
    """The search under a policy object: after each chunk of days, every path that still matters is replayed to its end."""

    def __init__(self, walk: BlockWalk, plan: Plan) -> None:
        super().__init__(walk, plan.watchlist)
        self.plan = plan
        self.note, self.start = as_held(plan)
        self.keeps_on = plan.model.hazard_exponent != 0.0
        self.legs: dict[int, _Leg] = {}
        self.changes: dict[int, list[int]] = {}
        for row, path in zip(walk.draws.row.tolist(), walk.draws.path.tolist(), strict=True):
            self.changes.setdefault(path, []).append(row)

    def _segment(self, start: int, end: int) -> None:
        """Nothing: what a policy object looks at is unknown until it is asked."""

    def _decisions(self) -> None:
        walk = self.walk
        lanes = np.flatnonzero(self.retire[: walk.count] >= walk.first)
        closes = walk.closes(lanes, walk.first, walk.last)
        for place, lane in enumerate(lanes.tolist()):
            path = int(walk.path[lane])
            last = max(self._last_row(path, closes[:, place]), walk.first)  # a right withdrawn before the start leaves no row
            self.retire[lane] = min(int(self.retire[lane]), last)

    def _last_row(self, path: int, closes: np.ndarray) -> int:
        """The last row that matters to a path whose closes in this chunk are `closes` [row], as far as is known by now."""
        plan, walk, maturity = self.plan, self.walk, self.note.principal.maturity_day
        leg = self.legs.setdefault(path, _Leg(self.start))
        leg.closes.append(closes)
        end, default = walk.last, int(walk.default[path])
        until = int(plan.days[end]) - 1 if end < len(plan.days) else maturity
        if default < end:
            until = int(plan.days[default]) - 1
        if until < plan.days[leg.row]:
            return default
        ledger, policy = self._replayed(path, leg, until)
        if policy.latest <= until:  # the state covers everything under way
            self.legs[path] = _Leg(ledger.state, end)
        return self._retires(ledger)

    def _replayed(self, path: int, leg: _Leg, until: int) -> tuple[Ledger, _Recorded]:
        plan, policy = self.plan, _Recorded(self.plan.decider)
        closes = np.concatenate(leg.closes)
        days = plan.days[leg.row : leg.row + len(closes)]
        if leg.state is None:
            days, closes = np.concatenate([plan.prior_days, days]), np.concatenate([plan.prior, closes])
        history = MarketHistory(dates=days.view("datetime64[D]"), closes=closes, currency=self.note.closes_currency)
        rows = [row for row in self.changes.get(path, []) if row >= leg.row and plan.days[row] <= until]
        events = market_events(plan, rows, None)
        try:
            return replay(self.note, history, events=events, policy=policy, until=to_date(until), state=leg.state), policy
        except LifecycleError as error:
            if error.ledger is None or not error.ledger.state.status.is_final:
                error.add_note(f"decided by the policy on path {path} of its block")
                raise
            return error.ledger, policy

    def _paid_by(self, day: int, redemption: int | None = None) -> int:
        """The last row that matters after a conversion counting on a day: its payment's row, where that is later (STL-1)."""
        row = int(self.plan.row_by(day))
        if not observing.takes_time(self.note):
            return row
        called = None if redemption is None else np.array([redemption])
        return max(row, int(observing.windows(self.plan, np.array([day]), called)[1][0]))

    def _retires(self, ledger: Ledger) -> int:
        """The row after which the path needs no decision, by the rule that `Search` applies to rights it finds used."""
        plan, state, last = self.plan, ledger.state, len(self.plan.days) - 1
        rows = [last]
        whole = [call for call in state.calls if call.whole]
        if state.withdrawal is not None:
            notice, effective = state.withdrawal
            day = int(last_days.before_withdrawal(plan.policy, self.note, effective, 0.0).day)
            done = max(self._paid_by(day), int(plan.row_by(notice)), plan.last_low_put)
            rows.append(last if self.keeps_on else done)
        elif whole:
            call = whole[0]
            day = int(last_days.before_redemption(self.note, call.redemption).day)
            done = max(self._paid_by(day, call.redemption), int(plan.row_by(call.notice)))
            kept = last if observing.takes_time(self.note) else int(plan.row_from(call.redemption))
            rows.append(kept if self.keeps_on else done)
        gone = any(entry.principal for entry in ledger)  # otherwise it was paid or converted in an earlier chunk
        if state.status in (Status.CONVERTED, Status.SETTLING) and gone and state.withdrawal is None and not whole:
            day = _end_day(ledger)
            rows += [self._paid_by(day)] if int(plan.row_by(day)) < self.watchlist.end else []
        if state.status is Status.REPURCHASED and gone:
            rows.append(int(plan.row_from(_end_day(ledger))))
        for position in state.positions.values():
            rows += [int(plan.row_from(int(state.changes[number].repurchase))) for number in position.elected]
            rows += [int(plan.row_from(int(put_day))) for put_day in (*position.put, *position.put_on_low)]
        return min(rows)


class RetracedSearch(Search):
    """The same walk again, with the row at which each path was dropped already known."""

    def __init__(self, walk: BlockWalk, plan: Plan, left: np.ndarray) -> None:
        super().__init__(walk, plan.watchlist)
        self.rows = left

    def _segment(self, start: int, end: int) -> None:
        """Nothing: the decisions are already known."""

    def _decisions(self) -> None:
        paths = self.walk.path[: self.walk.count]
        self.retire[: self.walk.count] = np.minimum(self.retire[: self.walk.count], self.rows[paths])


def market_events(plan: Plan, changes: Iterable[int], default: int | None) -> list[ev.Event]:
    """Fundamental changes on the given rows, where the note provides for them, and a default on a row."""
    maturity, events = plan.note.principal.maturity_day, list[ev.Event]()
    if plan.note.fundamental_change is not None:
        events += [ev.FundamentalChange(to_date(plan.days[row])) for row in changes if plan.days[row] < maturity]
    if default is not None:
        events.append(plan.default_on(default))
    return events


def settle_exactly(job: Job, plan: Plan, number: int, found: Found) -> Settled:
    """The outcome of every path of a block under a policy object, each from the ledger of its own replay."""
    size = len(found.default)
    rows = np.full((size, 4), NO_DAY)  # ending, last day, notice of withdrawal, notice of a call
    notice, money = np.zeros(size, np.int8), np.zeros((size, 4))
    step = max(MOST // len(plan.days), 1)
    changes: dict[int, list[int]] = {}
    for row, path in zip(found.change_row.tolist(), found.change_path.tolist(), strict=True):
        changes.setdefault(path, []).append(row)
    acted = set[tuple[int, int]]()  # a change on the day of a conversion may be the reason for it
    for first in range(0, size, step):
        block = Block(job, plan, number, np.arange(first, min(first + step, size)), left=found.left)
        for place, path in enumerate(block.paths.tolist()):
            default = int(found.default[path])
            falls = default if default < len(plan.days) else None
            ledger = _replayed(plan, block, place, changes.get(path, []), falls)
            rows[path], notice[path] = _ending(plan, ledger, job, number * job.block + path)
            money[path] = _money(plan, ledger, block.closes(place))
            acted |= {(path, int(day_number(entry.date))) for entry in ledger.of_kind("fundamental-change")}
    born = zip(found.change_path.tolist(), plan.days[found.change_row].tolist(), strict=True)
    path_of, row_of, surplus = changes_held(plan, found, rows[:, 1], np.array([each in acted for each in born], bool))
    return Settled(
        notice=notice,
        end=rows[:, 0].astype(np.int8),
        end_day=rows[:, 1].copy(),
        notice_day=rows[:, 2].copy(),
        conversion_price=money[:, 3].copy(),
        shares=money[:, 1].copy(),
        cash=money[:, 0].copy(),
        present_value=money[:, 2].copy(),
        call_day=rows[:, 3].copy(),
        change_path=path_of,
        change_row=row_of,
        change_surplus=surplus,
        left=found.left,
        left_price=found.left_price,
        default=found.default,
    )


def _replayed(plan: Plan, block: Block, place: int, changes: list[int], default: int | None) -> Ledger:
    """The whole life of a path. Where a later close is beyond any history, closes to the last row that matters are enough."""
    try:
        history = block.history(place)
    except MarketError:
        last = int(plan.days[block.found.left[block.paths[place]]])
        ledger = _whole_life(plan, block.history(place, last), [row for row in changes if plan.days[row] <= last], default, last)
        if ledger.state.status.is_final and int(plan.note.interest.window_due(_end_day(ledger))) <= last:
            return ledger
        raise
    return _whole_life(
        plan, history, changes, default, observing.last_day(plan.note) if observing.takes_time(plan.note) else None
    )


def _whole_life(plan: Plan, history: MarketHistory, changes: list[int], default: int | None, last: int | None) -> Ledger:
    """One path replayed to maturity; market events after the last principal has gone are ignored.

    `last` is the day number on which the replay ends (None: maturity); a late conversion is paid after maturity (STL-1).
    """
    note, start = as_held(plan)
    until = None if last is None else to_date(last)

    def life(rows: list[int], dead: int | None) -> Ledger:
        return replay(note, history, events=market_events(plan, rows, dead), policy=plan.decider, state=start, until=until)

    dies = default if default is not None and (last is None or plan.days[default] <= last) else None
    try:
        return life(changes, dies)
    except LifecycleError as error:
        if error.ledger is None or not error.ledger.state.status.is_final:
            raise
        end = _end_day(error.ledger)
    dead = dies if dies is not None and plan.days[dies] <= end else None
    return life([row for row in changes if plan.days[row] < end], dead)


def _end_day(ledger: Ledger) -> int:
    return max(int(day_number(entry.date)) for entry in ledger if entry.principal)


def _ending(plan: Plan, ledger: Ledger, job: Job, path: int) -> tuple[tuple[int, int, int, int], Notice]:
    """How and when a path ended, and the days of the Company's notices, NO_DAY where none was given."""
    state = ledger.state
    if state.status not in _ENDS:
        reason = f"path {path} ends {state.status} under it: Outcomes has no word for that"
        raise TermsError(reason, field="simulate policy", value=repr(job.policy))
    end, day = _ENDS[state.status], _end_day(ledger)
    if end is End.REPURCHASED and any(entry.kind == "put" for entry in ledger if entry.principal):
        end = End.PUT
    calls = [int(call.notice) for call in state.calls if call.whole and call.notice <= day]
    notice, noticed_on = (Notice.CALLED if calls else Notice.NONE), NO_DAY
    if state.withdrawal is not None and state.withdrawal[0] <= day:
        noticed_on, effective = map(int, state.withdrawal)
        notice = Notice.NOTICED if effective > day else Notice.WITHDRAWN_CALLED if calls else Notice.WITHDRAWN
    return (end, day, noticed_on, calls[0] if calls else NO_DAY), notice


def _money(plan: Plan, ledger: Ledger, closes: np.ndarray) -> tuple[float, float, float, float]:
    """Cash, shares, present value and conversion price of one path."""
    cash = shares = value = 0.0
    start = plan.model.start
    for entry in ledger:
        paid, day = int(day_number(entry.payment_date)), int(day_number(entry.date))
        value += float(entry.cash) * float(plan.discount[paid - start])
        if entry.shares:
            shares += entry.shares
            value += entry.shares * float(closes[plan.row_by(day)]) * float(plan.discount[day - start])
    cash = float(ledger.total())
    price = ledger.state.price
    return cash, shares, value, 1.0 if price is None else float(price)
