"""What is implied is what gives the price back; credit curves reprice their quotes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from math import exp
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

import convnote as cn
from convnote.errors import PricingError
from convnote.pricing import implied
from convnote.pricing.pricer import problem_of
from convnote.pricing.solved import Solved
from convnote.pricing.unstepped import at_least, at_most
from tests.pricing.figures import afv, afv_bare, model, ten_model, ten_years

ROUND_TRIPS: list[tuple[Callable[..., float], str, float]] = [
    (cn.implied_volatility, "volatility", 0.37),
    (cn.implied_hazard, "hazard_rate", 0.031),
    (cn.implied_recovery, "recovery", 0.27),
    (cn.implied_borrow, "borrow", 0.013),
    (cn.implied_spot, "spot", 91.0),
]


@pytest.mark.parametrize(("search", "name", "true"), ROUND_TRIPS)
@pytest.mark.parametrize("clean", [False, True])
def test_an_implied_input_gives_the_price_back(search: Callable[..., float], name: str, true: float, clean: bool) -> None:
    market = ten_model(as_of="2003-04-01", hazard_rate=0.05, recovery=0.1)
    value = cn.price(ten_years(), replace(market, **{name: true}))
    price = value.clean if clean else value.price
    found = search(ten_years(), market, price=price, clean=clean)
    again = cn.price(ten_years(), market.at(market.as_of, spot=found) if name == "spot" else replace(market, **{name: found}))
    assert abs((again.clean if clean else again.price) - price) <= 1e-8 * 100
    assert found == pytest.approx(true, rel=1e-4)


def test_an_implied_volatility_takes_four_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first with its derivative, then three: the ends of the range are known without a step."""
    searched: list[float] = []
    valued = implied._valued

    def counted(*given: Any) -> Any:
        searched.append(given[-1])
        return valued(*given)

    monkeypatch.setattr(implied, "_valued", counted)
    found = cn.implied_volatility(ten_years(), ten_model(day_count="act/365f"), price=112.0)
    assert len(searched) <= 4
    assert abs(cn.price(ten_years(), ten_model(day_count="act/365f", volatility=found)).price - 112.0) <= 1e-6


@pytest.mark.parametrize("as_of", ["2003-01-01", "2008-01-01"])
def test_a_volatility_is_implied_where_the_smallest_is_too_small_for_the_grid(as_of: str) -> None:
    """A drift of 16% a year dominates a volatility of 2%."""
    market = ten_model(as_of=as_of, rate=0.08, hazard_rate=0.08)
    price = cn.price(ten_years(), replace(market, volatility=0.37)).price
    with pytest.raises(PricingError, match="too coarse"):
        cn.price(ten_years(), replace(market, volatility=0.02))
    assert cn.implied_volatility(ten_years(), market, price=price) == pytest.approx(0.37, abs=1e-6)


@pytest.mark.parametrize(
    ("note", "market"),
    [
        (ten_years(), ten_model()),
        (ten_years(), ten_model(as_of="2003-07-01", spot=110.0, recovery=0.4)),
        (afv(), model(hazard_rate=0.02)),
        (afv(), model(hazard_rate=0.03, recovery=0.4, spot=70.0)),
    ],
)
@pytest.mark.parametrize("volatility", [0.05, 0.2, 0.5, 3.0])
def test_bounds_without_a_step_hold(note: cn.ConvertibleNote, market: Any, volatility: float) -> None:
    market = replace(market, volatility=volatility)
    problem, _ = problem_of(note, market, options={"nodes": 258})
    fine = cn.price(note, market, options={"nodes": 1025, "steps": 8}).price
    assert 0.9 * fine < at_least(problem) < 1.0001 * fine
    assert 0.9999 * fine < at_most(problem) < 1.1 * fine


