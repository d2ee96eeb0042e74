"""When: the last days on which a surrender still counts, and what it is compared with at maturity. Days are day numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.lifecycle.converting import last_conversion_day
from convnote.note import ConvertibleNote


def last_surrender(note: ConvertibleNote, day: int | np.ndarray) -> Any:
    """The last day number on or before `day` (int or array) on which a surrender counts that very day (CNV-8)."""
    if note.conversion is None or note.conversion.off_days == "same-day":
        return day
    return note.principal.banks.on_or_before(day)


def call_end(note: ConvertibleNote, redemption: int | np.ndarray) -> Any:
    """The last day number on which a Note called for day number `redemption` converts (CNV-2, CNV-8)."""
    return last_surrender(note, last_conversion_day(note, redemption))


def maturity_amount(note: ConvertibleNote) -> float:
    """What a denomination gives up by converting at maturity: its principal, and its last coupon where that is forgone."""
    terms = note.principal
    amount = fraction(terms.denomination) * fraction(terms.maturity_price)
    if note.conversion is not None and note.conversion.accrued == "forgo":
        amount += sum((fraction(each.amount) for each in note.interest.coupons()[-1:]), Fraction(0))
    return float(amount)
