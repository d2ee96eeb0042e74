"""What a conversion settles agrees with its slow twin: whole shares, cash for the fraction, interest paid in."""

from datetime import timedelta
from fractions import Fraction
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from convnote.calendars import day_number
from tests.oracles import conversion
from tests.oracles.interest import MATURITY

from .asked import LIFE, any_day, around_february


def a_price(random):
    """A price in force: printed, on its grid, adjusted by a split without a last decimal, or one that ties."""
    return random.choice(
        (
            Fraction(104947, 1000),
            Fraction(84883, 1000),
            Fraction(random.randint(84_883, 104_947), 1000),
            Fraction(random.randint(84_883, 104_947), 1000) * Fraction(random.randint(1, 7), random.randint(1, 7)),
            Fraction(random.choice((16, 32, 64, 80))),
            Fraction(200, 3),
        )
    )


def test_every_settlement_agrees(note):
    random = Random(1)
    reached = {
        "moved": 0,
        "paid in": 0,
        "exempt": 0,
        "called before": 0,
        "tie": 0,
        "whole": 0,
        "at maturity": 0,
    }
    for _ in range(6000):
        on = any_day(random) if random.random() < 0.9 else MATURITY - timedelta(days=random.randint(0, 4))
        principal = 1000 * random.choice((1, 2, 3, random.randint(1, 500), random.randint(1, 690_000)))
        price, close = a_price(random), Fraction(random.randint(1, 40_000), 100)
        called = random.choice((None, on - timedelta(days=random.randint(0, 60)), around_february(random)))
        settlement = note.conversion.settle(on=on, principal=principal, price=price, close=close, called=called)
        shares, cash = conversion.shares_and_cash(principal, price, close)
        paid_in = conversion.interest_to_pay(principal, on, called)
        case = (on, principal, price, close, called)
        assert (settlement.shares, settlement.cash_in_lieu) == (shares, cash), case
        assert settlement.interest_to_pay == paid_in, case
        assert settlement.interest_paid == 0
        would_pay = conversion.interest_to_pay(principal, on)
        reached["moved"] += conversion.conversion_day(on) != on
        reached["paid in"] += paid_in > 0
        reached["exempt"] += paid_in == 0 < would_pay
        reached["called before"] += called is not None and called < on and paid_in > 0
        reached["tie"] += ((Fraction(principal) / price - shares) * close * 100).denominator == 2
        reached["whole"] += Fraction(principal) / price == shares
        reached["at maturity"] += conversion.conversion_day(on) == MATURITY
    assert min(reached.values()) >= 50, reached


def test_arrays_settle_to_the_same_shares_and_cents(note):
    """[time] arrays in float64 give the steps of the exact rule, for prices and closes on their legal grids."""
    random, cases = Random(2), []
    for _ in range(4000):
        price = random.choice((Fraction(104947, 1000), Fraction(84883, 1000), Fraction(80), Fraction(64)))
        cases.append((any_day(random), 1000 * random.randint(1, 900), price, Fraction(random.randint(1, 40_000), 100)))
    on, principal, price, close = zip(*cases, strict=True)
    settlement = note.conversion.settle(
        on=np.array(on, "datetime64[D]"),
        principal=np.array(principal, dtype=float),
        price=np.array([float(each) for each in price]),
        close=np.array([float(each) for each in close]),
    )
    expected = [conversion.shares_and_cash(*case[1:]) for case in cases]
    paid_in = [conversion.interest_to_pay(case[1], case[0]) for case in cases]
    assert list(settlement.shares) == [shares for shares, _ in expected]
    assert list(settlement.cash_in_lieu) == [float(cash) for _, cash in expected]
    assert list(settlement.interest_to_pay) == [float(each) for each in paid_in]
    assert sum(each > 0 for each in paid_in) > 500
    ties = [((Fraction(p) / k - s) * c * 100).denominator == 2 for (_, p, k, c), (s, _) in zip(cases, expected, strict=True)]
    assert sum(ties) > 50


def test_ratio_at_any_price(note):
    random = Random(4)
    for _ in range(1000):
        price = a_price(random)
        assert note.conversion.ratio(price) == conversion.ratio(price)


def test_shares_and_cash_lose_nothing(note):
    """Shares at the price and cash over the close add up to the principal, but for half a cent."""
    fractions_seen = []

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(
        st.integers(1, 690_000),
        st.fractions(min_value=1, max_value=1000, max_denominator=10_000),
        st.integers(1, 10**6),
    )
    def law(units, price, cents):
        close = Fraction(cents, 100)
        settlement = note.conversion.settle("2005-06-01", 1000 * units, price=price, close=close)
        left = 1000 * units - settlement.shares * price
        assert 0 <= left < price
        assert abs(Fraction(settlement.cash_in_lieu) - left * close / price) <= Fraction(1, 200)
        fractions_seen.append(left > 0)

    law()
    assert sum(fractions_seen) > 50 and not all(fractions_seen)


def test_every_day_of_the_life_counts_as_its_business_day(note):
    for day in LIFE:
        assert note.conversion.counted(day_number(day)) == day_number(conversion.conversion_day(day))


def test_arrays_keep_the_last_share_where_the_division_comes_out_even(note):
    """Principal that is a whole number of shares exactly gives that number, whatever float64 makes of the quotient."""
    cases = [(1000 * thousandths, thousandths) for thousandths in range(84_883, 104_948, 17)]
    principal = np.array([float(each) for each, _ in cases])
    price = np.array([thousandths / 1000 for _, thousandths in cases])
    settlement = note.conversion.settle(
        on=np.full(len(cases), np.datetime64("2005-06-01")),
        principal=principal,
        price=price,
        close=np.full(len(cases), 50.0),
    )
    assert set(settlement.shares) == {1_000_000.0}
    assert set(settlement.cash_in_lieu) == {0.0}
    assert np.any(np.floor(principal / price) < 1_000_000)  # the quotient alone would lose one
