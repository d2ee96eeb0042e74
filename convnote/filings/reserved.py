"""Shares to reserve for the conversion of a note (DIL-6). They depend on its terms alone, never on a share price."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from convnote.arithmetic import EXACT, fraction
from convnote.errors import TermsError
from convnote.filings.net_shares import in_full
from convnote.note import ConvertibleNote


def reserved_shares(note: ConvertibleNote) -> int:
    """Shares to reserve for conversion: whole part of the issue at the highest rate that the paper prints (DIL-6).

    That is the rate at the lowest price: a reset's floor, a revision's floor in money, the lower price after a change of control
    on the issue date, or a mandatory's higher rate; with the most additional shares of a make-whole table, up to its cap.
    Notes that are always settled in cash need none. A combination needs as many as settlement in shares, because the higher
    the share price, the fewer shares its cash replaces (STL-1). Later splits and distributions are not known, and not counted.

    >>> import convnote as cn
    >>> reserved_shares(cn.load("amazon-peacs-2010")), reserved_shares(cn.load("gpre-2027"))
    (8128836, 9999986)

    Raises `TermsError` for a note that does not convert, and where the paper sets no lowest price: a reset without a floor, or a
    revision down to averages of closes.
    """
    if not isinstance(note, ConvertibleNote) or note.conversion is None:
        raise TermsError(
            "expected a note that converts", field="reserved_shares note", rule="DIL-6", value=getattr(note, "name", repr(note))
        )
    return 0 if never_in_shares(note) else whole_shares(note, lowest_price(note))


def never_in_shares(note: ConvertibleNote) -> bool:
    """True for a note whose conversions are always settled in cash; a mandatory's at maturity is not (STL-1, MND-1)."""
    terms = note.settlement
    return terms is not None and terms.method == "cash" and terms.election is None and note.mandatory is None


def lowest_price(note: ConvertibleNote) -> Fraction:
    """The lowest conversion price per share that the paper allows, with the most additional shares (MWT-1), in its currency.

    Raises `TermsError` where the paper sets none.
    """
    assert note.conversion is not None
    lowest = fraction(note.conversion.price)
    if note.reset is not None:
        if not note.reset.floor:
            raise TermsError("expected a reset floor above 0", field="reserved_shares note", rule="DIL-6", value=note.name)
        lowest = min(lowest, fraction(note.reset.floor))
    if note.revision is not None:
        if note.revision.looks_back:
            reason = f"the Company may lower the conversion price to {note.revision.floor_in_words}: no lowest price is printed"
            raise TermsError(reason, field="reserved_shares note", rule="DIL-6", value=note.name)
        lowest = min(lowest, fraction(note.revision.lowest(())))
    if note.change_of_control_price is not None:
        lowest *= fraction(note.change_of_control_price.factor(note, note.principal.issue_day))
    if note.mandatory is not None:
        lowest = min(lowest, fraction(note.denomination) / fraction(note.mandatory.max_rate))
    table = note.make_whole_change
    if table is None or table.is_empty:
        return lowest
    rate = in_full(note, fraction(note.denomination), lowest)
    most = max(fraction(each) for row in table.shares for each in row)
    more = fraction(table.moved(most, rate / table.rate_at_issue(EXACT)))
    return lowest * rate / max(rate, rate + more)


def whole_shares(note: ConvertibleNote, price: Any) -> int:
    """Whole shares for the principal outstanding at maturity, at a conversion price."""
    return int(in_full(note, note.interest.grown(note.issue_size, note.principal.maturity_day), price))
