"""Boundaries of changes, defaults, adjustments and puts: the last event allowed and the first refused."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.calendars import day_number
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import Put
from convnote.testing.edges import a_change, above, boundary, bundled, day_of, edge_of, some_bank_day, trading_day
from convnote.testing.spells import sessions_of
from convnote.testing.stories import Pick

# --- fundamental change -------------------------------------------------------------------------------------


@boundary("FCH-1")
def _changes_before_maturity(note: ConvertibleNote, pick: Pick) -> Any:
    before = [ev.Convert("2000-03-01", 1000 * pick(1, 2))]
    return edge_of(before, ev.FundamentalChange("2010-02-15"), ev.FundamentalChange("2010-02-16"))


@boundary("FCH-1")
def _elected_in_multiples(note: ConvertibleNote, pick: Pick) -> Any:
    before, notice, _ = a_change(note, pick)
    day, principal = day_of(notice + pick(0, 9)), 1000 * pick(1, 5)
    return edge_of(before, ev.RepurchaseElection(day, principal), ev.RepurchaseElection(day, principal + pick(1, 999)))


@boundary("FCH-1")
def _elected_after_notice(note: ConvertibleNote, pick: Pick) -> Any:
    before, notice, _ = a_change(note, pick)
    return edge_of(before, ev.RepurchaseElection(day_of(notice), 1000), ev.RepurchaseElection(day_of(notice - 1), 1000))


@boundary("FCH-2")
def _notice_of_a_change(note: ConvertibleNote, pick: Pick) -> Any:
    """Allowed up to the tenth day and, as a breach, later (FCH-2c); refused before any change."""
    occurred = int(day_number("2000-02-16")) + pick(range(3500))
    notice = ev.FundamentalChangeNotice(day_of(occurred + 10))
    return edge_of([ev.FundamentalChange(day_of(occurred))], notice, notice, leading=())


@boundary("FCH-3")
def _gives_way_to_maturity(note: ConvertibleNote, pick: Pick) -> Any:
    changed, elected = (
        ev.FundamentalChange("2010-01-10"),
        ev.RepurchaseElection(day_of(int(day_number("2010-01-19")) + pick(range(20))), 1000),
    )
    return edge_of(
        [changed, ev.FundamentalChangeNotice("2010-01-17")],
        elected,
        elected,
        leading=(changed, ev.FundamentalChangeNotice("2010-01-18")),
    )


@boundary("FCH-4")
def _election_in_time(note: ConvertibleNote, pick: Pick) -> Any:
    before, _, repurchase = a_change(note, pick)
    last = note.principal.banks.on_or_before(repurchase)
    return edge_of(before, ev.RepurchaseElection(day_of(last), 1000), ev.RepurchaseElection(day_of(last + 1), 1000))


# --- default ------------------------------------------------------------------------------------------------


@boundary("DEF-1")
def _recovered(note: ConvertibleNote, pick: Pick) -> Any:
    day = day_of(some_bank_day(note, pick))
    return edge_of([], ev.Default(day, 1), ev.Default(day, Fraction(101, 100)))


@boundary("DEF-2")
def _after_grace(note: ConvertibleNote, pick: Pick) -> Any:
    due = int(day_number(f"200{pick(range(1, 10))}-02-16"))
    moves = note.principal.payment_day(due)
    return edge_of([ev.MissedPayment(day_of(due))], ev.Acceleration(day_of(moves + 30)), ev.Acceleration(day_of(moves + 29)))


@boundary("INT-1")
def _missed_when_due(note: ConvertibleNote, pick: Pick) -> Any:
    due = int(day_number(f"200{pick(range(1, 10))}-02-16"))
    wrong = due + pick(1, -1)
    wrong += wrong == note.principal.payment_day(due)  # a coupon can also be missed on its payment date (INT-6)
    return edge_of([], ev.MissedPayment(day_of(due)), ev.MissedPayment(day_of(wrong)))


@boundary("INT-1")
def _cured_when_missed(note: ConvertibleNote, pick: Pick) -> Any:
    due = int(day_number(f"200{pick(range(1, 10))}-02-16"))
    return edge_of([ev.MissedPayment(day_of(due))], ev.Cure(day_of(due)), ev.Cure(day_of(due - 1)))


@boundary("PRN-1")
def _principal_when_due(note: ConvertibleNote, pick: Pick) -> Any:
    before = [ev.Convert("2000-03-01", 1000 * pick(1, 2))]
    return edge_of(before, ev.MissedPayment("2010-02-16", "principal"), ev.MissedPayment("2010-02-15", "principal"))


@boundary("WDR-4")
def _make_whole_when_due(note: ConvertibleNote, pick: Pick) -> Any:
    met = trading_day(note, pick, "2000-04-03", "2002-12-06")
    effective = met + pick(30, 60)
    noticed = [ev.WithdrawalNotice(day_of(met), day_of(effective))]
    allowed, forbidden = ev.MissedPayment(day_of(effective), "make-whole"), ev.MissedPayment(day_of(effective - 1), "make-whole")
    return edge_of(noticed, allowed, forbidden, history=above(note, met, pick))


# --- adjustments: a figure that can be used, and one that is refused ----------------------------------------


def _some_day(note: ConvertibleNote, pick: Pick) -> date:
    days = sessions_of(note)[100:-1]
    return day_of(days[pick(range(len(days)))])


@boundary("ADJ-1")
def _split(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    return edge_of([], ev.Split(day, 1, pick(2, 1)), ev.Split(day, 0, 1))


@boundary("ADJ-2")
def _stock_dividend(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    return edge_of([], ev.StockDividend(day, 1, 1000), ev.StockDividend(day, 0, pick(1000, 1)))


@boundary("ADJ-3")
def _rights(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    return edge_of([], ev.RightsIssue(day, 1, pick(0, 1), 10), ev.RightsIssue(day, 0, 1, 10))


@boundary("ADJ-4")
def _spin_off(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    return edge_of([], ev.SpinOff(day, pick(Fraction(1, 100), 10)), ev.SpinOff(day, 0))


@boundary("ADJ-5")
def _cash(note: ConvertibleNote, pick: Pick) -> Any:
    day, market = _some_day(note, pick), pick(50, 7)
    return edge_of([], ev.CashDividend(day, market - Fraction(1, 100), market), ev.CashDividend(day, market, market))


@boundary("ADJ-6")
def _tender(note: ConvertibleNote, pick: Pick) -> Any:
    day, held = _some_day(note, pick), pick(1000, 10)
    return edge_of([], ev.TenderOffer(day, held - 1, held * 100, held), ev.TenderOffer(day, held, held * 100, held))


@boundary("ADJ-8")
def _merger(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    return edge_of([], ev.Merger(day, 0, pick(Fraction(1, 100), 90)), ev.Merger(day, 0, 0))


# --- puts ---------------------------------------------------------------------------------------------------


def _with_put() -> ConvertibleNote:
    return dataclasses.replace(
        bundled(),
        put=Put(prices=((date(2005, 2, 16), Decimal(1)), (date(2007, 2, 16), Decimal(1))), notice_at_least=20, notice_at_most=60),
    )


@boundary("PUT-1")
def _put_in_multiples(note: ConvertibleNote, pick: Pick) -> Any:
    day, principal = day_of(int(day_number(pick("2005-01-20", "2007-01-01"))) + pick(0, 1)), 1000 * pick(1, 4)
    return edge_of([], ev.PutElection(day, principal), ev.PutElection(day, principal + pick(1, 999)), note=_with_put())


def _put(pick: Pick, good: int, bad: int) -> Any:
    day = int(day_number(pick("2005-02-16", "2007-02-16")))
    return edge_of([], ev.PutElection(day_of(day - good), 1000), ev.PutElection(day_of(day - bad), 1000), note=_with_put())


@boundary("PUT-2")
def _put_in_time(note: ConvertibleNote, pick: Pick) -> Any:
    return _put(pick, 20, 19)


@boundary("PUT-2")
def _put_not_too_early(note: ConvertibleNote, pick: Pick) -> Any:
    return _put(pick, 60, 61)
