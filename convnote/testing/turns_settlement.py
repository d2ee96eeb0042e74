"""Turns of what a conversion delivers: at the maturity of a mandatory, and after an observation period."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import Mandatory
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, turn_of, units_of
from convnote.testing.turns_timing import with_conversion


def as_mandatory(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note, which becomes shares at maturity: 11.1111 below 90, 9.0909 above 110."""
    given: dict[str, Any] = {"min_rate": "9.0909", "max_rate": "11.1111", "low": 90, "high": 110, **settings}
    note = dataclasses.replace(note, reset=None, withdrawal=None)
    note = with_conversion(note, rate=given["min_rate"], price=None)
    return dataclasses.replace(note, mandatory=Mandatory(**given))


def _at(note: ConvertibleNote, *steps: tuple[Any, Any]) -> SpelledHistory:
    return SpelledHistory(note, [("1999-11-01", 100), *steps])


@turn_of("MND-1", added=True)
def _the_last_day_of_the_average(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A close on the last day of the average counts, and one on the day after it does not."""
    terms = as_mandatory(note, average_days=pick(20, 5, 1), average_ends=pick("1 trading day before", "2 trading days before"))
    assert terms.mandatory is not None
    last = terms.mandatory.window(terms.principal)[-1]
    close = pick(95, 108, Fraction("91.27"))
    early = [ev.Convert(pick("2004-03-01", "2009-06-01"), units_of(pick))] * pick(0, 1)
    return tuple(Side(terms, _at(terms, (to_date(day), close)), early) for day in (last, terms.principal.sessions.after(last)))


@turn_of("MND-1", added=True)
def _below_the_lower_price(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """An average at the lower price gives the quotient, one below it the larger rate, which here is more than that."""
    terms = as_mandatory(note, max_rate=pick("11.5", "12"))
    return tuple(Side(terms, SpelledHistory(terms, [("1999-11-01", close)]), []) for close in (90, 90 - pick(*_TICKS)))


@turn_of("MND-1", added=True)
def _above_the_higher_price(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """An average at the higher price gives the quotient, one above it the smaller rate, which here is less than that."""
    terms = as_mandatory(note, min_rate=pick("9", "8.5"))
    return tuple(Side(terms, SpelledHistory(terms, [("1999-11-01", close)]), []) for close in (110, 110 + pick(*_TICKS)))


_TICKS = (Decimal("0.01"), Decimal("0.001"))
