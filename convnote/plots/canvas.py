"""Shared parts of the plots: colours, sizes, date axes, legends. The only module that imports Matplotlib."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

try:
    import matplotlib.dates
    import matplotlib.patches
    import matplotlib.ticker
except ImportError as problem:  # pragma: no cover - the extra is installed where the tests run
    raise ImportError("pictures need Matplotlib: pip install 'convnote[notebook]'") from problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: the colours of Okabe and Ito, which most people can tell apart, colour-blind readers included
BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
#: width in inches at this DPI: 600 pixels
WIDTH, HEIGHT, DPI = 6.0, 3.8, 100
SMALL, NORMAL = 8.5, 9.5

DATES: Any = matplotlib.dates  # its functions are untyped
Patch = matplotlib.patches.Patch
MaxNLocator = matplotlib.ticker.MaxNLocator


def new_axes(ax: Axes | None, height: float = HEIGHT) -> Axes:
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(WIDTH, height), dpi=DPI, layout="constrained")[1]


def is_narrow(ax: Axes) -> bool:
    """True if two columns of text do not fit: a plot for a phone, or one of several in a figure."""
    return bool(ax.get_window_extent().width / ax.figure.dpi < 3.9)


def entitle(ax: Axes, words: str) -> None:
    """Set a title over the axes, wrapped to their width."""
    # a letter is 0.55 of its height wide on average; a tenth is held back, because the layout moves the edge for the labels
    letters = int(ax.get_window_extent().width / ax.figure.dpi * 72 / (0.61 * NORMAL))
    ax.set_title(textwrap.fill(words, max(letters, 20)), fontsize=NORMAL, loc="left")


def finish(ax: Axes) -> None:
    ax.tick_params(labelsize=SMALL)
    ax.grid(color="0.9", linewidth=0.6)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def over_years(ax: Axes) -> None:
    ax.xaxis.set_major_locator(locator := DATES.AutoDateLocator(minticks=3, maxticks=6 if is_narrow(ax) else 11))
    ax.xaxis.set_major_formatter(DATES.ConciseDateFormatter(locator))
    ax.tick_params(axis="x", labelsize=SMALL)
    ax.set_xlabel("date", fontsize=NORMAL)


def legend(ax: Axes, handles: Sequence[Any] | None = None, *, columns: int = 1, outside: bool = False) -> None:
    handles = ax.get_legend_handles_labels()[0] if handles is None else handles
    place: dict[str, Any] = {"loc": "upper left"}
    if outside:
        place = {"loc": "upper center", "bbox_to_anchor": (0.4, -0.16)}
        columns = 2
    columns = 1 if is_narrow(ax) else columns
    # The legend's background hides what is under the text.
    ax.legend(
        handles=handles, fontsize=SMALL, framealpha=0.9, edgecolor="none", ncols=columns, handlelength=2.8, borderpad=0.2, **place
    )


def legend_above(ax: Axes, top: float, *, columns: int = 2) -> None:
    """A legend above curves that reach up to `top`: the axis is extended so that the legend hides none of them."""
    columns = 1 if is_narrow(ax) else columns
    lines = -(-sum(label.count("\n") + 1 for label in ax.get_legend_handles_labels()[1]) // columns)
    height = ax.get_window_extent().height / ax.figure.dpi * 72
    share = min(0.6, 1.5 * SMALL * lines / height + 0.03)
    bottom = ax.get_ylim()[0]
    ax.set_ylim(bottom, bottom + (top - bottom) / (1 - share))
    legend(ax, columns=columns)


def beside(ax: Axes, on: Any, height: float, words: str, dates: Any) -> None:
    """Write text beside a day, on the side with room for it."""
    late = on > dates[0] + (dates[-1] - dates[0]) * 0.55
    ax.annotate(
        words, (DATES.date2num(on), height), (-6 if late else 6, 0), textcoords="offset points", fontsize=SMALL,
        horizontalalignment="right" if late else "left",
    )  # fmt: skip
