"""Turns of puts and revisions after low closes: who uses up the year, when and at what price Notes are paid, the new price."""

from __future__ import annotations

from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import Revision
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.boundaries_low_closes import with_low_closes
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of


@turn_of("CPT-1c", added=True)
def _paid_later(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A day of interest more, or another price."""
    on, units = day_of("2003-03-03") + pick(range(2000)), units_of(pick)
    one, other = pick(
        ({"pays_after": 5}, {"pays_after": 6}),
        ({"accrued": "clean"}, {"accrued": "dirty"}),
        ({"price": 1}, {"price": "1.01"}),
    )
    sides = []
    for settings in (one, other):
        terms = with_low_closes(note, **settings)
        history = SpelledHistory(terms, [("1999-11-01", 50)])
        sides.append(Side(terms, history, [ev.PutElection(to_date(on), units)], to_date(on + 30)))
    return tuple(sides)


@turn_of("DWN-1c", added=True)
def _conversions_of_the_day(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A conversion on the day of the revision is at the new price, one on the day before at the old one."""
    terms, units = with_low_closes(note), units_of(pick)
    days = note.principal.banks.between(day_of("2001-03-05"), day_of("2009-06-01"))
    place, price = pick(range(1, len(days))), pick(60, "84.883", 50)
    history = SpelledHistory(terms, [("1999-11-01", 50)])
    lives = [[Revision(to_date(days[place]), price), ev.Convert(to_date(days[at]), units)] for at in (place - 1, place)]
    return tuple(Side(terms, history, life, to_date(days[place] + 10)) for life in lives)
