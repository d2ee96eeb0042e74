"""Observed closes: exact, in euros (FX-1), and never guessed."""

from __future__ import annotations

import pickle
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convnote.calendars import calendar, day_number
from convnote.errors import MarketError
from convnote.market import MarketHistory

DAYS = ["2000-02-15", "2000-02-16", "2000-02-17"]
DATES = [date(2000, 2, 15), date(2000, 2, 16), date(2000, 2, 17)]
STAMPS = np.array(DAYS, "datetime64[D]")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def daily(days: list[str]) -> MarketHistory:
    return MarketHistory(dates=days, closes=[100 + place for place in range(len(days))])


# --- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dates",
    [DAYS, DATES, tuple(DATES), STAMPS, STAMPS.astype("datetime64[ns]"), list(STAMPS), np.array(DAYS),
     pd.Series(DAYS), pd.to_datetime(pd.Series(DAYS)), pd.DatetimeIndex(DAYS), iter(DAYS)],
    ids=["text", "dates", "tuple", "days", "nanoseconds", "stamps", "texts", "text column", "column", "index", "iterator"],
)  # fmt: skip
def test_days_come_in_any_usual_form(dates: Any) -> None:
    history = MarketHistory(dates=dates, closes=[1, 2, 3])
    assert history.days.tolist() == [11002, 11003, 11004]  # 2000-01-01 is day 10957
    assert history.dates.dtype == "datetime64[D]" and history.dates.tolist() == DATES


@pytest.mark.parametrize(
    "closes",
    [[84.883, 72.5, 3.0], ["84.883", " 72.50", "3"], [Decimal("84.883"), Decimal("72.5"), 3],
     [Fraction(84883, 1000), Fraction(145, 2), Fraction(3)], np.array([84.883, 72.5, 3.0]),
     pd.Series([84.883, 72.5, 3.0], index=[7, 8, 9])],
    ids=["floats", "texts", "decimals", "fractions", "array", "column"],
)  # fmt: skip
def test_closes_are_exact_and_a_float_is_its_shortest_decimal(closes: Any) -> None:
    history = MarketHistory(dates=DAYS, closes=closes)
    assert history.exact_closes == [Fraction(84883, 1000), Fraction(145, 2), Fraction(3)]
    assert history.exact_close(11002) == Fraction(84883, 1000)
    assert history.closes.dtype == np.float64 and history.closes.tolist() == [84.883, 72.5, 3.0]


def test_fx1_close_is_usd_over_usd_per_eur_of_the_day() -> None:
    history = MarketHistory.from_usd(["2000-02-16"], ["70.6875"], ["2000-02-15", "2000-02-16"], ["0.9", "0.9804"])
    assert history.exact_closes == [Fraction(706875, 9804)]


def test_fx1_where_none_was_fixed_the_last_before_is_taken_and_never_a_later_one() -> None:
    # Easter Monday 2000-04-24: NASDAQ traded, the rate before is of Maundy Thursday
    history = MarketHistory.from_usd(["2000-04-24"], [50], ["2000-04-20", "2000-04-25"], ["0.5", "0.8"])
    assert history.exact_closes == [100]


def test_fx1_a_rate_older_than_five_days_is_refused_naming_each_day() -> None:
    days, fixings = ["2000-02-15", "2000-02-21", "2000-02-22"], ["2000-02-16"]
    with pytest.raises(MarketError) as caught:
        MarketHistory.from_usd(days, [1, 2, 3], fixings, [1])
    assert caught.value.faults == (
        "exchange rate (FX-1): got 2000-02-15; no USD per EUR on that day or within 5 days before; no earlier rate is given",
        "exchange rate (FX-1): got 2000-02-22; no USD per EUR on that day or within 5 days before; "
        "the last before is of 2000-02-16",
    )
    assert MarketHistory.from_usd(days[1:], [2, 3], fixings, [1], max_stale_days=6).exact_closes == [2, 3]


