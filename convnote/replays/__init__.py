"""Replay: one history walked through the table, exactly, and what came of it put into words."""

from convnote.replays.given import Policy
from convnote.replays.ledger import Entry, Ledger, replay
from convnote.replays.walk import Walk

__all__ = ["Entry", "Ledger", "Policy", "Walk", "replay"]
