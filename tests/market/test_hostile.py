"""Scenario and event files with contents beyond any measure: a refusal with file, key and value, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

import convnote as cn
from convnote.cli import main
from convnote.market import DiscountCurve

SCENARIO = """name = "x"
description = "y"
{more}
[[closes]]
date = 2000-02-15
close = {close}
[[closes]]
date = 2000-02-18
close = 103.25
"""
GIANT = "0x" + "f" * 9000


@pytest.mark.parametrize(
    ("more", "close", "said"),
    [
        ("", "1e9999", r"mine.toml: closes\[1\].close: got 1E\+9999; expected a finite number below 1,000,000,000"),
        ("", "1e9", r"closes\[1\].close: got 1E\+9; expected a finite number below"),
        ("", "1e99999999999999999999", "mine.toml; not valid TOML: a number or an array beyond any measure"),
        ("", GIANT, r"closes\[1\].close: got a whole number of thousands of digits; expected a finite number"),
        ("", "nan", "got NaN; expected a finite number"),
        ("", "1e-300", r"closes\[1\].close: got 1E-300; expected 0.000000001 or more"),
        ("", "[" * 5000, "not valid TOML"),
        (f"first_day = {GIANT}", "71.3", "first_day: got a whole number of thousands of digits; a date is written"),
        ("quote = 1e-9999999999", "71.3", "quote: got 1E-9999999999; expected 0.000000001 or more"),
        ("calendar = []", "71.3", r"calendar: got \[\]; a text is required"),
        ("currency = []", "71.3", r"currency: got \[\]; expected a three-letter code"),
        ("for = 3", "71.3", "for: got 3; a text is required"),
        ("issued = 'x'", "71.3", "issued: got 'x'; a date is written"),
        ("[noise]\nvolatility = 5.01\nseed = 3", "71.3", "noise.volatility: got 5.01; expected at most 5"),
        ("[noise]\nvolatility = 1e8\nseed = 3", "71.3", "noise.volatility: got 1E[+]8; expected at most 5"),
    ],
)
def test_c6_a_scenario_beyond_any_measure_is_refused(tmp_path: Path, more: str, close: str, said: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(SCENARIO.format(more=more, close=close), encoding="utf-8")
    with pytest.raises(cn.MarketError, match=said):
        cn.scenario(file)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ('[[events]]\nkind = "MissedPayment"\non = 2002-02-16\nof = []', "event 1: MissedPayment.of: got []; allowed:"),
        ("[[events]]\nkind = []\non = 2002-02-16", "event 1: event.kind: got []; allowed:"),
        (
            '[[events]]\nkind = "Convert"\non = 2002-02-16\nprincipal = 1e9999999999999999999',
            "a number or an array beyond any measure",
        ),
        ("events = " + "[" * 5000, "not valid TOML"),
        (f'[[events]]\nkind = "Convert"\nprincipal = 1000\non = {GIANT}', "event 1: "),
    ],
)
def test_c6_events_beyond_any_measure_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], events: str, said: str
) -> None:
    file = tmp_path / "events.toml"
    file.write_text(events, encoding="utf-8")
    assert main(["replay", "amazon-peacs-2010", "--events", str(file)]) == 2
    error = capsys.readouterr().err
    assert said in error and "events.toml" in error and error.count("\n") == 1 and len(error) - len(str(file)) < 500


def test_c6_none_where_a_figure_is_needed_is_refused() -> None:
    with pytest.raises(cn.TermsError, match=r"Default.recovered: this is required"):
        cn.Default("2002-02-18", recovered=None)
    with pytest.raises(cn.TermsError, match=r"MissedPayment.of: got \[\]; allowed"):
        cn.MissedPayment("2002-02-18", of=[])


@pytest.mark.parametrize("spot", ["1e10", "1,000,000,001", "1e30", "1e99"])
def test_c6_a_spot_beyond_any_share_is_refused(spot: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "amazon-peacs-2010", "--paths", "2", "--spot", spot]) == 2
    assert "Lognormal.spot" in capsys.readouterr().err
    with pytest.raises(cn.MarketError, match=r"Lognormal.spot: got 1e\+300; must be above 0 and at most 1e\+09"):
        cn.Lognormal(as_of="2000-02-16", spot=1e300, volatility=0.31, rate=0.053)
    assert cn.Lognormal(as_of="2000-02-16", spot=1e9, volatility=0.31, rate=0.053).spot == 1e9


def test_e3_zero_rates_of_odd_figures_are_read_as_they_stand(tmp_path: Path) -> None:
    """4.015 with scale 0.01 is 4.015%, and 1 / 1.04015 after a year; 803/200 by its parts would be 160,600%."""
    rows = tmp_path / "zero.csv"
    rows.write_text("date,z1y,z3y\n2000-02-15,4.015,4.873\n2000-02-18,4.127,4.991\n", encoding="utf-8")
    tenors = {"z1y": 1, "z3y": 3}
    curve = DiscountCurve.from_csv(rows, "2000-02-16", tenors=tenors, scale=0.01)
    found = curve.discount("2000-02-16", ["2001-02-16", "2003-02-16"]).tolist()
    assert found == pytest.approx([1.04015 ** -(366 / 365), 1.04873 ** -(1096 / 365)], rel=1e-14)
    plain = tmp_path / "plain.csv"
    plain.write_text("date,rate\n2001-02-16,0.04015\n2003-02-16,0.04873\n", encoding="utf-8")
    assert DiscountCurve.from_csv(plain, "2000-02-16").discount(
        "2000-02-16", ["2001-02-16", "2003-02-16"]
    ).tolist() == pytest.approx(found)
    scaled = tmp_path / "scaled.csv"
    scaled.write_text("date,rate\n2001-02-16,4.015\n2003-02-16,4.873\n", encoding="utf-8")
    again = DiscountCurve.from_csv(scaled, "2000-02-16", scale=0.01)
    assert again.discount("2000-02-16", ["2001-02-16", "2003-02-16"]).tolist() == pytest.approx(found)


@pytest.mark.parametrize(("as_of", "held"), [("2000-02-23", True), ("2000-02-24", False)])
def test_e3_a_row_of_zero_rates_holds_for_five_days(tmp_path: Path, as_of: str, held: bool) -> None:
    rows = tmp_path / "zero.csv"
    rows.write_text("date,z1y\n2000-02-15,4.015\n2000-02-18,4.127\n", encoding="utf-8")
    if held:
        curve = DiscountCurve.from_csv(rows, as_of, tenors={"z1y": 1}, scale=0.01)
        assert curve.discount(as_of, ["2001-02-23"]).tolist() == pytest.approx([1.04127 ** -(366 / 365)], rel=1e-14)
    else:
        with pytest.raises(cn.MarketError, match="no row of that day or within 5 days before"):
            DiscountCurve.from_csv(rows, as_of, tenors={"z1y": 1}, scale=0.01)
