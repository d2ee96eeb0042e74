"""Series beside the closes, by name, each with days of its own (VWAP, the note's own price, an index)."""

from fractions import Fraction

import pytest

import convnote as cn
from convnote.calendars import day_number

DAYS = ["2000-02-15", "2000-02-16", "2000-02-17"]


def history(series=None):
    return cn.MarketHistory(dates=DAYS, closes=[72.5, "72.10", 71], currency="EUR", series=series)


def test_a_series_has_its_own_days_and_exact_values():
    told = history({"VWAP": {"2000-02-17": "71.305", "2000-02-16": 72}, "LIBOR6": {"1999-12-30": "-0.001"}})
    assert told.series["VWAP"].at(day_number("2000-02-17")) == Fraction("71.305")
    assert list(told.series["VWAP"].values) == [day_number("2000-02-16"), day_number("2000-02-17")]
    assert told.series["LIBOR6"].at(day_number("1999-12-30")) == Fraction(-1, 1000)
    assert told.series["VWAP"].at(day_number("2000-02-15")) is None
    assert history().series == {}


def test_a_part_of_a_history_keeps_its_series():
    assert (
        history({"VWAP": {"2000-02-17": 71}}).between("2000-02-15", "2000-02-16").series["VWAP"].at(day_number("2000-02-17"))
        == 71
    )


def test_a_series_may_be_read_from_a_file(tmp_path):
    closes, vwap = tmp_path / "close.csv", tmp_path / "vwap.csv"
    closes.write_text("date,close\n" + "".join(f"{day},72.5\n" for day in DAYS))
    vwap.write_text("date,vwap\n2000-02-16,72.31\n2000-02-17,70.125\n")
    told = cn.MarketHistory.from_csv(closes, currency="EUR", series={"VWAP": vwap})
    assert told.series["VWAP"].at(day_number("2000-02-17")) == Fraction("70.125")
    vwap.write_text("date,vwap,volume\n2000-02-16,72.31,1\n")
    with pytest.raises(cn.MarketError, match="expected two columns, date and value"):
        cn.MarketHistory.from_csv(closes, currency="EUR", series={"VWAP": vwap})


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (["VWAP"], "expected a mapping of names to series"),
        ({"VWAP": [72.5]}, "expected a mapping of days to values"),
        ({1: {}}, "expected the name of a series"),
        ({"VWAP": {"2000-02-16": 0}}, "a price must be above 0"),
        ({"note": {"2000-02-16": -1}}, "a price must be above 0"),
        ({"VWAP": {"2000-02-30": 72}}, "2000-02-30"),
        ({"VWAP": {"2000-02-16": "many"}}, "many"),
        ({"VWAP": {"2000-02-16": 72, day_number("2000-02-16"): 72}}, "day"),
    ],
)
def test_faults_of_a_series_are_told(series, words):
    with pytest.raises(cn.MarketError, match=words):
        history(series)
