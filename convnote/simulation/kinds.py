"""Kinds of walk: which one a market model needs, and the slower ones, drawn day by day.

Each differs from the plain walk in how its rows are filled; stops, quotes and jumps are the same for all.
"""

from __future__ import annotations

import numpy as np

from convnote.simulation.paths import CHUNK, Draws, Grid
from convnote.simulation.walks import Walk


def walk_of(grid: Grid, draws: Draws, size: int, prior: np.ndarray, reach: int) -> Walk:
    """The walk of a block for the grid's model, its chunks long enough for decisions that read `reach` rows back."""
    chunk = max(CHUNK, reach + reach % 2)
    return Walk(grid, draws, size, prior, chunk)
