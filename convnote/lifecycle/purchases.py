"""Purchases: Notes that the Company buys in the market and cancels, and Notes that it issues further (BUY-1).

Both are built as user-defined events: each has its own `permit`, `apply` and `sentence`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import decimal, fraction
from convnote.calendars import to_date
from convnote.errors import TermsError
from convnote.inputs import Amount
from convnote.lifecycle import events as ev
from convnote.lifecycle.claims import without_claims
from convnote.lifecycle.event import Recorded
from convnote.lifecycle.facts import Purchase
from convnote.lifecycle.fields import a_number, takes
from convnote.lifecycle.payment_kinds import OTHER_WAYS
from convnote.lifecycle.rights import RIGHTS_LIVE
from convnote.lifecycle.state import LIVE, State, Status
from convnote.lifecycle.transfers import paid_off, without_parts
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition
from convnote.provisions.fields import multiple
from convnote.tables import shown

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def _a_price(value: Any, place: str) -> Any:
    """A price as a share of principal: 0.95 for 95%."""
    try:
        return multiple(a_number(value, place))
    except ValueError as error:
        reason = error.reason if isinstance(error, TermsError) else str(error)
        raise TermsError(reason, field=place, value=value) from None


@ev.also_recorded
@dataclass(frozen=True)
class MarketPurchase(Recorded):
    """The Company buys `principal` of `holder` in the market at `price`, a share of principal, and cancels the Notes (BUY-1).

    The note itself pays nothing, so the entry has no cash and only states the price. A coupon whose record date has passed stays
    with the holder of record. Free Notes go first, or called or elected ones, as in a transfer (`principal.transferred_first`).

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> bought = MarketPurchase("2003-03-03", 690_000_000, price="0.95")
    >>> cn.replay(note, cn.scenario("as-it-was"), events=[bought], until="2003-03-03").state.status
    <Status.PURCHASED: 'purchased'>
    """

    rule = "BUY-1"
    authority = "convention"
    # As in a transfer, but for good: a holder who sells today may not elect or convert those Notes today.
    after = ev.Transfer

    principal: Any = takes(a_number)
    price: Amount = takes(_a_price)

    def permit(self, note: ConvertibleNote, state: State, seen: Seen) -> Objection | None:
        """Multiples of the smallest Note, not above the holder's principal."""
        if state.status not in LIVE:
            return Objection("BUY-1", "nothing is outstanding any more")
        if self.holder is None and len(state.positions) > 1:
            return Objection("BUY-1", f"a holder must be named; holders are {', '.join(state.positions)}")
        if not note.principal.is_multiple(self.principal):
            return Objection(
                "BUY-1", f"Notes are bought in multiples of {note.principal.smallest}, not {decimal(self.principal)}"
            )
        held = state.positions[state.holding(self.holder)].outstanding
        if self.principal > held:
            return Objection("BUY-1", f"{decimal(self.principal):,} is more than the {decimal(held):,} outstanding")
        return None

    def apply(self, note: ConvertibleNote, state: State, seen: Seen) -> Transition:
        """The Notes are gone, with their commitments and the claims attached to them."""
        name = state.holding(self.holder)
        position = state.positions[name]
        state = state.with_positions({name: without_parts(note, position, self.principal)})
        state = state.with_positions(paid_off(state, {name: self.principal}, False))
        state = replace(state, unpaid=without_claims(state.unpaid, {name: self.principal}, paid=False))
        due = note.interest.window_due(self.day) if note.interest.record_days else 0
        told = Purchase(self.principal, self.price, due)
        flow = Flow("purchase", self.day, self.day, ("BUY-1",), self.holder or name, principal=self.principal, facts=told)
        return Transition(state.retire("purchased", self.principal, Status.PURCHASED), (flow,))

    def sentence(self, note: ConvertibleNote, flow: Flow) -> str:
        """What was bought, and at what price."""
        amount, price = shown(decimal(self.principal)), shown(decimal(fraction(self.price) * 100))
        text = f"Market purchase: {note.currency} {amount} bought at {price}% of principal and cancelled"
        text += "; the note itself pays nothing"
        assert isinstance(flow.facts, Purchase)
        if flow.facts.due:
            text += f"; the coupon due {to_date(flow.facts.due)} stays with the holders of record"
        return text + "."


@ev.also_recorded
@dataclass(frozen=True)
class FurtherIssue(Recorded):
    """The Company issues `principal` more of the Notes, to `holder` where holders are told apart (BUY-1).

    Further Notes are fungible with the others: they bear the interest of the running period, except a coupon whose record
    date has passed, and count as having been paid the same interest.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> more = FurtherIssue("2003-03-03", 10_000_000)
    >>> str(cn.replay(note, cn.scenario("as-it-was"), events=[more], until="2003-03-03").state.outstanding)
    '700000000'
    """

    rule = "BUY-1"
    authority = "convention"
    after = ev.Transfer

    principal: Any = takes(a_number)

    def permit(self, note: ConvertibleNote, state: State, seen: Seen) -> Objection | None:
        """Multiples of the smallest Note, while Notes are outstanding and not all of them are due or called."""
        if not note.principal.is_multiple(self.principal):
            return Objection(
                "BUY-1", f"Notes are issued in multiples of {note.principal.smallest}, not {decimal(self.principal)}"
            )
        if self.holder is None and len(state.positions) > 1:
            return Objection("BUY-1", f"a holder must be named; holders are {', '.join(state.positions)}")
        if state.status not in RIGHTS_LIVE or self.day >= note.principal.maturity_day:
            return Objection(
                "BUY-1", f"the Notes are {state.status}" if state.status not in RIGHTS_LIVE else "the principal is due"
            )
        if any(call.whole and call.redemption >= self.day for call in state.calls):
            return Objection("BUY-1", "all Notes are called for redemption")
        return None

    def apply(self, note: ConvertibleNote, state: State, seen: Seen) -> Transition:
        """The holder's principal and the principal issued both grow."""
        name = state.holding(self.holder)
        state = state.with_position(name, outstanding=state.positions[name].outstanding + self.principal)
        flow = Flow("further-issue", self.day, self.day, ("BUY-1",), self.holder or name)
        return Transition(replace(state, further=state.further + self.principal), (flow,))

    def sentence(self, note: ConvertibleNote, flow: Flow) -> str:
        """How much was issued."""
        amount = f"{note.currency} {shown(decimal(self.principal))}"
        return f"Further issue of {amount} of the Notes, with the interest of the running period."


OTHER_WAYS["purchased"] = "BUY-1"
