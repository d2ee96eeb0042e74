"""A callable convertible whose called holders get more than their shares, decided at weekday closes by quadrature.

Five years from 2003-01-01, 4 a year per 100, one share per 100, no record window. Callable from 2005 at par and accrued interest
(30/360), at once or by a notice of some days; holders convert to the day before the redemption date. Two extras: additional
shares by a table that is linear in the day and the share price, and a make-whole of 12 less the interest already paid, for all
called Notes.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import exp

import numpy as np
from scipy.special import ndtr

from tests.oracles.withdrawn import COUPON, END, START, Market

CALLABLE = date(2005, 1, 1)
PRICES, DATES = (80.0, 100.0, 150.0, 200.0), (START, CALLABLE, END)
SHARES = ((0.25, 0.20, 0.08, 0.0), (0.25, 0.15, 0.05, 0.0), (0.25, 0.0, 0.0, 0.0))
MAKE_WHOLE = 12.0


def additional(day: date, share: np.ndarray) -> np.ndarray:
    """Shares added for a call noticed on `day` at prices in the table; at prices beyond its ends as at them."""
    later = next(i for i in range(1, len(DATES)) if day <= DATES[i])
    part = (day - DATES[later - 1]).days / (DATES[later] - DATES[later - 1]).days
    row = [(1 - part) * a + part * b for a, b in zip(SHARES[later - 1], SHARES[later], strict=True)]
    return np.asarray(np.interp(share, PRICES, row))


def within_table(market: Market) -> np.ndarray:
    """The part of each node's cell at prices in the table; beyond its ends there are no additional shares."""
    above_first, above_last = (np.clip(np.log(market.share / end) / market.dx + 0.5, 0.0, 1.0) for end in (PRICES[0], PRICES[-1]))
    return np.asarray(above_first - above_last)


def accrued(day: date) -> float:
    """4 a year by 30/360 since 1 January: a 31st counts, as the period does not begin on a 30th or 31st."""
    return COUPON * (30 * (day.month - 1) + day.day - 1) / 360


def _called(market: Market, day: date, notice: int, extra: str, *, adds: bool, interest: bool) -> np.ndarray:
    redemption = day + timedelta(days=notice)
    both = market.rate + market.hazard
    paid = COUPON * sum(date(year, 1, 1) < day for year in range(2004, 2009))
    whole = max(MAKE_WHOLE - paid, 0.0) if extra == "make-whole" else 0.0
    rate = 1.0 + (additional(day, market.share) if adds else np.zeros(len(market.share)))
    price = 100.0 + accrued(redemption)
    if not notice:
        return np.maximum(rate * market.share + (accrued(day) if interest else 0.0), price) + whole
    converts, coupons = notice - 1, [date(year, 1, 1) for year in range(2004, 2008) if day < date(year, 1, 1) <= redemption]
    last = day + timedelta(days=converts)
    claim = price * exp(-both / 365) + market.recovered(1 / 365)
    claim += sum(COUPON * exp(-both * (due - last).days / 365) for due in coupons if due > last)
    held = sum(COUPON * exp(-both * (due - day).days / 365) for due in coupons if due <= last)
    # the rate is that of the day of the notice: a bond and an option to exchange it, by Black and Scholes
    years, kept = converts / 365, accrued(last) if interest else 0.0
    deviation, parity, held_at = market.volatility * years**0.5, rate * market.share, (claim - kept) * exp(-both * years)
    d1 = np.log(parity / held_at) / deviation + deviation / 2
    option = parity * ndtr(d1) + held_at * ndtr(deviation - d1) + kept * exp(-both * years)
    return option + market.recovered(years) + held + whole * exp(-both * notice / 365)


def value(
    spot: float,
    *,
    volatility: float,
    rate: float,
    hazard: float,
    recovery: float,
    notice: int,
    extra: str = "",
    interest: bool = False,
    trigger: float = 0.0,
) -> float:
    """The value per 100 at the close of the first day; `extra` is "", "shares" or "make-whole".

    `interest`: accrued interest is paid on conversion, at any close. `trigger`: called on a close above it only.
    """
    market = Market(spot, volatility, rate, hazard, recovery)
    v = np.maximum(market.share, 100.0) + COUPON
    inside = within_table(market) if extra == "shares" else np.zeros(len(market.share))
    days = [START + timedelta(days=n) for n in range((END - START).days)]
    later = END
    for day in reversed([day for day in days if day.weekday() < 5]):
        first = date(day.year + 1, 1, 1)
        if day < first <= later and first != END:
            v = market.moved(v, (later - first).days) + COUPON
            later = first
        v = market.moved(v, (later - day).days)
        later = day
        if CALLABLE <= day + timedelta(days=notice) < END:
            with_more, plain = (_called(market, day, notice, extra, adds=adds, interest=interest) for adds in (True, False))
            cut = inside * np.minimum(v, with_more) + (1.0 - inside) * np.minimum(v, plain)
            # the node at the trigger belongs half to each side
            over = np.clip(np.log(market.share / trigger) / market.dx + 0.5, 0.0, 1.0) if trigger else 1.0
            v = v + over * (cut - v)
        v = np.maximum(v, market.share + accrued(day)) if interest else v
    return float(v[market.reach])


def until_ten_days_before(spot: float, *, volatility: float, rate: float, hazard: float, recovery: float, keeps: bool) -> float:
    """Without a call, converting to the close ten days before maturity; `keeps`: the last coupon is not paid in."""
    market = Market(spot, volatility, rate, hazard, recovery)
    both = rate + hazard
    factor = exp(-both * 10 / 365)
    hold = (100.0 + COUPON) * factor + market.recovered(10 / 365)
    v, later = np.maximum(market.share + (COUPON * factor if keeps else 0.0), hold), END - timedelta(days=10)
    for due in (date(year, 1, 1) for year in range(2007, 2003, -1)):
        v, later = market.moved(v, (later - due).days) + COUPON, due
    return float(market.moved(v, (later - START).days)[market.reach])


def accreting(
    spot: float, *, volatility: float, rate: float, hazard: float, recovery: float, issue_price: float, growth: float
) -> float:
    """No coupons: callable from 2005 at the accreted value at once, put at it on 2006-01-01; a default recovers a share of it.

    The claim is `issue_price` compounded at `growth` each 1 January, linear in the days of 30/360 inside a year, 100 at the end.
    """
    market = Market(spot, volatility, rate, hazard, 0.0)
    both = rate + hazard

    def claim(day: date) -> float:
        years = day.year - START.year
        part = (30 * (day.month - 1) + day.day - 1) / 360
        return issue_price * (1 + growth) ** years * (1 + growth * part)

    v, later = np.maximum(market.share, 100.0), END
    days = [START + timedelta(days=n) for n in range((END - START).days)]
    for day in reversed([day for day in days if day.weekday() < 5 or day == date(2006, 1, 1)]):
        years = (later - day).days / 365
        v = market.moved(v, (later - day).days)
        middle = claim(day + (later - day) / 2)
        v = v + recovery * middle * hazard * (1 - exp(-both * years)) / both
        later = day
        if day == date(2006, 1, 1):
            v = np.maximum(v, claim(day))
        if day >= CALLABLE and day.weekday() < 5:
            v = np.minimum(v, np.maximum(market.share, claim(day)))
    return float(v[market.reach])
