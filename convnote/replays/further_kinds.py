"""Closes of property of several kinds: the first kind's are the history's, those of the others its named series (EXC-1)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.errors import MarketError
from convnote.market import MarketHistory
from convnote.market.named_series import value_on

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def close_of(history: MarketHistory, share: str, day: int) -> Fraction:
    """The close of a further kind of property on a day number, exact; `MarketError` naming kind and day if it is missing."""
    found = value_on(history.series, share, day)
    if found is None:
        reason = f"expected the close of {share}, a kind of the property that the Notes convert into"
        raise MarketError(reason, field=f"history.series[{share!r}]", rule="EXC-1", value=to_date(day))
    return found


def over_main(note: ConvertibleNote, history: MarketHistory, day: int, close: Callable[[int], Any]) -> Fraction:
    """What all property is worth on a day number, over what its main kind is worth; 1 where there is only one kind."""
    if note.exchange is None or not note.exchange.further:
        return fraction(1)
    main = fraction(note.exchange.property[0].amount) * fraction(close(day))
    return 1 + sum(fraction(each.amount) * close_of(history, each.share, day) for each in note.exchange.further) / main
