"""An answer of the user's own: an object with `boundary(note, days, amount)`, in every right, in replay and simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.policies import Above, AtEnd, AtOnce, Boundary, IfWorthMore, Never, Refinance
from tests.simulation.cases import PEACS, a_case, peacs_model


class Own:
    """The boundary of another answer, and nothing else."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def boundary(self, note: cn.ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        return np.asarray(self.answer.boundary(note, days, amount))


STEPS = Boundary(["2000-02-16", "2003-02-20", "2005-02-16"], [1100, 1300, 1050])
RIGHTS: list[tuple[str, Any]] = [
    ("withdraw", AtOnce()),
    ("withdraw", Never()),
    ("withdraw", Above(1.2)),
    ("withdraw", Above(1, "amount")),
    ("withdraw", STEPS),
    ("redeem", AtOnce()),
    ("redeem", Never()),
    ("redeem", Above(1.05, "amount")),
    ("redeem", Refinance(0.09)),
    ("redeem", STEPS),
    ("convert", AtEnd()),
    ("convert", Above(1.4)),
    ("convert", STEPS),
    ("put", IfWorthMore()),
    ("put", AtOnce()),
    ("put", Never()),
    ("put", Boundary(["2000-02-16"], [900])),
]


def same(one: cn.Outcomes, other: cn.Outcomes) -> bool:
    names = ("cash", "shares", "present_value", "conversion_price", "end_date", "ending")
    return all((getattr(one, name) == getattr(other, name)).all() for name in names)


@pytest.mark.parametrize(("right", "answer"), RIGHTS, ids=lambda each: each if isinstance(each, str) else repr(each)[:30])
def test_an_own_answer_has_the_bits_of_the_one_with_the_same_boundary(right: str, answer: Any) -> None:
    model = peacs_model(change_rate=0.3)
    built_in, own = (
        cn.simulate(PEACS, model, paths=300, seed=2, policy=cn.Policy(**{right: each})) for each in (answer, Own(answer))
    )
    assert same(built_in, own)
    assert own.ledger(7).entries == built_in.ledger(7).entries


@pytest.mark.parametrize("seed", range(12))
def test_own_answers_to_every_right_of_any_note_agree_with_its_ledgers(seed: int) -> None:
    note, model, policy, principal = a_case(seed)
    own = cn.Policy(
        withdraw=Own(Above(1.05)), redeem=Own(Above(1.1)), convert=Own(Above(1.5)), put=Own(IfWorthMore()),
        withdrawal_notice=policy.withdrawal_notice,
    )  # fmt: skip
    outcomes = cn.simulate(note, model, paths=4, seed=seed, policy=own, principal=principal)
    for path in range(4):
        ledger = outcomes.ledger(path)
        assert round(float(ledger.total()) - outcomes.cash[path], 6) == 0
        assert sum(entry.shares for entry in ledger) == outcomes.shares[path]


@pytest.mark.parametrize(("right", "answer"), RIGHTS[::3])
def test_a_replay_takes_an_own_answer_as_the_one_with_the_same_boundary(right: str, answer: Any) -> None:
    history = cn.scenario("as-it-was")
    built_in, own = (cn.replay(PEACS, history, policy=cn.Policy(**{right: each})) for each in (answer, Own(answer)))
    assert built_in.entries == own.entries


def test_one_number_for_all_days_is_a_boundary_too() -> None:
    class Flat:
        def boundary(self, note: Any, days: Any, amount: Any) -> float:
            return 1300.0

    flat, stepped = (
        cn.simulate(PEACS, peacs_model(), paths=200, seed=1, policy=cn.Policy(redeem=each))
        for each in (Flat(), Boundary(["2000-02-16"], [1300]))
    )
    assert same(flat, stepped)


@pytest.mark.parametrize("right", ["withdraw", "redeem", "convert", "put"])
@pytest.mark.parametrize("answer", [None, 3, "never", Own, object(), lambda note, days, amount: amount])
def test_anything_else_is_refused_by_name_and_field(right: str, answer: Any) -> None:
    with pytest.raises(cn.TermsError) as caught:
        cn.Policy(**{right: answer})
    assert caught.value.field == f"Policy.{right}"
    assert "boundary(note, days, amount)" in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda days: np.zeros(len(days) + 1), "an array of shape"),
        (lambda days: np.full(len(days), np.nan), "with NaN"),
        (lambda days: None, "must return"),
        (lambda days: "high", "must return"),
    ],
)
@pytest.mark.parametrize("right", ["redeem", "put"])
def test_a_boundary_that_is_not_one_number_a_day_is_told_by_the_right(answer: Any, words: str, right: str) -> None:
    class Wrong:
        def boundary(self, note: Any, days: np.ndarray, amount: np.ndarray) -> Any:
            return answer(days)

    policy = cn.Policy(**{right: Wrong()})
    with pytest.raises(cn.TermsError, match=words) as caught:
        cn.simulate(PEACS, peacs_model(), paths=5, policy=policy)
    assert caught.value.field == f"Policy.{right}"


def test_an_answer_that_changed_since_the_last_simulation_is_asked_again() -> None:
    class Moves:
        level = 1300.0

        def boundary(self, note: Any, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
            return np.full(len(days), self.level)

    answer = Moves()
    policy = cn.Policy(redeem=answer)
    first = cn.simulate(PEACS, peacs_model(), paths=200, seed=1, policy=policy)
    answer.level = np.inf
    second = cn.simulate(PEACS, peacs_model(), paths=200, seed=1, policy=policy)
    assert not same(first, second)
    assert same(second, cn.simulate(PEACS, peacs_model(), paths=200, seed=1, policy=cn.Policy(redeem=Never())))
