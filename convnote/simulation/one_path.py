"""One path: any single path made again from (seed, block) alone: its closes, its events and its exact ledger."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import decimal, fraction
from convnote.calendars import to_date
from convnote.errors import MarketError
from convnote.lifecycle import Position, State
from convnote.lifecycle import events as ev
from convnote.lifecycle.register import Register
from convnote.lifecycle.state import ISSUE
from convnote.market import MarketHistory
from convnote.market.columns import BEYOND
from convnote.market.model_walks import TWO_FACTORS
from convnote.note import ConvertibleNote
from convnote.replays.ledger import Ledger, replay
from convnote.simulation import observing
from convnote.simulation.endings import End, Notice
from convnote.simulation.paths import Draws, F
from convnote.simulation.plan import Plan
from convnote.simulation.settlement import Settled
from convnote.simulation.walk_models import OwnCloses, walk_of
from convnote.simulation.walks import BlockWalk
from convnote.simulation.watchlist import Found

if TYPE_CHECKING:
    from convnote.simulation.job import Job

#: The walks of a whole block are kept if they hold at most this many numbers.
MOST = 8_000_000


class Block:
    """One block run again, recording the walks of all or some of its paths."""

    def __init__(self, job: Job, plan: Plan, block: int, paths: np.ndarray, left: np.ndarray | None = None) -> None:
        self.job, self.plan, self.number = job, plan, block
        self.known = frozenset(paths.tolist())
        search = job.search(plan, block, left)
        self.paths = paths
        self.walks = np.full((search.walk.layers, len(plan.days), len(paths)), np.nan, F)
        search.record = self._record
        self.walk = search.walk
        self.found: Found = search.run()

    @cached_property
    def settled(self) -> Settled:
        """The outcome of each of the block's paths."""
        return self.job.settle(self.plan, self.number, self.found)

    def history(self, place: int, until: int | None = None) -> MarketHistory:
        """The closes of the path at `place`, preceded by those known at the start, up to day number `until` (None: all).

        Raises `MarketError` naming the path and the day for a close that no history takes: in a model whose hazard rises with the
        price, the drift that compensates for it can grow without bound.
        """
        plan, at_issue = self.plan, self.plan.start is None
        end = len(plan.days) if until is None else max(int(plan.row_by(until)) + 1, 1)
        days = np.concatenate([plan.prior_days, plan.days[:end]]) if at_issue else plan.days[:end]
        dates = days.view("datetime64[D]")
        number = self.number * self.job.block + int(self.paths[place])
        source = f"path {number} of a simulation, seed {self.job.seed}"
        currency, closes = plan.note.closes_currency, self.closes(place)[:end]
        if (beyond := np.flatnonzero(~(closes < BEYOND))).size:
            reason = f"the close on {to_date(plan.days[beyond[0]])} is beyond any history; expected a figure below 1e15"
            raise MarketError(reason, field=f"path {number} of the simulation", value=f"{closes[beyond[0]]:.3g}")
        if plan.grid.kind == TWO_FACTORS:
            walk: Any = self.walk
            quoted = np.asarray(self._each(place, walk.quoted))[:, :end]
            share, rate = np.concatenate([plan.prior_quotes, quoted], axis=1) if at_issue else quoted
            return MarketHistory.from_usd(dates, share, dates, rate, currency=currency, source=source)
        closes = np.concatenate([plan.prior, closes]) if at_issue else closes
        return MarketHistory(dates=dates, closes=closes, currency=currency, source=source)

    def _record(self, walk: BlockWalk) -> None:
        lanes = walk.lane[self.paths]
        living = np.flatnonzero(lanes >= 0)
        self.walks[:, walk.first : walk.last, living] = walk.rows(lanes[living], walk.first, walk.last)

    def closes(self, place: int) -> np.ndarray:
        """The quoted closes of the recorded path at `place`, float64 [row]; past the row at which it was dropped, drawn alone."""
        return np.asarray(self._each(place, self.walk.quote))

    def _each(self, place: int, quote: Any) -> Any:
        path, walks = int(self.paths[place]), self.walks[:, :, place].copy()
        left, default = int(self.found.left[path]), int(self.found.default[path])
        walks[:, left + 1 :] = self._after(path, left, walks[:, left])
        rows = np.arange(len(self.plan.days))
        if default >= len(rows):
            return quote(walks, rows)
        left_over = 1.0 - self.plan.model.default_jump
        parts = quote(walks[:, :default], rows[:default]), quote(walks[:, default:], rows[default:], left_over)
        return np.concatenate(parts, axis=-1)

    def _after(self, path: int, left: int, end: np.ndarray) -> np.ndarray:
        """The walk from row `left` on, drawn for this path alone with the jumps already assigned to it; [layer, row]."""
        plan, draws = self.plan, self.walk.draws
        if isinstance(self.walk, OwnCloses):  # drawn to the end already
            return self.walk.alone(path, left + 1)
        seed = np.random.SeedSequence(self.job.seed, spawn_key=(self.number, 3, path))
        nothing = np.empty(0, np.int32)
        alone = Draws(
            default=np.full(1, len(plan.days), np.int32), row=nothing, path=nothing, jump=np.empty(0, F),
            endurance=np.full(1, np.inf), walk=seed,
        )  # fmt: skip
        walk = walk_of(plan.grid, alone, 1, plan.prior, plan.watchlist.reach)
        rows = []
        while walk.advance():
            rows.append(walk.rows(np.zeros(1, np.int64), walk.first, walk.last)[:, :, 0])
        tail = np.concatenate(rows, axis=1)
        tail = end[:, None] + (tail[:, left + 1 :] - tail[:, left : left + 1])
        for row, jump in zip(draws.row[draws.path == path], draws.jump[draws.path == path], strict=True):
            if row > left:
                tail[0, row - left - 1 :] += jump
        return np.asarray(tail, F)


