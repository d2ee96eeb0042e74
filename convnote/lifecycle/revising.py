"""Revising: the Company lowers the conversion price after low closes, a decision that is recorded (DWN-1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from convnote.errors import TermsError
from convnote.inputs import Amount
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.adjusting import in_force
from convnote.lifecycle.event import Recorded
from convnote.lifecycle.fields import a_number, takes
from convnote.lifecycle.state import CONVERTIBLE, State
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition
from convnote.provisions.revision import AverageFloor
from convnote.tables import shown

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


@ev.also_recorded
@dataclass(frozen=True)
class Revision(Recorded):
    """The Company lowers the conversion price to `price`, in the note's currency per share, from this day on (DWN-1).

    A conversion on the day is at the new price, and its close is compared with a level of the new price. Adjustments and a reset
    of the same day act first.

    >>> import convnote as cn
    >>> note, history = cn.load("everbright-2023"), cn.scenario("everbright-2023")
    >>> cn.replay(note, history, events=[Revision("2020-03-24", "3.50")], until="2020-03-24").state.conversion_price
    Decimal('3.5')
    """

    rule = "DWN-1"
    authority = "note"
    # A decision of the Company, like a notice: it binds the holders who convert or put today.
    after = ev.RedemptionNotice

    price: Amount = takes(a_number)

    def permit(self, note: ConvertibleNote, state: State, seen: Seen) -> Objection | None:
        """May the Company lower the price to this one today? (DWN-1)"""
        terms = note.revision
        if terms is None:
            return Objection("DWN-1", "the note has no provision to revise the conversion price")
        over = note.conversion is None or self.day > note.conversion.last_day or state.is_withdrawn_on(self.day)
        if state.status not in CONVERTIBLE or over:
            return Objection("DWN-1", "the Notes no longer convert")
        standing = seen.standing(terms.condition)
        if standing is not None and not standing.met:
            return Objection("DWN-1", f"a revision needs {terms.condition}: {standing.in_words}")
        try:
            price = self._rounded(note)
        except TermsError as error:
            return Objection("DWN-1", str(error))
        if price >= state.price:
            return Objection("DWN-1", f"{shown(price)} is not below the price in force of {shown(state.price)}")
        lowest = self._lowest(note, state, seen)
        if price < lowest:
            averages = f", {terms.floor_in_words}" if terms.looks_back else ""
            return Objection("DWN-1", f"{shown(price)} is below the floor of {shown(lowest, _PLACES)}{averages}")
        return None

    def _rounded(self, note: ConvertibleNote) -> Any:
        """The new price, rounded as an adjusted one (RTE-2)."""
        price: Any = self.price
        if price <= 0:
            raise TermsError("expected a price above 0", field="Revision.price", value=shown(price))
        return price if note.adjustment is None else note.adjustment.adjusted(price, 1)

    def _lowest(self, note: ConvertibleNote, state: State, seen: Seen) -> Any:
        assert note.revision is not None
        closes = seen.closes if note.revision.looks_back else None
        return note.revision.lowest(closes or (), state.scale.factor)

    def apply(self, note: ConvertibleNote, state: State, seen: Seen) -> Transition:
        """The new price is in force; what one conversion share stands for, and with it figures in money, stay (RST-4)."""
        terms = note.revision
        assert terms is not None
        price = in_force(note, self._rounded(note))
        averages = terms.floor.averages(seen.closes or ()) if isinstance(terms.floor, AverageFloor) else ()
        told = facts.Revision(
            self.price, state.price, price, self._lowest(note, state, seen), tuple(averages), seen.standing(terms.condition)
        )
        rounds = note.adjustment is not None and note.adjustment.rounding is not None
        rules = ("DWN-1", "DWN-1c") + ("ADJ-9",) * rounds
        rules += ("RTE-2",) * (note.adjustment is not None and note.adjustment.rounds_otherwise)
        flow = Flow("revision", self.day, self.day, rules, facts=told)
        return Transition(replace(state.with_price_until(self.day, price), price=price), (flow,))

    def sentence(self, note: ConvertibleNote, flow: Flow) -> str:
        """The new price, the closes that allow it, and the floor."""
        told, terms = flow.facts, note.revision
        assert isinstance(told, facts.Revision) and terms is not None
        text = f"The Company lowers the conversion price from {shown(told.old)} to {shown(told.new)}"
        if told.new != told.decided:
            text += f", which is {shown(told.decided)} rounded"
        lowest = shown(told.lowest, _PLACES)
        if len(told.averages) > 1:
            lowest += f", {terms.floor_in_words}, {' and '.join(shown(each, _PLACES) for each in told.averages)}"
        elif told.averages:
            lowest += f", {terms.floor_in_words}"
        held = ""
        if (standing := told.standing) is not None:
            held = f" {standing.in_words.replace(' to ', ' closes to ')} meet the condition ({terms.condition})."
        return f"{text}; the floor is {lowest}.{held}"


#: Decimals to which averages of closes are shown.
_PLACES = 6
