"""Parity, premiums, income and accrued interest by hand arithmetic."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote import analytics

from .bonds import EXACT, ZERO


@pytest.fixture
def fixed(note):
    """The note without resets: its initial price of 104.947 is in force for ever."""
    return dataclasses.replace(note, reset=None)


def test_cnv3_conversion_value_is_the_ratio_times_the_close(note):
    # 1000 / 84.883 shares at the highest close of the ten years
    value = analytics.conversion_value(note, "97.324", conversion_price="84.883")
    assert isinstance(value, Decimal)
    assert abs(Fraction(value) - Fraction(97324000, 84883)) < Fraction(1, 10**20)
    assert analytics.conversion_value(note, "104.947", principal=690_000_000, conversion_price="104.947") == 690_000_000


def test_parity_is_the_conversion_value_per_100(note):
    assert analytics.parity(note, "52.4735", conversion_price="104.947") == 50
    assert analytics.parity(note, "52.4735", per=1000, conversion_price="104.947") == 500
    assert analytics.parity(note, "52.4735", conversion_price="52.4735") == 100


def test_conversion_premium_over_parity(fixed):
    assert analytics.conversion_premium(fixed, 75, "52.4735") == Decimal("0.5")
    assert analytics.conversion_premium(fixed, 750, "52.4735", per=1000) == Decimal("0.5")
    assert analytics.conversion_premium(fixed, 40, "52.4735") == Decimal("-0.2")


def test_figures_of_arrays_are_those_of_each(fixed):
    closes, prices = np.array([10.0, 52.4735, 97.324]), np.array([62.5, 75.0, 120.0])
    for of_arrays, of_each in (
        (analytics.parity(fixed, closes), [analytics.parity(fixed, float(c)) for c in closes]),
        (
            analytics.conversion_premium(fixed, prices, closes),
            [analytics.conversion_premium(fixed, float(p), float(c)) for p, c in zip(prices, closes, strict=True)],
        ),
        (analytics.current_yield(fixed, prices), [analytics.current_yield(fixed, float(p)) for p in prices]),
        (
            analytics.break_even_years(fixed, prices, closes, dividend=0.25),
            [analytics.break_even_years(fixed, float(p), float(c), dividend="0.25") for p, c in zip(prices, closes, strict=True)],
        ),
    ):
        assert isinstance(of_arrays, np.ndarray) and of_arrays.dtype == np.float64
        assert of_arrays == pytest.approx([float(each) for each in of_each], rel=1e-14)


def test_current_yield_is_a_years_interest_over_the_clean_price(note):
    assert analytics.current_yield(note, "55") == Decimal("0.125")
    assert analytics.current_yield(note, 550, per=1000) == Decimal("0.125")


def test_break_even_years_of_the_premium_by_the_extra_income(fixed):
    # 75 - 50 above parity; 6.875 of interest, no dividend; then 0.39355125 a share: 0.375 per 100
    assert analytics.break_even_years(fixed, 75, "52.4735").quantize(Decimal("0.000001")) == Decimal("3.636364")
    dividend = Decimal("104.947") * Decimal("0.00625")
    assert analytics.break_even_years(fixed, 75, "52.4735", dividend=dividend) == 4
    assert analytics.break_even_years(fixed, 750, "52.4735", dividend=dividend, per=1000) == 4


def test_nothing_is_to_be_earned_back_at_or_below_parity(fixed):
    assert analytics.break_even_years(fixed, 50, "52.4735") == 0
    assert analytics.break_even_years(fixed, 49, "52.4735", dividend=20) == 0
    assert analytics.break_even_years(fixed, np.array([49.0]), "52.4735", dividend=20).tolist() == [0]


def test_a_premium_that_is_never_earned_back_is_refused(fixed):
    with pytest.raises(cn.PricingError, match="never earned back"):
        analytics.break_even_years(fixed, 75, "52.4735", dividend=Decimal("104.947") * Decimal("0.06875"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (lambda fixed: analytics.parity(fixed, -1), "close: got -1; expected a number of 0 or more"),
        (lambda fixed: analytics.parity(fixed, np.array([1.0, np.nan])), "close: "),
        (lambda fixed: analytics.parity(fixed, 1, conversion_price=0), "conversion_price: got 0; expected a number above 0"),
        (lambda fixed: analytics.parity(fixed, 1, per=0), "per: got 0; expected a number above 0"),
        (lambda fixed: analytics.conversion_premium(fixed, 100, 0), "close: got 0; expected a number above 0"),
        (lambda fixed: analytics.current_yield(fixed, 0), "price: got 0; expected a number above 0"),
        (lambda fixed: analytics.investment_premium(100, 0), "floor: got 0; expected a floor above 0"),
        (lambda fixed: analytics.parity(ZERO, 1), "conversion \\(CNV-1\\): the note does not convert"),
    ],
)
def test_figures_that_make_no_quotient_are_refused_by_name(fixed, asked, message):
    with pytest.raises(cn.PricingError, match=message):
        asked(fixed)


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


# --- the price in force


def after_the_resets(note, **more):
    return cn.replay(note, cn.scenario("as-it-was"), events=[], until="2005-03-01", **more).state


@pytest.mark.parametrize(
    "asked",
    [
        lambda note, **price: analytics.conversion_value(note, "84.883", **price),
        lambda note, **price: analytics.parity(note, "84.883", **price),
        lambda note, **price: analytics.conversion_premium(note, 120, "84.883", **price),
        lambda note, **price: analytics.break_even_years(note, 120, "84.883", **price),
    ],
)
def test_rst1_a_note_with_resets_is_not_answered_at_its_initial_price(note, asked):
    with pytest.raises(cn.PricingError, match=r"conversion_price \(RST-1\): .*state="):
        asked(note)
    with pytest.raises(cn.PricingError, match="not both"):
        asked(note, conversion_price=1, state=after_the_resets(note))
    in_force = asked(note, state=after_the_resets(note))
    assert in_force == asked(note, conversion_price="84.883") != asked(note, conversion_price="104.947")
    assert isinstance(in_force, Decimal)
    # An adjustment leaves a mark only where something happened to the share, so its clause alone refuses nothing.
    assert note.adjustment is not None
    fixed = dataclasses.replace(note, reset=None)
    assert asked(fixed) == asked(fixed, conversion_price="104.947")


def test_adj8_parity_after_a_merger_counts_what_a_share_became(note):
    merged = cn.replay(
        note, cn.scenario("as-it-was"), events=[cn.Merger("2005-01-03", shares="0.5", cash=20)], until="2005-03-01"
    ).state
    # half a successor's share at 60, and 20 in cash: 50 for each conversion share
    assert round(analytics.parity(note, 60, state=merged), 20) == round(Decimal(5000) / Decimal("84.883"), 20)
    assert analytics.parity(note, np.array([60.0]), state=merged)[0] == pytest.approx(5000 / 84.883, rel=1e-14)
