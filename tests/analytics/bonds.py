"""Bonds so plain that their figures have closed forms."""

import convnote as cn
from convnote.provisions import Interest, Principal

EXACT = 1e-12  # of floats that are right but for the last digits


def straight(issue, maturity, *, rate="0.06", frequency=1, day_count="30/360", **provisions):
    """A straight bond of 1,000 that is paid on the day it says."""
    maturity_price, first_payment = provisions.pop("maturity_price", 1), provisions.pop("first_payment", None)
    principal = Principal(
        issue_date=issue,
        maturity_date=maturity,
        issue_size=1000,
        currency="EUR",
        business_days="none",
        maturity_price=maturity_price,
    )
    interest = Interest(rate=rate, frequency=frequency, day_count=day_count, first_payment=first_payment)
    return cn.ConvertibleNote(name="straight", principal=principal, interest=interest, **provisions)


ZERO = straight("2000-01-01", "2010-01-01", rate=0, frequency=0)
