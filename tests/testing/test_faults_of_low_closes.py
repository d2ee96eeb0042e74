"""The kit's borders of puts and revisions after low closes notice the faults that people make with them."""

import dataclasses

import pytest

import convnote as cn
from convnote.provisions import ConditionalPut
from convnote.provisions.revision import AverageFloor
from convnote.testing.boundaries import BOUNDARIES
from convnote.testing.picks import first_of, seeded

from .borders import allowed

EDGES = {
    rule: [
        make(pick)
        for name, make in BOUNDARIES
        if name == rule
        for pick in (first_of, *(seeded(f"{number} {rule}") for number in range(4)))
    ]
    for rule in ("CPT-1", "DWN-1")
}


class YearOfTheCalendar(ConditionalPut):
    section = "conditional_put"

    def year_of(self, on):
        return int(cn.calendars.day_number(f"{cn.calendars.to_date(on).year}-01-01"))


class TheOtherAverage(AverageFloor):
    def lowest(self, closes):
        return min(self.averages(closes)) if self.higher else max(self.averages(closes))


def condition(part, **changes):
    def wrong(note):
        terms = getattr(note, part)
        changed = {name: change(terms.condition) for name, change in changes.items()}
        return dataclasses.replace(
            note, **{part: dataclasses.replace(terms, condition=dataclasses.replace(terms.condition, **changed))}
        )

    return wrong


def put(**changes):
    def wrong(note):
        changed = {name: change(note.conditional_put) for name, change in changes.items()}
        return dataclasses.replace(note, conditional_put=dataclasses.replace(note.conditional_put, **changed))

    return wrong


def calendar_year(note):
    terms = note.conditional_put
    settings = {each.name: getattr(terms, each.name) for each in terms.settings()}
    return dataclasses.replace(note, conditional_put=YearOfTheCalendar(**settings))


def lower_average(note):
    floor = TheOtherAverage(note.revision.floor.days)
    return dataclasses.replace(note, revision=dataclasses.replace(note.revision, floor=floor))


FAULTS = {
    ("CPT-1", "strict and not"): condition("conditional_put", strict=lambda terms: not terms.strict),
    ("CPT-1", "29 of 30"): condition("conditional_put", days=lambda terms: terms.days - 1),
    ("CPT-1", "31 in a row"): condition("conditional_put", days=lambda terms: 31, period=lambda terms: 31),
    ("CPT-1", "to the day before"): condition("conditional_put", ends=lambda terms: "day-before-notice"),
    ("CPT-1", "70% of the initial price"): condition("conditional_put", multiple=lambda terms: "0.72"),
    ("CPT-1", "as often as one likes"): put(once_a_year=lambda terms: False),
    ("CPT-1", "once in a calendar year"): calendar_year,
    ("CPT-1", "from the issue on"): put(from_date=lambda terms: None),
    ("CPT-1", "paid a day earlier"): put(pays_after=lambda terms: terms.pays_after - 1),
    ("DWN-1", "strict and not"): condition("revision", strict=lambda terms: not terms.strict),
    ("DWN-1", "14 of 30"): condition("revision", days=lambda terms: terms.days - 1),
    ("DWN-1", "16 of 30"): condition("revision", days=lambda terms: terms.days + 1),
    ("DWN-1", "the lower of the averages"): lower_average,
}


@pytest.mark.parametrize("rule", EDGES)
def test_each_border_is_as_the_rule_says(rule):
    for edge in EDGES[rule]:
        assert allowed(edge.note, edge, edge.inside), edge
        assert not allowed(edge.note, edge, edge.outside), edge


@pytest.mark.parametrize(("rule", "fault"), FAULTS)
def test_a_fault_is_noticed_at_one_of_the_borders(rule, fault):
    found = []
    for edge in EDGES[rule]:
        wrong = FAULTS[rule, fault](edge.note)
        found.append(allowed(wrong, edge, edge.inside) and not allowed(wrong, edge, edge.outside))
    assert not all(found)
