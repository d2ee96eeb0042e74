"""Columns of days and exact numbers, from Python values or CSV files. Independent of what the numbers mean.

A number is kept as numerator and denominator: the decimal text of a file, or the shortest decimal of a float,
is exact, and float64 is one correctly rounded division away. Anything that would need a guess is refused:
dates not written YYYY-MM-DD, times of day, empty cells, thousands separators, dates
that do not ascend.
"""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import LONGER_THAN_A_DAY, day_number, to_date
from convnote.errors import MarketError, TermsError
from convnote.market.faults import Faults

Path = str | os.PathLike[str]
Ratio = tuple[int, int]
#: turns the position of an entry into its name in a fault: ".closes[3]" or "usd.csv line 5,
#: column close"
Where = Callable[[int], str]

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: a day with a time of day and optionally a UTC offset
_TIMED = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(?:Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII)
#: the message for a day written in digits in another order
NOT_GUESSED = "a day is written YYYY-MM-DD; which of these figures is the day and which the month is not guessed"
_SWAPPABLE = re.compile(r"\d{1,4}[./\- ]\d{1,2}[./\- ]\d{2,4}.*", re.ASCII)
# At most two digits of exponent: a cell "1e999999999" must not become a number of a billion
# digits.
_NUMBER = re.compile(r"[+-]?(\d{1,40}\.?\d{0,40}|\.\d{1,40})([eE][+-]?\d{1,2})?", re.ASCII)
#: Larger than any close, exchange rate or interest rate.
BEYOND = 10**15
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Table:
    """Columns of a CSV file as text, with the line number of each row so that a fault can be found in an editor."""

    path: str
    dates: list[str]
    values: list[list[str]]
    lines: list[int]
    names: list[str]

    def where(self, column: int) -> Where:
        """The name in a fault of an entry of that column (0 is the date)."""
        return lambda row: f"{self.path} line {self.lines[row]}, column {self.names[column]}"


@dataclass(frozen=True)
class Sheet:
    """All cells of one file, row by row, under the names of its columns; `lines` gives the line number of each row."""

    name: str
    path: str
    header: list[str]
    rows: list[list[Any]]
    lines: list[int]
    unit: str = "line"
    #: the vendor's name for the series of all columns, if it gives one
    ticker: str = ""

    def where(self, rows: Sequence[int], column: str) -> Where:
        """The name in a fault of an entry of these rows."""
        return lambda place: f"{self.name} {self.unit} {self.lines[rows[place]]}, column {column}"

    def must_be_full(self) -> None:
        """Raise `MarketError` for rows with more or fewer cells than the header."""
        faults, needed = Faults(), len(self.header)
        for line, row in zip(self.lines, self.rows, strict=True):
            if len(row) != needed:
                faults.add(f"expected {needed} columns", field=f"{self.name} line {line}", value=f"{len(row)} columns")
        faults.settle()


def as_column(values: Any, name: str) -> Any:
    """A list or one-dimensional array from a list, an array, a pandas column or any iterable.

    Raises `MarketError` for a single value, a text or a table.
    """
    entries = values.to_numpy() if hasattr(values, "to_numpy") else values
    if isinstance(entries, (str, bytes, dict)) or not hasattr(entries, "__iter__"):
        raise MarketError("expected a column of values", field=name, value=repr(values))
    if isinstance(entries, np.ndarray):
        if entries.ndim != 1:
            raise MarketError("expected one column", field=name, value=f"an array of shape {entries.shape}")
        return entries
    return entries if isinstance(entries, list) else list(entries)


