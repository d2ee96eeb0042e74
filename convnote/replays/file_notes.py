"""File notes: a ledger as a page and as a file note, with the rules it cites and where each is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convnote.arithmetic import decimal
from convnote.printing import on_one_line
from convnote.provisions import RULES
from convnote.tables import Table, folded, shown

if TYPE_CHECKING:
    from convnote.replays.ledger import Ledger


#: Columns of a file note: the width of a page, an e-mail or a notebook cell.
_COLUMNS = 100


def page(ledger: Ledger, most: int | None = None) -> Table:
    """The entries as a table: day, money and shares to the holders, what happened and under which rules."""
    rows = [
        # the payment day is shown only where it differs
        (
            entry.date,
            entry.payment_date if entry.cash and entry.payment_date != entry.date else None,
            entry.cash or None,
            entry.shares or None,
            entry.text,
            entry.rules,
        )
        for entry in ledger.entries[:most]
    ]
    columns = ("date", "paid on", f"cash {ledger.note.currency}", "shares", "what happened", "rules")
    return Table.of(columns, rows, heading(ledger)).without_empty()


def heading(ledger: Ledger) -> str:
    """The note and its history of closes: what a reader must know before the first entry."""
    return f"{on_one_line(ledger.note.description or ledger.note.name)}\nCloses: {ledger.source}."


def closing(ledger: Ledger) -> list[str]:
    """The totals, and anything else a reader must know."""
    note, state = ledger.note, ledger.state
    kinds = dict.fromkeys(entry.kind for entry in ledger.entries if entry.cash)
    paid = " + ".join(f"{kind} {shown(ledger.total(kind))}" for kind in kinds)
    gone = "".join(f"{how} {shown(decimal(amount))} + " for how, amount in state.retired.items())
    what = "coupons in kind and further issues" if note.interest.in_kind else "further issues"
    further = f" + {what} {shown(decimal(state.further))}" if state.further else ""
    price = f"; conversion price {shown(state.conversion_price)}" if state.convertible else ""
    lines = [
        f"Cash to the holders: {note.currency} {shown(ledger.total())}{f' = {paid}' if len(kinds) > 1 else ''}.",
        f"Principal: {shown(note.issue_size)}{further} = {gone}outstanding {shown(state.outstanding)}.",
        f"Status at the end of {state.on}: {state.status}{price}.",
    ]
    lines += note.caveats()
    lines += [f"No decision on record, {on}: {words} [{rule}]." for on, rule, words in ledger.open_rights]
    lines += [f"Passed over: {warning}." for warning in ledger.warnings]
    return lines


def file_note(ledger: Ledger) -> str:
    """The whole ledger as a file note, in lines of at most 100 columns."""
    note = ledger.note
    # what the term sheet leaves out is quoted verbatim, however long
    head, lines = [folded(heading(ledger), _COLUMNS), *note.caveats(), ""], []
    for entry in ledger.entries:
        lines.append(f"{entry.date}  {entry.text}")
        by_authority: dict[str, list[str]] = {}
        for rule in entry.rules:
            by_authority.setdefault(_authority(ledger, rule), []).append(rule)
        cited = "; ".join(f"{', '.join(rules)} ({_where(authority)})" for authority, rules in by_authority.items())
        lines.append(f"            {cited}.")
    if ledger.open_rights:
        lines += ["", "Rights without a decision on record:"]
        lines += [f"{on}  {rule}: {words}." for on, rule, words in ledger.open_rights]
    lines += [f"Passed over: {warning}." for warning in ledger.warnings]
    used = dict.fromkeys(rule for entry in ledger.entries for rule in entry.rules)
    lines += ["", "Rules cited:"]
    rules = {**RULES, **{name: rule for name, rule in ledger.own_rules.items() if name not in RULES}}
    lines += [f"{name:7} {rules[name].says} [{_where(_authority(ledger, name))}]" for name in rules if name in used]
    return "\n".join([*head, folded("\n".join(lines), _COLUMNS)]) + "\n"


def _authority(ledger: Ledger, rule: str) -> str:
    return ledger.note.authority(rule) if rule in RULES else ledger.own_rules[rule].authority


def _where(authority: str) -> str:
    words = {"note": "printed in the note", "cover": "printed on the cover of the prospectus", "convention": "a convention"}
    return " and ".join(words.get(part, f"printed in the {part}") for part in authority.split("+"))
