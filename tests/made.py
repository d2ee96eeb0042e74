"""Notes made to measure for a test."""

import convnote as cn
from convnote.provisions import Interest, Principal


def made(issue, maturity, *, frequency=1, rate="0.06", day_count="act/365f", first_payment=None, **provisions):
    """A note of those dates; the weekday calendar unless told otherwise."""
    banks = provisions.pop("business_days", "weekdays")
    size = provisions.pop("denomination", 1000)
    principal = Principal(
        issue_date=issue, maturity_date=maturity, issue_size=size, denomination=size, currency="EUR", business_days=banks
    )
    record_days = provisions.pop("record_days", 15)
    interest = Interest(
        rate=rate if frequency else 0,
        frequency=frequency,
        day_count=day_count,
        record_days=record_days,
        first_payment=first_payment,
    )
    return cn.ConvertibleNote(name="made", principal=principal, interest=interest, **provisions)
