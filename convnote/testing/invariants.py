"""Invariants: properties of every convertible, as plain functions of any engine's answers.

Each returns None if it holds, and otherwise raises `Broken`, an AssertionError with the figures. Numbers and arrays
are accepted alike. `tolerance` is in the unit of the values, 0 by default: a numerical price needs it, a ledger never does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from convnote.arithmetic import decimal, fraction
from convnote.errors import TermsError


class Broken(AssertionError):
    """An invariant does not hold; the message has the figures of the worst place."""


def _values(values: Any, name: str) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    if not np.all(np.isfinite(array)):
        raise TermsError("expected finite numbers", field=name, value=values)
    return array


def _never_below(upper: Any, lower: Any, words: str, tolerance: float, names: tuple[str, str]) -> None:
    high, low = np.broadcast_arrays(_values(upper, names[0]), _values(lower, names[1]))
    short = low - high
    if short.size and short.max() > tolerance:
        place = np.unravel_index(int(short.argmax()), short.shape)
        where = f" at [{', '.join(map(str, place))}]" if place else ""
        raise Broken(f"{words}{where}: {high[place]:.10g} is below {low[place]:.10g} by {short[place]:.6g}")


# --- money and principal, exact -----------------------------------------------------------------------------


def principal_is_conserved(issued: Any, outstanding: Any, gone: Mapping[str, Any]) -> None:
    """Principal outstanding and principal retired (`gone`, by cause) add up to the amount issued (ID-2); exact.

    >>> principal_is_conserved(1000, 400, {"converted": 100, "redeemed": 500})
    """
    total = fraction(outstanding) + sum((fraction(amount) for amount in gone.values()), fraction(0))
    if total != fraction(issued):
        parts = ", ".join(f"{how} {amount}" for how, amount in {"outstanding": outstanding, **gone}.items())
        raise Broken(f"principal of {issued} was issued and {decimal(total)} is accounted for: {parts}")
    negative = {how: amount for how, amount in {"outstanding": outstanding, **gone}.items() if fraction(amount) < 0}
    if negative:
        raise Broken(f"principal is below 0: {negative}")


def principal_is_in_denominations(principals: Iterable[Any], denomination: Any) -> None:
    """Every principal is a multiple of the denomination (ID-4); exact.

    >>> principal_is_in_denominations([1000, 0, 3000], 1000)
    """
    odd = [principal for principal in principals if fraction(principal) % fraction(denomination)]
    if odd:
        raise Broken(f"no multiple of {denomination}: {odd[0]}")


def cash_is_in_cents(cash: Iterable[Any], cent: Any = "0.01") -> None:
    """Everything paid is a whole number of cents (INT-7); exact.

    >>> cash_is_in_cents(["68.94", 1000])
    """
    odd = [amount for amount in cash if fraction(amount) % fraction(cent)]
    if odd:
        raise Broken(f"no multiple of {cent}: {odd[0]}")


def shares_are_whole(shares: Iterable[Any]) -> None:
    """No fractional share is issued (CNV-4); exact.

    >>> shares_are_whole([11, 0])
    """
    odd = [count for count in shares if fraction(count).denominator != 1 or fraction(count) < 0]
    if odd:
        raise Broken(f"no whole number of shares: {odd[0]}")


def conversion_loses_nothing(
    principal: Any, price: Any, shares: Any, cash_in_lieu: Any, close: Any, *, cent: Any = "0.01"
) -> None:
    """Whole shares and the cash for the fraction equal principal over conversion price, the cash to half a cent (CNV-3, CNV-4).

    >>> conversion_loses_nothing(1000, "104.947", 9, "9.25", "17.50")
    """
    shares_are_whole([shares])
    left = fraction(principal) / fraction(price) - fraction(shares)
    if not 0 <= left < 1:
        raise Broken(f"{principal} at {price} is {float(left + fraction(shares)):.9g} shares, not {shares} and a fraction")
    if abs(left * fraction(close) - fraction(cash_in_lieu)) > fraction(cent) / 2:
        raise Broken(f"the fraction {float(left):.9g} at {close} is {float(left * fraction(close)):.6g}, not {cash_in_lieu}")


def status_is_final(
    statuses: Iterable[str], final: Iterable[str] = ("converted", "redeemed", "repurchased", "matured", "defaulted")
) -> None:
    """The status does not change once the principal outstanding is zero.

    >>> status_is_final(["outstanding", "redeemed", "redeemed"])
    """
    ends, last = set(final), None
    for status in statuses:
        if last is not None and status != last:
            raise Broken(f"{last!r} is an end, and {status!r} follows it")
        last = str(status) if str(status) in ends else None


# --- interest -----------------------------------------------------------------------------------------------


def coupon_counts_its_days(amount: Any, principal: Any, rate: Any, days: int, year: int, *, tolerance: Any = 0) -> None:
    """A coupon is principal × rate × days / year (INT-2), to `tolerance` in the note's currency; exact.

    >>> coupon_counts_its_days("68.94", 1000, "0.06875", 366, 365, tolerance="0.005")
    """
    wanted = fraction(principal) * fraction(rate) * days / year
    if abs(wanted - fraction(amount)) > fraction(tolerance):
        raise Broken(f"a coupon of {days}/{year} is {float(wanted):.6f}, not {float(fraction(amount)):.6f}")


def accrued_grows_from_zero(accrued: Any, restarts: Any, *, tolerance: float = 0.0) -> None:
    """Accrued interest [day] is 0 where `restarts` [day] is true, and increases from day to day elsewhere (INT-4).

    >>> accrued_grows_from_zero([0, 0.19, 0.38, 0], [True, False, False, True])
    """
    amounts, zero = _values(accrued, "accrued"), np.asarray(restarts, dtype=bool)
    if zero.shape != amounts.shape:
        raise TermsError("expected as many entries as days", field="restarts", value=zero.shape)
    wrong = np.flatnonzero(zero & (np.abs(amounts) > tolerance))
    if wrong.size:
        raise Broken(f"accrued interest restarts on day {wrong[0]}, and is {amounts[wrong[0]]:.6g}")
    _never_below(amounts[1:][~zero[1:]], amounts[:-1][~zero[1:]], "accrued interest falls", tolerance, ("accrued", "accrued"))


# --- conversion price ---------------------------------------------------------------------------------------


def resets_go_down_only(prices: Iterable[Any], floor: Any) -> None:
    """Each conversion price is at most the previous one and, once reset, at least the floor (RST-2); exact.

    >>> resets_go_down_only(["104.947", "90", "84.883"], "84.883")
    """
    before = None
    for price in map(fraction, prices):
        if before is not None and price > before:
            raise Broken(f"the conversion price rises from {decimal(before)} to {decimal(price)}")
        if before is not None and price < min(before, fraction(floor)):
            raise Broken(f"the conversion price {decimal(price)} is below the floor {floor}")
        before = price


def split_is_neutral(price_before: Any, price_after: Any, new: Any, old: Any) -> None:
    """A split of `new` for `old` shares leaves the conversion value unchanged (ADJ-1); exact.

    >>> split_is_neutral("84.883", "42.4415", 2, 1)
    """
    if fraction(price_after) * fraction(new) != fraction(price_before) * fraction(old):
        wanted = fraction(price_before) * fraction(old) / fraction(new)
        raise Broken(f"{new} for {old} makes {price_before} a conversion price of {float(wanted):.9g}, not {price_after}")


# --- value --------------------------------------------------------------------------------------------------


def price_at_least_parity(price: Any, parity: Any, *, tolerance: float = 0.0) -> None:
    """A note that can be converted now is worth at least its conversion value, on a call date too.

    >>> price_at_least_parity([127.2, 285.9], [72.4, 285.9])
    """
    _never_below(price, parity, "the price is below parity", tolerance, ("price", "parity"))


def price_at_least_floor(price: Any, floor: Any, *, tolerance: float = 0.0) -> None:
    """Without calls a convertible is worth at least the same note without its conversion right.

    >>> price_at_least_floor(127.2, 101.0)
    """
    _never_below(price, floor, "the price is below the bond floor", tolerance, ("price", "floor"))


def more_calls_never_raise_value(values: Any, *, tolerance: float = 0.0) -> None:
    """Values never rise along the first axis, which adds call rights of the issuer.

    >>> more_calls_never_raise_value([127.17, 110.57, 108.86])
    """
    array = _values(values, "values")
    _never_below(array[:-1], array[1:], "more call rights raise the value", tolerance, ("values", "values"))


def more_puts_never_lower_value(values: Any, *, tolerance: float = 0.0) -> None:
    """Values never fall along the first axis, which adds put rights of the holder.

    >>> more_puts_never_lower_value([100, 104])
    """
    array = _values(values, "values")
    _never_below(array[1:], array[:-1], "more put rights lower the value", tolerance, ("values", "values"))


def value_rises_with_the_share(values: Any, spots: Any, *, most: float | None = None, tolerance: float = 0.0) -> None:
    """Values at ascending spots never fall, and rise by at most `most` shares per note (None: not checked).

    >>> value_rises_with_the_share([101, 104, 110], [50, 60, 70], most=9.5)
    """
    array, spot = _values(values, "values"), _values(spots, "spots")
    if np.any(np.diff(spot) <= 0):
        raise TermsError("expected spots in ascending order", field="spots", value=spots)
    _never_below(array[1:], array[:-1], "the value falls as the share rises", tolerance, ("values", "values"))
    if most is not None:
        step = most * np.diff(spot)
        _never_below(array[:-1] + step, array[1:], "the value rises by more than the shares", tolerance, ("values", "values"))


def value_falls_with_credit_risk(values: Any, *, tolerance: float = 0.0) -> None:
    """Values never rise with the credit spread (or the hazard rate if the share does not jump at default).

    >>> value_falls_with_credit_risk([128.4, 121.3])
    """
    array = _values(values, "values")
    _never_below(array[:-1], array[1:], "more credit risk raises the value", tolerance, ("values", "values"))
