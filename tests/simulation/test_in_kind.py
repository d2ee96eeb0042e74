"""PIK-1 in simulation: every path is replayed, so each coupon in kind is rounded on the position that is simulated."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from tests.clauses.test_pik1_in_kind import NOTE
from tests.oracles import not_flat

from .test_ledger_agrees import assert_agrees

MODEL = cn.Lognormal(as_of="2022-06-15", spot=20, volatility=0.35, rate=0.03, hazard_rate=0.05, recovery=0.4)
BARE = dataclasses.replace(NOTE, redemption=None, put=None)


def test_pik1_paths_agree_with_their_ledgers():
    waiting = cn.Policy(convert=cn.policies.Above(1.3), put=cn.policies.Never())
    for policy in (None, cn.Policy(redeem=cn.policies.Above(1.1)), waiting):
        outcomes = cn.simulate(NOTE, MODEL, paths=12, seed=3, policy=policy, principal=17_000)
        endings = assert_agrees(outcomes, range(12))
        assert len(endings) >= 2


@pytest.mark.parametrize(("principal", "mode", "unit"), [(1_000, "up", 1), (17_000, "down", 1), (9_000, "half-up", 100)])
def test_pik1_what_is_paid_at_maturity_is_the_oracles_growth_of_the_position(principal, mode, unit):
    interest = dataclasses.replace(NOTE.interest, paid_rounding=unit, paid_rounding_mode=mode)
    note = dataclasses.replace(BARE, interest=interest, conversion=None)
    outcomes = cn.simulate(note, dataclasses.replace(MODEL, hazard_rate=0.0), paths=3, principal=principal)
    grown = not_flat.grown(principal, Fraction("0.06"), 2, 3, unit, mode)
    paid = grown + grown * Fraction("0.03")
    assert outcomes.cash == pytest.approx([float(paid)] * 3, abs=0.005)
    today = float(paid) * np.exp(-0.03 * 733 / 365)  # paid on Monday the 17th
    assert outcomes.present_value == pytest.approx([today] * 3, rel=1e-9)


def test_pik1_shares_at_the_end_are_of_the_grown_principal_and_a_recovery_too():
    """1,000 grows by 30, 31 and 32 in whole dollars, rounded up; 25 is the conversion price."""
    policy = cn.Policy(convert=cn.policies.AtEnd())
    outcomes = cn.simulate(BARE, MODEL, paths=60, seed=1, policy=policy)
    converted = outcomes.ending == "converted"
    assert converted.sum() >= 5 and set(outcomes.shares[converted]) == {1_093 // 25}
    lost = {float(outcomes.cash[place]) for place in np.flatnonzero(outcomes.ending == "defaulted")}
    assert lost and lost <= {400.0, 412.0, 424.4, 437.2}


def test_pik1_a_simulation_goes_on_from_a_state_on_the_principal_it_is_given():
    """From after the second coupon, 1,061 grows by 32 and is then paid with the last coupon in cash: 32.79."""
    days = [str(day) for day in np.arange("2022-05-02", "2023-06-16", dtype="datetime64[D]") if np.is_busday(day)]
    history = cn.MarketHistory(dates=days, closes=[20.0] * len(days), currency="USD")
    note = dataclasses.replace(BARE, conversion=None)
    state = cn.replay(note, history, until="2023-06-15").state
    later = dataclasses.replace(MODEL, as_of="2023-06-15", hazard_rate=0.0)
    outcomes = cn.simulate(note, later, state=state, paths=3, principal=1_061)
    assert outcomes.cash == pytest.approx([1_093 + 32.79] * 3, abs=0.005)
    assert assert_agrees(outcomes, range(3))