@pytest.mark.parametrize(
    ("note", "market", "asked"),
    [
        (afv_bare(), model(hazard_rate=0.02), {}),
        (ten_years(), ten_model(as_of="2008-01-01"), {}),
        (ten_years(), ten_model(), {"policy": cn.Policy()}),
        (ten_years(), ten_model(dividends=[("2004-01-05", 1.0)]), {}),
        (ten_years(), ten_model(default_jump=0.5), {}),
        (replace(ten_years(), reset=cn.provisions.Reset(dates=["2004-01-05", "2004-07-05"], floor=90)), ten_model(), {}),
        (ten_years(), ten_model(), {"options": {"decisions": "daily", "nodes": 513}}),
    ],
)
def test_there_are_no_bounds_where_something_else_decides(note: cn.ConvertibleNote, market: Any, asked: dict[str, Any]) -> None:
    problem, _ = problem_of(note, market, **asked)
    assert (at_least(problem), at_most(problem)) == (0.0, float("inf"))


def test_a_spread_is_hazard_times_loss() -> None:
    market = ten_model(recovery=0.2)
    price = cn.price(ten_years(), replace(market, hazard_rate=0.03)).price
    assert cn.implied_spread(ten_years(), market, price=price, near=0.02) == pytest.approx(0.03 * 0.8, rel=1e-5)


@pytest.mark.parametrize(
    ("price", "words"),
    [(75.0, r"below what volatility from 0.02 to 3 reaches; the nearest price is 90.2"), (151.0, r"above what volatility")],
)
def test_what_nothing_implies(price: float, words: str) -> None:
    with pytest.raises(PricingError, match=words):
        cn.implied_volatility(ten_years(), ten_model(), price=price)


def test_two_hazards_imply_one_price_and_near_chooses() -> None:
    market = ten_model(recovery=0.4)
    with pytest.raises(PricingError, match=r"the value is not monotone in hazard_rate: 0.0945.*, 0.83.*; near= chooses"):
        cn.implied_hazard(ten_years(), market, price=112.0)
    for near in (0.1, 0.8):
        found = cn.implied_hazard(ten_years(), market, price=112.0, near=near)
        assert abs(found - near) < 0.05
        assert abs(cn.price(ten_years(), replace(market, hazard_rate=found)).price - 112.0) <= 1e-6


def called() -> Any:
    """A market in which the note is called at once and worth its conversion value, 150, whatever the volatility."""
    return model(as_of="2006-06-01", spot=150.0)


@pytest.mark.parametrize(
    ("search", "name", "ends"),
    [
        (cn.implied_volatility, "volatility", "0.02 to 3"),
        (cn.implied_hazard, "hazard_rate", "0 to 3"),
        (cn.implied_recovery, "recovery", "0 to 1"),
        (cn.implied_borrow, "borrow", "-0.5 to 1"),
    ],
)
def test_nothing_is_implied_where_the_value_is_the_same(search: Callable[..., float], name: str, ends: str) -> None:
    words = f"price: got 150.0; the value is the same at every {name} from {ends}, so that none is implied; near= chooses"
    with pytest.raises(PricingError) as caught:
        search(afv(), called(), price=150.0)
    assert str(caught.value) == words
    assert search(afv(), called(), price=150.0, near=0.35) == 0.35
    assert search(afv(), called(), price=150.0, near=9) == float(ends.split()[-1])


@pytest.mark.parametrize(
    ("search", "name", "market"),
    [(cn.implied_volatility, "volatility", model(spot=5.0)), (cn.implied_spot, "spot", model(spot=50.0))],
)
def test_the_ends_of_a_range_of_one_value_are_told(search: Callable[..., float], name: str, market: Any) -> None:
    """A share far below the conversion price: the note is worth the value of a straight note."""
    floor = cn.price(afv(), replace(market, spot=0.1)).price
    with pytest.raises(PricingError, match=f"the value is the same at every {name} from .* to .*, so that none is") as caught:
        search(afv(), market, price=floor)
    low, high = (float(each) for each in re.findall(r"from (\S+) to ([^\s,]+),", str(caught.value))[0])
    for at, same in ((low, True), (0.5 * (low + high), True), (0.999 * high, True), (1.05 * high, False)):
        assert (abs(cn.price(afv(), replace(market, **{name: at})).price - floor) <= 1e-8 * 100) == same
    assert search(afv(), market, price=floor, near=0.5 * high) == 0.5 * high


