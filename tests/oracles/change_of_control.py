"""The price in a period after a change of control: "CP / (1 + (premium x c/t))", c and t in days."""

from fractions import Fraction


def price(in_force, premium, issue, occurred, end):
    left = max((end - occurred).days, 0)
    return Fraction(in_force) / (1 + Fraction(premium) * Fraction(left, (end - issue).days))


def is_open(day, occurred, notice, days):
    """Both ends included; where there is no notice the days are counted from the change."""
    return occurred <= day and (day - (notice or occurred)).days <= days
