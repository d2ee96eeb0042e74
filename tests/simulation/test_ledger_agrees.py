"""Law: the ledger of any path, replayed exactly, agrees to the cent with the arrays, over random notes, models and policies."""

import dataclasses
from collections import Counter
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.simulation.one_path import Block

from .cases import PEACS, a_case, peacs_model


def assert_agrees(outcomes: cn.Outcomes, paths) -> Counter:
    """Compare every path with its ledger; gives how often each ending was seen."""
    seen: Counter = Counter()
    for path in paths:
        ledger = outcomes.ledger(path)
        where = f"path {path}, {outcomes.ending[path]} on {outcomes.end_date[path]}"
        assert round(float(ledger.total()) - outcomes.cash[path], 6) == 0, where
        assert sum(entry.shares for entry in ledger) == outcomes.shares[path], where
        assert str(ledger.state.status) == outcomes.status[path], where
        # while a conversion is being settled the ledger goes on, and a reset changes a price at which nothing converts (STL-1)
        later = [entry for entry in ledger.of_kind("reset") if str(entry.date) > str(outcomes.end_date[path])]
        if ledger.state.conversion_price is not None and not later:
            assert float(ledger.state.conversion_price) == pytest.approx(outcomes.conversion_price[path], abs=1e-9), where
        gone = [entry.date for entry in ledger if entry.principal]
        assert str(max(gone)) == str(outcomes.end_date[path]), where
        seen[outcomes.ending[path]] += 1
    return seen


def endings_that_agree(changed, seeds, paths: int) -> Counter:
    """How often each ending was seen over the cases of `seeds`, each with its note `changed(note, seed)`; all ledgers agree."""
    seen: Counter = Counter()
    for seed in seeds:
        note, model, policy, principal = a_case(seed)
        outcomes = cn.simulate(changed(note, seed), model, paths=paths, seed=seed, policy=policy, principal=principal)
        seen += assert_agrees(outcomes, range(paths))
    return seen


def a_simulation(seed: int, paths: int) -> cn.Outcomes:
    note, model, policy, principal = a_case(seed)
    return cn.simulate(note, model, paths=paths, seed=seed, policy=policy, principal=principal)


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_every_ledger_agrees_with_the_arrays_over_random_notes_models_and_policies(first):
    seen: Counter = Counter()
    for seed in range(first, first + 10):
        seen += assert_agrees(a_simulation(seed, 6), range(6))
    assert len(seen) >= 3  # the examples reached several endings


@pytest.mark.slow
def test_every_ledger_agrees_with_the_arrays_over_many_more():
    seen: Counter = Counter()
    for seed in range(1000, 1400):
        seen += assert_agrees(a_simulation(seed, 10), range(10))
    assert len(seen) >= 12


def test_ledgers_of_the_bundled_note_agree_with_its_arrays():
    outcomes = cn.simulate(PEACS, peacs_model(change_rate=0.1), paths=40, seed=1)
    assert len(assert_agrees(outcomes, range(40))) >= 4


def test_ledgers_of_several_paths_are_those_of_each_from_one_walk_of_their_block(monkeypatch):
    walked = []

    def walk(job, plan, number, kept):
        walked.append((number, list(kept)))
        return Block(job, plan, number, kept)

    alone = cn.simulate(PEACS, peacs_model(), paths=50, seed=2)
    expected = {path: alone.ledger(path) for path in (3, 7, 20)}
    outcomes = cn.simulate(PEACS, peacs_model(), paths=50, seed=2)
    monkeypatch.setattr("convnote.simulation.outcomes.MOST", 0)  # as of a whole block: only the paths asked for are kept
    monkeypatch.setattr("convnote.simulation.outcomes.Block", walk)
    several = outcomes.ledgers([20, 3, 20, np.int64(7)])
    assert [each.entries for each in several] == [expected[path].entries for path in (20, 3, 20, 7)]
    assert outcomes.ledger(3).entries == expected[3].entries and outcomes.ledgers([7, 20])[0].entries == expected[7].entries
    assert walked == [(0, [3, 7, 20])]
    assert outcomes.ledgers([]) == []


@pytest.mark.parametrize("path", [-1, 50, True, 1.0, "1"])
def test_of_ledgers_a_path_that_there_is_not_is_refused_before_any_is_made(path):
    outcomes = cn.simulate(PEACS, peacs_model(), paths=50, seed=2)
    with pytest.raises(cn.TermsError, match=r"Outcomes path: got .*; expected a whole number from 0 and below 50"):
        outcomes.ledgers([1, path])


def test_a_ledger_is_the_same_whether_its_block_is_kept_or_not(monkeypatch):
    outcomes = cn.simulate(PEACS, peacs_model(), paths=50, seed=2)
    whole = outcomes.closes(7)
    monkeypatch.setattr("convnote.simulation.outcomes.MOST", 0)
    again = cn.simulate(PEACS, peacs_model(), paths=50, seed=2)
    assert (again.closes(7) == whole).all()


def test_a_seasoned_note_goes_on_from_its_state():
    history = cn.scenario("as-it-was")
    state = cn.replay(PEACS, history, until="2002-12-31").state
    model = peacs_model(as_of="2002-12-31", spot=75, volatility=0.6, hazard_rate=0.1)
    outcomes = cn.simulate(PEACS, model, paths=40, seed=3, state=state)
    assert len(assert_agrees(outcomes, range(40))) >= 3
    assert (outcomes.conversion_price == 84.883).all()


