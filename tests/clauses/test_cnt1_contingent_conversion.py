"""Contingent conversion: windows after quarters of high closes (CNT-1), low prices of the note (CNT-2), calls (CNT-3)."""

import dataclasses
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number, to_date
from convnote.lifecycle.agenda import due_events
from convnote.lifecycle.state import State
from convnote.provisions import Condition, ContingentConversion, TradingPrice
from tests.oracles import contingent as oracle

ROYAL = cn.load("rcl-2021")
SHEET = """
name = "contingent"
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
price = 40
[contingent_conversion]
free_from = 2026-09-15
quarter = { days = 20, period = 30, multiple = 1.30, of = "in-force", strict = true, ends = "notice" }
[redemption]
prices = [[2024-03-15, 1.00]]
[fundamental_change]
[adjustment]
"""
UNIT = 1_000_000


def a_note(**settings):
    note = cn.loads(SHEET)
    return dataclasses.replace(note, contingent_conversion=dataclasses.replace(note.contingent_conversion, **settings))


def on_condition(**parts):
    return a_note(quarter=dataclasses.replace(a_note().contingent_conversion.quarter, **parts))


def trading_days(note):
    terms = note.principal
    return [to_date(day) for day in terms.sessions.between(terms.issue_day, terms.maturity_day)]


def closes_of(note, *, end="2023-03-31", count=20, high="52.01", low="52", **series):
    """The last `count` closes to a quarter-end at one figure, all others at another."""
    days = trading_days(note)
    last = [day for day in days if str(day) <= end][-count:] if count else []
    return cn.MarketHistory(dates=days, closes=[high if day in last else low for day in days], currency="USD", **series)


def converted(note, history, on, *before):
    return cn.replay(note, history, events=[*before, cn.Convert(on, UNIT)], until=max(on, "2024-12-31")).of_kind("conversion")


def refusal(note, history, on, *before):
    with pytest.raises(cn.LifecycleError) as error:
        converted(note, history, on, *before)
    return str(error.value)


def windows_of(ledger):
    return [
        (entry.kind.removeprefix("conversion-"), str(entry.date))
        for entry in ledger.of_kind("conversion-opens", "conversion-closes")
    ]


# --- CNT-1: the quarter after a quarter-end


def test_cnt1_royal_caribbean_held_on_2004_03_31_and_converts_from_2004_04_01_to_2004_06_30():
    history = closes_of(ROYAL, end="2004-03-31", high="46.40", low="30")
    for on in ("2004-04-01", "2004-06-30"):
        [entry] = cn.replay(ROYAL, history, events=[cn.Convert(on, UNIT)], until="2004-12-31").of_kind("conversion")
        assert entry.shares == 11_715 and "CNT-1" in entry.rules
    for on in ("2004-03-31", "2004-07-01"):
        assert "(CNT-1)" in refusal(ROYAL, history, on)
    ledger = cn.replay(ROYAL, history, events=[], until="2020-12-31")
    assert windows_of(ledger) == [("opens", "2004-04-01"), ("closes", "2004-06-30")]
    assert "20 of 30 closes to 2004-03-31 meet the condition" in ledger.of_kind("conversion-opens")[0].text
    assert [entry.rules for entry in ledger.of_kind("conversion-opens", "conversion-closes")] == [("CNT-1",), ("CNT-1",)]


@pytest.mark.parametrize(
    ("until", "closes"),
    [
        ("2023-06-29", []),  # the right ends first: END-1 ends it, and the period is never closed
        ("2023-06-30", [("2023-06-30", ("CNT-1", "END-1"))]),
        ("2023-07-01", [("2023-06-30", ("CNT-1",))]),
        (None, [("2023-06-30", ("CNT-1",))]),
    ],
)
def test_cnt1_a_window_that_ends_with_the_right_to_convert_is_closed_on_that_day(until, closes):
    note = a_note(free_from=None)
    note = dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, until=until))
    history = closes_of(note)
    ledger = cn.replay(note, history, events=[])
    found = ledger.of_kind("conversion-closes")
    assert [(str(entry.date), entry.rules) for entry in found] == closes
    assert [entry.text for entry in found if "END-1" in entry.rules] == [
        "Today is the last day of this conversion period and of the right to convert." for _, rules in closes if "END-1" in rules
    ]
    last = "2023-06-29" if until == "2023-06-29" else "2023-06-30"
    assert converted(note, history, last)[0].shares == 25_000


