"""The survey: which rules an engine has right, by rule."""

from __future__ import annotations

import pytest

import convnote as cn
from convnote import testing
from convnote.testing import Ours, survey
from convnote.testing.cases import unanswered_cases

from .faults import FAULTS

LIVES = [case for case in unanswered_cases() if case["kind"] == "life"]


class OnlyCash:
    """Our payments, from an engine that does not judge."""

    def __init__(self, note, history):
        self.ours = Ours(note, history)

    def advance(self, until, events):
        return [(row.date, row.cash, row.shares) for row in self.ours.advance(until, events)]


def test_the_library_passes_every_life():
    lives = LIVES[::3]  # that it answers each as expected is tested in test_cases
    found = survey(Ours, cases=lives)
    assert found.ok and not found.left_out
    assert sum(map(len, found.passed.values())) == len(lives) > 300
    assert "0" in str(found).splitlines()[1] and str(found).endswith(f"{len(lives)} cases passed, 0 failed")


def test_an_engine_that_does_not_judge_is_not_asked_what_is_forbidden():
    found = survey(OnlyCash, cases=[case for case in LIVES if case["rule"] == "CNV-1"])
    assert found.ok and found.passed["CNV-1"] and found.left_out["CNV-1"]
    assert all(name.endswith("forbidden") for name in found.left_out["CNV-1"])
    assert "left out" in str(found)


def test_a_fault_fails_its_rule_and_passes_the_others():
    fault = next(each for each in FAULTS if each.__name__ == "RecordWindowOffByOne")
    found = survey(fault, cases=[case for case in LIVES if case["rule"] in ("INT-3", "CNV-5", "CNV-7", "RST-2", "RED-2")])
    assert "INT-3" in found.failed or "CNV-5" in found.failed
    assert found.passed["RST-2"] and "RST-2" not in found.failed
    (rule, names), *_ = found.failed.items()
    assert found.differences[names[0]].ours != found.differences[names[0]].theirs
    line = next(line for line in str(found).splitlines() if line.startswith(rule))
    assert line.split()[1:3] == [str(len(found.passed.get(rule, ()))), str(len(names))]


def test_what_is_no_engine_is_refused():
    with pytest.raises(cn.TermsError, match="survey engine: got 5"):
        survey(5)


class RoundsUp(OnlyCash):
    """Gives a share for a fraction of one, and nothing in cash for it."""

    def advance(self, until, events):
        rows = super().advance(until, events)
        return [(on, 0 if shares else cash, shares + 1 if shares else 0) for on, cash, shares in rows]


def test_everything_that_differs_on_the_day_stands_side_by_side():
    # EUR 1,000 at 104.947 are 9.5286 shares: 9 and cash for 0.5286 of a share at 100
    history = testing.SpelledHistory(cn.load("amazon-peacs-2010"), [("1999-11-01", 100)])
    difference = testing.live(RoundsUp, cn.load("amazon-peacs-2010"), history, [cn.Convert("2000-03-01", 1000)])
    assert [(row.what, row.ours, row.theirs) for row in difference.rows] == [
        ("cash of 2000-03-01", "52.86", "0.00"),
        ("shares of 2000-03-01", "9", "10"),
    ]
    lines = str(difference).splitlines()
    assert lines[2].split() == ["cash", "of", "2000-03-01", "52.86", "0.00"]
    assert lines[3].split() == ["shares", "of", "2000-03-01", "9", "10"]


def test_the_smallest_life_has_one_note_one_event_and_one_close():
    report = testing.check_engine(RoundsUp, kinds=[cn.Convert], examples=200)
    difference = report.difference
    assert len(difference.events) == 1 and difference.events[0].principal == 1000
    assert len(difference.history.steps) == 1
    assert [entry.kind for entry in difference.entries()][-1] == "conversion"


class LateReset(OnlyCash):
    """Goes on with the price of issue after the first reset."""

    def conversion_price(self):
        return 104.947


def test_the_entries_shown_are_those_the_figure_rests_on():
    note = cn.load("amazon-peacs-2010")
    history = testing.SpelledHistory(note, [("1999-11-01", 50)])
    difference = testing.live(LateReset, note, history, [cn.Convert("2005-03-01", 1000)])
    assert difference.what == "conversion price"
    kinds = [entry.kind for entry in difference.entries()]
    assert "reset" in kinds and "coupon" not in kinds
    assert "earlier entries are not shown" in str(difference)
