"""Files as vendors write them: columns recognised, adjusted closes and swappable dates refused, gaps said."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import convnote as cn
from convnote.errors import MarketError

YAHOO = "Date,Open,High,Low,Close,Adj Close,Volume\n"
STOOQ = "Date,Open,High,Low,Close,Volume\n"


def write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def fx(tmp_path: Path) -> Path:
    return write(tmp_path / "fx.csv", "date,usd_per_eur\n2000-02-14,0.9800\n2000-02-15,0.9778\n2000-02-16,0.9804\n")


# --- recognised -------------------------------------------------------------------------------------------------------


def test_yahoo_closes_are_read_and_rows_of_null_are_said(tmp_path: Path, fx: Path) -> None:
    rows = "2000-02-14,74,75,73,74.5,74.5,1\n2000-02-15,null,null,null,null,null,null\n2000-02-16,7,7,7,70.687500,70.687500,1\n"
    history = cn.MarketHistory.from_csv(write(tmp_path / "AMZN.csv", YAHOO + rows), fx)
    assert history.exact_closes == [Fraction("74.5") / Fraction("0.98"), Fraction("70.6875") / Fraction("0.9804")]
    assert history.source == "AMZN.csv (Yahoo) / fx.csv"
    assert history.notes == (
        "rows of AMZN.csv (Yahoo) without a figure are passed over, 1: 2000-02-15",
        "no close on 1 of the 3 NASDAQ days from 2000-02-14 to 2000-02-16: 2000-02-15",
    )
    assert history.gaps() == [date(2000, 2, 15)]


def test_yahoo_closes_in_single_precision_are_taken_at_the_cent(tmp_path: Path) -> None:
    rows = (
        "2003-12-30,1,1,1,52.619999,52.619999,1\n2003-12-31,1,1,1,52.620003,52.620003,1\n2004-01-02,1,1,1,76.187500,76.187500,1\n"
    )
    history = cn.MarketHistory.from_csv(write(tmp_path / "AMZN.csv", YAHOO + rows))
    # 52.620003 is no cent in single precision, so it stays as written
    assert history.exact_closes == [Fraction("52.62"), Fraction("52.620003"), Fraction("76.1875")]
    assert "1 closes of AMZN.csv (Yahoo), printed in single precision" in history.notes[0]


def test_stooq_downloads_of_both_kinds(tmp_path: Path) -> None:
    plain = write(tmp_path / "amzn_us_d.csv", STOOQ + "2000-02-15,1,1,1,73.81,9\n2000-02-16,1,1,1,70.69,9\n")
    bulk = write(
        tmp_path / "amzn.us.txt",
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
        "AMZN.US,D,20000215,000000,1,1,1,73.81,9,0\nAMZN.US,D,20000216,000000,1,1,1,70.69,9,0\n",
    )
    for path in (plain, bulk):
        history = cn.MarketHistory.from_csv(path, currency="EUR")
        assert history.exact_closes == [Fraction("73.81"), Fraction("70.69")]
        assert history.dates.astype(str).tolist() == ["2000-02-15", "2000-02-16"]
        assert history.source == f"{path.name} (Stooq)" and history.notes == ()


@pytest.mark.parametrize("head", ["DATE,DEXUSEU", "observation_date,DEXUSEU"])
@pytest.mark.parametrize("nothing", [".", ""])
def test_fred_rates_without_a_value_are_passed_over_and_the_last_before_is_used(tmp_path: Path, head: str, nothing: str) -> None:
    rates = write(tmp_path / "DEXUSEU.csv", f"{head}\n2000-10-06,0.8686\n2000-10-09,{nothing}\n2000-10-10,0.8726\n")
    closes = write(tmp_path / "usd.csv", "date,close\n2000-10-09,33.50\n2000-10-10,31.00\n")
    history = cn.MarketHistory.from_csv(closes, rates)
    assert history.exact_closes == [Fraction("33.5") / Fraction("0.8686"), 31 / Fraction("0.8726")]
    assert history.notes == (
        "rows of DEXUSEU.csv (FRED) without a figure are passed over, 1: 2000-10-09",
        "the rate of an earlier day is used on 1 days (FX-1): 2000-10-09",
    )


def test_ecb_files_of_three_kinds(tmp_path: Path) -> None:
    closes = write(tmp_path / "usd.csv", "date,close\n2000-02-15,73.8125\n2000-02-16,70.6875\n")
    zipped = "Date,USD,JPY,CYP,\n2000-02-16,0.9804,107.2,N/A,\n2000-02-15,0.9778,106.9,0.57,\n2000-02-14,N/A,N/A,N/A,\n"
    portal = '"DATE","TIME PERIOD","US dollar/Euro (EXR.D.USD.EUR.SP00.A)"\n'
    portal += '"2000-02-15","15 Feb 2000",0.9778\n"2000-02-16","16 Feb 2000",0.9804\n'
    sdmx = (
        "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE\n"
        "EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2000-02-15,0.9778\nEXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2000-02-16,0.9804\n"
    )
    for content in (zipped, portal, sdmx):
        history = cn.MarketHistory.from_csv(closes, write(tmp_path / "ecb.csv", content))
        assert history.exact_closes == [Fraction("73.8125") / Fraction("0.9778"), Fraction("70.6875") / Fraction("0.9804")]
        assert history.source == "usd.csv / ecb.csv (ECB)"


def test_a_history_from_files_is_replayed_like_one_from_values(tmp_path: Path) -> None:
    """A made-up course in the formats of Yahoo and the ECB gives the ledger of the same figures handed over."""
    sessions = cn.scenario("as-it-was").dates
    usd = [f"{30 + 25 * np.cos(place / 90):.2f}" for place in range(len(sessions))]
    lines = "".join(f"{day},1,1,1,{close},{close},1\n" for day, close in zip(sessions, usd, strict=True))
    yahoo = write(tmp_path / "AMZN.csv", YAHOO + lines)
    newest_first = "".join(f"{day},1.2500,1,\n" for day in sessions[::-1])
    ecb = write(tmp_path / "eurofxref-hist.csv", f"Date,USD,JPY,\n{newest_first}")
    read = cn.MarketHistory.from_csv(yahoo, ecb)
    given = cn.MarketHistory(dates=sessions, closes=[Fraction(close) / Fraction("1.25") for close in usd])
    note = cn.load("amazon-peacs-2010")
    assert cn.replay(note, read).entries == cn.replay(note, given).entries
    assert read.notes == () and read.currency == "EUR"


# --- refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "Date,Adj Close\n2000-02-16,3.53\n",
        "date,adj_close\n2000-02-16,3.53\n",
        "Date,Low,Adj Close\n2000-02-16,1,3.53\n",
    ],
)
def test_adjusted_closes_alone_are_refused_with_the_reason(tmp_path: Path, content: str) -> None:
    with pytest.raises(MarketError, match=r"adjusted closes are not what was traded, .* closes as traded \(WDR-1\)"):
        cn.MarketHistory.from_csv(write(tmp_path / "AMZN.csv", content))


def test_the_adjusted_column_is_refused_when_it_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "AMZN.csv", YAHOO + "2000-02-16,1,1,1,70.69,3.53,1\n")
    with pytest.raises(MarketError, match="adjusted closes are not what was traded"):
        cn.MarketHistory.from_csv(path, close_column="Adj Close")


def days_from(first: date, count: int) -> list[date]:
    return [first + timedelta(days=place) for place in range(count)]


def test_closes_adjusted_for_a_split_are_seen_by_their_price_grid_and_undone(tmp_path: Path) -> None:
    days = days_from(date(2000, 2, 16), 60)
    traded = [Fraction(4524 - 3 * place, 64) for place in range(60)]  # from 70.6875 down in 64ths
    rows = "".join(f"{day},1,1,1,{float(close / 20):.6f},1,1\n" for day, close in zip(days, traded, strict=True))
    path = write(tmp_path / "AMZN.csv", YAHOO + rows)
    rates = write(tmp_path / "fx.csv", "date,rate\n" + "".join(f"{day},1\n" for day in days))
    with pytest.raises(
        MarketError, match=r"3\.5343\d on 2000-02-16, and \d\d of 60 closes like it; no price at which a share trades"
    ):
        cn.MarketHistory.from_csv(path, rates)
    history = cn.MarketHistory.from_csv(path, rates, splits={"2022-06-06": 20})
    assert history.exact_closes[0] == Fraction("70.6875")
    assert max(abs(read - close) for read, close in zip(history.exact_closes, traded, strict=True)) < Fraction(1, 10_000)


def test_closes_as_traded_in_64ths_and_cents_are_not_taken_for_adjusted(tmp_path: Path) -> None:
    days = days_from(date(2001, 3, 1), 80)
    closes = [f"{10 + place / 64:.6f}" if place < 39 else f"{10 + place / 100:.2f}" for place in range(80)]
    rows = "".join(f"{day},1,1,1,{close},1\n" for day, close in zip(days, closes, strict=True))
    rates = write(tmp_path / "fx.csv", "date,rate\n" + "".join(f"{day},1\n" for day in days))
    assert len(cn.MarketHistory.from_csv(write(tmp_path / "amzn.csv", STOOQ + rows), rates)) == 80


def test_splits_multiply_only_the_closes_before_them(tmp_path: Path) -> None:
    path = write(tmp_path / "s.csv", "date,close\n2000-06-01,40\n2000-06-02,41\n2000-06-05,42\n")
    history = cn.MarketHistory.from_csv(path, splits={"2000-06-02": 2, date(2000, 6, 5): "1.5"})
    assert history.exact_closes == [120, Fraction("61.5"), 42]
    with pytest.raises(MarketError, match=r"splits: got 2000-06-02: 0; .*above 0"):
        cn.MarketHistory.from_csv(path, splits={"2000-06-02": 0})


@pytest.mark.parametrize("written", ["06/02/2000", "02/06/2000", "2/3/2000", "03.02.2000", "03-02-2000"])
def test_dates_in_which_day_and_month_could_be_swapped_are_refused(tmp_path: Path, written: str) -> None:
    path = write(tmp_path / "AMZN.csv", f"{YAHOO}{written},1,1,1,70.69,70.69,1\n")
    with pytest.raises(MarketError) as caught:
        cn.MarketHistory.from_csv(path)
    assert str(caught.value) == (
        f"AMZN.csv line 2, column Date: got '{written}'; a day is written YYYY-MM-DD; "
        'which of these figures is the day and which the month is not guessed: say date_format, such as "%m/%d/%Y"'
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("DATE,DEXUSUK\n2000-02-16,1.6\n", "got DEXUSUK; expected rates in USD per EUR"),
        ('DATE,TIME PERIOD,Pound (EXR.D.GBP.EUR.SP00.A)\n2000-02-16,"16 Feb",0.6\n', "GBP.*expected rates in USD per EUR"),
        (
            "KEY,CURRENCY,CURRENCY_DENOM,TIME_PERIOD,OBS_VALUE\nK,USD,EUR,2000-02-15,0.9778\nK,GBP,EUR,2000-02-16,0.6\n",
            "fx.csv line 3, column series .*'GBP'; expected rates in USD per EUR",
        ),
        ("<TICKER>,<DATE>,<CLOSE>\nUSDEUR,20000216,1.02\n", "'USDEUR'; expected rates in USD per EUR"),
        ("Date,JPY,GBP\n2000-02-16,107,0.6\n", "say which column holds the value"),
        ("DATE,DEXUSEU\n2000-02-16,.\n", "no row has a figure"),
    ],
)
def test_rates_of_another_pair_are_refused(tmp_path: Path, content: str, said: str) -> None:
    closes = write(tmp_path / "usd.csv", "date,close\n2000-02-16,70.6875\n")
    with pytest.raises(MarketError, match=said):
        cn.MarketHistory.from_csv(closes, write(tmp_path / "fx.csv", content))


def test_a_file_with_semicolons_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MarketError, match="delimiter=';' for a file with semicolons"):
        cn.MarketHistory.from_csv(write(tmp_path / "s.csv", "date;close;open\n2000-02-16;1;2\n"))


# --- frames -----------------------------------------------------------------------------------------------------------


def test_a_series_and_a_frame_of_rates() -> None:
    days = pd.to_datetime(["2000-02-15", "2000-02-16"])
    closes = pd.Series([73.8125, 70.6875], index=days, name="AMZN")
    rates = pd.DataFrame({"date": days, "usd_per_eur": [0.9778, 0.9804]})
    history = cn.MarketHistory.from_frame(closes, rates)
    assert history.exact_closes == [Fraction("73.8125") / Fraction("0.9778"), Fraction("70.6875") / Fraction("0.9804")]
    assert history.source == "a pandas frame" and history.notes == () and history.currency == "EUR"


def test_a_frame_of_a_history_comes_back() -> None:
    history = cn.scenario("as-it-was")
    again = cn.MarketHistory.from_frame(history.to_frame(), source=history.source)
    assert again.days.tolist() == history.days.tolist() and again.closes.tolist() == history.closes.tolist()
    exact = cn.MarketHistory.from_frame(cn.scenario("hover").to_frame(exact=True))
    assert exact.exact_closes == cn.scenario("hover").exact_closes


def test_a_frame_with_the_time_zone_of_an_exchange_and_stacked_names() -> None:
    days = pd.DatetimeIndex(["2003-12-30", "2003-12-31"]).tz_localize("America/New_York")
    names = pd.MultiIndex.from_tuples([("Close", ""), ("Adj Close", "")])
    frame = pd.DataFrame([[np.float64(np.float32(52.62)), 2.631], [52.60, 2.63]], index=days, columns=names)
    assert cn.MarketHistory.from_frame(frame).exact_closes == [Fraction("52.62"), Fraction("52.6")]


def test_rows_of_a_frame_without_a_number_are_said() -> None:
    days = pd.to_datetime(["2000-02-14", "2000-02-15", "2000-02-16"])
    history = cn.MarketHistory.from_frame(pd.DataFrame({"close": [1.5, None, 2.5], "volume": 1}, index=days))
    assert history.exact_closes == [Fraction(3, 2), Fraction(5, 2)]
    assert history.notes[0] == "rows of the closes without a figure are passed over, 1: 2000-02-15"


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ([1, 2], r"the closes: got \[1, 2\]; expected a frame of pandas, Polars or Arrow, or a pandas series"),
        (pd.DataFrame({"close": []}), "expected at least one day"),
        (pd.DataFrame({"Adj Close": [3.5]}, index=pd.to_datetime(["2000-02-16"])), "adjusted closes are not what was traded"),
        (pd.DataFrame({"bid": [1.0], "ask": [2.0]}, index=pd.to_datetime(["2000-02-16"])), "say which column holds the value"),
        (
            pd.DataFrame({"date": ["02/06/2000"], "close": [2.0]}),
            "closes row 0, column date: got '02/06/2000'; .* not guessed",
        ),
        (pd.DataFrame({"date": ["2000-02-16"], "close": [-2.0]}), r"row 0, column close: got -2.0; a close must be above 0"),
    ],
)
def test_frames_that_leave_something_to_guess_are_refused(frame: object, said: str) -> None:
    with pytest.raises(MarketError, match=said):
        cn.MarketHistory.from_frame(frame)


@pytest.mark.real
def test_real_files_have_no_gap_and_carry_26_rates(data: Path) -> None:
    history = cn.MarketHistory.from_csv(data / "amzn_close_usd.csv", data / "eurusd_ecb.csv").between("2000-02-16", "2010-02-16")
    assert history.gaps() == [] and len(history.notes) == 1 and "(FX-1)" in history.notes[0]
