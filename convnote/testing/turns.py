"""Turns: for each rule that computes rather than forbids, two allowed lives on either side of a change in its result.

They differ by a day, by 0.001 in a close or by one term: the payments differ, and the rule responsible is known.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.edges import ADDED, bundled
from convnote.testing.spells import SpelledHistory, spelled
from convnote.testing.stories import TICK, Pick


class Side(NamedTuple):
    """One life: a note, a market, events, and the day to which it is replayed (None: to its end)."""

    note: ConvertibleNote
    history: SpelledHistory
    events: Sequence[ev.Event]
    until: date | None = None


@dataclass(frozen=True)
class Turn:
    """Two lives on either side of a change in the result of `rule`."""

    rule: str
    one: Side
    other: Side


Maker = Callable[[Pick], Turn]
#: (rule, maker) of every turn.
TURNS: list[tuple[str, Maker]] = []


def turn_of(rule: str, *, added: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Register a function of note, plain market and pick that gives two sides, each a list of events or a whole `Side`."""

    def register(make: Callable[..., Any]) -> Any:
        def turn(pick: Pick) -> Turn:
            note = bundled()
            plain = SpelledHistory(note, [("1999-11-01", pick(100, Fraction("17.53"), Fraction("150.001")))])
            sides = make(note, plain, pick)
            one, other = (side if isinstance(side, Side) else Side(note, plain, side) for side in sides)
            return Turn(rule, one, other)

        TURNS.append((rule, turn))
        if added:
            ADDED.add(turn)
        return make

    return register


def day_of(on: str) -> int:
    return int(day_number(on))


def units_of(pick: Pick) -> int:
    return 1000 * int(pick(1, 7, 1001, 230_000))


def february(pick: Pick, day: int, first: int = 2001) -> int:
    return int(day_number(date(first + int(pick(range(2010 - first))), 2, day)))


# --- interest -----------------------------------------------------------------------------------------------


