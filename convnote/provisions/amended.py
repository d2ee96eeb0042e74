"""Interest under terms amended during the life of a note: each day accrues under the terms in force on it (LIF-4)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from convnote.arithmetic import FAST, larger, numbers_of, smaller
from convnote.calendars import day_number
from convnote.provisions.fields import given
from convnote.provisions.interest import Interest


@dataclass(frozen=True, kw_only=True)
class AmendedInterest(Interest):
    """Interest under these terms from the day after day number `amended_on`, and under `earlier` up to the end of that day.

    Payment dates up to `amended_on` are those of the earlier terms; the current period runs from the last of them.
    """

    earlier: Interest | None = given()
    amended_on: int | None = given()

    @classmethod
    def of(cls, earlier: Interest, later: Interest, on: int) -> AmendedInterest:
        """Terms `earlier`, amended to `later` on day number `on`."""
        settings = {each.name: getattr(later, each.name) for each in fields(Interest)}
        return cls(**settings, earlier=earlier, amended_on=on)

    @property
    def _parts(self) -> tuple[Interest, int]:
        assert self.earlier is not None and self.amended_on is not None
        return self.earlier, self.amended_on + 1

    @cached_property
    def boundaries(self) -> list[int]:
        """Issue date and all payment dates in order, as day numbers."""
        earlier, first = self._parts
        later: list[int] = Interest.boundaries.func(self)  # type: ignore[attr-defined]
        return [day for day in earlier.boundaries if day < first] + [day for day in later if day >= first]

    def between(self, principal: Any, start: Any, end: Any) -> Any:
        """Interest on `principal` from day number `start` to but excluding `end` (INT-2, LIF-4); same type as `principal`."""
        earlier, first = self._parts
        before = earlier.between(principal, smaller(start, first), smaller(end, first))
        return before + super().between(principal, larger(start, first), larger(end, first))

    def legs(self, start: int, end: int) -> list[tuple[Any, int, int]]:
        """(rate, days, year) of each part of a period from day number `start` to `end` that has its own rate."""
        earlier, first = self._parts
        before = earlier.legs(start, min(end, first)) if start < first else []
        return before + (super().legs(max(start, first), end) if end > first else [])

    def rate_on(self, on: Any) -> Any:
        """The annual rate in force on day number `on`, as a share (LIF-4, STP-1); for an int64 array, float64 of its shape."""
        earlier, first = self._parts
        if isinstance(on, np.ndarray):
            return np.where(on < first, earlier.rate_on(on), super().rate_on(on)).astype(np.float64)
        return earlier.rate_on(on) if on < first else super().rate_on(on)

    @cached_property
    def coupon_amounts(self) -> dict[int, Any]:
        """The coupon on one denomination by the day number on which it is due, unrounded; None before its fixing (FLT-1)."""
        numbers, unknown = numbers_of(term=self.first_rate), self.unfixed(self.principal.issue_day)
        unit = self.principal.amount_of(None, numbers)
        return {
            due: None if start in unknown else numbers.publish(self.between(unit, start, due))
            for start, due in pairwise(self.boundaries)
        }

    def accrued(self, on: Any, principal: Any = None, *, paid_to: Any = None) -> Any:
        """Interest accrued on `principal` to but excluding `on` (INT-4, LIF-4); arguments and result as in `Interest.accrued`."""
        days = day_number(on)
        self._must_be_in_life(days, open_ended=paid_to is not None)
        numbers = FAST if isinstance(days, (np.ndarray, np.integer)) else numbers_of(principal, term=self.first_rate)
        start = self.accrual_start(np.asarray(days) if numbers is FAST else days) if paid_to is None else day_number(paid_to)
        return numbers.publish(self.between(self.principal.amount_of(principal, numbers), start, days))
