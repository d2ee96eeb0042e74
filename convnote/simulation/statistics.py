"""Statistics: sums over the paths of a block, which add up over blocks, and what can be derived from the sums alone.

Means use control variates: quantities of a path with known mean 0, regressed out over all paths. Sums are added in block
order, so the bits do not depend on which worker computed them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from convnote.calendars import to_date
from convnote.simulation.day_tables import NO_DAY
from convnote.simulation.endings import End, Notice
from convnote.simulation.plan import Plan
from convnote.simulation.settlement import Settled

#: The quantities averaged over paths.
MEASURES = ("present_value", "cash", "shares", "life")
#: Events whose paths are counted by the calendar year of first occurrence.
EVENTS = (
    "withdrawal noticed", "called", "fundamental change", "converted", "redeemed", "repurchased", "put", "defaulted", "matured",
)  # fmt: skip
#: Bins of the log of present value over principal: a tenth of a percent each, from e**-10 to e**10.
BIN, LOWEST, BINS = 1e-3, -10.0, 20_002

ENDINGS = {
    End.MATURED: "matured",
    End.CONVERTED: "converted",
    End.REDEEMED: "redeemed",
    End.REPURCHASED: "put on a fundamental change",
    End.PUT: "put",
    End.DEFAULTED: "defaulted",
}
BEFORE = {
    Notice.NONE: "",
    Notice.CALLED: "called, then ",
    Notice.NOTICED: "withdrawal noticed, then ",
    Notice.WITHDRAWN: "rights withdrawn, then ",
    Notice.WITHDRAWN_CALLED: "rights withdrawn and called, then ",
}


def ending(code: int) -> str:
    """The words for a code of `codes`."""
    notice, end = divmod(code, len(End))
    return BEFORE[Notice(notice)] + ENDINGS[End(end)]


def codes(settled: Settled) -> np.ndarray:
    """The outcome of each path as one number, int64 [path]."""
    return settled.notice.astype(np.int64) * len(End) + settled.end


@dataclass
class Statistics:
    """Sums over paths: their number, endings, events by year, present values by bin, and moments of measures and controls."""

    paths: int
    #: [code of ending]
    endings: np.ndarray
    #: [event, year of the note's life]
    events: np.ndarray
    #: [bin of the present value]
    bins: np.ndarray
    #: sums of measures and controls, [measure + control], and of their pairwise products
    sums: np.ndarray
    products: np.ndarray
    lowest: float
    highest: float

    @classmethod
    def empty(cls, plan: Plan) -> Statistics:
        """The sums over no paths."""
        years = to_date(plan.note.principal.maturity_day + 400).year - to_date(plan.model.start).year + 1
        width = len(MEASURES) + len(control_names(plan))
        return cls(
            paths=0,
            endings=np.zeros(len(Notice) * len(End), np.int64),
            events=np.zeros((len(EVENTS), years), np.int64),
            bins=np.zeros(BINS, np.int64),
            sums=np.zeros(width),
            products=np.zeros((width, width)),
            lowest=np.inf,
            highest=-np.inf,
        )

    @classmethod
    def of(cls, plan: Plan, settled: Settled) -> Statistics:
        """The sums over the paths of one block."""
        statistics = cls.empty(plan)
        statistics.paths = len(settled.end)
        statistics.endings += np.bincount(codes(settled), minlength=len(statistics.endings))
        statistics._count_events(plan, settled)
        value = settled.present_value / plan.principal
        place = np.zeros(len(value), np.int64)
        some = value > 0
        place[some] = np.clip((np.log(value[some]) - LOWEST) / BIN, 0, BINS - 2).astype(np.int64) + 1
        statistics.bins += np.bincount(place, minlength=BINS)
        life = (settled.end_day - plan.model.start) / 365.0
        rows = np.stack([settled.present_value, settled.cash, settled.shares, life, *controls(plan, settled)])
        statistics.sums += rows.sum(axis=1)
        statistics.products += rows @ rows.T
        statistics.lowest, statistics.highest = float(settled.present_value.min()), float(settled.present_value.max())
        return statistics

    def _count_events(self, plan: Plan, settled: Settled) -> None:
        days = {
            "withdrawal noticed": settled.notice_day[settled.notice >= Notice.NOTICED],
            "called": settled.call_day[settled.call_day < NO_DAY],
            "fundamental change": plan.days[_first_changes(settled)],
            "converted": settled.end_day[settled.end == End.CONVERTED],
            "redeemed": settled.end_day[settled.end == End.REDEEMED],
            "repurchased": settled.end_day[settled.end == End.REPURCHASED],
            "put": settled.end_day[settled.end == End.PUT],
            "defaulted": settled.end_day[settled.end == End.DEFAULTED],
            "matured": settled.end_day[settled.end == End.MATURED],
        }
        for place, name in enumerate(EVENTS):
            years = plan.year_of_day[days[name] - plan.model.start]
            self.events[place] += np.bincount(years, minlength=self.events.shape[1])

    def add(self, other: Statistics) -> None:
        """Add the sums of another block."""
        self.paths += other.paths
        self.endings += other.endings
        self.events += other.events
        self.bins += other.bins
        self.sums += other.sums
        self.products += other.products
        self.lowest, self.highest = min(self.lowest, other.lowest), max(self.highest, other.highest)

    # --- results derived from the sums

    def mean(self, measure: str, *, controlled: bool = True) -> tuple[float, float]:
        """The mean of a measure and its standard error, with or without the control variates."""
        place, first = MEASURES.index(measure), len(MEASURES)
        mean = self.sums / self.paths
        if self.paths == 1:
            return float(mean[place]), float("nan")
        covariance = (self.products - np.outer(self.sums, mean)) / (self.paths - 1)
        variance = max(float(covariance[place, place]), 0.0)
        value, inner = float(mean[place]), covariance[first:, first:]
        # A control that does not vary, on few paths or without volatility, carries no information.
        scale = np.sqrt(np.clip(np.diag(inner), 0.0, None))
        used = np.flatnonzero(scale > 1e-12)
        if controlled and len(used) and self.paths > 2 * len(used) + 10:
            inner = inner[np.ix_(used, used)] / np.outer(scale[used], scale[used])
            with_measure = covariance[first + used, place] / scale[used]
            weights = np.linalg.lstsq(inner, with_measure, rcond=1e-10)[0]
            value -= float(weights @ (mean[first + used] / scale[used]))
            variance = max(variance - float(weights @ with_measure), 0.0) * (self.paths - 1) / (self.paths - 1 - len(used))
        return value, float(np.sqrt(variance / self.paths))

    def quantile(self, share: float, principal: float) -> float:
        """The present value that a `share` of paths does not exceed, on `principal`, to a tenth of a percent."""
        wanted = share * self.paths
        counted = np.cumsum(self.bins)
        place = int(np.searchsorted(counted, max(wanted, 1e-9)))
        if place == 0:
            return 0.0
        inside = (wanted - (counted[place - 1])) / max(int(self.bins[place]), 1)
        value = float(np.exp(LOWEST + BIN * (place - 1 + min(max(inside, 0.0), 1.0))) * principal)
        return min(max(value, self.lowest), self.highest)


def _first_changes(settled: Settled) -> np.ndarray:
    """The row of the first fundamental change of each path that has one; changes are in order of row."""
    first = np.full(len(settled.end), -1)
    first[settled.change_path[::-1]] = settled.change_row[::-1]  # the last one written stays
    return np.asarray(first[first >= 0])


# --- controls: the mean of each is 0


def control_names(plan: Plan) -> tuple[str, ...]:
    """The names of the control variates available for a model."""
    names = []
    if plan.grid.knows_forwards:
        names.append("stopped price")
    if not plan.model.hazard_exponent and plan.grid.hazard[-1] > 0:
        names += ["default", "default, discounted"]
    if plan.grid.change[-1] > 0:
        names.append("fundamental changes")
    return tuple(names)


def controls(plan: Plan, settled: Settled) -> list[np.ndarray]:
    """The control variates of each path, float64 [path]."""
    grid, model, names = plan.grid, plan.model, control_names(plan)
    result = []
    last = plan.last_row(settled.end_day)
    if "stopped price" in names:
        # When its walk is dropped, the share's mean is its forward price, jumps at default and change included.
        forward = model.contract_spot * np.exp(model.carry(plan.days) + grid.change * model.change_jump)
        result.append(settled.left_price / forward[settled.left] - 1.0)
    if "default" in names:
        step = -np.expm1(-np.diff(grid.hazard, prepend=0.0))
        for weight in (np.ones(len(grid)), plan.discount[plan.days - model.start]):
            until = np.append(np.cumsum(weight * step), 0.0)
            at = np.minimum(settled.default, last)
            died = settled.default <= last
            result.append(np.where(died, weight[at], 0.0) - until[at])
    if "fundamental changes" in names:
        result.append(settled.change_surplus)
    return result
