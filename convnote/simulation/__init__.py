"""The scenario simulator: many paths, the same rules, and any single path as an exact ledger."""

from convnote.simulation.outcomes import Outcomes, Summary
from convnote.simulation.run import simulate

__all__ = ["Outcomes", "Summary", "simulate"]
