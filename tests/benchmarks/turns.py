"""Taking turns: each candidate is run once a round, in alternating order, and its median time is kept."""

from __future__ import annotations

import argparse
import gc
import importlib
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any


def medians(
    candidates: dict[str, Callable[[], Any]], *, rounds: int, before: Callable[[], Any] | None = None
) -> dict[str, float]:
    """Median seconds of each candidate over `rounds`; `before` runs ahead of each candidate and is not timed."""
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds):
        # Not before each candidate: the collector walks all objects, which leaves nothing in the processor's caches.
        gc.collect()
        gc.disable()
        # The order alternates, so that a machine that gets slower or faster meanwhile favours nobody.
        for name in list(candidates)[:: 1 if turn % 2 else -1]:
            if before is not None:
                before()
            start = time.perf_counter()
            candidates[name]()
            times[name].append(time.perf_counter() - start)
        gc.enable()
    return {name: statistics.median(each) for name, each in times.items()}


def peer(name: str) -> Any:
    """Another library, or None where it is not installed: then only our own times are printed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name} is not installed (extra `peers`): nothing to compare with")
        return None


def arguments(description: str | None, *, size: int, rounds: int, given: Sequence[str] | None = None) -> argparse.Namespace:
    """`--size` and `--rounds` of a benchmark, with their defaults."""
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=size)
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser.parse_args(given)
