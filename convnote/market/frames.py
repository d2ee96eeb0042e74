"""The cells of a pandas frame or series, for `MarketHistory.from_frame`. Does not import pandas: who has a frame has it."""

from __future__ import annotations

from typing import Any

from convnote.errors import MarketError
from convnote.market.columns import Sheet, pick
from convnote.market.formats import CLOSE, Format, recognise


def sheet_of(frame: Any, name: str, what: str, date: str | None, value: str | None) -> tuple[Sheet, Format]:
    """The cells of a frame, its index of days as the column "date", and which of its columns are read.

    Raises `MarketError` for what is no frame, and where a column cannot be told.
    """
    if not (hasattr(frame, "index") and hasattr(frame, "to_numpy")):
        raise MarketError("a pandas frame or series is needed", field=name, value=type(frame).__name__)
    frame = frame.to_frame("value" if frame.name is None else frame.name) if not hasattr(frame, "columns") else frame
    # yfinance and others stack the ticker above or below the name of a column
    header = [" ".join(map(str, each)).strip() if isinstance(each, tuple) else str(each) for each in frame.columns]
    columns = [frame.iloc[:, place].tolist() for place in range(len(header))]
    if getattr(getattr(frame.index, "dtype", None), "kind", "") == "M":
        # the days of an exchange, whatever its time zone
        days = frame.index.tz_localize(None) if getattr(frame.index, "tz", None) is not None else frame.index
        header, columns = ["date", *header], [days.tolist(), *columns]
    lines = list(range(len(frame)))
    if not lines:
        raise MarketError("at least one day is needed", field=name, value="none")
    sheet = Sheet(name, name, header, [list(row) for row in zip(*columns, strict=True)], lines, unit="row")
    known = recognise(header, what, name) if date is None and value is None else None
    if known is None:
        closes = [column for column in header if column.lower() == "close"]
        if value is None and what == CLOSE and len(closes) == 1:
            value = closes[0]
        places = pick(sheet, date, None if value is None else [value])
        known = Format("", places[0], places[1])
    return sheet, known
