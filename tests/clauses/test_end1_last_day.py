"""The last day of the right to convert: before maturity (END-1), and of called Notes before their redemption (END-2)."""

import dataclasses
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import calendar, day_number, to_date
from convnote.policies import AtEnd, AtOnce, Policy
from convnote.provisions.day_rules import DayRule

from ..oracles import timing

AMAZON = cn.load("amazon-peacs-2010")

SHEET = """
name = "a-note"
[principal]
issue_date = {issue}
maturity_date = {maturity}
issue_size = 1_050_000_000
currency = "USD"
trading_days = "NASDAQ"
[interest]
rate = 0
frequency = 0
[conversion]
{conversion}
[redemption]
prices = [[{issue}, 1.00]]
notice_at_least = 0
notice_at_most = 90
"""


def sheet(issue, maturity, **conversion):
    conversion = {"rate": "7.0234", **conversion}
    words = "\n".join(f'{name} = "{value}"' if name != "rate" else f"rate = {value}" for name, value in conversion.items())
    return cn.loads(SHEET.format(issue=issue, maturity=maturity, conversion=words))


def flat(note, close=300):
    days = note.principal.sessions.between(note.principal.issue_day, note.principal.maturity_day + 30)
    return cn.MarketHistory(dates=[to_date(day) for day in days], closes=[close] * len(days), currency="USD")


def converted(note, *events, until=None):
    ledger = cn.replay(note, flat(note), events=events, until=until or note.maturity_date)
    return [(str(each.date), each.shares) for each in ledger.of_kind("conversion")]


def refused(note, *events):
    with pytest.raises(cn.LifecycleError) as error:
        cn.replay(note, flat(note), events=events)
    return error.value.rule


# --- END-1


def test_end1_two_trading_days_before_maturity():
    note = sheet("2024-08-15", "2029-08-15", until="2 trading days before")
    assert to_date(note.conversion.last_day) == date(2029, 8, 13)
    assert converted(note, cn.Convert("2029-08-13", 1000)) == [("2029-08-13", 7)]
    assert refused(note, cn.Convert("2029-08-14", 1000)) == "END-1"


def test_end1_the_business_day_before_maturity():
    note = sheet("2011-04-04", "2016-03-15", rate="18.1788", until="1 business day before")
    assert converted(note, cn.Convert("2016-03-14", 1_000_000)) == [("2016-03-14", 18_178)]
    assert refused(note, cn.Convert("2016-03-15", 1_000_000)) == "END-1"


def test_end1_a_date_and_the_row_of_the_schedule():
    note = sheet("2011-04-04", "2016-03-15", until="2016-01-29")
    rows = [(str(row.date), row.rule) for row in cn.schedule(note) if row.kind == "last-conversion"]
    assert rows == [("2016-01-29", "END-1")]
    assert refused(note, cn.Convert("2016-02-01", 1000)) == "END-1"
    of_rule = sheet("2024-08-15", "2029-08-15", until="2 trading days before")
    assert [str(row.date) for row in cn.schedule(of_rule) if row.kind == "last-conversion"] == ["2029-08-13"]
    on_maturity = sheet("2024-08-15", "2029-08-15", until="0 business days before")
    assert [str(row.date) for row in cn.schedule(on_maturity) if row.kind == "last-conversion"] == ["2029-08-15"]


def test_end1_a_surrender_on_a_closed_last_day_counts_on_it():
    saturday = sheet("2011-04-04", "2016-03-15", until="2016-01-30")
    assert converted(saturday, cn.Convert("2016-01-30", 1000)) == [("2016-01-30", 7)]
    assert refused(saturday, cn.Convert("2016-01-31", 1000)) == "END-1"
    sunday = sheet("2011-04-04", "2016-03-15", until="2016-01-31")
    assert converted(sunday, cn.Convert("2016-01-30", 1000)) == [("2016-01-31", 7)]
    monday = sheet("2011-04-04", "2016-03-15", until="2016-02-01")
    assert converted(monday, cn.Convert("2016-01-30", 1000)) == [("2016-02-01", 7)]


def test_end1_no_reset_and_no_withdrawal_is_left_after_the_last_day():
    early = dataclasses.replace(AMAZON, conversion=dataclasses.replace(AMAZON.conversion, until="2001-06-29"))
    assert [str(row.date) for row in cn.schedule(early) if row.kind == "reset"] == ["2001-02-16"]
    history = cn.scenario("as-it-was")
    assert len(cn.replay(early, history).of_kind("reset")) == 1
    # conversion value four times par from then on, which no longer is any reason to call or to withdraw
    days = AMAZON.principal.sessions.between(AMAZON.principal.issue_day - 60, AMAZON.principal.maturity_day)
    rich = [(60 if day < day_number("2001-07-02") else 400) for day in days]
    market = cn.MarketHistory(dates=[to_date(day) for day in days], closes=rich, currency="EUR")
    ledger = cn.replay(early, market, policy=Policy(withdraw=AtOnce()))
    assert {entry.kind for entry in ledger} == {"coupon", "record", "reset", "withdrawal-lapse", "maturity"}


