"""The bond floor by hand arithmetic and published zero rates."""

import math
from decimal import Decimal

import numpy as np
import pytest

import convnote as cn
from convnote import analytics

from .bonds import EXACT, straight


def test_the_floor_at_rate_0_is_the_sum_of_what_is_left(note):
    # five coupons, one of 366 days, and principal
    expected = 100 + 5 * 6.875 + 6.875 / 365
    assert analytics.bond_floor(note, "2005-02-16", 0.0) == pytest.approx(expected, abs=EXACT)
    assert analytics.bond_floor(note, "2005-02-16", 0.0, per=1000) == pytest.approx(10 * expected, abs=1e-11)


def test_int6_money_is_discounted_from_the_day_it_moves(note):
    # the coupon of Saturday 2008-02-16 moves on the 19th, 368 days later; that of 2009, a holiday, on the 17th: 732; then 1096
    coupons = [(368, 6.875), (732, 6.875 * 366 / 365), (1096, 106.875)]
    expected = sum(amount * math.exp(-0.05 * days / 365) for days, amount in coupons)
    assert analytics.bond_floor(note, "2007-02-16", 0.05) == pytest.approx(expected, abs=EXACT)
    assert analytics.bond_floor(note, "2007-02-16", 0.03, spread=0.02) == pytest.approx(expected, abs=EXACT)


def test_a_floor_off_published_zero_rates():
    # 5.7046% for ten years, annually compounded
    curve = cn.DiscountCurve.from_tenors("2000-02-16", {1: 0.040150, 5: 0.053414, 10: 0.057046})
    zero = straight("2000-02-16", "2010-02-16", rate=0, frequency=0)
    assert analytics.bond_floor(zero, "2000-02-16", curve) == pytest.approx(100 * 1.057046 ** (-3653 / 365), abs=EXACT)


def test_the_floor_is_clean_unless_it_is_asked_dirty(note):
    clean, dirty = (analytics.bond_floor(note, "2005-08-16", 0.04, dirty=each) for each in (False, True))
    assert dirty - clean == pytest.approx(6.875 * 181 / 365, abs=EXACT)


def test_floors_of_many_days_and_spreads_are_those_of_each(note):
    days = np.array(["2000-02-16", "2002-02-16", "2005-08-16", "2010-02-15"], "datetime64[D]")
    spreads = np.array([[0.0], [0.01], [0.05]])
    curve = cn.Curve(["2000-02-16", "2004-01-01"], [0.05, 0.03])
    floors = analytics.bond_floor(note, days, curve, spread=spreads)
    assert floors.shape == (3, 4)
    for row, spread in enumerate(spreads[:, 0]):
        for column, day in enumerate(days):
            one = analytics.bond_floor(note, day, curve, spread=spread)
            assert isinstance(one, float)
            assert floors[row, column] == pytest.approx(one, abs=EXACT)


def test_investment_premium_over_the_floor():
    assert analytics.investment_premium("90", "60") == Decimal("0.5")
    assert analytics.investment_premium(np.array([90.0, 45.0]), 60).tolist() == [0.5, -0.25]


def test_prn1_a_principal_paid_back_above_par_is_in_the_floor():
    accreting = straight("2000-01-01", "2001-01-01", rate=0, frequency=0, maturity_price="1.25")
    assert analytics.bond_floor(accreting, "2000-01-01", 0.05) == pytest.approx(125 * math.exp(-0.05 * 366 / 365), abs=EXACT)


def test_a_spread_that_is_no_number_is_refused(note):
    with pytest.raises(cn.PricingError, match="spread: got nan; expected a finite number"):
        analytics.bond_floor(note, "2005-02-16", 0.05, spread=float("nan"))


def test_a_curve_that_is_none_is_refused(note):
    with pytest.raises(cn.MarketError):
        analytics.bond_floor(note, "2005-02-16", "five per cent")


@pytest.mark.parametrize("on", ["2000-02-15", "2010-02-16"])
def test_a_floor_outside_the_life_of_the_note_is_refused(note, on):
    with pytest.raises(cn.PricingError, match=f"on: got {on}; expected a settlement from 2000-02-16 and before the last payment"):
        analytics.bond_floor(note, on, 0.05)
