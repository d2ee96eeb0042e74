"""PIK-1 in simulation: what is converted, redeemed, put and claimed is the principal grown by the coupons in kind due by then."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from random import Random

import numpy as np
import pytest

import convnote as cn
from tests.clauses.test_pik1_in_kind import NOTE
from tests.oracles import not_flat

from .cases import a_case
from .mixed import in_kind, mixed
from .test_ledger_agrees import assert_agrees

MODEL = cn.Lognormal(as_of="2022-06-15", spot=20, volatility=0.35, rate=0.03, hazard_rate=0.05, recovery=0.4)
BARE = dataclasses.replace(NOTE, redemption=None, put=None)


@pytest.fixture
def _no_replays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any path replayed to find out how it ends is an error."""
    monkeypatch.delattr("convnote.simulation.job.settle_exactly")


def over(seeds: Iterable[int], paths: int, mix: float = 0.0) -> Counter[str]:
    """How often each ending was seen over random notes in kind, of which a share `mix` has other terms too; all ledgers agree."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        note, model, policy, principal = a_case(seed)
        r = Random(f"in kind {seed}")
        if r.random() < mix:
            note, _ = mixed(note, r)
            if note.exchange is not None:  # an issuer's default leaves another company's share as it is
                model = dataclasses.replace(model, default_jump=0)
        note = in_kind(note, r)
        try:
            outcomes = cn.simulate(note, model, paths=paths, seed=seed, policy=policy, principal=principal)
        except cn.TermsError as error:  # as for coupons in cash
            if not mix or error.rule != "MWT-1":
                raise
            continue
        seen += assert_agrees(outcomes, range(paths))
    return seen


@pytest.mark.usefixtures("_no_replays")
@pytest.mark.parametrize("seeds", [(2, 7, 14, 53), (20, 28, 29, 33), (37, 51, 55, 56)])  # lives of up to 300 days
def test_pik1_every_ledger_agrees_with_the_arrays_over_random_notes_in_kind(seeds: tuple[int, ...]) -> None:
    seen = over(seeds, 25)
    assert seen.total() == 100 and len(seen) >= 5


@pytest.mark.slow
def test_pik1_every_ledger_agrees_with_the_arrays_over_many_more() -> None:
    seen = over(range(1000, 1250), 10, mix=0.5)
    assert seen.total() >= 2000 and len(seen) >= 12


#: coupons on 16 April and 16 October; that of 2023-04-16 is due on a Sunday
SUNDAY = dataclasses.replace(
    BARE, principal=dataclasses.replace(NOTE.principal, issue_date="2022-10-16", maturity_date="2024-10-16")
)
QUIET = dataclasses.replace(MODEL, as_of="2022-10-16", volatility=0.1, hazard_rate=0.0)


@pytest.mark.usefixtures("_no_replays")
def test_pik1_a_conversion_that_counts_on_the_closed_day_of_a_coupon_is_of_the_grown_principal():
    """Called for a Sunday and convertible on it; holders decide on Friday, and 30 is added on Sunday: 1,030 / 25 is 41.2."""
    conversion = dataclasses.replace(NOTE.conversion, called_until="0 calendar days before", off_days="same-day")
    call = dataclasses.replace(NOTE.redemption, prices=[("2023-04-16", 1)], notice_at_least=5)
    note = dataclasses.replace(SUNDAY, conversion=conversion, redemption=call)
    model, policy = dataclasses.replace(QUIET, spot=40), cn.Policy(redeem=cn.policies.AtOnce())
    outcomes = cn.simulate(note, model, paths=5, seed=1, policy=policy)
    assert assert_agrees(outcomes, range(5)) == {"called, then converted": 5}
    friday = [outcomes.closes(path)[outcomes.dates == np.datetime64("2023-04-14")][0] for path in range(5)]
    assert outcomes.shares.tolist() == [41] * 5 and outcomes.cash == pytest.approx(0.2 * np.array(friday), abs=0.0051)


@pytest.mark.usefixtures("_no_replays")
def test_pik1_an_election_that_counts_on_the_closed_day_of_a_coupon_is_of_the_grown_principal():
    """Put on a Sunday, 30 days before 16 May, on which 30 is added: 1,030 at 120%, and 30 days of 6% on 1,030."""
    put = cn.provisions.Put(prices=[("2023-05-16", "1.2")], notice_at_least=30)
    outcomes = cn.simulate(dataclasses.replace(SUNDAY, put=put), QUIET, paths=5, seed=1)
    assert assert_agrees(outcomes, range(5)) == {"put": 5}
    assert outcomes.cash.tolist() == [1_236 + 5.15] * 5


@pytest.mark.usefixtures("_no_replays")
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
