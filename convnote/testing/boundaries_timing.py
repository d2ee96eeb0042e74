"""Boundaries of when a note converts: the last day that is allowed and the first that is not, under other papers' deadlines."""

from __future__ import annotations

from typing import Any

from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions.day_rules import DayRule
from convnote.testing.edges import boundary, day_of, edge_of, some_bank_day
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns_timing import with_conversion


def _some_rule(pick: Pick) -> DayRule:
    return DayRule(pick(2, 1, 3, 7), pick("trading", "business", "calendar"))


@boundary("END-1", added=True)
def _until(note: ConvertibleNote, pick: Pick) -> Any:
    """The last day before maturity; a surrender on it counts on it, open or not."""
    terms = with_conversion(note, until=_some_rule(pick))
    assert terms.conversion is not None
    last, principal = terms.conversion.last_day, 1000 * pick(1, 3)
    history = SpelledHistory(terms, [("1999-11-01", 100)])
    return edge_of([], ev.Convert(day_of(last), principal), ev.Convert(day_of(last + 1), principal), note=terms, history=history)


@boundary("END-2", added=True)
def _called_until(note: ConvertibleNote, pick: Pick) -> Any:
    """The last day before the redemption date, of Notes all of which are called."""
    rule = DayRule(2, "business") if (drawn := _some_rule(pick)) == DayRule(1, "business") else drawn
    terms = with_conversion(note, called_until=rule)
    assert terms.conversion is not None
    redemption = some_bank_day(note, pick, "2003-04-20", "2010-01-15")
    last = int(terms.conversion.last_called(redemption))
    called = ev.RedemptionNotice(day_of(redemption - pick(30, 60)), day_of(redemption))
    return edge_of([called], ev.Convert(day_of(last), 1000), ev.Convert(day_of(last + 1), 1000), note=terms)
