"""`cn.Walk` from outside: a replay split anywhere is one replay, a refusal changes nothing, no step costs more than the first."""

import sys
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import day_number

from ..lifecycle.walk import course
from .own import Purchase

NOTE, HISTORY = cn.load("amazon-peacs-2010"), cn.scenario("as-it-was")
MATURITY = NOTE.maturity_date
HELD = {"A": 400_000_000, "B": 290_000_000}
#: A life in which a notice period, an election, a missed payment, a split and a conversion in waiting lie open on many days.
EVENTS = [
    cn.Convert("2000-06-01", 1_000_000, holder="A"),
    cn.Split("2000-09-01", 2, 1),
    cn.FundamentalChange("2001-06-01"),
    cn.FundamentalChangeNotice("2001-06-11"),
    cn.RepurchaseElection("2001-07-02", 10_000_000, holder="B"),
    cn.MissedPayment("2002-02-19"),
    cn.Cure("2002-03-04"),
    Purchase("2002-06-03", holder="A", principal=2_000_000, price="0.9"),
    cn.Transfer("2003-02-10", 5_000_000, holder="A", to="C"),
    cn.RedemptionNotice("2004-01-20", "2004-02-20", 100_000_000, seed=7),
    cn.Convert("2004-02-12", 1_000_000, holder="C"),
]
#: Under a policy: lives that end by a withdrawal, by a call and by early conversion, each over closes that lead to it.
RECORDED = [cn.Convert("2000-06-03", 1_000_000, holder="A"), cn.Split("2000-09-01", 2, 1), cn.MissedPayment("2002-02-19")]
RECORDED += [cn.Cure("2002-03-04")]
LIVES = {
    "recorded": (EVENTS, None, HISTORY),
    "as it was": ([*RECORDED, cn.FundamentalChange("2002-06-03")], cn.Policy(), HISTORY),
    "withdrawal": (RECORDED[:2], cn.Policy(), course(60, ("2001-03-01", 90), ("2002-01-02", 50))),
    "call": (RECORDED, cn.Policy(withdraw=cn.policies.Never(), redemption_notice=40), course(30, ("2004-03-01", 70))),
    "early": (RECORDED, cn.Policy(convert=cn.policies.Above(0.5)), course(10, ("2003-03-03", 30))),
}


def whole(events=EVENTS, policy=None, positions=HELD, history=HISTORY):
    return cn.replay(NOTE, history, events=events, positions=positions, policy=policy)


def in_full(ledger):
    """All that a ledger says, with what its state has observed."""
    state = ledger.state
    observed = (state.observed, state.last_met, state.highest)
    return ledger.entries, ledger.open_rights, ledger.warnings, repr(state), ledger.explain(), observed


def of_walk(walk):
    return in_full(cn.Ledger.of(walk))


def test_a_walk_of_one_step_is_a_replay():
    walk, flows = cn.Walk(NOTE, HISTORY, positions=HELD).step(MATURITY, EVENTS)
    assert of_walk(walk) == in_full(whole())
    assert walk.flows == flows and walk.day == day_number(MATURITY)
    assert [flow.kind for flow in flows] == [entry.kind for entry in whole()]


days = st.dates(NOTE.issue_date, MATURITY - timedelta(days=1))
#: Inside the notice period of the change and of the call, the closes before a reset, a record window, a missed payment.
windows = st.sampled_from(["2001-06-11", "2001-06-20", "2001-07-11", "2004-01-20", "2004-02-01", "2001-02-10", "2002-02-05"])
splits = st.sets(days | windows.map(date.fromisoformat), max_size=6).map(sorted)


@pytest.mark.parametrize("life", LIVES)
def test_a_replay_split_anywhere_is_one_replay(life):
    events, policy, history = LIVES[life]
    expected = whole(events, policy, history=history)

    @settings(max_examples=15, deadline=None, database=None)
    @given(splits)
    def split(at):
        walk, first = cn.Walk(NOTE, history, positions=HELD, policy=policy).step(NOTE.issue_date, events)
        flows = list(first)
        for until in [*(day for day in at if day > NOTE.issue_date), MATURITY]:
            walk, new = walk.step(until)
            flows += new
        assert of_walk(walk) == in_full(expected)
        assert walk.flows == tuple(flows)

    split()


@settings(max_examples=20, deadline=None, database=None)
@given(splits)
def test_events_given_in_the_step_of_their_day_make_the_same_replay(at):
    walk, left = cn.Walk(NOTE, HISTORY, positions=HELD), list(EVENTS)
    for until in [*at, MATURITY]:
        walk, _ = walk.step(until, [event for event in left if event.on <= until])
        left = [event for event in left if event.on > until]
    assert not left
    assert of_walk(walk) == in_full(whole())


