"""A one-page summary of a note: the main terms, each with its rule. `note.table()` has them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import decimal
from convnote.calendars import to_date
from convnote.tables import Table, percent, shown

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

#: More dates than this are shown as the first, the last and their number.
_DATES = 4
_TIMES = {1: "once a year", 2: "twice a year", 4: "quarterly", 12: "monthly"}

Row = tuple[str, str, str]


def summary(note: NoteTerms) -> Table:
    """Size, dates, coupon, conversion, trigger, floor, make-whole and rights of a note, in at most 21 one-line rows."""
    parts = (_issue, _interest, _conversion, _withdrawal, _rights, _own, _about)
    return Table.of(
        ("term", "terms of the note", "rule"), [row for part in parts for row in part(note)], note.description or note.name
    )


def _issue(note: NoteTerms) -> Iterator[Row]:
    if issuer := note.identity.get("issuer"):
        yield "issuer", " ".join(issuer.split()), "ID-1"
    yield "size", f"{note.currency} {shown(note.issue_size)} in Notes of {shown(note.denomination)}", "ID-2"
    yield "issue", str(note.issue_date), "PRN-1"
    if note.mandatory is None:
        included = ", the last interest included" if note.principal.maturity_includes_interest else ""
        yield "maturity", f"{note.maturity_date}, at {percent(note.principal.maturity_price)}{included}", "PRN-1"
        return
    terms = note.mandatory
    least, most = f"{shown(terms.max_rate)} below {shown(terms.low)}", f"{shown(terms.min_rate)} above {shown(terms.high)}"
    yield "maturity", f"{note.maturity_date}, into shares: {least}, {most}, {shown(note.denomination)} / average between", "MND-1"


def _interest(note: NoteTerms) -> Iterator[Row]:
    interest = note.interest
    if (accretion := note.accretion) is not None:
        often = _TIMES.get(accretion.frequency, f"{accretion.frequency} times a year")
        grows = f"from {shown(accretion.issue_price)} per {shown(note.denomination)}, {percent(accretion.yield_)} a year"
        yield "accretes", f"{grows}, compounded {often}, {accretion.day_count}", "ACC-1"
    if not interest.due_days:
        included = "" if interest.included_from is None else f" beside {interest.rate_in_words} in the price at maturity"
        yield "coupon", f"none{included}", "INT-1"
        return
    often = _TIMES.get(interest.frequency, f"{interest.frequency} times a year")
    first, last = to_date(interest.due_days[0]), to_date(interest.due_days[-1])
    floats = f", at least {percent(interest.floor or 0)}, fixed {interest.fixed} each period" if interest.floats else ""
    paid = f"{interest.rate_in_words}{floats}, paid {often} from {first} to {last}, {interest.day_count}"
    yield "coupon", paid, "FLT-1" if interest.floats else "INT-1"
    if interest.in_kind:
        unit = f"rounded {interest.paid_rounding_mode} to {shown(interest.paid_rounding)}"
        yield "in kind", f"coupons before maturity are added to principal, {unit}", "PIK-1"
    if interest.record_dates is not None:
        yield "record dates", ", ".join(interest.record_dates), "REC-1"
    else:
        days = f"{interest.record_days} day{'' if interest.record_days == 1 else 's'}"
        yield "record date", f"{days} before payment" if interest.record_days else "the payment date", "INT-3"


def _conversion(note: NoteTerms) -> Iterator[Row]:
    terms = note.conversion
    if terms is None:
        return
    ratio, unit = shown(decimal(terms.rate or terms.ratio(terms.price))), shown(note.denomination)
    if terms.rate is None:
        yield (
            "conversion price",
            f"{note.closes_currency} {shown(terms.price)} a share ({ratio} {_shares(ratio)} per {unit})",
            "CNV-3",
        )
    else:
        yield (
            "conversion rate",
            f"{ratio} {_shares(ratio)} per {unit} (price {note.currency} {shown(terms.price)} a share)",
            "RTE-1",
        )
    if terms.fixed_rate is not None:
        yield "exchange rate", f"fixed at {note.closes_currency} {shown(terms.fixed_rate)} for one {note.currency}", "FXF-1"
    if terms.fraction != "cash":
        yield "fraction of a share", "dropped" if terms.fraction == "dropped" else "made up to a whole share", "FRC-1"
    if terms.from_date is not None:
        yield "converts from", str(terms.from_date), "CNV-1"
    if (windows := note.contingent_conversion) is not None:
        free = "" if windows.free_from is None else f"; on any day from {windows.free_from}"
        yield "converts only", f"{windows.in_words}{free}", "CNT-1"
    if terms.until is not None:
        yield "converts until", str(to_date(terms.last_day)), "END-1"
    if (note.redemption or note.clean_up) is not None and "called_until" in (terms.said or ()):
        last = f"{terms.called_until} the redemption date" if terms.called_until.count else "the redemption date"
        yield "when called", f"converts until {last}", "END-2"
    if terms.elected_until is not None and (note.fundamental_change or note.put) is not None:
        yield "under election", f"converts until {terms.elected_until} the repurchase or put date", "END-2"
    if note.exchange is not None:
        share = note.exchange.property[0]
        others = "".join(f" and {shown(each.amount)} of {each.share}" for each in note.exchange.further)
        yield "exchangeable", f"into {shown(share.amount)} shares of {note.exchange.shares_of}{others} per {unit}", "EXC-1"
    if note.settlement is not None:
        yield "settlement", _settled(note), "STL-1"
    if note.reset is not None:
        yield "reset", f"on {_few(note.reset.dates)}, to the average of {note.reset.window} closes, down only", "RST-1"
        yield "floor", f"{note.closes_currency} {shown(note.reset.floor)} a share", "RST-2"
    if note.revision is not None:
        lowered = f"the Company may lower the price after {note.revision.condition}"
        yield "revision", f"{lowered}, to no less than {note.revision.floor_in_words}", "DWN-1"
    if note.adjustment is not None:
        yield "adjusted for", ", ".join(note.adjustment.adjusts) or "nothing", "ADJ-8"


def _settled(note: NoteTerms) -> str:
    terms = note.settlement
    assert terms is not None
    if terms.method == "shares" and terms.election is None:
        return "in shares, at once"
    how = {"shares": "in shares, at once", "cash": "in cash"}.get(terms.method, "")
    if terms.specified is not None:
        how = f"cash of {note.currency} {shown(terms.specified)} per {shown(note.denomination)} at most, and shares"
    choice = ", or as the issuer elects" if terms.election else ""
    return f"{how}{choice}, over {terms.observation} trading days, paid {terms.pays_after} Business Days later"


def _withdrawal(note: NoteTerms) -> Iterator[Row]:
    terms = note.withdrawal
    if terms is None:
        return
    level = terms.trigger_in_words if terms.moves else f"{note.closes_currency} {shown(terms.trigger)}"
    met = f"closes {'' if terms.strict else 'at or '}above {level} on {terms.days} of {terms.period} trading days"
    since = "" if terms.from_date is None else f" from {terms.from_date} and"
    yield "trigger", f"{met}: conversion may be withdrawn{since} before {terms.ends}", "WDR-1"
    if terms.make_whole_amount:
        amount = f"{note.currency} {shown(terms.make_whole_amount)} per {shown(note.denomination)}"
        yield "make-whole", f"{amount}, less interest paid before the notice", "WDR-4"


def _rights(note: NoteTerms) -> Iterator[Row]:
    if note.redemption is not None:
        call = note.redemption
        notice = f"{call.notice_at_least} to {call.notice_at_most} days' notice" if call.notice_at_most else "without notice"
        whole = ", of all Notes" if call.whole_only else ""
        yield "call", f"{_prices(note, call.prices, 'from ')}{_accrued(note, call.accrued)}, {notice}{whole}", "RED-1"
        if call.condition is not None:
            hard = "" if call.until is None else f", until {call.until}"
            yield "only after", f"{call.condition}{hard}", "SFT-1"
    if note.clean_up is not None:
        small = note.clean_up
        level = f"{note.currency} {shown(small.amount)}" if small.share is None else f"{percent(small.share)} of the issue"
        yield "clean-up", f"of all Notes, once {'less than' if small.strict else 'at most'} {level} is outstanding", "CCP-1"
    if note.put is not None:
        yield "put", f"{_prices(note, note.put.prices, 'on ')}{_accrued(note, note.put.accrued)}", "PUT-1"
    if (low := note.conditional_put) is not None:
        since = "" if low.from_date is None else f"from {low.from_date} "
        often = "once in each interest year, " * low.once_a_year
        paid = f"paid {low.pays_after} Business Days later at {percent(low.price)}{_of_claim(note)}{_accrued(note, low.accrued)}"
        yield "put after low closes", f"{since}after {low.condition}; {often}{paid}", "CPT-1"
    if note.fundamental_change is not None:
        change = note.fundamental_change
        paid = f"repurchase at {percent(change.price)}{_of_claim(note)}{_accrued(note, 'clean')}, {change.after_in_words}"
        yield "fundamental change", paid, "FCH-1"
    if note.change_of_control_price is not None:
        lower = note.change_of_control_price
        share = f"1 + {percent(lower.premium)} x days left to {'maturity' if lower.to == 'maturity' else 'the next put date'}"
        until = f"until {lower.period_days} days after the Company's notice"
        yield "change of control", f"the conversion price / ({share} / days from issue), {until}", "CHG-1"
    if note.make_whole_change is not None:
        table = note.make_whole_change
        most = shown(max(max(row) for row in table.shares))
        capped = "" if table.cap_rate is None else f", rate at most {shown(table.cap_rate)}"
        why = "on a change or a call" if table.on_call else "on a change"
        reach = f"share prices from {shown(table.prices[0])} to {shown(table.prices[-1])}"
        yield "additional shares", f"{why}: up to {most} per {shown(note.denomination)} for {reach}{capped}", "MWT-1"


def _own(note: NoteTerms) -> Iterator[Row]:
    for name, part in note.extras.items():
        stated = [(each, getattr(part, each.name)) for each in part.settings()]
        told = [f"{each.name} {shown(value)}" for each, value in stated if value is not None]
        rules = dict.fromkeys(each.metadata["rule"] for each, value in stated if value is not None)
        yield name.replace("_", " "), ", ".join(told), " ".join(rules)


def _about(note: NoteTerms) -> Iterator[Row]:
    if note.not_modelled:
        yield "not modelled", "; ".join(f"{key}: {' '.join(words.split())}" for key, words in note.not_modelled.items()), "NMD-1"
    if note.assumed:
        number = len(note.assumed)
        yield "assumed", f"{number} setting{'s' if number > 1 else ''} not stated in the sheet, listed by note.assumed", ""
    if found := len(note.check()):
        yield "findings", f"{found}, listed by check()", ""


def _shares(ratio: str) -> str:
    return "share" if ratio == "1" else "shares"


def _of_claim(note: NoteTerms) -> str:
    return "" if note.accretion is None else " of the accreted value"


def _accrued(note: NoteTerms, kind: str) -> str:
    if not note.interest.due_days and note.interest.included_from is None:
        return ""
    return ", plus accrued interest" if kind == "clean" else ", accrued interest included"


def _prices(note: NoteTerms, prices: Sequence[tuple[date, Any]], word: str) -> str:
    told = [f"{word}{on} at {percent(price)}{_of_claim(note)}" for on, price in prices]
    return ", ".join(told) if len(told) <= _DATES else f"{told[0]}, and {len(told) - 2} more to {told[-1].removeprefix(word)}"


def _few(dates: Sequence[date]) -> str:
    if len(dates) <= _DATES:
        return ", ".join(map(str, dates)) or "no date"
    return f"{len(dates)} dates from {dates[0]} to {dates[-1]}"
