"""Replay of the ten years of the note, exact to the cent, beside one cheap call of QuantLib for each of its days.

No other library replays a convertible note, so this ratio compares with no equal: the yardstick is `accruedAmount` on each of
the 3,653 days, what a careful daily walk would at least have to ask. A replay visits only the days on which something happens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import convnote as cn
from tests.benchmarks.accrual import quantlib_bond
from tests.benchmarks.turns import arguments, medians, peer

THEIRS = "QuantLib accruedAmount, every day"


def main(given: Sequence[str] | None = None) -> dict[str, float]:
    """Prints the ratios; gives milliseconds a replay by name. `--size` is the number of conversions in the busy replay."""
    options = arguments(__doc__, size=200, rounds=11, given=given)
    note, history = cn.load("amazon-peacs-2010"), cn.scenario("as-it-was")
    days = (note.maturity_date - note.issue_date).days
    conversions = [
        cn.Convert(note.issue_date + timedelta(days=40 + place * (days - 60) // options.size), 1_000_000)
        for place in range(options.size)
    ]
    candidates: dict[str, Callable[[], Any]] = {
        "convnote, nobody decides anything": lambda: cn.replay(note, history, events=[]),
        f"convnote, {options.size} conversions": lambda: cn.replay(note, history, events=conversions),
        "convnote, told as a file note": lambda: cn.replay(note, history, events=[]).explain(),
    }
    assert len(cn.replay(note, history, events=conversions).of_kind("conversion")) == options.size
    if ql := peer("QuantLib"):
        bond, first = quantlib_bond(ql), ql.Date(16, 2, 2000)
        every_day = [first + day for day in range(days)]
        candidates[THEIRS] = lambda: [bond.accruedAmount(day) for day in every_day]
    each = {name: seconds * 1e3 for name, seconds in medians(candidates, rounds=options.rounds).items()}
    for name, millis in each.items():
        ratio = f"{millis / each[THEIRS]:7.2f} x the time of {THEIRS}" if THEIRS in each else ""
        print(f"{name:36} {millis:9.3f} ms  {ratio}")
    return each


if __name__ == "__main__":
    main()
