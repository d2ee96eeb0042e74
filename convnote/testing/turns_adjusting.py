"""Turns of adjustments found in other papers: rounding of a rate, thresholds, carry-forward, spin-offs averaged afterwards."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import FurtherIssue, MarketPurchase
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.spells import SpelledHistory, spelled
from convnote.testing.stories import TICK, Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of


def _with(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The bundled note without resets, with these adjustment settings."""
    assert note.adjustment is not None
    return dataclasses.replace(note, reset=None, adjustment=dataclasses.replace(note.adjustment, **settings))


@turn_of("RTE-2", added=True)
def _up_or_down(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A figure rounded up, and the same figure rounded down or half up."""
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
    """The same figures, with MP the price of the share including or excluding the distributed assets."""
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


@turn_of("DIV-1", added=True)
def _regular_or_not(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The threshold is taken off a regular dividend and not off a special one."""
    own = _with(note, dividends="threshold-both", dividend_threshold=Decimal(pick("0.25", "1")), carry_below=Decimal(0))
    convert = ev.Convert("2004-06-01", units_of(pick))
    cash = pick(Fraction(5, 4), 3)
    dividends = [ev.CashDividend("2003-05-01", cash, pick(50, None), regular=regular) for regular in (True, False)]
    return tuple(Side(own, plain, [each, convert]) for each in dividends)


@turn_of("DIV-1", added=True)
def _at_the_threshold(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A dividend equal to the threshold does not adjust, one 0.001 higher does; after a split both are halved."""
    own = _with(note, dividends="threshold-both", dividend_threshold=Decimal(1), carry_below=Decimal(0))
    split, each = pick(([], Fraction(1)), ([ev.Split("2003-03-03", 2, 1)], Fraction(1, 2)))
    convert = ev.Convert("2004-06-01", 690_000_000)
    return tuple(
        Side(own, plain, [*split, ev.CashDividend("2003-05-01", cash, 30), convert]) for cash in (each, each + pick(TICK, 1))
    )


@turn_of("DIV-1", added=True)
def _of_the_share_or_more(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A dividend equal to the share price is paid in cash; a slightly smaller one adjusts the rate."""
    own = _with(note, dividends="threshold-both", dividend_threshold=Decimal(pick(0, 1)))
    gone = ev.Convert("2003-03-03", units_of(pick))
    price = pick(30, 50)
    return tuple(Side(own, plain, [gone, ev.CashDividend("2003-05-01", cash, price)]) for cash in (price, price - pick(TICK, 1)))


@turn_of("DIV-2", added=True)
def _within_the_year(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Dividends of one financial year are aggregated, those of two years are not."""
    limits = dict.fromkeys(range(2000, 2011), Decimal(pick("0.42", "1")))
    own = _with(note, dividend_thresholds=limits, carry_below=Decimal(0))
    cash, convert = Fraction(limits[2000]) * pick(Fraction(3, 4), 1), ev.Convert("2006-06-01", units_of(pick))
    first = ev.CashDividend("2003-12-15", cash, 50)
    return tuple(Side(own, plain, [first, ev.CashDividend(day, cash, 50), convert]) for day in ("2003-12-31", "2004-01-02"))


@turn_of("DIV-3", added=True)
def _one_formula(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A dividend and new shares on the same day enter one formula; on two days, two formulas."""
    own = _with(note, dividends="subtract", only_reverse_split_raises=False, carry_below=Decimal(0))
    shares = pick(ev.StockDividend("2003-05-01", 10, 100), ev.RightsIssue("2003-05-01", 20, pick(100, 4000), 100))
    convert = ev.Convert("2004-06-01", units_of(pick))
    return tuple(Side(own, plain, [ev.CashDividend(day, 5), shares, convert]) for day in ("2003-05-01", "2003-04-30"))


@turn_of("DIV-3", added=True)
def _may_it_raise(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """New shares above the conversion price raise it only if the terms allow increases other than by a reverse split."""
    events = [ev.RightsIssue("2003-05-01", 20, pick(4000, 9000), 100), ev.Convert("2004-06-01", units_of(pick))]
    lives = [_with(note, dividends="subtract", only_reverse_split_raises=only) for only in (True, False)]
    return tuple(Side(each, plain, events) for each in lives)


@turn_of("ADJ-7", added=True)
def _made_up_before_a_conversion(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """An adjustment below 1% is carried forward, and applied before the conversion if the terms say so."""
    carried = ev.StockDividend("2003-05-01", pick(60, 20), 10_000)
    events = [carried, ev.Convert(pick("2003-10-01", "2004-06-01"), pick(1_000_000, 690_000_000))]
    return tuple(Side(_with(note, carry_until=until), plain, events) for until in ("one-percent", "conversion"))


@turn_of("ADJ-7", added=True)
def _on_the_anniversary(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A carried adjustment is applied on the anniversary of the issue, not on the day before."""
    own = _with(note, carry_until=pick("yearly", "conversion"))
    year = pick(2004, 2005, 2007)
    events = [ev.StockDividend(f"{year - 1}-05-02", 60, 10_000)]
    last = day_of(f"{year}-02-16")
    return tuple(Side(own, plain, events, to_date(last - before)) for before in (0, 1))


@turn_of("ADJ-7", added=True)
def _made_up_by_a_call(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    own, day = _with(note, carry_until="conversion"), day_of("2004-03-01") + pick(range(300))
    carried = ev.StockDividend("2004-02-20", pick(60, 90), 10_000)
    notice = pick(ev.RedemptionNotice(to_date(day), to_date(day + 40)), ev.FundamentalChange(to_date(day)))
    return tuple(Side(own, plain, [carried, notice], to_date(day - before)) for before in (0, 1))


# --- purchases and further issues ---------------------------------------------------------------------------


@turn_of("BUY-1", added=True)
def _coupon_of_record(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Notes bought on the record date do not bear the coupon; if bought on the day after, it stays with the holder of record."""
    record = day_of(pick("2001-02-01", "2004-02-01", "2006-02-01"))
    units, price = units_of(pick), pick(Fraction(19, 20), 1)
    return tuple([MarketPurchase(to_date(record + after), units, price)] for after in (0, 1))


@turn_of("BUY-1", added=True)
def _all_of_them(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    day = to_date(day_of("2003-03-03") + pick(range(900)))
    return tuple([MarketPurchase(day, amount, 1)] for amount in (690_000_000, 690_000_000 - units_of(pick)))


@turn_of("BUY-1", added=True)
def _further_before_or_after_the_record_date(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    record, units = day_of(pick("2001-02-01", "2004-02-01", "2006-02-01")), units_of(pick)
    return tuple([FurtherIssue(to_date(record + after), units)] for after in (0, 1))
