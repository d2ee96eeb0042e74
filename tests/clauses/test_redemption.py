"""Optional redemption: RED-1, RED-2, RED-4…6."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn

from .days import number

DAY_OF_INTEREST = Fraction(55, 292)  # 1,000 x 0.06875 / 365


def objection(note, on, redemption):
    found = note.redemption.objection(number(on), number(redemption))
    return None if found is None else found[0]


@pytest.mark.parametrize(
    ("on", "redemption", "rule"),
    [
        ("2003-01-20", "2003-02-19", "RED-1"),
        ("2003-01-20", "2003-02-20", None),
        ("2010-01-10", "2010-02-15", None),
        ("2010-01-10", "2010-02-16", "RED-1"),
    ],
)
def test_red1_from_20_february_2003_and_before_maturity(note, on, redemption, rule):
    assert objection(note, on, redemption) == rule


@pytest.mark.parametrize(("on", "days"), [("2003-02-20", 4), ("2004-02-15", 364), ("2004-02-16", 0), ("2009-02-15", 365)])
def test_red1_at_principal_plus_accrued_interest(note, on, days):
    assert abs(Fraction(note.redemption.amount(on)) - 1000 - DAY_OF_INTEREST * days) < Fraction(1, 10**20)


def test_red1_principal_scales(note):
    # 4 days on EUR 5,000: 3.767123…
    assert note.redemption.amount("2003-02-20", 5000).quantize(Decimal("1e-6")) == Decimal("5003.767123")


@pytest.mark.parametrize("on", ["2003-02-19", "2010-02-17"])
def test_red1_amount_is_refused_outside_its_window(note, on):
    with pytest.raises(cn.TermsError):
        note.redemption.amount(on)


@pytest.mark.parametrize(
    ("redemption", "rule"),
    [
        ("2005-04-29", "RED-2"),  # 29 days after 31 March
        ("2005-04-30", None),
        ("2005-05-30", None),  # 60
        ("2005-05-31", "RED-2"),
    ],
)
def test_red2_notice_30_to_60_days_before(note, redemption, rule):
    assert objection(note, "2005-03-31", redemption) == rule


def test_red2_a_notice_can_be_mailed_from_22_december_2002(note):
    assert note.redemption.first_notice.isoformat() == "2002-12-22"
    assert objection(note, "2002-12-22", "2003-02-20") is None
    assert objection(note, "2002-12-21", "2003-02-20") == "RED-2"


@pytest.mark.parametrize(
    ("held", "principal", "chosen"),
    [
        ({"A": 5000}, 2000, {"A": 2000}),
        ({"A": 500_000, "B": 190_000}, 69_000, {"A": 50_000, "B": 19_000}),
        # 3 of 10 thousand: 1.5, 0.9 and 0.6: one by whole shares, the other two to B and to C.
        ({"A": 5000, "B": 3000, "C": 2000}, 3000, {"A": 1000, "B": 1000, "C": 1000}),
        # Remainders that tie go to the one named first.
        ({"A": 1000, "B": 1000}, 1000, {"A": 1000}),
    ],
)
def test_red4_pro_rata_in_whole_thousands(note, held, principal, chosen):
    assert note.redemption.select(held, principal) == chosen


def test_red4_by_lot_is_a_setting_and_draws_whole_thousands(note):
    by_lot = dataclasses.replace(note.redemption, selection="lot")
    held = {"A": 50_000, "B": 30_000}
    drawn = [by_lot.select(held, 20_000, seed=seed) for seed in range(20)]
    assert all(sum(each.values()) == 20_000 for each in drawn)
    assert all(part % 1000 == 0 and part <= held[holder] for each in drawn for holder, part in each.items())
    assert len({tuple(sorted(each.items())) for each in drawn}) > 1
    assert by_lot.select(held, 20_000, seed=3) == by_lot.select(held, 20_000, seed=3)


def test_red5_no_sinking_fund(note):
    # Nothing in the terms redeems by itself: no provision but the Company's call and the holders' repurchase.
    assert not [name for name, _ in note.provisions() if "sink" in name]
    assert note.put is None


@pytest.mark.parametrize(
    ("on", "days"),
    [("2004-02-02", 351), ("2004-02-15", 364), ("2004-02-16", 0), ("2004-02-17", 1)],
)
def test_red6_on_16_february_the_price_bears_no_accrued_interest(note, on, days):
    assert abs(Fraction(note.redemption.amount(on)) - 1000 - DAY_OF_INTEREST * days) < Fraction(1, 10**20)
