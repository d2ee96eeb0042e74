"""Notes, schedules, ledgers and states show themselves: escaped tables in Jupyter, clean text elsewhere, typed frames."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

import convnote as cn
from convnote.provisions import Put

NOTE = cn.load("amazon-peacs-2010")
LEDGER = cn.replay(NOTE, cn.scenario("as-it-was"), events=[cn.Convert("2001-03-01", 1_000_000)])
NASTY = "<script>alert('1')</script>&amp;"

SHOWN: dict[str, Any] = {
    "note": NOTE,
    "provision": NOTE.withdrawal,
    "schedule": cn.schedule(NOTE),
    "ledger": LEDGER,
    "state": LEDGER.state,
    "outcomes": cn.simulate(NOTE, cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05), paths=500, seed=1),
}


class Page(HTMLParser):
    """Tags and words of a page; every tag that opens must close, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag != "br":
            self.open.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("name", SHOWN)
def test_everything_is_a_well_formed_compact_table_in_jupyter(name: str) -> None:
    html = SHOWN[name]._repr_html_()
    page = Page(html)
    assert page.tags.count("table") == {"outcomes": 4, "note": 2}.get(name, 1) and page.tags.count("tr") >= 5
    assert set(page.tags) <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "p", "br", "span", "details", "summary"}
    assert len(html) < 25_000


@pytest.mark.parametrize("name", SHOWN)
def test_one_line_says_what_it_is(name: str) -> None:
    line = repr(SHOWN[name])
    assert len(line) < 400 and "\n" not in line and "Fraction" not in line


def test_what_a_user_writes_into_terms_and_events_is_escaped() -> None:
    named = dataclasses.replace(NOTE, name=NASTY, description=NASTY, identity={"issuer": NASTY, NASTY: "x"})
    ledger = cn.replay(named, cn.scenario("rally"), positions={NASTY: 690_000_000})
    for thing in (named, cn.schedule(named), ledger):
        html = thing._repr_html_()
        assert "<script" not in html and "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&amp;amp;" in html
        Page(html)


def test_note_as_a_table_names_each_setting_with_its_rule_and_authority() -> None:
    rows = {row[:2]: row[2:] for row in NOTE.table().rows}
    assert rows["withdrawal", "trigger"] == ("167.915", "WDR-1", "note")
    assert rows["reset", "floor"] == ("84.883", "RST-2", "cover")
    assert rows["principal", "business_days"] == ("FED", "DAY-2", "convention")
    assert rows["identity", "isin"] == ("US023135AG10", "ID-1", "note")
    assert rows["principal", "certificate P-2"] == ("290,000,000, in words 'four hundred million euros'", "ID-3", "note")
    assert ("adjustment", "rounding") not in rows  # not set
    assert "167.915" in str(NOTE) and "WDR-1" in str(NOTE)
    assert repr(NOTE) == "ConvertibleNote('amazon-peacs-2010', EUR 690,000,000, 2000-02-16 to 2010-02-16)"


def test_ledger_as_text_and_as_a_page_holds_cash_shares_rules_and_what_it_comes_to() -> None:
    # the whole issue less the million converted: 689,000,000 x 0.06875 x 366/365
    assert LEDGER.table().columns == ("date", "paid on", "cash EUR", "shares", "what happened", "rules")
    assert LEDGER.total("coupon") == Decimal("47567465.75") + 2 * Decimal("47498527.40") + 7 * Decimal("47368750.00")
    assert '<span style="white-space: nowrap">CNV-4</span>' in LEDGER._repr_html_()  # an id is not cut in two
    for page in (str(LEDGER), " ".join(Page(LEDGER._repr_html_()).words)):
        assert "11,780" in page and "2002-02-19" in page and "47,567,465.75" in page and "CNV-4" in page
        assert "Status at the end of 2010-02-16: matured" in page and "days between published closes are interpolated" in page
    assert repr(LEDGER) == f"Ledger(amazon-peacs-2010, {len(LEDGER)} entries, matured on 2010-02-16)"
    table, blank, *rest = str(LEDGER).rpartition("\n\n")
    assert table == LEDGER.table().text() and rest == ["\n".join(LEDGER.closing())] and blank == "\n\n"
    assert str(LEDGER.total("redemption")) == str(LEDGER.of_kind("record")[0].cash) == "0.00"


