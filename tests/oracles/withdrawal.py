"""The withdrawal of conversion rights: 20 of 30 closes, the windows of its notice, and the make-whole."""

from datetime import date, timedelta
from fractions import Fraction

from .days import business_days_after
from .interest import ISSUE

TRIGGER = Fraction(167915, 1000)
BEFORE = date(2003, 2, 20)
MAKE_WHOLE = Fraction(20625, 100)


def exceeded_often_enough(closes, trigger=TRIGGER):
    """WDR-1: "exceeded … (or E167.915) for at least 20 trading days in any consecutive 30-trading day period".

    Asked of the end of the period: of the last 30 closes, or of as many as there are.
    """
    above = 0
    for close in closes[-30:]:
        if close > trigger:
            above += 1
    return above >= 20


def met(closes, trigger=TRIGGER):
    """WDR-1 at each close of a list."""
    return [exceeded_often_enough(closes[: position + 1], trigger) for position in range(len(closes))]


def last_day_met(by_day, notice, trigger=TRIGGER):
    """WDR-3: "the last day on which such event occurred", of the trading days at or before the notice; or None.

    `by_day` maps trading days to euro closes. Closes before the issue date do not count.
    """
    days = sorted(day for day in by_day if ISSUE <= day <= notice)
    while days:
        if exceeded_often_enough([by_day[day] for day in days[-30:]], trigger):
            return days[-1]
        days.pop()
    return None


def notice_refused(by_day, notice, effective, trigger=TRIGGER):
    """WDR-1…3: the ids of the rules that forbid a notice; empty if it is allowed."""
    rules = set()
    if not effective < BEFORE:
        rules.add("WDR-2")
    earliest, latest = notice + timedelta(days=30), notice + timedelta(days=60)
    if not earliest <= effective <= latest:
        rules.add("WDR-3")
    last = last_day_met(by_day, notice, trigger)
    if last is None:
        rules.add("WDR-1")
    elif notice > business_days_after(last, 5):
        rules.add("WDR-3")
    return rules


def make_whole(payments, notice):
    """WDR-4: "E206.25 per E1,000 Note, less the amount of any interest actually paid … prior to the date" of notice.

    `payments` is a list of (payment day, amount per 1,000).
    """
    left = MAKE_WHOLE
    for day, amount in payments:
        if day < notice:
            left -= amount
    return left if left > 0 else Fraction(0)
