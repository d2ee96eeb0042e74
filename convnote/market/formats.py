"""File formats of data vendors: which column is the date, which the figure, and how a missing figure is written.

Recognises the exports of Yahoo, Stooq, Nasdaq, IEX, FRED and the ECB. Refuses anything that would need a guess: adjusted
closes, an exchange rate of another pair, dates in which day and month could be swapped. Rows without a figure are skipped and
reported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from convnote.calendars import to_date
from convnote.errors import MarketError, must_be
from convnote.market.columns import Ratio, Sheet, check_order, pick, read_ratios
from convnote.market.currencies import pair_in, single_in, usual_rates
from convnote.market.faults import Faults
from convnote.market.traded import before_splits, check_grid, without_noise
from convnote.market.written import check_format, figures, read_written_days

CLOSE, RATE = "a close", "a rate"

#: How vendors write a missing figure.
_NOTHING = frozenset({"", ".", "null", "N/A", "n/a", "NaN", "nan", "-", "None"})
_ADJUSTED = re.compile(r"(?<!un)(?<!un[ _-])(?<!non[ _-])adj", re.IGNORECASE)
#: Columns of closes as traded in files whose "close" column is adjusted.
_AS_TRADED = re.compile(r"u_?close|close_?unadj(usted)?|(unadjusted|raw)[ _]?close|close[ _](raw|unadjusted)", re.IGNORECASE)
_WHY = (
    "adjusted closes are not what was traded, and the note counts closes as traded (WDR-1): "
    "use the column of closes, not the adjusted one"
)


@dataclass(frozen=True)
class Format:
    """One vendor's format: its name, the columns of date and figure, whether a day is written YYYYMMDD."""

    name: str
    date: int
    value: int
    compact: bool = False
    #: columns that say which series a row belongs to, with the value required
    series: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Series:
    """Days and exact figures read from one file or frame, and the notes made while reading."""

    name: str
    days: list[int]
    ratios: list[Ratio]
    notes: tuple[str, ...]


def recognise(header: Sequence[str], what: str, name: str, into: str = "EUR") -> Format | None:
    """The format of a header line, None if unknown; rates are USD for one unit of `into`.

    >>> recognise("Date,Open,High,Low,Close,Adj Close,Volume".split(","), CLOSE, "f.csv").name
    'Yahoo'
    >>> recognise(["observation_date", "DEXUSEU"], RATE, "f.csv").name
    'FRED'

    Raises `MarketError` for a file with adjusted closes only, or with the rates of another pair of currencies.
    """
    at = {column.lower(): place for place, column in reversed(list(enumerate(header)))}
    as_traded = [place for place, column in enumerate(header) if _AS_TRADED.fullmatch(column)] if what == CLOSE else []
    if "date" in at and len(as_traded) == 1:
        return Format("IEX" if "uclose" in at else "as traded", at["date"], as_traded[0])
    if "date" in at and "close/last" in at:
        return Format("Nasdaq", at["date"], at["close/last"])
    if "date" in at and "close" in at and ("adj close" in at or "stock splits" in at):
        return Format("Yahoo", at["date"], at["close"])
    if {"date", "open", "high", "low", "close"} <= set(at):
        return Format("Stooq", at["date"], at["close"])
    if "<date>" in at and "<close>" in at:
        series = {at["<ticker>"]: f"{into}USD"} if what == RATE and "<ticker>" in at else {}
        return Format("Stooq", at["<date>"], at["<close>"], compact=True, series=series)
    if "time_period" in at and "obs_value" in at:
        pair = {"currency": "USD", "currency_denom": into} if what == RATE else {}
        return Format("ECB", at["time_period"], at["obs_value"], series={at[c]: v for c, v in pair.items() if c in at})
    if "date" in at and "usd" in at and what == RATE and into == "EUR":
        return Format("ECB", at["date"], at["usd"])
    if len(header) == 3 and header[0].upper() == "DATE" and header[1].upper() == "TIME PERIOD":
        return Format("ECB", 0, 2)
    if len(header) == 2 and header[0] in ("DATE", "observation_date") and re.fullmatch(r"[A-Z][A-Z0-9_]+", header[1]):
        return Format("FRED", 0, 1)
    if "close" not in at and any(_ADJUSTED.search(column) for column in header) and what == CLOSE:
        raise MarketError(_WHY, field=name, value=", ".join(header))
    return None


