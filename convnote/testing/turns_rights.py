"""Turns of withdrawal, redemption, repurchase and day rules: two lives on either side of a change in a rule's result."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, february, turn_of, units_of

# --- withdrawal, redemption, repurchase ---------------------------------------------------------------------


@turn_of("WDR-4")
def _interest_paid(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    market = SpelledHistory(note, [("1999-11-01", 170)])
    day = day_of(pick("2001-02-16", "2002-02-19"))
    lead = pick(30, 60)
    return tuple(
        Side(note, market, [ev.WithdrawalNotice(to_date(on), to_date(on + lead))], to_date(on + 100)) for on in (day, day + 1)
    )


@turn_of("WDR-5")
def _converted_meanwhile(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    assert note.withdrawal is not None
    market = SpelledHistory(note, [("1999-11-01", 170)])
    generous = dataclasses.replace(note, withdrawal=dataclasses.replace(note.withdrawal, pays_converted=True))
    events = [ev.WithdrawalNotice("2000-06-01", "2000-07-05"), ev.Convert(pick("2000-06-01", "2000-07-03"), units_of(pick))]
    return Side(note, market, events, date(2000, 12, 31)), Side(generous, market, events, date(2000, 12, 31))


@turn_of("RED-6")
def _called_forfebruary(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due, part = february(pick, 16, 2004), pick(None, units_of(pick))
    return tuple([ev.RedemptionNotice(to_date(due - 45), to_date(due + shift), part)] for shift in (-1, 0))


@turn_of("RED-6")
def _start_of_the_window(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    record, part = february(pick, 1, 2004), units_of(pick)
    return tuple([ev.RedemptionNotice(to_date(record - 40), to_date(record + shift), part)] for shift in (0, 1))


@turn_of("RED-4")
def _odd_part(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    day = to_date(day_of("2004-05-04") + pick(range(600)))
    notice = to_date(int(day_number(day)) - 35)
    return [ev.RedemptionNotice(notice, day)], [ev.RedemptionNotice(notice, day, fraction(note.issue_size) - units_of(pick))]


@turn_of("RED-5")
def _no_sinking_fund(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Principal is retired only by a decision: without a call, no Notes are redeemed."""
    day = day_of("2004-05-04") + pick(range(600))
    called = [ev.RedemptionNotice(to_date(day - 40), to_date(day), units_of(pick))]
    return Side(note, plain, [], date(2009, 12, 31)), Side(note, plain, called, date(2009, 12, 31))


@turn_of("FCH-3")
def _repurchased_infebruary(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due, units = february(pick, 16), units_of(pick)
    lives = []
    for shift in (-1, 0):
        notice = due + shift - 30
        events = [ev.FundamentalChange(to_date(notice - 3)), ev.FundamentalChangeNotice(to_date(notice))]
        lives.append([*events, ev.RepurchaseElection(to_date(notice + 4), units)])
    return tuple(lives)


@turn_of("DAY-2")
def _holiday(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    holiday, units = day_of(pick("2001-07-04", "2003-01-20", "2004-11-11", "2006-10-09", "2000-05-29")), units_of(pick)
    return [ev.Convert(to_date(holiday - 3 if to_date(holiday).weekday() == 0 else holiday - 1), units)], [
        ev.Convert(to_date(holiday), units)
    ]


@turn_of("DAY-1")
def _closed_exchange(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The close used for a conversion predates the closures of September 2001; it is not that of the calendar day before."""
    market = SpelledHistory(note, [("1999-11-01", 90), ("2001-09-10", 80), ("2001-09-17", 60), ("2001-09-18", 61)])
    units = units_of(pick)
    return tuple(Side(note, market, [ev.Convert(day, units)]) for day in ("2001-09-17", "2001-09-18"))
