"""Who decides what in a replay under a policy: each position by what it would get, and nothing that the record decides itself."""

import numpy as np
import pytest

import convnote as cn
from convnote.policies import Above, Ask, AtOnce, Boundary, Never, Policy

from .walk import HIGH, LOW, NOTE, by_holder, course

TWO = {"A": 460_000_000, "B": 230_000_000}
#: A holder who converts at once, and a Company that does nothing.
EAGER = Policy(withdraw=Never(), redeem=Never(), convert=Above("0.001"))


def under(policy, *events, over=HIGH, **more):
    return cn.replay(NOTE, over, events=events, policy=policy, **more)


def days(ledger, kind):
    return [str(entry.date) for entry in ledger.of_kind(kind)]


# --- each position


@pytest.mark.parametrize("names", ["AB", "BA"])
def test_wdr4_each_position_compares_its_own_make_whole(names):
    # The trigger is met on the 20th close at 170, 22 February 2001; the withdrawal takes effect on Saturday 24 March, and the
    # last conversion is on the 23rd. A's one Note was paid 68.94, so 137.31 is left to it; B's were paid 47,567,396.82 on
    # 689,999: 68.938356… each, so 137.311643… is left. 119.3574 / 0.104947 = 1,137.311214…: between the two.
    over = course(110, ("2001-01-25", 170), ("2001-03-01", "119.3574"))
    holders = {"A": 1_000, "B": 689_999_000}
    ledger = under(Policy(), over=over, positions={name: holders[name] for name in names}, until="2001-04-30")
    assert days(ledger, "withdrawal-notice") == ["2001-02-22"]
    assert [(entry.holder, str(entry.date)) for entry in ledger.of_kind("conversion")] == [("A", "2001-03-23")]


def test_wdr4_the_order_of_the_positions_decides_nothing_for_the_company():
    # Above the mean of what is left to the two, 1,137.311640…, the Company withdraws; the answer is asked of all Notes.
    over = course(110, ("2001-01-25", 170))
    policy = Policy(withdraw=Above("1.1", of="amount"), convert=Never())
    ledgers = [under(policy, over=over, positions=each) for each in (TWO, dict(reversed(TWO.items())))]
    assert sorted(by_holder(ledgers[0], "make-whole")) == sorted(by_holder(ledgers[1], "make-whole")) != []
    assert days(ledgers[0], "withdrawal-notice") == days(ledgers[1], "withdrawal-notice") == ["2001-02-22"]


def test_cnv2_what_is_called_in_part_converts_on_its_last_day_if_that_is_worth_more():
    # 110 / 0.104947 = 1,048.15 against 1,000 and interest of 23.73 for 126 days: to 2003-06-22, a Sunday; the last
    # Business Day before it is Friday the 20th.
    call = cn.RedemptionNotice("2003-05-22", "2003-06-22", 69_000_000)
    ledger = under(Policy(withdraw=Never(), redeem=Never()), call, positions=TWO, until="2003-07-31")
    assert [(entry.holder, str(entry.date), entry.principal) for entry in ledger.of_kind("conversion")] == [
        ("A", "2003-06-20", 46_000_000),
        ("B", "2003-06-20", 23_000_000),
    ]
    assert ledger.of_kind("redemption") == []


# --- notice before the first redemption date (RED-2)


