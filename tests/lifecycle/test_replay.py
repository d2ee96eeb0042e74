"""The walk itself: what it is given, what it needs of the market, where it stops and goes on, who decides."""

import dataclasses
from datetime import date, datetime
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number, to_date

from .walk import AFV, HIGH, ISSUE, LOW, NOTE, PAR, course, kinds, money, play

# --- what it is given ----------------------------------------------------------------------------------------------------


def test_a_day_may_be_a_date_or_words_and_a_number_of_any_kind():
    pandas = pytest.importorskip("pandas")
    days = ["2001-03-01", date(2001, 3, 1), np.datetime64("2001-03-01"), pandas.Timestamp("2001-03-01")]
    amounts = [1000, 1000.0, "1000", np.int64(1000), np.float64(1000), Fraction(1000)]
    plain = play(cn.Convert("2001-03-01", 1000)).entries
    assert len(plain) == 25
    for day in days:
        assert play(cn.Convert(day, 1000)).entries == plain
    for amount in amounts:
        assert play(cn.Convert("2001-03-01", amount)).entries == plain


@pytest.mark.parametrize(
    "make",
    [
        lambda: cn.Convert(datetime(2001, 3, 1, 12, 0), 1000),
        lambda: cn.Convert("1 March 2001", 1000),
        lambda: cn.Convert(20010301, 1000),
        lambda: cn.Convert(None, 1000),
        lambda: cn.Convert("2001-03-01", None),
        lambda: cn.Convert("2001-03-01", "much"),
        lambda: cn.Convert("2001-03-01", float("nan")),
        lambda: cn.Convert("2001-03-01", True),
        lambda: cn.Convert("2001-03-01", 1000, holder=""),
        lambda: cn.Convert("2001-03-01", 1000, holder=7),
        lambda: cn.WithdrawalNotice("2001-03-01", datetime(2001, 4, 2, 9, 30)),
        lambda: cn.RedemptionNotice("2003-05-01", "2003-06-02", 1000, seed=-1),
        lambda: cn.RedemptionNotice("2003-05-01", "2003-06-02", 1000, seed=1.5),
        lambda: cn.RedemptionNotice("2003-05-01", "2003-06-02", 1000, seed=True),
        lambda: cn.MissedPayment("2003-02-16", "the rent"),
        lambda: cn.Split("2001-03-01", 2, None),
    ],
)
def test_an_event_of_wrong_types_is_refused_when_it_is_made(make):
    with pytest.raises(cn.TermsError) as error:
        make()
    assert error.value.field


def test_a_calendar_day_with_a_time_is_no_day_even_for_pandas():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(cn.TermsError, match="time of day"):
        cn.Convert(pandas.Timestamp("2001-03-01 10:00"), 1000)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((None, LOW), "replay note: got None; expected a ConvertibleNote (see cn.load)"),
        (("amazon-peacs-2010", LOW), "replay note: got 'amazon-peacs-2010'; expected a ConvertibleNote (see cn.load)"),
        ((NOTE, None), "replay history: got None; expected a MarketHistory (see cn.scenario)"),
        ((NOTE, "as-it-was"), "replay history: got 'as-it-was'; expected a MarketHistory (see cn.scenario)"),
    ],
)
def test_note_and_history_are_what_they_are(arguments, told):
    with pytest.raises(cn.TermsError) as error:
        cn.replay(*arguments)
    assert str(error.value) == told


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (["2001-03-01"], "replay events: got '2001-03-01'; expected events such as cn.Convert(...)"),
        ([None], "replay events: got None; expected events such as cn.Convert(...)"),
        (
            cn.FundamentalChange("2001-03-01"),
            f"replay events: got {cn.FundamentalChange('2001-03-01')!r}; expected a list of events",
        ),
        (
            [cn.Convert(np.array(["2001-03-01"], "datetime64[D]"), 1000)],
            "Convert.on: expected one value: a replay walks one history",
        ),
        (
            [cn.Convert("2001-03-01", np.array([1000.0, 2000.0]))],
            "Convert.principal: expected one value: a replay walks one history",
        ),
    ],
)
def test_events_are_a_list_of_events_of_one_history(events, told):
    with pytest.raises(cn.TermsError) as error:
        cn.replay(NOTE, LOW, events=events)
    assert str(error.value) == told


