"""Puts after low closes in simulation: each path ends as its ledger does, over random notes, models and policies (CPT-1)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.provisions import Condition, ConditionalPut, Put, Reset, Withdrawal
from convnote.testing import notes_after_low_closes
from tests.low_closes import NOTE
from tests.oracles import low_closes as oracle

from .test_ledger_agrees import assert_agrees, endings_that_agree

PUT = dataclasses.replace(NOTE, revision=None)
EVERBRIGHT = cn.load("everbright-2023")
MODEL = cn.Lognormal(as_of="2018-03-01", spot=9, volatility=0.4, rate=0.03, hazard_rate=0.02, recovery=0.4)


def put_on_low_closes(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """The note with a put after low closes of some kind."""
    days, period = r.choice([(30, 30), (5, 5), (3, 10), (1, 1)])
    multiple = r.choice(["0.7", "0.9", "1.1"])
    of = r.choice(["in-force", "in-force", "in-force", "initial", "accreted", "figure"])
    level = {"figure": round(float(note.conversion.price) * float(multiple), 2)} if of == "figure" else {"multiple": multiple}
    low = Condition(
        days=days, period=period, of=of, strict=r.random() < 0.5, below=r.random() < 0.9, within=r.choice([1, 1, 5]),
        ends=r.choice(["notice", "notice", "day-before-notice"]), short_period=r.random() < 0.2, and_last=r.random() < 0.2,
        looked_at="quarter-end" if r.random() < 0.1 else "each-day", **level,
    )  # fmt: skip
    terms = ConditionalPut(
        condition=low, from_date=r.choice([None, note.issue_date + timedelta(days=r.choice([60, 300]))]),
        once_a_year=r.random() < 0.5, price=r.choice([1, "1.03"]), accrued=r.choice(["clean", "dirty"]),
        pays_after=r.choice([0, 5, 20]),
    )  # fmt: skip
    return dataclasses.replace(note, conditional_put=terms)


def changed(note: cn.ConvertibleNote, seed: int) -> cn.ConvertibleNote:
    """The note with such a put; now and then with a withdrawal at low closes, or a right to convert that ends before maturity."""
    r = Random(f"low closes {seed}")
    if note.withdrawal is not None and r.random() < 0.4:
        note = dataclasses.replace(note, withdrawal=dataclasses.replace(note.withdrawal, trigger="60", days=2))
    if r.random() < 0.2:
        note = dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, until="60 calendar days before"))
    return put_on_low_closes(note, r)


@pytest.fixture
def _no_replays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any path replayed to find out how it ends is an error."""
    monkeypatch.delattr("convnote.simulation.job.settle_exactly")


@pytest.mark.usefixtures("_no_replays")
def test_cpt1_paths_end_as_their_ledgers_do() -> None:
    seen: Counter = endings_that_agree(changed, range(24), 3)
    assert seen["put"] >= 10 and seen["rights withdrawn, then put"] and len(seen) >= 8


@pytest.mark.slow
@pytest.mark.usefixtures("_no_replays")
def test_cpt1_many_more_paths_end_as_their_ledgers_do() -> None:
    seen: Counter = endings_that_agree(changed, range(1000, 1300), 10)
    assert seen["put"] >= 500 and seen["rights withdrawn, then put"] >= 100 and len(seen) >= 15


