"""Turns of interest and principal that are not flat: the same life under a flat term, or a day apart."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import Accretion
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of


def with_interest(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note with other settings of its interest."""
    return dataclasses.replace(note, interest=dataclasses.replace(note.interest, **settings))


@turn_of("STP-1", added=True)
def _the_rate_of_each_year(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A rate that rises on a payment date, and one that rises a year later; the coupon in between differs."""
    year = pick(2001, 2003, 2006)
    low, high = pick(("0.02", "0.07"), ("0.0025", "0.01"), ("0.07", "0.05"))
    first, later = (with_interest(note, rate=[[note.issue_date, low], [date(on, 2, 16), high]]) for on in (year, year + 1))
    gone = [ev.Convert("2000-03-01", units_of(pick))]
    return Side(first, plain, gone), Side(later, plain, gone)


def accreting(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note without coupons, issued at 610.27 per 1,000 to yield 5%; further accretion settings may be given."""
    zero = dataclasses.replace(note.interest, rate=0, frequency=0, first_payment=None, last_payment=None)
    terms = Accretion(**{"issue_price": "610.27", "yield_": "0.05", "includes_the_day": False, **settings})
    return dataclasses.replace(note, interest=zero, accretion=terms)


def _called_and_put(note: ConvertibleNote, pick: Pick) -> list[ev.Event]:
    """Part of the Notes is called inside a period."""
    redemption = note.principal.banks.on_or_after(day_of("2004-03-20") + pick(range(0, 1900, 13)))
    return [ev.RedemptionNotice(to_date(redemption - 40), to_date(redemption), units_of(pick))]


@turn_of("ACC-1", added=True)
def _linear_inside_a_period(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Compounded once or twice a year: inside a period the accreted value is linear between its ends."""
    life = _called_and_put(note, pick)
    one, other = accreting(note), accreting(note, frequency=pick(1, 4), issue_price=pick("613.91", "608.41"))
    return Side(one, SpelledHistory(one, plain.steps), life), Side(other, SpelledHistory(other, plain.steps), life)


@turn_of("ACC-1", added=True)
def _the_day_counts(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The day of redemption counts inside a period, or it does not."""
    life = _called_and_put(note, pick)
    notes = [accreting(note, includes_the_day=said) for said in (True, False)]
    return tuple(Side(each, SpelledHistory(each, plain.steps), life) for each in notes)


@turn_of("ACC-2", added=True)
def _recovery_of_the_accreted_value(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The claim in a default or acceleration is the accreted value, not the principal due at maturity."""
    day = day_of("2002-05-10") + pick(range(0, 2700, 17))
    life: list[ev.Event] = [ev.Convert("2000-03-01", units_of(pick)), ev.Default(to_date(day), pick("0.4", "0.25", 1))]
    terms = accreting(note)
    zero = dataclasses.replace(terms, accretion=None)
    return Side(terms, SpelledHistory(terms, plain.steps), life), Side(zero, SpelledHistory(zero, plain.steps), life)


@turn_of("STP-2", added=True)
def _one_payment_at_maturity(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Maturity pays 105% including the last coupon, or 105% plus the last coupon."""
    price = pick("1.05", "1.07", "1.1")
    terms = [
        dataclasses.replace(note.principal, maturity_price=price, maturity_includes_interest=said)
        for said in (True, pick(None, False))
    ]
    life: list[ev.Event] = [ev.Convert("2000-03-01", units_of(pick))]
    if pick(True, False):
        late = note.principal.maturity_day + pick(1, 30, 200)
        life += [ev.MissedPayment("2010-02-16", "principal"), ev.Cure(to_date(late), "principal")]
    return tuple(Side(dataclasses.replace(note, principal=each), plain, life) for each in terms)


def floating(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note with an index in place of its rate, fixed two business days before each year."""
    terms = {"index": "LIBOR12", "spread": "0.015", "fixed": "2 business days before", **settings}
    return with_interest(note, rate=None, **terms)


def fixings(note: ConvertibleNote, pick: Pick) -> dict[str, dict[date, str]]:
    """A series that has another value on each day around every fixing of `floating`."""
    low = pick(0, 3, -1)
    found = {}
    for year, start in enumerate(note.interest.period_starts):
        for before in range(10):
            found[to_date(start - before)] = f"{(low + 5 * year) / 1000 + before / 10_000:.4f}"
    return {"LIBOR12": found}


@turn_of("FLT-1", added=True)
def _fixed_on_its_day(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The index is read two business days before the period, or on another day before it."""
    one, other = (
        floating(note),
        floating(note, fixed=pick("1 business day before", "2 calendar days before", "0 calendar days before")),
    )
    series, life = fixings(note, pick), [ev.Convert("2000-03-01", units_of(pick))]
    return tuple(Side(each, SpelledHistory(each, plain.steps, series), life) for each in (one, other))


@turn_of("FLT-1", added=True)
def _called_inside_a_floating_period(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Notes called within a year bear interest at the rate fixed for that year; a day later, a day more of it."""
    terms, day = floating(note), day_of("2004-04-01") + pick(range(0, 250, 7))
    history = SpelledHistory(terms, plain.steps, fixings(note, pick))
    banks = note.principal.banks
    first = banks.on_or_after(day + 30)
    dates = (first, banks.on_or_after(first + 1))
    return tuple(Side(terms, history, [ev.RedemptionNotice(to_date(on - 30), to_date(on))]) for on in dates)


def paid_in_kind(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note with coupons added to principal, without its withdrawal, whose make-whole knows nothing of them."""
    terms = {"paid": "in-kind", "paid_rounding": 1, "paid_rounding_mode": "up", **settings}
    return with_interest(dataclasses.replace(note, withdrawal=None), **terms)


@turn_of("PIK-1", added=True)
def _in_kind_or_in_cash(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The coupon is added to principal, or paid in cash: what converts later is more."""
    cash = paid_in_kind(note, paid=None, paid_rounding=None, paid_rounding_mode=None)
    life = [ev.Convert(to_date(day_of("2003-03-03") + pick(range(0, 900, 7))), units_of(pick))]
    return tuple(Side(each, SpelledHistory(each, plain.steps), life) for each in (paid_in_kind(note), cash))


@turn_of("PIK-1", added=True)
def _rounded_as_stated(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Principal that a coupon adds, rounded up or down to a unit."""
    unit = pick(1, 1000, 100)
    notes = [paid_in_kind(note, paid_rounding=unit, paid_rounding_mode=mode) for mode in ("up", "down")]
    life = [ev.Convert("2000-03-01", units_of(pick))]
    return tuple(Side(each, SpelledHistory(each, plain.steps), life) for each in notes)


@turn_of("PIK-1c", added=True)
def _converted_before_the_coupon(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Notes converted after what would be a record date get no coupon; converted on its day they have it."""
    terms, day = paid_in_kind(note), day_of("2004-02-16")
    history, amount = SpelledHistory(terms, plain.steps), units_of(pick)
    return tuple(Side(terms, history, [ev.Convert(to_date(on), amount)]) for on in (day - pick(4, 5, 6), day + 1))


@turn_of("FLT-1c", added=True)
def _not_below_the_floor(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A rate below 0 is 0 where no floor is stated, and the floor where one is."""
    below = {"spread": pick("-0.02", "-0.03")}
    one, other = floating(note, **below), floating(note, floor=pick("0.01", "0.0025"), **below)
    series, life = fixings(note, pick), [ev.Convert("2000-03-01", units_of(pick))]
    return tuple(Side(each, SpelledHistory(each, plain.steps, series), life) for each in (one, other))


@turn_of("STP-1", added=True)
def _accrued_at_the_rate_of_the_day(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Notes called within a year bear interest at the rate of that year, not of the first."""
    called_on = day_of("2004-04-01") + pick(range(0, 250, 7))
    life = [ev.RedemptionNotice(to_date(called_on), to_date(called_on + 30))]
    stepped = with_interest(note, rate=[[note.issue_date, "0.06875"], ["2004-02-16", pick("0.08", "0.01")]])
    return Side(note, plain, life), Side(stepped, plain, life)
