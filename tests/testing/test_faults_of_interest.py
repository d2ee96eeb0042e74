"""The kit's lives under floating coupons and coupons in kind notice the faults that people make with them."""

import dataclasses
from fractions import Fraction

import pytest

from convnote.arithmetic import decimal
from convnote.provisions import Interest
from convnote.testing.all_turns import TURNS
from convnote.testing.picks import first_of, seeded

from .borders import lived

RULES = ("FLT-1", "FLT-1c", "PIK-1", "PIK-1c")
SIDES = {
    rule: [
        side
        for name, make in TURNS
        if name == rule
        for pick in (first_of, seeded(f"1 {rule}"))
        for side in (lambda turn: (turn.one, turn.other))(make(pick))
    ]
    for rule in RULES
}


class NotAdded(Interest):
    """The coupon in kind is told, and conversion, calls and claims stay on the principal as issued."""

    def added(self, principal, start, due):
        return super().added(principal, start, due) * 0


class OnThePrincipalAsIssued(Interest):
    def added(self, principal, start, due):
        return super().added(min(principal, 1_000), start, due)


class FloorOfTheIndexAlone(Interest):
    def rate_of(self, value):
        return decimal(max(Fraction(value), Fraction(self.floor or 0)) + Fraction(self.spread or 0))


class SpreadLeftOut(Interest):
    def rate_of(self, value):
        return decimal(max(Fraction(value), Fraction(self.floor or 0)))


def read_by(kind):
    return lambda interest: kind(**{each.name: getattr(interest, each.name) for each in dataclasses.fields(Interest)})


FAULTS = {
    ("FLT-1", "the fixing of the wrong day"): lambda interest: dataclasses.replace(interest, fixed="3 business days before"),
    ("FLT-1", "the spread left out"): read_by(SpreadLeftOut),
    ("FLT-1c", "the floor of the index alone"): read_by(FloorOfTheIndexAlone),
    ("PIK-1", "a coupon in kind that is not converted"): read_by(NotAdded),
    ("PIK-1", "a coupon in kind on the principal as issued"): read_by(OnThePrincipalAsIssued),
    ("PIK-1c", "rounded down"): lambda interest: dataclasses.replace(interest, paid_rounding_mode="down"),
}


@pytest.mark.parametrize(("rule", "fault"), FAULTS)
def test_a_fault_of_interest_is_noticed(rule, fault):
    assert len(SIDES[rule]) >= 4
    noticed = 0
    for side in SIDES[rule]:
        if side.note.interest.floats or side.note.interest.in_kind:
            wrong = dataclasses.replace(side.note, interest=FAULTS[rule, fault](side.note.interest))
            noticed += lived(side, wrong) != lived(side, side.note)
    assert noticed
