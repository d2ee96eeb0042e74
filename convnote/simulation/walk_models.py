"""Walk models: the walk that each market model needs, and the slower kinds of walk.

The kinds differ in how rows are filled and, with two factors, in how a close is quoted; the code that reads a walk is the
same for all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from convnote.market.model_walks import DRAWN, LOGNORMAL, OWN, TWO_FACTORS, closes_of
from convnote.simulation.paths import CHUNK, Draws, F, Grid, Normals
from convnote.simulation.walks import BlockWalk


#: The kind of walk a model needs, by the model's own name for its walk and whether the default intensity depends on the price.
def _kinds() -> dict[tuple[str, bool], type[BlockWalk]]:
    return {
        (LOGNORMAL, False): BlockWalk,
        (LOGNORMAL, True): WithHazard,
        (TWO_FACTORS, False): TwoFactors,
        (TWO_FACTORS, True): TwoFactorsWithHazard,
        (DRAWN, False): DrawnReturns,
        (DRAWN, True): DrawnReturnsWithHazard,
        (OWN, False): OwnCloses,
    }


def walk_of(grid: Grid, draws: Draws, size: int, prior: np.ndarray, reach: int) -> BlockWalk:
    """The walk of a block for the grid's model, with chunks long enough for decisions that read `reach` rows back."""
    chunk = max(CHUNK, reach + reach % 2)
    kind = _kinds()[grid.kind, grid.model.hazard_exponent != 0.0]
    return kind(grid, draws, size, prior, chunk)