def test_wdr1_the_trigger_is_told_once_wherever_the_walk_is_split():
    high = course(100, ("2000-06-01", 170))
    expected = cn.replay(NOTE, high, events=[])
    walk = cn.Walk(NOTE, high)
    for until in ["2000-03-15", "2000-06-28", "2000-06-29", "2000-06-30", "2001-08-01", MATURITY]:
        walk, _ = walk.step(until)
    assert of_walk(walk) == in_full(expected)
    assert [str(entry.date) for entry in expected.of_kind("trigger-met")] == ["2000-06-28"]


def test_the_lives_under_a_policy_end_as_they_are_meant_to():
    told = {name: {entry.kind for entry in whole(events, policy, history=over)} for name, (events, policy, over) in LIVES.items()}
    assert "withdrawal-notice" in told["withdrawal"] and "redemption-notice" in told["call"]
    assert "conversion" in told["early"] and "maturity" not in told["early"]
    assert {"purchase", "cure", "transfer", "repurchase", "redemption"} <= told["recorded"] | {"cure"}


def test_a_walk_in_the_middle_is_the_replay_until_that_day():
    for until in ("2001-06-20", "2002-02-19", "2004-02-01", "2009-01-02"):
        walk, _ = cn.Walk(NOTE, HISTORY, positions=HELD).step(until, EVENTS)
        assert of_walk(walk) == in_full(cn.replay(NOTE, HISTORY, events=EVENTS, positions=HELD, until=until))


def test_a_walk_goes_on_from_the_state_of_a_ledger():
    before = cn.replay(NOTE, HISTORY, events=EVENTS, positions=HELD, until="2001-06-20")
    later = [event for event in EVENTS if str(event.on) > "2001-06-20"]
    walk, _ = cn.Walk(NOTE, HISTORY, before.state).step(MATURITY, later)
    assert before.entries + cn.Ledger.of(walk).entries == whole().entries


def test_a_refusal_leaves_the_old_walk_as_it_was():
    walk, _ = cn.Walk(NOTE, HISTORY).step("2001-03-01", [cn.Convert("2001-03-01", 1_000_000)])
    told = cn.Ledger.of(walk).explain()
    with pytest.raises(cn.LifecycleError, match="CNV-1") as refused:
        walk.step("2002-03-01", [cn.Convert("2001-06-01", 1_000_000), cn.Convert("2001-09-03", 1500)])
    assert cn.Ledger.of(walk).explain() == told
    assert str(refused.value.walk.state.on) == "2001-06-01" and refused.value.walk.state.outstanding == 688_000_000
    again, _ = walk.step("2002-03-01", [cn.Convert("2001-06-01", 1_000_000)])
    expected = cn.replay(
        NOTE, HISTORY, events=[cn.Convert("2001-03-01", 1_000_000), cn.Convert("2001-06-01", 1_000_000)], until="2002-03-01"
    )
    assert of_walk(again) == in_full(expected)


def test_two_steps_from_one_walk_know_nothing_of_each_other():
    walk, _ = cn.Walk(NOTE, HISTORY).step("2001-03-01", [cn.Convert("2002-03-01", 1_000_000)])
    first, _ = walk.step("2003-03-03", [cn.Convert("2002-06-03", 5_000_000)])
    second, _ = walk.step("2003-03-03", [cn.FundamentalChange("2002-06-03")])
    assert first.state.outstanding == 684_000_000 and second.state.outstanding == 689_000_000
    assert not [flow for flow in first.flows if flow.kind == "fundamental-change"]
    assert str(walk.state.on) == "2001-03-01" and walk.state.outstanding == 690_000_000
    assert {right[1] for right in second.open_rights} - {right[1] for right in first.open_rights} <= {"FCH-1", "FCH-2"}


def test_cnv4_surrenders_of_one_day_are_added_up_across_steps():
    # 1,000 at 104.947 is 9.53 shares: two surrenders added up are 19, one by one they would be 18.
    walk, _ = cn.Walk(NOTE, HISTORY).step("2000-02-25", [cn.Convert("2000-03-01", 1000)])
    walk, flows = walk.step("2000-03-01", [cn.Convert("2000-03-01", 1000)])
    assert [flow.shares for flow in flows if flow.kind == "conversion"] == [19]


