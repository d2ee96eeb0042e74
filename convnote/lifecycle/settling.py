"""Settling: conversions with an observation period, from surrender to payment, and the claims for them in a default."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import fraction, is_fast, whole, whole_up
from convnote.calendars import to_date
from convnote.errors import TermsError
from convnote.inputs import Amount
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.event import Recorded
from convnote.lifecycle.fields import a_number, takes
from convnote.lifecycle.payment_kinds import OTHER_WAYS
from convnote.lifecycle.state import LIVE, State, Status
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition, nothing
from convnote.lifecycle.under_way import UnderWay
from convnote.provisions.settlement import METHODS, SettlementTerms
from convnote.tables import shown

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote

OTHER_WAYS["settling"] = "STL-2"


def method_in_force(note: ConvertibleNote, state: State) -> tuple[str, Any]:
    """How a conversion surrendered now is settled: as the issuer last chose, else as printed (STL-1)."""
    if note.settlement is None:
        return "shares", None
    return state.chosen or (note.settlement.method, note.settlement.specified)


def begin(
    note: ConvertibleNote, state: State, name: str, counted: Any, parts: Sequence[tuple[Any, Any]], boost: Any
) -> tuple[UnderWay, ...]:
    """The settlements that follow from a surrender; empty where shares are delivered at once.

    `parts` holds (day number, principal): the redemption date of called principal, 0 for the rest. Parts with the same
    period are settled together.
    """
    terms, (method, specified) = note.settlement, method_in_force(note, state)
    if terms is None or method == "shares":
        return ()
    together: dict[Any, UnderWay] = {}
    for redemption, principal in parts:
        first, last = terms.period(counted, note.principal, redemption)
        key = None if is_fast(counted) else (first, last)
        if key in together:
            earlier = together[key]
            together[key] = dataclasses.replace(earlier, principal=earlier.principal + principal)
            continue
        due = np.maximum(last, counted) if is_fast(counted) else max(last, counted)
        pays = terms.pays_on(due, note.principal)
        together[key] = UnderWay(name, principal, counted, first, last, pays, method, specified, boost)
    return tuple(together.values())


def surrendered(note: ConvertibleNote, items: tuple[UnderWay, ...], event: ev.Convert) -> facts.Surrendered:
    """The facts of a surrender that is settled later."""
    assert note.settlement is not None
    first, last = items[0], items[-1]
    days, principal = note.settlement.observation, sum(item.principal for item in items)
    return facts.Surrendered(principal, first.method, first.specified, first.first, last.last, days, last.pays, event.day)


def under_way(state: State, items: tuple[UnderWay, ...], principal: Any) -> State:
    """The state once `principal` has been surrendered, to be settled later (STL-2)."""
    state = dataclasses.replace(state, settlements=(*state.settlements, *items))
    return state.retire("settling", principal, Status.SETTLING)


def settle(note: ConvertibleNote, state: State, event: ev.SettlementDue, seen: Seen) -> Transition:
    """Cash and whole shares of the surrenders whose period has ended (STL-1)."""
    flows: list[Flow] = []
    kept = []
    for item in state.settlements:
        if item.is_found or np.any(item.due != event.day):
            kept.append(item)
            continue
        told = _found(note, state, item, seen)
        rules = ("STL-1", "STL-2") + ("CNV-4",) * (not nothing(told.exact - told.shares))
        rules += ("FRC-1",) * _is_cut(note, told) + ("ADJ-4",) * (not nothing(state.distributed)) + ("INT-7",)
        flows.append(Flow("settlement", event.day, item.pays, rules, item.holder, cash=told.cash, shares=told.shares, facts=told))
        kept.append(dataclasses.replace(item, cash=told.cash, shares=told.shares))
    return Transition(dataclasses.replace(state, settlements=tuple(kept)), tuple(flows))


def _terms_of(note: ConvertibleNote, item: UnderWay) -> SettlementTerms:
    """The settlement terms; if the note was amended to have none, those of the surrender."""
    return note.settlement or SettlementTerms(method=item.method, specified=item.specified)


def _is_cut(note: ConvertibleNote, told: facts.Settled) -> bool:
    return note.conversion is not None and note.conversion.fraction != "cash" and not nothing(told.exact - told.shares)


def _found(note: ConvertibleNote, state: State, item: UnderWay, seen: Seen) -> facts.Settled:
    """What one surrender receives: whole shares after adding up its days, and cash rounded once."""
    days = seen.daily(item)
    cash_each, shares_each = _terms_of(note, item).divided(days, item.specified)
    units = item.principal / (float(note.denomination) if is_fast(item.principal) else fraction(note.denomination))
    exact, last = shares_each * units, days[-1][1]
    way = "cash" if note.conversion is None else note.conversion.fraction
    shares = (whole_up if way == "up" else whole)(exact)
    left = np.maximum(exact - shares, 0.0) if is_fast(exact) else exact - shares
    in_lieu = left * last if way == "cash" else left * 0
    cash = note.principal.paid(cash_each * units + in_lieu)
    return facts.Settled(
        item.principal, item.specified, item.counted, item.first, item.last, len(days), seen.stand_ins(item),
        cash_each, shares_each, last, exact, shares, in_lieu, cash, state.distributed,
    )  # fmt: skip


def paid(note: ConvertibleNote, state: State, event: ev.SettlementPaid, seen: Seen) -> Transition:
    """The money of settlements has moved: their principal has converted (STL-2)."""
    done = [item for item in state.settlements if item.is_found and item.pays <= event.day]
    left = tuple(item for item in state.settlements if item not in done)
    state = dataclasses.replace(state, settlements=left)
    return Transition(gone(state, sum(item.principal for item in done), "converted", Status.CONVERTED))


def gone(state: State, principal: Any, how: str, final: Status) -> State:
    """The state once principal under settlement has gone in the way `how`."""
    if nothing(principal):
        return state
    left = state.retired.get("settling", 0) - principal
    retired = {**state.retired, "settling": left, how: state.retired.get(how, 0) + principal}
    if nothing(left):
        del retired["settling"]
    ended = state.status is Status.SETTLING and not state.settlements
    return dataclasses.replace(state, retired=retired, status=final if ended else state.status)


def defaulted(note: ConvertibleNote, state: State, event: ev.Default, seen: Seen, recovered: Any) -> Transition:
    """The claims for surrenders not yet paid when the issuer defaults, and the recovery on them (STL-2).

    A settlement whose money has not moved by the default day is taken back first.
    """
    flows: list[Flow] = []
    payment_day = note.principal.payment_day(event.day)
    for item in state.settlements:
        if item.is_found:
            back = facts.SettlementTakenBack(item.pays, item.cash, item.shares)
            rules = ("STL-2", "INT-6", "DEF-4c")
            flows.append(
                Flow("settlement", event.day, item.pays, rules, item.holder, cash=-item.cash, shares=-item.shares, facts=back)
            )
        claimed = claim_of(note, item, event.day, seen)
        cash = note.principal.paid(claimed * recovered)
        told = facts.Recovery(claimed, recovered, cash)
        rules = ("STL-2", "DEF-1", "DEF-4c")
        flows.append(Flow("default", event.day, payment_day, rules, item.holder, item.principal, cash, facts=told))
    principal = sum(item.principal for item in state.settlements)
    return Transition(gone(dataclasses.replace(state, settlements=()), principal, "defaulted", Status.DEFAULTED), tuple(flows))


def claim_of(note: ConvertibleNote, item: UnderWay, day: Any, seen: Seen) -> Any:
    """The claim for a surrender in a default on day number `day`, in the note's currency, unrounded (STL-2)."""
    if note.settlement is not None and note.settlement.default_claim == "principal":
        return item.principal
    units = item.principal / (float(note.denomination) if is_fast(item.principal) else fraction(note.denomination))
    return _terms_of(note, item).divided(seen.daily(item, day))[0] * units


