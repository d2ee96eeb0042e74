"""Law: a recorded event that a replay allows leaves a trace: an entry, a warning, or another state."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import convnote as cn
from convnote.testing import lives, notes
from convnote.testing.engine import allowed


def told(ledger: cn.Ledger) -> tuple[Any, ...]:
    return ledger.entries, ledger.warnings, ledger.state


def traces(count: int) -> Counter[str]:
    """How many events of each kind were looked at, in `count` lives."""
    seen: Counter[str] = Counter()

    @settings(max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(lives(notes()))
    def law(life: Any) -> None:
        note, history, happened = life
        found = allowed(note, history, happened)
        whole = told(cn.replay(note, history, events=found))
        for event in dict.fromkeys(found):
            try:
                without = told(cn.replay(note, history, events=[each for each in found if each != event]))
            except cn.LifecycleError:  # a later event needs this one
                continue
            assert without != whole, event
            seen[type(event).__name__] += 1

    law()
    return seen


def test_what_is_recorded_leaves_a_trace() -> None:
    assert len(traces(50)) >= 6


@pytest.mark.slow
def test_what_is_recorded_leaves_a_trace_in_many_more() -> None:
    assert len(traces(1_500)) >= 20
