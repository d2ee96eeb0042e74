"""INT-6 under a simulated default on a trading day on which banks are closed: what is due and has not moved is not paid."""

import dataclasses
from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number
from convnote.simulation.endings import End, Endings

from .cases import PEACS, a_case, peacs_model
from .test_ledger_agrees import assert_agrees

#: Days of the Federal Reserve on which the exchange trades: Columbus Day and Veterans Day, Mondays all.
CLOSED = [date(2000, 10, 9), date(2001, 10, 8), date(2001, 11, 12)]


def defaulting_on(model, day: date):
    """The same market, in which half of the issuers default on one trading day and none on another."""
    hazard = cn.Curve(["1999-01-01", day - timedelta(days=3), day], [0, 100, 0])
    return dataclasses.replace(model, hazard_rate=hazard, hazard_exponent=0, recovery=0.4)


def caught(outcomes: cn.Outcomes) -> np.ndarray:
    """The paths whose last payment was due, but had not moved, when the issuer defaulted."""
    plan, job = outcomes._plan, outcomes.job
    endings = Endings(plan, job.search(plan, 0).run())
    stops = np.append(plan.stops, 1 << 40)[np.minimum(endings.found.default, len(plan.days))]
    due = np.minimum(endings.planned_day, np.where(endings.pays, 1 << 40, endings.effective))
    return np.flatnonzero((stops <= due) & (due <= endings.default_day) & (endings.end == End.DEFAULTED))


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_int6_every_ledger_agrees_where_a_default_comes_between_the_day_due_and_its_money(first):
    seen, held_back = Counter(), Counter()
    for seed in range(first, first + 20):
        note, model, policy, principal = a_case(seed)
        day = next((each for each in CLOSED if note.issue_date < each < note.maturity_date), None)
        if day is None:
            continue
        outcomes = cn.simulate(note, defaulting_on(model, day), paths=300, seed=seed, policy=policy, principal=principal)
        paths = caught(outcomes)[:4].tolist()
        seen += assert_agrees(outcomes, paths)
        held_back += Counter(
            entry.text.split()[0] for ledger in outcomes.ledgers(paths) for entry in ledger.of_kind("missed-payment")
        )
    assert sum(seen.values()) >= 3 and len(held_back) >= 1


def test_int6_a_put_of_the_saturday_before_is_not_paid():
    """Put date Saturday 2001-10-06; the money moves on Tuesday the 9th, since banks are closed on Columbus Day."""
    put = cn.load("afv-2003").put.__class__(prices=[("2001-10-06", "1.1")], notice_at_least=0)
    note = dataclasses.replace(PEACS, put=put, withdrawal=None, fundamental_change=None)
    spot = {"spot": 30, "volatility": 0.2, "change_rate": 0}
    model = defaulting_on(peacs_model(**spot), date(2001, 10, 8))
    outcomes = cn.simulate(note, model, paths=60, seed=1)
    dead = np.flatnonzero(outcomes.status == "defaulted")
    assert len(dead) >= 20
    # The first coupon and 40% of principal: not 110%.
    assert outcomes.cash[dead] == pytest.approx(float(note.interest.coupons()[0].amount) + 400, abs=0.005)
    assert (outcomes.end_date[dead] == np.datetime64("2001-10-08")).all()
    assert_agrees(outcomes, dead[:5].tolist())
    later = cn.simulate(note, peacs_model(**spot, hazard_rate=0), paths=20, seed=1)
    assert set(later.status) == {"repurchased"} and int(day_number("2001-10-06")) == later._settled[0].end_day[0]
