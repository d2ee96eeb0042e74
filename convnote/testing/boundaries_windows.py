"""Boundaries of windows of conversion: after quarters of high closes, low prices of the note, calls and changes (CNT-1…CNT-3)."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
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


def _closes_to(note: ConvertibleNote, end: int, held: int, *, strict: bool = True) -> dict[int, Fraction]:
    """The 30 closes to a quarter-end, of which the last `held` just meet the condition and the others just miss it."""
    sessions, at = note.principal.sessions, level(note)
    period = sessions.between(sessions.before(end, 29), end)
    yes, no = (at + TICK, at) if strict else (at, at - TICK)
    return {day: yes if day in period[-held:] else no for day in period}


def _after_a_quarter(note: ConvertibleNote, pick: Pick, held: int) -> tuple[int, SpelledHistory]:
    """A quarter-end that is looked at, and closes of which the last `held` to it meet the condition."""
    terms = note.contingent_conversion
    assert terms is not None
    looks = terms.looks[1:30]
    end = looks[pick(range(len(looks)))]
    return end, spelled(note, _closes_to(note, end, held), 100)


@boundary("CNT-1", added=True)
def _twenty_of_thirty(note: ConvertibleNote, pick: Pick) -> Any:
    """After a quarter to whose end 20 closes held Notes convert; after another, with 19, they do not."""
    strict = pick(True, False)
    terms = in_windows(note, quarter=a_condition(ends="notice", strict=strict))
    assert terms.contingent_conversion is not None
    looks = terms.contingent_conversion.looks[1:30]
    place, apart = pick(range(len(looks) - 4)), pick(2, 3)
    held, missed = looks[place], looks[place + apart]
    closes = _closes_to(terms, held, 20, strict=strict) | _closes_to(terms, missed, 19, strict=strict)
    opens = [int(terms.contingent_conversion.window(end)[0]) for end in (held, missed)]
    days = [terms.principal.banks.after(day - 1, pick(5, 1, 40)) for day in opens]
    allowed, forbidden = (ev.Convert(day_of(day), 1000) for day in days)
    return edge_of([], allowed, forbidden, note=terms, history=spelled(terms, closes, 100))


@boundary("CNT-1", added=True)
def _only_what_is_called(note: ConvertibleNote, pick: Pick) -> Any:
    """Called Notes convert in no window, and Notes that are not called do not."""
    terms, on = in_windows(note), some_bank_day(note, pick, "2003-03-03", "2009-06-01")
    called = 1000 * pick(1, 300)
    day = day_of(terms.principal.banks.on_or_after(on + pick(0, 1, 20)))
    allowed, forbidden = ev.Convert(day, called), ev.Convert(day, called + 1000)
    return edge_of([ev.RedemptionNotice(day_of(on), day_of(on + 40), called)], allowed, forbidden, note=terms)


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
def _first_day_of_the_quarter(note: ConvertibleNote, pick: Pick) -> Any:
    """Conversion opens with the next quarter, not on the quarter-end on which the condition held."""
    terms = in_windows(note)
    end, history = _after_a_quarter(terms, pick, 20)
    assert terms.contingent_conversion is not None
    first = terms.principal.banks.on_or_after(terms.contingent_conversion.window(end)[0])
    allowed, forbidden = (ev.Convert(day_of(day), 1000) for day in (first, end))
    return edge_of([], allowed, forbidden, note=terms, history=history)


@boundary("CNT-1", added=True)
def _free_from_a_day(note: ConvertibleNote, pick: Pick) -> Any:
    """From the free date on a Note converts on any day; on the Business Day before it does not."""
    free = some_bank_day(note, pick, "2001-03-01", "2009-06-01")
    terms = in_windows(note, free_from=day_of(free))
    allowed, forbidden = (ev.Convert(day_of(day), 1000) for day in (free, terms.principal.banks.before(free)))
    return edge_of([], allowed, forbidden, note=terms)
