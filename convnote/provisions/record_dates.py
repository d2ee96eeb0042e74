"""Record dates as days of the year, "05-15" for the payment of 1 June; a sheet without them gives a count of days (REC-1)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from convnote.calendars import day_number, to_date
from convnote.provisions.fields import Drawn, kind

_WRITTEN = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_REASON = 'expected a list of days of the year, such as ["05-15", "11-15"]'
#: A year without 29 February, which does not exist in every year.
_COMMON_YEAR = 2001


class Unstated(int):
    """A number that was not stated: a default that another setting may replace."""


@kind(
    schema={"type": "array", "items": {"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"}, "minItems": 1},
    words="a list of days of the year such as 05-15",
    wrong=("05-15", ["15-05"], ["02-30"], ["5-15"], [], 15),
    drawn=Drawn("made", of=(lambda first: (first,), {"first": Drawn("one", of=("05-15", "12-26"))})),
)
def days_of_year(value: Any) -> tuple[str, ...]:
    """Days of the year, each as month and day."""
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError(_REASON)
    for each in value:
        match = _WRITTEN.fullmatch(each) if isinstance(each, str) else None
        try:
            date(_COMMON_YEAR, int(match[1]), int(match[2]))  # type: ignore[index]
        except (TypeError, ValueError):
            raise ValueError(_REASON) from None
    return tuple(value)


class RecordDates:
    """The record date of each payment: the i-th entry is for the i-th payment of a calendar year, as the last such day before it.

    `due_days` are day numbers in order, `months` the months in which payments fall due, in calendar order.
    """

    def __init__(self, entries: Sequence[str], due_days: Sequence[int], months: Sequence[int]) -> None:
        self.due_days = list(due_days)
        self.days = [self._before(to_date(due), entries[self._place(to_date(due), months)]) for due in due_days]
        self._due_array, self._array = np.array(self.due_days, np.int64), np.array(self.days, np.int64)

    @staticmethod
    def _place(due: date, months: Sequence[int]) -> int:
        return bisect_left(months, due.month) % len(months)

    @staticmethod
    def _before(due: date, entry: str) -> int:
        on = date(due.year, int(entry[:2]), int(entry[3:]))
        return int(day_number(on if on < due else on.replace(year=due.year - 1)))

    def of(self, due: Any) -> Any:
        """Day number of the record date of the coupon due on day number `due`, int or int64 array; 0 for no coupon."""
        if not self.days:  # all interest is included in the payment at maturity (STP-2)
            return due * 0
        if isinstance(due, np.ndarray):
            place = np.minimum(np.searchsorted(self._due_array, due), len(self._array) - 1)
            return np.where(due > 0, self._array[place], 0)
        return self.days[min(bisect_left(self.due_days, due), len(self.days) - 1)] if due else 0

    def due_of(self, record: int) -> int:
        """Day number of the coupon whose record date is day number `record`."""
        return self.due_days[self.days.index(record)]
