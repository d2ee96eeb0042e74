"""Conditions on closes, as slowly as the words of the papers: for each day the closes of its period are counted one by one."""

from datetime import date, timedelta
from fractions import Fraction


def counts(close, level, strict, below):
    """Whether one close counts, given the level that it is compared with."""
    if below:
        return close < level if strict else close <= level
    return close > level if strict else close >= level


def level(of, figure, multiple, denomination, rate, initial_rate, accreted):
    """The level in terms of the share's price: a figure, or a multiple of a conversion price."""
    if of == "figure":
        return figure
    if of == "in-force":
        return multiple * denomination / rate
    if of == "initial":
        return multiple * denomination / initial_rate
    return multiple * accreted / rate


def held_on(held, end, days, period, short_period):
    """Whether a period that ends on place `end` has at least `days` closes that count."""
    first = end - period + 1
    if first < 0:
        if not short_period:
            return False
        first = 0
    number = 0
    for place in range(first, end + 1):
        if held[place]:
            number += 1
    return number >= days


def met(held, days, period, short_period=False, and_last=False, within=1):
    """At each place, whether the condition is met by a period that ends on one of the last `within` places."""
    result = []
    for place in range(len(held)):
        ends = [end for end in range(place - within + 1, place + 1) if end >= 0]
        answer = any(held_on(held, end, days, period, short_period) for end in ends)
        if and_last and not held[place]:
            answer = False
        result.append(answer)
    return result


def last_of_quarter(on, is_open):
    """Whether a day is the last open one of its calendar quarter; `is_open` asks of a date."""
    if not is_open(on):
        return False
    later = on + timedelta(days=1)
    while (later.year, (later.month - 1) // 3) == (on.year, (on.month - 1) // 3):
        if is_open(later):
            return False
        later += timedelta(days=1)
    return True


def weekday(on: date) -> bool:
    return on.weekday() < 5


__all__ = ["Fraction", "counts", "held_on", "last_of_quarter", "level", "met", "weekday"]
