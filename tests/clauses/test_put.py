"""Fixed put dates, which Amazon's note does not have: PUT-1…2."""

from decimal import Decimal

import pytest

import convnote as cn
from convnote.provisions import Put

from .days import number


@pytest.fixture(scope="module")
def put(note):
    return Put(prices=[("2003-02-20", "1.05"), ("2005-02-16", "1.1")], notice_at_most=20, interest=note.interest)


def test_put1_at_the_price_plus_accrued_interest(put):
    assert put.amount("2003-02-20").quantize(Decimal("1e-6")) == Decimal("1050.753425")  # four days
    assert put.amount("2005-02-16", 2000) == Decimal(2200)


def test_put1_a_dirty_price_includes_the_interest(note):
    dirty = Put(prices=[("2003-02-20", "1.05")], accrued="dirty", interest=note.interest)
    assert dirty.amount("2003-02-20") == Decimal(1050)


@pytest.mark.parametrize(
    ("on", "objected"),
    [("2003-01-30", True), ("2003-01-31", False), ("2003-02-20", False), ("2003-02-21", True)],
)
def test_put2_the_election_arrives_within_its_window(put, on, objected):
    found = put.objection(number(on))
    assert (found is not None) is objected
    assert found is None or found[0] == "PUT-2"


def test_put1_is_refused_before_the_first_date(put):
    with pytest.raises(cn.TermsError):
        put.amount("2003-02-19")
