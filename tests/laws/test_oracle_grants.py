"""Grants agree with their slow twin, on every day around each boundary."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from tests.oracles import grants as oracle

LETTER, REPORTED = cn.grant("amazon-1994"), cn.grant("amazon-2004")
GRANTED = date(1994, 10, 24)
DAYS = st.dates(date(1994, 10, 24), date(2006, 12, 31))


@st.composite
def schedules(draw):
    """Vesting schedules: up to six instalments, thirds and ninths among them, that may leave a remainder."""
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=6, unique=True)))
    parts = [
        draw(st.sampled_from((Fraction(1, 20), Fraction(1, 3), Fraction(1, 9), Fraction(1, 4), Fraction(1, 7)))) for _ in days
    ]
    scale = max(Fraction(1), sum(parts))
    return [(day, part / scale) for day, part in zip(days, parts, strict=True)]


SIZES = st.integers(1, 50) | st.integers(1, 1_000_000)


@given(SIZES, schedules(), DAYS, st.sampled_from(("unvested", "last")))
def test_vesting_agrees_never_falls_and_loses_nothing(size, schedule, on, remainder):
    grant = dataclasses.replace(LETTER, shares=size, vesting=schedule, remainder=remainder)
    last = remainder == "last"
    assert grant.vested(on) == oracle.vested(size, schedule, on, last)
    assert [(row.date, row.shares) for row in grant.instalments()] == oracle.by_instalment(size, schedule, last)
    assert sum(row.shares for row in grant.instalments()) == grant.vested(date.max)
    seen = [grant.vested(day) for day, _ in schedule]
    assert seen == sorted(seen) and seen[-1] <= size and (not last or seen[-1] == size)
    assert grant.vested(on, sale=True) == size
    assert [row.expires for row in grant.instalments()] == [oracle.months_later(day, 60) for day, _ in schedule]


@given(SIZES, schedules(), st.data())
def test_what_can_be_exercised_agrees(size, schedule, data):
    grant = dataclasses.replace(LETTER, shares=size, vesting=schedule)
    exercised = data.draw(st.integers(0, size))
    reason, months = data.draw(st.sampled_from((("other", 3), ("disability", 12), ("death", 12))))
    ended = data.draw(st.none() | DAYS)
    near = [GRANTED, *(oracle.months_later(day, 60) for day, _ in schedule), *(day for day, _ in schedule)]
    near += [] if ended is None else [ended, oracle.months_later(ended, months)]
    on = data.draw(st.sampled_from(near)) + timedelta(days=data.draw(st.integers(-1, 1)))
    expected = oracle.letter_exercisable(size, GRANTED, schedule, on, exercised, ended, months)
    assert grant.exercisable(on, exercised=exercised, service_ended=ended, reason=reason) == expected


@given(SIZES, schedules(), DAYS, st.data())
def test_what_is_bought_back_agrees(size, schedule, on, data):
    exercised = data.draw(st.integers(0, size))
    grant = dataclasses.replace(LETTER, shares=size, vesting=schedule)
    found = grant.repurchase(on, exercised=exercised)
    expected = oracle.bought_back(size, schedule, on, exercised, Fraction(1471, 1_000_000))
    assert (found.shares, found.cost, found.notice_by, found.pay_by) == (*expected, None)


@given(st.integers(1, 2_000), st.fractions("0.01", 100_000, max_denominator=100))
def test_the_yearly_limit_agrees_and_moves_all(size, value):
    found = dataclasses.replace(LETTER, shares=size).iso_schedule(value)
    assert found == oracle.year_by_year(size, value, 1994) and sum(found.values()) == size
    assert all(shares * value <= 100_000 for shares in found.values())


def test_disqualifying_sales_agree_around_each_anniversary():
    random, seen = Random(3), set()
    for _ in range(2_000):
        granted = date(1994, 1, 1) + timedelta(days=random.randrange(3_000))
        bought = granted + timedelta(days=random.choice((0, 1, 364, 365, 366, 730, random.randrange(1_500))))
        anniversary = random.choice((oracle.months_later(granted, 24), oracle.months_later(bought, 12)))
        sold = anniversary + timedelta(days=random.randint(-1, 1))
        if sold < bought:
            continue
        found = dataclasses.replace(LETTER, grant_date=granted).disqualifying(bought, sold)
        assert found is oracle.too_early(granted, bought, sold), (granted, bought, sold)
        seen.add((found, (sold - anniversary).days))
    assert {(True, 0), (False, 1), (True, -1)} <= seen


@given(st.integers(1, 10**6), st.integers(1, 20), st.integers(1, 20), st.integers(1, 5))
def test_splits_keep_the_sum(size, new, old, times):
    grant = dataclasses.replace(LETTER, shares=size * old**times)
    after = grant
    for _ in range(times):
        after = after.split(new, old)
    assert after.aggregate_price == grant.aggregate_price
    assert after.shares == size * new**times
    back = after.split(old, new) if times == 1 else after.split(1, 1)
    assert back.aggregate_price == grant.aggregate_price


def test_the_form_is_exercisable_as_it_vests_until_its_expiry():
    grant = dataclasses.replace(REPORTED, shares=200_000)
    schedule = [(oracle.months_later(date(2003, 7, 1), 3 * number), Fraction(1, 20)) for number in range(16)]
    assert [(day, Fraction(share)) for day, share in grant.vesting] == schedule
    for day in (date(2003, 6, 30), *(day for day, _ in schedule), date(2011, 9, 6)):
        expected = oracle.vested(200_000, schedule, day, False)
        assert grant.exercisable(day) == expected
        assert grant.exercisable(day, exercised=10_000) == max(0, expected - 10_000)
    assert grant.exercisable("2011-09-07") == grant.outstanding("2011-09-07") == 0
