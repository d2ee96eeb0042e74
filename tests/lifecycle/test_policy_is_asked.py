"""What a policy is handed when it is asked, and what becomes of what it decides."""

import pytest

import convnote as cn
from convnote.calendars import day_number
from convnote.lifecycle import State
from convnote.replays.observations import Observations

from .refused import ABOVE
from .walk import LOW, NOTE, course, money, play


class Asked:
    """Keeps what it is handed; converts all that is outstanding on `converts`, when a default or a change is told."""

    def __init__(self, converts=None):
        self.converts, self.days, self.told = converts, [], []

    def _looks(self, note, state, observations):
        assert note is NOTE and isinstance(state, State) and isinstance(observations, Observations)
        assert observations.note is NOTE and observations.history is LOW

    def decide(self, note, state, on, observations):
        self._looks(note, state, observations)
        assert state.day <= on
        self.days.append(on)
        return []

    def respond(self, note, state, event, observations):
        self._looks(note, state, observations)
        self.told.append(event)
        return [cn.Convert(event.on, state.outstanding)] if self.converts == str(event.on) else []


def test_a_policy_is_asked_on_every_session_and_told_of_changes_and_defaults():
    policy = Asked()
    change, default = cn.FundamentalChange("2000-03-01"), cn.Default("2000-03-10", recovered="0.4")
    cn.replay(NOTE, LOW, events=[change, default], policy=policy, until="2000-03-15")
    sessions = list(NOTE.principal.sessions.between(int(day_number("2000-02-16")), int(day_number("2000-03-15"))))
    # On the day of the default only what is left is decided on, and afterwards nothing is left: the table ignores the rest.
    assert policy.days == [day for day in sessions if day != day_number("2000-03-10")]
    assert policy.told == [change, default]


def test_cnv5_what_is_converted_before_a_default_is_still_paid_its_coupon_of_record():
    policy = Asked(converts="2001-02-05")
    ledger = cn.replay(NOTE, LOW, events=[cn.Default("2001-02-05", recovered="0.4")], policy=policy)
    assert ledger.state.status is cn.Status.CONVERTED and not ledger.of_kind("default")
    assert money(ledger, "interest-paid-in", "coupon") == [("2001-02-05", "-47567465.75"), ("2001-02-16", "47567465.75")]


def test_wdr1_that_the_trigger_was_met_is_told_once_though_a_split_brings_it_forward():
    # As quoted the trigger is met from 3 July on; after the split, 84 of 83.9575 is above from 1 June on.
    over = course(100, ("2000-06-01", 84), ("2000-07-03", 170))
    told = play(cn.Split("2000-06-01", 2, 1), over=over, until="2000-12-01").of_kind("trigger-met")
    assert [str(entry.date) for entry in told] == ["2000-06-28"]


def test_wdr1_a_gap_after_the_withdrawal_hides_nothing():
    over = course(110, ("2000-06-01", 170), without=("2001-05-02",))
    given = cn.WithdrawalNotice("2000-07-20", "2000-08-21")
    assert play(given, over=over).entries == play(given, over=ABOVE).entries
    with pytest.raises(cn.MarketError, match="2001-05-02"):
        play(over=over, until="2001-06-01")


def test_a_state_of_the_issue_date_remembers_its_close():
    state = play(until="2000-02-16").state
    issue = int(day_number("2000-02-16"))
    assert state.observed[-1] == (issue, 50) and len(state.observed) == 30 and state.highest == (issue, 50)
    before = play(until="2000-02-15").state
    assert before.observed == () and before.highest is None


def test_a_ledger_says_where_its_closes_come_from():
    assert play().source == LOW.source != ""
