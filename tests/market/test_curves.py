"""Curves: what holds on a day, what adds up over days, and the factors that follow."""

from __future__ import annotations

import math
import pickle
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convnote.calendars import calendar, day_number
from convnote.errors import MarketError
from convnote.market import Curve, DiscountCurve
from convnote.market.curves import CLOCKS, combine, years

STEP = Curve(["2000-02-16", "2003-02-16"], [0.04, 0.05])
#: percent, annually compounded, on 2000-02-16: one, five and ten years
BUND = {1: 0.040150, 5: 0.053414, 10: 0.057046}


def days(*dates: str) -> np.ndarray:
    return np.array([day_number(day) for day in dates], dtype=np.int64)


# --- clocks ----------------------------------------------------------------------------------------------------------


def test_years_of_each_clock() -> None:
    start, end = int(day_number("1999-07-01")), days("1999-07-01", "2000-07-01")
    assert years(start, end, "act/365f").tolist() == [0.0, 366 / 365]
    assert years(start, end, "act/360").tolist() == [0.0, 366 / 360]
    assert years(start, end, "30/360").tolist() == [0.0, 1.0]
    # 184 days in 1999, 182 in the leap year 2000
    assert years(start, end, "act/act-isda") == pytest.approx([0.0, 184 / 365 + 182 / 366], abs=1e-15)


def test_business_252_counts_the_sessions_after_the_first_day() -> None:
    # Friday to Tuesday over Washington's Birthday is one session; a start on a holiday is like the session before it
    end = days("2000-02-18", "2000-02-19", "2000-02-21", "2000-02-22")
    for start in ("2000-02-18", "2000-02-20"):
        assert (252 * years(int(day_number(start)), end[2:], "business/252")).tolist() == [0, 1]
    # the issue day itself is one of the 2,514 sessions to maturity
    whole = years(int(day_number("2000-02-16")), days("2010-02-16"), "business/252")
    assert (252 * whole).tolist() == [2513]


def test_an_unknown_clock_is_refused() -> None:
    with pytest.raises(MarketError, match=r"day_count: got 'act/366'; allowed: act/365f, .*business/252"):
        years(0, days("2000-02-16"), "act/366")
    with pytest.raises(MarketError, match="calendar: got 'MOON'"):
        years(0, days("2000-02-16"), "business/252", "MOON")


# --- piecewise constant ----------------------------------------------------------------------------------------------


def test_a_value_holds_from_its_date_on_and_the_first_also_before() -> None:
    assert STEP.at(days("1999-01-01", "2000-02-16", "2003-02-15", "2003-02-16", "2020-01-01")).tolist() == [
        0.04, 0.04, 0.04, 0.05, 0.05,
    ]  # fmt: skip
    assert STEP.at("2003-02-15") == 0.04


def test_an_integral_is_the_sum_of_value_times_years_of_each_piece() -> None:
    # 2000-02-16 to 2003-02-16 is 1,096 days
    got = STEP.integral("2000-02-16", days("2000-02-16", "2001-02-16", "2003-02-16", "2003-02-26"))
    assert got == pytest.approx([0, 0.04 * 366 / 365, 0.04 * 1096 / 365, (0.04 * 1096 + 0.05 * 10) / 365], abs=1e-15)
    assert STEP.integral("2003-02-15", days("2003-02-17")) == pytest.approx([(0.04 + 0.05) / 365], abs=1e-16)
    assert STEP.integral("2004-02-16", days("2004-02-26")) == pytest.approx([0.05 * 10 / 365], abs=1e-16)
    assert STEP.integral("1990-01-01", days("1990-01-11")) == pytest.approx([0.04 * 10 / 365], abs=1e-16)


def test_an_integral_keeps_the_shape_of_the_days() -> None:
    grid = days("2000-02-16", "2001-02-16", "2003-02-16", "2003-02-26").reshape(2, 2)
    assert STEP.integral("2000-02-16", grid).shape == (2, 2)
    assert STEP.integral("2000-02-16", date(2001, 2, 16)).shape == ()


