"""Law: with deadlines, record windows and fractions of other papers too, a path's ledger agrees to the cent with the arrays."""

import dataclasses
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.provisions.conversion_days import EXCEPTIONS
from convnote.provisions.day_rules import DayRule

from .cases import peacs_model
from .test_ledger_agrees import assert_agrees, endings_that_agree


def by_record_dates(note: cn.ConvertibleNote, days: int):
    """Interest with record dates as days of the year, some days before each payment."""
    step = 12 // note.interest.frequency
    months = sorted({(note.maturity_date.month - 1 + step * place) % 12 + 1 for place in range(note.interest.frequency)})
    dues = [date(2001, month, min(note.maturity_date.day, 28)) for month in months]
    dates = [(due - timedelta(days=days)).strftime("%m-%d") for due in dues]
    return dataclasses.replace(note.interest, record_days=None, record_dates=dates)


def other_terms(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """The note with the settings of other papers on when it converts and what a conversion gives."""
    units, counts = ["business", "trading", "calendar"], [0, 1, 2, 3, 7]
    conversion = dataclasses.replace(
        note.conversion,
        pays_in_except=[word for word in EXCEPTIONS if r.random() < 0.5],
        fraction=r.choice(["cash", "dropped", "up"]),
        called_until=DayRule(r.choice(counts), r.choice(units)),
        until=r.choice([None, DayRule(r.choice(counts), r.choice(units)), note.maturity_date - timedelta(days=r.randrange(60))]),
    )
    if r.random() < 0.4:
        note = dataclasses.replace(note, interest=by_record_dates(note, r.randrange(1, 25)))
    withdrawal = note.withdrawal
    if withdrawal is not None:
        withdrawal = dataclasses.replace(
            withdrawal,
            from_date=r.choice([None, note.issue_date + timedelta(days=r.randrange(100))]),
            before=r.choice([withdrawal.before, None]),
            strict=r.random() < 0.5,
            last_conversion=DayRule(r.choice([0, 0, 1, 2]), r.choice(units)),
            make_whole_to=r.choice(["outstanding", "converted", "both"]),
            **r.choice([{}, {"trigger": None, "trigger_multiple": r.choice(["0.9", "1.2"]), "trigger_of": "initial"}]),
        )
        if r.random() < 0.5:
            withdrawal = dataclasses.replace(withdrawal, trigger=None, trigger_multiple="1.1", trigger_of="in-force")
    return dataclasses.replace(note, conversion=conversion, withdrawal=withdrawal)


def changed(note: cn.ConvertibleNote, seed: int) -> cn.ConvertibleNote:
    return other_terms(note, Random(f"timing {seed}"))


def test_ledgers_agree_with_the_arrays_under_other_terms_of_conversion():
    seen = endings_that_agree(changed, range(50), paths=6)
    assert len(seen) >= 6


@pytest.mark.slow
def test_ledgers_agree_with_the_arrays_under_other_terms_of_conversion_over_many_more():
    seen = endings_that_agree(changed, range(1000, 1120), paths=10)
    assert len(seen) >= 8


PEACS = cn.load("amazon-peacs-2010")
MOVING = dataclasses.replace(
    PEACS,
    principal=dataclasses.replace(PEACS.principal, maturity_date="2000-11-16", issue_size=1_000_000, certificates={}),
    interest=dataclasses.replace(PEACS.interest, frequency=4),
    withdrawal=dataclasses.replace(
        PEACS.withdrawal, trigger=None, trigger_multiple="1.1", trigger_of="in-force", days=5, period=10, before="2000-11-16"
    ),
    reset=dataclasses.replace(PEACS.reset, dates=["2000-05-16"], floor="60"),
    redemption=None,
)


def test_wdr7_a_trigger_that_moves_with_a_reset_compares_each_close_at_the_price_of_its_own_day(monkeypatch):
    monkeypatch.delattr("convnote.simulation.job.settle_exactly")  # no path is replayed to simulate it
    outcomes = cn.simulate(MOVING, peacs_model(spot=80, hazard_rate=0, change_rate=0), paths=12, seed=4)
    assert_agrees(outcomes, range(12))
    reset, seen = np.datetime64("2000-05-16"), []
    for path in range(12):
        ledger = outcomes.ledger(path)
        for notice in ledger.of_kind("withdrawal-notice"):
            day = np.datetime64(notice.date)
            prices = [Fraction("104.947") if on < reset else Fraction(ledger.state.conversion_price) for on in outcomes.dates]
            above = [
                Fraction(repr(float(close))) > Fraction("1.1") * price
                for close, price in zip(outcomes.closes(path), prices, strict=True)
            ]
            met = [sum(above[max(row - 9, 0) : row + 1]) >= 5 for row in range(len(above))]
            assert outcomes.dates[met.index(True)] == day
            seen.append(day - reset)
    after = [days.astype(int) for days in seen if days.astype(int) >= 0]
    assert len(after) >= 3 and min(after) <= 10  # of a period on both sides of the reset


def test_wdr7_from_a_state_after_the_reset_closes_before_it_are_compared_at_the_earlier_price():
    days = [cn.calendars.to_date(day) for day in MOVING.principal.sessions.between(11003 - 40, 11093)]  # to 2000-05-16
    figures = ["95" if str(day) in ("2000-05-10", "2000-05-11", "2000-05-12", "2000-05-15") else "70" for day in days]
    history = cn.MarketHistory(dates=days, closes=figures, currency="EUR")
    state = cn.replay(MOVING, history, until="2000-05-16").state
    # Four closes of 95 are below 110% of 104.947, 115.44, but would be above 110% of the price from the reset on.
    assert 70 <= state.conversion_price < 80
    model = peacs_model(as_of="2000-05-16", spot=95, hazard_rate=0, change_rate=0)
    outcomes = cn.simulate(MOVING, model, paths=20, seed=6, state=state)
    assert_agrees(outcomes, range(20))
    noticed = [np.datetime64(each.date) for path in range(20) for each in outcomes.ledger(path).of_kind("withdrawal-notice")]
    assert min(noticed) == np.datetime64("2000-05-23")  # the fifth close after the reset


@pytest.mark.parametrize("right", ["call", "withdrawal"])
def test_rst1_a_reset_after_the_last_day_to_convert_is_of_all_closes_before_it(right):
    """Ten calendar days before the end of the notice no Note converts any more; the reset four days before it still acts."""
    early, end = DayRule(10, "calendar"), date(2000, 6, 15)
    note = dataclasses.replace(MOVING, reset=dataclasses.replace(PEACS.reset, dates=[end - timedelta(days=4)], floor="20"))
    if right == "call":
        terms = dataclasses.replace(PEACS.redemption, prices=[[end, 1]], make_whole_amount=None, make_whole_until=None)
        conversion = dataclasses.replace(note.conversion, called_until=early)
        note = dataclasses.replace(note, redemption=terms, conversion=conversion, withdrawal=None)
    else:
        terms = dataclasses.replace(note.withdrawal, trigger=1, trigger_multiple=None, trigger_of=None, last_conversion=early)
        note = dataclasses.replace(note, withdrawal=dataclasses.replace(terms, days=1, period=1, from_date=end))
    policy = cn.Policy(convert=cn.policies.Never(), redeem=cn.policies.AtOnce(), withdraw=cn.policies.AtOnce())
    outcomes = cn.simulate(note, peacs_model(hazard_rate=0, change_rate=0), paths=8, seed=2, policy=policy)
    assert_agrees(outcomes, range(8))
    for path in range(8):
        ledger = outcomes.ledger(path)
        (reset,) = ledger.of_kind("reset")
        (notice,) = ledger.of_kind("redemption-notice", "withdrawal-notice")
        assert notice.date < reset.date and not ledger.of_kind("conversion")
