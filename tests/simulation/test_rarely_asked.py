"""What a simulation is rarely asked: two blocks summed up, controls on few paths, the last day of a ledger, words of refusals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number
from convnote.policies import Above, Ask, AtOnce, Boundary, Never, Policy
from convnote.provisions import Put
from convnote.simulation.paths import BLOCK, CHUNK

from .cases import PEACS, peacs_model
from .test_ledger_agrees import assert_agrees

PLAIN = dataclasses.replace(PEACS, reset=None, withdrawal=None, fundamental_change=None, redemption=None)


def test_a_summary_of_two_blocks_counts_the_paths_of_both():
    paths = BLOCK + 40
    summed = cn.simulate(PLAIN, peacs_model(), paths=paths, seed=1, keep="summary").summary()
    kept = cn.simulate(PLAIN, peacs_model(), paths=paths, seed=1)
    assert summed.paths == paths
    assert sum(summed.endings.values()) == pytest.approx(1)
    # each share of paths is a whole number of them
    shares = [share * paths for share in summed.endings.values()]
    assert shares == pytest.approx([round(share) for share in shares], abs=1e-6)
    plain = kept.present_value.mean()
    assert kept.summary(control_variates=False).present_value == pytest.approx(plain, rel=1e-9)
    uncontrolled = cn.simulate(PLAIN, peacs_model(), paths=paths, seed=1, keep="summary").summary(control_variates=False)
    assert uncontrolled.present_value == pytest.approx(plain, rel=1e-9)


def test_the_life_of_a_note_that_matures_is_the_years_to_its_maturity():
    model = cn.Lognormal(as_of="2000-02-16", spot=60, volatility=0, rate=0.05)
    summary = cn.simulate(PLAIN, model, paths=20, seed=1, policy=Policy(convert=Never())).summary()
    # 3,653 days from 16 February 2000 to 16 February 2010
    assert summary.means["life"] == pytest.approx(3653 / 365)


def test_one_control_is_used_from_thirteen_paths_on():
    # 2 x 1 + 10: with twelve the regression would follow the few paths that there are
    model = cn.Lognormal(as_of="2000-02-16", spot=100, volatility=0.4, rate=0.05)
    for paths, is_used in ((12, False), (13, True)):
        outcomes = cn.simulate(PLAIN, model, paths=paths, seed=4)
        by_control, plain = outcomes.summary().present_value, outcomes.present_value.mean()
        assert (by_control != pytest.approx(plain, rel=1e-9)) is is_used, paths


def test_a_ledger_goes_to_the_day_on_which_its_path_ends_and_no_further():
    outcomes = cn.simulate(PLAIN, peacs_model(hazard_rate=0.2), paths=30, seed=1)
    ended = [path for path in range(30) if outcomes.status[path] in ("defaulted", "matured")]
    assert len(ended) >= 5 and {str(outcomes.status[path]) for path in ended} >= {"defaulted"}
    for path in ended:
        assert str(outcomes.ledger(path).state.on) == str(outcomes.end_date[path])


def test_a_function_is_told_which_paths_it_is_asked_of():
    told = []

    def never(on, close, view):
        told.append(np.array(view.path))
        return np.zeros(len(close), dtype=bool)

    model = cn.Lognormal(as_of="2009-12-16", spot=60, volatility=0.3, rate=0.05)
    cn.simulate(PLAIN, model, paths=7, seed=1, policy=Policy(convert=Ask(never)), state=_alive("2009-12-16"))
    assert told and all(paths.tolist() == list(range(7)) for paths in told)


def _alive(until):
    return cn.replay(PLAIN, cn.scenario("as-it-was"), until=until, events=[]).state


def test_what_a_sheet_leaves_out_stands_above_a_summary_line_by_line():
    left_out = {"SFT": "callable above 140%", "TAX-1": "redemption for taxation"}
    note = dataclasses.replace(PLAIN, not_modelled=left_out)
    outcomes = cn.simulate(note, peacs_model(), paths=50, seed=1)
    assert str(outcomes.summary()).startswith(
        "Not modelled, SFT: callable above 140%\nNot modelled, TAX-1: redemption for taxation\n"
    )


def test_what_cannot_be_gone_on_from_is_refused_by_its_place():
    history = cn.scenario("as-it-was")
    model = cn.Lognormal(as_of="2003-02-16", spot=20, volatility=0.4, rate=0.05)
    missed = cn.replay(PEACS, history, events=[cn.MissedPayment("2003-02-16")], until="2003-02-16").state
    with pytest.raises(cn.TermsError, match=r"simulate state.unpaid \(DEF-2\): something is unpaid: replay to its cure first"):
        cn.simulate(PEACS, model, paths=10, seed=1, state=missed)
    # rounded on each position, 47,567,465.75 of 690m is not the same per denomination on 400m and on 290m
    holders = {"A": 400_000_000, "B": 290_000_000}
    differently = cn.replay(PEACS, history, events=[], positions=holders, until="2003-02-16").state
    with pytest.raises(cn.TermsError, match=r"simulate state.positions: holders who were paid differently"):
        cn.simulate(PEACS, model, paths=10, seed=1, state=differently)


def test_an_executor_that_is_none_is_refused_with_what_one_is():
    with pytest.raises(cn.TermsError, match=r"simulate executor: got 'dask'; expected a concurrent.futures.Executor, such as"):
        cn.simulate(PLAIN, peacs_model(), paths=10, seed=1, executor="dask")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Policy(redemption_notice=-1), "Policy.redemption_notice: got -1; "),
        (lambda: Above(0), "Above.multiple: got 0; "),
        (lambda: cn.simulate(PLAIN, peacs_model(), paths=5, state=_alive("2003-02-16")), "the state must be that at the end of"),
        (lambda: cn.simulate(PLAIN, _with_dividend(), paths=5), "got 1 dividends; cash dividends are not simulated; cn.price"),
        (lambda: _few().summary(control_variates=1), "summary control_variates: got "),
    ],
)
def test_what_a_simulation_or_a_policy_cannot_have_is_told(make, told):
    with pytest.raises((cn.TermsError, cn.MarketError)) as refused:
        make()
    assert told in str(refused.value)


def _few():
    return cn.simulate(PLAIN, peacs_model(), paths=5, seed=1)


def _with_dividend():
    return cn.Lognormal(as_of="2000-02-16", spot=60, volatility=0.3, rate=0.05, dividends=[("2000-08-16", 0.5)])


def test_events_of_a_summary_are_by_year():
    summary = cn.simulate(PEACS, peacs_model(), paths=200, seed=1).summary().as_dict()
    years = {year for chances in summary["events"].values() for year in chances}
    assert years and years <= {str(year) for year in range(2000, 2011)}


def test_a_reset_may_fall_on_any_session_and_there_may_be_many():
    sessions = [str(np.datetime64(day, "D")) for day in PEACS.principal.sessions.between(*_days("2000-07-03", "2001-02-15"))]
    note = dataclasses.replace(
        PLAIN,
        principal=dataclasses.replace(PLAIN.principal, maturity_date="2002-02-16"),
        reset=dataclasses.replace(PEACS.reset, dates=sessions, floor=20, window=3),
    )
    outcomes = cn.simulate(note, peacs_model(), paths=3, seed=2)
    assert_agrees(outcomes, range(3))
    assert len(sessions) > 150 and (outcomes.conversion_price < 104.947).all()


def _days(*days):
    return [int(day_number(day)) for day in days]


def test_a_note_whose_price_moved_with_a_split_is_simulated_at_the_price_that_it_has():
    history, model = cn.scenario("as-it-was"), cn.Lognormal(as_of="2003-02-16", spot=30, volatility=0.5, rate=0.05)
    split = cn.replay(PEACS, history, events=[cn.Split("2002-06-03", 2, 1)], until="2003-02-16").state
    # the price was reset to 84.883 and halved
    assert float(split.conversion_price) == pytest.approx(42.4415)
    outcomes = cn.simulate(PEACS, model, paths=12, seed=1, state=split)
    assert_agrees(outcomes, range(12))
    assert (outcomes.conversion_price == pytest.approx(42.4415)) and (outcomes.shares > 0).any()


@pytest.mark.parametrize(("close", "converts"), [("100.00", False), ("100.01", True), ("99.99", False)])
def test_a_value_that_equals_its_boundary_does_not_exceed_it(close, converts):
    note = dataclasses.replace(PLAIN, conversion=dataclasses.replace(PLAIN.conversion, price=100))
    days = [np.datetime64(day, "D") for day in PEACS.principal.sessions.between(*_days("2000-02-16", "2000-06-30"))]
    history = cn.MarketHistory(dates=days, closes=[close] * len(days), currency="EUR")
    ledger = cn.replay(note, history, events=[], policy=Policy(convert=Above(1)), until="2000-06-30")
    assert bool(ledger.of_kind("conversion")) is converts


def test_a_holder_of_one_unit_converts_it():
    principal = dataclasses.replace(PLAIN.principal, denomination=1, issue_size=3, certificates={})
    note = dataclasses.replace(PLAIN, principal=principal)
    days = [np.datetime64(day, "D") for day in PEACS.principal.sessions.between(*_days("2000-02-01", "2010-02-16"))]
    history = cn.MarketHistory(dates=days, closes=["200"] * len(days), currency="EUR")
    ledger = cn.replay(note, history, events=[], positions={"A": 1, "B": 2}, policy=Policy(convert=Above("1.5")))
    assert {entry.holder: int(entry.principal) for entry in ledger.of_kind("conversion")} == {"A": 1, "B": 2}


def test_after_a_merger_for_cash_a_policy_needs_no_close():
    days = [np.datetime64(day, "D") for day in PEACS.principal.sessions.between(*_days("2000-02-16", "2000-07-03"))]
    history = cn.MarketHistory(dates=days, closes=["60"] * len(days), currency="EUR")
    merger = cn.Merger("2000-07-03", shares=0, cash=60)
    ledger = cn.replay(PLAIN, history, events=[merger], policy=Policy(), until="2001-02-17")
    assert str(ledger.state.status) == "outstanding" and ledger.of_kind("coupon")


def test_defaults_by_year_are_the_defaults_among_the_endings():
    summary = cn.simulate(PEACS, peacs_model(hazard_rate=0.1), paths=300, seed=1).summary()
    for word in ("defaulted", "matured"):
        by_year = sum(summary.events[word].values())
        assert by_year == pytest.approx(sum(share for ending, share in summary.endings.items() if word in ending))
        assert 0.02 < by_year < 0.9


def test_a_function_that_answers_for_a_put_is_told_the_day_and_the_close():
    asked = []

    def below(on, close, view):
        asked.append((str(on)[:10], float(close.min()), float(close.max())))
        return close < 80

    note = dataclasses.replace(PLAIN, put=Put(prices=[("2003-02-16", 1)]))
    outcomes = cn.simulate(note, peacs_model(volatility=0.3, hazard_rate=0), paths=20, seed=1, policy=Policy(put=Ask(below)))
    assert asked and {on[:4] for on, *_ in asked} <= {"2002", "2003"}
    assert min(low for _, low, _ in asked) > 1 and (outcomes.status == "repurchased").any()
    assert_agrees(outcomes, range(20))


def test_a_reset_may_average_more_closes_than_are_walked_at_a_time():
    sessions = [str(np.datetime64(day, "D")) for day in PEACS.principal.sessions.between(*_days("2001-08-20", "2001-10-31"))]
    reset = dataclasses.replace(PEACS.reset, dates=sessions, floor=20, window=201)
    principal = dataclasses.replace(PLAIN.principal, maturity_date="2002-02-16")
    outcomes = cn.simulate(dataclasses.replace(PLAIN, principal=principal, reset=reset), peacs_model(), paths=3, seed=2)
    assert_agrees(outcomes, range(3))
    assert reset.window > CHUNK and len(set(outcomes.conversion_price)) == 3


def test_a_multiple_that_is_no_number_is_named():
    with pytest.raises(cn.TermsError, match=r"^Above.multiple: got 'much'"):
        Above("much")


def test_a_boundary_names_the_day_that_is_none():
    with pytest.raises(cn.TermsError, match=r"^Boundary.dates"):
        Boundary(["2003-02-30"], [1000])


def test_of_a_short_period_that_is_not_enough_closes_before_the_state_count():
    withdrawal = dataclasses.replace(PEACS.withdrawal, trigger=60, trigger_multiple=None, short_period=False, days=3, period=20)
    note = dataclasses.replace(PLAIN, withdrawal=withdrawal)
    # 30 closes at 70 before the state: 20 of a period are there on the first day of the simulation
    days = [np.datetime64(day, "D") for day in PEACS.principal.sessions.between(*_days("2000-02-01", "2000-03-31"))]
    history = cn.MarketHistory(dates=days, closes=["70"] * len(days), currency="EUR")
    quiet = Policy(withdraw=Never(), convert=Never())
    state = cn.replay(note, history, events=[], until="2000-03-31", policy=quiet).state
    model = cn.Lognormal(as_of="2000-03-31", spot=70, volatility=0.2, rate=0.05)
    for answer in (AtOnce(), Above("0.5")):
        outcomes = cn.simulate(note, model, paths=6, seed=1, state=state, policy=Policy(withdraw=answer))
        assert_agrees(outcomes, range(6))
        notices = {str(outcomes.ledger(path).of_kind("withdrawal-notice")[0].date) for path in range(6)}
        assert notices == {"2000-04-03"}  # the first session after the state's own day


def test_a_withdrawal_may_be_noticed_days_after_its_trigger_was_last_met():
    withdrawal = dataclasses.replace(PEACS.withdrawal, trigger=60, trigger_multiple=None)
    note = dataclasses.replace(PLAIN, withdrawal=withdrawal)
    # the share falls by 0.85 a year through the trigger: 20 of 30 closes exceed it for ten sessions longer than the close does
    model = cn.Lognormal(as_of="2000-02-16", spot=70, volatility=0, rate=0.05, dividend_yield=0.9)
    sessions = PEACS.principal.sessions.between(*_days("2000-02-16", "2000-12-29"))
    above = [round(70 * np.exp(-0.85 * (day - sessions[0]) / 365), 2) > 60 for day in sessions]
    last_met = max(place for place in range(len(sessions)) if sum(above[max(place - 29, 0) : place + 1]) >= 20)
    late = sessions[last_met + 3]
    policy = Policy(withdraw=Boundary([np.datetime64(late, "D")], [1]), convert=Never())
    outcomes = cn.simulate(note, model, paths=2, seed=1, policy=policy)
    assert_agrees(outcomes, range(2))
    (notice,) = outcomes.ledger(0).of_kind("withdrawal-notice")
    assert int(day_number(notice.date)) == late and not above[last_met + 3]
    assert set(outcomes.summary().events["withdrawal noticed"].values()) >= {1.0}