def _a_method(value: Any, place: str) -> str:
    if value not in METHODS:
        raise TermsError(f"allowed: {', '.join(METHODS)}", field=place, value=repr(value))
    return str(value)


@ev.also_recorded
@dataclass(frozen=True)
class SettlementElection(Recorded):
    """The issuer chooses how Notes that are surrendered from that day on are settled (STL-1).

    `method` is "shares", "cash" or "combination"; `specified` is the cash per denomination of a combination.

    >>> SettlementElection("2003-03-03", "combination", specified=1000).method
    'combination'
    """

    rule = "STL-1"
    authority = "note"
    # A notice of today binds the holders who convert today.
    after = ev.FundamentalChange

    method: str = takes(_a_method)
    specified: Amount | None = takes(a_number, default=None)

    def permit(self, note: ConvertibleNote, state: State, seen: Seen) -> Objection | None:
        """Where the paper leaves the choice to the issuer, up to the last day for it."""
        terms = note.settlement
        if terms is None or terms.election != "issuer":
            return Objection("STL-1", "the note does not leave the method of settlement to the issuer")
        if state.status not in LIVE:
            return Objection("STL-1", "nothing is outstanding any more")
        last = terms.last_choice(note.principal)
        if self.day > last:
            return Objection("STL-1", f"the method may be chosen until {to_date(last)}")
        if (self.specified is None) is (self.method == "combination"):
            return Objection("STL-1", "a combination, and no other method, has an amount specified")
        if self.specified is not None and fraction(self.specified) < 0:
            return Objection("STL-1", "the amount specified is below 0")
        return None

    def apply(self, note: ConvertibleNote, state: State, seen: Seen) -> Transition:
        """Later surrenders are settled in this way."""
        flow = Flow("settlement-election", self.day, self.day, ("STL-1",))
        return Transition(dataclasses.replace(state, chosen=(self.method, self.specified)), (flow,))

    def sentence(self, note: ConvertibleNote, flow: Flow) -> str:
        """The method chosen."""
        text = f"The issuer chooses settlement in {'cash and shares' if self.method == 'combination' else self.method}"
        if self.specified is not None:
            text += f", with {note.currency} {shown(self.specified)} of cash per {shown(note.denomination)}"
        return text + ", for Notes surrendered from now on."
