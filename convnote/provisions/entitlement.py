"""Who is entitled to a coupon: record dates, the window after one, and the date from which a Note bears interest.

The part of interest that reads its payment dates and never its rate.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import anywhere, fraction
from convnote.calendars import one_day, to_date, to_datetime64
from convnote.errors import TermsError
from convnote.provisions.record_dates import RecordDates

if TYPE_CHECKING:
    from convnote.provisions.payment_dates import PaymentDates
    from convnote.provisions.principal import Principal


class Entitlement:
    """The part of interest that says who is paid a coupon: days are day numbers, int or int64 arrays."""

    record_days: int
    record_dates: tuple[str, ...] | None
    frequency: int
    wire_above: Decimal | None
    principal: Principal

    if TYPE_CHECKING:  # the payment dates, which interest itself holds

        @property
        def payment_dates(self) -> PaymentDates: ...
        @property
        def boundaries(self) -> list[int]: ...
        @property
        def due_days(self) -> list[int]: ...
        @property
        def cash_days(self) -> list[int]: ...
        def accrual_start(self, on: Any) -> Any: ...

    def record_day(self, due: Any) -> Any:
        """Day number of the record date of the coupon due on day number `due` (INT-3, REC-1); int, or int64 of its shape."""
        return due - self.record_days if self.record_dates is None else self._records.of(due)

    def due_of_record(self, record: int) -> int:
        """Day number of the coupon whose record date is day number `record` (INT-3, REC-1)."""
        return record + self.record_days if self.record_dates is None else self._records.due_of(record)

    @cached_property
    def _records(self) -> RecordDates:
        assert self.record_dates is not None
        step, first = 12 // self.frequency, self.payment_dates.anchor.month - 1
        months = sorted((first + step * place) % 12 + 1 for place in range(self.frequency))
        return RecordDates(self.record_dates, self.due_days, months)

    def window_due(self, on: Any) -> Any:
        """Day number of the coupon whose record window contains `on`: after record date, before payment date; 0 if none.

        The window ends at the close of the Business Day before the payment date (CNV-5). A day that counts is a Business Day, so
        any such day before the payment date is inside. Int, or int64 of the shape of `on`.
        """
        if isinstance(on, np.ndarray):
            dues = self._due_array
            places = np.searchsorted(dues, on, side="right")
            following = np.append(dues, 0)[places]
            return np.where((following > 0) & (on > self.record_day(following)), following, 0)
        days = self.cash_days
        place = bisect_right(days, on)
        due = days[place] if place < len(days) else 0
        return due if due and on > self.record_day(due) else 0

    @cached_property
    def _due_array(self) -> np.ndarray:
        return np.array(self.cash_days, dtype=np.int64)

    def bears_from(self, dated: Any, *, paid_to: Any = None, defaulted: bool = False) -> date:
        """The date from which a Note dated `dated` bears interest (INT-5).

        `paid_to`: the last payment date to which interest was paid (default: all paid as due); `defaulted`: the coupon due on or
        first after `dated` was then not paid.

        >>> import convnote as cn
        >>> interest = cn.load("amazon-peacs-2010").interest
        >>> str(interest.bears_from("2003-02-05")), str(interest.bears_from("2003-02-16", defaulted=True))
        ('2003-02-16', '2002-02-16')

        Raises `TermsError` for a day outside the note's life, and for a `paid_to` that is after the Note's own date, or neither
        the issue date nor a payment date.
        """
        on = one_day(dated, "dated")
        self._must_be_in_life(on, open_ended=False)
        if paid_to is not None:
            last_paid = self._paid_to(on, paid_to)
        else:  # a Note dated on a payment date whose coupon is unpaid bears interest from the previous one
            last_paid = self.accrual_start(on - 1 if defaulted and on in self.due_days else on)
        due = self.window_due(on)
        return to_date(due if due and not defaulted else last_paid)

    def _paid_to(self, dated: int, paid_to: Any) -> int:
        last = one_day(paid_to, "paid_to")
        if last > dated or last not in self.boundaries:
            reason = f"expected the issue date or a payment date, not after the Note's own date {to_date(dated)}"
            raise TermsError(reason, field="interest.bears_from paid_to", rule="INT-5", value=paid_to)
        return last

    def _must_be_in_life(self, days: Any, *, open_ended: bool) -> None:
        first, last = self.principal.issue_day, self.principal.maturity_day
        low, high = (days.min(), days.max()) if getattr(days, "size", 0) > 1 else (days, days)
        if anywhere(low < first) or (not open_ended and anywhere(high > last)):
            allowed = f"expected a day from {to_date(first)} to {to_date(last)}"
            outside = low if anywhere(low < first) else high
            raise TermsError(allowed, field="interest.accrued on", rule="INT-4", value=to_datetime64(outside))

    def may_elect_wire(self, principal: Any) -> bool:
        """True if a holder of `principal` may elect payment by wire transfer (INT-8: strictly more than the amount)."""
        return self.wire_above is not None and fraction(principal) > fraction(self.wire_above)
