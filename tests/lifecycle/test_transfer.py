"""Transfers: Notes that change hands, whose the coupon is then, and what goes with the Notes (LIF-1)."""

import dataclasses

import pytest

import convnote as cn

from .walk import NOTE, by_holder, course, money, play

TWO = {"A": 460_000_000, "B": 230_000_000}


def sold(on, principal=100_000_000, holder="A", to="B"):
    return cn.Transfer(on, principal, holder=holder, to=to)


def held(ledger):
    return {name: int(position.outstanding) for name, position in ledger.state.positions.items()}


def test_lif1_notes_move_between_positions_and_to_a_new_holder():
    ledger = play(sold("2001-03-01"), sold("2001-03-02", to="C"), positions=TWO, until="2001-12-31")
    assert held(ledger) == {"A": 260_000_000, "B": 330_000_000, "C": 100_000_000}
    assert [
        (str(entry.date), entry.holder, entry.principal, entry.cash, entry.rules) for entry in ledger.of_kind("transfer")
    ] == [
        ("2001-03-01", "A", 0, 0, ("LIF-1",)),
        ("2001-03-02", "A", 0, 0, ("LIF-1",)),
    ]
    # C is a holder like the others, and is paid the next coupon: 6.875% of 100m for 365 days.
    later = play(sold("2001-03-02", to="C"), positions=TWO, until="2002-02-16")
    assert ("2002-02-16", "C", "6875000.00") in by_holder(later, "coupon")


@pytest.mark.parametrize(
    ("on", "of_record"), [("2001-02-01", 360_000_000), ("2001-02-02", 460_000_000), ("2001-02-15", 460_000_000)]
)
def test_lif1_the_coupon_of_a_past_record_date_stays_with_the_seller(on, of_record):
    # The register is read at the close of 1 February, so a sale on that day takes the coupon along.
    coupon = {holder: cash for _, holder, cash in by_holder(play(sold(on), positions=TWO, until="2001-02-16"), "coupon")}
    expected = {360_000_000: "24817808.22", 460_000_000: "31711643.84"}  # x 0.06875 x 366/365
    assert coupon["A"] == expected[of_record]


def test_lif1_who_surrenders_in_the_window_pays_in_whoever_got_the_coupon():
    ledger = play(sold("2001-02-05"), cn.Convert("2001-02-06", 330_000_000, holder="B"), positions=TWO, until="2001-02-16")
    # 330,000 x 68.938356… paid in; A is paid on 460m, B on the 230m of record
    assert by_holder(ledger, "interest-paid-in", "coupon") == [
        ("2001-02-06", "B", "-22749657.53"),
        ("2001-02-16", "A", "31711643.84"),
        ("2001-02-16", "B", "15855821.92"),
    ]


def test_red6_a_redemption_in_the_window_takes_the_coupon_from_the_seller_of_record():
    # All is called for 10 February 2004; A sells 100m on the 5th. The price bears 359 days, and nobody is paid a coupon.
    call = cn.RedemptionNotice("2004-01-05", "2004-02-10")
    ledger = play(call, sold("2004-02-05"), positions=TWO)
    assert by_holder(ledger, "redemption") == [
        ("2004-02-10", "A", "384343150.68"),  # 360m x (1 + 0.06875 x 359/365)
        ("2004-02-10", "B", "352314554.79"),  # 330m
    ]
    assert [day for day, *_ in by_holder(ledger, "coupon")][-1].startswith("2003")
    # Only B's Notes are redeemed: A keeps the coupon on what A held of record and still holds, 360m of 460m.
    part = play(cn.Transfer("2004-02-05", 100_000_000, holder="A", to="C"), positions=TWO, until="2004-02-20")
    assert by_holder(part, "coupon")[-2:] == [("2004-02-16", "A", "31625000.00"), ("2004-02-16", "B", "15812500.00")]


def test_red6_only_the_part_that_is_redeemed_loses_its_coupon():
    # A change of 2 January 2004, noticed on the 11th: repurchase on 10 February, inside the window. C, who bought 100m from A
    # on the 5th, has elected; A is paid the coupon on 460m of record less those 100m.
    change = cn.FundamentalChange("2004-01-02"), cn.FundamentalChangeNotice("2004-01-11")
    elected = cn.RepurchaseElection("2004-02-06", 100_000_000, holder="C")
    ledger = play(*change, sold("2004-02-05", to="C"), elected, positions=TWO, until="2004-02-20")
    # 100m x (1 + 0.06875 x 359/365)
    assert by_holder(ledger, "repurchase") == [("2004-02-10", "C", "106761986.30")]
    assert by_holder(ledger, "coupon")[-2:] == [("2004-02-16", "A", "24750000.00"), ("2004-02-16", "B", "15812500.00")]


