"""Law: a replay split inside a window of conversion, an observation period or the days of a put is the same replay."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import day_number
from convnote.testing import lives, notes_after_low_closes, notes_in_windows
from convnote.testing.engine import allowed
from convnote.testing.terms import usual_notes
from tests.laws.test_mixed_lives import after_all, assert_same_when_split, clear_of_missed


def settled(note: cn.ConvertibleNote) -> cn.ConvertibleNote:
    """The note settled in cash over an observation period."""
    return dataclasses.replace(note, settlement=cn.provisions.SettlementTerms(method="cash", observation=20, starts=1))


#: Lives of a family of notes, the entry that begins what takes time, and what tells that a state is inside it.
FAMILIES: dict[str, tuple[Any, str, Any]] = {
    "window": (lives(notes_in_windows()), "conversion-opens", lambda state: bool(state.contingent.windows)),
    "observation": (lives(usual_notes().map(settled)), "conversion", lambda state: bool(state.settlements)),
    "low closes": (
        lives(notes_after_low_closes(), (cn.PutElection, cn.Revision, cn.Split)),
        "put-election",
        lambda state: any(each.put_on_low for each in state.positions.values()),
    ),
}


def split_inside(family: str, count: int) -> Counter[str]:
    strategy, kind, inside = FAMILIES[family]
    seen: Counter[str] = Counter()

    @settings(max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(strategy, st.integers(0, 40))
    def law(life: Any, more: int) -> None:
        note, history, told = life
        found = allowed(note, history, told)
        whole = cn.replay(note, history, events=found, until=after_all(note))
        begun = [int(day_number(entry.date)) for entry in whole.of_kind(kind)][:3]
        for cut in clear_of_missed(note, found, [day + shift for day in begun for shift in (-1, 0, more)]):
            seen[kind] += inside(assert_same_when_split(note, history, found, cut, whole))

    law()
    return seen


@pytest.mark.parametrize("family", FAMILIES)
def test_a_replay_split_inside_is_the_same_replay(family: str) -> None:
    seen = split_inside(family, 40)
    assert seen[FAMILIES[family][1]] >= 2, seen


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_a_replay_split_inside_is_the_same_replay_over_many_more(family: str) -> None:
    seen = split_inside(family, 300)
    assert seen[FAMILIES[family][1]] >= 40, seen
