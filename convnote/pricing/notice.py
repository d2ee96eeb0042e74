"""A call with notice: the value of a called Note on the day of the notice, in closed form.

Until the last conversion day T' the holder may convert; otherwise X is paid on the redemption date E. Between two known times
the share is lognormal, so this is a bond plus an option to exchange it for the shares. Requires a share that falls to zero at
default.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import ndtr

if TYPE_CHECKING:
    from convnote.pricing.problem import Problem


class Called(NamedTuple):
    """A called Note: discounting and variance to the last conversion day, the claim then, and the payments before."""

    #: integrals to T': rate + hazard, cost of carry, variance
    discount: float
    cost: float
    variance: float
    #: value at T' of the payments from then on
    claim: float
    #: value now of coupons and recovery up to T'
    before: float


class Notice:
    """Values of called Notes of one problem, by the day of the notice."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.called = lru_cache(maxsize=None)(self._called)

    def value(self, day: float, converts: bool, *, before: bool = False) -> np.ndarray:
        """The value of a Note called by a notice on `day`, at the nodes, float64 [node].

        `before` is the limit from earlier, the coupon of the day not yet paid.
        """
        p = self.problem
        called = self.called(day, before)
        if not converts or not p.shares:
            return np.full(len(p.x), called.before + called.claim * exp(-called.discount))
        deviation = sqrt(called.variance)
        parity = p.answers.parity_when_called(int(day) - (1 if before else 0))
        forward = parity * exp(-called.cost)
        held = called.claim * exp(-called.discount)
        if deviation < 1e-9:
            return np.asarray(np.maximum(forward, held) + called.before)
        d1 = (np.log(parity) - called.cost - np.log(called.claim) + called.discount) / deviation + deviation / 2
        value = forward * ndtr(d1) + held * ndtr(deviation - d1) + called.before
        return np.asarray(np.maximum(value, p.parity) if called.cost > 0 else value)

    def deviation(self, day: float) -> float:
        """Standard deviation of ln S from a notice on `day` to the last conversion day."""
        return sqrt(self.called(day, False).variance)

    def _called(self, day: float, before: bool) -> Called:
        """T' and E by the calendars from the day of the notice; a fractional day shortens the time to both."""
        p, c = self.problem, self.problem.contract
        call = c.call
        assert call is not None
        whole = int(day) - (1 if before else 0)
        redemption = p.redemption_date(whole)
        last = max(p.last_conversion(redemption), whole) if p.shares else redemption
        price, _ = call.at(float(redemption))
        start = day - 0.5 if before else day  # the coupon of the day itself is not yet paid just before it
        coupons = [(int(d), float(a)) for d, a in zip(c.coupon_days, c.coupons, strict=True) if start < d <= redemption]
        steps = Spans(p, day, (last, redemption))
        claim = price * exp(-steps.discount(last, redemption)) + steps.recovered(last, redemption)
        kept = p.answers.make_whole(whole, redemption) * exp(-steps.discount(day, redemption))
        due, coupon = p.answers.coupon_when_called(whole, redemption, last) if p.shares else (0, 0.0)
        if coupon:  # the holder of record is paid it, whether he converts or not
            with_shares = coupon * exp(-steps.discount(last, due))
            claim -= with_shares
            kept += with_shares * exp(-steps.discount(day, last))
        for due, amount in coupons:
            if due > last:
                claim += amount * exp(-steps.discount(last, due))
            else:
                kept += amount * exp(-steps.discount(day, due))
        kept += steps.recovered(day, last)
        return Called(steps.discount(day, last), steps.cost(day, last), steps.variance(day, last), claim, kept)


class Spans:
    """Integrals of the model's parameters between days, the first of which may be fractional."""

    def __init__(self, problem: Problem, day: float, ends: Any) -> None:
        self.problem = problem
        self.segments = problem.timeline.segments

    def _over(self, start: float, end: float, name: str) -> float:
        total = 0.0
        for each in self.segments:
            if each.day1 <= start or each.day0 >= end:
                continue
            low, high = max(start, each.day0), min(end, each.day1)
            if high <= low:
                continue
            total += getattr(each, name) * each.years * (high - low) / (each.day1 - each.day0)
        return total

    def discount(self, start: float, end: float) -> float:
        """Rate and hazard."""
        return self._over(start, end, "rate") + self._over(start, end, "hazard")

    def cost(self, start: float, end: float) -> float:
        """Dividend yield and borrow cost."""
        return self._over(start, end, "cost")

    def variance(self, start: float, end: float) -> float:
        """Of ln S."""
        return self._over(start, end, "variance")

    def recovered(self, start: float, end: float) -> float:
        """The value at `start` of the recovery at a default before `end`, per denomination."""
        both, hazard = self.discount(start, end), self._over(start, end, "hazard")
        if not hazard:
            return 0.0
        share = (1.0 - exp(-both)) / both if abs(both) > 1e-12 else 1.0
        claim = float(self.problem.contract.claim((start + end) / 2))
        return self.problem.model.recovery * claim * hazard * share
