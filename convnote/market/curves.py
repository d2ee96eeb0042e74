"""Curves over days: piecewise-constant rates, intensities and volatilities, and discount curves.

Time is measured by a clock: a day count (years from an anchor day) or "business/252" (trading days / 252). Integrals
are taken against that clock, so they add up over adjoining spans whatever the day count. Nothing is fitted here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convnote.calendars import DAY_COUNTS, add_months, calendar, days_and_year, to_date, to_datetime64
from convnote.errors import MarketError, TermsError
from convnote.market.columns import Path, as_column, read_days, read_ratios, read_table, same_length
from convnote.market.days import as_day, as_days
from convnote.market.faults import Faults

#: How a model or a curve may measure time.
CLOCKS = (*DAY_COUNTS, "business/252")
#: Yearly compounding periods of a zero rate by name; None is continuous, 0 is simple.
COMPOUNDINGS = {"continuous": None, "annual": 1, "semiannual": 2, "quarterly": 4, "simple": 0}


def years(from_day: int, days: np.ndarray, day_count: str = "act/365f", trading: str = "NASDAQ") -> np.ndarray:
    """Years from a day to each of `days`, float64 of the same shape; "business/252" counts trading days after `from_day`.

    >>> years(as_day("1999-07-01"), as_days(["2000-07-01"]))
    array([1.00273973])

    Raises `MarketError` for a day count or calendar it does not know.
    """
    try:
        if day_count == "business/252":
            open_days = calendar(trading)
            # place[d + 1] counts the open days up to d
            return np.asarray((open_days.place[days + 1] - open_days.place[from_day + 1]) / 252.0)
        count, year = days_and_year(np.full_like(days, from_day), days, day_count)
        return np.asarray(count / float(year))
    except TermsError as fault:
        if fault.field == "day_count":
            raise MarketError(f"allowed: {', '.join(CLOCKS)}", field="day_count", value=fault.value) from None
        raise MarketError(fault.reason, field=fault.field, value=fault.value) from None


class Curve:
    """A value for every day, constant from each date to the next: `values[i]` from `dates[i]` on, the first one also before.

    Rates are per year and continuous, volatilities per square root of a year, 0.05 for 5%.

    >>> curve = Curve(["2000-02-16", "2003-02-16"], [0.04, 0.05])
    >>> curve.at(["1999-01-01", "2003-02-15", "2003-02-16"])
    array([0.04, 0.04, 0.05])

    Raises `MarketError`, with every fault at once, for dates that do not ascend and values that are no finite numbers.
    """

    #: day numbers, int64 [piece]
    days: np.ndarray
    #: float64 [piece]
    values: np.ndarray

    def __init__(self, dates: Any, values: Any) -> None:
        faults = Faults()
        dates, values = as_column(dates, "Curve.dates"), as_column(values, "Curve.values")
        days = read_days(dates, lambda row: f"Curve.dates[{row}]", faults)
        ratios = read_ratios(values, lambda row: f"Curve.values[{row}]", faults, positive=None)
        same_length(("dates", "values"), (dates, values), "Curve", faults)
        faults.settle()
        self._keep(np.array(days, dtype=np.int64), np.array([top / bottom for top, bottom in ratios]))

    def _keep(self, days: np.ndarray, values: np.ndarray) -> None:
        self.days, self.values = days, values
        self.days.flags.writeable = self.values.flags.writeable = False

    @classmethod
    def _of(cls, days: np.ndarray, values: np.ndarray) -> Curve:
        curve = cls.__new__(cls)
        curve._keep(days, values)
        return curve

    @classmethod
    def flat(cls, value: Any) -> Curve:
        """The same value on every day."""
        return cls(["1970-01-01"], [value])

    @classmethod
    def from_csv(
        cls,
        path: Path,
        *,
        date: str | None = None,
        value: str | None = None,
        scale: float = 1.0,
        delimiter: str = ",",
    ) -> Curve:
        """A curve from a CSV file of two columns, or of a wider one whose columns are named; `scale=0.01` reads percent.

        Raises `MarketError` with file, line, column and cell of every fault.
        """
        columns = None if value is None else [value]
        table, faults = read_table(path, date=date, values=columns, delimiter=delimiter), Faults()
        days = read_days(table.dates, table.where(0), faults)
        ratios = read_ratios(table.values[0], table.where(1), faults, positive=None)
        faults.settle()
        return cls._of(np.array(days, np.int64), np.array([top / bottom for top, bottom in ratios]) * scale)

    @property
    def dates(self) -> np.ndarray:
        """The first day of each piece, datetime64[D] [piece]."""
        return self.days.view("datetime64[D]")

    def at(self, days: Any) -> np.ndarray:
        """The value on each day, float64 of the shape of `days`."""
        return np.asarray(self.values[self._piece(as_days(days))])

    def _piece(self, days: np.ndarray) -> np.ndarray:
        return np.maximum(np.searchsorted(self.days, days, side="right") - 1, 0)

    def integral(
        self, from_day: Any, days: Any, *, day_count: str = "act/365f", trading: str = "NASDAQ"
    ) -> np.ndarray:
        """The value times years from `from_day` to each of `days`, float64 of the shape of `days`.

        >>> Curve(["2000-01-01", "2001-01-01"], [0.03, 0.05]).integral("2000-01-01", ["2001-01-01", "2002-01-01"])
        array([0.03008219, 0.08008219])

        Raises `MarketError` for a day before `from_day`.
        """
        start, ends = as_day(from_day, "from_day"), as_days(days)
        _check_ahead(start, ends)
        if len(self.days) == 1:
            return np.asarray(self.values[0] * years(start, ends, day_count, trading))
        edges = np.maximum(self.days, start)
        edges[0] = start
        clock = years(start, edges, day_count, trading)
        until_edge = np.concatenate([[0.0], np.cumsum(self.values[:-1] * np.diff(clock))])
        piece = self._piece(ends)
        return np.asarray(
            until_edge[piece] + self.values[piece] * (years(start, ends, day_count, trading) - clock[piece])
        )

    def discount(
        self,
        from_day: Any,
        days: Any,
        *,
        spread: float = 0.0,
        day_count: str = "act/365f",
        trading: str = "NASDAQ",
    ) -> np.ndarray:
        """The value on `from_day` of 1.00 paid on each of `days`, with a continuous `spread` over this rate."""
        exponent = self.integral(from_day, days, day_count=day_count, trading=trading)
        if spread:
            exponent = exponent + spread * years(as_day(from_day), as_days(days), day_count, trading)
        return np.asarray(np.exp(-exponent))

    def zero(
        self,
        from_day: Any,
        days: Any,
        *,
        compounding: str = "continuous",
        day_count: str = "act/365f",
        trading: str = "NASDAQ",
    ) -> np.ndarray:
        """The zero rate from `from_day` to each of `days`, per year; NaN on `from_day` itself."""
        span = years(as_day(from_day), as_days(days), day_count, trading)
        return _rate(self.integral(from_day, days, day_count=day_count, trading=trading), span, compounding)

    def shifted(self, by: float) -> Curve:
        """The curve with `by` added to every value."""
        return self._of(self.days, self.values + by)

    def scaled(self, by: float) -> Curve:
        """The curve with every value times `by`."""
        return self._of(self.days, self.values * by)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Curve):
            return NotImplemented
        return np.array_equal(self.days, other.days) and np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash((self.days.tobytes(), self.values.tobytes()))

    def __repr__(self) -> str:
        if len(self.days) == 1:
            return f"Curve.flat({self.values[0]!r})" if self.days[0] == 0 else self._few()
        return self._few() if len(self.days) <= 4 else f"Curve({len(self.days)} pieces from {to_date(self.days[0])})"

    def _few(self) -> str:
        return f"Curve({[str(day) for day in self.dates]}, {self.values.tolist()})"


def combine(function: Callable[..., np.ndarray], *curves: Curve | float) -> Curve:
    """The curve of a function of several, constant where all of them are.

    >>> combine(lambda s, x: s * x, 0.25, Curve.flat(0.1))
    Curve.flat(0.025)
    """
    parts = [curve if isinstance(curve, Curve) else Curve.flat(curve) for curve in curves]
    days = np.unique(np.concatenate([part.days for part in parts]))
    return Curve._of(days, np.asarray(function(*(part.at(days) for part in parts)), dtype=np.float64))


class DiscountCurve:
    """Discount factors from zero rates; between dates the logarithm of the factor is linear in time (constant forwards).

    Before the first date the forward is that date's zero rate, after the last the last forward goes on. A model or a bond
    floor may use it wherever a rate is a `Curve`; factors stay what they are, whatever day count the user measures in.

    >>> bund = DiscountCurve.from_tenors("2000-02-16", {1: 0.04015, 5: 0.053414, 10: 0.057046})
    >>> bund.discount("2000-02-16", ["2001-02-16", "2010-02-16"]).round(6)
    array([0.961349, 0.573935])
    """

    #: the day at which the factor is 1, a day number
    as_of: int
    #: day numbers of the dates, int64 [date], and the logarithm of the factor at each, float64 [date]
    days: np.ndarray
    logs: np.ndarray

    def __init__(
        self,
        as_of: Any,
        dates: Any,
        rates: Any,
        *,
        compounding: str = "annual",
        day_count: str = "act/365f",
    ) -> None:
        faults = Faults()
        start = as_day(as_of, "DiscountCurve.as_of")
        dates, rates = as_column(dates, "DiscountCurve.dates"), as_column(rates, "DiscountCurve.rates")
        days = read_days(dates, lambda row: f"DiscountCurve.dates[{row}]", faults)
        ratios = read_ratios(rates, lambda row: f"DiscountCurve.rates[{row}]", faults, positive=None)
        same_length(("dates", "rates"), (dates, rates), "DiscountCurve", faults)
        _check_compounding(compounding, faults)
        if days and days[0] <= start:
            reason = f"the dates must lie after {to_date(start)}, where the factor is 1"
            faults.add(reason, field="DiscountCurve.dates[0]", value=to_date(days[0]))
        faults.settle()
        values = np.array([top / bottom for top, bottom in ratios])
        self._keep(start, np.array(days, np.int64), values, compounding, day_count)

    def _keep(
        self, start: int, days: np.ndarray, rates: np.ndarray, compounding: str, day_count: str
    ) -> None:
        self.as_of, self.days, self.day_count = start, days, day_count
        self._clock = np.concatenate([[0.0], years(start, days, day_count)])
        self.logs = -_exponent(rates, self._clock[1:], compounding)
        if not np.all(np.isfinite(self.logs)):
            raise MarketError("a zero rate below -100%", field="DiscountCurve.rates", value=rates.min())
        self._finish()

    def _finish(self) -> None:
        self._forwards = -np.diff(np.concatenate([[0.0], self.logs])) / np.diff(self._clock)
        self.days.flags.writeable = self.logs.flags.writeable = False

    @classmethod
    def from_tenors(
        cls,
        as_of: Any,
        rates: Mapping[int, float],
        *,
        compounding: str = "annual",
        day_count: str = "act/365f",
    ) -> DiscountCurve:
        """A curve from zero rates by whole years, `{1: 0.04015, 5: 0.053414}`."""
        start = to_date(as_day(as_of, "DiscountCurve.as_of"))
        dates = [add_months(start, 12 * tenor) for tenor in rates]
        return cls(as_of, dates, list(rates.values()), compounding=compounding, day_count=day_count)
