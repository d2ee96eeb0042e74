"""A withdrawal of conversion in `cn.price`: against quadrature between closes, against paths, and its limits (WDR-1…WDR-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.errors import PricingError
from convnote.policies import AtOnce, Never
from convnote.provisions import Put
from tests.oracles import withdrawn
from tests.pricing.figures import sheet

RIGHT = """
[withdrawal]
trigger = 130
days = 1
period = 1
notice_within = 0
before = 2006-01-01
notice_at_least = {notice}
notice_at_most = {most}
last_conversion = "{last} calendar days before"
make_whole_amount = 10
"""
CREDIT = {"volatility": 0.3, "rate": 0.05, "hazard": 0.03, "recovery": 0.4}


def paper(notice: int, last: int, most: int) -> str:
    return sheet("withdrawn", called_until="1 business days before") + RIGHT.format(notice=notice, last=last, most=most)


def note(notice: int = 0, last: int = 0, most: int | None = None, **changes: Any) -> cn.ConvertibleNote:
    """Five years at 4%; conversion may be withdrawn on a close above 130."""
    made = cn.loads(paper(notice, last, notice if most is None else most))
    return replace(made, withdrawal=replace(made.withdrawal, **changes)) if changes else made


def market(spot: float = 100.0, **changes: Any) -> cn.Lognormal:
    base: dict[str, Any] = {"as_of": "2003-01-01", "spot": spot, "volatility": 0.3, "rate": 0.05, "hazard_rate": 0.03}
    return cn.Lognormal(**{**base, "recovery": 0.4, **changes})


@pytest.mark.parametrize(
    ("spot", "notice", "last"),
    [
        (100.0, 0, 0),
        pytest.param(140.0, 0, 0, marks=pytest.mark.slow),
        (110.0, 30, 1),
        pytest.param(80.0, 30, 1, marks=pytest.mark.slow),
    ],
)
def test_wdr1_a_withdrawal_at_closes_is_that_of_the_quadrature(spot: float, notice: int, last: int) -> None:
    exact = withdrawn.value(spot, **CREDIT, notice=notice, last=last)
    value = cn.price(note(notice, last), market(spot), options={"decisions": "daily", "nodes": 3073})
    assert value.price == pytest.approx(exact, rel=5e-5)


def test_wdr1_where_no_condition_is_left_to_meet_the_right_is_open_at_any_price() -> None:
    exact = withdrawn.value(100.0, **CREDIT, notice=0, last=0, trigger=1e-9)
    always = note(trigger="0.01")
    assert cn.price(always, market(), options={"decisions": "daily"}).price == pytest.approx(exact, rel=5e-5)
    # the same right after 20 of 30 closes that stay good for a year
    met = note(days=20, period=30, notice_within=250, before="2003-11-01")
    days = np.arange("2003-01-01", "2003-03-01", dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    closes = cn.MarketHistory(dates=days, closes=np.full(len(days), 140.0), currency="USD")
    state = cn.replay(met, closes, until="2003-02-28", policy=cn.Policy(withdraw=Never())).state
    now = market(110.0, as_of="2003-02-28")
    one = note(trigger="0.01", before="2003-11-01")
    assert state.last_met is not None
    assert cn.price(met, now, state=state).price == pytest.approx(cn.price(one, now).price, rel=2e-5)


@pytest.mark.parametrize("last", [0, 1, 3])
def test_wdr4_the_days_from_which_a_converting_holder_keeps_a_coupon_are_no_matter_of_the_steps(last: int) -> None:
    value = cn.price(note(30, last), market()).price
    assert cn.price(note(30, last), market(), options={"steps": 200.0}).price == pytest.approx(value, rel=3e-5)


@pytest.mark.parametrize("notice", [0, 30])
def test_wdr1_a_right_that_is_never_used_costs_nothing(notice: int) -> None:
    without = replace(note(), withdrawal=None)
    exact = cn.price(without, market()).price
    for never in (note(notice, 1, trigger=100_000), note(notice, 1, make_whole_amount=1_000)):
        assert cn.price(never, market()).price == pytest.approx(exact, rel=3e-5)
    assert cn.price(note(notice), market(), policy=cn.Policy(withdraw=Never())).price == pytest.approx(
        cn.price(without, market(), policy=cn.Policy()).price, rel=3e-5
    )
    assert cn.price(note(notice), market(), ignore=["WDR-1"]).price == pytest.approx(exact, rel=1e-9)


def test_wdr1_a_withdrawal_lowers_and_a_further_call_lowers_more() -> None:
    plain = note(30, 1)
    call = cn.loads(paper(30, 1, 60) + "[redemption]\nprices = [[2005-01-01, 1.0]]\n").redemption
    both, called, none = (
        replace(plain, redemption=call),
        replace(plain, redemption=call, withdrawal=None),
        replace(plain, withdrawal=None),
    )
    for spot in (70.0, 110.0, 150.0):
        values = [cn.price(each, market(spot)) for each in (both, called, plain, none)]
        v, only_called, only_withdrawn, free = (each.price for each in values)
        slack = 1e-4 * free
        assert v <= min(only_called, only_withdrawn) + slack and max(only_called, only_withdrawn) <= free + slack
        assert v >= values[0].conversion_value - slack
        assert all(-1e-6 <= each.delta <= each.shares * 1.001 for each in values)
        assert sum(values[0].probabilities.values()) == pytest.approx(1.0)
    chances = cn.price(both, market(90.0)).probabilities
    assert chances["withdrawal"] > 0.02 and chances["call"] > 0.02


def test_wdr4_the_make_whole_is_less_the_interest_paid_and_goes_to_those_named() -> None:
    """Withdrawn at once above the trigger: shares, and 10 less the coupon paid in January to those named."""
    now = market(200.0, as_of="2004-06-01", hazard_rate=0.0, recovery=0.0)
    at_once = cn.Policy(withdraw=AtOnce(), straight=0.9)
    for to in ("both", "converted"):
        assert cn.price(note(0, make_whole_to=to), now, policy=at_once).price == pytest.approx(200.0 + 10.0 - 4.0, abs=1e-6)
        # a Company that may wait for the next coupon pays the same cash, but most of it later
        assert 200.0 + 6.0 * np.exp(-0.05 * 580 / 365) < cn.price(note(0, make_whole_to=to), now).price < 206.0 - 0.1
    assert cn.price(note(0), now).price == pytest.approx(200.0, abs=1e-9)
    assert cn.price(note(0), now).probabilities["withdrawal"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("notice", "last", "to", "interest"),
    [
        (0, 0, "both", False),
        (0, 0, "outstanding", True),
        pytest.param(0, 0, "converted", True, marks=pytest.mark.slow),
        pytest.param(30, 1, "converted", False, marks=pytest.mark.slow),
        (30, 1, "both", True),
    ],
)
def test_wdr9_cash_beside_the_shares_is_that_of_the_quadrature(notice: int, last: int, to: str, interest: bool) -> None:
    """A make-whole to who converts, and accrued interest (CNV-5)."""
    exact = withdrawn.value(110.0, **CREDIT, notice=notice, last=last, to=to, interest=interest)
    terms = note(notice, last, make_whole_to=to)
    terms = replace(terms, conversion=replace(terms.conversion, accrued="paid" if interest else "record-date"))
    assert cn.price(terms, market(110.0), options={"decisions": "daily"}).price == pytest.approx(exact, rel=5e-5)


def beside(spot: float, volatility: float, terms: str, **changes: Any) -> tuple[cn.ConvertibleNote, cn.Lognormal]:
    """A note of `terms` (maturity, rate, frequency, price, treatment of interest, then its withdrawal and more), and a market."""
    maturity, rate, frequency, price, accrued, trigger, until, notice, last, amount, to, *more = terms.split()
    text = sheet(
        "drawn", maturity=maturity, rate=rate, frequency=int(frequency), price=price, conversion=f'accrued = "{accrued}"'
    )
    text += RIGHT.format(notice=notice, most=notice, last=last).replace("trigger = 130", f"trigger = {trigger}")
    text = text.replace("before = 2006-01-01", f"before = {until}").replace("amount = 10", f"amount = {amount}")
    text += f'make_whole_to = "{to}"\n'
    for part, day, of_par in zip(more[::3], more[1::3], more[2::3], strict=True):
        text += f"[{part}]\nprices = [[{day}, {of_par}]]\n" + ("notice_at_least = 0\n" if part == "redemption" else "")
    base: dict[str, Any] = {"rate": 0.0, "hazard_rate": 0.0, "recovery": 0.0}
    return cn.loads(text), market(spot, volatility=volatility, **{**base, **changes})


#: what the distance between two nodes must not matter to: a bend of the company's bound, the trigger beside the spot and beside
#: the kink at maturity, a bound that is touched at its bend only, and the fall of V at the trigger on the last day of the right
BENT = {
    "bend": beside(
        160.0,
        0.43,
        "2005-01-01 5% 4 149 forgo 134 2011-01-01 0 0 15 outstanding redemption 2004-01-01 1.12",
        as_of="2003-05-30",
        rate=0.07,
        hazard_rate=0.03,
        recovery=0.3,
    ),
    "spot": beside(
        229.0,
        0.58,
        "2012-01-01 2% 1 156 forgo 232 2009-01-01 15 2 7 outstanding redemption 2006-01-01 0.97",
        as_of="2003-12-13",
        rate=0.02,
        hazard_rate=0.04,
        recovery=0.2,
    ),
    "kink": beside(
        61.0,
        0.8,
        "2005-01-01 7% 2 88 forgo 92 2005-01-01 30 0 13 converted",
        as_of="2003-08-25",
        rate=0.04,
        hazard_rate=0.08,
    ),
    "touched": beside(
        20.0,
        0.59,
        "2009-01-01 1% 1 71 record-date 63 2005-01-01 0 0 2 both redemption 2004-01-01 0.99 put 2006-01-01 0.8",
        hazard_rate=0.01,
        dividend_yield=0.03,
    ),
    "fall": beside(20.0, 0.28, "2006-01-01 0 0 70 record-date 63 2005-01-01 0 0 0 outstanding put 2004-01-01 0.8"),
}


@pytest.mark.parametrize("where", sorted(BENT))
def test_wdr1_value_and_gamma_are_those_of_a_finer_grid_wherever_its_nodes_lie(where: str) -> None:
    terms, now = BENT[where]
    value, fine = cn.price(terms, now), cn.price(terms, now, options={"nodes": 4097, "steps": 16})
    assert value.price == pytest.approx(fine.price, rel=1e-4)
    # beside the trigger, where V has a corner, gamma itself changes from node to node
    assert value.gamma == pytest.approx(fine.gamma, rel=0.1 if where == "spot" else 0.02)


@pytest.mark.parametrize("to", ["both", "converted"])
def test_wdr9_a_make_whole_too_dear_to_pay_leaves_the_note_its_conversion(to: str) -> None:
    """Far above the trigger as well, where every holder would convert and be paid it."""
    for spot in (100.0, 200.0):
        without = cn.price(replace(note(), withdrawal=None), market(spot)).price
        assert cn.price(note(make_whole_to=to, make_whole_amount=1_000), market(spot)).price == pytest.approx(without, rel=3e-5)


@pytest.mark.parametrize("terms", ["", "call", "put", "both"])
def test_wdr1_the_note_without_conversion_is_the_straight_note(terms: str) -> None:
    """B* by day against the straight note's own price by the equation, before and after a call date and a coupon."""
    text = paper(0, 0, 0)
    text += "[redemption]\nprices = [[2005-01-01, 1.0]]\nnotice_at_least = 0\n" if terms in ("call", "both") else ""
    text += "[put]\nprices = [[2006-07-01, 0.99]]\n" if terms in ("put", "both") else ""
    made = cn.loads(text)
    straight = replace(made, conversion=None, withdrawal=None)
    base = market(rate=0.02, hazard_rate=0.01)
    found = cn.price(made, base).problem.withdrawal
    assert found is not None
    for on in ("2003-01-01", "2004-05-03", "2004-12-31", "2006-06-30", "2007-07-02"):
        day = int(np.datetime64(on, "D").astype(int))
        exact = cn.price(straight, replace(base, as_of=on), options={"nodes": 513, "steps": 64}).price
        assert found.straight.value(day) == pytest.approx(exact, abs=0.012), on


