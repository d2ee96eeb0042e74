"""Two option grants, worked by hand (OPT-1…OPT-11)."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import convnote as cn

LETTER, REPORTED = cn.grant("amazon-1994"), cn.grant("amazon-2004")
#: The letter with a schedule of four equal years, which the paper does not print.
FOUR_YEARS = dataclasses.replace(LETTER, vesting=[(f"{year}-10-24", "0.25") for year in range(1995, 1999)])
SIZED = dataclasses.replace(REPORTED, shares=200_000)


def test_opt1_the_letter() -> None:
    assert (LETTER.grant_date, LETTER.shares, LETTER.exercise_price) == (date(1994, 10, 24), 709_568, Decimal("0.001471"))
    assert LETTER.aggregate_price == Decimal("1043.774528")  # 709,568 x 0.001471
    assert (LETTER.vesting, LETTER.instalments(), LETTER.remainder) == ((), (), "unvested")


def test_opt2_the_form() -> None:
    assert (REPORTED.shares, REPORTED.aggregate_price, REPORTED.exercise_price) == (None, None, Decimal("7.93"))
    assert len(REPORTED.vesting) == 16 and REPORTED.vesting[0] == (date(2003, 7, 1), Decimal("0.05"))
    assert REPORTED.vesting[-1][0] == date(2007, 4, 1)
    assert REPORTED.vested_share("2004-11-29") == Decimal("0.3")
    assert REPORTED.vested_share("2007-04-01") == Decimal("0.8")
    assert [row.shares for row in REPORTED.instalments()] == [None] * 16
    assert (REPORTED.expiry, REPORTED.exercised_shares, REPORTED.held_after) == (date(2011, 9, 6), 10_000, 40_000)


@pytest.mark.parametrize(
    ("on", "shares"), [("2003-06-30", 0), ("2003-07-01", 10_000), ("2007-03-31", 150_000), ("2007-04-01", 160_000)]
)
def test_opt3_vested_shares(on: str, shares: int) -> None:
    assert SIZED.vested(on) == shares


def test_opt3_the_remainder() -> None:
    last = dataclasses.replace(SIZED, remainder="last")
    assert SIZED.vested("2010-01-01") == 160_000 and last.vested("2010-01-01") == 200_000
    assert last.vested("2007-03-31") == 150_000
    assert last.instalments()[-1][1:3] == (Decimal("0.25"), 50_000)


def test_opt3_instalments_lose_no_share() -> None:
    thirds = dataclasses.replace(LETTER, shares=10, vesting=[(f"{year}-10-24", Fraction(1, 3)) for year in (1995, 1996, 1997)])
    assert [row.shares for row in thirds.instalments()] == [3, 3, 4]  # 3.33, 6.67 and 10
    assert thirds.vested_share("1997-10-24") == 1
    assert thirds.vested_share("1996-10-24") == Decimal("0.6666666666666666666666666666666667")


def test_opt4_each_instalment_of_the_letter_ends_on_its_fifth_anniversary() -> None:
    assert FOUR_YEARS.instalments()[0].expires == date(2000, 10, 24)
    assert FOUR_YEARS.exercisable("2000-10-24") == 709_568
    assert FOUR_YEARS.exercisable("2000-10-25") == 709_568 * 3 // 4
    assert FOUR_YEARS.exercisable("2003-10-24") == 709_568 // 4 and FOUR_YEARS.exercisable("2003-10-25") == 0
    leap = dataclasses.replace(LETTER, vesting=[("1996-02-29", 1)])
    assert leap.instalments()[0].expires == date(2001, 2, 28)


def test_opt4_what_never_vests_has_no_such_end() -> None:
    half = dataclasses.replace(LETTER, vesting=[("1995-10-24", "0.5")])
    assert half.exercisable("2010-01-01") == 354_784 == half.outstanding("2010-01-01")
    assert LETTER.exercisable("2020-01-01") == 709_568


def test_opt5_on_the_last_day_of_service_what_never_vests_can_be_exercised() -> None:
    quarter = dataclasses.replace(LETTER, shares=42, vesting=[("1994-11-03", "0.25")])  # 10 shares, until 1999-11-03
    assert quarter.exercisable("2003-01-01", exercised=6, service_ended="2003-01-01") == 32
    assert quarter.exercisable("2003-01-02", exercised=6, service_ended="2003-01-01") == 0


def test_opt4_the_form_ends_on_its_expiry() -> None:
    assert (SIZED.exercisable("2011-09-06"), SIZED.exercisable("2011-09-07")) == (160_000, 0)
    assert (SIZED.outstanding("2011-09-06"), SIZED.outstanding("2011-09-07")) == (200_000, 0)


def test_exercised_shares_count_against_the_earliest_instalments_first() -> None:
    quarter = 709_568 // 4
    # the first quarter has expired: what was exercised of it takes nothing from the rest
    assert FOUR_YEARS.exercisable("2000-10-25", exercised=quarter) == 3 * quarter
    assert FOUR_YEARS.exercisable("2000-10-25", exercised=quarter + 1) == 3 * quarter - 1
    assert FOUR_YEARS.exercisable("2000-10-25", exercised="709568") == 0
    assert LETTER.exercisable("1994-10-23") == 0 and LETTER.exercisable("1994-10-24") == 709_568


@pytest.mark.parametrize(
    ("on", "reason", "shares"),
    [
        ("1996-10-24", "other", 709_568),  # still in service
        ("1996-10-25", "other", 354_784),  # the day of the second instalment counted as service
        ("1997-01-24", "other", 354_784),
        ("1997-01-25", "other", 0),
        ("1997-01-25", "disability", 354_784),
        ("1997-10-24", "death", 354_784),
        ("1997-10-25", "death", 0),
    ],
)
def test_opt5_the_end_of_service(on: str, reason: str, shares: int) -> None:
    assert FOUR_YEARS.exercisable(on, service_ended="1996-10-24", reason=reason) == shares


def test_opt5_one_day_earlier_an_instalment_less() -> None:
    assert FOUR_YEARS.exercisable("1996-11-01", service_ended="1996-10-23") == 177_392


def test_opt5_never_past_the_end_of_the_last_instalment() -> None:
    assert FOUR_YEARS.terminates("2003-09-30") == date(2003, 10, 24)
    assert FOUR_YEARS.terminates("1995-01-31") == date(1995, 4, 30)  # nothing has vested
    assert LETTER.terminates("1998-11-30", reason="disability") == date(1999, 11, 30)
    stated = dataclasses.replace(SIZED, months_after_service=3)
    assert stated.terminates("2011-08-01") == date(2011, 9, 6) and stated.terminates("2011-06-01") == date(2011, 9, 1)
    assert stated.exercisable("2004-12-31", service_ended="2004-11-29") == 60_000
    assert stated.exercisable("2005-03-01", service_ended="2004-11-29") == 0


def test_opt6_unvested_shares_are_bought_back_at_cost() -> None:
    found = FOUR_YEARS.repurchase("1996-01-31", exercised=200_000, notice="1996-03-31")
    assert found.shares == 200_000 - 177_392
    assert found.cost == Decimal("33.256368")  # 22,608 x 0.001471
    assert (found.notice_by, found.pay_by) == (date(1996, 3, 31), date(1996, 4, 30))  # 60 and 30 days
    assert FOUR_YEARS.repurchase("1996-01-31", exercised=177_392).shares == 0
    assert FOUR_YEARS.repurchase("1996-01-31", exercised=0).pay_by is None
    assert FOUR_YEARS.repurchase("1996-01-31", exercised=0, notice="1996-01-31").pay_by == date(1996, 3, 1)
    for notice in ("1996-01-30", "1996-04-01"):
        with pytest.raises(cn.TermsError, match=r"OPT-6.*expected a day from 1996-01-31 to 1996-03-31"):
            FOUR_YEARS.repurchase("1996-01-31", exercised=1, notice=notice)


def test_opt7_more_than_95_per_cent() -> None:
    assert not LETTER.accelerates(950, 1_000) and LETTER.accelerates(951, 1_000)
    assert LETTER.accelerates("950.0001", 1_000)
    assert FOUR_YEARS.vested("1995-10-24", sale=True) == 709_568 and FOUR_YEARS.vested("1995-10-24") == 177_392


def test_opt8_the_yearly_limit() -> None:
    # 100,000 / 0.3 = 333,333.33
    assert LETTER.iso_schedule("0.3") == {1994: 333_333, 1995: 333_333, 1996: 42_902}
    assert LETTER.iso_schedule("0.1") == {1994: 709_568}
    assert dataclasses.replace(LETTER, shares=2).iso_schedule(100_000) == {1994: 1, 1995: 1}
    with pytest.raises(cn.TermsError, match=r"OPT-8.*no more than 100000 a share"):
        LETTER.iso_schedule("100000.01")


def test_opt10_splits() -> None:
    after = LETTER.split(2, 1)
    assert (after.shares, after.exercise_price, after.aggregate_price) == (
        1_419_136,
        Decimal("0.0007355"),
        LETTER.aggregate_price,
    )
    third = LETTER.split(1, 3)
    assert third.shares == 236_522 and third.exercise_price == Decimal("0.004413")  # 236,522.67
    assert third.aggregate_price == LETTER.aggregate_price
    assert third.split(3, 1).shares == 709_566
    odd = LETTER.split(3, 1)
    assert odd.aggregate_price == LETTER.aggregate_price
    assert odd.split(1, 3).exercise_price == Decimal("0.001471")
    assert REPORTED.split(2, 1).shares is None and REPORTED.split(2, 1).aggregate_price is None
    assert dataclasses.replace(odd, exercise_price=1).aggregate_price == 2_128_704  # no longer what the split left
    assert dataclasses.replace(odd, shares=3).aggregate_price == Decimal("0.001471")


@pytest.mark.parametrize(
    ("exercised", "sold", "disqualifying"),
    [
        ("1995-01-01", "1996-10-24", True),
        ("1995-01-01", "1996-10-25", False),
        ("1996-10-25", "1997-10-25", True),
        ("1996-10-25", "1997-10-26", False),
        ("1996-02-29", "1997-02-28", True),
        ("1996-02-29", "1997-03-01", False),
    ],
)
def test_opt11_disqualifying_sales(exercised: str, sold: str, disqualifying: bool) -> None:
    assert LETTER.disqualifying(exercised, sold) is disqualifying


ASKED: list[tuple[str, Any]] = [
    ("OPT-1", lambda: LETTER.vested("1997-01-14")),
    ("OPT-1", lambda: LETTER.vested_share("1997-01-14")),
    ("OPT-1", lambda: LETTER.exercisable("1997-01-14", service_ended="1997-01-13")),
    ("OPT-1", lambda: LETTER.repurchase("1997-01-14", exercised=1)),
    ("OPT-1", lambda: REPORTED.vested("2004-11-29")),
    ("OPT-1", lambda: REPORTED.exercisable("2004-11-29")),
    ("OPT-1", lambda: REPORTED.outstanding("2004-11-29")),
    ("OPT-1", lambda: SIZED.outstanding("2003-06-30")),
    ("OPT-5", lambda: SIZED.exercisable("2004-11-29", service_ended="2004-11-01")),
    ("OPT-5", lambda: REPORTED.terminates("2004-11-29")),
    ("OPT-6", lambda: SIZED.repurchase("2004-11-29", exercised=1)),
    ("OPT-7", lambda: SIZED.vested("2004-11-29", sale=True)),
    ("OPT-7", lambda: REPORTED.accelerates(1, 1)),
    ("OPT-8", lambda: SIZED.iso_schedule(1)),
    ("OPT-11", lambda: REPORTED.disqualifying("2004-11-29", "2005-11-30")),
    # what is asked wrongly
    ("OPT-3", lambda: LETTER.vested_share("1997-02-30")),
    ("OPT-3", lambda: LETTER.vested(19970114)),
    ("OPT-7", lambda: FOUR_YEARS.vested("1996-01-01", sale="no")),
    ("OPT-6", lambda: LETTER.exercisable("1997-01-14", exercised=709_569)),
    ("OPT-6", lambda: LETTER.exercisable("1997-01-14", exercised=-1)),
    ("OPT-6", lambda: LETTER.exercisable("1997-01-14", exercised="0.5")),
    ("OPT-5", lambda: LETTER.exercisable("1997-01-14", reason="retirement")),
    ("OPT-5", lambda: LETTER.terminates("1997-01-14", reason="")),
    ("OPT-5", lambda: LETTER.terminates("1994-10-23")),
    ("OPT-6", lambda: FOUR_YEARS.repurchase("1997-01-14", exercised=709_569)),
    ("OPT-7", lambda: LETTER.accelerates(2, 1)),
    ("OPT-7", lambda: LETTER.accelerates(0, 0)),
    ("OPT-8", lambda: LETTER.iso_schedule(0)),
    ("OPT-10", lambda: LETTER.split(0, 1)),
    ("OPT-10", lambda: LETTER.split(1, -1)),
    ("OPT-10", lambda: LETTER.split(1, 10**6)),
    ("OPT-11", lambda: LETTER.disqualifying("1996-01-02", "1996-01-01")),
    ("OPT-11", lambda: LETTER.disqualifying("1994-10-23", "1996-01-01")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "ask"), ASKED)
def test_a_question_is_refused_with_field_rule_and_value(rule: str, ask: Any) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        ask()
    assert refusal.value.rule == rule and refusal.value.field.startswith("grant.") and refusal.value.value is not None


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"shares": 0}, "OPT-1"),
    ({"shares": "1.5"}, "OPT-1"),
    ({"exercise_price": 0}, "OPT-1"),
    ({"vesting": [("1995-10-24", "0.5"), ("1996-10-24", "0.51")]}, "OPT-3"),
    ({"vesting": [("1996-10-24", "0.5"), ("1995-10-24", "0.5")]}, "OPT-3"),
    ({"vesting": [("1996-10-24", 0)]}, "OPT-3"),
    ({"vesting": [("1996-10-24",)]}, "OPT-3"),
    ({"vesting": "1996-10-24"}, "OPT-3"),
    ({"vesting": {"first": "1996-10-24"}}, "OPT-3"),
    ({"remainder": "first"}, "OPT-3"),
    ({"expiry": "2004-10-24"}, "OPT-4"),
    ({"instalment_months": None}, "OPT-4"),
    ({"expiry": "1994-10-23", "instalment_months": None}, "OPT-4"),
    ({"early_exercise": "yes"}, "OPT-6"),
]


@pytest.mark.parametrize(("changes", "rule"), WRONG)
def test_a_wrong_grant_is_refused(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        dataclasses.replace(LETTER, **changes)
    assert refusal.value.rule == rule and refusal.value.field.startswith("grant.")


def test_all_faults_of_a_grant_come_at_once() -> None:
    with pytest.raises(cn.TermsError) as refusal:
        dataclasses.replace(LETTER, shares=0, remainder="first")
    assert refusal.value.faults == (
        "grant.shares (OPT-1): got 0; expected a whole number above 0",
        "grant.remainder (OPT-3): got 'first'; allowed: unvested, last",
    )


def test_where_rules_come_from_and_how_a_grant_shows_itself() -> None:
    assert LETTER.authority("OPT-5") == "filing" and LETTER.authority("OPT-3") == "filing+convention"
    assert ("limits", "acceleration_above", "0.95", "OPT-7", "filing") in LETTER.table().rows
    assert ("reported", "held_indirectly", "136.809", "OPT-2", "filing") in REPORTED.table().rows
    assert "Incentive stock option" in str(LETTER) and "709,568" in LETTER._repr_html_()
    assert SIZED.instalments()[0] == (date(2003, 7, 1), Decimal("0.05"), 10_000, date(2011, 9, 6))
