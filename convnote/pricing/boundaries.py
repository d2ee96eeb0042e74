"""The bounds of V: the Company's call from above, conversion from below, under optimal exercise or a prescribed policy."""

from __future__ import annotations

from math import exp, inf, log
from typing import TYPE_CHECKING

import numpy as np

from convnote.pricing.kernel import CALL, LEAST, Pin
from convnote.pricing.notice import Notice
from convnote.pricing.obstacles import Jump, Obstacles
from convnote.pricing.timeline import Segment

if TYPE_CHECKING:
    from convnote.pricing.problem import Problem

#: standard deviations over the notice period above which a called Note is treated as certain to be converted
SURE = 4.5


def pin_at(p: Problem, level: float, value: float) -> Pin | None:
    """The boundary at a conversion value, where V is `value`; None if it lies above the grid."""
    if level <= 0:
        return Pin(-1, 0.0, value)
    place = (log(level / p.shares) - p.x_low) / p.dx
    if place >= len(p.x) - 1:
        return None
    node = int(np.floor(place + 1e-9))
    return Pin(max(node, -1), max(place - node, 0.0), value)


def held_above(
    p: Problem, level: float, top: np.ndarray, tolerance: float, *, value: float | None = None, kind: int = CALL
) -> Obstacles:
    """V is `top` wherever the conversion value exceeds `level`, and `value` there (None: as `top` says)."""
    if level == inf:
        return Obstacles(tolerance=tolerance, kind=kind)
    if level <= 0 or not p.shares:
        return Obstacles(top=top, whole=True, tolerance=tolerance, kind=kind)
    pin = pin_at(p, level, float(np.interp(log(level / p.shares), p.x, top)) if value is None else value)
    return Obstacles(top=top, pin=pin, whole=pin is not None and pin.node < LEAST - 1, tolerance=tolerance, kind=kind)


