"""Puts after low closes in simulation: each path ends as its ledger does, over random notes, models and policies (CPT-1)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

import convnote as cn
from convnote.provisions import Condition, ConditionalPut
from tests.low_closes import NOTE

from .test_ledger_agrees import assert_agrees, endings_that_agree


def put_after_low_closes(note: cn.ConvertibleNote, seed: int) -> cn.ConvertibleNote:
    """The note with a put after low closes of some kind."""
    r = Random(seed)
    days, period = r.choice([(30, 30), (5, 5), (3, 10), (1, 1)])
    low = Condition(
        days=days, period=period, multiple=r.choice(["0.7", "0.9", "1.1"]), of="in-force", strict=r.random() < 0.5, below=True,
        ends="notice", within=r.choice([1, 1, 5]),
    )  # fmt: skip
    terms = ConditionalPut(
        condition=low, from_date=r.choice([None, note.issue_date + timedelta(days=300)]), once_a_year=r.random() < 0.5,
        price=r.choice([1, "1.03"]), accrued=r.choice(["clean", "dirty"]), pays_after=r.choice([0, 5, 20]),
    )  # fmt: skip
    return dataclasses.replace(note, conditional_put=terms)


@pytest.mark.parametrize("first", range(0, 12, 3))
def test_cpt1_paths_end_as_their_ledgers_do(first: int) -> None:
    seen: Counter = endings_that_agree(put_after_low_closes, range(first, first + 3), 3)
    assert sum(seen.values()) == 9


def test_cpt1_paths_are_put_and_a_holder_who_never_puts_is_walked_in_arrays() -> None:
    note = dataclasses.replace(NOTE, revision=None)
    model = cn.Lognormal(as_of="2018-03-01", spot=9, volatility=0.4, rate=0.03, hazard_rate=0.02, recovery=0.4)
    outcomes = cn.simulate(note, model, paths=12, seed=3)
    seen = assert_agrees(outcomes, range(12))
    assert seen["put"] >= 3
    never = cn.simulate(note, model, paths=200, seed=3, policy=cn.Policy(put=cn.policies.Never()))
    plain = cn.simulate(dataclasses.replace(note, conditional_put=None), model, paths=200, seed=3)
    assert "put" not in never.summary().endings or never.summary().endings["put"] == 0
    assert (never.cash == plain.cash).all() and (never.shares == plain.shares).all()


def test_cpt1_a_state_in_which_notes_are_put_and_one_in_which_the_year_is_used() -> None:
    note = dataclasses.replace(NOTE, revision=None)
    history = cn.MarketHistory(
        dates=[cn.calendars.to_date(day) for day in note.principal.sessions.between(note.principal.issue_day, 19200)],
        closes=["6.9"] * len(note.principal.sessions.between(note.principal.issue_day, 19200)),
        currency="USD",
    )
    state = cn.replay(note, history, events=[cn.PutElection("2022-06-15", 100_000)], until="2022-06-15").state
    model = cn.Lognormal(as_of="2022-06-15", spot=6.9, volatility=0.3, rate=0.03)
    with pytest.raises(cn.TermsError, match=r"CPT-1"):
        cn.simulate(note, model, paths=5, seed=1, state=state)
    later = cn.replay(note, history, events=[cn.PutElection("2022-06-15", 100_000)], until="2022-06-30").state
    outcomes = cn.simulate(note, model.at("2022-06-30", spot=6.9), paths=6, seed=1, state=later)
    held = {"A": 500_000, "B": 500_000}
    one = cn.replay(note, history, events=[cn.PutElection("2022-06-15", 100_000, holder="A")], until="2022-06-30", positions=held)
    with pytest.raises(cn.TermsError, match=r"CPT-1.*as one|as one"):
        cn.simulate(note, model.at("2022-06-30", spot=6.9), paths=5, seed=1, state=one.state)
    elected = [outcomes.ledger(path).of_kind("put-election") for path in range(6)]
    # the holder has used the interest year to 2023-02-28
    assert any(elected) and all(str(each.date) >= "2023-03-01" for found in elected for each in found)
