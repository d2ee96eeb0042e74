"""Turns of when a note converts and what a conversion gives: the same life under two settings, or two days apart."""

from __future__ import annotations

import dataclasses
from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of


def with_conversion(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note with other settings of its conversion."""
    assert note.conversion is not None
    return dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, **settings))


@turn_of("FRC-1", added=True)
def _fraction_of_a_share(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Cash for the fraction, nothing, or one share more."""
    convert = [ev.Convert(to_date(day_of("2000-03-01") + pick(range(300))), units_of(pick))]
    one, other = pick(("dropped", "up"), ("dropped", "cash"), ("up", "cash"))
    return tuple(Side(with_conversion(note, fraction=word), plain, convert) for word in (one, other))
