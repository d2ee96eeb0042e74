"""Reset of the conversion price: RST-1…4."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn
from convnote.provisions import Reset

from .days import iso, number


def test_rst1_on_two_dates_one_a_saturday(note):
    assert note.reset.dates == (date(2001, 2, 16), date(2002, 2, 16))
    assert date(2002, 2, 16).strftime("%A") == "Saturday"


@pytest.mark.parametrize(
    ("current", "close", "new"),
    [
        ("104.947", "18.0478", "84.883"),  # what happened: far below the floor
        ("104.947", "90", "90"),
        ("104.947", "84.883", "84.883"),
        ("104.947", "84.882", "84.883"),
        ("104.947", "104.947", "104.947"),
        ("104.947", "130", "104.947"),  # down only
        ("84.883", "90", "84.883"),
        ("88", "86", "86"),
    ],
)
def test_rst2_down_only_and_never_below_the_floor(note, current, close, new):
    assert note.reset.price(current, [close] * 20) == Decimal(new)


def test_rst2_a_price_already_below_the_floor_is_not_raised_to_it(note):
    assert note.reset.price("80", ["70"] * 20) == Decimal(80)


@pytest.mark.parametrize("count", [0, 19, 21])
def test_rst2_asks_for_20_closes(note, count):
    with pytest.raises(cn.TermsError, match="RST-2"):
        note.reset.price("104.947", ["90"] * count)


def test_rst2_the_20_trading_days_before_the_reset_date(note):
    first = note.principal.sessions.before(number("2001-02-16"), note.reset.window)
    days = note.principal.sessions.between(first, number("2001-02-15"))
    assert (len(days), iso(days[0]), iso(days[-1])) == (20, "2001-01-19", "2001-02-15")
    first = note.principal.sessions.before(number("2002-02-16"), note.reset.window)
    days = note.principal.sessions.between(first, number("2002-02-15"))
    assert (len(days), iso(days[0]), iso(days[-1])) == (20, "2002-01-18", "2002-02-15")


@pytest.mark.parametrize(
    ("closes", "new"),
    [
        (["88.000"] * 10 + ["88.001"] * 10, "88.001"),  # 88.0005: half is rounded up
        (["88.000"] * 11 + ["88.001"] * 9, "88.000"),  # 88.00045
        (["88.001"] * 10 + ["88.002"] * 10, "88.002"),  # 88.0015: also where half-even agrees
        (["88.0004"] * 20, "88.000"),  # each close rounded first would also be 88.000 …
        (["88.0005"] * 10 + ["88.0004"] * 10, "88.000"),  # … here it would be 88.0005, and so 88.001
    ],
)
def test_rst3_rounded_once_half_up(note, closes, new):
    assert note.reset.price("104.947", closes) == Decimal(new)


def test_rst3_thirds_are_averaged_exactly(note):
    # Closes in USD over a rate of 0.9 have no last decimal: 19 x 79.2/0.9 + 79.209/0.9 = 20 x 88.0005.
    closes = [Fraction("79.2") / Fraction("0.9")] * 19 + [Fraction("79.209") / Fraction("0.9")]
    assert note.reset.price("104.947", closes) == Decimal("88.001")


def test_rst4_a_floor_that_moved_with_a_split(note):
    # After a split 2:1 everything is halved.
    assert note.reset.price("52.4735", ["9"] * 20, floor="42.4415") == Decimal("42.4415")


def test_rst3_a_step_of_rounding_above_the_floor_is_refused():
    with pytest.raises(cn.TermsError, match=r"reset.rounding \(RST-3\): got .*84.884"):
        Reset(dates=["2001-02-16"], floor="84.883", rounding="84.884")
    assert Reset(dates=["2001-02-16"], floor="84.883", rounding="84.883").price("104.947", ["60"] * 20) == Decimal("84.883")
    # without a floor no step is too coarse for it
    assert Reset(dates=["2001-02-16"], floor=0, rounding=50).price("104.947", ["60"] * 20) == 50
