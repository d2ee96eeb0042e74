"""Shares and earnings under Statement 128 once more, in `Fraction`. Imports nothing of the package."""

from __future__ import annotations

from fractions import Fraction


def treasury_stock(options: list[tuple[Fraction, Fraction]], price: Fraction) -> Fraction:
    """What is exercised, less what the proceeds buy back, of those that are worth exercising."""
    return sum((count - count * strike / price for count, strike in options if strike < price), Fraction(0))


def per_share(
    income: Fraction, shares: Fraction, options: Fraction, converted: Fraction, interest: Fraction, weight: Fraction
) -> tuple[Fraction, Fraction]:
    """Basic and diluted earnings a share; the note only where it lowers the figure."""
    basic = income / shares
    if income <= 0:
        return basic, basic
    without = income / (shares + options)
    having = (income + interest) / (shares + options + converted * weight)
    return basic, having if having < without else without


def net_shares(rate: Fraction, prices: list[Fraction], specified: Fraction, notes: Fraction) -> Fraction:
    """Shares for so many Notes of which the first `specified` of value, in equal parts a day, is paid in cash."""
    part = specified / len(prices)
    each = Fraction(0)
    for price in prices:
        value = rate * price / len(prices)
        if value > part:
            each += (value - part) / price
    return each * notes