def test_state_shows_what_a_person_asks_first() -> None:
    state = cn.replay(NOTE, cn.scenario("as-it-was"), until="2001-02-16").state
    page = Page(state._repr_html_()).words
    assert page[page.index("conversion price") + 1] == "84.883"
    assert page[page.index("principal outstanding") + 1] == "690,000,000"
    assert page[page.index("at the end of") + 1] == "2001-02-16"
    # 1,000 x 0.06875 x 366/365, as it was paid: 47,567,465.75 / 690,000
    assert state.table().columns == ("", "state")
    assert state.table().rows == (
        ("at the end of", "2001-02-16"),
        ("status", "outstanding"),
        ("principal outstanding", "690,000,000"),
        ("conversion price", "84.883"),
        ("holders may convert", "yes"),
        ("interest paid per denomination", "68.938356"),
    )
    gone = LEDGER.state.table().rows
    assert gone[4] == ("holders may convert", "no")
    assert gone[6:] == (("converted", "1,000,000"), ("matured", "689,000,000"))
    assert repr(state) == "State(2001-02-16, outstanding, 690,000,000 outstanding, conversion price 84.883)"


def test_ledger_frame_is_typed_also_where_it_is_empty() -> None:
    frame = LEDGER.to_frame()
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert kinds["date"].startswith("datetime64") and kinds["payment_date"].startswith("datetime64")
    assert kinds["cash"] == kinds["principal"] == "float64" and kinds["shares"] == "int64" and kinds["kind"] == "category"
    assert kinds["holder"] == kinds["rules"] == kinds["text"] == "string"
    assert frame["rules"].tolist() == [" ".join(entry.rules) for entry in LEDGER]
    assert isinstance(frame.index, pd.RangeIndex) and len(frame) == len(LEDGER)
    empty = dataclasses.replace(LEDGER, entries=()).to_frame()
    assert {name: str(kind).split("[")[0] for name, kind in empty.dtypes.items()} == {
        name: kind.split("[")[0] for name, kind in kinds.items()
    }
    assert LEDGER.to_frame(exact=True)["cash"].sum() == LEDGER.total()
    coupons = frame[frame["kind"] == "coupon"].groupby(frame["date"].dt.year)["cash"].sum()
    assert coupons[2001] == 47_567_465.75


def test_schedule_and_terms_and_history_frames_are_typed() -> None:
    schedule = cn.schedule(NOTE).to_frame()
    assert (
        schedule["date"].dtype.kind == "M"
        and schedule["amount"].dtype == np.float64
        and str(schedule["kind"].dtype) == "category"
    )
    terms = NOTE.to_frame()
    assert terms.index.names == ["part", "setting"] and terms.loc[("interest", "rate"), "rule"] == "INT-1"
    assert set(terms["authority"].cat.categories) == {"note", "cover", "convention"}
    history = cn.scenario("as-it-was").to_frame()
    assert history["date"].dtype.kind == "M" and history["close"].dtype == np.float64


def test_outcomes_frame_is_indexed_by_path() -> None:
    frame = SHOWN["outcomes"].to_frame()
    assert frame.index.name == "path" and frame["present_value"].dtype == np.float64 and frame["end_date"].dtype.kind == "M"
    assert str(frame["status"].dtype) == "category" and frame["present_value"].mean() == SHOWN["outcomes"].present_value.mean()
    assert "present value" in str(SHOWN["outcomes"]) and repr(SHOWN["outcomes"]).startswith("Outcomes(500 paths")


def test_what_people_look_for_is_found_by_completion() -> None:
    wanted = {"load", "available", "schedule", "replay", "scenario", "MarketHistory", "Convert", "analytics", "plots", "report"}
    assert wanted <= set(dir(cn))
    assert {"table", "to_frame", "explain", "entries", "state", "total"} <= set(dir(LEDGER))
    assert not [name for name in vars(cn) if not name.startswith("_") and name not in cn.__all__ and name not in _ROOMS_OF(cn)]


