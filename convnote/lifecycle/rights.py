"""Rights: repurchase on a fundamental change: its notices, its elections and the resulting days."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import EXACT, average, decimal, fraction, is_fast
from convnote.calendars import day_number, to_date
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.claims import is_late, is_missed, is_owed
from convnote.lifecycle.in_force import TableRead, conversion_price, price_after_change, table_read
from convnote.lifecycle.payments import pay_claims
from convnote.lifecycle.state import CONVERTIBLE, Change, Position, State, Status
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition, nothing

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote

# --- fundamental change ---------------------------------------------------------------------------------------------------------


def permit_change(note: ConvertibleNote, state: State, event: ev.FundamentalChange, seen: Seen) -> Objection | None:
    """A fundamental change affects only a note that provides for one, and only before maturity (FCH-1)."""
    if note.fundamental_change is None:
        return Objection("FCH-1", "the note has no provision on a fundamental change")
    if event.day >= note.principal.maturity_day:
        return Objection("FCH-1", "a change must occur before maturity")
    table = note.make_whole_change
    if table is not None and table.stock_price == "cash" and event.cash is None:
        return Objection("MWT-1", "the table is read at the cash paid for a share, and the event does not say cash=")
    if event.cash is not None and np.any(event.cash <= 0):
        return Objection("MWT-1", f"cash paid for a share is above 0, not {decimal(event.cash)}")
    return None


def change(note: ConvertibleNote, state: State, event: ev.FundamentalChange, seen: Seen) -> Transition:
    """A fundamental change occurs; the Company's notice is awaited (FCH-1, FCH-2)."""
    terms = note.fundamental_change
    assert terms is not None
    read = None if note.make_whole_change is None else read_for(note, state, event, seen)
    added = Change(event.day, printed=None if read is None else read[0])
    state = dataclasses.replace(state, changes=(*state.changes, added))
    lower = note.change_of_control_price
    lowers = lower is not None and _may_convert(state, event.day) and not is_fast(event.day)
    price = (price_after_change(note, state, event.day), lower.period_days) if lower is not None and lowers else None
    told = facts.FundamentalChange(terms.notice_deadline(event.day), None if read is None else read[1], price)
    rules = ("FCH-1", "FCH-2") + ("MWT-1",) * (read is not None) + ("CHG-1",) * lowers
    return Transition(state, (Flow("fundamental-change", event.day, event.day, rules, facts=told),))


def _may_convert(state: State, day: Any) -> bool:
    return state.price is not None and state.status in CONVERTIBLE and not state.is_withdrawn_on(day)


def read_for(
    note: ConvertibleNote, state: State, event: ev.FundamentalChange | ev.RedemptionNotice, seen: Seen
) -> tuple[Any, TableRead] | None:
    """The result of the table of additional shares for the day of a change or call; None where no Note converts (MWT-1).

    It is read at the cash paid per share if the change states it, else at the average of the closes before that day.
    """
    table = note.make_whole_change
    assert table is not None
    if table.is_empty or not _may_convert(state, event.day):
        return None
    cash = getattr(event, "cash", None)
    if cash is None:
        closes = seen.closes
        assert closes is not None
        price = average(closes)
    else:
        price = state.value_of_unit(event.day, cash)
    printed, holds = table_read(note, state, event.day, price)
    rate = fraction(note.denomination) / conversion_price(note, state)
    additional = table.moved(printed, rate / table.rate_at_issue(EXACT))
    return printed, TableRead(price, additional, cash is not None, holds)


def _awaiting_notice(note: ConvertibleNote, state: State, day: Any) -> int | None:
    """The number of the change that a notice on day number `day` is for: the first still in time, else the last one overdue."""
    terms = note.fundamental_change
    awaiting = [number for number, each in enumerate(state.changes) if each.notice is None]
    in_time = [number for number in awaiting if terms and np.all(day <= terms.notice_deadline(state.changes[number].occurred))]
    return next(iter(in_time or awaiting[-1:]), None)


def permit_change_notice(note: ConvertibleNote, state: State, event: ev.FundamentalChangeNotice, seen: Seen) -> Objection | None:
    """A notice must follow a change; a late one counts, since the Company cannot end the put by its own breach (FCH-2c)."""
    if note.fundamental_change is None or _awaiting_notice(note, state, event.day) is None:
        return Objection("FCH-2", "no fundamental change awaits a notice")
    if event.repurchase_date is None:
        return None
    objection = note.fundamental_change.objection(event.day, day_number(event.repurchase_date))
    return Objection(*objection) if objection else None


