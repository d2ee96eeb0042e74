"""A zero coupon of 100 that converts at the end, its price reset on the way: by sums over the share prices that decide.

Between the last close that decides and the end the note is a bond, the recovery and 100 / K calls at K. The share falls to zero
at default. Years from today; rates continuous.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, sqrt

import numpy as np
from scipy.special import ndtr

K0 = 100.0


class Terms:
    """Flat parameters and the end in years."""

    def __init__(self, volatility: float, rate: float, hazard: float, recovery: float, end: float, floor: float) -> None:
        self.volatility, self.both, self.hazard, self.recovery = volatility, rate + hazard, hazard, recovery
        self.end, self.floor = end, floor

    def held(self, share: np.ndarray, price: np.ndarray, left: float) -> np.ndarray:
        """The value with `left` years to go and no reset ahead, without recoveries."""
        deviation = self.volatility * sqrt(left)
        d1 = (np.log(share / price) + self.both * left) / deviation + deviation / 2
        call = share * ndtr(d1) - price * exp(-self.both * left) * ndtr(d1 - deviation)
        return 100.0 * exp(-self.both * left) + 100.0 / price * call

    def recovered(self) -> float:
        return self.recovery * 100 * self.hazard * (1 - exp(-self.both * self.end)) / self.both

    def new(self, price: np.ndarray, average: np.ndarray) -> np.ndarray:
        return np.minimum(price, np.maximum(average, self.floor))

    def growth(self, z: np.ndarray, years: float) -> np.ndarray:
        return np.exp(self.volatility * sqrt(years) * z + (self.both - self.volatility**2 / 2) * years)


def _normal(count: int) -> tuple[np.ndarray, np.ndarray]:
    z = np.linspace(-8, 8, count)
    weights = np.exp(-0.5 * z * z)
    return z, weights / weights.sum()


def two_dates(spot: float, terms: Terms, first: float, second: float, count: int = 2001) -> float:
    """Reset on two days to the share price of the day."""
    z, w = _normal(count)
    total = 0.0
    for a, weight in zip(z, w, strict=True):
        one = spot * float(terms.growth(np.array(a), first))
        price = float(terms.new(np.array(K0), np.array(one)))
        two = one * terms.growth(z, second - first)
        total += weight * float(w @ terms.held(two, terms.new(np.full(count, price), two), terms.end - second))
    return total * exp(-terms.both * second) + terms.recovered()


def two_closes(spot: float, terms: Terms, first: float, second: float, count: int = 2001) -> float:
    """One reset to the average of two closes."""
    z, w = _normal(count)
    total = 0.0
    for a, weight in zip(z, w, strict=True):
        one = spot * float(terms.growth(np.array(a), first))
        two = one * terms.growth(z, second - first)
        price = terms.new(np.full(count, K0), (one + two) / 2)
        total += weight * float(w @ terms.held(two, price, terms.end - second))
    return total * exp(-terms.both * second) + terms.recovered()


def many_closes(
    spot: float, terms: Terms, windows: Sequence[Sequence[float]], paths: int = 400_000, seed: int = 3
) -> tuple[float, float]:
    """Resets to averages of closes at the times of each window: value and standard error, by paths.

    Against the same with the last close of each window in place of the average, known by sums (`two_dates`).
    """
    rng = np.random.default_rng(seed)
    share, now = np.full(paths, spot), 0.0
    price, by_last = np.full(paths, K0), np.full(paths, K0)
    for window in windows:
        total = np.zeros(paths)
        for t in window:
            share = share * terms.growth(rng.standard_normal(paths), t - now)
            total, now = total + share, t
        price, by_last = terms.new(price, total / len(window)), terms.new(by_last, share)
    left = terms.end - now
    more = (terms.held(share, price, left) - terms.held(share, by_last, left)) * exp(-terms.both * now)
    if len(windows) == 1:
        z, w = _normal(200_001)
        last = spot * terms.growth(z, now)
        known = (
            float(w @ terms.held(last, terms.new(np.full(len(z), K0), last), left)) * exp(-terms.both * now) + terms.recovered()
        )
    else:
        known = two_dates(spot, terms, windows[0][-1], windows[1][-1])
    return known + float(more.mean()), float(more.std()) / sqrt(paths)
