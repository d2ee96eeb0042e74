"""Engine answers: payments on a day, the forms in which an engine may return them, and whether two answers agree.

Cash and shares are compared exactly, a price to nine decimals; nothing else is rounded.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from convnote.arithmetic import decimal, fraction
from convnote.errors import TermsError
from convnote.tables import in_units


class Paid(NamedTuple):
    """Payments between Company and holders on a day: cash in the note's currency, positive to the holders, and whole shares.

    `date` is the day the payment falls due under the note; `payment_date` is the day cash is paid (None: not compared).
    """

    date: datetime.date
    cash: Any = 0
    shares: Any = 0
    payment_date: datetime.date | None = None


class Unreadable(TermsError):
    """An answer that is not in one of the accepted forms."""


def rows_of(answer: Any) -> list[Paid]:
    """The answer of `advance` as rows of `Paid`; raises `Unreadable`, naming the row, for one in any other form.

    >>> rows_of([(datetime.date(2001, 2, 16), "68.94")])[0].cash
    Fraction(3447, 50)
    """
    if not isinstance(answer, Iterable) or isinstance(answer, (str, bytes)):
        raise Unreadable(f"advance gives {_FORM}", field="their answer", value=repr(answer))
    rows = []
    for place, row in enumerate(answer):
        if not isinstance(row, (tuple, list)) or not 2 <= len(row) <= 4 or not _are_days(row):
            raise Unreadable(f"expected {_FORM}", field=f"their answer[{place}]", value=repr(row))
        paid = Paid(*row)
        try:
            rows.append(paid._replace(cash=fraction(paid.cash), shares=fraction(paid.shares)))
        except TermsError as error:
            raise Unreadable(error.reason, field=f"their answer[{place}]", value=repr(row)) from None
    return rows


_FORM = "rows of (date, cash), (date, cash, shares) or (date, cash, shares, payment_date)"


def _are_days(row: Any) -> bool:
    days = [row[0], *(day for day in row[3:] if day is not None)]
    return all(isinstance(day, datetime.date) and not isinstance(day, datetime.datetime) for day in days)


class Row(NamedTuple):
    """One figure on which two answers differ: its name, its day, our figure and theirs, as text."""

    what: str
    on: datetime.date
    ours: Any
    theirs: Any


def flows_differ(ours: list[Paid], theirs: list[Paid], currency: str) -> list[Row]:
    """Everything that differs on the first day that differs: cash in `currency`, shares, the day on which the cash is paid.

    >>> day = datetime.date(2001, 2, 16)
    >>> [(row.what, row.ours, row.theirs) for row in flows_differ([Paid(day, 5, 9)], [Paid(day, 4, 10)], "EUR")]
    [('cash of 2001-02-16', '5.00', '4.00'), ('shares of 2001-02-16', '9', '10')]
    """
    for day in sorted({row.date for row in ours} | {row.date for row in theirs}):
        mine, other = [row for row in ours if row.date == day], [row for row in theirs if row.date == day]
        cash = [sum((fraction(row.cash) for row in rows), fraction(0)) for rows in (mine, other)]
        shares = [sum((fraction(row.shares) for row in rows), fraction(0)) for rows in (mine, other)]
        found = []
        if cash[0] != cash[1]:
            found.append(Row(f"cash of {day}", day, *(f"{in_units(each, currency):,f}" for each in cash)))
        if shares[0] != shares[1]:
            found.append(Row(f"shares of {day}", day, f"{decimal(shares[0]):,f}", f"{decimal(shares[1]):,f}"))
        if cash[0] and cash[1] and all(row.payment_date is not None for row in other):
            dates = [sorted({str(row.payment_date) for row in rows if row.cash}) for rows in (mine, other)]
            if dates[0] != dates[1]:
                found.append(Row(f"payment date of the cash of {day}", day, ", ".join(dates[0]), ", ".join(dates[1])))
        if found:
            return found
    return []


def same_price(ours: Any, theirs: Any) -> bool:
    """True if two prices, or amounts of principal, agree to nine decimals; None agrees with None."""
    if ours is None or theirs is None:
        return ours is theirs
    return abs(fraction(ours) - fraction(theirs)) <= fraction(Decimal("5e-10"))


def same_word(ours: Any, theirs: Any) -> bool:
    """True if two statuses are the same word."""
    return str(ours) == str(theirs)