def test_cnt1_a_window_that_ends_at_maturity_is_not_closed_for_no_note_is_left():
    principal = dataclasses.replace(a_note().principal, maturity_date="2023-06-30")
    note = dataclasses.replace(a_note(free_from=None), principal=principal)
    ledger = cn.replay(note, closes_of(note), events=[])
    assert windows_of(ledger) == [("opens", "2023-04-01")] and ledger.warnings == ()
    assert str(ledger.state.status) == "matured"


def test_cnt1_outside_a_window_a_conversion_is_refused_with_the_count():
    history = closes_of(ROYAL, end="2004-03-31", count=19, high="46.40", low="30")
    told = refusal(ROYAL, history, "2004-04-01")
    assert "(CNT-1)" in told and "19 of 30 closes satisfied it" in told and "2004-03-31" in told
    assert "no quarter-end has been tested yet" in refusal(ROYAL, history, "2001-02-15")


def test_cnt1_twenty_of_thirty_open_and_nineteen_do_not():
    note = a_note()
    assert converted(note, closes_of(note), "2023-04-03")[0].shares == 25_000
    assert "19 of 30" in refusal(note, closes_of(note, count=19), "2023-04-03")


def test_cnt1_the_closes_before_the_period_and_after_the_quarter_end_do_not_count():
    note = a_note()
    days = trading_days(note)
    end = days.index(date(2023, 3, 31))
    for first, last, held in ((end - 29, end, 30), (end - 48, end - 10, 20), (end - 49, end - 11, 19), (end + 1, end + 40, 0)):
        closes = ["52.01" if first <= place <= last else "52" for place in range(len(days))]
        history = cn.MarketHistory(dates=days, closes=closes, currency="USD")
        if held >= 20:
            assert converted(note, history, "2023-04-03")
        else:
            assert f"{held} of 30" in refusal(note, history, "2023-04-03")


@pytest.mark.parametrize(
    ("strict", "close", "opens"), [(True, "52", False), (True, "52.01", True), (False, "52", True), (False, "51.99", False)]
)
def test_cnt1_a_close_at_the_level_counts_only_where_the_paper_says_at_or_above(strict, close, opens):
    note = on_condition(strict=strict)
    history = closes_of(note, high=close, low="20")
    assert bool(windows_of(cn.replay(note, history, events=[], until="2024-12-31"))) is opens


def test_cnt1_the_period_ends_on_the_last_trading_day_of_the_quarter_whatever_the_condition_says_of_notices():
    for parts in ({}, {"ends": "day-before-notice"}, {"looked_at": "quarter-end"}):
        note = on_condition(**parts)
        history = closes_of(note, end="2022-12-30")  # the quarter ends on a Saturday
        assert windows_of(cn.replay(note, history, events=[], until="2023-12-31")) == [
            ("opens", "2023-01-01"),
            ("closes", "2023-03-31"),
        ]


def test_cnt1_the_first_quarter_end_looked_at_is_a_setting():
    history = closes_of(a_note())
    for first, opens in (("2023-03-31", True), ("2023-01-01", True), ("2023-04-01", False), ("2023-06-30", False)):
        note = a_note(first_quarter=first)
        assert bool(windows_of(cn.replay(note, history, events=[], until="2024-12-31"))) is opens
    assert "no quarter-end has been tested yet" in refusal(a_note(first_quarter="2023-06-30"), history, "2023-04-03")


def test_cnt1_fewer_closes_than_a_period_open_only_where_the_paper_says_so():
    late = dataclasses.replace(a_note().principal, issue_date="2021-03-05")
    for short, opens in ((False, False), (True, True)):
        note = dataclasses.replace(on_condition(short_period=short, days=15), principal=late)
        history = closes_of(note, end="2021-03-31", count=16)
        assert bool(windows_of(cn.replay(note, history, events=[], until="2021-12-31"))) is opens


