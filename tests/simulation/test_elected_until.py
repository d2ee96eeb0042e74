"""Notes under election that convert after all, in simulation: each path ends as its ledger does (END-2)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import timedelta
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.policies import AtEnd, AtOnce, IfWorthMore
from convnote.provisions import ContingentConversion, Put

from .cases import PEACS, a_case, peacs_model
from .test_ledger_agrees import assert_agrees
from .test_low_closes import ends
from .test_settlement import settled_later

RULES = ("1 business day before", "0 business days before", "5 trading days before", "10 calendar days before")
#: elections for 20 days from the Company's notice, paid ten Business Days later
SLOW = {"repurchase_after": 30, "period_days": 20, "pays_after": 10, "notice_within": 5}


def convertible_when_elected(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """The note, whose holders may convert after an election."""
    return dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, elected_until=r.choice(RULES)))


def simulated(seed: int, paths: int, settled: bool = False) -> cn.Outcomes:
    """A random note with puts and slow repurchases, whose holders may convert after an election; `settled` over time."""
    note, model, policy, principal = a_case(seed)
    r = Random(f"elected until {seed}")
    note = convertible_when_elected(note, r)
    if r.random() < 0.5:
        prices = [(note.issue_date + timedelta(days=days), price) for days, price in ((60, "1.0"), (130, "1.1"))]
        note = dataclasses.replace(note, put=Put(prices=prices, notice_at_least=r.choice([5, 20, 40])))
    if r.random() < 0.5 and note.fundamental_change is not None:
        note = dataclasses.replace(note, fundamental_change=dataclasses.replace(note.fundamental_change, **SLOW))
    if r.random() < 0.7:
        policy = dataclasses.replace(policy, put=r.choice([IfWorthMore(), AtOnce()]), convert=AtEnd())
    note = settled_later(note, r) if settled else note
    return cn.simulate(note, model, paths=paths, seed=seed, policy=policy, principal=principal)


def converted_after_an_election(outcomes: cn.Outcomes, paths: int) -> int:
    """How many paths converted Notes under election; all agree with their ledgers."""
    assert assert_agrees(outcomes, range(paths)).total() == paths
    converted = np.flatnonzero(outcomes.status == "converted").tolist()
    entries = (entry for path in converted for entry in outcomes.ledger(path).of_kind("conversion"))
    return sum("END-2" in entry.rules for entry in entries)


@pytest.fixture
def _no_replays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any path replayed to find out how it ends is an error."""
    monkeypatch.delattr("convnote.simulation.job.settle_exactly")


@pytest.mark.usefixtures("_no_replays")
def test_end2_paths_end_as_their_ledgers_do_where_notes_under_election_convert() -> None:
    seen = Counter({seed: converted_after_an_election(simulated(seed, 3), 3) for seed in range(16)})
    assert seen.total() >= 3 and len(+seen) >= 2


@pytest.mark.slow
@pytest.mark.usefixtures("_no_replays")
def test_end2_many_more_paths_end_as_their_ledgers_do() -> None:
    seen = Counter({seed: converted_after_an_election(simulated(seed, 8), 8) for seed in range(1000, 1300)})
    assert seen.total() >= 150 and len(+seen) >= 60


@pytest.mark.usefixtures("_no_replays")
def test_end2_stl1_so_they_do_where_those_conversions_are_settled_over_time() -> None:
    seen = Counter(
        {seed: converted_after_an_election(simulated(seed, 4, settled=True), 4) for seed in (1, 26, 28, 29, 39, 73, 78, 90)}
    )
    assert seen.total() >= 6 and len(+seen) >= 4


@pytest.mark.slow
@pytest.mark.usefixtures("_no_replays")
def test_end2_stl1_many_more_paths_end_as_their_ledgers_do() -> None:
    seen = Counter({seed: converted_after_an_election(simulated(seed, 8, settled=True), 8) for seed in range(1000, 1250)})
    assert seen.total() >= 60 and len(+seen) >= 25


@pytest.mark.usefixtures("_no_replays")
def test_end2_a_withdrawal_at_once_leaves_notes_under_election_no_day_to_convert() -> None:
    """On paths 1 and 7 the notice takes effect on the day on which holders would have converted after their election."""
    outcomes = simulated(113, 8)
    assert assert_agrees(outcomes, [1, 7]) == {"rights withdrawn, then put": 2}


@pytest.mark.usefixtures("_no_replays")
def test_end2_a_last_day_that_is_closed_is_the_day_on_which_the_conversion_counts() -> None:
    """On path 2 the last day after the election is a Saturday: interest is paid to it, and the period begins after it."""
    outcomes = simulated(1040, 8, settled=True)
    assert assert_agrees(outcomes, [2]) == {"withdrawal noticed, then converted": 1}
    assert str(outcomes.end_date[2]) == "2000-09-09"


#: a note with one put date, the 16th of February 2004: a Monday, and Presidents' Day
PUT = dataclasses.replace(
    PEACS,
    withdrawal=None,
    redemption=None,
    reset=None,
    put=Put(prices=[("2004-02-16", "1.1")], notice_at_least=50),
    conversion=dataclasses.replace(PEACS.conversion, elected_until="1 business day before"),
)
LAST = np.datetime64("2004-02-13")


def last_closes(outcomes: cn.Outcomes, paths: list[int]) -> list[float]:
    """The close of each path on the last day to convert after an election."""
    return [float(outcomes.closes(path)[outcomes.dates == LAST][0]) for path in paths]


def test_end2_notes_that_are_put_convert_where_their_value_exceeds_the_payment_on_the_last_day() -> None:
    plain = dataclasses.replace(PUT, conversion=PEACS.conversion)
    one, two = (cn.simulate(note, peacs_model(change_rate=0), paths=2000, seed=5) for note in (plain, PUT))
    changed, kept = (np.flatnonzero((one.ending == "put") & (two.ending == ending))[:20] for ending in ("converted", "put"))
    assert len(changed) >= 10 and len(kept) == 20
    put = [*changed.tolist(), *kept.tolist()]
    for path, close in zip(put, last_closes(two, put), strict=True):
        worth_more = close / 104.947 > 1.1
        assert two.ending[path] == ("converted" if worth_more else "put")
        assert two.end_date[path] == (LAST if worth_more else np.datetime64("2004-02-16"))
    others = (one.ending != "put") & (two.ending == one.ending)
    assert (one.cash[others] == two.cash[others]).all() and (one.shares[others] == two.shares[others]).all()


def test_end2_a_note_under_election_converts_only_in_a_window_of_conversion() -> None:
    closes = {"2000-02-16": 60.0, "2004-01-05": 130.0}  # the election is made in December 2003
    assert ends(PUT, closes) == ("converted", "2004-02-13")
    closed = ContingentConversion(free_from="2009-02-16", on_call=True, on_change=False)
    assert ends(dataclasses.replace(PUT, contingent_conversion=closed), closes) == ("put", "2004-02-16")
    assert ends(PUT, closes | {"2004-02-13": 115.0}) == ("put", "2004-02-16")  # less than 110% of 104.947
