"""Made whole: conversion in connection with a change, a call or an election, on its last days (MWT-1, CHG-1, END-2)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol

from convnote.arithmetic import average
from convnote.lifecycle.in_force import depends_on_reason, price_on, table_read
from convnote.lifecycle.position import Position
from convnote.lifecycle.state import Call, State
from convnote.note import ConvertibleNote
from convnote.policies import last_days
from convnote.policies.last_days import LastDay


class _Closes(Protocol):
    def closes_before(self, state: State, day: int, count: int) -> list[Any]: ...


def price_when_called(
    note: ConvertibleNote, state: State, observations: _Closes, on: int, day: int, called_for: int | None = None
) -> Any:
    """The price at which Notes convert on day number `day` under a call of all of them.

    `called_for` is the redemption date of a call noticed on day number `on`, if any.
    """
    table = note.make_whole_change
    if called_for is not None and table is not None and table.on_call and not table.is_empty:
        printed, _ = table_read(note, state, on, average(observations.closes_before(state, on, table.closes)))
        state = dataclasses.replace(state, calls=(*state.calls, Call(on, called_for, True, printed)))
    if not depends_on_reason(note, state):
        return None
    return price_on(note, state, day, next((number for number, call in enumerate(state.calls) if call.whole), None))


def windows(note: ConvertibleNote, state: State) -> Iterator[tuple[LastDay, Any, Callable[[Position], Any] | None]]:
    """The last days of conversion in connection with a change, with the amount paid otherwise, the price, and which Notes.

    First Notes under election or put, if they convert (END-2), where a holder has no other; None for Notes that are not.
    """
    conversion = note.conversion
    if conversion is not None and conversion.elected_until is not None and note.fundamental_change is not None:
        for number, change in enumerate(state.changes):
            if change.repurchase is not None and change.repurchase <= note.principal.maturity_day:
                amount = last_days.before_repurchase(note, change.repurchase, change.notice).amount
                last = LastDay(int(conversion.last_elected(change.repurchase)), amount)
                yield last, price_on(note, state, last.day), partial(_elected, key=number, of="elected")
    if conversion is not None and conversion.elected_until is not None:
        for day, put in last_days.before_puts(note):
            last = LastDay(int(conversion.last_elected(day)), put.amount)
            yield last, None, partial(_elected, key=day, of="put")
    for last, price in _with_table(note, state):
        yield last, price, None


def _elected(position: Position, key: int, of: str) -> Any:
    """Principal under one election, where all of the holder's principal is: free Notes would convert before it."""
    principal = getattr(position, of).get(key, 0)
    return principal if principal == position.outstanding else 0


def _with_table(note: ConvertibleNote, state: State) -> Iterator[tuple[LastDay, Any]]:
    """For each change, the last day of its window with the amount paid otherwise, and the conversion price on that day.

    Where the change only lowers the price, it is the last day of that price's period, if earlier (CHG-1).
    """
    lower = note.change_of_control_price
    for change in state.changes:
        gives = change.printed or (lower is not None and lower.factor(note, change.occurred) != 1)
        if not gives or change.repurchase is None or change.repurchase > note.principal.maturity_day:
            continue
        last = last_days.before_change(note, change.repurchase, change.notice, None if change.printed else change.occurred)
        yield last, price_on(note, state, last.day)
