"""Calendars: facts of the years of the note that anyone can look up, the edges of the tables, and months stepped back."""

import calendar as civil
from datetime import date, datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import add_months, calendar, day_number, months_back, to_date, to_datetime64
from convnote.day_counts import days_and_year
from tests.oracles import days


def is_open(name, iso):
    return bool(calendar(name).is_open(day_number(iso)))


# --- sessions and banks, as they were


def test_day1_2514_sessions_in_the_life_of_the_note():
    sessions = calendar("NASDAQ")
    assert len(sessions.between(day_number("2000-02-16"), day_number("2010-02-16"))) == 2514


@pytest.mark.parametrize("iso", ["2001-09-11", "2001-09-12", "2001-09-13", "2001-09-14"])
def test_day1_no_session_in_the_week_of_september_2001_when_banks_were_open(iso):
    assert not is_open("NASDAQ", iso)
    assert is_open("FED", iso)


def test_day1_a_period_of_sessions_stretches_over_the_closures_of_september_2001():
    # before the 17th: Monday the 10th, and the Friday, Thursday and so on before it; Labor Day was the 3rd
    before = [to_date(calendar("NASDAQ").before(day_number("2001-09-17"), count)) for count in range(1, 7)]
    assert [f"{day:%m-%d}" for day in before] == ["09-10", "09-07", "09-06", "09-05", "09-04", "08-31"]


@pytest.mark.parametrize(("iso", "why"), [("2004-06-11", "mourning for Reagan"), ("2007-01-02", "mourning for Ford")])
def test_day1_days_of_mourning_are_no_sessions_and_banks_are_open(iso, why):
    assert not is_open("NASDAQ", iso), why
    assert is_open("FED", iso), why


def test_day2_a_saturday_holiday_is_not_moved_to_friday():
    # 4 July 2009 was a Saturday: the exchange closed on Friday, the Federal Reserve did not
    assert is_open("FED", "2009-07-03")
    assert not is_open("NASDAQ", "2009-07-03")


def test_day2_a_sunday_holiday_is_kept_on_monday():
    assert not is_open("FED", "2004-07-05")
    assert not is_open("FED", "2006-01-02")


@pytest.mark.parametrize("iso", ["2000-04-21", "2001-04-13", "2002-03-29", "2010-04-02"])
def test_day2_good_friday_is_a_business_day_and_no_session(iso):
    assert is_open("FED", iso)
    assert not is_open("NASDAQ", iso)


@pytest.mark.parametrize("iso", ["2001-10-08", "2001-11-12"])
def test_day2_columbus_day_and_veterans_day_close_banks_and_not_the_exchange(iso):
    assert not is_open("FED", iso)
    assert is_open("NASDAQ", iso)


def test_day2_16_february_2002_is_a_saturday_before_washingtons_birthday():
    assert to_date(calendar("FED").on_or_after(day_number("2002-02-16"))) == date(2002, 2, 19)


@pytest.mark.parametrize("iso", ["2001-04-16", "2003-05-01", "2001-12-26", "2001-12-31"])
def test_target_closes_on_its_own_days_and_a_sum_of_calendars_with_it(iso):
    # Easter Monday, Labour Day, 26 December, and the last day of the national coins
    assert not is_open("TARGET", iso)
    assert is_open("FED", iso)
    assert not is_open("FED+TARGET", iso)


def test_target_is_open_on_american_holidays_and_a_sum_of_calendars_is_not():
    assert is_open("TARGET", "2001-07-04")
    assert not is_open("FED+TARGET", "2001-07-04")


def test_weekdays_know_no_holiday_and_none_no_closed_day():
    assert is_open("weekdays", "2001-12-25")
    assert not is_open("weekdays", "2001-12-29")
    assert is_open("none", "2001-12-29")


# --- the tables and their edges


@given(st.dates(date(1970, 1, 15), date(2099, 12, 1)), st.integers(1, 8))
def test_before_after_and_between_are_walks_over_the_open_days(on, count):
    banks, asked = calendar("FED"), day_number(on)
    after = [day for day in range(asked + 1, asked + 30) if banks.is_open(day)]
    before = [day for day in range(asked - 1, max(asked - 30, 0), -1) if banks.is_open(day)]
    assert banks.after(asked, count) == after[count - 1]
    assert banks.before(asked, count) == before[count - 1]
    assert banks.on_or_after(asked) == (asked if banks.is_open(asked) else after[0])
    assert banks.on_or_before(asked) == (asked if banks.is_open(asked) else before[0])
    assert list(banks.between(asked, after[3])) == [*([asked] if banks.is_open(asked) else []), *after[:4]]


@given(st.lists(st.dates(date(1999, 1, 15), date(2099, 12, 1)), min_size=1, max_size=9))
def test_arrays_of_days_are_answered_as_each_day_is(on):
    banks, asked = calendar("FED+TARGET"), [day_number(day) for day in on]
    days_asked = np.array(asked)
    for name in ("is_open", "on_or_after", "on_or_before", "before", "after"):
        answer = getattr(banks, name)
        assert answer(days_asked).tolist() == [answer(day) for day in asked], name


