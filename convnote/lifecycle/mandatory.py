"""Maturity: principal is paid, or the Notes of a mandatory convert into shares at an average of prices (MND-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convnote.arithmetic import average, numbers_of
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts, payments
from convnote.lifecycle.adjusting import made_up_before
from convnote.lifecycle.state import Position, State, Status
from convnote.lifecycle.transfers import paid_off
from convnote.lifecycle.transition import Flow, Seen, Transition, moved, nothing

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def mature(note: ConvertibleNote, state: State, event: ev.Maturity, seen: Seen) -> Transition:
    """Whatever is still outstanding ends: its principal is paid (PRN-1), or it converts (MND-1)."""
    if note.mandatory is None:
        return payments.mature(note, state, event, seen)
    return made_up_before(_become_shares)(note, state, event, seen)


def _become_shares(note: ConvertibleNote, state: State, event: ev.Maturity, seen: Seen) -> Transition:
    """Whole shares for each holder at the rate given by the average, and cash for the fraction (MND-1, CNV-4)."""
    terms, conversion, day = note.mandatory, note.conversion, event.day
    assert terms is not None and conversion is not None
    closes = seen.closes
    assert closes is not None
    mean, payment_day = average(closes), note.principal.payment_day(day)
    numbers = numbers_of(mean)
    unit = numbers(note.denomination)
    rate = terms.rate(mean, factor=state.scale.factor)
    price, days = unit / numbers(rate), terms.window(note.principal)
    flows: list[Flow] = []
    changed: dict[str, Position] = {}
    total = state.positions.outstanding
    for name, position in state.positions.items():
        principal = position.outstanding
        if nothing(principal):
            continue
        shares, cash = conversion.shares(principal * state.scale.shares, price, seen.close)
        merger_cash = note.principal.paid(principal * state.scale.cash / price)
        changed |= paid_off(state, {name: principal}, False)
        told = facts.MandatoryConversion(
            principal, mean, rate, days[0], days[-1], len(days), seen.stand_ins(), seen.close, cash, merger_cash, state.scale,
            shares, state.distributed,
        )  # fmt: skip
        rules = ("MND-1",) + ("CNV-4", "CNV-4c") * (not nothing(cash)) + ("FRC-1",) * (conversion.fraction != "cash")
        rules += ("ADJ-8",) * (not nothing(merger_cash)) + ("ADJ-4",) * (not nothing(state.distributed)) + moved(day, payment_day)
        flows.append(Flow("conversion", day, payment_day, rules, name, principal, cash + merger_cash, shares, told))
    if not flows:
        return Transition(state)
    return Transition(state.with_positions(changed).retire("converted", total, Status.CONVERTED), tuple(flows))
