"""Facts of flows by which the conversion price falls on a date, or by a decision of the Company."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from convnote.provisions.conditions import Standing


class Reset(NamedTuple):
    """The average of `window` closes, the floor and the price in effect, from which the new price follows (RST-1…RST-4)."""

    average: Any
    floor: Any
    old: Any
    new: Any
    window: int
    first: Any
    last: Any


class Revision(NamedTuple):
    """The price `decided` and, rounded, in force instead of `old`; the floor, its averages and the closes that count (DWN-1)."""

    decided: Any
    old: Any
    new: Any
    lowest: Any
    averages: tuple[Any, ...]
    standing: Standing | None


class ResetWithoutCloses(NamedTuple):
    """A reset after a cash-only merger: the price stays at `price` (ADJ-8)."""

    price: Any
