"""By-laws on both sides of each boundary, with the days counted by hand (BYL-1…BYL-19)."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest

import convnote as cn

BYLAWS = cn.bylaws("amazon-2000")


def test_byl1_the_second_thursday_of_may() -> None:
    assert BYLAWS.annual_meeting(2000) == date(2000, 5, 11)
    assert [BYLAWS.annual_meeting(year).day for year in (2003, 2008, 2014)] == [8, 8, 8]
    assert BYLAWS.annual_meeting("2001") == date(2001, 5, 10)


def test_byl1_a_holiday_at_the_place_moves_it_to_the_next_open_day() -> None:
    ascension = "2018-05-10"
    assert BYLAWS.annual_meeting(2018, [ascension]) == date(2018, 5, 11)
    assert BYLAWS.annual_meeting(2018, [ascension, "2018-05-11"]) == date(2018, 5, 14)  # over the weekend
    assert BYLAWS.annual_meeting(2018, ["2018-05-09"]) == date(2018, 5, 10)
    # a fourth Thursday of November would be Thanksgiving, a day the calendar closes but nobody named
    november = dataclasses.replace(BYLAWS, meeting_month=11, meeting_nth=4)
    assert november.annual_meeting(2000) == date(2000, 11, 23)
    wednesday = dataclasses.replace(november, meeting_weekday=2)
    assert wednesday.annual_meeting(2000, ["2000-11-22"]) == date(2000, 11, 24)


def test_byl2_120_days() -> None:
    assert BYLAWS.postponement_limit(2000) == date(2000, 9, 8)  # 20 + 30 + 31 + 31 + 8
    assert BYLAWS.postponement_limit(2018, ["2018-05-10"]) == date(2018, 5, 11) + timedelta(days=120)


def test_byl3_a_meeting_on_request() -> None:
    assert BYLAWS.requested_meeting("2000-02-01") == (date(2000, 2, 11), date(2000, 4, 1), "BYL-3")
    assert BYLAWS.can_call_special(30, 100) and not BYLAWS.can_call_special("29.999", 100)


def test_byl4_notice() -> None:
    assert BYLAWS.notice_window("2000-05-11") == (date(2000, 3, 12), date(2000, 5, 1), "BYL-4")
    assert BYLAWS.notice_window("2000-05-11", not_before="2000-03-13").first == date(2000, 3, 13)
    assert BYLAWS.notice_window("2000-05-11", not_before="2000-03-11").first == date(2000, 3, 12)
    assert BYLAWS.notice_window("2000-05-11", not_before="2000-05-01").first == date(2000, 5, 1)
    with pytest.raises(cn.TermsError, match=r"BYL-4.*2000-05-02; expected a day not after 2000-05-01"):
        BYLAWS.notice_window("2000-05-11", not_before="2000-05-02")


def test_byl5_the_window_hangs_on_the_day_of_section_2_1() -> None:
    usual = (date(2000, 2, 11), date(2000, 3, 12), "BYL-5")
    assert BYLAWS.proposal_window(2000) == usual
    assert BYLAWS.proposal_window(2000, meeting="2000-08-01") == usual
    assert BYLAWS.proposal_window(2000, announced="2000-03-12") == usual  # 60 days ahead
    late = BYLAWS.proposal_window(2000, announced="2000-03-13")  # 59
    assert late == (None, date(2000, 3, 23), "BYL-5")
    assert (late.last - usual[1]).days == 11
    assert all(BYLAWS.proposal_window(year).last.weekday() == 6 for year in range(1996, 2030))


def test_byl5_the_actual_meeting_decides_whether_an_announcement_is_late() -> None:
    assert BYLAWS.proposal_window(2000, meeting="2000-08-01", announced="2000-06-02").first is not None  # 60 days
    assert BYLAWS.proposal_window(2000, meeting="2000-08-01", announced="2000-06-03").last == date(2000, 6, 13)
    # an early meeting: the tenth day is earlier than the other deadline, and replaces it
    assert BYLAWS.proposal_window(2000, meeting="2000-03-01", announced="2000-01-31").last == date(2000, 2, 10)
    assert BYLAWS.proposal_window(2000, meeting="2000-03-01", announced="2000-03-01").last == date(2000, 3, 11)
    with pytest.raises(cn.TermsError, match=r"BYL-5.*2000-03-02; expected a day not after the meeting"):
        BYLAWS.proposal_window(2000, meeting="2000-03-01", announced="2000-03-02")


def test_byl5_a_holiday_moves_the_window_with_the_day() -> None:
    assert BYLAWS.proposal_window(2018, holidays=["2018-05-10"]).last == date(2018, 3, 12)


def test_byl6_the_seventh_business_day() -> None:
    assert BYLAWS.nomination_deadline("2000-03-01") == date(2000, 3, 10)
    assert BYLAWS.nomination_deadline("2000-02-15") == date(2000, 2, 25)  # the 21st is a holiday
    assert BYLAWS.nomination_deadline("2000-03-04") == date(2000, 3, 14)  # given on a Saturday


def test_byl7_record_dates_of_a_meeting() -> None:
    assert BYLAWS.record_window("meeting", resolved="2000-01-05", action="2000-05-11") == (
        date(2000, 3, 12),
        date(2000, 5, 1),
        "BYL-7",
    )
    assert BYLAWS.record_window("meeting", resolved="2000-05-01", action="2000-05-11").first == date(2000, 5, 1)
    assert BYLAWS.default_record_date("meeting", notice="2000-03-12") == date(2000, 3, 11)  # the 61st day
    assert BYLAWS.default_record_date("meeting", meeting="2000-05-11") == date(2000, 5, 10)
    assert BYLAWS.default_record_date("meeting", notice="2000-03-12", meeting="2000-05-11") == date(2000, 3, 11)


def test_byl8_record_dates_of_consents() -> None:
    assert BYLAWS.record_window("consent", resolved="2000-02-25") == (date(2000, 2, 25), date(2000, 3, 6), "BYL-8")
    assert BYLAWS.default_record_date("consent", delivered="2000-03-01") == date(2000, 3, 1)
    assert BYLAWS.default_record_date("consent", resolved="2000-02-25", delivered="2000-03-01") == date(2000, 2, 25)


def test_byl9_record_dates_of_dividends() -> None:
    assert BYLAWS.record_window("dividend", resolved="2000-01-01", action="2000-03-20") == (
        date(2000, 1, 20),
        date(2000, 3, 20),
        "BYL-9",
    )
    assert BYLAWS.record_window("dividend", resolved="2000-03-20", action="2000-03-20").first == date(2000, 3, 20)
    assert BYLAWS.default_record_date("dividend", resolved="2000-03-01") == date(2000, 3, 1)


def test_byl10_and_byl14_days_before_and_after() -> None:
    assert BYLAWS.voting_list_by("2000-05-11") == date(2000, 5, 1)
    assert BYLAWS.consent_deadline("2000-01-01") == date(2000, 3, 1)


def test_byl11_byl12_byl14_more_than_half() -> None:
    for asked in (BYLAWS.has_quorum, BYLAWS.carries, BYLAWS.consent_carries, BYLAWS.may_adjourn):
        assert not asked(50, 100) and asked("50.001", 100) and asked(51, 101) and not asked(0, 1)


def test_byl13_a_proxy() -> None:
    assert BYLAWS.proxy_valid("2000-02-29", "2003-02-27") and not BYLAWS.proxy_valid("2000-02-29", "2003-02-28")
    assert BYLAWS.proxy_valid("2000-05-01", "2000-05-01") and not BYLAWS.proxy_valid("2000-05-01", "2000-04-30")
    assert BYLAWS.proxy_valid("2000-05-01", "2004-04-30", months=48) and not BYLAWS.proxy_valid(
        "2000-05-01", "2000-06-01", months=1
    )


@pytest.mark.parametrize(
    ("means", "last"),
    [("personal", 9), ("fax", 9), ("telegraph", 9), ("oral", 9), ("carrier", 8), ("mail", 6)],
)
def test_byl15_notice_to_directors(means: str, last: int) -> None:
    assert BYLAWS.board_notice_by("2000-05-11", means) == date(2000, 5, last)


def test_byl16_the_boards_quorum() -> None:
    assert [BYLAWS.board_quorum(fixed) for fixed in range(1, 10)] == [1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert [BYLAWS.board_quorum(9, serving) for serving in range(10)] == [3, 3, 3, 3, 3, 3, 4, 4, 5, 5]
    assert BYLAWS.board_quorum(7, 3) == 3  # a third of 7, rounded up, is more than 2
    assert BYLAWS.board_quorum(9, 1) == 3  # more than those serving


def test_byl17_claims() -> None:
    assert BYLAWS.suit_from("2000-01-01") == date(2000, 3, 2) and BYLAWS.suit_from("2000-01-01", advancement=True) == date(
        2000, 1, 22
    )


def test_the_days_of_a_meeting() -> None:
    rows = [(row.kind, str(row.date), row.rule) for row in BYLAWS.timetable("2000-05-11")]
    assert rows == [
        ("first record date", "2000-03-12", "BYL-7"),
        ("first notice", "2000-03-12", "BYL-4"),
        ("last record date", "2000-05-01", "BYL-7"),
        ("last notice", "2000-05-01", "BYL-4"),
        ("voting list", "2000-05-01", "BYL-10"),
        ("meeting", "2000-05-11", "BYL-4"),
    ]


ASKED: list[tuple[str, Any]] = [
    ("BYL-1", lambda: BYLAWS.annual_meeting(1969)),
    ("BYL-1", lambda: BYLAWS.annual_meeting(2100)),
    ("BYL-1", lambda: BYLAWS.annual_meeting("soon")),
    ("BYL-1", lambda: BYLAWS.annual_meeting(2000, "2000-05-11")),
    ("BYL-1", lambda: BYLAWS.annual_meeting(2000, 5)),
    ("BYL-1", lambda: BYLAWS.annual_meeting(2000, ["11 May"])),
    ("BYL-5", lambda: BYLAWS.proposal_window(2000, announced="2000-05-12")),
    ("BYL-3", lambda: BYLAWS.requested_meeting("")),
    ("BYL-3", lambda: BYLAWS.can_call_special(101, 100)),
    ("BYL-11", lambda: BYLAWS.has_quorum(101, 100)),
    ("BYL-12", lambda: BYLAWS.carries(2, 1)),
    ("BYL-14", lambda: BYLAWS.consent_carries("1.01", 1)),
    ("BYL-11", lambda: BYLAWS.may_adjourn(-1, 1)),
    ("BYL-11", lambda: BYLAWS.has_quorum(0, 0)),
    ("BYL-11", lambda: BYLAWS.has_quorum(True, 1)),
    ("BYL-7", lambda: BYLAWS.record_window("split", resolved="2000-01-01", action="2000-02-01")),
    ("BYL-7", lambda: BYLAWS.record_window("meeting", resolved="2000-01-01")),
    ("BYL-7", lambda: BYLAWS.record_window("meeting", resolved="2000-05-02", action="2000-05-11")),
    ("BYL-8", lambda: BYLAWS.record_window("consent", resolved="2000-01-01", action="2000-01-02")),
    ("BYL-9", lambda: BYLAWS.record_window("dividend", resolved="2000-05-12", action="2000-05-11")),
    ("BYL-7", lambda: BYLAWS.default_record_date("rights")),
    ("BYL-7", lambda: BYLAWS.default_record_date("meeting", resolved="2000-01-01")),
    ("BYL-8", lambda: BYLAWS.default_record_date("consent", notice="2000-01-01")),
    ("BYL-9", lambda: BYLAWS.default_record_date("dividend", delivered="2000-01-01")),
    ("BYL-13", lambda: BYLAWS.proxy_valid("2000-01-01", "2000-02-01", months=0)),
    ("BYL-15", lambda: BYLAWS.board_notice_by("2000-05-11", "pigeon")),
    ("BYL-16", lambda: BYLAWS.board_quorum(0)),
    ("BYL-16", lambda: BYLAWS.board_quorum(10)),
    ("BYL-16", lambda: BYLAWS.board_quorum(5, 6)),
    ("BYL-16", lambda: BYLAWS.board_quorum(5, -1)),
    ("BYL-17", lambda: BYLAWS.suit_from("2000-01-01", advancement=1)),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "ask"), ASKED)
def test_a_question_is_refused_with_field_rule_and_value(rule: str, ask: Any) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        ask()
    assert refusal.value.rule == rule and refusal.value.field.startswith("bylaws.") and refusal.value.value is not None


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"meeting_weekday": 7}, "BYL-1"),
        ({"business_days": "MOON"}, "BYL-1"),
        ({"special_share": "1.1"}, "BYL-3"),
        ({"notice_first_days": 9}, "BYL-4"),
        ({"record_first_days": 9}, "BYL-7"),
        ({"business_first_days": 59}, "BYL-5"),
        ({"requested_last_days": 9}, "BYL-3"),
    ],
)
def test_wrong_by_laws_are_refused(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(cn.TermsError) as refusal:
        dataclasses.replace(BYLAWS, **changes)
    assert refusal.value.rule == rule


def test_equal_ends_of_a_window_are_allowed() -> None:
    one_day = dataclasses.replace(
        BYLAWS, notice_first_days=10, record_first_days=10, business_first_days=60, requested_last_days=10
    )
    assert one_day.notice_window("2000-05-11")[:2] == (date(2000, 5, 1), date(2000, 5, 1))


def test_where_rules_come_from_and_how_by_laws_show_themselves() -> None:
    said = {rule: BYLAWS.authority(rule) for rule in BYLAWS.RULES}
    assert said["BYL-1"] == said["BYL-13"] == "by-laws+convention" and said["BYL-7"] == said["BYL-19"] == "by-laws"
    assert ("board", "vacancy_share", "1/3", "BYL-16", "by-laws") in BYLAWS.table().rows
    assert "By-laws of Amazon.com" in str(BYLAWS) and "vacancy_share" in BYLAWS._repr_html_()
    with pytest.raises(cn.TermsError, match="expected a rule id from BYL-1 to BYL-19"):
        BYLAWS.authority("OFF-1")