def read_closes(
    sheet: Sheet,
    faults: Faults,
    *,
    currency: str | None,
    date: str | None = None,
    value: str | None = None,
    date_format: str | None = None,
    splits: Mapping[Any, Any] | None = None,
    known: Format | None = None,
) -> Series:
    """The days and exact closes of a sheet: from named columns, else from those of a known format, else from its only two.

    `splits` undoes a vendor's adjustment: it gives the first day of each split and the new shares for one old; closes before it
    are multiplied. Faults are added to `faults`; adjusted closes and ambiguous columns raise `MarketError`.
    """
    if known is None and date is None and value is None:
        known = _of_sheet(sheet, CLOSE)
    places = [known.date, known.value] if known else pick(sheet, date, None if value is None else [value])
    column = sheet.header[places[1]]
    as_traded = [each for each in sheet.header if _AS_TRADED.fullmatch(each)]
    if _ADJUSTED.search(column) or (as_traded and column not in as_traded):
        hint = f", here {as_traded[0]}" if as_traded else ""
        raise MarketError(_WHY + hint, field=sheet.name, value=column)
    name, days, texts, ratios, notes = _read(sheet, CLOSE, faults, places, known, date_format, "")
    if as_traded and "close" in (each.lower() for each in sheet.header):
        notes.append(f"the closes of {name} are those of the column {column}, as traded; its column close is adjusted")
    if len(days) == len(ratios) == len(texts):
        ratios, noisy = without_noise(texts, ratios)
        if noisy:
            notes.append(f"{noisy} closes of {name}, printed in single precision, are taken at the cent they stand for")
        must_be({} if splits is None else splits, Mapping, "splits", "expected a mapping of days to new shares for one old")
        ratios = before_splits(days, ratios, splits or {}, faults)
        # A plain file without a currency may hold closes converted from another one; a vendor's file or a frame holds quotes.
        strict = currency == "USD" or (currency is None and (bool(known and known.name) or sheet.unit == "row"))
        notes += check_grid(name, days, ratios, currency, faults, strict=strict, undone=bool(splits))
    return Series(name, days, ratios, tuple(notes))


def read_rates(
    sheet: Sheet,
    faults: Faults,
    *,
    into: str,
    closes: Series,
    date: str | None = None,
    value: str | None = None,
    date_format: str | None = None,
    known: Format | None = None,
) -> Series:
    """The days and exact rates of a sheet, in USD for one unit of the currency `into`; the columns as `read_closes` finds them.

    Rates named as those of another pair or the inverse, and closes in place of rates, raise `MarketError` (FX-1); rates
    outside half to twice the usual are reported in the notes.
    """
    if known is None and date is None and value is None:
        known = _of_sheet(sheet, RATE, into)
    places = [known.date, known.value] if known else pick(sheet, date, None if value is None else [value])
    _check_pair(sheet, places[1], into, faults)
    name, days, _, ratios, notes = _read(sheet, RATE, faults, places, known, date_format, into)
    if len(days) != len(ratios):
        return Series(name, days, ratios, tuple(notes))
    traded = dict(zip(closes.days, closes.ratios, strict=False))
    shared = [(ratio, traded[day]) for day, ratio in zip(days, ratios, strict=True) if day in traded]
    if shared and all(Fraction(*rate) == Fraction(*close) for rate, close in shared):
        faults.add(f"{_needed(into)}, and these are the closes", field=name, rule="FX-1", value=f"{len(shared)} equal figures")
    usual = usual_rates(into)
    if usual is not None:
        odd = [place for place, ratio in enumerate(ratios) if not usual[0] <= Fraction(*ratio) <= usual[1]]
        if odd:
            first = f"{ratios[odd[0]][0] / ratios[odd[0]][1]:g} on {to_date(days[odd[0]])}"
            span = f"{float(usual[0]):g} to {float(usual[1]):g}"
            notes.append(f"{len(odd)} of {len(days)} rates of {name} are not within {span} USD per {into}: {first}")
    return Series(name, days, ratios, tuple(notes))


def _of_sheet(sheet: Sheet, what: str, into: str = "EUR") -> Format | None:
    header = sheet.header
    if sheet.ticker and header.count("Date") == header.count("Close") == 1:
        return Format("yfinance", header.index("Date"), header.index("Close"))
    return recognise(header, what, sheet.name, into)