@pytest.mark.parametrize(
    "answer",
    [
        AtOnce(),
        Above("1.01"),
        Above("1.01", of="amount"),
        Boundary(["2000-02-16"], [1010]),
        Ask(lambda on, close, view: close > view.conversion_price),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_red2_the_first_redemption_is_on_the_first_date_in_replay_and_simulation(answer):
    # 30 days before Thursday 20 February 2003 is Tuesday 21 January, a trading day.
    policy = Policy(withdraw=Never(), redeem=answer, convert=Never())
    ledger = under(policy)
    assert days(ledger, "redemption-notice") == ["2003-01-21"] and days(ledger, "redemption") == ["2003-02-20"]
    still = cn.Lognormal(as_of="2000-02-16", spot=110, volatility=0, rate=0, hazard_rate=0, recovery=0)
    outcomes = cn.simulate(NOTE, still, paths=3, seed=0, policy=policy)
    assert {str(day) for day in outcomes.end_date} == {"2003-02-20"}


def test_red2_the_longest_notice_is_given_sixty_days_before():
    # 60 days before 20 February 2003 is Sunday 22 December: the first trading day on or after it calls for 21 February.
    policy = Policy(withdraw=Never(), redeem=AtOnce(), convert=Never(), redemption_notice=60)
    ledger = under(policy, over=LOW)
    assert days(ledger, "redemption-notice") == ["2002-12-23"] and days(ledger, "redemption") == ["2003-02-21"]


# --- a decision on record


def test_the_scenario_with_a_notice_on_record_replays_under_a_policy():
    ledger = cn.replay(NOTE, cn.scenario("rally"), policy=Policy())
    assert days(ledger, "withdrawal-notice") == ["2000-07-06"]


def test_a_recorded_call_is_the_companys_decision():
    call = cn.RedemptionNotice("2005-03-01", "2005-04-01", 100_000_000)
    policy = Policy(withdraw=Never(), redeem=AtOnce(), convert=Never())
    # The policy calls what is left as soon as the record has nothing more to say.
    assert days(under(policy, call, over=LOW), "redemption-notice") == ["2005-03-01", "2005-03-02"]


def test_a_recorded_conversion_is_that_holders_decision_and_no_other_holders():
    ledger = under(EAGER, cn.Convert("2000-06-01", 1_000, holder="A"), positions=TWO, until="2000-12-31")
    assert [(str(entry.date), entry.holder, entry.principal) for entry in ledger.of_kind("conversion")] == [
        ("2000-02-16", "B", 230_000_000),
        ("2000-06-01", "A", 1_000),
        ("2000-06-02", "A", 459_999_000),
    ]


def test_a_conversion_by_an_unnamed_holder_is_the_whole_issues_decision():
    ledger = under(EAGER, cn.Convert("2000-06-01", 1_000, holder="somebody"), until="2000-12-31")
    assert days(ledger, "conversion") == ["2000-06-01", "2000-06-02"]


def test_what_a_recorded_election_needs_is_not_converted_before_it():
    change = cn.FundamentalChange("2001-06-01"), cn.FundamentalChangeNotice("2001-06-01")
    ledger = under(EAGER, *change, cn.RepurchaseElection("2001-06-15", 60_000_000, holder="A"), positions=TWO)
    assert [(entry.holder, entry.principal) for entry in ledger.of_kind("conversion")] == [
        ("A", 400_000_000),
        ("B", 230_000_000),
    ]
    assert by_holder(ledger, "repurchase") == [("2001-07-01", "A", "61525684.93")]  # 60,000,000 x (1 + 0.06875 x 135/365)


def test_fch2_a_recorded_notice_of_a_change_is_not_given_twice():
    quiet = Policy(withdraw=Never(), redeem=Never(), convert=Never(), put=Never())
    change, notice = cn.FundamentalChange("2001-06-01"), cn.FundamentalChangeNotice("2001-06-04")
    assert days(under(quiet, change, notice, over=LOW), "fundamental-change-notice") == ["2001-06-04"]
    # The notice on record is that of the second change, so the first is noticed by the policy, on the tenth day.
    first = cn.FundamentalChange("2000-06-01")
    given = days(under(quiet, first, change, notice, over=LOW), "fundamental-change-notice")
    assert given == ["2000-06-11", "2001-06-04"]


def test_an_own_policys_decision_gives_way_to_the_record_too():
    class Converts:
        def decide(self, note, state, on, observations):
            return [cn.Convert(str(np.datetime64(on, "D")), 1_000, holder=name) for name in state.positions]

        def respond(self, note, state, event, observations):
            return []

    ledger = under(Converts(), cn.Convert("2000-02-18", 5_000, holder="A"), positions=TWO, until="2000-02-21")
    assert [(str(entry.date), entry.holder, entry.principal) for entry in ledger.of_kind("conversion")] == [
        ("2000-02-16", "B", 1_000),
        ("2000-02-17", "B", 1_000),
        ("2000-02-18", "A", 5_000),
        ("2000-02-18", "B", 1_000),
    ]


def test_an_early_conversion_is_not_compared_with_an_amount_that_nobody_pays():
    with pytest.raises(cn.TermsError, match=r"Policy.convert: got Above.*; nothing is paid instead of an early conversion"):
        Policy(convert=Above(1, of="amount"))
