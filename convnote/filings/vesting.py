"""Parts of a grant: instalments, repurchases, splits, and the reading of a vesting schedule (OPT-3)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from convnote.arithmetic import fraction
from convnote.filings import arguments, recurrences
from convnote.provisions.fields import count, day


class Instalment(NamedTuple):
    """One instalment: its vesting date, its part of the grant, its whole shares (None without a size), and its last day."""

    date: datetime.date
    share: Decimal
    shares: int | None
    expires: datetime.date


class Repurchase(NamedTuple):
    """Unvested shares that the Company may buy back, their cost, and the last days for notice and payment (OPT-6)."""

    shares: int
    cost: Decimal
    notice_by: datetime.date
    pay_by: datetime.date | None


class Split(NamedTuple):
    """Result of a split: shares and price after it, the exact price, and the aggregate price, which it does not change."""

    shares: int | None
    shown: Decimal
    price: Fraction
    total: Fraction | None


def vesting_rows(value: Any) -> tuple[tuple[datetime.date, Decimal | Fraction], ...]:
    """Pairs of a vesting date and its share of the grant, days ascending, shares above 0 that sum to no more than 1.

    A sheet may instead give `first`, `last`, `every_months` and the `share` of each.
    """
    if isinstance(value, Mapping):
        if set(value) != {"first", "last", "every_months", "share"}:
            raise ValueError("expected first, last, every_months and share")
        days = recurrences.every(day(value["first"]), day(value["last"]), count(1)(value["every_months"]))
        value = [(on, value["share"]) for on in days]
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError("expected pairs of a day and a share of the grant")
    rows = []
    for pair in value:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError("expected pairs of a day and a share of the grant")
        rows.append((day(pair[0]), arguments.price(pair[1])))
    if any(later[0] <= earlier[0] for earlier, later in zip(rows, rows[1:], strict=False)):
        raise ValueError("expected dates in ascending order, none twice")
    if sum(fraction(share) for _, share in rows) > 1:
        raise ValueError("expected instalments that sum to 1 or less")
    return tuple(rows)
