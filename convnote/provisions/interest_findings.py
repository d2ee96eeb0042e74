"""Findings of `check` on payment dates and coupons: contradictions, and points worth knowing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import decimal, fraction
from convnote.calendars import day_number, ends_month, to_date
from convnote.day_counts import days_told
from convnote.tables import shown

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

Found = Iterator[tuple[str, str]]

_LISTED = 6
_LONGEST_MONTH = 31


def found(note: NoteTerms) -> Found:
    """(rule, message) of each finding on the payment dates and coupons of a note."""
    coupons = note.interest.coupons()
    if not coupons:
        return
    yield from _irregular_periods(note)
    yield from _month_ends(note)
    yield from _last_interest(note)
    if note.interest.floats:
        return
    dates: dict[tuple[Any, str], list[date]] = {}
    for coupon in coupons:
        told = _days_told(note, day_number(coupon.accrual_start), day_number(coupon.accrual_end))
        dates.setdefault((coupon.amount, told), []).append(coupon.payment_date)
    usual = max(dates, key=lambda kind: len(dates[kind]))[0]
    others = [kind for kind in sorted(dates) if kind[0] != usual]
    if others and not note.interest.stepped:
        listed = ", ".join(f"{amount:.6f} for {days} ({_few(dates[amount, days])})" for amount, days in others[:_LISTED])
        more = f" and {len(others) - _LISTED} other amounts" if len(others) > _LISTED else ""
        yield "INT-2", f"coupons are not all {usual:.6f} per {note.denomination}: {listed}{more}"


def _irregular_periods(note: NoteTerms) -> Found:
    whole, bounds = note.interest.payment_dates, [note.principal.issue_day, *note.interest.payment_dates.due_days]
    even_start, even_end = whole.regular(bounds[1] - 1, bounds[1])[0], whole.regular(bounds[-2], bounds[-2] + 1)[-1]
    for which, start, end, is_even, is_shorter in (
        ("first", bounds[0], bounds[1], even_start == bounds[0], even_start < bounds[0]),
        ("last", bounds[-2], bounds[-1], even_end == bounds[-1], even_end > bounds[-1]),
    ):
        if not is_even and (which == "first" or len(bounds) > 2):
            what = f"the {which} coupon, due {to_date(end)}, is for {_days_told(note, start, end)} from {to_date(start)}"
            yield "INT-1", f"{what}: {'shorter' if is_shorter else 'longer'} than a period"


def _last_interest(note: NoteTerms) -> Found:
    """A price at maturity stated to include the last interest that is nevertheless below par including it (STP-2)."""
    start = note.interest.included_from
    if start is None:
        return
    last = note.interest.between(fraction(note.denomination), start, note.principal.maturity_day)
    paid = fraction(note.denomination) * fraction(note.principal.maturity_price)
    if paid < fraction(note.denomination) + last:
        less = f"{shown(decimal(paid))} at maturity is less than {note.denomination} and the last interest"
        yield "STP-2", f"{less}, {shown(decimal(last))}"


def _month_ends(note: NoteTerms) -> Found:
    if note.interest.end_of_month is not None:
        return
    for what, on in (("maturity", note.maturity_date), ("issue date", note.issue_date)):
        if ends_month(on) and on.day < _LONGEST_MONTH:
            yield (
                "ROL-1",
                f"the {what} {on} is the last day of its month, and interest.end_of_month is not stated: payment dates keep "
                f"day {note.interest.payment_dates.anchor.day} of the month, and are not moved to the ends of longer months",
            )
            return


def _days_told(note: NoteTerms, start: int, end: int) -> str:
    return days_told(start, end, note.interest.day_count, maturity=note.principal.maturity_day)


def _few(dates: list[date]) -> str:
    return ", ".join(map(str, dates)) if len(dates) <= _LISTED else f"{len(dates)} coupons"
