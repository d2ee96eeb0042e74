"""The withdrawal of conversion rights agrees with its slow twin: 20 of 30, the windows of its notice, the make-whole."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from convnote.calendars import day_number
from tests.oracles import withdrawal
from tests.oracles.days import business_days_after, trading_days
from tests.oracles.interest import ISSUE, coupon, due_dates, round_cent

from .asked import agrees


def closes_around(random, length):
    """Closes a few thousandths around the trigger, in runs, so that the count crosses 20 often."""
    level, closes = random.choice((-1, 1, 1)), []
    for _ in range(length):
        if random.random() < (0.06 if level > 0 else 0.12):
            level = -level
        closes.append(withdrawal.TRIGGER + Fraction(level * random.choice((0, 1, 1, 1, 1, 1, 2, 5)), 1000))
    return closes


def test_wdr1_agrees_at_every_close_of_random_histories(note):
    random, reached = Random(1), {"met": 0, "not met": 0, "short": 0, "19": 0, "at the trigger": 0}
    for _ in range(150):
        closes = closes_around(random, random.choice((20, 29, 30, 31, 90)))
        expected = withdrawal.met(closes)
        assert list(note.withdrawal.triggered(closes)) == expected
        assert list(note.withdrawal.triggered(np.array([float(close) for close in closes]))) == expected
        for position, met in enumerate(expected):
            above = sum(close > withdrawal.TRIGGER for close in closes[max(0, position - 29) : position + 1])
            reached["met"] += met
            reached["not met"] += not met
            reached["short"] += met and position < 29
            reached["19"] += above == 19
            reached["at the trigger"] += closes[position] == withdrawal.TRIGGER
    assert min(reached.values()) > 50, reached


def test_wdr1_agrees_for_any_pattern_of_closes(note):
    seen = []

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from(("167.9151", "170", "167.915", "167.914")), st.integers(1, 21)),
            min_size=1,
            max_size=8,
        )
    )
    def law(runs):
        closes = [close for close, days in runs for _ in range(days)]
        expected = withdrawal.met([Fraction(close) for close in closes])
        assert list(note.withdrawal.triggered(closes)) == expected
        seen.append(any(expected))

    law()
    assert 20 < sum(seen) < len(seen)


def last_met(history, notice):
    day = withdrawal.last_day_met(history, notice)
    return None if day is None else day_number(day)


def test_wdr2_and_wdr3_agree_on_random_notices(note):
    random = Random(2)
    history_days = trading_days(ISSUE - timedelta(days=60), date(2003, 3, 31))
    reached = dict.fromkeys(("allowed", "WDR-1", "WDR-2", "WDR-3", "fifth", "sixth"), 0)
    for _ in range(12):
        closes = dict(zip(history_days, closes_around(random, len(history_days)), strict=True))
        met_days = [d for d, met in zip(history_days, withdrawal.met(list(closes.values())), strict=True) if met]
        for _ in range(40):
            notice = random.choice(met_days or history_days) + timedelta(days=random.randint(0, 12))
            if met_days and random.random() < 0.3:
                notice = business_days_after(met_days[-1], random.choice((5, 6)))
            if random.random() < 0.3:
                notice = date(2003, 1, 20) + timedelta(days=random.randint(-3, 3))
            if random.random() < 0.15:  # before 20 closes there were
                notice = ISSUE + timedelta(days=random.randint(0, 30))
            if notice < ISSUE:
                continue
            effective = notice + timedelta(days=random.choice((29, 30, 30, 31, 45, 59, 60, 60, 61)))
            rules = withdrawal.notice_refused(closes, notice, effective)
            found = note.withdrawal.objection(day_number(notice), day_number(effective), last_met(closes, notice))
            assert (found is None) == (not rules), (notice, effective)
            assert found is None or found[0] in rules
            last = withdrawal.last_day_met(closes, notice)
            for rule in rules or {"allowed"}:
                reached[rule] += 1
            reached["fifth"] += last is not None and notice == business_days_after(last, 5)
            reached["sixth"] += last is not None and notice == business_days_after(last, 6)
    assert min(reached.values()) > 20, reached


def test_wdr4_agrees_for_any_payments_before_any_notice(note):
    random, reached = Random(3), {"none": 0, "one": 0, "two": 0, "floor": 0, "same day": 0}
    for _ in range(2000):
        units = random.randint(1, 690_000)
        payments = []
        for due in due_dates()[:4]:
            if random.random() < 0.9:
                paid = round_cent(coupon(due, 1000 * units)) / units
                payments.append((due + timedelta(days=random.choice((0, 3))), paid))
        notice = random.choice(payments)[0] if payments and random.random() < 0.3 else date(2000, 6, 1)
        notice += timedelta(days=random.choice((0, 0, 1, random.randint(0, 1300))))
        before = [amount for day, amount in payments if day < notice]
        expected = withdrawal.make_whole(payments, notice)
        assert agrees(note.withdrawal.make_whole(sum(before, Fraction(0))), expected)
        reached["none"] += not before
        reached["one"] += len(before) == 1
        reached["two"] += len(before) == 2
        reached["floor"] += expected == 0
        reached["same day"] += any(day == notice for day, _ in payments)
    assert min(reached.values()) > 50, reached
