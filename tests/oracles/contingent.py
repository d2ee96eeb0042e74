"""Contingent conversion, as slowly as the papers say it: for one day, which closes to which quarter-end count, one by one."""

from datetime import date, timedelta
from fractions import Fraction


def quarter(on):
    return on.year, (on.month - 1) // 3


def end_of_the_quarter_before(on, is_open):
    """The last trading day of the calendar quarter before the one of a date."""
    day = on
    while quarter(day) == quarter(on):
        day -= timedelta(days=1)
    while not is_open(day):
        day -= timedelta(days=1)
    return day


def number_that_hold(closes, level, end, period, strict, issue):
    """How many of the last `period` closes to a quarter-end hold, and how many closes there are; `closes` by date, in order."""
    days = [day for day in closes if issue <= day <= end][-period:]
    held = [day for day in days if (closes[day] > level(day) if strict else closes[day] >= level(day))]
    return len(held), len(days)


def converts(on, closes, level, is_open, *, needed, period, strict, issue, first_quarter=None, free_from=None):
    """Whether a Note that is not called converts on a date: in the quarter after one that held, or from the free date on."""
    if free_from is not None and on >= free_from:
        return True
    end = end_of_the_quarter_before(on, is_open)
    if end < issue or (first_quarter is not None and quarter(end) < quarter(first_quarter)):
        return False
    held, found = number_that_hold(closes, level, end, period, strict, issue)
    return found == period and held >= needed


def accreted_level(on, *, multiple, rate, denomination, yield_, frequency, maturity, includes_the_day):
    """A multiple of the accreted value per share, in 30/360 days inside a half-year; dates of periods as the maturity date."""
    step = 12 // frequency
    months = 0
    start = maturity
    while start > on:
        months += step
        year, month = divmod(maturity.year * 12 + maturity.month - 1 - months, 12)
        start = date(year, month + 1, maturity.day)
    left = months // step
    value = Fraction(denomination) / (1 + Fraction(yield_) / frequency) ** left
    days = (on.year - start.year) * 360 + (on.month - start.month) * 30 + min(on.day, 30) - min(start.day, 30)
    if days and includes_the_day:
        days += 1
    value *= 1 + Fraction(yield_) / frequency * Fraction(days, 360 // frequency)
    return Fraction(multiple) * value / Fraction(rate)


def days_below(prices, values, share):
    """For each day in order, on how many days in a row the price was below the share of the conversion value; None: not seen."""
    result, run = [], 0
    for price, value in zip(prices, values, strict=True):
        if price is None:
            run = 0
            result.append(None)
            continue
        run = run + 1 if Fraction(price) < Fraction(share) * Fraction(value) else 0
        result.append(run)
    return result
