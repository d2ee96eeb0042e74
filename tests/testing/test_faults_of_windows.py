"""The kit's borders of windows of conversion notice the faults that people make with them."""

import dataclasses
from functools import cached_property

import pytest

import convnote as cn
from convnote.provisions import ContingentConversion
from convnote.testing.all_turns import TURNS
from convnote.testing.boundaries import BOUNDARIES
from convnote.testing.picks import first_of, seeded

from .borders import lived, refused_by

EDGES = [
    make(pick)
    for name, make in BOUNDARIES
    if name == "CNT-1"
    for pick in (first_of, *(seeded(f"{number} CNT-1") for number in range(4)))
]
SIDES = {
    rule: [
        side
        for name, make in TURNS
        if name == rule
        for pick in (first_of, *(seeded(f"{number} {rule}") for number in range(2)))
        for side in (lambda turn: (turn.one, turn.other))(make(pick))
    ]
    for rule in ("CNT-2", "CNT-3", "CNT-3c")
}


class DecemberNotLookedAt(ContingentConversion):
    section = "contingent_conversion"

    @cached_property
    def looks(self):
        return [end for end in super().looks if cn.calendars.to_date(end).month != 12]


class AQuarterLate(ContingentConversion):
    section = "contingent_conversion"

    def window(self, end):
        return super().window(super().window(end)[1])


class FromTheQuarterEnd(ContingentConversion):
    section = "contingent_conversion"

    def window(self, end):
        return end, super().window(end)[1]


class AWeekTooLong(ContingentConversion):
    section = "contingent_conversion"

    def window(self, end):
        first, last = super().window(end)
        return first, last + 7


class OnCalendarDays(ContingentConversion):
    section = "contingent_conversion"

    def window_of_price(self, met):
        return met + 1, met + self.trading_price.open_days


def of(note, **changes):
    terms = note.contingent_conversion
    changed = {name: change(terms) for name, change in changes.items()}
    return dataclasses.replace(note, contingent_conversion=dataclasses.replace(terms, **changed))


def read_by(kind):
    def wrong(note):
        stated = {each.name: getattr(note.contingent_conversion, each.name) for each in note.contingent_conversion.settings()}
        return dataclasses.replace(note, contingent_conversion=kind(**stated))

    return wrong


def quarter(**parts):
    def wrong(note):
        changed = {name: change(note.contingent_conversion.quarter) for name, change in parts.items()}
        return of(note, quarter=lambda terms: dataclasses.replace(terms.quarter, **changed))

    return wrong


def price(**parts):
    def wrong(note):
        test = note.contingent_conversion.trading_price
        changed = {name: change(test) for name, change in parts.items()}
        return of(note, trading_price=lambda terms: dataclasses.replace(test, **changed))

    return wrong


def free_a_day_late(note):
    free = note.contingent_conversion.free_day
    late = None if free is None else cn.calendars.to_date(note.principal.banks.after(free))
    return of(note, free_from=lambda terms: late)


FAULTS = {
    "a quarter-end that is not looked at": read_by(DecemberNotLookedAt),
    "a window a quarter late": read_by(AQuarterLate),
    "a window a week too long": read_by(AWeekTooLong),
    "a window that opens on the quarter-end": read_by(FromTheQuarterEnd),
    "19 of 30": quarter(days=lambda terms: terms.days - 1),
    "21 of 30": quarter(days=lambda terms: terms.days + 1),
    "strict and not": quarter(strict=lambda terms: not terms.strict),
    "the free date excluded": free_a_day_late,
    "called Notes refused": lambda note: of(note, on_call=lambda terms: False),
    "all Notes convert once some are called": lambda note: dataclasses.replace(
        note, contingent_conversion=None if note.contingent_conversion.free_from is None else note.contingent_conversion
    ),
}
FAULTS_OF_TURNS = {
    ("CNT-2", "four days are enough"): price(days=lambda test: test.days - 1),
    ("CNT-2", "six days are needed"): price(days=lambda test: test.days + 1),
    ("CNT-2", "calendar days in place of Business Days"): read_by(OnCalendarDays),
    ("CNT-3", "a change opens nothing"): lambda note: of(note, on_change=lambda terms: False, change_days=lambda terms: None),
    ("CNT-3c", "a day longer after a change"): lambda note: of(
        note, change_days=lambda terms: terms.change_days and terms.change_days + 1
    ),
}


def test_each_border_is_as_the_rule_says():
    assert len(EDGES) >= 25
    for edge in EDGES:
        assert refused_by(edge.note, edge, edge.inside) is None, edge
        assert refused_by(edge.note, edge, edge.outside) == "CNT-1", edge


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_windows_is_noticed_at_one_of_the_borders(fault):
    wrong = [(FAULTS[fault](edge.note), edge) for edge in EDGES]
    assert any(refused_by(note, edge, edge.inside) or not refused_by(note, edge, edge.outside) for note, edge in wrong)


@pytest.mark.parametrize(("rule", "fault"), FAULTS_OF_TURNS)
def test_a_fault_of_prices_and_changes_is_noticed_at_one_of_the_turns(rule, fault):
    assert len(SIDES[rule]) >= 6
    wrong = FAULTS_OF_TURNS[rule, fault]
    assert any(lived(side, wrong(side.note)) != lived(side, side.note) for side in SIDES[rule])
