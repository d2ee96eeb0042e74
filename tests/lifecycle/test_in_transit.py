"""Money in transit when the issuer defaults: what was paid on a closed day and has not moved yet (INT-6)."""

import pytest

import convnote as cn

from .walk import LOW, NOTE, play

SEVENTH = 100_000_000
CALL = cn.RedemptionNotice("2003-04-07", "2003-05-10", SEVENTH)  # a Saturday: its money moves on Monday the 12th
CHANGE = (
    cn.FundamentalChange("2001-03-01"),
    cn.FundamentalChangeNotice("2001-03-01"),
    cn.RepurchaseElection("2001-03-20", SEVENTH),  # repurchased on Saturday 31 March
)


def default(on):
    return cn.Default(on, recovered="0.4")


@pytest.mark.parametrize(
    ("events", "closed", "moves"),
    [
        ((CALL,), "2003-05-10", "2003-05-12"),
        (CHANGE, "2001-03-31", "2001-04-02"),
        ((cn.MissedPayment("2003-02-16"), cn.Cure("2003-03-08")), "2003-03-08", "2003-03-10"),
        (
            (cn.MissedPayment("2003-02-16"), cn.Acceleration("2003-04-01"), cn.Cure("2003-05-10", "principal")),
            "2003-05-10",
            "2003-05-12",
        ),
    ],
    ids=["redemption", "repurchase", "late interest", "accelerated"],
)
def test_int6_what_has_not_moved_is_not_paid_and_a_state_in_between_is_refused(events, closed, moves):
    defaulted = default(closed)
    whole = play(*events, defaulted)
    # 40% of all 690m; nothing of the price, which is booked on the closed day where no default follows.
    assert [str(each.cash) for each in whole if each.cash and each.date >= defaulted.on] == ["276000000.00"]
    first = play(*events, until=closed)
    assert [str(each.payment_date) for each in first if each.cash and each.date >= defaulted.on] == [moves]
    sunday = str(defaulted.on.fromordinal(defaulted.on.toordinal() + 1))
    if first.state.outstanding:
        with pytest.raises(cn.LifecycleError, match=rf"Default \(INT-6\): the last payment is not made until {moves}"):
            cn.replay(NOTE, LOW, events=[default(sunday)], state=first.state)
        # On the day on which it moves it is paid.
        after = cn.replay(NOTE, LOW, events=[default(moves)], state=first.state)
        assert [each.kind for each in after if each.cash] == ["default"]


def test_cnv5c_what_was_paid_in_for_a_coupon_that_never_moved_is_returned_from_a_state_too():
    # 1,000 x 68.75 paid in on 5 February 2002; the coupon of Saturday the 16th would move on Tuesday the 19th.
    paid_in = cn.Convert("2002-02-05", 1_000_000)
    whole = play(paid_in, default("2002-02-18"))
    first = play(paid_in, until="2002-02-17")
    second = cn.replay(NOTE, LOW, events=[default("2002-02-18")], state=first.state)
    assert [(each.kind, str(each.cash)) for each in second if each.cash] == [
        ("coupon", "-47437500.00"),
        ("interest-returned", "68750.00"),
        ("default", "275600000.00"),
    ]
    assert sum(each.cash for each in whole) == sum(each.cash for each in (*first, *second))


def test_cnv5c_an_acceleration_between_leaves_a_coupon_that_was_paid_in_time_alone():
    # The coupon of 2001 is missed, that of Saturday 16 February 2002 paid; what was paid in for it stays paid in.
    ledger = play(cn.MissedPayment("2001-02-16"), cn.Convert("2002-02-05", 1_000_000), cn.Acceleration("2002-02-17"))
    assert not ledger.of_kind("interest-returned")
    assert [str(each.cash) for each in ledger.of_kind("interest-paid-in")] == ["-68750.00"]
