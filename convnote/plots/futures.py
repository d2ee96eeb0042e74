"""Plots of simulated lives: how paths ended year by year, and their present values by year of ending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.errors import TermsError
from convnote.plots.canvas import (
    BLACK,
    GREEN,
    NORMAL,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    MaxNLocator,
    finish,
    is_narrow,
    legend_above,
    new_axes,
)  # fmt: skip
from convnote.replays.sentences import number
from convnote.simulation import Outcomes, Summary
from convnote.tables import rounded_money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: colour and hatch for each way principal is retired, distinct in black and white too
_LOOKS = {
    "matured": ("#FFFFFF", ""),
    "converted": (SKY, "////"),
    "redeemed": (ORANGE, "...."),
    "repurchased": (GREEN, "xxxx"),
    "put": (PURPLE, "oooo"),
    "defaulted": (VERMILION, "----"),
}
#: Quantiles are not drawn for a year in which fewer paths ended: they would be noise.
_ENOUGH = 20
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


def endings_by_year(outcomes: Outcomes | Summary, *, ax: Axes | None = None) -> Axes:
    """Share of paths that ended in each calendar year, in percent of all paths: bars stacked by how principal was retired.

    Works for outcomes with `keep="summary"` and for a `Summary` too.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05, hazard_rate=0.03, recovery=0.4)
    >>> ax = cn.plots.endings_by_year(cn.simulate(cn.load("amazon-peacs-2010"), model, paths=200, seed=1))
    >>> round(float(sum(bar.get_height() for bar in ax.patches)), 6)
    100.0
    """
    summary = outcomes if isinstance(outcomes, Summary) else outcomes.summary()
    shares = {how: summary.events.get(how, {}) for how in _LOOKS}
    years = sorted({year for by_year in shares.values() for year, share in by_year.items() if share})
    if not years:
        raise TermsError("no path has ended", field="endings_by_year outcomes", value=repr(outcomes))
    years = list(range(years[0], years[-1] + 1))
    ax = new_axes(ax)
    below = np.zeros(len(years))
    for how, by_year in shares.items():
        heights = np.array([100 * by_year.get(year, 0.0) for year in years])
        if heights.any():
            face, hatch = _LOOKS[how]
            label = f"{how}, {heights.sum():.1f}%"
            ax.bar(years, heights, 0.78, bottom=below, color=face, edgecolor=BLACK, linewidth=0.7, hatch=hatch, label=label)
            below += heights
    _calendar_years(ax)
    ax.set_ylabel("share of paths (%)", fontsize=NORMAL)
    ax.set_title(f"How {summary.paths:,} lives ended", fontsize=NORMAL, loc="left")
    finish(ax)
    ax.grid(axis="x", visible=False)
    legend_above(ax, float(below.max()), columns=3)
    return ax


def outcome_fan(outcomes: Outcomes, *, ax: Axes | None = None) -> Axes:
    """The present value of a path by the calendar year in which it ended: median, middle half, and 5% to 95% range.

    In the note's currency on the principal simulated. Years in which fewer than 20 paths ended are left out; "all" covers
    the paths of all years; the dashed line is their mean, with control variates as in `outcomes.summary()`. Raises
    `TermsError` if the paths were not kept.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2000-02-16", spot=72.1, volatility=0.5, rate=0.05, hazard_rate=0.03, recovery=0.4)
    >>> outcomes = cn.simulate(cn.load("amazon-peacs-2010"), model, paths=500, seed=1)
    >>> ax = cn.plots.outcome_fan(outcomes)
    >>> bool(ax.get_lines()[0].get_ydata()[-1] == np.median(outcomes.present_value))
    True
    """
    values, ended = outcomes.present_value, outcomes.end_date.astype("datetime64[Y]").astype(int) + 1970
    years = [year for year in range(int(ended.min()), int(ended.max()) + 1) if (ended == year).sum() >= _ENOUGH]
    ax = new_axes(ax)
    first, last = int(ended.min()), int(ended.max())
    places = np.array([*years, last + 1.4])
    chosen = [values[ended == year] for year in years] + [values]
    low, lower, middle, upper, high = np.array([np.quantile(group, _SHARES) for group in chosen]).T
    ax.plot(places, middle, "D", color=BLACK, markersize=5, zorder=4, label="median")
    ax.vlines(places, low, high, color=BLACK, linewidth=1.2, label="5% to 95%")
    halves: dict[str, Any] = {"color": SKY, "edgecolor": BLACK, "linewidth": 0.8, "hatch": "////"}
    ax.bar(places, upper - lower, 0.5, bottom=lower, zorder=3, label="the middle half", **halves)
    mean = outcomes.summary().present_value  # the same mean as on every page
    told = rounded_money(mean, outcomes.job.note.currency)
    ax.axhline(mean, color=VERMILION, linewidth=1.4, linestyle="--", label=f"mean of all, {told} (control variates)")
    ax.axvline(last + 0.7, color="0.6", linewidth=0.8)
    step = -(-(last - first + 1) // (6 if is_narrow(ax) else 12))
    ticks = list(range(first, last + 1, step))
    ax.set_xticks([*ticks, last + 1.4], [*map(str, ticks), "all"])
    ax.set_xlabel("year in which the path ended", fontsize=NORMAL)
    ax.set_xlim(first - 0.7, last + 2.0)
    ax.set_ylim(bottom=0)
    ax.set_ylabel(f"present value ({outcomes.job.note.currency} on {number(outcomes.principal)})", fontsize=NORMAL)
    ax.set_title(f"What {len(values):,} lives were worth", fontsize=NORMAL, loc="left")
    finish(ax)
    ax.grid(axis="x", visible=False)
    legend_above(ax, float(high.max()))
    return ax


def _calendar_years(ax: Axes) -> None:
    ax.xaxis.set_major_locator(MaxNLocator(5 if is_narrow(ax) else 11, integer=True))
    ax.set_xlabel("year in which the path ended", fontsize=NORMAL)
