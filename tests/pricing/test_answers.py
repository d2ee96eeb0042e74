"""What holders get besides their shares, against quadrature between closes: MWT-1, SFT-3, PIN-1, and the claim of ACC-2."""

from __future__ import annotations

from dataclasses import replace
from math import exp
from typing import Any

import pytest

import convnote as cn
from tests.oracles import called
from tests.pricing.figures import bumped, callable_from, sheet

TABLE = """
[make_whole_change]
prices = [80, 100, 150, 200]
dates = [2003-01-01, 2005-01-01, 2008-01-01]
shares = [[0.25, 0.20, 0.08, 0.0], [0.25, 0.15, 0.05, 0.0], [0.25, 0.0, 0.0, 0.0]]
on_call = true
"""
CREDIT = {"volatility": 0.3, "rate": 0.05, "hazard": 0.03, "recovery": 0.4}
DAILY = {"decisions": "daily"}


def market(spot: float, **changes: Any) -> cn.Lognormal:
    base: dict[str, Any] = {"as_of": "2003-01-01", "volatility": 0.3, "rate": 0.05, "hazard_rate": 0.03, "recovery": 0.4}
    return cn.Lognormal(spot=spot, **{**base, **changes})


def with_call(notice: int, extra: str) -> cn.ConvertibleNote:
    more = "make_whole_amount = 12" if extra == "make-whole" else ""
    until = "redemption-date" if not notice else "1 calendar days before"
    made = sheet("called", called_until=until) + callable_from("2005-01-01, 1.0", notice=notice, more=more)
    return cn.loads(made + (TABLE if extra == "shares" else ""))


@pytest.mark.parametrize(
    ("extra", "notice"),
    [("shares", 0), ("make-whole", 30), pytest.param("shares", 30, marks=pytest.mark.slow), ("make-whole", 0)],
)
def test_mwt1_and_sft3_what_called_holders_get_more_is_that_of_the_quadrature(extra: str, notice: int) -> None:
    exact = called.value(95.0, **CREDIT, notice=notice, extra=extra)
    plain = called.value(95.0, **CREDIT, notice=notice)
    value = cn.price(with_call(notice, extra), market(95.0), options=DAILY)
    assert value.price == pytest.approx(exact, rel=2e-5)
    assert value.price > plain + 0.3
    assert cn.price(with_call(notice, ""), market(95.0), options=DAILY).price == pytest.approx(plain, rel=2e-5)


@pytest.mark.parametrize("notice", [pytest.param(0, marks=pytest.mark.slow), 30])
def test_cnv5_a_called_holder_is_paid_accrued_interest_by_the_day_on_which_he_converts(notice: int) -> None:
    exact = called.value(95.0, **CREDIT, notice=notice, interest=True)
    note = with_call(notice, "")
    paid = replace(note, conversion=replace(note.conversion, accrued="paid"))
    assert cn.price(paid, market(95.0), options=DAILY).price == pytest.approx(exact, rel=2e-5)
    assert exact > called.value(95.0, **CREDIT, notice=notice) + (1.0 if notice else 0.05)


@pytest.mark.parametrize("notice", [0, 30])
def test_sft3_a_make_whole_too_dear_to_call_leaves_the_note_without_a_call(notice: int) -> None:
    """At every instant, and where nearly every Note would convert: the Company is not indifferent to the make-whole."""
    dear = with_call(notice, "make-whole")
    dear = replace(dear, redemption=replace(dear.redemption, make_whole_amount=500))
    for spot in (95.0, 160.0):
        exact = cn.price(replace(dear, redemption=None), market(spot), options={"nodes": 1025, "steps": 32}).price
        assert cn.price(dear, market(spot), options={"nodes": 1025, "steps": 32}).price == pytest.approx(exact, rel=2e-5)


def test_mwt1_a_table_for_changes_alone_leaves_the_value_and_one_for_calls_can_be_left_out() -> None:
    on_call = with_call(0, "shares")
    changes_alone = replace(on_call, make_whole_change=replace(on_call.make_whole_change, on_call=False))
    without = cn.price(with_call(0, ""), market(95.0))
    value = cn.price(changes_alone, market(95.0))
    assert value.price == without.price == cn.price(on_call, market(95.0), ignore=["MWT-1"]).price
    assert any("no fundamental change happens" in each for each in value.notes)
    assert any(
        "additional shares of the table at the close of the notice" in each for each in cn.price(on_call, market(95.0)).notes
    )


@pytest.mark.parametrize(("excepted", "keeps"), [('["last"]', True), ("[]", False)])
def test_pin1_the_last_coupon_is_kept_by_who_converts_after_its_record_date(excepted: str, keeps: bool) -> None:
    conversion = f'until = "10 calendar days before"\npays_in_except = {excepted}'
    note = cn.loads(sheet("paid-in", record_days=30, conversion=conversion))
    exact = called.until_ten_days_before(105.0, **CREDIT, keeps=keeps)
    assert cn.price(note, market(105.0), options={"nodes": 1025, "steps": 32}).price == pytest.approx(exact, rel=3e-5)


def test_pin1_the_two_readings_differ_by_the_coupon_of_those_who_convert() -> None:
    kept, paid_in = (called.until_ten_days_before(105.0, **CREDIT, keeps=keeps) for keeps in (True, False))
    assert 0.8 < kept - paid_in < 4.0


