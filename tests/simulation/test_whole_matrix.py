"""The slow twin: on the same closes, defaults and changes the whole-matrix version decides and pays exactly the same."""

from collections import Counter

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number
from tests.benchmarks import whole_matrix

from .cases import PEACS, peacs_model


def market_of(outcomes):
    """What a simulation drew, as whole matrices."""
    block, _ = outcomes._block(0)
    days = np.array([day_number(day) for day in outcomes.dates.tolist()])
    draws, default = block.walk.draws, block.walk.default
    changes = sorted((int(days[row]), int(path)) for row, path in zip(draws.row, draws.path, strict=True))
    walks = block.walks
    for row in range(1, len(days)):  # after its walk was left a path stands still: the contract looks no more
        left = np.isnan(walks[0, row])
        walks[:, row, left] = walks[:, row - 1, left]
    closes = block.walk.quote(walks, np.arange(len(days))[:, None])
    return whole_matrix.Market(days, closes, np.append(days, whole_matrix.NEVER)[default], changes)


@pytest.mark.parametrize(("seed", "paths"), [(1, 2000), pytest.param(2, 3000, marks=pytest.mark.slow)])
def test_the_whole_matrix_version_agrees_on_the_same_closes(seed, paths):
    model = peacs_model(change_rate=0.1)
    outcomes = cn.simulate(PEACS, model, paths=paths, seed=seed)
    twin = whole_matrix.simulate(PEACS, model, market_of(outcomes))
    assert np.array_equal(twin["kind"], outcomes.status)
    assert np.array_equal(twin["end_day"], outcomes.end_date.astype(np.int64))
    assert np.array_equal(twin["shares"], outcomes.shares)
    assert np.round(twin["cash"] - outcomes.cash, 6).any() == 0
    assert np.allclose(twin["present_value"], outcomes.present_value, rtol=1e-12)
    assert len(Counter(outcomes.ending.tolist())) >= 7
