"""Section 9 of the underwriting agreement: worked examples, each with its arithmetic (OFF-3, OFF-17)."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal

import pytest

import convnote as cn

OFFERING = cn.offering("amazon-peacs-2010")
MS, CSFB, DLJ = OFFERING.underwriters


def million(amount: str) -> Decimal:
    return Decimal(amount) * 1_000_000


def test_a_default_is_taken_up_in_proportion_to_the_takers_amounts() -> None:
    # 61,336,000 x 414/552 = 46,002,000 and x 138/552 = 15,334,000; a ninth is 46,000,000 and 15,333,333.33
    found = OFFERING.allocate({CSFB: 61_336_000})
    assert found.take_up == {MS: million("46.002"), DLJ: million("15.334")}
    assert found.needs_consent == (MS, DLJ)
    assert found.limits[MS] == million("46") and found.limits[DLJ] == Decimal("15333333.33333333333333333333333333")
    assert found.purchased == {MS: million("460.002"), CSFB: million("76.664"), DLJ: million("153.334")}
    assert (found.defaulted, found.unplaced, found.terminates) == (million("61.336"), 0, False)


def test_at_one_ninth_after_rounding_nobody_needs_to_consent() -> None:
    # 45,999,750 and 15,333,250 become 46,000,000 and 15,333,000 by largest remainder
    found = OFFERING.allocate({CSFB: 61_333_000})
    assert found.take_up == {MS: million("46"), DLJ: million("15.333")} and found.needs_consent == ()
    assert found.shares == {MS: million("45.99975"), DLJ: million("15.33325")}


def test_exactly_one_tenth_does_not_end_the_agreement() -> None:
    at, above = OFFERING.allocate({CSFB: 69_000_000}), OFFERING.allocate({CSFB: 69_001_000})
    assert not at.terminates and sum(at.take_up.values()) == million("69")
    assert above.terminates
    assert (above.take_up, above.purchased, above.needs_consent, above.unplaced) == ({}, {}, (), million("69.001"))
    assert above.arranged_by == datetime(2000, 2, 17, 22, 0) and above.closing_by == date(2000, 2, 23)
    assert "the agreement ends unless arrangements are made by 2000-02-17 22:00" in above.explain()


def test_exactly_one_ninth_needs_no_consent() -> None:
    offering = dataclasses.replace(OFFERING, underwriters={"A": 9_000, "B": 1_000, "C": 90_000})
    # B's 1,000 goes to A by the manager's proportions: exactly a ninth of 9,000
    assert offering.allocate({"B": 1_000}, proportions={"A": 1}).needs_consent == ()
    smaller = dataclasses.replace(offering, underwriters={"A": 8_000, "B": 1_000, "C": 91_000})
    assert smaller.allocate({"B": 1_000}, proportions={"A": 1}).needs_consent == ("A",)


def test_the_stricter_of_the_exact_and_the_rounded_increase_counts() -> None:
    # 2,000 over 10,000 and 17,000: 740.74 and 1,259.26, rounded 1,000 and 1,000; a ninth is 1,111.11 and 1,888.89
    offering = dataclasses.replace(OFFERING, underwriters={"A": 10_000, "B": 17_000, "C": 2_000})
    assert dataclasses.replace(offering, default_tenth=1).allocate({"C": 2_000}).needs_consent == ()
    # by equal weights 1,500 and 500, a tie of remainders: 2,000 for A, who is above before and after rounding
    equal = dataclasses.replace(offering, default_tenth=1).allocate({"C": 2_000}, proportions={"A": 3, "B": 1})
    assert equal.take_up == {"A": 2_000, "B": 0} and equal.needs_consent == ("A",)
    # 1,112 exact is above 1,111.11, though 1,000 after rounding is not
    exact = dataclasses.replace(offering, default_tenth=1).allocate({"C": 2_000}, proportions={"A": 1_112, "B": 888})
    assert exact.take_up == {"A": 1_000, "B": 1_000} and exact.needs_consent == ("A",)


def test_consent_refused_binds_to_one_ninth_and_the_rest_is_unplaced() -> None:
    found = OFFERING.allocate({CSFB: 61_336_000}, consents=[MS])
    assert found.take_up == {MS: million("46.002"), DLJ: million("15.333")}  # whole Notes within 15,333,333.33
    assert found.unplaced == 1_000 and found.needs_consent == (MS, DLJ)
    assert sum(found.purchased.values()) == OFFERING.amount - 1_000
    assert found.warnings and "1,000 is unplaced" in found.warnings[0]
    both = OFFERING.allocate({CSFB: 61_336_000}, consents=[])
    assert both.take_up == {MS: million("46"), DLJ: million("15.333")} and both.unplaced == 3_000


def test_who_refuses_keeps_the_rounded_part_if_that_is_less() -> None:
    offering = dataclasses.replace(OFFERING, underwriters={"A": 10_000, "B": 17_000, "C": 2_000}, default_tenth=1)
    refused = offering.allocate({"C": 2_000}, proportions={"A": 1_112, "B": 888}, consents=())
    assert refused.take_up == {"A": 1_000, "B": 1_000} and refused.unplaced == 0


def test_ties_go_in_the_order_of_schedule_one() -> None:
    offering = dataclasses.replace(OFFERING, underwriters={"A": 30_000, "B": 30_000, "C": 3_000})
    assert offering.allocate({"C": 3_000}).take_up == {"A": 2_000, "B": 1_000}
    turned = dataclasses.replace(OFFERING, underwriters={"B": 30_000, "A": 30_000, "C": 3_000})
    assert turned.allocate({"C": 3_000}).take_up == {"B": 2_000, "A": 1_000}


def test_one_who_defaults_in_part_takes_nothing() -> None:
    found = OFFERING.allocate({CSFB: 1_000, DLJ: "2000"})
    assert found.take_up == {MS: 3_000} and found.defaulted == 3_000
    assert found.purchased == {MS: million("414.003"), CSFB: million("137.999"), DLJ: million("137.998")}


def test_where_all_default_in_part_all_is_unplaced_and_the_agreement_goes_on() -> None:
    found = OFFERING.allocate({MS: 1_000, CSFB: 1_000, DLJ: 1_000})
    assert not found.terminates and found.take_up == {} and found.unplaced == 3_000
    assert found.warnings and "every underwriter defaulted in part" in found.warnings[0]
    assert OFFERING.allocate({MS: 414_000_000, CSFB: 138_000_000, DLJ: 138_000_000}).warnings == ()


def test_the_manager_names_other_proportions() -> None:
    found = OFFERING.allocate({CSFB: 4_000}, proportions={DLJ: "1/3"})
    assert found.take_up == {MS: 0, DLJ: 4_000}


def test_no_default_leaves_all_as_it_was() -> None:
    for defaults in ({}, {CSFB: 0}):
        found = OFFERING.allocate(defaults)
        assert found.defaulted == found.unplaced == 0 and not found.terminates and found.closing_by == date(2000, 2, 16)
        assert found.purchased == OFFERING.underwriters and set(found.take_up.values()) == {0}


def test_the_table_of_an_allocation_has_each_name_with_its_ninth() -> None:
    table = OFFERING.allocate({CSFB: 61_336_000}).table()
    assert table.columns == ("name", "amount", "default", "share", "one_ninth", "take_up", "consent", "purchased", "rule")
    taken, ninth = million("46.002"), million("46")
    assert table.rows[0] == (MS, million("414"), None, taken, ninth, taken, "needed", million("460.002"), "OFF-3")
    assert table.rows[1][2:7] == (million("61.336"), None, None, None, None)
    assert table.title == "61,336,000 defaulted on, 0 unplaced (OFF-3)"


def test_an_allocation_shows_its_warnings_below_the_table() -> None:
    found = OFFERING.allocate({CSFB: 61_336_000}, consents=[MS])
    assert found.warnings[0] in repr(found) and found.warnings[0] in found._repr_html_()
    assert found.rules == ("OFF-3", "OFF-17")


@pytest.mark.parametrize("name", [CSFB, DLJ])
def test_consent_is_needed_from_the_first_note_above_a_ninth(name: str) -> None:
    # Morgan Stanley's ninth is reached at 61,333,333.33 of one of the others
    assert OFFERING.allocate({name: 61_333_000}).needs_consent == ()
    assert OFFERING.allocate({name: 61_334_000}).needs_consent != ()
    # 30,666,666.67 of Morgan Stanley's: halves of it to the other two
    assert OFFERING.allocate({MS: 30_666_000}).needs_consent == ()
    assert OFFERING.allocate({MS: 30_667_000}).needs_consent == (CSFB, DLJ)