def ledger(block: Block, settled: Settled, path: int, place: int) -> Ledger:
    """The path at `path` of a block, replayed exactly: closes and market events are given, and every decision is made again.

    `place` is its place among the recorded paths.
    """
    plan = block.plan
    end_day, end, notice = int(settled.end_day[path]), End(settled.end[path]), Notice(settled.notice[path])
    maturity = plan.note.principal.maturity_day
    events: list[ev.Event] = [
        ev.FundamentalChange(to_date(plan.days[row]))
        for row in settled.change_row[settled.change_path == path]
        if plan.note.fundamental_change is not None and plan.days[row] < maturity
    ]
    default = int(settled.default[path])
    if default < len(plan.days) and plan.days[default] <= end_day:
        events.append(plan.default_on(default))
    until = end_day
    if end is not End.DEFAULTED:  # a coupon of record may still be due
        until = max(until, int(plan.note.interest.window_due(end_day)))
    if end is End.CONVERTED:
        until = max(until, _still_due(plan, notice, int(settled.call_day[path]), int(settled.notice_day[path])))
    if observing.takes_time(plan.note):  # to the last payment of a settlement
        until = max(until, min(observing.last_day(plan.note), maturity + 366))
    until = min(until, maturity + 366)
    note, state = as_held(plan)
    try:
        history = block.history(place, until)
    except MarketError:
        # Where a later close is beyond any history, closes to the last row that matters may be enough.
        last = int(plan.days[settled.left[path]])
        if max(end_day, int(plan.note.interest.window_due(end_day))) > last:
            raise
        short = replay(note, block.history(place, last), events=events, policy=plan.decider, until=to_date(last), state=state)
        if short.state.status.is_final:
            return short
        raise
    return replay(note, history, events=events, policy=plan.decider, until=to_date(until), state=state)


def _still_due(plan: Plan, notice: Notice, called: int, noticed: int) -> int:
    """Day number by which a make-whole is paid to holders who converted after a notice; 0 where none can be due."""
    call, withdrawal = plan.note.redemption, plan.note.withdrawal
    if notice is Notice.CALLED and call is not None and call.make_whole_amount:
        # The day tables are those of a policy of boundaries; any other policy may give any notice allowed.
        return int(plan.redemption[plan.row_by(called)]) if plan.is_settled else called + call.notice_at_most
    if notice is Notice.NOTICED and withdrawal is not None:
        return int(plan.effective[plan.row_by(noticed)]) if plan.is_settled else noticed + withdrawal.notice_at_most
    return 0


def as_held(plan: Plan) -> tuple[ConvertibleNote, State | None]:
    """The note and the state as if the simulated principal were the whole issue, on which payments are rounded (INT-7)."""
    terms = plan.note.principal
    principal, unit = decimal(plan.principal), terms.denomination
    whole_notes = fraction(principal) // fraction(unit)  # exact in any decimal context
    issued = decimal(max(whole_notes, 1) * fraction(unit))  # the rest was added by coupons in kind (PIK-1c)
    note = dataclasses.replace(plan.note, principal=dataclasses.replace(terms, issue_size=issued, certificates={}))
    if plan.start is None:
        return note, None
    held = plan.start.positions.values()
    (payments,) = {each.payments for each in held}  # holders who were paid differently have been refused
    whole = fraction(principal)
    (elected,) = {each.elected_low for each in held}  # and so have those of whom some used a right that others still have
    position = Position(
        outstanding=whole,
        of_record=whole if any(each.of_record for each in held) else whole * 0,
        payments=payments,
        elected_low=elected,
    )
    in_force = None if plan.start.terms is None else note
    further = whole - fraction(issued)
    start = dataclasses.replace(plan.start, positions=Register({ISSUE: position}), retired={}, terms=in_force, further=further)
    return note, start