def give_change_notice(note: ConvertibleNote, state: State, event: ev.FundamentalChangeNotice, seen: Seen) -> Transition:
    """Repurchase date and election deadline follow from the day of the notice (FCH-3, FCH-4)."""
    terms, number = note.fundamental_change, _awaiting_notice(note, state, event.day)
    assert terms is not None and number is not None
    chosen = event.repurchase_date
    repurchase = terms.repurchase_day(event.day) if chosen is None else day_number(chosen)
    changed = dataclasses.replace(state.changes[number], notice=event.day, repurchase=repurchase)
    due = terms.notice_deadline(changed.occurred)
    gives_way, late = bool(np.all(repurchase > note.principal.maturity_day)), bool(np.all(event.day > due))
    deadline = terms.election_deadline(repurchase, event.day)
    said = facts.ChangeNotice(changed.occurred, repurchase, deadline, gives_way, due if late else None)
    by_period = terms.period_days is not None
    rules = ("FCH-2", *(("CHG-2",) if by_period else ("FCH-3", "FCH-4")), *(("CHG-3",) if terms.may_choose else ()))
    rules += ("FCH-2c",) * late + ("FCH-3c",) * gives_way
    flow = Flow("fundamental-change-notice", event.day, event.day, rules, facts=said)
    changes = (*state.changes[:number], changed, *state.changes[number + 1 :])
    told: tuple[str, ...] = ()
    if late:
        told = (
            f"the notice {event.on} of a fundamental change was due on {to_date(due)} (FCH-2); it counts all the same (FCH-2c)",
        )
    return Transition(dataclasses.replace(state, changes=changes), (flow,), told)


def _open_change(note: ConvertibleNote, state: State, day: Any) -> int | None:
    """The number of the first change whose notice has been given and whose elections are open on day number `day`."""
    terms = note.fundamental_change
    for number, each in enumerate(state.changes):
        if terms and each.notice is not None and np.all(day <= terms.election_deadline(each.repurchase, each.notice)):
            return number
    return None


def permit_election(note: ConvertibleNote, state: State, event: ev.RepurchaseElection, seen: Seen) -> Objection | None:
    """May this principal be put for repurchase? (FCH-1, FCH-3, FCH-4)"""
    if not any(each.notice is not None for each in state.changes):
        return Objection("FCH-1", "no notice of a fundamental change has been given")
    number = _open_change(note, state, event.day)
    if number is None:
        by_period = note.fundamental_change is not None and note.fundamental_change.period_days is not None
        return Objection("CHG-2" if by_period else "FCH-4", "the last day for an election has passed")
    if state.changes[number].repurchase > note.principal.maturity_day:
        return Objection("FCH-3", "the repurchase date would fall after maturity, so the Notes are paid at maturity instead")
    position = state.positions[state.holding(event.holder)]
    return permit_amount(note, event, position.free + _called_only(position), "FCH-1")


def _called_only(position: Position) -> Any:
    """Principal called and not under election: it may still be put for repurchase (FCH-5c)."""
    return sum(position.only_called(number) for number in position.called)


def permit_amount(note: ConvertibleNote, event: ev.RepurchaseElection | ev.PutElection, most: Any, rule: str) -> Objection | None:
    """Elections are made in multiples of the smallest Note (ID-4, PIK-1c), for principal that is free to elect."""
    if not note.principal.is_multiple(event.principal):
        return Objection(rule, f"elections are made in multiples of {note.principal.smallest}, not {decimal(event.principal)}")
    if event.principal > most:
        return Objection(rule, f"{decimal(event.principal):,} is more than the {decimal(most):,} that is free to elect")
    return None


def elect(note: ConvertibleNote, state: State, event: ev.RepurchaseElection, seen: Seen) -> Transition:
    """Principal is put under election; it does not convert until the election is withdrawn (FCH-4, CNV-6).

    Uncalled principal is elected first; a called Note under election is paid on whichever day comes first (FCH-5c).
    """
    number, name = _open_change(note, state, event.day), state.holding(event.holder)
    assert number is not None
    position = state.positions[name]
    both, left = dict(position.both), event.principal - position.free if position.called else event.principal * 0
    for each in position.called:
        taken = min(max(left, 0), position.only_called(each))
        if taken:
            both[each, number] = both.get((each, number), 0) + taken
            left = left - taken
    elected = {**position.elected, number: position.elected.get(number, 0) + event.principal}
    state = state.with_position(name, elected=elected, both=both)
    told = facts.Election(event.principal, state.changes[number].repurchase)
    by_period = note.fundamental_change is not None and note.fundamental_change.period_days is not None
    rules = ("FCH-1", "CHG-2" if by_period else "FCH-4") + ("FCH-5c",) * (both != position.both)
    return Transition(state, (Flow("repurchase-election", event.day, event.day, rules, event.holder or name, facts=told),))


