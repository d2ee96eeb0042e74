"""A call that is open only while the share stands above a level: a barrier, decided at closes or at every instant."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

import convnote as cn
from convnote.pricing.contract import contract_of
from convnote.pricing.problem import Options, Problem
from convnote.pricing.solved import Solved
from convnote.pricing.triggers import chance_of_trigger
from tests.pricing.figures import HALF_YEAR

NOTE = cn.loads(HALF_YEAR)


def problem(trigger: float, **options: Any) -> Problem:
    """Zero coupon, share and principal 100, call at 103 while the conversion value exceeds `trigger`."""
    contract = contract_of(NOTE)
    assert contract.call is not None
    soft = replace(contract, call=replace(contract.call, trigger=trigger))
    market = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.3, rate=0.05)
    return Problem(soft, market, soft.shares, None, Options(**options))


def test_one_close_of_one() -> None:
    value = Solved(problem(103.0, nodes=4097, steps=3200.0, decisions="daily")).value(np.array([100.0]))
    assert float(value[0]) == pytest.approx(102.8876, abs=2e-4)


def test_a_higher_level_is_worth_more_to_holders() -> None:
    spot = np.array([100.0])
    values = [float(Solved(problem(level, nodes=513)).value(spot)[0]) for level in (103.0, 115.0, 140.0)]
    free = cn.price(replace(NOTE, redemption=None), problem(103.0).model).price
    assert values == sorted(values) and values[-1] < free


def test_the_chance_that_the_level_is_touched_has_a_closed_form() -> None:
    """First passage of a Brownian motion with drift r - sigma^2 / 2 over half a year of 181 days."""
    t, drift, level = 181 / 365, 0.05 - 0.045, log(1.15)
    deviation = 0.3 * sqrt(t)
    exact = norm.cdf((drift * t - level) / deviation)
    exact += exp(2 * drift * level / 0.09) * norm.cdf((-drift * t - level) / deviation)
    assert chance_of_trigger(problem(115.0, nodes=1025), 100.0) == pytest.approx(exact, abs=5e-4)


def test_a_hard_call_has_no_condition() -> None:
    assert cn.price(NOTE, problem(103.0).model).soft_call_probability is None