@pytest.mark.parametrize(
    ("first", "moved"), [("free", {"A": 160_000_000, "B": 0}), ("committed", {"A": 60_000_000, "B": 100_000_000})]
)
def test_lif1_which_notes_go_first_is_a_setting(first, moved):
    note = dataclasses.replace(NOTE, principal=dataclasses.replace(NOTE.principal, transferred_first=first))
    change = cn.FundamentalChange("2001-06-01"), cn.FundamentalChangeNotice("2001-06-01")
    elected = cn.RepurchaseElection("2001-06-10", 160_000_000, holder="A")
    state = play(*change, elected, sold("2001-06-15"), note=note, positions=TWO, until="2001-06-20").state
    assert {name: sum(position.elected.values()) for name, position in state.positions.items()} == moved


def test_lif1_what_is_called_goes_with_the_notes():
    # All is called: whatever is sold is called, and paid to the buyer. 100m x (1 + 0.06875 x 104/365) to 31 May 2003
    call = cn.RedemptionNotice("2003-05-01", "2003-05-31")
    ledger = play(call, sold("2003-05-15", to="C"), positions=TWO)
    assert by_holder(ledger, "redemption")[-1] == ("2003-05-31", "C", "101958904.11")


def test_wdr4_what_was_paid_on_the_notes_goes_with_them():
    # C buys in the window of the first coupon. It was paid on C's Notes too, to A: 206.25 - 68.938356… is left to each.
    over = course(110, ("2000-06-01", 170))
    notice = cn.WithdrawalNotice("2001-02-28", "2001-03-30")
    for on in ("2001-02-05", "2001-02-20"):
        ledger = play(sold(on, to="C"), notice, over=over, positions=TWO)
        # 100,000 x (206.25 - 31,711,643.84 / 460,000)
        assert by_holder(ledger, "make-whole")[-1] == ("2001-03-30", "C", "13731164.38")
        assert money(ledger, "make-whole") == [
            ("2001-03-30", "49432191.78"),  # 360,000 of the same
            ("2001-03-30", "31581678.08"),
            ("2001-03-30", "13731164.38"),
        ]


def test_lif1_a_sale_there_and_back_changes_nothing():
    for days in (("2001-02-05", "2001-02-06"), ("2001-03-05", "2001-06-06")):
        back = play(sold(days[0], to="C"), sold(days[1], holder="C", to="A"), positions=TWO, until="2003-02-16")
        plain = play(positions=TWO, until="2003-02-16")
        assert by_holder(back, "coupon") == by_holder(plain, "coupon")
        assert back.state.positions["A"].bought == {} and back.state.positions["C"].outstanding == 0
        assert back.state.positions["A"] == plain.state.positions["A"]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (sold("2001-03-01", 460_001_000), "460,001,000 is more than the 460,000,000 that A holds"),
        (sold("2001-03-01", 1_500), "multiples of 1000, not 1500"),
        (sold("2001-03-01", to="A"), "'A' is the seller"),
        (sold("2001-03-01", holder="D"), "'D' holds no Notes"),
        (cn.Transfer("2001-03-01", 1_000, to="B"), "a holder must be named"),
    ],
)
def test_lif1_what_is_not_there_is_not_sold(event, words):
    with pytest.raises(cn.LifecycleError, match=words) as error:
        play(event, positions=TWO)
    assert error.value.rule == "LIF-1"


def test_lif1_where_holders_are_not_told_apart_only_the_issue_itself_sells():
    with pytest.raises(cn.LifecycleError, match="does not distinguish holders"):
        play(sold("2001-03-01"))
    ledger = play(cn.Transfer("2001-03-01", 1_000_000, to="B"), until="2001-03-01")
    assert held(ledger) == {"issue": 689_000_000, "B": 1_000_000}


def test_a_transfer_is_read_from_a_file_and_needs_a_buyer():
    table = {"kind": "Transfer", "on": "2001-03-01", "principal": 1000, "holder": "A", "to": "B"}
    assert cn.lifecycle.events.from_table(table) == sold("2001-03-01", 1000)
    with pytest.raises(cn.TermsError, match=r"Transfer.to: this is required"):
        cn.lifecycle.events.from_table({key: value for key, value in table.items() if key != "to"})
    with pytest.raises(cn.TermsError, match=r"Transfer.to: got ''; expected a holder's name"):
        sold("2001-03-01", to="")


def test_def3c_a_buyer_is_paid_the_coupon_that_was_missed_before_the_sale():
    # The coupon of 2004 is missed; A sells all on 1 June; all is accelerated in July and paid on 1 September.
    events = (
        cn.MissedPayment("2004-02-16"),
        sold("2004-06-01", 460_000_000, to="C"),
        cn.Acceleration("2004-07-01"),
        cn.Cure("2004-09-01", "principal"),
    )
    paid = by_holder(play(*events, positions=TWO), "accelerated", "late-interest", "coupon")
    # 460m x (1 + 0.06875 x 563/365) and 230m likewise: 16 February 2003 to 1 September 2004 is 365 + 198 days.
    assert [each for each in paid if each[0] > "2004"] == [
        ("2004-09-01", "B", "254390239.73"),
        ("2004-09-01", "C", "508780479.45"),
    ]
