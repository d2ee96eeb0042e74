"""Yields to maturity, call and put, and durations and convexity at a yield.

The convention is the bond market's: time is counted in coupon periods (`clock="periods"`: whole periods and the fraction of the
current one, in actual days or 30/360 as the note counts), payments are dated on their due day, and a yield is compounded
as often as the note pays (`compounding="coupon"`; once a year for a note without coupons). Both can be set: another
clock is a day count; another compounding is one of "annual", "semiannual", "quarterly", "continuous", "simple". A yield is a
decimal fraction, 0.05 for 5%. Answers are floats, or float64 arrays of the broadcast shape of prices and dates.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from convnote.analytics.asked import of_a_note
from convnote.analytics.compounding import HIGHEST, Compounding
from convnote.analytics.flows import Flows
from convnote.analytics.horizons import flows_to
from convnote.analytics.parity import check_quoted
from convnote.arithmetic import floats
from convnote.errors import PricingError, as_given
from convnote.inputs import DateLike, DatesLike, Number, NumbersLike
from convnote.note import ConvertibleNote


@of_a_note
def yield_to_maturity(
    note: ConvertibleNote,
    price: NumbersLike,
    on: DatesLike,
    *,
    dirty: bool = False,
    per: Number | None = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
    paid_to: DateLike | None = None,
) -> Any:
    """The yield at which the coupons and principal remaining after `on` are worth `price`.

    `ex_coupon`: a buyer after a record date does not get that coupon (INT-3); by default the buyer gets it, as dealers
    settle. `paid_to`: the date to which interest was paid, if a coupon was missed; the arrears are assumed paid with the next.

    >>> import convnote as cn
    >>> round(cn.analytics.yield_to_maturity(cn.load("afv-2003"), 100, "2003-07-01"), 12)
    0.08

    Raises `PricingError` for a settlement outside the note's life, a price of 0 or less, or one whose yield is below -99% or
    above 10,000%, naming the price at that bound.
    """
    check_quoted(note, price, per)
    flows = flows_to(note, on, "maturity", None, per, ex_coupon, paid_to)
    return _solve(note, flows, price, dirty, compounding, clock)


@of_a_note
def yield_to_call(
    note: ConvertibleNote,
    price: NumbersLike,
    on: DatesLike,
    *,
    call: DateLike | None = None,
    dirty: bool = False,
    per: Number | None = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
) -> Any:
    """The yield if the note is redeemed on `call` (None: the first day possible with notice on `on`) (RED-1, RED-2).

    >>> import convnote as cn
    >>> round(cn.analytics.yield_to_call(cn.load("afv-2003"), 100, "2003-01-01"), 6)
    0.125531

    Raises `PricingError` as `yield_to_maturity` does, and where the note cannot be redeemed then.
    """
    check_quoted(note, price, per)
    flows = flows_to(note, on, "call", call, per, ex_coupon, None)
    return _solve(note, flows, price, dirty, compounding, clock)


@of_a_note
def yield_to_put(
    note: ConvertibleNote,
    price: NumbersLike,
    on: DatesLike,
    *,
    put: DateLike | None = None,
    dirty: bool = False,
    per: Number | None = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
) -> Any:
    """The yield if the note is put on `put` (None: the next put date for which an election on `on` is in time) (PUT-1, PUT-2).

    >>> import convnote as cn
    >>> round(cn.analytics.yield_to_put(cn.load("afv-2003"), 105, "2003-01-01"), 6)
    0.07619

    Raises `PricingError` as `yield_to_maturity` does, and where the note cannot be put then.
    """
    check_quoted(note, price, per)
    flows = flows_to(note, on, "put", put, per, ex_coupon, None)
    return _solve(note, flows, price, dirty, compounding, clock)


@of_a_note
def price_at_yield(
    note: ConvertibleNote,
    rate: NumbersLike,
    on: DatesLike,
    *,
    to: str = "maturity",
    end: DateLike | None = None,
    dirty: bool = False,
    per: Number | None = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
    paid_to: DateLike | None = None,
) -> Any:
    """The price on `on` at which the note yields `rate` to "maturity", "call" or "put" (on `end`; None as in those functions).

    >>> import convnote as cn
    >>> round(cn.analytics.price_at_yield(cn.load("amazon-peacs-2010"), 0.06875, "2009-02-16"), 6)
    100.0
    """
    flows = flows_to(note, on, to, end, per, ex_coupon, paid_to)
    compound, rate, times, case = _at(note, flows, rate, compounding, clock)
    value = sum(compound.discount(rate, t[case]) * a[case] for a, t in zip(flows.amount, times, strict=True))
    return _answer(value if dirty else value - flows.accrued[case])


@of_a_note
def macaulay_duration(
    note: ConvertibleNote,
    rate: NumbersLike,
    on: DatesLike,
    *,
    to: str = "maturity",
    end: DateLike | None = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
) -> Any:
    """The mean time to the payments, in years, weighted by their value at a yield of `rate`.

    >>> import convnote as cn
    >>> cn.analytics.macaulay_duration(cn.load("amazon-peacs-2010"), 0.05, "2009-02-16")
    1.0
    """
    flows = flows_to(note, on, to, end, None, ex_coupon, None)
    compound, rate, times, case = _at(note, flows, rate, compounding, clock)
    worth = [compound.discount(rate, t[case]) * a[case] for a, t in zip(flows.amount, times, strict=True)]
    return _answer(sum(w * t[case] for w, t in zip(worth, times, strict=True)) / sum(worth))


@of_a_note
def modified_duration(
    note: ConvertibleNote,
    rate: NumbersLike,
    on: DatesLike,
    *,
    to: str = "maturity",
    end: DateLike | None = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
) -> Any:
    """Minus the derivative of the dirty price with respect to yield, over the price, at a yield of `rate`, in years.

    >>> import convnote as cn
    >>> round(cn.analytics.modified_duration(cn.load("amazon-peacs-2010"), 0.05, "2009-02-16"), 12)
    0.952380952381
    """
    return _sensitivity(note, rate, on, to, end, compounding, clock, ex_coupon, order=1)


@of_a_note
def convexity(
    note: ConvertibleNote,
    rate: NumbersLike,
    on: DatesLike,
    *,
    to: str = "maturity",
    end: DateLike | None = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
) -> Any:
    """The second derivative of the dirty price with respect to yield, over the price, at a yield of `rate`, in years squared.

    >>> import convnote as cn
    >>> round(cn.analytics.convexity(cn.load("amazon-peacs-2010"), 0.0, "2009-02-16"), 12)
    2.0
    """
    return _sensitivity(note, rate, on, to, end, compounding, clock, ex_coupon, order=2)


def _sensitivity(
    note: ConvertibleNote,
    rate: Any,
    on: Any,
    to: str,
    end: Any,
    compounding: str,
    clock: str,
    ex_coupon: bool,
    *,
    order: int,
) -> Any:
    flows = flows_to(note, on, to, end, None, ex_coupon, None)
    compound, rate, times, case = _at(note, flows, rate, compounding, clock)
    value, change = np.zeros(rate.shape), np.zeros(rate.shape)
    for amount, years in zip(flows.amount, times, strict=True):
        worth = compound.discount(rate, years[case]) * amount[case]
        value, change = value + worth, change + worth * compound.fall(rate, years[case], order)
    return _answer(change / value)


# --- the root ----------------------------------------------------------------------------------------------------------


def _solve(note: ConvertibleNote, flows: Flows, price: Any, dirty: bool, compounding: str, clock: str) -> Any:
    """The rate at which the flows are worth the price, by a bracketed search for every price and case at once.

    The log of the value is nearly linear in the log of the rate, so few steps are needed.
    """
    from scipy.optimize.elementwise import find_root  # imported here: it takes longer than all other imports together

    price, case = _together(flows, price, "price")
    times = flows.years(note, clock)
    paid = np.asarray(price if dirty else price + flows.accrued[case])
    if not np.all(paid > 0):
        reason = "what is paid, accrued interest included, must be above 0"
        raise PricingError(reason, field="price", value=float(paid[~(paid > 0)].flat[0]))
    if not paid.size:
        return paid
    longest = times.max(axis=0)[case]
    if not np.all(longest > 0):
        raise PricingError("no time passes by this clock until the last payment", field="clock", value=clock)
    compound = Compounding(note, compounding)
    with np.errstate(divide="ignore"):
        log_amount = np.log(flows.amount)  # an amount of 0 gives minus infinity, which adds nothing

    def too_dear(rate: Any, case: Any, log_paid: Any) -> Any:
        case = case.astype(np.int64)
        logs = [compound.log_discount(rate, t[case]) + a[case] for a, t in zip(log_amount, times, strict=True)]
        highest = np.max(logs, axis=0)
        return highest + np.log(sum(np.exp(each - highest) for each in logs)) - log_paid

    low, high, log_paid = compound.lowest(longest), np.full(paid.shape, HIGHEST), np.log(paid)
    for bound, side, sign in ((low, "below", 1.0), (high, "above", -1.0)):
        off = np.asarray(sign * too_dear(bound, case, log_paid))
        if np.any(off < 0):
            place = np.unravel_index(np.argmin(off), off.shape)
            at_bound = paid[place] * np.exp(sign * off[place])
            extreme = "lowest" if side == "below" else "highest"
            reason = (
                f"with accrued interest, its yield would be {side} {bound[place]:.0%}, the {extreme} looked for, at which the "
                f"note costs {at_bound:.6g}"
            )
            raise PricingError(reason, field="price", value=float(paid[place]))
    found = find_root(
        too_dear, (low, high), args=(case.astype(np.float64), log_paid), tolerances={"xatol": 1e-15, "xrtol": 1e-15}
    )
    return _answer(found.x)


def _at(
    note: ConvertibleNote, flows: Flows, rate: Any, compounding: str, clock: str
) -> tuple[Compounding, np.ndarray, np.ndarray, np.ndarray]:
    """The inputs at a given yield: its compounding, the rates, the times [payment, case], and the case of each rate."""
    rates, case = _together(flows, rate, "rate")
    compound, times = Compounding(note, compounding), flows.years(note, clock)
    compound.check(rates, times.max(axis=0)[case])
    return compound, rates, times, case


def _together(flows: Flows, figure: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """An input and the cases, broadcast to one shape."""
    try:
        values, case = np.broadcast_arrays(floats(figure, name), flows.case)
    except (TypeError, ValueError):
        raise PricingError("expected numbers in the shape of the dates", field=name, value=as_given(figure)) from None
    if not np.all(np.isfinite(values)):
        raise PricingError("expected a finite number", field=name, value=values[~np.isfinite(values)].flat[0])
    return values, case


def _answer(value: Any) -> Any:
    """A float for a scalar question, else an array."""
    return float(value) if np.ndim(value) == 0 else value
