"""The kit's power: engines with one fault each are caught, and an engine without one is not accused."""

from __future__ import annotations

import time

import pytest

import convnote as cn
from convnote.testing import Ours, check_engine, notes

from .faults import FAULTS
from .small import KINDS, SmallEngine

#: The work of ten seconds on a core of its own: what the machine is busy with besides is not the kit's.
SECONDS, EXAMPLES = 10.0, 2_000


def test_there_are_more_than_twenty_faults_and_each_is_of_one_method():
    assert len(FAULTS) >= 20
    for fault in FAULTS:
        assert len([name for name in vars(fault) if callable(vars(fault)[name])]) == 1, fault.__name__


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_caught(fault):
    began = time.process_time()
    report = check_engine(fault, kinds=KINDS, examples=EXAMPLES, shrink=False)
    assert not report.ok
    assert report.found_after[0] <= EXAMPLES
    assert time.process_time() - began < SECONDS


def test_the_engine_without_a_fault_is_not_accused():
    report = check_engine(SmallEngine, kinds=KINDS, examples=150, seed=3)
    assert report.ok, str(report)
    assert report.examples == 150
    assert set(report.kinds) == {kind.__name__ for kind in KINDS}


@pytest.mark.slow
def test_the_engine_without_a_fault_is_not_accused_in_many_lives():
    report = check_engine(SmallEngine, kinds=KINDS, examples=3_000, seconds=600, seed=1)
    assert report.ok, str(report)


def test_ours_agrees_with_itself_over_any_terms():
    report = check_engine(Ours, notes=notes(), examples=60)
    assert report.ok, str(report)
    assert sum(report.refusals.values()) > 0


@pytest.mark.slow
def test_a_kit_run_checks_a_hundred_lives_a_second():
    """Of processor time, with an engine that costs nothing: what bounds it is our replay and the drawing of lives."""

    class Free:
        def __init__(self, note, history):
            self.ours = None

        def advance(self, until, events):
            return []

    check_engine(Ours, examples=20)
    began = time.process_time()
    report = check_engine(Ours, examples=600)
    rate = report.examples / (time.process_time() - began)
    assert rate > 50, f"{rate:.0f} lives a second with our replay on both sides"


def test_a_fault_is_shown_small_with_our_cited_ledger_and_their_answer():
    fault = next(each for each in FAULTS if each.__name__ == "RecordWindowOffByOne")
    report = check_engine(fault, kinds=KINDS, examples=EXAMPLES)
    difference = report.difference
    assert len(difference.events) == 1
    assert isinstance(difference.events[0], cn.Convert)
    text = str(report)
    assert "found after" in text
    assert "cn.Convert(" in text and "[INT-3" in text
    assert "ours:" in text and "theirs:" in text
    assert len(text.splitlines()) < 60
