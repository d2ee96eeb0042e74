"""The kit catches faults that people make with terms of other papers: a threshold that stays, a coupon paid in at the end."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

import convnote as cn
from convnote.provisions import Adjustment
from convnote.testing import Ours, check_engine
from convnote.testing.edges import bundled


class _Stays(Adjustment):
    section = "adjustment"

    def cash_dividend_factor(self, *, cash, market_price, threshold=None):
        return super().cash_dividend_factor(cash=cash, market_price=market_price)


class ThresholdNotMovedByASplit(Ours):
    def __init__(self, note, history):
        stated = {each.name: getattr(note.adjustment, each.name) for each in note.adjustment.settings()}
        super().__init__(dataclasses.replace(note, adjustment=_Stays(**stated)), history)


class PaysInAfterTheLastRecordDate(Ours):
    def __init__(self, note, history):
        terms = dataclasses.replace(note.conversion, pays_in_except=("notice",))
        super().__init__(dataclasses.replace(note, conversion=terms), history)


def with_threshold(dividends):
    terms = Adjustment(dividends=dividends, dividend_threshold=Decimal("0.5"), market_price_days=1, carry_below=0)
    return dataclasses.replace(bundled(), adjustment=terms)


def excepting_the_last():
    conversion = dataclasses.replace(bundled().conversion, pays_in_except=("last", "notice"))
    return dataclasses.replace(bundled(), conversion=conversion)


CASES = {
    "DIV-1": (ThresholdNotMovedByASplit, with_threshold("threshold-both"), (cn.Split, cn.CashDividend)),
    "ADJ-5": (ThresholdNotMovedByASplit, with_threshold("excess"), (cn.Split, cn.CashDividend)),
    "PIN-1": (PaysInAfterTheLastRecordDate, excepting_the_last(), (cn.Convert,)),
}


@pytest.mark.parametrize("rule", CASES)
def test_a_fault_of_other_terms_is_caught_and_ours_without_it_is_not(rule):
    fault, note, kinds = CASES[rule]
    report = check_engine(fault, note=note, kinds=kinds, examples=2_000, shrink=False)
    assert not report.ok
    assert check_engine(Ours, note=note, kinds=kinds, examples=15).ok