def test_what_lies_behind_a_state_is_refused_in_words():
    state = play(until="2002-03-01").state
    for ask, told in (
        (
            {"until": "2002-02-28"},
            "replay until: got 2002-02-28; the note stands at the end of 2002-03-01: only a later day can follow",
        ),
        (
            {"events": [cn.Convert("2002-03-01", 1000)]},
            "Convert.on: got 2002-03-01; the note stands at the end of 2002-03-01: only later events can follow",
        ),
        (
            {"events": [cn.Convert("2000-02-16", 1000)]},
            "Convert.on: got 2000-02-16; the note stands at the end of 2002-03-01: only later events can follow",
        ),
        ({"positions": {"A": 690_000_000}}, "replay positions: positions stand in the state already"),
    ):
        with pytest.raises(cn.TermsError) as error:
            cn.replay(NOTE, LOW, state=state, **{"events": [], **ask})
        assert str(error.value) == told


@pytest.mark.parametrize(
    ("positions", "faults"),
    [
        ([690_000_000], ["positions: got [690000000]; expected principal by holder"]),
        (
            {"A": 690_000_500, "": 1500},
            [
                "positions['A'] (ID-4): got 690000500; expected a positive multiple of 1000",
                "positions[''] (ID-4): got 1500; expected a positive multiple of 1000",
                "positions (ID-2): got ''; expected a holder's name",
            ],
        ),
        ({5: 690_000_000}, ["positions (ID-2): got 5; expected a holder's name"]),
        (
            {"A": 400_000_000, "B": 291_000_000},
            ["positions (ID-2): got 691000000; expected positions that add up to the issue of 690000000"],
        ),
    ],
)
def test_positions_that_cannot_be_are_refused_in_words(positions, faults):
    with pytest.raises(cn.TermsError) as error:
        play(positions=positions)
    assert list(error.value.faults) == faults


def test_holders_that_have_no_position_are_told_who_has():
    with pytest.raises(cn.LifecycleError) as error:
        play(cn.Convert("2001-03-01", 1000, holder="C"), positions={"A": 400_000_000, "B": 290_000_000})
    assert str(error.value) == "Convert (CNV-1): 'C' holds no Notes; holders are A, B"
    state = play(positions={"A": 400_000_000, "B": 290_000_000}, until="2000-03-01").state
    assert state.holding("A") == "A"
    with pytest.raises(KeyError) as nobody:
        state.holding("C")
    assert nobody.value.args == ("C",)
    with pytest.raises(cn.LifecycleError) as error:
        play(cn.Convert("2001-03-01", 1000), positions={"A": 400_000_000, "B": 290_000_000})
    assert str(error.value) == "Convert (CNV-1): a holder must be named; holders are A, B"


def test_events_need_no_order_and_none_means_those_of_the_history():
    events = [cn.Convert("2001-03-01", 1000), cn.Convert("2000-03-01", 1000), cn.Split("2005-03-01", 2, 1)]
    assert play(*events).entries == play(*reversed(events)).entries
    rally = cn.scenario("rally")
    assert cn.replay(NOTE, rally).of_kind("withdrawal-notice")
    assert not cn.replay(NOTE, rally, events=[]).of_kind("withdrawal-notice")


@pytest.mark.parametrize("until", [datetime(2003, 1, 1, 12), "soon", 2003])
def test_until_is_a_day(until):
    with pytest.raises(cn.TermsError) as error:
        play(until=until)
    assert error.value.field == "until"


# --- what it needs of the market -------------------------------------------------------------------------------------------


def test_a_gap_in_a_reset_window_is_refused_by_name():
    # With no withdrawal to watch for, the resets alone look at closes: the 20 before 16 February 2001 begin on 18 January.
    plain = dataclasses.replace(NOTE, withdrawal=None)
    with pytest.raises(cn.MarketError, match="2001-01-30") as error:
        play(over=course(50, without=("2001-01-30",)), note=plain)
    assert error.value.rule == "DAY-1"
    assert play(over=course(50, without=("2001-01-17", "2001-03-01")), note=plain).entries == play(note=plain).entries


