"""Walks: the active paths of one block, a chunk of days at a time, and their closes.

A path has a lane (an array column) while it can still act; lanes of ended paths are dropped now and then, which keeps the order.
The walk is the log of the price less the grid's level. Kinds of walk differ only in how a step is drawn.
"""

from __future__ import annotations

import threading

import numpy as np

from convnote.simulation.paths import CHUNK, Draws, F, Grid, Normals

_kept = threading.local()


def gathered(walks: np.ndarray, lanes: np.ndarray) -> np.ndarray:
    """Some lanes of `walks` [..., row, lane], as [..., row, k]: row by row, twice as fast as indexing the last axis at once."""
    found = np.empty((*walks.shape[:-1], len(lanes)), walks.dtype)
    for place in np.ndindex(walks.shape[:-1]):
        np.take(walks[place], lanes, out=found[place], mode="clip")  # "clip" writes into `out` without a copy
    return found


def _buffers(shape: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Two buffers [layer, row, lane]: those of this thread's last walk if they fit, since allocating memory takes time.

    A walk that has ended no longer reads its buffers.
    """
    if getattr(_kept, "shape", None) != shape:
        _kept.shape, _kept.buffers = shape, (np.empty(shape, F), np.empty(shape, F))
    buffers: tuple[np.ndarray, np.ndarray] = _kept.buffers
    return buffers


def give_back() -> None:
    """Release the memory that this thread keeps for its next walk."""
    _kept.__dict__.clear()


class BlockWalk:
    """One lognormal factor with intensities that do not depend on the price.

    `path` [lane] is the path of each lane, `lane` [path] the lane of each path or -1. The chunk holds the rows `first` to
    `last` - 1; the previous chunk is kept so that a window of closes may reach back. `prior` are closes before row 0.
    """

    #: number of buffers [row, lane] of a chunk: the walk, and any others that a kind of walk needs
    layers = 1

    def __init__(self, grid: Grid, draws: Draws, size: int, prior: np.ndarray, chunk: int = CHUNK) -> None:
        self.grid, self.draws, self.prior, self.chunk = grid, draws, prior, chunk
        self.path, self.lane = np.arange(size, dtype=np.int32), np.arange(size, dtype=np.int32)
        self.count = size
        self.first = self.last = 0
        #: row of default [path]; filled during the walk where the intensity depends on the price
        self.default = draws.default.copy()
        self._width = size
        self._kept: slice | np.ndarray = slice(0, size)
        self._now, self._before = _buffers((self.layers, chunk, size))
        self._end = np.zeros((self.layers, size), F)
        self._first_before = 0
        #: the lane in the previous chunk of each lane, where it differs
        self._lane_before: np.ndarray | None = None
        self._next_lane_before: np.ndarray | None = None
        self._arrays: list[np.ndarray] = []
        self._peak: np.ndarray | None = None
        #: lanes whose default occurred in this chunk, where the intensity depends on the price
        self.died: np.ndarray | None = None
        self._prepare(size)

    def _prepare(self, size: int) -> None:
        self._normals = Normals(self.draws.walk, size)
        self._peak_buffer = np.empty(size, F)

    def attach(self, array: np.ndarray) -> np.ndarray:
        """Keep an array [lane] aligned with the lanes when some are dropped; returns the array."""
        self._arrays.append(array)
        return array

    # --- drawing

    def advance(self) -> bool:
        """Draw the next chunk of rows; False after the last row or when every path has been dropped."""
        if self.last >= len(self.grid) or not self.count:
            return False
        if self.last:
            self._end[:, : self.count] = self._now[:, self.last - self.first - 1, : self._width][:, self._kept]
            self._now, self._before = self._before, self._now
            self._first_before = self.first
        self.first, self.last = self.last, min(self.last + self.chunk, len(self.grid))
        self._width, self._kept, self._peak = self.count, slice(0, self.count), None
        self._lane_before = self._next_lane_before if self.first else None
        self._next_lane_before = None
        self._gather_jumps()
        self._fill(self._now[:, : self.last - self.first, : self.count], self._end[:, : self.count])
        return True

    def _fill(self, rows: np.ndarray, end: np.ndarray) -> None:
        """Fill `rows` [layer, row, lane], continuing from `end` [layer, lane]."""
        self._add_normals(rows[0], end[0], self._peak_buffer[: self.count])
        self._peak = self._peak_buffer[: self.count]

    def _add_normals(self, rows: np.ndarray, before: np.ndarray, peak: np.ndarray) -> None:
        start, scale = self.first, self.grid.scale
        peak.fill(-np.inf)
        for i in range(0, len(rows), 4):
            four = rows[i : i + 4]
            self._normals.fill(four, scale[start + i : start + i + len(four)])
            self._jump_within(i, four)
            for row in four:
                np.add(before, row, out=row)
                np.maximum(peak, row, out=peak)  # while the row is still in the cache
                before = row

    def _gather_jumps(self) -> None:
        """The jumps of this chunk's fundamental changes, by row: `_from[k]` to `_from[k + 1]` are those of row k of the chunk."""
        draws = self.draws
        start, end = np.searchsorted(draws.row, [self.first, self.last])
        lanes = self.lane[draws.path[start:end]]
        living = lanes >= 0
        rows = draws.row[start:end][living]
        self._jumping, self._jumps = lanes[living], draws.jump[start:end][living]
        self._jump_rows = rows - self.first
        self._from = np.searchsorted(rows, np.arange(self.first, self.last + 1)).tolist()

    def _jump_within(self, place: int, rows: np.ndarray) -> None:
        """Add the jumps of the chunk's rows from `place` on to `rows` [row, lane] in one pass."""
        start, end = self._from[place], self._from[place + len(rows)]
        if end > start:
            np.add.at(rows, (self._jump_rows[start:end] - place, self._jumping[start:end]), self._jumps[start:end])

    def _jump(self, place: int, row: np.ndarray) -> None:
        """Add the jumps of the chunk's row `place` to `row` [lane]."""
        start, end = self._from[place], self._from[place + 1]
        if end > start:
            np.add.at(row, self._jumping[start:end], self._jumps[start:end])  # a path may jump twice on one day

    # --- what the search reads

    def view(self, start: int, end: int) -> np.ndarray:
        """The walk on rows `start` to `end` - 1 of the chunk, float32 [row, lane]."""
        return self._now[0, start - self.first : end - self.first, : self.count]

    def peak(self) -> np.ndarray:
        """The highest walk of each lane over all rows of the chunk, float32 [lane]."""
        if self._peak is None:
            self._peak = np.maximum.reduce(self.view(self.first, self.last), axis=0)
        return self._peak

    def highest(self, start: int, end: int) -> np.ndarray:
        """The highest walk on rows `start` to `end` - 1, float32 [lane]; the rows may reach into the previous chunk."""
        parts = []
        if start < self.first:
            before = np.maximum.reduce(
                self._before[0, start - self._first_before : min(end, self.first) - self._first_before], axis=0
            )
            parts.append(before[: self.count] if self._lane_before is None else before[self._lane_before])
        if end > self.first:
            parts.append(np.maximum.reduce(self.view(max(start, self.first), end), axis=0))
        return parts[0] if len(parts) == 1 else np.maximum(*parts)

    def rows(self, lanes: np.ndarray, start: int, end: int) -> np.ndarray:
        """All layers of some lanes on rows `start` to `end` - 1, float32 [layer, row, k]."""
        parts = []
        if start < self.first:
            old = lanes if self._lane_before is None else self._lane_before[lanes]
            rows = slice(start - self._first_before, min(end, self.first) - self._first_before)
            parts.append(gathered(self._before[:, rows], old))
        if end > self.first:
            rows = slice(max(start, self.first) - self.first, end - self.first)
            parts.append(gathered(self._now[:, rows], lanes))
        if not parts:
            return np.empty((self.layers, 0, len(lanes)), F)
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def closes(self, lanes: np.ndarray, start: int, end: int) -> np.ndarray:
        """The quoted closes of some lanes on rows `start` to `end` - 1, float64 [row, k]; rows below 0 are `prior` ones."""
        own = max(start, 0)
        closes = self.quote(self.rows(lanes, own, end), np.arange(own, end)[:, None])
        if start >= 0:
            return closes
        known = np.repeat(self.prior[len(self.prior) + start :, None], len(lanes), axis=1)
        return np.concatenate([known, closes])

    def close_at(self, lanes: np.ndarray, rows: np.ndarray, left: float = 1.0) -> np.ndarray:
        """The quoted close of each lane at its own row, float64 [k]; row -1 is the last of `prior`, NaN if `prior` is empty.

        `left` is the share of the price that remains after a jump on that row.
        """
        return self.quote_from(self._walks_at(lanes, rows), rows, left) if len(lanes) else np.empty(0)

    def quote_from(self, walks: np.ndarray, rows: np.ndarray, left: float = 1.0) -> np.ndarray:
        """The quoted closes of walks [layer, k] at rows [k], float64 [k]; row -1 is the last of `prior`."""
        closes = self.quote(walks, np.maximum(rows, 0), left)
        closes[rows < 0] = self.prior[-1] if len(self.prior) else np.nan
        return closes

    def _walks_at(self, lanes: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """All layers of each lane at its own row, float32 [layer, k]; 0 at row -1, which precedes the walk."""
        inside = rows >= self.first
        if inside.all():
            return np.asarray(self._now[:, rows - self.first, lanes])
        walks = np.zeros((self.layers, len(lanes)), F)
        walks[:, inside] = self._now[:, rows[inside] - self.first, lanes[inside]]
        out = ~inside & (rows >= 0)
        old = lanes[out] if self._lane_before is None else self._lane_before[lanes[out]]
        walks[:, out] = self._before[:, rows[out] - self._first_before, old]
        return walks

    def two_walks(self, lanes: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All layers of each lane at its own row and at the row before, float32 [layer, k] each."""
        return self._walks_at(lanes, rows), self._walks_at(lanes, rows - 1)

    def price_at(self, lanes: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The unquoted price of each lane at its own row of the chunk, float64 [k]."""
        return self.grid.price(self._now[0, rows - self.first, lanes], rows)

    def every_close(self, start: int, end: int) -> np.ndarray:
        """The quoted closes of all lanes on the chunk's rows `start` to `end` - 1, float64 [row, lane]."""
        rows = self._now[:, start - self.first : end - self.first, : self.count]
        return self.quote(rows, np.arange(start, end)[:, None])

    def quote(self, walks: np.ndarray, rows: np.ndarray, left: float = 1.0) -> np.ndarray:
        price = self.grid.price(walks[0], rows)
        return self.grid.on_grid(price if left == 1.0 else price * left)

    def surely_not_above(self, price: np.ndarray, rows: slice) -> np.ndarray:
        """The walk at or below which a close is surely not above `price` [row]; float32 [row]."""
        return self.grid.surely_not_above(price, rows)

    def surely_not_below(self, price: np.ndarray, rows: slice) -> np.ndarray:
        """The walk at or above which a close is surely not below `price` [row]; float32 [row]."""
        return self.grid.surely_not_below(price, rows)

    # --- ending

    def drop(self, gone: np.ndarray) -> None:
        """Drop the lanes where `gone` [lane] is True, once the search of this chunk is done."""
        keep = np.flatnonzero(~gone)
        size = len(keep)
        self.lane[self.path[: self.count][gone]] = -1
        for array in (self.path, *self._arrays):
            array[:size] = array[keep]
        self.lane[self.path[:size]] = np.arange(size, dtype=np.int32)
        self._kept, self._next_lane_before, self.count = keep, keep, size
