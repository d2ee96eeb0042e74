"""Turns of missed, returned, cured, waived and rescinded obligations: two lives on either side of a change in a rule's result."""

from __future__ import annotations

import dataclasses
from datetime import date
from fractions import Fraction
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, february, turn_of, units_of


@turn_of("INT-3c", added=True)
def _claim_given_up(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A holder who converts after the coupon was missed no longer has a claim to it, whether or not a Note is left."""
    due, units = february(pick, 16, 2002), pick(units_of(pick), fraction(note.issue_size))
    cured = due + pick(20, 200)
    missed = ev.MissedPayment(to_date(due))
    return tuple([missed, ev.Convert(to_date(cured + day), units), ev.Cure(to_date(cured))] for day in (-5, 5))


@turn_of("INT-3c", added=True)
def _to_the_holder_of_record(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due, units = february(pick, 16, 2002), units_of(pick)
    to_record = dataclasses.replace(note, interest=dataclasses.replace(note.interest, defaulted_to="record"))
    events = [ev.Convert(to_date(due - 9), units), ev.MissedPayment(to_date(due)), ev.Cure(to_date(due + pick(20, 200)))]
    return Side(note, plain, events), Side(to_record, plain, events)


@turn_of("INT-6", added=True)
def _in_time(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A missed coupon cured on its payment date is an ordinary one; on the day after it is late."""
    due = february(pick, 16, 2002)
    moves, units = note.principal.payment_day(due), units_of(pick)
    before = [ev.Convert(to_date(due - 9), units), ev.MissedPayment(to_date(pick(due, moves)))]
    return tuple([*before, ev.Cure(to_date(moves + late))] for late in (0, 1))


@turn_of("CNV-5c", added=True)
def _pay_in_returned(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due = february(pick, 16, 2002)
    paid_in = [ev.Convert(to_date(due - 9), pick(units_of(pick), fraction(note.issue_size)))]
    return paid_in, [*paid_in, ev.MissedPayment(to_date(due))]


@turn_of("CNV-5c", added=True)
def _dead_coupon(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due = february(pick, 16, 2001)
    if due >= note.principal.maturity_day - 400:
        due = day_of("2008-02-16")
    surrender = ev.Convert(to_date(due + 356), units_of(pick))
    missed = [ev.MissedPayment(to_date(due)), ev.Acceleration(to_date(due + 40))]
    return [surrender], [*missed, surrender]


@turn_of("FCH-2c", added=True)
def _late_notice(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    occurred, units = day_of("2000-06-01") + pick(range(3000)), units_of(pick)
    lives = []
    for notice in (occurred + 10, occurred + pick(11, 90)):
        events = [ev.FundamentalChange(to_date(occurred)), ev.FundamentalChangeNotice(to_date(notice))]
        lives.append([*events, ev.RepurchaseElection(to_date(notice + 4), units)])
    return tuple(lives)


@turn_of("FCH-3c", added=True)
def _at_maturity_or_after_it(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    changed = ev.FundamentalChange(to_date(note.principal.maturity_day - pick(31, 35)))
    return tuple([changed, ev.FundamentalChangeNotice(to_date(note.principal.maturity_day - 30 + after))] for after in (0, 1))


@turn_of("FCH-5c", added=True)
def _called_and_elected(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A Note both called and elected for repurchase is paid on the earlier of the two days."""
    change = day_of("2004-05-04") + pick(range(300))
    units, events = units_of(pick), [ev.FundamentalChange(to_date(change)), ev.FundamentalChangeNotice(to_date(change))]
    elected = ev.RepurchaseElection(to_date(change + 5), units)
    return tuple([ev.RedemptionNotice(to_date(change - 10), to_date(change + 30 + shift)), *events, elected] for shift in (-2, 2))


@turn_of("FCH-5c", added=True)
def _election_stands(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    change, units = day_of("2003-05-05") + pick(range(1500)), units_of(pick)
    events = [
        ev.FundamentalChange(to_date(change)),
        ev.FundamentalChangeNotice(to_date(change)),
        ev.RepurchaseElection(to_date(change + 5), units),
        ev.MissedPayment(to_date(change + 30), "repurchase"),
    ]
    withdrawn = ev.RepurchaseElectionWithdrawal(to_date(change + pick(36, 200)), units)
    cured = ev.Cure(to_date(change + 210), "repurchase")
    return [*events, cured], [*events, withdrawn, ev.Convert(to_date(change + 205), units)]


@turn_of("DEF-3c", added=True)
def _older_coupon(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due, units = day_of(f"{pick(2003, 2004, 2005)}-02-16"), units_of(pick)
    change = due + 366 + pick(0, 20)
    events = [
        ev.FundamentalChange(to_date(change)),
        ev.FundamentalChangeNotice(to_date(change)),
        ev.RepurchaseElection(to_date(change + 5), units),
    ]
    return events, [ev.MissedPayment(to_date(due)), *events, ev.Cure(to_date(change + pick(40, 80)))]


@turn_of("DEF-3c", added=True)
def _paid_after_all_fell_due(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due = february(pick, 16, 2002)
    declared = [ev.MissedPayment(to_date(due)), ev.Acceleration(to_date(due + 40))]
    return [], [*declared, ev.Cure(to_date(due + pick(41, 80)), "principal")]


@turn_of("DEF-4c", added=True)
def _before_the_money_moved(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A coupon due on Saturday 2002-02-16 or Sunday 2003-02-16 is unpaid if the issuer defaults before the Tuesday."""
    due = day_of(pick("2002-02-16", "2003-02-16"))
    moves, recovered = note.principal.payment_day(due), pick(Fraction(2, 5), 0)
    return [ev.Default(to_date(moves), recovered)], [ev.Default(to_date(moves - 1), recovered)]


@turn_of("LIF-2", added=True)
def _waived_covenant(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    day = day_of("2003-05-05") + pick(range(1500))
    broken = ev.CovenantDefault(to_date(day))
    declared = [ev.Acceleration(to_date(day + 60)), ev.Cure(to_date(day + 70), "principal")]
    until = date(2009, 12, 31)
    return Side(note, plain, [broken, *declared], until), Side(
        note, plain, [broken, ev.Waiver(to_date(day + pick(0, 59)))], until
    )


@turn_of("LIF-3", added=True)
def _runs_again(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due = day_of(f"{pick(2002, 2003, 2005, 2007)}-02-16")
    declared = [ev.MissedPayment(to_date(due)), ev.Acceleration(to_date(due + 40)), ev.Cure(to_date(due + pick(60, 364)))]
    return declared, [*declared, ev.Rescission(to_date(due + 364))]
