"""Facts that neither the arrays nor the ledgers know: what lies upstream of both is held to arithmetic of its own.

A path and its ledger share the draws, the walk and the boundaries of a policy, so that their agreement says nothing about those.
"""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number
from convnote.policies import Above, Ask, AtEnd, AtOnce, Boundary, IfWorthMore, Never, Policy, Refinance
from convnote.simulation.paths import BLOCK

from .cases import PEACS, peacs_model

PLAIN = dataclasses.replace(PEACS, reset=None, withdrawal=None, fundamental_change=None)
STRAIGHT = dataclasses.replace(PLAIN, redemption=None)


def still(**changes):
    """A share without volatility, default or change."""
    return cn.Lognormal(**{"as_of": "2000-02-16", "spot": 100, "volatility": 0, "rate": 0.05, **changes})


# --- draws -----------------------------------------------------------------------------------------------------------


def test_two_blocks_of_paths_are_not_the_same_paths():
    outcomes = cn.simulate(PEACS, peacs_model(), paths=BLOCK + 500, seed=1)
    first, second = outcomes.present_value[:500], outcomes.present_value[BLOCK:]
    # most paths mature with the same coupons: those that convert or default are worth what the share was
    told_apart = np.isin(outcomes.status[:500], ["converted", "defaulted"])
    assert told_apart.sum() > 100 and not np.any(first[told_apart] == second[told_apart])
    assert not np.array_equal(outcomes.closes(0), outcomes.closes(BLOCK))


def test_two_seeds_are_not_the_same_paths():
    one, other = (cn.simulate(PEACS, peacs_model(), paths=50, seed=seed) for seed in (1, 2))
    assert not np.array_equal(one.closes(7), other.closes(7))


def test_without_volatility_every_close_is_one_jump_after_another():
    jump, rate = 0.25, 0.4
    outcomes = cn.simulate(STRAIGHT, still(change_rate=rate, change_jump=jump, quote=0.0001), paths=400, seed=5)
    last = np.array([outcomes.closes(path)[-1] for path in range(400)])
    # between two paths lies a whole number of jumps, whatever the drift
    jumps = np.log(last / last.min()) / np.log1p(jump)
    assert np.abs(jumps - np.round(jumps)).max() < 1e-3
    count = np.round(jumps)
    years = (PEACS.maturity_date - date(2000, 2, 16)).days / 365
    assert len(set(count)) >= 6
    # the counts are those of a Poisson law: the least seen has none with a chance of e^-4 a path
    assert abs(count.mean() - rate * years) < 4 * np.sqrt(rate * years / 400)
    assert abs(count.var() - rate * years) < 4 * rate * years * np.sqrt(2 / 400)


# --- boundaries of a policy, each worked out by hand ------------------------------------------------------------------

DAYS = np.array([day_number(on) for on in ("2003-03-03", "2005-02-16", "2009-02-16")])
AMOUNTS = np.array([1000.75, 1010.5, 1000.0])


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        (AtOnce(), [-np.inf] * 3),
        (Never(), [np.inf] * 3),
        (AtEnd(), [np.inf] * 3),
        (IfWorthMore(), AMOUNTS),
        (Above("1.3"), [1300.0] * 3),
        (Above(1.05, "amount"), [1050.7875, 1061.025, 1050.0]),
        (Boundary(["2005-02-16", "2009-02-16"], ["1300.5", 1200]), [np.inf, 1300.5, 1200.0]),
        (Ask(lambda on, close, view: close > 0), [-np.inf] * 3),
        (Ask(lambda on, close, view: close > 0, ["2005-02-16"]), [np.inf, -np.inf, np.inf]),
        # at no interest the coupons left, 7, 5 and 1 of 68.75 or 68.938356, and the principal cost more than any amount here
        (Refinance(0.0), [-np.inf] * 3),
        # at 7% the last coupon and the principal, 1,068.75, are worth 1,068.75 e^-0.07 = 996.4960 a year before: less than 1,000
        (Refinance(0.07), [np.inf, np.inf, np.inf]),
        # at 6% they are worth 1,006.5107 then: more than 1,000
        (Refinance(0.06), [-np.inf, -np.inf, -np.inf]),
    ],
)
def test_a_boundary_is_the_one_worked_out_by_hand(answer, values):
    assert answer.boundary(PEACS, DAYS, AMOUNTS).tolist() == pytest.approx(list(values))


