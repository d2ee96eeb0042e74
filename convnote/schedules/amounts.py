"""The amount of each kind of row: what is paid per denomination, unrounded, if all is paid when due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convnote.arithmetic import numbers_of
from convnote.calendars import to_date
from convnote.note import ConvertibleNote
from convnote.schedules.kinds import CALL_PRICE, COUPON, FIRST_CALL, LAST_WITHDRAWAL_EFFECTIVE, MATURITY, PUT


def is_not_fixed(note: ConvertibleNote, place: int, day: int) -> bool:
    """True if a price or make-whole holds interest of a period whose index is not fixed yet (FLT-1)."""
    interest = note.interest
    if not interest.floats or place not in (FIRST_CALL, CALL_PRICE, PUT, LAST_WITHDRAWAL_EFFECTIVE):
        return False
    unfixed = interest.unfixed(note.principal.issue_day)
    return bool(unfixed) if place == LAST_WITHDRAWAL_EFFECTIVE else interest.period_start(day) in unfixed


def _coupon(note: ConvertibleNote, due: int) -> Any:
    return note.interest.coupon_amounts[due]


def _principal(note: ConvertibleNote, day: int) -> Any:
    numbers = numbers_of(term=note.denomination)
    return numbers.publish(numbers(note.denomination) * numbers(note.principal.paid_at_maturity))


def _put(note: ConvertibleNote, day: int) -> Any:
    assert note.put is not None
    return None if is_not_fixed(note, PUT, day) else note.put.amount(to_date(day))


def _redemption(note: ConvertibleNote, day: int) -> Any:
    assert note.redemption is not None
    return None if is_not_fixed(note, FIRST_CALL, day) else note.redemption.amount(to_date(day))


def _make_whole(note: ConvertibleNote, effective: int) -> Any:
    """The make-whole of a withdrawal with the shortest notice, if all coupons are paid when due (WDR-4)."""
    assert note.withdrawal is not None
    if is_not_fixed(note, LAST_WITHDRAWAL_EFFECTIVE, effective):
        return None
    interest, notice = note.interest, effective - note.withdrawal.notice_at_least
    numbers = numbers_of(term=interest.first_rate)
    start, year, paid = note.principal.issue_day, 1, numbers(0)
    days: dict[Any, int] = {}  # by rate, so that all coupons of one rate need a single division
    for due in interest.due_days:
        if note.principal.payment_day(due) >= notice:
            break
        length, year = interest.elapsed(start, due)
        rate = interest.rate_on(start)
        days[rate], start = days.get(rate, 0) + length, due
    for rate, length in days.items():
        paid = paid + interest.over(length, year, rate)
    return numbers.publish(note.withdrawal.make_whole(paid))


#: By the place of a row; nothing is paid on any other.
AMOUNTS: dict[int, Callable[[ConvertibleNote, int], Any]] = {
    COUPON: _coupon,
    LAST_WITHDRAWAL_EFFECTIVE: _make_whole,
    FIRST_CALL: _redemption,
    CALL_PRICE: _redemption,
    PUT: _put,
    MATURITY: _principal,
}
