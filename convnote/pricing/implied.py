"""Implied inputs: the volatility, hazard, spread, recovery, borrow cost or spot at which a note is worth a given price.

A safeguarded search: Newton's step with the valuation's own derivative, then inverse interpolation of third order, then secants.
Where the value is not monotone in the input, all roots are listed and `near` chooses, also where the value is the same over a
range; an unattainable price is refused, naming the nearest attainable one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from convnote.arithmetic import is_number
from convnote.errors import MarketError, PricingError, as_given, is_one_of, must_be
from convnote.market.model_base import MarketModel
from convnote.note import ConvertibleNote
from convnote.pricing.pricer import CREDITS, problem_of, wrong_model
from convnote.pricing.pricer import price as price_of
from convnote.pricing.roots import add_extreme, reached
from convnote.pricing.unstepped import at_least, at_most
from convnote.pricing.valuation import Valuation

#: accepted error of the value, as a fraction of the denomination
EXACT = 1e-8
TURNS = 60
#: nodes for a value compared only by sign
ROUGH = 258
#: points at which further roots are searched for
LOOKS = 13
#: a change in value, as a fraction of the denomination, for a doubling of the share, below which many spots give one value
FLAT = 1e-6


@dataclass(frozen=True)
class Input:
    """One input of the model: its setter, its range, and the derivative of V by it, read from a valuation."""

    name: str
    low: float
    high: float
    model: Callable[[Any, float], MarketModel]
    slope: Callable[[Valuation, float], float]
    start: Callable[[Any], float]


def _with(name: str) -> Callable[[Any, float], MarketModel]:
    return lambda model, value: replace(model, **{name: value})


def _number(name: str) -> Callable[[Any], float]:
    def start(model: Any) -> float:
        value = getattr(model, name)
        return value if isinstance(value, float) else float(np.mean(value.values))

    return start


def _spread_model(model: Any, spread: float) -> MarketModel:
    return replace(model, hazard_rate=spread / (1.0 - model.recovery))


VOLATILITY = Input("volatility", 0.02, 3.0, _with("volatility"), lambda value, y: value.vega, _number("volatility"))
HAZARD = Input("hazard_rate", 0.0, 3.0, _with("hazard_rate"), lambda value, y: 1e4 * value.cs01, _number("hazard_rate"))
SPREAD = Input(
    "spread",
    0.0,
    3.0,
    _spread_model,
    lambda value, y: 1e4 * value.credit_spread01,
    lambda model: float(_number("hazard_rate")(model) * (1.0 - model.recovery)),
)
RECOVERY = Input("recovery", 0.0, 1.0, _with("recovery"), lambda value, y: 100.0 * value.recovery01, _number("recovery"))
BORROW = Input("borrow", -0.5, 1.0, _with("borrow"), lambda value, y: value.borrow, _number("borrow"))


def implied_volatility(note: ConvertibleNote, model: MarketModel, *, price: float, clean: bool = False, **asked: Any) -> float:
    """The flat volatility at which one denomination is worth `price` (dirty, or `clean`).

    `asked` is passed to `cn.price`; `near` chooses among several roots.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")
    >>> round(cn.implied_volatility(cn.load("afv-2003"), model, price=125), 4)
    0.2445

    Raises `PricingError` for a price that no volatility gives, and for one that several give, or all of a range.
    """
    return _implied(VOLATILITY, note, model, price, clean, **asked)


def implied_hazard(note: ConvertibleNote, model: MarketModel, *, price: float, clean: bool = False, **asked: Any) -> float:
    """The flat hazard rate, per year, at which one denomination is worth `price`; as `implied_volatility`.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")
    >>> round(cn.implied_hazard(cn.load("afv-2003"), model, price=125, near=0.01), 3)
    0.006
    """
    return _implied(HAZARD, note, model, price, clean, **asked)


def implied_spread(note: ConvertibleNote, model: MarketModel, *, price: float, clean: bool = False, **asked: Any) -> float:
    """The credit spread h (1 - R), R fixed, at which one denomination is worth `price`; as `implied_volatility`.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")
    >>> round(cn.implied_spread(cn.load("afv-2003"), model, price=123), 3)
    0.018
    """
    if model.recovery >= 1.0:
        raise PricingError("expected a recovery below 1 for a spread", field="model.recovery", value=model.recovery)
    return _implied(SPREAD, note, model, price, clean, **asked)


def implied_recovery(note: ConvertibleNote, model: MarketModel, *, price: float, clean: bool = False, **asked: Any) -> float:
    """The recovery, a fraction of principal, at which one denomination is worth `price`; as `implied_volatility`.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")
    >>> round(cn.implied_recovery(cn.load("afv-2003"), model, price=124), 3)
    0.274
    """
    return _implied(RECOVERY, note, model, price, clean, **asked)


def implied_borrow(note: ConvertibleNote, model: MarketModel, *, price: float, clean: bool = False, **asked: Any) -> float:
    """The borrow cost, per year, at which one denomination is worth `price`; as `implied_volatility`.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")
    >>> round(cn.implied_borrow(cn.load("afv-2003"), model, price=122), 3)
    0.005
    """
    return _implied(BORROW, note, model, price, clean, **asked)


def implied_spot(note: ConvertibleNote, model: MarketModel, *, price: float, clean: bool = False, **asked: Any) -> float:
    """The share price (the model's `spot`) at which one denomination is worth `price`; as `implied_volatility`.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")
    >>> round(cn.implied_spot(cn.load("afv-2003"), model, price=125), 3)
    103.361
    """
    _must_be_a_model(model)
    spot = Input(
        "spot",
        1e-3 * model.spot,
        1e3 * model.spot,
        lambda market, value: market.at(market.as_of, spot=value),
        lambda value, y: value.delta * value.spot / y,
        lambda market: float(market.spot),
    )
    return _implied(spot, note, model, price, clean, **asked)


def _implied(
    by: Input,
    note: ConvertibleNote,
    model: Any,
    price: float,
    clean: bool,
    *,
    near: float | None = None,
    **asked: Any,
) -> float:
    must_be(clean, bool, "clean", "expected True or False")
    if not is_number(price) or price <= 0:
        raise PricingError("expected a price above 0, per denomination", field="price", value=as_given(price))
    if near is not None and not is_number(near):
        raise PricingError("expected a number, or None", field="near", value=as_given(near))
    _must_be_a_model(model)
    value = partial(_valued, by, note, model, asked)
    near = None if near is None else float(near)
    start = min(max(by.start(model) if near is None else near, by.low), by.high)
    first = value(start)
    target = float(price) + (first.accrued if clean else 0.0)
    face = first.face
    root = _searched(by, value, start, first, target, EXACT * face) if near is None else None
    if root is not None and by.name == "spot":
        there = first.at_spot(first.spot * root / start)
        if abs(there.delta) * there.spot > FLAT * face:
            return root
    # at the largest volatility a grid of the usual spacing has thousands of nodes; a fraction of them gives the sign
    rough = value if asked.get("options") else partial(_valued, by, note, model, {**asked, "options": {"nodes": ROUGH}})
    known = {start: first.price - target, **({} if root is None else {root: 0.0})}
    return _among(by, value, rough, partial(_bounds, by, note, model, asked), target, face, known, root, near)


def _must_be_a_model(model: Any) -> None:
    wrong = wrong_model(model)
    if wrong is not None:
        raise wrong


def _valued(by: Input, note: ConvertibleNote, model: Any, asked: dict[str, Any], y: float) -> Valuation:
    return price_of(note, by.model(model, y), **asked)


def _bounds(by: Input, note: ConvertibleNote, model: Any, asked: dict[str, Any], y: float) -> tuple[float, float]:
    """A lower and an upper bound of the value without a time step; 0 and infinity under another credit model."""
    if not is_one_of(asked.get("credit", CREDITS[0]), CREDITS[:1]):
        return 0.0, float("inf")
    given = {"options": {"nodes": ROUGH}, **{name: each for name, each in asked.items() if name not in ("method", "credit")}}
    problem, _ = problem_of(note, by.model(model, y), **given)
    return at_least(problem), at_most(problem)


def _searched(
    by: Input, value: Callable[[float], Valuation], start: float, first: Valuation, target: float, exact: float
) -> float | None:
    """One root by Newton and secant steps from `start`; None if the search leaves the range or stalls."""
    x, gap = start, first.price - target
    exact_slope = first.solved.is_linear or by.name == "spot"
    slope = by.slope(first, start) if exact_slope else _bumped(by, value, start, gap, target)
    low, high = by.low, by.high
    before: tuple[float, float, float] | None = None
    for _ in range(TURNS):
        if abs(gap) <= exact:
            return x
        if not np.isfinite(slope) or slope == 0.0:
            return None
        if (gap > 0) == (slope > 0):
            high = min(high, x)
        else:
            low = max(low, x)
        new = x - gap / slope
        if not low < new < high:
            bound = low if new <= low else high
            if bound in (by.low, by.high) and x != bound and abs(x - bound) > 1e-6 * (by.high - by.low):
                new = bound if abs(x - bound) < 0.02 * (by.high - by.low) else 0.5 * (x + bound)
            else:
                new = 0.5 * (low + high)
        valued = value(new)
        new_gap = valued.price - target
        if new == x or high - low < 1e-14:
            return None
        secant = (new_gap - gap) / (new - x)
        if before is None and exact_slope and abs(new_gap) > exact:
            # two values and two derivatives: costs half a price, and saves one
            before = (x, gap, secant)
            slope = _cubic(x, gap, slope, new, new_gap, by.slope(valued, new))
            x, gap = new, new_gap
            continue
        # slope at the new point of the parabola through the last points: first two points and a slope, then three points
        bent = 2.0 * secant - slope if before is None else secant + (new_gap - before[1]) / (new - before[0]) - before[2]
        slope = bent if bent * secant > 0 else secant if secant * slope > 0 else slope
        before = (x, gap, secant)
        x, gap = new, new_gap
    return None


def _bumped(by: Input, value: Callable[[float], Valuation], x: float, gap: float, target: float) -> float:
    """The slope at `x` by one more price, where the derivative takes several."""
    step = 1e-3 if x + 1e-3 <= by.high else -1e-3
    return (value(x + step).price - target - gap) / step


def _cubic(x: float, gap: float, slope: float, new: float, new_gap: float, new_slope: float) -> float:
    """The slope of the chord from the new point to the root of the inverse cubic through two points with their slopes."""
    if slope * new_slope <= 0.0 or gap == new_gap:
        return new_slope
    width = new_gap - gap
    t = -gap / width
    root = (1 + 2 * t) * (1 - t) ** 2 * x + t * (1 - t) ** 2 * width / slope
    root += t * t * (3 - 2 * t) * new + t * t * (t - 1) * width / new_slope
    chord = new_gap / (new - root) if new != root else new_slope
    return chord if chord * new_slope > 0 else new_slope


def _spans(
    by: Input,
    value: Callable[[float], Valuation],
    rough: Callable[[float], Valuation],
    bounds: Callable[[float], tuple[float, float]],
    target: float,
    exact: float,
    root: float,
) -> bool:
    """Whether the value is below `target` at the lowest volatility that the grid carries, and above it at the highest.

    Bounds that need no time step often show it.
    """
    low = by.low
    if 1.001 * bounds(low)[1] >= target:
        while True:
            try:
                if value(low).price >= target - exact:
                    return False
                break
            except PricingError:  # the grid is too coarse for so small a volatility
                low *= 1.5
                if low >= root:
                    return False
    return target < 0.99 * bounds(by.high)[0] or target < 0.99 * rough(by.high).price


def _among(
    by: Input,
    value: Callable[[float], Valuation],
    rough: Callable[[float], Valuation],
    bounds: Callable[[float], tuple[float, float]],
    target: float,
    face: float,
    known: dict[float, float],
    root: float | None,
    near: float | None,
) -> float:
    """The root after a search of the whole range; several roots without `near`, or none, raise `PricingError`.

    `known` maps inputs valued before, the root among them, to value less price.
    """
    exact, gaps = EXACT * face, dict(known)

    def gap(y: float) -> float:
        return value(y).price - target

    if root is not None and by.name == "volatility":
        # an increasing value that is below the price at one end and above it at the other is assumed monotone
        if _spans(by, value, rough, bounds, target, exact, root):
            return root
    for place in (by.low + (by.high - by.low) * np.linspace(0.0, 1.0, LOOKS) ** 2).tolist():
        try:
            gaps.setdefault(place, gap(place))
        except (PricingError, MarketError):  # the model or the grid does not carry it
            continue
    found = reached(gap, gaps, exact)
    if not found:
        add_extreme(gap, gaps)
        found = reached(gap, gaps, exact)
    if not found:
        raise _unattainable(by, gaps, target)
    if near is not None:
        return min((min(max(near, low), high) for low, high in found), key=lambda each: abs(each - near))
    if len(found) == 1 and found[0][0] == found[0][1]:
        return found[0][0]
    raise _undetermined(by, found, target)


def _unattainable(by: Input, gaps: dict[float, float], target: float) -> PricingError:
    where = min(gaps, key=lambda each: abs(gaps[each]))
    side = "below" if gaps[where] > 0.0 else "above"
    reason = f"{side} what {by.name} from {min(gaps):g} to {max(gaps):g} reaches"
    reason += f"; the nearest price is {gaps[where] + target:.6g} at {where:.4g}"
    return PricingError(reason, field=f"implied_{by.name}.price", value=target)


def _undetermined(by: Input, found: list[tuple[float, float]], target: float) -> PricingError:
    flat = [f"from {low:.6g} to {high:.6g}" for low, high in found if low < high]
    roots = [f"{low:.6g}" for low, high in found if low == high]
    if not flat:
        reason = f"the value is not monotone in {by.name}: {', '.join(roots)}"
    else:
        reason = f"the value is the same at every {by.name} {' and '.join(flat)}, so that none is implied"
        reason += f" there; it is the same at {', '.join(roots)}" if roots else ""
    return PricingError(f"{reason}; near= chooses", field="price", value=target)
