"""Soft calls: how many closes before a notice hold, counted one by one with fractions of the rate in force on each day."""

from fractions import Fraction

from .conditions import held_on


def closes_that_hold(closes, rates, multiple, denomination, strict):
    """For each close, whether close x rate is above (or at) multiple x denomination."""
    wanted = Fraction(multiple) * Fraction(denomination)
    worth = [Fraction(close) * Fraction(rate) for close, rate in zip(closes, rates, strict=True)]
    return [value > wanted if strict else value >= wanted for value in worth]


def allowed(days, held, notice, needed, period, ends):
    """Whether a notice may be given, and how many of the last `period` closes held; `days` are the trading days since issue."""
    seen = [place for place, day in enumerate(days) if (day < notice if ends == "day-before-notice" else day <= notice)]
    if not seen:
        return False, 0
    end = seen[-1]
    return held_on(held, end, needed, period, False), sum(held[max(end - period + 1, 0) : end + 1])
