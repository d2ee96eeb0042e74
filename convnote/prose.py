"""Prose: the sentences of a ledger, made from the flows and their numbers.

It words what was decided elsewhere and computes nothing that is paid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import decimal, exact, fraction
from convnote.calendars import to_date
from convnote.lifecycle import Flow
from convnote.lifecycle import events as ev
from convnote.lifecycle.claims import KINDS, PaymentKind
from convnote.provisions.conversion import ImpliedPrice
from convnote.tables import shown

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


def number(value: Any, places: int = 6) -> str:
    """A number as prose shows it: thousands apart, no more decimals than it has, at most `places`.

    >>> number(690_000_000), number("84.8830"), number("11.780921975")
    ('690,000,000', '84.883', '11.780922')
    """
    if type(value) is Fraction and value.denominator == 1:  # most: principal
        return f"{value.numerator:,}"
    if isinstance(value, ImpliedPrice):
        return shown(value)
    figure = decimal(value)
    if figure == figure.to_integral_value():
        return f"{int(figure):,}"
    with exact():
        if -int(figure.normalize().as_tuple().exponent) > places:
            figure = figure.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        text = f"{figure:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Any) -> str:
    """An amount paid: thousands apart and two places (more where the currency is counted finer)."""
    shown = decimal(value)
    if shown.as_tuple().exponent == -2:  # most: what was rounded to a cent
        return f"{shown:,f}"
    return f"{shown:,.2f}" if -int(shown.normalize().as_tuple().exponent) <= 2 else number(shown)


#: The same few rates and days stand in the sentence of every holder.
_rate = lru_cache(maxsize=1024, typed=True)(number)


@lru_cache(maxsize=4096)
def _date(day: int) -> str:
    return str(to_date(day))


# --- a sentence for each kind of flow ---------------------------------------------------------------------------------------

Facts = Mapping[str, Any]


def _coupon(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    if "moves" in f:
        moves, due = to_date(f["moves"]), to_date(f["due"])
        return f"The coupon of {due}, {money(-flow.cash)}, is not paid: the issuer defaulted before its money moved on {moves}."
    record = note.interest.record_day(flow.day)
    who = f"to the holders of record of {_date(record)}" if note.interest.record_days else "to the holders"
    legs = " + ".join(f"{number(f['on'])} x {_rate(rate)} x {days}/{year}" for rate, days, year in f["legs"])
    return f"Coupon: {note.currency} {legs} = {money(flow.cash)}, interest from {_date(f['start'])}, {who}{_moved(flow)}."


def _moved(flow: Flow) -> str:
    if flow.payment_day == flow.day:
        return ""
    return f"; {_date(flow.day)} is no Business Day, the money moves on {_date(flow.payment_day)} without interest for the delay"


def _record(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return f"Record date for the coupon due {to_date(f['due'])}: {note.currency} {number(f['outstanding'])} of record."


def _reset(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    if "average" not in f:
        return f"Reset: after the merger there are no closes to average; the conversion price stays at {number(f['old'])}."
    days = f"{f['window']} closes from {to_date(f['first'])} to {to_date(f['last'])}"
    head = f"Reset: the {days} average {decimal(f['average']):.4f}"
    limits = f"the floor is {number(f['floor'])}, the price in effect {number(f['old'])}"
    if f["new"] == f["old"]:
        return f"{head}; {limits}: the conversion price stays at {number(f['old'])}."
    bound = " (the floor)" if f["new"] == f["floor"] else ""
    ratio = note.conversion.ratio(f["new"]) if note.conversion else 0
    now = f"the conversion price is now {number(f['new'])}{bound}, {number(ratio)} shares per {number(note.denomination)}"
    return f"{head}; {limits}: {now}."


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
        return f"{head} = {money(flow.cash)}{window}{_moved(flow)}."

    return sentence


def _conversion(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    scale, units = f["scale"], f["principal"] / f["price"]
    at = number(f["price"])
    if isinstance(f["price"], ImpliedPrice):
        at = f"{number(fraction(note.denomination) / f['price'])} shares per {number(note.denomination)}, {at} a share"
    text = f"Conversion of {note.currency} {number(f['principal'])} at {at}: {number(units * scale.shares)}"
    text += f" shares, {flow.shares:,} whole"
    if f["in_lieu"]:
        fraction_left = units * scale.shares - flow.shares
        text += (
            f" and {money(f['in_lieu'])} in cash for the fraction, {number(fraction_left)} x the last close {number(f['close'])}"
        )
    if f["merger_cash"]:
        text += f", and {money(f['merger_cash'])} in cash under the merger"
    if f["distributed"]:
        text += f"; assets distributed earlier, worth {number(f['distributed'])} a share, are delivered with them"
    if f["surrendered"] != flow.day:
        text += f"; surrendered on {to_date(f['surrendered'])}, no Business Day, it counts on {to_date(flow.day)}"
    return text + "."


def _paid_in(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    due = f["due"]
    return (
        f"The converting holder pays in the coupon due {to_date(due)} on {note.currency} {number(f['principal'])}, "
        f"{money(-flow.cash)}: it was surrendered after the record date {to_date(note.interest.record_day(due))}."
    )


def _returned(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return (
        f"What was paid in for the coupon due {to_date(f['due'])} on {note.currency} {number(f['principal'])} converted is "
        f"returned, {money(flow.cash)}: that coupon is not paid{_moved(flow)}."
    )


def _accrued_paid(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return (
        f"Accrued interest from {to_date(f['start'])} on {note.currency} {number(f['principal'])} converted: {money(flow.cash)}."
    )


def _late_interest(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    principal = f"{note.currency} {number(f['on'])}"
    return f"The missed coupon of {to_date(f['due'])} is paid on {principal}: {money(flow.cash)}{_moved(flow)}."


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


def _transfer(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    text = f"Transfer of {note.currency} {number(f['principal'])} from {f['from']} to {f['to']}"
    if f["committed"]:
        text += f", {number(f['committed'])} of it called, under election or put"
    if f["due"]:
        record = to_date(note.interest.record_day(f["due"]))
        text += f"; the coupon due {to_date(f['due'])} stays with the holders of record of {record}"
    return text + "."


def _amendment(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    changes = ", ".join(
        f"{each.setting} from {shown(each.old) or 'nothing'} to {shown(each.new) or 'nothing'}" for each in f["changes"]
    )
    consents = dict.fromkeys(f"{each.requirement.consent} [{each.requirement.rule}]" for each in f["changes"])
    return f"Amended, from tomorrow on: {changes}. Needs the consent of {' and of '.join(consents)}."


def _trigger_met(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    terms = note.withdrawal
    assert terms is not None
    return (
        f"At least {terms.days} of the last {terms.period} closes exceed {number(f['trigger'])}: the Company may withdraw "
        f"conversion rights, by a notice on or before {to_date(f['deadline'])} unless the trigger is met again later."
    )


def _withdrawal_notice(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    lead = f["effective"] - flow.day
    met = f" The trigger was last met on {to_date(f['last_met'])}." if f["last_met"] is not None else ""
    return f"Notice that conversion rights are withdrawn as of {to_date(f['effective'])}, {lead} days from now.{met}"


def _withdrawal(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return (
        f"Conversion rights are withdrawn, by the notice of {to_date(f['notice'])}; the Notes stay outstanding as straight debt."
    )


def _make_whole(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    if "each" not in f:
        return f"The make-whole that was missed is paid: {money(flow.cash)}{_moved(flow)}."
    assert note.withdrawal is not None
    return (
        f"Make-whole: {number(note.withdrawal.make_whole_amount)} less {number(f['paid'])} of interest actually paid before "
        f"{to_date(f['notice'])} = {number(f['each'])} per {number(note.denomination)}, on {note.currency} {number(f['on'])} = "
        f"{money(flow.cash)}{_moved(flow)}."
    )


def _withdrawal_lapse(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    if f["last_met"] is not None:
        return f"The right to withdraw conversion ends unused; its trigger was last met on {to_date(f['last_met'])}."
    near = ""
    if f["highest"] is not None:
        day, close = f["highest"]
        near = f": the highest close was {number(close, 3)} on {to_date(day)}, {number(100 * close / f['trigger'], 1)}% of it"
    return f"The right to withdraw conversion ends; the trigger of {number(f['trigger'])} was never met{near}."


def _redemption_notice(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    lead, what = f["redemption"] - flow.day, "all Notes" if f["whole"] else "a part of the Notes"
    shares = ""
    if not f["whole"] and len(f["chosen"]) > 1:
        shares = " (" + ", ".join(f"{holder}: {number(amount)}" for holder, amount in f["chosen"].items()) + ")"
    principal = f"{note.currency} {number(f['principal'])}"
    return f"Notice that {what}, {principal}{shares}, are redeemed on {to_date(f['redemption'])}, {lead} days from now."


def _change(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return f"A fundamental change occurs; the Company's notice is due on or before {to_date(f['deadline'])}."


def _change_notice(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    overdue = "" if f["overdue_since"] is None else f", which was due on {to_date(f['overdue_since'])}"
    head = f"Notice of the fundamental change of {to_date(f['occurred'])}{overdue}"
    if f["gives_way"]:
        return f"{head}; the repurchase date lies after maturity and gives way to it."
    return (
        f"{head}: holders may require repurchase on "
        f"{to_date(f['repurchase'])}, by an election on or before {to_date(f['deadline'])}."
    )


def _election(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    principal = f"{note.currency} {number(f['principal'])}"
    return f"Election of repurchase of {principal} on {to_date(f['repurchase'])}; it does not convert meanwhile."


def _election_withdrawal(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return f"The election of repurchase of {note.currency} {number(f['principal'])} is withdrawn; it may convert again."


def _put_election(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    return f"Election to put {note.currency} {number(f['principal'])} on {to_date(f['put_day'])}."


def _adjustment(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    if "value" in f:
        worth = f"Assets worth {number(f['value'])} a share are distributed, the share or more"
        return f"{worth}: holders receive them on conversion instead."
    head = f"{_EVENTS[type(f['event'])]}: factor {number(f['wanted'])} on the conversion price"
    if f["now"] == 1:
        return f"{head}; changes of {number(f['change'] * 100)}% in all are carried forward."
    carried = "" if f["now"] == f["wanted"] else f", with what was carried {number(f['now'])}"
    if f["new"] == f["old"]:
        return f"{head}{carried}; what a conversion share stands for changes instead, after the merger."
    order = _in_order(f)
    return (
        f"{head}{carried}: {number(f['old'])} becomes {number(f['new'])}; floor, trigger and earlier closes move with it{order}."
    )


def _in_order(f: Facts) -> str:
    return "; it acts after the other adjustment of the day" if f["earlier"] else ""


_EVENTS = {
    ev.Split: "Split",
    ev.StockDividend: "Stock dividend",
    ev.RightsIssue: "Rights issue",
    ev.SpinOff: "Spin-off",
    ev.CashDividend: "Cash dividend",
    ev.TenderOffer: "Tender offer",
}


def _merger(note: ConvertibleNote, flow: Flow, f: Facts) -> str:
    scale = f["scale"]
    return (
        f"Merger: each conversion share now stands for {number(scale.shares)} shares of the successor and "
        f"{note.currency} {number(scale.cash)} in cash{_in_order(f)}."
    )


_SENTENCES: dict[str, Callable[[Any, Flow, Facts], str]] = {
    "coupon": _coupon,
    "record": _record,
    "reset": _reset,
    **{kind.entry: _pay_out(kind) for kind in KINDS.values() if kind.price is not None},
    "conversion": _conversion,
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
    "transfer": _transfer,
    "amendment": _amendment,
    "trigger-met": _trigger_met,
    "withdrawal-notice": _withdrawal_notice,
    "withdrawal": _withdrawal,
    "withdrawal-lapse": _withdrawal_lapse,
    "make-whole": _make_whole,
    "redemption-notice": _redemption_notice,
    "fundamental-change": _change,
    "fundamental-change-notice": _change_notice,
    "repurchase-election": _election,
    "repurchase-election-withdrawal": _election_withdrawal,
    "put-election": _put_election,
    "adjustment": _adjustment,
    "merger": _merger,
}

#: Every kind of entry a ledger may have.
ENTRY_KINDS = tuple(_SENTENCES)


def sentence(note: ConvertibleNote, flow: Flow) -> str:
    """What happened, with the arithmetic and its numbers; to be asked within `exact()`, as a replay is."""
    return _SENTENCES[flow.kind](note, flow, flow.facts)
