"""Yields, durations and floors beside QuantLib, where it computes the same thing."""

import math

import numpy as np
import pytest

from convnote import analytics

ql = pytest.importorskip("QuantLib", reason="compares with QuantLib (extra `peers`)")

SETTLEMENTS = ["2000-02-16", "2000-07-01", "2002-02-16", "2004-02-15", "2004-02-29", "2008-12-31", "2009-02-16", "2009-11-30"]


def quantlib_date(iso):
    year, month, day = map(int, iso.split("-"))
    return ql.Date(day, month, year)


@pytest.fixture(scope="module")
def schedule():
    rule = ql.DateGeneration.Backward
    unadjusted = ql.Unadjusted
    return ql.Schedule(
        ql.Date(16, 2, 2000), ql.Date(16, 2, 2010), ql.Period(1, ql.Years), ql.NullCalendar(), unadjusted, unadjusted, rule, False
    )


@pytest.fixture(scope="module")
def bond(schedule):
    return ql.FixedRateBond(0, 100.0, schedule, [0.06875], ql.Actual365Fixed())


@pytest.fixture(scope="module")
def moved(schedule):
    """The same bond, with payments on the next day on which the Federal Reserve is open."""
    banks = ql.UnitedStates(ql.UnitedStates.FederalReserve)
    return ql.FixedRateBond(0, 100.0, schedule, [0.06875], ql.Actual365Fixed(), ql.Following, 100.0, ql.Date(16, 2, 2000), banks)


@pytest.mark.parametrize(("ours", "theirs"), [("annual", ql.Annual), ("semiannual", ql.Semiannual), ("continuous", None)])
@pytest.mark.parametrize("on", SETTLEMENTS)
def test_yields_and_durations_agree(note, bond, on, ours, theirs):
    compounding = ql.Continuous if theirs is None else ql.Compounded
    frequency = theirs or ql.Annual
    for price in (55.0, 100.0, 104.0):
        quote = ql.BondPrice(price, ql.BondPrice.Clean)
        expected = ql.BondFunctions.bondYield(
            bond, quote, ql.Actual365Fixed(), compounding, frequency, quantlib_date(on), 1e-13, 200, 0.05
        )
        options = {"clock": "act/365f", "compounding": ours}
        rate = analytics.yield_to_maturity(note, price, on, **options)
        assert rate == pytest.approx(expected, abs=1e-10)
        asked = (bond, ql.InterestRate(rate, ql.Actual365Fixed(), compounding, frequency))
        day = quantlib_date(on)
        duration = ql.BondFunctions.duration(*asked, ql.Duration.Modified, day)
        assert analytics.modified_duration(note, rate, on, **options) == pytest.approx(duration, rel=1e-10)
        assert analytics.convexity(note, rate, on, **options) == pytest.approx(ql.BondFunctions.convexity(*asked, day), rel=1e-10)
        if theirs is not None:  # QuantLib has no Macaulay duration of a continuous yield
            duration = ql.BondFunctions.duration(*asked, ql.Duration.Macaulay, day)
            assert analytics.macaulay_duration(note, rate, on, **options) == pytest.approx(duration, rel=1e-10)


@pytest.mark.parametrize("on", SETTLEMENTS)
def test_periods_of_actual_days_are_those_of_actual_actual_isma(note, bond, schedule, on):
    counter = ql.ActualActual(ql.ActualActual.ISMA, schedule)
    quote = ql.BondPrice(90.0, ql.BondPrice.Clean)
    expected = ql.BondFunctions.bondYield(bond, quote, counter, ql.Compounded, ql.Annual, quantlib_date(on), 1e-13, 200, 0.05)
    assert analytics.yield_to_maturity(note, 90.0, on) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("on", SETTLEMENTS)
def test_int6_floors_agree(note, bond, moved, on):
    day = quantlib_date(on)
    ql.Settings.instance().evaluationDate = day
    flat = ql.YieldTermStructureHandle(ql.FlatForward(day, 0.07, ql.Actual365Fixed(), ql.Continuous))
    # its own value and accrued interest still count a coupon whose payment was moved past the settlement: that is the seller's
    left = [
        flow
        for flow in moved.cashflows()
        if flow.date() > day and not (ql.as_coupon(flow) and ql.as_coupon(flow).accrualEndDate() <= day)
    ]
    expected = sum(flow.amount() * flat.discount(flow.date()) for flow in left)
    assert analytics.bond_floor(note, on, 0.04, spread=0.03, dirty=True) == pytest.approx(expected, abs=1e-10)
    assert analytics.bond_floor(note, on, 0.07) == pytest.approx(expected - bond.accruedAmount(day), abs=1e-10)


def test_accrued_interest_of_every_day_agrees(note, bond):
    days = np.datetime64("2000-02-16") + np.arange(3653)
    theirs = [bond.accruedAmount(ql.Date(day.day, day.month, day.year)) for day in days.tolist()]
    assert note.interest.accrued(days) / 10 == pytest.approx(theirs, abs=1e-12)
    assert math.isclose(sum(theirs), float(note.interest.accrued(days).sum()) / 10, rel_tol=1e-12)
