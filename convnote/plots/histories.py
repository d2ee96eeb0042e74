"""The plot of a note over one history: conversion value against par."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.analytics import bond_floor
from convnote.calendars import day_number, to_date, to_datetime64
from convnote.errors import MarketError, TermsError
from convnote.lifecycle import State
from convnote.lifecycle.events import Event
from convnote.market import Curve, DiscountCurve, MarketHistory
from convnote.note import ConvertibleNote
from convnote.plots.canvas import (
    BLACK,
    BLUE,
    DATES,
    NORMAL,
    PURPLE,
    SKY,
    SMALL,
    VERMILION,
    finish,
    legend_above,
    new_axes,
    over_years,
)  # fmt: skip
from convnote.replays.exchange_rates import exchanged
from convnote.replays.further_kinds import over_main
from convnote.replays.ledger import replay
from convnote.replays.sentences import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def parity_history(
    note: ConvertibleNote,
    history: MarketHistory,
    *,
    events: Iterable[Event] | None = None,
    curve: Curve | DiscountCurve | float | None = None,
    spread: float = 0.0,
    ax: Axes | None = None,
) -> Axes:
    """Conversion value and par per denomination over `history`, in the note's currency, with resets and adjustments.

    `events` as in `replay`. With a `curve` (a curve or one continuous annual rate) the clean bond floor is drawn too,
    discounted on the curve plus `spread`; without a curve it is left out. After conversion is withdrawn, or once nothing is
    outstanding, no conversion value is drawn.

    Raises `MarketError` if a close that the rules need is missing, or the market's exchange rate where the note converts at a
    fixed one (the series "fx", FXF-1), and `TermsError` for a note that does not convert.

    >>> import convnote as cn
    >>> ax = cn.plots.parity_history(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"))
    >>> round(float(ax.get_lines()[0].get_ydata()[0]), 2)
    687.02
    """
    if note.conversion is None:
        raise TermsError("the note does not convert", field="conversion", rule="CNV-1")
    stages, end, last_conversion = stages_of(note, history, events)
    days, closes = life(note, history, end)
    if not len(days):
        raise MarketError("there is no close in the note's life", field="history", value=history.source)
    ax = new_axes(ax)
    unit = float(note.denomination)
    closes = closes * _over_main(note, history, days)
    worth = _conversion_values(unit, stages, days, closes)
    worth[days > last_conversion] = np.nan
    dates = to_datetime64(days)
    ax.plot(dates, worth, color=BLUE, linewidth=1.4, label="conversion value (CNV-3)")
    if len(stages) > 1:
        unreset = unit / float(note.conversion.price) * closes
        unreset[(days < stages[1][0]) | (days > last_conversion)] = np.nan
        label = f"at the initial price {number(note.conversion.price)}"
        ax.plot(dates, unreset, color=SKY, linewidth=1.0, linestyle=":", label=label)
    ax.axhline(unit, color=BLACK, linewidth=1.2, linestyle="--", label=f"par, {number(note.denomination)} (PRN-1)")
    top = float(np.nanmax(worth, initial=unit))
    if curve is not None:
        running = days < min(note.principal.maturity_day, end + 1)
        floor = np.asarray(bond_floor(note, dates[running], curve, spread=spread, per=unit))
        rate = "on the curve" if isinstance(curve, (Curve, DiscountCurve)) else f"at {curve + spread:.2%}"
        ax.plot(dates[running], floor, color=VERMILION, linewidth=1.4, linestyle="-.", label=f"bond floor, {rate}")
        top = max(top, float(floor.max(initial=unit)))
    ax.set_ylim(bottom=0)
    for first, state in stages[1:]:
        _at_day(ax, first, f"price {number(state.price)}", unit + 0.05 * top, color="0.55", linewidth=0.9)
    if last_conversion < end:
        _at_day(ax, last_conversion, "last conversion", 0.08 * top, color=PURPLE, linewidth=1.4, linestyle="--")
    over_years(ax)
    ax.set_ylabel(f"{note.currency} per {number(note.denomination)} of principal", fontsize=NORMAL)
    ax.set_title(origin(history), fontsize=SMALL, loc="left", color="0.25")
    finish(ax)
    legend_above(ax, 1.08 * top)
    return ax


def _conversion_values(unit: float, stages: list[tuple[int, State]], days: np.ndarray, closes: np.ndarray) -> np.ndarray:
    """Conversion value of `unit` of principal at each day's close and price in force: float64 [day], in the note's currency."""
    worth = np.full(len(days), np.nan)
    for first, state in stages:  # a later stage overwrites the earlier one from its first day on
        scale, rest = state.scale, days >= first
        worth[rest] = unit / float(state.price) * (float(scale.shares) * closes[rest] + float(scale.cash))
    return worth


def _over_main(note: ConvertibleNote, history: MarketHistory, days: np.ndarray) -> np.ndarray:
    """The worth of conversion over that of the shares at their close, float64 [day]: other currencies and property."""
    exact = history.exact_close
    return np.array([float(exchanged(note, history, day) * over_main(note, history, day, exact)) for day in days.tolist()])


def _at_day(ax: Axes, day: int, words: str, height: float, **line: Any) -> None:
    """A vertical line at day number `day`, with `words` beside it."""
    place = DATES.date2num(to_date(day))
    ax.axvline(place, **line)
    ax.annotate(words, (place, height), (4, 0), textcoords="offset points", fontsize=SMALL, color="0.25")


def origin(history: MarketHistory) -> str:
    return history.source if len(history.source) <= 88 else f"{history.source[:87]}…"


def life(note: ConvertibleNote, history: MarketHistory, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Day numbers and closes (note's currency) of the trading days of the note's life to day number `end`, both [day]."""
    inside = (history.days >= note.principal.issue_day) & (history.days <= end)
    inside[inside] = note.principal.sessions.is_open(history.days[inside])
    return history.days[inside], history.closes[inside]


def stages_of(
    note: ConvertibleNote, history: MarketHistory, events: Iterable[Event] | None
) -> tuple[list[tuple[int, State]], int, int]:
    """The state from each day on which conversion terms changed; the last day shown; the last day of conversion."""
    recorded = None if events is None else list(events)
    end = min(note.principal.maturity_day, int(history.days[-1]))
    ledger = replay(note, history, events=recorded, until=to_date(end))
    state, last = ledger.state, end
    if state.withdrawal is not None and state.withdrawal[1] <= end:
        last = int(state.withdrawal[1]) - 1
    if state.status.is_final:
        last = min(last, max(int(day_number(entry.date)) for entry in ledger.entries if entry.principal))
    stages = [(note.principal.issue_day, State.opening(note))]
    for on in sorted({entry.date for entry in ledger.of_kind("reset", "adjustment", "merger", "revision")}):
        stage = replay(note, history, events=recorded, until=on).state
        before = stages[-1][1]
        if (stage.price, stage.scales) != (before.price, before.scales):
            stages.append((int(day_number(on)), stage))
    return stages, end, last