def test_a_gap_that_hides_a_close_of_the_trigger_is_refused():
    with pytest.raises(cn.MarketError, match="WDR-1") as error:
        play(over=course(50, without=("2001-05-02", "2001-05-03", "2001-05-04", "2001-05-07")))
    assert str(error.value) == (
        "history (DAY-1): the closes that count for the trigger (WDR-1) are needed and 4 of them missing "
        "(2001-05-02, 2001-05-03, 2001-05-04 …): give them, or stop before with until="
    )
    # Before the gap the question can be answered, and after 19 February 2003 nobody asks for a close.
    early = play(over=course(50, without=("2001-05-02",)), until="2001-05-01")
    assert early.entries == play(until="2001-05-01").entries
    assert play(over=course(50, without=("2003-02-20", "2007-06-01"))).entries == play().entries


def test_a_gap_that_hides_the_close_for_a_fraction_is_refused():
    over = course(50, without=("2005-02-28",))
    assert play(over=over).entries == play().entries
    with pytest.raises(cn.MarketError) as error:
        play(cn.Convert("2005-03-01", 1000), over=over)
    assert str(error.value) == (
        "history (DAY-1): the close before the conversion of 2005-03-01 (CNV-4) is needed and missing (2005-02-28): "
        "give it, or stop before with until="
    )
    assert len(play(cn.Convert("2005-03-02", 1000), over=over).of_kind("conversion")) == 1


def test_a_gap_before_an_adjustment_is_refused_unless_the_market_price_is_on_record():
    over = course(50, without=("2005-02-28",))
    with pytest.raises(cn.MarketError, match="10 closes to 2005-02-28"):
        play(cn.CashDividend("2005-03-01", 5), over=over)
    assert len(play(cn.CashDividend("2005-03-01", 5, market_price=50), over=over).of_kind("adjustment")) == 1


def test_a_history_that_ends_too_early_is_refused_and_what_it_reaches_can_be_asked():
    short = course(50, last="2002-06-28")
    with pytest.raises(cn.MarketError, match="until="):
        play(over=short)
    assert play(over=short, until="2002-06-30").entries == play(until="2002-06-30").entries
    with pytest.raises(cn.MarketError, match="2002-07-01"):
        play(over=short, until="2002-07-01")
    # Nothing looks at a close after 19 February 2003.
    assert play(over=course(50, last="2003-02-19")).entries == play().entries


def test_a_history_that_begins_too_late_is_refused():
    with pytest.raises(cn.MarketError, match="2000-02-16"):
        play(over=course(50, first="2000-02-17"))


def test_closes_on_days_without_trading_are_passed_over_and_reported():
    days = [to_date(day) for day in LOW.days]
    odd = [date(2000, 2, 21), date(2001, 9, 12), date(2005, 5, 7), date(2005, 5, 8), date(2010, 3, 6)]
    together = sorted(days + odd)
    history = cn.MarketHistory(currency="EUR", dates=together, closes=[500 if day in odd else 50 for day in together])
    ledger = play(over=history)
    # The last of them lies after maturity.
    assert ledger.warnings == (
        "closes on 4 days that are not trading days are ignored: 2000-02-21, 2001-09-12, 2005-05-07 … (DAY-1)",
    )
    assert ledger.entries == play().entries
    assert "not trading days" in ledger.explain()


def test_a_worth_that_no_close_tells_is_not_reported():
    call = cn.RedemptionNotice("2005-05-02", "2005-06-06")
    assert [right for _, right, _ in play(call, over=HIGH).open_rights] == ["CNV-1"]
    assert play(call, over=course(110, without=("2005-06-03",))).open_rights == ()


# --- where it stops and goes on -----------------------------------------------------------------------------------------------


