"""Turns of settings found in other papers: the same events under the bundled terms and under another setting."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of


def _with_interest(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    return dataclasses.replace(note, interest=dataclasses.replace(note.interest, **settings))


@turn_of("RTE-1", added=True)
def _rate_and_not_its_price(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The rate is exact: the approximate price printed with it gives a different number of shares for 10,000,000."""
    assert note.conversion is not None
    rate = Decimal(pick("31.6206", "13.7701", "16.7356"))
    price = (1000 / rate).quantize(Decimal("0.01"))
    by_price = dataclasses.replace(note, reset=None, conversion=dataclasses.replace(note.conversion, price=price))
    by_rate = dataclasses.replace(note, reset=None, conversion=dataclasses.replace(note.conversion, rate=rate, price=None))
    convert = [ev.Convert(to_date(day_of("2000-03-01") + pick(range(300))), 10_000_000)]
    return Side(by_rate, plain, convert), Side(by_price, plain, convert)


@turn_of("DCT-1", added=True)
def _whole_periods(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Under ICMA each half-year is half a coupon; under actual/365, or 30/360 at uneven month ends, it need not be."""
    icma = _with_interest(note, frequency=2, day_count="act/act-icma")
    other = _with_interest(note, frequency=2, day_count=pick("act/365f", "30e/360", "act/360"))
    gone = [ev.Convert("2000-03-01", units_of(pick))]
    called = [*gone, ev.RedemptionNotice("2004-05-20", to_date(day_of("2004-06-29") + pick(0, 1, 2)))]
    return Side(icma, plain, called), Side(other, plain, called)


@turn_of("ROL-1", added=True)
def _ends_of_months(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """With maturity on 30 June the December dates are month-ends if the paper says so, otherwise the 30th."""
    short = dataclasses.replace(note.principal, issue_date=date(2000, 6, 30), maturity_date=date(2010, 6, 30))
    terms = dataclasses.replace(note, principal=short, reset=None, withdrawal=None)
    lives = [_with_interest(terms, frequency=2, end_of_month=said) for said in (True, False)]
    gone = [ev.Convert("2000-07-05", units_of(pick))]
    until = pick(date(2001, 1, 31), date(2003, 12, 31), None)
    return tuple(Side(each, SpelledHistory(each, [("1999-11-01", 100)]), gone, until) for each in lives)


@turn_of("ROL-1", added=True)
def _which_period_is_short(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    longer = dataclasses.replace(note.principal, maturity_date=date(2010, 5, 16))
    terms = dataclasses.replace(note, principal=longer)
    stubs = pick(("short-first", "short-last"), ("long-first", "short-first"), ("long-last", "short-last"))
    lives = [_with_interest(terms, stub=stub) for stub in stubs]
    return tuple(Side(each, SpelledHistory(each, [("1999-11-01", 100)]), []) for each in lives)


@turn_of("CAL-1", added=True)
def _closed_by_the_paper(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A day that the paper closes is not a Business Day: a surrender on it counts on the next one."""
    days = note.principal.banks.between(day_of("2003-03-03"), day_of("2009-12-31"))
    day = days[pick(range(len(days)))]
    closed = dataclasses.replace(note, principal=dataclasses.replace(note.principal, closed=(to_date(day),)))
    convert = [ev.Convert(to_date(day), units_of(pick))]
    return Side(note, plain, convert), Side(closed, SpelledHistory(closed, [("1999-11-01", 100)]), convert)


@turn_of("CAL-1", added=True)
def _two_calendars(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Good Friday is a Business Day in the Federal Reserve's calendar but not in TARGET's."""
    both = dataclasses.replace(note, principal=dataclasses.replace(note.principal, business_days="FED+TARGET"))
    convert = [ev.Convert(pick("2003-04-18", "2004-04-09", "2006-04-14"), pick(units_of(pick), fraction(note.issue_size)))]
    return Side(note, plain, convert), Side(both, plain, convert)
