"""The test kit: lives a second in which an engine is held to ours, and what they are made of.

A run draws a life, moves both engines through it and compares them after each step. The yardstick is `cn.replay` of the ten
years with twenty events: what one life of that size costs without a kit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.testing import Ours, check_engine
from convnote.testing.strategies import lives
from tests.benchmarks.turns import arguments, medians
from tests.testing.small import KINDS, SmallEngine


def main(given_arguments: Sequence[str] | None = None) -> dict[str, float]:
    """Prints lives a second and ratios; gives milliseconds a life by name. `--size` is the number of lives a round."""
    options = arguments(__doc__, size=300, rounds=5, given=given_arguments)
    note, history, count = cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"), options.size
    events = [cn.Convert(note.issue_date + timedelta(days=60 + 170 * place), 1_000_000) for place in range(20)]

    @hypothesis.seed(0)
    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(lives(st.just(note), tuple(KINDS)))
    def drawn(life: object) -> None:
        """A life is drawn and dropped."""

    candidates = {
        "replay with twenty events": lambda: [cn.replay(note, history, events=events) for _ in range(count)],
        "the kit, a small engine": lambda: check_engine(SmallEngine, kinds=KINDS, examples=count, seconds=600),
        "the kit, ours twice": lambda: check_engine(Ours, kinds=KINDS, examples=count, seconds=600),
        "lives drawn and dropped": drawn,
    }
    assert check_engine(SmallEngine, kinds=KINDS, examples=count, seconds=600).ok
    each = {name: seconds * 1e3 / count for name, seconds in medians(candidates, rounds=options.rounds).items()}
    for name, millis in each.items():
        ratio = millis / each["replay with twenty events"]
        print(f"{name:28} {millis:8.2f} ms  {1e3 / millis:7.0f} a second  {ratio:6.2f} x a replay with twenty events")
    return each


if __name__ == "__main__":
    main()
