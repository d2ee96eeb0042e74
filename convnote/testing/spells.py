"""Spells: a market as a few (day, close) pairs, each close holding from its day on, so that a small case stays readable.

A case for another language needs closes that any program can expand, and a failing example needs closes that a person
can read. Uses only the trading days of a note.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from convnote.arithmetic import decimal, fraction
from convnote.calendars import calendar, day_number, to_date
from convnote.errors import MarketError
from convnote.market import MarketHistory
from convnote.market.named_series import series_of
from convnote.note import ConvertibleNote

#: Trading days before the issue at which a spelled history begins: more than the longest look-back of the bundled notes.
BEFORE_ISSUE = 60


@lru_cache(maxsize=64)
def _sessions(name: str, closed: tuple[date, ...], issue: int, last: int) -> list[int]:
    days = calendar(name, closed)
    return list(days.between(days.before(issue, BEFORE_ISSUE), last))


def sessions_of(note: ConvertibleNote) -> list[int]:
    """Day numbers of the trading days in a history of this note: from before the issue, for look-back windows, to maturity.

    Where conversions are settled over an observation period, they go on to its last possible day (STL-1).
    """
    terms, last = note.principal, note.principal.maturity_day
    if note.settlement is not None:
        last = max(last, note.settlement.last_observed(terms))
    return _sessions(terms.trading_days, terms.closed or (), terms.issue_day, last)


class SpelledHistory(MarketHistory):
    """Closes in spells: `steps` are pairs of a start day and the close from that day on, in the note's currency.

    `series`: other series by name, as in `MarketHistory`, such as the fixings of an index.

    >>> import convnote as cn
    >>> history = SpelledHistory(cn.load("amazon-peacs-2010"), [("1999-11-01", 100), ("2000-03-01", "167.916")])
    >>> history
    SpelledHistory(1999-11-01: 100, 2000-03-01: 167.916)

    Raises `MarketError` if the first step is after the first trading day needed, or the days are not in order.
    """

    def __init__(
        self, note: ConvertibleNote, steps: Iterable[tuple[Any, Any]], series: Mapping[str, Mapping[Any, Any]] | None = None
    ) -> None:
        pairs = [(int(day_number(on)), fraction(close)) for on, close in steps]
        sessions = sessions_of(note)
        if not pairs or pairs[0][0] > sessions[0]:
            reason = f"the first step must be on or before {to_date(sessions[0])}"
            raise MarketError(reason, field="SpelledHistory.steps", value=None if not pairs else to_date(pairs[0][0]))
        if any(later[0] <= earlier[0] for earlier, later in zip(pairs, pairs[1:], strict=False)):
            raise MarketError("expected days in order, none twice", field="SpelledHistory.steps")
        if any(close <= 0 for _, close in pairs):
            raise MarketError("expected closes above 0", field="SpelledHistory.steps")
        self.steps: tuple[tuple[date, Decimal], ...] = tuple((to_date(day), decimal(close)) for day, close in pairs)
        ratios: list[tuple[int, int]] = []
        places = [bisect_left(sessions, day) for day, _ in pairs[1:]] + [len(sessions)]
        for (_, close), until in zip(pairs, places, strict=True):
            ratios += [close.as_integer_ratio()] * (until - len(ratios))
        self._keep(sessions, ratios, "closes in spells", note.closes_currency)
        self.series = series_of(series)

    def __repr__(self) -> str:
        steps = ", ".join(f"{on}: {close.normalize():f}" for on, close in self.steps)
        beside = f"; series {', '.join(self.series)}" if self.series else ""
        return f"SpelledHistory({steps}{beside})"


def spelled(note: ConvertibleNote, closes: dict[int, Any], level: Any) -> SpelledHistory:
    """The history with these closes on these day numbers and `level` on every other trading day, in the fewest steps."""
    sessions = sessions_of(note)
    steps: list[tuple[date, Fraction]] = []
    usual = fraction(level)
    previous = None
    for day in sessions:
        close = fraction(closes[day]) if day in closes else usual
        if close != previous:
            steps.append((to_date(day), close))
            previous = close
    return SpelledHistory(note, steps)
