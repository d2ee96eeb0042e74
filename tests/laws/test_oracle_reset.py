"""Resets agree with their slow twin."""

from fractions import Fraction
from random import Random

import numpy as np

from convnote.market.history import MarketHistory
from tests.oracles import days, reset


def around_the_floor(random):
    """20 closes whose average lies near the floor, a tie, or the price in force."""
    middle = random.choice((84_883, 90_000, 104_947, random.randint(60_000, 130_000)))
    closes = [Fraction(middle + random.randint(-3, 3), 1000) for _ in range(20)]
    if random.random() < 0.3:
        # Ten of one and ten of the next thousandth: the average is a tie.
        closes = [Fraction(middle + place % 2, 1000) for place in range(20)]
    return closes


def test_reset_prices_agree(note):
    random, reached = Random(1), {"floor": 0, "average": 0, "unchanged": 0, "tie": 0}
    for _ in range(4000):
        current, closes = (
            random.choice((Fraction(104947, 1000), Fraction(84883, 1000), Fraction(95))),
            around_the_floor(random),
        )
        expected = reset.new_price(current, closes)
        assert note.reset.price(current, closes) == expected, (current, closes)
        reached["floor"] += expected == reset.FLOOR < current
        reached["unchanged"] += expected == current
        reached["average"] += reset.FLOOR < expected < current
        reached["tie"] += (sum(closes) / 20 * 1000).denominator == 2
    assert min(reached.values()) > 300, reached


def test_reset_prices_of_paths_are_the_same_in_float64(note):
    random = Random(2)
    paths = [around_the_floor(random) for _ in range(2000)]
    closes = np.array([[float(close) for close in path] for path in paths]).T
    answer = note.reset.price(np.full(len(paths), 104.947), closes)
    assert list(answer) == [float(reset.new_price(Fraction(104947, 1000), path)) for path in paths]


def test_a_moved_floor(note):
    random = Random(3)
    for _ in range(500):
        factor = Fraction(random.randint(1, 9), random.randint(1, 9))
        closes = [close * factor for close in around_the_floor(random)]
        current, floor = Fraction(104947, 1000) * factor, reset.FLOOR * factor
        assert note.reset.price(current, closes, floor=floor) == reset.new_price(current, closes, floor)


def test_closes_in_euros_at_the_rate_of_the_day_or_the_last_before():
    random, carried = Random(4), 0
    sessions = days.trading_days(reset.RESET_DAYS[0].replace(year=2000), reset.RESET_DAYS[1])
    usd = {day: Fraction(random.randint(500, 20_000), 64) for day in sessions}
    fixings = {day: Fraction(random.randint(8200, 9900), 10_000) for day in sessions if random.random() < 0.9}
    fixings[sessions[0]] = Fraction(9804, 10_000)
    gaps = [day for day in sessions if day not in fixings]
    history = MarketHistory.from_usd(
        sessions,
        [usd[day] for day in sessions],
        sorted(fixings),
        [fixings[day] for day in sorted(fixings)],
        max_stale_days=30,
    )
    for day, close in zip(sessions, history.exact_closes, strict=True):
        assert close == reset.euro_close(day, usd, fixings)
        carried += day in gaps
    assert carried > 20
