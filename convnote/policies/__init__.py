"""Policies: how the Company and the holders decide where no decision is on record."""

from convnote.policies.deadlines import call_end, last_surrender, maturity_amount
from convnote.policies.decisions import Above, Answer, Ask, AtEnd, AtOnce, Boundary, IfWorthMore, Never, Refinance, View, asked
from convnote.policies.policy import Decides, Policy, chosen

__all__ = [
    "Above",
    "Answer",
    "Ask",
    "AtEnd",
    "AtOnce",
    "Boundary",
    "Decides",
    "IfWorthMore",
    "Never",
    "Policy",
    "Refinance",
    "View",
    "asked",
    "call_end",
    "chosen",
    "last_surrender",
    "maturity_amount",
]
