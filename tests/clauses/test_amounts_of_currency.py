"""CUR-1: amounts have the decimals of their currency on every page, none for yen and three for dinars.

No figure of these two notes has two decimals, whatever is printed: one that has is an amount in cents of another currency.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime
import io
import json
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote import testing
from convnote.cli import main
from convnote.provisions import Conversion, Interest, Principal, Redemption
from convnote.tables import decimals_of, in_units, money
from convnote.testing import cases, machine, surveys
from convnote.testing.spells import SpelledHistory

PEACS = cn.load("amazon-peacs-2010")
#: a figure with two decimals
CENTS = re.compile(r"\d\.\d\d(?!\d)")
EVENTS = [
    cn.Convert("2023-05-01", 7_000_000),
    cn.MissedPayment("2024-03-15"),
    cn.Cure("2024-03-20"),
    cn.RedemptionNotice("2024-06-03", "2024-07-08", 40_000_000, seed=3),
    cn.Default("2025-06-02", recovered="0.4"),
]
CURRENCIES = ("JPY", "KWD")


def note_in(currency: str, **principal: Any) -> cn.ConvertibleNote:
    """Notes of a million at 3.3%, into shares at 977; they are called at par."""
    days = {"issue_date": "2022-03-15", "maturity_date": "2027-03-15", "trading_days": "NYSE"}
    size = {"issue_size": 690_000_000, "denomination": 1_000_000, "currency": currency}
    settings = {**days, **size, "cent": {"JPY": 1, "KWD": "0.001"}[currency], **principal}
    return cn.ConvertibleNote(
        name=f"in-{currency.lower()}",
        description="Notes without cents",
        principal=Principal(**settings),
        interest=Interest(rate="0.033", frequency=1, day_count="act/365f"),
        conversion=Conversion(price=977),
        redemption=Redemption(prices=[["2024-03-15", 1]], notice_at_least=30, notice_at_most=60),
        default=PEACS.default,
        consent=PEACS.consent,
    )


def closes(note: cn.ConvertibleNote) -> cn.MarketHistory:
    days = [note.issue_date - datetime.timedelta(days=30) + datetime.timedelta(days=each) for each in range(2000)]
    days = [day for day in days if day.weekday() < 5]
    return cn.MarketHistory(dates=days, closes=[901.5 + number % 7 for number in range(len(days))], currency=note.currency)


def has_no_cents(page: str) -> None:
    found = [page[max(each.start() - 60, 0) : each.end() + 20] for each in CENTS.finditer(page)]
    assert not found, found[:3]


@pytest.mark.parametrize("currency", CURRENCIES)
def test_cur1_a_ledger_has_the_decimals_of_its_currency(currency: str) -> None:
    note, places = note_in(currency), {"JPY": 0, "KWD": 3}[currency]
    ledger = cn.replay(note, closes(note), events=EVENTS)
    kinds = {entry.kind for entry in ledger.entries if entry.cash}
    assert kinds >= {"coupon", "conversion", "late-interest", "redemption", "default"}
    for page in (str(ledger), ledger.explain(), ledger._repr_html_(), ledger.table().csv()):
        has_no_cents(page)
    # 690,000,000 x 0.033 = 22,770,000 and 7,000,000 / 977 = 7,164.790174 shares, 0.790174 x 901.5 = 712.34
    assert ledger.of_kind("coupon")[0].cash.as_tuple().exponent == -places
    assert {int(entry.cash.as_tuple().exponent) for entry in ledger.entries} == {-places}
    assert {"JPY": " = 22,770,000, interest", "KWD": " = 22,770,000.000, interest"}[currency] in str(ledger)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_cur1_the_command_line_prints_amounts_by_their_currency(
    currency: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    note = note_in(currency)
    (tmp_path / "note.toml").write_text(cn.dumps(note), encoding="utf-8")
    told = closes(note)
    lines = [f"{day},{close:g}" for day, close in zip(told.dates, told.closes, strict=True)]
    (tmp_path / "closes.csv").write_text("\n".join(["date,close", *lines]), encoding="utf-8")
    events = "".join(
        f'[[events]]\nkind = "{kind}"\non = {on}\n{more}\n'
        for kind, on, more in (
            ("Convert", "2023-05-01", "principal = 7000000"),
            ("Default", "2025-06-02", 'recovered = "0.4"'),
        )
    )
    (tmp_path / "events.toml").write_text(events, encoding="utf-8")
    own = ["note.toml", "--close", "closes.csv", "--currency", currency, "--events", "events.toml"]

    def said(*argv: str) -> str:
        assert main(argv) == 0
        return capsys.readouterr().out

    for argv in (
        ["replay", *own],
        ["replay", *own, "--explain"],
        ["replay", *own, "--csv"],
        ["replay", *own, "--json"],
        ["check", "note.toml"],
        ["accrued", "note.toml", "2023-03-15"],
        ["dilution", *own, "--on", "2023-06-01", "--shares", "1000000", "--price", "977"],
    ):
        has_no_cents(said(*argv).partition("part of the noteholders")[0])
    simulated = said("simulate", "note.toml", "--spot", "977", "--as-of", "2022-03-15", "--paths", "20")
    assert "lognormal from 977 on" in simulated
    has_no_cents(simulated.partition("ending ")[0].replace("volatility 0.5, rate 0.05", ""))
    said("report", *own, "--out", "note.html")
    page = re.sub(r"(?s)<(style|svg)\b.*?</\1>|data:[^\"]*", "", (tmp_path / "note.html").read_text(encoding="utf-8"))
    has_no_cents(re.sub("<[^>]+>", " ", page.partition('id="terms"')[0]))


@pytest.mark.parametrize("currency", CURRENCIES)
def test_cur1_pictures_print_amounts_by_their_currency(currency: str) -> None:
    mpl = pytest.importorskip("matplotlib")
    note = note_in(currency)
    model = cn.Lognormal(as_of="2022-03-15", spot=977, rate=0.05, volatility=0.3)
    drawn = [
        cn.plots.payoff(note),
        cn.plots.parity_history(note, closes(note), events=[]),
        cn.plots.outcome_fan(cn.simulate(note, model, paths=50)),
    ]
    for ax in drawn:
        texts = [text.get_text() for text in ax.figure.findobj(mpl.text.Text)]
        legends = [text.get_text() for text in ax.get_legend().get_texts()] if ax.get_legend() else []
        has_no_cents("\n".join(texts + legends))
    toray = cn.load("toray-2019")
    ax = cn.plots.trigger_window(toray, cn.scenario("toray-2019"), right="contingent_conversion")
    (label,) = [text.get_text() for text in ax.texts if text.get_text().startswith("highest")]
    assert re.match(r"highest [\d,]+(\.\d*[1-9])?, ", label)


class Less(testing.Ours):
    """Our engine, but every payment is one thousandth of a unit of currency short of ours."""

    def advance(self, until: Any, events: Any) -> Any:
        return [row._replace(cash=row.cash - 1 if row.cash else row.cash) for row in super().advance(until, events)]


class Fails(testing.Ours):
    """An engine that cannot answer."""

    def advance(self, until: Any, events: Any) -> Any:
        rows = super().advance(until, events)
        return "no rows" if any(row.cash for row in rows) else rows


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("engine", [Less, Fails])
def test_cur1_the_kits_reports_print_amounts_by_their_currency(currency: str, engine: Any) -> None:
    note = note_in(currency)
    told = SpelledHistory(note, [("2021-12-01", Decimal("901.5"))])
    difference = machine.live(engine, note, told, [cn.Convert("2022-05-02", 7_000_000)])
    page = str(difference)
    has_no_cents(page)
    # 7,000,000 / 977 = 7,164.790174 shares, and 0.790174 x 901.5 = 712.342
    assert {"JPY": "712", "KWD": "712.342"}[currency] in page and difference.on == datetime.date(2022, 5, 2)
    if engine is Less:
        assert (difference.ours, difference.theirs) == {"JPY": ("712", "711"), "KWD": ("712.342", "711.342")}[currency]
        assert f"conversion: {difference.ours} in cash, 7,164 shares." in page


@pytest.mark.parametrize("currency", CURRENCIES)
def test_cur1_reference_cases_have_every_decimal_of_their_currency(currency: str) -> None:
    note = note_in(currency)
    case: dict[str, Any] = {
        "id": "CUR-1-01-one",
        "rule": "CUR-1",
        "side": "one",
        "kind": "life",
        "terms": cases.terms_of(note),
        "market": {"closes": [["2021-12-01", "901.5"]]},
        "events": [{"kind": "Convert", "on": "2022-05-02", "principal": "7000000"}],
        "until": "2023-12-29",
    }
    answer = cases.run_case(case)
    cash = {entry["kind"]: entry["cash"] for entry in answer["entries"] if Decimal(entry["cash"])}
    # 683,000,000 x 0.033 = 22,539,000
    expected = {
        "JPY": {"conversion": "712", "coupon": "22539000"},
        "KWD": {"conversion": "712.342", "coupon": "22539000.000"},
    }
    assert cash == expected[currency]
    found = surveys.survey(Less, cases=[{**case, "expected": answer}])
    assert list(found.failed) == ["CUR-1"]
    has_no_cents(str(found.differences["CUR-1-01-one"]))


@given(st.sampled_from(["JPY", "KWD", "EUR", "KRW", "BHD", "UYW"]), st.fractions(-(10**9), 10**9, max_denominator=10**6))
def test_cur1_an_amount_in_units_is_the_same_amount(currency: str, amount: Fraction) -> None:
    found, places = in_units(amount, currency), decimals_of(currency)
    assert found == cn.arithmetic.decimal(amount)
    own = -int(found.as_tuple().exponent)
    assert own >= places and (own == places) is ((found * 10**places) % 1 == 0)
    assert money(found, currency).replace(",", "").lstrip("-").count(".") == (places > 0 or own > 0)


def test_int7_what_is_paid_has_the_decimals_of_the_currency_whatever_the_cent() -> None:
    for currency, cent, paid in (
        ("JPY", "0.01", "22770000"),
        ("JPY", "1E+2", "22770000"),
        ("KWD", "0.01", "22770000.000"),
        ("KWD", 1, "22770000.000"),
    ):
        note = note_in(currency, cent=cent)
        assert str(note.principal.paid(690_000_000 * Fraction("0.033"))) == paid
        assert str(cn.replay(note, closes(note), events=[], until="2023-03-20").total()) == paid
        by_note = dataclasses.replace(note.principal, rounded_on="denomination")
        assert str(by_note.paid(690_000_000 * Fraction("0.033"), Decimal(690_000_000))) == paid


def test_cur1_files_for_other_programs_have_the_decimals_too() -> None:
    for currency, cell in (("JPY", "22770000"), ("KWD", "22770000.000")):
        ledger = cn.replay(note_in(currency), closes(note_in(currency)), events=[], until="2023-03-20")
        rows = list(csv.DictReader(io.StringIO(ledger.table().csv())))
        assert [row[f"cash {currency}"] for row in rows if row[f"cash {currency}"]] == [cell]
        told = json.dumps(ledger.table().records())
        assert f'"{cell}"' in told
