"""Soft calls: a call only where a condition on closes is met (SFT-1), until a day, whole or not, to a last day (SFT-2)."""

import dataclasses
from datetime import date, timedelta
from fractions import Fraction

import pytest

import convnote as cn
from convnote.calendars import to_date
from convnote.policies import Above, AtOnce
from tests.oracles import soft_call as oracle

GREEN = """
name = "callable-above-140"
[principal]
issue_date = 2021-03-01
maturity_date = 2027-03-15
issue_size = 230_000_000
currency = "USD"
trading_days = "NASDAQ"
[interest]
rate = "2.25%"
frequency = 2
day_count = "30/360"
[conversion]
rate = 31.6206
[redemption]
prices = [[2024-03-15, 1.00]]
notice_at_least = 20
notice_at_most = 60
condition = { days = 20, period = 30, multiple = 1.40, of = "in-force", strict = false, ends = "day-before-notice" }
[adjustment]
"""
NOTICE = cn.RedemptionNotice("2024-07-01", "2024-08-01")


def green(**settings):
    note = cn.loads(GREEN)
    condition = settings.pop("condition", {})
    if condition is not None:
        settings["condition"] = dataclasses.replace(note.redemption.condition, **condition)
    else:
        settings["condition"] = None
    return dataclasses.replace(note, redemption=dataclasses.replace(note.redemption, **settings))


def sessions(note):
    return [to_date(day) for day in note.principal.sessions.between(note.principal.issue_day, note.principal.maturity_day)]


def closes(note, high="44.28", on=20, before="2024-07-01", otherwise="40"):
    """The last `on` closes before a day at one figure, all others at another."""
    days = sessions(note)
    last = [day for day in days if str(day) < before][-on:] if on else []
    return cn.MarketHistory(dates=days, closes=[high if day in last else otherwise for day in days], currency="USD")


def called(note, history, *before, notice=NOTICE, until="2024-07-31"):
    return cn.replay(note, history, events=[*before, notice], until=until).of_kind("redemption-notice")


def refusal(note, history, *before, notice=NOTICE):
    with pytest.raises(cn.LifecycleError) as error:
        called(note, history, *before, notice=notice, until=max(str(notice.on), "2024-07-31"))
    return str(error.value)


# --- SFT-1


@pytest.mark.parametrize(("close", "worth", "holds"), [("44.27", "1399.843962", False), ("44.28", "1400.160168", True)])
def test_sft1_one_close_at_140_percent_of_the_price_of_31_6206_shares(close, worth, holds):
    note = green(condition={"days": 1, "period": 1})
    left, right = note.redemption.condition.sides(close, rate="31.6206", base=1000)
    assert (left, right) == (Fraction(worth), 1400)
    if holds:
        assert len(called(note, closes(note, close, 1))) == 1
    else:
        assert "SFT-1" in refusal(note, closes(note, close, 1)) and "0 of 1" in refusal(note, closes(note, close, 1))


def test_sft1_twenty_of_thirty_closes_allow_a_call_and_nineteen_are_told():
    note = green()
    [entry] = called(note, closes(note))
    assert "20 of 30 closes to 2024-06-28 meet the condition" in entry.text
    assert {"RED-1", "RED-2", "SFT-1"} <= set(entry.rules)
    assert "19 of 30" in refusal(note, closes(note, on=19)) and "(SFT-1)" in refusal(note, closes(note, on=19))


def test_sft1_at_the_level_counts_only_where_the_paper_says_at_or_above():
    note = dataclasses.replace(cn.loads(GREEN), conversion=cn.provisions.Conversion(price=40))
    at = closes(note, "56", 20)
    assert called(note, at)
    strict = dataclasses.replace(note.redemption.condition, strict=True)
    assert "0 of 30" in refusal(dataclasses.replace(note, redemption=dataclasses.replace(note.redemption, condition=strict)), at)


