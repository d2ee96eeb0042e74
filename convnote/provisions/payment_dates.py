"""Payment dates: the days on which interest falls due, with an irregular first or last period and month ends (ROL-1).

Whole periods are counted from an anchor date: maturity or the last payment date before it, or, if the last period is the
irregular one, the issue date or the first payment date.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from convnote.calendars import day_number, ends_month, months_back, one_day, roll_days, to_date

STUBS = ("short-first", "long-first", "short-last", "long-last")
#: first and last day for which whole periods are tabulated, as day numbers
_FIRST, _LAST = one_day("1800-02-01"), one_day("2299-11-30")


class Rolls(NamedTuple):
    """The payment date terms: periods of `months` months, and their irregularities."""

    issue: date
    maturity: date
    months: int
    end_of_month: bool = False
    stub: str | None = None
    first_payment: date | None = None
    last_payment: date | None = None


class PaymentDates:
    """The payment dates of a note, and the whole periods they belong to."""

    def __init__(self, rolls: Rolls) -> None:
        self.rolls = rolls
        #: whole periods back from maturity, whatever is left at the issue date: the usual case
        self.is_usual = rolls[3:] == (False, None, None, None)

    @property
    def from_front(self) -> bool:
        """True if whole periods are counted on from the issue date or first payment date."""
        return self.rolls.last_payment is None and (self.rolls.stub or "").endswith("-last")

    @property
    def anchor(self) -> date:
        """The day from which whole periods are counted (ROL-1)."""
        rolls = self.rolls
        return (rolls.first_payment or rolls.issue) if self.from_front else (rolls.last_payment or rolls.maturity)

    def regular(self, first: int, last: int) -> list[int]:
        """Day numbers of the period ends from the last on or before `first` to the first on or after `last`."""
        grid = self._grid
        return grid[max(bisect_right(grid, first) - 1, 0) : bisect_left(grid, last) + 1]

    @cached_property
    def _grid(self) -> list[int]:
        return roll_days(self.anchor, self.rolls.months, _FIRST, _LAST, end_of_month=self.rolls.end_of_month)

    @cached_property
    def due_days(self) -> list[int]:
        """The payment dates as day numbers, ending at maturity."""
        rolls = self.rolls
        issue = one_day(rolls.issue)
        if self.is_usual:  # twice as fast
            return months_back(rolls.maturity, rolls.months, issue)
        maturity = one_day(rolls.maturity)
        days = [day for day in self.regular(issue, maturity) if issue < day < maturity]
        if rolls.last_payment is not None:
            days = [day for day in days if day <= day_number(rolls.last_payment)]
        if rolls.first_payment is not None:
            days = [day for day in days if day >= day_number(rolls.first_payment)]
        elif rolls.stub == "long-first" and days and self._is_irregular(issue):
            del days[0]
        if rolls.last_payment is None and rolls.stub == "long-last" and days and self._is_irregular(maturity):
            del days[-1]
        return [*days, maturity]

    def _is_irregular(self, day: int) -> bool:
        return self.regular(day, day)[0] != day

    def faults(self) -> Iterator[tuple[str, str]]:
        """Inconsistent settings, as pairs of a setting and what is allowed."""
        if self.is_usual:
            return
        rolls = self.rolls
        if rolls.end_of_month and not ends_month(self.anchor):
            yield "end_of_month", f"periods are counted from {self.anchor}, which is not the last day of a month"
            return
        for name in ("first_payment", "last_payment"):
            on = getattr(rolls, name)
            if on is not None and not rolls.issue < on <= rolls.maturity:
                yield name, f"expected a day after the issue date {rolls.issue}, at the latest maturity, {rolls.maturity}"
                return
        first = rolls.first_payment
        if first is not None and self.due_days[0] != day_number(first):
            other = "maturity" if rolls.last_payment is None else f"the last payment date {rolls.last_payment}"
            yield "first_payment", f"expected a whole number of periods of {rolls.months} months before {other}"
        elif rolls.stub is not None:
            yield from self._stub_faults(rolls.stub)

    def _stub_faults(self, stub: str) -> Iterator[tuple[str, str]]:
        length, where = stub.split("-")
        issue, dues = one_day(self.rolls.issue), self.due_days
        # whole periods counted back from the first payment date, or forward from the last before maturity
        if where == "first":
            whole, end = self.regular(dues[0] - 1, dues[0])[0], issue
            actual = "short" if end > whole else "long" if end < whole else length
        else:
            before = dues[-2] if len(dues) > 1 else issue
            whole, end = self.regular(before, before + 1)[-1], dues[-1]
            actual = "short" if end < whole else "long" if end > whole else length
        if actual != length and len(dues) > 1:
            yield "stub", f"the {where} period, to {to_date(dues[0] if where == 'first' else dues[-1])}, is {actual}"


class PeriodCount:
    """Actual days in whole coupon periods, as counted by ICMA: each period is the same fraction of a year (DCT-1).

    Reference: ICMA Rule 251; ISDA, *EMU and market conventions* (1998). The year fraction between two days is the difference
    of their two counts, which are whole numbers of 1/`year` of a year.
    """

    def __init__(self, dates: PaymentDates, issue: int) -> None:
        self.frequency = 12 // dates.rolls.months
        self.days = dates.regular(issue, _LAST)
        lengths = [end - start for start, end in zip(self.days, self.days[1:], strict=False)]
        #: the least number of parts per period such that a day of any period is a whole number of parts
        parts = math.lcm(*lengths)
        self.year, self.period = self.frequency * parts, parts
        self.of_a_day = [parts // length for length in lengths]
        self._days, self._of_a_day = np.array(self.days), np.array(self.of_a_day)

    def at(self, day: Any) -> Any:
        """The count at a day number, int or int64 array, from the start of the period containing the issue date."""
        if isinstance(day, np.ndarray):
            places = np.searchsorted(self._days, day, side="right") - 1
            return places * self.period + (day - self._days[places]) * self._of_a_day[places]
        place = bisect_right(self.days, day) - 1
        return place * self.period + (day - self.days[place]) * self.of_a_day[place]

    def in_words(self, start: int, end: int) -> tuple[int, int]:
        """The same fraction in its usual form: days over `frequency` x the length of the period, if within one period."""
        place = bisect_right(self.days, start) - 1
        length = self.days[place + 1] - self.days[place]
        if end <= self.days[place + 1]:
            return end - start, self.frequency * length
        count = self.at(end) - self.at(start)
        common = math.gcd(count, self.year)
        return count // common, self.year // common