def read_days(values: Any, where: Where, faults: Faults) -> list[int]:
    """Day numbers of a column of ISO strings, dates or datetime64, which must be strictly ascending."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "M" and values.dtype.name not in LONGER_THAN_A_DAY:
        whole_days = values.astype("datetime64[D]")
        if np.all(values == whole_days):  # False for NaT; then one by one, so that the fault names its entry
            days: list[int] = whole_days.astype(np.int64).tolist()
            check_order(days, where, faults)
            return days
    days = read_each_day(values, where, faults)
    if len(days) == len(values):
        check_order(days, where, faults)
    return days


def read_each_day(values: Iterable[Any], where: Where, faults: Faults) -> list[int]:
    """Day numbers of ISO strings or dates, one by one; the order is not checked."""
    days: list[int] = []
    for row, entry in enumerate(values):
        try:
            days.append(read_day(entry))
        except ValueError as fault:  # a TermsError is one
            reason = fault.reason if isinstance(fault, TermsError) else "no such day"
            faults.add(reason, field=where(row), value=repr(entry))
    return days


def read_day(entry: Any) -> int:
    """The day number of one entry: an ISO string or anything that is a day; midnight in a time zone is that zone's day.

    >>> read_day("2022-12-28 00:00:00-05:00") == read_day("2022-12-28")
    True

    Raises `TermsError` for another way of writing a day, `ValueError` for a day that does not exist.
    """
    if not isinstance(entry, str):
        return int(day_number(entry.replace(tzinfo=None) if getattr(entry, "tzinfo", None) is not None else entry))
    text = entry.strip()
    if found := _TIMED.fullmatch(text):
        if found[2].strip("0:."):
            raise TermsError("expected a day, and this has a time of day")
        text = found[1]
    if _DAY.fullmatch(text):
        return date.fromisoformat(text).toordinal() - _EPOCH
    if _SWAPPABLE.fullmatch(text):
        raise TermsError(NOT_GUESSED)
    raise TermsError("a day is written YYYY-MM-DD", value=repr(entry))


def check_order(days: Sequence[int], where: Where, faults: Faults) -> None:
    """Record a fault for each day that is not after the one before."""
    steps = np.diff(np.array(days, dtype=np.int64))
    if len(steps) > 1 and np.all(steps < 0):
        faults.add("the dates run backwards: put the oldest first", field=where(0), value=to_date(days[0]))
        return
    for place in np.flatnonzero(steps <= 0).tolist():
        if steps[place] == 0:
            faults.add("the same day twice", field=where(place + 1), value=to_date(days[place + 1]))
        else:
            reason = f"dates must ascend, and {to_date(days[place])} stands before it"
            faults.add(reason, field=where(place + 1), value=to_date(days[place + 1]))


def read_ratio(value: Any) -> Ratio:
    """Numerator and denominator of an exact number; a float is taken at its shortest decimal.

    >>> read_ratio("76.1875"), read_ratio(0.1)
    ((1219, 16), (1, 10))

    Raises `TermsError` for anything but a finite number in plain notation.
    """
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            raise TermsError("expected a number with a decimal point" if text else "a number is missing")
        return Decimal(text).as_integer_ratio()
    if isinstance(value, float) and math.isfinite(value):  # np.float64 too
        return Decimal(repr(float(value))).as_integer_ratio()
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 100:
        return value.as_integer_ratio()
    return fraction(value).as_integer_ratio()


def read_ratios(values: Any, where: Where, faults: Faults, *, positive: str | None) -> list[Ratio]:
    """The exact numbers of a column; if `positive` names the quantity, each must be above 0."""
    entries = values.tolist() if isinstance(values, np.ndarray) and values.dtype.kind in "iuf" else values
    ratios: list[Ratio] = []
    for row, entry in enumerate(entries):
        try:
            ratio = read_ratio(entry)
        except TermsError as fault:
            faults.add(fault.reason, field=where(row), value=repr(entry))
            continue
        if positive is not None and ratio[0] <= 0:
            faults.add(f"{positive} must be above 0", field=where(row), value=entry)
        elif abs(ratio[0]) >= BEYOND * ratio[1]:
            faults.add("expected a figure below 1e15", field=where(row), value=entry)
        ratios.append(ratio)
    return ratios


def read_sheet(path: Path, delimiter: str = ",") -> Sheet:
    """All cells of a CSV file; the columns of a two-column file without a header are named "1" and "2".

    Raises `MarketError` for a file that cannot be read, or has no rows.
    """
    name = os.path.basename(os.fspath(path))
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            numbered = [(reader.line_num, row) for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise MarketError(f"cannot be read: {reason}", field="path", value=str(path)) from None
    if not numbered:
        raise MarketError("the file is empty", field="path", value=str(path))
    header, ticker, numbered = _header(numbered)
    if not numbered:
        reason = "the file has a header and no rows"
        if len(header) == 1:
            reason = f"the file has one line and no rows, and that says {header[0][:120]!r}"
        raise MarketError(reason, field="path", value=str(path))
    return Sheet(name, str(path), header, [row for _, row in numbered], [line for line, _ in numbered], ticker=ticker)


def _header(numbered: list[tuple[int, list[str]]]) -> tuple[list[str], str, list[tuple[int, list[str]]]]:
    """Column names, their common ticker, and the data rows, for a file with one header line, three or none."""
    header = [cell.strip() for cell in numbered[0][1]]
    if len(header) == 2 and _DAY.fullmatch(header[0]):
        return ["1", "2"], "", numbered  # no header: the first line is data
    third = [cell.strip() for cell in numbered[2][1]] if len(numbered) > 2 else []
    if len(header) > 1 and len(third) == len(header) == len(numbered[1][1]) and third[0].lower() == "date" and not any(third[1:]):
        # yfinance: price names, tickers, the name of the index
        names, ticker = stacked([(above, below.strip()) for above, below in zip(header[1:], numbered[1][1][1:], strict=True)])
        return [third[0], *names], ticker, numbered[3:]
    return header, "", numbered[1:]


_PRICES = ("open", "high", "low", "close", "adj close", "volume", "")


def stacked(names: Sequence[tuple[str, ...]]) -> tuple[list[str], str]:
    """Multi-level column names as single names: a level that all columns share, unless it is a price name, is the ticker.

    >>> stacked([("Close", "XYZ"), ("Open", "XYZ")]), stacked([("Close", "AB"), ("Close", "XY")])
    ((['Close', 'Open'], 'XYZ'), (['Close AB', 'Close XY'], ''))
    """
    shared = [
        level
        for level, each in enumerate(zip(*names, strict=True))
        if len(set(each)) == 1 and each[0].lower() not in _PRICES and len(names[0]) > 1
    ][-1:]
    ticker = names[0][shared[0]] if shared else ""
    return [" ".join(part for level, part in enumerate(each) if level not in shared).strip() for each in names], ticker


def read_table(path: Path, *, date: str | None, values: Sequence[str] | None, delimiter: str = ",") -> Table:
    """The date column and value columns of a CSV file with one header line.

    A two-column file needs no names (and no header). In a wider one `date` defaults to the column "date",
    and the value columns must be named. Raises `MarketError` for a file that cannot be read or has no such
    column.
    """
    sheet = read_sheet(path, delimiter)
    picked = pick(sheet, date, values)
    sheet.must_be_full()
    columns = [[row[place] for row in sheet.rows] for place in picked]
    return Table(sheet.name, columns[0], columns[1:], sheet.lines, [sheet.header[place] for place in picked])


def pick(sheet: Sheet, date: str | None, values: Sequence[str] | None) -> list[int]:
    """The indices of the date column and of the value columns; of two columns the first is the date, the second the value.

    Raises `MarketError` for a column that is missing or duplicated, and where the choice is ambiguous.
    """
    header = sheet.header
    if date is None and values is None and len(header) == 2:
        return [0, 1]
    faults = Faults()
    listed = f"the columns of the file are {', '.join(header)}"
    wanted: list[str] = []
    if date is not None:
        wanted.append(date)
    else:
        wanted.extend([column for column in header if column.lower() == "date"][:1])
        if not wanted:
            faults.add(f"say which column holds the date; {listed}", field="date", value=sheet.path)
    if values is not None:
        wanted.extend(values)
    elif len(header) == 2 and len(wanted) == 1 and wanted[0] in header:
        wanted.append(header[1 - header.index(wanted[0])])
    else:
        hint = "" if len(header) > 1 or ";" not in header[0] else " (delimiter=';' for a file with semicolons)"
        faults.add(f"say which column holds the value; {listed}{hint}", field="value", value=sheet.path)
    for column in wanted:
        if header.count(column) != 1:
            reason = "there is no such column" if column not in header else "more than one column has that name"
            faults.add(f"{reason}; {listed}", field=sheet.name, value=repr(column))
    faults.settle()
    return [header.index(column) for column in wanted]


def same_length(names: Iterable[str], columns: Iterable[Any], owner: str, faults: Faults) -> None:
    """Check that the columns of a table have the same length, above 0."""
    lengths = {name: len(column) for name, column in zip(names, columns, strict=True)}
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{count} {name}" for name, count in lengths.items())
        faults.add("expected one value for each day", field=owner, value=got)
    elif 0 in lengths.values():
        faults.add("expected at least one day", field=owner, value="none")
