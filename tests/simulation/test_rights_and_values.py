"""Laws: over common random numbers a right of the Company never raises a value and a right of holders never lowers one.

Each right is used where its owner gains: the call from the share prices from which `cn.price` calls, the put below the price at
which the note that goes on is worth the put price. The difference is paired, path by path; its margin is three standard errors.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import convnote as cn
from convnote.policies import Above, Boundary
from convnote.provisions import Conversion, Interest, Principal, Put, Redemption

PATHS = 2_000
ISSUED, PUT_ON, DUE = "2003-01-02", "2006-01-03", "2008-01-02"
PRINCIPAL = Principal(
    issue_date=ISSUED,
    maturity_date=DUE,
    issue_size=100_000_000,
    denomination=100,
    currency="USD",
    business_days="weekdays",
    trading_days="weekdays",
)
BARE = cn.ConvertibleNote(
    name="bare",
    principal=PRINCIPAL,
    interest=Interest(rate="0.05", frequency=1, day_count="30/360", record_days=0),
    conversion=Conversion(price=100, called_until="redemption-date"),
)
ZERO = dataclasses.replace(BARE, interest=Interest(rate=0, frequency=1, day_count="30/360", record_days=0))
MARKETS = {
    "calm, sound": {"volatility": 0.2, "hazard_rate": 0.0, "recovery": 0.0},
    "wild, shaky": {"volatility": 0.45, "hazard_rate": 0.04, "recovery": 0.3},
}


def market(name: str) -> cn.Lognormal:
    return cn.Lognormal(as_of=ISSUED, spot=95, rate=0.05, **MARKETS[name])


def gained(note: cn.ConvertibleNote, model: cn.Lognormal, policy: cn.Policy, without: str) -> tuple[float, float, cn.Outcomes]:
    """What a provision adds to the value of one denomination, its standard error, and the outcomes with it."""
    options = {"paths": PATHS, "seed": 11, "policy": policy, "principal": 100_000_000}
    more = cn.simulate(note, model, **options)
    less = cn.simulate(dataclasses.replace(note, **{without: None}), model, **options)
    each = (more.present_value - less.present_value) / 1_000_000  # denominations of 100 in the issue
    return float(each.mean()), float(each.std(ddof=1) / np.sqrt(PATHS)), more


@pytest.mark.parametrize("name", MARKETS)
def test_red1_a_call_where_the_company_gains_never_raises_the_value(name: str) -> None:
    call = Redemption(prices=[("2005-01-03", 1)], notice_at_least=0, notice_at_most=0)
    note = dataclasses.replace(BARE, redemption=call)
    critical = cn.price(note, market(name)).critical_price()
    assert len(critical.dates) >= 6 and note.redemption is not None
    for day, price in zip(critical.dates, critical.call, strict=True):  # one share each: at the call price, interest included
        assert price == pytest.approx(float(note.redemption.amount(str(day))), abs=0.02)  # a day of interest, 0.0139
    policy = cn.Policy(redeem=Above(1, of="amount"))
    mean, error, outcomes = gained(note, market(name), policy, "redemption")
    assert (outcomes.ending == "called, then converted").sum() > PATHS / 20
    assert mean <= 3 * error


@pytest.mark.parametrize("name", MARKETS)
def test_put1_a_put_where_holders_gain_never_lowers_the_value(name: str) -> None:
    model = market(name)
    note = dataclasses.replace(ZERO, put=Put(prices=[(PUT_ON, 1)], notice_at_least=0, notice_at_most=0))
    going_on = cn.price(ZERO, model.at(PUT_ON, spot=95.0))
    shares = np.linspace(20, 200, 3601)
    below = shares[going_on.solved.value(shares) < 100]
    assert 60 < below.max() < 130 and len(below) == (shares <= below.max()).sum()  # the value rises in the share
    policy = cn.Policy(put=Boundary([ISSUED], [round(float(below.max()), 2)]))
    mean, error, outcomes = gained(note, model, policy, "put")
    assert (outcomes.ending == "put").sum() > PATHS / 20
    assert mean >= -3 * error


@pytest.mark.parametrize("name", MARKETS)
def test_put1_a_put_used_where_the_note_is_worth_more_does_lower_it(name: str) -> None:
    """The laws can fail: put far above what it pays, the right costs holders far more than the margin."""
    note = dataclasses.replace(ZERO, put=Put(prices=[(PUT_ON, 1)], notice_at_least=0, notice_at_most=0))
    mean, error, _ = gained(note, market(name), cn.Policy(put=Boundary([ISSUED], [10_000])), "put")
    assert mean < -3 * error
