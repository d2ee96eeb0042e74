"""The note against its shares: conversion value, parity, premium, and the income advantage.

Plain quotients of the inputs: exact numbers give Decimal, NumPy inputs float64 of their broadcast shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convnote.analytics.asked import of_a_note
from convnote.arithmetic import Numbers, decimal, fraction, is_fast, numbers_of
from convnote.calendars import day_number
from convnote.errors import PricingError
from convnote.inputs import DateLike, DatesLike, Number, NumbersLike
from convnote.note import ConvertibleNote
from convnote.provisions.conversion_settled import Standing


@of_a_note
def conversion_value(
    note: ConvertibleNote,
    close: NumbersLike,
    *,
    conversion_price: NumbersLike | None = None,
    principal: NumbersLike | None = None,
    state: Standing | None = None,
    fx: NumbersLike | None = None,
) -> Any:
    """What the shares for `principal` are worth at a close, in the note's currency (CNV-3), fractions of a share included.

    `conversion_price` is the price in force, or `state` a state that holds it (`Ledger.state`); with neither it is the
    initial price, which is refused for a note with resets: it may no longer hold. A note that converts at a fixed exchange rate
    needs `fx`, the market's: units of the share's currency, in which the close is, for one of the note's (FXF-1).
    Scalars give an exact number, arrays float64 of the broadcast shape.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> round(cn.analytics.conversion_value(note, "97.324", conversion_price="84.883"), 4)
    Decimal('1146.5665')

    Raises `PricingError` for a note that does not convert, a close below 0, a price of 0 or less, and for a note with resets
    where neither `conversion_price` nor `state` is given.
    """
    numbers, shares_at, unit = _asked(note, conversion_price, state, fx, close, principal)
    amount = note.principal.amount_of(principal, numbers)
    return numbers.publish(amount * unit(_not_negative(numbers(close), "close")) / shares_at)


@of_a_note
def parity(
    note: ConvertibleNote,
    close: NumbersLike,
    *,
    conversion_price: NumbersLike | None = None,
    per: Number | None = None,
    state: Standing | None = None,
    fx: NumbersLike | None = None,
) -> Any:
    """The conversion value on the quotation basis, per `per` of principal. Arguments, shape and errors as in `conversion_value`.

    >>> import convnote as cn
    >>> cn.analytics.parity(cn.load("amazon-peacs-2010"), "84.883", conversion_price="84.883")
    Decimal('100')
    """
    return conversion_value(note, close, conversion_price=conversion_price, principal=quoted(note, per), state=state, fx=fx)


@of_a_note
def conversion_premium(
    note: ConvertibleNote,
    price: NumbersLike,
    close: NumbersLike,
    *,
    conversion_price: NumbersLike | None = None,
    per: Number | None = None,
    state: Standing | None = None,
    fx: NumbersLike | None = None,
) -> Any:
    """`price` over parity, less 1: 0.25 is 25%. The price is compared as given, clean or dirty.

    >>> import convnote as cn
    >>> cn.analytics.conversion_premium(cn.load("amazon-peacs-2010"), "131.25", "110.19435", conversion_price="104.947")
    Decimal('0.25')

    Raises `PricingError` where parity is 0: a premium over it is undefined.
    """
    check_quoted(note, price, per)
    numbers, shares_at, unit = _asked(note, conversion_price, state, fx, price, close, per)
    # price / (per * close / conversion price) - 1, with one division
    worth = numbers(quoted(note, per)) * unit(_positive(numbers(close), "close"))
    return numbers.publish((_not_negative(numbers(price), "price") * shares_at - worth) / worth)


@of_a_note
def current_yield(note: ConvertibleNote, price: NumbersLike, *, per: Number | None = None, on: DatesLike | None = None) -> Any:
    """A year's interest over the clean price, a decimal fraction; an array gives float64 of its shape.

    Where the rate changes (STP-1) the rate on `on`, a day or days, is used; a note with a single rate does not need `on`.

    >>> import convnote as cn
    >>> cn.analytics.current_yield(cn.load("amazon-peacs-2010"), "62.5")
    Decimal('0.11')
    """
    check_quoted(note, price, per)
    rate = _rate_on(note, on, "current_yield on")
    numbers = numbers_of(price, per, term=rate)
    return numbers.publish(numbers(rate) * numbers(quoted(note, per)) / _positive(numbers(price), "price"))


def _rate_on(note: ConvertibleNote, on: DatesLike | None, field: str) -> Any:
    """The annual rate on `on`, a decimal fraction; None is accepted if one rate holds for the whole life (STP-1)."""
    if not note.interest.stepped:
        return note.interest.rate
    if on is None:
        reason = f"a day is needed, as the rate changes: {note.interest.rate_in_words}"
        raise PricingError(reason, field=field, rule="STP-1")
    return note.interest.rate_on(day_number(on))


@of_a_note
def break_even_years(
    note: ConvertibleNote,
    price: NumbersLike,
    close: NumbersLike,
    *,
    dividend: NumbersLike = 0,
    conversion_price: NumbersLike | None = None,
    per: Number | None = None,
    state: Standing | None = None,
    on: DatesLike | None = None,
    fx: NumbersLike | None = None,
) -> Any:
    """Years for the note's income advantage to earn back its premium over parity; 0 where there is no premium.

    The income advantage is the note's coupons less the dividends (`dividend` per share and year) on the shares it converts into.
    Where the rate changes (STP-1) the rate on `on`, a day or days, is used and assumed to stay.
    An array gives float64 of the broadcast shape.

    >>> import convnote as cn
    >>> cn.analytics.break_even_years(cn.load("amazon-peacs-2010"), "127.5", "104.947", conversion_price="104.947")
    Decimal('4')

    Raises `PricingError` where there is a premium and the note's income does not exceed the dividends.
    """
    check_quoted(note, price, per)
    rate = _rate_on(note, on, "break_even_years on")
    numbers, shares_at, unit = _asked(note, conversion_price, state, fx, price, close, dividend, per, rate)
    per = numbers(quoted(note, per))
    # premium and extra income are both multiplied by the conversion price, so that only one division remains
    premium = _not_negative(numbers(price), "price") * shares_at - per * unit(_not_negative(numbers(close), "close"))
    income = unit(_not_negative(numbers(dividend), "dividend")) - unit(numbers(0))
    extra = per * (numbers(rate) * shares_at - income)
    if np.any((premium > 0) & (extra <= 0)):
        reason = f"a year's interest, {rate} of principal, is not above the dividends: the premium is never earned back"
        raise PricingError(reason, field="break_even_years", value=dividend)
    if is_fast(premium) or is_fast(extra):
        # without a premium the extra income need not be positive
        return np.where(premium > 0, premium / np.where(premium > 0, extra, 1.0), 0.0)
    return numbers.publish(premium / extra if premium > 0 else premium * 0)


@of_a_note
def dirty_price(
    note: ConvertibleNote, price: NumbersLike, on: DatesLike, *, per: Number | None = None, paid_to: DateLike | None = None
) -> Any:
    """The dirty price on `on`: the clean price plus accrued interest (INT-4), both per `per` of principal.

    >>> import convnote as cn
    >>> round(cn.analytics.dirty_price(cn.load("amazon-peacs-2010"), 100, "2003-02-20"), 6)
    Decimal('100.075342')
    """
    check_quoted(note, price, per)
    accrued = note.interest.accrued(on, quoted(note, per), paid_to=paid_to)
    numbers = numbers_of(price, accrued)
    return numbers.publish(numbers(price) + numbers(accrued))


@of_a_note
def clean_price(
    note: ConvertibleNote, price: NumbersLike, on: DatesLike, *, per: Number | None = None, paid_to: DateLike | None = None
) -> Any:
    """The clean price on `on`: the dirty price less accrued interest (INT-4), both per `per` of principal.

    >>> import convnote as cn
    >>> round(cn.analytics.clean_price(cn.load("amazon-peacs-2010"), 100, "2003-02-20"), 6)
    Decimal('99.924658')
    """
    check_quoted(note, price, per)
    accrued = note.interest.accrued(on, quoted(note, per), paid_to=paid_to)
    numbers = numbers_of(price, accrued)
    return numbers.publish(numbers(price) - numbers(accrued))


def check_quoted(note: ConvertibleNote, price: Any, per: Any) -> None:
    """Refuse a price that looks like a fraction of principal unless `per` says that it is one.

    A price below 2% of the quoted principal is taken for a slip: 0.98 per 100 was meant as 98, or as 0.98 per 1.
    """
    if per is not None:
        return
    try:
        figures = np.atleast_1d(np.asarray(decimal(price) if isinstance(price, str) else price, dtype=np.float64))
    except (TypeError, ValueError, OverflowError):  # the conversion of the number reports this later
        return
    whole = decimal(note.principal.quoted_per)
    low = figures[(figures > 0) & (figures < 0.02 * float(whole))]
    if low.size:
        meant = f"{decimal(fraction(low[0]) * fraction(whole)):f}"
        meant = meant.rstrip("0").rstrip(".") if "." in meant else meant
        raise PricingError(f"expected a price per {whole:f} of principal: {meant}, or per=1", field="price", value=price)


def quoted(note: ConvertibleNote, per: Number | None) -> Any:
    """The principal to which a price refers; None: as the note is quoted."""
    if per is None:
        return note.principal.quoted_per
    return _positive(per if is_fast(per) else decimal(per, "per"), "per")


def _asked(
    note: ConvertibleNote, conversion_price: Any, state: Standing | None, fx: Any, *others: Any
) -> tuple[Numbers, Any, Callable[[Any], Any]]:
    """The number type to compute in, the conversion price in it, and the value of one conversion share at a close (ADJ-8)."""
    if note.conversion is None:
        raise PricingError("the note does not convert", field="conversion", rule="CNV-1")
    if note.exchange is not None and note.exchange.further:
        raise PricingError("property of several kinds has no value at the close of one share", field="exchange", rule="EXC-1")
    price = conversion_price
    if state is not None:
        if conversion_price is not None:
            raise PricingError("expected a price or a state, not both", field="conversion_price", value=conversion_price)
        price = note.conversion.converts_at(state)
    elif price is None:
        if note.reset is not None:
            reason = "the resets may have changed the initial price: expected conversion_price= or state="
            raise PricingError(reason, field="conversion_price", rule="RST-1")
        price = note.conversion.price
    numbers = numbers_of(*others, fx) if state is not None else numbers_of(price, *others, fx)
    shares, cash = (1, 0) if state is None else (state.scale.shares, state.scale.cash)
    exchanged = _exchanged(note, fx, numbers)

    def unit(close: Any) -> Any:
        worth = close if state is None else numbers(shares) * close + numbers(cash)
        return worth if exchanged is None else worth * exchanged

    return numbers, _positive(numbers(price), "conversion_price"), unit


def _exchanged(note: ConvertibleNote, fx: Any, numbers: Numbers) -> Any:
    """The fixed exchange rate over the market's; None for a note without a fixed one (FXF-1)."""
    fixed = None if note.conversion is None else note.conversion.fixed_rate
    if fixed is None:
        if fx is not None:
            raise PricingError("the note converts at no fixed exchange rate: expected no fx", field="fx", rule="FXF-1", value=fx)
        return None
    if fx is None:
        reason = f"expected the market's exchange rate, {note.closes_currency} for one {note.currency}"
        raise PricingError(reason, field="fx", rule="FXF-1")
    return numbers(fixed) / _positive(numbers(fx), "fx")


def _positive(value: Any, name: str) -> Any:
    if np.all(value > 0) and (not is_fast(value) or np.all(np.isfinite(value))):
        return value
    raise PricingError("expected a number above 0", field=name, value=value)


def _not_negative(value: Any, name: str) -> Any:
    if np.all(value >= 0) and (not is_fast(value) or np.all(np.isfinite(value))):
        return value
    raise PricingError("expected a number of 0 or more", field=name, value=value)
