"""Turns of interest and principal that are not flat: the same life under a flat term, or a day apart."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of


def with_interest(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note with other settings of its interest."""
    return dataclasses.replace(note, interest=dataclasses.replace(note.interest, **settings))


@turn_of("STP-1", added=True)
def _the_rate_of_each_year(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A rate that rises on a payment date, and one that rises a year later; the coupon between the two differs."""
    year = pick(2001, 2003, 2006)
    low, high = pick(("0.02", "0.07"), ("0.0025", "0.01"), ("0.07", "0.05"))
    first, later = (with_interest(note, rate=[[note.issue_date, low], [date(on, 2, 16), high]]) for on in (year, year + 1))
    gone = [ev.Convert("2000-03-01", units_of(pick))]
    return Side(first, plain, gone), Side(later, plain, gone)


@turn_of("STP-2", added=True)
def _one_payment_at_maturity(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """At 105% with the last coupon in it, or at 105% and the last coupon."""
    price = pick("1.05", "1.07", "1.1")
    terms = [
        dataclasses.replace(note.principal, maturity_price=price, maturity_includes_interest=said)
        for said in (True, pick(None, False))
    ]
    life: list[ev.Event] = [ev.Convert("2000-03-01", units_of(pick))]
    if pick(True, False):
        late = note.principal.maturity_day + pick(1, 30, 200)
        life += [ev.MissedPayment("2010-02-16", "principal"), ev.Cure(to_date(late), "principal")]
    return tuple(Side(dataclasses.replace(note, principal=each), plain, life) for each in terms)


@turn_of("STP-1", added=True)
def _accrued_at_the_rate_of_the_day(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Notes called within a year bear interest at the rate of that year, not of the first."""
    called_on = day_of("2004-04-01") + pick(range(0, 250, 7))
    life = [ev.RedemptionNotice(to_date(called_on), to_date(called_on + 30))]
    stepped = with_interest(note, rate=[[note.issue_date, "0.06875"], ["2004-02-16", pick("0.08", "0.01")]])
    return Side(note, plain, life), Side(stepped, plain, life)
