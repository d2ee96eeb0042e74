"""Turns of conversion periods and conversion results: the same life under two settings, or two days apart."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of


def with_conversion(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note with these conversion settings."""
    assert note.conversion is not None
    return dataclasses.replace(note, conversion=dataclasses.replace(note.conversion, **settings))


def with_withdrawal(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note with these settings of the Company's right to withdraw conversion."""
    assert note.withdrawal is not None
    return dataclasses.replace(note, withdrawal=dataclasses.replace(note.withdrawal, **settings))


@turn_of("FRC-1", added=True)
def _fraction_of_a_share(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The fraction of a share is paid in cash, dropped, or rounded up to a share."""
    convert = [ev.Convert(to_date(day_of("2000-03-01") + pick(range(300))), units_of(pick))]
    one, other = pick(("dropped", "up"), ("dropped", "cash"), ("up", "cash"))
    return tuple(Side(with_conversion(note, fraction=word), plain, convert) for word in (one, other))


def at_fixed_rate(note: ConvertibleNote, rate: Any, **settings: Any) -> ConvertibleNote:
    """The note with conversion price, trigger, floor and closes in Hong Kong dollars, and that exchange rate fixed (FXF-1)."""
    terms = dataclasses.replace(note, principal=dataclasses.replace(note.principal, share_currency="HKD"))
    return with_conversion(terms, fixed_rate=rate, **settings)


@turn_of("FXF-1", added=True)
def _exchange_rate_printed(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The fixed exchange rate is used with all its decimals, and the shares follow in whole numbers."""
    convert = [ev.Convert(to_date(day_of("2000-03-01") + pick(range(300))), 1000 * pick(200, 1001, 40_000))]
    rate = pick("7.7532", "7.8034", "0.8917")
    one, other = (at_fixed_rate(note, each, fraction=pick("dropped", "up")) for each in (rate, f"{float(rate):.2f}"))
    return tuple(Side(each, SpelledHistory(each, [("1999-11-01", 100)]), convert) for each in (one, other))


@turn_of("REC-1", added=True)
def _days_of_the_year(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A holder who converts between two alternative record dates keeps the coupon under one and not the other."""
    convert = [ev.Convert(pick("2001-02-05", "2004-02-05", "2008-02-06"), units_of(pick))]
    stated: list[dict[str, Any]] = [{"record_days": None, "record_dates": [day]} for day in ("02-01", pick("02-08", "02-15"))]
    terms = [dataclasses.replace(note.interest, **each) for each in stated]
    return tuple(Side(dataclasses.replace(note, interest=each), plain, convert) for each in terms)


@turn_of("PIN-1", added=True)
def _not_paid_in_before_a_redemption(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """For a call on the Business Day after the payment date the coupon is not paid in; for the day after that, it is."""
    terms = with_conversion(note, pays_in_except=pick(("redemption",), ("redemption", "notice", "last")))
    due = day_of(f"{pick(2004, 2005, 2006, 2007)}-02-16")
    last = note.principal.banks.after(due)
    convert = ev.Convert(to_date(note.principal.banks.on_or_after(due - 12)), units_of(pick))
    notice = due - pick(25, 30)
    lives = [[ev.RedemptionNotice(to_date(notice), to_date(day)), convert] for day in (last, last + 1)]
    longer = dataclasses.replace(terms.redemption, notice_at_least=1) if terms.redemption else None
    return tuple(Side(dataclasses.replace(terms, redemption=longer), plain, life) for life in lives)


@turn_of("PIN-1", added=True)
def _not_paid_in_before_maturity(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """After the last record date the coupon is not paid in if the paper makes that exception."""
    convert = [ev.Convert(pick("2010-02-02", "2010-02-12"), units_of(pick))]
    return tuple(Side(with_conversion(note, pays_in_except=words), plain, convert) for words in (("last", "notice"), ("notice",)))


@turn_of("WDR-7", added=True)
def _at_the_trigger(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Closes at the trigger itself, printed or a multiple of the initial price, count only if the paper says "at or above"."""
    multiple = {"trigger": None, "trigger_multiple": 2, "trigger_of": pick("initial", "in-force")}
    terms = pick({"trigger": 160}, {"trigger": "209.894"}, multiple)
    level = terms["trigger"] or "209.894"  # 2 x 104.947
    first = day_of("2000-04-03") + pick(range(200))
    lives = [with_withdrawal(note, strict=strict, **terms) for strict in (False, True)]
    market = [SpelledHistory(each, [("1999-11-01", 90), (to_date(first), level), (to_date(first + 60), 90)]) for each in lives]
    gone = [ev.Convert("2000-03-01", units_of(pick))]
    return tuple(Side(each, history, gone, date(2001, 2, 1)) for each, history in zip(lives, market, strict=True))


def _noticed(pick: Pick) -> tuple[ev.WithdrawalNotice, int]:
    """A notice that the closes allow, and the day it takes effect."""
    day = day_of("2000-06-01") + pick(range(200))
    effective = day + pick(31, 40, 60)
    return ev.WithdrawalNotice(to_date(day), to_date(effective)), effective


@turn_of("WDR-8", added=True)
def _to_the_close_of_its_day(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The last conversion is on the effective day, or on the Business Day before it."""
    market = SpelledHistory(note, [("1999-11-01", 170)])
    (notice, effective), units = _noticed(pick), units_of(pick)
    through = with_withdrawal(note, last_conversion="0 calendar days before")
    before = note.principal.banks.before(effective)
    until = to_date(effective + 40)
    return (
        Side(through, market, [notice, ev.Convert(to_date(effective), units)], until),
        Side(note, market, [notice, ev.Convert(to_date(before), units)], until),
    )


@turn_of("WDR-9", added=True)
def _which_notes_are_made_whole(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Those outstanding on the effective day, those converted since the notice, or both."""
    market = SpelledHistory(note, [("1999-11-01", 170)])
    notice, effective = _noticed(pick)
    convert = ev.Convert(to_date(note.principal.banks.before(effective, pick(1, 3))), units_of(pick))
    pair = pick(("converted", "outstanding"), ("converted", "both"))
    return tuple(Side(with_withdrawal(note, make_whole_to=to), market, [notice, convert], to_date(effective + 40)) for to in pair)