def test_end1_holders_decide_on_the_last_day():
    note = sheet("2024-08-15", "2025-08-15", rate=20, until="5 trading days before")
    last = to_date(note.conversion.last_day)
    days = note.principal.sessions.between(note.principal.issue_day, note.principal.maturity_day)
    for close, ending in ((51, [(str(last), 21_000_000)]), (49, [])):  # 20 x 51 is more than 1,000
        closes = [close if day <= day_number(last) else 100 - close for day in days]
        market = cn.MarketHistory(dates=[to_date(day) for day in days], closes=closes, currency="USD")
        ledger = cn.replay(note, market, policy=Policy(convert=AtEnd()))
        assert [(str(each.date), each.shares) for each in ledger.of_kind("conversion")] == ending


def test_end1_simulated_conversions_are_on_the_last_day():
    note = sheet("2024-08-15", "2025-08-15", rate=20, until="5 trading days before")
    note = dataclasses.replace(note, redemption=None)
    outcomes = cn.simulate(note, cn.Lognormal(as_of="2024-08-15", spot=50, volatility=0.4, rate=0.03), paths=200, seed=1)
    days = set(map(str, outcomes.end_date[outcomes.ending == "converted"]))
    assert days == {str(to_date(note.conversion.last_day))}


def test_end1_settle_refuses_what_counts_after_the_last_day():
    note = sheet("2024-08-15", "2029-08-15", until="2 trading days before")
    assert note.conversion.settle("2029-08-13", 1_000_000, close=300).shares == 7023
    with pytest.raises(cn.TermsError, match=r"conversion.settle on \(END-1\): got .*2029-08-14"):
        note.conversion.settle("2029-08-14", 1_000_000, close=300)


def test_end1_findings_of_days_that_do_not_fit():
    late = sheet("2011-04-04", "2016-03-15", until="2016-04-30")
    assert [each.message for each in late.check() if each.rule == "END-1"] == [
        "the right to convert runs to 2016-04-30, after maturity, 2016-03-15: it ends there"
    ]
    never = sheet("2011-04-04", "2016-03-15", until="2014-01-02", from_date="2015-01-02")
    [found] = [each.message for each in never.check() if each.rule == "END-1"]
    assert "ends on 2014-01-02, before it begins on 2015-01-02" in found
    assert "END-1" not in {each.rule for each in sheet("2011-04-04", "2016-03-15", until="2 trading days before").check()}


def test_end1_is_read_written_and_told():
    for words in ("2 trading days before", "1 business day before", "2016-01-29"):
        note = sheet("2011-04-04", "2016-03-15", until=words)
        assert cn.loads(cn.dumps(note)) == note and words in cn.dumps(note)
        assert ("converts until", str(to_date(note.conversion.last_day)), "END-1") in note.summary().rows
    assert "until" not in cn.dumps(sheet("2011-04-04", "2016-03-15")).replace("called_until", "")
    with pytest.raises(cn.TermsError, match=r"conversion.until \(END-1\)"):
        sheet("2011-04-04", "2016-03-15", until="2 days before")


# --- END-2


@pytest.mark.parametrize(
    ("redemption", "rule", "last"),
    [
        ("2006-06-19", "2 business days before", "2006-06-15"),
        ("2013-11-29", "1 calendar day before", "2013-11-28"),
        ("2025-02-24", "2 trading days before", "2025-02-20"),
        ("2025-02-24", "0 business days before", "2025-02-24"),
        ("2025-02-24", "7 calendar days before", "2025-02-17"),
        ("2025-02-24", "3 business days before", "2025-02-19"),
    ],
)
def test_end2_called_notes_convert_until_their_last_day(redemption, rule, last):
    notice = to_date(day_number(redemption) - 40)
    note = sheet(to_date(day_number(redemption) - 900), to_date(day_number(redemption) + 900), called_until=rule)
    call, after = cn.RedemptionNotice(notice, redemption), to_date(day_number(last) + 1)
    assert converted(note, call, cn.Convert(last, 1_000_000), until=redemption) == [(last, 7023)]
    assert refused(note, call, cn.Convert(after, 1_000_000)) in ("END-2", "CNV-1")
    if str(after) <= redemption:
        assert refused(note, call, cn.Convert(last, 1_000_000), cn.Convert(after, 1_000_000)) == "END-2"


def test_end2_the_whole_issue_called_for_2025_02_24():
    note = sheet("2021-02-19", "2027-02-15", called_until="2 trading days before")
    call = cn.RedemptionNotice("2025-01-24", "2025-02-24")
    assert converted(note, call, cn.Convert("2025-02-20", 1_050_000_000), until="2025-03-01") == [("2025-02-20", 7_374_570)]
    assert refused(note, call, cn.Convert("2025-02-21", 1_000_000)) == "END-2"