class TwoFactors(BlockWalk):
    """Share and exchange rate: a close is the quoted share price divided by the quoted rate (FX-1).

    The first layer is the log of share over rate and the second the log of the rate, each less its level.
    """

    layers = 2

    def _prepare(self, size: int) -> None:
        own, other = self.draws.walk.spawn(2)
        self._normals, self._others = Normals(own, size), Normals(other, size)
        self._row = np.empty(size, F)
        model: Any = self.grid.model
        steps = model.steps(self.grid.days)
        both = steps.covariance - steps.exchange_variance  # of the log of share over rate with the log of the rate
        with np.errstate(divide="ignore", invalid="ignore"):
            self._slope = np.where(steps.variance > 0, both / steps.variance, 0.0).astype(F)
        left = steps.exchange_variance - self._slope.astype(np.float64) ** 2 * steps.variance
        self._residual = np.sqrt(np.maximum(left, 0.0))
        self._level = np.log(model.exchange_rate) + np.cumsum(steps.exchange_drift)
        self._per_unit = 1.0 / model.exchange_quote
        # Eight standard deviations down is below any rate drawn: this bounds the effect of a tick.
        spread = 8.0 * np.sqrt(np.cumsum(steps.exchange_variance))
        self._least_rate = np.exp(self._level - spread)

    def _fill(self, rows: np.ndarray, end: np.ndarray) -> None:
        count, (walk, rate) = rows.shape[1], rows
        before, rate_before = end
        scale, residual = self.grid.scale, self._residual
        step = self._row[: rows.shape[2]]
        for i in range(0, count, 4):
            at = slice(self.first + i, self.first + min(i + 4, count))
            self._normals.fill(walk[i : i + 4], scale[at])
            self._others.fill(rate[i : i + 4], residual[at])
            for place in range(i, min(i + 4, count)):
                np.multiply(walk[place], self._slope[self.first + place], out=step)
                np.add(rate[place], step, out=rate[place])
                np.add(rate[place], rate_before, out=rate[place])
                self._jump(place, walk[place])
                np.add(walk[place], before, out=walk[place])
                before, rate_before = walk[place], rate[place]

    def quoted(self, walks: np.ndarray, rows: np.ndarray, left: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Share price in its own currency and exchange rate, as quoted; float64 of the shape of a layer, each."""
        log_rate = walks[1] + self._level[rows]
        share = np.exp(np.ascontiguousarray(walks[0] + self.grid.level[rows] + log_rate)) * left
        rate = np.floor(np.exp(np.ascontiguousarray(log_rate)) * self._per_unit + 0.5)
        return self.grid.on_grid(share), np.maximum(rate, 1.0) / self._per_unit

    def quote(self, walks: np.ndarray, rows: np.ndarray, left: float = 1.0) -> np.ndarray:
        share, rate = self.quoted(walks, rows, left)
        return share / rate

    def surely_not_above(self, price: np.ndarray, rows: slice) -> np.ndarray:
        model: Any = self.grid.model
        least = self._least_rate[rows]
        # One tick of the share and one of the rate, each at the lowest possible rate.
        with np.errstate(divide="ignore", invalid="ignore"):
            lowest = (price * least - model.quote) / (least + model.exchange_quote)
            edge = np.log(lowest) - self.grid.level[rows] - 1e-5
        return np.asarray(np.where(np.isnan(edge), -np.inf, edge).astype(F))

    def surely_not_below(self, price: np.ndarray, rows: slice) -> np.ndarray:
        model: Any = self.grid.model
        highest = price + (model.quote + price * model.exchange_quote) / self._least_rate[rows]
        return np.asarray(np.log(highest) - self.grid.level[rows] + 1e-5, F)


class DrawnReturns(BlockWalk):
    """Steps are runs of consecutive historical returns, each run from a starting point drawn for the path."""

    def _prepare(self, size: int) -> None:
        model: Any = self.grid.model
        self._draw = np.random.Generator(np.random.SFC64(self.draws.walk))
        returns = model.returns.astype(F)
        self._count, self._run = len(returns), model.block_length
        self._returns = np.concatenate([returns, returns[: self._run]])  # a run past the end continues at the beginning
        self._place = self.attach(np.zeros(size, np.int64))
        self._step = np.flatnonzero(self.grid.scale > 0)

    def _fill(self, rows: np.ndarray, end: np.ndarray) -> None:
        before, size = end[0], rows.shape[2]
        for i, row in enumerate(rows[0]):
            self._returns_into(row, self.first + i, size)
            self._jump(i, row)
            np.add(before, row, out=row)
            before = row

    def _returns_into(self, row: np.ndarray, number: int, size: int) -> None:
        place = self._place[:size]
        if self.grid.scale[number] == 0.0:
            row.fill(0.0)
            return
        within = int(np.searchsorted(self._step, number)) % self._run
        if within == 0:
            place[:] = self._draw.integers(0, self._count, size)
        np.take(self._returns, place, out=row, mode="clip")
        place += 1


class _Hazard(BlockWalk):
    """A default intensity that depends on the price at the start of each step; the drift compensates for the jump.

    One extra layer holds the intensity integrated along the path. A step's integral is capped at 30, which still ends the path,
    and the price at e**60 times its level.
    """

    def _prepare(self, size: int) -> None:
        super()._prepare(size)
        model = self.grid.model
        self._power = F(model.hazard_exponent)
        self._per_step = np.diff(self.grid.hazard, prepend=0.0)
        # log of the price over the intensity's reference level, where the walk is 0
        self._shift = np.concatenate([[np.log(model.contract_spot)], self.grid.level[:-1]]) - np.log(model.hazard_level)
        self._carried = model.default_jump if model.earns_for_default else 0.0
        self._moved, self._rate = np.empty(size, F), np.empty(size, F)
        self._sum = self.attach(np.zeros(size, F))

    def _log_share(self, walks: list[np.ndarray], row: int, out: np.ndarray) -> None:
        """The walk of the price that determines the intensity, at the row before `row`."""
        np.copyto(out, walks[0])

    def _fill(self, rows: np.ndarray, end: np.ndarray) -> None:
        # Steps without the intensity first, from 0; the path-dependent part is then added row by row.
        starts, self._from = self._from, [0] * len(self._from)
        super()._fill(rows[:-1], end[:-1])
        self._from = starts
        size, total = rows.shape[2], rows[-1]
        extra, sums = self._sum[:size], end[-1]
        rate, moved = self._rate[:size], self._moved[:size]
        extra.fill(0.0)
        before = [end[layer] for layer in range(self.layers - 1)]
        for i in range(rows.shape[1]):
            row = self.first + i
            self._log_share(before, row, rate)
            np.add(rate, F(self._shift[row]), out=rate)
            np.multiply(rate, self._power, out=rate)
            np.minimum(rate, F(80.0), out=rate)
            np.exp(rate, out=rate)
            np.multiply(rate, F(self._per_step[row]), out=rate)
            np.minimum(rate, F(30.0), out=rate)
            np.add(sums, rate, out=total[i])
            sums = total[i]
            np.multiply(rate, F(self._carried), out=moved)
            np.add(extra, moved, out=extra)
            self._jump(i, extra)  # the next day's intensity depends on it
            np.add(rows[0, i], extra, out=rows[0, i])
            # An intensity that rises with the price, compensated by drift, may explode in finite time: the default comes first.
            np.minimum(rows[0, i], F(60.0), out=rows[0, i])
            before = [rows[layer, i] for layer in range(self.layers - 1)]
        self._peak = None  # the rows have changed since
        self._note_deaths(total, size)

    def _note_deaths(self, total: np.ndarray, size: int) -> None:
        endurance = self.draws.endurance[self.path[:size]]
        alive = self.default[self.path[:size]] >= len(self.grid)
        dead = np.flatnonzero(alive & (total[-1] >= endurance))
        self.died = dead
        if len(dead):
            rows = (total[:, dead] >= endurance[dead]).argmax(axis=0)
            self.default[self.path[dead]] = self.first + rows


class WithHazard(_Hazard):
    """One lognormal factor and an intensity that depends on the price."""

    layers = 2


class DrawnReturnsWithHazard(_Hazard, DrawnReturns):
    """Drawn returns and an intensity that depends on the price."""

    layers = 2


class TwoFactorsWithHazard(_Hazard, TwoFactors):
    """Share and exchange rate, and an intensity that depends on the share in its own currency."""

    layers = 3

    def _prepare(self, size: int) -> None:
        super()._prepare(size)
        model: Any = self.grid.model
        rate = np.concatenate([[np.log(model.exchange_rate)], self._level[:-1]])
        self._shift = self._shift + rate

    def _log_share(self, walks: list[np.ndarray], row: int, out: np.ndarray) -> None:
        np.add(walks[0], walks[1], out=out)


class OwnCloses(BlockWalk):
    """Closes drawn by a user's own model, all rows of the block at once.

    The first layer is the log of the close, for filters only; the others add up to the close itself, to all 53 bits.
    """

    layers = 4

    def _prepare(self, size: int) -> None:
        grid, draws = self.grid, self.draws
        rng = np.random.Generator(np.random.PCG64(draws.walk))
        closes = np.ascontiguousarray(closes_of(grid.model, grid.days, size, rng).T)
        for row, path, jump in zip(draws.row.tolist(), draws.path.tolist(), draws.jump.tolist(), strict=True):
            if jump:
                closes[row:, path] = grid.on_grid(closes[row:, path] * np.exp(jump))
        self._closes = closes

    def _fill(self, rows: np.ndarray, end: np.ndarray) -> None:
        self._split(self._closes[self.first : self.last, self.path[: rows.shape[2]]], rows)

    @staticmethod
    def _split(closes: np.ndarray, layers: np.ndarray) -> None:
        layers[0] = np.log(closes)
        left = closes
        for layer in layers[1:]:
            layer[...] = left
            left = left - layer

    def alone(self, path: int, first: int) -> np.ndarray:
        """All layers of one path from row `first` on, float32 [layer, row]."""
        closes = self._closes[first:, path]
        layers = np.empty((self.layers, len(closes)), F)
        self._split(closes, layers)
        return layers

    def quote(self, walks: np.ndarray, rows: np.ndarray, left: float = 1.0) -> np.ndarray:
        closes = walks[1].astype(np.float64)
        closes += walks[2]
        closes += walks[3]
        return closes if left == 1.0 else self.grid.on_grid(closes * left)

    def surely_not_above(self, price: np.ndarray, rows: slice) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            edge = np.log(price) - 1e-5
        return np.asarray(np.where(np.isnan(edge), -np.inf, edge).astype(F))

    def surely_not_below(self, price: np.ndarray, rows: slice) -> np.ndarray:
        return np.asarray(np.log(price) + 1e-5, F)
