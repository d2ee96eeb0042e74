"""INT-7 where the terms round on each denomination: every payment of principal or interest, on units of 1,000."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn

from .walk import ISSUE, NOTE, money, play

UNITS = dataclasses.replace(NOTE, principal=dataclasses.replace(NOTE.principal, rounded_on="denomination"))
ACCRUED = dataclasses.replace(UNITS, conversion=dataclasses.replace(UNITS.conversion, accrued="paid"))

#: The note, what happens until when, the kind of entry, and what is paid: a rounded unit times the number of units.
PAID = [
    # 1,000 x 0.06875 x 366/365 = 68.938356…
    (UNITS, [], "2001-02-16", "coupon", 690_000 * 6894),
    (UNITS, [cn.Convert("2001-02-05", 100_000)], "2001-02-05", "interest-paid-in", -100 * 6894),
    (UNITS, [cn.MissedPayment("2001-02-16"), cn.Cure("2001-03-01")], "2001-03-01", "late-interest", 690_000 * 6894),
    # 68.75 x 14/365 = 2.636986…
    (ACCRUED, [cn.Convert("2001-03-02", 100_000)], "2001-03-02", "accrued-interest", 100 * 264),
    # 1,000 + 68.75 x 106/365 = 1,019.965753…
    (UNITS, [cn.RedemptionNotice("2003-05-01", "2003-06-02")], "2003-06-02", "redemption", 690_000 * 101_997),
    # 1,000 x 0.333335 = 333.335
    (UNITS, [cn.Default("2001-06-01", recovered="0.333335")], "2001-06-01", "default", 690_000 * 33_334),
]


@pytest.mark.parametrize(("note", "events", "until", "kind", "cents"), PAID)
def test_int7_a_payment_is_rounded_on_each_denomination(note, events, until, kind, cents):
    assert money(play(*events, note=note, until=until), kind) == [(until, f"{cents / 100:.2f}")]


def test_int7_a_settlement_is_rounded_on_each_denomination():
    settled = UNITS.conversion.settle(on="2001-02-05", principal=100_000, close=50)
    assert (str(settled.interest_to_pay), settled.interest_paid) == ("6894.00", 0)
    settled = ACCRUED.conversion.settle(on="2001-03-02", principal=100_000, price="104.947", close=50)
    assert (settled.interest_to_pay, str(settled.interest_paid)) == (0, "264.00")


def test_int7_one_denomination_and_what_is_less_are_one_unit():
    paid = UNITS.principal.paid
    assert (str(paid(Decimal("0.01"), 1000)), str(paid(Decimal("0.01"), 500)), str(paid(Decimal("0.01"), 2000))) == (
        *("0.01", "0.01", "0.02"),
    )
    assert paid(np.array([0.01, 137.876712]), np.array([1000.0, 2000.0])).tolist() == [0.01, 137.88]
    assert str(paid(Decimal("68.938"))) == "68.94"  # one payment whatever the terms


def test_id4_amounts_and_multiples_of_one_euro():
    single = dataclasses.replace(NOTE.principal, denomination=1)
    assert [single.is_multiple(amount) for amount in (0, 1, "1.5", 2)] == [False, True, False, True]
    # 0.06875 x 14/365
    assert NOTE.interest.accrued("2001-03-02", Fraction(1)) == Fraction(6875, 100_000) * 14 / 365
    assert ISSUE == 690_000 * 1000