def test_fx1_with_no_stale_days_only_the_same_day_counts() -> None:
    with pytest.raises(MarketError, match="2000-02-17"):
        MarketHistory.from_usd(["2000-02-16", "2000-02-17"], [1, 1], ["2000-02-16"], [1], max_stale_days=0)


@pytest.mark.parametrize("stale", [-1, 2.5, True, "5"])
def test_max_stale_days_is_a_whole_number(stale: Any) -> None:
    with pytest.raises(MarketError, match="max_stale_days"):
        MarketHistory.from_usd(["2000-02-16"], [1], ["2000-02-16"], [1], max_stale_days=stale)


@given(
    st.decimals("0.01", "999", places=6, allow_nan=False).filter(lambda close: close > 0),
    st.decimals("0.5", "2", places=4, allow_nan=False),
)
def test_the_float_close_is_the_nearest_to_the_exact_quotient(close: Decimal, rate: Decimal) -> None:
    history = MarketHistory.from_usd(["2000-02-16"], [str(close)], ["2000-02-16"], [str(rate)])
    quotient = Fraction(close) / Fraction(rate)
    assert history.exact_closes == [quotient]
    near = history.closes[0]
    gap = abs(Fraction(float(near)) - quotient)
    assert gap <= min(abs(Fraction(float(np.nextafter(near, side))) - quotient) for side in (0.0, np.inf))


def test_a_history_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        daily(DAYS).closes[0] = 5


def test_a_history_survives_the_way_to_a_worker() -> None:
    history = pickle.loads(pickle.dumps(daily(DAYS)))
    assert history.exact_closes == [100, 101, 102] and history.exact_close(11003) == 101


def test_length_frame_and_words() -> None:
    history = MarketHistory.from_usd(DAYS, [1, 2, 4], DAYS, [3, 3, 3])
    assert len(history) == 3
    assert repr(history) == (
        "MarketHistory(3 closes in EUR, 2000-02-15 to 2000-02-17, from 'closes given in USD / rates given in USD per EUR')"
    )
    frame = history.to_frame()
    assert list(frame.columns) == ["date", "close"] and frame["close"].tolist() == [1 / 3, 2 / 3, 4 / 3]
    assert frame["date"].dt.strftime("%Y-%m-%d").tolist() == DAYS
    assert history.to_frame(exact=True)["close"][0] == Decimal("0." + "3" * 34)


def test_between_keeps_both_ends() -> None:
    history = daily(DAYS).between("2000-02-16", date(2000, 2, 17))
    assert history.exact_closes == [101, 102] and history.source == "closes given"
    with pytest.raises(MarketError, match="no close between"):
        daily(DAYS).between("2000-02-18", "2000-03-01")


# --- windows ---------------------------------------------------------------------------------------------------------


def test_day1_a_window_stretches_over_the_closures_of_september_2001() -> None:
    days = ["2001-09-07", "2001-09-10", "2001-09-17", "2001-09-18"]
    window = daily(days).window(day_number("2001-09-18"), 4, calendar("NASDAQ"))
    assert window == [100, 101, 102, 103]


def test_a_window_ends_on_the_last_trading_day_on_or_before() -> None:
    # Saturday 2002-02-16, and the Monday after is a holiday
    history = daily(["2002-02-13", "2002-02-14", "2002-02-15", "2002-02-19"])
    nasdaq = calendar("NASDAQ")
    assert history.window(day_number("2002-02-18"), 2, nasdaq) == [101, 102]
    assert history.window(day_number("2002-02-19"), 1, nasdaq) == [103]


def test_a_window_names_every_close_it_lacks() -> None:
    history = daily(["2002-02-12", "2002-02-14"])
    with pytest.raises(MarketError) as caught:
        history.window(day_number("2002-02-15"), 4, calendar("NASDAQ"))
    assert caught.value.value == "2002-02-13, 2002-02-15" and caught.value.rule == "DAY-1"


