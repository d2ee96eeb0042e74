"""Settlement over an observation period in simulation: each path opens as a ledger that agrees to the cent (STL-1, STL-2)."""

import dataclasses
from random import Random

import numpy as np
import pytest

import convnote as cn
from convnote.provisions import SettlementTerms

from .cases import a_case, peacs_model
from .test_ledger_agrees import assert_agrees, endings_that_agree
from .test_timing_terms import other_terms


def settled_later(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """The note, whose conversions are settled over some days."""
    method = r.choice(["cash", "combination", "combination"])
    final = r.choice([None, None, f"{r.choice([6, 21])} trading days before"])
    terms = SettlementTerms(
        method=method,
        specified=r.choice([0, 50, 500, 1000]) if method == "combination" else None,
        observation=5 if final and final.startswith("6") else r.choice([1, 5, 20]),
        starts=r.choice([1, 2, 3]),
        pays_after=r.choice([0, 2, 3]),
        final=final,
        free_from=note.issue_date if final and r.random() < 0.3 else None,
        default_claim=r.choice(["last-price", "last-price", "principal"]),
    )
    return dataclasses.replace(note, settlement=terms)


def changed(note: cn.ConvertibleNote, seed: int) -> cn.ConvertibleNote:
    r = Random(f"settlement {seed}")
    return settled_later(other_terms(note, r) if r.random() < 0.5 else note, r)


def test_stl1_ledgers_agree_with_the_arrays():
    seen = endings_that_agree(changed, range(50), paths=6)
    assert seen["converted"] > 30 and len(seen) >= 4


def test_cnv1_a_policy_converts_nothing_on_the_days_of_settlements_after_maturity():
    """On path 6 a close three weeks after maturity is above the 140% at which this policy converts."""
    note, model, policy, _ = a_case(1027)
    outcomes = cn.simulate(changed(note, 1027), model, paths=10, seed=1027, policy=policy)
    assert assert_agrees(outcomes, range(10))["converted"] >= 2
    after = np.array([str(day) for day in outcomes.dates]) > str(note.maturity_date)
    price = float(outcomes.ledger(6).state.conversion_price)
    assert (outcomes.closes(6)[after] / price > 1.4).any() and str(outcomes.end_date[6]) == "2000-07-25"


def test_stl1_a_path_that_has_settled_opens_whatever_its_share_does_later():
    """On path 9 of this model, whose hazard rises with the price, a close after the settlement is above 1e19."""
    note, model, policy, principal = a_case(1133)
    outcomes = cn.simulate(changed(note, 1133), model, paths=10, seed=1133, policy=policy, principal=principal)
    assert outcomes.closes(9).max() > 1e19 and sum(assert_agrees(outcomes, [9]).values()) == 1


@pytest.mark.slow
def test_stl1_ledgers_agree_with_the_arrays_over_many_more():
    seen = endings_that_agree(changed, range(1000, 1200), paths=10)
    assert seen["converted"] > 200


PEACS = cn.load("amazon-peacs-2010")
SHORT = dataclasses.replace(
    PEACS,
    principal=dataclasses.replace(PEACS.principal, maturity_date="2001-02-16", issue_size=1_000_000, certificates={}),
    withdrawal=None,
    reset=None,
    redemption=dataclasses.replace(PEACS.redemption, prices=[["2000-04-01", 1]]),
)
HELD = cn.Policy(redeem=cn.policies.Never())
METHODS = [{"method": "cash"}, {"method": "combination", "specified": 500}]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("claim", ["last-price", "principal"])
def test_stl2_defaults_while_it_settles_are_claims(method, claim):
    note = dataclasses.replace(SHORT, settlement=SettlementTerms(**method, observation=20, default_claim=claim))
    model = peacs_model(spot=110, hazard_rate=2.0, default_jump=0.5, recovery=0.35)
    policy = cn.Policy(convert=cn.policies.Above(1.05))
    outcomes = cn.simulate(note, model, paths=120, seed=3, policy=policy)
    assert_agrees(outcomes, range(120))
    rules = [entry.rules for path in range(120) for entry in outcomes.ledger(path) if entry.kind == "default"]
    assert sum("STL-2" in each for each in rules) >= 5 and any("STL-2" not in each for each in rules)


@pytest.mark.parametrize("jump", [0.5, 1.0])
def test_stl1_a_default_on_the_day_of_settlement_and_payment_leaves_its_own_close(jump):
    """Paid on the last day of its period, a conversion is no claim in a default of that day: its price is the one after it."""
    note = dataclasses.replace(SHORT, settlement=SettlementTerms(method="cash", observation=3, starts=1, pays_after=0))
    model = peacs_model(spot=110, volatility=0.1, hazard_rate=25.0, default_jump=jump, change_rate=0)
    outcomes = cn.simulate(note, model, paths=40, seed=3, policy=cn.Policy(convert=cn.policies.Above(0.5)))
    assert assert_agrees(outcomes, range(40))["converted"] >= 20
    fallen = 0
    for path in range(40):
        for entry in outcomes.ledger(path).of_kind("settlement"):
            row = outcomes.dates.tolist().index(entry.date)
            fallen += outcomes.closes(path)[row] < 0.6 * outcomes.closes(path)[row - 1]
    assert fallen >= 3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("weighted", [False, True])
def test_stl1_goes_on_from_a_state_inside_the_final_period(method, weighted):
    terms = SettlementTerms(**method, observation=20, final="21 trading days before", free_from="2000-02-16")
    note = dataclasses.replace(SHORT, settlement=terms)
    days = [np.datetime64(int(day), "D").item() for day in note.principal.sessions.between(10980, 11400)]
    vwap = {"VWAP": {day: 118 + place % 7 for place, day in enumerate(days)}} if weighted else None
    history = cn.MarketHistory(dates=days, closes=[120] * len(days), currency="EUR", series=vwap)
    state = cn.replay(note, history, until="2001-01-31").state
    outcomes = cn.simulate(note, peacs_model(as_of="2001-01-31", spot=120, volatility=0.3), paths=30, seed=5, state=state)
    assert assert_agrees(outcomes, range(30))["converted"] > 15


def test_stl1_a_period_may_end_long_before_a_conversion_that_is_settled_by_it():
    terms = SettlementTerms(method="cash", observation=5, final="190 trading days before", free_from="2000-02-16")
    outcomes = cn.simulate(dataclasses.replace(SHORT, settlement=terms), peacs_model(spot=110), paths=10, seed=5, policy=HELD)
    assert assert_agrees(outcomes, range(10))["converted"] >= 4


def test_stl1_a_policy_object_with_the_same_decisions_gives_the_same():
    note = dataclasses.replace(SHORT, settlement=SettlementTerms(method="combination", specified=500, observation=10))
    policy = cn.Policy(convert=cn.policies.Above(1.1))
    own = cn.simulate(note, peacs_model(spot=105, hazard_rate=0.3), paths=20, seed=5, policy=decided_likewise(policy))
    plain = cn.simulate(note, peacs_model(spot=105, hazard_rate=0.3), paths=20, seed=5, policy=policy)
    assert own.cash == pytest.approx(plain.cash) and (own.shares == plain.shares).all()
    assert own.present_value == pytest.approx(plain.present_value)
    assert (own.status == plain.status).all() and "converted" in set(plain.ending)


def decided_likewise(policy):
    """An object that decides as `policy` does, so that every path is replayed."""

    class Same:
        def decide(self, *given):
            return policy.decide(*given)

        def respond(self, *given):
            return policy.respond(*given)

    return Same()


@pytest.mark.parametrize("weighted", [False, True])
def test_stl1_shares_are_valued_at_the_close_of_the_day_they_settle(weighted):
    """A conversion at maturity settles on the prices of 20 days that end before it; its shares are worth that day's close."""
    terms = SettlementTerms(method="combination", specified=500, observation=20, final="21 trading days before")
    note = dataclasses.replace(SHORT, settlement=dataclasses.replace(terms, free_from="2000-02-16"))
    days = [np.datetime64(int(day), "D").item() for day in note.principal.sessions.between(10980, 11400)]
    vwap = {"VWAP": dict.fromkeys(days, 150)} if weighted else None
    history = cn.MarketHistory(dates=days, closes=[120] * len(days), currency="EUR", series=vwap)
    state = cn.replay(note, history, until="2001-02-14").state
    model = peacs_model(as_of="2001-02-14", spot=120, hazard_rate=0, rate=0)
    outcomes, exact = (
        cn.simulate(note, model, paths=20, seed=5, state=state, policy=policy) for policy in (HELD, decided_likewise(HELD))
    )
    converted = outcomes.status == "converted"
    assert converted.sum() >= 15 and (outcomes.shares[converted] > 0).all()
    at_maturity = outcomes.dates == np.datetime64("2001-02-16")
    closes = np.array([float(outcomes.closes(path)[at_maturity][0]) for path in range(20)])
    expected = (outcomes.cash + outcomes.shares * closes)[converted]  # at a rate of 0
    assert outcomes.present_value[converted] == pytest.approx(expected)
    assert exact.present_value[converted] == pytest.approx(expected)


def test_stl2_a_state_in_which_a_conversion_settles_is_refused():
    note = dataclasses.replace(SHORT, settlement=SettlementTerms(method="cash", observation=20))
    days = [np.datetime64(int(day), "D").item() for day in note.principal.sessions.between(10980, 11400)]
    history = cn.MarketHistory(dates=days, closes=[120] * len(days), currency="EUR")
    state = cn.replay(note, history, events=[cn.Convert("2000-06-01", 1000)], until="2000-06-15").state
    with pytest.raises(cn.TermsError, match="not settled yet") as error:
        cn.simulate(note, peacs_model(as_of="2000-06-15", spot=120), paths=3, seed=5, state=state)
    assert error.value.rule == "STL-2"


def test_stl1_without_an_election_the_printed_method_is_simulated_and_the_summary_says_so():
    printed = dataclasses.replace(SHORT, settlement=SettlementTerms(method="cash", observation=10))
    chosen = dataclasses.replace(SHORT, settlement=dataclasses.replace(printed.settlement, election="issuer"))
    plain, open_ = (cn.simulate(each, peacs_model(spot=110), paths=60, seed=5, policy=HELD) for each in (printed, chosen))
    assert (plain.cash == open_.cash).all() and assert_agrees(open_, range(60))["converted"] > 10
    assert [line for line in open_.summary().caveats if line not in plain.summary().caveats] == [
        "STL-1: the issuer may elect another method of settlement; simulated conversions are settled in cash"
    ]
    assert "settled in cash" in str(open_)


def test_stl1_a_simulation_goes_on_with_the_method_chosen_before_its_state():
    terms = SettlementTerms(method="shares", observation=10, election="issuer")
    note = dataclasses.replace(SHORT, settlement=terms)
    days = [np.datetime64(int(day), "D").item() for day in note.principal.sessions.between(10980, 11200)]
    history = cn.MarketHistory(dates=days, closes=[110] * len(days), currency="EUR")
    event = cn.SettlementElection("2000-05-02", "combination", specified=500)
    state = cn.replay(note, history, events=[event], until="2000-06-15").state
    outcomes = cn.simulate(note, peacs_model(as_of="2000-06-15", spot=110), paths=60, seed=5, state=state, policy=HELD)
    assert assert_agrees(outcomes, range(60))["converted"] > 10
    paid = outcomes.cash[outcomes.ending == "converted"]
    # 500 of each 1,000 in cash, the coupon of 68.94 where it is of record, and less than one share in cash
    assert (paid >= 500).all() and (paid < 568.95 + 250).all() and "settled in cash and shares" in str(outcomes)


def test_stl1_green_plains_is_simulated():
    note = cn.load("gpre-2027")
    model = cn.Lognormal(as_of=note.issue_date, spot=24, volatility=0.5, rate=0.03, hazard_rate=0.02, change_rate=0.2)
    outcomes = cn.simulate(note, model, paths=6, seed=3)
    assert len(assert_agrees(outcomes, range(6))) >= 2
    assert any(line.startswith("STL-1: the issuer may elect another method") for line in outcomes.summary().caveats)


def test_stl1_a_price_says_that_a_settlement_is_valued_at_surrender():
    for election in (None, "issuer"):
        later = dataclasses.replace(SHORT, settlement=SettlementTerms(method="cash", election=election))
        value = cn.price(later, dataclasses.replace(peacs_model(), change_rate=0))
        assert any("valued at its surrender" in note and "(STL-1)" in note for note in value.notes)
