"""The obvious simulator, the slow twin of the fast one: whole matrices [time, path], the bundled note, the default policy.

Everything is written out again with plain NumPy from the terms of the note: no filter, no block, no lifecycle. On the same
closes, defaults and fundamental changes it must decide and pay exactly what the fast one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import convnote as cn
from convnote.calendars import day_number

NEVER = 1 << 40


@dataclass
class Market:
    """Trading days [time], quoted closes [time, path], day of default [path], and fundamental changes as (day, path)."""

    days: np.ndarray
    closes: np.ndarray
    default: np.ndarray
    changes: list[tuple[int, int]]


def draw(note: cn.ConvertibleNote, model: cn.Lognormal, paths: int, seed: int) -> Market:
    """All paths at once, from one generator."""
    random = np.random.default_rng(seed)
    terms = note.principal
    days = np.array(terms.sessions.between(terms.issue_day, terms.maturity_day))
    steps = model.steps(days)
    normals = random.standard_normal((len(days), paths))
    walk = np.cumsum(normals * np.sqrt(steps.variance)[:, None] + (steps.drift + steps.compensation)[:, None], axis=0)
    hazard, change = np.cumsum(steps.hazard), np.cumsum(steps.change)
    row = np.searchsorted(hazard, random.standard_exponential(paths))
    default = np.append(days, NEVER)[row]
    changes = []
    for path, count in enumerate(random.poisson(change[-1], paths)):
        for at in np.sort(np.searchsorted(change, random.random(count) * change[-1])):
            spread = model.change_jump_volatility
            walk[at:, path] += np.log1p(model.change_jump) - spread**2 / 2 + spread * random.standard_normal()
            changes.append((int(days[at]), path))
    closes = np.maximum(np.floor(model.spot * np.exp(walk) / model.quote + 0.5), 1) * model.quote
    return Market(days, closes, default, sorted(changes))


def half_up(amount: Any, places: int) -> Any:
    return np.floor(amount * 10**places + 0.5 + 1e-8) / 10**places


def simulate(note: cn.ConvertibleNote, model: cn.Lognormal, market: Market) -> dict[str, np.ndarray]:
    """Last day, cash, shares and present value of each path, on one denomination; after a default the share is worth nothing."""
    days, closes = market.days, market.closes
    paths, every = closes.shape[1], np.arange(closes.shape[1])
    banks, maturity = note.principal.banks, note.principal.maturity_day
    unit, close_of_day = 1000.0, closes[np.searchsorted(days, np.arange(days[0], maturity + 1), side="right") - 1]

    def close_on(day: np.ndarray) -> np.ndarray:
        return close_of_day[np.clip(day, days[0], maturity) - days[0], every]

    # --- the conversion price on each day
    price = np.full(closes.shape, float(note.conversion.price))
    for reset in note.reset.days:
        first = np.searchsorted(days, reset)
        total = np.zeros(paths)
        for close in closes[first - note.reset.window : first]:
            total = total + close
        average = half_up(total / note.reset.window, 3)
        price[first:] = np.minimum(price[first:], np.maximum(average, float(note.reset.floor)))
    reset_days = [days[0], *note.reset.days]
    prices = np.stack([price[min(np.searchsorted(days, day), len(days) - 1)] for day in reset_days])

    def price_on(day: np.ndarray) -> np.ndarray:
        return prices[np.searchsorted(note.reset.days, day, side="right"), every]

    # --- the first notice: of a withdrawal, or of a call
    above = closes > float(note.withdrawal.trigger)
    counts = np.cumsum(above, axis=0)
    counts[note.withdrawal.period :] -= counts[: -note.withdrawal.period].copy()
    met = (counts >= note.withdrawal.days) & (days <= day_number(note.withdrawal.last_notice))[:, None]
    called = (closes * unit > 1300 * price) & (days + 30 >= day_number(note.redemption.first_date))[:, None]
    called &= (days + 30 < maturity)[:, None]
    withdraw = np.where(met.any(axis=0), days[met.argmax(axis=0)], NEVER)
    call = np.where(called.any(axis=0), days[called.argmax(axis=0)], NEVER)
    withdraw = np.where(withdraw < market.default, withdraw, NEVER)
    call = np.where((call < market.default) & (withdraw == NEVER), call, NEVER)
    notice = np.minimum(withdraw, call)

    # --- coupons
    dues = np.array([day_number(each.payment_date) for each in note.interest.coupons()])
    amounts = np.array([half_up(float(each.amount), 2) for each in note.interest.coupons()])
    unrounded = np.array([float(each.amount) for each in note.interest.coupons()])
    records, paid_on = dues - 15, np.array([note.principal.payment_day(int(day)) for day in dues])
    starts = np.concatenate([[days[0]], dues])

    def accrued(day: np.ndarray) -> np.ndarray:
        return unit * 0.06875 * (day - starts[np.searchsorted(starts, day, side="right") - 1]) / 365

    # --- the last day before the right to convert ends, and what converting is compared with
    effect = np.where(withdraw < NEVER, withdraw + 30, NEVER)
    redemption = np.where(call < NEVER, call + 30, NEVER)
    interest_before = (paid_on[:, None] < withdraw) * amounts[:, None]
    make_whole = np.maximum(206.25 - sum(interest_before), 0)
    last = np.where(notice < NEVER, banks.before(np.minimum(notice, maturity) + 30), maturity)
    amount = np.where(call < NEVER, unit + accrued(np.minimum(redemption, maturity)), unit)
    amount = np.where(withdraw < NEVER, unit + make_whole, amount)
    seen = days[np.searchsorted(days, last, side="right") - 1]
    converts = (seen < market.default) & (close_on(last) * unit > amount * price_on(seen))

    # --- puts on fundamental changes, in order
    elected = np.full(paths, NEVER)
    for occurred, path in market.changes:
        repurchase = occurred + 40
        deadline = int(banks.on_or_before(repurchase))
        asked = days[np.searchsorted(days, deadline, side="right") - 1]
        if repurchase > maturity or asked >= market.default[path] or elected[path] < NEVER or call[path] <= asked:
            continue
        if converts[path] and seen[path] <= asked:
            continue
        gone = effect[path] <= asked
        par = unit + float(accrued(np.array([repurchase]))[0])
        at = np.searchsorted(note.reset.days, asked, side="right")
        if gone or par * prices[at, path] > close_of_day[asked - days[0], path] * unit:
            elected[path] = repurchase
            if call[path] > asked:
                call[path] = redemption[path] = NEVER
            if seen[path] > asked:
                converts[path] = False

    # --- how each path ends
    end = np.where(redemption < NEVER, redemption, maturity)
    end = np.where(converts, last, end)
    kind = np.where(redemption < NEVER, "redeemed", "matured")
    kind = np.where(converts, "converted", kind)
    end, kind = np.where(elected < NEVER, elected, end), np.where(elected < NEVER, "repurchased", kind)
    dead = (market.default < end) | ((kind == "matured") & (market.default <= end))
    end, kind = np.where(dead, market.default, end), np.where(dead, "defaulted", kind)

    # --- what is paid
    discount = model.discount(np.arange(days[0], maturity + 400))

    def worth(cash: np.ndarray, day: np.ndarray) -> np.ndarray:
        return cash * discount[np.minimum(day, maturity + 300) - days[0]]

    converted = kind == "converted"
    held = np.where(converted, records[:, None] < end, dues[:, None] <= end)
    cash = (held * amounts[:, None]).sum(axis=0)
    value = (held * worth(amounts, paid_on)[:, None]).sum(axis=0)
    principal = np.where(kind == "defaulted", half_up(unit * model.recovery, 2), half_up(unit + accrued(end), 2))
    principal = np.where(kind == "matured", unit, np.where(converted, 0.0, principal))
    moved = banks.on_or_after(end)
    cash, value = cash + principal, value + worth(principal, moved)
    # A withdrawal that took effect while the note was held pays the make-whole.
    whole = np.where((effect <= end) & (withdraw < NEVER), half_up(make_whole, 2), 0.0)
    cash, value = cash + whole, value + worth(whole, banks.on_or_after(np.minimum(effect, maturity)))
    now = price_on(end)
    shares = np.where(converted, np.floor(unit / now + 1e-8), 0.0)
    before = days[np.searchsorted(days, end) - 1]
    in_lieu = np.where(converted, half_up(np.maximum(unit - shares * now, 0) * close_on(before) / now, 2), 0.0)
    place = np.minimum(np.searchsorted(dues, end, side="right"), len(dues) - 1)
    in_window = converted & (end > records[place]) & (end < dues[place])
    exempt = (call < NEVER) & (call > records[place])
    paid_in = np.where(in_window & ~exempt, half_up(unrounded[place], 2), 0.0)
    cash, value = cash + in_lieu - paid_in, value + worth(in_lieu - paid_in, end) + worth(shares * close_on(end), end)
    return {"end_day": end, "cash": cash, "shares": shares, "present_value": value, "kind": kind}
