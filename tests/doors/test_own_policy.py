"""A policy object of the user's own: `decide` and `respond`, in a replay and in a simulation that walks each path exactly."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import to_date
from convnote.policies import Above, Ask, AtEnd
from tests.simulation.cases import PEACS, a_case, peacs_model
from tests.simulation.test_ledger_agrees import assert_agrees

from .test_own_answer import same


class Wrapped:
    """A policy of the library behind the two methods, and nothing else of it."""

    def __init__(self, policy: cn.Policy) -> None:
        self.policy = policy

    def decide(self, note, state, on, observations):
        assert isinstance(on, int)
        return self.policy.decide(note, state, on, observations)

    def respond(self, note, state, event, observations):
        return self.policy.respond(note, state, event, observations)


class Quarters:
    """A holder who converts a quarter of what is left, or all of two Notes, when the share closes above 90."""

    def decide(self, note, state, on, observations):
        if not state.convertible or observations.close(on) <= 90 or note.conversion.counted(on) != on:
            return []
        unit = note.denomination
        quarter = state.outstanding // (4 * unit) * unit
        return [cn.Convert(to_date(on), quarter or state.outstanding)] if state.outstanding else []

    def respond(self, note, state, event, observations):
        return []


def alike(built_in: cn.Outcomes, own: cn.Outcomes) -> None:
    assert (abs(built_in.cash - own.cash) < 0.005).all()
    assert (built_in.shares == own.shares).all() and (built_in.end_date == own.end_date).all()
    assert (built_in.ending == own.ending).all() and (built_in.status == own.status).all()
    assert abs(built_in.present_value - own.present_value).max() < 0.005
    assert built_in.conversion_price == pytest.approx(own.conversion_price, abs=1e-9)


@pytest.mark.parametrize("policy", [cn.Policy(), cn.Policy(redeem=Above(1.1), convert=AtEnd(True))])
def test_a_policy_behind_the_two_methods_agrees_path_for_path(policy: cn.Policy) -> None:
    model = peacs_model(change_rate=0.1)
    built_in, own = (cn.simulate(PEACS, model, paths=4, seed=2, policy=each) for each in (policy, Wrapped(policy)))
    alike(built_in, own)
    assert own.ledger(3).entries == built_in.ledger(3).entries
    assert (own.closes(3) == built_in.closes(3)).all()
    ours, theirs = own.summary().as_dict(), built_in.summary().as_dict()
    assert ours["endings"] == theirs["endings"] and ours["events"] == theirs["events"]
    assert ours["means"] == pytest.approx(theirs["means"], abs=0.005)


#: Without a put that is asked for, or used at once, and a hazard that depends on the price: there the walk is left on other rows.
PLAIN = [
    seed for seed in range(16) if not isinstance(a_case(seed)[2].put, Ask) and not getattr(a_case(seed)[1], "hazard_exponent", 0)
]


@pytest.mark.parametrize("seed", PLAIN)
def test_it_agrees_over_random_notes_models_and_policies(seed: int) -> None:
    note, model, policy, principal = a_case(seed)
    built_in, own = (
        cn.simulate(note, model, paths=8, seed=seed, policy=each, principal=principal) for each in (policy, Wrapped(policy))
    )
    alike(built_in, own)


@pytest.mark.parametrize("seed", [2, 14])
def test_under_any_other_its_own_ledgers_agree_and_any_policy_agrees_on_its_closes(seed: int) -> None:
    note, model, policy, principal = a_case(seed)
    own = cn.simulate(note, model, paths=6, seed=seed, policy=Wrapped(policy), principal=principal)
    assert_agrees(own, range(6))


def test_what_no_answer_can_say_is_simulated_too() -> None:
    model = peacs_model(hazard_rate=0.1, default_jump=0.6)
    outcomes = cn.simulate(PEACS, model, paths=5, seed=4, policy=Quarters(), principal=8000)
    assert_agrees(outcomes, range(5))
    parts = [len(ledger.of_kind("conversion")) for ledger in outcomes.ledgers(range(5))]
    assert max(parts) > 3  # in parts, as no `Policy` converts
    assert outcomes.to_frame().shape == (5, 7)
    assert sum(outcomes.summary().endings.values()) == pytest.approx(1)


def test_it_goes_on_from_a_state() -> None:
    state = cn.replay(PEACS, cn.scenario("as-it-was"), until="2007-12-31").state
    model = peacs_model(as_of="2007-12-31", spot=90, hazard_rate=0.1)
    built_in, own = (
        cn.simulate(PEACS, model, paths=8, seed=3, state=state, policy=each) for each in (cn.Policy(), Wrapped(cn.Policy()))
    )
    alike(built_in, own)
    assert (own.end_date > np.datetime64("2007-12-31")).all()


def short() -> tuple[Any, Any]:
    note, model, _, _ = a_case(3)
    return note, model


def test_the_bits_are_those_of_any_executor_and_of_kept_sums() -> None:
    note, model = short()
    policy = Wrapped(cn.Policy())
    here = cn.simulate(note, model, paths=5, seed=6, policy=policy)
    with ThreadPoolExecutor(2) as threads:
        assert same(here, cn.simulate(note, model, paths=5, seed=6, policy=policy, executor=threads))
    sums = cn.simulate(note, model, paths=5, seed=6, policy=policy, keep="summary")
    assert sums.summary().means == here.summary().means
    assert sums.ledger(4).entries == here.ledger(4).entries


class KeepsBonds(cn.Policy):
    """A subclass that decides otherwise is not taken for its parent: nobody converts."""

    def decide(self, note, state, on, observations):
        return [event for event in super().decide(note, state, on, observations) if not isinstance(event, cn.Convert)]


def test_a_subclass_of_policy_that_decides_otherwise_is_walked_exactly() -> None:
    model = dataclasses.replace(peacs_model(), hazard_rate=0.0)
    outcomes = cn.simulate(PEACS, model, paths=2, seed=1, policy=KeepsBonds())
    assert not outcomes.shares.any()
    assert cn.simulate(PEACS, model, paths=2, seed=1).shares.any()


def test_what_it_may_not_do_is_refused_by_rule_with_the_path() -> None:
    class Greedy(Quarters):
        def decide(self, note, state, on, observations):
            return [cn.Convert(to_date(on), state.outstanding + note.denomination)] if state.outstanding else []

    with pytest.raises(cn.LifecycleError) as caught:
        cn.simulate(PEACS, peacs_model(), paths=2, policy=Greedy())
    assert caught.value.rule == "CNV-1"
    assert caught.value.__notes__ == ["decided by the policy on path 0 of its block"]


class OnlyDecides:
    def decide(self, note, state, on, observations):
        return []


class OnlyResponds:
    def respond(self, note, state, event, observations):
        return []


@pytest.mark.parametrize("policy", [OnlyDecides(), OnlyResponds(), Wrapped, object(), 3, "never", {}])
def test_what_has_not_both_is_refused_by_replay_and_simulation(policy: Any) -> None:
    asks = {
        "replay policy": lambda: cn.replay(PEACS, cn.scenario("as-it-was"), policy=policy),
        "policy": lambda: cn.simulate(PEACS, peacs_model(), paths=3, policy=policy),
    }
    for field, ask in asks.items():
        with pytest.raises(cn.TermsError, match=r"expected a cn\.Policy or an object with decide\(note, state, on") as caught:
            ask()
        assert caught.value.field == field


def test_a_replay_asks_it_on_every_trading_day() -> None:
    history = cn.scenario("as-it-was")
    assert cn.replay(PEACS, history, policy=Wrapped(cn.Policy())).entries == cn.replay(PEACS, history, policy=cn.Policy()).entries
    converted = cn.replay(PEACS, history, policy=Quarters())
    assert len(converted.of_kind("conversion")) > 3
    assert np.isclose(float(sum(entry.principal for entry in converted)), float(PEACS.issue_size))
