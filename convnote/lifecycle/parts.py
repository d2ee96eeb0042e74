"""Parts of a position that convert: free, called and under election, in their order, and what stays committed (CNV-2, END-2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from convnote.arithmetic import choose, smaller
from convnote.lifecycle import contingent
from convnote.lifecycle.claims import is_missed
from convnote.lifecycle.in_force import last_conversion_day
from convnote.lifecycle.position import PUTS, Position
from convnote.lifecycle.state import State
from convnote.lifecycle.transition import nothing

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


class Part(NamedTuple):
    """A part of a position that may convert: its call (None: not called), the day of the call notice, its principal.

    `change` is the fundamental change for which it is under election, `put` the kind of a put and the day number of its payment.
    """

    call: int | None
    notice: Any
    principal: Any
    change: int | None = None
    put: tuple[str, int] | None = None


def convertible_parts(
    note: ConvertibleNote, state: State, position: Position, counted: Any, *, in_window: bool = False
) -> list[Part]:
    """The parts of a position that may convert on day number `counted`, in the order in which they convert (CNV-2, CNV-6).

    Notes under election come last, if the note lets them convert at all (END-2). `in_window` supposes that a window of
    contingent conversion is open (CNT-1, CNT-3).
    """
    called = []
    for number in position.called:
        principal, in_time = position.only_called(number), _call_open(note, state, number, counted)
        in_time = in_time & (in_window or contingent.opens_called(note, state, counted))
        called.append(Part(number, state.calls[number].notice, choose(in_time, principal, principal * 0)))
    opened = in_window or contingent.opens(note, state, counted)
    free = [Part(None, None, position.free if opened else position.free * 0)]
    first = note.conversion is not None and note.conversion.first_converted == "called"
    elected = _elected_parts(note, state, position, counted) if opened else []
    return (called + free if first else free + called) + elected


def _call_open(note: ConvertibleNote, state: State, number: int, counted: Any) -> Any:
    """True where Notes under a call may convert: until its last day, and again if the price is not paid (END-2)."""
    call = state.calls[number]
    in_time = counted <= last_conversion_day(note, call.redemption)
    if is_missed(state, call.of, call.redemption):  # the Company defaulted on the payment
        in_time = in_time or counted > note.principal.payment_day(call.redemption)
    return in_time


def _elected_parts(note: ConvertibleNote, state: State, position: Position, counted: Any) -> list[Part]:
    """The parts under election or put that may convert without a withdrawal of the election (END-2)."""
    terms, parts = note.conversion, list[Part]()
    if terms is None or terms.elected_until is None:
        return parts
    for number in position.elected:
        repurchase: Any = state.changes[number].repurchase
        in_time = counted <= terms.last_elected(repurchase)
        if is_missed(state, "repurchase", repurchase):
            in_time = in_time or counted > note.principal.payment_day(repurchase)
        if in_time:
            parts.append(Part(None, None, position.only_elected(number), change=number))
            both = [(call, amount) for (call, change), amount in position.both.items() if change == number]
            open_calls = [(call, amount) for call, amount in both if _call_open(note, state, call, counted)]
            parts += [Part(call, state.calls[call].notice, amount, change=number) for call, amount in open_calls]
    puts = [((kind, day), amount) for kind in PUTS for day, amount in getattr(position, kind).items()]
    return parts + [Part(None, None, amount, put=put) for put, amount in puts if counted <= terms.last_elected(put[1])]


def parts_taken(note: ConvertibleNote, state: State, holder: str | None, principal: Any, counted: Any) -> list[tuple[Part, Any]]:
    """The parts of a position from which the principal is taken, each with the amount taken."""
    taken, left = [], principal
    for part in convertible_parts(note, state, state.positions[state.holding(holder)], counted):
        amount = smaller(left, part.principal)
        left = left - amount
        taken.append((part, amount))
    return taken


def elections_ended(taken: list[tuple[Part, Any]]) -> Any:
    """Principal under election or put among the parts taken: its election ends by the conversion (END-2)."""
    return sum(amount for part, amount in taken if part.change is not None or part.put is not None)


def still_elected(position: Position, taken: list[tuple[Part, Any]]) -> dict[str, Mapping[Any, Any]]:
    """What stays under election, put, and both called and under election, once these parts have converted."""
    left: dict[str, dict[Any, Any]] = {name: dict(getattr(position, name)) for name in ("elected", *PUTS, "both")}
    for part, amount in taken:
        if part.change is not None:
            left["elected"][part.change] -= amount
        if part.put is not None:
            left[part.put[0]][part.put[1]] -= amount
        if part.change is not None and part.call is not None:
            left["both"][part.call, part.change] -= amount
    return {name: {key: amount for key, amount in each.items() if not nothing(amount)} for name, each in left.items()}
