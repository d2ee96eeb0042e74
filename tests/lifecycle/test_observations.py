"""Observations where the share itself has changed: the highest close, windows of few closes, a state that goes on."""

import dataclasses
from fractions import Fraction

import pytest

import convnote as cn
from convnote.calendars import day_number

from .walk import NOTE, course, play

#: Two splits, two for one each: what is quoted at 60 before both is 30 between them and 15 after both.
SPLITS = cn.Split("2000-06-01", 2, 1), cn.Split("2000-07-03", 2, 1)


@pytest.mark.parametrize(
    ("levels", "first"),
    [((60, 29, 14), "2000-02-16"), ((58, 30, 14), "2000-06-01"), ((58, 29, 15), "2000-07-03"), ((58, 29.9, 15), "2000-07-03")],
)
def test_rst4_the_highest_close_is_the_highest_in_todays_shares(levels, first):
    before, between, after = levels
    over = course(before, ("2000-06-01", between), ("2000-07-03", after), ("2000-08-01", 1))
    state = play(*SPLITS, over=over, until="2000-09-01").state
    assert state.highest == (day_number(first), 15)
    # The state goes on from there as it was told, and a later split halves what it remembers.
    on = play(over=over, state=state, until="2000-10-02").state
    assert on.highest == (day_number(first), 15)
    halved = play(cn.Split("2000-09-15", 2, 1), over=over, state=state, until="2000-10-02").state
    assert halved.highest == (day_number(first), 7.5)


def test_rst4_the_highest_close_is_of_the_first_day_of_several_alike():
    assert play(until="2000-03-01").state.highest == (day_number("2000-02-16"), 50)
    assert play(over=course(50, ("2000-02-22", 51), ("2000-02-24", 50)), until="2000-03-01").state.highest == (
        day_number("2000-02-22"),
        51,
    )


@pytest.mark.parametrize(("after", "first", "value"), [(55, "2000-06-01", 65), (49, "2000-02-16", 60)])
def test_adj8_the_highest_close_counts_the_cash_of_a_merger(after, first, value):
    # One share and 10 in cash for each: 55 is worth 65, above the 60 of before; 49 is worth 59, below it.
    over = course(60, ("2000-06-01", after))
    state = play(cn.Merger("2000-06-01", shares=1, cash=10), over=over, until="2000-09-01").state
    assert state.highest == (day_number(first), value)


def test_adj8_after_a_merger_for_cash_the_highest_value_is_that_of_the_day_or_the_cash():
    events = cn.Merger("2000-06-01", shares=0, cash=70)
    assert play(events, over=course(60), until="2000-09-01").state.highest == (day_number("2000-06-01"), 70)
    events = cn.Merger("2000-06-01", shares=0, cash=40)
    assert play(events, over=course(60), until="2000-09-01").state.highest == (day_number("2000-02-16"), 60)


@pytest.mark.parametrize(("days", "average"), [(1, 20), (2, 25), (3, Fraction(80, 3))])
def test_adj3_the_market_price_of_one_two_or_three_days(days, average):
    # Closes of 30 (27 June), 30 (28), 20 (29) before a dividend of 5 on 30 June 2000.
    over = course(50, ("2000-06-27", 30), ("2000-06-29", 20))
    note = dataclasses.replace(NOTE, adjustment=dataclasses.replace(NOTE.adjustment, market_price_days=days))
    price = play(cn.CashDividend("2000-06-30", 5), over=over, note=note, until="2000-06-30").state.price
    assert price == Fraction("104.947") * (average - 5) / average


def test_a_state_remembers_the_closes_that_any_rule_may_look_back_on():
    state = play(until="2001-05-01").state
    assert len(state.observed) == len(state.closes) == 30 and set(state.closes) == {50}
    assert state.observed[-1][0] == day_number("2001-05-01")
    few = dataclasses.replace(NOTE, withdrawal=None, adjustment=None)
    assert len(play(note=few, until="2001-05-01").state.observed) == 20
    fewer = dataclasses.replace(few, reset=None)
    assert len(play(note=fewer, until="2001-05-01").state.observed) == 1
    ten = dataclasses.replace(fewer, adjustment=NOTE.adjustment)
    assert len(play(note=ten, until="2001-05-01").state.observed) == 10


def test_adj8_closes_before_a_split_after_a_merger_stand_for_what_they_did():
    # A share and 10 in cash from 1 May, two shares and 10 from 3 July: 50, then 25 each.
    over = course(50, ("2000-07-03", 25))
    events = cn.Merger("2000-05-01", shares=1, cash=10), cn.Split("2000-07-03", 2, 1)
    state = play(*events, over=over, until="2000-07-10").state
    assert len(state.closes) == 30 and set(state.closes) == {60}
    assert [scale.since for scale in state.scales] == [day_number(on) for on in ("2000-02-16", "2000-05-01", "2000-07-03")]


def test_rst4_a_change_that_is_carried_forward_moves_nothing():
    small = cn.CashDividend("2000-06-01", "0.1", market_price=50)
    ledger = play(small, until="2001-02-16")
    assert len(ledger.state.scales) == 1
    [reset] = ledger.of_kind("reset")
    assert reset.rules == ("RST-1", "RST-2", "RST-3")


