"""Boundaries of adjustments found in other papers: figures that can be used, and figures that are refused."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.calendars import day_number
from convnote.lifecycle import FurtherIssue, MarketPurchase
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
    """Without resets the conversion price is 104.947; a dividend of that amount would leave nothing and is refused."""
    own, day = dataclasses.replace(_with(note, dividends="subtract"), reset=None), _some_day(note, pick)
    price = Fraction("104.947")
    return edge_of([], ev.CashDividend(day, price - pick(Fraction(1, 1000), 5)), ev.CashDividend(day, price), note=own)


@boundary("ADJ-10", added=True)
def _worth_something(note: ConvertibleNote, pick: Pick) -> Any:
    # The average reads closes from the ex-date on, and closes end at maturity.
    day = day_of(pick(range(120, 3_500)) + int(day_number("2000-02-16")))
    spun = [ev.SpinOff(day, value, pick(None, 20), "from-ex-date") for value in (pick(Fraction(1, 100), 500), 0)]
    return edge_of([], *spun)


@boundary("BUY-1", added=True)
def _no_more_than_there_is(note: ConvertibleNote, pick: Pick) -> Any:
    gone, day = 1000 * pick(1, 300), _some_day(note, pick)
    left = 690_000_000 - gone
    before = [ev.Convert("2000-03-01", gone)]
    return edge_of(before, MarketPurchase(day, left, pick(1, Fraction(9, 10))), MarketPurchase(day, left + 1000, 1))


@boundary("BUY-1", added=True)
def _bought_in_multiples(note: ConvertibleNote, pick: Pick) -> Any:
    day, units = _some_day(note, pick), 1000 * pick(1, 5)
    return edge_of([], MarketPurchase(day, units, 1), MarketPurchase(day, units + pick(1, 500), 1))


@boundary("BUY-1", added=True)
def _not_once_all_is_called(note: ConvertibleNote, pick: Pick) -> Any:
    """A partial call does not prevent a further issue; a call of all Notes does."""
    part = ev.RedemptionNotice("2004-03-01", "2004-04-12", 1000 * pick(1, 7))
    more = FurtherIssue(day_of(int(day_number("2004-03-02")) + pick(0, 41)), 1000 * pick(1, 3))
    return edge_of([part], more, more, leading=(dataclasses.replace(part, principal=None),))
