"""Sentences of decisions: notices, elections, transfers, amendments, and rights that open and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convnote.calendars import to_date
from convnote.lifecycle import Flow, facts
from convnote.replays.sentences.figures import Sentences, number
from convnote.tables import shown

if TYPE_CHECKING:
    from convnote.lifecycle.in_force import TableRead
    from convnote.note import ConvertibleNote
    from convnote.provisions.conditions import Condition, Standing


def _transfer(note: ConvertibleNote, flow: Flow, f: facts.Transfer) -> str:
    text = f"Transfer of {note.currency} {number(f.principal)} from {f.seller} to {f.buyer}"
    if f.committed:
        text += f", {number(f.committed)} of it called, under election or put"
    if f.due:
        record = to_date(note.interest.record_day(f.due))
        text += f"; the coupon due {to_date(f.due)} stays with the holders of record of {record}"
    return text + "."


def _amendment(note: ConvertibleNote, flow: Flow, f: facts.Amendment) -> str:
    changes = ", ".join(
        f"{each.setting} from {shown(each.old) or 'nothing'} to {shown(each.new) or 'nothing'}" for each in f.changes
    )
    consents = dict.fromkeys(f"{each.requirement.consent} [{each.requirement.rule}]" for each in f.changes)
    return f"Amended with effect from tomorrow: {changes}. Requires the consent of {' and of '.join(consents)}."


def _trigger_met(note: ConvertibleNote, flow: Flow, f: facts.TriggerMet) -> str:
    terms = note.withdrawal
    assert terms is not None
    verb = "exceed" if terms.strict else "are at or above"
    level = f"the trigger, today {number(f.trigger)}" if terms.moves else number(f.trigger)
    first = "" if terms.from_date is None else f" as of {terms.from_date} or later"
    return (
        f"At least {terms.days} of the last {terms.period} closes {verb} {level}: the Company may withdraw "
        f"conversion rights{first}, by a notice on or before {to_date(f.deadline)} unless the trigger is met again later."
    )


def _withdrawal_notice(note: ConvertibleNote, flow: Flow, f: facts.WithdrawalNotice) -> str:
    lead = f.effective - flow.day
    met = f" The trigger was last met on {to_date(f.last_met)}." if f.last_met is not None else ""
    return f"Notice that conversion rights are withdrawn as of {to_date(f.effective)}, {lead} days from now.{met}"


def _withdrawal(note: ConvertibleNote, flow: Flow, f: facts.Withdrawal) -> str:
    return (
        f"Conversion rights are withdrawn under the notice of {to_date(f.notice)}; the Notes remain outstanding as straight debt."
    )


def _withdrawal_lapse(note: ConvertibleNote, flow: Flow, f: facts.WithdrawalLapse) -> str:
    if f.last_met is not None:
        return f"The right to withdraw conversion ends unused; its trigger was last met on {to_date(f.last_met)}."
    terms, near = note.withdrawal, ""
    told = f"the trigger of {number(f.trigger)} was never met"
    if f.highest is not None:
        day, close = f.highest
        if terms is not None and (close > f.trigger or (close == f.trigger and not terms.strict)):  # too few closes at a time
            level = "above" if terms.strict else "at or above"
            told = f"there were never {terms.days} of {terms.period} consecutive closes {level} {number(f.trigger)}"
            if f.most is not None and f.most[1]:
                told += f", at most {f.most[1]} in the period to {to_date(f.most[0])}"
        about = "" if number(close, 3) == number(close) else "≈"
        share = f"{about}{number(close, 3)} / {number(f.trigger)} = {number(100 * close / f.trigger, 1)}%"
        near = f": the highest close was {number(close, 3)} on {to_date(day)} ({share} of it)"
    return f"The right to withdraw conversion ends; {told}{near}."


def _redemption_notice(note: ConvertibleNote, flow: Flow, f: facts.RedemptionNotice) -> str:
    lead, what, verb = f.redemption - flow.day, "part of the Notes", "is"
    if f.whole:
        what, verb = "all Notes", "are"
    shares = ""
    if not f.whole and len(f.chosen) > 1:
        shares = " (" + ", ".join(f"{holder}: {number(amount)}" for holder, amount in f.chosen.items()) + ")"
    principal = f"{note.currency} {number(f.principal)}"
    held = ""
    if f.standing is not None and note.redemption is not None:
        held = _closes_hold(f.standing, note.redemption.condition)
    text = f"Notice that {what}, {principal}{shares}, {verb} redeemed on {to_date(f.redemption)}, {lead} days from now"
    return f"{text}{_table_read(note, f.read, 'called Notes')}.{held}"


def _closes_hold(standing: Standing, condition: Condition | None) -> str:
    """How many closes satisfied a condition: " 15 of 30 closes to 2024-06-28 meet the condition (15 of 30 closes above …)."."""
    return f" {_met(standing)} ({condition})."


def _met(standing: Standing) -> str:
    return f"{standing.held} of {standing.closes} closes to {to_date(standing.end)} meet the condition"


def _change(note: ConvertibleNote, flow: Flow, f: facts.FundamentalChange) -> str:
    text = f"A fundamental change occurs; the Company's notice is due on or before {to_date(f.deadline)}"
    until = "Notes converted by the Business Day before the repurchase date"
    lower = ""
    if f.lower is not None:
        price, days = f.lower
        lower = f"; until {days} days after that notice Notes convert at {number(price)}, if it stays in force"
    return f"{text}{lower}{_table_read(note, f.read, until)}."


def _table_read(note: ConvertibleNote, read: TableRead | None, whom: str) -> str:
    """The price at which the table of additional shares was read, and what it gives `whom` (MWT-1)."""
    if read is None:
        return ""
    at = f"cash of {number(read.price)} a share" if read.is_cash else f"an average close of {number(read.price)}"
    if not read.additional:
        return f"; at {at} the table gives no additional shares{'' if read.holds else ', which is outside it'}"
    return f"; at {at} the table gives {whom} {number(read.additional)} additional shares per {number(note.denomination)}"


def _change_notice(note: ConvertibleNote, flow: Flow, f: facts.ChangeNotice) -> str:
    overdue = "" if f.overdue_since is None else f", which was due on {to_date(f.overdue_since)}"
    head = f"Notice of the fundamental change of {to_date(f.occurred)}{overdue}"
    if f.gives_way:
        return f"{head}; the repurchase date would fall after maturity, so the Notes are paid at maturity instead."
    return (
        f"{head}: holders may require repurchase on {to_date(f.repurchase)}, by an election on or before {to_date(f.deadline)}."
    )


def _election(note: ConvertibleNote, flow: Flow, f: facts.Election) -> str:
    principal = f"{note.currency} {number(f.principal)}"
    ends = _still_converts(note, f.day) or "; it does not convert while the election stands"
    return f"Election of repurchase of {principal} on {to_date(f.day)}{ends}."


def _still_converts(note: ConvertibleNote, paid: int) -> str:
    """Until when Notes under an election paid on day number `paid` convert; "" if only after it is withdrawn (END-2, CNV-6)."""
    if note.conversion is None or note.conversion.elected_until is None:
        return ""
    return f"; it converts until {to_date(note.conversion.last_elected(paid))}, which ends the election"


def _election_withdrawal(note: ConvertibleNote, flow: Flow, f: facts.ElectionWithdrawal) -> str:
    return f"The election of repurchase of {note.currency} {number(f.principal)} is withdrawn; it may convert again."


def _put_election(note: ConvertibleNote, flow: Flow, f: facts.Election) -> str:
    text = f"Election to put {note.currency} {number(f.principal)} on {to_date(f.day)}{_still_converts(note, f.day)}."
    if f.standing is None or note.conditional_put is None:
        return text
    return text + _closes_hold(f.standing, note.conditional_put.condition)


def _opens(note: ConvertibleNote, flow: Flow, f: facts.ConversionOpens) -> str:
    until = "" if f.last is None else f" until at least {to_date(f.last)}"
    terms = note.contingent_conversion
    assert terms is not None
    if f.standing is not None:
        return f"{_met(f.standing)} ({terms.quarter}): the Notes are convertible from today{until}."
    if f.price:
        return f"The price of the note was {terms.trading_price}: the Notes are convertible from today{until}."
    if f.changed is not None:
        last = " until a day fixed by the Company's notice" if f.last is None else until
        return f"On the fundamental change the Notes are convertible from today{last}."
    return "From today the Notes are convertible on any day."


def _closes(note: ConvertibleNote, flow: Flow, f: facts.ConversionCloses) -> str:
    upcoming = "" if f.upcoming is None else f"; the closes are next tested on {to_date(f.upcoming)}"
    also = " and of the right to convert" if f.ends else ""
    return f"Today is the last day of this conversion period{also}{upcoming}."


#: Sentences of decisions and rights, by kind of entry.
RIGHTS: Sentences = {
    "transfer": _transfer,
    "amendment": _amendment,
    "trigger-met": _trigger_met,
    "withdrawal-notice": _withdrawal_notice,
    "withdrawal": _withdrawal,
    "withdrawal-lapse": _withdrawal_lapse,
    "redemption-notice": _redemption_notice,
    "fundamental-change": _change,
    "fundamental-change-notice": _change_notice,
    "repurchase-election": _election,
    "repurchase-election-withdrawal": _election_withdrawal,
    "put-election": _put_election,
    "conversion-opens": _opens,
    "conversion-closes": _closes,
}
