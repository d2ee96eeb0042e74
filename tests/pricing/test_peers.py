"""Where other libraries go wrong: figures converged by independent solvers, and the fault itself shown beside QuantLib."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import convnote as cn
from convnote.provisions import Redemption
from tests.oracles import split
from tests.pricing.figures import TEN_YEARS, ten_model

#: The contract of the comparison: coupons by act/365f, so 6.8938 in leap years; the last is forgone on conversion.
NOTE = replace(cn.loads(TEN_YEARS), redemption=None)
NOTE = replace(NOTE, interest=replace(NOTE.interest, day_count="act/365f"), conversion=replace(NOTE.conversion, accrued="forgo"))
MARKET = ten_model(day_count="act/365f")
SPLIT = "tsiveriotis-fernandes"


def called(frequency: str) -> cn.ConvertibleNote:
    """Callable at par every day from year 3."""
    assert frequency == "daily"
    return replace(NOTE, redemption=Redemption(prices=[("2006-01-01", 1)], notice_at_least=0, notice_at_most=0))


EVERY_DAY = replace(called("daily"), principal=replace(NOTE.principal, trading_days="none"))
RISKY: dict[str, Any] = {"called": "risky", "decisions": "daily", "nodes": 1025}


def test_tsiveriotis_and_fernandes_has_a_closed_form_without_a_call() -> None:
    """127.170, where QuantLib's engine of that name gives 121.29."""
    assert cn.price(NOTE, MARKET, credit=SPLIT).price == pytest.approx(127.170, abs=0.03)


def test_jump_to_default_without_a_call() -> None:
    assert cn.price(NOTE, MARKET).price == pytest.approx(128.386, abs=0.03)


def test_a_called_holder_converts() -> None:
    """FinancePy gives 100 where parity is 285.9."""
    value = cn.price(called("daily"), ten_model(day_count="act/365f", as_of="2007-05-02", spot=300.0))
    assert value.parity == pytest.approx(285.9, abs=0.05)
    assert value.per_100 == pytest.approx(value.parity)


def test_accrued_interest_is_paid_on_conversion_only_where_the_terms_say_so() -> None:
    """ORE pays it always: 0.89 per 100 here, the last coupon where the note ends in shares."""
    paid = replace(NOTE, conversion=replace(NOTE.conversion, accrued="paid"))
    assert cn.price(paid, MARKET).price - cn.price(NOTE, MARKET).price == pytest.approx(129.2726 - 128.386, abs=0.02)


@pytest.mark.parametrize("credit", ["jump-to-default", SPLIT])
def test_more_call_rights_never_raise_the_value(credit: str) -> None:
    free, daily = (cn.price(note, MARKET, credit=credit).price for note in (NOTE, called("daily")))
    assert daily < free


def test_callable_every_day() -> None:
    """Decided at closes, leap coupons, the last coupon forgone: 109.199 (0.002)."""
    daily = cn.price(EVERY_DAY, MARKET, options={"decisions": "daily", "nodes": 2049})
    assert daily.price == pytest.approx(109.199, abs=0.003)


@pytest.mark.parametrize(
    ("nodes", "within"), [(1025, 0.07), pytest.param(4097, 0.004, marks=pytest.mark.slow)], ids=["coarse", "fine"]
)
def test_callable_every_day_by_tsiveriotis_and_fernandes(nodes: int, within: float) -> None:
    """108.855 (0.004), where what a call pays in cash keeps its credit risk."""
    value = cn.price(EVERY_DAY, MARKET, credit=SPLIT, options={**RISKY, "nodes": nodes})
    assert value.price == pytest.approx(108.855, abs=within)
    assert any("keeps its credit risk" in each for each in value.notes)


@pytest.mark.slow
def test_a_called_note_without_credit_risk_is_worth_more() -> None:
    """The rule of the paper and the other, against a recursion of another scheme that imports nothing of the library."""
    mine = {
        rule: cn.price(EVERY_DAY, MARKET, credit=SPLIT, options={**RISKY, "called": rule}).price for rule in ("riskless", "risky")
    }
    for rule, value in mine.items():
        assert value == pytest.approx(split.ten_years(riskless=rule == "riskless"), abs=0.1)
    assert mine["riskless"] - mine["risky"] == pytest.approx(113.007 - 108.852, abs=0.1)


def test_quantlib_raises_the_value_with_more_calls() -> None:
    ql = pytest.importorskip("QuantLib")
    from tests.benchmarks.pricing import quantlib_value

    free, yearly, daily = (quantlib_value(ql, 500, every=days)() for days in (0, 365, 1))
    assert daily > yearly + 4.0, "their engine has changed"
    assert free == pytest.approx(121.29, rel=4e-3), "their engine has changed"
    assert cn.price(NOTE, MARKET, credit=SPLIT).price - free > 5.0  # 127.17 in closed form