ACCRETING = """
[accretion]
issue_price = 86.26
yield = "3%"
frequency = 1
day_count = "30/360"
[put]
prices = [[2006-01-01, 1.0]]
"""


@pytest.mark.parametrize("spot", [60.0, 95.0])
def test_acc2_calls_puts_and_recoveries_are_of_the_accreted_claim(spot: float) -> None:
    note = cn.loads(sheet("accreting", rate="0") + callable_from("2005-01-01, 1.0") + ACCRETING)
    exact = called.accreting(spot, **CREDIT, issue_price=100 / 1.03**5, growth=0.03)
    value = cn.price(note, market(spot), options=DAILY)
    assert value.price == pytest.approx(exact, rel=1e-4)
    flat = called.accreting(spot, **{**CREDIT, "recovery": 0.0}, issue_price=100 / 1.03**5, growth=0.03)
    assert exact > flat + 0.5


def test_acc2_before_any_decision_the_recovery_is_summed_over_the_growing_claim() -> None:
    """Neither call nor put: default pays 40% of the claim of its day, by the integral over five years in closed form."""
    note = cn.loads(sheet("accreting", rate="0") + ACCRETING.partition("[put]")[0])
    straight = replace(note, conversion=None)
    value = cn.price(straight, market(50.0))
    issue, both, total, steps = 100 / 1.03**5, 0.08, 0.0, 20_000
    for i in range(steps):
        t = 5 * (i + 0.5) / steps
        claim = issue * 1.03 ** int(t) * (1 + 0.03 * (t - int(t)))
        total += 0.4 * 0.03 * claim * 2.718281828459045 ** (-both * t) * 5 / steps
    days = 1826 / 365
    assert value.price == pytest.approx(total + 100 * 2.718281828459045 ** (-both * days), abs=5e-3)
    assert value.bond_floor == pytest.approx(value.price, abs=1e-4)
    assert value.jump_to_default == pytest.approx(0.4 * issue - value.price + value.delta * 50.0, abs=1e-6)
    up, down = (cn.price(straight, market(50.0, recovery=0.4 + by)).price for by in (0.01, -0.01))
    assert value.recovery01 == pytest.approx((up - down) / 2, rel=1e-6)


def test_acc2_sensitivities_are_bumps_and_the_adjoint_agrees() -> None:
    note = cn.loads(sheet("accreting", rate="0") + callable_from("2005-01-01, 1.0") + ACCRETING)
    fine = {"nodes": 1025, "steps": 32}
    value = cn.price(note, market(90.0), options=fine)
    for name, got in (("recovery", 100 * value.recovery01), ("hazard_rate", 1e4 * value.cs01), ("rate", value.rho)):
        up, down = (
            cn.price(note, replace(market(90.0), **{name: getattr(market(90.0), name) + by}), options=fine).price
            for by in (1e-3, -1e-3)
        )
        assert got == pytest.approx((up - down) / 2e-3, rel=0.01, abs=0.3), name


def test_stl1_a_conversion_is_valued_at_its_surrender_and_the_notes_say_so() -> None:
    text = sheet("settled") + callable_from("2005-01-01, 1.0")
    settled = cn.loads(text + '[settlement]\nmethod = "cash"\nobservation = 20\n')
    value = cn.price(settled, market(95.0))
    assert value.price == cn.price(cn.loads(text), market(95.0)).price
    assert any("(STL-1); its settlement over 20 trading days is not discounted" in each for each in value.notes)


@pytest.mark.parametrize(
    ("terms", "shares", "call", "now"),
    [
        (
            {"maturity": "2007-01-01", "rate": "5%", "price": "159"},
            "prices = [127, 159, 318]\nshares = [[0.1069, 0.0189, 0], [0.1069, 0, 0]]",
            "2005-01-01, 1.09",
            market(178.0, as_of="2003-03-02", volatility=0.24, rate=0.09, hazard_rate=0.1, recovery=0.0),
        ),
        (
            {"maturity": "2011-01-01", "rate": "2%", "frequency": 4, "price": "98", "conversion": 'accrued = "forgo"'},
            "prices = [78, 98, 196]\nshares = [[0.102, 0, 0], [0.102, 0, 0]]",
            "2008-01-01, 1.02",
            market(235.0, as_of="2003-07-05", volatility=0.81, rate=0.1, hazard_rate=0.15, recovery=0.0),
        ),
    ],
    ids=["quiet", "wild"],
)
def test_mwt1_nothing_grows_from_the_top_of_the_grid_where_a_called_note_is_worth_its_shares(
    terms: dict[str, Any], shares: str, call: str, now: cn.Lognormal
) -> None:
    """Far above the table the next price is held, and the last one of the grid with it: its row has no solution of its own."""
    table = f"[make_whole_change]\ndates = [2003-01-01, {terms['maturity']}]\non_call = true\n{shares}\n"
    value = cn.price(cn.loads(sheet("called", **terms) + callable_from(call) + table), now)
    years = (value.problem.contract.maturity - now.start) / 365
    assert 0.0 < value.probabilities["default"] < 1 - exp(-now.hazard_rate * years)
    assert all(0.0 <= chance <= 1.0 for chance in value.probabilities.values())
    assert 0.0 < value.expected_life < years
    units = {"volatility": value.vega, "rate": value.rho, "hazard_rate": 1e4 * value.cs01}
    for name, got in units.items():
        assert got == pytest.approx(bumped(value, name, 1e-4), rel=5e-3, abs=5e-4 * value.price), name
