"""A walk, step by step: what the first hundred steps cost beside the last hundred of a thousand, and beside one replay.

Every step moves to the next trading day and converts one Note.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import convnote as cn
from convnote.calendars import day_number, to_date
from tests.benchmarks.turns import arguments, medians


def main(given: Sequence[str] | None = None) -> dict[str, float]:
    """Prints microseconds a step and a ratio; gives milliseconds a step by name. `--size` is the number of steps."""
    options = arguments(__doc__, size=1000, rounds=7, given=given)
    note, history, size = cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"), options.size
    first = int(day_number("2000-02-22"))
    days = [to_date(day) for day in note.principal.sessions.between(first, first + 2 * size)[:size]]
    events = [cn.Convert(day, 1000) for day in days]
    part = max(size // 10, 1)

    def steps(walk: Any, places: range) -> Any:
        for place in places:
            walk, _ = walk.step(days[place], [events[place]])
        return walk

    middle = steps(cn.Walk(note, history), range(size - part))
    candidates: dict[str, Callable[[], Any]] = {
        "the first tenth of the steps": lambda: steps(cn.Walk(note, history), range(part)),
        "the last tenth of the steps": lambda: steps(middle, range(size - part, size)),
        "replay, each conversion": lambda: cn.replay(note, history, events=events, until=days[-1]),
    }
    counts = dict.fromkeys(candidates, part) | {"replay, each conversion": size}
    each = {name: seconds * 1e3 / counts[name] for name, seconds in medians(candidates, rounds=options.rounds).items()}
    for name, millis in each.items():
        print(f"{name:30} {millis * 1e3:8.1f} us  {millis / each['the first tenth of the steps']:6.2f} x the first steps")
    return each


if __name__ == "__main__":
    main()
