"""Facts of the windows of contingent conversion; a flow carries them through `convnote.lifecycle.facts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from convnote.provisions.conditions import Standing


class ConversionOpens(NamedTuple):
    """Notes convert from today to day number `last` (None: no last day, or not known yet) (CNT-1…CNT-3).

    `standing` is that of the quarter-end which opened it, `changed` the day of the change which did, `price` says that the price
    of the note did; if all are unset, the Notes convert on any day from today.
    """

    last: int | None
    standing: Standing | None = None
    price: bool = False
    changed: int | None = None


class ConversionCloses(NamedTuple):
    """Today is the last day of a conversion period; `upcoming` is the next quarter-end tested (None: the last has passed).

    `ends`: it is the last day of the right to convert too (END-1).
    """

    upcoming: int | None
    ends: bool = False
