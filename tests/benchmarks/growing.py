"""What a longer answer costs: each figure beside one that is a tenth or less of it, as a ratio.

Goals: accrued interest takes 8 bytes a date, its answer alone, however many dates there are; a term sheet is written in about
1 ms.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import convnote as cn
from tests.benchmarks.turns import arguments, medians

FEW = 100_000


def peak(ask: Callable[[], Any]) -> int:
    """Bytes in use at the most while an answer is made, the answer itself included."""
    tracemalloc.start()
    kept = ask()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return most


def main(given: Sequence[str] | None = None) -> dict[str, float]:
    """Prints times and memory with their ratios; gives seconds by name."""
    options = arguments(__doc__, size=2_000_000, rounds=5, given=given)
    note = cn.load("amazon-peacs-2010")
    days = np.datetime64("2000-02-16") + np.random.default_rng(7).integers(0, 3653, max(options.size, FEW))
    model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)

    few, many = "convnote, accrued of few dates", "convnote, accrued of many dates"
    candidates = {
        few: lambda: note.interest.accrued(days[:FEW]),
        many: lambda: note.interest.accrued(days),
        "convnote, a term sheet written": lambda: cn.dumps(note),
        "convnote, a grid of two": lambda: cn.grid(note, model, spot=[60, 80], options={"paths": 50}),
    }
    times = medians(candidates, rounds=options.rounds)
    for name, seconds in times.items():
        print(f"{name:32} {1e3 * seconds:9.3f} ms")
    each = {name: peak(candidates[name]) / count for name, count in ((few, FEW), (many, len(days)))}
    print(f"bytes a date: {each[few]:.2f} of {FEW:,}, {each[many]:.2f} of {len(days):,}, ratio {each[many] / each[few]:.2f}")
    print(f"time a date, of many over of few: {times[many] / len(days) / (times[few] / FEW):.2f}")
    written = times["convnote, a term sheet written"]
    print(f"a term sheet written, over a grid of two: {written / times['convnote, a grid of two']:.4f}")
    return times


if __name__ == "__main__":
    main()
