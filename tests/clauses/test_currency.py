"""CUR-1: closes are in the currency of the note, and a scenario is of one note's share."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

import convnote as cn
from convnote.cli import main

NOTE, AFV = cn.load("amazon-peacs-2010"), cn.load("afv-2003")
DAYS = cn.scenario("as-it-was").dates
#: 20 closes of 70.6875 and a reset's window need no more; the replay stops on the issue date
SHORT = {"until": "2000-02-18"}


def closes(currency: str | None, close: float = 71.25) -> cn.MarketHistory:
    return cn.MarketHistory(dates=DAYS, closes=[close] * len(DAYS), currency=currency)


@pytest.mark.parametrize(("note", "own", "other"), [(NOTE, "EUR", "USD"), (NOTE, "EUR", "GBP"), (AFV, "USD", "EUR")])
def test_cur1_closes_of_another_currency_are_refused_naming_both(note: cn.ConvertibleNote, own: str, other: str) -> None:
    until = note.issue_date
    assert cn.replay(note, closes(own), events=[], until=until).warnings == ()
    with pytest.raises(cn.MarketError) as refused:
        cn.replay(note, closes(other), events=[], until=until)
    assert str(refused.value) == f"history.currency (CUR-1): got {other}; the closes of {note.name} must be in {own}"


def test_cur1_a_currency_that_is_not_said_is_the_notes_and_told() -> None:
    for note in (NOTE, AFV):
        ledger = cn.replay(note, closes(None), events=[], until=note.issue_date)
        assert ledger.warnings == (f"the currency of the closes is not stated: they are taken to be in {note.currency} (CUR-1)",)
    assert closes(None).notes == ("the currency of the closes is not stated: they are taken to be in the note's (CUR-1)",)
    assert closes("EUR").notes == ()


def test_cur1_a_history_says_its_own_currency() -> None:
    days = ["2000-02-15", "2000-02-16"]
    for currency, words in ((None, "in a currency not stated"), ("EUR", "in EUR"), ("USD", "in USD")):
        history = cn.MarketHistory(dates=days, closes=[73.8125, 70.6875], currency=currency)
        assert history.currency == currency == history.between(*days).currency
        assert f"(2 closes {words}, 2000-02-15" in repr(history)
    translated = cn.MarketHistory.from_usd(days, [73.8125, 70.6875], days, [0.9778, 0.9804])
    assert translated.currency == "EUR" and "closes in EUR" in repr(translated)
    assert cn.MarketHistory.from_usd(days, [1, 2], days, [1.5, 1.5], currency="GBP").currency == "GBP"


@pytest.mark.parametrize("wrong", ["eur", "EURO", "US", "", "US$", 1, "E R", "EUR\n"])
def test_cur1_a_currency_is_three_capitals(wrong: object) -> None:
    told = r"MarketHistory.currency \(CUR-1\): got .*; expected a three-letter code, such as EUR"
    with pytest.raises(cn.MarketError, match=told):
        cn.MarketHistory(dates=["2000-02-16"], closes=[70.6875], currency=wrong)


def test_cur1_plots_report_and_simulation_refuse_it_too() -> None:
    pytest.importorskip("matplotlib", reason="pictures need the extra plots")
    usd = closes("USD")
    asks = [
        lambda: cn.plots.parity_history(NOTE, usd),
        lambda: cn.plots.trigger_window(NOTE, usd),
        lambda: cn.report.html(NOTE, usd),
        lambda: cn.simulate(NOTE, cn.Bootstrap(as_of="2000-02-16", spot=71.25, rate=0.05, history=usd), paths=2),
    ]
    for ask in asks:
        with pytest.raises(cn.MarketError, match=r"got USD; .* must be in EUR"):
            ask()


def test_cur1_a_path_of_a_simulation_is_in_the_notes_currency() -> None:
    note = dataclasses.replace(NOTE, principal=dataclasses.replace(NOTE.principal, currency="GBP", certificates={}))
    model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.31, rate=0.05)
    assert cn.simulate(note, model, paths=1, seed=3).ledger(0).warnings == ()


# --- a scenario is of one note's share -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", cn.available_scenarios(NOTE.name))
def test_cur1_a_bundled_scenario_is_refused_for_another_note(name: str) -> None:
    assert cn.scenario(name).belongs_to == NOTE.name and cn.scenario(name).currency == "EUR"
    later = dataclasses.replace(NOTE.principal, issue_date="2000-02-17", certificates={})
    for note in (AFV, dataclasses.replace(NOTE, name="another", principal=later)):
        with pytest.raises(
            cn.MarketError, match=rf"history \(CUR-1\): got scenario {name}.*share of {NOTE.name}; {note.name} needs"
        ):
            cn.replay(note, cn.scenario(name))
    renamed = dataclasses.replace(NOTE, name="another")  # the same issue
    assert cn.replay(renamed, cn.scenario(name)).entries == cn.replay(NOTE, cn.scenario(name)).entries


OWN = """
name = "own"
description = "two closes"
{more}
[[closes]]
date = 2000-02-15
close = 100.5
[[closes]]
date = 2000-02-18
close = 103.25
"""


def test_cur1_a_scenario_of_ones_own_says_currency_and_note_or_neither(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN.format(more=""), encoding="utf-8")
    history = cn.scenario(file)
    assert history.currency is history.belongs_to is None
    file.write_text(OWN.format(more='for = "another"\ncurrency = "USD"'), encoding="utf-8")
    history = cn.scenario(file)
    assert (history.currency, history.belongs_to) == ("USD", "another")
    with pytest.raises(cn.MarketError, match="share of another"):
        cn.replay(NOTE, history)
    file.write_text(OWN.format(more='currency = "usd"'), encoding="utf-8")
    with pytest.raises(cn.MarketError, match=r"own.toml: currency: got .?'usd'.?; expected a three-letter code"):
        cn.scenario(file)


# --- on the command line ---------------------------------------------------------------------------------------------


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    status = main(list(words))
    out = capsys.readouterr()
    return f"{status} {out.err or out.out}"


def test_cur1_on_the_command_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    close, rate = tmp_path / "close.csv", tmp_path / "rate.csv"
    close.write_text("date,close\n" + "".join(f"{day},71.25\n" for day in DAYS), encoding="utf-8")
    rate.write_text("date,usd_per_eur\n" + "".join(f"{day},1.25\n" for day in DAYS), encoding="utf-8")
    own = ("--close", str(close))
    assert said(capsys, "replay", NOTE.name, *own, "--currency", "EUR", "--until", "2000-03-01").startswith("0 ")
    refused = said(capsys, "replay", NOTE.name, *own, "--currency", "USD")
    assert refused.startswith("2 ") and "got USD" in refused and "must be in EUR" in refused
    assert "three-letter code" in said(capsys, "replay", NOTE.name, *own, "--currency", "euro")
    assert "taken to be in EUR (CUR-1)" in " ".join(said(capsys, "replay", NOTE.name, *own, "--until", "2000-03-01").split())
    assert said(capsys, "replay", NOTE.name, *own, "--fx", str(rate), "--until", "2000-03-01").startswith("0 ")
    assert said(capsys, "replay", NOTE.name, *own, "--fx", str(rate), "--currency", "USD", "--until", "2000-03-01").startswith(
        "0 "
    )
    refused = said(capsys, "replay", AFV.name, *own, "--fx", str(rate))
    assert refused.startswith("2 ") and "--fx (CUR-1): got a note in USD; expected closes in USD" in refused
    for command in (["replay", AFV.name], ["simulate", AFV.name, "--as-of", "2004-02-17"]):
        refused = said(capsys, *command)
        assert refused.startswith("2 ") and "--close" in refused and "--scenario" in refused
    refused = said(capsys, "replay", AFV.name, "--scenario", "rally")
    assert refused.startswith("2 ") and "amazon-peacs-2010" in refused
    assert "needs the file of closes" in said(capsys, "replay", NOTE.name, "--currency", "EUR")


def test_cur1_closes_that_agree_change_no_figure() -> None:
    said_so, unsaid = (cn.replay(NOTE, closes(currency)) for currency in ("EUR", None))
    assert said_so.entries == unsaid.entries
    assert np.array_equal(closes("EUR").closes, closes(None).closes)


@pytest.mark.parametrize(
    ("currency", "cent", "coupon", "nil"),
    [
        # 690,000,000 x 6.875% x 366/365 = 47,567,465.7534…
        ("EUR", "0.01", "47,567,465.75", "0.00"),
        ("JPY", "1", "47,567,466", "0"),
        ("KRW", "100", "47,567,500", "0"),
        ("KWD", "0.001", "47,567,465.753", "0.000"),
        ("EUR", "0.05", "47,567,465.75", "0.00"),
        ("USD", "0.001", "47,567,465.753", "0.00"),
    ],
)
def test_cur1_amounts_have_the_decimals_of_the_smallest_unit_of_their_currency(
    currency: str, cent: str, coupon: str, nil: str
) -> None:
    principal = dataclasses.replace(NOTE.principal, currency=currency, share_currency=None, cent=cent)
    note = dataclasses.replace(NOTE, principal=principal)
    history = cn.MarketHistory(dates=DAYS, closes=[71.25] * len(DAYS), currency=currency)
    ledger = cn.replay(note, history, events=[], until="2001-03-01")
    [entry] = ledger.of_kind("coupon")
    assert f" = {coupon}, interest from 2000-02-16" in entry.text
    assert f"Cash to the holders: {currency} {coupon}." in ledger.closing()
    assert f"2001-02-16 {coupon}" in " ".join(str(ledger).split()) and f" {coupon}" in ledger.explain()
    assert str(cn.replay(note, history, events=[], until="2000-03-01").total()) == nil


def test_cur1_a_note_in_yen_is_told_without_hundredths_of_a_yen() -> None:
    note = cn.load("toray-2019")
    ledger = cn.replay(note, cn.scenario("toray-2019"))
    assert "Redemption: JPY 2,500,000,000 at par = 2,500,000,000." in str(ledger)
    model = cn.Lognormal(as_of=note.issue_date, spot=800, volatility=0.3, rate=0.01)
    quantiles = cn.simulate(note, model, paths=50, seed=1).summary().tables()[1]
    for page in (str(ledger), ledger.explain(), ledger.table().text(), quantiles.text()):
        assert not re.search(r"\d\.\d\d\b", page)


def test_int7_payments_rounded_to_less_than_the_smallest_unit_are_found() -> None:
    for currency, cent, found in (("JPY", "0.01", True), ("JPY", "1", False), ("KWD", "0.001", False), ("EUR", "0.001", True)):
        note = dataclasses.replace(AFV, principal=dataclasses.replace(AFV.principal, currency=currency, cent=cent))
        told = [each.message for each in note.check() if each.rule == "INT-7"]
        assert bool(told) is found and all(f"the smallest unit of {currency} is " in each for each in told)
