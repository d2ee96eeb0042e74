"""Several holders, each with a position of his own: who is paid what, and who may do what."""

from decimal import Decimal

import pytest

import convnote as cn

from .walk import ISSUE, LOW, NOTE, by_holder, course, money, play

TWO = {"A": 460_000_000, "B": 230_000_000}


def test_int7_each_holder_is_rounded_on_his_whole_position():
    # 460,000 x 68.938356… = 31,711,643.835…, 230,000 x 68.938356… = 15,855,821.917…: a cent more than on the issue as one.
    ledger = play(positions=TWO, until="2001-12-31")
    assert by_holder(ledger, "coupon") == [
        ("2001-02-16", "A", "31711643.84"),
        ("2001-02-16", "B", "15855821.92"),
    ]
    assert ledger.total("coupon") == Decimal("47567465.76")


def test_int3_the_coupon_goes_to_who_held_at_the_close_of_the_record_date():
    # A converts on 1 February, B on the 5th: only B's coupon is paid, and paid in again.
    events = cn.Convert("2001-02-01", 460_000_000, holder="A"), cn.Convert("2001-02-05", 230_000_000, holder="B")
    ledger = play(*events, positions=TWO)
    assert by_holder(ledger, "interest-paid-in", "coupon") == [
        ("2001-02-05", "B", "-15855821.92"),
        ("2001-02-16", "B", "15855821.92"),
    ]
    assert ledger.state.status is cn.Status.CONVERTED


def test_cnv1_not_more_than_is_outstanding_in_the_position():
    assert len(play(cn.Convert("2001-03-01", 230_000_000, holder="B"), positions=TWO).of_kind("conversion")) == 1
    with pytest.raises(cn.LifecycleError, match="230,000,000 outstanding") as error:
        play(cn.Convert("2001-03-01", 230_001_000, holder="B"), positions=TWO)
    assert error.value.rule == "CNV-1"


def test_fch_elections_are_each_holders_own():
    change = cn.FundamentalChange("2001-06-01"), cn.FundamentalChangeNotice("2001-06-01")
    ledger = play(*change, cn.RepurchaseElection("2001-06-15", 100_000_000, holder="B"), positions=TWO)
    # 135 days to 2001-07-01: 6,875,000 x 135 / 365 = 2,542,808.219…
    assert by_holder(ledger, "repurchase") == [("2001-07-01", "B", "102542808.22")]
    assert [(rule, "460,000,000" in words) for _, rule, words in ledger.open_rights] == [("FCH-1", True)]
    # A has elected nothing, so A may convert and has nothing to withdraw.
    given = *change, cn.RepurchaseElection("2001-06-15", 100_000_000, holder="B")
    assert len(play(*given, cn.Convert("2001-06-20", 460_000_000, holder="A"), positions=TWO).of_kind("conversion")) == 1
    with pytest.raises(cn.LifecycleError, match="no principal is under election"):
        play(*given, cn.RepurchaseElectionWithdrawal("2001-06-20", 1000, holder="A"), positions=TWO)


def test_wdr4_interest_actually_paid_on_that_note():
    # Each holder's Notes have been paid what that holder got, rounded on all of his.
    over = course(110, ("2000-06-01", 170))
    ledger = play(cn.WithdrawalNotice("2001-02-28", "2001-03-30"), over=over, positions=TWO)
    # 460,000 x 206.25 - 31,711,643.84, and 230,000 x 206.25 - 15,855,821.92
    assert by_holder(ledger, "make-whole") == [("2001-03-30", "A", "63163356.16"), ("2001-03-30", "B", "31581678.08")]


def test_wdr5_who_has_nothing_left_is_owed_nothing():
    over = course(110, ("2000-06-01", 170))
    events = cn.WithdrawalNotice("2000-06-28", "2000-07-28"), cn.Convert("2000-07-05", 230_000_000, holder="B")
    assert by_holder(play(*events, over=over, positions=TWO), "make-whole") == [("2000-07-28", "A", "94875000.00")]


