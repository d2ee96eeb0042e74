"""The offering as it was: price, closing, lock-up, contribution, days, cost (OFF-1…OFF-18)."""

from __future__ import annotations

import dataclasses
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from scipy.optimize import brentq

import convnote as cn

OFFERING = cn.offering("amazon-peacs-2010")
MS, CSFB, DLJ = OFFERING.underwriters


def test_off1_off2_what_was_sold_and_at_which_price() -> None:
    assert OFFERING.underwriters == {MS: 414_000_000, CSFB: 138_000_000, DLJ: 138_000_000}
    assert MS == "Morgan Stanley & Co. International Limited"
    assert (OFFERING.agreement_date, OFFERING.closing_date) == (date(2000, 2, 11), date(2000, 2, 16))
    assert (OFFERING.purchase_price, OFFERING.offering_price) == (Decimal("0.975"), 1)
    assert OFFERING.note == cn.load("amazon-peacs-2010") and OFFERING.amount == 690_000_000
    assert OFFERING.purchase().total == 672_750_000  # 690,000,000 x 97.5%


def test_off5_interest_to_a_late_closing_is_rounded_for_each_underwriter() -> None:
    # 414,000,000 x 0.06875 x 7/365 = 545,856.164…; 138,000,000 x … = 181,952.054…, twice
    late = OFFERING.purchase("2000-02-23", after_default=True)
    assert late.accrued == Decimal("545856.16") + 2 * Decimal("181952.05") == Decimal("909760.26")
    assert OFFERING.purchase("2000-02-23", MS, after_default=True).accrued == Decimal("545856.16")
    assert OFFERING.purchase("2000-02-11").accrued == 0  # before the issue date


def test_off1_closing_is_earlier_never_later_but_after_a_default() -> None:
    assert OFFERING.purchase("2000-02-15").closing == date(2000, 2, 15)
    for closing, after_default in (("2000-02-10", False), ("2000-02-17", False), ("2000-02-24", True), ("2000-02-10", True)):
        with pytest.raises(cn.TermsError) as refusal:
            OFFERING.purchase(closing, after_default=after_default)
        assert (refusal.value.rule, refusal.value.field) == ("OFF-1", "offering.purchase closing")
        assert str(refusal.value.value) == closing


