"""Laws of the schedule, over notes of any frequency, irregular first periods and rights that may lie outside their life."""

import calendar as civil
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import event, given
from hypothesis import strategies as st

import convnote as cn
from convnote.provisions import Conversion, Put, Redemption, Reset, Withdrawal
from tests.made import made
from tests.oracles import days

ORDER = [
    "reset",
    "coupon",
    "first-call-notice",
    "first-put-election",
    "last-put-election",
    "last-withdrawal-notice",
    "last-withdrawal-effective",
    "first-conversion",
    "last-conversion",
    "first-call",
    "call-price",
    "put",
    "maturity",
    "record",
]


@st.composite
def notes(draw):
    """Notes of any frequency, irregular first periods, and rights that may lie outside their life."""
    issue = draw(st.dates(date(1975, 1, 1), date(2060, 1, 1)))
    maturity = issue + timedelta(days=draw(st.integers(1, 7500)))
    near = st.integers(-200, 8000).map(lambda days: issue + timedelta(days=days))
    several = st.lists(near, min_size=1, max_size=4, unique=True).map(sorted)
    provisions = {"conversion": Conversion(price=50, from_date=draw(st.none() | near))}
    if draw(st.booleans()):
        provisions["reset"] = Reset(dates=draw(several), floor=10, window=draw(st.integers(1, 30)))
    if draw(st.booleans()):
        provisions["withdrawal"] = Withdrawal(trigger=80, before=draw(near), make_whole_amount=100)
    if draw(st.booleans()):
        provisions["redemption"] = Redemption(prices=[(on, 1) for on in draw(several)])
    if draw(st.booleans()):
        provisions["put"] = Put(prices=[(on, 1) for on in draw(several)], notice_at_least=draw(st.integers(0, 30)))
    return made(
        issue,
        maturity,
        frequency=draw(st.sampled_from([0, 1, 2, 4, 12])),
        day_count=draw(st.sampled_from(["act/365f", "30/360", "act/act-isda"])),
        record_days=draw(st.integers(0, 40)),
        business_days=draw(st.sampled_from(["FED", "TARGET" if issue.year > 1999 else "NYSE", "weekdays"])),
        **provisions,
    )


def slow_coupon_dates(note):
    """Walked back from maturity month by month."""
    if not note.interest.frequency:
        return []
    found, months = [], 0
    on = last = note.maturity_date
    while on > note.issue_date:
        found.insert(0, on)
        months += 12 // note.interest.frequency
        year, month = last.year + (last.month - 1 - months) // 12, (last.month - 1 - months) % 12 + 1
        on = date(year, month, min(last.day, civil.monthrange(year, month)[1]))
    return found


@given(notes())
def test_rows_are_in_order_of_date_and_of_kind_within_a_day(note):
    places = [(row.date, ORDER.index(row.kind)) for row in cn.schedule(note)]
    event(f"several rows on one day: {len({day for day, _ in places}) < len(places)}")
    assert places == sorted(places)
    assert all(note.issue_date <= day <= note.maturity_date for day, _ in places)


@given(notes())
def test_every_coupon_date_is_there_once_with_the_amount_and_the_days_of_the_coupon(note):
    rows = [row for row in cn.schedule(note) if row.kind == "coupon"]
    event(f"frequency {note.interest.frequency}")
    assert [row.date for row in rows] == slow_coupon_dates(note)
    counts = {"act/365f": days.act_365f, "30/360": days.thirty_360, "act/act-isda": days.act_act_isda}
    start = note.issue_date
    for row, coupon in zip(rows, note.interest.coupons(), strict=True):
        expected = 60 * counts[note.interest.day_count](start, row.date)
        assert abs(Fraction(row.amount) - expected) < Fraction(1, 10**20)
        assert (row.date, row.amount) == (coupon.payment_date, coupon.amount)
        start = row.date


@given(notes())
def test_money_moves_on_the_first_open_day(note):
    banks = note.principal.banks
    for row in cn.schedule(note):
        if row.payment_date is not None:
            walked = row.date
            while not banks.is_open((walked - date(1970, 1, 1)).days):
                walked += timedelta(days=1)
            assert row.payment_date == walked


@given(notes())
def test_a_schedule_is_a_sequence_that_can_be_read_again(note):
    schedule = cn.schedule(note)
    rows = list(schedule)
    assert len(schedule) == len(rows)
    assert rows == list(schedule) == list(cn.schedule(note)) == schedule[:]
    assert (schedule[0], schedule[-1]) == (rows[0], rows[-1])
    assert [hash(row) for row in rows] == [hash(row) for row in cn.schedule(note)]
