"""Tsiveriotis and Fernandes by a trinomial recursion, explicit and monotone, for one contract, in floating point.

Ten years from 2003-01-01, 6.875% a year by act/365f, 100 / 104.947 shares, callable at par and accrued on every day from year 3;
a holder who converts at maturity gives up the last coupon. Share at 76, volatility 50%, rate 5%, spread 5%.
"""

from __future__ import annotations

from datetime import date
from math import exp, log, sqrt

import numpy as np

RATE, SPREAD, VOLATILITY, SPOT, SHARES = 0.05, 0.05, 0.5, 76.0, 100 / 104.947
START = date(2003, 1, 1)
#: steps a day
STEPS = 9


def ten_years(*, riskless: bool) -> float:
    """The value per 100; `riskless`: a called note bears no credit risk, else only what is converted bears none."""
    ends = [(date(year, 1, 1) - START).days for year in range(2003, 2014)]
    dt = 1 / 365 / STEPS
    up = VOLATILITY * sqrt(3 * dt)
    drift = (RATE - VOLATILITY**2 / 2) * dt / (2 * up)
    weights = (1 / 6 + drift, 2 / 3, 1 / 6 - drift)
    reach = int(5 * VOLATILITY * sqrt(10) / up)
    parity = SHARES * np.exp(log(SPOT) + up * np.arange(-reach, reach + 1))
    coupons = {end: 6.875 * (end - start) / 365 for start, end in zip(ends, ends[1:], strict=False)}
    last = coupons[ends[-1]]
    shares = np.where(parity > 100 + last, parity, 0.0)
    cash = np.where(parity > 100 + last, 0.0, 100 + last)
    for day in range(ends[-1] - 1, -1, -1):
        for _ in range(STEPS):
            shares = _back(shares, weights, exp(-RATE * dt))
            cash = _back(cash, weights, exp(-(RATE + SPREAD) * dt))
        if day >= ends[3]:
            price = 100 + 6.875 * (day - max(end for end in ends if end <= day)) / 365
            paid = np.maximum(price, parity)
            called = shares + cash > paid
            safe = called & (riskless | (parity >= price))
            shares = np.where(called, np.where(safe, paid, 0.0), shares)
            cash = np.where(called, np.where(safe, 0.0, paid), cash)
        cash = cash + coupons.get(day, 0.0)
    return float(shares[reach] + cash[reach])


def _back(values: np.ndarray, weights: tuple[float, float, float], discount: float) -> np.ndarray:
    high, middle, low = weights
    result = np.empty_like(values)
    result[1:-1] = discount * (high * values[2:] + middle * values[1:-1] + low * values[:-2])
    result[0], result[-1] = discount * values[0], 2 * result[-2] - result[-3]
    return result
