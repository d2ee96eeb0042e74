"""Happened: what took place in a walk, stored so that a later walk shares it with an earlier one."""

from __future__ import annotations

from typing import Any, NamedTuple

from convnote.lifecycle import Flow
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote


class Happened(NamedTuple):
    """One event that took place, its flows and the terms then in force."""

    note: ConvertibleNote
    event: ev.Event
    flows: tuple[Flow, ...]


#: A linked list that shares all but its last element with its predecessor: (predecessor, last), None if empty.
Chain = tuple[Any, Any] | None


def listed(chain: Chain, after: Chain = None) -> list[Any]:
    """The elements of a chain in order, without those of its earlier part `after`."""
    found = []
    while chain is not after:
        assert chain is not None
        chain, last = chain
        found.append(last)
    found.reverse()
    return found
