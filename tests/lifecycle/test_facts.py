"""Facts of flows: the NamedTuple that a flow carries is the one that its sentence is written for."""

import typing

import pytest

import convnote as cn
from convnote.lifecycle import facts
from convnote.replays.sentences import ENTRY_KINDS
from convnote.replays.sentences.payments import PAYMENTS
from convnote.replays.sentences.rights import RIGHTS
from convnote.replays.sentences.shares import SHARES

from .told import LIVES
from .walk import LOW, NOTE

SENTENCES = {**PAYMENTS, **RIGHTS, **SHARES}
#: Kinds that their own event words, and what their flows carry.
OWN = {"purchase": {facts.Purchase}, "further-issue": {tuple}, "settlement-election": {tuple}, "revision": {facts.Revision}}
#: Parts of other facts, which no flow carries on its own.
PARTS = {facts.MissedCoupon}
KINDS = (
    {each for each in vars(facts).values() if isinstance(each, type) and hasattr(each, "_fields")} - {typing.NamedTuple} - PARTS
)


def taken(kind):
    """The NamedTuples that the sentence of a kind of flow is annotated with."""
    if kind in OWN:
        return OWN[kind]
    words = SENTENCES[kind]
    written = words.__annotations__[list(words.__annotations__)[2]]
    return {getattr(facts, name.strip().removeprefix("facts.")) for name in written.split("|")}


def test_every_kind_of_facts_has_a_sentence():
    assert set().union(*map(taken, (*SENTENCES, *OWN))) - {tuple} == KINDS
    assert set(ENTRY_KINDS) == {*SENTENCES, *OWN}


@pytest.mark.parametrize("name", LIVES)
def test_a_flow_carries_the_facts_of_its_sentence(name):
    events, how, *_ = LIVES[name]
    more = dict(how)
    note, history = more.pop("note", NOTE), more.pop("over", LOW)
    until = more.pop("until", note.maturity_date)
    _, flows = cn.Walk(note, history, **more).step(until, list(events))
    assert flows and all(type(flow.facts) in taken(flow.kind) for flow in flows)


def test_an_own_flow_may_carry_any_tuple():
    assert cn.Flow("own", 1, 1, ("BUY-1",)).facts == ()
    assert cn.Flow("own", 1, 1, ("BUY-1",), facts=(3, "three")).facts == (3, "three")
