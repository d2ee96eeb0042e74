"""Bounds of today's value without a time step, where nothing is decided until the Company may call.

At the first decision V is at most the conversion value or the call price, whichever is higher: the Company may call at once. It
is at least what a holder gets who then converts or never does. One Gaussian sum takes either bound back to today.
"""

from __future__ import annotations

import numpy as np

from convnote.pricing.opening import Opening
from convnote.pricing.problem import Problem, growth


def at_most(problem: Problem) -> float:
    """An upper bound of the value at the model's spot, per denomination; infinite where none is known without steps."""
    if not _called_at_first(problem):
        return float("inf")
    segment, call = problem.timeline.segments[problem.first_decision], problem.contract.call
    assert call is not None
    return _today(problem, np.maximum(problem.parity, call.at(float(segment.day0))[0]))


def at_least(problem: Problem) -> float:
    """A lower bound of the value at the model's spot, per denomination; 0 where none is known without steps."""
    if not _called_at_first(problem):
        return 0.0
    c, segments = problem.contract, problem.timeline.segments
    assert c.call is not None
    straight = c.redemption
    for segment in reversed(segments[problem.first_decision :]):
        later, i = straight + c.coupon_on(segment.day1), segment.day0 - c.call.first
        lowest = float(c.call.after[i : segment.day1 - c.call.first].min())
        # discounted to the beginning of the segment from its end, the latest that the call can come
        straight = min(later, lowest) * min(growth(segment), 1.0)
    return _today(problem, np.maximum(problem.parity, straight))


def _called_at_first(p: Problem) -> bool:
    """Whether both sides decide freely from the first decision on, and the Company may call without notice there and later."""
    call, first, segments = p.contract.call, p.first_decision, p.timeline.segments
    if call is None or call.notice or call.trigger is not None or call.keeps or not 0 < first < len(segments):
        return False
    if p.policy is not None or p.withdrawal is not None or p.more_on_call or p.options.decisions != "continuous":
        return False
    day = segments[first].day0
    if p.dividends or p.reset_days or any(each.last == day for each in p.contract.puts):
        return False
    later = segments[first:]
    return all(p.may_call(each) and p.may_convert(each) and p.redemption_date(each.day0) == each.day0 for each in later)


def _today(p: Problem, column: np.ndarray) -> float:
    """Today's value of an amount [node] just after the events of the first decision's day, and of all payments up to it."""
    opening = Opening(p, None)
    coupon = p.contract.coupon_on(p.timeline.segments[p.first_decision].day0)
    read = opening.read(column + coupon, np.array([p.spot]))
    return float(read.v[0]) + opening.promised()["value"]
