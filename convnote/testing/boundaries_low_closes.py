"""Boundaries of puts and revisions after low closes: the count, the level, the day, the year, the floor."""

from __future__ import annotations

import dataclasses
from datetime import date
from fractions import Fraction
from typing import Any

from convnote.arithmetic import fraction
from convnote.lifecycle import Revision
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import Condition, ConditionalPut
from convnote.provisions import Revision as RevisionTerms
from convnote.testing.edges import boundary, day_of, edge_of, trading_day
from convnote.testing.spells import SpelledHistory, spelled
from convnote.testing.stories import TICK, Pick


def low(days: int, period: int, multiple: str, *, strict: bool = True, ends: str = "notice") -> Condition:
    """`days` of `period` closes below a multiple of the price in force."""
    return Condition(days=days, period=period, multiple=multiple, of="in-force", strict=strict, below=True, ends=ends)  # type: ignore[arg-type]


def with_low_closes(note: ConvertibleNote, *, strict: bool = True, **settings: Any) -> ConvertibleNote:
    """The bundled note without resets and withdrawal: a put after 30 closes below 70%, a revision after 15 below 85%."""
    put = ConditionalPut(**{"from_date": "2003-02-17", "condition": low(30, 30, "0.7", strict=strict), **settings})
    revision = RevisionTerms(condition=low(15, 30, "0.85", strict=strict), floor="higher of 20 and 1")  # type: ignore[arg-type]
    return dataclasses.replace(note, reset=None, withdrawal=None, revision=revision, conditional_put=put)


def level(note: ConvertibleNote, multiple: str) -> Fraction:
    """A multiple of the initial price, exact."""
    assert note.conversion is not None
    return fraction(note.conversion.price) * Fraction(multiple)


def lows(note: ConvertibleNote, last: int, count: int, multiple: str, *, strict: bool) -> SpelledHistory:
    """`count` closes that just count as low, the last on trading day `last`; all others of its 40 days just do not."""
    sessions, at = note.principal.sessions, level(note, multiple)
    period = sessions.between(sessions.before(last, 39), sessions.after(last, 3))
    end = list(period).index(last)
    yes, no = (at - TICK, at) if strict else (at, at + TICK)
    return spelled(note, {day: yes if end - count < place <= end else no for place, day in enumerate(period)}, 100)


@boundary("CPT-1", added=True)
def _thirty_in_a_row(note: ConvertibleNote, pick: Pick) -> Any:
    """The thirtieth low close is that of the election day, or the twenty-ninth is; a close at the level may count."""
    strict = pick(True, False)
    terms = with_low_closes(note, strict=strict)
    last = trading_day(terms, pick, "2003-05-01", "2009-06-01")
    principal, before = 1000 * pick(1, 7), terms.principal.sessions.before(last)
    allowed, forbidden = (ev.PutElection(day_of(day), principal) for day in (last, before))
    return edge_of([], allowed, forbidden, note=terms, history=lows(terms, last, 30, "0.7", strict=strict))


@boundary("CPT-1", added=True)
def _level_of_a_put_moves(note: ConvertibleNote, pick: Pick) -> Any:
    """After a split the level is per new share."""
    terms = with_low_closes(note)
    split = trading_day(terms, pick, "2003-05-01", "2009-03-01")
    election = ev.PutElection(day_of(int(terms.principal.sessions.after(split, pick(30, 40)))), 1000)
    history = SpelledHistory(terms, [("1999-11-01", 100), (day_of(split), level(terms, "0.7") / 2)])
    once = ev.Split(day_of(split), 199, 100)  # 70% of the price is then above half of what it was
    return edge_of([once], election, election, note=terms, history=history, leading=(ev.Split(day_of(split), 2, 1),))


@boundary("CPT-1", added=True)
def _from_a_day(note: ConvertibleNote, pick: Pick) -> Any:
    first = trading_day(note, pick, "2003-02-20", "2009-06-01")
    terms = with_low_closes(note, from_date=day_of(first))
    allowed, forbidden = (ev.PutElection(day_of(day), 1000) for day in (first, first - 1))
    return edge_of([], allowed, forbidden, note=terms, history=SpelledHistory(terms, [("1999-11-01", 50)]))


@boundary("CPT-1", added=True)
def _once_a_year(note: ConvertibleNote, pick: Pick) -> Any:
    """The year of the first election ends with the day before the next anniversary of the issue date."""
    terms, year = with_low_closes(note, once_a_year=True), pick(2004, 2006, 2008)
    first = ev.PutElection(day_of(trading_day(terms, pick, f"{year}-02-16", f"{year}-12-01")), 1000)
    allowed, forbidden = (ev.PutElection(date(year + 1, 2, day), 1000 * pick(1, 5)) for day in (16, 15))
    return edge_of([first], allowed, forbidden, note=terms, history=SpelledHistory(terms, [("1999-11-01", 50)]))


@boundary("CPT-1", added=True)
def _paid_before_maturity(note: ConvertibleNote, pick: Pick) -> Any:
    """What falls due on the maturity date is paid as principal."""
    count = pick(5, 1, 10)
    terms = with_low_closes(note, pays_after=count)
    last = int(terms.principal.banks.before(terms.principal.maturity_day, count + 1))
    allowed, forbidden = (ev.PutElection(day_of(day), 1000) for day in (last, terms.principal.banks.after(last)))
    return edge_of([], allowed, forbidden, note=terms, history=SpelledHistory(terms, [("1999-11-01", 50)]))


@boundary("DWN-1", added=True)
def _fifteen_of_thirty(note: ConvertibleNote, pick: Pick) -> Any:
    """The fifteenth low close is that of the day of the revision, or the fourteenth is."""
    strict = pick(True, False)
    terms = with_low_closes(note, strict=strict)
    last = trading_day(terms, pick, "2000-06-01", "2009-06-01")
    allowed, forbidden = (Revision(day_of(day), level(terms, "0.95")) for day in (last, terms.principal.sessions.before(last)))
    return edge_of([], allowed, forbidden, note=terms, history=lows(terms, last, 15, "0.85", strict=strict))


@boundary("DWN-1", added=True)
def _at_the_floor(note: ConvertibleNote, pick: Pick) -> Any:
    """The higher of two averages, of 20 closes and of one, is allowed; 0.001 less is not."""
    terms = with_low_closes(note)
    last, first, second = trading_day(terms, pick, "2000-06-01", "2009-06-01"), pick(60, 80), pick(70, 50)
    sessions = terms.principal.sessions
    history = SpelledHistory(terms, [("1999-11-01", first), (day_of(sessions.before(last, pick(1, 8, 25))), second)])
    closes = [history.exact_close(day) for day in sessions.between(sessions.before(last, 20), sessions.before(last))]
    lowest = max(sum(closes) / 20, closes[-1])
    return edge_of([], Revision(day_of(last), lowest), Revision(day_of(last), lowest - TICK), note=terms, history=history)


@boundary("DWN-1", added=True)
def _below_the_price_in_force(note: ConvertibleNote, pick: Pick) -> Any:
    """A revision lowers the price, at first the initial one and then the one it was lowered to."""
    terms, on = with_low_closes(note), trading_day(note, pick, "2000-06-01", "2009-06-01")
    assert terms.conversion is not None
    history = SpelledHistory(terms, [("1999-11-01", pick(50, 40))])
    before = pick([], [Revision(day_of(on - 20), 90)])
    price = Fraction(90) if before else fraction(terms.conversion.price)
    allowed, forbidden = (Revision(day_of(on), each) for each in (price - TICK, price))
    return edge_of(before, allowed, forbidden, note=terms, history=history)