def test_wdr1_sensitivities_are_bumps() -> None:
    value = cn.price(note(30, 1), market(105.0))
    for name, got in (("volatility", value.vega), ("rate", value.rho), ("hazard_rate", 1e4 * value.cs01)):
        up, down = (
            cn.price(note(30, 1), replace(market(105.0), **{name: getattr(market(), name) + by})).price for by in (1e-3, -1e-3)
        )
        assert got == pytest.approx((up - down) / 2e-3, rel=0.02, abs=1.0), name
    found = value.critical_price()
    assert np.nanmin(found.withdrawal) == pytest.approx(130.0, rel=0.02) and np.isnan(found.call).all()


def test_wdr1_paths_and_grid_agree_when_conversion_is_withdrawn_at_once() -> None:
    terms = note(30, 1, notice_within=5)
    policy = cn.Policy(withdraw=AtOnce(), straight=0.9)
    paths = cn.simulate(terms, market(), paths=12_000, seed=5, policy=policy, principal=100_000_000, keep="summary").summary()
    value = cn.price(terms, market(), policy=policy, options={"decisions": "daily"})
    assert abs(paths.present_value / 1e6 - value.price) < 3 * paths.standard_error / 1e6
    ended = sum(chance for name, chance in paths.endings.items() if "withdraw" in name)
    assert value.probabilities["withdrawal"] == pytest.approx(ended, abs=0.015)


