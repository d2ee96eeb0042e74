"""Puts and revisions after low closes, as slowly as in the papers: every close compared with the price of its own day."""

from datetime import date
from fractions import Fraction


def low(closes, prices, share, strict):
    """For each close, whether it is below (or at) a share of the conversion price in force on its day."""
    wanted = [Fraction(share) * Fraction(price) for price in prices]
    compared = [(Fraction(close), level) for close, level in zip(closes, wanted, strict=True)]
    return [close < level if strict else close <= level for close, level in compared]


def stands(days, closes_low, on, needed, period):
    """Whether `needed` of the last `period` closes up to a day are low, and how many are; no period is shorter."""
    last = [is_low for day, is_low in zip(days, closes_low, strict=True) if day <= on][-period:]
    return len(last) == period and sum(last) >= needed, sum(last)


def interest_year(issue, on):
    """Number of the interest year of a day, the first being 0; it begins on the issue date and on each anniversary."""
    years = on.year - issue.year
    return years if date(on.year, issue.month, issue.day) <= on else years - 1


def floor(closes, counts, higher):
    """The higher (lower) of the averages of the last so many closes."""
    averages = [sum(map(Fraction, closes[-count:])) / count for count in counts]
    return max(averages) if higher else min(averages)


def paid(principal, price, rate, days, year):
    """The price of a put with accrued interest, rounded half-up to a cent."""
    exact = Fraction(principal) * (Fraction(price) + Fraction(rate) * Fraction(days, year))
    return Fraction(int(exact * 100 + Fraction(1, 2)), 100)
