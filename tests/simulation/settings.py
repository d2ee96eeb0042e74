"""For each setting of each provision, a note that states it and notes that differ in it alone, in which a simulation meets it.

Values are drawn from the kind of the setting's field. Where a setting needs others beside it, or values that fit them, `BESIDE`
and `VALUES` say which.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import convnote as cn
from convnote.note import PROVISIONS
from convnote.provisions.exchange import Property
from convnote.provisions.fields import Drawn
from convnote.provisions.record_dates import Unstated
from convnote.provisions.settlement import SettlementTerms

from . import mixed
from .cases import a_note
from .test_mandatory import as_mandatory

WITH = {
    "mandatory": as_mandatory,
    "make_whole_change": mixed.made_whole,
    "change_of_control_price": mixed.with_lower_price,
    "accretion": mixed.accreting,
    "settlement": mixed.settled_later,
}
CLOSES = {"days": 3, "period": 5, "of": "in-force", "strict": True, "ends": "notice"}
LOW = {**CLOSES, "multiple": "0.95", "below": True}
#: Sections that a random note is given as they stand.
MADE: dict[str, dict[str, Any]] = {
    "contingent_conversion": {"quarter": {**CLOSES, "multiple": "1.02"}, "on_change": False},
    "conditional_put": {"condition": LOW},
    "revision": {"condition": LOW, "floor": "higher of 5 and 1"},
    "clean_up": {"share": "0.15"},
    "exchange": {"shares_of": "Another", "property": [{"share": "A", "amount": "1.1"}]},
}


def full() -> cn.ConvertibleNote:
    """A random note that has every provision that random notes have, and is long enough to use them."""
    seeds = (a_note(Random(seed)) for seed in range(2000))
    parts = ("reset", "withdrawal", "redemption", "put", "fundamental_change")
    note = next(each for each in seeds if all(getattr(each, name) for name in parts) and 300 <= life(each) <= 500)
    conversion = dataclasses.replace(note.conversion, price=100, accrued="record-date", off_days="next-business-day")
    interest = dataclasses.replace(note.interest, rate="0.0825", frequency=4, record_days=15, in_window="in-price")
    withdrawal = dataclasses.replace(note.withdrawal, trigger=130)
    principal = dataclasses.replace(note.principal, rounded_on="position")
    return dataclasses.replace(note, principal=principal, interest=interest, conversion=conversion, withdrawal=withdrawal)


def life(note: cn.ConvertibleNote) -> int:
    return (note.maturity_date - note.issue_date).days


FULL = full()
ISSUE = FULL.issue_date
#: Of the index of a floating coupon, the fixing of every period.
FIXINGS = tuple((start, Fraction(place + 1, 100)) for place, start in enumerate(FULL.interest.period_starts))
FLOATING = {"rate": None, "index": "LIBOR", "fixed": "2 business days before", "fixings": FIXINGS}
GROWING = {"paid": "in-kind", "paid_rounding": "0.01", "paid_rounding_mode": "down"}
IN_MULTIPLES = {"trigger": None, "trigger_multiple": "1.1", "trigger_of": "initial"}
SOFT = {"condition": {**CLOSES, "multiple": "1.1"}}


def withdrawn() -> cn.ConvertibleNote:
    """The note under which conversion is withdrawn sooner, and nothing else ends it early."""
    terms = dataclasses.replace(FULL.withdrawal, trigger=110, before=FULL.maturity_date, days=10, make_whole_amount=3)
    return dataclasses.replace(FULL, redemption=None, put=None, withdrawal=terms)


def to_maturity() -> cn.ConvertibleNote:
    """The note that nothing ends before it becomes shares at maturity (MND-1)."""
    return as_mandatory(dataclasses.replace(FULL, redemption=None, put=None), Random(1))


def in_windows_to_maturity() -> cn.ConvertibleNote:
    """The note that converts in windows only and is not called, put or withdrawn before it matures (CNT-1)."""
    terms = PROVISIONS["contingent_conversion"](**MADE["contingent_conversion"])
    return dataclasses.replace(FULL, redemption=None, put=None, withdrawal=None, contingent_conversion=terms)


def growing() -> cn.ConvertibleNote:
    """The note without the withdrawal, whose make-whole cannot stand beside coupons in kind (PIK-1)."""
    return dataclasses.replace(FULL, withdrawal=None)


def at_month_ends() -> cn.ConvertibleNote:
    """The note that matures on the last day of a month of thirty days."""
    return with_settings(FULL, "principal", {"maturity_date": date(2001, 11, 30)})


def settled_slowly() -> cn.ConvertibleNote:
    """The note whose conversions take months to settle, so that the issuer may default in between (STL-2)."""
    return dataclasses.replace(FULL, settlement=SettlementTerms(method="cash", observation=120))


#: Notes for a section or for one of its settings, where the full one does not do.
OTHERWISE: dict[str, Callable[[], cn.ConvertibleNote]] = {
    "withdrawal": withdrawn,
    "mandatory": to_maturity,
    "contingent_conversion.for_ever": in_windows_to_maturity,
    "contingent_conversion.change_days": in_windows_to_maturity,
    "interest.paid": growing,
    "interest.paid_rounding": growing,
    "interest.paid_rounding_mode": growing,
    "interest.end_of_month": at_month_ends,
    "settlement.default_claim": settled_slowly,
}
#: Settings that no path meets, and why; a whole section by its name.
NOT_MET = {
    "principal.issue_size": "the result is that of the principal simulated",
    "principal.currency": "a name",
    "principal.share_currency": "a name",
    "principal.quoted_per": "the unit of a printed price",
    "interest.wire_above": "how money is paid, not how much",
    "conversion.first_converted": "a policy calls all Notes",
    "conversion.added_up": "a holder surrenders all Notes at one time",
    "principal.transferred_first": "no path transfers Notes",
    "interest.defaulted_to": "no path misses a coupon",
    "conversion.fraction_rate": "refused beside the fixed exchange rate that it is for (FXF-1)",
    "contingent_conversion.trading_price": "models have no price of the note (CNT-2)",
    "revision": "no path revises (DWN-1)",
    "redemption.selection": "a policy calls all Notes",
    "redemption.whole_only": "a policy calls all Notes",
    "clean_up": "a path holds the whole issue until it ends",
    "conditional_put.once_a_year": "a holder puts all Notes",
    "conditional_put.used_up_by": "a holder puts all Notes",
    "settlement.election": "the issuer's choice is an event",
    "settlement.chosen_by": "the issuer's choice is an event",
    "exchange.shares_of": "a name",
    "fundamental_change.withdrawable_until": "a holder who elects repurchase does not withdraw",
    "default": "the issuer defaults for good",
    "consent": "no path amends",
}
NOT_MET |= {
    f"adjustment.{each.name}": "models have no splits, dividends or distributions"
    for each in PROVISIONS["adjustment"].settings()
    if each.name != "carry_until"  # its anniversaries are rows of the schedule
}
#: Sections and settings whose paths are each replayed exactly, which takes long.
EXACTLY = {"make_whole_change", "change_of_control_price"}
#: Fundamental changes a year, where more are needed than one in two years.
CHANGE_RATE = {"contingent_conversion.change_days": 3}
#: Settings of the same provision that a setting needs.
BESIDE: dict[str, dict[str, Any]] = {
    "interest.record_dates": {"record_days": Unstated(15)},
    "interest.spread": FLOATING,
    "interest.floor": FLOATING,
    "interest.fixed": FLOATING,
    "interest.paid_rounding": GROWING,
    "interest.paid_rounding_mode": GROWING,
    "withdrawal.trigger_multiple": IN_MULTIPLES,
    "withdrawal.trigger_of": IN_MULTIPLES,
    "redemption.until": SOFT,
    "redemption.make_whole_until": {"make_whole_amount": 15},
    "contingent_conversion.change_days": {"on_change": True, "quarter": {**CLOSES, "multiple": 3}},
    "clean_up.amount": {"share": None, "amount": 100_000},
    "settlement.specified": {"method": "combination", "specified": 50},
    "settlement.chosen_by": {"election": "issuer"},
    "settlement.free_from": {"final": "30 trading days before"},
    "fundamental_change.pays_after": {"period_days": 30},
}


def _raised(rows: Any) -> list[list[Any]]:
    return [[each * 2 for each in row] for row in rows]


#: Values of settings that accept few of those drawn, by the provision; a table has the settings that change together.
VALUES: dict[str, Callable[[Any], list[Any]]] = {
    "principal.issue_size": lambda _: [2_000_000, 500_000],
    "principal.business_days": lambda _: ["JP", "GB+JP"],
    "mandatory.rounding": lambda _: ["0.1", "0.001"],
    "accretion.day_count": lambda _: ["act/365f"],
    "contingent_conversion.change_days": lambda _: [1],
    "interest.index": lambda _: [FLOATING],
    "interest.paid": lambda _: [GROWING],
    "interest.paid_rounding": lambda _: [1, "0.1", 20],
    "interest.record_dates": lambda _: [("02-01", "05-01", "08-01", "11-01")],
    "withdrawal.trigger_multiple": lambda _: ["1.2", "1.3"],
    "withdrawal.notice_at_most": lambda _: [30, 35],
    "redemption.notice_at_most": lambda _: [30, 35],
    "make_whole_change.prices": lambda terms: [[price + 5 for price in terms.prices]],
    "make_whole_change.dates": lambda terms: [[terms.dates[0], terms.dates[1] - timedelta(days=150), terms.dates[2]]],
    "make_whole_change.shares": lambda terms: [_raised(terms.shares)],
}


def having(section: str, name: str = "") -> cn.ConvertibleNote:
    """The note with that provision too."""
    if make := OTHERWISE.get(f"{section}.{name}", OTHERWISE.get(section)):
        return make()
    if getattr(FULL, section) is not None:
        return FULL
    if section in MADE:
        note = dataclasses.replace(FULL, conversion=None, reset=None, withdrawal=None) if section == "exchange" else FULL
        return dataclasses.replace(note, **{section: PROVISIONS[section](**MADE[section])})
    assert section in WITH, f"say in WITH or MADE how a note gets [{section}]"
    return WITH[section](FULL, Random(1))


def values(drawn: Drawn) -> Iterator[Any]:
    """A few values of a kind of field, in the middle and at its edges."""
    if drawn.shape == "number":
        yield from (Fraction(each) for each in (2, 110, Fraction(1, 10)) if drawn.least <= each <= drawn.most)
        yield drawn.least
    elif drawn.shape == "whole":
        yield from (each for each in (12, 3, 25) if drawn.least <= each <= drawn.most)
        yield from (drawn.least, drawn.least + 1)
    elif drawn.shape == "day":
        yield from (ISSUE + timedelta(days=days) for days in (130, 45, life(FULL) - 20, life(FULL)))
    elif drawn.shape == "words":
        yield "words"
    elif drawn.shape in ("one", "some"):
        yield from drawn.of if drawn.shape == "one" else ([drawn.of[0]], list(drawn.of), [])
    elif drawn.shape == "either":
        for each in drawn.of:
            yield from list(values(each))[:2]
    elif drawn.shape == "made":
        make, parts = drawn.of
        options = {name: list(values(part)) for name, part in parts.items()}
        for place in range(3):
            yield make(**{name: each[place % len(each)] for name, each in options.items()})
    else:
        options = [list(values(part)) for part in drawn.of]
        yield from ([tuple(pair)] if drawn.shape == "pairs" else [pair[0]] for pair in zip(*options, strict=False))


SETTINGS = [(section, each.name) for section, kind in PROVISIONS.items() for each in kind.settings()]


def with_settings(note: cn.ConvertibleNote, section: str, changes: dict[str, Any]) -> cn.ConvertibleNote:
    return dataclasses.replace(note, **{section: dataclasses.replace(getattr(note, section), **changes)})


def for_two_of_a(note: cn.ConvertibleNote) -> cn.ConvertibleNote:
    """The note that converts into 1.1 of one share and 0.2 of another (EXC-1)."""
    terms = dataclasses.replace(note.exchange, property=(Property("A", "1.1"), Property("B", "0.2")))
    return dataclasses.replace(note, adjustment=None, exchange=terms)


#: Notes that differ in a setting whose value has to fit other sections.
APART = {"exchange.property": for_two_of_a}


def stated(section: str, name: str) -> cn.ConvertibleNote:
    """The note from which the others differ in that setting alone."""
    return with_settings(having(section, name), section, BESIDE.get(f"{section}.{name}", {}))


def others(section: str, name: str) -> Iterator[cn.ConvertibleNote]:
    """Notes that are like the one `stated` but for another value of the setting; few, those that are contracts."""
    note, place = stated(section, name), f"{section}.{name}"
    if place in APART:
        yield APART[place](note)
        return
    part = getattr(note, section)
    kept = part.says.get(name, name)
    [each] = [each for each in part.settings() if each.name == name]
    found = 0
    for value in VALUES[place](part) if place in VALUES else values(each.metadata["kind"].drawn):
        try:
            other = with_settings(note, section, value if isinstance(value, dict) else {name: value})
        except cn.TermsError:
            continue  # it contradicts the rest
        if getattr(getattr(other, section), kept) != getattr(part, kept) and found < 3:
            found += 1
            yield other
