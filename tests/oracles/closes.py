"""A callable convertible decided at weekday closes only, by quadrature between closes: exact in time, in floating point.

Ten years from 2003-01-01 at 6.875% a year by 30/360, 100 / 104.947 shares, callable at par and accrued from year 3 at once, the
coupon paid besides. A default takes the share to nothing and pays `recovery` of 100 at once. Years are days / 365.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import numpy as np

START, END, CALLABLE = date(2003, 1, 1), date(2013, 1, 1), date(2006, 1, 1)
SHARES = 100 / 104.947
#: spacing of ln S in standard deviations of a day
FINE = 0.25


def ten_years(
    spot: float, *, volatility: float, rate: float, hazard: float, recovery: float, level: float | None = None
) -> float:
    """The value per 100: called where that is worth least to holders, or (`level`) where the conversion value exceeds it.

    `level` is a share of the call price with accrued interest.
    """
    dx = FINE * volatility * sqrt(1 / 365)
    reach = int(5.5 * volatility * sqrt(10) / dx)
    parity = SHARES * np.exp(log(spot) + dx * np.arange(-reach, reach + 1))
    v = np.maximum(parity, 100.0)
    v = v + 6.875
    days = [START + timedelta(days=n) for n in range((END - START).days)]
    closes = [START, *(day for day in days if day.weekday() < 5 and day > START)]
    later = END
    for day in reversed(closes):
        # coupons fall on 1 January; the events of that day lie at its beginning
        v = _between(v, day, later, dx, parity, volatility, rate, hazard, recovery)
        later = day
        if day > START and day >= CALLABLE:
            accrued = 6.875 * _days_360(day) / 360
            paid = np.maximum(parity, 100 + accrued)
            v = np.minimum(v, paid) if level is None else np.where(parity > level * (100 + accrued), paid, v)
    return float(v[reach])


def _days_360(day: date) -> int:
    """Days of 30 / 360 since 1 January."""
    return 30 * (day.month - 1) + day.day - 1


def _between(
    v: np.ndarray,
    day: date,
    later: date,
    dx: float,
    parity: np.ndarray,
    volatility: float,
    rate: float,
    hazard: float,
    recovery: float,
) -> np.ndarray:
    """From just after `later`'s close, through a coupon of a first of January after `day`, to the close of `day`."""
    first = date(day.year + 1, 1, 1)
    if day < first < later:  # a weekend holds the coupon
        v = _moved(v, (later - first).days, dx, parity, volatility, rate, hazard, recovery)
        return _moved(v + 6.875, (first - day).days, dx, parity, volatility, rate, hazard, recovery)
    if first == later and later != END:
        v = v + 6.875
    return _moved(v, (later - day).days, dx, parity, volatility, rate, hazard, recovery)


def _moved(
    v: np.ndarray, days: int, dx: float, parity: np.ndarray, volatility: float, rate: float, hazard: float, recovery: float
) -> np.ndarray:
    years = days / 365
    deviation, drift = volatility * sqrt(years), (rate + hazard - volatility**2 / 2) * years
    half = int(9 * deviation / dx) + 2
    z = (dx * np.arange(-half, half + 1) - drift) / deviation
    weights = np.exp(-0.5 * z * z) * dx / (deviation * sqrt(2 * np.pi))
    below = np.full(half, v[0])
    above = v[-1] + (v[-1] - v[-2]) / (parity[-1] - parity[-2]) * (parity[-1] * np.exp(dx * np.arange(1, half + 1)) - parity[-1])
    spread = np.convolve(np.concatenate([below, v, above]), weights[::-1], mode="valid")
    both = rate + hazard
    return spread * exp(-both * years) + recovery * 100 * hazard * (1 - exp(-both * years)) / both
