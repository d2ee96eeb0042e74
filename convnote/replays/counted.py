"""Counted: what the closes that count for WDR-1 show under the scales of one state."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from convnote.lifecycle.state import Scale


class Counted:
    """What the closes that count for WDR-1 show under the scales of one state, indexed by trading day."""

    def __init__(self, scales: tuple[Scale, ...], days: list[int], met: np.ndarray, gap: int | None, quick: np.ndarray) -> None:
        self.scales, self.days, self._met, self._quick = scales, days, met, quick
        #: day number of the first trading day whose close is missing
        self.gap = gap
        #: whether each close exceeds the trigger, bool [time]
        self.exceeded = met
        #: how many closes of the period that ends on each day exceed it, int [time]
        self.counts: np.ndarray = np.zeros(len(days), dtype=np.int32)
        #: the price in force and the earlier ones, if the trigger moves with them
        self.prices: Any = None

    @cached_property
    def latest_met(self) -> np.ndarray:
        """Index of the latest day, up to and including each, on which the trigger was met; -1 if none; int [time]."""
        return np.maximum.accumulate(np.where(self._met, np.arange(len(self.days)), -1))

    @cached_property
    def next_met(self) -> np.ndarray:
        """Index of the first day, from each onwards, on which the trigger is met; the number of days if none; int [time]."""
        places = np.where(self._met, np.arange(len(self.days)), len(self.days))
        return np.minimum.accumulate(places[::-1])[::-1]

    @cached_property
    def most(self) -> np.ndarray:
        """Index of the first day, up to and including each, with the most closes in its period above the trigger; int [time]."""
        before = np.concatenate([[-1], np.maximum.accumulate(self.counts)[:-1]])
        return np.maximum.accumulate(np.where(self.counts > before, np.arange(len(self.counts)), 0))

    @cached_property
    def best(self) -> np.ndarray:
        """Index of the first of the highest closes up to and including each day, per conversion share; int [time]."""
        # One scale covers many days; converting its fractions to floats day by day took a quarter of a replay.
        scaled = self._quick.copy()
        for place, then in enumerate(self.scales):
            first = int(np.searchsorted(self.days, then.since)) if place else 0
            later = self.scales[place + 1 : place + 2]
            last = int(np.searchsorted(self.days, later[0].since)) if later else len(self.days)
            scaled[first:last] = (scaled[first:last] * float(then.shares) + float(then.cash)) / float(then.factor)
        before = np.concatenate([[-np.inf], np.maximum.accumulate(scaled)[:-1]])
        return np.maximum.accumulate(np.where(scaled > before, np.arange(len(scaled)), 0))
