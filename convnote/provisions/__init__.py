"""The provisions of a convertible note: one file per part of the paper, printed numbers and pure rules together."""

from convnote.provisions import (
    adjustment,
    changes,
    consent,
    conversion,
    default,
    fundamental_change,
    interest,
    principal,
    put,
    redemption,
    reset,
    withdrawal,
)
from convnote.provisions.adjustment import Adjustment
from convnote.provisions.consent import Consent, Requirement
from convnote.provisions.conversion import Conversion, Settlement
from convnote.provisions.default import Default
from convnote.provisions.fields import term
from convnote.provisions.fundamental_change import FundamentalChange, Timetable
from convnote.provisions.interest import Coupon, Interest
from convnote.provisions.principal import Principal
from convnote.provisions.provision import AUTHORITIES, Provision, Rule
from convnote.provisions.put import Put
from convnote.provisions.redemption import Redemption
from convnote.provisions.reset import Reset
from convnote.provisions.withdrawal import Withdrawal

#: Every rule by its id, in the order of the paper.
RULES: dict[str, Rule] = {
    name: rule
    for part in (
        principal,
        interest,
        conversion,
        reset,
        adjustment,
        withdrawal,
        redemption,
        put,
        fundamental_change,
        default,
        consent,
    )
    for name, rule in part.RULES.items()
}

__all__ = [
    "AUTHORITIES",
    "RULES",
    "Adjustment",
    "Consent",
    "Conversion",
    "Coupon",
    "Default",
    "FundamentalChange",
    "Interest",
    "Principal",
    "Provision",
    "Put",
    "Redemption",
    "Requirement",
    "Reset",
    "Rule",
    "Settlement",
    "Timetable",
    "Withdrawal",
    "changes",
    "term",
]
