"""What files, frames and curves rarely hold, and the words of refusals that few see."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import convnote as cn
from convnote.market.currencies import pair_in
from convnote.market.discount import DiscountCurve

DAYS = ["2000-02-16", "2000-02-17"]


def test_a_file_with_a_header_and_no_rows_is_refused(tmp_path):
    (tmp_path / "closes.csv").write_text("date,close\n")
    with pytest.raises(cn.MarketError, match=r"closes.csv; the file has a header and no rows$"):
        cn.MarketHistory.from_csv(tmp_path / "closes.csv", currency="EUR")


def test_a_curve_is_read_with_the_delimiter_that_is_said(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("date;rate\n2000-02-16;4.015\n2003-02-16;5.125\n")
    curve = cn.Curve.from_csv(path, scale=0.01, delimiter=";")
    assert curve.values.tolist() == pytest.approx([0.04015, 0.05125])


def test_a_wrong_day_in_a_file_of_a_curve_is_named_by_its_line(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("date,rate\n2000-02-16,0.04\n2000-02-30,0.05\n")
    with pytest.raises(cn.MarketError, match=r"line 3, column date: got '2000-02-30'"):
        cn.Curve.from_csv(path)


def test_a_curve_counts_trading_days_by_the_calendar_that_is_said():
    # 2000-07-04 is a weekday, and no session of NASDAQ
    days = {"day_count": "business/252"}
    for curve in (cn.Curve(["2000-01-01", "2000-02-01"], [0.03, 0.05]), cn.Curve.flat(0.05)):
        by_nasdaq = curve.integral("2000-07-03", "2000-07-05", **days, trading="NASDAQ")
        by_weekdays = curve.integral("2000-07-03", "2000-07-05", **days, trading="weekdays")
        assert (by_nasdaq, by_weekdays) == (pytest.approx(0.05 * 1 / 252), pytest.approx(0.05 * 2 / 252))
        assert curve.integral("2000-07-03", "2000-07-05", **days) == pytest.approx(by_nasdaq)


def test_a_discount_curve_counts_trading_days_of_nasdaq_unless_another_calendar_is_said():
    curve = DiscountCurve("2000-07-03", ["2001-07-03"], rates=[0.05])
    said = curve.integral("2000-07-03", ["2000-07-05"], day_count="business/252", trading="NASDAQ")
    assert curve.integral("2000-07-03", ["2000-07-05"], day_count="business/252") == pytest.approx(said)


@pytest.mark.parametrize("name", ["reference rate of usd per eur", "tradetime usd per eur"])
def test_a_word_of_nine_letters_is_no_pair(name):
    # a word is a pair of currencies where its middle says "per": EURPERUSD
    assert pair_in(name) == ("USD", "EUR")
    assert pair_in("usdpereur") == ("USD", "EUR") and pair_in("reference") is None


class _Table:
    """What a frame of Arrow has for a reader that knows nothing of its library."""

    def to_pydict(self):
        return {"date": DAYS, "close": [71.25, 72.5]}


def test_a_frame_that_gives_its_columns_as_a_dict_is_read():
    history = cn.MarketHistory.from_frame(_Table(), currency="EUR")
    assert [float(close) for close in history.closes] == [71.25, 72.5]


def test_days_of_a_frame_are_those_of_the_exchange_whatever_its_time_zone():
    index = pd.DatetimeIndex(["2000-02-16", "2000-02-17"], tz="Asia/Tokyo")
    history = cn.MarketHistory.from_frame(pd.DataFrame({"Close": [71.25, 72.5]}, index=index), currency="JPY")
    assert [str(day) for day in history.dates] == DAYS


@pytest.mark.parametrize("column", [5, ("date",)])
def test_the_name_of_a_column_is_a_text(column):
    frame = pd.DataFrame({"date": DAYS, "close": [71.25, 72.5]})
    with pytest.raises(cn.MarketError, match="expected the name of a column"):
        cn.MarketHistory.from_frame(frame, close_column=column, currency="EUR")


def test_of_two_names_that_all_columns_share_the_lower_one_is_the_ticker():
    columns = pd.MultiIndex.from_tuples([("Nasdaq", "Open", "AMZN"), ("Nasdaq", "Close", "AMZN")])
    frame = pd.DataFrame([[71.0, 71.25], [72.0, 72.5]], index=pd.DatetimeIndex(DAYS), columns=columns)
    history = cn.MarketHistory.from_frame(frame, close_column="Nasdaq Close", currency="USD")
    assert [float(close) for close in history.closes] == [71.25, 72.5]


def test_a_frame_of_one_column_with_two_names_is_read():
    columns = pd.MultiIndex.from_tuples([("Close", "AMZN")])
    frame = pd.DataFrame([[71.25], [72.5]], index=pd.DatetimeIndex(DAYS), columns=columns)
    history = cn.MarketHistory.from_frame(frame, currency="USD")
    assert [float(close) for close in history.closes] == [71.25, 72.5]


def test_closes_of_no_exchange_in_a_currency_that_is_not_said_are_refused_with_what_may_be_said():
    days = np.arange("2001-05-01", "2001-08-01", dtype="datetime64[D]")
    closes = [50 + place / 7 for place in range(len(days))]
    frame = pd.DataFrame({"close": closes}, index=pd.DatetimeIndex(days))
    with pytest.raises(cn.MarketError, match=r"trades on an exchange; if they were translated from another currency, say theirs"):
        cn.MarketHistory.from_frame(frame)
    with pytest.raises(cn.MarketError, match=r"no price at which a share trades in USD: "):
        cn.MarketHistory.from_frame(frame, currency="USD")


def test_a_long_format_of_days_is_shown_cut():
    frame = pd.DataFrame({"date": DAYS, "close": [71.25, 72.5]})
    with pytest.raises(cn.MarketError) as refused:
        cn.MarketHistory.from_frame(frame, date_format="day " * 50, currency="EUR")
    assert repr("day " * 50)[:80] in str(refused.value) and repr("day " * 50)[:81] not in str(refused.value)


@pytest.mark.parametrize("date_format", ["%Y-%m-%d %Y", "%m/%d/%Y%Y", "%Y" * 100])
def test_a_format_that_says_a_part_of_the_day_twice_is_refused(date_format):
    frame = pd.DataFrame({"date": DAYS, "close": [71.25, 72.5]})
    with pytest.raises(cn.MarketError, match=r"expected a format of datetime.strptime with year, month and day"):
        cn.MarketHistory.from_frame(frame, date_format=date_format, currency="EUR")


def test_rates_of_another_currency_in_the_columns_of_the_ecb_are_read(tmp_path):
    (tmp_path / "closes.csv").write_text("date,close\n2003-03-03,30.50\n2003-03-04,31.00\n")
    row = "EXR.D.USD.GBP.SP00.A,{},USD,GBP,1.25\n"
    rates = "KEY,TIME_PERIOD,CURRENCY,CURRENCY_DENOM,OBS_VALUE\n" + row.format("2003-03-03") + row.format("2003-03-04")
    (tmp_path / "rates.csv").write_text(rates)
    history = cn.MarketHistory.from_csv(tmp_path / "closes.csv", fx=tmp_path / "rates.csv", currency="GBP")
    # 30.50 / 1.25, 31.00 / 1.25
    assert [float(close) for close in history.closes] == [24.4, 24.8]
