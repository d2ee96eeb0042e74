"""Boundaries of calls found in other papers: a condition on closes, days, calls in whole only, and clean-up calls."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.arithmetic import fraction
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import CleanUp, Condition
from convnote.testing.edges import boundary, day_of, edge_of, some_bank_day, trading_day
from convnote.testing.spells import SpelledHistory, spelled
from convnote.testing.stories import TICK, Pick


def with_call(note: ConvertibleNote, **settings: Any) -> ConvertibleNote:
    """The bundled note without resets and withdrawal, with these settings of its call."""
    assert note.redemption is not None
    return dataclasses.replace(note, reset=None, withdrawal=None, redemption=dataclasses.replace(note.redemption, **settings))


def a_condition(**parts: Any) -> Condition:
    """20 of the 30 closes to the day before the notice above 130% of the price in force, except for the parts given."""
    usual = {"days": 20, "period": 30, "multiple": "1.3", "of": "in-force", "strict": True, "ends": "day-before-notice"}
    return Condition(**{**usual, **parts})


def level(note: ConvertibleNote) -> Fraction:
    """130% of the initial price, exact."""
    assert note.conversion is not None
    return fraction(note.conversion.price) * Fraction("1.3")


def _closes(note: ConvertibleNote, last: int, count: int, pick: Pick, *, strict: bool) -> SpelledHistory:
    """`count` closes that just meet the condition, the last on trading day `last`; all others of the period just miss it."""
    sessions, at = note.principal.sessions, level(note)
    period = sessions.between(sessions.before(last, 29), last)
    over = set(period[-count:]) if pick(True, False) else {*period[: count - 1], last}
    yes, no = (at + TICK, at) if strict else (at, at - TICK)
    return spelled(note, {day: yes if day in over else no for day in period}, 100)


@boundary("SFT-1", added=True)
def _twenty_of_thirty(note: ConvertibleNote, pick: Pick) -> Any:
    """The twentieth qualifying close is that of the day before the notice, or that of the notice day, which is too late."""
    strict = pick(True, False)
    terms = with_call(note, condition=a_condition(strict=strict))
    met = trading_day(terms, pick, "2003-04-01", "2009-06-01")
    after = terms.principal.sessions.after(met)
    allowed, forbidden = (ev.RedemptionNotice(day_of(day), day_of(day + 40)) for day in (after, met))
    return edge_of([], allowed, forbidden, note=terms, history=_closes(terms, met, 20, pick, strict=strict))


@boundary("SFT-1", added=True)
def _to_the_day_of_the_notice(note: ConvertibleNote, pick: Pick) -> Any:
    """If the period ends on the notice day, that day's close counts."""
    terms = with_call(note, condition=a_condition(ends="notice", days=pick(20, 30)))
    assert terms.redemption is not None and terms.redemption.condition is not None
    met, count = trading_day(terms, pick, "2003-04-01", "2009-06-01"), terms.redemption.condition.days
    before = terms.principal.sessions.before(met)
    allowed, forbidden = (ev.RedemptionNotice(day_of(day), day_of(day + 40)) for day in (met, before))
    return edge_of([], allowed, forbidden, note=terms, history=_closes(terms, met, count, pick, strict=True))


@boundary("SFT-1", added=True)
def _level_moves(note: ConvertibleNote, pick: Pick) -> Any:
    """After a split the level is per new share, whether set by the price in force, the initial price or a printed figure."""
    figure = {"multiple": None, "figure": level(note), "of": "figure"}
    terms = with_call(note, condition=a_condition(**pick(figure, {"of": "in-force"}, {"of": "initial"})))
    split = trading_day(terms, pick, "2003-05-01", "2009-03-01")
    notice = ev.RedemptionNotice(day_of(split + 60), day_of(split + 100))
    history = SpelledHistory(terms, [("1999-11-01", 100), (day_of(split), level(terms) / 2 + TICK)])
    return edge_of([ev.Split(day_of(split), 2, 1)], notice, notice, note=terms, history=history, leading=())


@boundary("SFT-1", added=True)
def _until_a_day(note: ConvertibleNote, pick: Pick) -> Any:
    """A redemption on that day is free of the condition; one on the day before must meet it."""
    until = some_bank_day(note, pick, "2004-01-02", "2009-06-01")
    terms = with_call(note, condition=a_condition(), until=day_of(until))
    on = until - pick(31, 45, 59)
    allowed, forbidden = (ev.RedemptionNotice(day_of(on), day_of(day)) for day in (until, until - 1))
    return edge_of([], allowed, forbidden, note=terms)


@boundary("SFT-2", added=True)
def _last_redemption_date(note: ConvertibleNote, pick: Pick) -> Any:
    last = some_bank_day(note, pick, "2003-06-02", "2010-01-04")
    terms = with_call(note, last=day_of(last))
    on = last - pick(31, 45, 59)
    allowed, forbidden = (ev.RedemptionNotice(day_of(on), day_of(day)) for day in (last, last + 1))
    return edge_of([], allowed, forbidden, note=terms)


@boundary("SFT-2", added=True)
def _all_or_none(note: ConvertibleNote, pick: Pick) -> Any:
    terms, on = with_call(note, whole_only=True), some_bank_day(note, pick, "2003-02-20", "2009-06-01")
    allowed, forbidden = (ev.RedemptionNotice(day_of(on), day_of(on + 40), part) for part in (None, 1000 * pick(1, 400)))
    return edge_of([], allowed, forbidden, note=terms)


@boundary("CCP-1", added=True)
def _little_is_left(note: ConvertibleNote, pick: Pick) -> Any:
    """At the limit, or below it if it is strict, all Notes may be called; with one Note more outstanding, none."""
    strict, share = pick(True, False), pick("0.15", "0.1", "0.2")
    terms = dataclasses.replace(note, redemption=None, reset=None, withdrawal=None, clean_up=CleanUp(share=share, strict=strict))
    limit = fraction(share) * fraction(note.issue_size)
    most = limit - 1000 if strict else limit
    on = some_bank_day(note, pick, "2000-06-01", "2009-06-01")
    enough, short = (ev.Convert("2000-03-01", fraction(note.issue_size) - left) for left in (most, most + 1000))
    notice = ev.RedemptionNotice(day_of(on), day_of(on + 40))
    return edge_of([enough], notice, notice, note=terms, leading=(short,))


@boundary("CCP-1", added=True)
def _all_that_is_left(note: ConvertibleNote, pick: Pick) -> Any:
    terms = dataclasses.replace(note, redemption=None, reset=None, withdrawal=None, clean_up=CleanUp(amount=Decimal(100_000_000)))
    on = some_bank_day(note, pick, "2000-06-01", "2009-06-01")
    gone = ev.Convert("2000-03-01", fraction(note.issue_size) - 90_000_000)
    allowed, forbidden = (ev.RedemptionNotice(day_of(on), day_of(on + 40), part) for part in (None, 1000 * pick(1, 400)))
    return edge_of([gone], allowed, forbidden, note=terms)
