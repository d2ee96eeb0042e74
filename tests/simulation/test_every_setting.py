"""Nothing is half there: with any setting off its default, paths agree with their ledgers or a rule refuses, and so with price.

The settings are read from the declarations: one that is added later is tried here without being named.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.note import PROVISIONS
from convnote.pricing.refusals import CARRIED, WITHOUT_EFFECT
from convnote.provisions import RULES
from convnote.provisions.fields import Drawn

from . import mixed
from .cases import a_note
from .test_ledger_agrees import assert_agrees
from .test_mandatory import as_mandatory

#: A refusal that names a place and the rule of the paper.
REFUSED = re.compile(r"^(?:  )?[\w.]+(?: [\w.\[\]]+)? \(([A-Z]{2,5}-\d{1,2}[a-z]?)\): ", re.MULTILINE)
WITH = {
    "mandatory": as_mandatory,
    "make_whole_change": mixed.made_whole,
    "change_of_control_price": mixed.with_lower_price,
    "accretion": mixed.accreting,
    "settlement": mixed.settled_later,
}
CLOSES = {"days": 3, "period": 5, "of": "in-force", "strict": True, "ends": "notice"}
LOW = {**CLOSES, "multiple": "0.95", "below": True}
#: Sections that a random note is given as they stand.
MADE = {
    "contingent_conversion": {"quarter": {**CLOSES, "multiple": "1.02"}},
    "conditional_put": {"condition": LOW},
    "revision": {"condition": LOW, "floor": "higher of 5 and 1"},
    "clean_up": {"share": "0.15"},
    "exchange": {"shares_of": "Another", "property": [{"share": "A", "amount": "1.1"}]},
}
MODEL: dict[str, Any] = {"spot": 105, "volatility": 0.6, "rate": 0.05, "hazard_rate": 0.1, "recovery": 0.4}


def full() -> cn.ConvertibleNote:
    """A random note that has every provision that random notes have, and is long enough to use them."""
    seeds = (a_note(Random(seed)) for seed in range(2000))
    parts = ("reset", "withdrawal", "redemption", "put", "fundamental_change")
    note = next(each for each in seeds if all(getattr(each, name) for name in parts) and 300 <= life(each) <= 500)
    conversion = dataclasses.replace(note.conversion, price=100)
    withdrawal = dataclasses.replace(note.withdrawal, trigger=130, before_issue=True)
    return dataclasses.replace(note, conversion=conversion, withdrawal=withdrawal)


def life(note: cn.ConvertibleNote) -> int:
    return (note.maturity_date - note.issue_date).days


FULL = full()


def having(section: str) -> cn.ConvertibleNote:
    """The note with that provision too."""
    if getattr(FULL, section) is not None:
        return FULL
    if section in MADE:
        note = dataclasses.replace(FULL, conversion=None, reset=None, withdrawal=None) if section == "exchange" else FULL
        return dataclasses.replace(note, **{section: PROVISIONS[section](**MADE[section])})
    assert section in WITH, f"say in WITH or MADE how a note gets [{section}]"
    return WITH[section](FULL, Random(1))


def values(drawn: Drawn) -> Iterator[Any]:
    """A few values of a kind of field, in the middle and at its edges."""
    issue = FULL.issue_date
    if drawn.shape == "number":
        yield from (Fraction(each) for each in (2, 110, Fraction(1, 10)) if drawn.least <= each <= drawn.most)
        yield drawn.least
    elif drawn.shape == "whole":
        yield from (each for each in (12, 3, 25) if drawn.least <= each <= drawn.most)
        yield from (drawn.least, drawn.least + 1)
    elif drawn.shape == "day":
        yield from (issue + timedelta(days=days) for days in (130, 45, life(FULL) - 20, life(FULL)))
    elif drawn.shape == "words":
        yield "words"
    elif drawn.shape in ("one", "some"):
        yield from drawn.of if drawn.shape == "one" else ([drawn.of[0]], list(drawn.of), [])
    elif drawn.shape == "either":
        for each in drawn.of:
            yield from list(values(each))[:2]
    elif drawn.shape == "made":
        make, parts = drawn.of
        options = {name: list(values(part)) for name, part in parts.items()}
        for place in range(3):
            yield make(**{name: each[place % len(each)] for name, each in options.items()})
    else:
        options = [list(values(part)) for part in drawn.of]
        yield from ([tuple(pair)] if drawn.shape == "pairs" else [pair[0]] for pair in zip(*options, strict=False))


SETTINGS = [(section, each.name) for section, kind in PROVISIONS.items() for each in kind.settings()]


def others(section: str, name: str) -> Iterator[cn.ConvertibleNote]:
    """Notes that are like the one with the provision but for another value of the setting; few, those that are contracts."""
    note = having(section)
    part = getattr(note, section)
    [each] = [each for each in part.settings() if each.name == name]
    found = 0
    for value in values(each.metadata["kind"].drawn):
        try:
            other = dataclasses.replace(note, **{section: dataclasses.replace(part, **{name: value})})
        except cn.TermsError:
            continue  # it contradicts the rest
        if getattr(getattr(other, section), name) != getattr(part, name) and found < 3:
            found += 1
            yield other


def market(note: cn.ConvertibleNote, **more: Any) -> cn.Lognormal:
    """A market in which much happens; the issuer's default leaves another company's share as it is (EXC-1)."""
    return cn.Lognormal(as_of=note.issue_date, default_jump=1 if note.exchange is None else 0, **more, **MODEL)


@pytest.mark.parametrize(("section", "name"), SETTINGS, ids=[".".join(each) for each in SETTINGS])
def test_simulation_agrees_with_the_exact_ledger_whatever_a_setting_says_or_refuses_it_by_rule(section: str, name: str) -> None:
    notes = list(others(section, name))
    ways = (cn.policies.Above(1.2), cn.policies.AtOnce(), cn.policies.Above(1.1))
    for note, redeem in zip(notes, ways, strict=False):
        policy = cn.Policy(redeem=redeem)
        refused = None
        try:
            outcomes = cn.simulate(note, market(note, change_rate=0.5), paths=6, seed=3, policy=policy)
        except cn.TermsError as error:
            refused = str(error)
        if refused is None:
            assert_agrees(outcomes, range(6))
        else:
            assert set(REFUSED.findall(refused)) & set(RULES), refused


@pytest.mark.parametrize(("section", "name"), SETTINGS, ids=[".".join(each) for each in SETTINGS])
def test_price_carries_whatever_a_setting_says_or_refuses_it_by_rule(section: str, name: str) -> None:
    for note in others(section, name):
        bare = dataclasses.replace(note, withdrawal=None, reset=None)
        try:
            value = cn.price(bare, market(note), options={"nodes": 65, "steps": 8}).price
        except (cn.PricingError, cn.TermsError) as error:
            refused = str(error)
        else:
            assert np.isfinite(value) and value > 0
            continue
        assert set(REFUSED.findall(refused)) & set(RULES), refused


def test_what_price_carries_are_settings_that_there_are() -> None:
    for section, names in CARRIED.items():
        assert names <= {each.name for each in PROVISIONS[section].settings()}, section
    assert all(name in PROVISIONS for name in WITHOUT_EFFECT)
    assert not set(CARRIED) & set(WITHOUT_EFFECT)