def test_cnt1_from_the_free_date_on_that_day_included_a_note_always_converts():
    note = a_note()
    history = closes_of(note, count=0)
    assert converted(note, history, "2026-09-15")[0].rules.count("CNT-1") == 1
    assert "0 of 30" in refusal(note, history, "2026-09-14")
    assert windows_of(cn.replay(note, history, events=[])) == [("opens", "2026-09-15")]


def test_cnt1_a_window_that_reaches_the_free_date_stays_open():
    note = a_note()
    ledger = cn.replay(note, closes_of(note, end="2026-06-30"), events=[])
    assert windows_of(ledger) == [("opens", "2026-07-01")]


def test_cnt1_two_quarters_in_a_row_are_one_window():
    note = a_note()
    ledger = cn.replay(note, closes_of(note, end="2023-06-30", count=90), events=[], until="2024-12-31")
    assert windows_of(ledger) == [("opens", "2023-04-01"), ("closes", "2023-09-30")]


def test_cnt1_for_ever_once_met_stays_open_to_the_end():
    note = a_note(for_ever=True, free_from=None)
    history = closes_of(note)
    assert windows_of(cn.replay(note, history, events=[])) == [("opens", "2023-04-01")]
    assert converted(note, history, "2027-03-15")
    assert "(CNT-1)" in refusal(note, history, "2023-03-31")
    assert "(CNT-1)" in refusal(a_note(free_from=None), history, "2027-03-15")


def test_cnt1_the_level_moves_with_the_price_in_force():
    """A split in the middle of the period halves the price: closes of 26.01 after it are as high as 52.01 before it."""
    note = a_note()
    days = trading_days(note)
    split = date(2023, 3, 15)
    closes = ["52.01" if day < split else "26.01" for day in days]
    history = cn.MarketHistory(dates=days, closes=closes, currency="USD")
    ledger = cn.replay(note, history, events=[cn.Split(str(split), 2, 1)], until="2023-12-31")
    assert ("opens", "2021-07-01") in windows_of(ledger) and windows_of(ledger)[-1][0] == "opens"
    lower = cn.MarketHistory(dates=days, closes=["52.01" if day < split else "26" for day in days], currency="USD")
    ledger = cn.replay(note, lower, events=[cn.Split(str(split), 2, 1)], until="2023-12-31")
    assert windows_of(ledger)[-1] == ("closes", "2023-03-31")


def test_cnt1_a_multiple_of_the_initial_price_does_not_move_with_resets_but_with_splits():
    note = on_condition(of="initial")
    days = trading_days(note)
    closes = ["52.01" if day < date(2023, 3, 15) else "26.01" for day in days]
    history = cn.MarketHistory(dates=days, closes=closes, currency="USD")
    ledger = cn.replay(note, history, events=[cn.Split("2023-03-15", 2, 1)], until="2023-12-31")
    assert windows_of(ledger)[-1][0] == "opens"
    assert ("closes", "2023-03-31") in windows_of(cn.replay(note, history, events=[], until="2023-12-31"))


def test_cnt1_the_accreted_level_is_that_of_each_day():
    """One close for good: it is above 120% of the accreted value per share until that has grown past it (ACC-1)."""
    level = {
        end: oracle.accreted_level(
            end, multiple="1.2", rate="11.7152", denomination=1000, yield_="0.04875", frequency=2,
            maturity=date(2021, 2, 2), includes_the_day=True,
        )
        for end in (date(2004, 3, 31), date(2004, 6, 30))
    }  # fmt: skip
    between = round(float(sum(level.values())) / 2, 2)
    assert level[date(2004, 3, 31)] < Fraction(str(between)) < level[date(2004, 6, 30)]
    history = closes_of(ROYAL, count=0, low=str(between))
    ledger = cn.replay(ROYAL, history, events=[], until="2005-12-31")
    # on 2004-06-30 the last twenty of thirty closes lie below their own levels
    assert windows_of(ledger)[-1] == ("closes", "2004-06-30")
    assert converted(ROYAL, history, "2004-06-30") and "(CNT-1)" in refusal(ROYAL, history, "2004-07-01")


