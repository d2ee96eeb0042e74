"""Whole lives: a replay agrees with a walk from day to day, entry by entry, and refuses what the walk refuses."""

from collections import Counter
from datetime import date
from fractions import Fraction
from random import Random

import pytest

import convnote as cn
from tests.oracles import conversion, ledger

from .lives import SESSIONS, a_life

#: The walk's words for the entries by which principal, cash or shares change hands.
KINDS = {
    "coupon": "coupon",
    "late-interest": "cure",
    "conversion": "conversion",
    "interest-paid-in": "interest paid in",
    "make-whole": "make-whole",
    "redemption": "redemption",
    "repurchase": "repurchase",
    "maturity": "maturity",
    "interest-returned": "interest returned",
    "accelerated": "accelerated",
    "default": "default",
}


def recorded(event):
    """An event of the walk as an event of the library."""
    on, what, *details = event
    match what:
        case "convert":
            return cn.Convert(on, details[1], holder=details[0])
        case "withdraw":
            return cn.WithdrawalNotice(on, details[0])
        case "redeem":
            return cn.RedemptionNotice(on, details[0], details[1])
        case "change":
            return cn.FundamentalChange(on)
        case "change notice":
            return cn.FundamentalChangeNotice(on)
        case "elect":
            return cn.RepurchaseElection(on, details[1], holder=details[0])
        case "take back":
            return cn.RepurchaseElectionWithdrawal(on, details[1], holder=details[0])
        case "miss":
            return cn.MissedPayment(on)
        case "cure":
            return cn.Cure(on)
        case "breach":
            return cn.CovenantDefault(on)
        case "waive":
            return cn.Waiver(on)
        case "accelerate":
            return cn.Acceleration(on)
        case "pay all":
            return cn.Cure(on, "principal")
        case "rescind":
            return cn.Rescission(on)
        case "end":
            return cn.Default(on, recovered=details[0])
        case "split":
            return cn.Split(on, details[0], details[1])
    raise AssertionError(event)


def money(entries):
    """Replayed entries as the walk writes them, in its order of holders and of entries within a day."""
    found = [(e.date, e.payment_date, KINDS[e.kind], e.holder, e.principal, e.cash, e.shares) for e in entries if e.kind in KINDS]
    return sorted(found)


def without(events, refused):
    """The events without the one that was refused: of a surrender, all that was added up in it."""
    if refused[1] != "convert":
        return [event for event in events if event != refused]
    day, _, holder, _ = refused
    return [
        event
        for event in events
        if not (event[1] == "convert" and event[2] == holder and conversion.conversion_day(event[0]) == day)
    ]


def walk(holders, closes, events):
    try:
        return ledger.live(holders, closes, events), None
    except ledger.Refused as refused:
        return refused.life, refused


@pytest.mark.parametrize(
    ("seed", "lives"), [(1, 35), (2, 35), *(pytest.param(seed, 300, marks=pytest.mark.slow) for seed in range(3, 7))]
)
def test_a_replay_agrees_with_a_walk_from_day_to_day(note, seed, lives):
    random, reached, refusals = Random(seed), Counter(), Counter()
    for _ in range(lives):
        holders, closes, events = a_life(random)
        history = cn.MarketHistory(currency="EUR", dates=SESSIONS, closes=[closes[day] for day in SESSIONS])
        refused = True
        while refused:
            life, refused = walk(holders, closes, events)
            asked = [recorded(event) for event in events]
            if refused:
                with pytest.raises(cn.LifecycleError) as error:
                    cn.replay(note, history, events=asked, positions=holders)
                assert error.value.rule in refused.rules, (events, refused.event, str(error.value))
                assert type(error.value.event) is type(recorded(refused.event)), (events, refused.event)
                refusals[error.value.rule] += 1
                events = without(events, refused.event)
        replayed = cn.replay(note, history, events=asked, positions=holders)
        assert money(replayed.entries) == sorted(map(tuple, life.entries)), events
        assert replayed.state.outstanding == sum(life.outstanding.values())
        assert replayed.state.outstanding == 0 or life.accelerated
        for entry in life.entries:
            reached[entry.what] += 1
        reached["split"] += any(event[1] == "split" for event in events)
    assert set(KINDS.values()) <= set(reached), reached
    assert min(reached[what] for what in ("make-whole", "redemption", "repurchase", "interest paid in", "cure")) >= 5
    assert len(refusals) >= 5, refusals


CALLED = [(date(2006, 3, 16), "redeem", date(2006, 4, 16), 187_455_000)]
ELECTED = [(date(2006, 3, 10), "change"), (date(2006, 3, 17), "change notice"), (date(2006, 4, 3), "elect", "A", 72_309_000)]


@pytest.mark.parametrize(
    ("events", "end", "paid"),
    [
        (CALLED, date(2006, 3, 17), 0),
        (CALLED, date(2006, 4, 16), 0),  # a Sunday: the money would move on the 17th
        (CALLED, date(2006, 4, 17), 187_455_000),
        (ELECTED, date(2006, 4, 4), 0),
        (ELECTED, date(2006, 4, 16), 0),
        (ELECTED, date(2006, 4, 17), 72_309_000),
    ],
)
def test_what_is_not_paid_when_the_issuer_defaults_is_a_claim_and_nothing_more(note, events, end, paid):
    closes, events = dict.fromkeys(SESSIONS, Fraction(50)), [*events, (end, "end", Fraction(1, 2))]
    history = cn.MarketHistory(currency="EUR", dates=SESSIONS, closes=[50] * len(SESSIONS))
    replayed = cn.replay(note, history, events=[recorded(event) for event in events], positions={"A": 690_000_000})
    life = ledger.live({"A": 690_000_000}, closes, events)
    assert money(replayed.entries) == sorted(map(tuple, life.entries))
    assert life.outstanding == {"A": 0} and [e.cash for e in replayed.of_kind("default")] == [(690_000_000 - paid) / 2]
