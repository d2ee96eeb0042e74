"""The kit's borders of calls notice the faults that people make with conditions on closes, and with what little is left."""

import dataclasses

import pytest

from convnote.provisions import Condition
from convnote.testing.boundaries import BOUNDARIES
from convnote.testing.picks import first_of, seeded

from .borders import allowed

EDGES = {
    rule: [
        make(pick)
        for name, make in BOUNDARIES
        if name == rule
        for pick in (first_of, *(seeded(f"{number} {rule}") for number in range(8)))
    ]
    for rule in ("SFT-1", "SFT-2", "CCP-1")
}


class LevelNotMoved(Condition):
    def sides(self, close, *, rate=None, base=None, factor=1):
        return super().sides(close, rate=rate, base=base, factor=1)


def condition(**changes):
    def wrong(note):
        if note.redemption is None or note.redemption.condition is None:
            return note
        changed = {name: change(note.redemption.condition) for name, change in changes.items()}
        other = dataclasses.replace(note.redemption.condition, **changed)
        return dataclasses.replace(note, redemption=dataclasses.replace(note.redemption, condition=other))

    return wrong


def not_moved(note):
    terms = note.redemption
    if terms is None or terms.condition is None:
        return note
    parts = {each.name: getattr(terms.condition, each.name) for each in dataclasses.fields(Condition)}
    return dataclasses.replace(note, redemption=dataclasses.replace(terms, condition=LevelNotMoved(**parts)))


def redemption(**settings):
    return lambda note: dataclasses.replace(note, redemption=dataclasses.replace(note.redemption, **settings))


def clean_up(**settings):
    return lambda note: dataclasses.replace(note, clean_up=dataclasses.replace(note.clean_up, **settings))


FAULTS = {
    ("SFT-1", "strict and not"): condition(strict=lambda terms: not terms.strict),
    ("SFT-1", "a day too few"): condition(days=lambda terms: terms.days - 1),
    ("SFT-1", "a day too many"): condition(days=lambda terms: terms.days + 1, period=lambda terms: terms.period + 1),
    ("SFT-1", "the day of the notice and the day before"): condition(
        ends=lambda terms: "notice" if terms.ends == "day-before-notice" else "day-before-notice"
    ),
    ("SFT-1", "a figure that is not moved"): not_moved,
    ("SFT-1", "the condition to the end"): lambda note: redemption(until=None)(note),
    ("SFT-2", "a last day that is passed over"): redemption(last=None),
    ("SFT-2", "a part where all or none"): redemption(whole_only=False),
    ("CCP-1", "strict and not"): lambda note: clean_up(strict=not note.clean_up.strict)(note),
}


@pytest.mark.parametrize("rule", EDGES)
def test_each_border_is_as_the_rule_says(rule):
    assert len(EDGES[rule]) >= 18
    for edge in EDGES[rule]:
        assert allowed(edge.note, edge, edge.inside) and not allowed(edge.note, edge, edge.outside)


@pytest.mark.parametrize(("rule", "fault"), FAULTS)
def test_a_fault_of_a_call_is_noticed(rule, fault):
    wrong = FAULTS[rule, fault]
    assert any(
        not allowed(wrong(edge.note), edge, edge.inside) or allowed(wrong(edge.note), edge, edge.outside) for edge in EDGES[rule]
    )
