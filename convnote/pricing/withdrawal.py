"""Withdrawal of conversion as an obstacle: the value of a Note on the day of the notice (WDR-1…WDR-9).

Until the last conversion day T' the holder may convert; on the effective day E a Note that has stayed is paid the make-whole and
goes on without conversion, worth B*(E). B* does not depend on the share, so between the notice and T' the Note is a bond plus
an option to exchange it for the shares, as under a call for redemption at B*(E) and the make-whole.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from math import exp, inf, log, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import ndtr

from convnote.arithmetic import fraction
from convnote.calendars import day_number
from convnote.pricing.boundaries import held_above, pin_at
from convnote.pricing.contract import first_reaching
from convnote.pricing.kernel import LEAST, WITHDRAW, Pin
from convnote.pricing.notice import Spans
from convnote.pricing.obstacles import Jump, Obstacles
from convnote.pricing.straight import Straight
from convnote.pricing.timeline import Segment

if TYPE_CHECKING:
    from convnote.pricing.problem import Problem


class Noticed(NamedTuple):
    """A Note under a notice of withdrawal: integrals to T', and the payments to holders who stay and to holders who convert."""

    #: integrals to T': rate + hazard, cost of carry, variance
    discount: float
    cost: float
    variance: float
    #: value at T' of a Note that stays, and of the cash that comes with the shares
    stays: float
    kept: float
    #: conversion value at T' above which holders convert
    level: float
    #: value now of coupons and recovery up to T'
    before: float
    #: whether holders may still convert after the notice, and whether they are then paid a make-whole
    answered: bool
    dear: bool