def test_cnt1_random_closes_open_the_days_that_the_oracle_counts():
    rng = np.random.default_rng(3)
    note = a_note(
        first_quarter="2022-01-01",
        quarter=Condition(days=12, period=20, multiple="1.1", of="in-force", strict=True, ends="notice"),
    )
    days = trading_days(note)
    sessions = note.principal.sessions
    opened = 0
    for _ in range(6):
        closes = np.round(44 * np.exp(np.cumsum(rng.normal(0, 0.01, len(days)))), 2)
        ledger = cn.replay(note, cn.MarketHistory(dates=days, closes=closes, currency="USD"), events=[])
        exact = {day: Fraction(str(close)) for day, close in zip(days, closes.tolist(), strict=True)}
        windows = windows_of(ledger)
        for day in (note.issue_date + timedelta(days=step) for step in range(0, 2205, 3)):
            last = [kind for kind, on in windows if on < str(day)][-1:]
            is_now = last == ["opens"] or ("opens", str(day)) in windows
            wanted = oracle.converts(
                day, exact, lambda _: 44, lambda on: bool(sessions.is_open(day_number(on))),
                needed=12, period=20, strict=True, issue=note.issue_date,
                first_quarter=date(2022, 1, 1), free_from=date(2026, 9, 15),
            )  # fmt: skip
            assert is_now is wanted, day
            opened += wanted and day < date(2026, 9, 15)
    assert opened > 50


def test_cnt1_windows_shrink_as_more_days_are_asked_for():
    rng, note = np.random.default_rng(9), a_note()
    days, before, sizes = trading_days(note), None, []
    closes = np.round(52 * np.exp(rng.normal(0, 0.02, len(days))), 2)
    history = cn.MarketHistory(dates=days, closes=closes, currency="USD")
    for needed in (1, 10, 14, 17, 20, 30):
        opened = {day for kind, day in windows_of(cn.replay(on_condition(days=needed), history, events=[])) if kind == "opens"}
        quarters = _open_quarters(on_condition(days=needed), history)
        assert before is None or quarters <= before
        before = quarters
        sizes.append((len(opened), len(quarters)))
    assert sizes[0][1] > sizes[3][1] > sizes[-1][1]


def _open_quarters(note, history):
    """The quarter-ends on which the condition held."""
    walk, found = cn.Walk(note, history), set()
    for end in note.contingent_conversion.looks:
        walk, _ = walk.step(to_date(end))
        if walk.state.contingent.tested.met:
            found.add(end)
    return found


@pytest.mark.parametrize(
    "on", ["2023-03-30", "2023-03-31", "2023-04-01", "2023-05-15", "2023-06-30", "2023-07-01", "2023-09-15", "2026-09-14"]
)
def test_cnt1_splitting_a_replay_anywhere_changes_nothing(on):
    note, events = a_note(), [cn.Split("2023-03-10", 2, 1), cn.Convert("2023-05-16", UNIT)]
    days = trading_days(note)
    closes = ["55" if day < date(2023, 3, 10) else "27.5" if day < date(2023, 4, 20) else "20" for day in days]
    history = cn.MarketHistory(dates=days, closes=closes, currency="USD")
    whole = cn.replay(note, history, events=events)
    first = cn.replay(note, history, events=[each for each in events if each.on <= date.fromisoformat(on)], until=on)
    rest = cn.replay(note, history, events=[each for each in events if each.on > date.fromisoformat(on)], state=first.state)
    assert first.entries + rest.entries == whole.entries and rest.state == whole.state
    assert len(windows_of(whole)) == 3


def test_cnt1_a_withdrawn_or_ended_right_has_no_windows():
    note = a_note()
    until = dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, until="2023-02-28"))
    assert windows_of(cn.replay(until, closes_of(note), events=[])) == []
    assert "END-1" in refusal(until, closes_of(note), "2023-04-03")


def test_cnt1_missing_closes_are_named_on_the_quarter_end():
    note = a_note()
    days = [day for day in trading_days(note) if day != date(2023, 3, 15)]
    history = cn.MarketHistory(dates=days, closes=["50"] * len(days), currency="USD")
    assert cn.replay(note, history, events=[], until="2023-03-30")
    with pytest.raises(cn.MarketError, match=r"2023-03-15"):
        cn.replay(note, history, events=[], until="2023-03-31")


