"""Calendars and day counts agree with a walk from day to day."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from convnote.calendars import day_number, to_date
from convnote.day_counts import days_and_year
from tests.oracles import days

EVERY_DAY = [date(1999, 12, 1) + timedelta(days=n) for n in range(4100)]


@pytest.mark.parametrize(("name", "is_open"), [("banks", days.is_business_day), ("sessions", days.is_trading_day)])
def test_every_day_is_open_or_closed_alike(note, name, is_open):
    calendar = getattr(note.principal, name)
    expected = [is_open(day) for day in EVERY_DAY]
    assert [calendar.is_open(day_number(day)) for day in EVERY_DAY] == expected
    assert list(calendar.is_open(np.array([day_number(day) for day in EVERY_DAY]))) == expected
    closed_weekdays = [day for day, open_ in zip(EVERY_DAY, expected, strict=True) if not open_ and day.weekday() < 5]
    assert len(closed_weekdays) > 90


def test_the_business_day_on_after_and_before_every_day(note):
    banks = note.principal.banks
    moved = 0
    for day in EVERY_DAY:
        asked = day_number(day)
        assert to_date(banks.on_or_after(asked)) == days.business_day_at_or_after(day)
        assert to_date(banks.before(asked)) == days.business_day_before(day)
        assert to_date(banks.after(asked, 5)) == days.business_days_after(day, 5)
        moved += not banks.is_open(asked)
    assert moved > 1000


def test_the_20_sessions_before_every_day(note):
    sessions = note.principal.sessions
    for day in EVERY_DAY[40::7]:
        asked = day_number(day)
        found = sessions.between(sessions.before(asked, 20), asked - 1)
        assert [to_date(each) for each in found] == days.trading_days_before(day, 20)


@pytest.mark.parametrize(
    ("name", "oracle"),
    [
        ("act/365f", days.act_365f),
        ("act/360", days.act_360),
        ("30/360", days.thirty_360),
        ("act/act-isda", days.act_act_isda),
    ],
)
def test_day_counts_agree_with_days_counted_one_by_one(name, oracle):
    random, ends_of_month, pairs = Random(11), 0, []
    for _ in range(600):
        start = EVERY_DAY[random.randrange(3600)]
        if random.random() < 0.5:  # months' ends are where 30/360 has rules
            start = (start.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=random.choice((1, 2)))
        end = start + timedelta(days=random.choice((0, 1, 28, 30, 31, 59, 181, 184, 365, 366, random.randrange(800))))
        ends_of_month += start.day == 31 or end.day == 31
        count, year = days_and_year(day_number(start), day_number(end), name)
        assert isinstance(count, int) and isinstance(year, int)
        expected = oracle(start, end)
        assert Fraction(count, year) == expected, (start, end)
        pairs.append((day_number(start), day_number(end), expected))
    assert ends_of_month > 100
    starts, ends, expected = zip(*pairs, strict=True)
    count, year = days_and_year(np.array(starts), np.array(ends), name)
    assert [Fraction(int(each), year) for each in count] == list(expected)
