"""The rows of a note as integers: the day and the kind of each."""

from __future__ import annotations

import datetime as dt

from convnote.calendars import to_date
from convnote.note import ConvertibleNote
from convnote.provisions.conversion import Conversion
from convnote.provisions.interest import Interest
from convnote.provisions.put import Put
from convnote.schedules.kinds import (
    CALL_PRICE,
    CARRIED,
    CONVERSION_FREE,
    COUPON,
    COUPON_IN_KIND,
    EPOCH,
    FINAL_SETTLEMENT,
    FIRST_CALL,
    FIRST_CALL_NOTICE,
    FIRST_CONDITIONAL_PUT,
    FIRST_CONVERSION,
    FIRST_PUT_ELECTION,
    FIXING,
    HARD_CALL,
    LAST_CALL,
    LAST_CONVERSION,
    LAST_CONVERSION_STATED,
    LAST_ELECTED_CONVERSION,
    LAST_PUT_ELECTION,
    LAST_WITHDRAWAL_EFFECTIVE,
    LAST_WITHDRAWAL_NOTICE,
    MATURITY,
    MATURITY_IN_SHARES,
    PUT,
    QUARTER_END,
    RECORD,
    RESET,
    SHIFT,
)


def keys_of(note: ConvertibleNote) -> list[int]:
    """The rows of a note as integers, unsorted."""
    principal = note.principal
    issue, maturity = principal.issue_day + EPOCH, principal.maturity_day + EPOCH
    keys = _coupons(note.interest)
    keys.append(maturity << SHIFT | (MATURITY if note.mandatory is None else MATURITY_IN_SHARES))
    if note.conversion is not None:
        keys += _conversion(note, note.conversion, issue, maturity)
    if note.adjustment is not None:
        for day in note.adjustment.made_up_on(principal):
            keys += ((day + EPOCH) << SHIFT | CARRIED,) if day + EPOCH <= maturity else ()
    if note.settlement is not None and note.settlement.final is not None:
        keys += _inside(issue, to_date(note.settlement.final_day(principal)), maturity, FINAL_SETTLEMENT)
    if (withdrawal := note.withdrawal) is not None:
        effective = min(withdrawal.last_effective.toordinal(), maturity)
        notice = effective - withdrawal.notice_at_least
        if notice >= issue:
            keys += notice << SHIFT | LAST_WITHDRAWAL_NOTICE, effective << SHIFT | LAST_WITHDRAWAL_EFFECTIVE
    if (redemption := note.redemption) is not None:
        # A notice cannot precede the issue: a right that exists from the issue date is first used after the shortest notice.
        first = max(redemption.first_date.toordinal(), issue + redemption.notice_at_least)
        if first < maturity:
            notice = max(issue, first - redemption.notice_at_most)
            keys += notice << SHIFT | FIRST_CALL_NOTICE, first << SHIFT | FIRST_CALL
            for on, _ in redemption.prices[1:]:
                keys += _inside(first + 1, on, maturity - 1, CALL_PRICE)
            if redemption.until is not None:
                keys += _inside(first + 1, redemption.until, maturity - 1, HARD_CALL)
            if redemption.last is not None:
                keys += _inside(first, to_date(redemption.last_day), maturity - 1, LAST_CALL)
    if note.put is not None:
        keys += _puts(note.put, note.conversion, issue, maturity)
    if (low := note.conditional_put) is not None and low.from_date is not None:
        keys += _inside(issue, low.from_date, maturity - 1, FIRST_CONDITIONAL_PUT)
    return keys


def _coupons(interest: Interest) -> list[int]:
    """The rows of the coupons: their payment dates, record dates and fixings."""
    in_cash, issue = interest.cash_days, interest.principal.issue_day
    coupon, record = (EPOCH << SHIFT) + COUPON, (EPOCH - interest.record_days << SHIFT) + RECORD
    keys = [(due << SHIFT) + coupon for due in in_cash]
    if interest.record_dates is None:
        earliest = issue + interest.record_days
        keys += [(due << SHIFT) + record for due in in_cash if due >= earliest]
    else:
        keys += [(day + EPOCH) << SHIFT | RECORD for day in map(interest.record_day, in_cash) if day >= issue]
    if interest.in_kind:
        keys += [(due + EPOCH) << SHIFT | COUPON_IN_KIND for due in interest.days_in_kind]
    if interest.floats:
        keys += [(day + EPOCH) << SHIFT | FIXING for day in interest.fixing_days]
    return keys


def _puts(put: Put, conversion: Conversion | None, issue: int, maturity: int) -> list[int]:
    """The rows of each put date: its elections, the last conversion under one, and the payment."""
    keys: list[int] = []
    for on, _ in put.prices:
        day = on.toordinal()
        last = day - put.notice_at_least
        if issue <= last and day <= maturity:
            keys += max(issue, day - put.notice_at_most) << SHIFT | FIRST_PUT_ELECTION, last << SHIFT | LAST_PUT_ELECTION
            keys.append(day << SHIFT | PUT)
            if conversion is not None and conversion.elected_until is not None:
                keys += _inside(issue, to_date(conversion.last_elected(day - EPOCH)), day, LAST_ELECTED_CONVERSION)
    return keys


def _conversion(note: ConvertibleNote, conversion: Conversion, issue: int, maturity: int) -> list[int]:
    """The rows of the right to convert: first and last day, resets, quarter-ends tested, and the free date."""
    keys: list[int] = []
    if conversion.from_date is not None:
        keys += _inside(issue, conversion.from_date, maturity, FIRST_CONVERSION)
    if conversion.until is not None:
        last = conversion.last_day + EPOCH
        keys += (last << SHIFT | LAST_CONVERSION_STATED,) if issue <= last else ()
    else:
        # A surrender on a closed day counts on the next open one; if maturity is a closed day, that is too late.
        last = note.principal.banks.on_or_before(maturity - EPOCH) + EPOCH
        if issue <= last != maturity:
            keys.append(last << SHIFT | LAST_CONVERSION)
    if note.reset is not None:
        for day in conversion.resets:
            keys += ((day + EPOCH) << SHIFT | RESET,) if issue <= day + EPOCH <= maturity else ()
    if (contingent := note.contingent_conversion) is not None:
        keys += [(day + EPOCH) << SHIFT | QUARTER_END for day in contingent.looks]
        if contingent.free_from is not None:
            keys += _inside(issue, contingent.free_from, maturity, CONVERSION_FREE)
    return keys


def _inside(first: int, on: dt.date, last: int, place: int) -> tuple[int, ...]:
    day = on.toordinal()
    return (day << SHIFT | place,) if first <= day <= last else ()