def _withdrawable(note: ConvertibleNote, state: State, position: Position, day: int) -> int | None:
    """The number of the first change for which this position has an election that can still be withdrawn (CNV-6).

    It can be until the deadline before the repurchase date or, if the repurchase is not paid, on any later day until it is paid.
    """
    terms = note.fundamental_change
    for number in position.elected:
        repurchase = state.changes[number].repurchase
        if terms and day <= terms.withdrawal_deadline(repurchase):
            return number
        if any(each.of == "repurchase" and each.due == repurchase and is_late(note, each, day) for each in state.unpaid):
            return number
    return None


def permit_election_withdrawal(
    note: ConvertibleNote, state: State, event: ev.RepurchaseElectionWithdrawal, seen: Seen
) -> Objection | None:
    """May an election be withdrawn today? (CNV-6)"""
    position = state.positions[state.holding(event.holder)]
    if not position.elected:
        return Objection("CNV-6", "no principal is under election")
    number = _withdrawable(note, state, position, event.day)
    if number is None:
        return Objection("CNV-6", "an election can be withdrawn until the Business Day before the repurchase date")
    if not note.principal.is_multiple(event.principal) or event.principal > position.elected[number]:
        return Objection(
            "CNV-6", f"a multiple of {note.principal.smallest}, at most {decimal(position.elected[number]):,}, can be withdrawn"
        )
    return None


def withdraw_election(note: ConvertibleNote, state: State, event: ev.RepurchaseElectionWithdrawal, seen: Seen) -> Transition:
    """Principal leaves an election: free, called as before, or under a call of all Notes made in the meantime (CNV-6)."""
    name, principal = state.holding(event.holder), event.principal
    position = state.positions[name]
    number = _withdrawable(note, state, position, event.day)
    assert number is not None
    free, both = min(principal, position.only_elected(number)), dict(position.both)
    left = principal - free
    for key in [key for key in both if key[1] == number]:
        taken = min(left, both[key])
        left, both[key] = left - taken, both[key] - taken
    elected = {**position.elected, number: position.elected[number] - principal}
    state = state.with_position(
        name,
        elected={n: amount for n, amount in elected.items() if not nothing(amount)},
        both={key: amount for key, amount in both.items() if not nothing(amount)},
    )
    open_calls = [n for n, each in enumerate(state.calls) if each.whole and each.redemption > event.day]
    if open_calls and free:
        called = state.positions[name].called
        state = state.with_position(name, called={**called, open_calls[0]: called.get(open_calls[0], 0) + free})
    told, who = facts.ElectionWithdrawal(principal), event.holder or name
    flow = Flow("repurchase-election-withdrawal", event.day, event.day, ("CNV-6", "CNV-6c"), who, facts=told)
    return Transition(no_longer_unpaid(state), (flow,))


def no_longer_unpaid(state: State) -> State:
    """The state without an unpaid repurchase for which no Note is still under election."""
    return dataclasses.replace(
        state, unpaid=tuple(each for each in state.unpaid if each.of != "repurchase" or is_owed(state, each))
    )


def repurchase(note: ConvertibleNote, state: State, event: ev.RepurchaseDue, seen: Seen) -> Transition:
    """The repurchase price is paid on principal under election (FCH-1, FCH-3); if unpaid, the election stands (FCH-5c)."""
    owed: dict[str, Any] = {}
    changed: dict[str, Position] = {}
    numbers = [number for number, each in enumerate(state.changes) if np.all(each.repurchase == event.day)]
    unpaid = is_missed(state, "repurchase", event.day)
    for name, position in state.positions.items():
        due = [number for number in numbers if number in position.elected]
        if due:
            owed[name] = sum(position.elected[number] for number in due)
            changed[name] = position if unpaid else position.without_elections(due, paid=True)
    return pay_claims(note, state.with_positions(changed), owed, event.day, "repurchase")


#: Statuses in which elections and calls are possible: principal already due is neither called nor put.
RIGHTS_LIVE = (Status.OUTSTANDING, Status.WITHDRAWAL_NOTICED, Status.WITHDRAWN)
