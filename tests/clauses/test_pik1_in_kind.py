"""PIK-1: coupons that become principal. Figures by hand, on invented terms of the usual form."""

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number
from convnote.replays.file_notes import closing
from tests.oracles import not_flat

SHEET = """
name = "in-kind"
[principal]
issue_date = 2022-06-15
maturity_date = 2024-06-15
issue_size = 1_001_000
currency = "USD"
business_days = "weekdays"
trading_days = "weekdays"
[interest]
rate = "6%"
frequency = 2
day_count = "30/360"
record_days = 15
paid = "in-kind"
paid_rounding = 1
paid_rounding_mode = "up"
[conversion]
price = 25
[redemption]
prices = [[2022-12-20, 1]]
[put]
prices = [[2023-09-15, 1]]
[default]
[consent]
"""
NOTE = cn.loads(SHEET)
HELD = {"A": 1_000_000, "B": 1_000}
DAYS = [day for day in np.arange("2022-05-02", "2024-06-20", dtype="datetime64[D]").tolist() if day.weekday() < 5]
HISTORY = cn.MarketHistory(dates=DAYS, closes=[20.0] * len(DAYS), currency="USD")


def replay(note=NOTE, **given):
    return cn.replay(note, HISTORY, **{"positions": HELD, **given})


def with_interest(**changed):
    return dataclasses.replace(NOTE, interest=dataclasses.replace(NOTE.interest, **changed))


def added(ledger, holder):
    return [entry.text for entry in ledger.of_kind("paid-in-kind") if entry.holder == holder]


def test_pik1_each_coupon_becomes_principal_rounded_on_the_holders_position():
    ledger = replay()
    first, second, third = added(ledger, "B")  # 30; 30.90 is 31; 31.83 is 32
    assert "1,000 x 0.06 x 180/360 = 30, rounded up to 1, interest from 2022-06-15" in first
    assert "1,030 x 0.06 x 180/360 = 31, rounded up to 1" in second and second.endswith("USD 1,030 + 31 = 1,061.")
    assert "1,061 x 0.06 x 180/360 = 32, rounded up to 1" in third
    assert [text.rpartition(" = ")[2] for text in added(ledger, "A")] == ["1,030,000.", "1,060,900.", "1,092,727."]
    assert ledger.of_kind("paid-in-kind")[0].rules == ("INT-1", "INT-2", "PIK-1", "PIK-1c")


def test_pik1_the_last_coupon_is_paid_in_cash_with_the_grown_principal():
    ledger = replay()
    coupons = {entry.holder: (entry.date, entry.cash) for entry in ledger.of_kind("coupon")}
    assert coupons == {"A": (date(2024, 6, 15), Decimal("32781.81")), "B": (date(2024, 6, 15), Decimal("32.79"))}
    assert {entry.holder: entry.cash for entry in ledger.of_kind("maturity")} == {"A": 1_092_727, "B": 1_093}
    assert ledger.total("coupon") == Decimal("32814.60")
    assert [entry.date for entry in ledger.of_kind("record")] == [date(2024, 5, 31)]


@pytest.mark.parametrize(
    ("mode", "unit", "grown"), [("down", 1, 1_091), ("half-up", 1, 1_093), ("up", 100, 1_300), ("down", 100, 1_000)]
)
def test_pik1_rounding_is_a_setting(mode, unit, grown):
    """Down: 30, 30 (30.90), 31 (31.80); to a hundred up: each of them 100; down: none, and no entry."""
    ledger = replay(with_interest(paid_rounding=unit, paid_rounding_mode=mode))
    assert {entry.holder: entry.principal for entry in ledger.of_kind("maturity")}["B"] == grown
    assert bool(added(ledger, "B")) is (grown > 1_000)


def test_pik1_growth_agrees_with_the_oracle():
    for rate, mode, unit in (("6%", "up", 1), ("5.37%", "down", "0.01"), ("11%", "half-up", 10)):
        interest = cn.loads(SHEET.replace("6%", rate)).interest
        interest = dataclasses.replace(interest, paid_rounding=unit, paid_rounding_mode=mode)
        for principal in (1_000, 17_000, 999_000):
            expected = not_flat.grown(principal, Fraction(interest.rate), 2, 3, unit, mode)
            assert interest.grown(principal, NOTE.principal.maturity_day) == expected


def test_pik1_conversion_is_of_the_grown_principal():
    ledger = replay(events=[cn.Convert("2023-06-16", 1_061, holder="B")])
    (conversion,) = ledger.of_kind("conversion")
    assert (conversion.shares, conversion.principal, conversion.cash) == (42, 1_061, Decimal("8.80"))  # 42.44 shares, 0.44 x 20
    with pytest.raises(cn.LifecycleError, match="more than"):
        replay(events=[cn.Convert("2023-06-16", 1_062, holder="B")])


