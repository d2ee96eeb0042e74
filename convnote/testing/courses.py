"""Series of closes that take a note to the edges of its rules: levels, spells, windows around the trigger and resets."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date
from fractions import Fraction
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date
from convnote.note import ConvertibleNote
from convnote.provisions import Condition
from convnote.provisions.conditions import conditions_of
from convnote.testing.beside_closes import Series, series_for
from convnote.testing.picks import TICK, Pick, some_day
from convnote.testing.spells import SpelledHistory, sessions_of


def levels(note: ConvertibleNote) -> list[Fraction]:
    """Closes at which the note's rules change outcome, conversion price first: at, just above and below trigger and floor.

    So too the levels of the conditions on which a right depends, at the initial price.
    """
    price = fraction(note.conversion.price) if note.conversion else Fraction(100)
    found = [price, price * 2, price / 3, price * 3 / 2]
    for part, name in ((note.withdrawal, "trigger"), (note.reset, "floor")):
        if part is not None and getattr(part, name) > 0:
            level = fraction(getattr(part, name))
            found += [level + TICK, level, level - TICK] if level > TICK else [level]
    for condition in _conditions(note):
        level = level_of(note, condition)
        found += [level + TICK, level, level - TICK]
    return found


def _conditions(note: ConvertibleNote) -> tuple[Condition, ...]:
    """The conditions on closes of a note that converts (SFT-1, CNT-1, CPT-1, DWN-1)."""
    return conditions_of(note) if note.conversion is not None else ()


def _after_low_closes(note: ConvertibleNote) -> list[Condition]:
    """The conditions under which holders may put or the Company may lower the price (CPT-1, DWN-1)."""
    rights = (note.conditional_put, note.revision)
    return [right.condition for right in rights if right is not None] if note.conversion is not None else []


def level_of(note: ConvertibleNote, condition: Condition) -> Fraction:
    """The close with which a condition compares, at the initial price."""
    assert note.conversion is not None
    if condition.figure is not None:
        return fraction(condition.figure)
    return fraction(condition.multiple) * fraction(note.conversion.price)


def run_lengths(note: ConvertibleNote) -> list[int]:
    """Run lengths that matter: 1, the period of the trigger and of a reset, and one more or less."""
    found = {1}
    if note.withdrawal:
        found |= {note.withdrawal.days + shift for shift in (-1, 0, 1)} | {note.withdrawal.period}
    for condition in _conditions(note):
        found |= {condition.days + shift for shift in (-1, 0, 1)} | {condition.period}
    if note.reset:
        found |= {note.reset.window, note.reset.window + 1}
    return sorted(length for length in found if length > 0)


def market(note: ConvertibleNote, pick: Pick) -> SpelledHistory:
    """A market over the whole life: one level, and up to three spells, windows around the trigger or windows before a reset."""
    sessions = sessions_of(note)
    options = levels(note)
    course = [pick(*options)] * len(sessions)
    for _ in range(pick(range(4))):
        shape = pick(*_shapes(note))
        shape(note, sessions, course, pick, options)
    return compressed(note, sessions, course, series_for(note, sessions, course, pick))


def compressed(
    note: ConvertibleNote, sessions: list[int], course: list[Fraction], series: Series | None = None
) -> SpelledHistory:
    """The history of these closes, one for each trading day, in the fewest steps, and of other series."""
    steps: list[tuple[date, Fraction]] = []
    previous = None
    for day, close in zip(sessions, course, strict=True):
        if close is not previous:
            if not steps or steps[-1][1] != close:
                steps.append((to_date(day), close))
            previous = close
    return SpelledHistory(note, steps, series)


def _shapes(note: ConvertibleNote) -> list[Any]:
    found = [_spell] + [_window] * 2 * (note.withdrawal is not None) + [_reset_window] * (note.reset is not None)
    windows = note.contingent_conversion
    found += [_low_window] * 3 * bool(_after_low_closes(note))
    return found + [_quarter] * 3 * (windows is not None and bool(windows.looks))


def _spell(note: ConvertibleNote, sessions: list[int], course: list[Fraction], pick: Pick, options: list[Fraction]) -> None:
    """Set another level from some day on, to the end or for a while."""
    first = bisect_left(sessions, some_day(note, pick))
    last = len(course) if pick(True, False) else min(len(course), first + pick(1, 20, 30, 200))
    course[first:last] = [pick(*options)] * max(last - first, 0)


def _window(note: ConvertibleNote, sessions: list[int], course: list[Fraction], pick: Pick, options: list[Fraction]) -> None:
    """Set a period in which the required number of closes, or one more or less, exceed the trigger; the others do not."""
    terms = note.withdrawal
    assert terms is not None
    trigger = fraction(terms.trigger)
    above, other = trigger + pick(TICK, trigger), pick(trigger, trigger - TICK, trigger / 2)
    count = max(0, min(terms.period, terms.days + pick(0, -1, 1)))
    latest = int(day_number(terms.ends)) - pick(31, 45, 60, 90)
    end = bisect_left(sessions, some_day(note, pick, last=max(latest, note.principal.issue_day))) + 1
    start = max(0, end - terms.period)
    length = end - start
    count = min(count, length)
    match pick("last", "first", "spread"):
        case "last":
            over = set(range(length - count, length))
        case "first":
            over = set(range(count))
        case _:
            over = {place * length // count for place in range(count)} if count else set()
    course[start:end] = [above if place in over else other for place in range(length)]
    course[end:] = [pick(trigger / 2, other)] * (len(course) - end)


def _reset_window(
    note: ConvertibleNote, sessions: list[int], course: list[Fraction], pick: Pick, options: list[Fraction]
) -> None:
    """Set closes before a reset whose average is at, just above or just below the floor or price in force, or a rounding tie."""
    terms = note.reset
    assert terms is not None and note.conversion is not None
    day = terms.days[pick(range(len(terms.days)))]
    end = bisect_left(sessions, day)
    start = max(0, end - terms.window)
    floor, price = fraction(terms.floor), fraction(note.conversion.price)
    unit = fraction(terms.rounding)
    middle = pick(*(level for level in ((floor + price) / 2, floor, price) if level > unit))
    low = middle + pick(0, unit, -unit)
    closes = [low] * (end - start)
    if pick(False, True):  # every other close is one unit higher: with an even window the average is a tie
        closes = [low + unit * (place % 2) for place in range(end - start)]
    if pick(False, True) and start > 0:  # the closes before the window and on the reset date must not count
        course[start - 1] = middle * 4
        if end < len(course):
            course[end] = middle * 4
    course[start:end] = closes


def _quarter(note: ConvertibleNote, sessions: list[int], course: list[Fraction], pick: Pick, options: list[Fraction]) -> None:
    """Set the closes to a quarter-end so that the required number, or one more or less, just meet the condition (CNT-1)."""
    terms = note.contingent_conversion
    assert terms is not None and terms.quarter is not None
    level = level_of(note, terms.quarter)
    end = bisect_left(sessions, terms.looks[pick(range(len(terms.looks)))]) + 1
    start = max(0, end - terms.quarter.period)
    held = min(max(terms.quarter.days + pick(0, -1, 1), 0), end - start)
    yes, no = (level + TICK, level) if terms.quarter.strict else (level, level - TICK)
    course[start:end] = [no] * (end - start - held) + [yes] * held


def _low_window(note: ConvertibleNote, sessions: list[int], course: list[Fraction], pick: Pick, options: list[Fraction]) -> None:
    """Set a period in which the required number of closes, or one more or less, are just low enough (CPT-1, DWN-1)."""
    terms = pick(*_after_low_closes(note))
    level = level_of(note, terms)
    end = bisect_left(sessions, some_day(note, pick)) + 1
    start = max(0, end - terms.period)
    held = min(max(terms.days + pick(0, -1, 1), 0), end - start)
    yes, no = (level - TICK, level) if terms.strict else (level, level + TICK)
    course[start:end] = [no] * (end - start - held) + [max(yes, TICK)] * held
