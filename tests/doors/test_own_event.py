"""An own recorded event: judged, applied, worded and cited by its own class, with nothing registered."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

import convnote as cn

from .own import EarlyRemark, Purchase, Remark

NOTE, HISTORY = cn.load("amazon-peacs-2010"), cn.scenario("as-it-was")


def test_an_own_event_is_replayed_worded_and_cited():
    ledger = cn.replay(NOTE, HISTORY, events=[Purchase("2001-03-01", principal=10_000_000, price="0.45")])
    (entry,) = ledger.of_kind("purchase")
    assert (str(entry.date), str(entry.payment_date)) == ("2001-03-01", "2001-03-02")
    assert (entry.principal, entry.cash, entry.rules) == (10_000_000, Decimal("4500000.00"), ("OWN-1", "PRN-1"))
    assert entry.text == "The Company buys EUR 10,000,000 of the Notes for 4500000."
    assert ledger.total("maturity") == 680_000_000
    assert ledger.state.retired == {"bought": 10_000_000, "matured": 680_000_000}


def test_explain_cites_the_own_rule_with_its_authority():
    told = cn.replay(NOTE, HISTORY, events=[Purchase("2001-03-01", principal=1000)]).explain()
    assert "OWN-1 (printed in the offer to purchase)" in told
    assert "OWN-1   The Company buys Notes in the market and cancels them. [printed in the offer to purchase]" in told


def test_an_own_objection_refuses_by_its_rule():
    with pytest.raises(cn.LifecycleError, match="in multiples of 1000, not 1500") as refused:
        cn.replay(NOTE, HISTORY, events=[Purchase("2001-03-01", principal=1500)])
    assert (
        str(refused.value).startswith("Purchase (OWN-1): ")
        and refused.value.rule == "OWN-1"
        and len(refused.value.ledger.of_kind("coupon")) == 1
    )


def test_an_own_event_before_the_issue_or_of_a_stranger_is_refused_by_its_rule():
    with pytest.raises(cn.LifecycleError, match=r"OWN-1.*issued on 2000-02-16"):
        cn.replay(NOTE, HISTORY, events=[Purchase("2000-02-01", principal=1000)])
    with pytest.raises(cn.LifecycleError, match=r"OWN-1.*'B' holds no Notes"):
        cn.replay(NOTE, HISTORY, events=[Purchase("2001-03-01", holder="B", principal=1000)], positions={"A": 690_000_000})


def test_the_order_within_the_day_is_that_of_after():
    Remark.seen_states.clear()
    day = "2001-03-01"
    cn.replay(NOTE, HISTORY, events=[Remark(day), cn.Convert(day, 1_000_000), EarlyRemark(day)])
    assert Remark.seen_states == [("EarlyRemark", 690_000_000), ("Remark", 689_000_000)]


def test_an_own_event_keeps_to_a_policy():
    policy = cn.Policy()
    ledger = cn.replay(NOTE, HISTORY, events=[Purchase("2001-03-01", principal=1000)], policy=policy)
    assert len(ledger.of_kind("purchase")) == 1


@dataclass(frozen=True)
class WithoutSentence(cn.Recorded):
    rule = "OWN-3"
    authority = "nowhere"

    def permit(self, note, state, seen):
        return None

    def apply(self, note, state, seen):
        return cn.Transition(state)


@dataclass(frozen=True)
class WithoutRule(Remark):
    rule = ""


@dataclass(frozen=True)
class HalfConvert(cn.Convert):
    """A conversion with nothing of its own."""


class Undecorated(Remark):
    more: int = 0


@dataclass(frozen=True)
class AfterNothing(Remark):
    after = "Convert"


@pytest.mark.parametrize(
    ("event", "lacks"),
    [
        (WithoutSentence("2001-03-01"), "WithoutSentence: an own kind of event lacks the method sentence"),
        (WithoutRule("2001-03-01"), "WithoutRule: an own kind of event lacks the class attribute rule, a text"),
        (
            HalfConvert("2001-03-01", 1000),
            "HalfConvert: an own kind of event lacks the method permit, the method apply, the method sentence, "
            "the class attribute rule, a text, the class attribute authority, a text",
        ),
        (Undecorated("2001-03-01"), r"lacks the decorator @dataclass\(frozen=True\)"),
        (AfterNothing("2001-03-01"), "lacks a kind of event as the class attribute after"),
    ],
)
def test_what_is_not_an_own_event_is_refused_when_it_is_given(event, lacks):
    with pytest.raises(cn.TermsError, match=lacks):
        cn.replay(NOTE, HISTORY, events=[event], until="2000-03-01")


@dataclass(frozen=True)
class WrongAnswers(Remark):
    permits: object = None
    applies: object = None

    def permit(self, note, state, seen):
        return self.permits

    def apply(self, note, state, seen):
        return self.applies or cn.Transition(state)


@dataclass(frozen=True)
class Unworded(Remark):
    def sentence(self, note, flow):
        return None


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (WrongAnswers("2001-03-01", permits="no"), "WrongAnswers.permit: got 'no'; expected an Objection or None"),
        (WrongAnswers("2001-03-01", applies=1), "WrongAnswers.apply: got 1; expected a Transition of a State"),
        (Unworded("2001-03-01"), "Unworded.sentence: got None; expected a text"),
    ],
)
def test_a_wrong_answer_of_an_own_event_is_refused_by_its_place(event, reason):
    with pytest.raises(cn.TermsError) as refused:
        cn.replay(NOTE, HISTORY, events=[event])
    assert str(refused.value) == reason


def test_a_flow_under_a_rule_printed_nowhere_is_refused():
    @dataclass(frozen=True)
    class Elsewhere(Remark):
        def apply(self, note, state, seen):
            return cn.Transition(state, (cn.Flow("remark", self.day, self.day, ("XYZ-9",)),))

    with pytest.raises(cn.TermsError, match=r"Elsewhere.apply.*XYZ-9.*OWN-2"):
        cn.replay(NOTE, HISTORY, events=[Elsewhere("2001-03-01")])


def test_an_array_of_days_is_refused_as_of_any_event():
    import numpy as np

    with pytest.raises(cn.TermsError, match=r"Remark.on"):
        cn.replay(NOTE, HISTORY, events=[Remark(np.array(["2001-03-01", "2001-03-02"], dtype="datetime64[D]"))])
