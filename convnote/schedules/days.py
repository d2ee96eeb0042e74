"""The rows of a note as integers: the day and the kind of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from convnote.calendars import to_date
from convnote.note import ConvertibleNote
from convnote.schedules.kinds import (
    CALL_PRICE,
    CARRIED,
    CONVERSION_FREE,
    COUPON,
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
    LAST_ELECTED_CONVERSION,
    LAST_PUT_ELECTION,
    LAST_WITHDRAWAL_EFFECTIVE,
    LAST_WITHDRAWAL_NOTICE,
    MATURITY,
    PUT,
    QUARTER_END,
    RECORD,
    RESET,
    SHIFT,
)


def keys_of(note: ConvertibleNote) -> list[int]:
    """The rows of a note as integers, unsorted."""
    interest, principal = note.interest, note.principal
    boundaries, record_days = interest.boundaries, interest.record_days
    issue, maturity = boundaries[0] + EPOCH, principal.maturity_date.toordinal()
    dues = boundaries[1:]
    coupon, record = (EPOCH << SHIFT) + COUPON, (EPOCH - record_days << SHIFT) + RECORD
    earliest = boundaries[0] + record_days
    keys = [(due << SHIFT) + coupon for due in dues]
    if interest.record_dates is not None:
        records = map(interest.record_day, interest.cash_days)
        keys += [(day + EPOCH) << SHIFT | RECORD for day in records if day >= boundaries[0]]
    else:
        keys += [(due << SHIFT) + record for due in interest.cash_days if due >= earliest]
    keys += [(day + EPOCH) << SHIFT | FIXING for day in interest.fixing_days]
    keys.append(maturity << SHIFT | MATURITY)
    keys += _conversion(note, issue, maturity)
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
    return keys + list(_puts(note, issue, maturity))


def _puts(note: ConvertibleNote, issue: int, maturity: int) -> Iterator[int]:
    if (put := note.put) is not None:
        for on, _ in put.prices:
            day = on.toordinal()
            last = day - put.notice_at_least
            if issue <= last and day <= maturity:
                yield max(issue, day - put.notice_at_most) << SHIFT | FIRST_PUT_ELECTION
                yield last << SHIFT | LAST_PUT_ELECTION
                yield day << SHIFT | PUT
                if note.conversion is not None and note.conversion.elected_until is not None:
                    yield from _inside(issue, to_date(note.conversion.last_elected(day - EPOCH)), day, LAST_ELECTED_CONVERSION)
    if (low := note.conditional_put) is not None and low.from_date is not None:
        yield from _inside(issue, low.from_date, maturity - 1, FIRST_CONDITIONAL_PUT)


def _conversion(note: ConvertibleNote, issue: int, maturity: int) -> list[int]:
    """The rows of the right to convert: first and last day, resets, quarter-ends tested, and the free date."""
    keys: list[int] = []
    if note.conversion is None:
        return keys
    if note.conversion.from_date is not None:
        keys += _inside(issue, note.conversion.from_date, maturity, FIRST_CONVERSION)
    if note.conversion.until is not None:
        last = note.conversion.last_day + EPOCH
        keys += (last << SHIFT | LAST_CONVERSION,) if issue <= last else ()
    else:
        # A surrender on a closed day counts on the next open one; if maturity is a closed day, that is too late.
        last = note.principal.banks.on_or_before(maturity - EPOCH) + EPOCH
        if issue <= last != maturity:
            keys.append(last << SHIFT | LAST_CONVERSION)
    if note.reset is not None:
        for day in note.conversion.resets:
            keys += ((day + EPOCH) << SHIFT | RESET,) if issue <= day + EPOCH <= maturity else ()
    if (contingent := note.contingent_conversion) is not None:
        keys += [(day + EPOCH) << SHIFT | QUARTER_END for day in contingent.looks]
        if contingent.free_from is not None:
            keys += _inside(issue, contingent.free_from, maturity, CONVERSION_FREE)
    return keys


def _inside(first: int, on: dt.date, last: int, place: int) -> tuple[int, ...]:
    day = on.toordinal()
    return (day << SHIFT | place,) if first <= day <= last else ()
