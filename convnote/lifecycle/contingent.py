"""Contingent conversion: quarter-ends, the price of the note, and the windows in which Notes convert (CNT-1…CNT-3).

The windows of quarters and of the note's price stand in the state; those of changes follow from the changes in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.in_force import last_of_window
from convnote.lifecycle.state import Change, State
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition
from convnote.lifecycle.windows import Window

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def windows(note: ConvertibleNote, state: State) -> Iterator[Window]:
    """Every conversion period known in this state, including the one from the free date (CNT-1…CNT-3).

    A note without contingent conversion has none: it converts on any day.
    """
    terms = note.contingent_conversion
    if terms is None:
        return
    yield from state.contingent.windows
    if terms.on_change:
        yield from (Window(each.occurred, _last_after(note, each), "CNT-3") for each in state.changes)
    if terms.free_day is not None:
        yield Window(terms.free_day, None, "CNT-1")


def _last_after(note: ConvertibleNote, change: Change) -> int | None:
    """Day number of the last day on which Notes convert after a change; None while its repurchase date is not known (CNT-3c)."""
    terms = note.contingent_conversion
    assert terms is not None
    if terms.change_days is not None:
        return int(change.occurred + terms.change_days)
    return None if change.repurchase is None else int(last_of_window(note, change.repurchase))


def opens(note: ConvertibleNote, state: State, day: Any) -> bool:
    """Whether Notes that are not called convert on day number `day` (CNT-1); arrays of days are judged by the simulation.

    >>> import convnote as cn
    >>> from convnote.calendars import day_number
    >>> note = cn.load("rcl-2021")
    >>> opens(note, State.opening(note), day_number("2004-03-31"))
    False
    """
    if note.contingent_conversion is None or isinstance(day, np.ndarray):
        return True
    return any(each.holds(day) for each in windows(note, state))


def opens_called(note: ConvertibleNote, state: State, day: Any) -> bool:
    """Whether called Notes convert on day number `day`, as far as contingent conversion is concerned (CNT-3)."""
    terms = note.contingent_conversion
    return terms is None or terms.on_call or opens(note, state, day)


def rules_of(note: ConvertibleNote, state: State, day: Any, called: bool) -> tuple[str, ...]:
    """The rules by which Notes convert on day number `day`; `called`: some of them are called."""
    terms = note.contingent_conversion
    if terms is None or isinstance(day, np.ndarray):
        return ()
    found = {each.rule for each in windows(note, state) if each.holds(day)}
    found |= {"CNT-3"} if called and terms.on_call and not found else set()
    return tuple(sorted(found))


def closed(note: ConvertibleNote, state: State, day: int) -> Objection:
    """Why Notes that are not called do not convert on day number `day`: what is required, and the count (CNT-1)."""
    terms = note.contingent_conversion
    assert terms is not None
    before = "" if terms.free_from is None else f"before {terms.free_from} "
    reason = f"{before}Notes convert {terms.in_words}"
    tested = state.contingent.tested
    if terms.quarter is not None and tested is None:
        reason += "; no quarter-end has been tested yet"
    elif tested is not None:
        reason += f"; on {to_date(tested.end)}, {tested.held} of {tested.closes} closes satisfied it"
    if terms.trading_price is not None:
        seen = state.contingent
        days = f"was low on {seen.below} of {terms.trading_price.days} days" if seen.observed is not None else "is not observed"
        reason += f"; the price of the note {days} (CNT-2)"
    return Objection("CNT-1", f"{reason}; {to_date(day)} is outside every conversion period")


# --- what the market shows


def look(note: ConvertibleNote, state: State, event: ev.QuarterEnd, seen: Seen) -> Transition:
    """The condition is tested on a quarter-end: if it is met, Notes convert in the next quarter (CNT-1)."""
    terms = note.contingent_conversion
    assert terms is not None and terms.at_quarter_end is not None
    before = state.contingent
    if any(each.last is None for each in before.windows):  # open for ever
        return Transition(state)
    standing = seen.standing(terms.at_quarter_end)
    assert standing is not None
    after = before._replace(tested=standing)
    if standing.met:
        first, last = terms.window(event.day)
        after = after.opened(Window(first, last, "CNT-1"), event.day)
    return Transition(state.changed(contingent=after))


def look_at_price(note: ConvertibleNote, state: State, event: ev.NotePriceSeen, seen: Seen) -> Transition:
    """The price of the note is compared with its conversion value; after enough days below, Notes convert (CNT-2)."""
    terms, priced = note.contingent_conversion, seen.note_price
    assert terms is not None and terms.trading_price is not None
    if priced is None:
        return Transition(state)
    before, test = state.contingent, terms.trading_price
    in_a_row = before.observed == note.principal.sessions.before(event.day)
    below = (before.below if in_a_row else 0) + 1 if test.is_below(*priced) else 0
    after = before._replace(observed=event.day, below=below)
    if below >= test.days:
        first, last = terms.window_of_price(event.day)
        after = after.opened(Window(first, last, "CNT-2"), event.day)
    return Transition(state.changed(contingent=after))


def begin(note: ConvertibleNote, state: State, event: ev.ConversionOpens, seen: Seen) -> Transition:
    """Conversion opens, unless it was open the day before (CNT-1…CNT-3)."""
    if not opens(note, state, event.day) or opens(note, state, event.day - 1):
        return Transition(state)
    found = [each for each in windows(note, state) if each.holds(event.day)]
    lasts = [each.last for each in found]
    last = None if None in lasts else max(each for each in lasts if each is not None)
    first = found[0]
    terms, of_quarter = note.contingent_conversion, first.rule == "CNT-1" and first in state.contingent.windows
    assert terms is not None
    told = facts.ConversionOpens(
        last=last,
        standing=state.contingent.tested if of_quarter else None,
        price=first.rule == "CNT-2",
        changed=event.day if first.rule == "CNT-3" else None,
    )
    rules = tuple(sorted({each.rule for each in found})) + ("CNT-3c",) * (first.rule == "CNT-3" and terms.change_days is None)
    return Transition(state, (Flow("conversion-opens", event.day, event.day, rules, facts=told),))


def end(note: ConvertibleNote, state: State, event: ev.ConversionCloses, seen: Seen) -> Transition:
    """The last day of a window, unless conversion is open the day after too (CNT-1…CNT-3)."""
    if not opens(note, state, event.day) or opens(note, state, event.day + 1):
        return Transition(state)
    rules = tuple(sorted({each.rule for each in windows(note, state) if each.last == event.day}))
    terms, conversion = note.contingent_conversion, note.conversion
    assert terms is not None and conversion is not None
    if event.day == conversion.last_day:  # the right to convert ends with its last window
        told, rules = facts.ConversionCloses(None, ends=True), (*rules, *("END-1",) * (conversion.until is not None))
    else:
        told = facts.ConversionCloses(next((day for day in terms.looks if day > event.day), None))
    return Transition(state, (Flow("conversion-closes", event.day, event.day, rules, facts=told),))


def scheduled(note: ConvertibleNote, state: State) -> Iterator[ev.Event]:
    """The quarter-ends, and the first and last days of the windows known in a state."""
    terms = note.contingent_conversion
    if terms is not None and note.conversion is not None:
        yield from map(ev.QuarterEnd.at, terms.looks)
        yield from bounds(note, state)


def bounds(note: ConvertibleNote, state: State) -> Iterator[ev.Event]:
    """The first and last days of the windows known in a state, of a note that converts."""
    conversion = note.conversion
    assert conversion is not None
    for each in windows(note, state):
        if each.first <= conversion.last_day:
            yield ev.ConversionOpens.at(each.first)
        if each.last is not None and each.last <= conversion.last_day:
            yield ev.ConversionCloses.at(each.last)


def priced(note: ConvertibleNote, state: State, quoted: Any, close: Any) -> tuple[Any, Any]:
    """The note's price and its conversion value per denomination, exact, from its quoted price and the close of the share."""
    unit = fraction(note.denomination)
    value = (state.scale.shares * close + state.scale.cash) * unit / state.price
    return fraction(quoted) * unit / fraction(note.principal.quoted_per), value
