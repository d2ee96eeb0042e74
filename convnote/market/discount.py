"""Discount curves from zero rates with a stated compounding, by interpolation only; nothing is fitted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import numpy as np

from convnote.calendars import add_months, to_date
from convnote.errors import MarketError
from convnote.inputs import DateLike, DatesLike
from convnote.market.columns import Path, as_column, read_days, read_ratios, read_table, same_length
from convnote.market.curves import COMPOUNDINGS, Curve, Discounting, check_ahead, check_compounding, years
from convnote.market.days import as_day, as_days
from convnote.market.faults import Faults

#: The highest zero rate accepted, 1,000% per year: more is a percentage or a slip.
HIGHEST = 10


class DiscountCurve(Discounting):
    """Discount factors from zero rates, log-linear between dates (constant forward rates).

    The first zero rate also holds before the first date, the last forward rate after the last date. Accepted
    wherever a rate may be a `Curve`; its factors do not depend on the day count of the caller.

    >>> bund = DiscountCurve.from_tenors("2000-02-16", {1: 0.04015, 5: 0.053414, 10: 0.057046})
    >>> bund.discount("2000-02-16", ["2001-02-16", "2010-02-16"]).round(6)
    array([0.961296, 0.573936])

    Raises `MarketError`, with every fault at once, for dates that do not ascend from `as_of`, rates that are
    not finite, above 10 or without a positive factor, and an unknown compounding or day count.
    """

    #: the first day, a day number: the factor is 1 there
    as_of: int
    #: the day count of the zero rates, in which the log of the factor is linear
    day_count: str
    #: the forward rate from each date to the next, continuous
    forwards: Curve

    def __init__(
        self,
        as_of: DateLike | int,
        dates: Any,
        rates: Any,
        *,
        compounding: str = "annual",
        day_count: str = "act/365f",
    ) -> None:
        faults, owner = Faults(), "DiscountCurve"
        start = as_day(as_of, f"{owner}.as_of")
        dates, rates = as_column(dates, f"{owner}.dates"), as_column(rates, f"{owner}.rates")
        days = read_days(dates, lambda row: f"{owner}.dates[{row}]", faults)
        ratios = read_ratios(rates, lambda row: f"{owner}.rates[{row}]", faults, positive=None)
        same_length(("dates", "rates"), (dates, rates), owner, faults)
        check_compounding(compounding, faults)
        if days and days[0] <= start:
            reason = f"the dates must lie after {to_date(start)}, where the factor is 1"
            faults.add(reason, field=f"{owner}.dates[0]", value=to_date(days[0]))
        for row, (top, bottom) in enumerate(ratios):
            if top > HIGHEST * bottom:
                faults.add(f"expected a rate of at most {HIGHEST} a year", field=f"{owner}.rates[{row}]", value=rates[row])
        faults.settle()
        edges = np.array([start, *days], dtype=np.int64)
        clock = years(start, edges, day_count)
        if not np.all(np.diff(clock) > 0):
            raise MarketError(f"two of the dates have the same time in {day_count}", field=f"{owner}.dates")
        logs = _logs(np.array([top / bottom for top, bottom in ratios]), clock[1:], compounding)
        for row in np.flatnonzero(~np.isfinite(logs)).tolist():
            reason = "the rate leaves no positive discount factor"
            faults.add(reason, field=f"{owner}.rates[{row}]", value=rates[row])
        faults.settle()
        forwards = np.diff(logs, prepend=0.0) / np.diff(clock)
        self.as_of, self.day_count, self.forwards = start, day_count, Curve.of(edges[:-1], forwards)

    @classmethod
    def from_tenors(
        cls,
        as_of: DateLike | int,
        rates: Mapping[int, float],
        *,
        compounding: str = "annual",
        day_count: str = "act/365f",
    ) -> DiscountCurve:
        """A curve from zero rates at tenors in whole years, `{1: 0.04015, 5: 0.053414}`."""
        start, faults = to_date(as_day(as_of, "DiscountCurve.as_of")), Faults()
        for tenor in rates:
            if not isinstance(tenor, int) or isinstance(tenor, bool) or tenor < 1:
                faults.add("whole years, 1 or more", field="DiscountCurve.tenors", value=repr(tenor))
        faults.settle()
        dates = [add_months(start, 12 * tenor) for tenor in rates]
        return cls(start, dates, list(rates.values()), compounding=compounding, day_count=day_count)

    @classmethod
    def from_csv(
        cls,
        path: Path,
        as_of: DateLike | int,
        *,
        date: str | None = None,
        value: str | None = None,
        tenors: Mapping[str, int] | None = None,
        scale: float = 1.0,
        compounding: str = "annual",
        day_count: str = "act/365f",
        max_stale_days: int = 5,
        delimiter: str = ",",
    ) -> DiscountCurve:
        """A curve from a CSV file of payment dates and zero rates, or, with `tenors`, of one row for each day.

        `tenors` maps columns to whole years, `{"z1y": 1, "z10y": 10}`; the row used is that of `as_of`
        or the last before it, at most `max_stale_days` calendar days back. `scale=0.01` reads percent.
        """
        start, faults = as_day(as_of, "DiscountCurve.as_of"), Faults()
        names = list(tenors) if tenors is not None else None if value is None else [value]
        table = read_table(path, date=date, values=names, delimiter=delimiter)
        days = read_days(table.dates, table.where(0), faults)
        faults.settle()
        if tenors is None:
            ratios = read_ratios(table.values[0], table.where(1), faults, positive=None)
            faults.settle()
            rates = [top / bottom * scale for top, bottom in ratios]
            dates = [to_date(day) for day in days]
            return cls(start, dates, rates, compounding=compounding, day_count=day_count)
        row = bisect_right(days, start) - 1
        if row < 0 or start - days[row] > max_stale_days:
            reason = f"{table.path} has no row of that day or within {max_stale_days} days before"
            raise MarketError(reason, field="DiscountCurve.as_of", value=to_date(start))
        rates = []
        for place, column in enumerate(table.values):
            where = table.where(place + 1)
            ratios = read_ratios([column[row]], lambda _, where=where: where(row), faults, positive=None)  # type: ignore[misc]
            rates.extend(top / bottom * scale for top, bottom in ratios)
        faults.settle()
        return cls.from_tenors(
            start,
            dict(zip(tenors.values(), rates, strict=True)),
            compounding=compounding,
            day_count=day_count,
        )

    def integral(
        self, from_day: DateLike | int, days: DatesLike, *, day_count: str = "act/365f", trading: str = "NASDAQ"
    ) -> np.ndarray:
        """The log of the factor on `from_day` over that on each of `days`, float64 of the shape of `days`.

        `day_count` and `trading`, the caller's, have no effect: factors do not depend on a day count.
        """
        start, ends = as_day(from_day, "from_day"), as_days(days)
        check_ahead(start, ends)
        to_ends = self.forwards.integral(self.as_of, ends, day_count=self.day_count)
        return np.asarray(to_ends - self.forwards.integral(self.as_of, start, day_count=self.day_count))

    def shifted(self, by: float) -> DiscountCurve:
        """The curve with `by` added to every forward rate (continuous)."""
        curve = type(self).__new__(type(self))
        curve.as_of, curve.day_count, curve.forwards = self.as_of, self.day_count, self.forwards.shifted(by)
        return curve

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DiscountCurve):
            return NotImplemented
        return (self.as_of, self.day_count, self.forwards) == (other.as_of, other.day_count, other.forwards)

    def __hash__(self) -> int:
        return hash((self.as_of, self.day_count, self.forwards))

    def __repr__(self) -> str:
        return f"DiscountCurve(from {to_date(self.as_of)}, {len(self.forwards.days)} dates, {self.day_count})"


def _logs(rates: np.ndarray, clock: np.ndarray, compounding: str) -> np.ndarray:
    """Minus the log of the discount factor of each zero rate."""
    periods = COMPOUNDINGS[compounding]
    with np.errstate(invalid="ignore", divide="ignore"):
        if periods is None:
            return np.asarray(rates * clock)
        if periods == 0:
            return np.asarray(np.log1p(rates * clock))
        return np.asarray(periods * clock * np.log1p(rates / periods))