def test_a_call_above_a_multiple_of_the_amount_comes_on_the_day_that_arithmetic_says():
    multiple, spot = 1.07, 95
    outcomes = cn.simulate(
        PLAIN, still(spot=spot), paths=2, seed=1, principal=10_000_000, policy=Policy(redeem=Above(multiple, "amount"))
    )
    sessions = [
        date.fromordinal(date(1970, 1, 1).toordinal() + day) for day in PEACS.principal.sessions.between(DAYS[0] - 60, DAYS[2])
    ]
    first = date(2003, 2, 20)

    def exceeds(on: date) -> bool:
        close = round(spot * np.exp(0.05 * (on - date(2000, 2, 16)).days / 365), 2)
        redemption = max(first, on + timedelta(days=30))
        start = date(redemption.year - (redemption < date(redemption.year, 2, 16)), 2, 16)
        accrued = 68.75 * (redemption - start).days / 365
        return close * 1000 / 104.947 > multiple * (1000 + accrued)

    called = next(on for on in sessions if (first - on).days <= 60 and exceeds(on))
    assert called > first  # it is the boundary that says when, not the first day of the right
    (notice,) = outcomes.ledger(0).of_kind("redemption-notice")
    assert notice.date == called
    assert outcomes.status.tolist() == ["converted"] * 2  # the shares are worth more than the price


# --- settings that the other cases never draw ------------------------------------------------------------------------


@pytest.mark.parametrize("spot", [60, 200])
def test_a_holder_who_may_convert_only_at_the_end_takes_what_is_worth_more_then(spot):
    conversion = dataclasses.replace(PLAIN.conversion, from_date=PEACS.maturity_date)
    note = dataclasses.replace(PLAIN, conversion=conversion, redemption=None)
    outcomes = cn.simulate(note, still(spot=spot), paths=2, seed=1, principal=1_000_000)
    share = spot * np.exp(0.05 * 3653 / 365)
    assert outcomes.status.tolist() == ["converted" if share > 104.947 else "matured"] * 2
    assert outcomes.shares.tolist() == [9528 if share > 104.947 else 0] * 2  # 1,000,000 / 104.947 = 9,528.6
    assert str(outcomes.end_date[0]) == "2010-02-16"


def test_a_function_asked_on_one_day_decides_on_that_day():
    on = np.datetime64("2004-05-03")
    asked = []

    def yes(day, close, view):
        asked.append(day)
        return np.ones(len(close), dtype=bool)

    policy = Policy(convert=Ask(yes, [on]))
    outcomes = cn.simulate(PLAIN, still(spot=90), paths=3, seed=1, policy=policy)
    assert set(outcomes.end_date) == {on} and set(asked) == {on}
    assert outcomes.status.tolist() == ["converted"] * 3


def test_a_notice_on_the_last_day_on_which_one_is_possible():
    # the last trading day 30 days or more before maturity; a call for maturity itself is none (RED-1)
    last = int(PEACS.principal.sessions.on_or_before(PEACS.principal.maturity_day - 31))
    policy = Policy(redeem=Boundary([np.datetime64(last, "D")], [1]))
    ledger = cn.simulate(PLAIN, still(spot=60), paths=1, seed=1, policy=policy).ledger(0)
    (notice,) = ledger.of_kind("redemption-notice")
    assert int(day_number(notice.date)) == last and len(ledger.of_kind("redemption")) == 1
