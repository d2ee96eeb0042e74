"""Files as vendors write them today, and frames of other libraries: read where there is one way to, else refused truly."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import convnote as cn
from convnote.cli import main
from convnote.errors import MarketError
from convnote.market import MarketHistory, formats


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def closes(path: Path, text: str, **more: str) -> dict[str, Fraction]:
    history = MarketHistory.from_csv(write(path, text), **more)
    return dict(zip(history.dates.astype(str).tolist(), history.exact_closes, strict=True))


THREE = "Price,Close,High,Volume\nTicker,{t},{t},{t}\nDate,,,\n2023-03-07,54.23,55.1,1007\n2023-03-08,53.17,54.4,1203\n"


def test_d9_three_header_lines_of_yfinance(tmp_path: Path) -> None:
    file = tmp_path / "XYZ.csv"
    assert closes(file, THREE.format(t="XYZ")) == {"2023-03-07": Fraction("54.23"), "2023-03-08": Fraction("53.17")}
    two = "Price,Close,Close\nTicker,AB,XY\nDate,,\n2023-03-07,54.23,55.1\n"
    assert closes(file, two, close_column="Close XY") == {"2023-03-07": Fraction("55.1")}
    with pytest.raises(MarketError, match="columns of the file are Date, Close AB, Close XY"):
        closes(file, two)
    usd = write(tmp_path / "usd.csv", "date,close\n2023-03-07,70.11\n")
    with pytest.raises(MarketError, match="got USDJPY=X; expected rates in USD per EUR"):
        MarketHistory.from_csv(usd, write(file, THREE.format(t="USDJPY=X")))
    assert len(MarketHistory.from_csv(usd, write(file, THREE.format(t="EURUSD=X")))) == 1


def test_d9_a_fault_below_three_header_lines_names_its_own_line(tmp_path: Path) -> None:
    with pytest.raises(MarketError, match=r"XYZ.csv line 5, column Close: got 'x'"):
        closes(tmp_path / "XYZ.csv", THREE.format(t="XYZ").replace("53.17", "x"))


@pytest.mark.parametrize("zone", ["", "-05:00", "+0100", " UTC", "Z", "+00:00"])
@pytest.mark.parametrize("time", [" 00:00:00", "T00:00:00", " 00:00", " 00:00:00.000"])
def test_d9_midnight_of_a_zone_is_the_day_of_that_zone(tmp_path: Path, zone: str, time: str) -> None:
    text = f"Date,Close\n2022-12-29{time}{zone},41.07\n"
    assert closes(tmp_path / "f.csv", text) == {"2022-12-29": Fraction("41.07")}


@pytest.mark.parametrize("time", ["05:00:00+00:00", "16:00:00-05:00", "00:00:01", "00:10"])
def test_d9_another_time_of_day_is_refused_as_one(tmp_path: Path, time: str) -> None:
    with pytest.raises(MarketError, match=r"column Date: got '2022-12-29 .*'; expected a day, and this has a time of day"):
        closes(tmp_path / "f.csv", f"Date,Close\n2022-12-29 {time},41.07\n")


def test_d9_newest_first_with_named_columns(tmp_path: Path) -> None:
    text = "timestamp,open,close\n2024-03-15,68.7,69.53\n2024-03-14,70.6,69.87\n"
    read = closes(tmp_path / "f.csv", text, close_date="timestamp", close_column="close")
    assert list(read.items()) == [("2024-03-14", Fraction("69.87")), ("2024-03-15", Fraction("69.53"))]
    with pytest.raises(MarketError, match="dates must ascend"):
        closes(tmp_path / "f.csv", text + "2024-03-18,1,1\n", close_date="timestamp", close_column="close")


NASDAQ = "Date,Close/Last,Volume,Open\n"


def test_d9_month_first_with_dollars_where_the_column_shows_it(tmp_path: Path) -> None:
    read = closes(tmp_path / "f.csv", NASDAQ + '03/13/2024,$69.53,1,$1\n03/12/2024,"$1,069.87",1,$1\n')
    assert read == {"2024-03-12": Fraction("1069.87"), "2024-03-13": Fraction("69.53")}


@pytest.mark.parametrize(
    ("written", "day"),
    [("13/03/2024", "2024-03-13"), ("13.03.2024", "2024-03-13"), ("03-13-2024", "2024-03-13"), ("2024/03/04", "2024-03-04"),
     ("4 Mar 2024", "2024-03-04"), ("04-Mar-2024", "2024-03-04"), ("Mar 4, 2024", "2024-03-04"), ("04 March 2024", "2024-03-04")],
)  # fmt: skip
def test_d9_days_that_can_be_read_in_one_way_are(tmp_path: Path, written: str, day: str) -> None:
    assert list(closes(tmp_path / "f.csv", f'Date,Close\n"{written}",69.53\n')) == [day]


@pytest.mark.parametrize(
    "rows",
    [["03/04/2024", "03/05/2024"], ["13/04/2024", "04/13/2024"], ["2024-03-04", "03/13/2024"], ["3/13/24"], ["30 Feb 2024"]],
)
def test_d9_days_that_cannot_be_told_are_refused(tmp_path: Path, rows: list[str]) -> None:
    with pytest.raises(MarketError, match=r"line [23], column Date: got '.*'; (a day is written YYYY-MM-DD|no such day)"):
        closes(tmp_path / "f.csv", "Date,Close\n" + "".join(f"{row},69.53\n" for row in rows))


def test_d9_date_format_says_how_they_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Date,Close\n03/04/2024,69.53\n03/05/2024,69.87\n"
    file = tmp_path / "f.csv"
    assert list(closes(file, text, date_format="%m/%d/%Y")) == ["2024-03-04", "2024-03-05"]
    assert list(closes(file, text, date_format="%d/%m/%Y")) == ["2024-04-03", "2024-05-03"]
    frame = pd.DataFrame({"date": ["03/04/2024"], "close": [69.53]})
    assert str(MarketHistory.from_frame(frame, date_format="%m/%d/%Y").dates[0]) == "2024-03-04"
    with pytest.raises(MarketError, match="line 2, column Date: got '03/04/2024'; expected a day written %Y%m%d"):
        closes(file, text, date_format="%Y%m%d")
    for wrong in ("%m/%Y", "", "day", 7):
        with pytest.raises(MarketError, match=r"date_format: got .*; expected a format .* such as \"%m/%d/%Y\""):
            closes(file, text, date_format=wrong)
    assert main(["replay", "amazon-peacs-2010", "--close", str(file), "--date-format", "%m/%d/%Y", "--until", "2000-02-17"]) == 2
    assert "not guessed" not in capsys.readouterr().err
    usd = write(tmp_path / "usd.csv", "date,close\n2024-03-05,70.11\n")
    assert MarketHistory.from_csv(usd, write(file, "Date,rate\n03/05/2024,1.0853\n"), fx_date_format="%m/%d/%Y").days[0] == 19787


def test_d9_a_file_of_one_line_shows_what_it_says(tmp_path: Path) -> None:
    with pytest.raises(MarketError, match="one line and no rows, and that says 'Too many requests today'"):
        closes(tmp_path / "f.csv", "Too many requests today")
    with pytest.raises(MarketError, match="a header and no rows"):
        closes(tmp_path / "f.csv", "Date,Close\n")


def test_d9_the_daily_file_of_the_ecb(tmp_path: Path) -> None:
    usd = write(tmp_path / "usd.csv", "date,close\n2024-03-14,70.11\n2024-03-15,70.37\n")
    ecb = write(tmp_path / "ecb.csv", "Date, USD, JPY, \n15 March 2024, 1.0892, 162.03, \n14 March 2024, 1.0925, 161.7, \n")
    history = MarketHistory.from_csv(usd, ecb)
    assert history.exact_closes == [Fraction("70.11") / Fraction("1.0925"), Fraction("70.37") / Fraction("1.0892")]


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0.0537", "0.0537"),
        ("1,000,500.25", "1000500.25"),
        ("1_000", "1000"),
        ("12,345", "12345"),
        (".5", "0.5"),
        ("1e-3", "0.001"),
    ],
)
def test_b3_amounts_that_are_read(written: str, read: str) -> None:
    from convnote.commands.asked import amount

    assert amount(written) == Fraction(read)


@pytest.mark.parametrize(
    "written",
    [
        "0,05",
        "1,00",
        "1000,",
        "1,0000",
        "1234,567",
        "1,23,456",
        ",5",
        "1,000,00",
        "1,000.5,0",
        "0.05,",
        "1e999",
        "1/3",
        "5%",
        "\u0661",
    ],
)
def test_b3_a_comma_that_is_not_between_groups_of_three_is_refused(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["accrued", "amazon-peacs-2010", "2001-03-01", "--principal", written])
    error = capsys.readouterr().err
    assert left.value.code == 2 and "expected an amount, not" in error
    assert ("commas only between groups of three figures" in error) is ("," in written)


# --- frames of others ------------------------------------------------------------------------------------------------

DAYS, FIGURES = [date(2003, 12, 30), date(2003, 12, 31)], [52.07, 52.63]


class Streamed:
    """A frame that gives nothing but a stream of Arrow."""

    def __init__(self, frame: object) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)  # type: ignore[attr-defined]


def frames() -> dict[str, object]:
    """Closes in every kind of frame that is installed here."""
    made: dict[str, object] = {
        "index of dates": pd.DataFrame({"close": FIGURES}, index=DAYS),
        "index of text": pd.DataFrame({"close": FIGURES}, index=list(map(str, DAYS))),
        "column of dates": pd.DataFrame({"date": DAYS, "close": FIGURES}),
        "series": pd.Series(FIGURES, index=DAYS),
        "column of a zone": pd.DataFrame({"date": pd.to_datetime(DAYS).tz_localize("America/New_York"), "close": FIGURES}),
        "stacked": pd.DataFrame({("Close", "XYZ"): FIGURES, ("Open", "XYZ"): FIGURES}, index=pd.to_datetime(DAYS)),
    }
    try:
        import polars
    except ImportError:
        pass
    else:
        made["polars"] = polars.DataFrame({"date": DAYS, "close": FIGURES})
    try:
        import pyarrow
    except ImportError:
        pass
    else:
        made["arrow"] = pyarrow.table({"date": DAYS, "close": FIGURES})
        made["stream"] = Streamed(made["arrow"])
    return made


@pytest.mark.parametrize("kind", frames())
def test_d7_frames_of_every_kind_are_taken(kind: str) -> None:
    history = MarketHistory.from_frame(frames()[kind], currency="USD")
    assert history.exact_closes == [Fraction("52.07"), Fraction("52.63")]
    assert [str(day) for day in history.dates] == ["2003-12-30", "2003-12-31"] and history.notes == ()


def test_d7_what_is_no_frame_is_refused() -> None:
    with pytest.raises(MarketError, match="expected a frame of pandas, Polars or Arrow, or a pandas series"):
        MarketHistory.from_frame({"date": DAYS})


NOTE = cn.load("amazon-peacs-2010")


@pytest.mark.parametrize(
    "given",
    [["2002-02-17", "2002-03-01"], (date(2002, 2, 17), date(2002, 3, 1)), np.array(["2002-02-17", "2002-03-01"]),
     np.array([date(2002, 2, 17), date(2002, 3, 1)]), pd.Index(["2002-02-17", "2002-03-01"])],
)  # fmt: skip
def test_d7_lists_of_days_are_taken(given: object) -> None:
    # 68.75 a year: 1 and 13 days of 365
    accrued = NOTE.interest.accrued(given)
    assert isinstance(accrued, np.ndarray) and accrued.tolist() == pytest.approx([68.75 / 365, 13 * 68.75 / 365])


@pytest.mark.parametrize(
    ("given", "place"),
    [(["2002-02-17", "2002-2-18"], r"on\[1\]"), ([20020217], r"on\[0\]"), ([datetime(2002, 2, 17, tzinfo=UTC)], r"on\[0\]")],
)
def test_d7_a_day_in_a_list_is_refused_by_its_place(given: list[object], place: str) -> None:
    with pytest.raises(cn.TermsError, match=place):
        NOTE.interest.accrued(given)


ASKS = {
    "accrued": lambda days, figures: NOTE.interest.accrued(days),
    "coupons": lambda days, figures: NOTE.interest.coupon_amount(figures * 1000, 11004),
    "parity": lambda days, figures: cn.analytics.parity(NOTE, figures, conversion_price="84.883"),
    "premium": lambda days, figures: cn.analytics.conversion_premium(NOTE, 97.3, figures, conversion_price="84.883"),
    "yield": lambda days, figures: cn.analytics.yield_to_maturity(NOTE, figures, days),
    "duration": lambda days, figures: cn.analytics.modified_duration(NOTE, figures / 1000, days),
    "dirty": lambda days, figures: cn.analytics.dirty_price(NOTE, figures, days),
    "floor": lambda days, figures: cn.analytics.bond_floor(NOTE, days, 0.0713),
    "trigger": lambda days, figures: NOTE.withdrawal.triggered(figures),
    "ratio": lambda days, figures: NOTE.conversion.ratio(figures),
    "discount": lambda days, figures: cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.31, rate=0.053).discount(days),
}


@pytest.mark.parametrize("ask", ASKS)
def test_d7_a_series_gives_a_series_with_its_index(ask: str) -> None:
    index = pd.Index(["c", "a", "b"], name="lot")
    days = pd.Series(pd.to_datetime(["2002-02-17", "2002-03-01", "2004-08-13"]), index=index)
    figures = pd.Series([97.31, 101.07, 88.43], index=index)
    answer = ASKS[ask](days, figures)
    assert isinstance(answer, pd.Series) and answer.index.equals(index)
    plain = ASKS[ask](days.to_numpy(), figures.to_numpy())
    assert isinstance(plain, np.ndarray) and np.array_equal(answer.to_numpy(), plain)


def test_d7_a_settlement_of_a_series_is_one_in_each_part() -> None:
    principal = pd.Series([1000.0, 57_000.0], index=["a", "b"])
    settled = NOTE.conversion.settle("2000-03-01", principal, price="104.947", close="71.37")
    for part in (settled.shares, settled.cash_in_lieu):
        assert isinstance(part, pd.Series) and list(part.index) == ["a", "b"]
    assert settled.shares.tolist() == [9, 543]  # 9.528, 543.13


# --- every format

#: Two rows as each vendor writes them, closes of a share.
SAMPLES = {
    "Yahoo": "Date,Open,High,Low,Close,Adj Close,Volume\n2022-06-06,1,2,1,2431.25,121.56,9\n2022-06-07,1,2,1,124.5,124.5,9\n",
    "Stooq": "Date,Open,High,Low,Close,Volume\n2022-06-06,244,245,242,243.25,100\n2022-06-07,244,245,242,244.5,90\n",
    "Nasdaq": "Date,Close/Last,Volume,Open,High,Low\n06/14/2022,$102.31,69,$104,$104,$101\n06/13/2022,$103.67,9,$104,$106,$101\n",
    "IEX": "date,close,uClose\n2022-06-06,121.56,2431.25\n2022-06-07,124.5,124.5\n",
    "as traded": "date,close,close_unadjusted\n2022-06-06,121.56,2431.25\n2022-06-07,124.5,124.5\n",
    "FRED": "observation_date,DCLOSE\n2022-06-06,121.56\n2022-06-07,124.5\n",
    "ECB": "KEY,TIME_PERIOD,OBS_VALUE\nX,2022-06-06,121.56\nX,2022-06-07,124.5\n",
}


def test_every_format_has_a_file_as_its_vendor_writes_it(tmp_path: Path) -> None:
    source = Path(formats.__file__).read_text(encoding="utf-8")
    (recognise,) = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == "recognise")
    calls = [node for node in ast.walk(recognise) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Format"]
    names = {each.value for call in calls for each in ast.walk(call.args[0]) if isinstance(each, ast.Constant)} - {"uclose"}
    assert names == set(SAMPLES)
    for name, text in SAMPLES.items():
        file = tmp_path / "closes.csv"
        file.write_text(text, encoding="utf-8")
        history = MarketHistory.from_csv(file, currency="USD")
        assert len(history) == 2 and history.source == f"closes.csv ({name})"