def test_sft1_the_period_ends_on_the_day_before_the_notice_or_on_it():
    note, high_on_the_day = green(), closes(green(), on=20, before="2024-07-02")
    assert "19 of 30" in refusal(note, high_on_the_day)
    assert called(green(condition={"ends": "notice"}), high_on_the_day)
    on_sunday = cn.RedemptionNotice("2024-06-30", "2024-08-01")
    for ends in ("notice", "day-before-notice"):
        assert called(green(condition={"ends": ends}), closes(note), notice=on_sunday)


def test_sft1_a_close_long_enough_ago_no_longer_counts_and_within_looks_back():
    note = green(condition={"days": 30})
    then = closes(note, on=30, before="2024-06-26")
    assert "27 of 30" in refusal(note, then)
    assert "27 of 30" in refusal(green(condition={"days": 30, "within": 3}), then)
    assert called(green(condition={"days": 30, "within": 4}), then)
    assert "SFT-1" in refusal(green(condition={"days": 20, "within": 4, "and_last": True}), then)


def test_sft1_fewer_closes_than_a_period_are_enough_only_where_the_paper_says_so():
    early = {"prices": [["2021-03-20", 1]], "notice_at_least": 0}
    notice = cn.RedemptionNotice("2021-04-06", "2021-04-20")
    history = closes(green(), on=24, before="2021-04-06")
    assert "24 of 25" in refusal(green(**early), history, notice=notice)
    assert called(green(condition={"short_period": True}, **early), history, notice=notice, until="2021-04-10")
    first_day = cn.RedemptionNotice("2021-03-01", "2021-04-20")
    assert "no trading day since the issue" in refusal(green(**early), history, notice=first_day)


def test_sft1_a_level_of_the_price_in_force_moves_with_an_adjustment_and_a_figure_by_rst4():
    split = cn.Split("2024-06-17", new=2, old=1)
    note, days = green(), sessions(green())
    halved = [
        "44.28" if "2024-05-20" < str(day) < "2024-06-17" else "22.14" if str(day) >= "2024-06-17" else "40" for day in days
    ]
    history = cn.MarketHistory(dates=days, closes=halved, currency="USD")
    figure = cn.provisions.Condition(days=20, period=30, figure="44.28", of="figure", strict=False, ends="day-before-notice")
    initial = dataclasses.replace(note.redemption.condition, of="initial")
    for condition in (note.redemption.condition, figure, initial):
        moved = dataclasses.replace(note, redemption=dataclasses.replace(note.redemption, condition=condition))
        [entry] = called(moved, history, split)
        assert "27 of 30" in entry.text
        assert "18 of 30" in refusal(moved, history)


def test_sft1_a_reset_moves_the_price_in_force_and_not_the_initial_one():
    reset = cn.provisions.Reset(dates=["2024-06-17"], floor="20")
    note = dataclasses.replace(green(), reset=reset)
    low = closes(note, "36", 9, otherwise="25")  # 9 closes from 17 June on, at 144% of the new price of 25
    easier = {"days": 9, "period": 10}
    for of, allowed in (("in-force", True), ("initial", False)):
        terms = dataclasses.replace(note.redemption, condition=dataclasses.replace(note.redemption.condition, of=of, **easier))
        each = dataclasses.replace(note, redemption=terms)
        if allowed:
            assert called(each, low)
        else:
            assert "0 of 10" in refusal(each, low)


def test_sft1_against_closes_counted_one_by_one():
    note, days = green(condition={"days": 13, "period": 20}), sessions(green())
    places = [place for place, day in enumerate(days) if date(2024, 3, 1) <= day <= date(2024, 9, 30)]
    figures = ["44.27" if (place * 7919) % 13 < 5 else "44.28" for place in range(len(days))]
    history = cn.MarketHistory(dates=days, closes=figures, currency="USD")
    held = oracle.closes_that_hold(figures, ["31.6206"] * len(days), "1.40", 1000, strict=False)
    answers = set()
    for place in places[::5]:
        for shift in (0, 1, 2):
            on = days[place] + timedelta(days=shift)
            right, count = oracle.allowed(days, held, on, 13, 20, "day-before-notice")
            notice = cn.RedemptionNotice(on, on + timedelta(days=30))
            if right:
                assert called(note, history, notice=notice, until=on)
            else:
                assert f"{count} of 20" in refusal(note, history, notice=notice)
            answers.add(right)
    assert answers == {True, False}


