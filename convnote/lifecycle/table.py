"""The table: for each (status, event) pair, whether it may happen and what it does. Total: every pair has an entry.

`permit` decides, `apply` acts; both look up the same table. A pair is *permitted* (its own rule may still object), *ignored*
for a reason, or *forbidden* by a rule. Replay and simulation both walk this table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convnote.errors import LifecycleError
from convnote.lifecycle import (
    adjusting,
    amending,
    calls,
    contingent,
    converting,
    coupons,
    defaults,
    fixings,
    mandatory,
    own_events,
    puts,
    resetting,
    rights,
    settling,
    transfers,
    withdrawing,
)
from convnote.lifecycle import events as ev
from convnote.lifecycle.state import FINAL, LIVE, State, Status
from convnote.lifecycle.transition import UNSEEN, Objection, Seen, Transition

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


@dataclass(frozen=True)
class Permitted:
    """The event may happen unless `objects` returns an objection; `does` applies it."""

    does: Callable[..., Transition]
    objects: Callable[..., Objection | None] | None = None


@dataclass(frozen=True)
class Ignored:
    """The event changes nothing, for a stated reason."""

    reason: str


@dataclass(frozen=True)
class Forbidden:
    """The event may not happen, by a rule and for a stated reason."""

    rule: str
    reason: str


Entry = Permitted | Ignored | Forbidden

S = Status
_GONE = "nothing is outstanding any more"
_DUE = "all principal is already due"


def _row(
    kind: type[ev.Event],
    live: Entry,
    *,
    final: Entry,
    settling: Entry | None = None,
    others: dict[Iterable[Status], Entry] | None = None,
) -> dict[tuple[Status, type[ev.Event]], Entry]:
    """Entries for every status; while only settlements are left (STL-2) the entry for the end applies, unless given."""
    row: dict[tuple[Status, type[ev.Event]], Entry] = {(status, kind): live for status in LIVE}
    row |= {(status, kind): final for status in FINAL}
    row[S.SETTLING, kind] = final if settling is None else settling
    for statuses, entry in (others or {}).items():
        row |= {(status, kind): entry for status in statuses}
    return row


def _recorded(
    kind: type[ev.Event],
    does: Callable[..., Transition],
    objects: Callable[..., Objection | None] | None,
    statuses: Iterable[Status] = LIVE,
    why_not: str = _DUE,
    rule: str = "",
) -> dict[tuple[Status, type[ev.Event]], Entry]:
    """A recorded event: permitted in `statuses`, else forbidden by `rule`, or by its own rule."""
    rule = rule or kind.rule
    barred: dict[Iterable[Status], Entry] = {tuple(set(LIVE) - set(statuses)): Forbidden(rule, why_not)}
    return _row(kind, Permitted(does, objects), final=Forbidden(rule, _GONE), others=barred)


TABLE: dict[tuple[Status, type[ev.Event]], Entry] = {}
for _kind in adjusting.ADJUSTING:
    _does = adjusting.merge if _kind is ev.Merger else adjusting.adjust
    _adjusts = Permitted(_does, adjusting.permit_adjustment)
    TABLE |= _row(_kind, _adjusts, final=Ignored(_GONE), settling=_adjusts)
TABLE |= _row(ev.CarriedDue, Permitted(adjusting.made_up), final=Ignored(_GONE), settling=Permitted(adjusting.made_up))
TABLE |= _row(
    ev.ResetDue,
    Permitted(resetting.reset_price),
    final=Ignored(_GONE),
    settling=Permitted(resetting.reset_price),
    others={(S.WITHDRAWN, S.OVERDUE): Ignored("the Notes no longer convert")},
)
TABLE |= _row(
    ev.WithdrawalLapse,
    Ignored("notice was given"),
    final=Ignored(_GONE),
    others={(S.OUTSTANDING,): Permitted(withdrawing.withdrawal_lapses), (S.ACCELERATED, S.OVERDUE): Ignored(_DUE)},
)
TABLE |= _row(
    ev.TriggerMet,
    Ignored("notice was given"),
    final=Ignored(_GONE),
    others={(S.OUTSTANDING,): Permitted(withdrawing.trigger_met), (S.ACCELERATED, S.OVERDUE): Ignored(_DUE)},
)
_WINDOWS: dict[type[ev.Event], Callable[..., Transition]] = {
    ev.QuarterEnd: contingent.look,
    ev.NotePriceSeen: contingent.look_at_price,
    ev.ConversionOpens: contingent.begin,
    ev.ConversionCloses: contingent.end,
}
for _kind, _changes in _WINDOWS.items():
    _closed: dict[Iterable[Status], Entry] = {(S.WITHDRAWN, S.OVERDUE): Ignored("the Notes no longer convert")}
    TABLE |= _row(_kind, Permitted(_changes), final=Ignored(_GONE), others=_closed)
# A coupon of record is paid even if everything has converted since (CNV-5); after a default nothing is paid.
TABLE |= _row(
    ev.CouponDue,
    Permitted(coupons.pay_coupon),
    final=Permitted(coupons.pay_coupon),
    others={
        (S.ACCELERATED,): Permitted(coupons.fall_due_unpaid),
        (S.OVERDUE,): Ignored(_DUE),
        (S.PAID,): Ignored("all was paid after an acceleration"),
        (S.DEFAULTED,): Ignored("the issuer has defaulted"),
    },
)
TABLE |= _row(ev.FixingDue, Permitted(fixings.fix), final=Ignored(_GONE))
TABLE |= _row(ev.RecordTaken, Permitted(coupons.take_record), final=Permitted(coupons.take_record))
TABLE |= _row(
    ev.Maturity,
    Permitted(mandatory.mature),
    final=Ignored(_GONE),
    others={(S.ACCELERATED, S.OVERDUE): Ignored(_DUE)},
)
TABLE |= _row(
    ev.WithdrawalDue,
    Permitted(withdrawing.withdraw),
    # A holder who converted while the notice ran may be owed the make-whole (WDR-5).
    final=Permitted(withdrawing.withdraw),
    others={(S.DEFAULTED,): Ignored("the issuer has defaulted")},
)
TABLE |= _row(
    ev.RedemptionDue,
    Permitted(calls.redeem),
    # A holder who converted since the notice may be owed a make-whole (SFT-3).
    final=Permitted(calls.redeem),
    others={(S.ACCELERATED, S.OVERDUE): Ignored(_DUE), (S.DEFAULTED, S.PAID): Ignored(_GONE)},
)
TABLE |= _row(
    ev.RepurchaseDue, Permitted(rights.repurchase), final=Ignored(_GONE), others={(S.ACCELERATED, S.OVERDUE): Ignored(_DUE)}
)
_due: dict[Iterable[Status], Entry] = {(S.ACCELERATED, S.OVERDUE): Ignored(_DUE)}
TABLE |= _row(ev.PutDue, Permitted(puts.pay_put), final=Ignored(_GONE), others=_due)
TABLE |= _row(ev.ConditionalPutDue, Permitted(puts.pay_conditional_put), final=Ignored(_GONE), others=_due)

TABLE |= _recorded(
    ev.Convert,
    adjusting.made_up_before(converting.convert),
    converting.permit_conversion,
    (S.OUTSTANDING, S.WITHDRAWAL_NOTICED, S.ACCELERATED),
    "the right to convert runs to the close of business at maturity",
) | {(S.WITHDRAWN, ev.Convert): Forbidden("CNV-7", "conversion rights have been withdrawn")}
TABLE |= _recorded(
    ev.WithdrawalNotice,
    withdrawing.give_withdrawal_notice,
    withdrawing.permit_withdrawal,
    (S.OUTSTANDING,),
    "conversion rights cannot be withdrawn twice, nor once all principal is due",
    rule="WDR-3",
)
TABLE |= _recorded(ev.RedemptionNotice, adjusting.made_up_before(calls.call), calls.permit_call, rights.RIGHTS_LIVE)
TABLE |= _recorded(ev.RepurchaseElection, rights.elect, rights.permit_election, rights.RIGHTS_LIVE)
TABLE |= _recorded(
    ev.RepurchaseElectionWithdrawal, rights.withdraw_election, rights.permit_election_withdrawal, rights.RIGHTS_LIVE
)
TABLE |= _recorded(ev.PutElection, puts.elect_put, puts.permit_put, rights.RIGHTS_LIVE)
TABLE |= _recorded(ev.Acceleration, defaults.accelerate, defaults.permit_acceleration, (*rights.RIGHTS_LIVE, S.OVERDUE))
TABLE |= _recorded(
    ev.Rescission, defaults.rescind, defaults.permit_rescission, (S.ACCELERATED,), "no acceleration has been declared"
)
TABLE |= _recorded(ev.CovenantDefault, defaults.breach, defaults.permit_breach)
TABLE |= _recorded(ev.Waiver, defaults.waive, defaults.permit_waiver)
TABLE |= _recorded(ev.Default, defaults.recover, defaults.permit_default)
TABLE |= {(S.SETTLING, ev.Default): Permitted(defaults.recover, defaults.permit_default)}
TABLE |= _row(ev.SettlementDue, Permitted(settling.settle), final=Permitted(settling.settle))
TABLE |= _row(ev.SettlementPaid, Permitted(settling.paid), final=Permitted(settling.paid))
TABLE |= _recorded(ev.Transfer, transfers.transfer, transfers.permit_transfer)
TABLE |= _recorded(ev.Amendment, amending.amend, amending.permit_amendment)
# A change, or its notice, may still happen after the end: it does not affect this note.
TABLE |= _row(
    ev.FundamentalChange, Permitted(adjusting.made_up_before(rights.change), rights.permit_change), final=Ignored(_GONE)
)
TABLE |= _row(ev.FundamentalChangeNotice, Permitted(rights.give_change_notice, rights.permit_change_notice), final=Ignored(_GONE))
# A payment may be missed, and cured, after the last principal has gone: the last coupon, a make-whole.
_missed = Permitted(defaults.miss, defaults.permit_missed)
TABLE |= _row(ev.MissedPayment, _missed, final=_missed, others={(S.DEFAULTED,): Forbidden("DEF-1", "the issuer has defaulted")})
_cured = Permitted(defaults.cure, defaults.permit_cure)
TABLE |= _row(ev.Cure, _cured, final=_cured, others={(S.DEFAULTED,): Forbidden("DEF-1", "the issuer has defaulted")})


#: A user-defined event decides for itself, in every status.
_OWN = Permitted(own_events.apply, own_events.permit)


def _entry(state: State, event: ev.Event) -> Entry:
    entry = TABLE.get((state.status, type(event)))
    if entry is None:
        own_events.refuse_a_wrong_kind(event)
        return _OWN
    return entry


def permit(note: ConvertibleNote, state: State, event: ev.Event, seen: Seen | None = None) -> Objection | None:
    """Why the event may not happen to the note in this state, or None if it may.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> permit(note, State.opening(note), ev.Convert("2001-03-01", 1500)).rule
    'CNV-1'
    """
    if isinstance(event, ev.Recorded) and event.day < note.principal.issue_day:
        return Objection(event.rule, f"the notes are issued on {note.issue_date}")
    entry = _entry(state, event)
    if isinstance(entry, Forbidden):
        return Objection(entry.rule, entry.reason)
    if isinstance(entry, Ignored):
        return None
    try:
        state.holding(event.holder)
    except KeyError:
        if event.holder is not None or isinstance(
            event, (ev.Convert, ev.RepurchaseElection, ev.RepurchaseElectionWithdrawal, ev.PutElection, ev.Transfer)
        ):
            who = "a holder must be named" if event.holder is None else f"{event.holder!r} holds no Notes"
            return Objection(event.rule, f"{who}; holders are {', '.join(state.positions)}")
    return entry.objects(note, state, event, seen or UNSEEN) if entry.objects else None


def apply(note: ConvertibleNote, state: State, event: ev.Event, seen: Seen | None = None) -> Transition:
    """What the event does: flows, warnings and the next state. `event` must be permitted."""
    entry = _entry(state, event)
    if isinstance(entry, Forbidden):
        raise LifecycleError(entry.reason, event=event, rule=entry.rule)
    if isinstance(entry, Ignored):
        return Transition(state, warnings=(f"{type(event).__name__} of {event.on}: {entry.reason}",))
    return entry.does(note, state, event, seen or UNSEEN)


def refuse(event: ev.Event, objection: Objection) -> LifecycleError:
    """The error that says why an event may not happen."""
    return LifecycleError(objection.reason, event=event, rule=objection.rule)
