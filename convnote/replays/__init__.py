"""Replay: one history walked through the table, exactly, and what came of it put into words."""

from convnote.replays.ledger import Entry, Ledger
from convnote.replays.walk import Policy, replay

__all__ = ["Entry", "Ledger", "Policy", "replay"]
