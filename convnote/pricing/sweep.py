"""The backward sweep: from maturity to the first decision, event by event and step by step.

The order within one day is that of the lifecycle reversed: the call just after the coupon, the coupon, the put, the call
just before the coupon, the holders' conversion, the reset, the ex-date. Every operation is logged, so that derivatives and
probabilities follow the same steps (`tangents`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, exp, inf, log2
from typing import Any, NamedTuple

import numpy as np

from convnote.pricing.boundaries import Bounds
from convnote.pricing.elected import Election
from convnote.pricing.grids import begins_at, falls, with_kink_between_nodes
from convnote.pricing.kernel import BLEND, CALL, CONVERT, GAMMA, KEEP, NONE, WITHDRAW, Operator, Operators, Stage
from convnote.pricing.obstacles import Obstacles, solve
from convnote.pricing.pinned import Planned, pinned_steps, planned
from convnote.pricing.problem import Problem
from convnote.pricing.resets import Columns, cubic
from convnote.pricing.timeline import Segment

PUT = 3
#: a right is exercised where that is worth more by this fraction of the denomination: less is rounding
ROUNDING = 1e-10


@dataclass(eq=False)
class Held:
    """An event that sets V to the payoff of a right: of which `kind`, and where, by one of two arrays [node]."""

    kind: int
    time: float
    #: by how much the payoff is better for who decides
    excess: np.ndarray | None = None
    #: the part of each node's cell
    part: np.ndarray | None = None

    @cached_property
    def mask(self) -> np.ndarray:
        """The part of each node's cell in which V is the payoff, float64 [node]."""
        if self.part is not None:
            return self.part
        assert self.excess is not None
        return part_above(self.excess)


class Mapped(NamedTuple):
    """An event that moves the share: V at each node is taken from another price, by a linear map [node, node] in sparse rows."""

    places: np.ndarray
    weights: np.ndarray

    def of(self, v: np.ndarray) -> np.ndarray:
        """The map applied to [node] or [node, column]; same shape."""
        weights = self.weights if v.ndim == 1 else self.weights[..., None]
        return np.asarray((v[self.places] * weights).sum(axis=1))


class Scaled(NamedTuple):
    """A coupon in kind: V of a denomination before it is `factor` times that after it (PIK-1)."""

    factor: float


def part_above(excess: np.ndarray) -> np.ndarray:
    """The part of each node's cell in which `excess` is above 0, taken as linear between two nodes; float64 [node]."""
    above = excess > 0.0
    share = above.astype(np.float64)
    for i in np.flatnonzero(above[1:] != above[:-1]).tolist():
        inner, outer = (i, i + 1) if above[i] else (i + 1, i)
        reach = excess.item(inner) / (excess.item(inner) - excess.item(outer))
        share[inner] -= 0.5 - min(reach, 0.5)
        share[outer] += max(reach - 0.5, 0.0)
    return share


