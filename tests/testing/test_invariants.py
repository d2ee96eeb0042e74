"""The invariants: each holds where it should, and is broken, with the figures, by answers that peers have given."""

from __future__ import annotations

import numpy as np
import pytest

import convnote as cn
from convnote.testing import invariants as inv

HOLDS_AND_BROKEN = [
    (inv.principal_is_conserved, (1000, 400, {"converted": 600}), (1000, 400, {"converted": 500}), "900 is accounted for"),
    (inv.principal_is_conserved, (1000, 1000, {}), (1000, 1100, {"converted": -100}), "below 0"),
    (inv.principal_is_in_denominations, ([1000, 0], 1000), ([1500], 1000), "no multiple of 1000: 1500"),
    (inv.cash_is_in_cents, (["68.94"],), (["68.938"],), "no multiple of 0.01: 68.938"),
    (inv.shares_are_whole, ([9],), (["9.5"],), "no whole number of shares: 9.5"),
    (inv.shares_are_whole, ([0],), ([-1],), "no whole number"),
    (
        inv.conversion_loses_nothing,
        (1000, "104.947", 9, "9.25", "17.50"),
        (1000, "104.947", 10, "0", "17.50"),
        "9.52861921 shares, not 10",
    ),
    (inv.conversion_loses_nothing, (1000, 100, 10, 0, 5), (1000, "104.947", 9, "9.24", "17.50"), "not 9.24"),
    (
        inv.status_is_final,
        (["outstanding", "withdrawn", "matured", "matured"],),
        (["redeemed", "outstanding"],),
        "'redeemed' is an end",
    ),
    (
        inv.coupon_counts_its_days,
        (68.75, 1000, "0.06875", 365, 365),
        (68.75, 1000, "0.06875", 366, 365),
        "a coupon of 366/365 is 68.938356, not 68.750000",
    ),
    (inv.accrued_grows_from_zero, ([0, 1, 2, 0], [1, 0, 0, 1]), ([0, 1, 2, 3], [1, 0, 0, 1]), "restarts on day 3, and is 3"),
    (inv.accrued_grows_from_zero, ([0, 1, 1], [1, 0, 0]), ([0, 2, 1], [1, 0, 0]), "accrued interest falls"),
    (inv.resets_go_down_only, (["104.947", "90", "84.883"], "84.883"), (["90", "91"], "84.883"), "rises from 90 to 91"),
    (inv.resets_go_down_only, (["80", "80"], "84.883"), (["90", "84"], "84.883"), "84 is below the floor 84.883"),
    (inv.split_is_neutral, ("84.883", "42.4415", 2, 1), ("84.883", "84.883", 2, 1), "a conversion price of 42.4415, not 84.883"),
    (inv.price_at_least_parity, (285.9, 285.9), (100, 285.9), "below parity: 100 is below 285.9 by 185.9"),
    (inv.price_at_least_floor, ([101, 102], 101), ([101, 100], 101), r"bond floor at \[1\]: 100 is below 101"),
    (
        inv.more_calls_never_raise_value,
        ([127.17, 110.57, 108.86],),
        ([121.29, 108.03, 112.88],),
        "more call rights raise the value",
    ),
    (inv.more_puts_never_lower_value, ([100, 104],), ([104, 100],), "more put rights lower the value"),
    (inv.value_rises_with_the_share, ([1, 2], [10, 20]), ([2, 1], [10, 20]), "falls as the share rises"),
    (inv.value_falls_with_credit_risk, ([3, 2, 2],), ([2, 3],), "more credit risk raises"),
]


@pytest.mark.parametrize(("invariant", "holds", "broken", "words"), HOLDS_AND_BROKEN)
def test_an_invariant_holds_or_tells_what_is_broken(invariant, holds, broken, words):
    assert invariant(*holds) is None
    with pytest.raises(inv.Broken, match=words) as error:
        invariant(*broken)
    assert isinstance(error.value, AssertionError)


def test_every_invariant_is_tried():
    public = {name for name, each in vars(inv).items() if callable(each) and each.__module__ == inv.__name__ and name[0] != "_"}
    assert public - {"Broken"} == {invariant.__name__ for invariant, *_ in HOLDS_AND_BROKEN}


def test_a_tolerance_is_in_the_unit_of_the_values():
    inv.price_at_least_parity(99.5, 100, tolerance=0.5)
    with pytest.raises(inv.Broken):
        inv.price_at_least_parity(99.5, 100, tolerance=0.49)
    inv.coupon_counts_its_days("68.94", 1000, "0.06875", 366, 365, tolerance="0.005")
    with pytest.raises(inv.Broken):
        inv.coupon_counts_its_days("68.95", 1000, "0.06875", 366, 365, tolerance="0.005")


def test_a_value_rises_by_no_more_than_the_shares():
    inv.value_rises_with_the_share([100, 109], [50, 51], most=9.5)
    with pytest.raises(inv.Broken, match="by more than the shares"):
        inv.value_rises_with_the_share([100, 110], [50, 51], most=9.5)
    with pytest.raises(cn.TermsError, match="ascending"):
        inv.value_rises_with_the_share([100, 110], [51, 50])


def test_arrays_of_any_shape_are_taken_and_nan_is_refused():
    inv.more_calls_never_raise_value(np.array([[3.0, 4.0], [2.0, 4.0]]))
    with pytest.raises(inv.Broken, match=r"at \[0, 1\]"):
        inv.more_calls_never_raise_value(np.array([[3.0, 4.0], [2.0, 4.5]]))
    with pytest.raises(cn.TermsError, match="finite"):
        inv.price_at_least_parity(float("nan"), 1)
    with pytest.raises(cn.TermsError, match="as many entries"):
        inv.accrued_grows_from_zero([0, 1], [True])


def test_our_own_ledgers_keep_them():
    note, history = cn.load("amazon-peacs-2010"), cn.scenario("as-it-was")
    ledger = cn.replay(note, history, events=[cn.Convert("2001-03-01", 1_000_000), cn.Split("2004-03-01", 2, 1)])
    assert {"conversion", "adjustment", "coupon", "maturity"} <= {entry.kind for entry in ledger}  # a life worth asking
    inv.principal_is_conserved(note.issue_size, ledger.state.outstanding, ledger.state.retired)
    inv.cash_is_in_cents(entry.cash for entry in ledger)
    inv.shares_are_whole(entry.shares for entry in ledger)
    days = np.arange(np.datetime64("2000-02-16"), np.datetime64("2010-02-17"))
    dues = [np.datetime64(coupon.payment_date) for coupon in note.interest.coupons()]
    inv.accrued_grows_from_zero(note.interest.accrued(days), np.isin(days, [days[0], *dues]))
