"""The straight note B*: the value of the note without conversion, its call and puts kept, on every day to maturity.

It does not depend on the share, so the Company's call and the holders' puts are decided on a day, once for all share prices.
"""

from __future__ import annotations

from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from convnote.pricing.elected import Election
    from convnote.pricing.problem import Problem


class Straight:
    """B* of one problem by day; amounts per denomination. Decisions are made at the beginning of each day."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        c = problem.contract
        self.start = problem.model.start
        self.days = np.arange(self.start, c.maturity + 1)

    @cached_property
    def _paths(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Discount factors, and the value today of what is paid up to each day, without and with the day's coupon; [day]."""
        p, c = self.problem, self.problem.contract
        segments = p.timeline.segments
        ends = np.array([self.start, *(each.day1 for each in segments)], dtype=np.float64)
        rates, hazards = (
            np.interp(
                self.days, ends, np.concatenate([[0.0], np.cumsum([getattr(each, name) * each.years for each in segments])])
            )
            for name in ("rate", "hazard")
        )
        factor = np.exp(-rates - hazards)
        both, hazard = np.diff(rates + hazards), np.diff(hazards)
        part = np.where(np.abs(both) > 1e-15, -np.expm1(-both) / np.where(both == 0.0, 1.0, both), 1.0)
        recovered = p.model.recovery * np.asarray(p.contract.claim(self.days[:-1] + 0.5)) * hazard * part * factor[:-1]
        coupons = np.zeros(len(self.days))
        due = c.coupon_days > self.start
        np.add.at(coupons, c.coupon_days[due] - self.start, c.coupons[due])
        paid = np.concatenate([[0.0], np.cumsum(recovered)]) + np.cumsum(coupons * factor)
        return factor, paid - coupons * factor, paid

    @cached_property
    def _calls(self) -> np.ndarray:
        """The value today of the note called by a notice on each day, with all payments from today on; inf without a call."""
        p, call = self.problem, self.problem.contract.call
        result = np.full(len(self.days), inf)
        if call is None:
            return result
        factor, _, paid = self._paths
        for place, day in enumerate(self.days.tolist()):
            if day < p.contract.first_notice or not self._is_called(day):
                continue
            on = p.redemption_date(day)
            if on < p.contract.maturity and on <= call.last:
                called = paid[on - self.start] + factor[on - self.start] * call.at(float(on))[0]
                put_first = p.elected.against_call(float(day))  # by holders who would be called for less (PUT-2)
                result[place] = max(called, paid[place] + factor[place] * put_first) if put_first else called
        return result

    def _is_called(self, day: int) -> bool:
        """Under a policy, whether it calls a note that does not convert; the Company itself decides by value."""
        p = self.problem
        if p.policy is None:
            return True
        return float(p.policy.redemption_boundary(p.contract.note, np.array([day]))[0]) == -inf

    @cached_property
    def _total(self) -> np.ndarray:
        """The value today of B* on each day and of all that is paid before; float64 [day]."""
        p, c = self.problem, self.problem.contract
        factor, before, paid = self._paths
        calls, puts = self._calls, {each.last: each for each in c.puts}
        total = float(paid[-1] + factor[-1] * c.redemption)
        result = np.empty(len(self.days))
        result[-1] = total
        for place in range(len(self.days) - 2, -1, -1):
            day = self.start + place
            call = float(calls[place])
            total = call if p.policy is not None and call < inf else min(total, call)
            if day in puts:
                total = self._put(total, float(before[place] + factor[place] * p.elected.at_last(puts[day])), puts[day])
            result[place] = total
        return result

    def _put(self, total: float, put: float, election: Election) -> float:
        below = self.problem.elected.below(election)
        if below is None:
            return max(total, put)
        return put if below > 0 else total

    def value(self, day: float, *, before: bool = False) -> float:
        """B* at a time of a day, its coupon paid or (`before`) not yet paid; linear inside a day."""
        factor, unpaid, paid = self._paths
        place = min(int(day) - self.start, len(self.days) - 1)
        if before:
            return float((self._total[place] - unpaid[place]) / factor[place])
        here = float((self._total[place] - paid[place]) / factor[place])
        part = day - int(day)
        if part <= 0.0 or place + 1 >= len(self.days):
            return here
        return here + part * (self.value(int(day) + 1.0, before=True) - here)
