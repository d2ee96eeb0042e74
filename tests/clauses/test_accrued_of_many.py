"""Accrued interest of many dates is worked on in pieces: the same figures, and memory for the answer alone (C14)."""

import tracemalloc

import numpy as np
import pytest

import convnote as cn

INTEREST = cn.load("amazon-peacs-2010").interest
DAYS = np.datetime64("2000-02-16") + np.arange(400_001) % 3654


@pytest.mark.parametrize("principal", [None, "7000"])
def test_pieces_give_the_figures_of_each_date(principal):
    each = np.array([float(INTEREST.accrued(day, principal)) for day in DAYS[:3654].astype(str).tolist()])
    assert np.array_equal(INTEREST.accrued(DAYS, principal), np.resize(INTEREST.accrued(DAYS[:3654], principal), DAYS.shape))
    assert np.allclose(INTEREST.accrued(DAYS[:3654], principal), each, rtol=1e-14, atol=0)


def test_a_table_of_dates_keeps_its_shape():
    table = DAYS[:400_000].reshape(400, 1000).T
    assert np.array_equal(INTEREST.accrued(table), INTEREST.accrued(DAYS[:400_000]).reshape(400, 1000).T)


def test_memory_is_that_of_the_answer():
    INTEREST.accrued(DAYS[:10])
    tracemalloc.start()
    INTEREST.accrued(DAYS)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8 * DAYS.size + 5 * 8 * 65_536


def test_a_day_outside_the_life_is_refused_in_any_piece():
    with pytest.raises(cn.TermsError, match=r"interest.accrued on \(INT-4\): got 2010-02-17"):
        INTEREST.accrued(np.append(DAYS, np.datetime64("2010-02-17")))