def test_pik1c_a_note_converted_after_a_record_date_neither_gets_nor_pays_in_a_coupon_in_kind():
    ledger = replay(events=[cn.Convert("2022-12-14", 1_000, holder="B")])
    assert ledger.of_kind("conversion")[0].shares == 40
    assert not ledger.of_kind("interest-paid-in") and not added(ledger, "B")


def test_pik1c_principal_is_then_in_multiples_of_the_rounding_and_called_as_a_whole():
    assert replay(events=[cn.Convert("2023-06-16", 61, holder="B")]).of_kind("conversion")[0].shares == 2
    with pytest.raises(cn.LifecycleError, match="multiples of 1, not"):
        replay(events=[cn.Convert("2023-06-16", "60.5", holder="B")])
    with pytest.raises(cn.LifecycleError, match="as a whole") as error:
        replay(events=[cn.RedemptionNotice("2023-01-10", "2023-02-15", 1_000)])
    assert error.value.rule == "PIK-1c"


def test_pik1_a_call_across_a_coupon_redeems_the_grown_principal():
    ledger = replay(events=[cn.RedemptionNotice("2022-11-21", "2022-12-22")])
    paid = {entry.holder: (entry.principal, entry.cash) for entry in ledger.of_kind("redemption")}
    assert paid["B"] == (1_030, Decimal("1031.20"))  # and 7 days of 6% on 1,030: 1.2017
    assert ledger.state.outstanding == 0


def test_pik1_a_put_elected_before_a_coupon_is_of_the_grown_principal():
    ledger = replay(events=[cn.PutElection("2023-08-20", 1_061, holder="B")])
    (put,) = ledger.of_kind("put")
    assert (put.principal, put.cash) == (1_061, Decimal("1076.92"))  # 90 days of 6%: 15.915
    assert [entry.holder for entry in ledger.of_kind("put-election", "put")] == ["B", "B"]


def test_pik1_a_put_after_low_closes_before_a_coupon_is_of_the_grown_principal():
    """Put on Friday, 9 December, and paid on the 16th, a day after 30 was added: one day of 6% on 1,030 is 0.1717."""
    low = cn.provisions.Condition(days=1, period=1, multiple="0.9", of="in-force", strict=True, below=True, ends="notice")
    note = dataclasses.replace(NOTE, conditional_put=cn.provisions.ConditionalPut(condition=low))
    ledger = replay(note, events=[cn.PutElection("2022-12-09", 1_000, holder="B")], until="2023-03-01")
    (put,) = ledger.of_kind("put")
    assert (put.date, put.principal, put.cash) == (date(2022, 12, 16), 1_030, Decimal("1030.17"))
    assert ledger.state.positions["B"].outstanding == 0


def test_pik1c_an_election_is_withdrawn_in_multiples_of_the_rounding():
    note = dataclasses.replace(NOTE, fundamental_change=cn.provisions.FundamentalChange())
    change = [cn.FundamentalChange("2022-08-01"), cn.FundamentalChangeNotice("2022-08-02")]
    elected = [*change, cn.RepurchaseElection("2022-08-05", 1_000, holder="B")]
    with pytest.raises(cn.LifecycleError, match="a multiple of 1, at most 1,000, can be withdrawn"):
        replay(note, events=[*elected, cn.RepurchaseElectionWithdrawal("2022-08-08", "0.5", holder="B")])


def test_pik1_recovery_and_accrued_are_of_the_grown_principal():
    ledger = replay(events=[cn.Default("2023-03-15", "0.5")])
    cash = {entry.holder: entry.cash for entry in ledger.of_kind("default")}
    assert cash["B"] == Decimal("515.00")  # half of 1,030: a share of principal (DEF-4c)


def test_pik1_nothing_is_due_in_cash_so_a_coupon_in_kind_cannot_be_missed():
    with pytest.raises(cn.LifecycleError, match="interest"):
        replay(events=[cn.MissedPayment("2022-12-15", "interest")])
    assert replay(events=[cn.MissedPayment("2024-06-15", "interest")]).of_kind("missed-payment")


def test_pik1_accrued_per_denomination_and_the_schedule():
    rows = [row for row in cn.schedule(NOTE) if row.kind == "coupon"]
    assert [(row.rule, row.amount, row.payment_date) for row in rows[:3]] == [("PIK-1", None, None)] * 3
    assert rows[0].text == "interest from 2022-06-15, 180 days by 30/360, added to principal"
    assert (rows[3].rule, rows[3].amount) == ("INT-1", 30)
    assert [row.date for row in cn.schedule(NOTE) if row.kind == "record"] == [date(2024, 5, 31)]


def test_pik1_a_replay_goes_on_from_a_state():
    whole = replay()
    for stop in ("2022-12-14", "2022-12-15", "2023-07-03", "2024-06-03"):
        first = replay(until=stop)
        later = cn.replay(NOTE, HISTORY, state=first.state)
        assert [(each.date, each.kind, each.cash) for each in (*first.entries, *later.entries)] == [
            (each.date, each.kind, each.cash) for each in whole.entries
        ]


