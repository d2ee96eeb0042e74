"""Closes as traded: what the figures of a file or frame show of adjustment, single precision, other units, other pairs."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from convnote.errors import MarketError
from convnote.market import MarketHistory
from convnote.market.currencies import pair_in
from convnote.market.traded import jumps

OHLC = "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n"


def days(first: str, count: int) -> list[date]:
    start = date.fromisoformat(first)
    return [start + timedelta(days=place) for place in range(count)]


def write(path: Path, header: str, rows: list[tuple[object, ...]]) -> Path:
    path.write_text(header + "".join(",".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return path


def yahoo(path: Path, dates: list[date], closes: list[object]) -> Path:
    return write(path, OHLC, [(day, 1, 1, 1, close, 9, 0.0, 0.0) for day, close in zip(dates, closes, strict=True)])


def rates(path: Path, dates: list[date]) -> Path:
    return write(path, "date,usd_per_eur\n", [(day, "1.0937") for day in dates])


# --- adjusted --------------------------------------------------------------------------------------------------------

#: closes in cents, and as a vendor adjusts them for a dividend: times 0.993103
TRADED = [Fraction(18737 + 11 * place, 100) for place in range(23)]
ADJUSTED = [f"{float(close) * 0.993103:.6f}" for close in TRADED]


def test_b4_adjusted_closes_are_refused_from_files_and_frames_with_and_without_rates(tmp_path: Path) -> None:
    dates = days("2024-01-02", 23)
    file, fx = yahoo(tmp_path / "XYZ.csv", dates, list(ADJUSTED)), rates(tmp_path / "fx.csv", dates)
    frame = pd.DataFrame({"Close": [float(close) for close in ADJUSTED]}, index=pd.to_datetime(dates))
    fx_frame = pd.DataFrame({"usd_per_eur": [1.0937] * 23}, index=pd.to_datetime(dates))
    asks = [
        lambda: MarketHistory.from_csv(file),
        lambda: MarketHistory.from_csv(file, currency="USD"),
        lambda: MarketHistory.from_csv(file, fx),
        lambda: MarketHistory.from_csv(file, fx, close_date="Date", close_column="Close"),
        lambda: MarketHistory.from_frame(frame),
        lambda: MarketHistory.from_frame(frame["Close"], currency="USD"),
        lambda: MarketHistory.from_frame(frame, fx_frame),
    ]
    for ask in asks:
        with pytest.raises(MarketError, match=r"no price at which a share trades .*adjusted"):
            ask()
    traded = yahoo(tmp_path / "traded.csv", dates, [float(close) for close in TRADED])
    assert MarketHistory.from_csv(traded).exact_closes == TRADED
    assert MarketHistory.from_csv(traded, fx).exact_closes == [close / Fraction("1.0937") for close in TRADED]


def test_b4_a_plain_file_whose_currency_is_not_said_is_told_and_with_one_refused(tmp_path: Path) -> None:
    dates = days("2024-01-02", 23)
    plain = write(tmp_path / "plain.csv", "date,close\n", list(zip(dates, ADJUSTED, strict=True)))
    (told,) = [note for note in MarketHistory.from_csv(plain).notes if "adjusted" in note]
    assert told.startswith("23 of 23 closes of plain.csv have more decimals than a quote, 186.078 on 2024-01-02")
    with pytest.raises(MarketError, match="23 of 23 closes like it"):
        MarketHistory.from_csv(plain, currency="USD")


@pytest.mark.parametrize(("odd", "refused"), [(2, False), (3, True)])
def test_b4_up_to_two_closes_of_23_may_be_misprints(tmp_path: Path, odd: int, refused: bool) -> None:
    closes: list[object] = [*ADJUSTED[:odd], *map(float, TRADED[odd:])]
    file = yahoo(tmp_path / "XYZ.csv", days("2024-01-02", 23), closes)
    if refused:
        with pytest.raises(MarketError, match=f"and {odd} of 23 closes like it"):
            MarketHistory.from_csv(file)
    else:
        assert f"{odd} of 23 closes of XYZ.csv (Yahoo) have more decimals than a quote" in MarketHistory.from_csv(file).notes[0]


@pytest.mark.parametrize(("count", "odd", "refused"), [(40, 4, False), (40, 5, True)])
def test_b4_of_more_closes_a_tenth_may_be(tmp_path: Path, count: int, odd: int, refused: bool) -> None:
    closes = ["71.237311"] * odd + ["71.23"] * (count - odd)
    file = yahoo(tmp_path / "XYZ.csv", days("2024-01-02", count), list(closes))
    if refused:
        with pytest.raises(MarketError, match=f"{odd} of {count} closes like it"):
            MarketHistory.from_csv(file, currency="USD")
    else:
        assert len(MarketHistory.from_csv(file, currency="USD")) == count


@pytest.mark.parametrize("currency", ["EUR", "GBP", "JPY"])
def test_b11_closes_of_a_currency_whose_grid_is_not_known_are_told(tmp_path: Path, currency: str) -> None:
    history = MarketHistory.from_csv(yahoo(tmp_path / "XYZ.csv", days("2024-01-02", 23), list(ADJUSTED)), currency=currency)
    assert len(history) == 23 and "23 of 23 closes" in history.notes[0] and "are they adjusted?" in history.notes[0]
    half_cents = yahoo(tmp_path / "half.csv", days("2024-01-02", 5), ["7.455", "7.460", "7.465", "0.7955", "0.7951"])
    assert MarketHistory.from_csv(half_cents, currency=currency, close_column="Close").notes[:1] != ()
    assert not any("decimals" in note for note in MarketHistory.from_csv(half_cents, currency=currency).notes)


def test_b11_before_cents_sixteenths_and_64ths_are_a_grid_and_after_them_not() -> None:
    closes = [Fraction(4523, 64) - Fraction(place, 16) for place in range(9)]  # 70.671875 down
    for first, fits in (("2001-03-31", True), ("2001-04-01", False)):  # the ninth day is 8 or 9 April
        index = pd.to_datetime(days(first, 9))
        frame = pd.DataFrame({"Close": [float(close) for close in closes]}, index=index)
        history = MarketHistory.from_frame(frame, currency="USD")
        assert history.exact_closes == closes
        assert any("1 of 9 closes" in note for note in history.notes) is not fits
    late = pd.DataFrame({"Close": [float(close) for close in closes]}, index=pd.to_datetime(days("2001-04-09", 9)))
    with pytest.raises(MarketError, match="9 of 9 closes like it"):
        MarketHistory.from_frame(late, currency="USD")


def test_b4_below_one_dollar_hundredths_of_a_cent_are_quoted() -> None:
    frame = pd.DataFrame({"Close": [0.7951, 0.8013, 0.9999, 0.8127]}, index=pd.to_datetime(days("2024-01-02", 4)))
    assert not any("decimals" in note for note in MarketHistory.from_frame(frame, currency="USD").notes)
    frame = pd.DataFrame({"Close": [0.79517, 0.80133, 0.99991, 0.81279]}, index=pd.to_datetime(days("2024-01-02", 4)))
    with pytest.raises(MarketError, match=r"0\.79517 on 2024-01-02, and 4 of 4"):
        MarketHistory.from_frame(frame, currency="USD")


# --- single precision ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["float32", "float64 of float32", "six decimals", "all decimals"])
@pytest.mark.parametrize("with_fx", [False, True])
def test_b11_cents_in_single_precision_are_cents(tmp_path: Path, kind: str, with_fx: bool) -> None:
    dates = days("2022-12-27", 24)
    singles = np.array([float(close) for close in TRADED] + [52.07], dtype=np.float32)
    fx = rates(tmp_path / "fx.csv", dates)
    if "float" in kind:
        closes = singles if kind == "float32" else singles.astype(np.float64)
        frame = pd.DataFrame({"Close": closes}, index=pd.to_datetime(dates))
        history = MarketHistory.from_frame(frame, pd.read_csv(fx) if with_fx else None)
    else:
        texts = [f"{float(single):.6f}" if kind == "six decimals" else repr(float(single)) for single in singles]
        assert "52.070000" in texts or "52.06999969482422" in texts
        history = MarketHistory.from_csv(yahoo(tmp_path / "XYZ.csv", dates, list(texts)), fx if with_fx else None)
    by = Fraction("1.0937") if with_fx else 1
    assert history.exact_closes == [close / by for close in [*TRADED, Fraction("52.07")]]


# --- closes as traded beside adjusted ones ---------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["uClose", "closeunadj", "Unadjusted Close", "close_raw"])
def test_b4_a_column_as_traded_beside_close_is_read(tmp_path: Path, column: str) -> None:
    file = write(tmp_path / "f.csv", f"date,open,close,high,low,{column}\n", [("2019-06-19", 44.1, 44.37, 45, 44, 88.74)])
    history = MarketHistory.from_csv(file)
    assert history.exact_closes == [Fraction("88.74")] and "Stooq" not in history.source
    assert f"are those of the column {column}, as traded" in history.notes[0]
    with pytest.raises(MarketError, match=f"got close; adjusted closes are not what was traded.*here {column}"):
        MarketHistory.from_csv(file, close_column="close")


# --- jumps -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("612.5", "6.13", "1/100 times"),
        ("6.13", "612.5", "about 100 times"),
        ("141.3", "70.6", "1/2 times"),
        ("100", "190", "about 2 times"),  # 1.9, within 5% of 2
        ("1000", "1899", ""),
        ("100", "210", "about 2 times"),
        ("1000", "2101", ""),
        ("210", "100", "1/2 times"),
        ("2101", "1000", ""),
        ("100", "285", "about 3 times"),
        ("1000", "2849", ""),
        ("100", "315", "about 3 times"),
        ("1000", "3151", ""),
        ("70.5", "91.3", ""),
    ],
)
def test_b4_jumps_of_a_whole_multiple_are_told_within_5_percent(before: str, after: str, told: str) -> None:
    history = MarketHistory(dates=["2020-04-22", "2020-04-23"], closes=[before, after], currency="GBP")
    found = [note for note in history.notes if "jumps" in note]
    assert len(found) == bool(told)
    if told:
        assert told in found[0] and "on 2020-04-23" in found[0] and "split" in found[0]


def test_b4_jumps_are_told_from_files_frames_and_after_rates_and_many_are_counted(tmp_path: Path) -> None:
    dates = days("2020-03-02", 12)
    closes = [631.5, 6.32] * 6
    file = write(tmp_path / "p.csv", "date,close\n", list(zip(dates, closes, strict=True)))
    for history in (MarketHistory.from_csv(file), MarketHistory.from_csv(file, rates(tmp_path / "fx.csv", dates))):
        found = [note for note in history.notes if "jump" in note]
        assert len(found) == 4 and found[-1] == "8 more jumps like it"  # 11 jumps, three told
    assert jumps([0, 10], [(100, 1), (1, 1)]) and not jumps([0, 11], [(100, 1), (1, 1)])  # days apart


# --- exchange rates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("eur_per_usd", "expected rates in USD per EUR, not the inverse"),
        ("EURperUSD", "not the inverse"),
        ("euros per dollar", "not the inverse"),
        ("USDEUR", "not the inverse"),
        ("USD/EUR", "not the inverse"),
        ("usdjpy", "expected rates in USD per EUR"),
        ("USDJPY=X", "expected rates in USD per EUR"),
        ("usd_per_gbp", "expected rates in USD per EUR"),
        ("gbpusd", "expected rates in USD per EUR"),
        ("DEXJPUS", "expected rates in USD per EUR"),
        ("DEXUSUK", "expected rates in USD per EUR"),
        ("EXR.D.GBP.EUR.SP00.A", "expected rates in USD per EUR"),
        ("JPY", "expected rates in USD per EUR"),
        ("close_usd", "expected rates in USD per EUR"),
    ],
)
def test_b5_a_column_named_as_another_pair_or_the_inverse_is_refused(tmp_path: Path, column: str, said: str) -> None:
    closes = write(tmp_path / "usd.csv", "date,close\n", [("2000-02-16", "70.6875")])
    file = write(tmp_path / "fx.csv", f"date,{column}\n", [("2000-02-16", "0.9804")])
    with pytest.raises(MarketError, match=f"fx.csv \\(FX-1\\): got .*; .*{said}"):
        MarketHistory.from_csv(closes, file)
    frame = pd.DataFrame({"date": ["2000-02-16"], "close": [70.6875]})
    with pytest.raises(MarketError, match=said):
        MarketHistory.from_frame(frame, pd.DataFrame({column: [0.9804]}, index=pd.to_datetime(["2000-02-16"])))
    with pytest.raises(MarketError, match=said):  # naming the column does not make it right
        MarketHistory.from_csv(closes, file, fx_date="date", fx_column=column)


@pytest.mark.parametrize(
    "column", ["usd_per_eur", "EURUSD", "EURUSD=X", "EUR/USD", "eur_usd", "usd", "rate", "DEXUSEU", "dollars per euro"]
)
def test_b5_names_of_the_right_pair_are_read(tmp_path: Path, column: str) -> None:
    closes = write(tmp_path / "usd.csv", "date,close\n", [("2000-02-16", "70.6875")])
    file = write(tmp_path / "fx.csv", f"date,{column}\n", [("2000-02-16", "0.9804")])
    history = MarketHistory.from_csv(closes, file)
    assert history.exact_closes == [Fraction("70.6875") / Fraction("0.9804")] and history.notes == ()


def test_b5_rates_for_a_note_in_another_currency(tmp_path: Path) -> None:
    closes = write(tmp_path / "usd.csv", "date,close\n", [("2000-02-16", "70.6875")])
    file = write(tmp_path / "fx.csv", "date,usd_per_gbp\n", [("2000-02-16", "1.6013")])
    history = MarketHistory.from_csv(closes, file, currency="GBP")
    assert history.exact_closes == [Fraction("70.6875") / Fraction("1.6013")] and history.currency == "GBP"
    assert MarketHistory.from_csv(closes, rates(tmp_path / "eur.csv", [date(2000, 2, 16)]), currency="USD").currency == "EUR"
    with pytest.raises(MarketError, match="expected rates in USD per GBP"):
        MarketHistory.from_csv(closes, rates(tmp_path / "eur.csv", [date(2000, 2, 16)]), currency="GBP")


def test_b5_the_closes_themselves_are_no_rates(tmp_path: Path) -> None:
    closes = write(tmp_path / "usd.csv", "date,close\n", [("2000-02-15", "73.8125"), ("2000-02-16", "70.6875")])
    other = write(tmp_path / "again.csv", "date,rate\n", [("2000-02-15", "73.8125"), ("2000-02-16", "70.6875")])
    for file in (closes, other):
        with pytest.raises(MarketError, match="expected rates in USD per EUR, and these are the closes"):
            MarketHistory.from_csv(closes, file)
    one_off = write(tmp_path / "one.csv", "date,rate\n", [("2000-02-15", "1.0711"), ("2000-02-16", "70.6875")])
    assert "1 of 2 rates of one.csv" in MarketHistory.from_csv(closes, one_off).notes[0]


@pytest.mark.parametrize(("rate", "told"), [("0.5", False), ("0.4999", True), ("2", False), ("2.0001", True), ("107.31", True)])
def test_b5_a_rate_beyond_half_and_twice_the_usual_is_told(tmp_path: Path, rate: str, told: bool) -> None:
    closes = write(tmp_path / "usd.csv", "date,close\n", [("2000-02-16", "70.6875")])
    history = MarketHistory.from_csv(closes, write(tmp_path / "fx.csv", "date,rate\n", [("2000-02-16", rate)]))
    assert any("rates of fx.csv are not within 0.5 to 2 USD per EUR" in note for note in history.notes) is told


def test_pairs_that_names_stand_for() -> None:
    assert pair_in("US dollar/Euro (EXR.D.USD.EUR.SP00.A)") == ("USD", "EUR")
    assert pair_in("units of JPY per one EUR") == ("JPY", "EUR") and pair_in("gbp to usd") == ("USD", "GBP")
    assert pair_in("obs_value") is pair_in("Close") is pair_in("") is pair_in("adjusted") is None