BEFORE = dataclasses.replace(
    NOTE, withdrawal=dataclasses.replace(NOTE.withdrawal, days=30, before_issue=True, short_period=False)
)


def test_wdr1_closes_before_the_issue_count_as_far_as_a_period_that_ends_on_the_issue_date():
    # 29 sessions before Wednesday 16 February 2000: the first is Wednesday 5 January.
    met = play(note=BEFORE, over=course(170, first="2000-01-05"), until="2000-03-01").of_kind("trigger-met")
    assert [str(entry.date) for entry in met] == ["2000-02-16"]
    low = course(100, ("2000-01-06", 170), first="2000-01-05")
    assert [str(entry.date) for entry in play(note=BEFORE, over=low, until="2000-03-01").of_kind("trigger-met")] == ["2000-02-17"]
    with pytest.raises(cn.MarketError, match=r"1 of them missing \(2000-01-05\)"):
        play(note=BEFORE, over=course(170, first="2000-01-06"), until="2000-03-01")


@pytest.mark.parametrize("until", ["2000-02-16", "2000-02-17", "2000-03-01"])
def test_a_state_goes_on_with_the_closes_that_it_remembers(until):
    over = course(50, ("2000-02-17", 170), first="2000-02-16")
    whole = play(over=over, until="2000-06-01")
    state = play(over=over, until=until).state
    later = course(170, first="2000-02-17") if until == "2000-02-16" else over
    on = play(over=later, state=state, until="2000-06-01")
    assert [str(entry.date) for entry in on.of_kind("trigger-met")] == ["2000-03-16"]  # the 20th session from 17 February
    assert on.entries == tuple(entry for entry in whole if str(entry.date) > until)


def test_a_state_that_remembers_no_close_goes_on_with_the_next_one():
    # The state of Thursday 29 June 2000; the first of 20 closes is Friday's, the last is that of 28 July.
    state = dataclasses.replace(play(until="2000-06-29").state, observed=())
    on = play(over=course(170, first="2000-06-30"), state=state, until="2000-08-01")
    assert [str(entry.date) for entry in on.of_kind("trigger-met")] == ["2000-07-28"]


def test_a_note_that_looks_back_on_a_single_close_remembers_one():
    one = dataclasses.replace(
        NOTE, withdrawal=dataclasses.replace(NOTE.withdrawal, days=1, period=1), reset=None, adjustment=None
    )
    over = course(50, ("2000-06-01", 170))
    state = play(note=one, over=over, until="2000-05-31").state
    assert len(state.observed) == 1
    on = play(note=one, over=over, state=state, until="2000-06-30")
    assert [str(entry.date) for entry in on.of_kind("trigger-met")] == ["2000-06-01"]


@pytest.mark.parametrize("shares", [2, 3, "0.7"])
@pytest.mark.parametrize("cash", [40, 41, 47, 57])
def test_wdr1_exactly_at_the_trigger_is_not_above_also_after_a_merger(shares, cash):
    """What a conversion share stands for is compared exactly: in float64, 2 x 63.9575 + 40 is more than 167.915."""
    at = (Fraction("167.915") - cash) / Fraction(shares)
    merger = cn.Merger("2000-06-01", shares=shares, cash=cash)
    for closes, met in ((at, []), (at + Fraction(1, 10**9), ["2000-06-28"]), (at - Fraction(1, 10**9), [])):
        ledger = play(merger, over=course(100, ("2000-06-01", closes)), until="2000-08-01")
        assert [str(entry.date) for entry in ledger.of_kind("trigger-met")] == met


@pytest.mark.parametrize(("levels", "met"), [((170, 80, 40), 0), ((160, 84, 40), 1), ((160, 80, 42), 2)])
def test_rst4_a_close_is_compared_with_the_trigger_of_its_own_share(levels, met):
    # 167.915 before both splits, 83.9575 between them, 41.97875 after: twenty closes above in one of the three, and no more.
    splits = cn.Split("2000-03-17", 2, 1), cn.Split("2000-04-17", 2, 1)
    before, between, after = levels
    over = course(before, ("2000-03-17", between), ("2000-04-17", after), ("2000-05-16", 1))
    ledger = play(*splits, over=over, until="2000-06-30")
    # the 20th session from 16 February, 17 March and 17 April 2000
    assert [str(entry.date) for entry in ledger.of_kind("trigger-met")] == [("2000-03-15", "2000-04-13", "2000-05-15")[met]]


def test_wdr1_the_last_close_of_a_history_counts():
    # 19 closes above from 1 June, one below, and the last one, on 29 June, above again.
    over = course(100, ("2000-06-01", 170), ("2000-06-28", 100), ("2000-06-29", 170), last="2000-06-29")
    ledger = play(over=over, until="2000-06-29")
    assert [str(entry.date) for entry in ledger.of_kind("trigger-met")] == ["2000-06-29"]


def test_three_closes_that_are_missing_are_all_named():
    over = course(50, without=("2001-05-02", "2001-05-03", "2001-05-04"))
    with pytest.raises(cn.MarketError, match=r"3 of them missing \(2001-05-02, 2001-05-03, 2001-05-04\): give them"):
        play(over=over)
