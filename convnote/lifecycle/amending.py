"""Amending: the note continues under other terms from the day after they were agreed (LIF-4)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.errors import TermsError
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.payment_kinds import KINDS
from convnote.lifecycle.state import State
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition
from convnote.provisions.amended import AmendedInterest

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote

#: What cannot change during a replay: each holder's principal is counted in these.
_KEPT = ("issue_date", "issue_size", "denomination", "currency", "share_currency")


def permit_amendment(note: ConvertibleNote, state: State, event: ev.Amendment, seen: Seen) -> Objection | None:
    """Other terms must be terms of the same issue to which holders can consent (LIF-4, AMD-1)."""
    terms = event.terms
    if note.consent is None:
        return Objection("AMD-1", "the note has no provision on consent")
    if event.day >= note.principal.maturity_day:
        return Objection("LIF-4", f"the principal is due on {note.maturity_date}")
    other = [name for name in _KEPT if getattr(terms.principal, name) != getattr(note.principal, name)]
    if other:
        kept = ", ".join(f"principal.{name}" for name in other)
        return Objection("LIF-4", f"an amendment in a replay cannot change {kept}")
    if terms.closes_currency != note.closes_currency:
        return Objection("LIF-4", "an amendment in a replay cannot change the currency of closes, conversion.fixed_rate (FXF-1)")
    if terms.principal.maturity_day <= event.day:
        return Objection("LIF-4", f"the terms agreed end on {terms.maturity_date}, which is not after {event.on}")
    if (reason := _floats_otherwise(note, terms)) is not None:
        return Objection("FLT-1", reason)
    running = [name for name in _running(state, event.day) if getattr(terms, name) is None]
    if running:
        return Objection("LIF-4", f"a payment under way needs the provision: {', '.join(running)}")
    if not note.amendments(terms):
        return Objection("LIF-4", "the terms agreed are already in force")
    try:
        amended(note, terms, event.day).interest.boundaries  # noqa: B018
    except TermsError as error:
        return Objection("LIF-4", str(error))
    return None


def _floats_otherwise(note: ConvertibleNote, terms: ConvertibleNote) -> str | None:
    """Why terms that float cannot follow: the rate of the running period was fixed under the terms before (FLT-1)."""
    old, new = note.interest, terms.interest
    if not new.floats or (old.index, old.fixed, old.period_starts) == (new.index, new.fixed, new.period_starts):
        return None
    return "a replay keeps the index, its fixing days and the payment dates of a floating coupon; its spread and floor may change"


def _running(state: State, day: int) -> list[str]:
    """The provisions under which a process is running, or a payment unpaid, at the end of day number `day`."""
    unpaid = {each.of for each in state.unpaid}
    needed = [
        kind.provision
        for name, kind in KINDS.items()
        if kind.provision and kind.under_way and (kind.under_way(state, day) or (kind.pays_principal and name in unpaid))
    ]
    return list(dict.fromkeys(needed))


def amend(note: ConvertibleNote, state: State, event: ev.Amendment, seen: Seen) -> Transition:
    """Other terms are agreed; they apply from the next day (LIF-4, AMD-1…AMD-3)."""
    changes = note.amendments(event.terms)
    needed = sorted({each.requirement.rule for each in changes})
    flow = Flow("amendment", event.day, event.day, ("LIF-4", *needed), facts=facts.Amendment(changes))
    return Transition(dataclasses.replace(state, terms=amended(note, event.terms, event.day)), (flow,))


def amended(note: ConvertibleNote, terms: ConvertibleNote, day: int) -> ConvertibleNote:
    """The note under `terms` from the day after day number `day`; interest up to that day accrues as before."""
    terms = _knowing(terms, note)
    earlier, later = note.interest, terms.interest
    same = all(getattr(earlier, each.name) == getattr(later, each.name) for each in later.settings())
    if same and note.principal == terms.principal and not isinstance(earlier, AmendedInterest):
        return terms
    return dataclasses.replace(terms, interest=AmendedInterest.of(earlier, later, day))


def take_effect(before: ConvertibleNote, state: State) -> State:
    """The state on the morning of the day from which amended terms apply, with the changes they make to it (LIF-4).

    The price in force stays unless `conversion.price` changes. Where the record date of the next coupon is past under the new
    terms but was still to come under the old, the register is read now.
    """
    note = state.terms
    assert note is not None
    if note.conversion is not None:
        state = dataclasses.replace(state, denomination=note.conversion.unit)
    old, new = (_price(each) for each in (before, note))
    if old != new:
        state = dataclasses.replace(state, price=None if note.conversion is None else note.conversion.in_force(fraction(new)))
    due = _on_record(note, state.day)
    if due is None or due == _on_record(before, state.day):
        return state
    positions = {name: each.changed(of_record=each.outstanding, bought={}) for name, each in state.positions.items()}
    return state.with_positions(positions)


def _on_record(note: ConvertibleNote, day: int) -> int | None:
    """Day number of the next coupon after `day` if its record date has passed by the end of that day; else None."""
    due = next((due for due in note.interest.cash_days if due > day), None)
    has_record = due is not None and note.interest.record_days
    return due if has_record and note.interest.record_day(due) <= day else None


def _price(note: ConvertibleNote) -> Any:
    return note.conversion.price if note.conversion else None


def terms_in_force(note: ConvertibleNote, state: State | None, owner: str) -> ConvertibleNote:
    """The note with which to continue from `state`: the amended one if it holds one. `TermsError` for a different note."""
    if state is None or state.terms is None or state.terms is note:
        return note
    if _plain(state.terms) == _plain(note):
        return _knowing(state.terms, note)
    reason = f"the terms were amended before {to_date(state.day)}: expected the note in force then (`ledger.note`)"
    raise TermsError(reason, field=f"{owner} note", rule="LIF-4", value=note.name)


def _knowing(terms: ConvertibleNote, note: ConvertibleNote) -> ConvertibleNote:
    """These terms with the fixings that only the note has, if their coupon floats (FLT-1)."""
    more = dict(note.interest.fixings).keys() - dict(terms.interest.fixings).keys()
    if not more or not terms.interest.floats:
        return terms
    return dataclasses.replace(terms, interest=terms.interest.knowing(dict(note.interest.fixings)))


def _plain(note: ConvertibleNote) -> tuple[Any, ...]:
    interest = {each.name: getattr(note.interest, each.name) for each in note.interest.settings()}
    return interest, [(name, part) for name, part in note.provisions() if name != "interest"]