def test_red_each_holder_is_redeemed_and_what_he_converted_is_not():
    call = cn.RedemptionNotice("2003-05-01", "2003-06-02")
    ledger = play(call, cn.Convert("2003-05-15", 230_000_000, holder="B"), positions=TWO)
    # 460,000 x 1019.965753…
    assert by_holder(ledger, "redemption") == [("2003-06-02", "A", "469184246.58")]
    assert ledger.state.status is cn.Status.REDEEMED


def test_red4_one_with_nothing_left_is_not_drawn():
    call = cn.RedemptionNotice("2003-05-01", "2003-06-02", 100_000_000)
    ledger = play(cn.Convert("2001-03-01", 230_000_000, holder="B"), call, positions=TWO)
    assert [(e.holder, int(e.principal)) for e in ledger.of_kind("redemption")] == [("A", 100_000_000)]


def test_def_each_holder_is_paid_late():
    ledger = play(
        cn.MissedPayment("2003-02-16"), cn.Convert("2003-03-03", 230_000_000, holder="B"), cn.Cure("2003-03-10"), positions=TWO
    )
    assert by_holder(ledger, "late-interest") == [("2003-03-10", "A", "31625000.00")]


def test_interest_paid_is_told_by_holder():
    state = play(positions=TWO, until="2001-12-31").state
    # 31,711,643.84 / 460,000 and 15,855,821.92 / 230,000: what was paid, not what accrued.
    assert {name: paid.quantize(Decimal("1e-9")) for name, paid in state.interest_paid.items()} == {
        "A": Decimal("68.938356174"),
        "B": Decimal("68.938356174"),
    }
    assert play(until="2001-12-31").state.interest_paid.quantize(Decimal("1e-9")) == Decimal("68.938356159")
    assert play(until="2001-02-15").state.interest_paid == 0


@pytest.mark.parametrize(
    "event",
    [
        cn.Convert("2001-03-01", 1000, holder="C"),
        cn.Convert("2001-03-01", 1000),
        cn.RepurchaseElection("2001-03-01", 1000),
        cn.RepurchaseElectionWithdrawal("2001-03-01", 1000, holder="C"),
        cn.Split("2001-03-01", 2, 1, holder="C"),
    ],
)
def test_who_it_is_must_be_said_where_there_are_several(event):
    with pytest.raises(cn.LifecycleError, match=r"holders are A, B") as error:
        play(event, positions=TWO)
    assert error.value.rule in ("CNV-1", "FCH-1", "CNV-6", "ADJ-1")


def test_one_named_holder_need_not_be_named():
    ledger = play(cn.Convert("2001-03-01", 1000), cn.Convert("2001-03-01", 1000, holder="A"), positions={"A": ISSUE})
    # Added up, for it is one holder: 2000 / 84.883 = 23.5618… shares.
    [conversion] = ledger.of_kind("conversion")
    assert (conversion.holder, conversion.shares, conversion.principal) == ("A", 23, 2000)


def test_a_name_in_the_undivided_issue_says_whose_surrender_it_is():
    ledger = play(cn.Convert("2001-03-01", 1000, holder="A"), cn.Convert("2001-03-01", 2000, holder="B"))
    assert [(e.holder, int(e.principal)) for e in ledger.of_kind("conversion")] == [("A", 1000), ("B", 2000)]
    assert list(ledger.state.positions) == ["issue"]
    assert money(ledger, "maturity") == [("2010-02-16", "689997000.00")]


@pytest.mark.parametrize(
    ("positions", "words"),
    [
        ({"A": 689_999_000}, "ID-2"),
        ({"A": 690_000_000, "B": 1000}, "ID-2"),
        ({}, "ID-2"),
        ({"A": 689_999_500, "B": 500}, "ID-4"),
        ({"A": 690_000_000, "B": 0}, "ID-4"),
        ({"": 690_000_000}, "name"),
        ({1: 690_000_000}, "name"),
        ([690_000_000], "by holder"),
    ],
)
def test_id2_positions_add_up_to_the_issue_in_whole_notes(positions, words):
    with pytest.raises(cn.TermsError, match=words):
        cn.replay(NOTE, LOW, positions=positions)


def test_id4_all_positions_that_are_wrong_are_named_at_once():
    with pytest.raises(cn.TermsError) as error:
        cn.replay(NOTE, LOW, positions={"A": 1500, "B": -1000})
    assert len(error.value.faults) == 2
