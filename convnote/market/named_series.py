"""Named series beside the closes of a history: volume-weighted prices ("VWAP"), the price of the note ("note"), an index.

Each has its own days and is requested by name; values are exact and gaps are not filled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from convnote.calendars import to_date
from convnote.errors import MarketError, TermsError, must_be
from convnote.market.columns import Path, read_each_day, read_ratios, read_sheet
from convnote.market.faults import Faults
from convnote.market.written import read_written_days

#: The name of exchange rates, in units of the share's currency for one of the note's (FXF-1).
FX = "fx"
#: The name of the volume-weighted average prices of the share, in the currency of the closes (STL-1).
VWAP = "VWAP"
#: The name of the prices of the note itself, as it is quoted (CNT-2).
NOTE = "note"


def value_on(series: Mapping[str, NamedSeries], name: str, day: int) -> Fraction | None:
    """The value of the series `name` on day number `day`, exact; None if it has none on that day, or is missing."""
    return series[name].at(day) if name in series else None


@dataclass(frozen=True)
class NamedSeries:
    """One series: exact values by day number, in order of their days.

    >>> series = NamedSeries.of("LIBOR6", {"2000-02-14": "0.0625"})
    >>> series.at(11001), series.at(11002), len(series)
    (Fraction(1, 16), None, 1)
    """

    name: str
    values: Mapping[int, Fraction]

    @classmethod
    def of(cls, name: Any, values: Any) -> NamedSeries:
        """A series from a mapping of days to numbers or decimal text; prices must be above 0, an index may be any number.

        Raises `MarketError` with every fault at once: an invalid name, day or value, or a repeated day.
        """
        place = "MarketHistory.series"
        if not isinstance(name, str) or not name.strip():
            raise MarketError("expected the name of a series", field=place, value=repr(name))
        place = f"{place}[{name!r}]"
        if not isinstance(values, Mapping):
            raise MarketError("expected a mapping of days to values", field=place, value=type(values).__name__)
        return cls._read(name, list(values), list(values.values()), place)

    @classmethod
    def from_csv(cls, name: str, path: Path, delimiter: str = ",") -> NamedSeries:
        """A series from a CSV file with two columns, a date and a value."""
        sheet = read_sheet(path, delimiter)
        if len(sheet.header) != 2:
            raise MarketError("expected two columns, date and value", field=sheet.name, value=", ".join(sheet.header))
        sheet.must_be_full()
        rows = range(len(sheet.rows))
        faults = Faults()
        dates, values = ([cells[place] for cells in sheet.rows] for place in (0, 1))
        days = read_written_days(dates, sheet.where(rows, sheet.header[0]), faults, None)
        faults.settle()
        return cls._read(name, [to_date(day) for day in days], values, sheet.name)

    @classmethod
    def _read(cls, name: str, dates: list[Any], values: list[Any], place: str) -> NamedSeries:
        faults = Faults()
        days = read_each_day(dates, lambda row: f"{place}[{row}]", faults)
        kind = "a price" if name in (FX, VWAP, NOTE) else None
        ratios = read_ratios(values, lambda row: f"{place}[{dates[row]}]", faults, positive=kind)
        faults.settle()
        if len(set(days)) < len(days):
            twice = next(day for place, day in enumerate(days) if day in days[:place])
            raise MarketError("expected each day once", field=place, value=to_date(twice))
        return cls(name, {day: Fraction(*ratio) for day, ratio in sorted(zip(days, ratios, strict=True))})

    def at(self, day: int) -> Fraction | None:
        """The value on a day number; None if the series has none."""
        return self.values.get(day)

    def __len__(self) -> int:
        return len(self.values)


def series_of(given: Any) -> dict[str, NamedSeries]:
    """Named series by name, from a mapping of names to mappings of days to values; None gives an empty dict."""
    try:
        must_be({} if given is None else given, Mapping, "MarketHistory.series", "expected a mapping of names to series")
    except TermsError as error:
        raise MarketError(error.reason, field="MarketHistory.series", value=type(given).__name__) from None
    return {name: NamedSeries.of(name, values) for name, values in (given or {}).items()}
