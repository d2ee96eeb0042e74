"""The mandatory convertible of 2022: its published clause, 2.1739 shares below 46.00 and 1.7892 above 55.89, per 100."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn

NOTE = cn.load("mandatory-2022")
TERMS = NOTE.mandatory
LEDGER = cn.replay(NOTE, cn.scenario("mandatory-2022"))


def test_mnd1_the_two_rates_are_100_over_the_two_prices() -> None:
    assert TERMS is not None
    for rate, price in ((TERMS.max_rate, "46.00"), (TERMS.min_rate, "55.89")):
        assert round(Fraction(100) / Fraction(price), 4) == Fraction(rate)
    assert not [found for found in NOTE.check() if found.rule == "MND-1"]


@pytest.mark.parametrize(
    ("average", "rate"),
    [("45.99", "2.1739"), ("46.00", "2.1739"), ("50", "2.0000"), ("55.89", "1.7892"), ("55.90", "1.7892"), ("30", "2.1739")],
)
def test_mnd1_below_between_and_above(average: str, rate: str) -> None:
    assert TERMS is not None
    assert TERMS.rate(average) == Decimal(rate)
    assert float(TERMS.rate(np.array([float(average)]))[0]) == pytest.approx(float(rate), abs=1e-12)


def test_mnd1_the_average_is_of_the_21st_to_the_2nd_trading_day_before() -> None:
    assert TERMS is not None
    days = [cn.calendars.to_date(day) for day in TERMS.window(NOTE.principal)]
    before = [cn.calendars.to_date(day) for day in NOTE.principal.sessions.between(18900, NOTE.principal.maturity_day - 1)]
    assert days == before[-21:-1] and days[0] == date(2021, 12, 16)


def test_mnd1_the_life_in_its_scenario() -> None:
    early, last = LEDGER.of_kind("conversion")
    assert (early.shares, early.date) == (1_789_200, date(2021, 6, 30))  # 100m at the lower rate
    assert (last.shares, last.date, last.cash) == (8_000_000, date(2022, 1, 15), 0)  # 400m at 2.0000
    assert str(LEDGER.state.status) == "converted" and LEDGER.total("maturity") == 0
