"""Where the papers beside the note touch it: record dates, the lock-up, shares to reserve, mailing."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest

import convnote as cn
from convnote import testing

NOTE = cn.load("amazon-peacs-2010")
BYLAWS, OFFERING = cn.bylaws("amazon-2000"), cn.offering("amazon-peacs-2010")
HISTORY = testing.SpelledHistory(NOTE, [("1999-11-01", "100")])
#: The record date that holds where the Board resolved this day and fixed none (BYL-9), and the day that an event names.
RECORD = BYLAWS.default_record_date("dividend", resolved="2000-09-06")
ON = RECORD + timedelta(days=1)

#: Each distribution, and by how much it lowers the price, with closes of 100 before.
DISTRIBUTIONS: list[tuple[Any, float]] = [
    (cn.Split(ON, new=2, old=1), 1 / 2),
    (cn.StockDividend(ON, shares=1, outstanding=4), 4 / 5),
    (cn.RightsIssue(ON, shares=10, proceeds=500, outstanding=90, market_price=100), 95 / 100),
    (cn.SpinOff(ON, value=20, market_price=100), 80 / 100),
    (cn.CashDividend(ON, cash=10, market_price=100), 90 / 100),
]


def shares_of(event: Any, converted: date) -> int:
    """Whole shares for 1,000,000 of principal surrendered on a day, with the distribution on its own."""
    events = [event, cn.Convert(converted, 1_000_000)]
    (entry,) = cn.replay(NOTE, HISTORY, events=events, until="2000-09-30").of_kind("conversion")
    return entry.shares


@pytest.mark.parametrize(("event", "factor"), DISTRIBUTIONS, ids=lambda each: type(each).__name__)
def test_byl9_a_distribution_is_on_the_day_after_the_record_date(event: Any, factor: float) -> None:
    assert date(2000, 9, 6) == RECORD and event.on == ON
    # who converts on the record date is a stockholder at its close: the old price, and the distribution itself
    assert shares_of(event, RECORD) == 9_528  # 1,000,000 / 104.947
    # who converts the next day has the new price, and no distribution
    assert shares_of(event, ON) == int(1_000_000 / (104.947 * factor))


def test_byl7_shares_of_a_conversion_on_the_record_date_vote() -> None:
    record = BYLAWS.default_record_date("meeting", notice="2000-04-12")
    ledger = cn.replay(NOTE, HISTORY, events=[cn.Convert(record, 1_000), cn.Convert("2000-04-12", 2_000)], until="2000-05-01")
    entries = ledger.of_kind("conversion")
    assert [entry.date for entry in entries] == [date(2000, 4, 11), date(2000, 4, 12)]
    assert sum(entry.shares for entry in entries if entry.date <= record) == 9  # 1,000 / 104.947


def test_off4_conversion_of_the_notes_falls_into_the_lock_up() -> None:
    (entry,) = cn.replay(NOTE, HISTORY, events=[cn.Convert("2000-02-16", 1_000)], until="2000-03-01").of_kind("conversion")
    assert entry.shares == 9  # the note allows it
    assert not OFFERING.lock_up.allows("conversion", entry.date, outstanding_since=NOTE.issue_date)
    assert OFFERING.lock_up.allows("conversion", OFFERING.lock_up.first_free_day, outstanding_since=NOTE.issue_date)


@pytest.mark.parametrize("closing", ["2000-02-14", "2000-02-16", "2000-02-20"])
def test_off5_interest_runs_from_the_issue_date_whatever_the_day_of_closing(closing: str) -> None:
    offering = dataclasses.replace(OFFERING, closing_date=closing)
    days = max(0, (date.fromisoformat(closing) - NOTE.issue_date).days)
    interest = [NOTE.interest.accrued(NOTE.issue_date + timedelta(days=days), each) for each in OFFERING.underwriters.values()]
    expected = sum(map(NOTE.principal.paid, interest))
    assert offering.purchase().accrued == expected


def test_dil6_shares_reserved_cover_the_lowest_price_of_ten_years() -> None:
    state = cn.replay(NOTE, cn.scenario("as-it-was"), until="2002-12-31").state
    found = cn.dilution(NOTE, on="2002-12-31", shares=387_906_000, price="18.89", state=state)
    assert int(found.conversion_shares) == cn.reserved_shares(NOTE) == 8_128_836


def test_opt7_a_sale_is_the_accelerating_event_and_the_fundamental_change_on_one_day() -> None:
    letter = cn.grant("amazon-1994")
    closing = date(2000, 9, 6)
    assert letter.accelerates(96, 100)
    ledger = cn.replay(NOTE, HISTORY, events=[cn.FundamentalChange(closing)], until="2000-09-30")
    assert [entry.date for entry in ledger.of_kind("fundamental-change")] == [closing]


def test_off9_fiscal_quarters_are_calendar_quarters() -> None:
    rows = {row.kind: row.date for row in OFFERING.timetable()}
    assert rows["earning statement"] - timedelta(days=45) == date(2001, 3, 31)
    assert OFFERING.source_of("fiscal_year_month") == "by-laws"
