"""Replay of the ten years with many named holders: what one more holder costs, and whether that stays the same as they grow.

The yardstick is the same replay with one holder. Every holder is paid ten coupons and principal, eleven entries each; `equal`
holders have the same principal, `unequal` ones each their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import convnote as cn
from tests.benchmarks.turns import arguments, medians

#: Holders in all, in thousandths of `--size`.
STEPS = (100, 1000, 10_000)


def equal(note: cn.ConvertibleNote, count: int) -> dict[str, int]:
    """Principal by holder, the same for all of them but for what is left over, which the first has."""
    units = int(note.issue_size / note.denomination)
    held = dict.fromkeys((f"holder {place}" for place in range(count)), units // count * 1000)
    held["holder 0"] += units % count * 1000
    return held


def unequal(note: cn.ConvertibleNote, count: int) -> dict[str, int]:
    """Principal by holder, cut at random."""
    units = int(note.issue_size / note.denomination)
    cuts = [0, *sorted(Random(0).sample(range(1, units), count - 1)), units]
    return {f"holder {place}": (cuts[place + 1] - cuts[place]) * 1000 for place in range(count)}


def main(given: Sequence[str] | None = None) -> dict[str, float]:
    """Prints microseconds a holder or conversion and ratios; gives milliseconds a replay by name.

    `--size` is the middle number of holders: a tenth of it and ten times it are run too, a policy decides for as many as 3 in
    50 of it, and the last candidate is a replay of three conversions for each 5 of it.
    """
    options = arguments(__doc__, size=5_000, rounds=3, given=given)
    note, history = cn.load("amazon-peacs-2010"), cn.scenario("as-it-was")
    days = (note.maturity_date - note.issue_date).days - 60
    under, converted = max(options.size * 3 // 50, 2), options.size * 3 // 5
    conversions = [
        cn.Convert(note.issue_date + timedelta(days=40 + place * days // converted), 100_000) for place in range(converted)
    ]

    def over(positions: dict[str, int], **asked: Any) -> Callable[[], Any]:
        return lambda: cn.replay(note, history, events=[], positions=positions, **asked)

    counts = {"one holder": 1, "one holder under a policy": 1}
    candidates = {"one holder": over(equal(note, 1)), "one holder under a policy": over(equal(note, 1), policy=cn.Policy())}
    for step in STEPS:
        count = max(options.size * step // 1000, 2)
        for held in (equal, unequal):
            name = f"{count:,} {held.__name__} holders"
            counts[name], candidates[name] = count, over(held(note, count))
    name = f"{under:,} holders under a policy"
    counts[name], candidates[name] = under, over(equal(note, under), policy=cn.Policy())
    name = f"{converted:,} conversions"
    counts[name], candidates[name] = converted, lambda: cn.replay(note, history, events=conversions)

    each = {name: seconds * 1e3 for name, seconds in medians(candidates, rounds=options.rounds).items()}
    for name, millis in each.items():
        ratio = millis / each["one holder"]
        print(f"{name:32} {millis:11.2f} ms  {millis / counts[name] * 1e3:9.1f} us each  {ratio:9.2f} x a replay with one holder")
    return each


if __name__ == "__main__":
    main()
