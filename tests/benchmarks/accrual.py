"""Accrued interest of an array of dates, beside QuantLib's `accruedAmount` in a loop with its dates ready.

Goal: 10 million dates a second, and 50 times QuantLib.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import convnote as cn
from tests.benchmarks.turns import arguments, medians


def quantlib_bond() -> tuple[Any, Any]:
    """QuantLib, and the same note as its fixed-rate bond."""
    import QuantLib as ql

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
    return ql, ql.FixedRateBond(0, 100.0, schedule, [0.06875], ql.Actual365Fixed())


def main(given: Sequence[str] | None = None) -> dict[str, float]:
    """Prints dates a second and the ratios; gives microseconds a date by name."""
    options = arguments(__doc__, size=1_000_000, rounds=7, given=given)
    interest = cn.load("amazon-peacs-2010").interest
    rng = np.random.default_rng(7)
    dates = np.datetime64("2000-02-16") + rng.integers(0, 3653, options.size)
    ql, bond = quantlib_bond()
    # The loop is so much slower that a part of the dates is enough to time it.
    few = dates[: max(1, options.size // 20)]
    ready = [ql.Date(day.day, day.month, day.year) for day in few.tolist()]
    ours = interest.accrued(few)[:1000] / 10  # per 100
    theirs = [bond.accruedAmount(day) for day in ready[:1000]]
    assert np.allclose(ours, theirs, rtol=0, atol=1e-12), "the two accrue differently: a ratio of their times says nothing"
    issue = cn.load("amazon-peacs-2010").issue_size
    times = medians(
        {
            "convnote, one denomination": lambda: interest.accrued(dates),
            "convnote, the whole issue": lambda: interest.accrued(dates, issue),
            "QuantLib accruedAmount": lambda: [bond.accruedAmount(day) for day in ready],
        },
        rounds=options.rounds,
    )
    each = {name: seconds / (len(ready) if "QuantLib" in name else len(dates)) * 1e6 for name, seconds in times.items()}
    for name, micros in each.items():
        ratio = each["QuantLib accruedAmount"] / micros
        print(f"{name:28} {micros:9.4f} us a date  {1 / micros:8.1f} million a second  {ratio:7.1f} x QuantLib")
    return each


if __name__ == "__main__":
    main()
