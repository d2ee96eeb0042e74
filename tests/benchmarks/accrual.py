"""Accrued interest of an array of dates, beside QuantLib's `accruedAmount` in a loop with its dates ready.

Goal: 10 million dates a second, and 50 times QuantLib.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import convnote as cn
from tests.benchmarks.turns import arguments, medians, peer


def quantlib_bond(ql: Any) -> Any:
    """The note as a fixed-rate bond of QuantLib."""
    ql.Settings.instance().evaluationDate = ql.Date(16, 2, 2000)
    schedule = ql.Schedule(
        ql.Date(16, 2, 2000),
        ql.Date(16, 2, 2010),
        ql.Period(1, ql.Years),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Backward,
        False,
    )
    return ql.FixedRateBond(0, 100.0, schedule, [0.06875], ql.Actual365Fixed())


THEIRS = "QuantLib accruedAmount"


def main(given: Sequence[str] | None = None) -> dict[str, float]:
    """Prints dates a second and the ratios; gives microseconds a date by name."""
    options = arguments(__doc__, size=1_000_000, rounds=7, given=given)
    note = cn.load("amazon-peacs-2010")
    interest, issue = note.interest, note.issue_size
    dates = np.datetime64("2000-02-16") + np.random.default_rng(7).integers(0, 3653, options.size)
    candidates: dict[str, Callable[[], Any]] = {
        "convnote, one denomination": lambda: interest.accrued(dates),
        "convnote, the whole issue": lambda: interest.accrued(dates, issue),
    }
    # Their loop is so much slower that a part of the dates is enough to time it.
    few = dates[: max(1, options.size // 20)]
    if ql := peer("QuantLib"):
        bond = quantlib_bond(ql)
        ready = [ql.Date(day.day, day.month, day.year) for day in few.tolist()]
        ours = interest.accrued(few)[:1000] / 10  # per 100
        theirs = [bond.accruedAmount(day) for day in ready[:1000]]
        assert np.allclose(ours, theirs, rtol=0, atol=1e-12), "the two accrue differently: their times do not compare"
        candidates[THEIRS] = lambda: [bond.accruedAmount(day) for day in ready]
    times = medians(candidates, rounds=options.rounds)
    each = {name: seconds / (len(few) if name == THEIRS else len(dates)) * 1e6 for name, seconds in times.items()}
    for name, micros in each.items():
        ratio = f"{each[THEIRS] / micros:7.1f} x QuantLib" if THEIRS in each else ""
        print(f"{name:28} {micros:9.4f} us a date  {1 / micros:8.1f} million a second  {ratio}")
    return each


if __name__ == "__main__":
    main()
