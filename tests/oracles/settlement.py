"""What is delivered at the maturity of a mandatory and after an observation period, in `Fraction`, from the words of the paper.

Nothing of the library is used: a rate is shares per denomination, prices are a list, oldest first.
"""

from fractions import Fraction
from math import floor


def half_up(value, unit):
    """A positive value to the nearest multiple of a unit, halves up."""
    return floor(value / unit + Fraction(1, 2)) * unit


def mandatory_rate(prices, denomination, least, most, low, high, unit=Fraction(1, 10_000)):
    """The rate at maturity: the larger one below `low`, the smaller above `high`, the rounded quotient between (MND-1)."""
    average = sum(prices) / Fraction(len(prices))
    if average < low:
        return most
    if average > high:
        return least
    return half_up(Fraction(denomination) / average, unit)


def whole_and_cash(shares, price, cent=Fraction(1, 100)):
    """Whole shares, and cash for the fraction at a price, rounded."""
    return floor(shares), half_up((shares - floor(shares)) * price, cent)


def daily(rate, prices):
    """Each day's part of the conversion value of a denomination: rate x price / days (STL-1). `rate` may be one for each day."""
    rates = rate if isinstance(rate, list) else [rate] * len(prices)
    return [each * price / Fraction(len(prices)) for each, price in zip(rates, prices, strict=True)]


def in_cash(rate, prices, units, cent=Fraction(1, 100)):
    """Cash for so many denominations, rounded once."""
    return half_up(sum(daily(rate, prices)) * units, cent)


def in_both(rate, prices, specified, units, cent=Fraction(1, 100)):
    """Cash up to the specified amount a denomination and shares for the rest: cash with that for the fraction, whole shares."""
    each = Fraction(specified) / len(prices)
    parts = daily(rate, prices)
    cash = sum(min(each, part) for part in parts) * units
    shares = sum(max(part - each, Fraction(0)) / price for part, price in zip(parts, prices, strict=True)) * units
    return half_up(cash + (shares - floor(shares)) * prices[-1], cent), floor(shares)
