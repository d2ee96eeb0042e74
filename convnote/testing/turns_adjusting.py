"""Turns of adjustments that other papers have: rounding of a rate, thresholds, what is carried, spin-offs averaged afterwards."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.spells import SpelledHistory, spelled
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of


def _with(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The bundled note without resets, its adjustments other ones."""
    assert note.adjustment is not None
    return dataclasses.replace(note, reset=None, adjustment=dataclasses.replace(note.adjustment, **settings))


@turn_of("RTE-2", added=True)
def _up_or_down(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A figure that is rounded up, and the same rounded down or half up."""
    of, unit = pick(("rate", "0.0001"), ("price", "0.1"), ("rate", "0.001"))
    day = to_date(day_of("2003-05-05") + pick(range(1000)))
    events = [ev.Split(day, 3, pick(7, 11)), ev.Convert("2008-06-02", 690_000_000)]
    modes = ("up", pick("down", "half-up"))
    return tuple(Side(_with(note, rounding=Decimal(unit), rounding_of=of, rounding_mode=mode), plain, events) for mode in modes)


@turn_of("RTE-2", added=True)
def _rate_or_price(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The same unit rounds the rate or the price."""
    unit = Decimal(pick("0.0001", "0.01"))
    events = [ev.StockDividend("2003-05-01", pick(5, 7), Fraction(93)), ev.Convert("2004-06-01", 690_000_000)]
    return tuple(Side(_with(note, rounding=unit, rounding_of=of), plain, events) for of in ("rate", "price"))


@turn_of("ADJ-10", added=True)
def _averaged_before_or_after(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The same figures, MP being the price of the share with the assets or without them."""
    value, market = pick((Fraction("5.7613"), 24), (10, 50), (60, 50))
    convert = ev.Convert("2004-06-01", units_of(pick))
    return tuple([ev.SpinOff("2003-05-01", value, market, way), convert] for way in ("before", "from-ex-date"))


@turn_of("ADJ-10", added=True)
def _first_day_of_the_average(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The close of the ex-date itself counts, that of the day before does not."""
    sessions = note.principal.sessions
    on = sessions.on_or_after(day_of("2003-05-01") + pick(range(400)))
    last = sessions.after(on, 9)
    inside, outside = pick((on, sessions.before(on)), (last, sessions.after(last)))
    events = [ev.SpinOff(to_date(on), 5, averaged="from-ex-date"), ev.Convert("2008-06-02", 690_000_000)]
    return tuple(Side(note, spelled(note, {day: 60}, 100), events) for day in (inside, outside))