def test_cnt1_the_schedule_has_the_quarter_ends_and_the_free_date():
    rows = [(str(row.date), str(row.kind), row.rule) for row in cn.schedule(a_note()) if row.rule == "CNT-1"]
    assert rows[0] == ("2021-03-31", "quarter-end", "CNT-1") and rows[-1] == ("2026-09-15", "conversion-free", "CNT-1")
    assert rows[-2] == ("2026-06-30", "quarter-end", "CNT-1") and len(rows) == 23
    assert "20 of 30 closes" in next(row.text for row in cn.schedule(a_note()) if row.kind == "quarter-end")
    first = a_note(first_quarter="2023-05-05")
    assert next(str(row.date) for row in cn.schedule(first) if row.kind == "quarter-end") == "2023-06-30"
    free = a_note(free_from="2026-07-01")  # the window after 2026-06-30 would begin when conversion is free
    assert [str(row.date) for row in cn.schedule(free) if row.kind == "quarter-end"][-1] == "2026-03-31"


def test_cnt1_holders_told_apart_convert_in_the_same_windows():
    note = a_note()
    events = [cn.Convert("2023-04-03", UNIT, holder="A"), cn.Convert("2023-06-30", UNIT, holder="B")]
    positions = {"A": 30_000_000, "B": 200_000_000}
    ledger = cn.replay(note, closes_of(note), events=events, positions=positions, until="2023-12-31")
    assert [entry.holder for entry in ledger.of_kind("conversion")] == ["A", "B"]
    assert len(ledger.of_kind("conversion-opens")) == 1


def test_cnt1_a_policy_converts_only_on_days_of_a_window():
    note = dataclasses.replace(a_note(), redemption=None)
    days = trading_days(note)
    eager = cn.Policy(convert=cn.policies.Above("1.1"))
    for end, first in (("2023-03-31", "2023-04-03"), ("2024-06-28", "2024-07-01")):
        history = cn.MarketHistory(
            dates=days,
            closes=["60" if str(day) > "2022-02-01" and str(day) <= "2023-12-31" else "50" for day in days],
            currency="USD",
        )
        if first == "2024-07-01":
            history = closes_of(note, end=end, high="60", low="51")
        [entry] = cn.replay(note, history, events=[], policy=eager).of_kind("conversion")
        assert str(entry.date) == ("2022-04-01" if first == "2023-04-03" else first)


def test_cnt1_at_maturity_a_note_that_is_never_free_is_paid_unless_a_window_is_open():
    for free, kind in ((None, "maturity"), ("2026-09-15", "conversion")):
        note = dataclasses.replace(a_note(free_from=free), redemption=None)
        ledger = cn.replay(note, closes_of(note, count=0, low="51"), events=[], policy=cn.Policy())
        assert len(ledger.of_kind(kind)) == 1
        silent = cn.replay(note, closes_of(note, count=0, low="51"), events=[])
        assert ("CNV-1" in {rule for _, rule, _ in silent.open_rights}) is (kind == "conversion")


# --- CNT-2: the note's own price

TEST = {"share": "0.98", "days": 5, "open_days": 5}


def priced(note, below=5, last="2023-02-10", low="122.4", high="122.5", without=()):
    """A note quoted per 100: at a close of 50 its conversion value is 125 per 100, and 98% of it is 122.5."""
    days = trading_days(note)
    under = [day for day in days if str(day) <= last][-below:]
    prices = {day: low if day in under else high for day in days if str(day) not in without}
    return closes_of(note, count=0, low="50", series={"note": prices})


def test_cnt2_five_prices_in_a_row_below_98_percent_of_the_value_open_five_business_days():
    note = a_note(trading_price=TEST)
    history = priced(note)
    ledger = cn.replay(note, history, events=[], until="2024-12-31")
    assert windows_of(ledger) == [("opens", "2023-02-13"), ("closes", "2023-02-17")]
    assert "below 98%" in ledger.of_kind("conversion-opens")[0].text
    assert ledger.of_kind("conversion-opens")[0].rules == ("CNT-2",) and ledger.warnings == ()
    for on in ("2023-02-13", "2023-02-17"):
        assert "CNT-2" in converted(note, history, on)[0].rules
    for on in ("2023-02-10", "2023-02-21"):
        assert "(CNT-1)" in refusal(note, history, on)


