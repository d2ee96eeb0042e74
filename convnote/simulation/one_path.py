"""Again: any single path made a second time, from (seed, block) alone: its closes, its events, and the exact ledger of it."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import decimal, fraction
from convnote.calendars import to_date
from convnote.lifecycle import Position, State
from convnote.lifecycle import events as ev
from convnote.lifecycle.register import Register
from convnote.lifecycle.state import ISSUE
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote
from convnote.replays.ledger import Ledger
from convnote.replays.walk import replay
from convnote.simulation.endings import End, Notice
from convnote.simulation.paths import BLOCK, Draws, F
from convnote.simulation.plan import Course
from convnote.simulation.settlement import Lives, fold
from convnote.simulation.walk_models import TwoFactors, walk_of
from convnote.simulation.walks import Walk
from convnote.simulation.watchlist import Stops

if TYPE_CHECKING:
    from convnote.simulation.run import Job

#: Walks of a whole block are kept if they are no more than this many numbers.
MOST = 8_000_000


class Block:
    """One block run again, with the walks of all its paths or of some on record."""

    def __init__(self, job: Job, course: Course, block: int, paths: np.ndarray) -> None:
        self.job, self.course, self.number = job, course, block
        self.known = frozenset(paths.tolist())
        search = job.search(course, block)
        self.paths = paths
        self.walks = np.full((search.walk.layers, len(course.days), len(paths)), np.nan, F)
        search.record = self._record
        self.walk = search.walk
        self.stops: Stops = search.run()

    @cached_property
    def lives(self) -> Lives:
        """What became of the block's paths."""
        return fold(self.course, self.stops)

    def history(self, place: int) -> MarketHistory:
        """The closes of the path at `place`, and before them those that were known at the start."""
        course, at_issue = self.course, self.course.start is None
        days = np.concatenate([course.prior_days, course.days]) if at_issue else course.days
        dates = days.view("datetime64[D]")
        source = f"path {self.number * BLOCK + int(self.paths[place])} of a simulation, seed {self.job.seed}"
        if isinstance(self.walk, TwoFactors):
            quoted = self._each(place, self.walk.quoted)
            share, rate = np.concatenate([course.prior_quotes, quoted], axis=1) if at_issue else quoted
            return MarketHistory.from_usd(dates, share, dates, rate, currency=course.note.closes_currency, source=source)
        closes = self.closes(place)
        closes = np.concatenate([course.prior, closes]) if at_issue else closes
        return MarketHistory(dates=dates, closes=closes, currency=course.note.closes_currency, source=source)

    def _record(self, walk: Walk) -> None:
        lanes = walk.lane[self.paths]
        living = np.flatnonzero(lanes >= 0)
        self.walks[:, walk.first : walk.last, living] = walk.rows(lanes[living], walk.first, walk.last)

    def closes(self, place: int) -> np.ndarray:
        """The closes of the path at `place` among those on record, float64 [row]; where its walk was left it goes on alone."""
        return np.asarray(self._each(place, self.walk.quote))

    def _each(self, place: int, quote: Any) -> Any:
        path, walks = int(self.paths[place]), self.walks[:, :, place].copy()
        left, default = int(self.stops.left[path]), int(self.stops.default[path])
        walks[:, left + 1 :] = self._after(path, left, walks[:, left])
        rows = np.arange(len(self.course.days))
        if default >= len(rows):
            return quote(walks, rows)
        left_over = 1.0 - self.course.model.default_jump
        parts = quote(walks[:, :default], rows[:default]), quote(walks[:, default:], rows[default:], left_over)
        return np.concatenate(parts, axis=-1)

    def _after(self, path: int, left: int, end: np.ndarray) -> np.ndarray:
        """A walk that goes on from row `left`, drawn for this path alone, with the jumps it was to have; [layer, row]."""
        course, draws = self.course, self.walk.draws
        seed = np.random.SeedSequence(self.job.seed, spawn_key=(self.number, 3, path))
        nothing = np.empty(0, np.int32)
        alone = Draws(
            default=np.full(1, len(course.days), np.int32), row=nothing, path=nothing, jump=np.empty(0, F),
            endurance=np.full(1, np.inf), walk=seed,
        )  # fmt: skip
        walk = walk_of(course.grid, alone, 1, course.prior, course.plan.reach)
        rows = []
        while walk.advance():
            rows.append(walk.rows(np.zeros(1, np.int64), walk.first, walk.last)[:, :, 0])
        tail = np.concatenate(rows, axis=1)
        tail = end[:, None] + (tail[:, left + 1 :] - tail[:, left : left + 1])
        for row, jump in zip(draws.row[draws.path == path], draws.jump[draws.path == path], strict=True):
            if row > left:
                tail[0, row - left - 1 :] += jump
        return np.asarray(tail, F)


def ledger(course: Course, lives: Lives, path: int, history: MarketHistory) -> Ledger:
    """The path at `path` of a block, replayed exactly: closes and market events are given, every decision is made again."""
    end_day, end, notice = int(lives.end_day[path]), End(lives.end[path]), Notice(lives.notice[path])
    maturity = course.note.principal.maturity_day
    events: list[ev.Event] = [
        ev.FundamentalChange(to_date(course.days[row]))
        for row in lives.change_row[lives.change_path == path]
        if course.note.fundamental_change is not None and course.days[row] < maturity
    ]
    default = int(lives.default[path])
    if default < len(course.days) and course.days[default] <= end_day:
        events.append(ev.Default(to_date(course.days[default]), recovered=decimal(course.model.recovery)))
    until = end_day
    if end is not End.DEFAULTED:  # a coupon of record may still be to come
        until = max(until, int(course.note.interest.window_due(end_day)))
    if end is End.CONVERTED:
        if notice is Notice.NOTICED:  # a make-whole may be due to who converted
            until = max(until, int(course.effective[course.row_by(int(lives.notice_day[path]))]))
    note, state = as_held(course)
    return replay(note, history, events=events, policy=course.policy, until=to_date(min(until, maturity + 366)), state=state)


def as_held(course: Course) -> tuple[ConvertibleNote, State | None]:
    """The note and the state as if the principal simulated were the whole issue: what is paid is rounded on it (INT-7)."""
    terms = course.note.principal
    principal = decimal(course.principal)
    note = dataclasses.replace(course.note, principal=dataclasses.replace(terms, issue_size=principal, certificates={}))
    if course.start is None:
        return note, None
    held: Any = next(iter(course.start.positions.values()))
    whole = fraction(principal)
    position = Position(outstanding=whole, of_record=whole if held.of_record else whole * 0, payments=held.payments)
    in_force = None if course.start.terms is None else note
    return note, dataclasses.replace(course.start, positions=Register({ISSUE: position}), retired={}, terms=in_force)
