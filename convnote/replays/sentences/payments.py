"""Prose of what is paid, of what is not, and of what becomes of it: coupons, prices, defaults, what is declared due."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from convnote.calendars import to_date
from convnote.lifecycle import Flow
from convnote.lifecycle.claims import KINDS, PaymentKind
from convnote.replays.sentences.figures import Facts, Sentences, day_of, money, moved, number, rate_of

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def _coupon(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    if "moves" in f:
        moves, due = to_date(f["moves"]), to_date(f["due"])
        return f"The coupon of {due}, {money(-flow.cash)}, is not paid: the issuer defaulted before its money moved on {moves}."
    record = note.interest.record_day(flow.day)
    who = f"to the holders of record of {day_of(record)}" if note.interest.record_days else "to the holders"
    legs = " + ".join(f"{number(f['on'])} x {rate_of(rate)} x {days}/{year}" for rate, days, year in f["legs"])
    return f"Coupon: {note.currency} {legs} = {money(flow.cash)}, interest from {day_of(f['start'])}, {who}{moved(flow)}."


def _record(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return f"Record date for the coupon due {to_date(f['due'])}: {note.currency} {number(f['outstanding'])} of record."


def _pay_out(kind: PaymentKind) -> Callable[[ConvertibleNote, Flow, Facts], str]:
    def sentence(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
        price = "par" if f["price"] == 1 else f"{number(f['price'] * 100)}%"
        accrued = ""
        if f["accrued"]:
            accrued = f" plus accrued interest of {number(f['accrued'])} for {f['days']} days from {to_date(f['start'])}"
        for due, principal, amount in f.get("coupons", ()):
            on = "" if principal == f["principal"] else f" on {note.currency} {number(principal)}"
            accrued += f" plus the missed coupon of {to_date(due)}{on}, {number(amount)}"
        window = "; no coupon is paid on it besides" if f["in_window"] else ""
        head = f"{kind.words}: {note.currency} {number(f['principal'])} at {price}{accrued}"
        return f"{head} = {money(flow.cash)}{window}{moved(flow)}."

    return sentence


def _paid_in(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    due = f["due"]
    return (
        f"The converting holder pays in the coupon due {to_date(due)} on {note.currency} {number(f['principal'])}, "
        f"{money(-flow.cash)}: it was surrendered after the record date {to_date(note.interest.record_day(due))}."
    )


def _returned(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return (
        f"What was paid in for the coupon due {to_date(f['due'])} on {note.currency} {number(f['principal'])} converted is "
        f"returned, {money(flow.cash)}: that coupon is not paid{moved(flow)}."
    )


def _accrued_paid(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return (
        f"Accrued interest from {to_date(f['start'])} on {note.currency} {number(f['principal'])} converted: {money(flow.cash)}."
    )


def _late_interest(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    principal = f"{note.currency} {number(f['on'])}"
    return f"The missed coupon of {to_date(f['due'])} is paid on {principal}: {money(flow.cash)}{moved(flow)}."


def _missed(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    what = "interest on" if f["of"] == "interest" else f"{f['of']} of"
    return f"Not paid: {what} {note.currency} {number(f['owed'])}, due today; it stays owed."


def _acceleration(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return (
        f"Declared due at once: principal of {note.currency} {number(f['outstanding'])} and accrued interest of "
        f"{number(f['accrued'])}, {', '.join(f['unpaid'])} being unpaid."
    )


def _rescission(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return f"The acceleration is rescinded: coupons and maturity run again on {note.currency} {number(f['outstanding'])}."


def _covenant_default(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return (
        f"Notice that a covenant is broken: an Event of Default from {to_date(f['from'])}, {f['from'] - flow.day} days from now, "
        "unless it is cured or waived."
    )


def _waiver(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    what = "a covenant" if f["of"] == "covenant" else "the Company's notice of a fundamental change"
    return f"The default in {what} is waived by holders of a majority of {note.currency} {number(f['outstanding'])}."


def _default(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    share = number(f["recovered"] * 100)
    return f"Default: {share}% of {note.currency} {number(f['principal'])} is recovered = {money(flow.cash)}."


def _make_whole(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    if "each" not in f:
        return f"The make-whole that was missed is paid: {money(flow.cash)}{moved(flow)}."
    assert note.withdrawal is not None
    return (
        f"Make-whole: {number(note.withdrawal.make_whole_amount)} less {number(f['paid'])} of interest actually paid before "
        f"{to_date(f['notice'])} = {number(f['each'])} per {number(note.denomination)}, on {note.currency} {number(f['on'])} = "
        f"{money(flow.cash)}{moved(flow)}."
    )


#: Sentences of payments and defaults, by kind of entry.
PAYMENTS: Sentences = {
    "coupon": _coupon,
    "record": _record,
    **{kind.entry: _pay_out(kind) for kind in KINDS.values() if kind.price is not None},
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
