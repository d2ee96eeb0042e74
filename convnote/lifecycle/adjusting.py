"""Adjusting: how events of the share change the conversion price, or what one conversion share stands for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import fraction, smaller
from convnote.errors import TermsError
from convnote.lifecycle import events as ev
from convnote.lifecycle import facts
from convnote.lifecycle.protection import Together
from convnote.lifecycle.state import CONVERTIBLE, Scale, State
from convnote.lifecycle.transition import Flow, Objection, Seen, Transition, nothing
from convnote.provisions.adjustment import EVENTS

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote
    from convnote.provisions import Adjustment


def in_force(note: ConvertibleNote, price: Any) -> Any:
    """A conversion price as a state holds it; for a note that states a rate it stays an implied price (RTE-1)."""
    return price if note.conversion is None else note.conversion.in_force(price)


def permit_adjustment(note: ConvertibleNote, state: State, event: ev.Event, seen: Seen) -> Objection | None:
    """The note must say how it adjusts, and the figures must allow an adjustment (ADJ-1…ADJ-6)."""
    rule = _rule_of(note, event)
    if note.conversion is None or note.adjustment is None:
        return Objection(rule, "the note has no provision on adjustments")
    if not _adjusts(note, event):
        return None
    fixed = note.conversion.fixed_rate is not None
    if fixed and isinstance(event, ev.Merger) and event.cash:
        return Objection(
            "FXF-1", f"cash of a merger, in {note.closes_currency}, cannot be entered in a ledger in {note.currency}"
        )
    try:
        wanted = adjustment_factor(note, state, event, seen)
        if fixed and wanted is None and isinstance(event, ev.CashDividend):
            reason = f"a dividend of the share's price or more, paid in {note.closes_currency}"
            return Objection("FXF-1", f"{reason}, cannot be entered in a ledger in {note.currency}")
        if wanted is not None:
            note.adjustment.adjusted(state.price, wanted)  # what is left after rounding must divide
    except TermsError as error:
        return Objection(rule, str(error))
    return None


#: The rule by which each event adjusts.
ADJUSTING: dict[type[ev.Event], str] = {
    kind: kind.rule
    for kind in (ev.Split, ev.StockDividend, ev.RightsIssue, ev.SpinOff, ev.CashDividend, ev.TenderOffer, ev.Merger)
}


def _rule_of(note: ConvertibleNote, event: ev.Event) -> str:
    """The rule by which this event adjusts under these terms."""
    if isinstance(event, ev.SpinOff) and event.averaged == "from-ex-date":
        return "ADJ-10"
    if note.adjustment is not None and (isinstance(event, ev.CashDividend) or _acts_together(note, event)):
        return note.adjustment.dividend_rule
    return event.rule


def _acts_together(note: ConvertibleNote, event: ev.Event) -> bool:
    """True if the event adjusts in one formula with the other events of its day (DIV-3)."""
    together = (ev.CashDividend, ev.StockDividend, ev.RightsIssue)
    return note.adjustment is not None and note.adjustment.dividends == "subtract" and isinstance(event, together)


def _together(state: State, event: ev.Event) -> Together:
    """The events that adjust in one formula with this one, itself included, and the figures they all start from (DIV-3)."""
    before = state.together
    if before is None or before.day != event.day:
        before = Together(event.day, state.price, state.scales, state.carried)
    return before.and_also(event)


def _subtracted(terms: Adjustment, all_of_day: Together) -> Any:
    """The joint factor of the day's events; after a merger a conversion share stands for other shares (DIV-3)."""
    scale = all_of_day.scales[-1]
    if scale.cash:
        raise TermsError("after a merger for cash nothing can be subtracted from the price", field="adjustment", rule="DIV-3")
    each = {name: getattr(all_of_day, name) for name in ("cash", "stock", "new", "raised")}
    return terms.subtract_factor(all_of_day.price / scale.shares, **each)


def _adjusts(note: ConvertibleNote, event: ev.Event) -> bool:
    """True if the terms adjust the price for such an event: `adjustment.adjusts` names it."""
    names = dict(zip(ADJUSTING, EVENTS, strict=True))
    return note.adjustment is not None and names[type(event)] in note.adjustment.adjusts


