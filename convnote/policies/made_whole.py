"""Made whole: conversion prices in connection with a change or a call, on the last days of their windows (MWT-1)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, Protocol

from convnote.arithmetic import average
from convnote.lifecycle.in_force import depends_on_reason, price_on, table_read
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


def windows(note: ConvertibleNote, state: State) -> Iterator[tuple[LastDay, Any]]:
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