class Sweep:
    """One backward sweep of a problem. `v` [node] is the value at the first decision, just before that day's events."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.log: list[Any] = []
        self.segments = problem.timeline.segments
        self.bounds = Bounds(problem)
        self.operator = Operators(problem.coefficients)
        self._last = (0, NONE)
        #: years from as_of of the earliest fall of V at a trigger yet
        self._fell = inf
        self.v = self._run()

    @cached_property
    def boundaries(self) -> list[tuple[float, int, float]]:
        """Years, right and share price above which the Company calls or holders convert, latest first."""
        p, found = self.problem, []
        for stage in self.log:
            if not isinstance(stage, Stage) or stage.first or (stage.bound == NONE and stage.theta is None):
                continue
            if stage.bound == NONE:
                found.append((stage.time, stage.kind, exp(p.x_low + (stage.free - 1 + (stage.theta or 0.0)) * p.dx)))
            else:
                found.append((stage.time, stage.kind, float(p.share[min(stage.free, len(p.x) - 1)])))
        return found

    # --- from maturity back

    def _run(self) -> np.ndarray:
        p = self.problem
        v = self._at_maturity()
        if begins_at(p) is not None:
            v = with_kink_between_nodes(p, v)
        if p.windows:
            return Columns(self).run(v)
        first = p.first_decision
        for place in range(len(self.segments) - 1, first - 1, -1):
            segment = self.segments[place]
            if segment.years:
                v = self.back(v, segment, place, daily=p.options.decisions == "daily")
            if place > first or first > 0:
                v = self.events(v, segment.day0, segment.t0, self.segments[place - 1] if place else None)
        return v

    def back(self, v: np.ndarray, segment: Segment, place: int, *, daily: bool) -> np.ndarray:
        """V at the beginning of a segment from V at its end, float64 [node]."""
        self._last = (len(v), NONE)
        return self._daily(v, segment, place) if daily else self._stepped(v, segment, place)

    def _at_maturity(self) -> np.ndarray:
        p, c = self.problem, self.problem.contract
        cash, more = p.at_maturity
        if p.converts_at_maturity:
            v = np.maximum(p.parity, cash)
            self.log.append(Held(CONVERT, p.timeline.end, p.parity - cash))
        else:
            v = np.full(p.x.shape, cash)
        v = v + more if more else v
        last = self.segments[-1]
        if p.may_call(last) and c.call is not None and self.bounds.calls_optimally and p.redemption_date(last.day0) == last.day0:
            price, _ = c.call.just_before(c.maturity)
            called = p.answers.parity_when_called(c.maturity - 1) + p.answers.make_whole(c.maturity - 1, c.maturity - 1)
            kept = more if c.accrued == "paid" else 0.0
            return self._capped(v, np.maximum(called + kept if kept else called, price), p.timeline.end)
        return self._converted_before(v, last, c.maturity, p.timeline.end)

    def _capped(self, v: np.ndarray, cap: np.ndarray, t: float, kind: int = CALL) -> np.ndarray:
        if np.count_nonzero(v > cap):
            self._exercised(kind, t, v - cap)
            v = np.minimum(v, cap)
        return v

    def _exercised(self, kind: int, t: float, excess: np.ndarray) -> None:
        gained = excess - ROUNDING * self.problem.contract.face
        if gained.max() > 0.0:
            self.log.append(Held(kind, t, gained))

    def _capped_from(self, v: np.ndarray, within: Obstacles, t: float) -> np.ndarray:
        """As `_capped` at a close, where a jump of the bound divides the cell of the nearest node; float64 [node]."""
        assert within.high is not None
        if not within.jumps:
            return self._capped(v, within.high, t, within.kind)
        share, capped = (v > within.high).astype(np.float64), np.minimum(v, within.high)
        for each in within.jumps:
            node, over = each.node, each.node + 0.5 - each.place
            parts = ((over, each.above), (1.0 - over, each.below))
            share[node] = sum(part for part, bound in parts if v[node] > bound)
            capped[node] = sum(part * min(v.item(node), bound) for part, bound in parts if part)
        if share.any():
            self.log.append(Held(within.kind, t, part=share))
        return capped

    def events(self, v: np.ndarray, day: int, t: float, earlier: Segment | None) -> np.ndarray:
        """Apply the events of a day in reverse order; `earlier` is the segment that ends on it. Float64 [node]."""
        p, c = self.problem, self.problem.contract
        coupon, factor = c.coupon_on(day), c.growth_on(day)
        v = v + coupon if coupon else v
        for each in c.puts:
            if each.last == day:
                v = self._put(v, each, t)
        if factor != 1.0:
            v = v * factor
            self.log.append(Scaled(factor))
        if earlier is None:
            return v
        cap = self.bounds.before_event(earlier, day)
        if cap is not None:
            v = self._capped(v, cap, t)
        cap = None if p.withdrawal is None else p.withdrawal.before_event(earlier, day)
        if cap is not None:
            v = self._capped(v, cap, t, WITHDRAW)
        v = self._converted_before(v, earlier, day, t)
        for on, floor_ in p.resets:
            if on == day:
                v = self._mapped(v, self._after_reset(floor_))
        for on, cash in p.dividends:
            if on == day:
                v = self._mapped(v, self._after_dividend(cash))
                v = self._converted_before(v, earlier, day, t)
        return v

    def _put(self, v: np.ndarray, election: Election, t: float) -> np.ndarray:
        amount, below = self.problem.elected.at_last(election), self.problem.elected.below(election)
        if below is None:
            if (v < amount).any():
                self._exercised(PUT, t, amount - v)
                v = np.maximum(v, amount)
            return v
        share = part_above(below - self.problem.parity)
        if share.any():
            self.log.append(Held(PUT, t, part=share))
            v = share * amount + (1.0 - share) * v
        return v

    def _converted_before(self, v: np.ndarray, earlier: Segment, day: int, t: float) -> np.ndarray:
        p = self.problem
        if not p.may_convert(earlier) or not self.bounds.converts_at_ends:
            return v
        if p.policy is not None and day != p.contract.closes:  # who waits for the end of the right waits on a coupon date, too
            return v
        kept = self.bounds.kept_on_conversion(day)
        value = p.parity + kept if kept else p.parity
        if np.count_nonzero(v < value):
            self._exercised(CONVERT, t, value - v)
            v = np.maximum(v, value)
        return v

    # --- the share moves

    def _mapped(self, v: np.ndarray, target: np.ndarray) -> np.ndarray:
        """V at ln S = `target` [node], by cubic interpolation on the nodes."""
        p = self.problem
        event = Mapped(*cubic((target - p.x_low) / p.dx, len(p.x)))
        self.log.append(event)
        return event.of(v)

    def _after_dividend(self, cash: float) -> np.ndarray:
        p = self.problem
        after = np.maximum(p.share - cash, p.share[0])
        if p.protected is not None:  # the conversion price falls with the share, so S x ratio is what moves
            excess = max(cash - p.protected, 0.0)
            factor = p.share / np.maximum(p.share - excess, p.share[0] * 1e-3)
            after = after * factor
        return np.asarray(np.log(after))

    def _after_reset(self, lowest: float) -> np.ndarray:
        """Parity after a reset: ln S + ln(K / K'), K' = min(K, max(S, floor)) (RST-2)."""
        p = self.problem
        price = p.contract.face / p.shares
        new = np.minimum(price, np.maximum(p.share, lowest))
        return np.asarray(p.x + np.log(price / new))

    # --- steps

    @cached_property
    def plans(self) -> dict[int, list[Planned]]:
        """The stages of the segments in which only an immediate call can bind."""
        first = self.problem.first_decision
        return planned(
            self.problem,
            [first + i for i, each in enumerate(self.segments[first:]) if each.years and self.bounds.pinned_call(each)],
        )

    def _stepped(self, v: np.ndarray, segment: Segment, place: int) -> np.ndarray:
        p, plan = self.problem, self.plans.get(place)
        n = p.steps(segment) if plan is None else len(plan) // 2
        step = segment.years / n
        operator = self.operator(segment, GAMMA * step / 2)
        source: Any = operator.k * p.hazard(segment) * p.paid_at_default(segment)
        done = 0
        if plan is not None:
            stages, v = pinned_steps(p, operator, v, source, place, plan)
            self.log += stages
            done = len(stages) // 2
        if falls(p, v):
            self._fell = segment.t1
        since = self._fell - segment.t1
        if not done and since < step / 2:
            v = self._eased(v, segment, place, step, segment.t1 - step if n > 1 else segment.t0, since)
            done = 1
        for i in range(done, n):
            t = segment.t1 - i * step
            v = self._general_step(operator, v, source, segment, place, t, segment.t0 if i == n - 1 else t - step)
        return v

    def _eased(self, v: np.ndarray, segment: Segment, place: int, step: float, end: float, since: float) -> np.ndarray:
        """One step in parts that double: where V jumps, a step that spans many nodes would push it below its bound for good.

        The first part is no longer than the time `since` the jump.
        """
        p = self.problem
        halvings = max(ceil(log2(min(segment.variance / 2 / p.dx**2, 1.0 / max(since, 1e-12)) * step)), 0)
        t, part = segment.t1, step / 2**halvings
        for i in range(halvings + 1):
            operator = self.operator(segment, GAMMA * part / 2)
            source: Any = operator.k * p.hazard(segment) * p.paid_at_default(segment)
            last = i == halvings
            v = self._general_step(operator, v, source, segment, place, t, end if last else t - part)
            t -= part
            part *= 2.0 if i else 1.0
        return v

    def _source(self, k: float, segment: Segment, t: float) -> Any:
        """The payment at default at `t`, times k and the hazard: a number, or [node]."""
        p = self.problem
        return k * p.hazard(segment) * p.paid_at_default(segment, t)

    def _general_step(
        self, operator: Operator, v: np.ndarray, source: Any, segment: Segment, place: int, t: float, end: float
    ) -> np.ndarray:
        k, grows = operator.k, self.problem.accretes
        first = self._stage(
            operator, v + (self._source(k, segment, t - k) if grows else source), segment, place, t - k, first=True
        )
        source = self._source(k, segment, end) if grows else source
        u = self._projected(2.0 * first.v - v, first, segment, t - 2.0 * k)
        second = self._stage(operator, BLEND * u - KEEP * v + source, segment, place, end, first=False)
        return second.v

    def _stage(self, operator: Operator, rhs: np.ndarray, segment: Segment, place: int, t: float, *, first: bool) -> Stage:
        within = self.bounds.at(segment, t)
        stage = solve(operator, rhs, within, self._last)
        self._last = (stage.free, stage.bound)
        stage.time, stage.segment, stage.first, stage.right = t, place, first, within.kind
        self.log.append(stage)
        return stage

    def _projected(self, u: np.ndarray, stage: Stage, segment: Segment, t: float) -> np.ndarray:
        """u = 2 y - v at held nodes: exactly the obstacle at the end of the stage; float64 [node]."""
        if stage.bound == NONE and stage.theta is None and stage.scattered is None and stage.free == len(u):
            return u
        within = self.bounds.at(segment, t)
        if stage.scattered is not None:
            held = stage.scattered
            if within.high is not None:
                u = np.minimum(u, within.high)
            elif within.top is not None and within.pin is not None:  # below the pin V may well be above the value called
                u[within.pin.node + 1 :] = within.top[within.pin.node + 1 :]
            u = u if within.low is None else np.maximum(u, within.low)
            stage.projected = held
            return u
        top: Any = within.low if stage.bound == CONVERT and within.low is not None else within.high
        if top is None:
            top = within.top
        u[stage.free :] = top[stage.free :]
        if within.pin is not None and within.pin.node + 1 < stage.free:
            assert within.top is not None
            start = within.pin.node + 1
            u[start:] = within.top[start:]
            stage.projected = start
        else:
            stage.projected = stage.free
        return u

    def _daily(self, v: np.ndarray, segment: Segment, place: int) -> np.ndarray:
        """One step without decisions, then the decisions at the close at its beginning; float64 [node]."""
        p = self.problem
        n = p.steps(segment)
        step = segment.years / n
        k = GAMMA * step / 2
        operator = self.operator(segment, k)
        source: Any = k * p.hazard(segment) * p.paid_at_default(segment)
        free = Obstacles()
        for i in range(n):
            t = segment.t1 - i * step
            if p.accretes:
                source = self._source(k, segment, t - step / 2)
            first = solve(operator, v + source, free, (len(v), NONE))
            second = solve(operator, BLEND * (2.0 * first.v - v) - KEEP * v + source, free, (len(v), NONE))
            for stage, at in ((first, t - k), (second, t - step)):
                stage.time, stage.segment, stage.first = at, place, stage is first
                self.log.append(stage)
            v = second.v
        within = self.bounds.at(segment, segment.t0)
        if not self.bounds.is_decision_day(segment.day0):
            return v
        if within.pin is not None or within.high is not None or within.whole:
            v = self._decided_by_company(v, within, segment.t0)
        if within.low is not None:
            if (v < within.low).any():
                self._exercised(CONVERT, segment.t0, within.low - v)
                v = np.maximum(v, within.low)
        return v

    def _decided_by_company(self, v: np.ndarray, within: Obstacles, t: float) -> np.ndarray:
        if within.high is not None:
            return self._capped_from(v, within, t)
        assert within.top is not None
        share = np.ones(len(v))
        if not within.whole and within.pin is not None:
            # the fraction of each node's cell above the boundary: V jumps there
            share = np.clip(np.arange(len(v)) + 0.5 - within.pin.node - within.pin.theta, 0.0, 1.0)
        elif not within.whole:
            return v
        self.log.append(Held(within.kind, t, part=share))
        return share * within.top + (1.0 - share) * v