@pytest.mark.parametrize("iso", ["1969-12-31", "2100-01-01"])
def test_a_day_outside_the_calendars_is_refused(iso):
    with pytest.raises(cn.TermsError, match="calendars reach from 1970-01-01 to 2099-12-31"):
        calendar("FED").on_or_after(day_number(iso))
    with pytest.raises(cn.TermsError, match="calendars reach from 1970-01-01 to 2099-12-31"):
        calendar("FED").on_or_after(np.array([day_number(iso)]))


@pytest.mark.parametrize(("method", "iso"), [("before", "1970-01-05"), ("after", "2099-12-30")])
def test_an_open_day_outside_the_calendars_is_refused_and_never_taken_from_their_other_end(method, iso):
    for asked in (day_number(iso), np.array([day_number(iso)])):
        with pytest.raises(cn.TermsError, match="calendars reach from 1970-01-01 to 2099-12-31"):
            getattr(calendar("FED"), method)(asked, 5)


def test_an_unknown_calendar_is_refused_by_name():
    with pytest.raises(cn.TermsError, match=r"got 'NADSAQ'; allowed: FED, TARGET, NASDAQ.*did you mean NASDAQ"):
        calendar("FED+NADSAQ")


# --- CAL-1: any market or country, a paper's own closed days, and the first year of each


@pytest.mark.parametrize(
    ("name", "iso"),
    [
        ("JP", "2024-05-03"),  # Constitution Day
        ("XJPX", "2024-12-31"),  # Tokyo does not trade on the last day of the year
        ("XLON", "2024-08-26"),  # the summer bank holiday
        ("XHKG", "2024-02-12"),  # the third day of the lunar year
        ("FED+JP", "2024-07-04"),
        ("FED+JP", "2024-05-03"),
    ],
)
def test_cal1_markets_and_countries_close_on_their_own_holidays(name, iso):
    assert not is_open(name, iso)
    assert is_open(name, "2024-06-12")  # a Wednesday that is a holiday in none of them


def test_cal1_a_weekend_is_that_of_the_market():
    # Riyadh trades from Sunday to Thursday
    assert [is_open("XSAU", f"2024-06-{day:02}") for day in (6, 7, 8, 9)] == [True, False, False, True]
    assert [is_open("XLON", f"2024-06-{day:02}") for day in (6, 7, 8, 9)] == [True, True, False, False]


@pytest.mark.parametrize(
    "iso",
    [
        "1997-12-25",
        "1997-09-01",  # Labor Day
        "1994-12-26",  # Christmas was a Sunday
        "1993-07-05",  # so was the fourth of July
        "1971-10-25",  # Veterans Day was the fourth Monday of October in those years
        "1970-02-23",  # Washington's Birthday was 22 February until 1970, and a Sunday in that year
    ],
)
def test_cal1_the_federal_reserve_closed_on_federal_holidays_before_1999(iso):
    assert not is_open("FED", iso)
    assert not is_open("weekdays+XFED", iso)


@pytest.mark.parametrize("iso", ["1998-07-03", "1993-12-24", "1994-12-30", "1982-12-24", "1985-01-21"])
def test_cal1_before_1999_a_saturday_holiday_was_not_moved_and_there_was_none_before_its_law(iso):
    # 4 July 1998, Christmas 1993 and 1982 were Saturdays, 1 January 1995 a Sunday; King's birthday is kept since 1986
    assert is_open("FED", iso)


@pytest.mark.parametrize(
    ("name", "iso", "culprit", "begins"),
    [
        ("TARGET", "1998-12-31", "TARGET", "1999-01-01"),
        ("FED+TARGET", "1997-12-25", "TARGET", "1999-01-01"),
        ("XLON+XJPX", "1999-12-31", "XLON", "2000-01-01"),
        ("NASDAQ", "1970-12-31", "NASDAQ", "1971-01-01"),
    ],
)
def test_cal1_a_day_before_a_calendars_first_year_is_refused_by_its_name(name, iso, culprit, begins):
    asked = day_number(iso)
    for method in ("is_open", "on_or_after", "on_or_before", "before", "after"):
        for day in (asked, np.array([asked]), np.array([asked + 3000, asked])):
            with pytest.raises(cn.TermsError, match=rf"CAL-1\): got {iso}; the holidays of {culprit} are known from {begins}"):
                getattr(calendar(name), method)(day)
    with pytest.raises(cn.TermsError, match=culprit):
        calendar(name).between(asked, asked + 3000)


def test_cal1_no_open_day_is_found_before_a_calendars_first_year():
    assert to_date(calendar("TARGET").before(day_number("1999-01-05"))) == date(1999, 1, 4)
    for day in (day_number("1999-01-05"), np.array([day_number("1999-01-05")])):
        with pytest.raises(cn.TermsError, match="TARGET"):
            calendar("TARGET").before(day, 2)