def _ROOMS_OF(module: Any) -> set[str]:
    return {name for name, value in vars(module).items() if type(value) is type(module)}


# --- the gist of a note ------------------------------------------------------------------------------------------------


def test_the_summary_of_a_note_has_its_eight_facts_in_25_lines() -> None:
    note = cn.load("amazon-peacs-2010")
    page = str(note.summary())
    assert len(page.splitlines()) <= 25
    for fact in (
        "104.947 a share (9.528619 shares per 1,000)",
        "EUR 690,000,000 in Notes of 1,000",
        "6.875%, paid once a year from 2001-02-16 to 2010-02-16",
        "2000-02-16",
        "closes above EUR 167.915 on 20 of 30 trading days",
        "EUR 84.883 a share",
        "EUR 206.25 per 1,000",
        "from 2003-02-20 at 100%",
    ):
        assert fact in page, fact
    assert "put" not in {row[0] for row in note.summary().rows}


def test_a_note_shows_its_summary_and_the_whole_is_folded_below() -> None:
    html = cn.load("amazon-peacs-2010")._repr_html_()
    gist, whole = html.split("<details>")
    assert "206.25" in gist and "withdrawable_until" not in gist
    assert "withdrawable_until" in whole and whole.endswith("</details>")


def test_the_summary_of_a_note_stated_by_its_rate_and_of_the_fullest_note() -> None:
    note = cn.load("amazon-peacs-2010")
    put = Put(prices=[[f"200{year}-02-16", 1] for year in range(1, 8)])  # type: ignore[arg-type]
    conversion = dataclasses.replace(note.conversion, price=None, rate="31.6206", from_date="2000-05-16")  # type: ignore[type-var]
    full = dataclasses.replace(note, put=put, conversion=conversion, not_modelled={"TAX": "a tax call\nwith two lines"})
    page = str(full.summary())
    assert len(page.splitlines()) <= 25
    assert "31.6206 shares per 1,000 (price EUR ≈31.62 a share)" in page
    assert "on 2001-02-16 at 100%, and 5 more to 2007-02-16 at 100%" in page and "TAX: a tax call with two lines" in page
    bare = cn.ConvertibleNote(
        name="bare", principal=note.principal, interest=dataclasses.replace(note.interest, rate=0, frequency=0)
    )
    assert ("coupon", "none", "INT-1") in bare.summary().rows


def test_a_long_ledger_shows_its_first_entries_and_says_how_many_there_are() -> None:
    holders = {f"holder {place}": 15_000_000 for place in range(46)}  # of 690,000,000
    ledger = cn.replay(NOTE, cn.scenario("as-it-was"), positions=holders)
    more = f"… and {len(ledger) - 300:,} more entries: table() has all {len(ledger):,}."
    assert len(ledger) > 400 and more in str(ledger) and more in ledger._repr_html_()
    assert len(ledger.table().rows) == len(ledger)
    assert sum(line[:5] in {f"{year}-" for year in range(2000, 2011)} for line in str(ledger).splitlines()) == 300
    assert ledger._repr_html_().count("<tr>") == 301  # and the head
    assert "more entries" not in str(LEDGER) and len(LEDGER.table().rows) == len(LEDGER)


def test_what_was_passed_over_stands_at_the_end_of_page_and_file_note() -> None:
    ledger = dataclasses.replace(LEDGER, warnings=("closes on 3 days that are not trading days are passed over (DAY-1)",))
    said = "Passed over: closes on 3 days that are not trading days are passed over (DAY-1)."
    assert ledger.closing()[-1] == said and said in str(ledger) and said in ledger._repr_html_()
    assert said in ledger.explain()
    assert not any("Passed over" in line for line in LEDGER.closing())


def test_a_certificate_without_words_is_shown_by_its_figures():
    principal = dataclasses.replace(NOTE.principal, certificates={"P-1": {"figures": 690_000_000}})
    rows = {row[:2]: row[2:] for row in dataclasses.replace(NOTE, principal=principal).table().rows}
    assert rows["principal", "certificate P-1"] == ("690,000,000", "ID-3", "note")