def _left_out(state: State, event: ev.Event) -> Transition:
    return Transition(state, warnings=(f"{type(event).__name__} of {event.on}: the terms do not adjust the price for it",))


def adjustment_factor(note: ConvertibleNote, state: State, event: ev.Event, seen: Seen) -> Any | None:
    """The factor this event puts on the conversion price; None where holders receive the distribution itself (ADJ-4, DIV-1)."""
    terms = note.adjustment
    assert terms is not None
    if _acts_together(note, event):
        _must_make_sense(terms, event)
        return _subtracted(terms, _together(state, event))
    match event:
        case ev.RightsIssue() | ev.SpinOff() | ev.CashDividend() | ev.TenderOffer():
            market = seen.market_price if event.market_price is None else event.market_price
    match event:
        case ev.Split():
            return terms.split_factor(new=event.new, old=event.old)
        case ev.StockDividend():
            return terms.stock_dividend_factor(shares=event.shares, outstanding=event.outstanding)
        case ev.RightsIssue():
            return terms.rights_issue_factor(
                shares=event.shares, proceeds=event.proceeds, outstanding=event.outstanding, market_price=market
            )
        case ev.SpinOff():
            return terms.spin_off_factor(value=event.value, market_price=market, averaged=event.averaged)
        case ev.CashDividend():
            threshold = state.dividends.threshold(terms, event)
            return terms.cash_dividend_factor(cash=event.cash, market_price=market, threshold=threshold)
        case ev.TenderOffer():
            return terms.tender_offer_factor(
                shares=event.shares, paid=event.paid, outstanding=event.outstanding, market_price=market
            )
    assert isinstance(event, ev.Merger)
    if smaller(event.shares, event.cash) < 0 or not (event.shares or event.cash):
        raise TermsError("expected shares, cash or both, none below 0", field="Merger", rule="ADJ-8")
    return None


def adjust(note: ConvertibleNote, state: State, event: ev.Event, seen: Seen) -> Transition:
    """The conversion price after a split, a distribution or a tender (ADJ-1…ADJ-7, ADJ-9)."""
    terms = note.adjustment
    assert terms is not None
    if not _adjusts(note, event):
        return _left_out(state, event)
    rule = _rule_of(note, event)
    wanted = adjustment_factor(note, state, event, seen)
    if wanted is None and isinstance(event, ev.CashDividend):
        return _paid_out(note, state, event)
    if wanted is None:  # worth the share price or more: holders receive it on conversion instead
        value = fraction(event.value)  # type: ignore[attr-defined]
        flow = Flow("adjustment", event.day, event.day, (rule,), facts=facts.Distribution(value))
        return Transition(dataclasses.replace(state, distributed=state.distributed + value), (flow,))
    together = _together(state, event) if _acts_together(note, event) else None
    base = (
        state
        if together is None
        else dataclasses.replace(state, price=together.price, scales=together.scales, carried=together.carried)
    )
    now, pending, change = terms.carried(*base.carried, fraction(wanted))
    scale, price = base.scale, base.price
    if scale.cash:
        # After a cash merger the price refers to a share that is gone; what each share stands for changes instead (ADJ-8).
        scale = dataclasses.replace(scale, since=event.day, shares=scale.shares / now)
    else:
        scale = dataclasses.replace(scale, since=event.day, factor=scale.factor * now)
        price = price if now == 1 else in_force(note, terms.adjusted(price, now))
    earlier = together is None and _earlier_today(state, event)
    told = facts.Adjustment(event, wanted, base.carried[0], now, base.price, price, change, earlier, together)
    rules = (rule,) + ("LIF-5",) * earlier + (("ADJ-7",) if now != wanted else ())
    rules += ("RST-4", "ADJ-9") + ("RTE-2",) * terms.rounds_otherwise if now != 1 else ()
    flow = Flow("adjustment", event.day, event.day, rules, facts=told)
    scales = base.scales if now == 1 else (*base.scales, scale)
    dividends = state.dividends.after(event, wanted, applied=not change)
    changed = {"price": price, "scales": scales, "carried": (pending, change), "dividends": dividends, "together": together}
    return Transition(dataclasses.replace(state.with_price_until(event.day, price), **changed), (flow,))


