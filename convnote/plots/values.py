"""Plots of a valuation: value and sensitivities against the share price, its parts, and when rights are exercised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.errors import TermsError
from convnote.inputs import NumbersLike
from convnote.plots.canvas import (
    BLACK,
    BLUE,
    GREEN,
    NORMAL,
    ORANGE,
    PURPLE,
    VERMILION,
    entitle,
    finish,
    legend_above,
    new_axes,
    over_years,
)  # fmt: skip
from convnote.pricing import Valuation
from convnote.replays.sentences import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 121


def price_profile(value: Valuation, *, spots: NumbersLike | None = None, ax: Axes | None = None) -> Axes:
    """Value, conversion value and bond floor per denomination against the share price, in the note's currency.

    `spots` are share prices [point] in that currency (None: from 0.2 to 2.5 times the valuation's spot).

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02)
    >>> ax = cn.plots.price_profile(cn.price(cn.load("afv-2003"), model))
    >>> [line.get_label() for line in ax.get_lines()][:3]
    ['value', 'conversion value', 'bond floor']
    """
    ax, at = new_axes(ax), _spots(value, spots)
    value = value.covering(at)
    found = value.solved.value(at)
    ax.plot(at, found, color=BLUE, linewidth=2, label="value")
    ax.plot(at, value.shares * at, color=BLACK, linewidth=1, linestyle=":", label="conversion value")
    floors = np.array([value.at_spot(each).bond_floor for each in (at[0], at[-1])])
    ax.plot(at[[0, -1]], floors, color=VERMILION, linewidth=1.5, linestyle="--", label="bond floor")
    _over_spots(ax, value, at, f"What it is worth on {value.as_of}")
    ax.set_ylabel(_per_denomination(value), fontsize=NORMAL)
    ax.set_ylim(bottom=0)
    legend_above(ax, float(max(found.max(), (value.shares * at).max())), columns=3)
    return ax


def greeks(value: Valuation, *, spots: NumbersLike | None = None, ax: Axes | None = None) -> Axes:
    """Delta in % of the conversion shares, gamma in 0.1% of delta per 1% of the share, vega in 0.01 points, by share price.

    Vega is per volatility point; `spots` as in `price_profile`. Raises `TermsError` for a note that does not convert.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02)
    >>> ax = cn.plots.greeks(cn.price(cn.load("afv-2003"), model))
    >>> [line.get_label() for line in ax.get_lines()][0]
    'delta, % of the shares'
    """
    if not value.shares:
        raise TermsError("the note does not convert", field="greeks value", rule="CNV-1")
    ax, at = new_axes(ax), _spots(value, spots)
    value = value.covering(at)
    read = value.solved.read(at)
    delta = 100.0 * read.v_x / at / value.shares
    gamma = 100.0 * (read.v_xx - read.v_x) / at * 0.01 / value.shares
    vega = value.solved.greeks(at)["vega"] * 100.0 / value.face
    ax.plot(at, delta, color=BLUE, linewidth=2, label="delta, % of the shares")
    ax.plot(at, 10.0 * gamma, color=VERMILION, linewidth=2, linestyle="--", label="gamma, 0.1% for +1% of the share")
    ax.plot(at, vega, color=GREEN, linewidth=2, linestyle="-.", label="vega, 0.01 points a volatility point")
    _over_spots(ax, value, at, f"Delta, gamma and vega on {value.as_of}")
    ax.set_ylabel("units of the legend (%, points)", fontsize=NORMAL)
    legend_above(ax, float(max(delta.max(), 10.0 * gamma.max(), vega.max())))
    return ax


def critical_prices(value: Valuation, *, ax: Axes | None = None) -> Axes:
    """Share prices above which the Company calls or withdraws conversion and holders convert, over time, in the note's currency.

    Raises `TermsError` if no right is exercised before maturity.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02)
    >>> ax = cn.plots.critical_prices(cn.price(cn.load("afv-2003"), model))
    >>> [line.get_label() for line in ax.get_lines()][0]
    'the Company calls above'
    """
    found = value.critical_price()
    if not len(found.dates):
        raise TermsError("no right is used before maturity", field="critical_prices value", value=repr(value))
    # on every day: a line between two steps would hide the jump at a coupon
    found = value.critical_price(np.arange(found.dates[0], np.datetime64(value.problem.contract.note.maturity_date)))
    ax = new_axes(ax)
    for prices, colour, style, label in (
        (found.call, VERMILION, "-", "the Company calls above"),
        (found.conversion, BLUE, "--", "holders convert above"),
        (found.withdrawal, GREEN, "-.", "conversion is withdrawn above"),
    ):
        if np.isfinite(prices).any():
            ax.plot(found.dates, prices, color=colour, linewidth=2, linestyle=style, label=label)
    ax.axhline(value.spot, color=BLACK, linewidth=1, linestyle=":", label=f"the share on {value.as_of}")
    over_years(ax)
    ax.set_ylabel(f"share price ({value.problem.contract.note.currency})", fontsize=NORMAL)
    entitle(ax, "When rights are used")
    finish(ax)
    tops = [float(np.nanmax(each)) for each in found[1:] if np.isfinite(each).any()]
    legend_above(ax, max(*tops, value.spot), columns=3)
    return ax


def decomposition(value: Valuation, *, spots: NumbersLike | None = None, ax: Axes | None = None) -> Axes:
    """The value in three parts against the share price: bond floor, conversion right, and the value taken by the Company's call.

    The parts add up to the value: the conversion right is the value of the note without a call, less its floor.

    >>> import convnote as cn
    >>> model = cn.Lognormal(as_of="2003-01-01", spot=100, volatility=0.2, rate=0.05, hazard_rate=0.02)
    >>> ax = cn.plots.decomposition(cn.price(cn.load("afv-2003"), model))
    >>> total, floor, right, call = (line.get_ydata() for line in ax.get_lines()[:4])
    >>> bool(np.allclose(total, floor + right + call))
    True
    """
    ax, at = new_axes(ax), _spots(value, spots)
    value = value.covering(at)
    total = value.solved.value(at)
    floor = np.array([value.at_spot(each).bond_floor for each in at]) if value.problem.model.hazard_exponent else None
    floor = np.full(len(at), value.bond_floor) if floor is None else floor
    uncalled = value.without_call().solved.value(at)
    ax.plot(at, total, color=BLUE, linewidth=2, label="value")
    ax.plot(at, floor, color=VERMILION, linewidth=1.5, linestyle="--", label="bond floor")
    ax.plot(at, uncalled - floor, color=GREEN, linewidth=1.5, linestyle="-.", label="right to convert")
    ax.plot(at, total - uncalled, color=ORANGE, linewidth=1.5, linestyle=":", label="the Company's call")
    ax.axhline(0.0, color="0.6", linewidth=0.8)
    _over_spots(ax, value, at, f"What it is made of on {value.as_of}")
    ax.set_ylabel(_per_denomination(value), fontsize=NORMAL)
    legend_above(ax, float(max(total.max(), (uncalled - floor).max())))
    return ax


def _spots(value: Valuation, spots: Any) -> np.ndarray:
    if spots is None:
        return np.linspace(0.2 * value.spot, 2.5 * value.spot, _POINTS)
    at = np.asarray(spots, dtype=np.float64)
    if at.ndim != 1 or len(at) < 2 or not np.all(np.isfinite(at)) or np.any(at <= 0) or np.any(np.diff(at) <= 0):
        raise TermsError("expected share prices above 0, ascending", field="spots", value=repr(spots))
    return at


def _over_spots(ax: Axes, value: Valuation, at: np.ndarray, title: str) -> None:
    ax.axvline(value.spot, color=PURPLE, linewidth=0.8)
    ax.set_xlim(float(at[0]), float(at[-1]))
    ax.set_xlabel(f"share price ({value.problem.contract.note.currency})", fontsize=NORMAL)
    entitle(ax, title)
    finish(ax)


def _per_denomination(value: Valuation) -> str:
    note = value.problem.contract.note
    return f"{note.currency} per {number(note.denomination)} of principal"
