"""What a converting holder gets in addition to shares at the rate in force: on a call, and after a record date.

Additional shares for called Notes (MWT-1), the make-whole of a provisional call (SFT-3) and a coupon that is not paid in (PIN-1).
"""

from __future__ import annotations

from functools import lru_cache
from math import exp
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.calendars import to_datetime64
from convnote.pricing.notice import Spans
from convnote.pricing.obstacles import Jump

if TYPE_CHECKING:
    from convnote.pricing.problem import Problem


class Answers:
    """The additions of one problem, by day; amounts per denomination."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.parity_when_called = lru_cache(maxsize=None)(self._parity_when_called)

    def _parity_when_called(self, notice: int) -> np.ndarray:
        """Conversion value at the nodes of Notes called by a notice on a day, float64 [node] (MWT-1)."""
        p = self.problem
        if not p.adds_on_call:
            return p.parity
        table: Any = p.contract.note.make_whole_change
        more = table.additional(to_datetime64(np.array(notice)), p.share, rate=np.float64(p.shares))
        return np.asarray(p.parity + more * p.share)

    def jumps_when_called(self, notice: int) -> tuple[Jump, ...]:
        """The jumps of the conversion value of Notes called by a notice on a day number, at both ends of the table (MWT-1).

        Beyond the ends no shares are added. Each jump has its place in nodes, and the conversion values per denomination that
        the nearest node has on either side.
        """
        p = self.problem
        if not p.adds_on_call:
            return ()
        table: Any = p.contract.note.make_whole_change
        ends = np.array([float(table.prices[0]), float(table.prices[-1])]) * (float(table.initial_rate) / p.shares)
        inside = ends * np.array([1.0 + 1e-9, 1.0 - 1e-9])
        more = table.additional(to_datetime64(np.array(notice)), inside, rate=np.float64(p.shares)).tolist()
        found = []
        for place, extra, above in zip(((np.log(ends) - p.x_low) / p.dx).tolist(), more, (True, False), strict=True):
            if extra and -0.5 < place < len(p.x) - 1.5:
                share = p.share.item(round(place))
                parities = p.shares * share, (p.shares + extra) * share
                found.append(Jump(place, *(parities if above else parities[::-1])))
        return tuple(found)

    def or_converted(self, value: np.ndarray, day: float, cost: float, *, before: bool) -> np.ndarray:
        """The better of waiting, worth `value` [node], and converting now; `cost`: of carry to the last conversion day."""
        contract = self.problem.contract
        if cost <= 0 and contract.accrued != "paid":
            return np.asarray(value)
        cash = contract.interest_paid(day, before=before)
        return np.asarray(np.maximum(value, self.problem.parity + cash if cash else self.problem.parity))

    def last_coupon(self, day: float) -> float:
        """The value on a day of the last coupon to a holder who converts after its record date and does not pay it in (PIN-1)."""
        p, window = self.problem, self.problem.contract.last_window
        if window is None or not window[0] < day < p.contract.maturity:
            return 0.0
        return window[1] * exp(-Spans(p).discount(day, p.contract.maturity))

    def coupon_when_called(self, notice: int, redemption: int, converted: int) -> tuple[int, float]:
        """Payment day and amount of the coupon that a called holder keeps on converting inside its record window; 0 if none."""
        c = self.problem.contract
        conversion = c.note.conversion
        if conversion is None or c.accrued != "record-date":
            return 0, 0.0
        due = int(c.note.interest.window_due(converted))
        if not due or int(conversion.coupon_paid_in(converted, called=notice, redemption=redemption)):
            return 0, 0.0
        return due, c.coupon_on(due)

    def make_whole(self, notice: int, redemption: int) -> float:
        """The make-whole of a provisional call for `redemption`, paid to every called holder, converting or not (SFT-3)."""
        terms: Any = self.problem.contract.note.redemption
        if terms is None or not terms.bears_make_whole(redemption):
            return 0.0
        return float(terms.make_whole(np.float64(self.problem.contract.paid_before(notice)), redemption))
