"""Market exchange rates beside a fixed one: what conversion is worth, and cash for a fraction of a share (FXF-1)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.errors import MarketError
from convnote.lifecycle import events as ev
from convnote.market import MarketHistory
from convnote.market.history import MAX_STALE_DAYS
from convnote.market.named_series import FX, value_on

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def rate(note: ConvertibleNote, history: MarketHistory, day: int) -> Fraction:
    """Units of the share's currency for one of the note's on a day number: the last in the history's series "fx" (FX-1).

    Raises `MarketError` if the series has no rate of that day or the `MAX_STALE_DAYS` days before it.
    """
    for back in range(MAX_STALE_DAYS + 1):
        if (found := value_on(history.series, FX, day - back)) is not None:
            return found
    reason = f"expected the market's exchange rate, {note.closes_currency} for one {note.currency}, of that day"
    raise MarketError(reason, field=f"history.series[{FX!r}]", rule="FXF-1", value=to_date(day))


def exchanged(note: ConvertibleNote, history: MarketHistory, day: int) -> Fraction:
    """The fixed exchange rate over the market's on a day number; 1 for a note without a fixed rate (FXF-1).

    A close times this, over the conversion price, is what converting a unit of principal is worth in the note's currency.
    """
    terms = note.conversion
    return fraction(1) if terms is None or terms.fixed_rate is None else fraction(terms.fixed_rate) / rate(note, history, day)


def in_lieu(note: ConvertibleNote, history: MarketHistory, event: ev.Convert) -> Fraction:
    """The exchange rate by which cash for a fraction of a share is divided; 1 for a note without a fixed rate (FXF-1c)."""
    terms = note.conversion
    if terms is None or terms.fixed_rate is None:
        return fraction(1)
    if terms.fraction_rate == "fixed":
        return fraction(terms.fixed_rate)
    return rate(note, history, int(terms.close_day(terms.counted(event.day))))
