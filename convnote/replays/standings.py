"""Standings: which closes of one history satisfy a condition, under the prices and shares of a state, and how it stands.

Closes are compared in float64, and exactly where float64 cannot tell them apart. A change of level (a reset, an adjustment, a
merger) starts a new spell of days with one level.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convnote.arithmetic import fraction
from convnote.lifecycle.in_force import claim
from convnote.lifecycle.state import Scale, State
from convnote.provisions.conditions import Condition, Standing

if TYPE_CHECKING:
    from convnote.calendars import Calendar
    from convnote.note import ConvertibleNote


class Spell(NamedTuple):
    """Days from index `first` to before index `last` with one scale and one conversion price in force (None: none)."""

    first: int
    last: int
    scale: Scale
    price: Any


def spells(state: State, days: Sequence[int]) -> list[Spell]:
    """The spells of one scale and one price that cover the day numbers `days`, ascending."""
    if not len(days):
        return []
    starts = {scale.since for scale in state.scales[1:]} | {until for until, _ in state.earlier_prices}
    places = sorted({0, *(bisect_left(days, start) for start in starts)} - {len(days)})
    ends = [*places[1:], len(days)]
    return [
        Spell(first, last, state.scale_on(days[first]), state.price_on(days[first]))
        for first, last in zip(places, ends, strict=True)
        if first < last
    ]


def held(
    note: ConvertibleNote,
    state: State,
    condition: Condition,
    days: Sequence[int],
    quick: np.ndarray,
    close: Callable[[int], Fraction],
) -> np.ndarray:
    """Whether the close of each of `days` satisfies a condition, bool [time].

    `quick` [time] are the closes in float64; `close` returns the exact close of a day number. After a cash-only merger no close
    satisfies it: there are no closes (ADJ-8).
    """
    result = np.zeros(len(days), dtype=bool)
    denomination = fraction(note.denomination)
    accretes = condition.of == "accreted"
    for spell, rate in _compared_in(note, state, condition, days):
        scale, place = spell.scale, slice(spell.first, spell.last)

        def sides(at: int, spell: Spell = spell, rate: Any = rate) -> tuple[Any, Any]:
            day = days[spell.first + at]
            base = denomination * fraction(claim(note, state, day)) if accretes else denomination
            worth = spell.scale.shares * close(day) + spell.scale.cash
            return condition.sides(worth, rate=rate, base=base, factor=spell.scale.factor)

        worth = quick[place] * float(scale.shares) + float(scale.cash)
        left, right = _quick_sides(note, state, condition, spell, rate, days, worth)
        result[place] = condition.compared(left, right, sides)
    return result


def levels(note: ConvertibleNote, state: State, condition: Condition, days: Sequence[int]) -> np.ndarray:
    """The close at a condition's level on each of `days`, float64 [time], in the note's currency; NaN if there is no level."""
    result = np.full(len(days), np.nan)
    for spell, rate in _compared_in(note, state, condition, days):
        left, right = _quick_sides(note, state, condition, spell, rate, days, np.ones(spell.last - spell.first))
        result[spell.first : spell.last] = (right / left - float(spell.scale.cash)) / float(spell.scale.shares)
    return result


def _compared_in(note: ConvertibleNote, state: State, condition: Condition, days: Sequence[int]) -> Iterator[tuple[Spell, Any]]:
    """The spells in which closes are compared, each with the rate of the multiple's price."""
    for spell in spells(state, days):
        if spell.scale.shares and (spell.price is not None or condition.of == "figure"):
            yield spell, _rate(note, condition, spell)


def _quick_sides(
    note: ConvertibleNote, state: State, condition: Condition, spell: Spell, rate: Any, days: Sequence[int], worth: np.ndarray
) -> tuple[Any, Any]:
    """The two sides compared in float64 for a worth of the unit on each day of a spell, [time]."""
    base: Any = float(note.denomination)
    if condition.of == "accreted":
        base = base * np.asarray(claim(note, state, np.asarray(days[spell.first : spell.last])), np.float64)
    return condition.sides(worth, rate=None if rate is None else float(rate), base=base, factor=float(spell.scale.factor))


def _rate(note: ConvertibleNote, condition: Condition, spell: Spell) -> Any:
    """Shares per denomination at the price to which a multiple refers; None if the condition is a fixed figure."""
    if condition.of == "figure":
        return None
    if condition.of == "initial":
        assert note.conversion is not None
        price = fraction(note.conversion.price) * spell.scale.factor
    else:
        price = spell.price
    return fraction(note.denomination) / price


def standing(condition: Condition, days: Sequence[int], held_on: np.ndarray, sessions: Calendar, end: int) -> Standing:
    """How a condition stands at the last of `days`, its whole look-back or all days since issue; without days, at `end`."""
    if not len(days):
        return Standing(False, 0, 0, end)
    met = condition.met(held_on, np.asarray(days), sessions)
    period = held_on[-condition.period :]
    return Standing(bool(met[-1]), int(np.count_nonzero(period)), len(period), int(days[-1]))
