"""When a note converts and what a conversion gives: deadlines, record windows, fractions. Exact fractions."""

from datetime import timedelta
from fractions import Fraction

from .interest import round_cent


def shares_of(principal, price, fraction):
    """FRC-1: whole shares where the fraction is "dropped" or counts "up" as a whole one."""
    shares = Fraction(principal) / Fraction(price)
    whole = shares.numerator // shares.denominator
    return whole + (fraction == "up" and shares != whole)


def shares_at_fixed_rate(principal, fixed_rate, price):
    """FXF-1: principal x rate / price, the fraction dropped; both exact."""
    return shares_of(Fraction(principal) * Fraction(fixed_rate), price, "dropped")


def before(day, count, is_open):
    """The day `count` open days before `day`; 0 is the day itself, open or not (END-1, END-2)."""
    while count:
        day -= timedelta(days=1)
        count -= bool(is_open(day))
    return day


def counts_on(day, last, is_open):
    """A surrender on a closed day counts on the next open day or on the last day, whichever is earlier; None: too late."""
    if day > last:
        return None
    while not is_open(day) and day < last:
        day += timedelta(days=1)
    return day


def record_date(due, entries):
    """REC-1: the last day like the entry (month, day) of that payment date of the year, before it."""
    month, day = entries
    year = due.year
    found = due.replace(year=year, month=month, day=day)
    return found if found < due else found.replace(year=year - 1)


__all__ = ["before", "counts_on", "record_date", "round_cent", "shares_at_fixed_rate", "shares_of"]
