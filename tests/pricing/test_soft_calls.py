"""A call that is open only while the share stands above a level: a barrier, decided at closes or at every instant."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.stats import norm

import convnote as cn
from convnote.pricing.contract import contract_of
from convnote.pricing.problem import Options, Problem
from convnote.pricing.solved import Solved
from convnote.pricing.triggers import chance_of_trigger
from tests.oracles import called
from tests.pricing.figures import HALF_YEAR, callable_from, sheet
from tests.pricing.test_laws import markets, notes

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


def soft(notice: int, call: str, level: int, **of: Any) -> cn.ConvertibleNote:
    """Callable at `call`, a day and a part of par, on a close of the share above `level`; `of`: further terms of the sheet."""
    condition = f'condition = {{of = "figure", figure = {level}, days = 1, period = 1, strict = true, ends = "notice"}}'
    until = "redemption-date" if not notice else "1 calendar days before"
    return cn.loads(sheet("soft", called_until=until, **of) + callable_from(call, notice=notice, more=condition))


@pytest.mark.parametrize(("notice", "level"), [(30, 115), pytest.param(0, 95, marks=pytest.mark.slow)])
def test_sft1_a_level_from_which_a_call_is_no_conversion_is_that_of_the_quadrature(notice: int, level: int) -> None:
    """V falls there at each close: under a notice to what a called Note is worth, below the call price to that price."""
    credit = {"volatility": 0.3, "rate": 0.05, "hazard": 0.03, "recovery": 0.4}
    exact = called.value(100.0, **credit, notice=notice, trigger=level)
    now = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.3, rate=0.05, hazard_rate=0.03, recovery=0.4)
    assert cn.price(soft(notice, "2005-01-01, 1.0", level), now, options={"decisions": "daily"}).price == pytest.approx(
        exact, rel=5e-5
    )
    fine = cn.price(soft(notice, "2005-01-01, 1.0", level), now, options={"nodes": 2049, "steps": 16}).price
    assert cn.price(soft(notice, "2005-01-01, 1.0", level), now).price == pytest.approx(fine, rel=2e-4)


def test_sft1_a_note_worth_more_than_its_call_price_is_not_called_below_the_level() -> None:
    """Holders convert inside the grid, paid accrued interest, and the Company calls from 180% on only: on any grid the same."""
    note = soft(0, "2011-01-01, 1.1", 243, maturity="2012-01-01", price="135", conversion='accrued = "paid"')
    market: dict[str, Any] = {"volatility": 0.45, "rate": 0.01, "dividend_yield": 0.03, "hazard_rate": 0.03, "recovery": 0.2}
    now = cn.Lognormal(as_of="2003-10-01", spot=26, **market)
    value = cn.price(note, now).price
    for nodes in (513, 1025, 2049):
        assert cn.price(note, now, options={"nodes": nodes, "steps": 16}).price == pytest.approx(value, rel=1e-4)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(notes(), markets(default_jump=1.0), st.integers(80, 180), st.sampled_from([0, 15, 30]))
def test_sft1_a_value_is_that_of_a_finer_grid(note: cn.ConvertibleNote, now: cn.Lognormal, percent: int, notice: int) -> None:
    assume(note.redemption is not None and now.as_of < note.maturity_date)
    assert note.redemption is not None and note.conversion is not None
    call = soft(notice, "2005-01-01, 1.0", int(note.conversion.price) * percent // 100).redemption
    terms = replace(note, redemption=replace(call, prices=note.redemption.prices))
    fine = cn.price(terms, now, options={"nodes": 1025, "steps": 16}).price
    assert cn.price(terms, now).price == pytest.approx(fine, rel=2e-4)


def test_the_chance_that_the_level_is_touched_has_a_closed_form() -> None:
    """First passage of a Brownian motion with drift r - sigma^2 / 2 over half a year of 181 days."""
    t, drift, level = 181 / 365, 0.05 - 0.045, log(1.15)
    deviation = 0.3 * sqrt(t)
    exact = norm.cdf((drift * t - level) / deviation)
    exact += exp(2 * drift * level / 0.09) * norm.cdf((-drift * t - level) / deviation)
    assert chance_of_trigger(problem(115.0, nodes=1025), 100.0) == pytest.approx(exact, abs=5e-4)


def test_a_hard_call_has_no_condition() -> None:
    assert cn.price(NOTE, problem(103.0).model).soft_call_probability is None
