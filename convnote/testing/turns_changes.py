"""Turns of changes of control: the holder's entitlement under the tables, prices and days of other papers."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import ChangeOfControlPrice, MakeWholeChange
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import TICK, Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of


def with_table(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note with a table of additional shares: three dates, prices of 80 to 160."""
    table: dict[str, Any] = {
        "prices": (80, Decimal("104.947"), 160),
        "dates": ("2000-02-16", "2005-02-16", "2010-02-16"),
        "shares": (("2.9714", "1.6", "0.2"), ("2.9714", "1.1", "0.05"), ("2.9714", 0, 0)),
        "cap_rate": "12.5",
    }
    return dataclasses.replace(note, make_whole_change=MakeWholeChange(**{**table, **settings}))


def with_change(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note with these settings of the repurchase on a change."""
    assert note.fundamental_change is not None
    return dataclasses.replace(note, fundamental_change=dataclasses.replace(note.fundamental_change, **settings))


def changed(pick: Pick) -> tuple[int, list[ev.Event], int]:
    """A day, the change and its notice on that day, and the resulting repurchase date."""
    day = day_of("2000-04-03") + pick(range(250))
    told: list[ev.Event] = [ev.FundamentalChange(to_date(day)), ev.FundamentalChangeNotice(to_date(day))]
    return day, told, day + 30


@turn_of("MWT-1", added=True)
def _in_the_window_of_a_change(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A Note converted on the Business Day before the repurchase date gets additional shares; on the day after that, none."""
    terms, (_, told, repurchase) = with_table(note), changed(pick)
    market = SpelledHistory(terms, [("1999-11-01", pick(100, 90, "104.947"))])
    last, units = note.principal.banks.before(repurchase), units_of(pick)
    lives = [[*told, ev.Convert(to_date(on), units)] for on in (last, note.principal.banks.after(last))]
    return tuple(Side(terms, market, life, to_date(repurchase + 60)) for life in lives)


@turn_of("MWT-1", added=True)
def _inside_the_table(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """At the last price of the table it gives the printed figure; 0.001 above that price it gives 0."""
    terms, (day, told, _) = with_table(note), changed(pick)
    convert = ev.Convert(to_date(note.principal.banks.after(day, 3)), units_of(pick))
    level = pick(160, 80)
    closes = (level, level + TICK if level == 160 else level - TICK)
    until = to_date(day + 60)
    return tuple(Side(terms, SpelledHistory(terms, [("1999-11-01", close)]), [*told, convert], until) for close in closes)


@turn_of("MWT-1", added=True)
def _only_called_notes(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """In a partial call only the called Notes get additional shares; if a call does not count as a change, none does."""
    day = day_of("2003-06-02") + pick(range(400))
    life = [
        ev.RedemptionNotice(to_date(day), to_date(day + 40), 1000 * pick(1, 50)),
        ev.Convert(to_date(note.principal.banks.after(day, 5)), 100_000),
    ]
    lives = [with_table(note, on_call=on_call) for on_call in (True, False)]
    return tuple(Side(each, SpelledHistory(each, [("1999-11-01", 95)]), life, to_date(day + 60)) for each in lives)


@turn_of("MWT-2", added=True)
def _at_the_cap(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A rate above the cap is reduced to the cap."""
    day, told, _ = changed(pick)
    convert = ev.Convert(to_date(note.principal.banks.after(day, 3)), units_of(pick))
    sides = [with_table(note, cap_rate=cap) for cap in ("12.5", pick("10", "9.9"))]
    return tuple(Side(each, SpelledHistory(each, [("1999-11-01", 85)]), [*told, convert], to_date(day + 60)) for each in sides)


def with_lower_price(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note with a lower conversion price after a change of control."""
    terms: dict[str, Any] = {"premium": "0.32", "period_days": 60, **settings}
    return dataclasses.replace(note, change_of_control_price=ChangeOfControlPrice(**terms))


@turn_of("CHG-1", added=True)
def _in_the_period_of_the_lower_price(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Conversion on the last Business Day of the period is at the lower price; on the next one, at the price in force."""
    terms, (day, told, _) = with_lower_price(note, period_days=pick(60, 45)), changed(pick)
    assert terms.change_of_control_price is not None
    last = int(note.principal.banks.on_or_before(terms.change_of_control_price.last_day(day, day)))
    units, market = units_of(pick), SpelledHistory(terms, [("1999-11-01", 100)])
    lives = [[*told, ev.Convert(to_date(on), units)] for on in (last, note.principal.banks.after(last))]
    return tuple(Side(terms, market, life, to_date(last + 30)) for life in lives)


@turn_of("CHG-2", added=True)
def _paid_after_the_period(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """An election within the period is paid after its end; without a period, on the day counted from the notice."""
    day, told, _ = changed(pick)
    life = [*told, ev.RepurchaseElection(to_date(day + pick(3, 25)), units_of(pick))]
    lives = (with_change(note, period_days=60, pays_after=10), note)
    return tuple(Side(each, SpelledHistory(each, [("1999-11-01", 100)]), life, to_date(day + 120)) for each in lives)