def test_a_step_to_maturity_goes_on_to_late_events():
    events = [cn.MissedPayment("2010-02-16", of="principal"), cn.Cure("2010-03-01", of="principal")]
    walk, flows = cn.Walk(NOTE, HISTORY).step(MATURITY, events)
    assert str(walk.state.on) == "2010-03-01" and walk.state.status is cn.Status.MATURED
    assert of_walk(walk) == in_full(cn.replay(NOTE, HISTORY, events=events))
    walk, _ = cn.Walk(NOTE, HISTORY).step(MATURITY, events[:1])
    walk, flows = walk.step("2010-03-15", events[1:])
    assert str(walk.state.on) == "2010-03-15"
    assert [flow.kind for flow in flows] == [entry.kind for entry in cn.replay(NOTE, HISTORY, events=events)][-len(flows) :]


@pytest.mark.parametrize("until", ["2001-03-01", "2001-02-01", "2000-01-03"])
def test_a_day_that_is_not_ahead_is_refused(until):
    walk, _ = cn.Walk(NOTE, HISTORY).step("2001-03-01")
    with pytest.raises(cn.TermsError, match="stands at the end of 2001-03-01: only a later day can follow"):
        walk.step(until)


def test_an_event_that_is_not_ahead_is_refused():
    walk, _ = cn.Walk(NOTE, HISTORY).step("2001-03-01")
    with pytest.raises(cn.TermsError, match=r"Convert\.on.*2001-03-01: only later events can follow"):
        walk.step("2001-06-01", [cn.Convert("2001-03-01", 1000)])
    with pytest.raises(cn.TermsError, match="Walk events"):
        walk.step("2001-06-01", cn.Convert("2001-03-02", 1000))
    with pytest.raises(cn.TermsError, match="until"):
        walk.step(None)
    with pytest.raises(cn.LifecycleError, match="issued on"):
        cn.Walk(NOTE, HISTORY).step("2000-02-01", [cn.Convert("2000-02-01", 1000)])


class Early:
    """A policy that decides for a day that is over."""

    def decide(self, note, state, on, observations):
        return [cn.Convert("2000-02-16", 1000)]

    def respond(self, note, state, event, observations):
        return []


class Once(Early):
    """A policy of a user's own: everything is converted on one day, by what the closes show."""

    def decide(self, note, state, on, observations):
        if state.outstanding and on == day_number("2004-03-01") and observations.close(on) > 40:
            return [cn.Convert(date(2004, 3, 1), state.outstanding)]
        return []


class Half:
    def decide(self, note, state, on, observations):
        return []


def test_an_own_policy_decides_in_replay_and_walk():
    ledger = cn.replay(NOTE, HISTORY, events=[], policy=Once())
    assert [str(entry.date) for entry in ledger.of_kind("conversion")] == ["2004-03-01"]
    walk, _ = cn.Walk(NOTE, HISTORY, policy=Once()).step("2004-02-27")
    assert of_walk(walk.step(MATURITY)[0]) == in_full(ledger)


@pytest.mark.parametrize("make", [lambda policy: cn.Walk(NOTE, HISTORY, policy=policy), lambda policy: whole(policy=policy)])
def test_what_is_not_a_policy_is_refused_by_name(make):
    for wrong in (Half(), cn.Policy, "never"):
        with pytest.raises(cn.TermsError, match=r"policy: got .*expected .*decide"):
            make(wrong)


def test_a_decision_for_a_day_that_is_over_is_refused_by_the_name_of_its_policy():
    with pytest.raises(cn.TermsError, match=r"Early\.decide: got Convert on 2000-02-16"):
        cn.replay(NOTE, HISTORY, events=[], policy=Early())


def operations(act):
    """Function calls, of Python and of C, that an act takes."""
    counted = 0

    def count(frame, what, argument):
        nonlocal counted
        counted += what in ("call", "c_call")

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("policy", [None, cn.Policy()], ids=["recorded", "policy"])
def test_a_step_takes_as_many_operations_at_the_end_as_at_the_beginning(policy):
    sessions = NOTE.principal.sessions.between(int(day_number("2000-02-22")), int(day_number("2004-06-01")))[:1000]
    walk, taken = cn.Walk(NOTE, HISTORY, policy=policy), []
    for day in sessions:
        on = NOTE.issue_date + timedelta(days=day - day_number(NOTE.issue_date))
        made = []
        event = [cn.Convert(on, 1000), cn.Transfer(on, 1000, holder="issue", to="other")][len(taken) % 2 : len(taken) % 2 + 1]

        def step(walk=walk, on=on, event=event, made=made):
            new, flows = walk.step(on, event if isinstance(event[0], cn.Convert) else [])
            made.append((new, flows, new.state))

        taken.append(operations(step))
        walk = made[0][0]
    early, late = sorted(taken[:100]), sorted(taken[900:])
    assert sum(late) <= 1.1 * sum(early), (sum(early), sum(late))
