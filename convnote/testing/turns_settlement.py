"""Turns of delivery on conversion: at the maturity of a mandatory convertible, and after an observation period."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.calendars import day_number, to_date
from convnote.lifecycle import SettlementElection
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import DayRule, Exchange, Mandatory, SettlementTerms
from convnote.provisions.exchange import Property
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, turn_of, units_of
from convnote.testing.turns_timing import with_conversion


def as_mandatory(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The note as a mandatory convertible, in shares per 1,000 at maturity: 11.1111 below 90, 9.0909 above 110."""
    given: dict[str, Any] = {"min_rate": "9.0909", "max_rate": "11.1111", "low": 90, "high": 110, **settings}
    note = dataclasses.replace(note, reset=None, withdrawal=None)
    note = with_conversion(note, rate=given["min_rate"], price=None)
    return dataclasses.replace(note, mandatory=Mandatory(**given))


def _at(note: ConvertibleNote, *steps: tuple[Any, Any]) -> SpelledHistory:
    return SpelledHistory(note, [("1999-11-01", 100), *steps])


@turn_of("MND-1", added=True)
def _the_last_day_of_the_average(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A close on the last day of the average counts, and one on the day after it does not."""
    terms = as_mandatory(note, average_days=pick(20, 5, 1), average_ends=pick("1 trading day before", "2 trading days before"))
    assert terms.mandatory is not None
    last = terms.mandatory.window(terms.principal)[-1]
    close = pick(95, 108, Fraction("91.27"))
    early = [ev.Convert(pick("2004-03-01", "2009-06-01"), units_of(pick))] * pick(0, 1)
    return tuple(Side(terms, _at(terms, (to_date(day), close)), early) for day in (last, terms.principal.sessions.after(last)))


@turn_of("MND-1", added=True)
def _below_the_lower_price(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """An average at the lower price gives the quotient; one below it gives the maximum rate, here above the quotient."""
    terms = as_mandatory(note, max_rate=pick("11.5", "12"))
    return tuple(Side(terms, SpelledHistory(terms, [("1999-11-01", close)]), []) for close in (90, 90 - pick(*_TICKS)))


@turn_of("MND-1", added=True)
def _above_the_higher_price(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """An average at the higher price gives the quotient; one above it gives the minimum rate, here below the quotient."""
    terms = as_mandatory(note, min_rate=pick("9", "8.5"))
    return tuple(Side(terms, SpelledHistory(terms, [("1999-11-01", close)]), []) for close in (110, 110 + pick(*_TICKS)))


_TICKS = (Decimal("0.01"), Decimal("0.001"))


# --- settlement over an observation period ------------------------------------------------------------------------


def with_settlement(note: ConvertibleNote, pick: Pick, **settings: Any) -> ConvertibleNote:
    """The note with conversions settled in cash, or in cash and shares, over an observation period."""
    method = {"method": "combination", "specified": pick(1000, 400)} if pick(True, False) else {"method": "cash"}
    given = {"observation": pick(20, 1, 5), "starts": pick(2, 1), "pays_after": pick(2, 3), **method, **settings}
    return dataclasses.replace(note, withdrawal=None, settlement=SettlementTerms(**given))


def in_cash_and_shares(note: ConvertibleNote) -> ConvertibleNote:
    """The note with conversions settled in cash and shares over 20 trading days, the last ones before maturity."""
    terms = SettlementTerms(method="combination", specified=Decimal(1000), observation=20, final=DayRule(21, "trading"))
    return dataclasses.replace(note, settlement=terms)


def _surrender(note: ConvertibleNote, pick: Pick) -> tuple[int, int, int, int]:
    """Day numbers of a surrender that counts on its day, the first and last day of its period, and its payment."""
    terms = note.principal
    on = terms.banks.on_or_after(day_number(pick("2003-03-03", "2005-06-01", "2008-09-02")) + pick(range(20)))
    assert note.settlement is not None
    first, last = note.settlement.period(on, terms)
    return int(on), int(first), int(last), int(note.settlement.pays_on(last, terms))


@turn_of("STL-1", added=True)
def _the_days_of_the_period(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A close on the last day of the observation period counts, one on the day after does not; likewise at its start."""
    terms = with_settlement(note, pick)
    on, first, last, _ = _surrender(terms, pick)
    convert = [ev.Convert(to_date(on), 1000 * pick(7, 1001, 230_000))]
    sessions, close = terms.principal.sessions, pick(140, 180, Fraction("93.17"))
    if pick(True, False):
        steps = [[(to_date(day), close)] for day in (last, sessions.after(last))]
    else:  # replayed to the first day of the period, or to the day before
        steps = [[(to_date(on), close), (to_date(sessions.after(day)), 100)] for day in (first, sessions.before(first))]
    return tuple(Side(terms, _at(terms, *each), convert) for each in steps)


@turn_of("STL-1", added=True)
def _cash_or_more(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The same conversion in cash, in shares, or in cash up to an amount and shares for the excess."""
    one, other = pick(("cash", "combination"), ("shares", "combination"), ("shares", "cash"))
    sides = []
    for method in (one, other):
        specified = Decimal(500) if method == "combination" else None
        terms = dataclasses.replace(note, settlement=SettlementTerms(method=method, specified=specified, observation=10))
        steps = _at(terms, (pick("2003-03-10", "2003-03-14"), 170))
        sides.append(Side(terms, steps, [ev.Convert("2003-03-05", 1000 * pick(7, 1001))]))
    return tuple(sides)


@turn_of("STL-1", added=True)
def _chosen_before_the_surrender(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The issuer's choice on the day of a surrender applies to it; a choice on the day after does not."""
    terms = with_settlement(note, pick, method="cash", specified=None, election="issuer")
    on, *_ = _surrender(terms, pick)
    method = pick("shares", "combination")
    specified = 300 if method == "combination" else None
    chosen = [SettlementElection(to_date(day), method, specified=specified) for day in (on, on + 1)]
    convert = ev.Convert(to_date(on), 1000 * pick(7, 1001))
    return tuple(Side(terms, plain, [each, convert]) for each in chosen)


@turn_of("STL-2", added=True)
def _paid_or_a_claim(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """An issuer that defaults on the day of the payment has paid; one that defaults on the day before has not."""
    terms = with_settlement(note, pick, pays_after=pick(2, 3))
    on, _, _, pays = _surrender(terms, pick)
    convert = ev.Convert(to_date(on), 1000 * pick(7, 1001))
    lives = [[convert, ev.Default(to_date(day), recovered=Decimal("0.4"))] for day in (pays, pays - 1)]
    return tuple(Side(terms, plain, life) for life in lives)


@turn_of("STL-2", added=True)
def _last_price_or_principal(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """In a default unsettled conversions are claimed at the last price or, under another paper's terms, as principal."""
    terms = with_settlement(note, pick, observation=20)
    on, first, _, _ = _surrender(terms, pick)
    day = terms.principal.sessions.after(first, pick(1, 5))
    life = [ev.Convert(to_date(on), 1000 * pick(7, 1001)), ev.Default(to_date(day), recovered=Decimal("0.4"))]
    assert terms.settlement is not None
    claims = [dataclasses.replace(terms.settlement, default_claim=words) for words in ("last-price", "principal")]
    history = SpelledHistory(terms, [("1999-11-01", 130)])
    return tuple(Side(dataclasses.replace(terms, settlement=each), history, life) for each in claims)


# --- shares of another company ------------------------------------------------------------------------------------


@turn_of("EXC-1", added=True)
def _more_property(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A conversion delivers the property per denomination, whatever the price of the issuer's own share."""
    convert = [ev.Convert(pick("2003-03-05", "2005-06-01"), 1000 * pick(1, 7, 1001))]
    sides = []
    for amount in (pick("9.5", "12.25"), pick("9.6", "64.53")):
        exchange = Exchange(shares_of="Another plc", property=(Property("ANOTHER", amount),))
        other = dataclasses.replace(with_conversion(note, rate=amount, price=None), reset=None, withdrawal=None)
        sides.append(Side(dataclasses.replace(other, exchange=exchange), plain, convert))
    return tuple(sides)


@turn_of("EXC-1", added=True)
def _a_further_kind(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A further kind of property is delivered beside the first, in whole units."""
    convert = [ev.Convert(pick("2003-03-05", "2005-06-01"), 1000 * pick(1, 7, 1001))]
    whole = with_conversion(note, rate="9.5", price=None, fraction=pick("dropped", "up"))
    whole = dataclasses.replace(whole, reset=None, withdrawal=None, adjustment=None)
    first, further = Property("ANOTHER", "9.5"), Property("THIRD", pick("2.25", "0.3"))
    kinds = ((first,), (first, further))
    exchanges = [Exchange(shares_of="Another plc", property=each) for each in kinds]
    return tuple(Side(dataclasses.replace(whole, exchange=each), plain, convert) for each in exchanges)
