"""Surrenders: one holder's surrenders that count together are added up, even across steps of a walk (CNV-4, CNV-8)."""

from __future__ import annotations

import dataclasses

from convnote.arithmetic import fraction
from convnote.lifecycle import State
from convnote.lifecycle import events as ev
from convnote.lifecycle.in_force import counted_on
from convnote.lifecycle.on_record import OnRecord
from convnote.note import ConvertibleNote
from convnote.replays.upcoming import Upcoming, Waiting


def called_back(upcoming: Upcoming, ahead: OnRecord, given: list[ev.Event]) -> list[ev.Event]:
    """The events given, preceded by recorded surrenders already waiting, so that they are added up together."""
    if not ahead.decides_any(ev.Convert) or not any(isinstance(event, ev.Convert) for event in given):
        return given
    waiting = upcoming.take_out(lambda each: isinstance(each[3], ev.Convert) and ahead.holds(each[3]))
    for _, _, _, event in waiting:
        ahead.done(event)
    return [event for _, _, _, event in waiting] + given


def put_off(note: ConvertibleNote, state: State, upcoming: Upcoming, ahead: OnRecord, waiting: Waiting) -> bool:
    """Move a surrender from a closed day to the day on which it counts, with the holder's others that count then.

    False if it counts on the day itself.
    """
    day, place, number, event = waiting
    if not isinstance(event, ev.Convert) or note.conversion is None or note.conversion.counted(day) <= day:
        return False
    counted, holder = int(counted_on(note, state, event)), _holder(state, event)
    if counted <= day:
        return False

    def joins(each: Waiting) -> bool:
        return each[0] == counted and isinstance(each[3], ev.Convert) and _holder(state, each[3]) == holder

    joining = upcoming.take_out(joins) if note.conversion.added_up and upcoming.has_surrenders_on(counted) else []
    if joining:
        together = sorted([waiting, *joining], key=lambda each: each[2])
        for each in together:
            ahead.done(each[3])
        number, first = together[0][2], min((each[3] for each in together), key=lambda each: each.day)
        principal = sum((fraction(each[3].principal) for each in together), fraction(0))  # type: ignore[attr-defined]
        event = dataclasses.replace(first, principal=principal)  # type: ignore[call-arg]
        ahead.add(state, event)
    upcoming.put_back((counted, place, number, event))
    return True


def _holder(state: State, event: ev.Convert) -> str | None:
    return event.holder or (state.holding(None) if len(state.positions) == 1 else None)
