"""Boundaries of conversion periods: the last day allowed and the first refused, under other papers' deadlines."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from convnote.lifecycle import SettlementElection
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import SettlementTerms
from convnote.provisions.day_rules import DayRule
from convnote.testing.edges import above, boundary, day_of, edge_of, some_bank_day, trading_day
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns_timing import with_conversion, with_withdrawal


def _some_rule(pick: Pick) -> DayRule:
    return DayRule(pick(2, 1, 3, 7), pick("trading", "business", "calendar"))


@boundary("END-1", added=True)
def _until(note: ConvertibleNote, pick: Pick) -> Any:
    """The last day before maturity; a surrender on that day counts that day, open or closed."""
    terms = with_conversion(note, until=_some_rule(pick))
    assert terms.conversion is not None
    last, principal = terms.conversion.last_day, 1000 * pick(1, 3)
    history = SpelledHistory(terms, [("1999-11-01", 100)])
    return edge_of([], ev.Convert(day_of(last), principal), ev.Convert(day_of(last + 1), principal), note=terms, history=history)


@boundary("END-2", added=True)
def _called_until(note: ConvertibleNote, pick: Pick) -> Any:
    """The last day before the redemption date, with all Notes called."""
    rule = DayRule(2, "business") if (drawn := _some_rule(pick)) == DayRule(1, "business") else drawn
    terms = with_conversion(note, called_until=rule)
    assert terms.conversion is not None
    redemption = some_bank_day(note, pick, "2003-04-20", "2010-01-15")
    last = int(terms.conversion.last_called(redemption))
    called = ev.RedemptionNotice(day_of(redemption - pick(30, 60)), day_of(redemption))
    return edge_of([called], ev.Convert(day_of(last), 1000), ev.Convert(day_of(last + 1), 1000), note=terms)


@boundary("END-2", added=True)
def _elected_until(note: ConvertibleNote, pick: Pick) -> Any:
    """The last day before the repurchase date on which Notes under election convert, with all Notes elected."""
    terms = with_conversion(note, elected_until=_some_rule(pick))
    assert terms.conversion is not None and terms.fundamental_change is not None
    notice = some_bank_day(note, pick, "2003-04-20", "2009-01-15")
    repurchase = int(terms.fundamental_change.repurchase_day(notice))
    while not terms.principal.banks.is_open(repurchase):  # a conversion of the weekend would count after the repurchase
        notice, repurchase = notice + 1, repurchase + 1
    last = int(terms.conversion.last_elected(repurchase))
    told = [ev.FundamentalChange(day_of(notice - pick(0, 5))), ev.FundamentalChangeNotice(day_of(notice))]
    elected = ev.RepurchaseElection(day_of(min(notice + 1, last)), note.issue_size)
    return edge_of([*told, elected], ev.Convert(day_of(last), 1000), ev.Convert(day_of(last + 1), 1000), note=terms)


# --- withdrawal -------------------------------------------------------------------------------------------------


@boundary("WDR-6", added=True)
def _from_a_day(note: ConvertibleNote, pick: Pick) -> Any:
    """The first day on which a withdrawal may take effect, and the day before."""
    met = trading_day(note, pick, "2000-04-03", "2002-10-01")
    effective = met + pick(31, 45, 60)
    terms = with_withdrawal(note, from_date=day_of(effective))
    allowed, forbidden = (ev.WithdrawalNotice(day_of(met), day_of(day)) for day in (effective, effective - 1))
    return edge_of([], allowed, forbidden, note=terms, history=above(note, met, pick))


# --- settlement ------------------------------------------------------------------------------------------------


@boundary("STL-1", added=True)
def _chosen_by(note: ConvertibleNote, pick: Pick) -> Any:
    """The last day on which the issuer may choose how conversions are settled, and the day after."""
    chosen_by = pick(DayRule(2, "business"), DayRule(30, "calendar"), date(2009, 6, 30))
    terms = dataclasses.replace(note, settlement=SettlementTerms(method="cash", election="issuer", chosen_by=chosen_by))
    assert terms.settlement is not None
    last, method = terms.settlement.last_choice(terms.principal), pick("shares", "cash")
    allowed, forbidden = (SettlementElection(day_of(day), method) for day in (last, last + 1))
    return edge_of([], allowed, forbidden, note=terms, history=SpelledHistory(terms, [("1999-11-01", 100)]))
