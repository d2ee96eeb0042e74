"""Property: what a conversion delivers beside the shares whose closes the history has, if it is of several kinds (EXC-1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import fraction, whole, whole_up
from convnote.lifecycle import facts
from convnote.lifecycle.transition import Flow, Seen

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def delivered(note: ConvertibleNote, holder: str, principal: Any, counted: Any, seen: Seen) -> Iterator[Flow]:
    """One entry for each further kind of property: whole units, and its fraction as the note settles fractions (EXC-1, FRC-1).

    Cash for a fraction is at that kind's own close, of the day whose close prices a fraction of the main share (CNV-4).
    """
    terms = note.conversion
    for each in note.exchange.further if note.exchange is not None else ():
        assert terms is not None
        exact = principal * fraction(each.amount) / fraction(note.denomination)
        units = (whole_up if terms.fraction == "up" else whole)(exact)
        left, close, cash = exact - units, None, principal * 0
        if terms.fraction == "cash" and left:
            close = seen.close_of(each.share)
            cash = note.principal.paid(left * close)
        rules = ("EXC-1",) + (("CNV-4", "CNV-4c") if close is not None else ("FRC-1",) if left else ())
        told = facts.Property(each.share, principal, fraction(each.amount), exact, units, close, cash)
        yield Flow("property", counted, counted, rules, holder, cash=cash, shares=units, facts=told)
