"""The lifecycle of a note: events, state, and the table that says what may happen and what it does."""

from convnote.lifecycle import facts
from convnote.lifecycle.purchases import FurtherIssue, MarketPurchase
from convnote.lifecycle.revising import Revision
from convnote.lifecycle.settling import SettlementElection
from convnote.lifecycle.state import FINAL, ISSUE, LIVE, Position, State, Status
from convnote.lifecycle.table import TABLE, Forbidden, Ignored, Permitted, apply, permit, refuse
from convnote.lifecycle.transition import Flow, Objection, Seen, Shown, Transition

__all__ = [
    "FINAL",
    "ISSUE",
    "LIVE",
    "TABLE",
    "Flow",
    "Forbidden",
    "FurtherIssue",
    "Ignored",
    "MarketPurchase",
    "Objection",
    "Permitted",
    "Position",
    "Revision",
    "Seen",
    "SettlementElection",
    "Shown",
    "State",
    "Status",
    "Transition",
    "apply",
    "facts",
    "permit",
    "refuse",
]