def test_until_stops_after_that_day():
    assert kinds(play(until="2001-02-15")) == []
    assert kinds(play(until="2001-02-16")) == [("2001-02-16", "reset"), ("2001-02-16", "coupon")]
    state = play(until="2001-02-16").state
    assert (str(state.on), state.status, state.outstanding) == ("2001-02-16", cn.Status.OUTSTANDING, ISSUE)


def test_until_before_the_issue_nothing_has_happened():
    state = play(until="2000-02-15").state
    assert (state.outstanding, state.closes, state.interest_paid) == (ISSUE, [], 0)
    # From there it goes on as from the issue.
    assert play(state=state).entries == play().entries


def test_a_state_goes_on_after_its_day_and_not_before():
    state = play(until="2003-06-01").state
    for event in (cn.Convert("2003-05-30", 1000), cn.Convert("2003-06-01", 1000, holder="A")):
        if event.holder is None:
            with pytest.raises(cn.TermsError, match="stands at the end of 2003-06-01"):
                play(event, state=state)
        else:  # a Sunday: it counts on Monday
            assert [str(e.date) for e in play(event, state=state).of_kind("conversion")] == ["2003-06-02"]
    with pytest.raises(cn.TermsError, match="only a later day"):
        play(state=state, until="2003-05-31")
    assert play(state=state, until="2003-06-01").entries == ()


def test_a_state_has_its_positions():
    state = play(until="2003-06-01", positions={"A": ISSUE}).state
    with pytest.raises(cn.TermsError, match="stand in the state"):
        play(state=state, positions={"A": ISSUE})
    assert money(play(state=state), "maturity") == [("2010-02-16", "690000000.00")]


def test_a_state_that_goes_on_needs_no_close_of_before():
    state = play(until="2001-02-10").state
    later = course(50, first="2001-02-12")
    assert play(state=state, over=later).entries == play().entries[1:]
    # A conversion of its first day is settled at a close that the state remembers.
    convert = cn.Convert("2001-02-12", 1000)
    assert play(convert, state=state, over=later).entries == play(convert).entries[1:]


def test_a_state_that_goes_on_after_the_last_close_that_matters_needs_none_at_all():
    short = course(50, last="2003-02-19")
    state = play(over=short, until="2004-01-01").state
    assert state.closes == []
    # Nine entries before: three record dates, three coupons, two resets, the end of the right to withdraw.
    assert play(over=course(50, first="2009-01-02"), state=state).entries == play().entries[9:]


def test_a_trigger_met_before_the_state_is_not_told_twice():
    above = course(110, ("2000-06-01", 170))
    state = play(over=above, until="2000-07-03").state
    assert str(to_date(state.last_met)) == "2000-07-03"
    rest = play(over=above, state=state)
    assert not rest.of_kind("trigger-met")
    # Notice may still be given on the strength of what the state remembers.
    quiet = course(110, first="2000-07-05")
    given = play(cn.WithdrawalNotice("2000-07-11", "2000-08-11"), over=quiet, state=state, until="2000-12-31")
    assert given.state.status is cn.Status.WITHDRAWN


def test_a_state_soon_after_the_issue_counts_on():
    # 15 closes above by 8 March 2000, from 16 February on; five more make 15 March the twentieth.
    state = play(over=course(170), until="2000-03-08").state
    assert len([day for day, _ in state.observed if day >= NOTE.principal.issue_day]) == 15
    [met] = play(over=course(170, first="2000-03-09"), state=state).of_kind("trigger-met")
    assert str(met.date) == "2000-03-15"


def test_state_tells_what_stands():
    state = play(cn.Convert("2001-03-01", 90_000_000), over=course(50, ("2001-06-29", 40)), until="2001-06-30").state
    assert (state.outstanding, state.convertible) == (600_000_000, True)
    assert str(state.conversion_price) == "84.883"
    assert (len(state.closes), state.closes[0], state.closes[-1]) == (30, 50, 40)
    assert (str(to_date(state.highest[0])), state.highest[1]) == ("2000-02-16", 50)
    assert state.last_met is None


