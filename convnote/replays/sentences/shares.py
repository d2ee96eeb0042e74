"""Sentences of the share: conversions, resets, adjustments, mergers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import decimal, fraction
from convnote.calendars import to_date
from convnote.lifecycle import Flow, facts
from convnote.lifecycle import events as ev
from convnote.provisions.implied_price import ImpliedPrice
from convnote.replays.sentences.figures import Sentences, moved, number
from convnote.tables import money

if TYPE_CHECKING:
    from convnote.lifecycle.in_force import Lot
    from convnote.note import ConvertibleNote


def _reset(note: ConvertibleNote, flow: Flow, f: facts.Reset | facts.ResetWithoutCloses) -> str:
    if isinstance(f, facts.ResetWithoutCloses):
        return f"Reset: after the merger there are no closes to average; the conversion price stays at {number(f.price)}."
    days = f"{f.window} closes from {to_date(f.first)} to {to_date(f.last)}"
    head = f"Reset: the {days} average {decimal(f.average):.4f}"
    limits = f"the floor is {number(f.floor)}, the price in effect {number(f.old)}"
    if f.new == f.old:
        return f"{head}; {limits}: the conversion price stays at {number(f.old)}."
    bound = " (the floor)" if f.new == f.floor else ""
    ratio, unit = note.conversion.ratio(f.new) if note.conversion else 0, number(note.denomination)
    fixed = None if note.conversion is None else note.conversion.fixed_rate
    each = unit if fixed is None else f"{unit} x {number(fixed)}"
    now = f"the conversion price is now {number(f.new)}{bound}, {each} / {number(f.new)} = {number(ratio)} shares per {unit}"
    return f"{head}; {limits}: {now}."


def _mandatory(note: ConvertibleNote, flow: Flow, f: facts.MandatoryConversion) -> str:
    terms, unit = note.mandatory, number(note.denomination)
    assert terms is not None
    low, high = (number(fraction(level) * f.scale.factor) for level in (terms.low, terms.high))
    prices = "closes, which stand in for the VWAP," if f.stand_ins == f.days else "volume-weighted prices"
    partly = f", on {f.stand_ins} of them the close in its place" if 0 < f.stand_ins < f.days else ""
    mean, each = number(f.average), fraction(f.rate)
    head = f"Conversion at maturity: the average of the {f.days} {prices} from {to_date(f.first)} to {to_date(f.last)}{partly}"
    if f.average < fraction(terms.low) * f.scale.factor:
        head += f" is {mean}, below {low}: the rate is {number(each)}"
    elif f.average > fraction(terms.high) * f.scale.factor:
        head += f" is {mean}, above {high}: the rate is {number(each)}"
    else:
        head += f" is {mean}, from {low} to {high}: the rate is {number(each)}, which is {unit} over it to the nearest "
        head += number(terms.rounding)
    exact = f.principal * each / fraction(note.denomination)
    scaled = "" if f.scale.shares == 1 else f" x {number(f.scale.shares)}"
    product = f"{note.currency} {number(f.principal)} x {number(each)}/{unit}{scaled}"
    text = f"{head}; {product} = {number(exact * f.scale.shares)} shares, {f.shares:,} whole"
    return text + _with_shares(note, f, exact) + moved(flow) + "."


def _with_shares(note: ConvertibleNote, f: facts.Conversion | facts.MandatoryConversion, units: Fraction) -> str:
    """What holders receive in addition to the whole shares, for `units` conversion shares."""
    scale, text = f.scale, ""
    if f.in_lieu:
        left = number(units * scale.shares - f.shares)
        over = f" / {number(f.exchange)}" if isinstance(f, facts.Conversion) and f.exchange != 1 else ""
        in_lieu = money(f.in_lieu, note.currency)
        text = f", and {left} x the last close of {number(f.close)}{over} = {in_lieu} in cash for the fraction"
    elif note.conversion and note.conversion.fraction != "cash" and units * scale.shares != f.shares:
        text = "; the fraction is dropped" if note.conversion.fraction == "dropped" else "; the fraction counts as a whole share"
    if f.merger_cash:
        text += f", and {number(units)} x {number(scale.cash)} = {money(f.merger_cash, note.currency)} in cash under the merger"
    if f.distributed:
        text += f"; assets distributed earlier, worth {number(f.distributed)} a share, are delivered with them"
    return text


def _surrendered(note: ConvertibleNote, flow: Flow, f: facts.Surrendered) -> str:
    how = {"cash": "in cash", "combination": "in cash and shares"}[f.method]
    if f.specified is not None:
        how += f", cash of at most {note.currency} {number(f.specified)} per {number(note.denomination)}"
    days = f"the {f.days} trading days from {to_date(f.first)} to {to_date(f.last)}"
    text = f"Conversion of {note.currency} {number(f.principal)}: settled {how}, by the prices of {days}"
    text += f", to be paid on {to_date(f.pays)}" + "".join(_reason(note, lot) for lot in f.lots)
    if f.surrendered != flow.day:
        text += f"; surrendered on {to_date(f.surrendered)}, which is not a Business Day, it takes effect on {to_date(flow.day)}"
    return text + "."


def _settlement(note: ConvertibleNote, flow: Flow, f: facts.Settled | facts.SettlementTakenBack) -> str:
    if isinstance(f, facts.SettlementTakenBack):
        shares = f" and {f.shares:,} shares" if f.shares else ""
        owed = f"{note.currency} {money(f.cash, note.currency)}{shares} to be paid on {to_date(f.pays)}"
        return f"The settlement of {owed} is not paid: the issuer defaulted."
    prices, partly = "volume-weighted prices", ""
    if f.stand_ins == f.days:
        prices = "closes, which stand in for the VWAP,"
    elif f.stand_ins:
        partly = f", on {f.stand_ins} of them the close in its place"
    unit, principal = number(note.denomination), f"{note.currency} {number(f.principal)}"
    head = f"Settlement of {principal} surrendered on {to_date(f.counted)}: the {f.days} {prices} from {to_date(f.first)} to "
    head += f"{to_date(f.last)}{partly} give "
    cash = f"{principal} x {number(f.cash_each)}/{unit}"
    if f.specified is None:
        paid = money(f.cash, note.currency)
        return f"{head}{number(f.cash_each)} per {unit} in cash: {cash} = {paid}, paid on {to_date(flow.payment_day)}."
    each = number(f.shares_each)
    text = f"{head}cash of {number(f.cash_each)} and {each} shares per {unit}: "
    text += f"{principal} x {each}/{unit} = {number(f.exact)} shares, {f.shares:,} whole"
    if f.in_lieu:
        text += f", and {cash} + {number(f.exact - f.shares)} x {number(f.price)} = {money(f.cash, note.currency)} in cash"
        text += ", the fraction at the last price"
    else:
        cut = note.conversion is not None and note.conversion.fraction != "cash" and f.exact != f.shares
        text += f", and {cash} = {money(f.cash, note.currency)} in cash" + ("; the fraction is not paid in cash" if cut else "")
    if f.distributed:
        text += f"; assets distributed earlier, worth {number(f.distributed)} a share, are delivered with them"
    return f"{text}, paid on {to_date(flow.payment_day)}."


def _conversion(note: ConvertibleNote, flow: Flow, f: facts.Conversion | facts.MandatoryConversion | facts.Surrendered) -> str:
    if isinstance(f, facts.Surrendered):
        return _surrendered(note, flow, f)
    if isinstance(f, facts.MandatoryConversion):
        return _mandatory(note, flow, f)
    scale, unit, fixed = f.scale, number(note.denomination), None if note.conversion is None else note.conversion.fixed_rate
    units = f.principal / f.price if note.conversion is None else note.conversion.in_share_currency(f.principal) / f.price
    principal, at = f"{note.currency} {number(f.principal)}", ""
    by_reason = any(lot.price != (lot.in_force or lot.before) for lot in f.lots)
    if by_reason:
        product = " + ".join(_of_lot(note, lot, scale.shares) for lot in f.lots)
    elif isinstance(f.price, ImpliedPrice):
        product = f"{principal} x {number(fraction(note.denomination) / f.price)}/{unit}{_times(scale.shares)}"
        at = f" (conversion price {number(f.price)})"
    else:
        exchanged = "" if fixed is None else f" x {number(fixed)}"
        product = f"{principal}{exchanged} / {number(f.price)}{_times(scale.shares)}"
    text = f"Conversion of {product} = {number(units * scale.shares)} shares{at}, {f.shares:,} whole"
    if note.exchange is not None:
        text += f", of {note.exchange.shares_of}"
    text += _with_shares(note, f, units)
    for lot in f.lots:
        text += _reason(note, lot)
    if f.ended:
        text += f"; this ends the election of {note.currency} {number(f.ended)}"
    if f.surrendered != flow.day:
        surrendered, counted = to_date(f.surrendered), to_date(flow.day)
        text += f"; surrendered on {surrendered}, which is not a Business Day, it takes effect on {counted}"
    return text + "."


def _property(note: ConvertibleNote, flow: Flow, f: facts.Property) -> str:
    product = f"{note.currency} {number(f.principal)} x {number(f.amount)}/{number(note.denomination)}"
    text = f"Further property delivered: {product} = {number(f.exact)} units of {f.share}, {f.units:,} whole"
    if f.close is not None:
        rest = f"{number(f.exact - f.units)} x its last close of {number(f.close)}"
        text += f", and {rest} = {money(f.in_lieu, note.currency)} in cash for the fraction"
    elif f.units != f.exact:
        text += "; the fraction is dropped" if f.units < f.exact else "; the fraction counts as a whole unit"
    return text + "."


def _times(shares: Any) -> str:
    return "" if shares == 1 else f" x {number(shares)}"


def _of_lot(note: ConvertibleNote, lot: Lot, shares: Any) -> str:
    """The product for the principal that converts at one price, by its rate."""
    unit = fraction(note.denomination)
    return f"{note.currency} {number(lot.principal)} x {number(unit / lot.price)}/{number(unit)}{_times(shares)}"


def _reason(note: ConvertibleNote, lot: Lot) -> str:
    """How the rate of a conversion in connection with a change or a call is calculated (MWT-1)."""
    lowered = "" if lot.lowered_by is None else _lowered(note, lot)
    if lot.additional is None:
        return lowered
    if not lot.additional:
        return f"{lowered}; the table gives no additional shares"
    unit, terms = fraction(note.denomination), note.adjustment
    total = unit / lot.before + lot.additional
    sum_of = f"{lowered}; with additional shares the rate is {number(unit / lot.before)} + {number(lot.additional)}"
    if terms is None or terms.rounding is None:
        return f"{sum_of} = {number(total)} per {number(unit)}"
    rounded = f", rounded {terms.rounding_mode} to {number(terms.rounding, 12)}"
    if terms.rounding_of == "rate":
        return f"{sum_of} = {number(unit / lot.price)} per {number(unit)}{rounded}"
    price = f"the price {number(unit)} / {number(total)} = {number(Fraction(lot.price))}"
    return f"{sum_of} = {number(total)} per {number(unit)}, {price}{rounded}"


def _lowered(note: ConvertibleNote, lot: Lot) -> str:
    """How the price in the period after a change of control is calculated, or the rate if the rate is rounded (CHG-1)."""
    assert lot.lowered_by is not None
    premium, left, whole = lot.lowered_by
    divisor, terms = 1 + premium * left / whole, note.adjustment
    by = f"; after a change of control, by 1 + {number(premium)} x {number(left)}/{number(whole)} = {number(divisor)}"
    before, after = Fraction(lot.in_force), Fraction(lot.before)
    of_rate = terms is not None and terms.rounding is not None and terms.rounding_of == "rate"
    rounded = (
        "" if terms is None or terms.rounding is None else f", rounded {terms.rounding_mode} to {number(terms.rounding, 12)}"
    )
    if of_rate:
        unit = fraction(note.denomination)
        return (
            f"{by}, the rate is {number(unit / before)} x {number(divisor)} = {number(unit / after)} per {number(unit)}{rounded}"
        )
    return f"{by}, the price is {number(before)} / {number(divisor)} = {number(after)}{rounded}"


def _adjustment(note: ConvertibleNote, flow: Flow, f: facts.Adjustment | facts.Distribution | facts.MadeUp) -> str:
    if isinstance(f, facts.Distribution):
        worth = f"Assets worth {number(f.value)} a share are distributed, at least as much as the share is worth"
        return f"{worth}: holders receive them on conversion instead."
    if isinstance(f, facts.MadeUp):
        head = f"What was carried of earlier adjustments is made up, factor {number(f.now)}"
        if _is_of_shares(note, f):
            return f"{head}; after the merger it changes what a conversion share stands for."
        return f"{head}: {_new_price(note, f)}; floor, trigger and earlier closes move with it."
    head = f"{_EVENTS[type(f.event)]}: {_formula(f)}factor {number(f.wanted)} on the conversion price"
    if f.now == 1:
        return f"{head}; changes of {number(f.change * 100)}% in total are carried forward."
    carried = ""
    if f.now != f.wanted:
        carried = f", with what was carried {number(f.wanted)} x {number(f.carried)} = {number(f.now)}"
    if _is_of_shares(note, f):
        return f"{head}{carried}; after the merger it changes what a conversion share stands for instead."
    moves = f"floor, trigger and earlier closes move with it{_in_order(f)}"
    return f"{head}{carried}: {_new_price(note, f)}; {moves}."


def _is_of_shares(note: ConvertibleNote, f: facts.Adjustment | facts.MadeUp) -> bool:
    """True if the price stays after a cash merger, and not because of rounding (ADJ-8)."""
    return bool(f.new == f.old) and (note.adjustment is None or note.adjustment.adjusted(f.old, f.now) != f.old)


def _new_price(note: ConvertibleNote, f: facts.Adjustment | facts.MadeUp) -> str:
    """The product that gives the new price or rate: the figure that is rounded, else the one the note states (RTE-2)."""
    terms, rounded = note.adjustment, ""
    of_rate = isinstance(f.new, ImpliedPrice)
    if terms is not None and terms.rounding is not None:
        of_rate = terms.rounding_of == "rate"
        rounded = f", rounded {terms.rounding_mode} to {number(terms.rounding, 12)}"
    if not of_rate:
        old, new = Fraction(f.old), Fraction(f.new)
        return f"{number(old)} x {number(f.now)} = {number(new)}{rounded}"
    old, new = (fraction(note.denomination) / price for price in (f.old, f.new))
    price = f"(conversion price {number(f.new)})"
    return f"{number(old)} / {number(f.now)} = {number(new)} shares per {number(note.denomination)} {price}{rounded}"


def _formula(f: facts.Adjustment) -> str:
    """The formula of the adjustments that act together on one day (DIV-3)."""
    if f.together is None:
        return ""
    price, day = f.old / f.together.scales[-1].shares, f.together
    paid = f"{number(price)} - {number(day.cash)} + {number(day.raised)}"
    return f"with all of the day, ({paid}) / (1 + {number(day.stock)} + {number(day.new)}), "


def _dividend(note: ConvertibleNote, flow: Flow, f: facts.DividendPaid) -> str:
    of = f"the {number(f.shares)} conversion shares of {note.currency} {number(f.on)}"
    paid = f"{number(f.shares)} x {number(f.each)} = {money(flow.cash, note.currency)}"
    return f"A dividend of the share's price or more is paid on {of} in place of an adjustment: {paid}{moved(flow)}."


def _in_order(f: facts.Adjustment | facts.Merger) -> str:
    return "; it acts after the other adjustment of the day" if f.earlier else ""


_EVENTS: dict[type[ev.Event], str] = {
    ev.Split: "Split",
    ev.StockDividend: "Stock dividend",
    ev.RightsIssue: "Rights issue",
    ev.SpinOff: "Spin-off",
    ev.CashDividend: "Cash dividend",
    ev.TenderOffer: "Tender offer",
}


def _merger(note: ConvertibleNote, flow: Flow, f: facts.Merger) -> str:
    stands = f"{number(f.scale.shares)} shares of the successor and {note.closes_currency} {number(f.scale.cash)} in cash"
    return f"Merger: each conversion share now stands for {stands}{_in_order(f)}."


#: Sentences of the share and its price, by kind of entry.
SHARES: Sentences = {
    "reset": _reset,
    "conversion": _conversion,
    "property": _property,
    "settlement": _settlement,
    "adjustment": _adjustment,
    "merger": _merger,
    "dividend": _dividend,
}
