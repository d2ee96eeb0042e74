"""Law: over notes that mix terms of other papers, each path's ledger agrees to the cent with the arrays, or a rule refuses."""

from __future__ import annotations

import re
from collections import Counter

import pytest

import convnote as cn
from convnote.provisions import RULES

from .mixed import FAMILIES, a_mixed_case
from .test_ledger_agrees import assert_agrees

#: How a simulation says that it does not carry a setting: the place, and the rule of the paper.
REFUSED = re.compile(r"^(?:  )?simulate [\w.]+ \(([A-Z]{2,5}-\d{1,2}[a-z]?)\): ", re.MULTILINE)
#: Closes that no history takes, of a market in which the share explodes as its issuer comes near to default.
BEYOND = "expected a figure below 1e15"


class Seen:
    """What was reached: paths that agreed, endings, families of terms on them, and notes refused by rule."""

    def __init__(self) -> None:
        self.paths, self.notes = 0, 0
        self.endings: Counter[str] = Counter()
        self.families: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def case(self, seed: int, paths: int) -> None:
        """Simulate one random note, and compare all its paths with their ledgers."""
        note, worn, model, policy, principal = a_mixed_case(seed)
        endings: Counter[str] = Counter()
        error: cn.TermsError | cn.MarketError | None = None
        try:
            outcomes = cn.simulate(note, model, paths=paths, seed=seed, policy=policy, principal=principal)
            endings = assert_agrees(outcomes, range(paths))
        except (cn.TermsError, cn.MarketError) as found:
            error = found
        if error is None:
            self.notes, self.paths = self.notes + 1, self.paths + paths
            self.endings += endings
            self.families.update(worn)
        elif not isinstance(error, cn.MarketError) or BEYOND not in str(error):
            rules = REFUSED.findall(str(error))
            assert rules and set(rules) <= set(RULES), f"seed {seed}, {worn}: {error}"
            self.refused.update(rules)


def over(first: int, paths: int, each: int) -> Seen:
    """Random notes from a seed on, until so many paths have agreed."""
    seen, seed = Seen(), first
    while seen.paths < paths:
        seen.case(seed, each)
        seed += 1
    print(f"{seen.paths} paths of {seen.notes} notes from seed {first} to {seed - 1}; refused {dict(seen.refused)}")
    assert sum(seen.refused.values()) <= 0.25 * (seed - first)  # a law of refusals would say nothing
    return seen


@pytest.mark.parametrize("first", [0, 2000, 4000])
def test_ledgers_agree_with_the_arrays_over_notes_that_mix_terms(first: int) -> None:
    seen = over(first, 100, 5)
    assert len(seen.endings) >= 5 and len(seen.families) >= len(FAMILIES) - 2


@pytest.mark.slow
def test_ledgers_agree_with_the_arrays_over_many_more_notes_that_mix_terms() -> None:
    seen = over(10_000, 2000, 5)
    assert len(seen.endings) >= 12
    assert set(seen.families) == set(FAMILIES) and min(seen.families.values()) >= 15
