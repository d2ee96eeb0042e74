"""Default: when an unpaid amount becomes an Event of Default, and what may be declared due.

On the reverse of the note: "In case an Event of Default … shall have occurred and be continuing, the principal of, premium, if
any, and accrued interest on all Notes may be declared … due and payable".
"""

from __future__ import annotations

from dataclasses import dataclass

from convnote.provisions.changes import worse_from, worse_if_higher
from convnote.provisions.terms import Provision, count, rules, term

RULES = rules(
    DEF_1=("on an Event of Default principal and accrued interest may be declared due at once", "note"),
    DEF_2=("interest unpaid beyond its grace, or principal or another price unpaid when due, is one", "convention"),
)

#: Payments that can be missed, and the rule by which each falls due.
PAYMENTS = {
    "interest": "INT-1",
    "principal": "PRN-1",
    "redemption": "RED-1",
    "repurchase": "FCH-1",
    "put": "PUT-1",
    "make-whole": "WDR-4",
}


@dataclass(frozen=True, kw_only=True)
class Default(Provision):
    """Events of Default (DEF-1, DEF-2). `grace_days` is the number of days interest may stay unpaid.

    >>> Default().is_event("interest", due=0, on=29), Default().is_event("interest", due=0, on=30)
    (False, True)
    """

    presence = worse_from(True, False, touches="impaired suit for payment")

    grace_days: int = term(count(0, 366), "DEF-2", "convention", change=worse_if_higher("impaired suit for payment"), default=30)

    def is_event(self, payment: str, *, due: int, on: int) -> bool:
        """True if `payment`, due on day number `due` and unpaid, is an Event of Default on day number `on` (DEF-2)."""
        return on - due >= (self.grace_days if payment == "interest" else 0)