def test_cpt1_paths_of_the_kits_notes_end_as_their_ledgers_do() -> None:
    seen: Counter = Counter()

    @settings(max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(notes_after_low_closes(), st.sampled_from((0.6, 0.9, 1.2)), st.integers(0, 99))
    def law(note: cn.ConvertibleNote, share: float, seed: int) -> None:
        spot = share * float(note.conversion.price)
        model = cn.Lognormal(as_of=note.issue_date, spot=spot, volatility=0.5, rate=0.03, hazard_rate=0.05, change_rate=0.2)
        seen.update(assert_agrees(cn.simulate(note, model, paths=2, seed=seed), range(2)))

    law()
    assert seen["put"] >= 5


@pytest.mark.usefixtures("_no_replays")
def test_cpt1_paths_of_the_bundled_note_are_put_after_thirty_closes_below_70_percent() -> None:
    model = cn.Lognormal(as_of="2017-03-17", spot=4.1, volatility=0.3, rate=0.03, hazard_rate=0.02, recovery=0.4)
    outcomes = cn.simulate(EVERBRIGHT, model, paths=400, seed=1)
    assert assert_agrees(outcomes, range(12))["put"] >= 3
    put = np.flatnonzero(outcomes.ending == "put")
    sessions, banks = EVERBRIGHT.principal.sessions, EVERBRIGHT.principal.banks
    days = outcomes.dates.astype(np.int64)
    assert len(put) > 100
    for path in put[:20].tolist():
        closes = [str(close) for close in outcomes.closes(path)]
        low = oracle.low(closes, ["4.36"] * len(closes), "0.7", True)
        met = (day for day in days if day >= 18703 and oracle.stands(days, low, day, 30, 30)[0])  # from 2021-03-17
        assert sessions.is_open(first := next(met))
        assert banks.after(first, 5) == int(outcomes.end_date[path].astype(np.int64))


def test_cpt1_a_holder_who_never_puts_is_simulated_as_without_the_right() -> None:
    never = cn.simulate(PUT, MODEL, paths=200, seed=3, policy=cn.Policy(put=cn.policies.Never()))
    plain = cn.simulate(dataclasses.replace(PUT, conditional_put=None), MODEL, paths=200, seed=3)
    assert "put" not in never.summary().endings or never.summary().endings["put"] == 0
    assert (never.cash == plain.cash).all() and (never.shares == plain.shares).all()


# --- given closes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Given(cn.MarketModel):
    """A share whose closes change on given days: (day, close) pairs in order."""

    closes: tuple[tuple[str, float], ...] = ()

    def walk(self):
        starts, figures = np.array([np.datetime64(on) for on, _ in self.closes]), np.array([close for _, close in self.closes])

        def closes(days: np.ndarray, paths: int, rng: np.random.Generator) -> np.ndarray:
            at = np.searchsorted(starts, np.asarray(days, "datetime64[D]"), side="right") - 1
            return np.tile(figures[at], (paths, 1))

        return closes


def ends(note: cn.ConvertibleNote, closes: dict[str, float], policy: cn.Policy | None = None) -> tuple[str, str]:
    """The ending and its day of the note on these closes; simulated, and the same in the ledger."""
    model = Given(as_of=note.issue_date, spot=next(iter(closes.values())), rate=0.03, closes=tuple(closes.items()))
    outcomes = cn.simulate(note, model, paths=2, seed=1, policy=policy)
    assert_agrees(outcomes, range(2))
    return str(outcomes.ending[0]), str(outcomes.end_date[0])


#: the put from 2019 on, after five closes in a row
EARLY = dataclasses.replace(
    PUT,
    conditional_put=dataclasses.replace(
        PUT.conditional_put,
        from_date=date(2019, 3, 1),
        condition=dataclasses.replace(PUT.conditional_put.condition, days=5, period=5),
    ),
)
RESET = Reset(dates=[date(2019, 6, 3)], floor=1, window=5)
WITHDRAWN = dataclasses.replace(
    EARLY, withdrawal=Withdrawal(trigger=12, days=1, period=1, before=date(2020, 3, 1), notice_at_least=30, notice_at_most=60)
)


def test_cpt1_the_fifth_close_below_70_percent_and_not_the_fourth_or_one_at_the_level() -> None:
    # 1 May 2019 is a Wednesday: the fifth close is that of Tuesday 7 May, paid five Business Days later
    assert ends(EARLY, {"2018-03-01": 9.0, "2019-05-01": 6.99}) == ("put", "2019-05-14")
    assert ends(EARLY, {"2018-03-01": 9.0, "2019-05-01": 6.99, "2019-05-07": 7.0}) == ("matured", "2024-03-01")
    assert ends(EARLY, {"2018-03-01": 9.0, "2018-05-01": 6.99, "2019-03-01": 7.0}) == ("matured", "2024-03-01")


def test_cpt1_the_level_moves_with_a_reset_until_conversion_is_withdrawn() -> None:
    # the reset of 3 June 2019 lowers the price from 10 to 7.5, so that 70% is 5.25
    low, lower = {"2019-05-01": 7.5, "2019-06-10": 6.0}, {"2019-05-01": 7.5, "2019-06-10": 5.2}
    assert ends(dataclasses.replace(EARLY, reset=RESET), {"2018-03-01": 9.0} | low) == ("matured", "2024-03-01")
    assert ends(dataclasses.replace(EARLY, reset=RESET), {"2018-03-01": 9.0} | lower) == ("put", "2019-06-21")
    withdrawn = dataclasses.replace(WITHDRAWN, reset=RESET)
    # a close of 13 lets the Company withdraw conversion in April 2019: no reset after that, and 6 is below 70% of 10
    high = {"2018-03-01": 9.0, "2019-03-11": 13.0, "2019-03-12": 9.0}
    assert ends(withdrawn, high | low) == ("rights withdrawn, then put", "2019-06-21")


def test_cpt1_a_note_that_no_longer_converts_is_put_whatever_its_boundary_says_of_the_share() -> None:
    high = {"2018-03-01": 9.0, "2019-03-11": 13.0, "2019-03-12": 9.0}
    little = cn.Policy(put=cn.policies.Boundary(["2018-03-01"], [10]))
    assert ends(WITHDRAWN, high | {"2019-05-01": 6.9}, little) == ("rights withdrawn, then put", "2019-05-14")
    assert ends(EARLY, {"2018-03-01": 9.0, "2019-05-01": 6.9}, little) == ("matured", "2024-03-01")
    over = dataclasses.replace(EARLY, conversion=dataclasses.replace(EARLY.conversion, until=date(2019, 4, 30)))
    assert ends(over, {"2018-03-01": 9.0, "2019-05-01": 6.9}, little) == ("put", "2019-05-14")


def test_cpt1_a_function_is_asked_on_each_day_the_closes_allow_a_put_and_not_once_conversion_has_ended() -> None:
    asked: list[str] = []

    def later(on: np.datetime64, close: np.ndarray, view: cn.policies.View) -> np.ndarray:
        asked.append(str(on))
        return close < 6.5

    policy, closes = cn.Policy(put=cn.policies.Ask(later)), {"2018-03-01": 9.0, "2019-05-01": 6.9, "2019-05-09": 6.4}
    assert ends(EARLY, closes, policy) == ("put", "2019-05-16")
    assert set(asked) == {"2019-05-07", "2019-05-08", "2019-05-09"}
    asked.clear()
    assert ends(WITHDRAWN, {"2018-03-01": 9.0, "2019-03-11": 13.0, "2019-03-12": 9.0, "2019-05-01": 6.9}, policy) == (
        "rights withdrawn, then put",
        "2019-05-14",
    )
    assert not asked


def test_cpt1_an_election_in_time_for_a_put_date_is_paid_on_that_date() -> None:
    both = dataclasses.replace(EARLY, put=Put(prices=[(date(2019, 6, 3), "1.5")], notice_at_least=10, notice_at_most=40))
    closes, late = {"2018-03-01": 9.0, "2019-05-01": 6.9}, {"2018-03-01": 9.0, "2019-04-10": 6.9}
    assert ends(both, closes) == ("put", "2019-06-03")
    assert ends(both, late) == ("put", "2019-04-23")  # 16 April is more than 40 days before


def test_cpt1_of_a_note_that_does_not_convert_a_figure_is_counted() -> None:
    figure = Condition(days=5, period=5, of="figure", figure=7, strict=True, below=True, ends="notice")
    terms = dataclasses.replace(EARLY.conditional_put, condition=figure)
    plain = dataclasses.replace(EARLY, conversion=None, adjustment=None, conditional_put=terms)
    assert ends(plain, {"2018-03-01": 9.0, "2019-05-01": 6.9}) == ("put", "2019-05-14")


def test_cpt1_a_state_in_which_notes_are_put_and_one_in_which_the_year_is_used() -> None:
    note = PUT
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