@turn_of("INT-1")
def _due(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due = february(pick, 16)
    return Side(note, plain, [], to_date(due - 1)), Side(note, plain, [], to_date(due))


@turn_of("INT-2")
def _leap_year(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    left = fraction(note.issue_size) - units_of(pick)
    gone = [ev.Convert("2000-03-01", left)]
    return Side(note, plain, gone, date(2001, 2, 16)), Side(note, plain, gone, date(2002, 2, 16))


@turn_of("INT-3")
def _record(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    day, units = day_of(pick("2001-02-01", "2005-02-01", "2006-02-01", "2007-02-01", "2008-01-31")), units_of(pick)
    other = day + 1 if to_date(day).day == 1 else day + 4
    return [ev.Convert(to_date(day), units)], [ev.Convert(to_date(other), units)]


@turn_of("INT-4")
def _restarts(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due = february(pick, 16, 2003 + 1)
    notice = to_date(due - pick(30, 45))
    return [ev.RedemptionNotice(notice, to_date(due))], [ev.RedemptionNotice(notice, to_date(due + 1))]


@turn_of("INT-4")
def _runs_on(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due = february(pick, 16)
    change: list[ev.Event] = [ev.FundamentalChange(to_date(due + 5)), ev.FundamentalChangeNotice(to_date(due + 10))]
    change.append(ev.RepurchaseElection(to_date(due + 20), units_of(pick)))
    return change, [ev.MissedPayment(to_date(due)), *change]


@turn_of("INT-6")
def _moved(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    gone = [ev.Convert("2000-03-01", units_of(pick))]
    return Side(note, plain, gone, date(2001, 2, 16)), Side(note, plain, gone, date(2002, 2, 19))


@turn_of("INT-7")
def _rounded_once(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    size = fraction(note.issue_size)
    units = 1000 * pick(3, 7, 690)
    lives = [[ev.Convert("2000-03-01", size - left)] for left in (1000, units)]
    return tuple(Side(note, plain, life, date(2001, 2, 16)) for life in lives)


@turn_of("INT-9")
def _until_paid(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    late = note.principal.maturity_day + pick(1, 30, 200)
    gone = [ev.Convert("2000-03-01", units_of(pick))]
    return gone, [*gone, ev.MissedPayment("2010-02-16", "principal"), ev.Cure(to_date(late), "principal")]


@turn_of("INT-9")
def _redemption_unpaid(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    day = day_of("2004-05-04") + pick(range(600))
    called = [ev.RedemptionNotice(to_date(day - 40), to_date(day), units_of(pick))]
    return called, [*called, ev.MissedPayment(to_date(day), "redemption"), ev.Cure(to_date(day + pick(1, 40)), "redemption")]


@turn_of("PRN-1")
def _par(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    gone = [ev.Convert("2000-03-01", units_of(pick))]
    return Side(note, plain, gone, date(2010, 2, 15)), Side(note, plain, gone, date(2010, 2, 16))


# --- conversion ---------------------------------------------------------------------------------------------


@turn_of("CNV-3")
def _at_the_new_price(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    market = SpelledHistory(note, [("1999-11-01", pick(90, 18, 95))])
    units = units_of(pick)
    days = pick(("2001-02-15", "2001-02-16"), ("2000-12-29", "2001-02-16"))
    return tuple(Side(note, market, [ev.Convert(day, units)]) for day in days)


@turn_of("CNV-4")
def _whole(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    whole = 104_947_000 * pick(1, 2, 5)
    day = to_date(day_of("2000-03-01") + pick(range(300)))
    return [ev.Convert(day, whole)], [ev.Convert(day, whole + pick(1000, -1000))]


@turn_of("CNV-4")
def _close_before(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    days = note.principal.sessions.between(day_of("2000-03-01"), day_of("2009-12-31"))
    place, units = pick(range(len(days) - 1)), units_of(pick)
    market = SpelledHistory(note, [("1999-11-01", 90), (to_date(days[place]), pick(30, 99))])
    return tuple(Side(note, market, [ev.Convert(to_date(days[place + shift]), units)]) for shift in (0, 1))


@turn_of("CNV-4")
def _added_up(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    days = note.principal.banks.between(day_of("2000-03-01"), day_of("2009-12-31"))
    place = pick(range(len(days) - 1))
    units = units_of(pick)
    first, second = to_date(days[place]), to_date(days[place + 1])
    return [ev.Convert(first, units), ev.Convert(first, units)], [ev.Convert(first, units), ev.Convert(second, units)]


@turn_of("CNV-5")
def _paid_in(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    first = day_of(pick("2001-02-01", "2005-02-01", "2006-02-01", "2007-02-01"))
    units = units_of(pick)
    return [ev.Convert(to_date(first), units)], [ev.Convert(to_date(first + 1), units)]


@turn_of("CNV-5")
def _end_of_window(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    due, units = february(pick, 16), units_of(pick)
    before = note.principal.banks.before(due)
    return [ev.Convert(to_date(before), units)], [ev.Convert(to_date(before + 1), units)]


@turn_of("CNV-5")
def _called_in_the_window(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    record, units = february(pick, 1, 2003), units_of(pick)
    redemption = record + pick(31, 40, 59)
    part = pick(None, units)
    convert = ev.Convert(to_date(record + pick(3, 9, 10)), 2 * units if part and pick(True, False) else units)
    return tuple([ev.RedemptionNotice(to_date(record + shift), to_date(redemption), part), convert] for shift in (0, 1))


@turn_of("CNV-8")
def _closedday_of(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    days = note.principal.banks.between(day_of("2000-02-18"), day_of("2010-01-31"))
    gaps = [day for day, following in zip(days, days[1:], strict=False) if following > day + 1]
    day, units = gaps[pick(range(len(gaps)))], units_of(pick)
    return [ev.Convert(to_date(day), units)], [ev.Convert(to_date(day + 1), units)]


@turn_of("CNV-9")
def _the_rest(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    day = to_date(note.principal.banks.on_or_after(day_of("2003-03-03") + pick(range(2000))))
    size = fraction(note.issue_size)
    return [ev.Convert(day, size)], [ev.Convert(day, size - units_of(pick))]


@turn_of("CNV-10")
def _at_maturity(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    units = units_of(pick)
    return [ev.Convert("2010-02-12", units)], [ev.Convert("2010-02-16", units)]


# --- reset and adjustment -----------------------------------------------------------------------------------


def _averages(note: ConvertibleNote, day: str, closes: list[Fraction]) -> SpelledHistory:
    sessions = note.principal.sessions
    days = [sessions.before(day_of(day), count) for count in range(20, 0, -1)]
    return spelled(note, dict(zip(days, closes, strict=True)), 100)


@turn_of("RST-1")
def _resetday_of(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    market = SpelledHistory(note, [("1999-11-01", pick(90, 18))])
    day = pick("2001-02-16", "2002-02-16")
    return Side(note, market, [], to_date(day_of(day) - 1)), Side(note, market, [], to_date(day_of(day)))


@turn_of("RST-2")
def _floor_and_price(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    level, day = pick((Fraction("84.883"), "2001-02-16"), (Fraction("104.947"), "2001-02-16"), (Fraction("84.883"), "2002-02-16"))
    shift = TICK * pick(1, 2, 500)
    return tuple(Side(note, _averages(note, day, [level + step] * 20), [], date(2002, 3, 1)) for step in (shift, -shift))


@turn_of("RST-2")
def _window(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    """The first and the last of the 20 closes count; the close before them and that of the reset date do not."""
    sessions, day = note.principal.sessions, day_of(pick("2001-02-16", "2002-02-16"))
    edges = pick((sessions.before(day, 20), sessions.before(day, 21)), (sessions.before(day), sessions.on_or_after(day)))
    days, low = list(edges), pick(60, 70)
    return tuple(Side(note, spelled(note, {each: low}, 100), [], date(2002, 3, 1)) for each in days)


@turn_of("RST-3")
def _tie(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    level, day = Fraction(pick(90, 88, 99)), pick("2001-02-16", "2002-02-16")
    tie = [level + TICK * (place % 2) for place in range(20)]
    below = [*tie[:-1], level]
    return tuple(Side(note, _averages(note, day, closes), [], date(2002, 3, 1)) for closes in (below, tie))


@turn_of("RST-4")
def _floor_moves(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    market = SpelledHistory(note, [("1999-11-01", 90), ("2000-09-05", pick(30, 45, 43))])
    convert = [ev.Convert("2001-03-01", units_of(pick))]
    split = ev.Split("2000-09-05", 2, 1)
    return Side(note, market, convert, date(2002, 3, 1)), Side(note, market, [split, *convert], date(2002, 3, 1))


@turn_of("RST-4")
def _split_in_the_window(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    market = SpelledHistory(note, [("1999-11-01", 92), ("2001-02-02", 46)])
    return tuple(
        Side(note, market, [ev.Split(day, 2, 1)], date(2001, 3, 1)) for day in ("2001-02-02", pick("2001-02-16", "2001-02-20"))
    )


def _then_convert(pick: Pick, *before: ev.Event) -> list[ev.Event]:
    return [*before, ev.Convert("2004-06-01", units_of(pick))]


@turn_of("ADJ-7")
def _carried(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    units = ev.Convert("2004-06-01", units_of(pick))
    once, twice = ev.StockDividend("2003-05-01", 60, 10_000), ev.StockDividend("2003-09-02", 60, 10_000)
    return [once, units], [once, twice, units]


@turn_of("ADJ-7")
def _nothing_raises(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    units = ev.Convert("2004-06-01", units_of(pick))
    return [ev.TenderOffer("2003-05-01", 1000, 1000 * price, 10_000, 50) for price in (pick(49, 30),)] + [units], [
        ev.Split("2003-05-01", 1, 2),
        units,
    ]


@turn_of("ADJ-3")
def _rights(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    units = ev.Convert("2004-06-01", units_of(pick))
    return tuple([ev.RightsIssue("2003-05-01", 1000, 1000 * price, 10_000, 50), units] for price in (50, pick(40, 10)))


@turn_of("ADJ-4")
def _spun_off(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    units = ev.Convert("2004-06-01", units_of(pick))
    return tuple([ev.SpinOff("2003-05-01", value, 50), units] for value in (Fraction("49.99"), 50))


@turn_of("ADJ-5")
def _threshold(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    assert note.adjustment is not None
    note = dataclasses.replace(
        note, adjustment=dataclasses.replace(note.adjustment, dividend_threshold=Decimal(1), carry_below=Decimal(0))
    )
    units = ev.Convert("2004-06-01", units_of(pick))
    return tuple(Side(note, plain, [ev.CashDividend("2003-05-01", cash, 50), units]) for cash in (1, 1 + pick(TICK, 3)))


@turn_of("ADJ-6")
def _tendered(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    units = ev.Convert("2004-06-01", units_of(pick))
    return tuple([ev.TenderOffer("2003-05-01", 1000, 1000 * price, 10_000, 50), units] for price in (50, pick(60, 80)))


@turn_of("ADJ-8")
def _merged(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    units = ev.Convert("2004-06-01", units_of(pick))
    return tuple([ev.Merger("2003-05-01", *got), units] for got in ((Fraction(1, 2), 0), (pick(0, Fraction(1, 3)), 40)))


@turn_of("ADJ-9")
def _kept_exact(note: ConvertibleNote, plain: SpelledHistory, pick: Pick) -> Any:
    assert note.adjustment is not None
    rounded = dataclasses.replace(note, adjustment=dataclasses.replace(note.adjustment, rounding=Decimal("0.001")))
    events = [ev.Split("2003-05-01", 3, pick(1, 2)), ev.Convert("2004-06-01", 690_000_000)]
    return Side(note, plain, events), Side(rounded, plain, events)