def test_after_maturity_what_people_did_still_happens_and_what_they_did_later_than_asked_does_not():
    unpaid = cn.MissedPayment("2010-02-16", "principal"), cn.Cure("2010-06-01", "principal")
    assert str(play(*unpaid).state.on) == "2010-06-01"
    assert not play(*unpaid, until="2010-05-31").of_kind("maturity")
    assert str(play().state.on) == "2010-02-16"


# --- who decides --------------------------------------------------------------------------------------------------------------


class Plan:
    """Does on a day what the plan says, and remembers when it was asked."""

    def __init__(self, answers=(), **events):
        self.answers = answers
        self.events = {day_number(event.on): event for event in events.values()}
        self.asked = []

    def decide(self, note, state, on, observations):
        self.asked.append(on)
        return [self.events[on]] if on in self.events else []

    def respond(self, note, state, event, observations):
        self.asked.append(event)
        return self.answers


def test_a_policy_is_asked_once_on_every_trading_day_and_what_it_decides_happens():
    plan = Plan(one=cn.Convert("2001-03-01", 1000), two=cn.RedemptionNotice("2003-05-01", "2003-06-02"))
    ledger = play(policy=plan)
    assert ledger.entries == play(*plan.events.values()).entries
    sessions = list(NOTE.principal.sessions.between(day_number("2000-02-16"), day_number("2010-02-16")))
    assert len(sessions) == 2514
    assert plan.asked == sessions


@pytest.mark.parametrize("on", ["2001-02-16", "2005-02-16"])
def test_a_policy_decides_on_a_day_on_which_something_has_happened_already(on):
    plan = Plan(one=cn.Convert(on, 1000))
    assert play(policy=plan).entries == play(*plan.events.values()).entries


def test_a_policy_is_asked_only_of_the_days_in_question():
    state = play(until="2003-06-01").state
    plan = Plan()
    play(policy=plan, state=state, until="2003-06-06")
    assert [str(to_date(day)) for day in plan.asked] == [f"2003-06-0{day}" for day in (2, 3, 4, 5, 6)]


def test_a_policy_that_asks_for_what_the_note_does_not_allow_is_refused():
    with pytest.raises(cn.LifecycleError, match="CNV-1"):
        play(policy=Plan(one=cn.Convert("2001-03-01", 1500)))


def test_records_and_policy_go_together():
    plan = Plan(one=cn.RedemptionNotice("2003-05-01", "2003-06-02"))
    ledger = play(cn.Convert("2003-05-30", 90_000_000), policy=plan)
    assert ledger.of_kind("redemption")[0].principal == 600_000_000


def test_a_policy_may_convert_before_a_default_takes_what_is_outstanding():
    default = cn.Default("2001-03-01", recovered="0.5")
    part = Plan(answers=[cn.Convert("2001-03-01", 90_000_000)])
    ledger = play(default, policy=part, until="2001-12-31")
    assert kinds(ledger)[-2:] == [("2001-03-01", "conversion"), ("2001-03-01", "default")]
    assert ledger.total("default") == 300_000_000
    # Asked of the default, and of nothing else on that day.
    assert default in part.asked and day_number("2001-03-01") not in part.asked
    whole = play(default, policy=Plan(answers=[cn.Convert("2001-03-01", ISSUE)]), until="2001-12-31")
    assert not whole.of_kind("default")
    assert whole.state.status is cn.Status.CONVERTED


def test_a_policy_may_answer_a_fundamental_change():
    answers = [cn.FundamentalChangeNotice("2001-06-11"), cn.RepurchaseElection("2001-07-11", 10_000_000)]
    change = cn.FundamentalChange("2001-06-01")
    ledger = play(change, policy=Plan(answers=answers), until="2001-12-31")
    assert ledger.entries == play(change, *answers, until="2001-12-31").entries
    assert money(ledger, "repurchase") == [("2001-07-11", "10273116.44")]


def test_another_note_walks_the_same_table():
    ledger = cn.replay(AFV, PAR)
    assert [str(entry.cash) for entry in ledger.of_kind("coupon")] == ["4.00"] * 10
    assert money(ledger, "maturity") == [("2008-01-01", "100.00")]
    assert not ledger.of_kind("record", "reset", "withdrawal-lapse")
