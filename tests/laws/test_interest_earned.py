"""The law of interest: in every life what each holder is paid is principal and the interest its Notes earned, to the cent.

What is unpaid at the end is left out, and so is what a conversion gives up: coupons that were missed and not paid by then.
"""

from collections import Counter
from decimal import Decimal

from hypothesis import given, note
from hypothesis import strategies as st

import convnote as cn

from .earned import Rates, exempt, is_spoken_of, mispaid, paid_on
from .histories import ISSUE_SIZE, a_history, lived, with_transfers

FIXED = range(40)
SEEDS = st.integers(len(FIXED), 10**9)


def over_fixed(make):
    """What the fixed histories reach, and the holders mispaid in any of them."""
    reached, wrong = Counter(), []
    for history in map(make, FIXED):
        if is_spoken_of(history):
            reached.update(history.reached)
            wrong += [(each, history.events) for each in mispaid(history)]
    return reached, wrong


def drawn(make, seed):
    history = make(seed)
    note(f"{history.holders} {history.events}")
    return mispaid(history) if is_spoken_of(history) else []


REACHED = {"missed-payment", "late-interest", "default", "redemption", "repurchase", "conversion"}


def test_cash_to_each_holder_is_principal_and_the_interest_earned_to_the_cent():
    reached, wrong = over_fixed(a_history)
    assert not wrong
    assert REACHED | {"acceleration", "holders"} <= set(reached), reached


@given(SEEDS)
def test_cash_to_each_holder_is_principal_and_the_interest_earned_in_any_history(seed):
    assert drawn(a_history, seed) == []


def test_the_same_where_notes_change_hands():
    reached, wrong = over_fixed(with_transfers)
    assert not wrong
    assert REACHED | {"transfer", "accelerated"} <= set(reached), reached


@given(SEEDS)
def test_the_same_where_notes_change_hands_in_any_history(seed):
    assert drawn(with_transfers, seed) == []


def test_cnv5_notes_called_and_converted_in_one_window_keep_the_coupon():
    # 1m of 690m called on 3 February 2004 and converted on the 10th: 690m are paid 6.875%, and nothing is paid in.
    history = lived(
        ({"A": ISSUE_SIZE}),
        [cn.RedemptionNotice("2004-02-03", "2004-03-05", 1_000_000), cn.Convert("2004-02-10", 1_000_000, holder="A")],
    )
    assert not history.ledger.of_kind("interest-paid-in")
    assert [entry.cash for entry in history.ledger.of_kind("coupon") if entry.date.year == 2004] == [Decimal("47437500.00")]
    assert exempt(history, paid_on(history), "A", Rates(history)) == 68_750
    assert mispaid(history) == []