def test_what_is_bought_after_a_default_is_paid() -> None:
    found = OFFERING.allocate({CSFB: 61_336_000}, consents=[])
    paid = OFFERING.purchase("2000-02-18", allocation=found, after_default=True)
    assert paid.principal == 690_000_000 - 3_000
    # 76,664,000 x 97.5% and x 0.06875 x 2/365 = 28,880.273…
    assert paid.payments[CSFB] == (76_664_000, 74_747_400, Decimal("28880.27"), Decimal("74776280.27"))
    assert OFFERING.purchase(underwriter=CSFB, allocation=found).total == 74_747_400
    whole = OFFERING.allocate({CSFB: 138_000_000 // 2})
    assert OFFERING.purchase(allocation=whole).principal == 690_000_000


def test_off3_nothing_is_bought_under_an_agreement_that_ends() -> None:
    ended = OFFERING.allocate({CSFB: 138_000_000})
    for ask in (lambda: OFFERING.purchase(allocation=ended), lambda: OFFERING.contribution(1, allocation=ended)):
        with pytest.raises(cn.TermsError, match=r"OFF-3.*138000000; nothing is bought under an agreement that ends"):
            ask()
    other = dataclasses.replace(OFFERING, underwriters={"A": 1_000}).allocate({})
    with pytest.raises(cn.TermsError, match=r"OFF-3.*expected an allocation of this offering"):
        OFFERING.purchase(allocation=other)


def test_off18_the_spread() -> None:
    assert OFFERING.gross_spread == 17_250_000  # 690,000,000 x 2.5%
    assert dataclasses.replace(OFFERING, purchase_price=1).gross_spread == 0
    assert dataclasses.replace(OFFERING, purchase_price="39/40") == OFFERING


# --- lock-up ----------------------------------------------------------------------------------------------------------

INSIDE = "2000-03-01"
LOCK_UP: list[tuple[str, str, dict[str, Any], bool]] = [
    ("sale", "2000-02-11", {}, True),
    ("sale", "2000-02-12", {}, False),
    ("sale", "2000-05-11", {}, False),
    ("sale", "2000-05-12", {}, True),
    ("sale", INSIDE, {"consent": True}, True),
    ("sale", INSIDE, {"bound": True, "approved": True, "shares": 1}, False),
    ("exercise", INSIDE, {"outstanding_since": "2000-02-11"}, True),
    ("exercise", INSIDE, {"outstanding_since": "2000-02-12"}, False),
    ("exercise", INSIDE, {}, False),
    ("conversion", INSIDE, {"outstanding_since": date(1999, 2, 3)}, True),
    ("conversion", INSIDE, {"outstanding_since": "2000-02-16"}, False),  # the Notes themselves
    ("grant", INSIDE, {"exercisable": "2000-05-12"}, True),
    ("grant", INSIDE, {"exercisable": "2000-05-11"}, False),
    ("grant", INSIDE, {}, False),
    ("acquisition", INSIDE, {"bound": True}, True),
    ("acquisition", INSIDE, {}, False),
    ("group sale", INSIDE, {"approved": True, "shares": 600_000}, True),
    ("group sale", INSIDE, {"approved": True, "shares": 600_001}, False),
    ("group sale", INSIDE, {"approved": True, "shares": 1, "disposed": 599_999}, True),
    ("group sale", INSIDE, {"approved": True, "shares": 1, "disposed": 600_000}, False),
    ("group sale", INSIDE, {"shares": 1}, False),
    ("group sale", INSIDE, {"disposed": 600_000, "approved": True}, True),
]


@pytest.mark.parametrize(("kind", "on", "asked", "allowed"), LOCK_UP)
def test_off4_the_lock_up(kind: str, on: str, asked: dict[str, Any], allowed: bool) -> None:
    assert OFFERING.lock_up.allows(kind, on, **asked) is allowed


def test_off4_the_period() -> None:
    lock_up = OFFERING.lock_up
    assert (lock_up.start, lock_up.end) == (date(2000, 2, 12), date(2000, 5, 11))
    assert (lock_up.first_free_day, lock_up.group_shares) == (date(2000, 5, 12), 600_000)
    later = dataclasses.replace(OFFERING, prospectus_date="2000-02-14").lock_up
    assert later.end == date(2000, 5, 14)
    assert dataclasses.replace(lock_up, days=180).end == date(2000, 8, 9)
    assert ("last restricted day", date(2000, 5, 11), "OFF-4") in lock_up.table().rows
    assert "first free day" in lock_up._repr_html_()


# --- contribution -----------------------------------------------------------------------------------------------------


def test_off12_a_loss_is_shared_by_what_each_side_received() -> None:
    found = OFFERING.contribution(1_000_000)
    # 25,000 by 414 : 138 : 138
    assert (found.company, found.underwriters, found.uncovered) == (975_000, {MS: 15_000, CSFB: 5_000, DLJ: 5_000}, 0)


def test_off12_no_underwriter_pays_more_than_it_resold_for() -> None:
    paid = {CSFB: 137_999_000, DLJ: 150_000_000}
    found = OFFERING.contribution(1_000_000, otherwise_paid=paid)
    assert found.underwriters == {MS: 15_000, CSFB: 1_000, DLJ: 0} and found.uncovered == 9_000
    at_the_limit = OFFERING.contribution(1_000_000, otherwise_paid={CSFB: 137_995_000})
    assert at_the_limit.underwriters[CSFB] == 5_000 and at_the_limit.uncovered == 0


def test_off12_after_a_default_by_what_was_purchased() -> None:
    found = OFFERING.contribution(690_000, allocation=OFFERING.allocate({CSFB: 69_000_000}))
    # 17,250 by 465,750,000 : 69,000,000 : 155,250,000
    assert found.underwriters == {MS: Decimal("11643.75"), CSFB: 1_725, DLJ: Decimal("3881.25")}


# --- days and cost ----------------------------------------------------------------------------------------------------


def test_the_timetable() -> None:
    rows = [(str(row.date), row.time, row.kind, row.rule) for row in OFFERING.timetable()]
    assert rows == [
        ("2000-02-08", None, "comfort cut-off", "OFF-6"),
        ("2000-02-11", None, "agreement", "OFF-1"),
        ("2000-02-14", time(10), "prospectus delivery", "OFF-6"),
        ("2000-02-14", None, "certificates request", "OFF-6"),
        ("2000-02-16", time(10), "closing", "OFF-1"),
        ("2000-02-17", time(22), "arrangement", "OFF-3"),
        ("2000-02-23", None, "latest closing", "OFF-3"),
        ("2000-05-11", None, "lock-up end", "OFF-4"),
        ("2001-05-15", None, "earning statement", "OFF-9"),
    ]
    table = OFFERING.timetable().table()
    assert table.rows[4][:3] == (date(2000, 2, 16), "10:00", "closing") and table.rows[0][1] is None
    assert "latest closing" in OFFERING.timetable()._repr_html_() and "22:00" in repr(OFFERING.timetable())


@pytest.mark.parametrize(
    ("signed", "due"),
    [
        ("2000-02-11", "2001-05-15"),  # from 2000-04-01 to 2001-03-31, and 45 days
        ("2000-03-31", "2001-05-15"),
        ("2000-04-01", "2001-08-14"),  # that quarter has begun: from 2000-07-01
        ("2000-07-15", "2001-12-29"),  # from 2000-10-01, the last quarter of a year: 90 days
        ("2000-10-01", "2002-02-14"),  # from 2001-01-01
    ],
)
def test_off9_the_earning_statement(signed: str, due: str) -> None:
    offering = dataclasses.replace(OFFERING, agreement_date=signed, closing_date="2000-12-01")
    (row,) = [row for row in offering.timetable() if row.kind == "earning statement"]
    assert str(row.date) == due


def test_off9_another_fiscal_year() -> None:
    # years from July: the quarter from 2000-04-01 is the last of one
    offering = dataclasses.replace(OFFERING, fiscal_year_month=7)
    (row,) = [row for row in offering.timetable() if row.kind == "earning statement"]
    assert row.date == date(2001, 6, 29)


@pytest.mark.parametrize(
    ("closing", "asked"),
    [("2000-02-16", "2000-02-14"), ("2000-02-22", "2000-02-17"), ("2000-02-18", "2000-02-16")],
)
def test_off6_one_whole_business_day_lies_between_request_and_closing(closing: str, asked: str) -> None:
    # 2000-02-21 is Washington's Birthday
    rows = {row.kind: row.date for row in dataclasses.replace(OFFERING, closing_date=closing).timetable()}
    assert str(rows["certificates request"]) == asked


def test_the_all_in_cost_discounts_all_payments_to_the_proceeds() -> None:
    def worth(rate: float, proceeds: float) -> float:
        coupons = (68.75 * (366 if (2000 + year) % 4 == 1 else 365) / 365 / (1 + rate) ** year for year in range(1, 11))
        return sum(coupons) + 1000 / (1 + rate) ** 10 - proceeds

    assert OFFERING.all_in_cost() == pytest.approx(brentq(worth, 0, 1, args=(975,)), abs=1e-10)
    assert OFFERING.all_in_cost(6_900_000) == pytest.approx(brentq(worth, 0, 1, args=(965,)), abs=1e-10)
    assert OFFERING.all_in_cost("6_900_000".replace("_", "")) == OFFERING.all_in_cost(Fraction(6_900_000))


@pytest.mark.parametrize("expenses", [-1, 672_750_000, 700_000_000, "x"])
def test_expenses_leave_proceeds(expenses: Any) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        OFFERING.all_in_cost(expenses)
    assert (refusal.value.field, refusal.value.rule) == ("offering.all_in_cost expenses", "OFF-10")


# --- how it shows itself ----------------------------------------------------------------------------------------------


def test_where_rules_come_from() -> None:
    said = {rule: OFFERING.authority(rule) for rule in OFFERING.RULES}
    assert said["OFF-2"] == said["OFF-3"] == said["OFF-13"] == "agreement"
    assert said["OFF-1"] == said["OFF-4"] == said["OFF-5"] == said["OFF-6"] == "agreement+convention"
    assert said["OFF-9"] == "agreement+by-laws" and said["OFF-17"] == said["OFF-18"] == "convention"
    stated = dataclasses.replace(OFFERING, sources={**OFFERING.sources, "prospectus_date": "cover"})
    assert stated.authority("OFF-4") == "cover+agreement"


def test_the_table_has_settings_schedule_and_lines() -> None:
    rows = OFFERING.table().rows
    assert ("sale", "increase_ninth", "1/9", "OFF-3", "agreement") in rows
    assert ("lock_up", "days", "90", "OFF-4", "agreement") in rows
    assert ("underwriters", MS, "414,000,000", "OFF-2", "agreement") in rows
    assert ("conditions", "5(h)", "shares approved for listing on the Nasdaq National Market", "OFF-7", "agreement") in rows
    assert len([row for row in rows if row[3] == "OFF-7"]) == 9 and len([row for row in rows if row[3] == "OFF-15"]) == 11
    assert "Underwriting agreement" in str(OFFERING) and "<table>" in OFFERING._repr_html_()
    assert repr(OFFERING) == "Offering('amazon-peacs-2010')"


def test_payments_and_contributions_show_themselves() -> None:
    whole = OFFERING.purchase()
    assert whole.table().rows[-1] == ("total", 690_000_000, 672_750_000, 0, 672_750_000)
    assert [row[0] for row in OFFERING.purchase(underwriter=MS).table().rows] == [MS]
    assert "672,750,000.00" in repr(whole) and "672,750,000.00" in whole._repr_html_()
    found = OFFERING.contribution(1_000_000)
    assert found.table().rows[0] == ("the Company", 975_000, "OFF-12") and found.table().rows[-1][0] == "uncovered"
    assert "A loss of 1,000,000" in repr(found) and "uncovered" in found._repr_html_()
