"""Paths: the draws of a block of scenarios, its walk in the logarithm of the price, and `quote`, which turns it into closes.

A block is drawn in chunks of days; only the paths that can still act have a lane (an array column) in a chunk. The contract sees
only quoted closes, and every quoted close can be reproduced from (seed, block). This module is independent of the note.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from convnote.market.model_base import MarketModel
from convnote.market.model_walks import DRAWN, OWN, kind_of

#: Paths per block and days per chunk: constants of the format, since the draws depend on them. About half of the paths of a
#: block are alive on average; draws are made in pieces small enough to stay in the cache.
BLOCK = 65_536
PIECE = 32_768
#: Paths per block for a user's model: all its days are in memory at once, 40 MB over ten years.
OWN_BLOCK = 2_048
#: Raw 64-bit words drawn at a time: 64 KB.
WORDS = 8_192
CHUNK = 64
#: A row that never occurs.
NEVER = 1 << 28

F = np.float32


@dataclass(frozen=True)
class Grid:
    """A market model on the trading days of a note: one row per day, arrays [row].

    The log of the price on row i is `level[i]` plus the walk, whose step into row i has standard deviation
    `scale[i]`. `hazard` and `change` are the intensities of default and fundamental change, integrated up to the row.
    """

    model: MarketModel
    #: day numbers, int64
    days: np.ndarray
    level: np.ndarray
    scale: np.ndarray
    hazard: np.ndarray
    change: np.ndarray
    #: mean and standard deviation of the price's log jump at a fundamental change
    jump: tuple[float, float]

    @classmethod
    def of(cls, model: MarketModel, days: np.ndarray) -> Grid:
        """The rows of `model` on `days`, the first of which may be the model's own day."""
        if kind_of(model) == OWN:
            flat = np.zeros(len(days))
            hazard, change = model.integrated_hazard(days), model.integrated_change(days)
            return cls(model, days, level=flat, scale=flat, hazard=hazard, change=change, jump=_jump(model))
        steps = model.steps(days)
        # Where the intensity depends on the price, the walk itself adds the drift that compensates for a possible jump.
        drift = np.cumsum(steps.drift) + (0.0 if model.hazard_exponent else np.cumsum(steps.compensation))
        return cls(
            model=model,
            days=days,
            level=np.log(model.contract_spot) + drift,
            # In float32 equal steps are equal, which saves one multiplication for each.
            scale=np.sqrt(np.maximum(steps.variance, 0.0)).astype(F).astype(np.float64),
            hazard=np.cumsum(steps.hazard),
            change=np.cumsum(steps.change),
            jump=_jump(model),
        )

    def __len__(self) -> int:
        return len(self.days)

    @cached_property
    def kind(self) -> str:
        """The model's own name for the way it walks."""
        return kind_of(self.model)

    @property
    def knows_forwards(self) -> bool:
        """True if the mean of the price on each row is known: not for drawn returns or a user's own walk."""
        return self.kind not in (DRAWN, OWN)

    @cached_property
    def per_unit(self) -> float:
        """Ticks of the quote grid per unit of currency; a whole number where the tick divides one unit."""
        inverse = 1.0 / self.model.quote
        return float(round(inverse)) if abs(inverse - round(inverse)) < 1e-9 * inverse else inverse

    @property
    def tick(self) -> float:
        """The step of the quote grid, in the note's currency."""
        return self.model.quote

    def price(self, walk: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The unquoted price, in the note's currency, float64 of the shape of `walk`; `rows` broadcasts to it."""
        # NumPy's exp may process non-contiguous memory differently; contiguous input always gives the same bits.
        return np.exp(np.ascontiguousarray(walk + self.level[rows]))

    def quote(self, walk: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The close: the price rounded half-up to the quote grid, at least one tick; float64 of the shape of `walk`."""
        return self.on_grid(self.price(walk, rows))

    def on_grid(self, price: np.ndarray) -> np.ndarray:
        """Prices rounded half-up to the quote grid, in place, of any shape; float64 nearest to the decimal shown in a ledger."""
        price *= self.per_unit
        price += 0.5
        np.floor(price, out=price)
        np.maximum(price, 1.0, out=price)
        price /= self.per_unit
        return price

    def surely_not_above(self, price: np.ndarray, rows: slice | np.ndarray) -> np.ndarray:
        """The walk, float32 [row], at or below which the close of a row is surely not above `price` [row]."""
        # One tick and a slack of 1e-5 exceed any shift from rounding to the grid and float32.
        with np.errstate(divide="ignore", invalid="ignore"):
            edge = np.log(price - self.tick) - self.level[rows] - 1e-5
        return np.where(np.isnan(edge), -np.inf, edge).astype(F)

    def surely_not_below(self, price: np.ndarray, rows: slice | np.ndarray) -> np.ndarray:
        """The walk, float32 [row], at or above which the close of a row is surely not below `price` [row]."""
        return np.asarray(np.log(price + self.tick) - self.level[rows] + 1e-5, F)


def _jump(model: MarketModel) -> tuple[float, float]:
    """Mean and standard deviation of the price's log jump at a fundamental change."""
    spread = model.change_jump_volatility
    return float(np.log1p(model.change_jump)) - spread * spread / 2, spread


class Normals:
    """Rows of float32 normals, four at a time: Box-Muller on raw SFC64 bits, each row with its own standard deviation.

    Thirty-two bits give the radius (normals up to 6.6 standard deviations) and fifteen the angle: moments of the normals up to
    the 32,767th equal those of a continuous angle.
    """

    def __init__(self, seed: np.random.SeedSequence, size: int) -> None:
        self._bits = np.random.SFC64(seed)
        size = min(size, PIECE)
        self._radius, self._angle, self._spare = np.empty(2 * size, F), np.empty(2 * size, F), np.empty((4, size), F)
        self._words = np.empty((3 * size + 1) // 2, np.uint64)

    def fill(self, rows: np.ndarray, scales: np.ndarray) -> None:
        """Fill up to four `rows` [row, lane] with independent normals of the standard deviations `scales` [row]."""
        for start in range(0, rows.shape[1], PIECE):
            piece = [row[start : start + PIECE] for row in rows]
            size = len(piece[0])
            self._four(piece + [row[:size] for row in self._spare[len(piece) :]], [*map(float, scales), 0.0, 0.0, 0.0][:4])

    def _raw(self, count: int) -> np.ndarray:
        """The next 64-bit words of the generator, valid until the next call.

        Drawn in pieces of 64 KB: where the allocator maps every larger array anew, as in a Dask worker, a single piece would
        take twice as long because of page faults.
        """
        for start in range(0, count, WORDS):
            stop = min(start + WORDS, count)
            self._words[start:stop] = self._bits.random_raw(stop - start)
        return self._words[:count]

    def _four(self, rows: list[np.ndarray], scales: list[float]) -> None:
        size = len(rows[0])
        raw = self._raw((3 * size + 1) // 2).view(np.uint32)
        bits, turn = raw[: 2 * size], raw[2 * size : 3 * size].view(np.int16)
        radius, angle = self._radius[: 2 * size], self._angle[: 2 * size]
        np.bitwise_or(bits, np.uint32(1), out=bits)  # never 0, whose logarithm would be infinite
        np.copyto(radius, bits, casting="unsafe")
        np.multiply(radius, F(2.0**-32), out=radius)
        np.log(radius, out=radius)
        bases = [scales[0] or scales[1], scales[2] or scales[3]]
        halves = [radius[:size], radius[size:]]
        if bases[0] == bases[1]:
            np.multiply(radius, F(-2.0 * bases[0] * bases[0]), out=radius)
        else:
            for half, base in zip(halves, bases, strict=True):
                np.multiply(half, F(-2.0 * base * base), out=half)
        np.sqrt(radius, out=radius)
        np.bitwise_or(turn, np.int16(1), out=turn)  # an odd multiple never lies on an axis, so no normal is 0
        np.copyto(angle, turn, casting="unsafe")
        np.multiply(angle, F(np.pi / 2**15), out=angle)
        for place, (half, base) in enumerate(zip(halves, bases, strict=True)):
            turned, first, second = angle[place * size :][:size], rows[2 * place], rows[2 * place + 1]
            np.cos(turned, out=first)
            np.multiply(first, half if scales[2 * place] else F(0.0), out=first)
            np.sin(turned, out=second)
            if scales[2 * place + 1] != base:
                np.multiply(half, F(scales[2 * place + 1] / base if base else 0.0), out=half)
            np.multiply(second, half, out=second)


@dataclass(frozen=True)
class Draws:
    """What a block draws before its walk: each path's row of default, and its fundamental changes in order of row.

    `default` is int32 [path], equal to the number of rows where there is no default; `row`, `path` (int32) and `jump` (float32,
    of the log price) are [change]. A default or change between two rows is assigned to the later one.
    """

    default: np.ndarray
    row: np.ndarray
    path: np.ndarray
    jump: np.ndarray
    #: exponential draw of each path, which defaults when the integrated intensity passes it, float64 [path]
    endurance: np.ndarray
    walk: np.random.SeedSequence

    @classmethod
    def of(cls, grid: Grid, seed: int, block: int, size: int) -> Draws:
        """The draws of one block of `size` paths."""
        root = np.random.SeedSequence(seed, spawn_key=(block,))
        walk, defaults, changes = root.spawn(3)
        endurance = np.random.Generator(np.random.SFC64(defaults)).standard_exponential(size)
        default = np.searchsorted(grid.hazard, endurance).astype(np.int32)
        if grid.model.hazard_exponent:
            default = np.full(size, len(grid), np.int32)
        draw = np.random.Generator(np.random.SFC64(changes))
        # A Poisson total over all paths, each change then assigned to any path: the same distribution as a count for each path.
        expected = float(grid.change[-1])
        count = int(draw.poisson(expected * size)) if expected else 0
        path = draw.integers(0, size, count, dtype=np.int32)
        row = np.searchsorted(grid.change, draw.random(count) * expected).astype(np.int32)
        mean, spread = grid.jump
        jump = (mean + spread * draw.standard_normal(count)).astype(F)
        order = np.argsort(row, kind="stable")
        return cls(default, row[order], path[order], jump[order], endurance, walk)
