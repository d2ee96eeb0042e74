"""Yields to maturity, call and put, and durations and convexity at a yield.

The convention is the bond market's: time is counted in coupon periods (`clock="periods"`: whole periods and the share of the
running one, in actual days or 30/360 as the note counts), payments stand on the day they are due, and a yield is compounded
as often as the note pays (`compounding="coupon"`; once a year for a note without coupons). Both can be set: another
clock is a day count, another compounding one of "annual", "semiannual", "quarterly", "continuous", "simple". A yield is a
share, 0.05 for 5%. Answers are floats, or float64 arrays in the shape of prices and dates together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convnote.analytics.flows import Flows, days_of, flows_of
from convnote.analytics.parity import quoted
from convnote.arithmetic import FAST
from convnote.calendars import day_number, to_date, to_datetime64
from convnote.errors import PricingError
from convnote.market.curves import COMPOUNDINGS
from convnote.note import ConvertibleNote

#: Yields are looked for between these: beyond them a price is more likely a mistake.
LOWEST, HIGHEST = -0.99, 100.0
HORIZONS = ("maturity", "call", "put")


def yield_to_maturity(
    note: ConvertibleNote,
    price: Any,
    on: Any,
    *,
    dirty: bool = False,
    per: Any = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
    paid_to: Any = None,
) -> Any:
    """The yield at which coupons and principal left after `on` are worth `price`.

    `ex_coupon`: who buys after a record date does not get that coupon (INT-3); by default it comes with the note, as dealers
    settle. `paid_to`: the date to which interest was paid, if a coupon was missed; what is owed is taken to come with the next.

    >>> import convnote as cn
    >>> round(cn.analytics.yield_to_maturity(cn.load("afv-2003"), 100, "2003-07-01"), 12)
    0.08

    Raises `PricingError` for a settlement outside the note's life, a price of 0 or less, or one whose yield is below -99% or
    above 10,000%, naming the price at that bound.
    """
    flows = _flows(note, on, "maturity", None, per, ex_coupon, paid_to)
    return _solve(note, flows, price, dirty, compounding, clock)


def yield_to_call(
    note: ConvertibleNote,
    price: Any,
    on: Any,
    *,
    call: Any = None,
    dirty: bool = False,
    per: Any = None,
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
    flows = _flows(note, on, "call", call, per, ex_coupon, None)
    return _solve(note, flows, price, dirty, compounding, clock)


def yield_to_put(
    note: ConvertibleNote,
    price: Any,
    on: Any,
    *,
    put: Any = None,
    dirty: bool = False,
    per: Any = None,
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
    flows = _flows(note, on, "put", put, per, ex_coupon, None)
    return _solve(note, flows, price, dirty, compounding, clock)


def price_at_yield(
    note: ConvertibleNote,
    rate: Any,
    on: Any,
    *,
    to: str = "maturity",
    end: Any = None,
    dirty: bool = False,
    per: Any = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
    paid_to: Any = None,
) -> Any:
    """The price on `on` at which the note yields `rate`, to "maturity", to a "call" or to a "put" (on `end`, None as there).

    >>> import convnote as cn
    >>> round(cn.analytics.price_at_yield(cn.load("amazon-peacs-2010"), 0.06875, "2009-02-16"), 6)
    100.0
    """
    flows = _flows(note, on, to, end, per, ex_coupon, paid_to)
    rate, times, case = _together(note, flows, rate, clock)
    value = sum(
        _Compounding(note, compounding).discount(rate, t[case]) * a[case] for a, t in zip(flows.amount, times, strict=True)
    )
    return _answer(value if dirty else value - flows.accrued[case])


def macaulay_duration(
    note: ConvertibleNote,
    rate: Any,
    on: Any,
    *,
    to: str = "maturity",
    end: Any = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
) -> Any:
    """The mean time to the payments, in years, weighted by their value at a yield of `rate`.

    >>> import convnote as cn
    >>> cn.analytics.macaulay_duration(cn.load("amazon-peacs-2010"), 0.05, "2009-02-16")
    1.0
    """
    flows = _flows(note, on, to, end, None, ex_coupon, None)
    rate, times, case = _together(note, flows, rate, clock)
    compound = _Compounding(note, compounding)
    worth = [compound.discount(rate, t[case]) * a[case] for a, t in zip(flows.amount, times, strict=True)]
    return _answer(sum(w * t[case] for w, t in zip(worth, times, strict=True)) / sum(worth))


def modified_duration(
    note: ConvertibleNote,
    rate: Any,
    on: Any,
    *,
    to: str = "maturity",
    end: Any = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
) -> Any:
    """By which share the dirty price falls per 1.00 of yield, at a yield of `rate`: minus its derivative over itself, in years.

    >>> import convnote as cn
    >>> round(cn.analytics.modified_duration(cn.load("amazon-peacs-2010"), 0.05, "2009-02-16"), 12)
    0.952380952381
    """
    return _sensitivity(note, rate, on, to, end, compounding, clock, ex_coupon, order=1)


def convexity(
    note: ConvertibleNote,
    rate: Any,
    on: Any,
    *,
    to: str = "maturity",
    end: Any = None,
    compounding: str = "coupon",
    clock: str = "periods",
    ex_coupon: bool = False,
) -> Any:
    """The second derivative of the dirty price by the yield over the price, at a yield of `rate`, in years squared.

    >>> import convnote as cn
    >>> round(cn.analytics.convexity(cn.load("amazon-peacs-2010"), 0.0, "2009-02-16"), 12)
    2.0
    """
    return _sensitivity(note, rate, on, to, end, compounding, clock, ex_coupon, order=2)


# --- how a yield discounts ---------------------------------------------------------------------------------------------


class _Compounding:
    """Discount factors of a yield, and their derivatives by it; `periods` a year, None for continuous, 0 for simple."""

    def __init__(self, note: ConvertibleNote, name: str) -> None:
        if name == "coupon":
            self.periods: int | None = note.interest.frequency or 1
        elif name in COMPOUNDINGS:
            self.periods = COMPOUNDINGS[name]
        else:
            allowed = ", ".join(["coupon", *COMPOUNDINGS])
            raise PricingError(f"allowed: {allowed}", field="compounding", value=repr(name))

    def log_discount(self, rate: Any, years: Any) -> Any:
        """The logarithm of what 1.00 in `years` is worth."""
        if self.periods is None:
            return -rate * years
        if self.periods == 0:
            return -np.log1p(rate * years)
        return -self.periods * years * np.log1p(rate / self.periods)

    def discount(self, rate: Any, years: Any) -> Any:
        """What 1.00 in `years` is worth."""
        return np.exp(self.log_discount(rate, years))

    def fall(self, rate: Any, years: Any, order: int) -> Any:
        """The derivative (order 1: with its sign turned) of the discount factor by the rate, over the factor."""
        if self.periods is None:
            return years**order
        if self.periods == 0:
            return order * (years / (1 + rate * years)) ** order
        grown = 1 + rate / self.periods
        return years / grown if order == 1 else years * (years + 1 / self.periods) / grown**2

    def lowest(self, longest: np.ndarray) -> np.ndarray:
        """The lowest rate looked for; simple interest on the longest of the times must leave a factor."""
        if self.periods == 0:
            return np.maximum(LOWEST, -(1 - 1e-9) / longest)
        return np.full_like(longest, LOWEST)


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
    flows = _flows(note, on, to, end, None, ex_coupon, None)
    rate, times, case = _together(note, flows, rate, clock)
    compound, value, change = _Compounding(note, compounding), 0.0, 0.0
    for amount, years in zip(flows.amount, times, strict=True):
        worth = compound.discount(rate, years[case]) * amount[case]
        value, change = value + worth, change + worth * compound.fall(rate, years[case], order)
    return _answer(change / value)


# --- the root ----------------------------------------------------------------------------------------------------------


def _solve(note: ConvertibleNote, flows: Flows, price: Any, dirty: bool, compounding: str, clock: str) -> Any:
    """The rate at which the flows are worth the price, for every price and case at once, bracketed.

    The logarithm of the value is nearly a straight line in the rate's logarithm, so that few steps are needed.
    """
    from scipy.optimize.elementwise import find_root  # here: it takes longer to import than all else together

    price, times, case = _together(note, flows, price, clock)
    paid = price if dirty else price + flows.accrued[case]
    if not np.all(paid > 0):
        wrong = np.broadcast_to(paid, case.shape if case.ndim else paid.shape)[~(paid > 0)].flat[0] if paid.ndim else paid
        raise PricingError("what is paid, accrued interest included, must be above 0", field="price", value=float(wrong))
    compound = _Compounding(note, compounding)
    with np.errstate(divide="ignore"):
        log_amount = np.log(flows.amount)  # of nothing: minus infinity, which adds nothing

    def too_dear(rate: Any, case: Any, log_paid: Any) -> Any:
        case = case.astype(np.int64)
        logs = [compound.log_discount(rate, t[case]) + a[case] for a, t in zip(log_amount, times, strict=True)]
        highest = np.max(logs, axis=0)
        return highest + np.log(sum(np.exp(each - highest) for each in logs)) - log_paid

    low = compound.lowest(times.max(axis=0))[case]
    low, high = np.broadcast_to(low, paid.shape), np.full(paid.shape, HIGHEST)
    log_paid = np.log(paid)
    for bound, side, sign in ((low, "below", 1.0), (high, "above", -1.0)):
        off = sign * too_dear(bound, case, log_paid)
        if np.any(off < 0):
            place = np.unravel_index(np.argmin(off), off.shape)
            at_bound = paid[place] * np.exp(sign * off[place])
            reason = (
                f"its yield would be {side} {bound[place]:.0%}, the bound, where what is paid with accrued interest is "
                f"{at_bound:.6g}"
            )
            raise PricingError(reason, field="price", value=float(paid[place]))
    found = find_root(
        too_dear, (low, high), args=(case.astype(np.float64), log_paid), tolerances={"xatol": 1e-15, "xrtol": 1e-15}
    )
    return _answer(found.x)


def _flows(note: ConvertibleNote, on: Any, to: str, end: Any, per: Any, ex_coupon: bool, paid_to: Any) -> Flows:
    """The payments left to a horizon."""
    days, per = days_of(on), FAST(quoted(note, per))
    paid: Callable[[np.ndarray], np.ndarray]
    if to == "maturity":
        if end is not None:
            raise PricingError("only a call or a put has another end", field="end", value=end)
        end_days = np.asarray(note.principal.maturity_day)
        at_maturity = per * FAST(note.principal.maturity_price)
        paid = lambda ends: np.full(len(ends), at_maturity)  # noqa: E731
    elif to == "call":
        end_days, redemption = _call_days(note, days, end), note.redemption
        assert redemption is not None
        paid = lambda ends: redemption.amount(to_datetime64(ends), per)  # noqa: E731
    elif to == "put":
        end_days, put = _put_days(note, days, end), note.put
        assert put is not None
        paid = lambda ends: put.amount(to_datetime64(ends), per)  # noqa: E731
    else:
        raise PricingError(f"allowed: {', '.join(HORIZONS)}", field="to", value=repr(to))
    return flows_of(note, days, end_days, paid, per=per, ex_coupon=ex_coupon, paid_to=paid_to)


def _call_days(note: ConvertibleNote, on: np.ndarray, call: Any) -> np.ndarray:
    terms = note.redemption
    if terms is None:
        raise PricingError("the note cannot be redeemed", field="call", rule="RED-1")
    first = int(day_number(terms.first_date))
    days = np.maximum(first, on + terms.notice_at_least) if call is None else days_of(call, "call")
    # a call on the settlement day itself would leave nothing to yield
    days = np.maximum(days, on + 1) if call is None else days
    if np.any(days < first) or np.any(days >= note.principal.maturity_day):
        reason = f"a redemption date from {terms.first_date} and before {note.maturity_date} is needed"
        raise PricingError(reason, field="call", rule="RED-1", value=to_date(days.max() if call is None else days.flat[0]))
    return days


def _put_days(note: ConvertibleNote, on: np.ndarray, put: Any) -> np.ndarray:
    terms = note.put
    if terms is None:
        raise PricingError("the note cannot be put on fixed dates", field="put", rule="PUT-1")
    dates = np.array([int(day_number(each)) for each in terms.dates], dtype=np.int64)
    if put is not None:
        days = days_of(put, "put")
        if not np.all(np.isin(days, dates)):
            allowed = ", ".join(map(str, terms.dates))
            raise PricingError(f"the put dates are {allowed}", field="put", rule="PUT-1", value=put)
        return days
    place = np.searchsorted(dates, on + max(terms.notice_at_least, 1))
    if np.any(place == len(dates)):
        reason = "no put date is left for which an election is in time"
        raise PricingError(reason, field="put", rule="PUT-2", value=to_date(on.max()))
    return dates[place]


def _together(note: ConvertibleNote, flows: Flows, figure: Any, clock: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A figure and the cases in one shape, and the times [payment, case]."""
    try:
        values = np.asarray(figure, dtype=np.float64)
        values, case = np.broadcast_arrays(values, flows.case)
    except (TypeError, ValueError):
        raise PricingError("numbers in the shape of the dates are needed", field="price", value=repr(figure)) from None
    if not np.all(np.isfinite(values)):
        raise PricingError("a finite number is needed", field="price", value=values[~np.isfinite(values)].flat[0])
    return values, flows.years(note, clock), case


def _answer(value: Any) -> Any:
    """A float for one question, an array for many."""
    return float(value) if np.ndim(value) == 0 else value
