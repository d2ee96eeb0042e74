"""Open rights: rights of holders or the Company without a decision on record; reported, never decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.errors import MarketError
from convnote.lifecycle import State, Status, contingent
from convnote.lifecycle import events as ev
from convnote.lifecycle.in_force import (
    conversion_price,
    depends_on_reason,
    last_conversion_day,
    last_of_window,
    price_on,
)
from convnote.replays.sentences import number

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote
    from convnote.replays.observations import Observations


def open_rights(state: State, event: ev.Event, observations: Observations) -> Iterator[tuple[str, str]]:
    """(rule id, words) for each right that ends with this event, was worth using and has no decision on record."""
    match event:
        case ev.TriggerMet() if state.status is Status.OUTSTANDING:
            yield "WDR-1", "the Company could withdraw conversion rights; no notice is on record"
        case ev.RepurchaseDue():
            undecided = sum(position.outstanding for position in state.positions.values() if not position.elected)
            if undecided and not state.status.is_final:
                yield "FCH-1", f"holders of {number(undecided)} could require repurchase; no election is on record"
            if not state.status.is_final and state.convertible:
                yield from _worth_converting_on_change(state, event, observations)
        case ev.PutDue():
            undecided = sum(position.outstanding for position in state.positions.values() if not position.put)
            if undecided and not state.status.is_final:
                yield "PUT-1", f"holders of {number(undecided)} could put; no election is on record"
        case ev.Maturity() | ev.RedemptionDue() if state.convertible and _in_window(state, event, observations):
            yield from _worth_converting(state, event, observations)


def _in_window(state: State, event: ev.Maturity | ev.RedemptionDue, observations: Observations) -> bool:
    """Whether contingent conversion was open on the last day on which Notes could have converted (CNT-1, CNT-3)."""
    note = observations.note
    if note.conversion is None or isinstance(event, ev.Maturity):
        return note.conversion is None or contingent.opens(note, state, note.conversion.last_day)
    return contingent.opens_called(note, state, last_conversion_day(note, event.day))


def _worth_converting(state: State, event: ev.Event, observations: Observations) -> Iterator[tuple[str, str]]:
    try:
        conversion = observations.note.conversion
        last = event.day - 1 if conversion is None else min(event.day - 1, conversion.last_day)
        day = observations.last_sessions(1, last, state)[0]
        exchanged = observations.exchanged(day)
    except MarketError:  # no rule needs that close or exchange rate, so nothing is reported
        return
    value = observations.value_of_unit(state, day)
    price = conversion_price(observations.note, state)
    if isinstance(event, ev.RedemptionDue) and depends_on_reason(observations.note, state):
        call = next((number for number, each in enumerate(state.calls) if each.redemption == event.day), None)
        price = price_on(observations.note, state, last_conversion_day(observations.note, event.day), call)
    if value * exchanged > price:
        what = "maturity" if isinstance(event, ev.Maturity) else "redemption"
        worth = f"a share was worth {number(value)} on {to_date(day)}, the conversion price is {number(price)}"
        if exchanged != 1:
            worth += f" at the fixed exchange rate, {number(exchanged)} times the market's"
        yield "CNV-1", f"conversion before {what} would have been worth more than par ({worth}); no conversion is on record"


def _worth_converting_on_change(state: State, event: ev.RepurchaseDue, observations: Observations) -> Iterator[tuple[str, str]]:
    """(rule id, words) if converting with additional shares, within the window, was worth more than repurchase (MWT-1)."""
    note, last = observations.note, last_of_window(observations.note, event.day)
    if not any(each.printed and each.repurchase == event.day for each in state.changes) or note.fundamental_change is None:
        return
    try:
        day = observations.last_sessions(1, last, state)[0]
    except MarketError:
        return
    price, repurchase = price_on(note, state, last), fraction(note.fundamental_change.amount(to_date(event.day)))
    value = observations.value_of_unit(state, day) * fraction(note.denomination) / price
    if value > repurchase:
        more = f"{number(value)} per {number(note.denomination)} on {to_date(day)}, against {number(repurchase)}"
        yield (
            "MWT-1",
            f"conversion with additional shares by {to_date(last)} would have been worth more ({more}); none is on record",
        )


def overdue_notices(note: ConvertibleNote, state: State, day: int) -> Iterator[tuple[str, str]]:
    """(rule id, words) for each fundamental change whose notice became overdue the day before day number `day` (FCH-2c)."""
    terms = note.fundamental_change
    for change in state.changes if terms and not state.status.is_final else ():
        assert terms is not None
        deadline = terms.notice_deadline(change.occurred)
        if change.notice is None and not change.waived and deadline == day - 1:
            occurred = to_date(change.occurred)
            yield (
                "FCH-2",
                (
                    f"the Company's notice of the fundamental change of {occurred} was due on {to_date(deadline)}; holders of "
                    f"{number(state.positions.outstanding)} may require repurchase once it is given, and none is on record"
                ),
            )
