"""Payment dates and actual days in coupon periods: month by month from one date, and day by day through the periods."""

from calendar import monthrange
from datetime import timedelta
from fractions import Fraction


def moved(anchor, months, end_of_month):
    """The date `months` months from `anchor`: the same day, the last of a shorter month, or always the last."""
    count = anchor.year * 12 + anchor.month - 1 + months
    year, month = count // 12, count % 12 + 1
    length = monthrange(year, month)[1]
    return anchor.replace(year=year, month=month, day=length if end_of_month else min(anchor.day, length))


def whole_periods(anchor, months, first, last, end_of_month):
    """The dates whole periods from `anchor` that lie around `first` to `last`, one more on either side."""
    step = 0
    while moved(anchor, step * months, end_of_month) > first:
        step -= 1
    dates = [moved(anchor, step * months, end_of_month)]
    while dates[-1] < last:
        step += 1
        dates.append(moved(anchor, step * months, end_of_month))
    return dates


def payment_dates(issue, maturity, months, *, end_of_month=False, stub=None, first=None, last=None):
    """ROL-1: (payment dates, anchor). `first`, `last`: the payment date after issue and the one before maturity, where said."""
    forwards = last is None and stub in ("short-last", "long-last")
    anchor = (first or issue) if forwards else (last or maturity)
    grid = whole_periods(anchor, months, issue, maturity, end_of_month)
    between = [day for day in grid if issue < day < maturity and (not first or day >= first) and (not last or day <= last)]
    if stub == "long-first" and not first and issue not in grid:
        between = between[1:]
    if stub == "long-last" and not last and maturity not in grid:
        between = between[:-1]
    return [*between, maturity], anchor


def icma(start, end, anchor, months, end_of_month=False):
    """DCT-1: the year fraction of actual days in coupon periods, each day the same part of its own period."""
    total, day = Fraction(0), start
    periods = whole_periods(anchor, months, start, end, end_of_month)
    for opens, closes in zip(periods, periods[1:], strict=False):
        while opens <= day < min(closes, end):
            total += Fraction(months, 12) / (closes - opens).days
            day += timedelta(days=1)
    return total