def test_pik1_principal_issued_counts_what_was_added():
    state = replay(until="2023-06-15").state
    assert (state.outstanding, state.further) == (1_061_961, 60_961)
    told = closing(replay(until="2023-06-15"))
    assert "Principal: 1,001,000 + coupons in kind and further issues 60,961 = outstanding 1,061,961." in told


def test_pik1_an_acceleration_adds_nothing_and_interest_runs_on_until_it_is_rescinded():
    events = [
        cn.CovenantDefault("2022-09-01"),
        cn.Acceleration("2022-12-01"),
        cn.Cure("2023-01-10", "covenant"),
        cn.Rescission("2023-01-11"),
    ]
    first, second = added(replay(events=events), "B")
    assert "1,000 x 0.06 x 360/360 = 60, rounded up to 1, interest from 2022-06-15" in first
    assert "1,060 x 0.06 x 180/360 = 32" in second


def test_pik1_yields_refuse():
    with pytest.raises(cn.PricingError) as error:
        cn.analytics.yield_to_maturity(NOTE, 99, "2023-01-03")
    assert error.value.rule == "PIK-1"


def test_pik1_refinance_counts_the_growth_of_the_last_payments():
    """At a rate of 0: from 2023-06-16 on 1,000 x 1.03 is paid with 3% of it, 1,060.90; from the third coupon on 1,030."""
    amounts = np.array([1060.89, 1060.91, 1029.99, 1030.01])
    days = day_number(np.array(["2023-06-16", "2023-06-16", "2023-12-15", "2023-12-15"], dtype="datetime64[D]"))
    found = cn.policies.Refinance(0.0).boundary(NOTE, days, amounts)
    assert found.tolist() == [-np.inf, np.inf, -np.inf, np.inf]


def test_pik1_dilution_and_the_reserve_are_of_the_grown_principal():
    assert cn.reserved_shares(NOTE) == 1_093_820 // 25  # 1,001,000 as one position: 30,030; 30,931 (30,930.9); 31,859 (31,858.83)
    given = {"shares": 1_000_000, "price": 20}
    assert cn.dilution(NOTE, on="2023-01-03", **given).conversion_shares == Decimal(1_031_030) / 25
    with pytest.raises(cn.TermsError, match="added to principal") as error:
        cn.dilution(NOTE, on="2023-01-03", state=cn.replay(NOTE, HISTORY, until="2022-12-01").state, **given)
    assert error.value.rule == "PIK-1"


@pytest.mark.parametrize(
    ("was", "line", "where"),
    [
        ("paid_rounding = 1\n", "", r"interest\.paid_rounding"),
        ('paid_rounding_mode = "up"\n', "", r"interest\.paid_rounding_mode"),
        ('paid = "in-kind"', 'paid = "cash"', r"interest\.paid_rounding"),
        ('paid = "in-kind"', 'paid = "cash or in kind"', r"interest\.paid "),
        ("[redemption]\n", "[redemption]\nmake_whole_amount = 100\n", r"redemption\.make_whole_amount"),
        ('trading_days = "weekdays"', 'trading_days = "weekdays"\nrounded_on = "denomination"', r"principal\.rounded_on"),
    ],
)
def test_pik1_a_sheet_that_does_not_fit_is_refused(was, line, where):
    with pytest.raises(cn.TermsError, match=where) as error:
        cn.loads(SHEET.replace(was, line))
    assert "(PIK-1)" in str(error.value)


def test_pik1_the_sheet_is_written_read_back_and_summed_up():
    assert cn.loads(cn.dumps(NOTE)) == NOTE
    assert ("in kind", "coupons before maturity are added to principal, rounded up to 1", "PIK-1") in NOTE.summary().rows


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"paid": None, "paid_rounding": None, "paid_rounding_mode": None}, {"AMD-2"}),
        ({"paid_rounding_mode": "down"}, {"AMD-2"}),
        ({"paid_rounding": "0.01"}, {"AMD-2"}),
    ],
)
def test_pik1_what_a_change_needs(changed, rules):
    assert {each.requirement.rule for each in NOTE.amendments(with_interest(**changed))} == rules


def test_pik1_an_amendment_to_cash_pays_the_next_coupon_on_what_has_grown():
    cash = with_interest(paid=None, paid_rounding=None, paid_rounding_mode=None)
    ledger = replay(events=[cn.Amendment("2023-06-15", cash)])
    paid = [(entry.date, entry.cash) for entry in ledger.of_kind("coupon") if entry.holder == "B"]
    assert paid == [(date(2023, 12, 15), Decimal("31.83")), (date(2024, 6, 15), Decimal("31.83"))]
    assert int(day_number("2023-12-15")) in cash.interest.cash_days
