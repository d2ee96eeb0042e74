"""The bond floor of a valuation: the note without conversion and without the Company's call, but with its puts."""

from __future__ import annotations

from dataclasses import replace
from math import exp
from typing import Any

import numpy as np

from convnote.pricing.problem import Problem


def bond_floor(problem: Problem, spot: float) -> float:
    """Coupons and principal discounted at rate + hazard, plus recovery, with the better of holding or putting on put dates."""
    if problem.model.hazard_exponent:
        from convnote.pricing.solved import Solved

        bare: Any = replace(problem, contract=replace(problem.contract, call=None), converts=False, shares=0.0, policy=None)
        bare = replace(bare, dividends=(), resets=(), windows=())
        return float(Solved(bare).value(np.array([spot]))[0])
    c, recovery = problem.contract, problem.model.recovery
    value = c.redemption
    puts = {each.last: problem.elected.at_last(each) for each in c.puts}
    for segment in reversed(problem.timeline.segments):
        coupon = c.coupon_on(segment.day1)
        value += coupon
        if segment.day1 in puts:
            value = max(value, puts[segment.day1])
        value *= c.growth_on(segment.day1)
        for each, claim in reversed(problem.pieces(segment)):
            both = each.rate + each.hazard
            factor = exp(-both * each.years)
            share = (1.0 - factor) / both if abs(both) > 1e-12 else each.years
            value = value * factor + each.hazard * recovery * claim * share
    return value
