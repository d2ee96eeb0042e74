"""What is in force on a day: what principal is owed, and at which price it converts. Each stands here once.

Numbers are of the kind of the state: exact in a replay, float64 [path] in a simulation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convnote.arithmetic import fraction
from convnote.lifecycle.event import Event
from convnote.lifecycle.state import State

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def claim(note: ConvertibleNote, state: State, day: Any) -> Any:
    """What a unit of principal is owed on day number `day` (int or int64 array), as a share of it: 1 is par (PRN-1).

    Prices of calls, puts and repurchases, maturity, and a recovery are shares of it. Without a state `note.principal.claim(day)`.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> claim(note, State.opening(note), 11_500)
    1
    """
    return note.principal.claim(day)


def conversion_price(note: ConvertibleNote, state: State, event: Event | None = None) -> Any:
    """The conversion price at which `event` converts, in the note's currency per conversion share (CNV-3).

    What is carried is made up before it where the terms say so (ADJ-7). None: a conversion for no special reason.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> float(conversion_price(note, State.opening(note)))
    104.947
    """
    return state.price if note.conversion is None else note.conversion.converts_at(state)


def conversion_rate(note: ConvertibleNote, state: State, event: Event | None = None) -> Any:
    """Shares per denomination that `event` converts into, unrounded: denomination / conversion price (RTE-1).

    >>> import convnote as cn
    >>> note = cn.load("afv-2003")
    >>> conversion_rate(note, State.opening(note))
    Fraction(1, 1)
    """
    return fraction(note.denomination) / conversion_price(note, state, event)
