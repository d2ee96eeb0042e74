"""The plot of additional shares: a make-whole table by date and price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.calendars import day_number
from convnote.errors import TermsError
from convnote.note import ConvertibleNote
from convnote.plots.canvas import (
    BLACK,
    BLUE,
    GREEN,
    NORMAL,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    VERMILION,
    entitle,
    finish,
    is_narrow,
    legend,
    new_axes,
)  # fmt: skip
from convnote.replays.sentences import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Colour and dash pattern of each date: the first is solid, so that rows are distinct without colour.
_LINES = (
    (BLUE, "-"),
    (VERMILION, "--"),
    (GREEN, "-."),
    (ORANGE, (0, (5, 1))),
    (PURPLE, ":"),
    (SKY, (0, (3, 1, 1, 1, 1, 1))),
    (BLACK, (0, (1, 3))),
)
_MARKS = "osD^vPX"


def make_whole_surface(note: ConvertibleNote, *, ax: Axes | None = None) -> Axes:
    """The rate including additional shares against the share price, one line per date of the table, and the cap (MWT-1, MWT-2).

    Marks are the printed entries; between them the table is linear. Prices are in the note's currency, rates in shares per
    denomination. At most seven dates are drawn, including the first and last; between dates the table is linear in time.

    Raises `TermsError` for a note without such a table.

    >>> import convnote as cn
    >>> from convnote.testing.turns_changes import with_table
    >>> ax = cn.plots.make_whole_surface(with_table(cn.load("amazon-peacs-2010")))
    >>> [line.get_label() for line in ax.get_lines()][:2]
    ['2000-02-16', '2005-02-16']
    """
    table = note.make_whole_change
    if table is None or note.conversion is None:
        raise TermsError("the note has no table of additional shares", field="make_whole_change", rule="MWT-1")
    ax = new_axes(ax)
    rate = float(note.conversion.ratio())
    prices = np.array([float(each) for each in table.prices])
    fine = np.unique(np.concatenate([np.geomspace(prices[0], prices[-1], 400), prices]))
    drawn = np.unique(np.linspace(0, len(table.dates) - 1, min(len(table.dates), len(_LINES))).round().astype(int))
    for place, (colour, dashes), mark in zip(drawn, _LINES, _MARKS, strict=False):
        on = np.int64(day_number(table.dates[place]))
        shares = rate + table.moved(table.read(on, fine), 1.0)
        look: dict[str, Any] = {
            "color": colour,
            "linestyle": dashes,
            "linewidth": 1.8,
            "marker": mark,
            "markersize": 4.5,
            "markerfacecolor": "white",
        }
        ax.plot(fine, shares, markevery=np.searchsorted(fine, prices).tolist(), label=str(table.dates[place]), **look)
    ax.axhline(rate, color="0.45", linewidth=0.9)
    words = f"rate {number(note.conversion.ratio(), 4)}"
    ax.annotate(words, (fine[0], rate), (2, -11), textcoords="offset points", fontsize=SMALL)
    if table.cap_rate is not None:
        ax.axhline(float(table.cap_rate), color="0.45", linewidth=0.9, linestyle=(0, (6, 3)))
        at = (fine[-1], float(table.cap_rate))
        ax.annotate(f"cap {number(table.cap_rate, 4)}", at, (-2, -11), textcoords="offset points", ha="right", fontsize=SMALL)
    bottom, top = ax.get_ylim()
    ax.set_ylim(min(bottom, rate - 0.08 * (top - rate)))  # the words on the rate stand below its line
    ax.set_xscale("log")
    _price_ticks(ax, prices)
    ax.set_xlabel(f"price of the share ({note.currency}); no additional shares outside", fontsize=NORMAL)
    ax.set_ylabel(f"shares per {number(note.denomination)}", fontsize=NORMAL)
    entitle(ax, f"What a conversion gets on a change{' or a call' if table.on_call else ''}, by its date")
    finish(ax)
    legend(ax)
    if (key := ax.get_legend()) is not None:
        key.set_loc("center right")  # beside the curves, which fall from the upper left
    return ax


def _price_ticks(ax: Axes, prices: np.ndarray) -> None:
    """Ticks at prices of the table, as many as fit."""
    room, chosen = (0.16 if is_narrow(ax) else 0.085) * np.log(prices[-1] / prices[0]), [prices[0]]
    for price in prices[1:]:
        if np.log(price / chosen[-1]) >= room:
            chosen.append(price)
    ax.set_xticks(chosen, [f"{price:g}" for price in chosen])
    ax.set_xticks([], minor=True)