def _needed(into: str) -> str:
    return f"expected rates in USD per {into}"


def _check_pair(sheet: Sheet, place: int, into: str, faults: Faults) -> None:
    """Refuse rates whose column, ticker or rows name another pair, the inverse, or a share's close in some currency."""
    for name in (sheet.header[place], sheet.ticker):
        pair, single = pair_in(name), single_in(name)
        if pair is not None and pair != ("USD", into):
            inverse = ", not the inverse" if pair == (into, "USD") else ""
            raise MarketError(_needed(into) + inverse, field=sheet.name, rule="FX-1", value=name)
        of_a_share = single is not None and re.search("close|price", name, re.IGNORECASE)
        # the ECB names its columns by the currency, in units for one euro
        if pair is None and single is not None and (of_a_share or (single, into) != ("USD", "EUR")):
            raise MarketError(_needed(into), field=sheet.name, rule="FX-1", value=name)
    for number, column in enumerate(sheet.header):
        if column.lower() in ("pair", "symbol", "ticker", "currency pair", "series"):
            for row, cells in enumerate(sheet.rows):
                pair = pair_in(_text(cells[number])) if number < len(cells) else None
                if pair is not None and pair != ("USD", into):
                    faults.add(_needed(into), field=sheet.where([row], column)(0), rule="FX-1", value=repr(cells[number]))


def _read(
    sheet: Sheet, what: str, faults: Faults, places: Sequence[int], known: Format | None, date_format: str | None, into: str
) -> tuple[str, list[int], list[Any], list[Ratio], list[str]]:
    """Name, days, figures as written and exact, oldest first, and the notes made while reading."""
    header = sheet.header
    check_format(date_format, "date_format")
    name = f"{sheet.name} ({known.name})" if known and known.name else sheet.name
    sheet.must_be_full()
    rows, passed = list(range(len(sheet.rows))), list[str]()
    if known is not None:
        rows, passed = _with_figures(sheet, known, faults, into)
    dates = [sheet.rows[row][places[0]] for row in rows]
    texts = figures(sheet.rows[row][places[1]] for row in rows)
    where = sheet.where(rows, header[places[0]]), sheet.where(rows, header[places[1]])
    compact = known is not None and known.compact
    days = read_written_days(list(map(_iso, dates)) if compact else dates, where[0], faults, date_format)
    ratios = read_ratios(texts, where[1], faults, positive=what)
    if len(days) == len(dates):
        if len(days) > 1 and np.all(np.diff(np.array(days)) < 0):  # many vendors list the newest first
            days.reverse()
            ratios.reverse()
            texts.reverse()
        check_order(days, where[0], faults)
    notes = [f"rows of {name} without a figure are passed over, {len(passed)}: {listed(passed)}"] if passed else []
    return name, days, texts, ratios, notes


def listed(entries: Sequence[Any], most: int = 5) -> str:
    """The first entries, and the number of further ones."""
    more = f" and {len(entries) - most} more" if len(entries) > most else ""
    return ", ".join(map(str, entries[:most])) + more


def _with_figures(sheet: Sheet, known: Format, faults: Faults, into: str) -> tuple[list[int], list[str]]:
    """The rows with a figure, and the dates of those without; rows of another series are faults."""
    rows, passed = [], []
    for row, cells in enumerate(sheet.rows):
        others = [cells[place] for place, wanted in known.series.items() if _text(cells[place]) != wanted]
        if others:
            faults.add(_needed(into), field=sheet.where([row], "series")(0), rule="FX-1", value=repr(others[0]))
        elif _text(cells[known.value]) in _NOTHING:
            passed.append(_text(cells[known.date])[:10])
        else:
            rows.append(row)
    if not rows and not faults.found:
        faults.add("no row has a figure", field=sheet.name)
    return rows, passed


def _text(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) else str(cell)


def _iso(entry: Any) -> Any:
    """20000216 as 2000-02-16, anything else unchanged."""
    return (
        f"{entry[:4]}-{entry[4:6]}-{entry[6:]}" if isinstance(entry, str) and re.fullmatch(r"\d{8}", entry, re.ASCII) else entry
    )
