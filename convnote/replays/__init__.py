"""Replay: one history walked through the table, exactly, with the result put into words."""

from convnote.replays.given import Policy
from convnote.replays.ledger import Entry, Ledger, replay
from convnote.replays.walk import Walk

__all__ = ["Entry", "Ledger", "Policy", "Walk", "replay"]
