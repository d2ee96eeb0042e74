"""A market model of the user's own: `walk()` returns `(days, paths, rng) -> closes`; what cannot work under it is refused."""

from __future__ import annotations

import ast
import dataclasses
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.simulation.paths import OWN_BLOCK
from tests.simulation.cases import PEACS, a_case, peacs_model
from tests.simulation.test_ledger_agrees import assert_agrees
from tests.test_layers import ROOT

from .test_own_answer import same


@dataclass(frozen=True, kw_only=True)
class Heston(cn.MarketModel):
    """A share whose variance is mean-reverting: nothing that the library draws."""

    variance0: float = 0.25
    speed: float = 2.0
    vol_of_vol: float = 0.6
    digits: int = 2

    def walk(self):
        def closes(days, paths, rng):
            log, variance = np.full(paths, np.log(self.spot)), np.full(paths, self.variance0)
            found, before = np.empty((paths, len(days))), self.start
            for place, day in enumerate(days.tolist()):
                time, before = (day - before) / 365, day
                first, second = rng.standard_normal((2, paths))
                log += (self.rate - variance / 2) * time + np.sqrt(variance * time) * first
                variance += self.speed * (self.variance0 - variance) * time + self.vol_of_vol * np.sqrt(variance * time) * second
                variance = np.maximum(variance, 1e-4)
                found[:, place] = np.maximum(np.round(np.exp(log), self.digits), 10.0**-self.digits)
            return found

        return closes


def heston(**changes: Any) -> Heston:
    settings: dict[str, Any] = {"as_of": "2000-02-16", "spot": 72.1, "rate": 0.05, "recovery": 0.35}
    return Heston(**{**settings, **changes})


@dataclass(frozen=True, kw_only=True)
class Given(cn.MarketModel):
    """Whatever a test gives as the walk's answer."""

    answer: Any = None

    def walk(self):
        return self.answer


def given(answer: Any) -> Given:
    return Given(as_of="2000-02-16", spot=72.1, rate=0.05, answer=answer)


def test_its_closes_are_what_the_note_sees_to_the_last_bit():
    seen: list[np.ndarray] = []

    def closes(days: np.ndarray, paths: int, rng: np.random.Generator) -> np.ndarray:
        seen[:] = [days, 40.0 + 60.0 * rng.random((paths, len(days)))]
        return seen[1]

    outcomes = cn.simulate(PEACS, given(closes), paths=30, seed=5)
    for path in (0, 17, 29):
        assert (outcomes.closes(path) == seen[1][path]).all()
    assert seen[0].dtype == np.int64 and (seen[0].view("datetime64[D]") == outcomes.dates).all()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"hazard_rate": 0.1},
        {"hazard_rate": 0.1, "default_jump": 0.4},
        {"change_rate": 0.3, "change_jump": 0.2},
        {"digits": 9},
    ],
)
def test_every_path_agrees_with_its_ledger_to_the_cent(changes):
    outcomes = cn.simulate(PEACS, heston(**changes), paths=25, seed=3)
    assert len(assert_agrees(outcomes, range(25))) >= 2


@pytest.mark.parametrize("seed", range(8))
def test_it_works_under_any_note_and_policy(seed):
    note, _, policy, principal = a_case(seed)
    model = heston(as_of=note.issue_date, spot=90.0, hazard_rate=0.2)
    assert_agrees(cn.simulate(note, model, paths=5, seed=seed, policy=policy, principal=principal), range(5))


def test_the_bits_depend_on_seed_and_paths_alone():
    note = dataclasses.replace(PEACS, name="short")
    paths = OWN_BLOCK + 40
    here = cn.simulate(note, heston(hazard_rate=0.05), paths=paths, seed=9, keep="paths")
    with ThreadPoolExecutor(2) as threads:
        assert same(here, cn.simulate(note, heston(hazard_rate=0.05), paths=paths, seed=9, executor=threads))
    with ProcessPoolExecutor(1) as processes:
        other = cn.simulate(note, heston(hazard_rate=0.05), paths=paths, seed=9, executor=processes)
    assert same(here, other) and str(here) == str(other)
    fewer = cn.simulate(note, heston(hazard_rate=0.05), paths=OWN_BLOCK, seed=9)
    assert (fewer.cash == here.cash[:OWN_BLOCK]).all()  # a block knows nothing of the next
    ledger = here.ledger(OWN_BLOCK + 7)
    assert round(float(ledger.total()) - here.cash[OWN_BLOCK + 7], 6) == 0
    assert here.cash[0] != cn.simulate(note, heston(hazard_rate=0.05), paths=5, seed=10).cash[0]


def test_it_goes_on_from_a_state():
    state = cn.replay(PEACS, cn.scenario("as-it-was"), until="2002-12-31").state
    outcomes = cn.simulate(PEACS, heston(as_of="2002-12-31", hazard_rate=0.05), paths=15, seed=2, state=state)
    assert_agrees(outcomes, range(15))


def test_only_controls_whose_mean_is_known_are_used():
    model = heston(hazard_rate=0.05)
    summary = cn.simulate(PEACS, model, paths=500, seed=2).summary()
    plain = cn.simulate(PEACS, model, paths=500, seed=2).summary(control_variates=False)
    assert summary.standard_error <= plain.standard_error
    assert abs(summary.present_value - plain.present_value) < 4 * plain.standard_error


# --- what cannot work is refused with the reason


def test_it_is_not_priced_and_no_model_is_implied_from_it():
    for ask in (lambda: cn.price(PEACS, heston()), lambda: cn.implied_hazard(PEACS, heston(), price=900)):
        with pytest.raises(cn.PricingError, match="Heston") as caught:
            ask()
        assert caught.value.field == "price.model"


