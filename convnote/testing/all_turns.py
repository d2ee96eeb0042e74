"""All turns, after importing every module that registers some."""

from __future__ import annotations

from convnote.testing import (
    turns,
    turns_adjusting,
    turns_calls,
    turns_changes,
    turns_conventions,
    turns_defaults,
    turns_events,
    turns_interest,
    turns_low_closes,
    turns_rights,
    turns_settlement,
    turns_terms,
    turns_timing,
    turns_windows,
)
from convnote.testing.turns import TURNS

#: The modules that register turns.
FILLED_BY = (
    turns,
    turns_rights,
    turns_defaults,
    turns_events,
    turns_terms,
    turns_timing,
    turns_adjusting,
    turns_interest,
    turns_settlement,
    turns_conventions,
    turns_changes,
    turns_calls,
    turns_low_closes,
    turns_windows,
)

__all__ = ["FILLED_BY", "TURNS"]
