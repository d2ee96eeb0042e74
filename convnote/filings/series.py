"""Dilution over time: one row per reporting date, with the note's state at that date from a replay (DIL-1…DIL-7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from convnote.errors import TermsError
from convnote.filings import arguments
from convnote.filings.dilution import Dilution, dilution
from convnote.lifecycle.events import Event
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote
from convnote.replays.ledger import replay
from convnote.tables import Table


class DilutionSeries(tuple[Dilution, ...]):
    """Dilution on several dates, in order; displays as a table."""

    def table(self) -> Table:
        """One row per date: shares, conversion shares, option shares, their sum, and the noteholders' part."""
        heads = ("date", "shares", "conversion_shares", "option_shares", "diluted", "share_of_noteholders")
        rows = [(each.on, *(getattr(each, name) for name in heads[1:])) for each in self]
        return Table.of(heads, rows, self[0].note.name if self else "")

    def to_frame(self, exact: bool = False) -> Any:
        """The table as a pandas frame indexed by date; float64, or Decimal with `exact=True`. Needs pandas."""
        return self.table().frame(exact=exact).set_index("date")

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


def dilution_series(
    note: ConvertibleNote,
    history: MarketHistory,
    figures: Iterable[Any],
    *,
    options: Iterable[tuple[Any, Any]] = (),
    grants: Iterable[Any] = (),
    events: Iterable[Event] | None = None,
    method: str | None = None,
    specified: Any = None,
) -> DilutionSeries:
    """Dilution on each reporting date of `figures`, (day, shares outstanding, average price), over one history.

    The note's state is that at the end of each day in a replay over `history` with `events`; `options`, `grants`, and the
    settlement to count, `method` and `specified`, are the same on every date (see `dilution`). A fourth figure in a row is the
    exchange rate of its date, `fx` of `dilution`.

    >>> import convnote as cn
    >>> note, history = cn.load("amazon-peacs-2010"), cn.scenario("as-it-was")
    >>> rows = cn.filings.dilution_series(note, history, [("2000-12-31", 357_140_000, 15), ("2002-12-31", 387_906_000, 18)])
    >>> [round(row.conversion_shares) for row in rows]
    [6574747, 8128836]

    Raises `TermsError` as `dilution` does, and for dates not in ascending order.
    """
    rows: list[Dilution] = []
    chosen, granted, recorded = tuple(options), tuple(grants), None if events is None else list(events)
    for figure in figures:
        if not isinstance(figure, (tuple, list)) or len(figure) not in (3, 4):
            reason = "expected rows (day, shares, price), or with an exchange rate"
            raise TermsError(reason, field="dilution_series figures", rule="DIL-1", value=repr(figure))
        on = arguments.on_day(figure[0], "dilution_series figures", "DIL-1")
        if rows and on <= rows[-1].on:
            reason = f"expected a day after {rows[-1].on}"
            raise TermsError(reason, field="dilution_series figures", rule="DIL-1", value=on)
        state = None
        if on >= note.issue_date:
            state = replay(note, history, events=recorded, until=on).state
        _, shares, price, fx = (*figure, None)[:4]
        asked: dict[str, Any] = {"shares": shares, "price": price, "fx": fx, "method": method, "specified": specified}
        rows.append(dilution(note, on=on, options=chosen, grants=granted, state=state, **asked))
    return DilutionSeries(rows)
