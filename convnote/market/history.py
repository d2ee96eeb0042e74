"""Observed closes in one currency (CUR-1, FX-1), exact. Nothing contractual is decided here, and gaps are not filled.

A missing close, or one on a day without trading, is reported when it is needed: `window` and `exact_close`
name the missing days; `gaps` lists them beforehand and `notes` reports what was found while reading.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from convnote.arithmetic import decimal
from convnote.calendars import Calendar, calendar, to_date
from convnote.errors import MarketError, as_given
from convnote.inputs import DateLike, DatesLike, Number, NumbersLike
from convnote.market.columns import Path, Ratio, Where, as_column, read_days, read_ratios, read_sheet, same_length
from convnote.market.currencies import currencies_of, currency_of
from convnote.market.days import as_day
from convnote.market.faults import Faults
from convnote.market.formats import CLOSE, RATE, Series, listed, read_closes, read_rates
from convnote.market.frames import sheet_of
from convnote.market.named_series import NamedSeries, series_of
from convnote.market.traded import jumps
from convnote.tables import pandas

#: FX-1: a rate is used for at most this many calendar days after its fixing (Easter takes four).
MAX_STALE_DAYS = 5
CURRENCY_NOT_SAID = "the currency of the closes is not stated"


class MarketHistory:
    """Closes in one currency on ascending days: `dates` and `closes`, arrays [day], and each close as an exact number (CUR-1).

    Dates: ISO strings, dates, datetime64 or a pandas column. Closes: numbers or decimal text. `currency`: a three-letter code;
    None (unstated) means the currency of the note that the closes are used for. `series`: other series by name,
    each a mapping of days to values: ``{"VWAP": {"2000-02-16": "72.31"}}``; "VWAP" is in the currency of the closes.

    >>> history = MarketHistory(dates=["2000-02-15", "2000-02-16"], closes=[72.5, "72.10"], currency="EUR")
    >>> history.closes, history.exact_close(11003)
    (array([72.5, 72.1]), Fraction(721, 10))

    Raises `MarketError`, with every fault at once, for days out of order or twice, a missing or unreadable
    cell, a close that is not above 0, a time of day, or columns of unequal length.
    """

    #: day numbers, int64 [day]
    days: np.ndarray
    #: closes in `currency`, float64 [day], each the float64 nearest to the exact close
    closes: np.ndarray
    #: currency of the closes, a three-letter code; None if unstated
    currency: str | None = None
    #: the source of the closes, in words
    source: str
    #: recorded decisions that belong to this history, as tables; not read in this module
    decisions: tuple[Mapping[str, Any], ...] = ()
    #: the name of the only note that may use this history; None: any note whose closes are in its currency
    belongs_to: str | None = None
    #: issue day number of that note, which identifies it under another name
    issued: int | None = None
    #: the trading calendar that decides which days lack a close
    trading_days: str = "NASDAQ"

    #: other series by name, each with its own days: "VWAP", "note", an index
    series: Mapping[str, NamedSeries] = MappingProxyType({})

    def __init__(
        self,
        *,
        dates: DatesLike,
        closes: NumbersLike,
        currency: str | None = None,
        series: Mapping[str, Mapping[DateLike, Number]] | None = None,
        source: str | None = None,
    ) -> None:
        faults, owner = Faults(), "MarketHistory"
        currency = currency_of(currency, f"{owner}.currency")
        dates, closes = as_column(dates, f"{owner}.dates"), as_column(closes, f"{owner}.closes")
        days = read_days(dates, _in(f"{owner}.dates"), faults)
        ratios = read_ratios(closes, _in(f"{owner}.closes"), faults, positive="a close")
        same_length(("dates", "closes"), (dates, closes), owner, faults)
        faults.settle()
        _must_be_words(source)
        self._keep(days, ratios, source or f"closes given{f' in {currency}' if currency else ''}", currency)
        self.series = series_of(series)

    def _keep(
        self, days: list[int], ratios: list[Ratio], source: str, currency: str | None, noticed: tuple[str, ...] = ()
    ) -> None:
        self._days, self._ratios, self.source, self.currency, self._noticed = days, ratios, source, currency, noticed
        self.days = np.array(days, dtype=np.int64)
        # int / int is correctly rounded; dividing two rounded floats is not
        self.closes = np.array([top / bottom for top, bottom in ratios])
        self.days.flags.writeable = self.closes.flags.writeable = False

    @classmethod
    def from_usd(
        cls,
        dates: DatesLike,
        closes: NumbersLike,
        fx_dates: DatesLike,
        fx_rates: NumbersLike,
        *,
        currency: str = "EUR",
        max_stale_days: int = MAX_STALE_DAYS,
        source: str | None = None,
    ) -> MarketHistory:
        """Closes in `currency` from closes in USD and the latest rate, in USD for one unit of it, on or before each day (FX-1).

        A rate is carried over at most `max_stale_days` calendar days; a close without one is a `MarketError`
        naming it.

        >>> history = MarketHistory.from_usd(["2000-02-16"], [70.6875], ["2000-02-16"], [0.9804])
        >>> history.exact_closes
        [Fraction(235625, 3268)]
        """
        faults, owner = Faults(), "MarketHistory.from_usd"
        into = currency_of(currency, f"{owner}.currency") or "EUR"
        source = source or f"closes given in USD / rates given in USD per {into}"
        dates, closes = as_column(dates, f"{owner}.dates"), as_column(closes, f"{owner}.closes")
        fx_dates, fx_rates = (
            as_column(fx_dates, f"{owner}.fx_dates"),
            as_column(fx_rates, f"{owner}.fx_rates"),
        )
        days = read_days(dates, _in(f"{owner}.dates"), faults)
        ratios = read_ratios(closes, _in(f"{owner}.closes"), faults, positive="a close")
        fx_days = read_days(fx_dates, _in(f"{owner}.fx_dates"), faults)
        rates = read_ratios(fx_rates, _in(f"{owner}.fx_rates"), faults, positive="a rate")
        same_length(("dates", "closes"), (dates, closes), owner, faults)
        same_length(("fx_dates", "fx_rates"), (fx_dates, fx_rates), owner, faults)
        faults.settle()
        return cls._converted(days, ratios, fx_days, rates, max_stale_days, source, into)

    @classmethod
    def from_csv(
        cls,
        close: Path,
        fx: Path | None = None,
        *,
        currency: str | None = None,
        close_date: str | None = None,
        close_column: str | None = None,
        fx_date: str | None = None,
        fx_column: str | None = None,
        date_format: str | None = None,
        fx_date_format: str | None = None,
        splits: Mapping[DateLike, Number] | None = None,
        delimiter: str = ",",
        max_stale_days: int = MAX_STALE_DAYS,
        series: Mapping[str, Path] | None = None,
        source: str | None = None,
    ) -> MarketHistory:
        """Closes from a CSV file, in `currency` (None: the note's); with a file `fx` of USD per EUR beside it, in USD (FX-1).

        With `fx` the history is in EUR, or, with `currency="GBP"`, in GBP and the rates are USD per GBP.

        Files from Yahoo, Stooq, Nasdaq, IEX, FRED and the ECB are recognised by their columns; rows without a figure are
        skipped and reported in `notes`. Any other two-column file is read as date and value; for a wider one name the
        value column (`close_column`, `fx_column`), and the date column (`close_date`, `fx_date`) unless it is called "date".
        Numbers use a decimal point. Dates are YYYY-MM-DD, or another style if the column shows which figure is the month;
        otherwise give it: ``date_format="%m/%d/%Y"``, as in `datetime.strptime`.

        `splits` undoes a vendor's adjustment: ``{"2022-06-06": 20}`` multiplies the closes before that day by 20. Vendors
        adjust for all splits up to the download date; the note uses closes as traded. `series` names two-column files,
        date and value: ``{"VWAP": "vwap.csv"}``.

        Raises `MarketError` with file, line, column and cell of every fault, or naming the closes that have no rate; for adjusted
        closes, for rates of another pair or the inverse (FX-1), and for dates in which day and month could be swapped.
        """
        quoted, into = currencies_of(currency, fx is not None, "MarketHistory.from_csv currency")
        faults = Faults()
        sheet = read_sheet(close, delimiter)
        closes = read_closes(
            sheet, faults, currency=quoted, splits=splits, date=close_date, value=close_column, date_format=date_format
        )
        rates = None
        if fx is not None and into is not None:
            sheet = read_sheet(fx, delimiter)
            rates = read_rates(sheet, faults, into=into, closes=closes, date=fx_date, value=fx_column, date_format=fx_date_format)
        faults.settle()
        history = cls._of_series(closes, rates, into, max_stale_days, source)
        history.series = {name: NamedSeries.from_csv(name, path, delimiter) for name, path in (series or {}).items()}
        return history

    @classmethod
    def from_frame(
        cls,
        close: Any,
        fx: Any = None,
        *,
        currency: str | None = None,
        close_date: str | None = None,
        close_column: str | None = None,
        fx_date: str | None = None,
        fx_column: str | None = None,
        date_format: str | None = None,
        fx_date_format: str | None = None,
        splits: Mapping[DateLike, Number] | None = None,
        max_stale_days: int = MAX_STALE_DAYS,
        source: str | None = None,
    ) -> MarketHistory:
        """Closes from a frame, in `currency` (None: the note's); with a frame `fx` of USD per EUR beside it, in USD (FX-1).

        A frame is a pandas, Polars or Arrow frame, anything with `__arrow_c_stream__`, or a pandas series. Dates are the index of
        a pandas frame, or the column `close_date` (None: the one called "date"); the value is the column `close_column` (None:
        "close", or the only one). Rows without a number are skipped and reported in `notes`. Otherwise as `from_csv`.

        >>> import pandas as pd
        >>> days = pd.to_datetime(["2000-02-15", "2000-02-16", "2000-02-17"])
        >>> history = MarketHistory.from_frame(pd.Series([72.5, None, 71.0], days), currency="EUR")
        >>> history.notes  # doctest: +ELLIPSIS
        ('rows of the closes without a figure are passed over, 1: 2000-02-16', 'no close on 1 of the 3 NASDAQ days ...')
        """
        if currency is None:  # `to_frame` stores it there
            currency = getattr(close, "attrs", {}).get("currency")
        quoted, into = currencies_of(currency, fx is not None, "MarketHistory.from_frame currency")
        _must_be_words(source)
        faults = Faults()
        sheet, known = sheet_of(close, "the closes", CLOSE, close_date, close_column)
        closes = read_closes(sheet, faults, currency=quoted, splits=splits, known=known, date_format=date_format)
        rates = None
        if fx is not None and into is not None:
            sheet, known = sheet_of(fx, "the rates", RATE, fx_date, fx_column, into)
            rates = read_rates(sheet, faults, into=into, closes=closes, known=known, date_format=fx_date_format)
        faults.settle()
        return cls._of_series(
            closes, rates, into, max_stale_days, source or f"a {type(close).__module__.partition('.')[0]} frame"
        )

    @classmethod
    def _of_series(
        cls, closes: Series, rates: Series | None, currency: str | None, max_stale_days: int, source: str | None
    ) -> MarketHistory:
        if rates is not None and currency is not None:
            source = source or f"{closes.name} / {rates.name}"
            history = cls._converted(closes.days, closes.ratios, rates.days, rates.ratios, max_stale_days, source, currency)
        else:
            history = cls.__new__(cls)
            history._keep(closes.days, closes.ratios, source or closes.name, currency)
        history._noticed = closes.notes + (() if rates is None else rates.notes) + history._noticed
        return history

    @classmethod
    def _converted(
        cls,
        days: list[int],
        closes: list[Ratio],
        fx_days: list[int],
        rates: list[Ratio],
        max_stale_days: int,
        source: str,
        currency: str,
    ) -> MarketHistory:
        if not isinstance(max_stale_days, int) or isinstance(max_stale_days, bool) or max_stale_days < 0:
            raise MarketError("a whole number of days, 0 or more", field="max_stale_days", value=repr(max_stale_days))
        faults = Faults()
        ratios, carried = [], []
        fixings = np.searchsorted(np.array(fx_days), np.array(days), side="right") - 1
        for day, (top, bottom), place in zip(days, closes, fixings.tolist(), strict=True):
            if place < 0 or day - fx_days[place] > max_stale_days:
                last = f"the last before is of {to_date(fx_days[place])}" if place >= 0 else "no earlier rate is given"
                reason = f"no USD per {currency} on that day or within {max_stale_days} days before; {last}"
                faults.add(reason, field="exchange rate", rule="FX-1", value=to_date(day))
                continue
            if day != fx_days[place]:
                carried.append(to_date(day))
            rate_top, rate_bottom = rates[place]
            ratios.append((top * rate_bottom, bottom * rate_top))
        faults.settle()
        history = cls.__new__(cls)
        noticed = (f"the rate of an earlier day is used on {len(carried)} days (FX-1): {listed(carried)}",) if carried else ()
        history._keep(days, ratios, source, currency, noticed)
        return history

    def must_fit(self, note: str, currency: str, issued: int) -> None:
        """Raise `MarketError` unless the note named `note`, whose closes are in `currency`, may use these closes (CUR-1).

        `issued`: the note's issue day number.

        >>> MarketHistory(dates=["2000-02-16"], closes=[70.6875], currency="USD").must_fit("amazon-peacs-2010", "EUR", 11003)
        Traceback (most recent call last):
        convnote.errors.MarketError: history.currency (CUR-1): got USD; the closes of amazon-peacs-2010 must be in EUR
        """
        if self.belongs_to not in (None, note) and self.issued != issued:
            reason = f"its closes are those of the share of {self.belongs_to}; {note} needs closes of its own"
            raise MarketError(reason, field="history", rule="CUR-1", value=self.source)
        if self.currency not in (None, currency):
            raise MarketError(
                f"the closes of {note} must be in {currency}", field="history.currency", rule="CUR-1", value=self.currency
            )

    # --- findings

    def gaps(self, trading_days: str | None = None) -> list[date]:
        """Trading days without a close between the first and the last close (DAY-1); None: by the history's own calendar.

        >>> MarketHistory(dates=["2000-02-15", "2000-02-17"], closes=[72.5, 71]).gaps()
        [datetime.date(2000, 2, 16)]
        """
        days = calendar(trading_days or self.trading_days).between(self._days[0], self._days[-1])
        return [to_date(day) for day in days if day not in self._place]

    @property
    def notes(self) -> tuple[str, ...]:
        """Findings to read before use: rows skipped, jumps of the close, an unstated currency, days without a close."""
        said = (*self._noticed, *jumps(self._days, self._ratios))
        if self.currency is None:
            said = (*said, f"{CURRENCY_NOT_SAID}: they are taken to be in the note's (CUR-1)")
        missing = self.gaps()
        if not missing:
            return said
        first, last = self._days[0], self._days[-1]
        name, count = self.trading_days, len(calendar(self.trading_days).between(first, last))
        gap = f"no close on {len(missing)} of the {count} {name} days from {to_date(first)} to {to_date(last)}: {listed(missing)}"
        return (*said, gap)

    @property
    def dates(self) -> np.ndarray:
        """The days, datetime64[D] [day]."""
        return self.days.view("datetime64[D]")

    @cached_property
    def _place(self) -> dict[int, int]:
        return {day: place for place, day in enumerate(self._days)}

    def exact_close(self, day: int) -> Fraction:
        """The close of a day number, exact, in `currency`. Raises `MarketError` naming the date if the close is missing."""
        place = self._place.get(day)
        if place is None:
            raise MarketError(f"{self.source} has no close on that day", field="close", value=to_date(day))
        return Fraction(*self._ratios[place])

    @cached_property
    def exact_closes(self) -> list[Fraction]:
        """All closes, exact, in `currency`."""
        made = {ratio: Fraction(*ratio) for ratio in set(self._ratios)}  # each distinct price is converted once
        return [made[ratio] for ratio in self._ratios]

    def window(self, last_day: int, count: int, calendar: Calendar) -> list[Fraction]:
        """The exact closes of `count` consecutive trading days, oldest first (DAY-1).

        The last of them is the last trading day on or before `last_day`.

        Raises `MarketError` naming every trading day of the window that has no close.
        """
        if count < 1:
            raise MarketError("a window has at least one day", field="count", value=count)
        end = calendar.on_or_before(int(last_day))
        wanted = calendar.between(calendar.before(end, count - 1), end)
        places = [self._place.get(day) for day in wanted]
        missing = [str(to_date(day)) for day, place in zip(wanted, places, strict=True) if place is None]
        if missing:
            reason = f"{self.source} lacks closes that the {count} trading days to {to_date(end)} need"
            raise MarketError(reason, field="close", rule="DAY-1", value=", ".join(missing))
        return [Fraction(*self._ratios[place]) for place in places if place is not None]

    def between(self, first: DateLike | int, last: DateLike | int) -> MarketHistory:
        """The history from one day to another, both included. `MarketError` if that leaves no close."""
        start = bisect_left(self._days, as_day(first, "first"))
        end = bisect_right(self._days, as_day(last, "last"))
        if start >= end:
            raise MarketError(f"{self.source} has no close between these days", field="between", value=f"{first}, {last}")
        history = type(self).__new__(type(self))
        history._keep(self._days[start:end], self._ratios[start:end], self.source, self.currency, self._noticed)
        history.decisions, history.belongs_to, history.issued = self.decisions, self.belongs_to, self.issued
        history.series, history.trading_days = self.series, self.trading_days
        return history

    def to_frame(self, exact: bool = False) -> Any:
        """A pandas frame of `date` and `close` in `currency` (also in its `attrs`), float64; `exact=True` gives Decimal."""
        pd = pandas()

        closes = [decimal(close) for close in self.exact_closes] if exact else self.closes
        frame = pd.DataFrame({"date": self.dates, "close": closes})
        frame.attrs["currency"] = self.currency
        return frame

    def __len__(self) -> int:
        return len(self._days)

    def __repr__(self) -> str:
        first, last = to_date(self._days[0]), to_date(self._days[-1])
        currency = f"in {self.currency}" if self.currency else "in a currency not stated"
        return f"MarketHistory({len(self)} closes {currency}, {first} to {last}, from {self.source!r})"


def _in(column: str) -> Where:
    return lambda row: f"{column}[{row}]"


def _must_be_words(source: Any) -> None:
    if source is not None and not isinstance(source, str):
        raise MarketError("expected text", field="MarketHistory.source", value=as_given(source))
