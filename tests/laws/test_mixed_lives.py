"""Laws of lives under terms of other papers: a split replay, a rate and its price, a table of zeros, a barrier, rights."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import to_date
from convnote.lifecycle.agenda import acting_day
from convnote.policies import Above, AtOnce, Never
from convnote.provisions import Condition
from convnote.testing import stories
from convnote.testing.engine import allowed
from tests.simulation.cases import a_case
from tests.simulation.mixed import a_mixed_case, made_whole


def picker(r: Random) -> stories.Pick:
    """`pick(first, second, …)` is one of its arguments, or a number of a range."""

    def pick(*options: Any) -> Any:
        return r.choice(options[0] if len(options) == 1 and isinstance(options[0], range) else options)

    return pick


def a_life(seed: int) -> tuple[cn.ConvertibleNote, list[str], Any, list[Any]]:
    """A note that mixes terms, a market of its whole life, and events that it allows."""
    note, worn, *_ = a_mixed_case(seed)
    pick = picker(Random(f"life {seed}"))
    try:
        history = stories.market(note, pick)
        return note, worn, history, allowed(note, history, stories.life(note, history, pick))
    except (cn.TermsError, cn.MarketError) as error:
        # closes before the first year of a calendar, or after maturity, where a late surrender is settled
        if error.rule != "CAL-1" and (error.rule != "DAY-1" or note.settlement is None):
            raise
        return a_life(seed + 1_000_000)


def cuts(note: cn.ConvertibleNote, events: list[Any], r: Random) -> list[int]:
    """Days to split at: any, that of an event, and one of the days after it, while what it began is under way."""
    found = [r.randrange(note.principal.issue_day, note.principal.maturity_day) for _ in range(2)]
    for event in r.sample(events, min(2, len(events))):
        found += [acting_day(note, event), acting_day(note, event) + r.randrange(1, 30)]
    return clear_of_missed(note, events, found)


def clear_of_missed(note: cn.ConvertibleNote, events: list[Any], found: list[int]) -> list[int]:
    """These days without those before the issue, or on which it is not yet known whether a payment is missed.

    A payment that is missed and made good before its money was to move is not missed: that is known on that day alone.
    """
    missed = [acting_day(note, event) for event in events if isinstance(event, cn.MissedPayment)]
    open_until = [(due, note.principal.payment_day(due)) for due in missed]
    found = [cut for cut in found if not any(due <= cut < moved for due, moved in open_until)]
    return sorted({cut for cut in found if note.principal.issue_day <= cut})


def after_all(note: cn.ConvertibleNote) -> Any:
    """A day after all that these lives do."""
    return note.maturity_date + timedelta(days=900)


def assert_same_when_split(note: cn.ConvertibleNote, history: Any, events: list[Any], cut: int, whole: cn.Ledger) -> cn.State:
    """Assert that a replay to a day and on from it has the entries and the state of the whole; the state of that day."""
    before = [event for event in events if acting_day(note, event) <= cut]
    after = [event for event in events if acting_day(note, event) > cut]
    first = cn.replay(note, history, events=before, until=to_date(cut))
    where = f"cut at {to_date(cut)}"
    assert first.entries == tuple(entry for entry in whole if entry.date <= to_date(cut)), where
    second = cn.replay(first.note, history, events=after, state=first.state, until=after_all(note))
    assert first.entries + second.entries == whole.entries, where
    assert second.state == whole.state, where
    return first.state


def assert_split_is_whole(seed: int, seen: Counter[str]) -> None:
    note, worn, history, events = a_life(seed)
    whole = cn.replay(note, history, events=events, until=after_all(note))
    for cut in cuts(note, events, Random(seed)):
        state = assert_same_when_split(note, history, events, cut, whole)
        seen.update(["settling"] * bool(state.settlements), called=any(True for _ in state.calls))
        seen.update(changed=bool(state.changes), withdrawn=state.withdrawal is not None)
    seen.update(worn)


@pytest.mark.parametrize("first", [0, 100])
def test_a_replay_that_is_split_anywhere_is_the_same_replay(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + 60):
        assert_split_is_whole(seed, seen)
    assert min(seen[each] for each in ("called", "changed", "steps", "timing", "soft call")) >= 1, seen


@pytest.mark.slow
def test_a_replay_that_is_split_anywhere_is_the_same_replay_over_many_more() -> None:
    seen: Counter[str] = Counter()
    for seed in range(1000, 1250):
        assert_split_is_whole(seed, seen)
    assert seen["settling"] >= 3 and seen["withdrawn"] >= 1 and seen["settlement"] >= 20 and seen["accretion"] >= 10


# --- the same contract in other words ---------------------------------------------------------------------------------------


def same_lives(one: cn.ConvertibleNote, other: cn.ConvertibleNote, seed: int, model: Any, policy: Any) -> bool:
    """Assert that two notes have the same lives on the same paths, in arrays and in ledgers; False where a rule refuses both."""
    found = []
    for note in (one, other):
        try:
            found.append(cn.simulate(note, model, paths=200, seed=seed, policy=policy))
        except cn.TermsError:
            found.append(None)
    first, second = found
    if first is None or second is None:
        assert first is second
        return False
    for name in ("cash", "shares", "end_date", "ending", "present_value", "conversion_price"):
        assert (getattr(first, name) == getattr(second, name)).all(), f"seed {seed}: {name}"
    for ours, theirs in zip(first.ledgers(range(2)), second.ledgers(range(2)), strict=True):
        assert [entry[:5] for entry in ours] == [entry[:5] for entry in theirs]
    return True


def test_rte1_a_rate_and_its_exact_price_give_the_same_life() -> None:
    lived = 0
    for seed in range(20):
        note, model, policy, _ = a_case(seed)
        rate = Fraction(note.denomination) / Fraction(note.conversion.price)
        terms = dataclasses.replace(note.conversion, price=None, rate=rate)
        lived += same_lives(note, dataclasses.replace(note, conversion=terms), seed, model, policy)
    assert lived == 20


def test_mwt1_a_table_of_zeros_is_no_table() -> None:
    lived = 0
    for seed in range(300, 320):
        note, _, model, policy, _ = a_mixed_case(seed)
        if note.conversion is None or note.mandatory is not None:
            continue
        bare = dataclasses.replace(note, make_whole_change=None, change_of_control_price=None)
        table = made_whole(bare, Random(seed)).make_whole_change
        none = dataclasses.replace(table, shares=[[0] * len(row) for row in table.shares], stock_price="average-5")
        lived += same_lives(bare, dataclasses.replace(bare, make_whole_change=none), seed, model, policy)
    assert lived >= 12


# --- conditions -------------------------------------------------------------------------------------------------------------

PEACS = cn.load("amazon-peacs-2010")
PLAIN = dataclasses.replace(PEACS, withdrawal=None, put=None)


def soft(note: cn.ConvertibleNote, days: int, period: int, level: Any = "1.3", **parts: Any) -> cn.ConvertibleNote:
    """The note with a soft call: days of a period above a level of the price in force, up to the notice."""
    terms = Condition(days=days, period=period, multiple=level, of="in-force", strict=True, ends="notice", **parts)
    return dataclasses.replace(note, redemption=dataclasses.replace(note.redemption, condition=terms))


def wild(note: cn.ConvertibleNote, seed: int) -> cn.MarketHistory:
    """A market around the level of a soft call."""
    terms, rng = note.principal, np.random.default_rng(seed)
    days = terms.sessions.between(terms.issue_day - 60, terms.maturity_day)
    closes = np.round(128 * np.exp(np.cumsum(rng.normal(0, 0.02, len(days)) - 0.0002)), 2)
    return cn.MarketHistory(dates=[to_date(day) for day in days], closes=closes, currency="EUR")


def called_on(ledger: cn.Ledger) -> Any:
    return next((entry.date for entry in ledger.of_kind("redemption-notice")), to_date(10**5))


@pytest.mark.parametrize("seed", range(6))
def test_sft1_a_condition_of_one_of_one_is_a_barrier_in_a_replay(seed: int) -> None:
    history = wild(PLAIN, seed)
    barrier = cn.replay(PLAIN, history, events=[], policy=cn.Policy(redeem=Above("1.3")))
    counted = cn.replay(soft(PLAIN, 1, 1), history, events=[], policy=cn.Policy(redeem=AtOnce()))
    assert [entry[:5] for entry in barrier] == [entry[:5] for entry in counted]


def test_sft1_more_days_of_a_period_never_call_earlier() -> None:
    days: list[list[Any]] = []
    for count in (1, 5, 12, 20):
        note = soft(PLAIN, count, 20)
        policy = cn.Policy(redeem=AtOnce())
        days.append([called_on(cn.replay(note, wild(note, seed), events=[], policy=policy)) for seed in range(6)])
    assert all(list(each) == sorted(each) for each in zip(*days, strict=True)) and days[0] != days[-1]


# --- rights -----------------------------------------------------------------------------------------------------------------


def values(note: cn.ConvertibleNote, policy: cn.Policy, seed: int) -> np.ndarray:
    model = cn.Lognormal(as_of=note.issue_date, spot=100, volatility=0.5, rate=0.04, hazard_rate=0.05, change_rate=0.5)
    return cn.simulate(note, model, paths=500, seed=seed, policy=policy).present_value


def test_stl1_and_mwt1_additional_shares_never_lower_what_a_fixed_policy_gives() -> None:
    """Holders who keep to one policy have each path no worse with more shares, a make-whole on a call, or a higher put."""
    fixed = cn.Policy(redeem=Above(1.2), convert=Above(1.5), put=Never())
    raised = 0
    for seed in range(400, 430):
        note, *_ = a_case(seed)
        bare = dataclasses.replace(note, make_whole_change=None, withdrawal=None, put=None, reset=None)
        if bare.redemption is None:
            continue
        paid = dataclasses.replace(
            bare, redemption=dataclasses.replace(bare.redemption, make_whole_amount=10 * bare.denomination / 100)
        )
        low, high = values(bare, fixed, seed), values(paid, fixed, seed)
        assert (high >= low - 1e-9).all()
        raised += bool((high > low).any())
    assert raised >= 3


@pytest.mark.parametrize("spot", [80.0, 110.0, 150.0])
def test_sft1_a_lower_barrier_of_the_company_never_raises_the_value(spot: float) -> None:
    market = cn.Lognormal(as_of="2003-02-20", spot=spot, volatility=0.4, rate=0.05, hazard_rate=0.02)
    note = dataclasses.replace(PLAIN, reset=None, fundamental_change=None)
    notes = [note, *(soft(note, 1, 1, level) for level in ("1.1", "1.3", "1.6")), dataclasses.replace(note, redemption=None)]
    found = [cn.price(each, market).price for each in notes]
    assert all(high >= low - 4e-4 * low for low, high in zip(found, found[1:], strict=False)), found
