"""The library's mandatory against an oracle in `Fraction` that shares nothing with it."""

import dataclasses
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import to_date
from convnote.provisions import Mandatory
from tests.clauses.test_mnd1_mandatory import DAYS, NOTE

from ..oracles import settlement

PRICES = st.lists(st.integers(3000, 8000).map(lambda ticks: Fraction(ticks, 100)), min_size=1, max_size=30)


@given(prices=PRICES, holder=st.integers(1, 9))
def test_mnd1_what_a_holder_gets_is_the_oracles(prices, holder):
    note = dataclasses.replace(
        NOTE, mandatory=Mandatory(min_rate="1.7892", max_rate="2.1739", low=46, high="55.89", average_days=len(prices))
    )
    window = [to_date(day) for day in note.mandatory.window(note.principal)]
    closes = dict.fromkeys(DAYS, Fraction(50)) | dict(zip(window, prices, strict=True))
    history = cn.MarketHistory(dates=DAYS, closes=list(closes.values()), currency="USD")
    ledger = cn.replay(note, history, positions={"A": 100 * holder, "B": 1000 - 100 * holder})
    rate = settlement.mandatory_rate(prices, 100, Fraction("1.7892"), Fraction("2.1739"), Fraction(46), Fraction("55.89"))
    first = ledger.of_kind("conversion")[0]
    assert (first.shares, Fraction(first.cash)) == settlement.whole_and_cash(rate * holder, prices[-1])
