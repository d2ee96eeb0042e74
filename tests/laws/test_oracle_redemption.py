"""Redemption and the repurchase on a fundamental change agree with their slow twins."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from convnote.calendars import day_number
from tests.oracles import fundamental_change, ledger, redemption
from tests.oracles.days import is_business_day
from tests.oracles.interest import MATURITY

from .asked import CLOSE_ENOUGH, LIFE, agrees


def test_red1_the_amount_on_every_day(note):
    days = [day for day in LIFE if redemption.FIRST_DAY <= day <= MATURITY]
    at_par = 0
    for day in days:
        expected = redemption.price(day)
        assert agrees(note.redemption.amount(day), expected), day
        at_par += expected == 1000
    assert (len(days), at_par) == (2554, 7)


def test_red1_red2_agree_on_random_notices(note):
    random, reached = Random(1), dict.fromkeys(("allowed", "RED-1", "RED-2"), 0)
    for _ in range(4000):
        on = random.choice((date(2002, 12, 22), date(2003, 1, 20), date(2009, 12, 30), random.choice(LIFE)))
        on += timedelta(days=random.randint(-3, 3))
        redeemed = on + timedelta(days=random.choice((-5, 0, 29, 30, 31, 45, 59, 60, 61)))
        rules = redemption.notice_refused(on, redeemed)
        found = note.redemption.objection(day_number(on), day_number(redeemed))
        assert (found is None) == (not rules), (on, redeemed)
        assert found is None or found[0] in rules
        for rule in rules or {"allowed"}:
            reached[rule] += 1
    assert min(reached.values()) > 500, reached


def test_red4_pro_rata_agrees(note):
    random, with_remainder = Random(2), 0
    for _ in range(1500):
        held = {name: 1000 * random.randint(1, random.choice((5, 500))) for name in "ABCDE"[: random.randint(1, 5)]}
        principal = 1000 * random.randint(1, sum(held.values()) // 1000)
        expected = {holder: part for holder, part in ledger.pro_rata(held, principal).items() if part}
        assert note.redemption.select(held, principal) == expected
        assert sum(expected.values()) == principal
        with_remainder += any(amount * principal % sum(held.values()) for amount in held.values())
    assert with_remainder > 500


def test_fch1_the_amount_on_every_day(note):
    random = Random(3)
    for day in LIFE:
        principal = 1000 * random.randint(1, 1000)
        answer = note.fundamental_change.amount(day, principal)
        assert abs(Fraction(answer) - redemption.price(day, principal)) < CLOSE_ENOUGH * principal, day


def test_fch2_to_fch4_the_timetable_after_a_change_on_every_day(note):
    random, moved = Random(4), 0
    last = MATURITY - timedelta(days=41)
    for occurred in LIFE:
        if occurred > last:
            continue
        notice = random.choice((None, occurred, occurred + timedelta(days=random.randint(0, 10))))
        table = note.fundamental_change.timetable(occurred=occurred, notice=notice)
        mailed = fundamental_change.notice_deadline(occurred) if notice is None else notice
        assert table.notice_deadline == fundamental_change.notice_deadline(occurred)
        assert table.notice_date == mailed
        assert table.repurchase_date == fundamental_change.repurchase_date(mailed)
        assert table.election_deadline == fundamental_change.election_deadline(mailed)
        assert table.withdrawal_deadline == fundamental_change.election_withdrawal_deadline(mailed)
        moved += not is_business_day(table.repurchase_date)
    assert moved > 800
