"""Carried: whether the price of a conversion depends on its reason, which arrays carry for changes after the start."""

from __future__ import annotations

from convnote.errors import TermsError
from convnote.lifecycle import State
from convnote.note import ConvertibleNote
from convnote.policies import Never, Policy
from convnote.simulation.paths import Grid


def price_has_reasons(note: ConvertibleNote, grid: Grid, policy: Policy, start: State | None) -> bool:
    """True where a change or a call may still bring a holder additional shares or a lower price (MWT-1, CHG-1)."""
    table = note.make_whole_change
    if note.conversion is None:
        return False
    changes = note.fundamental_change is not None and bool(grid.change[-1])
    if table is None or table.is_empty:
        return note.change_of_control_price is not None and (changes or (start is not None and bool(start.changes)))
    if changes and table.stock_price == "cash":
        reason = "the cash that a change pays for a share is in no model; a table read at the average of five closes is simulated"
        raise TermsError(reason, field="simulate make_whole_change.stock_price", rule="MWT-1", value=table.stock_price)
    calls = table.on_call and note.redemption is not None and not isinstance(policy.redeem, Never)
    return changes or calls or (start is not None and bool(start.changes))
