"""What worked tests share: courses of the share that a person can keep in mind, and short ways to play and to read."""

from datetime import date
from decimal import Decimal
from functools import cache

import convnote as cn
from tests.oracles.days import trading_days

NOTE = cn.load("amazon-peacs-2010")
AFV = cn.load("afv-2003")
ISSUE = 690_000_000


@cache
def course(level, *spells, first="2000-01-03", last="2010-02-16", without=()):
    """Closes that stay at `level`, from each (day, level) of `spells` on at another; no close on the days `without`."""
    days = [day for day in trading_days(date.fromisoformat(first), date.fromisoformat(last)) if str(day) not in without]
    closes = []
    for day in days:
        closes.append(next((new for since, new in reversed(spells) if since <= str(day)), level))
    return cn.MarketHistory(currency="EUR", dates=days, closes=closes)


#: Both resets of a course at 50 end at the floor: 84.883 from 16 February 2001 on.
LOW = course(50)
#: Above the initial price at both resets and never near the trigger: 104.947 for ever.
HIGH = course(110)
#: Weekdays of the five years of the other note, at its conversion price of 100.
PAR = cn.MarketHistory(
    currency="USD",
    dates=[day for day in map(date.fromordinal, range(730485, 733043)) if day.weekday() < 5],
    closes=[100] * len([day for day in range(730485, 733043) if date.fromordinal(day).weekday() < 5]),
)


def play(*events, over=LOW, note=NOTE, until=None, **more):
    return cn.replay(note, over, events=events, until=until, **more)


def money(ledger, *kinds):
    """(day, cash) of the entries of these kinds, as a person would list them."""
    return [(str(entry.date), str(entry.cash)) for entry in ledger.of_kind(*kinds)]


def by_holder(ledger, *kinds):
    """(day, holder, cash) of the entries of these kinds."""
    return [(str(entry.date), entry.holder, str(entry.cash)) for entry in ledger.of_kind(*kinds)]


def shares(ledger):
    """(day, whole shares, cash for the fraction) of the conversions."""
    return [(str(entry.date), entry.shares, str(entry.cash)) for entry in ledger.of_kind("conversion")]


def kinds(ledger):
    """Every entry as (day, kind), record dates left out."""
    return [(str(entry.date), entry.kind) for entry in ledger if entry.kind != "record"]


def eur(text):
    return Decimal(text.replace(",", ""))
