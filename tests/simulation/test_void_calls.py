"""Notes under election are not called: a call that comes too late keeps no withdrawal of conversion away (WDR-4, PUT-2)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest

import convnote as cn
from convnote.policies import Above, AtEnd, AtOnce, IfWorthMore, Never
from convnote.provisions import Put

from .test_elected_until import a_case
from .test_ledger_agrees import assert_agrees


def put_and_called(seed: int, paths: int) -> cn.Outcomes | None:
    """Paths of a random note with three put dates, whose Company calls and withdraws early; None without those rights."""
    note, model, policy, principal = a_case(seed)
    if note.withdrawal is None or note.redemption is None or note.conversion is None:
        return None
    r = Random(f"void {seed}")
    days = sorted(r.sample(range(50, 300), 3))
    prices = [(note.issue_date + timedelta(days=day), r.choice(["1.0", "1.1", "1.3"])) for day in days]
    note = dataclasses.replace(note, put=Put(prices=prices, notice_at_least=r.choice([20, 40])))
    policy = dataclasses.replace(
        policy,
        put=r.choice([IfWorthMore(), AtOnce()]),
        redeem=r.choice([AtOnce(), Above("0.9"), Above("1.05")]),
        withdraw=AtOnce(),
        convert=r.choice([AtEnd(), Never(), Above("1.3")]),
    )
    return cn.simulate(note, model, paths=paths, seed=seed, policy=policy, principal=principal)


def endings(seeds: Iterable[int], paths: int = 10) -> Counter[str]:
    seen: Counter[str] = Counter()
    for seed in seeds:
        outcomes = put_and_called(seed, paths)
        if outcomes is not None:
            seen += assert_agrees(outcomes, range(paths))
    return seen


def test_a_void_call_or_conversion_keeps_no_withdrawal_away() -> None:
    seen = endings((119, 182, 360))
    assert seen["rights withdrawn, then put"] and seen["withdrawal noticed, then put"], seen


@pytest.mark.slow
def test_a_void_call_or_conversion_keeps_no_withdrawal_away_over_many_more() -> None:
    seen = endings(range(1000, 1400))
    assert seen["rights withdrawn, then put"] >= 10 and seen["withdrawal noticed, then put"] >= 5, seen
