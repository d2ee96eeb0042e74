"""Coupons: the days of each period of interest, and its amount on one denomination."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import numbers_of
from convnote.calendars import to_date

if TYPE_CHECKING:
    from convnote.provisions.principal import Principal


@dataclass(frozen=True)
class Coupon:
    """One coupon: days of accrual, record date, payment date as due, and its amount per denomination, unrounded."""

    accrual_start: date
    accrual_end: date
    days: int
    record_date: date
    payment_date: date
    amount: Any


class Coupons:
    """The part of interest that lists the coupons; days are day numbers."""

    principal: Principal

    if TYPE_CHECKING:  # the payment dates, the rate and the count of days, which other parts hold
        first_rate: Any

        @property
        def boundaries(self) -> list[int]: ...
        @property
        def due_days(self) -> list[int]: ...
        def record_day(self, due: Any) -> Any: ...
        def elapsed(self, start: Any, end: Any) -> tuple[Any, Any]: ...
        def rate_on(self, on: Any) -> Any: ...
        def unfixed(self, after: int) -> list[int]: ...

    def coupons(self) -> list[Coupon]:
        """The coupons in order (INT-1, INT-2, STP-1), amounts per denomination and unrounded; None before a fixing (FLT-1)."""
        return [
            Coupon(
                accrual_start=to_date(start),
                accrual_end=to_date(end),
                days=end - start,
                record_date=to_date(self.record_day(end)),
                payment_date=to_date(end),
                amount=self.coupon_amounts[end],
            )
            for start, end in zip(self.boundaries, self.due_days, strict=False)
        ]

    @cached_property
    def coupon_amounts(self) -> dict[int, Any]:
        """The coupon on one denomination by the day number on which it is due, unrounded; None before its fixing (FLT-1).

        Decimal, or float64.
        """
        numbers = numbers_of(term=self.first_rate)
        amounts: dict[int, Any] = {}
        unknown = self.unfixed(self.principal.issue_day)
        # Periods have few distinct lengths and exact division is slow, so each length at each rate is divided once.
        of_length: dict[Any, Any] = {}
        for start, due in pairwise(self.boundaries):
            if start in unknown:
                amounts[due] = None
                continue
            length = self.rate_on(start), self.elapsed(start, due)
            if length not in of_length:
                rate, (days, year) = length
                of_length[length] = numbers.publish(self.over(days, year, rate))
            amounts[due] = of_length[length]
        return amounts

    def period_start(self, due: int) -> int:
        """Day number of the start of the period that ends on day number `due`, or in which that day lies."""
        return self.boundaries[bisect_left(self.boundaries, due) - 1]

    def over(self, days: Any, year: Any, rate: Any) -> Any:
        """Interest on one denomination at `rate` for `days` days of a `year`-day year (INT-2), in the numeric type in use."""
        return self.per_year(rate) * days / year

    def per_year(self, rate: Any) -> Any:
        """Interest on one denomination for a year at `rate`, in the numeric type in use; multiplied once for each rate."""
        if rate not in self._per_year:
            numbers = numbers_of(term=rate)
            self._per_year[rate] = self.principal.amount_of(None, numbers) * numbers(rate)
        return self._per_year[rate]

    @cached_property
    def _per_year(self) -> dict[Any, Any]:
        return {}
