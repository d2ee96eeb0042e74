"""Command lines and public functions with arguments of odd kinds: an answer or a clear refusal, and no half of an output."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import math
import os
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

import convnote as cn
from convnote import testing
from convnote.cli import main
from tests.hostile.clear import outcome_of, wrong_with
from tests.hostile.counts import inputs
from tests.hostile.test_files import DAYS, EVENTS, NOTE, VENDORS, tried

HISTORY = cn.scenario("as-it-was")
LEDGER = cn.replay(NOTE, HISTORY)
MODEL = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05)


class Odd:
    """An object of no kind that anything asks for."""


ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, math.nan, math.inf, -math.inf, "", "x", "1e999999999", "1/3", "9" * 5000, b"x", [], [1], {}, {"a": 1}, (), set(),
    Odd(), Odd, len, object(), 10**400, Decimal("NaN"), Decimal("sNaN"), Decimal("1e999999"), Decimal("Infinity"), Fraction(1, 3), 1 + 2j,
    date(9999, 12, 31), date(1, 1, 1), datetime(2001, 2, 16, 12), "9999-12-31", "10000-01-01", "2001-02-30", "20010305", "2001-W10-1",
    np.array([]), np.array([1.0, np.nan]), np.array(["2001-01-01"], "datetime64[D]"), np.datetime64("2001-01-01"),
    np.datetime64("NaT", "D"), np.datetime64("99999-01-01"), np.array([[1.0]]), np.array(["a"]), np.array([object()]), np.float64("nan"),
    np.int64(2**62), "\x1b[2J", "\0", Path("nowhere"), range(3), iter([1]), NOTE, HISTORY, MODEL, cn.Convert("2001-03-05", 1000), lambda *_: 1,
)  # fmt: skip

AFV = cn.load("afv-2003")
AHEAD = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02, day_count="30/360")
COARSE = {"nodes": 65, "steps": 24}
FRAME = pd.DataFrame({"close": [70.5, 71.5, 72.5]}, pd.to_datetime(DAYS[:3]))
GRANT, BYLAWS, OFFERING = (
    dataclasses.replace(cn.grant("amazon-2004"), shares=1000),
    cn.bylaws("amazon-2000"),
    cn.offering("amazon-peacs-2010"),
)
OUTCOMES = cn.simulate(NOTE, MODEL, paths=3)
QUOTED = {"note": AFV, "model": AHEAD, "price": 124.0, "clean": False, "options": COARSE}
#: A function, with arguments that are right.
ASKED: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "load": (cn.load, {"name_or_path": "afv-2003"}),
    "loads": (cn.loads, {"text": cn.dumps(NOTE)}),
    "dumps": (cn.dumps, {"note": NOTE}),
    "schedule": (cn.schedule, {"note": NOTE}),
    "scenario": (cn.scenario, {"name": "rally", "seed": 1, "volatility": 0.2}),
    "replay": (
        cn.replay,
        {"note": NOTE, "history": HISTORY, "events": [], "policy": None, "until": "2001-03-01", "state": None, "positions": None},
    ),
    "simulate": (
        cn.simulate,
        {
            "note": NOTE,
            "model": MODEL,
            "paths": 3,
            "seed": 1,
            "principal": None,
            "policy": None,
            "state": None,
            "executor": None,
            "keep": "paths",
            "progress": False,
        },
    ),
    "grid": (cn.grid, {"note": NOTE, "model": MODEL, "spot": [60, 80], "volatility": None, "options": {"paths": 3}}),
    "history": (cn.MarketHistory, {"dates": DAYS[:3], "closes": [1, 2, 3], "currency": None, "source": None}),
    "accrued": (NOTE.interest.accrued, {"on": "2002-02-17", "principal": 1000}),
    "settle": (NOTE.conversion.settle, {"on": "2000-03-06", "principal": 1000, "close": 80}),
    "ratio": (NOTE.conversion.ratio, {"price": 84}),
    "make_whole": (NOTE.withdrawal.make_whole, {"interest_paid": 68.75}),
    "triggered": (NOTE.withdrawal.triggered, {"closes": [170] * 30}),
    "timetable": (NOTE.fundamental_change.timetable, {"occurred": "2001-01-05"}),
    "amendments": (NOTE.amendments, {"proposed": NOTE}),
    "authority": (NOTE.authority, {"rule": "WDR-1"}),
    "lognormal": (
        cn.Lognormal,
        {
            "as_of": "2000-02-16",
            "spot": 72.1,
            "volatility": 0.5,
            "rate": 0.05,
            "hazard_rate": 0.01,
            "recovery": 0.4,
            "change_rate": 0.0,
        },
    ),
    "bootstrap": (cn.Bootstrap, {"as_of": "2000-02-16", "spot": 72.1, "rate": 0.05, "history": HISTORY, "block_length": 2}),
    "curve": (cn.Curve, {"dates": ["2001-01-01", "2002-01-01"], "values": [0.04, 0.05]}),
    "discount": (
        cn.DiscountCurve,
        {"as_of": "2000-02-16", "dates": ["2001-01-01", "2002-01-01"], "rates": [0.04, 0.05], "compounding": "annual"},
    ),
    "policy": (cn.Policy, {"withdraw": cn.policies.AtOnce(), "convert": cn.policies.Never(), "withdrawal_notice": 30}),
    "convert": (cn.Convert, {"on": "2001-03-05", "principal": 1000, "holder": None}),
    "default": (cn.Default, {"on": "2001-03-05", "recovered": 0}),
    "missed": (cn.MissedPayment, {"on": "2001-03-05", "of": "interest"}),
    "notice": (cn.RedemptionNotice, {"on": "2003-03-20", "redemption_date": "2003-04-24", "principal": 1000, "seed": 0}),
    "withdrawal": (cn.WithdrawalNotice, {"on": "2003-03-20", "effective": "2003-04-24"}),
    "split": (cn.Split, {"on": "2001-03-05", "new": 2, "old": 1}),
    "rights": (cn.RightsIssue, {"on": "2001-03-05", "shares": 1, "proceeds": 10, "outstanding": 100, "market_price": 50}),
    "merger": (cn.Merger, {"on": "2001-03-05", "shares": 1, "cash": 10}),
    "parity": (cn.analytics.parity, {"note": NOTE, "close": 80, "conversion_price": 84}),
    "premium": (cn.analytics.conversion_premium, {"note": NOTE, "price": 98, "close": 80, "conversion_price": 84}),
    "floor": (cn.analytics.bond_floor, {"note": NOTE, "on": "2001-03-05", "curve": 0.05, "spread": 0.01}),
    "yield": (cn.analytics.yield_to_maturity, {"note": NOTE, "price": 98, "on": "2001-03-05"}),
    "clean": (cn.analytics.clean_price, {"note": NOTE, "price": 98, "on": "2001-03-05"}),
    "total": (lambda kind: LEDGER.total(kind), {"kind": "coupon"}),
    "of_kind": (lambda kind: LEDGER.of_kind(kind), {"kind": "coupon"}),
    "transfer": (cn.Transfer, {"on": "2001-03-05", "principal": 1000, "holder": "A", "to": "B"}),
    "amendment": (cn.Amendment, {"on": "2001-03-05", "terms": NOTE}),
    "waiver": (cn.Waiver, {"on": "2001-03-05", "of": "covenant"}),
    "covenant": (cn.CovenantDefault, {"on": "2001-03-05"}),
    "rescission": (cn.Rescission, {"on": "2001-03-05"}),
    "tender": (cn.TenderOffer, {"on": "2001-03-05", "shares": 10, "paid": 100, "outstanding": 100, "market_price": 50}),
    "summary": (OUTCOMES.summary, {"control_variates": True}),
    "from_frame": (
        cn.MarketHistory.from_frame,
        {
            "close": FRAME,
            "fx": None,
            "currency": "EUR",
            "close_date": None,
            "close_column": None,
            "date_format": None,
            "splits": None,
            "max_stale_days": 5,
            "source": None,
        },
    ),
    "grant": (cn.grant, {"name_or_path": "amazon-2004"}),
    "bylaws": (cn.bylaws, {"name_or_path": "amazon-2000"}),
    "offering": (cn.offering, {"name_or_path": "amazon-peacs-2010"}),
    "vested": (GRANT.vested, {"on": "2006-01-01", "sale": False}),
    "exercisable": (GRANT.exercisable, {"on": "2006-01-01", "exercised": 0, "service_ended": None, "reason": "other"}),
    "annual": (BYLAWS.annual_meeting, {"year": 2001, "holidays": ()}),
    "window": (BYLAWS.proposal_window, {"year": 2001, "meeting": None, "announced": None, "holidays": ()}),
    "quorum": (BYLAWS.has_quorum, {"present": 60, "outstanding": 100}),
    "allows": (OFFERING.lock_up.allows, {"kind": "exercise", "on": "2000-06-01", "shares": 0}),
    "dilution": (
        cn.dilution,
        {"note": AFV, "on": "2001-03-05", "shares": 1000, "price": 80, "options": [(1, 2)], "grants": [], "state": None},
    ),
    "net dilution": (
        cn.dilution,
        {
            "note": cn.load("gpre-2027"),
            "on": "2023-12-29",
            "shares": 1000,
            "price": 80,
            "method": "combination",
            "specified": 1000,
            "prices": [30, 40],
            "fx": None,
        },
    ),
    "reserved": (cn.reserved_shares, {"note": NOTE}),
    "convertible": (
        cn.analytics.convertible_default_to_zero,
        {
            "spot": 100,
            "years": 5,
            "rate": 0.05,
            "volatility": 0.2,
            "hazard_rate": 0.02,
            "recovery": 0.4,
            "dividend_yield": 0.0,
            "face": 100,
            "ratio": 1,
            "coupons": [(1, 5)],
        },
    ),
    "duration": (cn.analytics.modified_duration, {"note": NOTE, "rate": 0.05, "on": "2001-03-05"}),
    "yield to call": (
        cn.analytics.yield_to_call,
        {"note": AFV, "price": 98, "on": "2003-01-01", "call": None, "clock": "periods"},
    ),
    "cds": (
        cn.hazard_from_cds,
        {
            "spreads": {1: 0.01, 5: 0.02},
            "recovery": 0.4,
            "discount": 0.05,
            "as_of": "2003-01-01",
            "frequency": 4,
            "day_count": "act/365f",
        },
    ),
    "bonds": (
        cn.hazard_from_bonds,
        {"bonds": [(5, 0.05, 90.0)], "recovery": 0.4, "discount": 0.05, "as_of": "2003-01-01", "day_count": "act/365f"},
    ),
    "diffusion": (
        cn.diffusion_volatility,
        {"black": 0.5, "spot": 76, "strike": 104, "years": 10, "rate": 0.05, "hazard_rate": 0.05, "dividend_yield": 0.0},
    ),
    "survey": (lambda engine: testing.survey(engine, cases=[]), {"engine": testing.Ours}),
    "survey of": (lambda cases: testing.survey(testing.Ours, cases=() if cases is None else cases), {"cases": []}),
    "report": (cn.report.html, {"note": AFV}),
    "price": (
        cn.price,
        {
            "note": AFV,
            "model": AHEAD,
            "method": None,
            "credit": "jump-to-default",
            "state": None,
            "ignore": (),
            "policy": None,
            "options": COARSE,
        },
    ),
    "nuked": (cn.nuked, {"note": AFV, "model": AHEAD, "price": 123, "spot": 102, "options": COARSE}),
    "asset swap": (cn.asset_swap, {"note": AFV, "model": AHEAD, "price": None, "recall_spread": None, "options": COARSE}),
    "implied volatility": (cn.implied_volatility, {**QUOTED, "price": 150.0, "options": None}),
    "implied hazard": (cn.implied_hazard, QUOTED),
    "implied spot": (cn.implied_spot, QUOTED),
}
#: Each of these takes a hundred times as long as the others.
LONG = ("report", "price", "nuked", "asset swap", "implied volatility", "implied hazard", "implied spot")


@pytest.mark.parametrize("name", ASKED)
def test_the_right_arguments_are_answered(name: str) -> None:
    function, right = ASKED[name]
    assert outcome_of(lambda: function(**right)) == "answered"


def test_public_functions() -> None:
    def make(r: Random) -> tuple[str, str, int]:
        name = r.choice([each for each in ASKED if each not in LONG] * 3 + list(LONG))
        return name, r.choice(list(ASKED[name][1])), r.randrange(len(ODD))

    def ask(given: tuple[str, str, int]) -> None:
        function, right = ASKED[given[0]]
        try:
            function(**{**right, given[1]: ODD[given[2]]})
        except cn.ConvnoteError:
            raise
        except Exception as fault:
            raise AssertionError(f"{given[0]}({given[1]}={ODD[given[2]]!r:.40}) {type(fault).__name__}: {fault}") from fault

    with np.errstate(all="ignore"):
        wrong, seen = tried(make, ask, "functions")
    assert not wrong, wrong[:20]
    assert min(seen["refused"], seen["answered"]) >= 1, seen


# --- command lines ----------------------------------------------------------------------------------------------------

WORDS = (
    "amazon-peacs-2010", "afv-2003", "nowhere", "", " ", "-", "--", "--json", "--csv", "--explain", "--help", "--version", "--until",
    "--close", "--fx", "--split", "--scenario", "--events", "--principal", "--paths", "--seed", "--spot", "--as-of", "--volatility",
    "--rate", "--hazard-rate", "--recovery", "--ledger", "--out", "2001-03-05", "9999-12-31", "10000-01-01", "2001-02-30", "20010305",
    "1e999999999", "-1", "0", "1", "5", "0,05", "1,000", "1,00", "1_000", "nan", "inf", "1e300", "1/3", "9" * 5000, "١", "\x1b[2J", "\0",
    "x" * 5000, "=1+1", "2001-03-05=20", "=20", "2001-03-05=", "2001-03-05=0", "/dev/null", ".", "..", "/", "rally", "collapse", "USD",
    "--currency", "closes.csv", "fx.csv", "events.toml", "out.html", "dir", "--dates", "--schema", "@closes.csv",
)  # fmt: skip
COMMANDS = (
    "replay",
    "schedule",
    "check",
    "accrued",
    "simulate",
    "report",
    "repaly",
    "cases",
    "dilution",
    "bylaws",
    "grant",
    "offering",
)


def line(r: Random) -> list[str]:
    command = r.choice(COMMANDS)
    words = [command] * (r.random() < 0.95) + [r.choice(["amazon-peacs-2010", "afv-2003", *WORDS])]
    right = {
        "accrued": ["2001-03-05"], "simulate": ["--paths", "2"], "report": ["--out", "out.html"], "cases": ["--out", "/dev/null/x"],
    }  # fmt: skip
    words += right.get(command, [])
    words += [r.choice(WORDS) for _ in range(r.choice([0, 1, 2, 2, 2, 3, 4]))]
    # not many paths, and no other place to write to
    return ["out.html" if word in ("/dev/null", "/", ".", "..") and "--out" in words[-4:] else word for word in words]


def test_command_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "dir").mkdir()
    given = {"closes.csv": VENDORS["plain"], "fx.csv": VENDORS["fred"], "events.toml": EVENTS}
    for name, text in given.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    seen: Counter[int] = Counter()
    wrong = []
    for seed in inputs("command lines"):
        words = line(Random(f"command line {seed}"))
        out, err = io.StringIO(), io.StringIO()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), np.errstate(all="ignore"):
                status = _status(words)
            seen[status] += 1
            _look(words, status, out.getvalue(), err.getvalue())
            kept = {name: (tmp_path / name).read_text(encoding="utf-8") for name in given}
            assert kept == given, "an input was written over"
            left = sorted(set(os.listdir(tmp_path)) - {*given, "dir"})
            assert not [name for name in left if name.startswith(".convnote")], left
        except BaseException as fault:
            if isinstance(fault, KeyboardInterrupt):
                raise
            shown = [word[:30] for word in words]
            wrong.append(f"{seed} {shown}: {type(fault).__name__}: {str(fault)[:300]}")
    assert not wrong, "\n".join([f"{len(wrong)} of {sum(seen.values())}", *wrong[:20]])
    assert seen[2] > 0, seen


def _status(words: list[str]) -> int:
    status: list[int] = []

    def ask() -> None:
        try:
            status.append(main(words))
        except SystemExit as stopped:  # argparse
            status.append(int(stopped.code or 0))

    outcome_of(ask)
    return status[0]


def _look(words: list[str], status: int, out: str, err: str) -> None:
    assert status in (0, 2), (status, err[:200])
    if status == 2:
        assert out == "", "half of an output"
        assert err.startswith("convnote") and err.count("\n") == 1 and err.endswith("\n"), err[:300]
        assert not wrong_with(err[:-1]), (wrong_with(err[:-1]), err[:300])
    elif "--json" in words and "--help" not in words and "--version" not in words and out.startswith(("{", "[")):
        json.loads(out, parse_constant=lambda word: pytest.fail(word))
