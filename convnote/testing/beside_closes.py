"""Series that a note reads beside the closes of its share: fixings of an index (FLT-1), and the price of the note (CNT-2)."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date
from fractions import Fraction

from convnote.arithmetic import decimal, fraction
from convnote.calendars import to_date
from convnote.note import ConvertibleNote
from convnote.testing.picks import Pick, some_day

Series = dict[str, dict[date, object]]


def series_for(note: ConvertibleNote, sessions: list[int], course: list[Fraction], pick: Pick) -> Series:
    """The series that this note reads; none for a note that reads only closes, for which nothing is picked."""
    found: Series = {}
    if note.interest.index is not None:
        found[note.interest.index] = _fixings(note, pick)
    terms = note.contingent_conversion
    if terms is not None and terms.trading_price is not None and pick(True, True, False):
        found["note"] = _prices(note, sessions, course, pick)
    return found


def _fixings(note: ConvertibleNote, pick: Pick) -> dict[date, object]:
    """A value for each period, among them values at which a floor matters."""
    values = pick(("0.04", "0.0625"), ("0.01", "-0.02", "0", "0.0733"), ("0.055",))
    days = [to_date(note.interest.fixing_day(start)) for start in note.interest.period_starts]
    return {day: values[place % len(values)] for place, day in enumerate(days)}


def _prices(note: ConvertibleNote, sessions: list[int], course: list[Fraction], pick: Pick) -> dict[date, object]:
    """A few weeks of prices, below the level of the test in a row about as long as it asks for, else above it (CNT-2)."""
    terms, conversion = note.contingent_conversion, note.conversion
    assert terms is not None and terms.trading_price is not None and conversion is not None
    test = terms.trading_price
    first, length = bisect_left(sessions, some_day(note, pick)), max(0, test.days + pick(0, -1, 1, 20))
    level = fraction(test.share) * fraction(note.principal.quoted_per) / fraction(conversion.price)
    below, above = level * Fraction(99, 100), level * Fraction(101, 100)
    inside = range(first, first + length)
    days = range(max(first - 5, 0), min(first + length + 5, len(sessions)))
    return {to_date(sessions[at]): decimal(course[at] * (below if at in inside else above)) for at in days}
