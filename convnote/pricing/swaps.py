"""Desk quotes: a price moved to another share price, an asset swap and the option remaining after it."""

from __future__ import annotations

from dataclasses import replace
from math import exp
from typing import Any, NamedTuple

from convnote.arithmetic import is_number
from convnote.errors import PricingError, as_given
from convnote.market.model_base import MarketModel
from convnote.note import ConvertibleNote
from convnote.pricing.floors import bond_floor
from convnote.pricing.pricer import price as price_of


class AssetSwap(NamedTuple):
    """An asset-swapped note, amounts per denomination."""

    #: over the floating rate, per year
    spread: float
    #: bond floor at the recall spread: the price at which the note is bought back
    recall_value: float
    #: value of the note less the recall value
    option_strip: float


def nuked(note: ConvertibleNote, model: MarketModel, price: float, spot: float, **asked: Any) -> float:
    """A price quoted at the model's share price, moved by delta to `spot` (note's currency): price + delta (spot - S).

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")
    >>> round(nuked(cn.load("afv-2003"), model, 123, 102), 2)
    124.31
    """
    for name, number in (("price", price), ("spot", spot)):
        if not is_number(number) or number <= 0:
            raise PricingError("expected a number above 0", field=name, value=as_given(number))
    value = price_of(note, model, **asked)
    return float(price + value.delta * (spot - value.spot))


def asset_swap(
    note: ConvertibleNote, model: MarketModel, *, price: float | None = None, recall_spread: float | None = None, **asked: Any
) -> AssetSwap:
    """The asset-swap spread at a dirty `price` (None: the bond floor), the recall value and the option strip, per denomination.

    The spread a is that at which coupons and principal swapped against floating + a are worth the price:
    a = (riskless value of coupons and principal - price) / (face x riskless annuity).
    The recall value is the bond floor at `recall_spread` (None: the model's own spread h (1 - R)).

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")
    >>> swap = asset_swap(cn.load("afv-2003"), model)
    >>> round(swap.option_strip, 2)
    16.35
    """
    if price is not None and (not is_number(price) or price <= 0):
        raise PricingError("expected a number above 0", field="price", value=as_given(price))
    value = price_of(note, model, **asked)
    problem = value.problem
    recall = value.bond_floor
    if recall_spread is not None:
        left = 1.0 - model.recovery
        if not is_number(recall_spread) or recall_spread < 0 or not left:
            raise PricingError(
                "expected a spread of 0 or more, and a recovery below 1", field="recall_spread", value=as_given(recall_spread)
            )
        recalled = price_of(note, replace(model, hazard_rate=recall_spread / left), **asked)
        recall = bond_floor(recalled.problem, recalled.spot)
    if problem.contract.growth:
        raise PricingError("an asset swap of principal that grows is not built", field="interest.paid", rule="PIK-1")
    c, discount, promised, annuity, last = problem.contract, 1.0, 0.0, 0.0, 0.0
    for segment in problem.timeline.segments:
        discount *= exp(-segment.rate * segment.years)
        coupon = c.coupon_on(segment.day1)
        if coupon or segment.day1 == c.maturity:
            promised += coupon * discount
            annuity += (segment.t1 - last) * discount
            last = segment.t1
    promised += c.redemption * discount
    paid = value.bond_floor if price is None else float(price)
    return AssetSwap((promised - paid) / (c.face * annuity), recall, value.price - recall)