def test_cal1_the_first_day_of_a_first_year_is_answered():
    assert not is_open("TARGET", "1999-01-01")
    assert to_date(calendar("TARGET").on_or_after(day_number("1999-01-01"))) == date(1999, 1, 4)


# --- days


@pytest.mark.parametrize(
    "wrong",
    [
        datetime(2001, 2, 16),
        "16.2.2001",
        "2001-02-30",
        20010216,
        None,
        np.datetime64("NaT", "D"),
        np.array(["2001-02-16", "NaT"], "datetime64[D]"),
        np.datetime64("2001-02-16T12:00"),
        np.array([11003]),
    ],
)
def test_what_is_no_day_is_refused(wrong):
    with pytest.raises(cn.TermsError, match=r"day|date"):
        day_number(wrong)


@given(st.dates())
def test_a_day_number_counts_from_1970_as_numpy_does(on):
    expected = (np.datetime64(on) - np.datetime64("1970-01-01")).astype(int)
    assert day_number(on) == day_number(on.isoformat()) == day_number(np.datetime64(on)) == expected
    assert to_date(day_number(on)) == on
    assert to_datetime64(day_number(on)) == np.datetime64(on)


# --- day counts: published figures; that they agree with days counted one by one is a law of its own


@pytest.mark.parametrize(
    ("start", "end", "name", "expected"),
    [
        ("1999-07-01", "2000-07-01", "act/365f", Fraction(366, 365)),  # 1.002739726027
        ("2003-11-01", "2004-05-01", "act/365f", Fraction(182, 365)),
        # "EMU and market conventions" (ISDA, 1998): 61/365 + 121/366, 184/365 + 182/366
        ("2003-11-01", "2004-05-01", "act/act-isda", Fraction(61, 365) + Fraction(121, 366)),
        ("1999-07-01", "2000-07-01", "act/act-isda", Fraction(184, 365) + Fraction(182, 366)),
        ("2003-11-01", "2004-05-01", "act/360", Fraction(182, 360)),
        ("2003-11-01", "2004-05-01", "30/360", Fraction(1, 2)),
        ("2007-01-31", "2007-02-28", "30/360", Fraction(28, 360)),  # a 31st is a 30th, the end of February is not
        ("2007-01-15", "2007-01-31", "30/360", Fraction(16, 360)),  # an end on a 31st stays, the start is no 30th
        ("2007-01-30", "2007-03-31", "30/360", Fraction(60, 360)),
    ],
)
def test_day_counts_of_published_periods(start, end, name, expected):
    count, year = days_and_year(day_number(start), day_number(end), name)
    assert Fraction(count, year) == expected


@given(st.dates(date(1970, 1, 1), date(2099, 1, 1)), st.integers(0, 1500))
def test_day_counts_of_any_century_agree_with_days_counted_one_by_one(start, length):
    first, last = day_number(start), day_number(start) + length
    slow = {
        "act/365f": days.act_365f,
        "act/360": days.act_360,
        "30/360": days.thirty_360,
        "act/act-isda": days.act_act_isda,
    }
    for name, oracle in slow.items():
        count, year = days_and_year(first, last, name)
        assert Fraction(count, year) == oracle(start, to_date(last)), name


def test_an_unknown_day_count_is_refused():
    with pytest.raises(cn.TermsError, match=r"day_count: got 'act/364'; allowed: act/365f, act/360, 30/360, act/act-isda"):
        days_and_year(0, 1, "act/364")


# --- months


def same_day(year, month, day):
    """That day of a month, or its last one; months count on past 12 and back past 1."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, civil.monthrange(year, month)[1]))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from([1, 2, 3, 4, 6, 12]), st.integers(0, 15_000))
def test_months_back_are_the_same_day_of_each_month_and_none_too_early(last, months, length):
    after = day_number(last) - length
    expected, steps = [], 0
    while (on := same_day(last.year, last.month - months * steps, last.day)) > to_date(after):
        expected.append(on)
        steps += 1
    assert [to_date(day) for day in months_back(last, months, after)] == expected[::-1]


def test_months_back_from_a_31st_end_on_the_last_of_shorter_months_and_return_to_the_31st():
    found = [str(to_date(day)) for day in months_back(date(2008, 8, 31), 3, day_number("2007-08-31"))]
    assert found == ["2007-11-30", "2008-02-29", "2008-05-31", "2008-08-31"]


@pytest.mark.parametrize(
    ("last", "after"), [(date(2300, 1, 1), date(2290, 1, 1)), (date(1810, 1, 1), date(1799, 12, 1)), (date.max, date(2000, 1, 1))]
)
def test_months_back_beyond_the_table_are_refused(last, after):
    with pytest.raises(cn.TermsError, match="expected days in the years 1800 to 2299"):
        months_back(last, 12, day_number(after))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.integers(-600, 600))
def test_add_months_is_the_same_day_or_the_last_of_the_month(on, months):
    assert add_months(on, months) == same_day(on.year, on.month + months, on.day)
