"""The grid of a problem in ln S: uniform, with the trigger of a right and the kink of the payoff at maturity among its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, exp, floor, inf, log, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.errors import PricingError
from convnote.pricing.timeline import Segment

if TYPE_CHECKING:
    from convnote.pricing.problem import Problem

#: standard deviations of the grid on each side of the kink
WIDTH = 4.75
#: standard deviations below the lowest spot if V is not flat there, as the lowest node has no slope; and above the highest
#: if V is not linear there, as the highest node has no curvature
BELOW, ABOVE = 2.0, 3.0
#: with a positive exponent, the largest intensity two standard deviations above spot and kink, per year
STEEPEST = 0.5
#: the default number of nodes
NODES = 257
#: largest spacing in ln S with the default number, which is raised to meet it; and where V is read from the grid today
WIDEST, WIDEST_TODAY = 0.045, 0.03
#: the same where what a called Note gets bends at each price of a table, between two nodes: the error falls with the spacing
WIDEST_TABLE = 0.006
#: a fall of V at a trigger, as a fraction of the denomination, after which steps begin small
DROP = 1e-4
#: largest error of the grid in the shares' part of V, a share of it, with the default number
DISPERSED = 1e-4


def nodes(p: Problem) -> np.ndarray:
    """The nodes, ascending; float64 [node].

    Raises `PricingError` for a volatility of 0, and for a hazard that rises too fast with the share.
    """
    segments = p.timeline.segments
    stepped = segments[p.first_decision :] or segments[-1:]
    variance = drift = 0.0
    for each in stepped:
        variance += each.variance * each.years
        drift += (each.rate - each.cost + p.eta * each.hazard - each.variance / 2) * each.years
    must_vary(variance)
    deviation = sqrt(variance)
    _must_not_explode(p, deviation)
    spots = [p.spot, *p.spots]
    low, high = ends(p, stepped, deviation, drift, log(min(spots)), log(max(spots)))
    node, spacing = _with_trigger(p, min((high - low) / (p.options.nodes - 1), float(widest(p, variance, drift))))
    below = ceil((node - low) / spacing - 1e-9)
    above = ceil((high - node) / spacing - 1e-9) + 2
    return np.asarray(node + spacing * np.arange(-below, above + 1))


def ends(p: Problem, stepped: Sequence[Segment], deviation: Any, drift: Any, lowest: Any, highest: Any) -> tuple[Any, Any]:
    """The lowest and the highest ln S that the grid needs, floats or float64 [market] as the arguments.

    `deviation` and `drift` are of ln S over the stepped time; `lowest` and `highest` are ln of the spots.
    """
    low, high = p.kink - WIDTH * deviation - np.maximum(drift, 0.0), p.kink + WIDTH * deviation + np.maximum(-drift, 0.0)
    capped = highest_boundary(p, stepped)
    if capped is not None:
        high = np.maximum(np.minimum(high, capped), p.kink)
    if p.first_decision == 0:
        low = np.minimum(low, lowest - (BELOW * deviation if p.feels_the_share else 0.0))
        if capped is None:
            # V is not linear up to the price from which holders convert early, if that is above the grid
            above = ABOVE * deviation if p.converts_early else 0.0
            high = np.maximum(high, np.minimum(highest + above, high + 3 * WIDTH * deviation))
    return low, high


def widest(p: Problem, variance: Any, drift: Any) -> Any:
    """The largest spacing of the nodes; infinite if their number was asked for.

    `variance` and `drift` are integrals over the stepped time, floats or float64 [market]. Central differences move the shares'
    part of V by (variance / 24 + drift / 6) dx^2 of itself, which must not exceed `DISPERSED`.
    """
    if p.options.nodes != NODES:
        return inf
    fixed = WIDEST_TABLE if p.adds_on_call else WIDEST if p.first_decision else WIDEST_TODAY
    return np.minimum(fixed, np.sqrt(DISPERSED / (variance / 24 + np.abs(drift) / 6)))


def must_vary(variance: float) -> None:
    """Refuse a share that does not move."""
    if variance <= 0:
        raise PricingError("expected a volatility above 0 by a finite-difference method", field="model.volatility", value=0.0)


def _must_not_explode(p: Problem, deviation: float) -> None:
    """Refuse a hazard that rises with the share so fast that its compensation in the drift makes the share explode."""
    if p.model.hazard_exponent <= 0:
        return
    share = exp(max(p.kink, log(p.spot)) + 2.0 * deviation)
    hazard = max(each.hazard for each in p.timeline.segments) * float(p.model.hazard_scale(share))
    if hazard > STEEPEST:
        reason = f"the hazard rises with the share to {hazard:.3g} a year at {share:.4g}; at most {STEEPEST:g} is allowed there"
        raise PricingError(reason, field="model.hazard_exponent", value=p.model.hazard_exponent)


def begins_at(p: Problem) -> float | None:
    """The conversion value from which a right of the Company counts, so that its bound ends there; None without one."""
    call = p.contract.call
    if p.withdrawal is not None:
        return p.withdrawal.trigger(p.contract.maturity)
    if call is None or call.trigger is None or not p.shares or p.policy is not None:
        return None
    # called at once and above the call price, V is pinned at the conversion value of the trigger
    return call.trigger if p.notice or p.more_on_call or call.trigger < call.after.max() else None


def falls(p: Problem, v: np.ndarray) -> bool:
    """Whether V [node] falls at once where a right of the Company begins."""
    level = begins_at(p)
    if level is None:
        return False
    node = round((log(level / p.shares) - p.x_low) / p.dx)
    return 2 <= node < len(v) and 2.0 * v.item(node - 1) - v.item(node - 2) - v.item(node) > DROP * p.contract.face


def _with_trigger(p: Problem, spacing: float) -> tuple[float, float]:
    """A node, and a spacing not above the one given, that make a trigger a node: the bound ends there.

    The kink is a node as well, unless it is so close to the trigger that many nodes would lie between.
    """
    level = begins_at(p)
    if level is None:
        return p.kink, spacing
    trigger = log(level / p.shares)
    distance = abs(trigger - p.kink)
    return (p.kink, distance / ceil(distance / spacing)) if distance > spacing / 2 else (trigger, spacing)


def with_kink_between_nodes(p: Problem, v: np.ndarray) -> np.ndarray:
    """V at maturity, float64 [node], whose kink is not a node because a trigger is: without the area of the polygon above V."""
    cash, more = p.at_maturity
    place = (p.kink - p.x_low) / p.dx
    node = floor(place + 1e-9)
    theta = place - node
    if theta < 1e-9 or not 0 <= node < len(v) - 1 or v.item(node) != cash + more or v.item(node + 1) != p.parity[node + 1] + more:
        return v
    area = cash * p.dx * theta * (1.0 - theta) / 2
    v = v.copy()
    v[node] -= (1.0 - theta) * area
    v[node + 1] -= theta * area
    return v


def highest_boundary(p: Problem, stepped: Sequence[Segment]) -> float | None:
    """The ln S above which every Note is called and converts, so that V is the conversion value; None if at no price."""
    call = p.contract.call
    if call is None or not p.shares or p.policy is not None or call.notice or call.trigger is not None:
        return None
    if p.withdrawal is not None or p.more_on_call or p.options.decisions == "daily" or p.dividends or p.reset_days:
        return None
    if not all(p.may_call(each) and p.redemption_date(each.day0) == each.day0 and p.may_convert(each) for each in stepped):
        return None
    puts = [p.elected.at_last(each) * p.contract.growth_on(each.last) for each in p.contract.puts]
    return log(max(float(call.after.max()), float(call.before.max()), *puts) / p.shares)
