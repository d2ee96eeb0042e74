"""Nothing is half there: with any setting off its default, paths agree with their ledgers or a rule refuses, and so with price.

The settings are read from the declarations: one that is added later is tried here without being named.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.note import PROVISIONS
from convnote.pricing.refusals import CARRIED, WITHOUT_EFFECT
from convnote.provisions import RULES

from .settings import CHANGE_RATE, EXACTLY, NOT_MET, SETTINGS, others, stated
from .test_ledger_agrees import assert_agrees

#: A refusal that names a place and the rule of the paper.
REFUSED = re.compile(r"^(?:  )?[\w.]+(?: [\w.\[\]]+)? \(([A-Z]{2,5}-\d{1,2}[a-z]?)\): ", re.MULTILINE)
MODEL: dict[str, Any] = {"spot": 105, "volatility": 0.6, "rate": 0.05, "hazard_rate": 0.1, "recovery": 0.4}


def market(note: cn.ConvertibleNote, **more: Any) -> cn.Lognormal:
    """A market in which much happens; the issuer's default leaves another company's share as it is (EXC-1)."""
    return cn.Lognormal(as_of=note.issue_date, default_jump=1 if note.exchange is None else 0, **more, **MODEL)


@pytest.mark.parametrize(("section", "name"), SETTINGS, ids=[".".join(each) for each in SETTINGS])
def test_simulation_agrees_with_the_exact_ledger_whatever_a_setting_says_or_refuses_it_by_rule(section: str, name: str) -> None:
    notes = list(others(section, name))
    assert notes, f"say in BESIDE or VALUES how a note gets another {section}.{name}"
    ways = (cn.policies.Above(1.2), cn.policies.AtOnce(), cn.policies.Above(1.1))
    for note, redeem in zip(notes, ways, strict=False):
        policy = cn.Policy(redeem=redeem)
        refused = None
        try:
            outcomes = cn.simulate(note, market(note, change_rate=0.5), paths=4, seed=3, policy=policy)
        except cn.TermsError as error:
            refused = str(error)
        if refused is None:
            assert_agrees(outcomes, range(4))
        else:
            assert set(REFUSED.findall(refused)) & set(RULES), refused


WAYS = (
    cn.Policy(redeem=cn.policies.AtOnce(), redemption_notice=45, withdrawal_notice=45, convert=cn.policies.Above(1.3)),
    cn.Policy(redeem=cn.policies.Above(1.2), withdraw=cn.policies.Above(1.2)),
    cn.Policy(redeem=cn.policies.Never(), convert=cn.policies.Above(1.4)),
)


def scheduled(note: cn.ConvertibleNote) -> Any:
    return [(row.date, row.kind, row.amount, row.payment_date, row.text) for row in cn.schedule(note)]


def simulated(note: cn.ConvertibleNote, place: str, policy: cn.Policy) -> Any:
    """What becomes of each path, or the rules that refuse; closes move in steps, so that some equal a level."""
    paths = 15 if {place, place.partition(".")[0]} & EXACTLY else 60
    model = market(note, change_rate=CHANGE_RATE.get(place, 0.5), quote=0.5)
    try:
        outcomes = cn.simulate(note, model, paths=paths, seed=3, policy=policy, principal=700)
    except cn.TermsError as error:
        return set(REFUSED.findall(str(error))) & set(RULES)
    arrays = (outcomes.cash, outcomes.shares, outcomes.present_value.round(6), outcomes.end_date, outcomes.ending)
    return [each.tolist() for each in arrays]


@pytest.mark.parametrize(("section", "name"), SETTINGS, ids=[".".join(each) for each in SETTINGS])
def test_another_value_changes_what_is_told_or_is_refused_by_rule_unless_no_path_meets_the_setting(
    section: str, name: str
) -> None:
    place = f"{section}.{name}"
    note, notes = stated(section, name), list(others(section, name))
    ask: list[Callable[[cn.ConvertibleNote], Any]] = [scheduled]
    ask += [partial(simulated, place=place, policy=policy) for policy in WAYS]
    answers = ((each(note), map(each, notes)) for each in ask)
    changed = any(other != before for before, after in answers for other in after)
    assert changed is not (section in NOT_MET or place in NOT_MET), place


def test_the_settings_that_no_path_meets_are_settings_that_there_are() -> None:
    assert set(NOT_MET) <= {each for section, name in SETTINGS for each in (section, f"{section}.{name}")}


@pytest.mark.parametrize(("section", "name"), SETTINGS, ids=[".".join(each) for each in SETTINGS])
def test_price_carries_whatever_a_setting_says_or_refuses_it_by_rule(section: str, name: str) -> None:
    notes = list(others(section, name))
    assert notes
    for note in notes:
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
