"""A call with notice: the value of a called Note on the day of the notice, in closed form.

Until the last conversion day T' the holder may convert; otherwise X is paid on the redemption date E. Between two known times
the share is lognormal, so this is a bond plus an option to exchange it for the shares, where the share falls to zero at default
and the hazard does not depend on it. Otherwise a short equation over the notice adds the difference.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, exp, log, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import ndtr

from convnote.pricing.kernel import BLEND, GAMMA, KEEP, Operators
from convnote.pricing.obstacles import Jump
from convnote.pricing.timeline import Segment

if TYPE_CHECKING:
    from convnote.pricing.problem import Problem

#: steps a year over a notice, and the least between two events
STEPS, LEAST_STEPS = 48.0, 2


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
    #: conversion value at the nodes, float64 [node]
    parity: np.ndarray
    #: the day numbers of T', of the redemption, and of the notice
    last: int
    redemption: int
    notice: int


class Notice:
    """Values of called Notes of one problem, by the day of the notice."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.called = lru_cache(maxsize=None)(self._called)
        simple = problem.eta == 1.0 and not problem.model.hazard_exponent
        self.departure = None if simple else Departure(problem, self)

    def value(self, day: float, converts: bool, *, before: bool = False) -> np.ndarray:
        """The value of a Note called by a notice on `day`, at the nodes, float64 [node].

        `before` is the limit from earlier, the coupon of the day not yet paid.
        """
        p = self.problem
        called = self.called(day, before)
        value, _ = self.closed(called, converts)
        if self.departure is not None:
            value = value + self.departure.at(day, called, converts)
        if not converts or not p.shares:
            return np.asarray(value)
        return p.answers.or_converted(value, day, called.cost, before=before)

    def at_jumps(self, day: float, jumps: tuple[Jump, ...]) -> tuple[Jump, ...]:
        """The values of Notes called on `day` that convert, on either side of each of the jumps of their conversion value."""
        called = self.called(day, False)
        sides = [np.array([each.below, each.above]) for each in jumps]
        values = [self.closed(called._replace(parity=each), True)[0].tolist() for each in sides]
        return tuple(Jump(each.place, *value) for each, value in zip(jumps, values, strict=True))

    def closed(self, called: Called, converts: bool) -> tuple[np.ndarray, Any]:
        """The value if the share falls to zero at default and the hazard does not depend on it, and its slope in ln S, [node]."""
        p = self.problem
        held = called.claim * exp(-called.discount)
        if not converts or not p.shares:
            return np.full(len(p.x), called.before + held), 0.0
        deviation = sqrt(max(called.variance, 0.0))  # T' is the day before, just before the first redemption date
        forward = called.parity * exp(-called.cost)
        if deviation < 1e-9:
            return np.maximum(forward, held) + called.before, np.where(forward > held, forward, 0.0)
        d1 = (np.log(called.parity) - called.cost - log(called.claim) + called.discount) / deviation + deviation / 2
        slope = forward * ndtr(d1)
        return slope + held * ndtr(deviation - d1) + called.before, slope

    def deviation(self, day: float) -> float:
        """Standard deviation of ln S from a notice on `day` to the last conversion day."""
        return sqrt(max(self.called(day, False).variance, 0.0))

    def _called(self, day: float, before: bool) -> Called:
        """T' and E by the calendars from the day of the notice; a fractional day shortens the time to both."""
        p = self.problem
        whole = int(day) - (1 if before else 0)
        redemption = p.redemption_date(whole)
        last = max(p.last_conversion(redemption), whole) if p.shares else redemption
        # the coupon of the day itself is not yet paid just before it
        return self.noticed(day, last, redemption, whole, after=day - 0.5 if before else day)

    def noticed(self, day: float, last: int, redemption: int, whole: int, *, after: float) -> Called:
        """On `day`, a Note called on day `whole` that converts until `last`, with the coupons due after `after`."""
        p, c = self.problem, self.problem.contract
        call = c.call
        assert call is not None
        price, _ = call.at(float(redemption))
        spans = Spans(p)
        at = max(last, day)  # later in the last day on which it converts: at once or not at all
        claim = price * exp(-spans.discount(at, redemption)) + spans.recovered(at, redemption)
        kept = p.answers.make_whole(whole, redemption) * exp(-spans.discount(day, redemption)) + spans.recovered(day, at)
        due, coupon = p.answers.coupon_when_called(whole, redemption, last) if p.shares else (0, 0.0)
        interest = c.interest_paid(at, before=at > last) if p.shares else 0.0
        if interest:
            claim -= interest
            kept += interest * exp(-spans.discount(day, at))
        if coupon:  # the holder of record is paid it, whether he converts or not
            with_shares = coupon * exp(-spans.discount(at, due))
            claim -= with_shares
            kept += with_shares * exp(-spans.discount(day, at))
        for on, amount in c.coupons_between(after, redemption):
            if on > last:
                claim += amount * exp(-spans.discount(at, on))
            else:
                kept += amount * exp(-spans.discount(day, on))
        integrals = spans.discount(day, at), spans.cost(day, at), spans.variance(day, at)
        return Called(*integrals, claim, kept, p.answers.parity_when_called(whole), last, redemption, whole)


