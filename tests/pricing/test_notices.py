"""A call with notice where the share keeps a value at default, or the hazard depends on it (RED-2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number
from convnote.errors import PricingError
from convnote.policies import Above
from convnote.pricing.notice import Notice
from tests.oracles import noticed
from tests.pricing.figures import afv, model

#: redeemed 45 days after the notice; the last day to convert is two weekdays before
DAYS = 45
LATE = replace(
    afv(),
    redemption=replace(afv().redemption, notice_at_least=DAYS, notice_at_most=DAYS),
    conversion=replace(afv().conversion, called_until="business-day-before"),
)
NOTICED = "2006-08-07"
REDEEMED, LAST = "2006-09-21", "2006-09-20"
MARKET: dict[str, Any] = {"volatility": 0.3, "day_count": "act/365f", "recovery": 0.4, "hazard_spot": 100.0}


def values(**changes: Any) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """Conversion values around the call price, values of the called note there, and the figures of the oracle."""
    market = model(**{**MARKET, **changes})
    problem = cn.price(LATE, market, options={"nodes": 513}).problem
    found = Notice(problem).value(float(day_number(NOTICED)), True)
    near = np.abs(problem.parity / 110.0 - 1.0) < 0.3
    terms = {
        "until": (day_number(LAST) - day_number(NOTICED)) / 365,
        "redeemed": (day_number(REDEEMED) - day_number(NOTICED)) / 365,
        "claim": 110.0 + float(LATE.interest.accrued(REDEEMED, 100)),
        "rate": 0.05,
        "volatility": 0.3,
        "recovered": 40.0,
    }
    return problem.parity[near], found[near], terms


@pytest.mark.parametrize("jump", [1.0, 1.0 - 1e-7, 0.5, 0.0])
def test_red2_a_called_note_of_a_share_that_keeps_a_value_at_default(jump: float) -> None:
    parity, found, terms = values(hazard_rate=0.05, default_jump=jump)
    exact = [noticed.exact(each, **terms, hazard=0.05, fall=jump) for each in parity.tolist()]
    assert len(exact) > 20
    assert found == pytest.approx(np.array(exact), rel=5e-6)


@pytest.mark.parametrize(("exponent", "jump"), [(-1.0, 1.0), (-1.0, 0.5), (0.5, 1.0), (-1e-7, 1.0)])
def test_red2_a_called_note_whose_hazard_depends_on_the_share(exponent: float, jump: float) -> None:
    parity, found, terms = values(hazard_rate=0.05, hazard_exponent=exponent, default_jump=jump)
    each = noticed.implicit(parity, **terms, hazard=lambda y: 0.05 * (y / 100.0) ** exponent, fall=jump)
    assert found == pytest.approx(each, abs=2e-4)


def test_red2_the_two_oracles_of_a_called_note_agree() -> None:
    parity, _, terms = values(hazard_rate=0.05, default_jump=0.5)
    exact = [noticed.exact(each, **terms, hazard=0.05, fall=0.5) for each in parity.tolist()]
    found = noticed.implicit(parity, **terms, hazard=lambda y: np.full(len(y), 0.05), fall=0.5)
    assert found == pytest.approx(np.array(exact), abs=2e-4)


def test_red2_the_value_is_continuous_where_the_closed_form_ends() -> None:
    base = cn.price(LATE, model(**MARKET, hazard_rate=0.05)).price
    for changes in ({"default_jump": 1.0 - 1e-6}, {"hazard_exponent": -1e-6}):
        near = cn.price(LATE, model(**MARKET, hazard_rate=0.05, **changes)).price
        assert near == pytest.approx(base, rel=2e-5)


@pytest.mark.parametrize("record_days", [0, 15])
def test_red2_the_days_from_which_a_called_holder_keeps_a_coupon_are_no_matter_of_the_steps(record_days: int) -> None:
    """For a day or two before them a call is cheap for the Company: steps that miss those days differed by 0.16."""
    note = replace(LATE, interest=replace(LATE.interest, record_days=record_days))
    note = replace(note, conversion=replace(note.conversion, accrued="record-date"))
    market = model(**MARKET, hazard_rate=0.05)
    assert cn.price(note, market, options={"steps": 300.0}).price == pytest.approx(cn.price(note, market).price, rel=3e-5)


def test_red2_notice_is_worth_something_to_holders_whatever_the_share_keeps() -> None:
    note = replace(afv(), redemption=LATE.redemption)  # converts until it is redeemed, so that no coupon is given up
    for changes in ({"default_jump": 0.5}, {"hazard_exponent": -1.0}, {"hazard_exponent": -1.0, "default_jump": 0.0}):
        market = model(**MARKET, hazard_rate=0.03, **changes)
        value = cn.price(note, market)
        assert value.price > cn.price(afv(), market).price + 0.05
        assert value.price < cn.price(replace(note, redemption=None), market).price
        assert np.isfinite([value.delta, value.gamma, value.vega, value.rho, value.cs01, value.expected_life]).all()


def test_red2_what_only_the_closed_form_carries_is_refused() -> None:
    note = replace(LATE, interest=replace(LATE.interest, record_days=15))
    with pytest.raises(PricingError, match=r"price \(RED-2\): a call with notice and a coupon kept after its record date needs"):
        cn.price(note, model(**MARKET, hazard_rate=0.02, hazard_exponent=-1.0))
    assert cn.price(note, model(**MARKET, hazard_rate=0.02, default_jump=0.5)).price > 100.0


@pytest.mark.slow
def test_red2_paths_and_grid_agree_under_a_policy_where_the_share_keeps_half() -> None:
    large = 100_000_000
    issue = replace(LATE, principal=replace(LATE.principal, issue_size=large))
    market = model(**MARKET, hazard_rate=0.05, default_jump=0.5)
    policy = cn.Policy(redeem=Above(1.3))
    paths = cn.simulate(issue, market, paths=40_000, seed=5, policy=policy, principal=large, keep="summary").summary()
    value = cn.price(LATE, market, policy=policy, options={"decisions": "daily"})
    scale = large / 100
    assert abs(paths.present_value / scale - value.price) < 3 * paths.standard_error / scale
