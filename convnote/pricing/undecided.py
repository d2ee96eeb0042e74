"""Where nothing is decided before maturity: the value in closed form, without a grid.

At maturity holders are paid cash, or take the shares where they are worth more; before that only coupons and recoveries are due.
The share falls to zero at default and the hazard does not depend on it, so this is a bond and a call (Black and Scholes).
"""

from __future__ import annotations

from math import erfc, exp, log, pi, sqrt

from convnote.pricing.grids import must_vary
from convnote.pricing.problem import Problem


def at_maturity(p: Problem, spot: float, discounted: float, carried: float, variance: float) -> tuple[float, float, float, float]:
    """What is paid at maturity, valued today at a spot, and its first three derivatives in ln S; per denomination.

    `discounted`, `carried` and `variance` are integrals to maturity: of rate + hazard, of the share's drift, and of ln S.
    """
    must_vary(variance)
    discount, (cash, more) = exp(-discounted), p.at_maturity
    if not p.converts_at_maturity:
        return discount * (cash + more), 0.0, 0.0, 0.0
    deviation = sqrt(variance)
    d1 = (log(spot) - p.kink + carried) / deviation + deviation / 2
    forward = p.shares * spot * exp(carried - discounted)
    v_x = forward * normal(d1)
    bend = forward * exp(-0.5 * d1 * d1) / (sqrt(2.0 * pi) * deviation)
    return v_x + discount * (cash * normal(deviation - d1) + more), v_x, v_x + bend, v_x + bend * (2.0 - d1 / deviation)


def converted(p: Problem, spot: float, discounted: float, carried: float, variance: float) -> float:
    """The probability that a Note is converted at maturity, discounted; the integrals are those of `at_maturity`."""
    if not p.converts_at_maturity:
        return 0.0
    return exp(-discounted) * normal((log(spot) - p.kink + carried - variance / 2) / sqrt(variance))


def normal(z: float) -> float:
    """The standard normal distribution function."""
    return 0.5 * erfc(-z / sqrt(2.0))