def seasoned(seed: int, paths: int) -> cn.Outcomes | None:
    """A random note after some months of a simulated market, left as it was or under a policy, and simulated on."""
    note, model, policy, principal = a_case(seed)
    r = Random(seed)
    past = cn.simulate(note, model, paths=1, seed=seed)
    first = np.datetime64(note.principal.sessions.before(note.principal.issue_day), "D")
    closes = past.closes(0)
    history = cn.MarketHistory(dates=[first, *past.dates], closes=[closes[0], *closes])
    place = r.randrange(5, len(closes) - 30)
    until = (past.dates[place] + np.timedelta64(r.choice([0, 0, 1, 2]), "D")).item()
    busy = cn.Policy(redeem=cn.policies.Never(), put=cn.policies.Never(), convert=cn.policies.Never())
    try:
        state = cn.replay(note, history, events=[], until=until, policy=r.choice([None, busy])).state
        now = model.at(until, spot=float(closes[place]) * getattr(model, "exchange_rate", 1.0))
        return cn.simulate(note, now, paths=paths, seed=seed, policy=policy, principal=principal, state=state)
    except (cn.TermsError, cn.MarketError):
        return None  # a notice is running, or the terms ask for closes before the issue


def test_every_ledger_of_a_seasoned_note_agrees_with_the_arrays():
    seen: Counter = Counter()
    cases = [outcomes for outcomes in (seasoned(seed, 5) for seed in range(30)) if outcomes is not None]
    assert len(cases) >= 15
    for outcomes in cases:
        seen += assert_agrees(outcomes, range(5))
    assert len(seen) >= 6


def test_nothing_is_read_that_was_not_drawn(monkeypatch):
    """Buffers full of a number that no share reaches: were it read, its exponential would overflow."""

    def huge(shape):
        return np.full(shape, 1e30, np.float32), np.full(shape, 1e30, np.float32)

    monkeypatch.setattr("convnote.simulation.walks._buffers", huge)
    for seed in range(12):
        assert np.isfinite(a_simulation(seed, 6).present_value).all()
        later = seasoned(seed, 5)
        assert later is None or np.isfinite(later.present_value).all()


@pytest.mark.parametrize("shares", ["2", "0.25", "0.731"])
def test_adj8_after_a_merger_of_shares_alone_every_ledger_agrees(shares):
    history, on = cn.scenario("as-it-was"), "2000-12-29"
    state = cn.replay(PEACS, history, events=[cn.Merger("2000-06-05", shares=shares)], until=on).state
    assert state.status is cn.Status.OUTSTANDING and float(state.scale.shares) == float(shares)
    model = peacs_model(as_of=on, spot=100 / float(shares), volatility=0.7, hazard_rate=0.1, change_rate=0.3)
    high = cn.policies.Ask(lambda on, close, view: close > 1.1 * view.conversion_price)
    for policy in (cn.Policy(), cn.Policy(withdraw=cn.policies.Above(1.2), redeem=high, convert=cn.policies.Above(1.6))):
        outcomes = cn.simulate(PEACS, model, paths=20, seed=3, state=state, policy=policy)
        assert len(assert_agrees(outcomes, range(20))) >= 3


def test_adj8_a_conversion_share_that_is_two_of_half_the_price_is_worth_the_same():
    history, on = cn.scenario("as-it-was"), "2000-12-29"
    plain = cn.replay(PEACS, history, events=[], until=on).state
    merged = cn.replay(PEACS, history, events=[cn.Merger("2000-12-28", shares=2)], until=on).state
    one = cn.simulate(PEACS, peacs_model(as_of=on, spot=100, quote=0.02), paths=500, seed=3, state=plain)
    two = cn.simulate(PEACS, peacs_model(as_of=on, spot=50), paths=500, seed=3, state=merged)
    converted = (one.status == "converted") & (two.status == "converted")
    assert converted.sum() > 50 and abs(two.shares[converted] - 2 * one.shares[converted]).max() <= 1
    assert (one.ending == two.ending).mean() > 0.97  # the closes of the last month are quoted on other shares


def test_closes_beyond_any_history_after_the_end_of_a_path_leave_its_ledger_alone():
    outcomes = a_simulation(1068, 10)  # in this market the drift that compensates for defaults explodes
    (path,) = (path for path in range(10) if outcomes.closes(path).max() >= 1e15)
    assert outcomes.dates[outcomes.closes(path) >= 1e15].min() > outcomes.end_date[path]
    assert sum(assert_agrees(outcomes, range(10)).values()) == 10


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exploding(cn.MarketModel):
    """A share whose close grows by a factor of ten on each of twenty trading days after the hundredth."""

    def walk(self):
        return lambda days, paths, rng: np.tile(50.0 * 10.0 ** np.clip(np.arange(len(days)) - 100.0, 0, 20), (paths, 1))


def test_a_close_beyond_any_history_before_the_end_of_a_path_is_told_with_path_and_day():
    never = cn.policies.Never()
    policy = cn.Policy(withdraw=never, redeem=never, convert=never, put=never)
    short = dataclasses.replace(PEACS, principal=dataclasses.replace(PEACS.principal, maturity_date="2001-02-16"), reset=None)
    model = Exploding(as_of="2000-02-16", spot=50, rate=0.05)
    outcomes = cn.simulate(short, model, paths=5, seed=1, policy=policy)
    day = outcomes.dates[outcomes.closes(3) >= 1e15].min()
    assert day < outcomes.end_date[3]
    with pytest.raises(cn.MarketError, match=rf"^path 3 of the simulation: got 5e\+15; the close on {day} is beyond any history"):
        outcomes.ledger(3)
