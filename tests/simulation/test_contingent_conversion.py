"""Law: windows of conversion are counted on arrays as in a replay: ledgers agree to the cent, from any day on (CNT-1…CNT-3)."""

import dataclasses
from collections import Counter
from datetime import timedelta
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number, to_date
from convnote.policies import Above, Ask, AtOnce, Never
from convnote.provisions import ContingentConversion, TradingPrice

from .cases import a_case
from .test_ledger_agrees import assert_agrees
from .test_soft_call import a_condition, agreeing, softened

AMAZON = dataclasses.replace(cn.load("amazon-peacs-2010"), withdrawal=None)
COMMON = {"as_of": "2000-02-16", "rate": 0.05, "volatility": 0.5}


def in_windows(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """The note with contingent conversion, where it converts."""
    if note.conversion is None:
        return note
    life = (note.maturity_date - note.issue_date).days
    quarter = r.choice([None, *[a_condition(r, float(note.conversion.price))] * 5])
    terms = ContingentConversion(
        free_from=r.choice([None, note.issue_date + timedelta(days=int(life * r.choice([0.3, 0.7, 0.99])))]),
        quarter=quarter,
        first_quarter=quarter and r.choice([None, None, note.issue_date + timedelta(days=life // 3)]),
        for_ever=quarter is not None and r.random() < 0.2,
        trading_price=r.choice([None, None, TradingPrice(share="0.98", days=5, open_days=5)]),
        on_call=r.random() < 0.7,
        on_change=r.random() < 0.4,
    )
    return dataclasses.replace(note, contingent_conversion=terms)


def simulated(seed: int, paths: int) -> Counter:
    note, model, policy, principal = a_case(seed)
    r = Random(f"windows {seed}")
    note = in_windows(softened(note, r) if r.random() < 0.4 else note, r)
    return agreeing(note, model, policy, paths=paths, seed=seed, principal=principal)


def test_ledgers_agree_with_the_arrays_inside_and_outside_windows():
    seen: Counter = Counter()
    for seed in range(32):
        seen += simulated(seed, 5)
    assert seen["called, then converted"] and seen["called, then redeemed"] and seen["converted"] and len(seen) >= 8


def test_a_path_that_has_ended_before_its_closes_are_beyond_any_history_is_simulated():
    """On path 7 of this model, whose hazard rises with the price, a close is above 1e20 a year after the Notes were put."""
    assert simulated(1068, 8)["put on a fundamental change"] >= 2


@pytest.mark.slow
def test_ledgers_agree_with_the_arrays_inside_and_outside_windows_over_many_more():
    seen: Counter = Counter()
    for seed in range(1000, 1300):
        seen += simulated(seed, 10)
    assert len(seen) >= 9


def test_cnt3_ledgers_agree_with_the_arrays_where_changes_open_conversion(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr("convnote.simulation.job.settle_exactly")  # no path is replayed to find out how it ends
    opened: Counter = Counter()
    for seed in (*range(16), 117):
        note, model, policy, principal = a_case(seed)
        r = Random(f"changes {seed}")
        note = in_windows(note, r)
        terms = dataclasses.replace(note.contingent_conversion, on_change=True, change_days=r.choice([None, None, 1, 10, 60]))
        note = dataclasses.replace(note, contingent_conversion=terms)
        if note.fundamental_change is not None:
            model = dataclasses.replace(model, change_rate=3)
        early = Ask(lambda on, close, view: close > 0.9 * view.conversion_price)
        policy = dataclasses.replace(policy, convert=r.choice([policy.convert, Above("0.9"), Above("1.1"), early]))
        outcomes = cn.simulate(note, model, paths=3, seed=seed, policy=policy, principal=principal)
        assert_agrees(outcomes, range(3))
        entries = (entry for path in range(3) for entry in outcomes.ledger(path).of_kind("conversion"))
        opened[seed] = sum("CNT-3" in entry.rules for entry in entries)
    assert opened.total() >= 5 and len(+opened) >= 3


def test_cnt3_a_path_converts_early_only_in_the_days_after_a_change():
    on_change = ContingentConversion(on_change=True, on_call=False, change_days=10)
    note = dataclasses.replace(AMAZON, contingent_conversion=on_change, redemption=None, reset=None)
    policy, model = cn.Policy(convert=Above("1.1"), put=Never()), cn.Lognormal(spot=100, change_rate=0.3, **COMMON)
    outcomes = cn.simulate(note, model, paths=300, seed=3, policy=policy)
    assert (outcomes.ending == "converted").sum() > 100
    for path in np.flatnonzero(outcomes.ending == "converted")[:20].tolist():
        entries, closes = outcomes.ledger(path).entries, dict(zip(outcomes.dates.tolist(), outcomes.closes(path), strict=True))
        changes = [entry.date for entry in entries if entry.kind == "fundamental-change"]
        inside = [on for on in closes if any(change <= on <= change + timedelta(days=10) for change in changes)]
        counting = (on for on in inside if note.principal.banks.is_open(int(day_number(on))))  # a surrender counts at once
        first = next(on for on in counting if closes[on] > 1.1 * 104.947)
        assert first == outcomes.end_date[path].item()


def with_windows(note=AMAZON, **settings):
    parts = {"days": 20, "period": 30, "multiple": "1.2", "of": "in-force", "strict": True, "ends": "notice"}
    parts |= settings.pop("quarter", {})
    given = {"quarter": cn.provisions.Condition(**parts), "on_change": False} | settings
    return dataclasses.replace(note, contingent_conversion=ContingentConversion(**given))


def test_paths_convert_early_only_in_the_quarter_after_a_quarter_end_and_not_on_all_days():
    model = cn.Lognormal(spot=100, **COMMON)
    policy = cn.Policy(convert=Above("1.1"), redeem=Never())
    free = cn.simulate(AMAZON, model, paths=400, seed=3, policy=policy)
    windows = cn.simulate(with_windows(), model, paths=400, seed=3, policy=policy)
    assert (windows.ending == "converted").sum() < (free.ending == "converted").sum()
    assert_agrees(windows, range(0, 400, 20))
    late = cn.simulate(with_windows(), model, paths=30, seed=3, policy=cn.Policy(convert=Above("2.5"), redeem=Never()))
    entries = [entry for path in range(30) for entry in late.ledger(path).entries]
    assert {"conversion-opens", "conversion-closes"} <= {entry.kind for entry in entries}


def test_a_condition_that_always_holds_changes_nothing_once_the_first_quarter_is_over():
    """Closes above 0.01% hold on each quarter-end, so conversion is open from the second quarter on."""
    model = cn.Lognormal(spot=80, **COMMON)
    policy = cn.Policy(convert=Above("1.5"), redeem=Above("1.6"))
    plain = cn.simulate(AMAZON, model, paths=300, seed=5, policy=policy)
    opened = cn.simulate(
        with_windows(quarter={"multiple": "0.0001", "short_period": True, "days": 1}), model, paths=300, seed=5, policy=policy
    )
    after = plain.end_date > np.datetime64("2000-03-31")
    assert after.sum() > 250
    assert (plain.present_value == opened.present_value)[after].all() and (plain.ending == opened.ending)[after].all()


def test_more_days_asked_for_never_bring_a_conversion_forward():
    """With n of m rising the windows shrink, so that over the same closes the first conversion comes no earlier."""
    rng, terms = np.random.default_rng(8), AMAZON.principal
    sessions = [to_date(day) for day in terms.sessions.between(terms.issue_day - 60, terms.maturity_day)]
    policy, found = cn.Policy(convert=Above("1.1"), redeem=Never()), []
    for _ in range(4):
        closes = np.round(126 * np.exp(rng.normal(0, 0.05, len(sessions))), 2)
        history = cn.MarketHistory(dates=sessions, closes=closes, currency="EUR")
        days = []
        for needed in (1, 12, 15, 18, 30):
            ledger = cn.replay(with_windows(quarter={"days": needed}), history, policy=policy)
            days.append(next((entry.date for entry in ledger.of_kind("conversion")), terms.maturity_date))
        assert days == sorted(days)
        found += days
    assert len(set(found)) > 4


@pytest.mark.parametrize("day", ["2002-03-28", "2002-04-15", "2002-06-28", "2002-12-31", "2003-01-02"])
def test_a_simulation_from_inside_a_window_or_a_period_goes_on_as_the_replay(day):
    note = with_windows(quarter={"days": 12, "multiple": "1.3"}, free_from="2008-02-16")
    sessions = [to_date(n) for n in note.principal.sessions.between(note.principal.issue_day - 60, note.principal.maturity_day)]
    rng = np.random.default_rng(4)
    level = [114.0 if str(on) < "2002-02-16" else 110.5 for on in sessions]
    closes = np.round(np.array(level) * np.exp(rng.normal(0, 0.03, len(sessions))), 2)
    state = cn.replay(note, cn.MarketHistory(dates=sessions, closes=closes, currency="EUR"), until=day).state
    model = cn.Lognormal(**(COMMON | {"as_of": day}), spot=110.5)
    for convert in (Above("1.25"), Ask(lambda on, close, view: close > 1.3 * view.conversion_price)):
        outcomes = cn.simulate(note, model, paths=8, seed=5, state=state, policy=cn.Policy(convert=convert, redeem=AtOnce()))
        assert_agrees(outcomes, range(8))


def test_a_function_is_asked_only_on_days_on_which_conversion_is_open():
    asked = []

    def converts(on, close, view):
        asked.extend([on] * len(close))
        return close > 3 * view.conversion_price

    model = cn.Lognormal(spot=130, **COMMON)
    outcomes = cn.simulate(with_windows(), model, paths=20, seed=5, policy=cn.Policy(convert=Ask(converts), redeem=Never()))
    assert asked and str(min(asked)) > "2000-03-31"
    assert_agrees(outcomes, range(20))


def test_a_change_that_opens_conversion_is_walked_path_by_path():
    model = cn.Lognormal(spot=90, change_rate=0.3, **COMMON)
    note = with_windows(on_change=True)
    outcomes = cn.simulate(note, model, paths=12, seed=2, policy=cn.Policy(convert=Above("1.1")))
    assert_agrees(outcomes, range(12))
    opened = [entry for path in range(12) for entry in outcomes.ledger(path).of_kind("conversion-opens")]
    assert any("CNT-3" in entry.rules for entry in opened)


def test_cnt2_the_price_of_the_note_is_not_observed_and_every_answer_says_so():
    note = with_windows(trading_price={"share": "0.98", "days": 5, "open_days": 5})
    outcomes = cn.simulate(note, cn.Lognormal(spot=90, **COMMON), paths=4, seed=2)
    assert "CNT-2" in str(outcomes) and "not observed" in str(outcomes)
    assert any("CNT-2" in warning for warning in outcomes.ledger(0).warnings)


def test_a_value_of_a_note_that_converts_only_in_windows_is_refused_by_price():
    note = dataclasses.replace(with_windows(), reset=None)
    with pytest.raises(cn.PricingError, match="CNT-1"):
        cn.price(note, cn.Lognormal(spot=90, **COMMON))
    assert cn.price(note, cn.Lognormal(spot=90, **COMMON), ignore=("CNT-1", "CNT-3")).price > 0
