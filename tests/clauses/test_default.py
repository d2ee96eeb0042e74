"""Default: DEF-2."""

import pytest

from convnote.provisions.payment_names import payments

from .days import number


@pytest.mark.parametrize(("on", "is_event"), [("2001-02-16", False), ("2001-03-17", False), ("2001-03-18", True)])
def test_def2_interest_unpaid_for_30_days(note, on, is_event):
    assert note.default.is_event("interest", due=number("2001-02-16"), on=number(on)) is is_event


@pytest.mark.parametrize("payment", sorted(set(payments()) - {"interest"}))
def test_def2_everything_else_at_once(note, payment):
    due = number("2005-06-01")
    assert note.default.is_event(payment, due=due, on=due)
    assert {"principal", "redemption", "repurchase", "make-whole"} <= set(payments())