def test_end2_only_a_holder_of_called_notes_is_held_to_a_closed_last_day():
    """Of two surrenders on Thanksgiving that of the called holder counts at once, that of the other on Friday."""
    note = sheet("2006-07-12", "2026-06-15", called_until="1 calendar day before")
    events = [
        cn.RedemptionNotice("2013-10-29", "2013-11-29", principal=1000),  # pro rata: of the larger holding
        cn.Convert("2013-11-28", 1_000_000, holder="A"),
        cn.Convert("2013-11-28", 1_000_000, holder="B"),
    ]
    held = {"A": 1_000_000_000, "B": 50_000_000}
    ledger = cn.replay(note, flat(note), events=events, until="2013-12-02", positions=held)
    assert [(each.holder, str(each.date)) for each in ledger.of_kind("conversion")] == [("A", "2013-11-28"), ("B", "2013-11-29")]


def test_end2_what_is_surrendered_over_a_holiday_is_still_added_up():
    note = sheet("2006-07-12", "2026-06-15")
    both = cn.Convert("2013-11-28", 1000), cn.Convert("2013-11-29", 1000)
    assert converted(note, *both, until="2013-12-02") == [("2013-11-29", 14)]  # 2 x 7.0234, not twice 7
    assert converted(note, *reversed(both), until="2013-12-02") == [("2013-11-29", 14)]
    apart = dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, added_up=False))
    assert converted(apart, *both, until="2013-12-02") == [("2013-11-29", 7), ("2013-11-29", 7)]


def test_end2_the_right_revives_if_the_price_is_not_paid():
    note = sheet("2021-02-19", "2027-02-15", called_until="7 calendar days before")
    events = [cn.RedemptionNotice("2025-01-24", "2025-02-24"), cn.MissedPayment("2025-02-24", "redemption")]
    assert converted(note, *events, cn.Convert("2025-02-25", 1_000_000), until="2025-03-03") == [("2025-02-25", 7023)]
    assert refused(note, *events, cn.Convert("2025-02-24", 1_000_000)) == "END-2"
    assert refused(note, *events, cn.Convert("2025-02-18", 1_000_000)) == "END-2"


def test_end2_holders_answer_a_call_on_its_last_day():
    note = sheet("2021-02-19", "2027-02-15", called_until="2 trading days before")
    ledger = cn.replay(note, flat(note), events=[cn.RedemptionNotice("2025-01-24", "2025-02-24")], policy=Policy())
    assert [(str(each.date), each.shares) for each in ledger.of_kind("conversion")] == [("2025-02-20", 7_374_570)]


def test_end2_the_words_of_earlier_sheets_are_read():
    old = {"business-day-before": "1 business day before", "redemption-date": "0 business days before"}
    for words, now in old.items():
        note = sheet("2021-02-19", "2027-02-15", called_until=words)
        assert str(note.conversion.called_until) == now and f'called_until = "{now}"  # CNV-2' in cn.dumps(note)
        assert note == sheet("2021-02-19", "2027-02-15", called_until=now)
    assert AMAZON.conversion.called_until == DayRule(1, "business")


def test_end2_a_call_without_notice_leaves_no_day():
    note = sheet("2021-02-19", "2027-02-15", called_until="2 trading days before")
    found = [each.message for each in note.check() if each.rule == "END-2"]
    assert found == ["a call without notice leaves no day to convert: the right ends 2 trading days before the redemption date"]


def test_end2_no_called_note_converts_after_until():
    note = sheet("2021-02-19", "2027-02-15", called_until="2 trading days before", until="2025-02-14")
    call = cn.RedemptionNotice("2025-01-24", "2025-02-24")
    assert note.conversion.last_called(day_number("2025-02-24")) == day_number("2025-02-14")
    assert converted(note, call, cn.Convert("2025-02-14", 1_000_000), until="2025-03-03") == [("2025-02-14", 7023)]
    assert refused(note, call, cn.Convert("2025-02-18", 1_000_000)) == "END-1"


@given(
    st.integers(0, 9000), st.integers(0, 9), st.sampled_from(["business", "trading", "calendar"]), st.lists(st.integers(-12, 3))
)
def test_end1_days_agree_with_a_walk_over_the_calendar(offset, count, unit, days):
    first = day_number("2000-03-20")
    open_days = {"business": calendar("FED").is_open, "trading": calendar("NASDAQ").is_open, "calendar": lambda day: True}
    maturity = to_date(first + offset)
    last = timing.before(maturity, count, lambda day: open_days[unit](day_number(day)))
    principal = dataclasses.replace(AMAZON.principal, maturity_date=maturity, certificates={})
    note = dataclasses.replace(AMAZON, principal=principal, reset=None, withdrawal=None, redemption=None)
    terms = dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, until=DayRule(count, unit))).conversion
    assert to_date(terms.last_day) == last
    for shift in days:
        on = last + timedelta(days=shift)
        counts = timing.counts_on(on, last, lambda day: calendar("FED").is_open(day_number(day)))
        counted = terms.counted(day_number(on))
        assert (to_date(counted) if counted <= terms.last_day else None) == counts
        assert terms.counted(np.array([day_number(on)])).tolist() == [counted]
