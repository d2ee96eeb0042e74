"""Payment dates, coupons and accrued interest of every day count agree with periods walked month by month (ROL-1, DCT-1)."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from convnote.calendars import day_number
from convnote.day_counts import days_and_year
from convnote.provisions import Interest, Principal
from convnote.provisions.payment_dates import STUBS
from tests.oracles import days
from tests.oracles import payment_dates as slow

THIRTIES = {"30/360": days.thirty_360, "30e/360": days.thirty_e_360, "30/360-us": days.thirty_360_us}
EXACT = Fraction(1, 10**20)


@st.composite
def month_ends(draw, first=date(1990, 1, 1), last=date(2040, 1, 1)):
    """Days, half of them near the end of a month."""
    day = draw(st.dates(first, last))
    if draw(st.booleans()):
        return day
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=draw(st.integers(1, 4)))


@st.composite
def issues(draw):
    """(Interest, what the oracle needs): any frequency, irregular periods of each kind, month ends."""
    issue, frequency = draw(month_ends()), draw(st.sampled_from([1, 2, 4, 12, 3, 6]))
    months = 12 // frequency
    maturity = slow.moved(issue, draw(st.integers(1, 60)), draw(st.booleans())) + timedelta(
        days=draw(st.sampled_from([0, 0, 1, 17]))
    )
    stub = draw(st.sampled_from([None, *STUBS]))
    anchor = issue if stub and stub.endswith("last") else maturity
    end_of_month = draw(st.booleans()) and (anchor + timedelta(days=1)).day == 1
    first = last = None
    if draw(st.booleans()):
        dates, _ = slow.payment_dates(issue, maturity, months, end_of_month=end_of_month, stub=stub)
        if stub is None or stub.endswith("first"):
            first = dates[0]
        elif len(dates) > 1:
            last = dates[-2]
            end_of_month = end_of_month and (last + timedelta(days=1)).day == 1
            assume((last.day == anchor.day) or end_of_month)
    said = {"end_of_month": end_of_month, "stub": stub, "first": first, "last": last}
    interest = Interest(
        rate="0.0425",
        frequency=frequency,
        day_count=draw(st.sampled_from(["act/act-icma", "30e/360-isda", *THIRTIES])),
        end_of_month=end_of_month,
        stub=stub,
        first_payment=first,
        last_payment=last,
        principal=Principal(issue_date=issue, maturity_date=maturity, issue_size=100, denomination=100, currency="USD"),
    )
    return interest, months, said


def fraction_of(interest, months, start, end, anchor, end_of_month):
    if interest.day_count == "act/act-icma":
        return slow.icma(start, end, anchor, months, end_of_month)
    if interest.day_count == "30e/360-isda":
        return days.thirty_e_360_isda(start, end, interest.principal.maturity_date)
    return THIRTIES[interest.day_count](start, end)


@given(issues(), st.data())
def test_coupons_and_accrued_interest_are_those_of_periods_walked_month_by_month(case, data):
    interest, months, said = case
    issue, maturity = interest.principal.issue_date, interest.principal.maturity_date
    dates, anchor = slow.payment_dates(issue, maturity, months, **said)
    coupons = interest.coupons()
    assert [coupon.payment_date for coupon in coupons] == dates
    event(f"{said['stub']}, {interest.day_count}")
    starts = [issue, *dates[:-1]]
    for start, coupon in zip(starts, coupons, strict=True):
        expected = Fraction("4.25") * fraction_of(interest, months, start, coupon.payment_date, anchor, said["end_of_month"])
        assert abs(Fraction(coupon.amount) - expected) < EXACT, (start, coupon)
    asked = sorted({issue + timedelta(days=data.draw(st.integers(0, (maturity - issue).days))) for _ in range(4)})
    exact = []
    for on in asked:
        start = max(day for day in [issue, *dates] if day <= on)
        exact.append(Fraction("4.25") * fraction_of(interest, months, start, on, anchor, said["end_of_month"]))
        assert abs(Fraction(interest.accrued(on)) - exact[-1]) < EXACT, on
    fast = interest.accrued(np.array(asked, "datetime64[D]"))
    assert fast.dtype == np.float64
    np.testing.assert_allclose(fast, [float(each) for each in exact], rtol=1e-13, atol=1e-13)


@given(st.lists(st.tuples(month_ends(), st.integers(0, 1500)), min_size=1, max_size=8))
def test_the_day_counts_of_thirty_days_agree_with_their_definitions(pairs):
    pairs = [(start, start + timedelta(days=length)) for start, length in pairs]
    starts = np.array([day_number(start) for start, _ in pairs])
    ends = np.array([day_number(end) for _, end in pairs])
    maturity = pairs[0][1]
    oracles = {**THIRTIES, "30e/360-isda": lambda start, end: days.thirty_e_360_isda(start, end, maturity)}
    for name, oracle in oracles.items():
        expected = [oracle(start, end) for start, end in pairs]
        exact = [days_and_year(int(a), int(b), name, maturity=day_number(maturity)) for a, b in zip(starts, ends, strict=True)]
        assert [Fraction(*each) for each in exact] == expected, name
        assert all(type(count) is int for count, _ in exact), name
        count, year = days_and_year(starts, ends, name, maturity=day_number(maturity))
        assert [Fraction(int(each), year) for each in count] == expected, name


@pytest.mark.parametrize("name", ["30/360", "30e/360", "30/360-us", "30e/360-isda"])
def test_day_counts_agree_with_quantlib(name):
    ql = pytest.importorskip("QuantLib")
    maturity = date(2012, 2, 29)
    conventions = {
        "30/360": ql.Thirty360(ql.Thirty360.BondBasis),
        "30e/360": ql.Thirty360(ql.Thirty360.EurobondBasis),
        "30/360-us": ql.Thirty360(ql.Thirty360.USA),
        "30e/360-isda": ql.Thirty360(ql.Thirty360.ISDA, ql.Date(29, 2, 2012)),
    }
    every = [date(2010, 12, 25) + timedelta(days=step) for step in range(435)]
    for start in every[::3]:
        for end in every[::5]:
            if start <= end <= maturity:
                theirs = conventions[name].dayCount(
                    ql.Date(start.day, start.month, start.year), ql.Date(end.day, end.month, end.year)
                )
                ours, _ = days_and_year(day_number(start), day_number(end), name, maturity=day_number(maturity))
                assert ours == theirs, (start, end)
