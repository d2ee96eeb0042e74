"""What a function of the user's sees of a withdrawal's condition: the same in a replay and in a simulation."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.policies import Ask, Never
from tests.simulation.cases import PEACS, peacs_model


class Keeps:
    """Says no, and keeps what it was shown: by day, of each path, close, count and days since."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, int], tuple[float, int, int]] = {}

    def __call__(self, on: Any, close: np.ndarray, view: Any) -> np.ndarray:
        for place, path in enumerate(view.path.tolist()):
            self.seen[str(on), path] = (float(close[place]), int(view.count[place]), int(view.days_since[place]))
        return np.zeros(len(close), bool)


@pytest.mark.parametrize(("within", "shares"), [(0, None), (5, None), (5, "2")])
def test_wdr1_a_function_sees_the_same_count_and_days_in_replay_and_simulation(within: int, shares: str | None) -> None:
    note = dataclasses.replace(PEACS, withdrawal=dataclasses.replace(PEACS.withdrawal, notice_within=within))
    state, model = None, peacs_model(spot=115, hazard_rate=0)
    if shares:
        events = [cn.Merger("2000-03-01", shares=shares)]
        state = cn.replay(note, cn.scenario("as-it-was"), events=events, until="2000-03-31").state
        model = peacs_model(as_of="2000-03-31", spot=60, hazard_rate=0)
    shown = Keeps()
    policy = cn.Policy(withdraw=Ask(shown), redeem=Never())
    outcomes = cn.simulate(note, model, paths=6, seed=2, policy=policy, state=state)
    simulated = dict(shown.seen)
    outcomes.closes(0)  # the block is walked again, and kept
    for path in range(6):
        shown.seen.clear()
        outcomes.ledger(path)
        replayed = {on: values for (on, _), values in shown.seen.items()}
        assert replayed == {on: pytest.approx(values) for (on, each), values in simulated.items() if each == path}
    counts = [count for _, count, _ in simulated.values()]
    days = {since for _, _, since in simulated.values()}
    assert len(simulated) > 100 and max(counts) == 30 and (min(counts) < 20) == (within > 0)
    assert (days == {0}) if within == 0 else (len(days) > 3)


def test_a_right_without_a_condition_shows_none() -> None:
    shown: list[Any] = []

    def never(on: Any, close: np.ndarray, view: Any) -> np.ndarray:
        shown.append((view.count, view.days_since))
        return np.zeros(len(close), bool)

    policy = cn.Policy(redeem=Ask(never))
    cn.simulate(PEACS, peacs_model(), paths=3, seed=1, policy=policy).ledger(0)
    assert shown and set(shown) == {(None, None)}
