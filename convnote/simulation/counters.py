"""Counters: a condition on closes as rows, levels and the closes known from earlier days, for one note in one market."""

from __future__ import annotations

from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.errors import TermsError
from convnote.lifecycle import State
from convnote.provisions.conditions import Condition
from convnote.provisions.withdrawal import Withdrawal
from convnote.replays.standings import held
from convnote.simulation.day_tables import DayTables
from convnote.simulation.watchlist import Counter


def counter_of(tables: DayTables, condition: Condition, free: int, rule: str) -> Counter:
    """A condition as the search counts it, needed on the rows before `free`.

    Raises `TermsError` under `rule` where a multiple needs a conversion price and the note does not convert, or where the
    starting state remembers fewer closes than the condition looks back on.
    """
    note = tables.note
    if note.conversion is None and condition.of != "figure":
        reason = "a condition on closes is simulated for a note that converts"
        raise TermsError(reason, field="simulate note.conversion", rule=rule, value=str(condition))
    days, known = _known(tables, condition, rule)
    return Counter(
        condition=condition,
        level=_level(tables, condition),
        relative=condition.of in ("in-force", "accreted"),
        shift=int(condition.ends == "day-before-notice"),
        free=free,
        days=np.concatenate([days, tables.days]),
        known=known,
        sessions=note.principal.sessions,
    )


def withdrawal_counter(tables: DayTables, terms: Withdrawal) -> Counter:
    """The trigger of a withdrawal as the search counts it, with the last row for a notice (WDR-1, WDR-3, WDR-7)."""
    condition, issue = terms.condition, tables.note.principal.issue_day
    level, relative = _level(tables, condition), condition.of == "in-force"
    # Closes before the issue date do not count, unless the terms say so (WDR-1).
    counting = (tables.prior_days >= issue) | terms.before_issue
    days, closes = tables.prior_days[counting], tables.prior[counting]
    if tables.start is None:
        known = condition.compared(closes, np.broadcast_to(level[0] * (tables.opening_price if relative else 1.0), closes.shape))
    else:
        known = _held(tables, tables.start, condition, days.tolist())
    every = np.concatenate([days, tables.days])
    return Counter(
        condition=condition,
        level=level,
        relative=relative,
        shift=0,
        free=len(tables.days),
        days=every,
        known=known,
        sessions=tables.note.principal.sessions,
        until=tables.row_by(np.asarray(terms.notice_deadline(every))),
    )


def _held(tables: DayTables, start: State, condition: Condition, days: list[int]) -> np.ndarray:
    """Whether the close of each of `days`, which the state remembers, holds at the level of its own day, bool [close]."""
    closes = dict(start.observed)
    quick = np.array([float(closes[day]) for day in days])
    return held(tables.note, start, condition, days, quick, lambda day: fraction(closes[day]))


def _level(tables: DayTables, condition: Condition) -> np.ndarray:
    """The level of each row: in the note's currency per share, or in multiples of the conversion price; float64 [row]."""
    note, days = tables.note, tables.days
    factor = float(tables.start.scale.factor) if tables.start is not None else 1.0
    level: Any
    match condition.of:
        case "figure":
            level = float(fraction(condition.figure)) * factor
        case "initial":
            assert note.conversion is not None
            level = float(fraction(condition.multiple) * fraction(note.conversion.price)) * factor
        case "accreted":
            level = float(fraction(condition.multiple)) * np.asarray(note.principal.claim(days), np.float64)
        case _:
            level = float(fraction(condition.multiple))
    return np.broadcast_to(np.asarray(level) / tables.shares_a_unit, days.shape)


def _known(tables: DayTables, condition: Condition, rule: str) -> tuple[np.ndarray, np.ndarray]:
    """The trading days before row 0 whose closes count, and whether each close holds, both [close]; empty at issue."""
    start, terms = tables.start, tables.note.principal
    if start is None:
        return np.empty(0, np.int64), np.empty(0, bool)
    first = max(terms.issue_day, int(terms.sessions.before(start.day + 1, condition.reach)))
    days = list(terms.sessions.between(first, start.day))
    closes = dict(start.observed)
    if missing := [day for day in days if day not in closes]:
        reason = f"the state remembers {len(days) - len(missing)} of the {len(days)} closes that its condition looks back on"
        raise TermsError(reason, field="simulate state.observed", rule=rule, value=str(condition))
    return np.array(days, np.int64), _held(tables, start, condition, days)
