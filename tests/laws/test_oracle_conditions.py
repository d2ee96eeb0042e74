"""Conditions on closes agree with their slow twin, exactly and on arrays of paths; and the laws that any of them obeys."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from convnote.calendars import calendar, day_number, to_date
from convnote.provisions.conditions import Condition, condition, is_quarter_end, quarter_ends
from convnote.testing import values_of
from tests.oracles import conditions as oracle

conditions: st.SearchStrategy[Condition] = values_of(condition)
HELD = st.lists(st.booleans(), max_size=90)


def expected(term: Condition, held: list[bool]) -> list[bool]:
    return oracle.met(held, term.days, term.period, term.short_period, term.and_last, term.within)


@given(conditions, st.lists(st.booleans(), max_size=120))
def test_a_condition_counts_as_its_slow_twin_does(term: Condition, held: list[bool]) -> None:
    term = dataclasses.replace(term, looked_at="each-day")
    one = term.met(np.array(held, dtype=bool))
    assert one.tolist() == expected(term, held)
    paths = np.array([held, held[::-1]], dtype=bool).T
    many = term.met(paths)
    assert many[:, 0].tolist() == one.tolist()
    assert many[:, 1].tolist() == expected(term, held[::-1])


def test_runs_of_closes_reach_both_sides_of_every_count() -> None:
    random, seen = Random(3), set()
    for _ in range(60):
        period = random.choice((1, 5, 30))
        term = Condition(
            days=random.randint(1, period),
            period=period,
            multiple=Decimal("1.3"),
            of="in-force",
            strict=True,
            ends="notice",
            short_period=random.random() < 0.5,
            and_last=random.random() < 0.5,
            within=random.choice((1, 2, 5)),
        )
        held = [random.random() < term.days / period for _ in range(80)]
        met = term.met(np.array(held))
        assert met.tolist() == expected(term, held)
        counts = term.counts(np.array(held))
        seen |= {int(np.sign(count - term.days)) for count in counts} | {f"met {bool(each)}" for each in met}
    assert seen == {-1, 0, 1, "met True", "met False"}


@given(st.booleans(), st.booleans(), HELD)
def test_a_condition_of_1_of_1_is_a_barrier(strict: bool, below: bool, held: list[bool]) -> None:
    barrier = Condition(days=1, period=1, figure=Decimal(100), of="figure", strict=strict, below=below, ends="notice")
    assert barrier.met(np.array(held, dtype=bool)).tolist() == held


@given(conditions, HELD)
def test_n_of_m_is_monotone_in_n(term: Condition, held: list[bool]) -> None:
    term = dataclasses.replace(term, looked_at="each-day")
    answers = np.array(held, dtype=bool)
    if term.days > 1:
        fewer = dataclasses.replace(term, days=term.days - 1).met(answers)
        assert not np.any(term.met(answers) & ~fewer)
    wider = dataclasses.replace(term, within=term.within + 1).met(answers)
    assert not np.any(term.met(answers) & ~wider)


PRICES = st.integers(90, 110).map(lambda hundredths: Fraction(hundredths, 100))


@given(conditions, st.lists(st.tuples(PRICES, PRICES), min_size=1, max_size=30), PRICES)
def test_closes_are_compared_as_by_hand_and_in_float64(
    term: Condition, days: list[tuple[Fraction, Fraction]], accreted_share: Fraction
) -> None:
    denomination, initial = Fraction(1000), Fraction("31.6206")
    accreted = denomination * accreted_share
    base = accreted if term.of == "accreted" else denomination
    figure = None if term.figure is None else Fraction(term.figure)
    multiple = None if term.multiple is None else Fraction(term.multiple)
    by_hand, closes, rates = [], [], []
    for near, change in days:
        rate = initial if term.of == "initial" else initial * change
        level = oracle.level(term.of, figure, multiple, denomination, rate, initial, accreted)
        close = level * near  # every third or so at the level itself
        by_hand.append(oracle.counts(close, level, term.strict, term.below))
        closes.append(close)
        rates.append(rate)
        assert term.compared(*term.sides(close, rate=rate, base=base)) is by_hand[-1]
    fast: Any = {"rate": np.array([float(rate) for rate in rates]), "base": float(base)}
    sides = term.sides(np.array([float(close) for close in closes]), **fast)

    def exact(place: int) -> tuple[Any, Any]:
        left, right = term.sides(closes[place], rate=rates[place], base=base)
        return left, right

    assert term.compared(*sides).tolist() == by_hand
    assert term.compared(*sides, exact).tolist() == by_hand


def test_float64_sides_that_cannot_be_told_apart_are_compared_exactly() -> None:
    term = Condition(days=1, period=1, figure=Decimal("167.915"), of="figure", strict=True, ends="notice")
    level = Fraction("167.915")
    closes = [level, level * (1 + Fraction(1, 10**15)), level * (1 - Fraction(1, 10**15))]
    left, right = term.sides(np.array([float(close) for close in closes]))
    assert term.compared(left, right).tolist() == [False, False, False]
    assert term.compared(left, right, lambda place: (closes[place], level)).tolist() == [False, True, False]


def test_a_close_that_is_not_a_number_never_counts() -> None:
    for below in (False, True):
        term = Condition(days=1, period=1, figure=Decimal(1), of="figure", strict=False, below=below, ends="notice")
        assert not term.compared(*term.sides(np.array([np.nan]))).any()


def test_quarter_ends_are_the_last_trading_days_of_calendar_quarters() -> None:
    weekdays = calendar("weekdays")
    first = to_date(day_number("2003-01-01"))
    days = [first + timedelta(days=more) for more in range(3 * 366)]
    numbers = np.array([day_number(on) for on in days])
    by_hand = [oracle.last_of_quarter(on, oracle.weekday) for on in days]
    assert is_quarter_end(numbers, weekdays).tolist() == by_hand
    ends = [int(number) for number, is_end in zip(numbers, by_hand, strict=True) if is_end]
    assert quarter_ends(int(numbers[0]), int(numbers[-1]), weekdays) == ends and len(ends) == 12


def test_on_quarter_ends_only_those_days_are_looked_at() -> None:
    nyse = calendar("NYSE")
    days = np.array(nyse.between(int(day_number("2003-09-01")), int(day_number("2004-06-30"))))
    term = Condition(
        days=20, period=30, multiple=Decimal("1.2"), of="accreted", strict=True, looked_at="quarter-end", ends="notice"
    )
    met = term.met(np.ones(len(days), dtype=bool), days, nyse)
    # 30 September comes after 21 trading days, too few for a period of 30
    assert [str(to_date(day)) for day in days[met]] == ["2003-12-31", "2004-03-31", "2004-06-30"]
