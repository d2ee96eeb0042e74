"""A fraction of a share: paid in cash, dropped, or rounded up to a whole share (FRC-1)."""

import dataclasses
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convnote as cn
from convnote.provisions import Settlement

from ..oracles import timing
from .lives import cash, flat, live

AMAZON = cn.load("amazon-peacs-2010")


def with_fraction(fraction, note=AMAZON, **settings):
    return dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, fraction=fraction, **settings))


def test_frc1_dropped_gives_the_whole_shares_and_up_one_more_with_no_cash():
    # 10,000 / 104.947 = 95.2861...
    for fraction, shares in (("dropped", 95), ("up", 96)):
        ledger = live(with_fraction(fraction), cn.Convert("2000-03-01", 10_000), until="2000-12-31")
        (entry,) = ledger.of_kind("conversion")
        assert (entry.shares, entry.cash) == (shares, 0)
        assert "FRC-1" in entry.rules and "CNV-4" not in entry.rules
    (entry,) = live(AMAZON, cn.Convert("2000-03-01", 10_000), until="2000-12-31").of_kind("conversion")
    assert (entry.shares, entry.cash) == (95, Decimal("5.01"))  # 0.2861...  x 17.50 = 5.007
    assert "CNV-4" in entry.rules and "FRC-1" not in entry.rules


def test_frc1_the_sentence_tells_what_becomes_of_the_fraction():
    said = [
        live(with_fraction(word), cn.Convert("2000-03-01", 10_000), until="2000-12-31").of_kind("conversion")[0].text
        for word in ("dropped", "up")
    ]
    assert "95.286192 shares, 95 whole; the fraction is dropped" in said[0]
    assert "95.286192 shares, 96 whole; the fraction counts as a whole share" in said[1]


def test_frc1_a_whole_number_of_shares_is_left_alone():
    for fraction in ("dropped", "up"):
        note = with_fraction(fraction, rate="31.6206", price=None)
        (entry,) = live(note, cn.Convert("2000-03-01", 10_000_000), until="2000-12-31").of_kind("conversion")
        assert entry.shares == 316_206 and "FRC-1" not in entry.rules


def test_frc1_no_close_is_needed_where_no_cash_is_paid_for_the_fraction():
    alone = cn.MarketHistory(dates=["2000-03-06"], closes=["17.50"], currency="EUR")
    note = with_fraction("dropped", dataclasses.replace(AMAZON, withdrawal=None))
    assert (
        cn.replay(note, alone, events=[cn.Convert("2000-03-01", 1000)], until="2000-03-06").of_kind("conversion")[0].shares == 9
    )
    assert note.conversion.settle("2000-03-01", 1000) == Settlement(9, Decimal("0.00"), Decimal("0.00"), Decimal("0.00"))


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from(["dropped", "up"]))
def test_frc1_scalars_and_arrays_agree_with_exact_fractions(notes, price, fraction):
    note = with_fraction(fraction, price=Decimal(price) / 1000)
    right = timing.shares_of(notes * 1000, Decimal(price) / 1000, fraction)
    settled = note.conversion.settle("2000-03-01", notes * 1000)
    assert (settled.shares, settled.cash_in_lieu) == (right, 0)
    many = note.conversion.settle(np.array(["2000-03-01", "2000-03-02"], "datetime64[D]"), notes * 1000.0)
    assert many.shares.tolist() == [right, right] and not many.cash_in_lieu.any()


def test_frc1_is_read_written_and_refused():
    note = with_fraction("up")
    assert cn.loads(cn.dumps(note)) == note and 'fraction = "up"  # FRC-1' in cn.dumps(note)
    with pytest.raises(cn.TermsError, match=r"conversion.fraction \(FRC-1\): got 'down'; allowed: cash, dropped, up"):
        with_fraction("down")


def test_frc1_dropping_the_fraction_needs_each_holder():
    changes = {"dropped": "AMD-2", "up": "AMD-1"}
    assert {word: AMAZON.amendments(with_fraction(word))[0].requirement.rule for word in changes} == changes


def test_frc1_after_a_stock_merger_the_fraction_is_of_the_new_share():
    note = with_fraction("dropped")
    merged = cn.Merger("2000-03-01", shares="0.5", cash="1.25")
    ledger = live(note, merged, cn.Convert("2000-03-02", 10_000), until="2000-12-31", history=flat())
    # 95.2861... x 0.5 = 47.64...: 47 shares; and 95.2861... x 1.25 = 119.107... in cash under the merger
    assert cash(ledger, "conversion") == [("2000-03-02", "2000-03-02", "119.11")]
    assert ledger.of_kind("conversion")[0].shares == 47
