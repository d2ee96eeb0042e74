"""Curves over days: piecewise-constant rates, intensities and volatilities.

Time is measured by a clock: a day count (years from an anchor day) or "business/252" (trading days / 252).
Integrals are taken against that clock, so they add up over adjacent spans under any day count. Nothing is
fitted here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convnote.arithmetic import keeps_index
from convnote.calendars import calendar, to_date
from convnote.day_counts import DAY_COUNTS, days_and_year
from convnote.errors import MarketError, TermsError, as_given, is_one_of
from convnote.inputs import DateLike, DatesLike, Number
from convnote.market.columns import Path, as_column, read_days, read_ratios, read_table, same_length
from convnote.market.days import as_day, as_days
from convnote.market.faults import Faults

#: The clocks of models and curves.
CLOCKS = (*DAY_COUNTS, "business/252")
#: Yearly compounding periods of a zero rate by name; None is continuous, 0 is simple.
COMPOUNDINGS = {"continuous": None, "annual": 1, "semiannual": 2, "quarterly": 4, "simple": 0}


def years(from_day: int, days: np.ndarray, day_count: str = "act/365f", trading: str = "NASDAQ") -> np.ndarray:
    """Years from `from_day` to each of `days`, float64 of the same shape.

    "business/252" counts the trading days after `from_day`, up to and including the day.

    >>> years(as_day("1999-07-01"), as_days(["2000-07-01"]))
    array([1.00273973])

    Raises `MarketError` for an unknown day count or calendar.
    """
    if not is_one_of(day_count, CLOCKS):
        raise MarketError(f"allowed: {', '.join(CLOCKS)}", field="day_count", value=as_given(day_count))
    try:
        if day_count == "business/252":
            open_days = calendar(trading)
            # place[d + 1] is the number of open days up to d
            return np.asarray((open_days.place[days + 1] - open_days.place[from_day + 1]) / 252.0)
        count, year = days_and_year(np.full_like(days, from_day), days, day_count)
        return np.asarray(count / float(year))
    except TermsError as fault:
        raise MarketError(fault.reason, field=fault.field, value=fault.value) from None


class Discounting:
    """A discounting curve: anything with an integral of its rate over time."""

    def integral(
        self, from_day: DateLike | int, days: DatesLike, *, day_count: str = "act/365f", trading: str = "NASDAQ"
    ) -> np.ndarray:
        """The rate times years from `from_day` to each of `days`, float64 of the shape of `days`."""
        raise NotImplementedError

    @keeps_index
    def discount(
        self,
        from_day: DateLike | int,
        days: DatesLike,
        *,
        spread: float = 0.0,
        day_count: str = "act/365f",
        trading: str = "NASDAQ",
    ) -> np.ndarray:
        """The value on `from_day` of 1.00 paid on each day, `spread` (continuous) over the rate; float64, shape of `days`."""
        exponent = self.integral(from_day, days, day_count=day_count, trading=trading)
        if spread:
            exponent = exponent + spread * years(as_day(from_day), as_days(days), day_count, trading)
        return np.asarray(np.exp(-exponent))

    def zero(
        self,
        from_day: DateLike | int,
        days: DatesLike,
        *,
        compounding: str = "continuous",
        day_count: str = "act/365f",
        trading: str = "NASDAQ",
    ) -> np.ndarray:
        """The zero rate from `from_day` to each of `days`, per year, float64 of their shape; NaN on `from_day` itself."""
        span = years(as_day(from_day), as_days(days), day_count, trading)
        return zero_rate(self.integral(from_day, days, day_count=day_count, trading=trading), span, compounding)


class Curve(Discounting):
    """A piecewise-constant value: `values[i]` holds from `dates[i]` until the next date, `values[0]` also before the first.

    Rates are per year and continuous, volatilities per square root of a year, 0.05 for 5%.

    >>> curve = Curve(["2000-02-16", "2003-02-16"], [0.04, 0.05])
    >>> curve.at(["1999-01-01", "2003-02-15", "2003-02-16"])
    array([0.04, 0.04, 0.05])

    Raises `MarketError`, with every fault at once, for dates that do not ascend and values that are not finite
    numbers.
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
    def of(cls, days: np.ndarray, values: np.ndarray) -> Curve:
        """A curve from day numbers and float64 values, unchecked."""
        curve = cls.__new__(cls)
        curve._keep(days, values)
        return curve

    @classmethod
    def flat(cls, value: Number) -> Curve:
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
        """A curve from a CSV file with two columns, or from named columns; `scale=0.01` reads percent.

        Raises `MarketError` with file, line, column and cell of every fault.
        """
        columns = None if value is None else [value]
        table, faults = read_table(path, date=date, values=columns, delimiter=delimiter), Faults()
        days = read_days(table.dates, table.where(0), faults)
        ratios = read_ratios(table.values[0], table.where(1), faults, positive=None)
        faults.settle()
        return cls.of(np.array(days, np.int64), np.array([top / bottom for top, bottom in ratios]) * scale)

    @property
    def dates(self) -> np.ndarray:
        """The first day of each piece, datetime64[D] [piece]."""
        return self.days.view("datetime64[D]")

    def at(self, days: DatesLike) -> np.ndarray:
        """The value on each day, float64 of the shape of `days`."""
        return np.asarray(self.values[self._piece(as_days(days))])

    def _piece(self, days: np.ndarray) -> np.ndarray:
        return np.maximum(np.searchsorted(self.days, days, side="right") - 1, 0)

    def integral(
        self, from_day: DateLike | int, days: DatesLike, *, day_count: str = "act/365f", trading: str = "NASDAQ"
    ) -> np.ndarray:
        """The value times years from `from_day` to each of `days`, float64 of the shape of `days`.

        >>> curve = Curve(["2000-01-01", "2001-01-01"], [0.03, 0.05])
        >>> curve.integral("2000-01-01", ["2001-01-01", "2002-01-01"])
        array([0.03008219, 0.08008219])

        Raises `MarketError` for a day before `from_day`.
        """
        start, ends = as_day(from_day, "from_day"), as_days(days)
        check_ahead(start, ends)
        if len(self.days) == 1:
            return np.asarray(self.values[0] * years(start, ends, day_count, trading))
        edges = np.maximum(self.days, start)
        edges[0] = start
        clock = years(start, edges, day_count, trading)
        until_edge = np.concatenate([[0.0], np.cumsum(self.values[:-1] * np.diff(clock))])
        piece = self._piece(ends)
        return np.asarray(until_edge[piece] + self.values[piece] * (years(start, ends, day_count, trading) - clock[piece]))

    def shifted(self, by: float) -> Curve:
        """The curve with `by` added to every value."""
        return self.of(self.days, self.values + by)

    def scaled(self, by: float) -> Curve:
        """The curve with every value times `by`."""
        return self.of(self.days, self.values * by)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Curve):
            return NotImplemented
        return np.array_equal(self.days, other.days) and np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash((self.days.tobytes(), self.values.tobytes()))

    def __repr__(self) -> str:
        if len(self.days) == 1:
            return f"Curve.flat({float(self.values[0])!r})" if self.days[0] == 0 else self._few()
        return self._few() if len(self.days) <= 4 else f"Curve({len(self.days)} pieces from {to_date(self.days[0])})"

    def _few(self) -> str:
        return f"Curve({[str(day) for day in self.dates]}, {self.values.tolist()})"


