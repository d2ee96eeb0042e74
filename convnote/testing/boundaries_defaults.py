"""Boundaries of covenants, waivers, rescissions, transfers and amendments: the last event allowed and the first refused."""

from __future__ import annotations

import dataclasses
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import day_number
from convnote.lifecycle import events as ev
from convnote.lifecycle.state import ISSUE
from convnote.note import ConvertibleNote
from convnote.testing.edges import boundary, day_of, edge_of, some_bank_day
from convnote.testing.stories import Pick


@boundary("DEF-2", added=True)
def _after_the_notice_of_a_breach(note: ConvertibleNote, pick: Pick) -> Any:
    day = some_bank_day(note, pick, last="2009-11-30")  # the end of its sixty days lies before maturity
    return edge_of([ev.CovenantDefault(day_of(day))], ev.Acceleration(day_of(day + 60)), ev.Acceleration(day_of(day + 59)))


@boundary("AMD-4", added=True)
def _waived(note: ConvertibleNote, pick: Pick) -> Any:
    day = day_of(some_bank_day(note, pick))
    of = pick("interest", "principal", "redemption", "repurchase", "make-whole")
    return edge_of([ev.CovenantDefault(day)], ev.Waiver(day, of="covenant"), ev.Waiver(day, of=of))


@boundary("LIF-2", added=True)
def _nothing_to_waive(note: ConvertibleNote, pick: Pick) -> Any:
    day = some_bank_day(note, pick, last="2009-11-30")
    return edge_of(
        [ev.FundamentalChange(day_of(day))], ev.Waiver(day_of(day + 11), "notice"), ev.Waiver(day_of(day + 10), "notice")
    )


@boundary("LIF-3", added=True)
def _cured_first(note: ConvertibleNote, pick: Pick) -> Any:
    due = int(day_number(f"200{pick(range(1, 9))}-02-16"))
    cured = due + pick(50, 100, 364)
    before = [ev.MissedPayment(day_of(due)), ev.Acceleration(day_of(due + 40)), ev.Cure(day_of(cured))]
    return edge_of(before, ev.Rescission(day_of(cured)), ev.Rescission(day_of(cured - 1)))


@boundary("LIF-1", added=True)
def _sold_in_multiples(note: ConvertibleNote, pick: Pick) -> Any:
    day, principal = day_of(some_bank_day(note, pick)), 1000 * pick(1, 3, 17)
    return edge_of([], ev.Transfer(day, principal, to="B"), ev.Transfer(day, principal + pick(1, 500, 999), to="B"))


@boundary("LIF-1", added=True)
def _no_more_than_the_seller_has(note: ConvertibleNote, pick: Pick) -> Any:
    first, gone = some_bank_day(note, pick, "2000-02-16", "2009-12-31"), 1000 * pick(1, 300)
    # a day later: on the same day a transfer acts before a surrender, which would then have to name its holder
    day, left = day_of(first + pick(1, 2, 30)), fraction(note.issue_size) - gone
    before = [pick(ev.Transfer(day_of(first), gone, to="B"), ev.Convert(day_of(first), gone))]
    return edge_of(before, ev.Transfer(day, left, holder=ISSUE, to="C"), ev.Transfer(day, left + 1000, holder=ISSUE, to="C"))


@boundary("LIF-4", added=True)
def _amended_before_maturity(note: ConvertibleNote, pick: Pick) -> Any:
    """Amended terms hold from the next day, so an amendment on the last day would have no effect."""
    terms = dataclasses.replace(note, interest=dataclasses.replace(note.interest, rate=pick("0.08", "0.05")))
    gone = [ev.Convert("2000-03-01", 1000 * pick(1, 2))]
    return edge_of(gone, ev.Amendment("2010-02-15", terms), ev.Amendment("2010-02-16", terms))