class Bounds:
    """The obstacles of one problem at any time; `at` inside a segment, `before_event` while a coupon is still to be paid."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.policy = problem.policy
        self.notice = Notice(problem)
        self._payments: dict[tuple[float, float], np.ndarray] = {}

    # --- exercise

    @property
    def calls_optimally(self) -> bool:
        """Whether the Company calls so as to minimise the value to holders, rather than by a policy."""
        return self.policy is None

    @property
    def converts_at_ends(self) -> bool:
        """Whether holders convert on the last day before a right ends, and in answer to a call."""
        return self.policy is None or self.policy.converts_at_end

    def is_decision_day(self, day: int) -> bool:
        """Whether there is a close on the day, where decisions are made at closes only."""
        return bool(self.problem.contract.note.principal.sessions.is_open(day))

    def _decides_on(self, day: int) -> bool:
        return self.problem.options.decisions == "continuous" or self.is_decision_day(day)

    def kept_on_conversion(self, day: int) -> float:
        """The cash, in addition to shares, for a holder who converts just before the events of a day, per denomination."""
        p, c = self.problem, self.problem.contract
        return c.interest_paid(day, before=True) if c.accrued == "paid" else p.answers.last_coupon(float(day))

    def pinned_call(self, segment: Segment) -> bool:
        """Whether only a hard call with immediate effect can bind in a segment, so that V is the conversion value above it."""
        p, call = self.problem, self.problem.contract.call
        if call is None or call.notice or call.trigger is not None or call.keeps or p.policy is not None or not p.shares:
            return False
        if (
            p.withdrawal is not None
            or p.more_on_call
            or p.accretes
            or p.model.hazard_exponent
            or not p.may_call(segment)
            or not p.may_convert(segment)
            or p.lower_binds(segment)
            or p.elected.is_open(segment.day0, segment.day1)
        ):
            return False
        return p.redemption_date(segment.day0) == segment.day0

    # --- at a time inside a segment

    def at(self, segment: Segment, t: float) -> Obstacles:
        """The obstacles at `t` years, a time in [t0, t1) of the segment."""
        return self.on(segment, self.problem.day_at(segment, t))

    def on(self, segment: Segment, day: float) -> Obstacles:
        """The obstacles on a day number of the segment, with its fraction."""
        p = self.problem
        converts = p.may_convert(segment)
        low = None
        if converts and p.lower_binds(segment):
            cash = p.contract.interest_paid(day) if p.contract.accrued == "paid" else p.answers.last_coupon(day)
            low = p.parity + cash if cash else p.parity
        within = Obstacles(tolerance=1e-10 * p.contract.face)
        if p.may_call(segment):
            within = self._called(day, converts)
        if p.withdrawal is not None and p.withdrawal.is_open(segment):
            within = p.withdrawal.combined(within, day)
        if p.prescribed_conversion is not None and low is not None:
            return self._conversion_prescribed(within, low, day)
        within.low = low
        return within

    def _called(self, day: float, converts: bool) -> Obstacles:
        p, call = self.problem, self.problem.contract.call
        assert call is not None
        answers = converts and self.converts_at_ends
        if p.redemption_date(int(day)) > int(day):
            value = np.maximum(self.notice.value(day, answers), p.elected.against_call(day))
            within = self._with_notice(value, day)
            return self._jumping(within, self.notice.at_jumps(day, p.answers.jumps_when_called(int(day))) if answers else (), day)
        tolerance = 1e-10 * p.contract.face
        price, extra = call.at(day)
        price = max(price, p.elected.against_call(day))
        if not answers or not p.shares:
            top = np.full(len(p.x), price)
            if p.policy is None:
                return Obstacles(high=self._where_open(top, day), tolerance=tolerance)
            return held_above(p, self._threshold(day, price), top, tolerance)
        parity = p.answers.parity_when_called(int(day))
        top = parity + extra if extra else parity
        high = np.maximum(top, price)
        if p.policy is not None:
            level = self._threshold(day, price)
            return held_above(p, level, high, tolerance, value=None if p.adds_on_call else max(level + extra, price))
        trigger = self._trigger(day)
        if p.more_on_call:  # above the call price a called Note is worth more than its shares: nothing is pinned
            bend = self._bend(top, price) if trigger is None else None
            opening = self._opening(high, day)
            within = Obstacles(high=self._where_open(high, day), tolerance=tolerance, bend=bend, jumps=opening)
            jumps = p.answers.jumps_when_called(int(day))
            paid = [Jump(each.place, max(each.below + extra, price), max(each.above + extra, price)) for each in jumps]
            return self._jumping(within, tuple(paid), day)
        if trigger is not None and trigger + extra >= price:
            return held_above(p, trigger, high, tolerance, value=max(trigger + extra, price))
        pin = pin_at(p, price - extra, price)
        whole = pin is not None and pin.node < LEAST - 1
        opened, opening = self._where_open(high, day), self._opening(high, day)
        return Obstacles(high=opened, top=top, pin=pin, whole=whole, tolerance=tolerance, jumps=opening)

    def _jumping(self, within: Obstacles, jumps: tuple[Jump, ...], day: float) -> Obstacles:
        """The same with the jumps of its upper bound that lie where the Company may call and, on one side, change the bound."""
        if within.high is not None and jumps:
            level = self._trigger(day) or 0.0
            within.jumps += tuple(
                each for each in jumps if each.below != each.above and self.problem.parity.item(each.node) > level
            )
        return within

    def _bend(self, top: np.ndarray, price: float) -> Pin | None:
        """Where shares become worth more than the call price."""
        node = int(np.searchsorted(top, price)) - 1
        if not LEAST <= node + 1 < len(top):
            return None
        low, high = top[node], top[node + 1]
        return Pin(node, float(log(price / low) / log(high / low)), price)

    def _with_notice(self, value: np.ndarray, day: float) -> Obstacles:
        p, call = self.problem, self.problem.contract.call
        assert call is not None
        tolerance = 1e-10 * p.contract.face
        price, _ = call.at(float(p.redemption_date(int(day))))
        if p.policy is None:
            high = self._where_open(value, day)
            if self._trigger(day) is not None or not p.shares or p.more_on_call:
                return Obstacles(high=high, tolerance=tolerance, jumps=self._opening(value, day))
            # far above the call price a called Note is worth its shares, and the Company is indifferent: it calls
            level = price * exp(SURE * self.notice.deviation(day))
            pin = pin_at(p, level, float(np.interp(log(level / p.shares), p.x, value)))
            return Obstacles(high=high, top=value, pin=pin, tolerance=1e-7 * p.contract.face)
        return held_above(p, self._threshold(day, price), value, tolerance)

    def _trigger(self, day: float) -> float | None:
        call = self.problem.contract.call
        if call is None or call.trigger is None or self.problem.redemption_date(int(day)) >= call.free_from:
            return None
        return call.trigger

    def _where_open(self, high: np.ndarray, day: float) -> np.ndarray:
        trigger = self._trigger(day)
        # where the trigger is a node of the grid, the limit from above counts there
        return high if trigger is None else np.where(self.problem.parity > trigger * (1.0 - 1e-9), high, np.inf)

    def _opening(self, high: np.ndarray, day: float) -> tuple[Jump, ...]:
        """The beginning of the bound `high` [node] at a trigger."""
        p, trigger = self.problem, self._trigger(day)
        place = -1.0 if trigger is None else (log(trigger / p.shares) - p.x_low) / p.dx
        return (Jump(place, inf, high.item(round(place))),) if -0.5 < place < len(high) - 0.5 else ()

    def _threshold(self, day: float, price: float) -> float:
        """The conversion value above which a policy calls."""
        p = self.problem
        assert p.policy is not None
        level = p.policy.redeem.boundary(p.contract.note, np.array([int(day)]), np.array([price]))
        return max(float(level[0]), self._trigger(day) or -inf)

    def _conversion_prescribed(self, within: Obstacles, low: np.ndarray, day: float) -> Obstacles:
        p = self.problem
        level = float(p.prescribed_conversion.boundary(p.contract.note, np.array([int(day)]), np.array([p.contract.face]))[0])
        if level == inf or (within.whole and within.top is not None):
            return within
        pin = pin_at(p, level, level)
        if pin is None or (within.pin is not None and within.pin.node + within.pin.theta <= pin.node + pin.theta):
            return within
        top = low if within.top is None or within.pin is None else np.where(p.parity > self._level(within.pin), within.top, low)
        return Obstacles(top=top, pin=pin, whole=pin.node < LEAST - 1, tolerance=within.tolerance, kind=within.kind)

    def _level(self, pin: Pin) -> float:
        p = self.problem
        return p.shares * float(np.exp(p.x[0] + (pin.node + pin.theta) * (p.x[1] - p.x[0])))

    # --- at an event

    def before_event(self, earlier: Segment, day: int) -> np.ndarray | None:
        """The cap [node] just before the events of `day`, if the Company may call in the segment that ends on it; else None."""
        p, call = self.problem, self.problem.contract.call
        if call is None or p.policy is not None or not p.may_call(earlier) or not self._decides_on(day):
            return None
        converts = p.may_convert(earlier)
        if p.redemption_date(day - 1) > day - 1:
            if p.options.decisions == "daily":  # at a close, after the events of the day: a notice of its own day
                return None
            called = self.notice.value(float(day), converts, before=True)
            return self._where_open(np.maximum(called, p.elected.against_call(float(day), before=True)), day - 1)
        price, extra = call.just_before(day)
        price = max(price, p.elected.against_call(float(day), before=True))
        if not converts or not p.shares:
            return self._where_open(np.full(p.x.shape, price), day - 1)
        if p.adds_on_call:
            return self._where_open(np.maximum(p.answers.parity_when_called(day - 1) + extra, price), day - 1)
        return self._where_open(self._paid(price, extra), day - 1)

    def _paid(self, price: float, extra: float) -> np.ndarray:
        """The better of a call price, and shares with `extra` in cash, float64 [node]; shared, so not to be written to."""
        found = self._payments.get((price, extra))
        if found is None:
            parity = self.problem.parity
            found = self._payments[price, extra] = np.maximum(parity + extra if extra else parity, price)
        return found
