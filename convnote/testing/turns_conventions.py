"""Turns of conventions that are not printed: one life under the usual reading and another, or two days apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of
from convnote.testing.turns_timing import with_conversion, with_withdrawal


@turn_of("INT-9c", added=True)
def _the_redemption_is_paid(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A called Note paid on the redemption date bears interest to that date; if paid later, to the day of payment."""
    day = day_of("2004-05-04") + pick(range(600))
    called = ev.RedemptionNotice(to_date(day - 40), to_date(day), units_of(pick))
    late = [ev.MissedPayment(to_date(day), "redemption"), ev.Cure(to_date(day + pick(4, 11, 40)), "redemption")]
    return [called], [called, *late]


@turn_of("CNV-4c", added=True)
def _the_close_of_which_day(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A fraction is paid at the close of the trading day before the surrender, or at that of its own day."""
    day = pick("2000-03-07", "2000-06-01", "2001-10-02")
    market = SpelledHistory(note, [("1999-11-01", 50), (day, pick(60, 40))])
    convert = [ev.Convert(day, units_of(pick))]
    usual, other = note, with_conversion(note, close_of="same-day")
    return Side(usual, market, convert), Side(other, market, convert)


@turn_of("CNV-4c", added=True)
def _added_up(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Notes that one holder surrenders together are aggregated before the fraction is computed, or not."""
    day = to_date(day_of("2000-03-01") + pick(range(300)))
    convert = [ev.Convert(day, 1000)] * pick(2, 3)
    return tuple(Side(with_conversion(note, added_up=added), plain, convert) for added in (True, False))


@turn_of("CNV-6c", added=True)
def _the_last_day_to_withdraw_an_election(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """An election withdrawn on the last Business Day before the repurchase date is gone; otherwise the Notes are repurchased."""
    notice = day_of(pick("2001-03-01", "2005-06-01", "2007-09-03"))
    assert note.fundamental_change is not None
    repurchase = int(note.fundamental_change.repurchase_day(notice))
    units = units_of(pick)
    elected = [
        ev.FundamentalChange(to_date(notice - 3)),
        ev.FundamentalChangeNotice(to_date(notice)),
        ev.RepurchaseElection(to_date(notice + 4), units),
    ]
    last = to_date(note.principal.banks.before(repurchase))
    until = to_date(repurchase + 10)
    lives = ([*elected, ev.RepurchaseElectionWithdrawal(last, units)], elected)
    return tuple(Side(note, plain, life, until) for life in lives)


@turn_of("WDR-1c", added=True)
def _a_short_period(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Twenty closes since the issue date are enough, unless the period must be complete: the trigger is then met later."""
    market = SpelledHistory(note, [("1999-11-01", pick(170, 168, 200))])
    lives = [with_withdrawal(note, short_period=short) for short in (True, False)]
    return tuple(Side(each, SpelledHistory(each, market.steps), [], to_date(day_of("2000-06-01"))) for each in lives)


@turn_of("WDR-1c", added=True)
def _above_the_printed_figure(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The printed 167.915 governs, not 1.6 times the initial conversion price, which is 167.9152."""
    close = pick(Decimal("167.9151"), Decimal("167.91505"))
    multiple = with_withdrawal(note, trigger=None, trigger_of="initial")
    lives = (note, multiple)
    return tuple(Side(each, SpelledHistory(each, [("1999-11-01", close)]), [], to_date(day_of("2000-06-01"))) for each in lives)


@turn_of("WDR-4c", added=True)
def _interest_beyond_the_make_whole(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """If interest already paid exceeds the make-whole, 0 is paid; a larger make-whole leaves a positive amount."""
    market = SpelledHistory(note, [("1999-11-01", 170)])
    day = day_of(pick("2002-03-01", "2002-09-02", "2002-12-10"))
    notice = [ev.WithdrawalNotice(to_date(day), to_date(day + pick(30, 60)))]
    amounts = (pick("100", "137.25", "1"), "206.25")
    lives = [with_withdrawal(note, make_whole_amount=amount) for amount in amounts]
    return tuple(Side(each, SpelledHistory(each, market.steps), notice, to_date(day + 90)) for each in lives)
