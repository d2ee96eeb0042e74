"""Boundaries of changes of control: tables read at the cash price, election periods, repurchase dates chosen by the Company."""

from __future__ import annotations

from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.edges import boundary, edge_of
from convnote.testing.stories import Pick
from convnote.testing.turns import day_of
from convnote.testing.turns_changes import changed, with_change, with_table


@boundary("MWT-1", added=True)
def _the_cash_is_said(note: ConvertibleNote, pick: Pick) -> Any:
    """A table read at the cash paid per share requires that the event state the cash."""
    on = to_date(day_of("2000-04-03") + pick(range(3000)))
    allowed, forbidden = ev.FundamentalChange(on, cash=pick(120, 80, 300)), ev.FundamentalChange(on)
    return edge_of([], allowed, forbidden, note=with_table(note, stock_price="cash"))


@boundary("CHG-2", added=True)
def _in_the_period(note: ConvertibleNote, pick: Pick) -> Any:
    """An election on the last day of the period (whether or not a Business Day), and on the day after."""
    day, told, _ = changed(pick)
    length = pick(60, 30, 45)
    allowed, forbidden = (ev.RepurchaseElection(to_date(day + length + late), 1000) for late in (0, 1))
    return edge_of(told, allowed, forbidden, note=with_change(note, period_days=length, pays_after=pick(10, 5, None)))


@boundary("CHG-3", added=True)
def _in_the_window(note: ConvertibleNote, pick: Pick) -> Any:
    """The first or the last repurchase date that the Company may choose, and the day outside."""
    terms = with_change(note, repurchase_after=(20, 35), unit=pick("business days", "calendar days"))
    day, (change, _), _ = changed(pick)
    assert terms.fundamental_change is not None
    first, last = terms.fundamental_change.first_repurchase_day(day), terms.fundamental_change.repurchase_day(day)
    inside, outside = pick((first, first - 1), (last, last + 1))
    allowed, forbidden = (ev.FundamentalChangeNotice(to_date(day), to_date(chosen)) for chosen in (inside, outside))
    return edge_of([change], allowed, forbidden, note=terms)
