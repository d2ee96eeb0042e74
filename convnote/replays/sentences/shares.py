"""Prose of the share: conversions, resets, adjustments, mergers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convnote.arithmetic import decimal, fraction
from convnote.calendars import to_date
from convnote.lifecycle import Flow
from convnote.lifecycle import events as ev
from convnote.provisions.conversion import ImpliedPrice
from convnote.replays.sentences.figures import Facts, Sentences, money, number

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote


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
    elif note.conversion and note.conversion.fraction != "cash" and units * scale.shares != flow.shares:
        text += "; the fraction is dropped" if note.conversion.fraction == "dropped" else "; the fraction counts as a whole share"
    if f["merger_cash"]:
        text += f", and {money(f['merger_cash'])} in cash under the merger"
    if f["distributed"]:
        text += f"; assets distributed earlier, worth {number(f['distributed'])} a share, are delivered with them"
    if f["surrendered"] != flow.day:
        text += f"; surrendered on {to_date(f['surrendered'])}, no Business Day, it counts on {to_date(flow.day)}"
    return text + "."


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


#: Sentences of the share and its price, by kind of entry.
SHARES: Sentences = {
    "reset": _reset,
    "conversion": _conversion,
    "adjustment": _adjustment,
    "merger": _merger,
}
