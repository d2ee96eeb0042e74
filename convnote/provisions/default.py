"""Default: when an unpaid amount becomes an Event of Default, and what may then be declared due.

On the reverse of the note: "In case an Event of Default … shall have occurred and be continuing, the principal of, premium, if
any, and accrued interest on all Notes may be declared … due and payable".
"""

from __future__ import annotations

from dataclasses import dataclass

from convnote.provisions.changes import worse_from, worse_if_higher
from convnote.provisions.fields import count, term
from convnote.provisions.provision import Provision, rules

RULES = rules(
    DEF_1=("on an Event of Default principal and accrued interest may be declared due at once", "note"),
    DEF_2=("interest unpaid beyond its grace, or principal or another price unpaid when due, is one", "convention"),
    DEF_3c=("a price that bears accrued interest bears what is accrued and unpaid, an older missed coupon too", "convention"),
    DEF_4c=("an issuer's default with a recovery, a share of the claim, ends the note", "convention"),
    LIF_2=("a past default is waived by a majority, except one that only each holder can waive", "note"),
    LIF_3=("an acceleration is undone once what caused it is cured: coupons and maturity run again", "convention"),
)


@dataclass(frozen=True, kw_only=True)
class Default(Provision):
    """Events of Default (DEF-1, DEF-2). `grace_days` is the number of days interest may stay unpaid.

    >>> Default().is_event("interest", due=0, on=29), Default().is_event("interest", due=0, on=30)
    (False, True)
    """

    presence = worse_from(True, False, touches="impaired suit for payment")

    grace_days: int = term(count(0, 366), "DEF-2", "convention", change=worse_if_higher("impaired suit for payment"), default=30)
    #: days for which a breach of covenant may go unremedied after notice
    covenant_notice_days: int = term(
        count(0, 366), "DEF-2", "convention", change=worse_if_higher("impaired suit for payment"), default=60
    )

    def is_event(self, payment: str, *, due: int, on: int) -> bool:
        """True if `payment` is an Event of Default on day number `on` (DEF-2).

        `due` is the day number on which the payment was due; for a "covenant", the day on which notice of the breach was given.
        """
        return on - due >= {"interest": self.grace_days, "covenant": self.covenant_notice_days}.get(payment, 0)
