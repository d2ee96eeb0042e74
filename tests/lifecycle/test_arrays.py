"""The same table over many paths: what happens to an array of positions is, path by path, what happens to each alone.

The positions are 1,000,000, 600,000 and nothing; money is compared as it is paid, to the cent.
"""

import dataclasses

import numpy as np
import pytest

import convnote as cn
from convnote.lifecycle import State, Status, apply
from convnote.lifecycle import events as ev
from convnote.lifecycle.payments import is_missed
from convnote.lifecycle.state import Position
from convnote.lifecycle.transition import UNSEEN, Shown, nothing, per_denomination

from .walk import AFV, NOTE

HELD = (1_000_000, 600_000, 0)
SMALL = dataclasses.replace(NOTE, principal=dataclasses.replace(NOTE.principal, issue_size=1_000_000, certificates={}))
PUT = dataclasses.replace(AFV, principal=dataclasses.replace(AFV.principal, issue_size=1_000_000))


def of_paths(note, held):
    """The opening state of many paths, which hold different principal."""
    held = np.array(held, dtype=np.float64)
    opening = State.opening(note)
    return dataclasses.replace(
        opening,
        positions={"issue": Position(outstanding=held, of_record=held)},
        price=np.full(held.shape, float(note.conversion.price)),
        scales=(dataclasses.replace(opening.scale, factor=1.0, shares=1.0, cash=0.0),),
    )


def of_one(note, held):
    """The opening state of one path, exactly."""
    opening = State.opening(note)
    position = dataclasses.replace(opening.positions["issue"], outstanding=held + opening.carried[1], of_record=held)
    return dataclasses.replace(opening, positions={"issue": position})


def agree(note, events, seen=None):
    """Apply the events to all paths at once and to each by itself; cash and shares of all flows must be the same."""
    state, alone = of_paths(note.floats, HELD), [of_one(note, held) for held in HELD]
    paid = []
    for event in events:
        step = apply(note.floats, state, event, seen or UNSEEN)
        state = step.state
        cash = sum((flow.cash for flow in step.flows), np.zeros(3))
        shares = sum((flow.shares for flow in step.flows), np.zeros(3))
        for path, one in enumerate(alone):
            each = apply(note, one, event, seen or UNSEEN)
            alone[path] = each.state
            assert round(cash[path] - float(sum(flow.cash for flow in each.flows)), 6) == 0
            assert shares[path] == sum(flow.shares for flow in each.flows)
            left = each.state.positions["issue"]
            assert state.positions["issue"].outstanding[path] == left.outstanding
            assert state.positions["issue"].of_record[path] == left.of_record
        paid.append(cash.tolist())
    return state, paid


def test_wdr4_the_make_whole_of_each_path_is_less_the_interest_paid_before_the_notice():
    events = [
        ev.CouponDue("2001-02-16"),
        cn.WithdrawalNotice("2001-02-16", "2001-03-19"),
        ev.WithdrawalDue("2001-03-19"),
    ]
    state, paid = agree(SMALL, events)
    # 1,000 and 600 times 68.938356…; the notice is of the day on which the coupon is paid, so it does not count
    assert paid == [[68_938.36, 41_363.01, 0], [0, 0, 0], [206_250, 123_750, 0]]
    position, paid_on = state.positions["issue"], ev.CouponDue("2001-02-16").day
    assert position.interest_paid_before(paid_on).tolist() == [0, 0, 0]
    assert position.interest_paid_before(paid_on + 1) == pytest.approx([68.93836, 41_363.01 / 600, 0], rel=1e-15)
    notices = np.array([paid_on, paid_on + 1, paid_on + 1])
    assert position.interest_paid_before(notices) == pytest.approx([0, 41_363.01 / 600, 0], rel=1e-15)
    later = [events[0], cn.WithdrawalNotice("2001-02-17", "2001-03-19"), events[2]]
    assert agree(SMALL, later)[1][-1] == [137_311.64, 82_386.99, 0]  # 206,250 - 68,938.36 and 123,750 - 41,363.01


def test_put1_an_election_over_paths_is_of_the_day_that_it_names():
    day = np.full(3, "2006-01-01", "datetime64[D]")
    state = of_paths(PUT.floats, HELD)
    state = apply(PUT.floats, state, cn.PutElection(day, np.array(HELD, dtype=np.float64))).state
    (key,) = state.positions["issue"].put
    assert key == 13_149  # days from 1970-01-01 to 2006-01-01: 36 years with 9 leap days
    step = apply(PUT.floats, state, ev.PutDue(day))
    (flow,) = step.flows
    # 105% and, no coupon having been paid, three years at 8%
    assert flow.cash.tolist() == [1_290_000, 774_000, 0]
    assert step.state.positions["issue"].put == {}
    # All of it is gone on every path, so the last of it was put.
    assert step.state.status is Status.REPURCHASED and step.state.retired["repurchased"].tolist() == list(HELD)


def test_cnv5_what_converts_in_the_window_pays_the_coupon_in_on_every_path():
    note, day = SMALL.floats, np.full(3, "2001-02-05", "datetime64[D]")
    surrender = cn.Convert(day, np.array(HELD, dtype=np.float64))
    step = apply(note, of_paths(note, HELD), surrender, Shown(close=np.full(3, 50.0)))
    conversion, paid_in = step.flows
    # 1,000,000 / 104.947 = 9,528.619208…, 600,000 / 104.947 = 5,717.171524…, and what is left of a share x 50
    assert conversion.shares.tolist() == [9528, 5717, 0] and conversion.cash.tolist() == [30.96, 8.58, 0]
    assert paid_in.cash.tolist() == [-68_938.36, -41_363.01, 0]
    assert step.state.status is Status.CONVERTED


def test_a_number_of_a_state_of_paths_stays_an_array():
    state = of_paths(SMALL.floats, HELD)
    assert state.outstanding.tolist() == list(HELD) and state.conversion_price.tolist() == [104.947] * 3
    assert State.opening(SMALL).outstanding == 1_000_000


def test_what_is_paid_per_denomination_of_paths():
    assert per_denomination(np.array([68.75, 206.25, 0.0]), np.array([1000.0, 3000.0, 0.0]), 1000).tolist() == [68.75, 68.75, 0.0]
    # where there is no principal nothing is paid on it, and a denomination may be one euro
    assert per_denomination(np.array([5.0, 0.05]), np.array([0.0, 1.0]), 1).tolist() == [0.0, 0.05]
    assert nothing(np.zeros(3)) and not nothing(np.array([0.0, 1.0])) and nothing(0) and not nothing(1)


def test_no_payment_is_missed_on_the_days_of_many_paths():
    state = dataclasses.replace(State.opening(NOTE), missed=(("put", 13_149),))
    assert is_missed(state, "put", 13_149) and not is_missed(state, "put", 13_150) and not is_missed(state, "principal", 13_149)
    assert is_missed(state, "put", np.array([13_149])) is False


def test_def1_the_recovery_of_each_path():
    state, paid = agree(SMALL, [cn.Default("2001-06-01", recovered="0.4")])
    assert paid == [[400_000, 240_000, 0]] and state.positions["issue"].outstanding.tolist() == [0, 0, 0]