@given(
    st.lists(st.tuples(st.integers(10000, 12000), st.floats(-0.1, 0.9)), min_size=1, max_size=6, unique_by=lambda p: p[0]),
    st.lists(st.integers(9500, 12500), min_size=3, max_size=3),
    st.sampled_from(CLOCKS),
)
def test_integrals_agree_with_a_sum_over_days_and_add_up(pieces: list[tuple[int, float]], ends: list[int], clock: str) -> None:
    pieces, (start, middle, end) = sorted(pieces), sorted(ends)
    curve = Curve(np.array([day for day, _ in pieces]).view("datetime64[D]"), [value for _, value in pieces])
    every = np.arange(start, end + 1)
    ticks = np.diff(years(start, every, clock))
    expected = float(np.sum(curve.at(every[:-1]) * ticks))
    got = curve.integral(start, np.array([middle, end]), day_count=clock)
    assert got[1] == pytest.approx(expected, abs=1e-12)
    if clock in ("act/365f", "act/360", "business/252"):
        assert got[1] == pytest.approx(got[0] + curve.integral(middle, np.array([end]), day_count=clock)[0], abs=1e-12)


def test_a_discount_factor_and_a_zero_rate_follow_from_the_integral() -> None:
    end = days("2001-02-15")  # 365 days
    assert STEP.discount("2000-02-16", end) == pytest.approx([math.exp(-0.04)], abs=1e-15)
    assert STEP.discount("2000-02-16", end, spread=0.02) == pytest.approx([math.exp(-0.06)], abs=1e-15)
    assert STEP.zero("2000-02-16", end) == pytest.approx([0.04], abs=1e-15)
    assert STEP.zero("2000-02-16", end, compounding="annual") == pytest.approx([math.exp(0.04) - 1], abs=1e-15)
    assert STEP.zero("2000-02-16", end, compounding="semiannual") == pytest.approx([2 * math.exp(0.02) - 2], abs=1e-15)
    assert STEP.zero("2000-02-16", end, compounding="simple") == pytest.approx([math.exp(0.04) - 1], abs=1e-15)
    assert np.isnan(STEP.zero("2000-02-16", days("2000-02-16"))).all()


def test_a_span_that_runs_backwards_is_refused() -> None:
    with pytest.raises(MarketError, match="days: got 2000-02-15; expected a day on or after 2000-02-16"):
        STEP.integral("2000-02-16", days("2000-02-17", "2000-02-15"))


def test_curves_shift_scale_and_combine() -> None:
    assert STEP.shifted(0.01).values == pytest.approx([0.05, 0.06])
    assert STEP.scaled(2).values.tolist() == [0.08, 0.10]
    other = Curve(["2001-01-01"], [3.0])
    product = combine(np.multiply, STEP, Curve(["2001-01-01", "2002-01-01"], [3.0, 5.0]))
    assert [str(day) for day in product.dates] == ["2000-02-16", "2001-01-01", "2002-01-01", "2003-02-16"]
    assert product.values == pytest.approx([0.12, 0.12, 0.20, 0.25])
    assert combine(np.add, other, 1.0).at("2000-01-01") == 4.0


def test_curves_compare_by_value_and_travel_to_a_worker() -> None:
    same = Curve([date(2000, 2, 16), date(2003, 2, 16)], np.array([0.04, 0.05]))
    assert same == STEP and hash(same) == hash(STEP) and pickle.loads(pickle.dumps(STEP)) == STEP
    assert Curve.flat(0.04) != STEP and STEP != 0.04
    assert repr(STEP) == "Curve(['2000-02-16', '2003-02-16'], [0.04, 0.05])" and repr(Curve.flat(0.3)) == "Curve.flat(0.3)"


@pytest.mark.parametrize(
    ("dates", "values", "said"),
    [
        (["2000-02-16", "2000-02-15", "2000-02-17"], [1, 2, 3], r"Curve.dates\[1\]: got 2000-02-15; dates must ascend"),
        (["2000-02-16"], [float("nan")], r"Curve.values\[0\]: got nan"),
        (["2000-02-16"], [0.1, 0.2], "got 1 dates, 2 values"),
        ([], [], "at least one day"),
        (["2000-02-16"], ["five"], r"Curve.values\[0\]: got 'five'"),
    ],
)
def test_a_wrong_curve_is_refused(dates: Any, values: Any, said: str) -> None:
    with pytest.raises(MarketError, match=said):
        Curve(dates, values)


