"""Settings that a sheet does not say keep their defaults, and every answer says that they were assumed."""

from __future__ import annotations

import copy
import pickle
from dataclasses import MISSING, replace
from decimal import Decimal
from typing import Any

import pytest

import convnote as cn
from convnote.provisions import Conversion, Put, Withdrawal

SHEET = """
name = "silent"
[principal]
issue_date = 2000-02-16
maturity_date = 2003-02-16
issue_size = 1_000_000
currency = "EUR"
cent = 0.01
[interest]
rate = "5%"
frequency = 1
[conversion]
price = 50
close_of = "same-day"
"""
NOTE = cn.loads(SHEET)
LINE = f"Assumed: {len(NOTE.assumed)} settings are not stated and taken at the default, as note.assumed lists"


def settings(note: cn.ConvertibleNote) -> list[str]:
    return [each.setting for each in note.assumed]


@pytest.mark.parametrize("name", cn.available())
def test_bundled_sheets_say_every_setting(name: str) -> None:
    assert cn.load(name).assumed == () and not any(line.startswith("Assumed") for line in cn.load(name).caveats())


def test_each_setting_with_a_default_that_is_not_said_is_assumed() -> None:
    expected = [
        f"{name}.{each.name}"
        for name, part in NOTE.provisions()
        for each in part.settings()
        if each.default is not MISSING
        and each.default is not None
        and f"\n{each.name} =" not in SHEET
        and each.name != "fraction_rate"  # no effect without a fixed exchange rate (FXF-1)
    ]
    assert settings(NOTE) == expected
    assert ("CNV-8", "conversion.off_days", "next-business-day") in NOTE.assumed
    assert ("ID-4", "principal.denomination", Decimal(1000)) in NOTE.assumed
    assert "conversion.close_of" not in expected and "principal.cent" not in expected  # said, one of them at its default


def test_a_finding_for_each_says_what_is_assumed() -> None:
    findings = [found for found in NOTE.check() if "assumed" in found.message]
    assert [found.rule for found in findings] == [each.rule for each in NOTE.assumed]
    assert ("CNV-8", "conversion.off_days is not stated: next-business-day is assumed") in findings


def test_a_setting_named_as_not_modelled_is_not_assumed() -> None:
    told = replace(NOTE, not_modelled={"conversion.called_until": "ends two days earlier", "CNV-8": "counts at once"})
    assert set(settings(NOTE)) - set(settings(told)) == {"conversion.called_until"}


def test_every_answer_says_in_one_line_how_many_there_are() -> None:
    ledger = cn.replay(NOTE, cn.MarketHistory(dates=["2000-02-16"], closes=[10], currency="EUR"), until="2000-02-16")
    model = cn.Lognormal(as_of="2000-02-16", spot=40, volatility=0.3, rate=0.05)
    outcomes = cn.simulate(NOTE, model, paths=20, seed=1)
    for text in (str(cn.schedule(NOTE)), str(ledger), ledger.explain(), str(outcomes.summary())):
        assert LINE in " ".join(text.split())
    assert LINE in cn.schedule(NOTE)._repr_html_() and LINE in ledger._repr_html_() and LINE in outcomes.summary()._repr_html_()
    assert LINE in cn.report.html(NOTE, cn.MarketHistory(dates=["2000-02-16"], closes=[10], currency="EUR"))
    assert f"{len(NOTE.assumed)} settings not stated in the sheet" in str(NOTE.summary())


def test_one_setting_is_told_in_the_singular() -> None:
    others = {each.setting: "whatever it is" for each in NOTE.assumed[1:]}
    assert replace(NOTE, not_modelled=others).caveats()[-1].startswith("Assumed: 1 setting is not stated")


def test_what_a_constructor_is_not_given_is_assumed_too() -> None:
    put = Put(prices=[["2001-02-16", 1]], accrued="clean")  # type: ignore[arg-type]
    assert [each.name for each in put.silent()] == ["notice_at_least", "notice_at_most"]
    assert "put.notice_at_least" in settings(replace(NOTE, put=put))


def test_a_setting_said_by_its_older_name_is_said() -> None:
    older = Withdrawal(trigger=100, before="2003-01-01", pays_converted=False)  # type: ignore[arg-type]
    assert "make_whole_to" not in {each.name for each in older.silent()}


def test_a_setting_that_is_replaced_is_said_and_the_others_stay_assumed() -> None:
    assert NOTE.conversion is not None
    changed = replace(NOTE.conversion, off_days="same-day")
    before, after = ({each.name for each in part.silent()} for part in (NOTE.conversion, changed))
    assert before - after == {"off_days"}


def test_what_is_assumed_stays_assumed_in_copies_and_files() -> None:
    made: list[Any] = [pickle.loads(pickle.dumps(NOTE)), copy.deepcopy(NOTE), replace(NOTE), cn.loads(cn.dumps(NOTE))]
    for again in made:
        assert again == NOTE and again.assumed == NOTE.assumed
    assert settings(NOTE.floats) == settings(NOTE)
    assert '# off_days = "next-business-day"  # CNV-8, convention: assumed\n' in cn.dumps(NOTE)


def test_equality_does_not_ask_what_was_said() -> None:
    said = Conversion(price=50, off_days="next-business-day")  # type: ignore[arg-type]
    silent = Conversion(price=50)  # type: ignore[arg-type]
    assert said == silent and len(said.silent()) == len(silent.silent()) - 1
    amended = cn.load("amazon-peacs-2010")
    assert amended.amendments(replace(amended, conversion=replace(amended.conversion))) == []
