"""Files as data vendors write them: which column is the date, which the figure, and what stands where there is none.

Knows the exports of Yahoo, Stooq, FRED and the ECB. Refuses what would have to be guessed: adjusted closes, an exchange rate of
another pair, dates in which day and month could be swapped. Rows without a figure are passed over and reported, none is filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date
from convnote.errors import MarketError, TermsError
from convnote.market.columns import Ratio, Sheet, check_order, pick, read_each_day, read_ratios
from convnote.market.faults import Faults

CLOSE, RATE = "a close", "a rate"

#: What vendors write where there is no figure.
_NOTHING = frozenset({"", ".", "null", "N/A", "n/a", "NaN", "nan", "-"})
_ADJUSTED = re.compile(r"adj", re.IGNORECASE)
_WHY = (
    "adjusted closes are not what was traded, and the note counts closes as traded (WDR-1): "
    "use the column of closes, not the adjusted one"
)


@dataclass(frozen=True)
class Format:
    """How one vendor writes: its name, the places of date and figure, whether a day is written YYYYMMDD."""

    name: str
    date: int
    value: int
    compact: bool = False
    #: places of columns that say which series a row belongs to, with what they must say
    series: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Series:
    """Days and exact figures read from one file or frame, and what was noticed on the way."""

    name: str
    days: list[int]
    ratios: list[Ratio]
    notes: tuple[str, ...]


def recognise(header: Sequence[str], what: str, name: str) -> Format | None:
    """The format of a header line, None for none of those known.

    >>> recognise("Date,Open,High,Low,Close,Adj Close,Volume".split(","), CLOSE, "f.csv").name
    'Yahoo'
    >>> recognise(["observation_date", "DEXUSEU"], RATE, "f.csv").name
    'FRED'

    Raises `MarketError` for a file with adjusted closes only, or with the rates of another pair of currencies.
    """
    at = {column.lower(): place for place, column in reversed(list(enumerate(header)))}
    if "date" in at and "close" in at and ("adj close" in at or "stock splits" in at):
        return Format("Yahoo", at["date"], at["close"])
    if {"date", "open", "high", "low", "close"} <= set(at):
        return Format("Stooq", at["date"], at["close"])
    if "<date>" in at and "<close>" in at:
        series = {at["<ticker>"]: "EURUSD"} if what == RATE and "<ticker>" in at else {}
        return Format("Stooq", at["<date>"], at["<close>"], compact=True, series=series)
    if "time_period" in at and "obs_value" in at:
        pair = {"currency": "USD", "currency_denom": "EUR"} if what == RATE else {}
        return Format("ECB", at["time_period"], at["obs_value"], series={at[c]: v for c, v in pair.items() if c in at})
    if "date" in at and "usd" in at and what == RATE:
        return Format("ECB", at["date"], at["usd"])
    if len(header) == 3 and header[0].upper() == "DATE" and header[1].upper() == "TIME PERIOD":
        if what == RATE and "EXR.D.USD.EUR" not in header[2]:
            raise _another_pair(name, header[2])
        return Format("ECB", 0, 2)
    if len(header) == 2 and header[0] in ("DATE", "observation_date") and re.fullmatch(r"[A-Z][A-Z0-9_]+", header[1]):
        if what == RATE and header[1].startswith("DEX") and header[1] != "DEXUSEU":
            raise _another_pair(name, header[1])
        return Format("FRED", 0, 1)
    if "close" not in at and any(_ADJUSTED.search(column) for column in header) and what == CLOSE:
        raise MarketError(_WHY, field=name, value=", ".join(header))
    return None


def _another_pair(name: str, series: str) -> MarketError:
    return MarketError("rates in USD per EUR are needed", field=name, rule="FX-1", value=series)


def read_series(
    sheet: Sheet,
    what: str,
    faults: Faults,
    *,
    date: str | None = None,
    value: str | None = None,
    splits: Mapping[Any, Any] | None = None,
    in_usd: bool = False,
    known: Format | None = None,
) -> Series:
    """The days and exact figures of a sheet: named columns, else those of a known format, else its only two.

    `splits` undoes a vendor's adjustment: of each split its first day and the new shares for one old; closes before it are
    multiplied. Faults are added to `faults`; adjusted closes and columns that cannot be told are a `MarketError`.
    """
    header = sheet.header
    if known is None and date is None and value is None:
        known = recognise(header, what, sheet.name)
    places = [known.date, known.value] if known else pick(sheet, date, None if value is None else [value])
    if what == CLOSE and _ADJUSTED.search(header[places[1]]):
        raise MarketError(_WHY, field=sheet.name, value=header[places[1]])
    name = f"{sheet.name} ({known.name})" if known and known.name else sheet.name
    sheet.must_be_full()
    rows, passed = list(range(len(sheet.rows))), list[str]()
    if known is not None:
        rows, passed = _with_figures(sheet, known, faults)
    dates = [sheet.rows[row][places[0]] for row in rows]
    texts = [sheet.rows[row][places[1]] for row in rows]
    where = sheet.where(rows, header[places[0]]), sheet.where(rows, header[places[1]])
    compact = known is not None and known.compact
    days = read_each_day(map(_iso, dates) if compact else dates, where[0], faults)
    ratios = read_ratios(texts, where[1], faults, positive=what)
    if len(days) == len(dates):
        if known is not None and len(days) > 1 and np.all(np.diff(np.array(days)) < 0):
            days.reverse()  # the ECB and others write the newest first
            ratios.reverse()
            texts.reverse()
        check_order(days, where[0], faults)
    notes = [f"rows of {name} without a figure are passed over, {len(passed)}: {listed(passed)}"] if passed else []
    if len(days) == len(ratios) == len(texts) and what == CLOSE:
        if known is not None and known.name == "Yahoo":
            ratios, noisy = _without_noise(texts, ratios)
            if noisy:
                notes.append(f"{noisy} closes of {name}, printed in single precision, are taken at the cent they stand for")
        ratios = _before_splits(days, ratios, splits or {}, faults)
        if known is not None and in_usd:
            _refuse_adjusted(name, days, ratios, faults)
    return Series(name, days, ratios, tuple(notes))


def listed(entries: Sequence[Any], most: int = 5) -> str:
    """The first entries, and how many more there are."""
    more = f" and {len(entries) - most} more" if len(entries) > most else ""
    return ", ".join(map(str, entries[:most])) + more


def _with_figures(sheet: Sheet, known: Format, faults: Faults) -> tuple[list[int], list[str]]:
    """The rows that have a figure, and the dates of those that have none; rows of another series are faults."""
    rows, passed = [], []
    for row, cells in enumerate(sheet.rows):
        others = [cells[place] for place, wanted in known.series.items() if _text(cells[place]) != wanted]
        if others:
            faults.add(
                "rates in USD per EUR are needed", field=sheet.where([row], "series")(0), rule="FX-1", value=repr(others[0])
            )
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
    """20000216 as 2000-02-16, anything else as it is."""
    return (
        f"{entry[:4]}-{entry[4:6]}-{entry[6:]}" if isinstance(entry, str) and re.fullmatch(r"\d{8}", entry, re.ASCII) else entry
    )


# --- closes as traded --------------------------------------------------------------------------------------------------


def _without_noise(texts: Sequence[Any], ratios: list[Ratio]) -> tuple[list[Ratio], int]:
    """Closes that are a number of cents printed in single precision, 52.619999 for 52.62, taken at the cent; and how many."""
    made, noisy = list(ratios), 0
    for place, entry in enumerate(texts):
        if isinstance(entry, float) or (isinstance(entry, str) and re.fullmatch(r"\d+\.\d{6}", entry)):
            cents = round(float(entry) * 100)
            single = np.float32(cents / 100)
            printed = entry == float(single) if isinstance(entry, float) else entry == f"{single:.6f}"
            if printed and Fraction(cents, 100) != Fraction(*ratios[place]):
                made[place], noisy = Fraction(cents, 100).as_integer_ratio(), noisy + 1
    return made, noisy


def _before_splits(days: list[int], ratios: list[Ratio], splits: Mapping[Any, Any], faults: Faults) -> list[Ratio]:
    for on, shares in splits.items():
        try:
            first, factor = int(day_number(on, "splits")), fraction(shares, "splits")
            if factor <= 0:
                raise TermsError("new shares for one old, above 0, are needed")
        except TermsError as fault:
            faults.add(fault.reason, field="splits", value=f"{on}: {shares}")
            continue
        ratios = [
            (Fraction(*ratio) * factor).as_integer_ratio() if day < first else ratio
            for day, ratio in zip(days, ratios, strict=True)
        ]
    return ratios


#: Shares in the United States were quoted in cents from this day on at the latest, before it in fractions of a dollar.
_CENTS_FROM = int(day_number("2001-04-09"))
#: A share of closes off the grid below which they may be misprints, and the closes from which a share says anything.
_MISPRINTS, _ENOUGH = 0.1, 20


def _refuse_adjusted(name: str, days: list[int], ratios: list[Ratio], faults: Faults) -> None:
    """Closes in USD that were traded lie on a grid: cents, before 2001-04-09 also 64ths. Adjusted ones do not."""
    off = [
        place
        for place, (day, (top, bottom)) in enumerate(zip(days, ratios, strict=True))
        if (100 * top) % bottom and (day >= _CENTS_FROM or not _in_64ths(top, bottom))
    ]
    if len(days) >= _ENOUGH and len(off) > _MISPRINTS * len(days):
        shown = f"{ratios[off[0]][0] / ratios[off[0]][1]:.6g} on {to_date(days[off[0]])}"
        reason = (
            "no price at which a share trades in USD: these closes are adjusted for splits or dividends, as vendors do up to the "
            "day of the download; undo it with splits={day: new shares for one old}, or use closes as traded"
        )
        faults.add(reason, field=name, value=f"{shown}, and {len(off)} of {len(days)} closes like it")


def _in_64ths(top: int, bottom: int) -> bool:
    """True for a number of 64ths, also where a file prints it cut to four decimals or more."""
    nearest = Fraction(round(Fraction(64 * top, bottom)), 64)
    return abs(Fraction(top, bottom) - nearest) < Fraction(1, 10_000)