def test_a_curve_from_csv(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("date,m1,m3\n1999-12-01,3.512,3.450\n2000-01-03,-0.171,3.338\n")
    curve = Curve.from_csv(path, value="m1", scale=0.01)
    assert curve.at(["1999-12-31", "2000-01-03"]) == pytest.approx([0.03512, -0.00171], abs=1e-17)
    path.write_text("date,m1,m3\n1999-12-01,3.512,3.450\n2000-01-03,,3.338\n")
    with pytest.raises(MarketError, match=r"rates.csv line 3, column m1: got ''; a number is missing"):
        Curve.from_csv(path, value="m1")


# --- discount curves -------------------------------------------------------------------------------------------------


def test_zero_rates_by_tenor_give_their_factors() -> None:
    bund = DiscountCurve.from_tenors("2000-02-16", BUND, compounding="annual")
    ends = days("2000-02-16", "2001-02-16", "2005-02-16", "2010-02-16")
    spans = [0, 366 / 365, 1827 / 365, 3653 / 365]
    expected = [1, *((1 + rate) ** -span for rate, span in zip(BUND.values(), spans[1:], strict=True))]
    assert bund.discount("2000-02-16", ends) == pytest.approx(expected, abs=1e-15)
    assert bund.zero("2000-02-16", ends[1:], compounding="annual") == pytest.approx(list(BUND.values()), abs=1e-15)


def test_the_logarithm_of_the_factor_is_linear_between_dates_and_goes_on_after_the_last() -> None:
    curve = DiscountCurve("2000-01-01", ["2000-01-11", "2000-01-31"], [0.0365, 0.073], compounding="continuous")
    # 10 days at 3.65% make 0.001, 30 days at 7.3% make 0.006: 0.00025 a day in between and after
    got = curve.integral("2000-01-01", days("2000-01-02", "2000-01-11", "2000-01-21", "2000-01-31", "2000-02-10"))
    assert got == pytest.approx([0.0001, 0.001, 0.0035, 0.006, 0.0085], abs=1e-17)
    assert curve.integral("2000-01-11", days("2000-01-21")) == pytest.approx([0.0025], abs=1e-17)
    assert curve.integral("2000-01-11", days("2000-01-21"), day_count="business/252") == pytest.approx([0.0025], abs=1e-17)


@pytest.mark.parametrize(
    ("compounding", "factor"),
    [
        ("annual", 1.06**-2),
        ("semiannual", 1.03**-4),
        ("quarterly", 1.015**-8),
        ("continuous", math.exp(-0.12)),
        ("simple", 1 / 1.12),
    ],
)
def test_each_compounding(compounding: str, factor: float) -> None:
    curve = DiscountCurve("2001-02-16", ["2003-02-16"], [0.06], compounding=compounding)  # 730 days
    assert curve.discount("2001-02-16", "2003-02-16") == pytest.approx(factor, abs=1e-15)
    assert curve.zero("2001-02-16", "2003-02-16", compounding=compounding) == pytest.approx(0.06, abs=1e-15)


def test_a_shift_adds_to_the_continuous_forwards() -> None:
    curve = DiscountCurve("2001-02-16", ["2003-02-16"], [0.06])
    assert curve.shifted(0.01).discount("2001-02-16", "2003-02-16") == pytest.approx(1.06**-2 * math.exp(-0.02), abs=1e-15)
    assert curve.discount("2001-02-16", "2003-02-16", spread=0.01) == pytest.approx(1.06**-2 * math.exp(-0.02), abs=1e-15)
    assert curve.shifted(0.0) == curve and hash(curve.shifted(0.0)) == hash(curve) and curve.shifted(0.01) != curve


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"dates": ["2000-02-16"]}, r"dates\[0\]: got 2000-02-16; the dates must lie after 2000-02-16"),
        ({"rates": [-1.5]}, r"rates\[0\]: got -1.5; the rate leaves no positive discount factor"),
        ({"rates": [-1.5, -2], "dates": ["2001-02-16", "2002-02-16"]}, "2 faults"),
        ({"compounding": "daily"}, "compounding: got 'daily'; allowed: continuous, annual"),
        ({"day_count": "act/366"}, "day_count: got 'act/366'"),
        ({"rates": [0.1, 0.2]}, "got 1 dates, 2 rates"),
    ],
)
def test_a_wrong_discount_curve_is_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(MarketError, match=said):
        DiscountCurve(**{"as_of": "2000-02-16", "dates": ["2001-02-16"], "rates": [0.05], **arguments})