def test_a_range_of_one_value_and_a_root_are_both_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flat at 100 from 0.2 to 1, lower below, and 100 again at 1.5 only."""

    def valued(by: Any, note: Any, market: Any, asked: Any, y: float) -> Any:
        price = 100.0 + min(y - 0.2, 0.0) + max(min(y - 1.0, 1.5 - y), 0.0 if y < 1.0 else -0.7)
        return SimpleNamespace(price=price, accrued=0.0, face=100.0, cs01=0.0, solved=SimpleNamespace(is_linear=True))

    monkeypatch.setattr(implied, "_valued", valued)
    words = r"at every hazard_rate from (\S+) to 1, so that none is implied there; it is the same at 1\.5; near= chooses"
    with pytest.raises(PricingError, match=words) as caught:
        cn.implied_hazard(afv(), called(), price=100.0)
    assert float(re.findall(words, str(caught.value))[0]) == pytest.approx(0.2, abs=2e-6)
    for near, found in ((0.1, 0.2), (0.6, 0.6), (1.1, 1.0), (1.4, 1.5), (3.0, 1.5)):
        assert cn.implied_hazard(afv(), called(), price=100.0, near=near) == pytest.approx(found, abs=2e-6)


def test_the_nearest_price_may_lie_between_the_inputs_searched() -> None:
    """The value falls with the hazard rate to about 107.434 at 0.243, and rises from there."""
    market = ten_model(recovery=0.4)
    fine = min(cn.price(ten_years(), replace(market, hazard_rate=h)).price for h in np.linspace(0.22, 0.26, 9).tolist())
    with pytest.raises(PricingError, match=r"below what hazard_rate from 0 to 3 reaches; the nearest price is") as caught:
        cn.implied_hazard(ten_years(), market, price=fine - 0.1)
    assert float(re.findall(r"price is (\S+) at", str(caught.value))[0]) == pytest.approx(fine, abs=1e-3)
    roots = [cn.implied_hazard(ten_years(), market, price=fine + 0.01, near=near) for near in (0.2, 0.3)]
    assert roots[0] < 0.243 < roots[1]
    for root in roots:
        assert abs(cn.price(ten_years(), replace(market, hazard_rate=root)).price - fine - 0.01) <= 1e-6


@pytest.mark.parametrize("near", ["0.2", float("nan"), True, [0.2]])
def test_near_is_a_number(near: Any) -> None:
    with pytest.raises(PricingError, match=r"near: got .*; expected a number, or None"):
        cn.implied_volatility(afv(), model(), price=126, near=near)


@pytest.mark.parametrize("price", [0, -3.0, float("nan"), "110", True])
def test_a_price_is_a_number_above_zero(price: Any) -> None:
    with pytest.raises(PricingError, match="price: got"):
        cn.implied_volatility(afv(), model(), price=price)


def test_swaps_are_fair_at_the_hazard_found() -> None:
    quotes = {1: 0.01, 3: 0.02, 5: 0.03}
    curve = cn.hazard_from_cds(quotes, 0.4, 0.05, as_of="2003-01-01")
    fine = np.linspace(0.0, 5.0, 100_001)
    days = np.array([0, 365, 1096, 1827]) / 365
    hazard = curve.values[np.minimum(np.searchsorted(days, fine[:-1], side="right") - 1, 2)]
    alive = np.exp(-np.concatenate([[0.0], np.cumsum(hazard * np.diff(fine))]))
    for tenor, spread in quotes.items():
        upto = fine <= tenor + 1e-9
        t, q = fine[upto], alive[upto]
        dying = -np.diff(q) * np.exp(-0.05 * (t[:-1] + t[1:]) / 2)
        pays = np.arange(1, 4 * tenor + 1) / 4
        premium = sum(0.25 * exp(-0.05 * p) * np.interp(p, t, q) for p in pays)
        premium += ((((t[:-1] + t[1:]) / 2) % 0.25) * dying).sum()
        assert spread * premium == pytest.approx(0.6 * dying.sum(), rel=4e-3)  # quarters of 90 to 92 days there, a fourth here


@pytest.mark.parametrize("exponent", [0.0, -1.0, -0.5, 0.5])
def test_the_level_of_a_hazard_that_depends_on_the_share_fits_the_survival(exponent: float) -> None:
    """Fitted forwards in time; read backwards by the price of a note that runs to maturity or defaults."""
    curve = cn.hazard_from_cds({1: 0.01, 3: 0.02, 5: 0.03}, 0.4, 0.05, as_of="2003-01-01", day_count="30/360")
    market = model(volatility=0.3, recovery=0.4, hazard_exponent=exponent, hazard_spot=100.0)
    fitted = cn.hazard_from_survival(market, curve, until="2008-01-01")
    assert exponent or fitted.values == pytest.approx(curve.values, rel=1e-5)
    for years in (1, 3, 5):
        note = replace(afv_bare(), principal=replace(afv().principal, maturity_date=f"{2003 + years}-01-01"))
        value = cn.price(note, replace(market, hazard_rate=fitted), options={"nodes": 1025, "steps": 32})
        days = np.array([cn.calendars.day_number(note.maturity_date)])
        target = 1.0 - exp(-float(curve.integral(market.start, days, day_count="30/360")[0]))
        assert value.probabilities["default"] == pytest.approx(target, abs=2e-5)


def test_a_survival_that_no_level_gives() -> None:
    with pytest.raises(PricingError, match=r"survival: got .*; no hazard level from 0 to 20 gives a survival"):
        cn.hazard_from_survival(model(hazard_exponent=-1.0), cn.Curve.flat(40.0), until="2008-01-01")
    with pytest.raises(PricingError, match="until: got 2003-01-01; expected a day after 2003-01-01"):
        cn.hazard_from_survival(model(), cn.Curve.flat(0.02), until="2003-01-01")


def test_a_bond_is_worth_its_price_at_the_hazard_found() -> None:
    curve = cn.hazard_from_bonds([("2008-01-01", 0.05, 90.0)], 0.4, 0.05, as_of="2003-01-01")
    h = float(curve.values[0])
    days = [365, 731, 1096, 1461, 1826]
    alive = [exp(-(0.05 + h) * day / 365) for day in days]
    value = 0.05 * sum(alive) + alive[-1] + 0.4 * h / (0.05 + h) * (1 - alive[-1])
    assert value == pytest.approx(0.90, abs=1e-9)


def test_a_quote_that_no_hazard_explains() -> None:
    with pytest.raises(PricingError, match=r"bonds: got 5; no hazard rate from 0 to 20 explains the quote of 5"):
        cn.hazard_from_bonds([(5, 0.05, 130.0)], 0.4, 0.05, as_of="2003-01-01")


def test_a_quoted_volatility_contains_the_default_leg() -> None:
    found = cn.diffusion_volatility(0.5, spot=76, strike=100, years=3, rate=0.05, hazard_rate=0.03)

    def call(rate: float, sigma: float) -> float:
        d1 = (np.log(0.76) + (rate + sigma**2 / 2) * 3) / (sigma * 3**0.5)
        return float(76 * norm.cdf(d1) - 100 * exp(-rate * 3) * norm.cdf(d1 - sigma * 3**0.5))

    assert call(0.08, found) == pytest.approx(call(0.05, 0.5), abs=1e-9)
    with pytest.raises(PricingError, match="default at a hazard rate of 2 alone"):
        cn.diffusion_volatility(0.2, spot=76, strike=50, years=3, rate=0.05, hazard_rate=2.0)


def test_a_nuked_price_moves_along_delta() -> None:
    market = model(hazard_rate=0.02)
    assert cn.nuked(afv(), market, 123.0, 102.0) == pytest.approx(123.0 + 2 * cn.price(afv(), market).delta)


def test_an_asset_swap_pays_the_price() -> None:
    """Riskless value of 4 each half year and 100: the spread makes up the difference to the price."""
    market = model(hazard_rate=0.02)
    discounts = [exp(-0.05 * k / 2) for k in range(1, 11)]
    promised, annuity = 4 * sum(discounts) + 100 * discounts[-1], sum(discounts) / 2
    swap = cn.asset_swap(afv(), market, price=104.0)
    assert swap.spread == pytest.approx((promised - 104.0) / (100 * annuity))
    assert swap.option_strip + swap.recall_value == pytest.approx(cn.price(afv(), market).price)


def test_a_ladder_holds_the_hedged_profit_and_loss() -> None:
    value = cn.price(afv(), model(hazard_rate=0.02))
    ladder = value.ladder("spot", [-0.1, 0.0, 0.1])
    assert ladder.price[1] == pytest.approx(value.price)
    assert ladder.hedged[0] == pytest.approx(value.at_spot(90.0).price - value.price + 10 * value.delta)
    assert (ladder.hedged[[0, 2]] > 0).all()
    moved = value.ladder("volatility", [0.01])
    assert moved.price[0] == pytest.approx(cn.price(afv(), model(hazard_rate=0.02, volatility=0.21)).price, abs=2e-3)
    with pytest.raises(PricingError, match=r"ladder.axis: got 'colour'; allowed: spot, volatility"):
        value.ladder("colour")


@pytest.mark.parametrize(
    ("axis", "changes", "steps"),
    [
        ("recovery", {}, [0.0, 0.01, 0.02]),
        ("recovery", {"recovery": 1.0}, [-0.02, -0.01, 0.0]),
        ("recovery", {"recovery": 0.3}, [-0.02, -0.01, 0.0, 0.01, 0.02]),
        ("hazard_rate", {"hazard_rate": 0.01}, [-0.01, 0.0, 0.01, 0.02]),
        ("hazard_rate", {"hazard_rate": cn.Curve(["2003-01-01", "2005-01-01"], [0.0, 0.03])}, [0.0, 0.01, 0.02]),
    ],
)
def test_a_ladder_keeps_to_what_is_allowed(axis: str, changes: dict[str, Any], steps: list[float]) -> None:
    market = model(**{"hazard_rate": 0.02, "recovery": 0.0, **changes})
    found = cn.price(afv(), market).ladder(axis)
    assert found.steps == pytest.approx(steps)
    old: Any = getattr(market, axis)
    moved = old + steps[-1] if isinstance(old, float) else old.shifted(steps[-1])
    assert found.price[-1] == pytest.approx(cn.price(afv(), replace(market, **{axis: moved})).price, abs=2e-3)


@pytest.mark.parametrize(
    ("axis", "step", "words"),
    [
        ("hazard_rate", -0.03, "got -0.03; moves hazard_rate to -0.01; allowed: from 0"),
        ("recovery", 0.9, r"got 0.9; moves recovery to 1.3; allowed: from 0 to 1"),
        ("volatility", -0.3, r"got -0.3; moves volatility to -0.1; allowed: from 0.0001 to 5"),
    ],
)
def test_a_step_of_a_ladder_beyond_what_is_allowed(axis: str, step: float, words: str) -> None:
    value = cn.price(afv(), model(hazard_rate=0.02, recovery=0.4))
    with pytest.raises(PricingError) as caught:
        value.ladder(axis, [0.0, step])
    assert str(caught.value) == f"ladder.steps: {words}"


def test_a_grid_of_prices_is_one_solve_for_all_spots() -> None:
    table = cn.grid(afv(), model(hazard_rate=0.02), spot=[90, 100, 110], volatility=[0.2, 0.3], run=cn.price)
    assert table.shape == (3, 2)
    assert len({id(answer.solved) for answer in table.answers}) == 2
    for i, spot in enumerate((90.0, 100.0, 110.0)):
        alone = cn.price(afv(), model(hazard_rate=0.02, spot=spot, volatility=0.3)).price
        assert table.array("price")[i, 1] == pytest.approx(alone, abs=1e-9)


FIGURES = ("price", "delta", "gamma", "clean", "theta", "vega", "bond_floor", "premium", "phi", "expected_life", "convexity")


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_of_a_grid_of_prices_is_that_of_each_cell(figure: str) -> None:
    market = model(hazard_rate=0.02)
    table = cn.grid(afv(), market, spot=[90, 100, 110], volatility=[0.2, 0.3], run=cn.price)
    cells = [
        [getattr(cn.price(afv(), replace(market, spot=s, volatility=v)), figure) for v in (0.2, 0.3)]
        for s in (90.0, 100.0, 110.0)
    ]
    assert table.array(figure) == pytest.approx(np.array(cells), rel=1e-9)


def test_a_grid_has_every_number_of_a_valuation() -> None:
    """Each property that is a number; of two names for one, the first."""
    value = cn.price(afv(), model(hazard_rate=0.02, recovery=0.4))
    table = cn.grid(afv(), model(hazard_rate=0.02, recovery=0.4), spot=[100], run=cn.price)
    names = [name for name in vars(cn.Valuation) if not name.startswith("_") and name not in ("spot", "face", "shares")]
    numbers = {name: each for name in names if isinstance(each := getattr(value, name), float)} | value.probabilities
    assert len(numbers) > 30
    for name in sorted(numbers.keys() - {"omicron", "fugit"}):
        assert table.array(name).tolist() == [pytest.approx(numbers[name], rel=1e-9)], name


def test_a_price_of_a_grid_needs_no_sensitivity(monkeypatch: pytest.MonkeyPatch) -> None:
    table = cn.grid(afv(), model(hazard_rate=0.02), spot=[90, 100], run=cn.price)
    monkeypatch.setattr(Solved, "greeks", None)
    assert table.array("price") == pytest.approx([answer.price for answer in table.answers])
    with pytest.raises(TypeError):
        table.array("vega")


def test_a_figure_that_a_valuation_does_not_have() -> None:
    table = cn.grid(afv(), model(hazard_rate=0.02), spot=[90, 100], run=cn.price)
    with pytest.raises(
        cn.TermsError, match="grid figure: got 'present_value'; not a figure of this answer; allowed: price, clean"
    ):
        table.array("present_value")


@pytest.mark.parametrize("steps", [["a"], 0.1, "abc", [float("nan")], [], [[0.1]], [True], [-1.0]])
def test_the_steps_of_a_ladder_are_numbers(steps: Any) -> None:
    with pytest.raises(PricingError, match=r"ladder\.steps: got .*; expected a list of finite steps, of the spot above -1"):
        cn.price(afv(), model()).ladder("spot", steps)


@pytest.mark.parametrize("axis", [["spot"], None, 5])
def test_the_axis_of_a_ladder_is_a_name(axis: Any) -> None:
    with pytest.raises(PricingError, match=r"ladder\.axis: got .*; allowed: spot, volatility"):
        cn.price(afv(), model()).ladder(axis)


@pytest.mark.parametrize("spot", ["100", None, float("nan"), 0, -1, True])
def test_another_share_price_is_a_number_above_zero(spot: Any) -> None:
    with pytest.raises(PricingError, match=r"spot: got .*; expected a share price above 0"):
        cn.price(afv(), model()).at_spot(spot)


@pytest.mark.parametrize("price", [0, -5.0, "a", float("nan")])
def test_an_asset_swap_of_a_price_above_zero(price: Any) -> None:
    with pytest.raises(PricingError, match=r"price: got .*; expected a number above 0"):
        cn.asset_swap(afv(), model(), price=price)


@pytest.mark.parametrize(
    ("quotes", "words"),
    [
        ({5: 0.03, "2008-01-01": 0.02}, "spreads: got '2008-01-01'; ends on 2008-01-01, as another quote does"),
        ({0.001: 0.03}, "spreads: got 0.001; ends on 2003-01-01; expected a day after 2003-01-01"),
        ({5: 0.03, "2002-12-31": 0.02}, "spreads: got '2002-12-31'; ends on 2002-12-31; expected a day after 2003-01-01"),
    ],
)
def test_quotes_end_after_today_on_different_days(quotes: dict[Any, float], words: str) -> None:
    with pytest.raises(PricingError) as caught:
        cn.hazard_from_cds(quotes, 0.4, 0.05, as_of="2003-01-01")
    assert str(caught.value) == words
    with pytest.raises(PricingError) as caught:
        cn.hazard_from_bonds([(tenor, 0.05, 90.0) for tenor in quotes], 0.4, 0.05, as_of="2003-01-01")
    assert str(caught.value) == words.replace("spreads", "bonds")
