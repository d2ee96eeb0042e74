"""Fixings: the value of an index on the day it is fixed, from the named series of a history (FLT-1)."""

from __future__ import annotations

from typing import Any

from convnote.calendars import to_date
from convnote.errors import MarketError
from convnote.market import MarketHistory
from convnote.market.named_series import value_on
from convnote.provisions.floating import fixing_value


def fixing(history: MarketHistory, name: str, day: int) -> Any:
    """The value of the series `name` on day number `day`, as an exact share; `MarketError` if the history has none.

    >>> import convnote as cn
    >>> history = cn.MarketHistory(dates=["2000-02-14"], closes=[70], series={"LIBOR6": {"2000-02-14": "0.0625"}})
    >>> fixing(history, "LIBOR6", 11001)
    Fraction(1, 16)
    """
    value = value_on(history.series, name, day)
    if value is None:
        reason = f"no fixing of {name} for {to_date(day)}: give one, or stop before with until="
        raise MarketError(reason, field=f"history.series[{name!r}]", rule="FLT-1")
    return fixing_value(value, f"history.series[{name!r}] of {to_date(day)}")
