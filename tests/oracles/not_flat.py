"""Interest and principal that are not flat, the slow way: a day at a time, or a period at a time."""

from datetime import timedelta
from fractions import Fraction


def rate_of(steps, day):
    """STP-1: the rate of the last step on or before the day; steps are (day, rate)."""
    found = None
    for since, rate in steps:
        if since <= day:
            found = rate
    return Fraction(found)


def interest_by_day(steps, start, end, principal, year=365):
    """STP-1 by actual days: each day bears a `year`-th part of the rate of that day."""
    total, day = Fraction(0), start
    while day < end:
        total += Fraction(principal) * rate_of(steps, day) / year
        day += timedelta(days=1)
    return total
