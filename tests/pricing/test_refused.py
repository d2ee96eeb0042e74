"""What `cn.price` refuses, in words that name the field, the value and what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

import convnote as cn
from convnote.errors import PricingError
from tests.pricing.figures import afv, model


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"method": "lsm"}, r"price.method: got 'lsm'; paths with a bracket are not built yet; allowed: pde"),
        ({"method": "tree"}, r"price.method: got 'tree'; allowed: pde"),
        ({"credit": "blend"}, r"price.credit: got 'blend'; allowed: jump-to-default, tsiveriotis-fernandes"),
        ({"ignore": "SFT-1"}, r"price.ignore: got 'SFT-1'; expected a list of rule ids"),
        ({"ignore": ["SFT-1,WDR-1"]}, r"price.ignore: got 'SFT-1,WDR-1'; expected a rule id, such as SFT-1, or a family"),
        ({"ignore": ["RST", "WRD-1"]}, r"price.ignore: got 'WRD-1'; expected a rule id, .*; did you mean WDR-1\?"),
        ({"options": {"grid": 3}}, r"options\['grid'\]: got 3; allowed: called, decisions, nodes, steps"),
        ({"options": {"nodes": 3}}, r"options.nodes: got 3; expected a whole number from 33"),
        ({"options": {"steps": 0}}, r"options.steps: got 0; expected steps a year above 0"),
        ({"options": {"decisions": "weekly"}}, r"options.decisions: got 'weekly'; allowed: continuous, daily"),
        ({"options": {"called": "cash"}}, r"options.called: got 'cash'; allowed: riskless, risky"),
        ({"policy": 3}, r"price.policy: got 3; expected a Policy or None"),
        ({"state": 3}, r"price.state: got 3; expected a State or None"),
    ],
)
def test_arguments(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(PricingError, match=words):
        cn.price(afv(), model(), **arguments)


def test_a_day_after_maturity() -> None:
    with pytest.raises(PricingError, match=r"model.as_of \(PRN-1\): got 2008-01-01; expected a day before maturity, 2008-01-01"):
        cn.price(afv(), model(as_of="2008-01-01"))


def test_what_depends_on_the_path_is_refused_by_rule_id() -> None:
    note = cn.load("amazon-peacs-2010")
    market = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)
    words = r"price \(WDR-1\): 20 of 30 closes above a trigger depend on the path; .*; ignore WDR-1 to price the note without it"
    with pytest.raises(PricingError, match=words):
        cn.price(note, market)


def test_what_is_ignored_is_repeated() -> None:
    note = cn.load("amazon-peacs-2010")
    market = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)
    value = cn.price(note, market, ignore=["RST", "WDR"])
    assert sorted(each.partition(":")[0] for each in value.ignored) == ["RST-1", "WDR-1"]
    assert "ignored: WDR-1" in str(value)


def test_a_reset_behind_needs_the_state() -> None:
    note = cn.load("amazon-peacs-2010")
    market = cn.Lognormal(as_of="2004-06-30", spot=44.0, volatility=0.5, rate=0.04)
    with pytest.raises(PricingError, match=r"price.state \(RST-1\): got no state; a reset date has passed"):
        cn.price(note, market)


def test_a_state_of_another_day() -> None:
    note = cn.load("amazon-peacs-2010")
    state = cn.replay(note, cn.scenario("as-it-was"), until="2004-06-30").state
    market = cn.Lognormal(as_of="2004-07-01", spot=44.0, volatility=0.5, rate=0.04)
    with pytest.raises(PricingError, match=r"price.state: got 2004-06-30; expected the state of 2004-07-01"):
        cn.price(note, market, state=state)


def test_the_spread_model_knows_no_jump() -> None:
    market = model(hazard_rate=0.02, hazard_exponent=-1.0, default_jump=0.5)
    with pytest.raises(PricingError, match=r"2 faults") as caught:
        cn.price(afv(), market, credit="tsiveriotis-fernandes")
    assert "model.hazard_exponent" in caught.value.faults[0]


def test_a_bootstrap_is_no_equation() -> None:
    history = cn.MarketHistory(dates=["2000-02-15", "2000-02-16", "2000-02-17"], closes=[72, 75, 73])
    market = cn.Bootstrap(as_of="2003-01-01", spot=72, rate=0.05, history=history, block_length=1)
    with pytest.raises(PricingError, match=r"price.model: got Bootstrap; expected a Lognormal or CrossCurrency model"):
        cn.price(afv(), market)


@pytest.mark.parametrize(("hazard", "exponent", "spot"), [(0.1, 2.0, 200.0), (0.5, 0.5, 200.0), (0.5, 1.0, 100.0)])
def test_a_hazard_that_explodes_as_the_share_rises(hazard: float, exponent: float, spot: float) -> None:
    market = model(hazard_rate=hazard, hazard_exponent=exponent, hazard_spot=100.0, spot=spot)
    with pytest.raises(PricingError, match=r"model.hazard_exponent: got .*; the hazard rises with the share to"):
        _ = cn.price(afv(), market).price


def test_a_hazard_that_rises_gently_with_the_share_is_carried() -> None:
    for hazard, exponent in ((0.02, 1.0), (0.1, 0.5), (0.02, 2.0)):
        market = model(hazard_rate=hazard, hazard_exponent=exponent, hazard_spot=100.0)
        value = cn.price(afv(), market)
        assert value.price == pytest.approx(cn.price(afv(), market, options={"nodes": 1025, "steps": 32}).price, rel=2e-4)
        assert all(-1e-3 < chance < 1.001 for chance in value.probabilities.values())