def test_tenors_are_whole_years() -> None:
    with pytest.raises(MarketError, match=r"DiscountCurve.tenors: got 0.5; whole years"):
        DiscountCurve.from_tenors("2000-02-16", {0.5: 0.04})  # type: ignore[dict-item]


def test_a_discount_curve_from_csv_of_dates_and_of_tenors(tmp_path: Path) -> None:
    terms = tmp_path / "terms.csv"
    terms.write_text("date,zero\n2001-02-16,4\n2005-02-16,5\n")
    curve = DiscountCurve.from_csv(terms, "2000-02-16", scale=0.01)
    assert curve.discount("2000-02-16", "2005-02-16") == pytest.approx(1.05 ** -(1827 / 365), abs=1e-15)
    panel = tmp_path / "panel.csv"
    panel.write_text("date,z1y,z5y\n2000-02-15,9,9\n2000-02-16,4,\n2000-02-18,4,5\n")
    columns = {"z1y": 1, "z5y": 5}
    curve = DiscountCurve.from_csv(panel, "2000-02-19", tenors=columns, scale=0.01)
    assert curve.zero("2000-02-19", "2005-02-19", compounding="annual") == pytest.approx(0.05, abs=1e-15)
    with pytest.raises(MarketError, match=r"panel.csv line 3, column z5y: got ''; a number is missing"):
        DiscountCurve.from_csv(panel, "2000-02-17", tenors=columns)
    with pytest.raises(MarketError, match=r"as_of: got 2000-02-24; panel.csv has no row"):
        DiscountCurve.from_csv(panel, "2000-02-24", tenors=columns)
    with pytest.raises(MarketError, match=r"as_of: got 2000-02-14; panel.csv has no row"):
        DiscountCurve.from_csv(panel, "2000-02-14", tenors=columns)


@pytest.mark.real
def test_real_bund_curves_have_the_published_zero_rates(data: Path) -> None:
    published = {
        "2000-02-16": [4.0150, 5.3414, 5.7046],
        "2001-02-16": [4.5418, 4.6323, 4.9022],
        "2003-02-14": [2.3752, 3.2334, 4.1694],
        "2010-02-16": [0.5847, 2.2651, 3.4635],
    }
    columns = {f"z{year}y": year for year in range(1, 11)}
    for day, rates in published.items():
        curve = DiscountCurve.from_csv(data / "bund_zero_rates_daily.csv", day, tenors=columns, scale=0.01)
        ends = [date(int(day[:4]) + year, 2, int(day[8:])) for year in (1, 5, 10)]
        assert curve.zero(day, ends, compounding="annual") == pytest.approx(np.array(rates) / 100, abs=1e-14)


def test_a_calendar_of_one_year_has_its_sessions() -> None:
    # a check of the clock against a plain count, by weekday and calendar
    nasdaq = calendar("NASDAQ")
    first, last = int(day_number("2001-01-01")), int(day_number("2001-12-31"))
    plain = sum(1 for day in range(first + 1, last + 1) if nasdaq.is_open(day))
    assert plain == 248  # four sessions were lost in September
    assert 252 * years(first, np.array([last]), "business/252")[0] == pytest.approx(plain, abs=1e-12)


@pytest.mark.parametrize(
    "on", ["soon", 2.5, None, np.datetime64("NaT", "D"), np.array(["2000-02-16"], "datetime64[D]").repeat(2)]
)
def test_the_first_day_of_a_span_is_one_day(on: Any) -> None:
    with pytest.raises(MarketError, match="from_day"):
        STEP.integral(on, days("2001-02-16"))


@pytest.mark.parametrize("on", ["soon", ["2001-02-16", "soon"], np.array([1.5]), None])
def test_the_ends_of_a_span_are_days(on: Any) -> None:
    with pytest.raises(MarketError, match="days"):
        STEP.integral("2000-02-16", on)


def test_dates_that_a_day_count_does_not_tell_apart_are_refused() -> None:
    with pytest.raises(MarketError, match=r"DiscountCurve.dates: two of the dates have the same time in 30/360"):
        DiscountCurve("2000-01-30", ["2000-03-30", "2000-03-31"], [0.05, 0.05], day_count="30/360")