@pytest.mark.parametrize(
    ("terms", "now", "words"),
    [
        (note(days=20, period=30), market(), r"WDR-1.*20 of 30 closes above a trigger depend on the path"),
        (note(notice_within=5), market(), r"WDR-3.*counts for 5 Business Days after it was met"),
        (note(), market(hazard_exponent=-1.0), r"WDR-1.*with a hazard that depends on the share"),
        (note(30), market(default_jump=0.5), r"WDR-1.*a withdrawal with notice needs default_jump 1"),
    ],
)
def test_wdr1_what_a_withdrawal_can_do_and_the_grid_cannot_is_refused(
    terms: cn.ConvertibleNote, now: cn.Lognormal, words: str
) -> None:
    with pytest.raises(PricingError, match=words):
        cn.price(terms, now)


def test_wdr3_without_its_days_of_grace_the_condition_is_a_barrier() -> None:
    value = cn.price(note(notice_within=5), market(), ignore=["WDR-3"])
    assert value.price == cn.price(note(), market()).price
    assert value.ignored[0].startswith("WDR-3: a condition that counts for 5 Business Days")
    assert any("may withdraw conversion while the conversion value is above 130" in each for each in value.notes)


def test_wdr1_the_spread_model_has_no_withdrawal() -> None:
    with pytest.raises(PricingError, match=r"the withdrawal of conversion is not carried by this credit model"):
        cn.price(note(), market(), credit="tsiveriotis-fernandes")


