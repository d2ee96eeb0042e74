"""Draws: the normals are normal and independent, defaults and changes come as often as they should, closes stand on the grid."""

import math

import numpy as np
import pytest
from scipy.special import ndtr

from convnote.calendars import calendar, day_number
from convnote.simulation.paths import NEVER, Draws, Grid, Normals

from .cases import peacs_model

DAYS = np.array(calendar("NASDAQ").between(day_number("2000-02-16"), day_number("2010-02-16")))


@pytest.fixture(scope="module")
def normals():
    rows = np.empty((40, 100_003), np.float32)
    source = Normals(np.random.SeedSequence(5), rows.shape[1])
    for i in range(0, 40, 4):
        source.fill(rows[i : i + 4], np.ones(4))
    return rows.astype(np.float64)


def test_normals_have_the_moments_of_normals(normals):
    count = normals.size
    for power, mean, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96), (6, 15, 10170)):
        assert abs((normals**power).mean() - mean) < 4 * math.sqrt(variance / count), power


def test_normals_have_the_distribution_of_normals(normals):
    sample = np.sort(normals.ravel())
    ranks = np.arange(1, len(sample) + 1) / len(sample)
    assert np.abs(ndtr(sample) - ranks).max() < 1.63 / math.sqrt(len(sample))  # Kolmogorov, 1%


def test_tails_reach_as_far_as_they_should(normals):
    for bound in (3, 4, 4.5):
        expected = 2 * ndtr(-bound) * normals.size
        assert abs((np.abs(normals) > bound).sum() - expected) < 4 * math.sqrt(expected)


def test_rows_do_not_know_each_other(normals):
    limit = 4.5 / math.sqrt(normals.shape[1])
    for rows in (normals, normals**2 - 1):
        correlations = np.corrcoef(rows)
        assert np.abs(correlations - np.eye(len(rows))).max() < limit


def test_each_row_has_its_own_standard_deviation():
    rows = np.empty((4, 200_000), np.float32)
    Normals(np.random.SeedSequence(1), 200_000).fill(rows, np.array([0.0, 0.02, 0.05, 0.0]))
    assert rows[0].any() == rows[3].any() == 0
    assert rows[1].std() == pytest.approx(0.02, rel=0.01)
    assert rows[2].std() == pytest.approx(0.05, rel=0.01)


def test_defaults_and_changes_come_as_often_as_their_intensity_says():
    grid = Grid.of(peacs_model(hazard_rate=0.1, change_rate=0.2), DAYS)
    draws = Draws.of(grid, 1, 0, 200_000)
    for row in (252, 1260, 2513):
        exact = -np.expm1(-grid.hazard[row])
        found = (draws.default <= row).mean()
        assert abs(found - exact) < 4 * math.sqrt(exact * (1 - exact) / 200_000)
    expected = grid.change[-1] * 200_000
    assert abs(len(draws.row) - expected) < 4 * math.sqrt(expected)
    assert (np.diff(draws.row) >= 0).all()
    per_path = np.bincount(draws.path, minlength=200_000)
    assert per_path.var() == pytest.approx(per_path.mean(), rel=0.02)  # as a Poisson number has it


def test_closes_are_rounded_half_up_to_the_grid_and_never_nothing():
    grid = Grid.of(peacs_model(quote=0.25), DAYS)
    assert grid.on_grid(np.array([10.12, 10.125, 10.37, 0.001])).tolist() == [10.0, 10.25, 10.25, 0.25]
    fine = Grid.of(peacs_model(), DAYS)
    closes = fine.quote(np.linspace(-3, 3, 1001).astype(np.float32), np.zeros(1001, int))
    assert [float(f"{close:.2f}") for close in closes] == closes.tolist()


def test_the_filter_never_rules_out_a_close_above_the_level():
    grid = Grid.of(peacs_model(quote=0.5), DAYS)
    rows = np.arange(len(DAYS))
    edge = grid.surely_not_above(np.full(len(DAYS), 167.915), slice(None))
    for nudge in (0.0, 1e-7, 1e-5):
        closes = grid.quote((edge - nudge).astype(np.float32), rows)
        assert (closes <= 167.915).all()
    assert len(DAYS) < NEVER