def combine(function: Callable[..., np.ndarray], *curves: Curve | float) -> Curve:
    """The curve of a function of several curves; its pieces are those on which all of them are constant.

    >>> combine(lambda s, x: s * x, 0.25, Curve.flat(0.1))
    Curve.flat(0.025)
    """
    parts = [curve if isinstance(curve, Curve) else Curve.flat(curve) for curve in curves]
    days = np.unique(np.concatenate([part.days for part in parts]))
    return Curve.of(days, np.asarray(function(*(part.at(days) for part in parts)), dtype=np.float64))


def check_ahead(start: int, days: np.ndarray) -> None:
    """Refuse a span that runs backwards: the dates are swapped, not the discounting negative."""
    if days.size and days.min() < start:
        reason = f"expected a day on or after {to_date(start)}, where the span begins"
        raise MarketError(reason, field="days", value=to_date(days.min()))


def zero_rate(exponent: np.ndarray, span: np.ndarray, compounding: str) -> np.ndarray:
    """The zero rate, per year, of a discount factor exp(-exponent) over `span` years; shape of `span`."""
    faults = Faults()
    check_compounding(compounding, faults)
    faults.settle()
    periods = COMPOUNDINGS[compounding]
    with np.errstate(invalid="ignore", divide="ignore"):
        if periods is None:
            return np.asarray(exponent / span)
        if periods == 0:
            return np.asarray(np.expm1(exponent) / span)
        return np.asarray(periods * np.expm1(exponent / (periods * span)))


def check_compounding(compounding: str, faults: Faults) -> None:
    """Check the name of a compounding."""
    if not is_one_of(compounding, COMPOUNDINGS):
        faults.add(f"allowed: {', '.join(COMPOUNDINGS)}", field="compounding", value=repr(compounding))
