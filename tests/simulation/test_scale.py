"""Blocks on any executor give the same bits; a lost worker costs only time; a block that fails raises its own error."""

import dataclasses
import os
import pickle
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

import numpy as np
import pytest

import convnote as cn
from convnote.policies import Ask, Policy
from convnote.simulation.paths import Normals

from .cases import PEACS, peacs_model

#: A life of half a year: blocks are quick.
SHORT = dataclasses.replace(
    PEACS,
    principal=dataclasses.replace(PEACS.principal, maturity_date=PEACS.issue_date + timedelta(days=182), certificates={}),
    interest=dataclasses.replace(PEACS.interest, frequency=2),
    reset=None,
)
PATHS = 140_000  # three blocks


def simulated(executor=None, **changes):
    return cn.simulate(SHORT, peacs_model(), **{"paths": PATHS, "seed": 3, "executor": executor, **changes})


@pytest.fixture(scope="module")
def here():
    return simulated()


def assert_same(here, there):
    for name in ("present_value", "cash", "shares", "end_date", "conversion_price", "ending"):
        assert np.array_equal(getattr(here, name), getattr(there, name)), name
    assert here.summary() == there.summary()


@pytest.mark.parametrize("workers", [1, 3])
def test_threads_give_the_same_bits(here, workers):
    with ThreadPoolExecutor(workers) as pool:
        assert_same(here, simulated(pool))


def test_processes_give_the_same_bits(here):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert_same(here, simulated(pool))


class Backwards(Executor):
    """Works only when asked for a result, so blocks are done in any order."""

    def submit(self, function, /, *arguments, **named):
        future: Future = Future()
        future.set_result(None)
        future.result = lambda timeout=None: function(*arguments, **named)
        return future


def test_the_order_of_work_is_nothing_to_the_result(here):
    assert_same(here, simulated(Backwards()))


def test_a_summary_is_the_same_with_and_without_paths(here):
    summed = simulated(keep="summary").summary()
    kept = here.summary()
    assert summed.means == kept.means
    assert summed.standard_errors == kept.standard_errors
    assert summed.events == kept.events
    for share, value in kept.quantiles.items():
        assert summed.quantiles[share] == pytest.approx(value, rel=2e-3)


def dying(*arguments):
    os._exit(1)


@pytest.mark.filterwarnings("ignore:the executor broke")
def test_a_killed_worker_costs_only_time(here):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        pool.submit(dying)
        assert_same(here, simulated(pool))


def test_a_broken_executor_is_told_of():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with pytest.raises(BrokenExecutor):
            pool.submit(dying).result()
        with pytest.warns(RuntimeWarning, match="the executor broke"):
            simulated(pool, paths=100)


def test_a_block_that_fails_raises_its_own_error():
    def fails(on, close, view):
        if len(close) < 30_000:
            raise ZeroDivisionError("in the last block")
        return np.zeros(len(close), bool)

    policy = Policy(convert=Ask(fails))
    with ThreadPoolExecutor(2) as pool, pytest.raises(ZeroDivisionError, match="in the last block"):
        simulated(pool, policy=policy)


@pytest.mark.parametrize("name", ["amazon-peacs-2010", "afv-2003"])
def test_a_note_that_was_used_travels_as_lightly_as_a_new_one(name):
    """It is sent with every block: what was worked out from its terms stays behind."""
    note = cn.load(name)
    fresh = len(pickle.dumps(note))
    note.interest.accrued(np.arange(note.issue_date, note.maturity_date))
    assert len(cn.schedule(note)) > 0
    model = cn.Lognormal(as_of=note.issue_date, spot=70, volatility=0.5, rate=0.05)
    outcomes = cn.simulate(note, model, paths=20)
    assert outcomes.ledger(3).entries  # a replay
    used = pickle.dumps(note)
    assert fresh <= len(used) < 10_000 and pickle.loads(used) == note
    assert len(pickle.dumps(outcomes.job)) < 20_000
    again = cn.simulate(pickle.loads(used), model, paths=20)
    assert np.array_equal(again.present_value, outcomes.present_value)


def test_normals_drawn_in_pieces_are_those_drawn_at_once(monkeypatch):
    rows = np.empty((2, 4, 40_000), np.float32)
    for place, words in enumerate((8_192, 10**9)):
        monkeypatch.setattr("convnote.simulation.paths.WORDS", words)
        normals = Normals(np.random.SeedSequence(5), 40_000)
        for _ in range(3):
            normals.fill(rows[place], np.array([1.0, 1.0, 0.5, 0.5], np.float32))
    assert np.array_equal(rows[0], rows[1])
    raw = np.random.SFC64(np.random.SeedSequence(5)).random_raw(30_000)
    assert np.array_equal(Normals(np.random.SeedSequence(5), 20_000)._raw(30_000), raw)


def test_progress_shows_a_bar(capsys):
    simulated(paths=100, progress=True)
    assert "simulate" in capsys.readouterr().err


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_bits_though_a_worker_is_lost(here):
    distributed = pytest.importorskip("distributed", reason="needs the extra cluster")
    workers = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**workers) as cluster, distributed.Client(cluster) as client:
        assert_same(here, simulated(client.get_executor()))
        worker = next(iter(cluster.workers.values()))
        worker.process.process.kill()
        assert_same(here, simulated(client.get_executor()))


@pytest.mark.slow
def test_paths_are_reproducible_from_seed_and_count(here):
    assert_same(here, simulated())
    other = simulated(seed=4)
    assert not np.array_equal(here.present_value, other.present_value)
