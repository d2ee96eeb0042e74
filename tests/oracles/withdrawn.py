"""A note whose conversion the Company may withdraw, decided at weekday closes by quadrature: exact in time, in floating point.

Five years from 2003-01-01, 4 a year per 100, one share per 100. On a close above 130 until the end of 2005 the Company may
withdraw conversion `notice` days later; holders convert until the close `last` days before that. A make-whole of 10 less the
interest already paid goes to who stays, to who converts or to both. Who stays keeps the note: its payments at rate + hazard and
the recovery. The share falls to zero at default. Years are days / 365.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, sqrt

import numpy as np

START, END, BEFORE = date(2003, 1, 1), date(2008, 1, 1), date(2006, 1, 1)
COUPON, MAKE_WHOLE, TRIGGER = 4.0, 10.0, 130.0
#: spacing of ln S in standard deviations of a day
FINE = 0.2


class Market:
    """Flat parameters, and the grid of ln S."""

    def __init__(self, spot: float, volatility: float, rate: float, hazard: float, recovery: float) -> None:
        self.volatility, self.rate, self.hazard, self.recovery = volatility, rate, hazard, recovery
        self.dx = FINE * volatility * sqrt(1 / 365)
        self.reach = int(5.5 * volatility * sqrt(5) / self.dx)
        self.share = spot * np.exp(self.dx * np.arange(-self.reach, self.reach + 1))

    def moved(self, v: np.ndarray, days: float) -> np.ndarray:
        """The value `days` earlier, the recovery in between included."""
        if days == 0:
            return v
        years = days / 365
        deviation = self.volatility * sqrt(years)
        drift = (self.rate + self.hazard - self.volatility**2 / 2) * years
        half = int(9 * deviation / self.dx) + 2
        z = (self.dx * np.arange(-half, half + 1) - drift) / deviation
        weights = np.exp(-0.5 * z * z) * self.dx / (deviation * sqrt(2 * np.pi))
        below = np.full(half, v[0])
        slope = (v[-1] - v[-2]) / (self.share[-1] - self.share[-2])
        above = v[-1] + slope * self.share[-1] * (np.exp(self.dx * np.arange(1, half + 1)) - 1)
        spread = np.convolve(np.concatenate([below, v, above]), weights[::-1], mode="valid")
        return spread * exp(-(self.rate + self.hazard) * years) + self.recovered(years)

    def recovered(self, years: float) -> float:
        both = self.rate + self.hazard
        return self.recovery * 100 * self.hazard * (1 - exp(-both * years)) / both

    def straight(self, day: date) -> float:
        """The note without conversion, after the coupon of the day."""
        both, value = self.rate + self.hazard, 0.0
        for year in range(2004, 2009):
            due = date(year, 1, 1)
            if due > day:
                value += (COUPON + 100.0 * (due == END)) * exp(-both * (due - day).days / 365)
        return value + self.recovered((END - day).days / 365)


def accrued(day: date) -> float:
    """Interest since 1 January, 30/360; a 31st counts."""
    return COUPON * (30 * (day.month - 1) + day.day - 1) / 360


def withdrawn_on(market: Market, day: date, notice: int, last: int, to: str, interest: bool) -> np.ndarray:
    """The value just after a notice on a close, coupons of that day paid."""
    effective, converts = day + timedelta(days=notice), day + timedelta(days=notice - last)
    paid = COUPON * sum(date(year, 1, 1) < day for year in range(2004, 2009))
    amount = max(MAKE_WHOLE - paid, 0.0)
    stays = market.straight(effective) + amount * (to in ("outstanding", "both"))
    coupons = {due: COUPON for year in range(2004, 2008) if day < (due := date(year, 1, 1)) <= effective}
    years = (effective - converts).days / 365
    stays = stays * exp(-(market.rate + market.hazard) * years) + market.recovered(years)
    both = market.rate + market.hazard
    stays += sum(cash * exp(-both * (due - converts).days / 365) for due, cash in coupons.items() if due > converts)
    with_shares = amount * (to in ("converted", "both")) * exp(-both * (effective - converts).days / 365)
    with_shares += accrued(converts) if interest else 0.0
    v, later = np.maximum(market.share + with_shares, stays), converts
    for due in sorted((due for due in coupons if due <= converts), reverse=True):
        v, later = market.moved(v, (later - due).days) + coupons[due], due
    return market.moved(v, (later - day).days)


def value(
    spot: float,
    *,
    volatility: float,
    rate: float,
    hazard: float,
    recovery: float,
    notice: int,
    last: int,
    always: bool = False,
    trigger: float = TRIGGER,
    to: str = "outstanding",
    interest: bool = False,
) -> float:
    """The value per 100 at the close of the first day; `always`: conversion is withdrawn on the first close above the trigger.

    `to`: who is paid the make-whole. `interest`: accrued interest is paid on conversion, at any close.
    """
    market = Market(spot, volatility, rate, hazard, recovery)
    v = np.maximum(market.share, 100.0) + COUPON
    days = [START + timedelta(days=n) for n in range((END - START).days)]
    closes = [day for day in days if day.weekday() < 5]
    later = END
    for day in reversed(closes):
        first = date(day.year + 1, 1, 1)
        if day < first <= later and first != END:
            v = market.moved(v, (later - first).days) + COUPON
            later = first
        v = market.moved(v, (later - day).days)
        later = day
        if day + timedelta(days=notice) < BEFORE:
            after = withdrawn_on(market, day, notice, last, to, interest)
            # the node at the trigger belongs half to each side
            over = np.clip((np.log(market.share / trigger)) / market.dx + 0.5, 0.0, 1.0)
            v = v + over * (after - v if always else np.minimum(after - v, 0.0))
        v = np.maximum(v, market.share + accrued(day)) if interest else v
    return float(v[market.reach])
