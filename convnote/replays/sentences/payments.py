"""Sentences of payments, missed payments and defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convnote.calendars import to_date
from convnote.lifecycle import Flow, facts
from convnote.lifecycle.payment_kinds import KINDS
from convnote.replays.sentences.figures import Sentences, day_of, moved, number, rate_of
from convnote.tables import money

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def _product(principal: Any, legs: facts.Legs) -> str:
    """The principal x rate x days/year of each leg, joined by plus signs."""
    return " + ".join(f"{number(principal)} x {rate_of(rate)} x {days}/{year}" for rate, days, year in legs)


def _coupon(note: ConvertibleNote, flow: Flow, f: facts.Coupon | facts.CouponTakenBack) -> str:
    if isinstance(f, facts.CouponTakenBack):
        due, pays_on = to_date(f.due), to_date(f.pays_on)
        amount = money(f.amount, note.currency)
        return f"The coupon of {due}, {amount}, is not paid: the issuer defaulted before its payment day, {pays_on}."
    record = note.interest.record_day(flow.day)
    to = f"to the holders of record of {day_of(record)}" if note.interest.record_days else "to the holders"
    product = _product(f.principal, f.legs)
    amount = money(f.amount, note.currency)
    return f"Coupon: {note.currency} {product} = {amount}, interest from {day_of(f.start)}, {to}{moved(flow)}."


def _fixing(note: ConvertibleNote, flow: Flow, f: facts.Fixing) -> str:
    parts = f"{f.name} on {to_date(f.fixed_on)}, {rate_of(f.value)}"
    if f.spread:
        parts += f", {'plus' if f.spread > 0 else 'less'} {rate_of(abs(f.spread))}"
    least = "" if f.rate == f.value + f.spread else ", raised to the floor"
    return f"Interest accrues at {rate_of(f.rate)} from {to_date(f.start)}: {parts}{least}."


def _in_kind(note: ConvertibleNote, flow: Flow, f: facts.PaidInKind) -> str:
    product, how = _product(f.principal, f.legs), f"rounded {f.mode} to {number(f.unit)}"
    grown = f"{number(f.principal)} + {number(f.added)} = {number(f.grown)}"
    return (
        f"Coupon in kind: {note.currency} {product} = {number(f.added)}, {how}, interest from {day_of(f.start)}, is added to "
        f"principal: {note.currency} {grown}."
    )


def _record(note: ConvertibleNote, flow: Flow, f: facts.Record) -> str:
    return f"Record date for the coupon due {to_date(f.due)}: {note.currency} {number(f.outstanding)} of record."


def paid_out(note: ConvertibleNote, flow: Flow, f: facts.PaidOut) -> str:
    """Principal paid at a price, for any kind of payment."""
    words = next(kind.words for kind in KINDS.values() if kind.entry == flow.kind)
    accreted = note.accretion is not None and f.claim != 1
    price = "par" if f.price == 1 and not accreted else f"{number(f.price * 100)}%"
    accrued = ""
    if f.accrued:
        product = _product(f.principal, f.legs)
        accrued = f" plus interest accrued from {to_date(f.start)} of {number(f.accrued)} ({product})"
    for due, principal, legs, amount in f.coupons:
        accrued += f" plus the missed coupon of {to_date(due)} of {number(amount)} ({_product(principal, legs)})"
    window = "; no separate coupon is paid on it" if f.in_window else ""
    claim = ("" if f.claim == 1 else f" x {number(f.claim)}") + ", its accreted value," * accreted
    head = f"{words}: {note.currency} {number(f.principal)}{claim} at {price}{accrued}"
    return f"{head} = {money(f.amount, note.currency)}{window}{moved(flow)}."


def _paid_in(note: ConvertibleNote, flow: Flow, f: facts.PaidIn | facts.PaidInBefore) -> str:
    if isinstance(f, facts.PaidInBefore):
        what = f"the coupon due {to_date(f.due)} on {note.currency} {number(f.principal)} converted"
        return f"What was returned for {what} is paid in again, {money(f.amount, note.currency)}: that coupon is paid after all."
    paid = f"{note.currency} {_product(f.principal, f.legs)} = {money(f.amount + f.overdue, note.currency)}"
    if f.overdue:
        paid += f", less {money(f.overdue, note.currency)} for interest overdue, {money(f.amount, note.currency)}"
    record = to_date(note.interest.record_day(f.due))
    return f"The converting holder pays in the coupon due {to_date(f.due)}, {paid}: surrender was after the record date {record}."


def _returned(note: ConvertibleNote, flow: Flow, f: facts.PaidInBefore) -> str:
    return (
        f"What was paid in for the coupon due {to_date(f.due)} on {note.currency} {number(f.principal)} converted is "
        f"returned, {money(f.amount, note.currency)}: that coupon is not paid{moved(flow)}."
    )


def _accrued_paid(note: ConvertibleNote, flow: Flow, f: facts.AccruedPaid) -> str:
    product = f"{note.currency} {_product(f.principal, f.legs)}"
    return f"Accrued interest from {to_date(f.start)} on the principal converted: {product} = {money(f.amount, note.currency)}."


def _late_interest(note: ConvertibleNote, flow: Flow, f: facts.LateInterest) -> str:
    product = f"{note.currency} {_product(f.principal, f.legs)}"
    return f"The missed coupon of {to_date(f.due)} is paid: {product} = {money(f.amount, note.currency)}{moved(flow)}."


def _missed(note: ConvertibleNote, flow: Flow, f: facts.Missed) -> str:
    return f"Not paid: {KINDS[f.of].missed_words} {note.currency} {number(f.owed)}, due today; it remains owed."


def _acceleration(note: ConvertibleNote, flow: Flow, f: facts.Acceleration) -> str:
    product = f" ({_product(f.outstanding, f.legs)})" if f.legs else ""
    accreted = f", accreted to {number(f.outstanding * f.claim)} ({number(f.outstanding)} x {number(f.claim)})" * (f.claim != 1)
    return (
        f"Declared due immediately: principal of {note.currency} {number(f.outstanding)}{accreted} and accrued interest of "
        f"{number(f.accrued)}{product}; unpaid: {', '.join(f.unpaid)}."
    )


def _rescission(note: ConvertibleNote, flow: Flow, f: facts.Rescission) -> str:
    return f"The acceleration is rescinded: coupons and maturity apply again to {note.currency} {number(f.outstanding)}."


def _covenant_default(note: ConvertibleNote, flow: Flow, f: facts.CovenantDefault) -> str:
    on = f.becomes_event_on
    return (
        f"Notice that a covenant is broken: an Event of Default from {to_date(on)}, {on - flow.day} days from now, "
        "unless it is cured or waived."
    )


def _waiver(note: ConvertibleNote, flow: Flow, f: facts.Waiver) -> str:
    what = "a covenant" if f.of == "covenant" else "the Company's notice of a fundamental change"
    return f"The default in {what} is waived by holders of a majority of {note.currency} {number(f.outstanding)}."


def _default(note: ConvertibleNote, flow: Flow, f: facts.Recovery) -> str:
    share = number(f.recovered * 100)
    return f"Default: recovery of {share}% of {note.currency} {number(f.claim)} = {money(f.amount, note.currency)}."


def late_amount(note: ConvertibleNote, flow: Flow, f: facts.LateAmount) -> str:
    """An amount of any payment kind that was missed and is paid late."""
    return f"The {f.of} that was missed is paid: {money(f.amount, note.currency)}{moved(flow)}."


def _make_whole(note: ConvertibleNote, flow: Flow, f: facts.MakeWhole | facts.LateAmount) -> str:
    if isinstance(f, facts.LateAmount):
        return late_amount(note, flow, f)
    unit = number(note.denomination)
    each = f"{number(f.printed)} - {number(f.paid)} = {number(f.each)} per {unit}"
    return (
        f"Make-whole: {each} after interest actually paid before {to_date(f.notice)}; "
        f"{note.currency} {number(f.principal)} x {number(f.each)}/{unit} = {money(f.amount, note.currency)}{moved(flow)}."
    )


#: Sentences of payments and defaults, by kind of entry.
PAYMENTS: Sentences = {
    "coupon": _coupon,
    "fixing": _fixing,
    "paid-in-kind": _in_kind,
    "record": _record,
    **{kind.entry: paid_out for kind in KINDS.values() if kind.pays_principal},
    "interest-paid-in": _paid_in,
    "interest-returned": _returned,
    "accrued-interest": _accrued_paid,
    "late-interest": _late_interest,
    "missed-payment": _missed,
    "covenant-default": _covenant_default,
    "waiver": _waiver,
    "acceleration": _acceleration,
    "rescission": _rescission,
    "default": _default,
    "make-whole": _make_whole,
}
