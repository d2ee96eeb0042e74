"""The bond floor: the value of the note as a straight bond, from a curve and a credit spread."""

from __future__ import annotations

from typing import Any

import numpy as np

from convnote.analytics.asked import must_be_paid, of_a_note
from convnote.analytics.flows import days_of, flows_of
from convnote.analytics.parity import quoted
from convnote.arithmetic import FAST, exactly, floats, is_fast, keeps_index, meant, numbers_of
from convnote.errors import PricingError
from convnote.inputs import DateLike, DatesLike, Number, NumbersLike
from convnote.market.curves import Curve, years
from convnote.market.discount import DiscountCurve
from convnote.note import ConvertibleNote


@of_a_note
def bond_floor(
    note: ConvertibleNote,
    on: DatesLike,
    curve: Curve | DiscountCurve | float,
    *,
    spread: NumbersLike = 0.0,
    dirty: bool = False,
    per: Number | None = None,
    ex_coupon: bool = False,
    paid_to: DateLike | None = None,
    day_count: str = "act/365f",
) -> Any:
    """The value on `on` of the remaining coupons and principal, per `per` of principal: the floor under the note's price.

    `curve` is a curve or one continuous rate; `spread`, added to it, is continuous, a number or an array of the shape of `on`.
    Both use `day_count`. Payments are discounted from the day they are made (INT-6). Clean unless `dirty`. Options have no
    value here. `ex_coupon` and `paid_to` as in `yield_to_maturity`. A float, or float64 of dates and spreads broadcast.

    >>> import convnote as cn
    >>> round(cn.analytics.bond_floor(cn.load("amazon-peacs-2010"), "2009-02-16", 0.0, dirty=True), 6)
    106.875

    Raises `PricingError` for a day outside the note's life, `MarketError` for a curve or day count that is not one.
    """
    must_be_paid(note)
    principal, per = note.principal, FAST(quoted(note, per))
    at_maturity = per * FAST(principal.paid_at_maturity)
    flows = flows_of(
        note,
        days_of(on),
        np.asarray(principal.maturity_day),
        lambda ends: np.full(len(ends), at_maturity),
        per=per,
        ex_coupon=ex_coupon,
        paid_to=paid_to,
    )
    rates = curve if isinstance(curve, (Curve, DiscountCurve)) else Curve.flat(curve)
    highest = float(np.max((rates.forwards if isinstance(rates, DiscountCurve) else rates).values))
    if highest > 1:
        raise PricingError(f"expected a rate a year of at most 1: {meant(highest)}", field="curve", value=highest)
    moved = np.where(flows.due > 0, principal.payment_day(np.maximum(flows.due, flows.on)), flows.on)
    growth, time = np.empty(moved.shape), np.empty(moved.shape)
    # A curve takes one start day per call; there are at most as many as days in the note's life.
    for place, day in enumerate(flows.on.tolist()):
        growth[:, place] = rates.integral(day, moved[:, place], day_count=day_count, trading=principal.trading_days)
        time[:, place] = years(day, moved[:, place], day_count, principal.trading_days)
    extra, case = np.broadcast_arrays(floats(spread, "spread"), flows.case)
    if not np.all(np.isfinite(extra)):
        raise PricingError("expected a finite number", field="spread", value=spread)
    value = sum(a[case] * np.exp(-g[case] - extra * t[case]) for a, g, t in zip(flows.amount, growth, time, strict=True))
    value = value if dirty else value - flows.accrued[case]
    return float(value) if np.ndim(value) == 0 else value


@exactly
@keeps_index
def investment_premium(price: NumbersLike, floor: NumbersLike) -> Any:
    """`price` over the bond floor, less 1, a decimal fraction; both clean or both dirty, per the same principal.

    >>> investment_premium("120", "80")
    Decimal('0.5')

    Raises `PricingError` for a floor of 0 or less.
    """
    numbers = numbers_of(price, floor)
    worth = numbers(floor)
    if not np.all(worth > 0) or (is_fast(worth) and not np.all(np.isfinite(worth))):
        raise PricingError("expected a floor above 0", field="floor", value=floor)
    return numbers.publish((numbers(price) - worth) / worth)