class Withdrawals:
    """The Company's right to withdraw conversion in one problem, by the day of the notice."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.policy = problem.policy
        note = problem.contract.note
        self.terms: Any = note.withdrawal
        self.notice: int = self.terms.notice_at_least
        if self.policy is not None and self.policy.withdrawal_notice is not None:
            self.notice = self.policy.withdrawal_notice
        self.noticed = lru_cache(maxsize=None)(self._noticed)

    def told(self) -> str:
        """What the valuation says about the right."""
        level = self.trigger(self.problem.contract.maturity)
        above = "" if level is None else f" while the conversion value is above {level:,.10g}, as a barrier"
        return f"the Company may withdraw conversion{above}; the note without conversion is then worth what it is worth by itself"

    # --- when

    @cached_property
    def first_effective(self) -> int:
        """The first day on which a withdrawal may take effect (WDR-6)."""
        issue = self.problem.contract.issue
        return issue if self.terms.from_date is None else int(day_number(self.terms.from_date))

    @cached_property
    def first_notice(self) -> int:
        """The first day of a notice: by optimal choice as early as WDR-3 allows, by a policy with its own notice."""
        lead = self.terms.notice_at_most if self.policy is None else self.notice
        return max(self.problem.contract.issue, self.first_effective - lead)

    @cached_property
    def last_notice(self) -> int:
        """The last day of a notice: the withdrawal takes effect by WDR-2, and while there is conversion to withdraw."""
        terms, c = self.terms, self.problem.contract
        if not terms.notice_at_least <= self.notice <= terms.notice_at_most:
            return self.first_notice - 1
        last = min(int(day_number(terms.last_effective)), c.maturity)
        if c.note.conversion is not None and c.note.conversion.until is not None:
            last = min(last, c.note.conversion.last_day)
        return last - self.notice

    def effective(self, day: int) -> int:
        """The day on which a withdrawal noticed on `day` takes effect."""
        return max(day + self.notice, self.first_effective)

    def is_open(self, segment: Segment) -> bool:
        """Whether notice may be given in a segment as far as its dates go."""
        if segment.day0 < self.first_notice:
            return False
        last = segment.day0 if self.problem.options.decisions == "daily" else segment.day1
        return last <= self.last_notice

    @cached_property
    def days(self) -> set[int]:
        """The days on which the right begins or ends, or its make-whole falls."""
        found = {self.first_notice, self.last_notice, self.first_effective - self.notice}
        if self.problem.free_to_withdraw_until is not None:
            found.add(self.problem.free_to_withdraw_until)
        # from such a day on the make-whole is smaller, a coupon is due by the effective day, or a holder who converts keeps it
        c = self.problem.contract
        found |= {day + 1 for day in c.paid_days}
        # from such a day on a withdrawal takes effect after the last day to elect a put, so that it is worth less
        found |= {each.last - self.notice + 1 for each in c.puts}
        if self.notice and len(c.coupon_days):
            coupons, days = c.coupon_days.tolist(), np.arange(c.issue - self.notice, c.maturity)
            found |= {day - self.notice for day in coupons}
            until = self.terms.last_before(np.maximum(days + self.notice, self.first_effective))
            found.update(first_reaching(coupons, days, until))
        return found

    # --- above which share price

    @cached_property
    def _trigger(self) -> float:
        """Conversion value at the trigger (WDR-1, WDR-7)."""
        terms, p = self.terms, self.problem
        if terms.moves:
            return float(fraction(terms.trigger_multiple)) * p.contract.face
        return float(fraction(terms.trigger)) * p.shares

    def trigger(self, day: float) -> float | None:
        """The conversion value above which notice may be given on a day; None where no condition is left to meet."""
        free = self.problem.free_to_withdraw_until
        return None if free is not None and day <= free else self._trigger

    # --- what it is worth

    def make_whole(self, notice: int) -> float:
        """Make-whole of a withdrawal noticed on `notice`, per denomination."""
        return float(self.terms.make_whole(np.float64(self.problem.contract.paid_before(notice))))

    @cached_property
    def straight(self) -> Straight:
        """B*, the Note without conversion."""
        return Straight(self.problem)

    def _noticed(self, day: float, before: bool) -> Noticed:
        """By the calendars from the day of the notice; a fractional day shortens the time to T' and E."""
        p, c = self.problem, self.problem.contract
        whole = int(day) - (1 if before else 0)
        effective = self.effective(whole)
        end = min(int(self.terms.last_before(effective)), c.closes)
        answered = p.converts and bool(p.shares) and end >= max(whole, c.opens) and self._answers
        # a right that ends with the close of the day of the notice is used at once
        last = max(end, day) if answered else day
        due = max(effective, day)
        amount = self.make_whole(whole)
        start = day - 0.5 if before else day  # the coupon of the day itself is not yet paid just before it
        spans = Spans(p)
        between = exp(-spans.discount(last, due))
        stays = self.straight.value(due, before=before and due == day) * between + spans.recovered(last, due)
        coupons = [] if before and due == day else c.coupons_between(start, due)
        stays += sum(cash * exp(-spans.discount(last, on)) for on, cash in coupons if on > last)
        paid = self.terms.make_whole_to
        stays += amount * between if paid in ("outstanding", "both") else 0.0
        kept = amount * between if paid in ("converted", "both") else 0.0
        # a coupon of the day of the notice that is not yet paid is in both amounts
        kept += c.interest_paid(last, before=before and due == day)
        promised = sum(cash * exp(-spans.discount(day, on)) for on, cash in coupons if on <= last)
        level = stays - kept
        if self.policy is not None and answered:
            extra = {"outstanding": amount, "converted": -amount, "both": 0.0}[paid]
            level = float(self.policy.straight_value(c.note, int(end))) + extra
        return Noticed(
            spans.discount(day, last),
            spans.cost(day, last),
            spans.variance(day, last),
            stays,
            kept,
            level,
            promised + spans.recovered(day, last),
            answered,
            amount > 0 and paid in ("converted", "both"),
        )

    @property
    def _answers(self) -> bool:
        return self.policy is None or self.policy.converts_at_end

    def value(self, day: float, *, before: bool = False) -> np.ndarray:
        """The value of a Note after a notice of withdrawal on `day`, at the nodes, float64 [node].

        `before` is the limit from earlier, the coupon of the day not yet paid.
        """
        p, of = self.problem, self.noticed(day, before)
        factor = exp(-of.discount)
        if not of.answered:
            return np.full(len(p.x), of.before + of.stays * factor)
        forward, deviation = p.parity * exp(-of.cost), sqrt(of.variance)
        if deviation < 1e-9 or of.level <= 0:
            converts = p.parity * exp(of.discount - of.cost) > of.level
            return np.asarray(np.where(converts, forward + of.kept * factor, of.stays * factor) + of.before)
        d1 = (p.log_parity + (of.discount - of.cost - log(of.level) + of.variance / 2)) / deviation
        staying = ndtr(deviation - d1)
        value = forward * ndtr(d1) + factor * (of.stays * staying + of.kept * (1.0 - staying)) + of.before
        return p.answers.or_converted(value, day, of.cost, before=before) if self.policy is None else np.asarray(value)

    # --- as an obstacle

    def at(self, day: float) -> Obstacles:
        """The obstacle that the right sets at a time of a day on which notice may be given."""
        p = self.problem
        tolerance = 1e-10 * p.contract.face
        level, day = self.trigger(day), self._within_day(day)
        top = self.value(day)
        if self.policy is not None:
            return self._prescribed(top, day, level, tolerance)
        of = self.noticed(day, False)
        at_once, converted_above = of.answered and of.variance == 0.0, of.stays - of.kept
        # an answer at once, no dearer than a conversion: where holders convert, V is the conversion value
        pinned = at_once and not of.dear
        if pinned and level is not None and level >= converted_above:
            return held_above(p, level, top, tolerance, kind=WITHDRAW)
        high, jumps = self._where_open(top, level), () if level is None else self._jump(top, level)
        pin = pin_at(p, converted_above, of.stays + of.before) if at_once and converted_above > (level or 0.0) else None
        if not pinned:
            return Obstacles(high=high, tolerance=tolerance, kind=WITHDRAW, jumps=jumps, bend=pin)
        whole = pin is not None and pin.node < LEAST - 1
        return Obstacles(high=high, top=top, pin=pin, whole=whole, tolerance=tolerance, kind=WITHDRAW, jumps=jumps)

    def _within_day(self, day: float) -> float:
        """The time of a day at which a notice is given: its middle at any step, or values would depend on where steps end.

        The time to convert ends at a close, so that it is shortest just before the next day begins.
        """
        return int(day) + 0.5 if self.notice and day > int(day) else day

    def before_event(self, earlier: Segment, day: int) -> np.ndarray | None:
        """The cap [node] just before the events of `day`, if notice may be given in the segment that ends on it; else None."""
        # at closes, what is decided is decided on the events of the day
        if self.policy is not None or self.problem.options.decisions == "daily" or not self.is_open(earlier):
            return None
        return self._where_open(self.value(float(day), before=True), self.trigger(day - 1))

    def _jump(self, top: np.ndarray, level: float) -> tuple[Jump, ...]:
        place = (log(level / self.problem.shares) - self.problem.x_low) / self.problem.dx
        return (Jump(place, inf, float(top[round(place)])),) if -0.5 < place < len(top) - 0.5 else ()

    def _where_open(self, high: np.ndarray, level: float | None) -> np.ndarray:
        # the trigger is a node of the grid: the limit from above counts there
        return high if level is None else np.where(self.problem.parity >= level * (1.0 - 1e-9), high, np.inf)

    def _prescribed(self, top: np.ndarray, day: float, level: float | None, tolerance: float) -> Obstacles:
        assert self.policy is not None
        asked = self.policy.withdrawal_boundary(
            self.problem.contract.note, np.array([int(day)]), np.array([self.make_whole(int(day))])
        )
        asked_for = max(float(asked[0]), -inf if level is None else level)
        return held_above(self.problem, asked_for, top, tolerance, kind=WITHDRAW)

    def combined(self, called: Obstacles, day: float) -> Obstacles:
        """The obstacle where the Company may call as well: the lower of the two, a prescribed withdrawal first."""
        own = self.at(day)
        if called.high is None and called.top is None:
            return own
        if own.high is None and own.top is None:
            return called
        if self.policy is None:
            return self._lower(called, own)
        if own.whole or (called.pin is None and not called.whole):
            return own
        assert own.top is not None and called.top is not None
        if not called.whole and (own.pin is not None and called.pin is not None) and _place(own.pin) <= _place(called.pin):
            return own
        if own.pin is None:
            return called
        above = np.arange(len(self.problem.x)) > _place(own.pin)
        return Obstacles(
            top=np.where(above, own.top, called.top),
            pin=called.pin,
            whole=called.whole,
            tolerance=called.tolerance,
            kind=called.kind,
        )

    def _lower(self, called: Obstacles, own: Obstacles) -> Obstacles:
        """The lower of the two under optimal decisions."""
        caps = _cap(called), _cap(own)
        if (caps[0] <= caps[1]).all():
            return called
        if (caps[1] <= caps[0]).all():
            return own
        high = np.minimum(*caps)
        # above a pin V is the conversion value, below which no bound lies
        pins = [(_place(each.pin), each) for each in (called, own) if each.pin is not None]
        pinned = min(pins, key=lambda found: found[0])[1] if pins else None
        bends = [each.bend for each, cap in ((called, caps[0]), (own, caps[1])) if each.bend and _begins(each.bend, cap, high)]
        return Obstacles(
            high=high,
            top=None if pinned is None else pinned.top,
            pin=None if pinned is None else pinned.pin,
            tolerance=max(own.tolerance, called.tolerance),
            kind=own.kind if float(caps[1][-1]) < float(caps[0][-1]) else called.kind,
            bend=min(bends, key=_place, default=None),
            jumps=(*_below(called.jumps, caps[1]), *_below(own.jumps, caps[0])),
        )


def _begins(pin: Pin, cap: np.ndarray, high: np.ndarray) -> bool:
    """Whether an upper bound that bends at a pin is the lower of two just above it."""
    return LEAST <= pin.node + 1 < len(cap) and bool(cap[pin.node + 1] == high[pin.node + 1])


def _below(jumps: tuple[Jump, ...], cap: np.ndarray) -> list[Jump]:
    """The jumps of an upper bound where another one counts as well, float64 [node]."""
    return [Jump(each.place, *(min(bound, cap.item(each.node)) for bound in (each.below, each.above))) for each in jumps]


def _place(pin: Pin) -> float:
    return pin.node + pin.theta


def _cap(of: Obstacles) -> np.ndarray:
    """The upper bound of V [node] that an obstacle under optimal decisions sets."""
    if of.high is not None:
        return of.high
    assert of.top is not None
    above = np.arange(len(of.top)) >= (-1.0 if of.pin is None or of.whole else _place(of.pin) - 1e-9)
    return np.where(above, of.top, np.inf)
