"""The value of a called note on the day of the notice: exactly for a flat hazard, and by an implicit scheme on a fine grid.

Until `until` years from now the holder may convert; a holder who does not is paid `claim` on `redeemed`. A default pays
the larger of `recovered` and the shares after their fall, after `until` the former. Nothing of the library is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, sqrt

import numpy as np
from scipy.linalg import solve_banded
from scipy.special import ndtr


def _call(forward: float, strike: float, deviation: float) -> float:
    """E[max(F - K, 0)], undiscounted."""
    d1 = log(forward / strike) / deviation + deviation / 2
    return float(forward * ndtr(d1) - strike * ndtr(d1 - deviation))


def exact(
    value: float,
    *,
    until: float,
    redeemed: float,
    claim: float,
    rate: float,
    hazard: float,
    volatility: float,
    fall: float,
    recovered: float,
) -> float:
    """At conversion value `value`, with a flat hazard: two options, one of them weighted with the density of the default."""
    both = rate + hazard
    gap = redeemed - until
    then = claim * exp(-both * gap) + recovered * hazard * (1 - exp(-both * gap)) / both
    drift = rate + fall * hazard
    alive = exp(-both * until) * (then + _call(value * exp(drift * until), then, volatility * sqrt(until)))
    places, weights = np.polynomial.legendre.leggauss(40)
    lost = 0.0
    # in the square root of the time, which takes the kink at the beginning out of the integral
    for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
        root = sqrt(until) * (place + 1) / 2
        t = root * root
        left = (1 - fall) * value * exp(drift * t)
        paid = recovered + (_call(left, recovered, volatility * root) if left and recovered else left)
        lost += weight * sqrt(until) / 2 * 2 * root * hazard * exp(-both * t) * paid
    return alive + lost


def implicit(
    values: np.ndarray,
    *,
    until: float,
    redeemed: float,
    claim: float,
    rate: float,
    hazard: Callable[[np.ndarray], np.ndarray],
    volatility: float,
    fall: float,
    recovered: float,
    nodes: int = 4001,
    steps: int = 400,
) -> np.ndarray:
    """At conversion values, with an intensity that is a function of them: implicit Euler, extrapolated from two step sizes."""
    x = np.linspace(log(claim) - 2.5, log(claim) + 2.5, nodes)
    y, dx = np.exp(x), float(x[1] - x[0])
    h = hazard(y)
    found = []
    for n in (steps, 2 * steps):
        v = np.full(nodes, claim)
        for years, converts in ((redeemed - until, False), (until, True)):
            if not years:
                continue
            if converts:
                v = np.maximum(v, y)
            dt, a = years / n, volatility**2 / 2
            b = rate + fall * h - a
            bands = np.zeros((3, nodes))
            bands[0, 2:] = -dt * (a / dx**2 + b[1:-1] / (2 * dx))
            bands[2, :-2] = -dt * (a / dx**2 - b[1:-1] / (2 * dx))
            bands[1] = 1 + dt * (2 * a / dx**2 + rate + h)
            bands[1, 0] = bands[1, -1] = 1.0
            paid = np.maximum((1 - fall) * y, recovered) if converts else np.full(nodes, recovered)
            for _ in range(n):
                rhs = v + dt * h * paid
                rhs[0] = v[0] * exp(-(rate + h[0]) * dt) + dt * h[0] * paid[0]
                rhs[-1] = y[-1] if converts else v[-1] * exp(-(rate + h[-1]) * dt) + dt * h[-1] * paid[-1]
                v = solve_banded((1, 1), bands, rhs)
        found.append(v)
    return np.interp(np.log(values), x, 2 * found[1] - found[0])
