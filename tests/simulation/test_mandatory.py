"""A mandatory in simulation: each path opens as a ledger that agrees to the cent (MND-1)."""

import dataclasses
from decimal import Decimal
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.provisions import Mandatory

from .cases import peacs_model
from .test_ledger_agrees import assert_agrees, endings_that_agree


def as_mandatory(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """The note, which becomes shares at maturity."""
    low, high = (Decimal(each) for each in r.choice([(70, 95), (85, 88), (100, 140)]))
    least, most = (round(note.denomination / each, 4) for each in (high, low))
    conversion = dataclasses.replace(
        note.conversion, price=None, rate=least, fraction=r.choice(["cash", "cash", "dropped", "up"])
    )
    terms = Mandatory(
        min_rate=least,
        max_rate=most,
        low=low,
        high=high,
        average_days=r.choice([1, 5, 20, 60]),
        average_ends=r.choice(["1 trading day before", "2 trading days before", "3 business days before"]),
        rounding=r.choice(["0.0001", "0.01"]),
    )
    return dataclasses.replace(note, conversion=conversion, reset=None, withdrawal=None, mandatory=terms)


def changed(note: cn.ConvertibleNote, seed: int) -> cn.ConvertibleNote:
    return as_mandatory(note, Random(f"mandatory {seed}"))


def test_mnd1_ledgers_agree_with_the_arrays():
    seen = endings_that_agree(changed, range(30), paths=6)
    assert seen["converted"] > 40 and len(seen) >= 4


@pytest.mark.slow
def test_mnd1_ledgers_agree_with_the_arrays_over_many_more():
    seen = endings_that_agree(changed, range(1000, 1200), paths=10)
    assert seen["converted"] > 400


PEACS = cn.load("amazon-peacs-2010")
SHORT = as_mandatory(
    dataclasses.replace(
        PEACS, principal=dataclasses.replace(PEACS.principal, maturity_date="2001-02-16", issue_size=1_000_000, certificates={})
    ),
    Random(1),
)


@pytest.mark.parametrize("weighted", [False, True])
def test_mnd1_goes_on_from_a_state_inside_the_window(weighted):
    note = dataclasses.replace(SHORT, mandatory=dataclasses.replace(SHORT.mandatory, average_days=30))
    days = [np.datetime64(int(day), "D").item() for day in note.principal.sessions.between(10980, 11370)]
    vwap = {"VWAP": {day: 90 + place % 7 for place, day in enumerate(days)}} if weighted else None
    history = cn.MarketHistory(dates=days, closes=[92] * len(days), currency="EUR", series=vwap)
    state = cn.replay(note, history, until="2001-01-31").state
    assert bool(state.series) is weighted
    outcomes = cn.simulate(note, peacs_model(as_of="2001-01-31", spot=92), paths=30, seed=5, state=state)
    assert assert_agrees(outcomes, range(30))["converted"] > 15


def test_mnd1_the_window_of_a_short_note_may_begin_before_the_issue():
    note = dataclasses.replace(SHORT, mandatory=dataclasses.replace(SHORT.mandatory, average_days=250))
    outcomes = cn.simulate(note, peacs_model(), paths=10, seed=5)
    assert_agrees(outcomes, range(10))


def test_mnd1_a_policy_object_with_the_same_decisions_gives_the_same():
    policy = cn.Policy()

    class Same:
        def decide(self, *given):
            return policy.decide(*given)

        def respond(self, *given):
            return policy.respond(*given)

    outcomes = cn.simulate(SHORT, peacs_model(), paths=20, seed=5, policy=Same())
    plain = cn.simulate(SHORT, peacs_model(), paths=20, seed=5, policy=policy)
    assert outcomes.cash == pytest.approx(plain.cash) and (outcomes.shares == plain.shares).all()
    assert (outcomes.status == plain.status).all() and "converted" in set(plain.ending)


def test_mnd1_is_not_priced():
    with pytest.raises(cn.PricingError, match="MND-1"):
        cn.price(SHORT, peacs_model())
