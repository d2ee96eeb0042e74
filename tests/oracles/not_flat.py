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


def months_on(day, months):
    """The same day of the month so many months on; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    last = (day.replace(year=year + month // 12, month=month % 12 + 1, day=1) - timedelta(days=1)).day
    return day.replace(year=year, month=month, day=min(day.day, last))


def days_360(start, end):
    """Days in the bond basis: a 31st is a 30th, at the end only if the start is a 30th or 31st."""
    first, last = min(start.day, 30), end.day
    last = 30 if last == 31 and first == 30 else last
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def accreted(issue, maturity, denomination, rate, day, *, times=2, includes_the_day=True, price=None):
    """ACC-1, period by period: interest is added at the end of each, and day by day of 360 inside one; at maturity it is par.

    `price`: the issue price that governs; None: the denomination, discounted period by period from maturity.
    """
    rate, ends = Fraction(rate) / times, [issue]
    while ends[-1] < maturity:
        ends.append(months_on(issue, 12 // times * len(ends)))
    if price is None:
        price = Fraction(denomination)
        for _ in ends[1:]:
            price = price / (1 + rate)
    value, place = Fraction(price), 0
    if day >= maturity:
        return Fraction(denomination)
    while ends[place + 1] <= day:
        value, place = value + value * rate, place + 1
    elapsed = days_360(ends[place], day) + (includes_the_day if day > ends[place] else 0)
    return value + value * rate * min(Fraction(elapsed * times, 360), 1)


def floating_steps(starts, fixings, spread, floor):
    """FLT-1: (day, rate) of each period, from its fixing: the index plus the spread, not below the floor."""
    return [
        (start, max(Fraction(value) + Fraction(spread), Fraction(floor))) for start, value in zip(starts, fixings, strict=True)
    ]


def grown(principal, rate, times, coupons, unit, mode):
    """PIK-1: principal after `coupons` coupons in kind, each added to it in whole units, counted by powers of ten."""
    amount, unit = Fraction(principal), Fraction(unit)
    for _ in range(coupons):
        interest, added = amount * rate / times, Fraction(0)
        step = unit
        while 10 * step <= interest:
            step *= 10
        while step >= unit:
            while added + step <= interest:
                added += step
            step /= 10
        rest = interest - added
        if rest and (mode == "up" or (mode == "half-up" and 2 * rest >= unit)):
            added += unit
        amount += added
    return amount
