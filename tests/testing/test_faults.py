"""The kit's power: engines with one fault each are caught; the one without is held to ours in `test_agreement`."""

from __future__ import annotations

import time

import pytest

import convnote as cn
from convnote.testing import Ours, check_engine, notes
from convnote.testing.terms import usual_notes

from .faults import (
    FAULTS,
    FAULTS_OF_CHANGES,
    FAULTS_OF_OURS,
    FAULTS_OF_SETTLEMENT,
    OF_OTHER_TERMS,
    CarriedIsNeverMadeUp,
    ElectedConvertADayLonger,
    ElectionDeadlineRolledForward,
    carrying,
)
from .small import KINDS

#: The work of ten seconds on a core of its own: what the machine is busy with besides is not the kit's.
SECONDS, EXAMPLES = 10.0, 2_000
#: Faults that show only where a holder elects are looked for among these.
OF_ELECTIONS = (cn.FundamentalChange, cn.FundamentalChangeNotice, cn.RepurchaseElection)


def test_there_are_more_than_twenty_faults_and_each_is_of_one_method():
    assert len(FAULTS) >= 20
    for fault in FAULTS:
        assert len([name for name in vars(fault) if callable(vars(fault)[name])]) == 1, fault.__name__


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_caught(fault):
    began = time.process_time()
    kinds = OF_ELECTIONS if fault is ElectionDeadlineRolledForward else KINDS  # over all kinds it takes 11 seconds
    report = check_engine(fault, kinds=kinds, examples=EXAMPLES, shrink=False)
    assert not report.ok
    assert report.found_after[0] <= EXAMPLES
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("fault", FAULTS_OF_OURS, ids=lambda fault: fault.__name__)
def test_a_fault_of_ours_is_caught(fault):
    terms = usual_notes().map(carrying) if fault is CarriedIsNeverMadeUp else notes() if fault in OF_OTHER_TERMS else None
    report = check_engine(fault, notes=terms, examples=EXAMPLES, shrink=False)
    assert not report.ok


@pytest.mark.parametrize("fault", FAULTS_OF_CHANGES, ids=lambda fault: fault.__name__)
def test_a_fault_of_what_a_change_gives_is_caught(fault):
    kinds = (*OF_ELECTIONS, cn.Convert) if fault is ElectedConvertADayLonger else (*OF_ELECTIONS[:2], cn.Convert)
    report = check_engine(fault, note=FAULTS_OF_CHANGES[fault], kinds=kinds, examples=EXAMPLES, shrink=False)
    assert not report.ok
    assert check_engine(Ours, note=FAULTS_OF_CHANGES[fault], kinds=kinds, examples=15).ok


@pytest.mark.parametrize("fault", FAULTS_OF_SETTLEMENT, ids=lambda fault: fault.__name__)
def test_a_fault_of_what_a_conversion_delivers_is_caught(fault):
    note = FAULTS_OF_SETTLEMENT[fault]
    report = check_engine(fault, note=note, kinds=(cn.Convert,), examples=EXAMPLES, shrink=False)
    assert not report.ok
    assert check_engine(Ours, note=note, kinds=(cn.Convert, cn.Split, cn.Default), examples=15).ok


def test_ours_agrees_with_itself_over_any_terms():
    report = check_engine(Ours, notes=notes(), examples=60)
    assert report.ok, str(report)
    assert sum(report.refusals.values()) > 0


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
