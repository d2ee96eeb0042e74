"""Turns of calls found in other papers: the last redemption date with a make-whole, the Notes that get it, and the price."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import CleanUp, Redemption
from convnote.testing.boundaries_calls import with_call
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Side, day_of, turn_of, units_of


@turn_of("SFT-3", added=True)
def _made_whole_until(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """A redemption on the day before pays the make-whole; one on the day itself does not."""
    until = day_of("2003-05-05") + pick(range(300))
    terms = with_call(note, make_whole_amount=pick("300", "212.60"), make_whole_until=to_date(until))
    on = until - pick(31, 45, 59)
    return tuple(
        Side(terms, plain, [ev.RedemptionNotice(to_date(on), to_date(day))], to_date(until + 5)) for day in (until - 1, until)
    )


@turn_of("SFT-3", added=True)
def _converted_before_or_after(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Notes converted on or after the day of the notice get the make-whole; those converted before do not."""
    terms, units = with_call(note, make_whole_amount="300"), units_of(pick)
    on = note.principal.banks.on_or_after(day_of("2003-05-05") + pick(range(200)))
    before, call = note.principal.banks.before(on), ev.RedemptionNotice(to_date(on), to_date(on + 40))
    return tuple(Side(terms, plain, [call, ev.Convert(to_date(day), units)], to_date(on + 50)) for day in (before, on))


@turn_of("SFT-3", added=True)
def _interest_paid_before_the_notice(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Interest paid on the day of the notice is not deducted; interest paid on the day after is."""
    terms, due = with_call(note, make_whole_amount=pick("300", "500")), day_of(f"{pick(2004, 2006, 2007)}-02-16")
    moves = note.principal.payment_day(due)
    lives = [[ev.RedemptionNotice(to_date(day), to_date(day + 40))] for day in (moves, moves + 1)]
    return tuple(Side(terms, plain, life, to_date(moves + 60)) for life in lives)


@turn_of("CCP-1", added=True)
def _at_which_price(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """Before the first redemption date remaining Notes are paid at par; from that date on, at the redemption price."""
    first = day_of("2003-02-20")
    call = Redemption(prices=((to_date(first), Decimal(pick("1.04", "1.01"))),))
    terms = dataclasses.replace(with_call(note), redemption=call, clean_up=CleanUp(share=Decimal("0.2")))
    gone = ev.Convert("2000-03-01", fraction(note.issue_size) - 1000 * pick(1, 5000))
    on = first - pick(31, 45, 59)
    return tuple(
        Side(terms, plain, [gone, ev.RedemptionNotice(to_date(on), to_date(day))], to_date(first + 9))
        for day in (first - 1, first)
    )
