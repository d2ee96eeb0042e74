"""Kinds of event as a user writes them, with nothing but the public names of the library."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar

import convnote as cn


@dataclass(frozen=True)
class Purchase(cn.Recorded):
    """The Company buys Notes in the market and cancels them."""

    principal: Any = 0
    price: Any = 1
    rule = "OWN-1"
    authority = "offer to purchase"

    def permit(self, note, state, seen):
        held = state.positions[state.holding(self.holder)]
        if self.principal % 1000:
            return cn.Objection(self.rule, f"Notes are bought in multiples of 1000, not {self.principal}")
        if self.principal > held.free:
            return cn.Objection(self.rule, f"only {held.free} is free")
        return None

    def apply(self, note, state, seen):
        name = state.holding(self.holder)
        paid = round(Fraction(self.principal) * Fraction(self.price), 2)
        state = state.with_position(name, outstanding=state.positions[name].outstanding - self.principal)
        state = state.retire("bought", Fraction(self.principal), cn.Status.REDEEMED)
        flow = cn.Flow("purchase", self.day, self.day + 1, (self.rule, "PRN-1"), name, self.principal, paid, facts=(paid,))
        return cn.Transition(state, (flow,))

    def sentence(self, note, flow):
        return f"The Company buys {note.currency} {self.principal:,} of the Notes for {flow.facts[0]}."


@dataclass(frozen=True)
class Remark(cn.Recorded):
    """Nothing happens, and what was seen is remembered."""

    rule = "OWN-2"
    authority = "minutes"
    words: str = "noted"
    seen_states: ClassVar[list] = []

    def permit(self, note, state, seen):
        return None

    def apply(self, note, state, seen):
        self.seen_states.append((type(self).__name__, state.outstanding))
        return cn.Transition(replace(state), (cn.Flow("remark", self.day, self.day, (self.rule,)),))

    def sentence(self, note, flow):
        return self.words


@dataclass(frozen=True)
class EarlyRemark(Remark):
    """As a remark, at the opening of the day."""

    after = cn.Split
