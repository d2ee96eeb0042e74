"""The table of additional shares of Green Plains 2.25% 2027, read slowly: by the printed figures and nothing else."""

from datetime import date
from fractions import Fraction

RATE, CAP, UNIT = Fraction("31.6206"), Fraction("43.4782"), 1000
PRICES = [Fraction(each) for each in "23.00 27.00 31.62 38.00 44.27 55.00 65.00 80.00 150.00 350.00".split()]
ROWS = {
    date(2021, 3, 1): "11.8576 10.0646 7.6522 5.5189 4.1807 2.8030 2.0502 1.3769 0.3774 0.0000",
    date(2022, 3, 15): "11.8576 10.0350 7.5036 5.3005 3.9390 2.5703 1.8440 1.2132 0.3201 0.0000",
    date(2023, 3, 15): "11.8576 9.8683 7.2127 4.9452 3.5822 2.2521 1.5748 1.0082 0.2574 0.0000",
    date(2024, 3, 15): "11.8576 9.4905 6.7036 4.3978 3.0604 1.8194 1.2271 0.7594 0.1914 0.0000",
    date(2025, 3, 15): "11.8576 8.7794 5.8625 3.5557 2.3083 1.2485 0.7979 0.4769 0.1281 0.0000",
    date(2026, 3, 15): "11.8576 7.5498 4.4459 2.2399 1.2264 0.5467 0.3302 0.2056 0.0687 0.0000",
    date(2027, 3, 15): "11.8576 5.4164 0.0000 0.0000 0.0000 0.0000 0.0000 0.0000 0.0000 0.0000",
}
DATES = list(ROWS)


def entry(on, column):
    return Fraction(ROWS[on].split()[column])


def along_row(on, price):
    """Linear between the two columns around a price; at a column its own entry."""
    for column, (left, right) in enumerate(zip(PRICES, PRICES[1:], strict=False)):
        if left <= price <= right:
            share = (price - left) / (right - left)
            return (1 - share) * entry(on, column) + share * entry(on, column + 1)
    return Fraction(0)


def additional(on, price, rate=RATE):
    """Additional shares on a day at a price of the share, under a rate that may have moved since issue.

    Prices of the columns move with 1/rate, the entries and the cap with the rate.
    """
    moved = rate / RATE
    price = Fraction(price) * moved
    if not (DATES[0] <= on <= DATES[-1] and PRICES[0] <= price <= PRICES[-1]):
        return Fraction(0)
    for earlier, later in zip(DATES, DATES[1:], strict=False):
        if earlier <= on <= later:
            weight = Fraction((on - earlier).days, (later - earlier).days)
            found = (1 - weight) * along_row(earlier, price) + weight * along_row(later, price)
            return min(found, CAP - RATE) * moved
    raise AssertionError(on)


def shares(principal, on, price, close, rate=RATE):
    """Whole shares and cents for a conversion with additional shares, its rate rounded half up to 0.0001 of a share."""
    steps = (rate + additional(on, price, rate)) * 10_000
    rounded = Fraction((2 * steps.numerator + steps.denominator) // (2 * steps.denominator), 10_000)
    units = Fraction(principal) * rounded / UNIT
    whole = units.numerator // units.denominator
    cash = (units - whole) * Fraction(close) * 100
    return whole, Fraction((2 * cash.numerator + cash.denominator) // (2 * cash.denominator), 100)