def made_up(note: ConvertibleNote, state: State, event: ev.Event, seen: Seen) -> Transition:
    """Carried adjustments take effect, however small they are (ADJ-7); no effect where nothing is carried."""
    terms, (product, _) = note.adjustment, state.carried
    if terms is None or product == 1:
        return Transition(state)
    day = int(note.conversion.counted(event.day)) if isinstance(event, ev.Convert) and note.conversion else event.day
    scale, price = state.scale, state.price
    if scale.cash:
        scale = dataclasses.replace(scale, since=day, shares=scale.shares / product)
    else:
        scale = dataclasses.replace(scale, since=day, factor=scale.factor * product)
        price = in_force(note, terms.adjusted(price, product))
    rules = ("ADJ-7", "RST-4", "ADJ-9") + ("RTE-2",) * terms.rounds_otherwise
    told = facts.MadeUp(product, state.price, price)
    changed = {"price": price, "scales": (*state.scales, scale), "carried": (fraction(1), fraction(0))}
    state = state.with_price_until(day, price)
    state = dataclasses.replace(state, **changed, dividends=state.dividends.in_force(), together=None)
    return Transition(state, (Flow("adjustment", day, day, rules, facts=told),))


def made_up_before(does: Callable[..., Transition]) -> Callable[..., Transition]:
    """Wrap an event's effect so that carried adjustments take effect first, where the terms say so for such an event (ADJ-7)."""

    def step(note: ConvertibleNote, state: State, event: ev.Event, seen: Seen) -> Transition:
        if note.adjustment is None or note.adjustment.carry_until != "conversion":
            return does(note, state, event, seen)
        before = made_up(note, state, event, seen)
        after = does(note, before.state, event, seen)
        return Transition(after.state, before.flows + after.flows, after.warnings)

    return step


def _paid_out(note: ConvertibleNote, state: State, event: ev.CashDividend) -> Transition:
    """A dividend of the share price or more is paid to holders on their conversion shares, and the rate stays (DIV-1)."""
    if state.status not in CONVERTIBLE or state.is_withdrawn_on(event.day):
        return Transition(state, warnings=(f"CashDividend of {event.on}: the Notes no longer convert",))
    paid_on, flows = note.principal.payment_day(event.day), []
    rules = ("DIV-1",) + ("INT-6",) * (paid_on != event.day)
    for name, position in state.positions.items():
        if not nothing(position.outstanding):
            shares = position.outstanding * state.scale.shares / state.price
            told = facts.DividendPaid(position.outstanding, event.cash, shares)
            cash = note.principal.paid(shares * event.cash, position.outstanding)
            flows.append(Flow("dividend", event.day, paid_on, rules, name, cash=cash, facts=told))
    dividends = state.dividends.after(event, fraction(1), applied=False)
    return Transition(dataclasses.replace(state, dividends=dividends), tuple(flows))


def _must_make_sense(terms: Adjustment, event: ev.Event) -> None:
    """Refuse figures from which no adjustment can be computed (DIV-3)."""
    named = {name: getattr(event, name) for name in ("cash", "shares", "outstanding") if hasattr(event, name)}
    wrong = [name for name, value in named.items() if value <= 0]
    if wrong:
        raise TermsError("expected a number above 0", field=f"adjustment {wrong[0]}", rule="DIV-3", value=named[wrong[0]])


def _earlier_today(state: State, event: ev.Event) -> bool:
    """True if an earlier adjustment of the same day makes the order matter; splits and stock dividends commute (LIF-5)."""
    changed = len(state.scales) > 1 and state.scale.since == event.day
    return changed and not isinstance(event, (ev.Split, ev.StockDividend))


def merge(note: ConvertibleNote, state: State, event: ev.Merger, seen: Seen) -> Transition:
    """From now on one conversion share stands for what a holder of the share would have received (ADJ-8)."""
    if not _adjusts(note, event):
        return _left_out(state, event)
    before = state.scale
    scale = Scale(event.day, before.factor, before.shares * event.shares, before.cash + before.shares * event.cash)
    earlier = _earlier_today(state, event)
    rules = ("ADJ-8",) + ("LIF-5",) * earlier
    flow = Flow("merger", event.day, event.day, rules, facts=facts.Merger(scale, earlier))
    return Transition(dataclasses.replace(state, scales=(*state.scales, scale), together=None), (flow,))