def test_sft1_a_policy_calls_on_the_first_day_on_which_the_condition_is_met():
    note = green()
    history = closes(note, "60", 400, before="2025-06-02")
    [entry] = cn.replay(note, history, policy=cn.Policy(), until="2025-12-31").of_kind("redemption-notice")
    # 60 from 2023-10-26 on; the first notice is 20 days before 2024-03-15
    assert str(entry.date) == "2024-02-26"
    late = closes(note, "60", 25, before="2024-07-01")
    for redeem in (Above(1.3), AtOnce()):
        [entry] = cn.replay(note, late, policy=cn.Policy(redeem=redeem), until="2025-12-31").of_kind("redemption-notice")
        assert str(entry.date) == "2024-06-24"  # the day after the twentieth of them
    assert not cn.replay(note, closes(note, "60", 19), policy=cn.Policy(), until="2026-12-31").of_kind("redemption-notice")


def test_sft1_a_missing_close_is_named():
    note, days = green(), sessions(green())
    history = cn.MarketHistory(
        dates=[day for day in days if str(day) != "2024-06-03"], closes=["50"] * (len(days) - 1), currency="USD"
    )
    with pytest.raises(cn.MarketError, match=r"DAY-1.*2024-06-03|2024-06-03.*"):
        called(note, history)


def test_sft1_a_replay_split_inside_the_period_changes_nothing():
    note = dataclasses.replace(green(), reset=cn.provisions.Reset(dates=["2024-06-17"], floor="30"))
    history = closes(note, "60", 20)
    whole = cn.replay(note, history, events=[NOTICE], until="2024-08-05")
    for day in ("2024-05-15", "2024-06-14", "2024-06-17", "2024-06-20", "2024-06-28", "2024-06-30"):
        first = cn.replay(note, history, until=day)
        later = cn.MarketHistory(
            dates=[each for each in sessions(note) if str(each) > day],
            closes=[history.exact_close(n) for n in history.days.tolist() if str(to_date(n)) > day],
            currency="USD",
        )
        rest = cn.replay(note, later, events=[NOTICE], state=first.state, until="2024-08-05")
        assert [str(entry) for entry in (*first, *rest)] == [str(entry) for entry in whole]


def test_sft1_the_condition_is_told_everywhere():
    note = green()
    assert cn.loads(cn.dumps(note)) == note
    odd = green(condition={"multiple": "0.9"}).check()
    assert [each.rule for each in odd if each.rule.startswith("SFT") and "assumed" not in each.message] == ["SFT-1"]
    assert not [each for each in note.check() if each.rule == "SFT-1"]
    with pytest.raises(cn.TermsError, match=r"redemption.condition.days \(SFT-1\)"):
        cn.loads(GREEN.replace("days = 20", "days = 31"))


def test_sft1_the_parts_of_a_condition_beside_one_another_are_told_where_they_belong():
    apart = GREEN.partition("condition =")[0] + "trigger_multiple = 1.3\ndays = 20\nperiod = 30\n"
    with pytest.raises(cn.TermsError) as error:
        cn.loads(apart)
    assert len(error.value.faults) == 3 and all("condition = a table such as { days = 20" in each for each in error.value.faults)