def test_a_close_on_a_day_without_trading_is_not_in_a_window() -> None:
    history = daily(["2002-02-15", "2002-02-16", "2002-02-19"])
    assert history.window(day_number("2002-02-19"), 2, calendar("NASDAQ")) == [100, 102]


def test_a_window_has_at_least_one_day() -> None:
    with pytest.raises(MarketError, match="count: got 0"):
        daily(DAYS).window(11003, 0, calendar("NASDAQ"))


def test_a_missing_close_is_named() -> None:
    with pytest.raises(MarketError, match="close: got 2000-02-18; closes given has no close on that day"):
        daily(DAYS).exact_close(11005)


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "closes", "said"),
    [
        (["2000-02-16", "2000-02-15"], [1, 2], "dates must ascend|run backwards"),
        (["2000-02-17", "2000-02-16", "2000-02-15"], [1, 2, 3], r"dates\[0\]: got 2000-02-17; the dates run backwards"),
        (["2000-02-15", "2000-02-16", "2000-02-16"], [1, 2, 3], r"dates\[2\]: got 2000-02-16; the same day twice"),
        (DAYS, [1, float("nan"), 3], r"closes\[1\]: got nan"),
        (DAYS, np.array([1, np.nan, 3]), r"closes\[1\]: got nan"),
        (DAYS, [1, float("inf"), 3], r"closes\[1\]: got inf"),
        (DAYS, [1, 0, 3], r"closes\[1\]: got 0; a close must be above 0"),
        (DAYS, [1, 2, -3.5], r"closes\[2\]: got -3.5; a close must be above 0"),
        (DAYS, [1, None, 3], r"closes\[1\]: got None"),
        (DAYS, [1, True, 3], r"closes\[1\]: got True"),
        (DAYS, ["1", "", "3"], r"closes\[1\]: got ''; a number is missing"),
        (DAYS, ["1", "1,234.5", "3"], r"closes\[1\]: got '1,234.5'; expected a number with a decimal point"),
        (DAYS, ["1", "1_000", "3"], r"closes\[1\]: got '1_000'"),
        (DAYS, ["1", "1e999999999", "3"], r"closes\[1\]: got '1e999999999'"),
        (DAYS, [1, 2], "got 3 dates, 2 closes; expected one value for each day"),
        ([], [], "at least one day"),
        ("2000-02-16", [1], "expected a column of values"),
        (DAYS, 5, "expected a column of values"),
        (DAYS, np.ones((3, 1)), r"expected one column"),
        (["2000-02-15", "16.02.2000", "2000-02-17"], [1, 2, 3], r"dates\[1\]: got '16.02.2000'; .*YYYY-MM-DD"),
        (["2000-02-15", "20000216", "2000-02-17"], [1, 2, 3], r"dates\[1\]: got '20000216'"),
        (["2000-02-15", "2000-02-30", "2000-02-17"], [1, 2, 3], r"dates\[1\]: got '2000-02-30'; no such day"),
        (["2000-02-15", datetime(2000, 2, 16, 12), "2000-02-17"], [1, 2, 3], r"dates\[1\]: .*time of day"),
        (np.array(["2000-02-15", "NaT", "2000-02-17"], "datetime64[D]"), [1, 2, 3], r"dates\[1\]: .*must be a day"),
        (np.array(DAYS, "datetime64[h]") + np.array([0, 5, 0]), [1, 2, 3], r"dates\[1\]: .*without a time of day"),
        ([1, 2, 3], [1, 2, 3], r"3 faults"),
    ],
)  # fmt: skip
def test_bad_values_are_refused_with_place_and_value(dates: Any, closes: Any, said: str) -> None:
    with pytest.raises(MarketError, match=said):
        MarketHistory(dates=dates, closes=closes)


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(MarketError) as caught:
        MarketHistory(dates=["2000-02-15", "2000-02-15", "soon"], closes=[-1, "x"])
    faults = caught.value.faults
    assert [fault.split(":")[0] for fault in faults] == [
        "MarketHistory.dates[2]", "MarketHistory.closes[0]", "MarketHistory.closes[1]", "MarketHistory",
    ]  # fmt: skip


