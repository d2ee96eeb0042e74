"""Deadlines: the last days on which a surrender still counts, and the amount given up by converting at maturity.

Days are day numbers.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from convnote.arithmetic import choose, fraction
from convnote.lifecycle.in_force import last_conversion_day
from convnote.note import ConvertibleNote


def last_surrender(note: ConvertibleNote, day: int | np.ndarray) -> Any:
    """The last day number on or before `day` (int or array) on which a surrender counts the same day (CNV-8, END-1)."""
    terms = note.conversion
    if terms is None:
        return day
    last = day if terms.off_days == "same-day" else note.principal.banks.on_or_before(day)
    return last if terms.until is None else choose(day >= terms.last_day, terms.last_day, last)


def call_end(note: ConvertibleNote, redemption: int | np.ndarray) -> Any:
    """The last day number on which a Note called for day number `redemption` (int or array) may convert; shape of `redemption`.

    It is the same whether or not the right to convert has begun (CNV-2, END-2).
    """
    return last_conversion_day(note, redemption)


def maturity_amount(note: ConvertibleNote) -> float:
    """The amount a denomination gives up by converting at maturity: its principal, plus its last coupon where that is forfeited.

    inf for a mandatory, which then converts at a rate that is not lower (MND-1).
    """
    if note.mandatory is not None:  # at maturity the rate is the early one or more
        return float("inf")
    terms = note.principal
    amount = fraction(terms.denomination) * terms.paid_at_maturity
    if note.conversion is not None and note.conversion.accrued == "forgo":
        at_maturity = (each.amount for each in note.interest.coupons() if each.payment_date == note.maturity_date)
        amount += sum(map(fraction, at_maturity), Fraction(0))
    return float(amount)
