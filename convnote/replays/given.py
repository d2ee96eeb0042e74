"""Inputs of a walk: a policy, recorded events and a day, each checked before anything happens."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np

from convnote.calendars import day_number
from convnote.errors import TermsError
from convnote.lifecycle import State
from convnote.lifecycle import events as ev
from convnote.lifecycle.own_events import refuse_a_wrong_kind
from convnote.note import ConvertibleNote
from convnote.replays.observations import Observations


class Policy(Protocol):
    """Decides where no decision is on record; asked once on every trading day, after its changes and before its notices."""

    def decide(self, note: ConvertibleNote, state: State, on: int, observations: Observations) -> Iterable[ev.Event]:
        """The events that the Company and the holders decide on day number `on`, whose close is known."""
        ...

    def respond(self, note: ConvertibleNote, state: State, event: ev.Event, observations: Observations) -> Iterable[ev.Event]:
        """The decisions after a fundamental change has occurred, or before a default ends what is outstanding."""
        ...


def last_day(until: Any) -> int:
    """Day number of one day; raises `TermsError` for an array of days."""
    day = day_number(until, "until")
    if not isinstance(day, int) and day.ndim:
        raise TermsError("expected one day", field="until", value=repr(until))
    return int(day)


def as_events(events: Any, place: str) -> list[ev.Event]:
    """The events as a list; raises `TermsError` naming `place` for anything but a list of events of one history."""
    if isinstance(events, ev.Event) or not isinstance(events, Iterable):
        raise TermsError("expected a list of events", field=place, value=repr(events))
    found = list(events)
    for event in found:
        if not isinstance(event, ev.Event):
            raise TermsError("expected events such as cn.Convert(...)", field=place, value=repr(event))
        refuse_a_wrong_kind(event)
        for each in dataclasses.fields(event):
            if np.ndim(getattr(event, each.name)):
                reason = "expected one value: a replay walks one history"
                raise TermsError(reason, field=f"{type(event).__name__}.{each.name}")
    return found
