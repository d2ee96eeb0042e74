"""Turns of windows of conversion: the price of the note, calls and changes (CNT-2, CNT-3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import TradingPrice
from convnote.testing.boundaries_windows import in_windows
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, turn_of


@turn_of("CNT-2", added=True)
def _days_in_a_row(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Five prices in a row below 98% of the conversion value open conversion for some days; four do not."""
    terms = in_windows(note, trading_price=TradingPrice(share=Decimal("0.98"), days=5, open_days=pick(3, 5)))
    sessions = terms.principal.sessions
    last = sessions.on_or_after(day_of("2001-03-01") + pick(range(2000)))
    days = sessions.between(sessions.before(last, 9), last)
    sides = []
    for below in (5, 4):
        prices = {to_date(day): "50" if day in days[-below:] else "120" for day in days}
        history = SpelledHistory(terms, [("1999-11-01", 100)], {"note": prices})
        sides.append(Side(terms, history, [], to_date(last + 20)))
    return tuple(sides)


@turn_of("CNT-3", added=True)
def _on_a_change(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A fundamental change opens conversion only where the note says so."""
    on = day_of("2001-03-01") + pick(range(2000))
    life = [ev.FundamentalChange(to_date(on)), ev.FundamentalChangeNotice(to_date(on + pick(2, 5)))]
    return tuple(Side(in_windows(note, on_change=opens), plain, life, to_date(on + 60)) for opens in (True, False))


@turn_of("CNT-3c", added=True)
def _how_long_after_a_change(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """To the Business Day before the repurchase date, or for a number of days after the change."""
    on = day_of("2001-03-01") + pick(range(2000))
    life = [ev.FundamentalChange(to_date(on)), ev.FundamentalChangeNotice(to_date(on + pick(2, 5)))]
    return tuple(Side(in_windows(note, change_days=days), plain, life, to_date(on + 60)) for days in (None, pick(10, 15)))