def test_sft1_a_condition_made_easier_or_taken_away_needs_each_holder():
    note = dataclasses.replace(green(), consent=cn.provisions.Consent(majority="0.5"))

    def rule(**settings):
        proposed = dataclasses.replace(green(**settings), consent=note.consent)
        return {each.setting: each.requirement.rule for each in note.amendments(proposed)}

    assert rule(condition={"multiple": "1.3"}) == {"redemption.condition": "AMD-2"}
    assert rule(condition={"multiple": "1.5"}) == {"redemption.condition": "AMD-1"}
    assert rule(condition=None) == {"redemption.condition": "AMD-2"}
    assert rule(until="2025-03-15") == {"redemption.until": "AMD-2"}
    assert rule(last="10 business days before") == {"redemption.last": "AMD-1"}


# --- SFT-2


def test_sft2_on_the_day_and_after_it_no_condition_is_needed():
    note = green(until="2025-03-15")
    low = closes(note, on=0)
    for redemption, allowed in (("2025-03-14", False), ("2025-03-15", True)):
        notice = cn.RedemptionNotice("2025-02-03", redemption)
        if allowed:
            [entry] = called(note, low, notice=notice, until="2025-03-01")
            assert "SFT-2" in entry.rules and "SFT-1" not in entry.rules and " hold" not in entry.text
        else:
            assert "0 of 30" in refusal(note, low, notice=notice)


def test_sft2_all_notes_or_none_and_a_last_redemption_date():
    history = closes(green())
    part = dataclasses.replace(NOTICE, principal=1_000_000)
    assert called(green(), history, notice=part)
    assert "(SFT-2)" in refusal(green(whole_only=True), history, notice=part)
    assert called(green(whole_only=True), history)
    assert called(green(last="2024-08-01"), history)
    assert "(SFT-2)" in refusal(green(last="2024-07-31"), history)
    # 26 trading days before 2027-03-15
    late = green(condition=None, last="26 trading days before")
    for day, allowed in (("2027-02-04", True), ("2027-02-05", False)):
        notice = cn.RedemptionNotice("2027-01-04", day)
        if allowed:
            assert called(late, closes(late), notice=notice, until="2027-01-05")
        else:
            assert "(SFT-2)" in refusal(late, closes(late), notice=notice)
    assert "(RED-1)" in refusal(green(condition=None), closes(green()), notice=cn.RedemptionNotice("2027-02-10", "2027-03-15"))


def test_sft2_the_days_are_rows_of_the_schedule():
    rows = cn.schedule(green(until="2025-03-20", last="26 trading days before"))
    assert [(str(row.date), str(row.kind)) for row in rows if row.rule == "SFT-2"] == [
        ("2025-03-20", "hard-call"),
        ("2027-02-04", "last-call"),
    ]
    assert not [row for row in cn.schedule(green()) if row.rule == "SFT-2"]


def test_sft2_a_policy_gives_no_notice_for_a_day_after_the_last():
    note = green(condition=None, last="2024-04-04")
    history = closes(note, "60", 10, before="2024-03-16", otherwise="30")
    [entry] = cn.replay(note, history, policy=cn.Policy(), until="2024-04-01").of_kind("redemption-notice")
    assert str(entry.date) == "2024-03-04"
    later = closes(note, "60", 1, before="2024-03-16", otherwise="30")
    assert str(later.dates[later.closes > 50][0])[:10] == "2024-03-15"
    assert cn.replay(note, later, policy=cn.Policy(), until="2024-04-01").of_kind("redemption-notice")
    after = closes(note, "60", 1, before="2024-03-19", otherwise="30")
    assert not cn.replay(note, after, policy=cn.Policy(), until="2024-06-01").of_kind("redemption-notice")


def test_sft2_contradictions_and_findings():
    with pytest.raises(cn.TermsError, match=r"redemption.until \(SFT-2\).*condition"):
        green(condition=None, until="2025-03-15")
    with pytest.raises(cn.TermsError, match=r"redemption.last \(SFT-2\).*2024-03-15"):
        green(last="2024-03-14")
    assert [each.rule for each in green(until="2024-03-15").check() if each.rule == "SFT-2" and "until" in each.message]
    assert [each.rule for each in green(last="900 trading days before").check() if "last redemption" in each.message] == ["SFT-2"]
