"""Boundaries: for each rule that forbids an event, the last event allowed and the first refused, in one life."""

from __future__ import annotations

from convnote.testing import (
    boundaries_adjusting,
    boundaries_calls,
    boundaries_changes,
    boundaries_company,
    boundaries_defaults,
    boundaries_holders,
    boundaries_low_closes,
    boundaries_timing,
    boundaries_windows,
)
from convnote.testing.edges import BOUNDARIES, Edge

#: The modules that register boundaries.
FILLED_BY = (
    boundaries_company,
    boundaries_holders,
    boundaries_defaults,
    boundaries_timing,
    boundaries_adjusting,
    boundaries_changes,
    boundaries_calls,
    boundaries_low_closes,
    boundaries_windows,
)

__all__ = ["BOUNDARIES", "FILLED_BY", "Edge"]