class Departure:
    """What is added to the closed form where the share keeps a value at default, or the hazard depends on it; float64 [node].

    The difference of the two values satisfies the exact equation; its source is the difference of the two equations, applied to
    the closed form. It is small and smooth, so a few steps suffice.
    """

    def __init__(self, problem: Problem, notice: Notice) -> None:
        self.problem, self.notice = problem, notice
        self.operator = Operators(problem.coefficients)

    def at(self, day: float, called: Called, converts: bool) -> np.ndarray:
        """The difference on the day of the notice."""
        p, last, redemption = self.problem, called.last, called.redemption
        v = np.zeros(len(p.x))
        if p.model.hazard_exponent and last < redemption:
            v = self._back(v, last, redemption, called, converts=False)
        if converts and p.shares:
            v = np.maximum(p.parity, called.claim + v) - np.maximum(p.parity, called.claim)
        return self._back(v, day, last, called, converts=converts)

    def _back(self, v: np.ndarray, low: float, high: float, called: Called, *, converts: bool) -> np.ndarray:
        """The difference on day `low`, from that on day `high`."""
        for segment in reversed(self.problem.timeline.segments):
            start, end = max(low, segment.day0), min(high, segment.day1)
            if segment.years and start < end:
                v = self._stepped(v, segment, start, end, called, converts)
        return v

    def _stepped(self, v: np.ndarray, segment: Segment, start: float, end: float, called: Called, converts: bool) -> np.ndarray:
        years = segment.years * (end - start) / (segment.day1 - segment.day0)
        n = max(LEAST_STEPS, ceil(STEPS * years))
        k = GAMMA * years / n / 2
        operator = self.operator(segment, k)
        nodes, pace = len(v), (end - start) / n
        for i in range(n):
            day = end - i * pace
            y = operator.solve(v + k * self._source(segment, day - GAMMA / 2 * pace, called, converts), nodes)
            source = self._source(segment, max(day - pace, start), called, converts)
            v = operator.solve(BLEND * (2.0 * y - v) - KEEP * v + k * source, nodes)
        return v

    def _source(self, segment: Segment, day: float, called: Called, converts: bool) -> Any:
        """The difference of the two equations, applied to the closed form on `day`, per year."""
        p, level = self.problem, segment.hazard
        recovered = p.model.recovery * p.contract.face
        last = called.last if day < called.last or converts else called.redemption
        now = self.notice.noticed(day, last, called.redemption, called.notice, after=day)
        value, slope = self.notice.closed(now, converts)
        hazard = p.hazard(segment)
        paid = p.paid_at_default(segment) if converts else recovered
        return (p.eta * hazard - level) * slope - (hazard - level) * value + hazard * paid - level * recovered


class Spans:
    """Integrals of the model's parameters between days, the first of which may be fractional."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._over = problem.timeline.integral

    def discount(self, start: float, end: float) -> float:
        """Rate and hazard."""
        return self._over("rate", start, end) + self._over("hazard", start, end)

    def cost(self, start: float, end: float) -> float:
        """Dividend yield and borrow cost."""
        return self._over("cost", start, end)

    def variance(self, start: float, end: float) -> float:
        """Of ln S."""
        return self._over("variance", start, end)

    def recovered(self, start: float, end: float) -> float:
        """The value at `start` of the recovery at a default before `end`, per denomination."""
        both, hazard = self.discount(start, end), self._over("hazard", start, end)
        if not hazard:
            return 0.0
        share = (1.0 - exp(-both)) / both if abs(both) > 1e-12 else 1.0
        claim = float(self.problem.contract.claim((start + end) / 2))
        return self.problem.model.recovery * claim * hazard * share
