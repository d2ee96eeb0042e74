"""The cells of a frame, for `MarketHistory.from_frame`. Uses only methods of the frame and imports no frame library."""

from __future__ import annotations

import importlib
from datetime import date as Date
from typing import Any

from convnote.errors import MarketError, as_given
from convnote.market.columns import Sheet, pick, stacked
from convnote.market.formats import CLOSE, Format, recognise


def sheet_of(frame: Any, name: str, what: str, date: str | None, value: str | None, into: str = "EUR") -> tuple[Sheet, Format]:
    """The cells of a frame, with its index of days as the column "date", and the columns to read.

    Raises `MarketError` for anything but a frame, and where the choice of column is ambiguous.
    """
    for column in (date, value):
        if column is not None and not isinstance(column, str):
            raise MarketError("expected the name of a column", field=f"column of {name}", value=as_given(column))
    if hasattr(frame, "index") and hasattr(frame, "iloc"):
        header, columns, ticker = _pandas(frame)
    else:
        header, columns, ticker = *_arrow(frame, name), ""
    if not columns or not columns[0]:
        raise MarketError("expected at least one day", field=name, value="none")
    rows = [list(row) for row in zip(*columns, strict=True)]
    sheet = Sheet(name, name, header, rows, list(range(len(rows))), unit="row", ticker=ticker)
    known = recognise(header, what, name, into) if date is None and value is None else None
    if known is None:
        closes = [column for column in header if column.lower() == "close"]
        if value is None and what == CLOSE and len(closes) == 1:
            value = closes[0]
        places = pick(sheet, date, None if value is None else [value])
        known = Format("", places[0], places[1])
    return sheet, known


def _pandas(frame: Any) -> tuple[list[str], list[list[Any]], str]:
    """Column names and cells of a pandas frame or series, and its ticker; an index of days is the first column."""
    frame = frame.to_frame("value" if frame.name is None else frame.name) if not hasattr(frame, "columns") else frame
    ticker = ""
    if len(frame.columns) and all(isinstance(each, tuple) for each in frame.columns):
        # yfinance and others stack the ticker above or below the name of a column
        header, ticker = stacked([tuple(str(part).strip() for part in each) for each in frame.columns])
    else:
        header = [" ".join(map(str, each)).strip() if isinstance(each, tuple) else str(each) for each in frame.columns]
    columns = [frame.iloc[:, place].tolist() for place in range(len(header))]
    index = frame.index
    if getattr(getattr(index, "dtype", None), "kind", "") == "M":
        # the exchange's local days, in any time zone
        days = index.tz_localize(None) if getattr(index, "tz", None) is not None else index
        return ["date", *header], [days.tolist(), *columns], ticker
    entries = index.tolist()
    if entries and "date" not in map(str.lower, header) and _are_days(entries):
        return ["date", *header], [entries, *columns], ticker
    return header, columns, ticker


def _are_days(entries: list[Any]) -> bool:
    """True for an index of dates, or of text, which can only be days."""
    return all(isinstance(each, Date) for each in entries) or all(isinstance(each, str) for each in entries)


def _arrow(frame: Any, name: str) -> tuple[list[str], list[list[Any]]]:
    """Column names and cells of a Polars or Arrow frame, or of any object that streams Arrow."""
    table = frame
    if not hasattr(table, "to_pydict") and not hasattr(table, "get_columns"):
        if not hasattr(table, "__arrow_c_stream__"):
            raise MarketError(
                "expected a frame of pandas, Polars or Arrow, or a pandas series", field=name, value=as_given(frame)
            )
        try:
            pyarrow: Any = importlib.import_module("pyarrow")
        except ModuleNotFoundError:
            reason = "a stream of Arrow is read by the package pyarrow: pip install pyarrow"
            raise MarketError(reason, field=name, value=type(frame).__name__) from None
        table = pyarrow.table(table)
    if hasattr(table, "to_pydict"):
        cells = table.to_pydict()
        return list(map(str, cells)), [list(column) for column in cells.values()]
    return list(map(str, table.columns)), [column.to_list() for column in table.get_columns()]