def test_a_table_that_is_wrong_throughout_does_not_fill_the_screen() -> None:
    days = [date(2000, 1, 1) + timedelta(days=step) for step in range(500)]
    with pytest.raises(MarketError) as caught:
        MarketHistory(dates=days, closes=[-1] * 500)
    assert len(caught.value.faults) == 500 and len(str(caught.value).splitlines()) == 22
    assert "and 480 more" in str(caught.value)


# --- files -----------------------------------------------------------------------------------------------------------


def test_csv_closes_and_rates_are_read_by_place_when_there_are_two_columns(tmp_path: Path) -> None:
    close = write(tmp_path / "share.csv", "date,close_usd\n2000-02-15,73.8125\n2000-02-16,70.6875\n")
    fx = write(tmp_path / "rate.csv", "day;anything\n2000-02-16;0.9804\n".replace(";", ","))
    with pytest.raises(MarketError, match="2000-02-15"):
        MarketHistory.from_csv(close, fx)
    history = MarketHistory.from_csv(close=close)
    assert history.exact_closes == [Fraction(738125, 10000), Fraction(706875, 10000)] and history.source == "share.csv"
    write(tmp_path / "rate.csv", "day,anything\n2000-02-15,0.9778\n2000-02-16,0.9804\n")
    history = MarketHistory.from_csv(close=str(close), fx=fx)
    assert history.exact_closes == [Fraction(738125, 9778), Fraction(706875, 9804)]
    assert history.source == "share.csv / rate.csv"


def test_csv_of_many_columns_by_name_with_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes("\ufeffDate,Open,Close\r\n2000-02-16,1,70.6875\r\n\r\n".encode())
    assert MarketHistory.from_csv(path, close_column="Close").exact_closes == [Fraction("70.6875")]
    with pytest.raises(MarketError, match="which column holds the value; the columns of the file are Date, Open, Close"):
        MarketHistory.from_csv(path)
    with pytest.raises(MarketError, match=r"wide.csv: got 'Clsoe'; there is no such column; .* Date, Open, Close"):
        MarketHistory.from_csv(path, close_column="Clsoe")


def test_csv_without_a_header_and_with_semicolons(tmp_path: Path) -> None:
    path = write(tmp_path / "bare.csv", "2000-02-16;70.5\n2000-02-17;71\n")
    assert MarketHistory.from_csv(path, delimiter=";").exact_closes == [Fraction(141, 2), 71]


def test_csv_without_a_column_called_date_asks_for_one(tmp_path: Path) -> None:
    path = write(tmp_path / "odd.csv", "day,open,close\n2000-02-16,1,2\n")
    with pytest.raises(MarketError, match="which column holds the date; the columns of the file are day, open, close"):
        MarketHistory.from_csv(path, close_column="close")


def test_csv_named_date_column(tmp_path: Path) -> None:
    path = write(tmp_path / "odd.csv", "close,when\n70.5,2000-02-16\n")
    assert MarketHistory.from_csv(path, close_date="when").exact_closes == [Fraction(141, 2)]


def test_csv_faults_name_file_line_column_and_cell(tmp_path: Path) -> None:
    path = write(tmp_path / "usd.csv", "date,close_usd\n2000-02-16,.\n2000-02-17,\n2/18/2000,3\n2000-02-21,-4\n")
    with pytest.raises(MarketError) as caught:
        MarketHistory.from_csv(path)
    assert caught.value.faults == (
        "usd.csv line 4, column date: got '2/18/2000'; a day is written YYYY-MM-DD; "
        'which of these figures is the day and which the month is not guessed: say date_format, such as "%m/%d/%Y"',
        "usd.csv line 2, column close_usd: got '.'; expected a number with a decimal point",
        "usd.csv line 3, column close_usd: got ''; a number is missing",
        "usd.csv line 5, column close_usd: got -4; a close must be above 0",
    )