def test_wdr1_a_notice_that_takes_a_put_away_begins_on_its_day_whatever_the_steps() -> None:
    """The first withdrawal after the put date is noticed 15 days before the day after it: no step reaches across that day."""
    puttable = replace(note(15, trigger=80), put=Put(prices=[("2004-01-01", "1.1")]))
    beside = market(78.0, as_of="2003-12-10")
    values = [cn.price(puttable, beside, options={"nodes": 1025, "steps": steps}).price for steps in (8, 64, 128)]
    assert values == pytest.approx([values[-1]] * 3, rel=2e-4)


def test_wdr1_steps_grow_from_the_fall_of_the_value_where_a_put_is_taken_away() -> None:
    """So gamma settles in the year before it, too, with the steps of `cn.price`."""
    zero = replace(note(15, trigger=89, make_whole_amount=0), interest=replace(note().interest, rate=0, frequency=0))
    puttable = replace(zero, put=Put(prices=[("2004-01-01", "0.93")]))
    below = market(35.0, rate=0.0, hazard_rate=0.05, recovery=0.0, volatility=0.35)
    coarse, fine = (cn.price(puttable, below, options={"nodes": 1025, "steps": steps}).gamma for steps in (8, 32))
    assert coarse == pytest.approx(fine, rel=0.02)