@dataclass(frozen=True, kw_only=True)
class Jumps(cn.Lognormal):
    """A lognormal model with a walk of its own: it is no longer what `price` can value."""

    def walk(self):
        parent = super().walk()
        return lambda days, paths, rng: parent(days, paths, rng) * 1.01


def test_a_subclass_with_a_walk_of_its_own_is_not_taken_for_its_parent():
    model = Jumps(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)
    with pytest.raises(cn.PricingError, match=r"price\.model.*Jumps"):
        cn.price(PEACS, model)
    outcomes = cn.simulate(PEACS, model, paths=8, seed=1)
    assert not same(outcomes, cn.simulate(PEACS, cn.Lognormal(**dataclasses.asdict(model)), paths=8, seed=1))
    assert_agrees(outcomes, range(8))


def test_a_hazard_that_depends_on_the_price_is_refused():
    with pytest.raises(cn.MarketError, match=r"Heston\.hazard_exponent: got -1\.0; a hazard that depends on the share price"):
        cn.simulate(PEACS, heston(hazard_rate=0.02, hazard_exponent=-1), paths=5)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            lambda d, p, r: np.ones((len(d), p)),
            r"got shape \(2514, 3\); closes \[path, day\] of shape \(3, 2514\)",
        ),
        (
            lambda d, p, r: np.full((p, len(d)), np.nan),
            r"got nan; closes must be finite and above 0; that of path 0",
        ),
        (lambda d, p, r: np.full((p, len(d)), -1.0), r"got -1\.0; closes must be finite and above 0"),
        (lambda d, p, r: np.zeros((p, len(d))), r"got 0\.0; closes must be finite and above 0"),
        (lambda d, p, r: np.full((p, len(d)), np.inf), r"got inf; closes must be finite"),
        (lambda d, p, r: None, r"Given\.walk: got "),
        (lambda d, p, r: "up", r"Given\.walk: got 'up'; closes, float64 \[path, day\]"),
        (None, r"Given\.walk: got None; walk\(\) must return a function"),
        (3, r"Given\.walk: got 3; walk\(\) must return a function"),
    ],
)
def test_answers_that_are_not_closes_are_told_clearly(answer, words):
    with pytest.raises(cn.MarketError, match=words) as caught:
        cn.simulate(PEACS, given(answer), paths=3)
    assert caught.value.field == "Given.walk"


def test_a_bare_model_is_refused_everywhere():
    bare = cn.MarketModel(as_of="2000-02-16", spot=72.1, rate=0.05)
    with pytest.raises(cn.MarketError, match=r"MarketModel\.walk: .*define walk\(\)"):
        cn.simulate(PEACS, bare, paths=3)
    with pytest.raises(cn.ConvnoteError, match="walk"):
        cn.price(PEACS, bare)


@dataclass(frozen=True, kw_only=True)
class SameLognormal(cn.Lognormal):
    """Overrides nothing."""


@dataclass(frozen=True, kw_only=True)
class SameBootstrap(cn.Bootstrap):
    """Overrides nothing."""


@dataclass(frozen=True, kw_only=True)
class SameCross(cn.CrossCurrency):
    """Overrides nothing."""


@pytest.mark.parametrize("seed", [1, 2, 4, 9, 11])
def test_a_subclass_that_overrides_nothing_has_the_bits_of_its_parent(seed):
    note, model, policy, _ = a_case(seed)
    kinds = {cn.Lognormal: SameLognormal, cn.Bootstrap: SameBootstrap, cn.CrossCurrency: SameCross}
    child = kinds[type(model)](**{each.name: getattr(model, each.name) for each in dataclasses.fields(model)})
    assert same(*(cn.simulate(note, each, paths=50, seed=seed, policy=policy) for each in (model, child)))


def test_the_walks_of_the_library_have_the_moments_of_their_models():
    days = np.array([11003, 11033, 11368])
    two = cn.CrossCurrency(
        as_of="2000-02-16", spot=70, exchange_rate=0.9, volatility=0.4, exchange_volatility=0.12, correlation=0.3, rate=0.05,
        foreign_rate=0.06, hazard_rate=0.02,
    )  # fmt: skip
    for model in (peacs_model(), two):
        closes = model.walk()(days, 40_000, np.random.default_rng(3))
        log = np.log(closes / model.contract_spot)
        variance = model.variance(days)
        drift = model.drift(days) + model.default_jump * model.integrated_hazard(days)
        assert closes.shape == (40_000, 3)
        assert np.abs(log.mean(axis=0) - drift).max() < 4 * np.sqrt(variance.max() / 40_000) + 1e-4
        assert np.allclose(log.var(axis=0), variance, rtol=0.03, atol=1e-6)


def test_no_kind_of_model_is_asked_for_by_isinstance():
    """Each model says how it walks: `walk()`, and by it `kind_of`."""
    kinds = {"Lognormal", "CrossCurrency", "Bootstrap"}
    files = [ROOT / "convnote" / "grids.py"]
    for room in ("simulation", "pricing", "plots"):
        files += sorted((ROOT / "convnote" / room).glob("*.py"))
    assert len(files) > 30
    wrong = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "issubclass"):
                named = {each.id for each in ast.walk(node.args[1]) if isinstance(each, ast.Name)}
                named |= {each.attr for each in ast.walk(node.args[1]) if isinstance(each, ast.Attribute)}
                if named & kinds:
                    wrong.append(f"{path.name}:{node.lineno}")
    assert wrong == []
