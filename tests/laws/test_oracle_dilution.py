"""Dilution agrees with its slow twin, and with what a replay says of the note."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from tests.oracles import dilution as oracle

NOTE = cn.load("amazon-peacs-2010")
POSITIVE = st.fractions(Fraction(1, 1000), 1_000, max_denominator=1000)
OPTIONS = st.lists(st.tuples(st.fractions(0, 10**7, max_denominator=3), st.fractions(0, 200, max_denominator=100)), max_size=4)
CONVERTED = Fraction(690_000_000_000, 104_947)


@given(st.integers(1, 10**9), POSITIVE, OPTIONS)
def test_shares_agree(shares, price, options):
    found = cn.dilution(NOTE, on="2000-12-31", shares=shares, price=price, options=options)
    added = oracle.treasury_stock(options, price)
    assert close(found.option_shares, added) and close(found.conversion_shares, CONVERTED)
    assert close(found.diluted, shares + added + CONVERTED)
    assert found.gross_options == cn.arithmetic.decimal(sum((count for count, _ in options), Fraction(0)))
    assert close(found.share_of_noteholders, CONVERTED / (shares + CONVERTED)) and found.basic == shares


@given(st.integers(1, 10**9), POSITIVE, OPTIONS, st.integers(-(10**9), 10**9), st.integers(0, 10**8), st.fractions(0, 1))
def test_earnings_agree_and_are_never_above_basic(shares, price, options, income, interest, weight):
    found = cn.dilution(NOTE, on="2000-12-31", shares=shares, price=price, options=options)
    earned = found.earnings(income, interest=interest, weight=weight)
    added = oracle.treasury_stock(options, price)
    basic, diluted = oracle.per_share(Fraction(income), Fraction(shares), added, CONVERTED, Fraction(interest), weight)
    assert close(earned.basic, basic) and close(earned.diluted, diluted)
    if income > 0:
        assert earned.diluted <= earned.basic
    else:
        assert earned.included == () and earned.diluted == earned.basic


def close(left, right):
    return abs(Fraction(left) - right) <= max(abs(right), 1) / Fraction(10**30)


@pytest.mark.parametrize(
    ("until", "price"), [("2000-12-31", 104_947), ("2001-02-15", 104_947), ("2001-02-16", 84_883), ("2009-06-30", 84_883)]
)
def test_a_replay_says_what_is_outstanding_and_at_which_price(until, price):
    events = [cn.Convert("2000-06-01", 90_000_000)]
    state = cn.replay(NOTE, cn.scenario("as-it-was"), events=events, until=until).state
    found = cn.dilution(NOTE, on=until, shares=400_000_000, price=40, state=state)
    assert close(found.conversion_shares, Fraction(600_000_000_000, price))