def test_cnt2_four_in_a_row_or_a_price_at_the_level_open_nothing():
    note = a_note(trading_price=TEST)
    assert windows_of(cn.replay(note, priced(note, below=4), events=[], until="2024-12-31")) == []
    assert windows_of(cn.replay(note, priced(note, low="122.5"), events=[], until="2024-12-31")) == []
    assert "4 of 5 days" in refusal(note, priced(note, below=4), "2023-02-10")


def test_cnt2_each_further_day_below_moves_the_end_on():
    note = a_note(trading_price=TEST)
    assert windows_of(cn.replay(note, priced(note, below=7), events=[], until="2024-12-31")) == [
        ("opens", "2023-02-09"),
        ("closes", "2023-02-17"),
    ]


def test_cnt2_without_prices_of_the_note_it_is_not_observed_and_said():
    note = a_note(trading_price=TEST)
    ledger = cn.replay(note, closes_of(note), events=[], until="2023-12-31")
    assert any("not observed" in warning and "CNT-2" in warning for warning in ledger.warnings)
    assert "not observed" in str(ledger)
    assert "not observed" in refusal(note, closes_of(note), "2023-03-15")
    assert not any(
        "CNT-2" in warning for warning in cn.replay(a_note(), closes_of(a_note()), events=[], until="2023-12-31").warnings
    )


def test_cnt2_a_day_without_a_price_breaks_the_row_and_is_told():
    note = a_note(trading_price=TEST)
    ledger = cn.replay(note, priced(note, without=("2023-02-08",)), events=[], until="2024-12-31")
    assert windows_of(ledger) == []
    assert any("not observed on 1 of" in warning for warning in ledger.warnings)


def test_cnt2_the_price_is_quoted_per_quoted_per_and_the_value_moves_with_the_rate():
    note = a_note(trading_price=TEST)
    per_note = dataclasses.replace(note, principal=dataclasses.replace(note.principal, quoted_per=1000))
    history = priced(per_note, low="1224", high="1225")
    assert windows_of(cn.replay(per_note, history, events=[], until="2024-12-31"))[0] == ("opens", "2023-02-13")
    days = trading_days(note)
    split = cn.Split("2023-02-08", 2, 1)
    halved = cn.MarketHistory(
        dates=days,
        closes=["50" if str(day) < "2023-02-08" else "25" for day in days],
        currency="USD",
        series=priced(note).series
        and {"note": {day: "122.4" if "2023-02-06" <= str(day) <= "2023-02-10" else "122.5" for day in days}},
    )
    assert windows_of(cn.replay(note, halved, events=[split], until="2024-12-31")) == [
        ("opens", "2023-02-13"),
        ("closes", "2023-02-17"),
    ]


def test_cnt2_the_days_in_a_row_are_those_of_the_oracle():
    rng, note = np.random.default_rng(5), a_note(trading_price=TEST)
    days = trading_days(note)
    closes = np.round(50 * np.exp(np.cumsum(rng.normal(0, 0.005, len(days)))), 2)
    quotes = [None if rng.random() < 0.02 else str(round(float(close) * 2.45 + rng.normal(-0.3, 0.5), 2)) for close in closes]
    prices = {day: quote for day, quote in zip(days, quotes, strict=True) if quote is not None}
    history = cn.MarketHistory(dates=days, closes=closes, currency="USD", series={"note": prices})
    values = [Fraction(str(close)) * 25 / 10 for close in closes.tolist()]
    runs = oracle.days_below(quotes, values, "0.98")
    walk, reached = cn.Walk(note, history), 0
    for day, run in list(zip(days, runs, strict=True))[:400]:
        walk, _ = walk.step(day)
        if run is not None:
            assert walk.state.contingent.below == run and walk.state.contingent.observed == day_number(day)
            reached += run >= 5
    assert reached


def test_cnt2_a_replay_may_be_split_inside_the_days_in_a_row():
    note = a_note(trading_price=TEST)
    history = priced(note)
    whole = cn.replay(note, history, events=[], until="2023-12-31")
    for on in ("2023-02-08", "2023-02-10", "2023-02-15"):
        first = cn.replay(note, history, events=[], until=on)
        rest = cn.replay(note, history, events=[], until="2023-12-31", state=first.state)
        assert first.entries + rest.entries == whole.entries and rest.state == whole.state


