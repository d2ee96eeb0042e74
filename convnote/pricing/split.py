"""Tsiveriotis and Fernandes (1998): shares discounted at the rate, cash discounted at rate plus spread.

The cash part is 0 where the note is converted or called, and the whole value where it is put. The share does not
jump. Because the split is decided node by node, the value of a callable note depends on the grid by about 0.05 per 100.

In their paper a called note bears no credit risk, even where the Company pays cash (`called="riskless"`). With
`called="risky"` a call paid in cash counts as cash. The difference is large where the Company may call at par: 113.0 against
108.9 per 100 for a ten-year note callable every day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import log
from typing import Any

import numpy as np

from convnote.errors import PricingError
from convnote.pricing.boundaries import Bounds
from convnote.pricing.kernel import BLEND, GAMMA, KEEP, Coefficients, Operator
from convnote.pricing.opening import Opening, Read
from convnote.pricing.problem import Problem
from convnote.pricing.refusals import without
from convnote.pricing.solved import Solved
from convnote.pricing.sweep import part_above
from convnote.pricing.timeline import Segment

#: the split is decided at steps only: at least this many per year
STEPS = 384.0
#: the Company calls where the value exceeds the call payment by more than this fraction of the denomination
TIE = 1e-10


def check_split(problem: Problem) -> None:
    """Refuse features absent from this credit model: a jump of the share, a hazard that depends on it, a policy, a notice."""
    model, call = problem.model, problem.contract.call
    faults: list[tuple[str, Any, str]] = []
    if model.hazard_exponent:
        faults.append(("model.hazard_exponent", model.hazard_exponent, "a spread that depends on the share is not in this model"))
    if model.default_jump != 1.0:
        faults.append(("model.default_jump", model.default_jump, "the share does not jump in this model; leave it at 1"))
    if problem.policy is not None:
        faults.append(("price.policy", repr(problem.policy), "this credit model is built for optimal decisions only"))
    if call is not None and call.notice:
        faults.append(("redemption.notice_at_least", call.notice, "this credit model is built for calls without notice only"))
    if problem.withdrawal is not None:
        reason = without("the withdrawal of conversion is not carried by this credit model", "WDR-1")
        faults.append(("price.credit", "tsiveriotis-fernandes", reason))
    if problem.dividends or problem.reset_days:
        faults.append(("price.credit", "tsiveriotis-fernandes", "cash dividends and resets are not carried by this credit model"))
    if faults:
        raise PricingError.of([PricingError(reason, field=name, value=value) for name, value, reason in faults])


@dataclass(frozen=True, eq=False)
class SplitProblem(Problem):
    """The same problem, stepped from maturity to today."""

    @cached_property
    def first_decision(self) -> int:
        """Every segment is stepped."""
        return 0

    def drifting(self, segment: Segment, spread: float) -> Coefficients:
        """Coefficients without a jump, discounting at rate plus `spread`."""
        a = segment.variance / 2
        drift = segment.rate - segment.cost - a
        return Coefficients(a, drift, segment.rate + spread, float(self.x[1] - self.x[0]), len(self.x))


class _Log:
    """A sweep with an empty log."""

    log: tuple[Any, ...] = ()
    boundaries: tuple[Any, ...] = ()


class SplitSolved(Solved):
    """The share and cash parts of a problem on the first day; sensitivities by bumps on the same grid."""

    problem: SplitProblem

    def __init__(self, problem: Problem) -> None:
        own = {name: getattr(problem, name) for name in Problem.__dataclass_fields__}
        own["options"] = replace(problem.options, steps=max(problem.options.steps, STEPS), nodes=max(problem.options.nodes, 513))
        self.problem = SplitProblem(**own)
        self.bounds = Bounds(self.problem)
        sweep: Any = _Log()
        self.sweep = sweep
        self.opening: Any = Opening(self.problem, sweep)
        self.shares_part, self.cash_part = self._run()

    def _run(self) -> tuple[np.ndarray, np.ndarray]:
        p, c = self.problem, self.problem.contract
        cash, more = p.at_maturity
        # both parts jump at the kink, which is a node: each takes half there
        converted = part_above(p.parity - cash) if p.converts_at_maturity else np.zeros(len(p.x))
        e, d = converted * p.parity, (1.0 - converted) * cash + more
        last = p.timeline.segments[-1]
        e, d = self._decided(e, d, self.bounds.before_event(last, c.maturity), None)
        for place in range(len(p.timeline.segments) - 1, -1, -1):
            segment = p.timeline.segments[place]
            e, d = self._stepped(e, d, segment) if segment.years else (e, d)
            if place:
                e, d = self._events(e, d, segment.day0, p.timeline.segments[place - 1])
        return e, d

    def _events(self, e: np.ndarray, d: np.ndarray, day: int, earlier: Segment) -> tuple[np.ndarray, np.ndarray]:
        p, c = self.problem, self.problem.contract
        coupon = c.coupon_on(day)
        d = d + coupon
        for each in c.puts:
            if each.last == day:
                amount = p.elected.at_last(each)
                put = e + d < amount
                e, d = np.where(put, 0.0, e), np.where(put, amount, d)
        low = p.parity if p.may_convert(earlier) else None
        return self._decided(e, d, self.bounds.before_event(earlier, day), low)

    def _decided(
        self, e: np.ndarray, d: np.ndarray, cap: np.ndarray | None, low: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        p = self.problem
        if cap is not None:
            # not at equality: a call at maturity for the maturity payment would remove the credit risk of the whole term
            called = e + d > cap + TIE * p.contract.face
            in_shares = self._in_shares(cap)
            e = np.where(called, in_shares * cap, e)
            d = np.where(called, (1.0 - in_shares) * cap, d)
        if low is not None:
            converted = e + d < low
            e, d = np.where(converted, low, e), np.where(converted, 0.0, d)
        return e, d

    def _in_shares(self, cap: np.ndarray) -> Any:
        """The fraction of a call's payment without credit risk: a number, or [node], averaged in the boundary's cell."""
        p, lowest = self.problem, float(cap.min())
        if p.options.called == "riskless" or not np.isfinite(lowest):
            return 1.0
        if not p.shares:
            return 0.0
        if p.parity[int(cap.argmin())] >= lowest * (1.0 - TIE):  # the call is open only where every Note is converted
            return 1.0
        return np.clip((p.x - log(lowest / p.shares)) / p.dx + 0.5, 0.0, 1.0)

    def _stepped(self, e: np.ndarray, d: np.ndarray, segment: Segment) -> tuple[np.ndarray, np.ndarray]:
        p = self.problem
        n = p.steps(segment)
        step = segment.years / n
        k = GAMMA * step / 2
        spread = segment.hazard * (1.0 - p.model.recovery)
        plain, risky = Operator(p.drifting(segment, 0.0), k), Operator(p.drifting(segment, spread), k)
        daily = p.options.decisions == "daily"
        for i in range(n):
            e, d = _step(plain, e), _step(risky, d)
            t = segment.t0 if i == n - 1 else segment.t1 - (i + 1) * step
            if daily and not (i == n - 1 and self.bounds.is_decision_day(segment.day0)):
                continue
            within = self.bounds.at(segment, t)
            e, d = self._decided(e, d, within.high, within.low)
        return e, d

    # --- reading

    @property
    def promised(self) -> dict[str, float]:
        """Zero: no payment precedes the sweep."""
        return {"value": 0.0, "rate": 0.0, "hazard": 0.0, "recovery": 0.0}

    def read(self, spots: np.ndarray) -> Read:
        """V and its derivatives in ln S."""
        return self.opening.read(self.shares_part + self.cash_part, spots)

    @property
    def at_nodes(self) -> np.ndarray:
        """V at the nodes, float64 [node]."""
        return np.asarray(self.shares_part + self.cash_part)

    def cash(self, spots: np.ndarray) -> np.ndarray:
        """The part paid in cash, per denomination, float64 [spot]."""
        return self.opening.read(self.cash_part, spots).v

    @property
    def is_linear(self) -> bool:
        """False: sensitivities are computed by bumps."""
        return False

    def held(self, spots: np.ndarray) -> np.ndarray:
        """True where the note is called or converted at once, bool [spot]."""
        return np.asarray(np.abs(self.cash(spots)) < 1e-12)

    def theta(self, read: Read, spots: np.ndarray) -> np.ndarray:
        """dV / dt at fixed S, per year, from the two equations, float64 [spot]."""
        segment, a = self.now, self.now.variance / 2
        spread = segment.hazard * (1.0 - self.problem.model.recovery)
        drift = segment.rate - segment.cost - a
        moving = a * read.v_xx + drift * read.v_x - segment.rate * read.v - spread * self.cash(spots)
        return self.or_held(-moving, spots)

    def bump(self, **changes: Any) -> Solved:
        """The same problem with parameters of the model replaced, on the same grid."""
        return SplitSolved(replace(self.problem, model=replace(self.problem.model, **changes), frozen=self.problem))

    def endings(self, spots: np.ndarray) -> dict[str, np.ndarray]:
        """NaN, each [spot]: undefined in this credit model, which has no default event."""
        nothing = np.full(len(spots), np.nan)
        names = ("conversion", "call", "put", "maturity", "default", "life", "withdrawal")
        return dict.fromkeys(names, nothing)


def _step(operator: Operator, v: np.ndarray) -> np.ndarray:
    y = operator.solve(v, len(v))
    return operator.solve(BLEND * (2.0 * y - v) - KEEP * v, len(v))