def test_csv_faults_of_both_files_are_named_at_once(tmp_path: Path) -> None:
    close = write(tmp_path / "usd.csv", "date,close\n2000-02-16,x\n")
    fx = write(tmp_path / "fx.csv", "date,rate\n2000-02-16,0\n")
    with pytest.raises(MarketError) as caught:
        MarketHistory.from_csv(close, fx)
    assert [fault.split(" ")[0] for fault in caught.value.faults] == ["usd.csv", "fx.csv"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"date,close\n", "a header and no rows"),
        (b"date,close\n2000-02-16\n", "line 2: got 1 columns; expected 2 columns"),
        (b"date,close\n2000-02-16,1,2\n", "line 2: got 3 columns; expected 2 columns"),
        (b"date,close\n2000-02-16,\xff\xfe\n", "cannot be read"),
    ],
)
def test_csv_that_is_no_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    with pytest.raises(MarketError, match=said):
        MarketHistory.from_csv(tmp_path / "bad.csv")


def test_csv_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MarketError, match="cannot be read: No such file") as caught:
        MarketHistory.from_csv(tmp_path / "none.csv")
    assert caught.value.value == str(tmp_path / "none.csv")


# --- real daily files ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_history(data: Path) -> MarketHistory:
    return MarketHistory.from_csv(data / "amzn_close_usd.csv", data / "eurusd_ecb.csv")


@pytest.mark.real
def test_real_averages_before_both_resets(real_history: MarketHistory) -> None:
    nasdaq = calendar("NASDAQ")
    for reset, average in (("2001-02-16", "18.0478"), ("2002-02-16", "15.0000")):
        window = real_history.window(day_number(reset) - 1, 20, nasdaq)
        assert len(window) == 20 and f"{float(sum(window) / 20):.4f}" == average


@pytest.mark.real
def test_real_highest_close_before_the_last_day_of_a_withdrawal(real_history: MarketHistory) -> None:
    history = real_history.between("2000-02-16", "2003-02-19")
    top = int(history.closes.argmax())
    assert str(history.dates[top]) == "2000-03-27" and history.exact_closes[top] == Fraction("73.125") / Fraction("0.9712")
    assert f"{history.closes[top]:.3f}" == "75.293"


@pytest.mark.real
def test_real_closes_cover_every_session_and_first_exceed_84883_in_2009(real_history: MarketHistory) -> None:
    life = real_history.between("2000-02-16", "2010-02-16")
    sessions = calendar("NASDAQ").between(day_number("2000-02-16"), day_number("2010-02-16"))
    assert life.days.tolist() == list(sessions) and len(life) == 2514
    above = [day for day, close in zip(life.dates, life.exact_closes, strict=True) if close > Fraction("84.883")]
    assert str(above[0]) == "2009-11-06"
    assert f"{life.closes.max():.3f}" == "97.324" and str(life.dates[life.closes.argmax()]) == "2009-12-23"


@pytest.mark.real
def test_real_fx1_on_26_days_the_last_rate_before_is_used(data: Path, real_history: MarketHistory) -> None:
    usd = dict(line.split(",") for line in (data / "amzn_close_usd.csv").read_text().split()[1:])
    fixed = dict(line.split(",") for line in (data / "eurusd_ecb.csv").read_text().split()[1:])
    days = [day for day in usd if "2000-02-16" <= day <= "2010-02-16" and day not in fixed]
    assert len(days) == 26 and {"2000-04-24", "2001-12-31", "2003-12-26"} <= set(days)
    for day in days:
        last = max(fixing for fixing in fixed if fixing < day)
        assert real_history.exact_close(day_number(day)) == Fraction(usd[day]) / Fraction(fixed[last])
    with pytest.raises(MarketError) as caught:
        MarketHistory.from_csv(data / "amzn_close_usd.csv", data / "eurusd_ecb.csv", max_stale_days=0)
    assert set(days) <= {fault.split("got ")[1][:10] for fault in caught.value.faults}
