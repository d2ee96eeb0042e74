"""Boundaries: for each rule that forbids, the last event that is allowed and the first that is not, in a life that leads to both.

Exactly one rule is broken, and by one step: a day, a multiple, a close. All are lives of the bundled note (of one with a put
added, for the rules on puts), so that they can be checked against the paper.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.provisions import Put
from convnote.termsheet import load
from convnote.testing.spells import SpelledHistory, sessions_of, spelled
from convnote.testing.stories import TICK, Pick


@dataclass(frozen=True)
class Edge:
    """A boundary of `rule`: after `before`, `allowed` may happen and `forbidden` may not.

    `leading` comes before the forbidden event instead, where the boundary lies in what leads to it.
    """

    rule: str
    note: ConvertibleNote
    history: SpelledHistory
    before: tuple[ev.Event, ...]
    allowed: ev.Event
    forbidden: ev.Event
    leading: tuple[ev.Event, ...] | None = None

    @property
    def inside(self) -> list[ev.Event]:
        """The events of the life on the allowed side."""
        return [*self.before, self.allowed]

    @property
    def outside(self) -> list[ev.Event]:
        """The events of the life on the forbidden side; the last is refused."""
        return [*(self.before if self.leading is None else self.leading), self.forbidden]


Maker = Callable[[Pick], Edge]
#: (rule, maker) of every boundary; a rule may have several.
BOUNDARIES: list[tuple[str, Maker]] = []


def _note() -> ConvertibleNote:
    return load("amazon-peacs-2010")


def _boundary(rule: str) -> Callable[[Callable[[ConvertibleNote, Pick], Any]], Any]:
    """Register a function of note and pick that gives what `_edge` does, with a history or leading events where needed."""

    def register(make: Callable[[ConvertibleNote, Pick], Any]) -> Any:
        def edge(pick: Pick) -> Edge:
            note = _note()
            made = make(note, pick)
            note = made.pop("note", note)
            made.setdefault("history", SpelledHistory(note, [("1999-11-01", 100)]))
            return Edge(rule=rule, note=note, **made)

        BOUNDARIES.append((rule, edge))
        return make

    return register


def _edge(before: Any, allowed: ev.Event, forbidden: ev.Event, **more: Any) -> dict[str, Any]:
    return {"before": tuple(before), "allowed": allowed, "forbidden": forbidden, **more}


def _on(day: int) -> date:
    return to_date(day)


def _some_bank_day(note: ConvertibleNote, pick: Pick, first: str = "2000-02-16", last: str = "2010-02-16") -> int:
    days = note.principal.banks.between(int(day_number(first)), int(day_number(last)))
    return days[pick(range(len(days)))]


def _above(note: ConvertibleNote, last: int, pick: Pick, count: int = 20) -> SpelledHistory:
    """`count` closes above the trigger that end on the trading day `last`, all others of the period at it."""
    assert note.withdrawal is not None
    trigger = fraction(note.withdrawal.trigger)
    sessions = note.principal.sessions
    period = sessions.between(sessions.before(last, 29), last)
    over = set(period[-count:]) if pick(True, False) else set(period[: count - 1]) | {last}
    return spelled(note, {day: trigger + TICK if day in over else trigger for day in period}, 100)


def _trading_day(note: ConvertibleNote, pick: Pick, first: str, last: str) -> int:
    days = note.principal.sessions.between(int(day_number(first)), int(day_number(last)))
    return days[pick(range(len(days)))]


# --- conversion ---------------------------------------------------------------------------------------------


@_boundary("CNV-1")
def _multiple(note: ConvertibleNote, pick: Pick) -> Any:
    day, principal = _on(_some_bank_day(note, pick)), 1000 * pick(1, 3, 17)
    return _edge([], ev.Convert(day, principal), ev.Convert(day, principal + pick(1, 500, 999)))


@_boundary("CNV-1")
def _not_more_than_there_is(note: ConvertibleNote, pick: Pick) -> Any:
    day, gone = _on(_some_bank_day(note, pick, "2000-03-03")), 1000 * pick(1, 300)
    left = fraction(note.issue_size) - gone
    return _edge([ev.Convert("2000-03-01", gone)], ev.Convert(day, left), ev.Convert(day, left + 1000))


@_boundary("CNV-1")
def _from_issue(note: ConvertibleNote, pick: Pick) -> Any:
    return _edge([], ev.Convert("2000-02-16", 1000), ev.Convert("2000-02-15", 1000 * pick(1, 2)))


@_boundary("CNV-1")
def _to_maturity(note: ConvertibleNote, pick: Pick) -> Any:
    return _edge([], ev.Convert("2010-02-16", 1000), ev.Convert("2010-02-17", 1000 * pick(1, 2)))


@_boundary("CNV-2")
def _before_redemption(note: ConvertibleNote, pick: Pick) -> Any:
    redemption = _some_bank_day(note, pick, "2003-02-20", "2010-02-15")
    last = note.principal.banks.before(redemption)
    called = ev.RedemptionNotice(_on(redemption - pick(30, 60)), _on(redemption))
    return _edge([called], ev.Convert(_on(last), 1000), ev.Convert(_on(last + 1), 1000))


def _change(note: ConvertibleNote, pick: Pick) -> tuple[list[ev.Event], int, int]:
    """A change and its notice, the day number of the notice and of the repurchase date."""
    notice = int(day_number("2000-03-06")) + pick(range(3500))
    changed = [ev.FundamentalChange(_on(notice - pick(0, 10))), ev.FundamentalChangeNotice(_on(notice))]
    return changed, notice, notice + 30


@_boundary("CNV-6")
def _under_election(note: ConvertibleNote, pick: Pick) -> Any:
    before, notice, _ = _change(note, pick)
    free = 1000 * pick(1, 2)
    day = note.principal.banks.on_or_after(notice + pick(5, 12))
    before.append(ev.RepurchaseElection(_on(notice + 1), fraction(note.issue_size) - free))
    return _edge(before, ev.Convert(_on(day), free), ev.Convert(_on(day), free + 1000))


@_boundary("CNV-6")
def _election_taken_back(note: ConvertibleNote, pick: Pick) -> Any:
    before, notice, repurchase = _change(note, pick)
    last = note.principal.banks.before(repurchase)
    before.append(ev.RepurchaseElection(_on(notice + 1), 2000))
    back = 1000 * pick(1, 2)
    return _edge(before, ev.RepurchaseElectionWithdrawal(_on(last), back), ev.RepurchaseElectionWithdrawal(_on(last + 1), back))


@_boundary("CNV-7")
def _after_withdrawal(note: ConvertibleNote, pick: Pick) -> Any:
    met = _trading_day(note, pick, "2000-04-03", "2002-12-06")
    effective = met + pick(30, 31, 45, 60)
    last = note.principal.banks.before(effective)
    noticed = [ev.WithdrawalNotice(_on(met), _on(effective))]
    history = _above(note, met, pick)
    return _edge(noticed, ev.Convert(_on(last), 1000), ev.Convert(_on(last + 1), 1000), history=history)


# --- withdrawal ---------------------------------------------------------------------------------------------


@_boundary("WDR-1")
def _twenty_closes(note: ConvertibleNote, pick: Pick) -> Any:
    met = _trading_day(note, pick, "2000-04-03", "2002-12-20")
    lead = pick(30, 45, 59)
    allowed = ev.WithdrawalNotice(_on(met), _on(met + lead))
    day = note.principal.sessions.before(met)
    return _edge([], allowed, ev.WithdrawalNotice(_on(day), _on(day + lead)), history=_above(note, met, pick))


@_boundary("WDR-1")
def _closes_since_issue(note: ConvertibleNote, pick: Pick) -> Any:
    """Closes before the issue do not count, so the twentieth day of the life is the first possible."""
    days = note.principal.sessions.between(note.principal.issue_day, note.principal.issue_day + 60)
    history = SpelledHistory(note, [("1999-11-01", fraction("167.916"))])
    met, lead = days[19], pick(30, 60)
    allowed = ev.WithdrawalNotice(_on(met), _on(met + lead))
    return _edge([], allowed, ev.WithdrawalNotice(_on(days[18]), _on(days[18] + lead)), history=history)


@_boundary("WDR-1")
def _trigger_of_the_initial_price(note: ConvertibleNote, pick: Pick) -> Any:
    """A reset has lowered the price since, and does not move the trigger."""
    met, lead = _trading_day(note, pick, "2001-04-02", "2002-12-20"), pick(30, 45, 59)
    day = note.principal.sessions.before(met)
    allowed, forbidden = (ev.WithdrawalNotice(_on(each), _on(each + lead)) for each in (met, day))
    return _edge([], allowed, forbidden, history=_above(note, met, pick))


@_boundary("WDR-1")
def _trigger_moves(note: ConvertibleNote, pick: Pick) -> Any:
    """After a split the trigger is in new shares (RST-4)."""
    split = _trading_day(note, pick, "2000-05-01", "2002-10-01")
    met = note.principal.sessions.after(split, pick(30, 20, 45))
    history = SpelledHistory(note, [("1999-11-01", 100), (_on(split), pick(Fraction("83.958"), 84))])
    notice = ev.WithdrawalNotice(_on(met), _on(met + 40))
    return _edge([ev.Split(_on(split), 2, 1)], notice, notice, history=history, leading=())


@_boundary("WDR-2")
def _last_effect(note: ConvertibleNote, pick: Pick) -> Any:
    met = _trading_day(note, pick, "2002-12-30", "2003-01-17")
    on, history = _on(met), _above(note, met, pick)
    return _edge([], ev.WithdrawalNotice(on, "2003-02-19"), ev.WithdrawalNotice(on, "2003-02-20"), history=history)


def _noticed(note: ConvertibleNote, pick: Pick, good: int, bad: int) -> Any:
    met = _trading_day(note, pick, "2000-04-03", "2002-12-06")
    history = _above(note, met, pick)
    notice = _on(met)
    return _edge([], ev.WithdrawalNotice(notice, _on(met + good)), ev.WithdrawalNotice(notice, _on(met + bad)), history=history)


@_boundary("WDR-3")
def _not_too_late(note: ConvertibleNote, pick: Pick) -> Any:
    return _noticed(note, pick, 30, 29)


@_boundary("WDR-3")
def _not_too_early(note: ConvertibleNote, pick: Pick) -> Any:
    return _noticed(note, pick, 60, 61)


@_boundary("WDR-3")
def _within_five_business_days(note: ConvertibleNote, pick: Pick) -> Any:
    met = _trading_day(note, pick, "2000-04-03", "2002-11-29")
    history, lead = _above(note, met, pick), pick(30, 60)
    last = note.principal.banks.after(met, 5)
    # The run above the trigger ended on `met`, but the condition goes on being met while 20 of the last 30 still exceed it.
    history = _ended(note, met)
    return _edge(
        [],
        ev.WithdrawalNotice(_on(last), _on(last + lead)),
        ev.WithdrawalNotice(_on(last + 1), _on(last + 1 + lead)),
        history=history,
    )


def _ended(note: ConvertibleNote, met: int) -> SpelledHistory:
    """20 of 30 closes exceed the trigger on `met` for the last time: the first of the period is one of them."""
    assert note.withdrawal is not None
    trigger = fraction(note.withdrawal.trigger)
    sessions = note.principal.sessions
    period = sessions.between(sessions.before(met, 29), met)
    return spelled(note, {day: trigger + TICK if place < 20 else trigger for place, day in enumerate(period)}, 100)


# --- redemption ---------------------------------------------------------------------------------------------


@_boundary("RED-1")
def _first_redemption(note: ConvertibleNote, pick: Pick) -> Any:
    on = _on(int(day_number("2002-12-22")) + pick(range(29)))
    return _edge([], ev.RedemptionNotice(on, "2003-02-20"), ev.RedemptionNotice(on, "2003-02-19"))


@_boundary("RED-1")
def _before_maturity(note: ConvertibleNote, pick: Pick) -> Any:
    on = _on(int(day_number("2009-12-18")) + pick(range(29)))
    return _edge([], ev.RedemptionNotice(on, "2010-02-15"), ev.RedemptionNotice(on, "2010-02-16"))


@_boundary("RED-2")
def _thirty_days(note: ConvertibleNote, pick: Pick) -> Any:
    redemption = int(day_number("2003-02-20")) + pick(range(2500))
    return _edge(
        [], ev.RedemptionNotice(_on(redemption - 30), _on(redemption)), ev.RedemptionNotice(_on(redemption - 29), _on(redemption))
    )


@_boundary("RED-2")
def _sixty_days(note: ConvertibleNote, pick: Pick) -> Any:
    redemption = int(day_number("2003-02-20")) + pick(range(2500))
    return _edge(
        [], ev.RedemptionNotice(_on(redemption - 60), _on(redemption)), ev.RedemptionNotice(_on(redemption - 61), _on(redemption))
    )


@_boundary("RED-3")
def _not_in_default(note: ConvertibleNote, pick: Pick) -> Any:
    due = int(day_number(f"{pick(2003, 2004, 2005, 2006, 2007, 2008, 2009)}-02-16"))
    cured = due + pick(5, 20, 300)
    before = [ev.MissedPayment(_on(due)), ev.Cure(_on(cured))]
    return _edge(before, ev.RedemptionNotice(_on(cured), _on(cured + 40)), ev.RedemptionNotice(_on(cured - 1), _on(cured + 39)))


@_boundary("RED-4")
def _part_in_multiples(note: ConvertibleNote, pick: Pick) -> Any:
    redemption = int(day_number("2003-02-20")) + pick(range(2500))
    on, part = _on(redemption - 40), 1000 * pick(1, 5)
    return _edge(
        [], ev.RedemptionNotice(on, _on(redemption), part), ev.RedemptionNotice(on, _on(redemption), part + pick(1, 500))
    )


@_boundary("RED-4")
def _part_of_what_is_free(note: ConvertibleNote, pick: Pick) -> Any:
    redemption = int(day_number("2003-02-20")) + pick(range(2500))
    on, taken = _on(redemption - 40), 1000 * pick(1, 500)
    left = fraction(note.issue_size) - taken
    before = [ev.RedemptionNotice(_on(redemption - 50), _on(redemption), taken)]
    return _edge(before, ev.RedemptionNotice(on, _on(redemption), left), ev.RedemptionNotice(on, _on(redemption), left + 1000))


# --- fundamental change -------------------------------------------------------------------------------------


@_boundary("FCH-1")
def _changes_before_maturity(note: ConvertibleNote, pick: Pick) -> Any:
    before = [ev.Convert("2000-03-01", 1000 * pick(1, 2))]
    return _edge(before, ev.FundamentalChange("2010-02-15"), ev.FundamentalChange("2010-02-16"))


@_boundary("FCH-1")
def _elected_in_multiples(note: ConvertibleNote, pick: Pick) -> Any:
    before, notice, _ = _change(note, pick)
    day, principal = _on(notice + pick(0, 9)), 1000 * pick(1, 5)
    return _edge(before, ev.RepurchaseElection(day, principal), ev.RepurchaseElection(day, principal + pick(1, 999)))


@_boundary("FCH-1")
def _elected_after_notice(note: ConvertibleNote, pick: Pick) -> Any:
    before, notice, _ = _change(note, pick)
    return _edge(before, ev.RepurchaseElection(_on(notice), 1000), ev.RepurchaseElection(_on(notice - 1), 1000))


@_boundary("FCH-2")
def _tenth_day(note: ConvertibleNote, pick: Pick) -> Any:
    occurred = int(day_number("2000-02-16")) + pick(range(3500))
    before = [ev.FundamentalChange(_on(occurred))]
    return _edge(before, ev.FundamentalChangeNotice(_on(occurred + 10)), ev.FundamentalChangeNotice(_on(occurred + 11)))


@_boundary("FCH-3")
def _gives_way_to_maturity(note: ConvertibleNote, pick: Pick) -> Any:
    changed, elected = (
        ev.FundamentalChange("2010-01-10"),
        ev.RepurchaseElection(_on(int(day_number("2010-01-19")) + pick(range(20))), 1000),
    )
    return _edge(
        [changed, ev.FundamentalChangeNotice("2010-01-17")],
        elected,
        elected,
        leading=(changed, ev.FundamentalChangeNotice("2010-01-18")),
    )


@_boundary("FCH-4")
def _election_in_time(note: ConvertibleNote, pick: Pick) -> Any:
    before, _, repurchase = _change(note, pick)
    last = note.principal.banks.on_or_before(repurchase)
    return _edge(before, ev.RepurchaseElection(_on(last), 1000), ev.RepurchaseElection(_on(last + 1), 1000))


# --- default ------------------------------------------------------------------------------------------------


@_boundary("DEF-1")
def _recovered(note: ConvertibleNote, pick: Pick) -> Any:
    day = _on(_some_bank_day(note, pick))
    return _edge([], ev.Default(day, 1), ev.Default(day, Fraction(101, 100)))


@_boundary("DEF-2")
def _after_grace(note: ConvertibleNote, pick: Pick) -> Any:
    due = int(day_number(f"200{pick(range(1, 10))}-02-16"))
    return _edge([ev.MissedPayment(_on(due))], ev.Acceleration(_on(due + 30)), ev.Acceleration(_on(due + 29)))


@_boundary("INT-1")
def _missed_when_due(note: ConvertibleNote, pick: Pick) -> Any:
    due = int(day_number(f"200{pick(range(1, 10))}-02-16"))
    return _edge([], ev.MissedPayment(_on(due)), ev.MissedPayment(_on(due + pick(1, -1))))


@_boundary("INT-1")
def _cured_when_missed(note: ConvertibleNote, pick: Pick) -> Any:
    due = int(day_number(f"200{pick(range(1, 10))}-02-16"))
    return _edge([ev.MissedPayment(_on(due))], ev.Cure(_on(due)), ev.Cure(_on(due - 1)))


@_boundary("PRN-1")
def _principal_when_due(note: ConvertibleNote, pick: Pick) -> Any:
    before = [ev.Convert("2000-03-01", 1000 * pick(1, 2))]
    return _edge(before, ev.MissedPayment("2010-02-16", "principal"), ev.MissedPayment("2010-02-15", "principal"))


@_boundary("WDR-4")
def _make_whole_when_due(note: ConvertibleNote, pick: Pick) -> Any:
    met = _trading_day(note, pick, "2000-04-03", "2002-12-06")
    effective = met + pick(30, 60)
    noticed = [ev.WithdrawalNotice(_on(met), _on(effective))]
    allowed, forbidden = ev.MissedPayment(_on(effective), "make-whole"), ev.MissedPayment(_on(effective - 1), "make-whole")
    return _edge(noticed, allowed, forbidden, history=_above(note, met, pick))


# --- adjustments: a figure of which sense can be made, and one of which none can ----------------------------


def _some_day(note: ConvertibleNote, pick: Pick) -> date:
    days = sessions_of(note)[100:-1]
    return _on(days[pick(range(len(days)))])


@_boundary("ADJ-1")
def _split(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    return _edge([], ev.Split(day, 1, pick(2, 1)), ev.Split(day, 0, 1))


@_boundary("ADJ-2")
def _stock_dividend(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    return _edge([], ev.StockDividend(day, 1, 1000), ev.StockDividend(day, 0, pick(1000, 1)))


@_boundary("ADJ-3")
def _rights(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    return _edge([], ev.RightsIssue(day, 1, pick(0, 1), 10), ev.RightsIssue(day, 0, 1, 10))


@_boundary("ADJ-4")
def _spin_off(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    return _edge([], ev.SpinOff(day, pick(Fraction(1, 100), 10)), ev.SpinOff(day, 0))


@_boundary("ADJ-5")
def _cash(note: ConvertibleNote, pick: Pick) -> Any:
    day, market = _some_day(note, pick), pick(50, 7)
    return _edge([], ev.CashDividend(day, market - Fraction(1, 100), market), ev.CashDividend(day, market, market))


@_boundary("ADJ-6")
def _tender(note: ConvertibleNote, pick: Pick) -> Any:
    day, held = _some_day(note, pick), pick(1000, 10)
    return _edge([], ev.TenderOffer(day, held - 1, held * 100, held), ev.TenderOffer(day, held, held * 100, held))


@_boundary("ADJ-8")
def _merger(note: ConvertibleNote, pick: Pick) -> Any:
    day = _some_day(note, pick)
    return _edge([], ev.Merger(day, 0, pick(Fraction(1, 100), 90)), ev.Merger(day, 0, 0))


# --- puts ---------------------------------------------------------------------------------------------------


def _with_put() -> ConvertibleNote:
    return dataclasses.replace(
        _note(), put=Put(prices=[("2005-02-16", 1), ("2007-02-16", 1)], notice_at_least=20, notice_at_most=60)
    )


@_boundary("PUT-1")
def _put_in_multiples(note: ConvertibleNote, pick: Pick) -> Any:
    day, principal = _on(int(day_number(pick("2005-01-20", "2007-01-01"))) + pick(0, 1)), 1000 * pick(1, 4)
    return _edge([], ev.PutElection(day, principal), ev.PutElection(day, principal + pick(1, 999)), note=_with_put())


def _put(pick: Pick, good: int, bad: int) -> Any:
    day = int(day_number(pick("2005-02-16", "2007-02-16")))
    return _edge([], ev.PutElection(_on(day - good), 1000), ev.PutElection(_on(day - bad), 1000), note=_with_put())


@_boundary("PUT-2")
def _put_in_time(note: ConvertibleNote, pick: Pick) -> Any:
    return _put(pick, 20, 19)


@_boundary("PUT-2")
def _put_not_too_early(note: ConvertibleNote, pick: Pick) -> Any:
    return _put(pick, 60, 61)