def test_cnt2_wrong_parts_are_named():
    with pytest.raises(cn.TermsError) as error:
        TradingPrice(share=0, days=0, open_days="five")
    assert [fault.partition(" ")[0].rstrip(":") for fault in error.value.faults] == [f"trading_price.{name}" for name in TEST]
    text = SHEET.replace(
        "[contingent_conversion]", "[contingent_conversion]\ntrading_price = { share = 0.98, days = 5, opendays = 5 }"
    )
    with pytest.raises(cn.TermsError, match=r"contingent_conversion.trading_price.opendays.*open_days"):
        cn.loads(text)


# --- CNT-3: calls and changes

CALL = cn.RedemptionNotice("2024-05-01", "2024-06-14")


def test_cnt3_called_notes_convert_until_their_last_day():
    note = a_note()
    history = closes_of(note, count=0)
    assert "CNT-3" in converted(note, history, "2024-05-01", CALL)[0].rules
    assert converted(note, history, "2024-06-13", CALL)
    assert "(CNT-1)" in refusal(note, history, "2024-04-30", CALL)
    assert "(CNV-2)" in refusal(note, history, "2024-06-14", CALL)
    assert "(CNT-1)" in refusal(a_note(on_call=False), history, "2024-05-15", CALL)


def test_cnt3_of_notes_called_in_part_only_the_called_ones():
    note = a_note()
    part = cn.RedemptionNotice("2024-05-01", "2024-06-14", UNIT)
    history = closes_of(note, count=0)
    assert converted(note, history, "2024-05-15", part)
    told = refusal(note, history, "2024-05-16", part, cn.Convert("2024-05-15", UNIT))
    assert "(CNT-1)" in told
    uncalled = dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, first_converted="uncalled"))
    [entry] = converted(uncalled, history, "2024-05-15", part)
    assert entry.principal == UNIT


def test_cnt3c_on_a_change_until_the_business_day_before_the_repurchase_date():
    note = a_note()
    history = closes_of(note, count=0)
    change = [cn.FundamentalChange("2024-05-01"), cn.FundamentalChangeNotice("2024-05-06")]
    [due] = cn.replay(note, history, events=change, until="2024-12-31").of_kind("fundamental-change-notice")
    ledger = cn.replay(note, history, events=change, until="2024-12-31")
    # 30 days after the notice of 6 May is Wednesday 5 June
    assert windows_of(ledger) == [("opens", "2024-05-01"), ("closes", "2024-06-04")] and "2024-06-05" in due.text
    assert "CNT-3c" in ledger.of_kind("conversion-opens")[0].rules
    for on in ("2024-05-01", "2024-06-04"):
        assert "CNT-3" in converted(note, history, on, *change)[0].rules
    for on in ("2024-04-30", "2024-06-05"):
        assert "(CNT-1)" in refusal(note, history, on, *change)
    assert "(CNT-1)" in refusal(a_note(on_change=False), history, "2024-05-15", *change)


def test_cnt3_for_a_number_of_days_after_a_change_where_the_paper_says_so():
    note = a_note(change_days=15)
    change = [cn.FundamentalChange("2024-05-01"), cn.FundamentalChangeNotice("2024-05-06")]
    history = closes_of(note, count=0)
    assert windows_of(cn.replay(note, history, events=change, until="2024-12-31")) == [
        ("opens", "2024-05-01"),
        ("closes", "2024-05-16"),
    ]
    assert converted(note, history, "2024-05-16", *change) and "(CNT-1)" in refusal(note, history, "2024-05-17", *change)


# --- with the rest of the note


def test_stl1_the_period_before_maturity_is_for_surrenders_from_the_free_date_of_contingent_conversion():
    settlement = cn.provisions.SettlementTerms(method="cash", observation=20, final="21 trading days before")
    note = dataclasses.replace(a_note(), settlement=settlement)
    terms, before = note.settlement, int(day_number("2026-09-14"))
    assert terms.free_day == before + 1
    first = [str(to_date(terms.period(day, note.principal)[0])) for day in (before, before + 1)]
    assert first == ["2026-09-16", str(to_date(note.principal.sessions.before(note.principal.maturity_day, 21)))]
    own = dataclasses.replace(note, settlement=dataclasses.replace(settlement, free_from="2026-10-01"))
    assert own.settlement.free_day == day_number("2026-10-01")


