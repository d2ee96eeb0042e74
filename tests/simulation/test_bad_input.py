"""What cannot be simulated is refused with the field and the value."""

import dataclasses

import pytest

import convnote as cn
from convnote.policies import Ask, AtEnd, Never, Policy, Refinance

from .cases import PEACS, peacs_model


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        ({"paths": 0}, "simulate paths", "0"),
        ({"paths": 2.5}, "simulate paths", "2.5"),
        ({"paths": True}, "simulate paths", "True"),
        ({"seed": 1.5}, "simulate seed", "1.5"),
        ({"seed": "1"}, "simulate seed", "'1'"),
        ({"seed": -1}, "simulate seed", "-1"),
        ({"keep": "everything"}, "simulate keep", "'everything'"),
        ({"principal": 1500}, "simulate principal", "1500"),
        ({"policy": {}}, "policy", "{}"),
        ({"state": "now"}, "simulate state", "'now'"),
        ({"policy": Policy(withdrawal_notice=20)}, "Policy.withdrawal_notice", "20"),
        ({"policy": Policy(redemption_notice=90)}, "Policy.redemption_notice", "90"),
        ({"policy": Policy(change_notice=11)}, "Policy.change_notice", "11"),
    ],
)
def test_bad_arguments_are_refused_with_field_and_value(arguments, field, value):
    with pytest.raises(cn.TermsError) as caught:
        cn.simulate(PEACS, peacs_model(), **{"paths": 10, **arguments})
    assert caught.value.field == field
    assert str(caught.value.value) == value


def test_what_is_no_note_and_no_model_is_refused():
    with pytest.raises(cn.TermsError, match="simulate note"):
        cn.simulate("amazon", peacs_model(), paths=10)
    with pytest.raises(cn.MarketError, match="simulate model"):
        cn.simulate(PEACS, {"spot": 72}, paths=10)


@pytest.mark.parametrize("as_of", ["1999-12-31", "2000-02-17", "2010-02-16", "2011-01-03"])
def test_a_model_of_another_day_is_refused(as_of):
    with pytest.raises(cn.MarketError, match=f"as_of: got {as_of}"):
        cn.simulate(PEACS, peacs_model(as_of=as_of), paths=10)


def test_models_refuse_impossible_numbers():
    with pytest.raises(cn.MarketError, match=r"volatility: got -0\.5"):
        peacs_model(volatility=-0.5)
    with pytest.raises(cn.MarketError, match=r"correlation: got 1\.2"):
        cn.CrossCurrency(
            as_of="2000-02-16", spot=70, volatility=0.5, rate=0.05, exchange_rate=1, exchange_volatility=0.1,
            correlation=1.2, foreign_rate=0.05,
        )  # fmt: skip


def test_a_policy_refuses_answers_that_do_not_fit():
    with pytest.raises(cn.TermsError) as caught:
        Policy(withdraw=AtEnd(), put=None, redemption_notice=-1)
    assert len(caught.value.faults) == 3
    with pytest.raises(cn.TermsError, match=r"Ask\.function: got 3"):
        Ask(3)
    with pytest.raises(cn.TermsError, match=r"Refinance\.rate: got inf"):
        Refinance(float("inf"))


def test_a_function_must_answer_for_every_path():
    policy = Policy(redeem=Ask(lambda on, close, view: np_ones(len(close) + 1)))
    with pytest.raises(cn.TermsError, match=r"Ask\.function: got bool of shape"):
        cn.simulate(PEACS, peacs_model(), paths=10, policy=policy)


def np_ones(size):
    import numpy as np

    return np.ones(size, bool)


def test_a_state_that_cannot_go_on_is_refused():
    history = cn.scenario("as-it-was")
    state = cn.replay(PEACS, history, until="2002-12-31").state
    with pytest.raises(cn.TermsError, match="simulate state"):
        cn.simulate(PEACS, peacs_model(as_of="2002-12-30"), paths=10, state=state)
    called = [cn.RedemptionNotice("2003-03-03", redemption_date="2003-04-15")]
    running = cn.replay(PEACS, history, events=called, until="2003-03-31").state
    with pytest.raises(cn.TermsError, match=r"simulate state\.calls"):
        cn.simulate(PEACS, peacs_model(as_of="2003-03-31"), paths=10, state=running)


@pytest.mark.parametrize(
    ("event", "rule", "value"),
    [
        (cn.Merger("2002-06-03", shares="0.25", cash=40), "ADJ-8", "0.25 shares and 40 in cash for each conversion share"),
        (cn.Merger("2002-06-03", cash=90), "ADJ-8", "0 shares and 90 in cash for each conversion share"),
        (
            cn.SpinOff("2002-06-03", value=12, market_price=10),
            "ADJ-4",
            "1 shares and 0 in cash for each conversion share, and assets worth 12 a share",
        ),
    ],
)
def test_a_state_whose_conversion_share_became_something_else_is_refused_by_the_rule_that_made_it_so(event, rule, value):
    state = cn.replay(PEACS, cn.scenario("as-it-was"), events=[event], until="2002-12-31").state
    with pytest.raises(cn.TermsError) as error:
        cn.simulate(PEACS, peacs_model(as_of="2002-12-31"), paths=5, state=state)
    assert str(error.value) == (
        f"simulate state.scale ({rule}): got {value}; only conversion into shares alone is simulated; "
        "replay goes on from any state"
    )
    assert error.value.rule == rule


def test_adj8_after_a_merger_of_one_share_for_one_it_goes_on():
    history, on = cn.scenario("as-it-was"), "2002-12-31"
    after = cn.replay(PEACS, history, events=[cn.Merger("2002-06-03", shares=1)], until=on).state
    without = cn.replay(PEACS, history, events=[], until=on).state
    merged, plain = (cn.simulate(PEACS, peacs_model(as_of=on), paths=200, seed=4, state=state) for state in (after, without))
    assert (merged.cash == plain.cash).all() and (merged.shares == plain.shares).all() and merged.shares.any()


def test_there_is_no_path_beyond_the_last():
    outcomes = cn.simulate(PEACS, peacs_model(), paths=5, policy=Policy(redeem=Never()))
    for path in (-1, 5, 1.0, True):
        with pytest.raises(cn.TermsError, match="Outcomes path"):
            outcomes.ledger(path)


def test_a_summary_keeps_no_paths_but_every_ledger():
    outcomes = cn.simulate(PEACS, peacs_model(), paths=20, keep="summary")
    with pytest.raises(cn.TermsError, match=r"Outcomes\.cash"):
        _ = outcomes.cash
    kept = cn.simulate(PEACS, peacs_model(), paths=20)
    assert float(outcomes.ledger(3).total()) == pytest.approx(kept.cash[3])


def test_a_note_with_more_than_one_holder_paid_alike_is_simulated_as_one():
    half = {"a": PEACS.issue_size / 2, "b": PEACS.issue_size / 2}
    state = cn.replay(PEACS, cn.scenario("as-it-was"), positions=half, until="2002-12-31").state
    outcomes = cn.simulate(PEACS, peacs_model(as_of="2002-12-31"), paths=5, state=state)
    assert dataclasses.replace(state) == state
    assert len(outcomes) == 5
