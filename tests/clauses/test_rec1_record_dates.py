"""Record dates stated as days of the year: REC-1."""

import dataclasses
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import day_number, to_date
from convnote.provisions.record_dates import RecordDates

from ..oracles import timing
from .lives import live

AMAZON = cn.load("amazon-peacs-2010")


def with_records(*entries, maturity="2027-12-01", frequency=2, **settings):
    principal = dataclasses.replace(AMAZON.principal, issue_date="2022-12-01", maturity_date=maturity, certificates={})
    interest = dataclasses.replace(AMAZON.interest, frequency=frequency, record_days=None, record_dates=list(entries), **settings)
    return dataclasses.replace(AMAZON, principal=principal, interest=interest, reset=None, withdrawal=None, redemption=None)


def test_rec1_the_ith_entry_is_for_the_ith_payment_of_a_year():
    note = with_records("05-15", "11-15")
    dates = [(str(each.record_date), str(each.payment_date)) for each in note.interest.coupons()]
    assert dates[:3] == [("2023-05-15", "2023-06-01"), ("2023-11-15", "2023-12-01"), ("2024-05-15", "2024-06-01")]


def test_rec1_the_record_date_may_lie_in_the_year_before():
    note = with_records("12-26", "06-26", maturity="2028-01-10", first_payment="2023-07-10")
    dates = {str(each.payment_date): str(each.record_date) for each in note.interest.coupons()}
    assert dates["2024-01-10"] == "2023-12-26" and dates["2023-07-10"] == "2023-06-26"


def test_rec1_the_schedule_the_register_and_the_window_follow_it():
    interest = dataclasses.replace(AMAZON.interest, record_days=None, record_dates=["02-08"])
    note = dataclasses.replace(AMAZON, interest=interest)
    rows = [row for row in cn.schedule(note) if row.kind == "record"]
    assert [str(row.date) for row in rows][:2] == ["2001-02-08", "2002-02-08"] and "coupon due 2001-02-16" in rows[0].text
    for day, paid_in in (("2001-02-08", 0), ("2001-02-09", 1)):
        ledger = live(note, cn.Convert(day, 1000), until="2001-12-31")
        assert len(ledger.of_kind("interest-paid-in")) == paid_in
        assert str(ledger.of_kind("record")[0].date) == "2001-02-08"
    assert ("record dates", "02-08", "REC-1") in note.summary().rows
    assert (
        str(note.interest.bears_from("2003-02-09")) == "2003-02-16"
        and str(note.interest.bears_from("2003-02-08")) == "2002-02-16"
    )


def test_rec1_a_date_that_is_the_count_of_days_gives_the_same_life():
    by_dates = dataclasses.replace(
        AMAZON, interest=dataclasses.replace(AMAZON.interest, record_days=None, record_dates=["02-01"])
    )
    events = [cn.Convert("2001-02-05", 1_000_000), cn.Transfer("2001-02-06", 5000, holder="issue", to="B")]
    one, other = (live(each, *events) for each in (AMAZON, by_dates))
    assert one.entries == other.entries
    assert cn.schedule(AMAZON).table().rows == cn.schedule(by_dates).table().rows


def test_rec1_is_stated_once_and_as_often_as_there_are_payments():
    with pytest.raises(cn.TermsError, match=r"interest.record_dates \(REC-1\).*one of the two"):
        dataclasses.replace(AMAZON.interest, record_dates=["02-01"])
    sheet = cn.dumps(with_records("05-15", "11-15"))
    assert 'record_dates = ["05-15", "11-15"]  # REC-1' in sheet and "record_days" not in sheet
    assert cn.loads(sheet) == with_records("05-15", "11-15")
    with pytest.raises(cn.TermsError, match=r"interest.record_dates \(REC-1\).*one of the two"):
        cn.loads(sheet.replace("record_dates", "record_days = 15\nrecord_dates"))
    with pytest.raises(cn.TermsError, match=r"\(REC-1\): .*; expected as many as there are payments a year, 2"):
        with_records("05-15")
    for wrong in ("02-30", "02-29", "2-1", 5):
        with pytest.raises(cn.TermsError, match=r"interest.record_dates \(REC-1\).*05-15"):
            dataclasses.replace(AMAZON.interest, record_days=None, record_dates=[wrong])


def test_rec1_other_record_dates_depend_on_who_holds():
    changed = dataclasses.replace(AMAZON.interest, record_days=None, record_dates=["02-08"])
    other = dataclasses.replace(AMAZON, interest=changed)
    for before, after in ((AMAZON, other), (other, AMAZON)):
        [amendment] = before.amendments(after)
        assert (amendment.setting, amendment.requirement.rule) == ("interest.record_dates", "AMD-2")
        assert amendment.requirement.depends_on


def test_rec1_a_record_date_before_its_period_is_found():
    note = with_records("05-31", "06-02")
    assert [each.message for each in note.check() if each.rule == "REC-1"] == []
    early = with_records("06-02", "11-15")  # for the payments of June: of the year before
    assert "2023-06-01" in next(each.message for each in early.check() if each.rule == "REC-1")


@given(
    st.sampled_from([1, 2, 4]),
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 28)), min_size=4, max_size=4),
    st.dates(date(2027, 1, 1), date(2028, 12, 28)),
)
def test_rec1_agrees_with_a_reading_of_the_paper(frequency, entries, maturity):
    entries = entries[:frequency]
    note = with_records(*(f"{month:02}-{day:02}" for month, day in entries), maturity=maturity, frequency=frequency)
    interest, whole_years = note.interest, [to_date(due) for due in note.interest.due_days]
    for year in range(2023, maturity.year):
        dues = [due for due in whole_years if due.year == year]
        if len(dues) < frequency:
            continue
        for due, entry in zip(dues, entries, strict=True):
            assert to_date(interest.record_day(day_number(due))) == timing.record_date(due, entry)
    dues = np.array([*interest.due_days, 0])
    assert interest.record_day(dues).tolist() == [interest.record_day(due) for due in interest.due_days] + [0]
    days = np.arange(note.principal.issue_day, note.principal.maturity_day)
    assert interest.window_due(days).tolist() == [interest.window_due(int(day)) for day in days]


def test_rec1_without_a_payment_before_maturity_there_is_no_record_date():
    """All interest is then in the payment at maturity (STP-2): no day, and no array of days, has one."""
    none = RecordDates(["02-01"], [], [2])
    assert none.of(11000) == 0 and none.of(np.array([0, 11000])).tolist() == [0, 0]
    one = RecordDates(["02-01"], [int(day_number("2001-02-16"))], [2])
    assert str(to_date(one.of(int(day_number("2001-02-16"))))) == "2001-02-01" and one.of(0) == 0
