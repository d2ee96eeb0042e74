"""Turns of transfers, amendments, same-day adjustments, and conventions that are not printed."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, february, turn_of, units_of

# --- transfers, amendments, same-day adjustments ------------------------------------------------------------


@turn_of("LIF-1", added=True)
def _sold_after_the_record_date(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """If Notes are sold on the record date the coupon is the buyer's; if sold on the day after, the seller's."""
    record, units = february(pick, 1), units_of(pick)
    return tuple([ev.Transfer(to_date(record + after), units, to="B")] for after in (0, 1))


@turn_of("LIF-1", added=True)
def _the_buyer_converts(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Notes sold and surrendered in the window: the converting buyer pays in the coupon, whether entitled to it or not."""
    record, units = february(pick, 1), units_of(pick)
    sold = ev.Transfer(to_date(record + 2), units, to="B")
    surrendered = note.principal.banks.on_or_after(record + 3)
    return [sold], [sold, ev.Convert(to_date(surrendered), units, holder="B")]


@turn_of("LIF-1", added=True)
def _free_notes_first(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A holder with called Notes transfers the uncalled ones first, or the called ones if the sheet says so."""
    day, half = day_of("2004-05-04") + pick(range(600)), fraction(note.issue_size) / 2
    called_first = dataclasses.replace(note, principal=dataclasses.replace(note.principal, transferred_first="committed"))
    events = [
        ev.RedemptionNotice(to_date(day - 40), to_date(day), half),
        ev.Transfer(to_date(day - 20), pick(half, half - units_of(pick)), to="B"),
    ]
    return Side(note, plain, events), Side(called_first, plain, events)


@turn_of("LIF-4", added=True)
def _from_the_next_day(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Terms amended on a payment date leave that coupon unchanged; if amended the day before, they apply to its last day."""
    due, gone = february(pick, 16), ev.Convert("2000-03-01", units_of(pick))
    if due == note.principal.maturity_day:
        due = day_of("2009-02-16")
    higher = dataclasses.replace(note, interest=dataclasses.replace(note.interest, rate=Decimal("0.08")))
    until = to_date(due + 3)
    return tuple(Side(note, plain, [gone, ev.Amendment(to_date(due - before), higher)], until) for before in (0, 2))


@turn_of("LIF-4", added=True)
def _the_price_in_force(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A new price is in force from the day after; other new terms leave the price unchanged."""
    assert note.conversion is not None
    day = note.principal.banks.on_or_after(day_of("2003-03-03") + pick(range(2000)))
    cheaper = dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, price=Decimal(80)))
    other = dataclasses.replace(note, interest=dataclasses.replace(note.interest, rate=Decimal("0.08")))
    convert = ev.Convert(to_date(note.principal.banks.on_or_after(day + 1)), units_of(pick))
    return tuple([ev.Amendment(to_date(day), terms), convert] for terms in (other, cheaper))


@turn_of("LIF-5", added=True)
def _split_first(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """On the same day the split comes first and the dividend is per new share; a day earlier it is per old share."""
    day, cash = day_of("2003-05-05") + pick(range(1000)), pick(5, Fraction(1, 2), 7)
    split, convert = ev.Split(to_date(day), 2, 1), ev.Convert(to_date(day + 30), units_of(pick))
    dividends = [ev.CashDividend(to_date(day - before), cash, market_price=50) for before in (0, 1)]
    return [split, dividends[0], convert], [dividends[1], split, convert]


@turn_of("LIF-5", added=True)
def _dividend_before_rights(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    day = day_of("2003-05-05") + pick(range(1000))
    rights, convert = ev.RightsIssue(to_date(day), 10, pick(100, 200), 100), ev.Convert(to_date(day + 30), units_of(pick))
    dividends = [ev.CashDividend(to_date(day + after), 5) for after in (0, 1)]
    return [rights, dividends[0], convert], [rights, dividends[1], convert]


# --- conventions that are not printed -----------------------------------------------------------------------


@turn_of("INT-4c", added=True)
def _not_the_day_itself(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """An amount declared due bears interest to but excluding the day: one more day of interest a day later."""
    due = february(pick, 16, 2002)
    if due == note.principal.maturity_day:
        due = day_of("2008-02-16")
    on, cured = due + pick(40, 41, 90), due + 120
    missed, cure = ev.MissedPayment(to_date(due)), ev.Cure(to_date(cured), "principal")
    return tuple([missed, ev.Acceleration(to_date(on)), dataclasses.replace(cure, on=to_date(cured + late))] for late in (0, 1))


@turn_of("CNV-3c", added=True)
def _on_the_reset_date(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    market, units = SpelledHistory(note, [("1999-11-01", pick(90, 18, 95))]), units_of(pick)
    return tuple(Side(note, market, [ev.Convert(day, units)]) for day in ("2001-02-15", "2001-02-16"))


@turn_of("CNV-7c", added=True)
def _last_hour(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The last conversion is on the Business Day before the effective day: a holiday in between makes it a day earlier."""
    market, units = SpelledHistory(note, [("1999-11-01", 170)]), units_of(pick)
    effective = pick("2000-07-05", "2001-01-02", "2002-11-12")
    last = note.principal.banks.before(day_of(effective))
    notice = ev.WithdrawalNotice(to_date(day_of(effective) - pick(30, 45, 60)), effective)
    until = to_date(day_of(effective) + 40)
    return tuple(Side(note, market, [notice, *conversions], until) for conversions in ([], [ev.Convert(to_date(last), units)]))


@turn_of("WDR-3c", added=True)
def _last_met(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The trigger is met on Friday, or was last met that Friday for a weekend notice: only the notice differs."""
    market = SpelledHistory(note, [("1999-11-01", 170)])
    friday = day_of(pick("2000-06-02", "2001-03-02", "2002-05-03"))
    effective, until = to_date(friday + 3 + pick(30, 57)), to_date(friday + 90)
    return tuple(Side(note, market, [ev.WithdrawalNotice(to_date(friday + after), effective)], until) for after in (2, 3))


@turn_of("RED-3c", added=True)
def _not_yet_late(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A missed coupon does not prevent a call on its payment date; on the day after it must be cured first."""
    due = day_of(pick("2003-02-16", "2008-02-16", "2005-02-16"))
    moves = note.principal.payment_day(due)
    missed, part = ev.MissedPayment(to_date(due)), units_of(pick)
    on_the_day = ev.RedemptionNotice(to_date(moves), to_date(moves + 40), part)
    cured = ev.Cure(to_date(moves + 1))
    return [missed, on_the_day, cured], [missed, cured, ev.RedemptionNotice(to_date(moves + 1), to_date(moves + 40), part)]
