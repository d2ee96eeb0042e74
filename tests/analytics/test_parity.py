"""Parity, premiums, income and accrued interest by hand arithmetic."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote import analytics

from .bonds import EXACT, ZERO


def test_cnv3_conversion_value_is_the_ratio_times_the_close(note):
    # 1000 / 84.883 shares at the highest close of the ten years
    value = analytics.conversion_value(note, "97.324", conversion_price="84.883")
    assert isinstance(value, Decimal)
    assert abs(Fraction(value) - Fraction(97324000, 84883)) < Fraction(1, 10**20)
    assert analytics.conversion_value(note, "104.947", principal=690_000_000) == 690_000_000


def test_parity_is_the_conversion_value_per_100(note):
    assert analytics.parity(note, "52.4735") == 50
    assert analytics.parity(note, "52.4735", per=1000) == 500
    assert analytics.parity(note, "52.4735", conversion_price="52.4735") == 100


def test_conversion_premium_over_parity(note):
    assert analytics.conversion_premium(note, 75, "52.4735") == Decimal("0.5")
    assert analytics.conversion_premium(note, 750, "52.4735", per=1000) == Decimal("0.5")
    assert analytics.conversion_premium(note, 40, "52.4735") == Decimal("-0.2")


def test_figures_of_arrays_are_those_of_each(note):
    closes, prices = np.array([10.0, 52.4735, 97.324]), np.array([62.5, 75.0, 120.0])
    for of_arrays, of_each in (
        (analytics.parity(note, closes), [analytics.parity(note, float(c)) for c in closes]),
        (
            analytics.conversion_premium(note, prices, closes),
            [analytics.conversion_premium(note, float(p), float(c)) for p, c in zip(prices, closes, strict=True)],
        ),
        (analytics.current_yield(note, prices), [analytics.current_yield(note, float(p)) for p in prices]),
        (
            analytics.break_even_years(note, prices, closes, dividend=0.25),
            [analytics.break_even_years(note, float(p), float(c), dividend="0.25") for p, c in zip(prices, closes, strict=True)],
        ),
    ):
        assert isinstance(of_arrays, np.ndarray) and of_arrays.dtype == np.float64
        assert of_arrays == pytest.approx([float(each) for each in of_each], rel=1e-14)


def test_current_yield_is_a_years_interest_over_the_clean_price(note):
    assert analytics.current_yield(note, "55") == Decimal("0.125")
    assert analytics.current_yield(note, 550, per=1000) == Decimal("0.125")


def test_break_even_years_of_the_premium_by_the_extra_income(note):
    # 75 - 50 above parity; 6.875 of interest, no dividend; then 0.39355125 a share: 0.375 per 100
    assert analytics.break_even_years(note, 75, "52.4735").quantize(Decimal("0.000001")) == Decimal("3.636364")
    dividend = Decimal("104.947") * Decimal("0.00625")
    assert analytics.break_even_years(note, 75, "52.4735", dividend=dividend) == 4
    assert analytics.break_even_years(note, 750, "52.4735", dividend=dividend, per=1000) == 4


def test_nothing_is_to_be_earned_back_at_or_below_parity(note):
    assert analytics.break_even_years(note, 50, "52.4735") == 0
    assert analytics.break_even_years(note, 49, "52.4735", dividend=20) == 0
    assert analytics.break_even_years(note, np.array([49.0]), "52.4735", dividend=20).tolist() == [0]


def test_a_premium_that_is_never_earned_back_is_refused(note):
    with pytest.raises(cn.PricingError, match="never earned back"):
        analytics.break_even_years(note, 75, "52.4735", dividend=Decimal("104.947") * Decimal("0.06875"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (lambda note: analytics.parity(note, -1), "close: got -1; a number of 0 or more"),
        (lambda note: analytics.parity(note, np.array([1.0, np.nan])), "close: "),
        (lambda note: analytics.parity(note, 1, conversion_price=0), "conversion_price: got 0; a number above 0"),
        (lambda note: analytics.parity(note, 1, per=0), "per: got 0; a number above 0"),
        (lambda note: analytics.conversion_premium(note, 100, 0), "close: got 0; a number above 0"),
        (lambda note: analytics.current_yield(note, 0), "price: got 0; a number above 0"),
        (lambda note: analytics.investment_premium(100, 0), "floor: got 0; a floor above 0"),
        (lambda note: analytics.parity(ZERO, 1), "conversion \\(CNV-1\\): the note does not convert"),
    ],
)
def test_figures_that_make_no_quotient_are_refused_by_name(note, asked, message):
    with pytest.raises(cn.PricingError, match=message):
        asked(note)


def test_int4_clean_and_dirty_prices_differ_by_accrued_interest(note):
    # 181 days from 2002-02-16 to 2002-08-16
    dirty = analytics.dirty_price(note, "62.50", "2002-08-16")
    assert abs(Fraction(dirty) - (Fraction("62.5") + Fraction("6.875") * 181 / 365)) < Fraction(1, 10**20)
    assert round(analytics.clean_price(note, dirty, "2002-08-16"), 25) == Decimal("62.5")
    per_note = analytics.dirty_price(note, "625", "2002-08-16", per=1000)
    assert abs(Fraction(per_note) - 10 * Fraction(dirty)) < Fraction(1, 10**20)
    assert analytics.dirty_price(note, 62.5, np.array(["2002-08-16"], "datetime64[D]")) == pytest.approx(
        [float(dirty)], abs=EXACT
    )


def test_int4_after_a_missed_coupon_the_accrued_interest_of_a_dirty_price_runs_on(note):
    dirty = analytics.dirty_price(note, 50, "2002-02-17", paid_to="2001-02-16")
    assert abs(Fraction(dirty) - (50 + Fraction("6.875") * 366 / 365)) < Fraction(1, 10**20)
