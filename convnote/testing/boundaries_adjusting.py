"""Boundaries of adjustments that other papers have: figures of which sense can be made, and those of which none can."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.edges import boundary, day_of, edge_of
from convnote.testing.spells import sessions_of
from convnote.testing.stories import Pick


def _with(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    assert note.adjustment is not None
    return dataclasses.replace(note, adjustment=dataclasses.replace(note.adjustment, **settings))


def _some_day(note: ConvertibleNote, pick: Pick) -> Any:
    days = sessions_of(note)[100:-1]
    return day_of(days[pick(range(len(days)))])


@boundary("DIV-1", added=True)
def _paid(note: ConvertibleNote, pick: Pick) -> Any:
    own, day = _with(note, dividends="threshold-both", market_price_days=1), _some_day(note, pick)
    return edge_of([], ev.CashDividend(day, pick(Fraction(1, 100), 900), 50), ev.CashDividend(day, 0, 50), note=own)


@boundary("DIV-2", added=True)
def _last_year_of_the_table(note: ConvertibleNote, pick: Pick) -> Any:
    year = pick(2003, 2005, 2008)
    own = _with(note, dividend_thresholds={year - 1: Decimal("0.40"), year: Decimal("0.42")})
    cash = pick(Fraction(1, 5), 2)
    allowed, forbidden = (ev.CashDividend(day, cash, 50) for day in (f"{year}-12-31", f"{year + 1}-01-02"))
    return edge_of([], allowed, forbidden, note=own)


@boundary("DIV-3", added=True)
def _less_than_the_price(note: ConvertibleNote, pick: Pick) -> Any:
    """After the resets the price is 104.947 still where the closes are high: a dividend of it leaves nothing."""
    own, day = dataclasses.replace(_with(note, dividends="subtract"), reset=None), _some_day(note, pick)
    price = Fraction("104.947")
    return edge_of([], ev.CashDividend(day, price - pick(Fraction(1, 1000), 5)), ev.CashDividend(day, price), note=own)


@boundary("ADJ-10", added=True)
def _worth_something(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    spun = [ev.SpinOff(day, value, pick(None, 20), "from-ex-date") for value in (pick(Fraction(1, 100), 500), 0)]
    return edge_of([], *spun)
