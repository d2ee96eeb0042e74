"""By-laws agree with their slow twin and with `dateutil`, over leap years and holidays, on both sides of every boundary."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from dateutil.rrule import TH, YEARLY, rrule
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote import testing
from convnote.calendars import add_months
from tests.oracles import bylaws as oracle

BYLAWS = cn.bylaws("amazon-2000")
ANY_DAY = st.dates(date(1971, 1, 1), date(2098, 12, 31))


def test_thirty_years_of_annual_meetings_against_dateutil() -> None:
    expected = rrule(YEARLY, bymonth=5, byweekday=TH(2), dtstart=date(1997, 1, 1), count=30)
    assert [BYLAWS.annual_meeting(year) for year in range(1997, 2027)] == [each.date() for each in expected]


@given(testing.meeting_years())
def test_annual_meetings_agree(case: testing.MeetingYear) -> None:
    meeting = BYLAWS.annual_meeting(case.year, case.holidays)
    assert meeting == oracle.second_thursday_of_may(case.year, case.holidays)
    assert BYLAWS.postponement_limit(case.year, [str(day) for day in case.holidays]) == oracle.days_after(meeting, 120)


@given(st.integers(1970, 2099), st.integers(-80, 120), st.integers(0, 95), st.integers(-95, 0))
def test_a_stockholders_business_is_in_time_as_the_slow_twin_says(year: int, moved: int, ahead: int, received: int) -> None:
    specified = oracle.second_thursday_of_may(year)
    meeting = specified + timedelta(days=moved)
    for announced in (None, meeting - timedelta(days=ahead), oracle.days_before(meeting, 59), oracle.days_before(meeting, 60)):
        window = BYLAWS.proposal_window(year, meeting=meeting, announced=announced)
        edges = [window.last, window.last + timedelta(days=1), specified + timedelta(days=received)]
        edges += [] if window.first is None else [window.first, window.first - timedelta(days=1)]
        for day in edges:
            inside = (window.first is None or window.first <= day) and day <= window.last
            assert inside is oracle.business_is_in_time(day, specified, meeting, announced)


@given(st.sampled_from(("meeting", "consent", "dividend")), ANY_DAY, st.integers(0, 90))
def test_record_dates_agree(kind: str, resolved: date, until: int) -> None:
    action = resolved + timedelta(days=until)
    days = [resolved + timedelta(days=shift) for shift in range(-1, until + 13)]
    allowed = [day for day in days if oracle.may_set_record_date(kind, day, resolved, action)]
    given_action = None if kind == "consent" else action
    if not allowed:
        with pytest.raises(cn.TermsError) as refusal:
            BYLAWS.record_window(kind, resolved=resolved, action=given_action)
        assert (refusal.value.rule, refusal.value.value) == ("BYL-7", resolved)
        return
    window = BYLAWS.record_window(kind, resolved=resolved, action=given_action)
    assert (window.first, window.last) == (allowed[0], allowed[-1])


@pytest.mark.parametrize("fixed", range(1, 10))
def test_the_boards_quorum_agrees(fixed: int) -> None:
    for serving in range(fixed + 1):
        assert BYLAWS.board_quorum(fixed, serving) == oracle.directors_needed(fixed, serving)
    assert BYLAWS.board_quorum(fixed) == oracle.directors_needed(fixed, fixed)


@given(st.dates(date(1800, 1, 1), date(2299, 12, 31)), st.integers(-600, 600))
def test_months_are_added_as_dateutil_adds_them(on: date, months: int) -> None:
    assert add_months(on, months) == on + relativedelta(months=months)


@given(ANY_DAY, st.integers(1, 120))
def test_a_proxy_ends_on_its_anniversary(executed: date, months: int) -> None:
    end = executed + relativedelta(months=months)
    assert BYLAWS.proxy_valid(executed, end - timedelta(days=1), months)
    assert not BYLAWS.proxy_valid(executed, end, months)
    assert not BYLAWS.proxy_valid(executed, executed - timedelta(days=1), months)


@given(st.fractions(0, 1), st.integers(1, 10**9))
def test_votes_are_compared_exactly(part: object, whole: int) -> None:
    count = part * whole  # type: ignore[operator]
    for asked in (BYLAWS.has_quorum, BYLAWS.carries, BYLAWS.consent_carries, BYLAWS.may_adjourn):
        assert asked(count, whole) is (2 * count > whole)
    assert BYLAWS.can_call_special(count, whole) is (10 * count >= 3 * whole)
