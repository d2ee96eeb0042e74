"""PIK-1 in a price: principal, and with it every amount and every share, grows by the coupons in kind. Oracles apart."""

import dataclasses

import pytest

import convnote as cn
from tests.clauses.test_pik1_in_kind import NOTE
from tests.oracles import grown

BARE = dataclasses.replace(NOTE, redemption=None, put=None)
COUPONS = [(183 / 365, 0.03), (1.0, 0.03), (548 / 365, 0.03), (731 / 365, 0.03)]
MARKET = {"rate": 0.04, "hazard_rate": 0.05, "recovery": 0.4, "volatility": 0.35, "spot": 24.0}
CREDIT = {"rate": 0.04, "hazard": 0.05, "recovery": 0.4}


def model(**changed):
    return cn.Lognormal(as_of="2022-06-15", day_count="act/365f", **{**MARKET, **changed})


def test_pik1_a_bond_is_principal_grown_and_the_last_coupon():
    value = cn.price(dataclasses.replace(BARE, conversion=None), model())
    exact = 1000 * grown.bond(COUPONS, **CREDIT)
    assert value.price == pytest.approx(exact, rel=2e-5)
    assert value.bond_floor == pytest.approx(exact, rel=1e-9)


def test_pik1_conversion_is_of_the_grown_principal():
    value = cn.price(BARE, model())
    ask = {"ratio": 1 / 25, "volatility": 0.35, **CREDIT}
    exact = {spot: 1000 * grown.convertible_at_maturity(COUPONS, spot=spot, **ask) for spot in (15.0, 23.9, 24.0, 24.1, 40.0)}
    for spot in (15.0, 24.0, 40.0):
        assert value.at_spot(spot).price == pytest.approx(exact[spot], rel=5e-5)
    assert value.delta == pytest.approx((exact[24.1] - exact[23.9]) / 0.2, rel=5e-4)
    asked = ({**ask, "rate": rate} for rate in (0.0401, 0.0399))
    up, down = (1000 * grown.convertible_at_maturity(COUPONS, spot=24.0, **each) for each in asked)
    assert value.rho == pytest.approx((up - down) / 2e-4, rel=1e-3)
    assert sum(value.probabilities.values()) == pytest.approx(1.0, abs=1e-9)
    assert value.probabilities["default"] == pytest.approx(1 - 2.718281828459045 ** (-0.05 * 731 / 365), abs=1e-4)
    assert any("PIK-1" in each for each in value.notes)


@pytest.mark.parametrize("puts", [(), ((1.0, 1.02),)], ids=["call", "call and put"])
def test_pik1_calls_and_puts_are_of_the_grown_principal(puts):
    """The Company calls from 20 December 2022, without notice; on 15 June 2023, a coupon date, holders put at 102."""
    sheet = {"prices": [("2022-12-20", 1)], "notice_at_least": 0, "notice_at_most": 0}
    note = dataclasses.replace(BARE, redemption=cn.provisions.Redemption(**sheet))
    if puts:
        note = dataclasses.replace(note, put=cn.provisions.Put(prices=[("2023-06-15", "1.02")]))
    ask = {"ratio": 1 / 25, "volatility": 0.35, "spot": 24.0, "call_from": 188 / 365, "puts": puts, **CREDIT}
    exact = 1000 * grown.lattice(COUPONS, steps=2 * 731, **ask)  # two steps a day, so that what is due falls on one
    assert cn.price(note, model()).price == pytest.approx(exact, rel=5e-4)


def test_pik1_a_rate_of_zero_is_a_plain_zero():
    interest = dataclasses.replace(NOTE.interest, rate=0)
    plain = dataclasses.replace(interest, paid=None, paid_rounding=None, paid_rounding_mode=None)
    values = [cn.price(dataclasses.replace(BARE, interest=each), model()).price for each in (interest, plain)]
    assert values[0] == pytest.approx(values[1], rel=5e-5)


def test_pik1_a_price_halfway_is_of_the_principal_of_that_day():
    left = [(due - 1.0, amount) for due, amount in COUPONS[2:]]
    value = cn.price(dataclasses.replace(BARE, conversion=None), model().at("2023-06-15", spot=24.0))
    assert value.price == pytest.approx(1000 * grown.bond(left, **CREDIT), rel=2e-5)


def test_pik1_paths_and_grid_agree_where_no_rounding_shows():
    policy = cn.Policy(convert=cn.policies.AtEnd(only_at_maturity=True))
    paths = cn.simulate(BARE, model(), paths=60, seed=5, policy=policy, principal=1_000_000).summary()
    value = cn.price(BARE, model())
    assert abs(paths.present_value / 1000 - value.price) < 3 * paths.standard_error / 1000


@pytest.mark.parametrize("ignore", [(), ("PIK-1",), ("PIK",)])
def test_pik1_what_is_not_built_beside_it_is_refused_whatever_is_ignored(ignore):
    terms = cn.provisions.Redemption(prices=[("2023-02-01", 1)], notice_at_least=15, notice_at_most=30)
    noticed = dataclasses.replace(BARE, redemption=terms)
    early = dataclasses.replace(BARE, redemption=dataclasses.replace(terms, prices=[("2022-12-20", 1)], notice_at_least=0))
    paid = dataclasses.replace(BARE, conversion=dataclasses.replace(BARE.conversion, accrued="paid"))
    for note, more in ((noticed, {}), (early, {}), (paid, {}), (BARE, {"credit": "tsiveriotis-fernandes"})):
        with pytest.raises(cn.PricingError) as error:
            cn.price(note, model(), ignore=ignore, **more)
        assert error.value.rule == "PIK-1"
    assert cn.price(noticed, model(), ignore=[*ignore, "RED-2"]).price > 900
    with pytest.raises(cn.PricingError, match="PIK-1"):
        cn.asset_swap(BARE, model(), ignore=ignore)


def test_red2_a_call_at_once_may_be_noticed_before_its_first_date():
    """A further right of the Company lowers the value, by little."""
    at_most = [
        dataclasses.replace(
            BARE, redemption=cn.provisions.Redemption(prices=[("2023-02-06", 1)], notice_at_least=0, notice_at_most=n)
        )
        for n in (0, 30)
    ]
    without, early = (cn.price(note, model()).price for note in at_most)
    assert 0.99 * without < early <= without * 1.0002
