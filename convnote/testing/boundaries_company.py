"""Boundaries of conversion, its withdrawal and redemption: the last event allowed and the first refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import day_number
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.testing.edges import a_change, above, boundary, day_of, edge_of, some_bank_day, trading_day
from convnote.testing.spells import SpelledHistory, spelled
from convnote.testing.stories import TICK, Pick

# --- conversion ---------------------------------------------------------------------------------------------


@boundary("CNV-1")
def _multiple(note: ConvertibleNote, pick: Pick) -> Any:
    day, principal = day_of(some_bank_day(note, pick)), 1000 * pick(1, 3, 17)
    return edge_of([], ev.Convert(day, principal), ev.Convert(day, principal + pick(1, 500, 999)))


@boundary("CNV-1")
def _not_more_than_there_is(note: ConvertibleNote, pick: Pick) -> Any:
    day, gone = day_of(some_bank_day(note, pick, "2000-03-03")), 1000 * pick(1, 300)
    left = fraction(note.issue_size) - gone
    return edge_of([ev.Convert("2000-03-01", gone)], ev.Convert(day, left), ev.Convert(day, left + 1000))


@boundary("CNV-1")
def _from_issue(note: ConvertibleNote, pick: Pick) -> Any:
    return edge_of([], ev.Convert("2000-02-16", 1000), ev.Convert("2000-02-15", 1000 * pick(1, 2)))


@boundary("CNV-1")
def _to_maturity(note: ConvertibleNote, pick: Pick) -> Any:
    return edge_of([], ev.Convert("2010-02-16", 1000), ev.Convert("2010-02-17", 1000 * pick(1, 2)))


@boundary("CNV-2")
def _before_redemption(note: ConvertibleNote, pick: Pick) -> Any:
    redemption = some_bank_day(note, pick, "2003-02-20", "2010-02-15")
    last = note.principal.banks.before(redemption)
    called = ev.RedemptionNotice(day_of(redemption - pick(30, 60)), day_of(redemption))
    return edge_of([called], ev.Convert(day_of(last), 1000), ev.Convert(day_of(last + 1), 1000))


@boundary("CNV-6")
def _under_election(note: ConvertibleNote, pick: Pick) -> Any:
    before, notice, _ = a_change(note, pick)
    free = 1000 * pick(1, 2)
    day = note.principal.banks.on_or_after(notice + pick(5, 12))
    before.append(ev.RepurchaseElection(day_of(notice + 1), fraction(note.issue_size) - free))
    return edge_of(before, ev.Convert(day_of(day), free), ev.Convert(day_of(day), free + 1000))


@boundary("CNV-6")
def _election_taken_back(note: ConvertibleNote, pick: Pick) -> Any:
    before, notice, repurchase = a_change(note, pick)
    last = note.principal.banks.before(repurchase)
    before.append(ev.RepurchaseElection(day_of(notice + 1), 2000))
    back = 1000 * pick(1, 2)
    return edge_of(
        before, ev.RepurchaseElectionWithdrawal(day_of(last), back), ev.RepurchaseElectionWithdrawal(day_of(last + 1), back)
    )


@boundary("CNV-7")
def _after_withdrawal(note: ConvertibleNote, pick: Pick) -> Any:
    met = trading_day(note, pick, "2000-04-03", "2002-12-06")
    effective = met + pick(30, 31, 45, 60)
    last = note.principal.banks.before(effective)
    noticed = [ev.WithdrawalNotice(day_of(met), day_of(effective))]
    history = above(note, met, pick)
    return edge_of(noticed, ev.Convert(day_of(last), 1000), ev.Convert(day_of(last + 1), 1000), history=history)


# --- withdrawal ---------------------------------------------------------------------------------------------


@boundary("WDR-1")
def _twenty_closes(note: ConvertibleNote, pick: Pick) -> Any:
    met = trading_day(note, pick, "2000-04-03", "2002-12-20")
    lead = pick(30, 45, 59)
    allowed = ev.WithdrawalNotice(day_of(met), day_of(met + lead))
    day = note.principal.sessions.before(met)
    return edge_of([], allowed, ev.WithdrawalNotice(day_of(day), day_of(day + lead)), history=above(note, met, pick))


@boundary("WDR-1")
def _closes_since_issue(note: ConvertibleNote, pick: Pick) -> Any:
    """Closes before the issue date do not count, so the earliest possible day is the twentieth trading day from it, inclusive."""
    days = note.principal.sessions.between(note.principal.issue_day, note.principal.issue_day + 60)
    history = SpelledHistory(note, [("1999-11-01", fraction("167.916"))])
    met, lead = days[19], pick(30, 60)
    allowed = ev.WithdrawalNotice(day_of(met), day_of(met + lead))
    return edge_of([], allowed, ev.WithdrawalNotice(day_of(days[18]), day_of(days[18] + lead)), history=history)


@boundary("WDR-1")
def _trigger_of_the_initial_price(note: ConvertibleNote, pick: Pick) -> Any:
    """A later reset that lowers the price does not move the trigger."""
    met, lead = trading_day(note, pick, "2001-04-02", "2002-12-20"), pick(30, 45, 59)
    day = note.principal.sessions.before(met)
    allowed, forbidden = (ev.WithdrawalNotice(day_of(each), day_of(each + lead)) for each in (met, day))
    return edge_of([], allowed, forbidden, history=above(note, met, pick))


@boundary("WDR-1")
def _trigger_moves(note: ConvertibleNote, pick: Pick) -> Any:
    """After a split the trigger is per new share (RST-4)."""
    split = trading_day(note, pick, "2000-05-01", "2002-10-01")
    met = note.principal.sessions.after(split, pick(30, 20, 45))
    history = SpelledHistory(note, [("1999-11-01", 100), (day_of(split), pick(Fraction("83.958"), 84))])
    notice = ev.WithdrawalNotice(day_of(met), day_of(met + 40))
    return edge_of([ev.Split(day_of(split), 2, 1)], notice, notice, history=history, leading=())


@boundary("WDR-2")
def _last_effect(note: ConvertibleNote, pick: Pick) -> Any:
    met = trading_day(note, pick, "2002-12-30", "2003-01-17")
    on, history = day_of(met), above(note, met, pick)
    return edge_of([], ev.WithdrawalNotice(on, "2003-02-19"), ev.WithdrawalNotice(on, "2003-02-20"), history=history)


def _noticed(note: ConvertibleNote, pick: Pick, good: int, bad: int) -> Any:
    met = trading_day(note, pick, "2000-04-03", "2002-12-06")
    history = above(note, met, pick)
    notice = day_of(met)
    return edge_of(
        [], ev.WithdrawalNotice(notice, day_of(met + good)), ev.WithdrawalNotice(notice, day_of(met + bad)), history=history
    )


@boundary("WDR-3")
def _not_too_late(note: ConvertibleNote, pick: Pick) -> Any:
    return _noticed(note, pick, 30, 29)


@boundary("WDR-3")
def _not_too_early(note: ConvertibleNote, pick: Pick) -> Any:
    return _noticed(note, pick, 60, 61)


@boundary("WDR-3")
def _within_five_business_days(note: ConvertibleNote, pick: Pick) -> Any:
    met = trading_day(note, pick, "2000-04-03", "2002-11-29")
    history, lead = above(note, met, pick), pick(30, 60)
    last = note.principal.banks.after(met, 5)
    # The run above the trigger ended on `met`, but the condition stays met while 20 of the last 30 closes exceed the trigger.
    history = _ended(note, met)
    return edge_of(
        [],
        ev.WithdrawalNotice(day_of(last), day_of(last + lead)),
        ev.WithdrawalNotice(day_of(last + 1), day_of(last + 1 + lead)),
        history=history,
    )


def _ended(note: ConvertibleNote, met: int) -> SpelledHistory:
    """`met` is the last day on which 20 of 30 closes exceed the trigger: the first close of the period is one of the 20."""
    assert note.withdrawal is not None
    trigger = fraction(note.withdrawal.trigger)
    sessions = note.principal.sessions
    period = sessions.between(sessions.before(met, 29), met)
    return spelled(note, {day: trigger + TICK if place < 20 else trigger for place, day in enumerate(period)}, 100)


# --- redemption ---------------------------------------------------------------------------------------------


@boundary("RED-1")
def _first_redemption(note: ConvertibleNote, pick: Pick) -> Any:
    on = day_of(int(day_number("2002-12-22")) + pick(range(29)))
    return edge_of([], ev.RedemptionNotice(on, "2003-02-20"), ev.RedemptionNotice(on, "2003-02-19"))


@boundary("RED-1")
def _before_maturity(note: ConvertibleNote, pick: Pick) -> Any:
    on = day_of(int(day_number("2009-12-18")) + pick(range(29)))
    return edge_of([], ev.RedemptionNotice(on, "2010-02-15"), ev.RedemptionNotice(on, "2010-02-16"))


@boundary("RED-2")
def _thirty_days(note: ConvertibleNote, pick: Pick) -> Any:
    redemption = int(day_number("2003-02-20")) + pick(range(2500))
    return edge_of(
        [],
        ev.RedemptionNotice(day_of(redemption - 30), day_of(redemption)),
        ev.RedemptionNotice(day_of(redemption - 29), day_of(redemption)),
    )


@boundary("RED-2")
def _sixty_days(note: ConvertibleNote, pick: Pick) -> Any:
    redemption = int(day_number("2003-02-20")) + pick(range(2500))
    return edge_of(
        [],
        ev.RedemptionNotice(day_of(redemption - 60), day_of(redemption)),
        ev.RedemptionNotice(day_of(redemption - 61), day_of(redemption)),
    )


@boundary("RED-3")
def _not_in_default(note: ConvertibleNote, pick: Pick) -> Any:
    due = int(day_number(f"{pick(2003, 2004, 2005, 2006, 2007, 2008, 2009)}-02-16"))
    cured = due + pick(5, 20, 300)
    before = [ev.MissedPayment(day_of(due)), ev.Cure(day_of(cured))]
    return edge_of(
        before, ev.RedemptionNotice(day_of(cured), day_of(cured + 40)), ev.RedemptionNotice(day_of(cured - 1), day_of(cured + 39))
    )


@boundary("RED-4")
def _part_in_multiples(note: ConvertibleNote, pick: Pick) -> Any:
    redemption = int(day_number("2003-02-20")) + pick(range(2500))
    on, part = day_of(redemption - 40), 1000 * pick(1, 5)
    return edge_of(
        [], ev.RedemptionNotice(on, day_of(redemption), part), ev.RedemptionNotice(on, day_of(redemption), part + pick(1, 500))
    )


@boundary("RED-4")
def _part_of_what_is_free(note: ConvertibleNote, pick: Pick) -> Any:
    redemption = int(day_number("2003-02-20")) + pick(range(2500))
    on, taken = day_of(redemption - 40), 1000 * pick(1, 500)
    left = fraction(note.issue_size) - taken
    before = [ev.RedemptionNotice(day_of(redemption - 50), day_of(redemption), taken)]
    return edge_of(
        before, ev.RedemptionNotice(on, day_of(redemption), left), ev.RedemptionNotice(on, day_of(redemption), left + 1000)
    )
