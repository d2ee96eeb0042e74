"""Interest agrees with its slow twin, on every day of ten years."""

from datetime import date
from fractions import Fraction
from random import Random

import numpy as np

from convnote.calendars import day_number, to_date
from tests.oracles import conversion, interest
from tests.oracles.days import business_day_at_or_after

from .asked import CLOSE_ENOUGH, LIFE, agrees, any_day


def test_accrued_on_every_day_of_the_life(note):
    restarts = 0
    for day in LIFE:
        expected = interest.accrued(day)
        assert agrees(note.interest.accrued(day), expected), day
        restarts += expected == 0
    assert (len(LIFE), restarts) == (3654, 11)


def test_accrued_as_an_array_of_every_day(note):
    expected = np.array([float(interest.accrued(day)) for day in LIFE])
    answer = note.interest.accrued(np.array(LIFE, "datetime64[D]"))
    assert np.max(np.abs(answer - expected)) < 1e-9


def test_accrued_after_missed_coupons(note):
    random, longer_than_a_year = Random(3), 0
    for _ in range(500):
        day, principal = random.choice(LIFE), 1000 * random.randint(1, 690_000)
        last_paid = random.choice([interest.ISSUE, *(due for due in interest.due_dates() if due <= day)])
        last_paid = min(last_paid, interest.last_due_day(day))
        expected = interest.accrued(day, last_paid, principal)
        answer = note.interest.accrued(day, principal, paid_to=last_paid)
        assert abs(Fraction(answer) - expected) < CLOSE_ENOUGH * principal
        longer_than_a_year += (day - last_paid).days > 366
    assert longer_than_a_year > 100


def test_coupons(note):
    for coupon, (start, end, days, record, amount) in zip(note.interest.coupons(), interest.coupons(), strict=True):
        named = (
            coupon.accrual_start,
            coupon.accrual_end,
            coupon.days,
            coupon.record_date,
            coupon.payment_date,
        )
        assert named == (start, end, days, record, end)
        assert agrees(coupon.amount, amount)


def test_what_is_paid_is_rounded_half_up_on_the_position(note):
    random, differs_by_note = Random(5), 0
    for _ in range(3000):
        due, units = random.choice(interest.due_dates()), random.randint(1, 690_000)
        expected = interest.round_cent(interest.coupon(due, 1000 * units))
        exact = note.interest.coupon_amount(Fraction(1000 * units), day_number(due))
        assert note.principal.paid(exact) == expected
        differs_by_note += interest.round_cent(interest.coupon(due)) * units != expected
    assert differs_by_note > 300


def test_half_cents(note):
    random, ties = Random(6), 0
    for _ in range(4000):
        amount = Fraction(random.randint(-(10**7), 10**7), random.choice((200, 400, 1000, 3, 365, 7 * 10**9)))
        assert note.principal.paid(amount) == interest.round_cent(amount)
        ties += (amount * 100).denominator == 2
    assert ties > 500


def test_payment_days(note):
    moved = 0
    for day in LIFE:
        expected = business_day_at_or_after(day)
        assert to_date(note.principal.payment_day(day_number(day))) == expected
        moved += expected != day
    assert moved > 1000


def test_record_windows_on_every_business_day(note):
    inside = 0
    for day in LIFE:
        counted = conversion.conversion_day(day)
        due = conversion.in_record_window(counted)
        answer = note.interest.window_due(day_number(counted))
        assert answer == (0 if due is None else day_number(due)), day
        inside += due is not None
    assert inside > 120


def test_where_a_note_dated_any_day_bears_interest_from(note):
    random, reached = Random(8), {"window": 0, "defaulted": 0, "never paid": 0}
    for _ in range(3000):
        dated = any_day(random)
        earlier = [due for due in interest.due_dates() if due <= dated]
        paid = earlier[: random.choice((len(earlier), len(earlier), random.randint(0, len(earlier))))]
        coming = date(dated.year, 2, 16)
        in_window = date(dated.year, 2, 1) < dated < coming
        defaulted = in_window and random.random() < 0.5
        expected = interest.bears_interest_from(dated, {*paid, *([coming] if in_window and not defaulted else [])})
        paid_to = paid[-1] if paid else interest.ISSUE
        assert note.interest.bears_from(dated, paid_to=paid_to, defaulted=defaulted) == expected
        reached["window"] += in_window
        reached["defaulted"] += defaulted
        reached["never paid"] += not paid
    assert min(reached.values()) > 100
