"""Term sheets, scenarios, events and CSV files that are wrong: an answer or a clear refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

import convnote as cn
from convnote.commands import asked
from tests.hostile import sheets
from tests.hostile.clear import outcome_of
from tests.hostile.counts import inputs

NOTES = [cn.dumps(cn.load(name)) for name in cn.available()]
NOTE = cn.load("amazon-peacs-2010")
SCENARIOS = [
    (Path(cn.__file__).parent / "market" / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")
    for name in cn.available_scenarios()
]
EVENTS = """\
[[events]]
kind = "Convert"
on = 2001-03-05
principal = 1_000_000
[[events]]
kind = "RedemptionNotice"
on = 2003-03-20
redemption_date = 2003-04-24
principal = 5000000
seed = 3
[[events]]
kind = "MissedPayment"
on = 2002-02-19
of = "interest"
[[events]]
kind = "Cure"
on = 2002-02-25
of = "interest"
[[events]]
kind = "StockDividend"
on = 2001-06-01
shares = 5
outstanding = 100
[[events]]
kind = "CashDividend"
on = 2001-08-01
cash = 1.5
"""
DAYS = [f"2000-0{month}-{day:02}" for month in (2, 3) for day in range(14, 26)]
VENDORS = {
    "plain": "date,close\n" + "".join(f"{day},70.5\n" for day in DAYS),
    "yahoo": "Date,Open,High,Low,Close,Adj Close,Volume\n" + "".join(f"{day},1,2,1,70.50,3.525000,1000\n" for day in DAYS),
    "stooq": "Date,Open,High,Low,Close,Volume\n" + "".join(f"{day},1,2,1,70.5,1000\n" for day in DAYS),
    "nasdaq": "Date,Close/Last,Volume,Open,High,Low\n"
    + "".join(f"{day[5:7]}/{day[8:]}/{day[:4]},$70.50,10,$1,$2,$3\n" for day in reversed(DAYS)),
    "fred": "observation_date,DEXUSEU\n" + "".join(f"{day},0.98\n" for day in DAYS),
    "ecb": "Date,USD,JPY,\n" + "".join(f"{day},0.9804,108.1,\n" for day in reversed(DAYS)),
    "yfinance": "Price,Close,High\nTicker,AMZN,AMZN\nDate,,\n" + "".join(f"{day},70.5,71\n" for day in DAYS),
}


def tried(make: Callable[[Random], Any], ask: Callable[[Any], Any], name: str) -> tuple[list[str], Counter[str]]:
    """What went wrong, by seed, over as many inputs as the profile says, and how many were refused and how many answered.

    Where an outcome never occurs the inputs prove nothing about it.
    """
    seen: Counter[str] = Counter()
    wrong = []
    for seed in inputs(name):
        given = make(Random(f"{name} {seed}"))
        try:
            seen[outcome_of(lambda given=given: ask(given))] += 1
        except Exception as fault:  # all of them are told at once, with the seed
            wrong.append(f"{name} {seed}: {type(fault).__name__}: {str(fault)[:300]}")
    return wrong, seen


def whole_of(text: str) -> None:
    note = cn.loads(text)
    str(note.check())
    len(cn.schedule(note))
    assert cn.loads(cn.dumps(note)) == note


def test_term_sheets() -> None:
    wrong, seen = tried(lambda r: sheets.toml(r, r.choice(NOTES)), whole_of, "term sheets")
    assert not wrong, wrong[:20]
    assert min(seen["refused"], seen["answered"]) >= 2, seen


def test_term_sheets_as_files(tmp_path: Path) -> None:
    """Bytes that are not UTF-8, marks of byte order, names that are odd."""
    path, places = tmp_path / "note.toml", count()

    def make(r: Random) -> bytes:
        data = bytearray(sheets.toml(r, r.choice(NOTES)).encode("utf-8", "replace"))
        if r.random() < 0.5:
            data[r.randrange(len(data)) :][:1] = r.choice([b"\xff", b"\x00", b"\xef\xbb\xbf", b"\x80\x81"])
            data.insert(r.randrange(len(data)), r.choice([0xFF, 0x00, 0x80, 0x1B]))
        return r.choice(
            [bytes(data)] * 6 + [b"\xef\xbb\xbf" + bytes(data), bytes(data).decode("utf-8", "replace").encode("utf-16")]
        )

    def ask(data: bytes) -> None:
        next(places)
        path.write_bytes(data)
        cn.load(path)

    wrong, seen = tried(make, ask, "sheet files")
    assert seen and not wrong, wrong[:20]
    assert [each.name for each in tmp_path.iterdir()] == ["note.toml"]


def test_scenarios(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"

    def ask(text: str) -> None:
        path.write_text(text, encoding="utf-8")
        cn.scenario(path)

    wrong, seen = tried(lambda r: sheets.toml(r, r.choice(SCENARIOS)), ask, "scenarios")
    assert not wrong, wrong[:20]
    assert min(seen["refused"], seen["answered"]) >= 2, seen


def test_events(tmp_path: Path) -> None:
    path = tmp_path / "events.toml"
    history = cn.scenario("as-it-was")

    def ask(text: str) -> None:
        path.write_text(text, encoding="utf-8")
        cn.replay(NOTE, history, events=asked.events(str(path)))

    wrong, seen = tried(lambda r: sheets.toml(r, EVENTS), ask, "events")
    assert seen and not wrong, wrong[:20]


@pytest.mark.parametrize("vendor", VENDORS)
def test_csv_files(vendor: str, tmp_path: Path) -> None:
    path = tmp_path / "closes.csv"

    def ask(text: str) -> None:
        path.write_text(text, encoding="utf-8")
        history = cn.MarketHistory.from_csv(close=path)
        assert len(history) > 0 and history.closes.min() > 0

    wrong, seen = tried(lambda r: sheets.table(r, VENDORS[vendor]), ask, f"csv {vendor}")
    assert seen and not wrong, wrong[:20]
