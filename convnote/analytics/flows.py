"""The remaining payments of a note for a buyer on a given day, for many settlement days at once.

A case is a settlement day and a last day (maturity, or the day of a call or a put). Many questions share few
cases, so everything by day is computed once per case and returned by index.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from convnote.arithmetic import FAST
from convnote.calendars import day_number, one_day, to_date, to_datetime64
from convnote.day_counts import DAY_COUNTS, days_and_year
from convnote.errors import PricingError, as_given, is_one_of
from convnote.inputs import DateLike, DatesLike, Number
from convnote.note import ConvertibleNote

#: How yields may measure time: coupon periods, or the years of a day count.
CLOCKS = ("periods", *DAY_COUNTS)


@dataclass(frozen=True)
class Flows:
    """Remaining payments per quoted principal: float64 arrays [payment, case], and `case`, an index of the question's shape."""

    #: the day each payment is due, day numbers; 0 where a case has fewer payments
    due: np.ndarray
    amount: np.ndarray
    #: settlement day and accrued interest of each case, less the coupon kept by the seller where the buyer does not get it
    on: np.ndarray
    accrued: np.ndarray
    case: np.ndarray

    def years(self, note: ConvertibleNote, clock: str) -> np.ndarray:
        """Years from settlement to each payment, [payment, case]; 0 in cases without that payment."""
        if not is_one_of(clock, CLOCKS):
            raise PricingError(f"allowed: {', '.join(CLOCKS)}", field="clock", value=as_given(clock))
        due = np.maximum(self.due, self.on)  # no payment: no time
        if clock == "periods":
            per_year = note.interest.frequency or 1
            return np.asarray((_periods(note, due) - _periods(note, self.on)) / per_year)
        days, year = days_and_year(np.broadcast_to(self.on, due.shape), due, clock)
        return np.asarray(days / float(year))


def days_of(on: DatesLike, field: str = "on") -> np.ndarray:
    """Days as an int64 array of day numbers: a date, ISO string, ``datetime64``, an array of these or a list; same shape."""
    if isinstance(on, (list, tuple)):
        return np.array([one_day(day, field) for day in on], dtype=np.int64)
    return np.asarray(day_number(on, field), dtype=np.int64)


def flows_of(
    note: ConvertibleNote,
    on: np.ndarray,
    end: np.ndarray,
    paid_at_end: Callable[[np.ndarray], np.ndarray],
    *,
    per: Number | None,
    ex_coupon: bool,
    paid_to: DateLike | None = None,
) -> Flows:
    """What a buyer settling on day numbers `on` is paid until `end`: the coupons, and `paid_at_end` on the last day.

    With `ex_coupon` the coupon goes to the holder on its record date, as the indenture says, and the buyer has no claim on
    the seller; accrued interest is then negative inside the record window. Interest unpaid since `paid_to` is assumed
    paid with the next coupon. Raises `PricingError` for a settlement outside the note's life or not before the end.
    """
    if note.interest.in_kind:
        raise PricingError("coupons that become principal are not among these flows", field="interest.paid", rule="PIK-1")
    on, end = np.broadcast_arrays(on, end)
    first = note.principal.issue_day
    if np.any(outside := (on < first) | (on >= end)):
        wrong = on[outside].flat[0]
        reason = f"expected a settlement from {to_date(first)} and before the last payment"
        raise PricingError(reason, field="on", value=to_date(wrong))
    pairs, case = np.unique(np.stack([on.ravel(), end.ravel()]), axis=1, return_inverse=True)
    on, end, case = pairs[0], pairs[1], case.reshape(on.shape)
    interest = note.interest
    bounds, unit = np.array(interest.boundaries, dtype=np.int64), FAST(per)
    due = bounds[1:, None]
    coupons = np.asarray(interest.between(unit, bounds[:-1], bounds[1:]), dtype=np.float64)
    # Where a redemption inside a record window leaves the coupon to the holder of record, it is still paid (RED-6).
    last_due = end if interest.in_window == "in-price" else np.maximum(end, interest.window_due(end))
    left = (due > on) & (due <= last_due)
    accrued = np.zeros(len(on)) if not len(on) else np.asarray(interest.accrued(to_datetime64(on), unit))
    if ex_coupon:
        window = interest.window_due(on)
        window = np.where(window <= last_due, window, 0)  # a coupon that is never paid does not go to the seller either
        accrued = accrued - np.where(window > 0, interest.coupon_amount(unit, window), 0.0)
        left = left & (due != window)
    amount = np.where(left, coupons[:, None], 0.0)
    at_end = paid_at_end(end)
    if paid_to is not None:
        arrears = _arrears(note, on, unit, paid_to)
        accrued, next_coupon = accrued + arrears, np.argmax(left, axis=0)
        has_one = left.any(axis=0)
        amount[next_coupon[has_one], np.flatnonzero(has_one)] += arrears[has_one]
        at_end = at_end + np.where(has_one, 0.0, arrears)
    return Flows(
        due=np.vstack([np.where(left, due, 0), end]), amount=np.vstack([amount, at_end]), on=on, accrued=accrued, case=case
    )


def _arrears(note: ConvertibleNote, on: np.ndarray, unit: Any, paid_to: Any) -> np.ndarray:
    start, since = days_of(paid_to, "paid_to"), note.interest.accrual_start(on)
    if start.ndim or np.any(start > since):
        raise PricingError("expected one payment date on or before the settlement", field="paid_to", value=paid_to)
    return np.asarray(note.interest.between(unit, np.full_like(since, start), since))


def _periods(note: ConvertibleNote, days: np.ndarray) -> np.ndarray:
    """Coupon periods from an arbitrary start to each day by bond convention: whole periods, plus days over the period's days.

    Periods are regular, extended beyond an irregular first or last coupon (ROL-1); a note without coupons
    counts years. Days are actual days, or 30/360 days where the note uses them.
    """
    principal, interest = note.principal, note.interest
    regular = interest.payment_dates.regular(principal.issue_day - 366, principal.maturity_day + 366)
    grid = np.array(regular, dtype=np.int64)
    grid = grid[: np.searchsorted(grid, principal.maturity_day) + 1]  # up to the first on or after maturity
    place = np.minimum(np.searchsorted(grid, days, side="right") - 1, len(grid) - 2)
    start, end = grid[place], grid[place + 1]
    count = interest.day_count if interest.day_count.startswith("30") else "act/365f"
    of_days, of_period = (days_and_year(start, until, count, maturity=principal.maturity_day)[0] for until in (days, end))
    return np.asarray(place + of_days / of_period)
