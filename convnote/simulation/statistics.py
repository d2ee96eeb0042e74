"""Tally: sums over the paths of a block, which add up over blocks, and what can be said of all paths from the sums alone.

Means come with control variates: quantities of a path whose mean is known to be 0, regressed out over all paths. Sums are added
in the order of the blocks, so the bits do not depend on who worked on them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from convnote.calendars import to_date
from convnote.market.models import Bootstrap
from convnote.simulation.day_tables import NO_DAY
from convnote.simulation.endings import End, Notice
from convnote.simulation.plan import Course
from convnote.simulation.settlement import Lives

#: What means are taken of, per path.
MEASURES = ("present_value", "cash", "shares", "life")
#: Events whose paths are counted by the calendar year in which they happen (first).
EVENTS = (
    "withdrawal noticed", "called", "fundamental change", "converted", "redeemed", "repurchased", "put", "defaulted", "matured",
)  # fmt: skip
#: Bins of the present value per principal, in its logarithm: a tenth of a percent each, from e**-10 to e**10.
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


def codes(lives: Lives) -> np.ndarray:
    """What became of each path as one number, int64 [path]."""
    return lives.notice.astype(np.int64) * len(End) + lives.end


@dataclass
class Tally:
    """Sums over paths: how many, the endings, events by year, present values by bin, and the moments of measures and controls."""

    paths: int
    #: [code of ending]
    endings: np.ndarray
    #: [event, year of the note's life]
    events: np.ndarray
    #: [bin of the present value]
    bins: np.ndarray
    #: sums of measures and controls, [measure + control], and of their products with each other
    sums: np.ndarray
    products: np.ndarray
    lowest: float
    highest: float

    @classmethod
    def empty(cls, course: Course) -> Tally:
        """No paths yet."""
        years = to_date(course.note.principal.maturity_day + 400).year - to_date(course.model.start).year + 1
        width = len(MEASURES) + len(control_names(course))
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
    def of(cls, course: Course, lives: Lives) -> Tally:
        """The sums over the paths of one block."""
        tally = cls.empty(course)
        tally.paths = len(lives.end)
        tally.endings += np.bincount(codes(lives), minlength=len(tally.endings))
        tally._count_events(course, lives)
        value = lives.present_value / course.principal
        place = np.zeros(len(value), np.int64)
        some = value > 0
        place[some] = np.clip((np.log(value[some]) - LOWEST) / BIN, 0, BINS - 2).astype(np.int64) + 1
        tally.bins += np.bincount(place, minlength=BINS)
        life = (lives.end_day - course.model.start) / 365.0
        rows = np.stack([lives.present_value, lives.cash, lives.shares, life, *controls(course, lives)])
        tally.sums += rows.sum(axis=1)
        tally.products += rows @ rows.T
        tally.lowest, tally.highest = float(lives.present_value.min()), float(lives.present_value.max())
        return tally

    def _count_events(self, course: Course, lives: Lives) -> None:
        days = {
            "withdrawal noticed": lives.notice_day[lives.notice >= Notice.NOTICED],
            "called": lives.call_day[lives.call_day < NO_DAY],
            "fundamental change": course.days[_first_changes(lives)],
            "converted": lives.end_day[lives.end == End.CONVERTED],
            "redeemed": lives.end_day[lives.end == End.REDEEMED],
            "repurchased": lives.end_day[lives.end == End.REPURCHASED],
            "put": lives.end_day[lives.end == End.PUT],
            "defaulted": lives.end_day[lives.end == End.DEFAULTED],
            "matured": lives.end_day[lives.end == End.MATURED],
        }
        for place, name in enumerate(EVENTS):
            years = course.year_of_day[days[name] - course.model.start]
            self.events[place] += np.bincount(years, minlength=self.events.shape[1])

    def add(self, other: Tally) -> None:
        """Add the sums of another block."""
        self.paths += other.paths
        self.endings += other.endings
        self.events += other.events
        self.bins += other.bins
        self.sums += other.sums
        self.products += other.products
        self.lowest, self.highest = min(self.lowest, other.lowest), max(self.highest, other.highest)

    # --- what the sums say

    def mean(self, measure: str, *, controlled: bool = True) -> tuple[float, float]:
        """The mean of a measure and its standard error, with the control variates or without."""
        place, first = MEASURES.index(measure), len(MEASURES)
        mean = self.sums / self.paths
        if self.paths == 1:
            return float(mean[place]), float("nan")
        covariance = (self.products - np.outer(self.sums, mean)) / (self.paths - 1)
        variance = max(float(covariance[place, place]), 0.0)
        value, inner = float(mean[place]), covariance[first:, first:]
        # A control that does not vary, on few paths or without volatility, has nothing to say.
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
        """The present value that a share of paths does not exceed, to a tenth of a percent."""
        wanted = share * self.paths
        counted = np.cumsum(self.bins)
        place = int(np.searchsorted(counted, max(wanted, 1e-9)))
        if place == 0:
            return 0.0
        inside = (wanted - (counted[place - 1])) / max(int(self.bins[place]), 1)
        value = float(np.exp(LOWEST + BIN * (place - 1 + min(max(inside, 0.0), 1.0))) * principal)
        return min(max(value, self.lowest), self.highest)


def _first_changes(lives: Lives) -> np.ndarray:
    """The row of the first fundamental change of each path that has one; changes are in order of row."""
    first = np.full(len(lives.end), -1)
    first[lives.change_path[::-1]] = lives.change_row[::-1]  # the last to be written stays
    return np.asarray(first[first >= 0])


# --- controls: the mean of each is 0


def control_names(course: Course) -> tuple[str, ...]:
    """The control variates that a model allows."""
    names = []
    if not isinstance(course.model, Bootstrap):  # the mean of a chain of drawn blocks is not known
        names.append("stopped price")
    if not course.model.hazard_exponent and course.grid.hazard[-1] > 0:
        names += ["default", "default, discounted"]
    if course.grid.change[-1] > 0:
        names.append("fundamental changes")
    return tuple(names)


def controls(course: Course, lives: Lives) -> list[np.ndarray]:
    """The control variates of each path, float64 [path]."""
    grid, model, names = course.grid, course.model, control_names(course)
    result = []
    last = course.last_row(lives.end_day)
    if "stopped price" in names:
        # Where the walk was left the share is worth its forward price in the mean, jumps at default and change included.
        forward = model.contract_spot * np.exp(model.carry(course.days) + grid.change * model.change_jump)
        result.append(lives.left_price / forward[lives.left] - 1.0)
    if "default" in names:
        step = -np.expm1(-np.diff(grid.hazard, prepend=0.0))
        for weight in (np.ones(len(grid)), course.discount[course.days - model.start]):
            until = np.append(np.cumsum(weight * step), 0.0)
            at = np.minimum(lives.default, last)
            died = lives.default <= last
            result.append(np.where(died, weight[at], 0.0) - until[at])
    if "fundamental changes" in names:
        result.append(lives.change_surplus)
    return result
