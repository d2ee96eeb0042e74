"""What a simulation is rarely asked: two blocks summed up, controls on few paths, the last day of a ledger, words of refusals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import convnote as cn
from convnote.policies import Ask, Never, Policy
from convnote.simulation.paths import BLOCK

from .cases import PEACS, peacs_model

PLAIN = dataclasses.replace(PEACS, reset=None, withdrawal=None, fundamental_change=None, redemption=None)


def test_a_summary_of_two_blocks_counts_the_paths_of_both():
    paths = BLOCK + 40
    summed = cn.simulate(PLAIN, peacs_model(), paths=paths, seed=1, keep="summary").summary()
    kept = cn.simulate(PLAIN, peacs_model(), paths=paths, seed=1)
    assert summed.paths == paths
    assert sum(summed.endings.values()) == pytest.approx(1)
    # each share of paths is a whole number of them
    shares = [share * paths for share in summed.endings.values()]
    assert shares == pytest.approx([round(share) for share in shares], abs=1e-6)
    plain = kept.present_value.mean()
    assert kept.summary(control_variates=False).present_value == pytest.approx(plain, rel=1e-9)
    uncontrolled = cn.simulate(PLAIN, peacs_model(), paths=paths, seed=1, keep="summary").summary(control_variates=False)
    assert uncontrolled.present_value == pytest.approx(plain, rel=1e-9)


def test_the_life_of_a_note_that_matures_is_the_years_to_its_maturity():
    model = cn.Lognormal(as_of="2000-02-16", spot=60, volatility=0, rate=0.05)
    summary = cn.simulate(PLAIN, model, paths=20, seed=1, policy=Policy(convert=Never())).summary()
    # 3,653 days from 16 February 2000 to 16 February 2010
    assert summary.means["life"] == pytest.approx(3653 / 365)


def test_one_control_is_used_from_thirteen_paths_on():
    # 2 x 1 + 10: with twelve the regression would follow the few paths that there are
    model = cn.Lognormal(as_of="2000-02-16", spot=100, volatility=0.4, rate=0.05)
    for paths, is_used in ((12, False), (13, True)):
        outcomes = cn.simulate(PLAIN, model, paths=paths, seed=4)
        by_control, plain = outcomes.summary().present_value, outcomes.present_value.mean()
        assert (by_control != pytest.approx(plain, rel=1e-9)) is is_used, paths


def test_a_ledger_goes_to_the_day_on_which_its_path_ends_and_no_further():
    outcomes = cn.simulate(PLAIN, peacs_model(hazard_rate=0.2), paths=30, seed=1)
    ended = [path for path in range(30) if outcomes.status[path] in ("defaulted", "matured")]
    assert len(ended) >= 5 and {str(outcomes.status[path]) for path in ended} >= {"defaulted"}
    for path in ended:
        assert str(outcomes.ledger(path).state.on) == str(outcomes.end_date[path])


def test_a_function_is_told_which_paths_it_is_asked_of():
    told = []

    def never(on, close, view):
        told.append(np.array(view.path))
        return np.zeros(len(close), dtype=bool)

    model = cn.Lognormal(as_of="2009-12-16", spot=60, volatility=0.3, rate=0.05)
    cn.simulate(PLAIN, model, paths=7, seed=1, policy=Policy(convert=Ask(never)), state=_alive("2009-12-16"))
    assert told and all(paths.tolist() == list(range(7)) for paths in told)


def _alive(until):
    return cn.replay(PLAIN, cn.scenario("as-it-was"), until=until, events=[]).state


def test_what_a_sheet_leaves_out_stands_above_a_summary_line_by_line():
    left_out = {"SFT": "callable above 140%", "TAX-1": "redemption for taxation"}
    note = dataclasses.replace(PLAIN, not_modelled=left_out)
    outcomes = cn.simulate(note, peacs_model(), paths=50, seed=1)
    assert str(outcomes.summary()).startswith(
        "Not modelled, SFT: callable above 140%\nNot modelled, TAX-1: redemption for taxation\n"
    )


def test_what_cannot_be_gone_on_from_is_refused_by_its_place():
    history = cn.scenario("as-it-was")
    model = cn.Lognormal(as_of="2003-02-16", spot=20, volatility=0.4, rate=0.05)
    missed = cn.replay(PEACS, history, events=[cn.MissedPayment("2003-02-16")], until="2003-02-16").state
    with pytest.raises(cn.TermsError, match=r"simulate state.unpaid \(DEF-2\): something is unpaid: replay to its cure first"):
        cn.simulate(PEACS, model, paths=10, seed=1, state=missed)
    # rounded on each position, 47,567,465.75 of 690m is not the same per denomination on 400m and on 290m
    holders = {"A": 400_000_000, "B": 290_000_000}
    differently = cn.replay(PEACS, history, events=[], positions=holders, until="2003-02-16").state
    with pytest.raises(cn.TermsError, match=r"simulate state.positions: holders who were paid differently"):
        cn.simulate(PEACS, model, paths=10, seed=1, state=differently)


def test_an_executor_that_is_none_is_refused_with_what_one_is():
    with pytest.raises(cn.TermsError, match=r"simulate executor: got 'dask'; a concurrent.futures.Executor is needed, such as"):
        cn.simulate(PLAIN, peacs_model(), paths=10, seed=1, executor="dask")
