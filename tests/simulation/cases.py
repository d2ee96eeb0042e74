"""Random notes, policies and markets: short lives, low triggers and frequent events, so that every right is used by some path."""

import dataclasses
from datetime import date, timedelta
from random import Random

import numpy as np

import convnote as cn
from convnote.calendars import calendar, day_number
from convnote.policies import Above, Ask, AtEnd, AtOnce, Boundary, IfWorthMore, Never, Policy, Refinance
from convnote.provisions import Put

PEACS = cn.load("amazon-peacs-2010")


def a_note(r: Random) -> cn.ConvertibleNote:
    """A note of half a year to two years, with most provisions and every setting some time."""
    base = PEACS
    issue = date(2000, 2, 16) + timedelta(days=r.randrange(400))

    def after(days: int) -> date:
        return issue + timedelta(days=days)

    principal = dataclasses.replace(
        base.principal,
        issue_date=issue,
        maturity_date=after(r.choice([150, 300, 500, 700])),
        certificates={},
        denomination=r.choice([100, 1000]),
        issue_size=1_000_000,
        rounded_on=r.choice(["position", "denomination"]),
        moved_payments=r.choice(["following", "unmoved"]),
    )
    interest = dataclasses.replace(
        base.interest,
        frequency=r.choice([1, 2, 4]),
        record_days=r.choice([0, 15]),
        rate=r.choice(["0", "0.05", "0.08"]),
        in_window=r.choice(["in-price", "to-record"]),
        first_payment=None,
    )
    conversion = dataclasses.replace(
        base.conversion,
        price=r.choice(["90", "104.947", "120"]),
        accrued=r.choice(["record-date", "forgo", "paid"]),
        off_days=r.choice(["next-business-day", "same-day"]),
        close_of=r.choice(["day-before", "day-before", "same-day"]),
        called_until=r.choice(["business-day-before", "redemption-date"]),
    )
    reset = dataclasses.replace(base.reset, dates=[after(40 + r.randrange(20)), after(120)], floor=r.choice(["60", "85.5"]))
    withdrawal = dataclasses.replace(
        base.withdrawal,
        trigger=r.choice(["95", "110", "130"]),
        trigger_multiple=None,
        days=r.choice([3, 10, 20]),
        period=r.choice([20, 30]),
        before=after(r.choice([100, 140, 400])),
        pays_converted=r.random() < 0.5,
        notice_within=r.choice([0, 5]),
        short_period=r.random() < 0.8,
        before_issue=r.random() < 0.3,
        make_whole_floor=r.random() < 0.5,
        notice_at_least=r.choice([30, 30, 0]),
    )
    prices = [(after(r.choice([30, 60, 130])), "1"), (after(140), "1.02")]
    redemption = dataclasses.replace(base.redemption, prices=prices, notice_at_least=r.choice([30, 30, 0]))
    change = dataclasses.replace(base.fundamental_change, price=r.choice(["1", "1.01"]))
    put = Put(prices=[(after(90), "1.0"), (after(130), "1.05")], notice_at_least=r.choice([0, 5]))
    return dataclasses.replace(
        base,
        name="random",
        principal=principal,
        interest=interest,
        conversion=conversion,
        reset=reset if r.random() < 0.6 else None,
        withdrawal=withdrawal if r.random() < 0.7 else None,
        redemption=redemption if r.random() < 0.7 else None,
        fundamental_change=change if r.random() < 0.8 else None,
        put=put if r.random() < 0.3 else None,
    )


def a_policy(r: Random, note: cn.ConvertibleNote) -> Policy:
    """Any answer to any right."""
    start, unit = note.issue_date, float(note.denomination)

    def high(on, close, view):
        return close > 1.05 * view.conversion_price

    later = Boundary([start, start + timedelta(days=60)], [1.5 * unit, unit])
    return Policy(
        withdraw=r.choice([AtOnce(), AtOnce(), Never(), Above(1.2), Above(1, "amount"), later, Ask(high)]),
        redeem=r.choice(
            [Above(1.3), Above(1.1), Above(1.05, "amount"), AtOnce(), Never(), Refinance(0.03), Refinance(0.09), Ask(high)]
        ),
        convert=r.choice(
            [AtEnd(), AtEnd(), AtEnd(True), Never(), Above(1.4), Ask(lambda on, close, view: close > 1.5 * view.conversion_price)]
        ),
        put=r.choice(
            [
                IfWorthMore(),
                IfWorthMore(),
                Never(),
                AtOnce(),
                Boundary([start], [0.9 * unit]),
                Ask(lambda on, close, view: close < 80),
            ]
        ),
        withdrawal_notice=r.choice([None, 30, 45]),
        redemption_notice=r.choice([None, 40]),
        change_notice=r.choice([None, 0, 3]),
        straight=r.choice([1, "0.9"]),
    )


def returns_to_draw() -> cn.MarketHistory:
    """Two years of made-up closes before the note."""
    days = np.array(calendar("NASDAQ").between(day_number("1998-01-05"), day_number("1999-12-31")))
    moves = np.random.default_rng(3).normal(0, 0.035, len(days))
    return cn.MarketHistory(currency="EUR", dates=days.view("datetime64[D]"), closes=np.round(50 * np.exp(np.cumsum(moves)), 2))


def a_model(r: Random, note: cn.ConvertibleNote):
    """Any model, with or without an intensity that depends on the price."""
    common = {
        "as_of": note.issue_date,
        "rate": 0.05,
        "hazard_rate": r.choice([0, 0.1, 0.5]),
        "hazard_exponent": r.choice([0, 0, -1.5, 1]),
        "default_jump": r.choice([1, 1, 0.5, 0]),
        "recovery": r.choice([0, 0.4]),
        "change_rate": r.choice([0, 0.5, 3]),
        "change_jump": r.choice([0, 0.3, -0.4]),
        "change_jump_volatility": r.choice([0, 0.3]),
    }
    kind = r.choice(["lognormal", "lognormal", "two factors", "drawn"])
    if kind == "two factors":
        return cn.CrossCurrency(
            spot=80,
            exchange_rate=0.9,
            exchange_volatility=0.12,
            correlation=r.choice([-0.3, 0.4]),
            foreign_rate=0.06,
            volatility=0.6,
            **common,
        )
    if kind == "drawn":
        measure = r.choice(["history", "risk-neutral"])
        return cn.Bootstrap(spot=90, history=returns_to_draw(), block_length=7, measure=measure, **common)
    spot, quote = r.choice([70, 90, 105]), r.choice([0.01, 0.5, 0.0001])
    return cn.Lognormal(spot=spot, volatility=r.choice([0.3, 0.6, 0.9]), quote=quote, **common)


def a_case(seed: int):
    """Note, model, policy and principal by a seed."""
    r = Random(seed)
    note = a_note(r)
    policy = a_policy(r, note)
    return note, a_model(r, note), policy, r.choice([None, 5 * int(note.denomination)])


def peacs_model(**changes):
    """A market for the bundled note in which everything happens to some path."""
    settings = {
        "as_of": "2000-02-16",
        "spot": 72.1,
        "volatility": 0.5,
        "rate": 0.05,
        "hazard_rate": 0.04,
        "recovery": 0.35,
        "change_rate": 0.03,
        "change_jump": 0.2,
        "change_jump_volatility": 0.2,
    }
    return cn.Lognormal(**{**settings, **changes})