def test_cnt1_what_contradicts_itself_is_refused_and_what_is_odd_is_found():
    for settings, field in (
        ({"quarter": None, "first_quarter": "2022-01-01"}, "first_quarter"),
        ({"quarter": None, "for_ever": True}, "for_ever"),
        ({"on_change": False, "change_days": 10}, "change_days"),
    ):
        with pytest.raises(cn.TermsError, match=rf"contingent_conversion.{field} \(CNT-"):
            a_note(**settings)
    with pytest.raises(cn.TermsError, match=r"contingent_conversion \(CNT-1\)"):
        dataclasses.replace(a_note(), conversion=None)
    for settings in ({"free_from": "2030-01-01"}, {"quarter": None, "free_from": None}, {"first_quarter": "2027-01-01"}):
        assert "CNT-1" in {finding.rule for finding in a_note(**settings).check()}
    said = [finding for finding in a_note().check() if finding.rule.startswith("CNT")]
    assert all("assumed" in finding.message for finding in said)


def test_cnt1_the_consent_that_each_change_needs():
    note = dataclasses.replace(a_note(trading_price=TEST), consent=cn.provisions.Consent())

    def needed(**settings):
        terms = dataclasses.replace(note.contingent_conversion, **settings)
        return [each.requirement.rule for each in note.amendments(dataclasses.replace(note, contingent_conversion=terms))]

    harder = dataclasses.replace(note.contingent_conversion.quarter, days=25)
    easier = dataclasses.replace(note.contingent_conversion.quarter, days=15)
    adverse = [{"free_from": "2026-12-15"}, {"free_from": None}, {"quarter": harder}, {"quarter": None}, {"trading_price": None}]
    adverse += [{"on_call": False}, {"on_change": False}, {"trading_price": {**TEST, "days": 10}}]
    for settings in adverse:
        assert needed(**settings) == ["AMD-2"], settings
    for settings in (
        {"free_from": "2025-12-15"},
        {"quarter": easier},
        {"for_ever": True},
        {"trading_price": {**TEST, "open_days": 10}},
    ):
        assert needed(**settings) == ["AMD-1"], settings
    assert needed(trading_price={**TEST, "days": 10, "open_days": 10}) == ["AMD-2"]
    gone = [each.requirement.rule for each in note.amendments(dataclasses.replace(note, contingent_conversion=None))]
    assert "AMD-2" not in gone


def test_cnt1_an_amendment_that_ends_contingent_conversion_lets_notes_convert_the_next_day():
    note = dataclasses.replace(a_note(), consent=cn.provisions.Consent())
    amended = cn.Amendment("2023-05-10", terms=dataclasses.replace(note, contingent_conversion=None))
    assert converted(note, closes_of(note, count=0), "2023-05-11", amended)
    assert "(CNT-1)" in refusal(note, closes_of(note, count=0), "2023-05-10", amended)


def test_cnt1_a_sheet_says_it_and_reads_it_back():
    note = a_note(trading_price=TEST, change_days=15, first_quarter="2022-01-01", for_ever=True)
    assert cn.loads(cn.dumps(note)) == note
    assert isinstance(note.contingent_conversion, ContingentConversion)
    assert State.opening(note).contingent.windows == ()


def test_cnt2_a_low_price_on_each_day_makes_the_schedule_no_more_often_than_one_on_a_few(monkeypatch):
    note = a_note(quarter=None, trading_price=TradingPrice(share="0.98", days=5, open_days=5), free_from=None)
    days = trading_days(note)
    made = []

    def counted(*asked):
        made.append(asked)
        return due_events(*asked)

    monkeypatch.setattr("convnote.replays.walk.due_events", counted)
    counts = []
    for low in (10, len(days)):  # a denomination converts into 1,000 / 40 = 25 shares of 40: 100 per 100
        prices = {day: 97 if place < low else 99 for place, day in enumerate(days)}
        history = cn.MarketHistory(dates=days, closes=[40] * len(days), currency="USD", series={"note": prices})
        made.clear()
        ledger = cn.replay(note, history, events=[])
        counts.append((len(made), len(ledger.of_kind("conversion-opens"))))
    assert len(days) > 1500 and counts[0] == counts[1] and counts[0][1] == 1
