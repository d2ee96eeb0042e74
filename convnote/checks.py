"""Findings: inconsistencies within the terms of a note, and points worth knowing.

A finding explains; it never refuses. The figures on a certificate are compared with the amount in words by parsing the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convnote.arithmetic import decimal, exact, exceeds, fraction, is_fast, round_half_up
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError
from convnote.provisions import interest_findings
from convnote.provisions.day_rules import DayRule
from convnote.provisions.own_rows import findings_of
from convnote.spelling import cusip_digit, in_figures, isin_digit
from convnote.tables import decimals_of, shown

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms


class Finding(NamedTuple):
    """One finding: the rule it belongs to, and what was found."""

    rule: str
    message: str


def check(note: NoteTerms) -> list[Finding]:
    """All findings on a note, in printed order."""
    with exact():
        return [Finding(rule, message) for part in (*_PARTS, findings_of) for rule, message in part(note)]


Found = Iterator[tuple[str, str]]


def _numbers(note: NoteTerms) -> Found:
    for name, digit in (("cusip", cusip_digit), ("isin", isin_digit)):
        number = re.sub(r"[\s-]", "", note.identity.get(name, "")).upper()
        if not number:
            continue
        right = digit(number[:-1]) if re.fullmatch(_NUMBERS[name], number) else None
        if right is None:
            yield "ID-1", f"{name} {number!r} is not written like one"
        elif number[-1] != right:
            yield "ID-1", f"{name} {number!r} ends in {number[-1]}, its check digit is {right}"
    cusip, isin = (re.sub(r"[\s-]", "", note.identity.get(name, "")).upper() for name in ("cusip", "isin"))
    if cusip and isin[:2] in ("US", "CA") and isin[2:11] != cusip:
        yield "ID-1", f"isin {isin!r} does not hold the cusip {cusip!r}"


def _title(note: NoteTerms) -> Found:
    title = note.identity.get("title", "")
    if not note.interest.floats:
        yield from _rate_of_title(title, note)
    if (match := re.search(r"\bdue\b\D{0,20}(?:\d{1,2}\D{1,3})?(\d{4})\b", title)) and int(match[1]) != note.maturity_date.year:
        yield "ID-1", f"the title says due {match[1]}, the maturity date is in {note.maturity_date.year}: {note.maturity_date}"


def _rate_of_title(title: str, note: NoteTerms) -> Found:
    rates = [fraction(rate) for _, rate in note.interest.steps]
    if match := re.search(r"(?:(\d+)[ -])?(\d+)/(\d+) ?%|(\d+(?:\.\d+)?) ?%", title):
        whole, above, below, figure = match.groups()
        printed = Fraction(figure) if figure else Fraction(whole or 0) + Fraction(int(above), int(below) or 1)
        if printed / 100 not in rates:
            yield "ID-1", f"the title says {match[0]}, the rate is {note.interest.rate_in_words}"
    elif (match := re.search(r"zero[ -]coupon", title, re.IGNORECASE)) and any(rates):
        yield "ID-1", f"the title says {match[0]}, the rate is {note.interest.rate_in_words}"


def _certificates(note: NoteTerms) -> Found:
    size, by_figures, by_words, faults = note.issue_size, Fraction(0), Fraction(0), []
    for number, certificate in note.principal.certificates.items():
        figures = spelled = fraction(certificate["figures"])
        if "words" in certificate:
            try:
                spelled = Fraction(in_figures(certificate["words"]))
            except TermsError:
                yield "ID-3", f"certificate {number}: no amount can be read from its words, {certificate['words']!r}"
        by_figures, by_words = by_figures + figures, by_words + spelled
        if figures != spelled:
            faults.append(
                f"certificate {number} says {certificate['words']!r} ({_amount(spelled)}) in words "
                f"and {_amount(figures)} in figures"
            )
    if faults:
        # The sums show whether figures or words are meant, so one finding covers all misspelled certificates.
        sums = ", ".join(
            f"by the {what} they add up to {_amount(total)}, {_against(total, size)}"
            for what, total in (("figures", by_figures), ("words", by_words))
        )
        yield "ID-3", "; ".join([*faults, sums])
    elif note.principal.certificates and by_figures != size:
        yield "ID-2", f"the certificates add up to {_amount(by_figures)}, {_against(by_figures, size)}"


def _amount(value: Any) -> str:
    return f"{decimal(value):,f}"


def _against(total: Fraction, size: Decimal) -> str:
    if total == size:
        return "which is the issue"
    return f"{'above' if total > size else 'less than'} the {'limit' if total > size else 'issue'} of {_amount(size)}"


def _dates(note: NoteTerms) -> Found:
    issue, maturity = note.issue_date, note.maturity_date
    acting = []
    if note.reset:
        acting += [("RST-1", "reset date", on) for on in note.reset.dates]
    if note.withdrawal and note.withdrawal.before:
        acting.append(("WDR-2", "end of the right to withdraw conversion", note.withdrawal.before))
    if note.redemption:
        acting.append(("RED-1", "first redemption date", note.redemption.first_date))
    if note.put:
        acting += [("PUT-1", "put date", on) for on in note.put.dates]
    for rule, what, on in acting:
        if not issue < on < maturity:
            yield rule, f"the {what} {on} lies outside the note's life, {issue} to {maturity}"


_LISTED = 6


def _rate(note: NoteTerms) -> Found:
    terms = note.conversion
    if terms is None or terms.rate is None or terms.printed_price is None:
        return
    printed, implied = decimal(terms.printed_price), fraction(terms.price)
    places = max(0, -int(printed.as_tuple().exponent))
    if fraction(round_half_up(implied, Decimal(1).scaleb(-places))) != fraction(printed):
        exact = f"{note.denomination} / {terms.rate} is {shown(implied, places + 2)}"
        yield "RTE-1", f"the price printed is {printed}, and {exact}: the rate governs"


def _closed_days(note: NoteTerms) -> Found:
    terms = note.principal
    if terms.authority_of("moved_payments") != "convention":
        return  # the note has a clause for them
    due = {to_date(day) for day in note.interest.due_days} | {note.maturity_date} | set(note.put.dates if note.put else ())
    closed = [on for on in sorted(due) if not terms.banks.is_open(int(day_number(on)))]
    if closed:
        how = "taken to move to the next one" if terms.moved_payments == "following" else "taken to stay where they are"
        what = f"payments fall due on days that are not Business Days ({', '.join(map(str, closed[: _LISTED * 2]))}"
        more = f" and {len(closed) - 2 * _LISTED} more" if len(closed) > 2 * _LISTED else ""
        yield "INT-6", f"{what}{more}), and no clause of the paper says when they are made: {how}"
    resets = [on for on in note.reset.dates if not terms.banks.is_open(int(day_number(on)))] if note.reset else []
    if resets:
        days = ", ".join(map(str, resets))
        yield "RST-1", f"the price is reset on a day that is not a Business Day ({days}), and no clause of the paper moves it"


def _conversion(note: NoteTerms) -> Found:
    if note.conversion and note.conversion.from_date and note.conversion.from_date > note.maturity_date:
        yield "CNV-1", f"the right to convert runs from {note.conversion.from_date}, after maturity, {note.maturity_date}"


def _last_days(note: NoteTerms) -> Found:
    terms = note.conversion
    if terms is None or terms.until is None:
        return
    if isinstance(terms.until, date) and terms.until > note.maturity_date:
        yield "END-1", f"the right to convert runs to {terms.until}, after maturity, {note.maturity_date}: it ends there"
    last, first = to_date(terms.last_day), terms.from_date or note.issue_date
    if last < first:
        yield "END-1", f"the right to convert ends on {last}, before it begins on {first}: no Note ever converts"


def _reset(note: NoteTerms) -> Found:
    if not (note.reset and note.conversion):
        return
    if note.reset.floor >= note.conversion.price:
        yield (
            "RST-2",
            f"the floor {note.reset.floor} is not below the initial price {note.conversion.price}: no reset has an effect",
        )
    for on in note.reset.dates:
        first = note.principal.sessions.before(int(day_number(on)), note.reset.window)
        if first < note.principal.issue_day:
            yield "RST-2", f"the {note.reset.window} closes before the reset of {on} begin before the issue date"


def _trigger(note: NoteTerms) -> Found:
    terms = note.withdrawal
    if terms and note.conversion and terms.trigger_multiple is not None and terms.trigger is not None:
        computed = fraction(terms.trigger_multiple) * fraction(note.conversion.price)
        close = np.float64(computed) if is_fast(terms.trigger) else computed  # a trigger implied by a multiple, in floats
        if exceeds(close, terms.trigger) or exceeds(terms.trigger, close):
            yield (
                "WDR-1",
                f"{decimal(terms.trigger_multiple):%} of the initial price {note.conversion.price} is "
                f"{decimal(computed).normalize():f}, the figure printed is {terms.trigger}: the figure governs",
            )


def _make_whole(note: NoteTerms) -> Found:
    terms = note.withdrawal
    if not terms or not terms.make_whole_amount or note.interest.floats:
        return
    covered = [coupon for coupon in note.interest.coupons() if coupon.payment_date < terms.ends]
    total = sum((fraction(coupon.amount) for coupon in covered), Fraction(0))
    if total != fraction(terms.make_whole_amount):
        days = sum(coupon.days for coupon in covered)
        rates = (fraction(note.interest.rate_on(int(day_number(coupon.accrual_start)))) for coupon in covered)
        flat = sum(rates, Fraction(0)) * fraction(note.denomination) / (note.interest.frequency or 1)
        reason = (
            f"; it is {len(covered)} coupons at the flat rate, {decimal(flat)}, while they accrue over {days} days"
            if flat == fraction(terms.make_whole_amount)
            else ""
        )
        yield (
            "WDR-4",
            f"the make-whole {terms.make_whole_amount} is not the sum {decimal(total):.6f} of the {len(covered)} coupons "
            f"due before {terms.ends} ({note.interest.day_count}){reason}",
        )


def _rights(note: NoteTerms) -> Found:
    if note.withdrawal and note.redemption and note.withdrawal.ends > note.redemption.first_date:
        yield (
            "WDR-2",
            f"conversion can be withdrawn before {note.withdrawal.ends}, after redemption starts {note.redemption.first_date}",
        )
    if note.redemption and note.conversion and note.redemption.notice_at_least == 0:
        if (until := note.conversion.called_until).count:
            paper = until == DayRule(1, "business")
            ends = "the Business Day before" if paper else f"{until} the redemption date"
            yield "CNV-2" if paper else "END-2", f"a call without notice leaves no day to convert: the right ends {ends}"


def _overlap(note: NoteTerms) -> Found:
    withdrawal, call = note.withdrawal, note.redemption
    if withdrawal and call:
        notice = day_number(call.first_date) - call.notice_at_most
        if notice < day_number(withdrawal.ends) <= day_number(note.maturity_date):
            price = decimal(fraction(call.prices[0][1]) * 100)
            yield (
                "RED-1",
                f"conversion can be withdrawn with effect on {withdrawal.last_effective} and the notes redeemed on "
                f"{max(call.first_date, withdrawal.ends)} at {shown(price)}%: holders then never have a day to convert",
            )


def _never(note: NoteTerms) -> Found:
    """Rights and deductions that can never be used."""
    withdrawal, change, interest = note.withdrawal, note.fundamental_change, note.interest
    if withdrawal:
        late = [
            coupon.payment_date
            for coupon in interest.coupons()
            if withdrawal.last_notice <= coupon.payment_date < withdrawal.ends
        ]
        if late and withdrawal.make_whole_amount:
            days = ", ".join(map(str, late))
            yield (
                "WDR-3",
                f"the last notice of a withdrawal is on {withdrawal.last_notice}: the coupon due {days} can never be deducted "
                "from the make-whole",
            )
        if withdrawal.last_notice < note.issue_date:
            yield (
                "WDR-3",
                f"the last notice of a withdrawal would be on {withdrawal.last_notice}, before the issue: no effect",
            )
    if change:
        repurchase = change.repurchase_day(note.principal.issue_day)
        if change.withdrawal_deadline(repurchase) < note.principal.issue_day:
            yield (
                "CNV-6",
                f"fundamental_change.withdrawable_until = {change.withdrawable_until} Business Days before repurchase is "
                f"before the notice, {repurchase - note.principal.issue_day} days earlier: no election can be withdrawn",
            )
    lengths = [coupon.days for coupon in interest.coupons()]
    if interest.record_dates is not None:
        early = [each.payment_date for each in interest.coupons() if each.record_date < each.accrual_start]
        if early:
            yield "REC-1", f"the record dates of the payments of {', '.join(map(str, early[:_LISTED]))} lie before their periods"
    elif lengths and interest.record_days >= min(lengths):
        yield (
            "INT-3",
            f"a record date {interest.record_days} days before its payment date lies before the period of {min(lengths)} days",
        )


def _smallest_unit(note: NoteTerms) -> Found:
    """Payments rounded to less than the smallest unit of the currency."""
    terms = note.principal
    least = Decimal(1).scaleb(-decimals_of(terms.currency))
    if terms.cent < least:
        yield "INT-7", f"payments are rounded to principal.cent, {terms.cent}: the smallest unit of {terms.currency} is {least}"


def _scale(note: NoteTerms) -> Found:
    """Figures in the note's currency that look like shares of the conversion price."""
    if not note.conversion:
        return
    price, shown_price = fraction(note.conversion.price), shown(note.conversion.price)
    if note.withdrawal and fraction(note.withdrawal.trigger) <= price:
        trigger = note.withdrawal.trigger
        yield (
            "WDR-1",
            f"the trigger {trigger} is not above the initial price {shown_price}; a multiple of it is a trigger_multiple",
        )
    if note.reset and 0 < fraction(note.reset.floor) <= 1 and 10 * fraction(note.reset.floor) < price:
        meant = shown(decimal(fraction(note.reset.floor) * price))
        yield "RST-2", f"the floor {note.reset.floor} is a price, not a share of {shown_price}; is {meant} meant?"
    adjusts_rate = note.adjustment is not None and note.adjustment.rounding_of == "rate"
    for rule, part in (("RST-3", note.reset), ("ADJ-9", None if adjusts_rate else note.adjustment)):
        rounding = part.rounding if part else None
        if rounding is not None and fraction(rounding) * 10 > price:
            yield rule, f"rounding to {rounding} is coarse against a price of {shown_price}"


def _told_by_provisions(note: NoteTerms) -> Found:
    for name, part in note.provisions():
        if name not in note.extras and (findings := getattr(part, "findings", None)):
            yield from findings(note)


def _assumed(note: NoteTerms) -> Found:
    for rule, setting, value in note.assumed:
        yield rule, f"{setting} is not stated: {shown(value)} is assumed"


def _omissions(note: NoteTerms) -> Found:
    for key, words in note.not_modelled.items():
        yield key, f"not modelled: {words}"


#: Their formats, with the check digit last.
_NUMBERS = {"cusip": r"[0-9A-Z*@#]{8}[0-9]", "isin": r"[A-Z]{2}[0-9A-Z]{9}[0-9]"}

_PARTS = (
    _numbers,
    _title,
    _certificates,
    _dates,
    interest_findings.found,
    _closed_days,
    _rate,
    _conversion,
    _last_days,
    _reset,
    _trigger,
    _make_whole,
    _rights,
    _overlap,
    _never,
    _smallest_unit,
    _scale,
    _told_by_provisions,
    _omissions,
    _assumed,
)
