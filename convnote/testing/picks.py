"""Picks: days and amounts relevant to a note, chosen by a `pick` function that the caller supplies.

`pick(a, b, …)` returns one of its arguments and `pick(range(n))` a number, by a Hypothesis draw or a seeded generator. The
first argument is always the simplest.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import day_number
from convnote.note import ConvertibleNote
from convnote.schedules import schedule

Pick = Callable[..., Any]
TICK = Fraction(1, 1000)


def first_of(*options: Any) -> Any:
    """A `pick` that always takes the first, simplest option."""
    return options[0][0] if isinstance(options[0], range) else options[0]


def seeded(seed: int | str) -> Pick:
    """A `pick` determined by a seed, the same on every machine."""
    chosen = Random(seed).choice

    def pick(*options: Any) -> Any:
        return chosen(options[0] if len(options) == 1 and isinstance(options[0], range) else options)

    return pick


# --- days and amounts ---------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _anchors(note: ConvertibleNote) -> tuple[int, ...]:
    days = {int(day_number(row.date)) for row in schedule(note)}
    return tuple(sorted(day for day in days if day >= note.principal.issue_day)) or (note.principal.issue_day,)


def some_day(note: ConvertibleNote, pick: Pick, first: int | None = None, last: int | None = None) -> int:
    """Day number within the life, near a schedule date about half of the time."""
    terms = note.principal
    low, high = max(terms.issue_day, first or 0), min(terms.maturity_day, last or terms.maturity_day)
    if pick(True, False):
        near = [day for day in _anchors(note) if low <= day <= high] or [low]
        day = near[pick(range(len(near)))] + pick(0, -1, 1, -14, 2, -2, 7, -30)
    else:
        day = low + pick(range(max(high - low + 1, 1)))
    return int(max(low, min(high, day)))


def some_principal(note: ConvertibleNote, pick: Pick) -> Fraction:
    """A multiple of the denomination, in the note's currency: one, a few, an odd lot, part of the issue or all of it."""
    unit, size = fraction(note.denomination), fraction(note.issue_size)
    units = int(size / unit)
    return unit * int(pick(1, min(7, units), min(1001, units), max(1, units // 3), max(1, units // 2), units))
