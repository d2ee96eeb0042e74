"""What principal is owed stands in one place, and so does the price at which it converts: changed there, all follow."""

from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.lifecycle import in_force
from convnote.lifecycle.state import State
from convnote.policies import last_days
from convnote.policies.deadlines import maturity_amount
from convnote.pricing.contract import contract_of
from convnote.provisions.principal import Principal

from .walk import AFV, NOTE, play


@pytest.fixture
def half(monkeypatch):
    """Principal is owed at one half, exact on a day and float64 on many."""
    monkeypatch.setattr(Principal, "claim", lambda terms, day: np.full(len(day), 0.5) if np.ndim(day) else Fraction(1, 2))


def test_the_claim_is_par_on_every_day():
    state = State.opening(NOTE)
    assert in_force.claim(NOTE, state, 11_500) == 1
    assert NOTE.principal.paid_at_maturity == 1


def test_calls_repurchases_maturity_and_recoveries_are_of_the_claim(half):
    called = play(cn.RedemptionNotice("2003-05-01", "2003-06-02"))
    # 690,000,000 / 2 and 106 days of 6.875%: 13,776,369.8630…
    assert [str(entry.cash) for entry in called.of_kind("redemption")] == ["358776369.86"]
    assert "EUR 690,000,000 x 0.5 at par" in called.of_kind("redemption")[0].text
    change = (
        cn.FundamentalChange("2001-06-01"),
        cn.FundamentalChangeNotice("2001-06-02"),
        cn.RepurchaseElection("2001-06-10", 6_000),
    )
    # 3,000 and 153.698630…
    assert [str(entry.cash) for entry in play(*change, until="2001-07-02").of_kind("repurchase")] == ["3153.70"]
    assert [str(entry.cash) for entry in play().of_kind("maturity")] == ["345000000.00"]
    [recovered] = play(cn.Default("2001-06-02", recovered="0.4")).of_kind("default")
    assert str(recovered.cash) == "138000000.00" and "40% of EUR 345,000,000 = 138,000,000.00" in recovered.text


def test_what_decisions_compare_with_is_of_the_claim(half):
    assert maturity_amount(NOTE) == 500.0
    days = np.array([cn.calendars.day_number("2004-02-16")])
    assert NOTE.redemption.amount("2004-02-16") == 500
    assert list(NOTE.redemption.amount(cn.calendars.to_datetime64(days))) == [500.0]
    assert NOTE.fundamental_change.amount("2001-02-16") == 500
    assert list(last_days.before_redemption(NOTE, days).amount) == [500.0]
    assert list(last_days.at_default(NOTE, days, "0.4")[1]) == [200.0]
    assert last_days.at_default(NOTE, int(days[0]), "0.4")[1] == 200
    assert AFV.put.amount("2006-01-01") == Fraction("52.5")  # 105% of one half of 100, on a coupon date


def test_schedules_values_and_floors_are_of_the_claim(half):
    [paid] = [row for row in cn.schedule(NOTE) if row.kind == "maturity"]
    assert paid.amount == 500
    assert cn.analytics.bond_floor(NOTE, "2009-02-16", 0.0, dirty=True) == pytest.approx(50 + 6.875)
    assert contract_of(NOTE).redemption == 500.0


def test_what_a_note_converts_into_is_read_in_one_place(monkeypatch):
    before = in_force.conversion_price
    assert in_force.conversion_rate(NOTE, State.opening(NOTE)) == Fraction(1000) / Fraction("104.947")
    # one share more per denomination for whoever converts
    more = lambda note, state, event=None: 1000 / (1000 / before(note, state) + 1)  # noqa: E731
    for module in (in_force, cn.lifecycle.converting, cn.replays.observations):
        monkeypatch.setattr(module, "conversion_price", more)
    [entry] = play(cn.Convert("2000-03-01", 104_947_000)).of_kind("conversion")
    # 1,000,000 and 104,947 more
    assert entry.shares == 1_104_947 and entry.cash == 0
