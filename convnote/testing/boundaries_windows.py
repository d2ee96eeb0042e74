"""Boundaries of windows of conversion: after quarters of high closes, low prices of the note, calls and changes (CNT-1…CNT-3)."""

from __future__ import annotations

import dataclasses
from typing import Any

from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import ContingentConversion
from convnote.testing.boundaries_calls import a_condition, level
from convnote.testing.edges import boundary, day_of, edge_of, some_bank_day
from convnote.testing.spells import SpelledHistory, spelled
from convnote.testing.stories import TICK, Pick


def in_windows(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The bundled note without resets and withdrawal, converting only in windows."""
    terms = ContingentConversion(**{"quarter": a_condition(ends="notice"), **settings})
    return dataclasses.replace(note, reset=None, withdrawal=None, contingent_conversion=terms)


def _after_a_quarter(note: ConvertibleNote, pick: Pick, count: int) -> tuple[int, SpelledHistory]:
    """A quarter-end that is looked at, and closes of which the last `count` to it hold."""
    terms = note.contingent_conversion
    assert terms is not None
    looks = terms.looks[1:30]
    end = looks[pick(range(len(looks)))]
    sessions, at = note.principal.sessions, level(note)
    period = sessions.between(sessions.before(end, 29), end)
    return end, spelled(note, {day: at + TICK if day in period[-count:] else at for day in period}, 100)


@boundary("CNT-1", added=True)
def _last_day_of_the_quarter(note: ConvertibleNote, pick: Pick) -> Any:
    """Notes convert until the last Business Day of the next quarter, and not in the quarter after that."""
    terms = in_windows(note)
    end, history = _after_a_quarter(terms, pick, 20)
    assert terms.contingent_conversion is not None
    last = terms.principal.banks.on_or_before(int(terms.contingent_conversion.window(end)[1] or 0))
    allowed, forbidden = (ev.Convert(day_of(day), 1000) for day in (last, terms.principal.banks.after(last)))
    return edge_of([], allowed, forbidden, note=terms, history=history)


@boundary("CNT-1", added=True)
def _free_from_a_day(note: ConvertibleNote, pick: Pick) -> Any:
    """From the free date on a Note converts on any day; on the Business Day before it does not."""
    free = some_bank_day(note, pick, "2001-03-01", "2009-06-01")
    terms = in_windows(note, free_from=day_of(free))
    allowed, forbidden = (ev.Convert(day_of(day), 1000) for day in (free, terms.principal.banks.before(free)))
    return edge_of([], allowed, forbidden, note=terms)
