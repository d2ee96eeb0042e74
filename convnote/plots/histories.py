"""Plots of a note over one history: conversion value against par, and the closes against the trigger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.analytics import bond_floor
from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date, to_datetime64
from convnote.errors import MarketError, TermsError
from convnote.inputs import DateLike
from convnote.lifecycle import State
from convnote.lifecycle.events import Event
from convnote.market import Curve, DiscountCurve, MarketHistory
from convnote.note import ConvertibleNote
from convnote.plots.canvas import (
    BLACK,
    BLUE,
    DATES,
    GREEN,
    NORMAL,
    PURPLE,
    SKY,
    SMALL,
    VERMILION,
    MaxNLocator,
    beside,
    finish,
    legend,
    legend_above,
    new_axes,
    over_years,
)  # fmt: skip
from convnote.provisions import Withdrawal
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
    stages, end, last_conversion = _stages(note, history, events)
    days, closes = _life(note, history, end)
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
    ax.axhline(unit, color=BLACK, linewidth=1.2, linestyle="--", label=f"par, {unit:,.0f} (PRN-1)")
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
    ax.set_title(_origin(history), fontsize=SMALL, loc="left", color="0.25")
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


def trigger_window(
    note: ConvertibleNote,
    history: MarketHistory,
    *,
    events: Iterable[Event] | None = None,
    first: DateLike | None = None,
    last: DateLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The share price against the trigger of WDR-1 and, below it, the daily count of the last 30 closes that exceed it.

    Prices in the note's currency, as quoted; after a split or a merger among the `events` the trigger moves with the share
    (RST-4). Shown from `first` to `last` (None: the whole period in which closes count). The counts are on a second `Axes` that
    shares the dates and is the last of the figure; bars mark the days on which the trigger is met.

    Raises `MarketError` if the period has no close, and `TermsError` for a note without such a right.

    >>> import convnote as cn
    >>> ax = cn.plots.trigger_window(cn.load("amazon-peacs-2010"), cn.scenario("hover"))
    >>> int(max(ax.figure.axes[-1].get_lines()[0].get_ydata()))
    20
    """
    terms = note.withdrawal
    if terms is None:
        raise TermsError("the note has no right to withdraw conversion", field="withdrawal", rule="WDR-1")
    stages, _, end = _stages(note, history, events)
    days, closes = _life(note, history, min(end, int(day_number(terms.last_effective))))
    if not len(days):
        raise MarketError("there is no close before the right ends", field="history", rule="WDR-1", value=history.source)
    trigger, exceeded = _against_trigger(note, history, stages[-1][1], days)
    met = terms.met(exceeded)
    counts = np.cumsum(exceeded)
    counts[terms.period :] -= counts[: -terms.period].copy()
    shown = (days >= (days[0] if first is None else day_number(first, "first"))) & (
        days <= (days[-1] if last is None else day_number(last, "last"))
    )
    if not shown.any():
        raise MarketError("no close that counts lies in that time", field="first, last", rule="WDR-1", value=f"{first}, {last}")

    ax = new_axes(ax, height=4.2)
    dates = to_datetime64(days[shown])
    ax.plot(dates, closes[shown], color=BLUE, linewidth=1.4, label=f"close ({note.closes_currency})")
    label = f"trigger {terms.trigger_in_words if terms.moves else number(terms.trigger)} (WDR-1)"
    ax.plot(dates, trigger[shown], color=VERMILION, linewidth=1.6, linestyle="--", label=label)
    share = 0.40  # part of the height used for the counts
    base, top = _prices_above(ax, closes[shown], trigger[shown], share)
    ax.set_ylabel(f"close ({note.closes_currency} a share)", fontsize=NORMAL, y=share + (1 - share) / 2)

    _counts_under(ax, terms, dates, counts[shown], met[shown], share)
    peak = int(closes[shown].argmax())
    close = float(closes[shown][peak])
    ax.plot(dates[peak : peak + 1], [close], "o", color=BLACK, markersize=4)
    beside(ax, dates[peak], close + 0.03 * (top - base), f"highest {close:.3f}, {dates[peak]}", dates)
    over_years(ax)
    ax.set_title(_origin(history), fontsize=SMALL, loc="left", color="0.25")
    finish(ax)
    ax.grid(axis="y", visible=False)
    legend(ax, columns=2)
    return ax


def _prices_above(ax: Axes, closes: np.ndarray, trigger: np.ndarray, share: float) -> tuple[float, float]:
    """The lowest and highest price of an axis whose curves stay above the lowest `share` of the height."""
    highest, lowest = (float(pick(pick(closes), pick(trigger))) for pick in (max, min))
    # If prices are close together, an axis from 0 would make them indistinguishable.
    base = 0.0 if lowest < 0.6 * highest else lowest - 0.25 * (highest - lowest)
    top = highest + 0.25 * (highest - base)
    ax.set_ylim(base - (top - base) * share / (1 - share), top)
    ax.axhline(base, color=BLACK, linewidth=0.8)
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.set_yticks([tick for tick in ax.get_yticks() if base <= tick <= top])
    return base, top


def _counts_under(ax: Axes, terms: Withdrawal, dates: np.ndarray, counts: np.ndarray, met: np.ndarray, share: float) -> None:
    """Draw counts of closes above the trigger, and the days it is met, on separate axes in the lowest `share` of the height."""
    under = ax.twinx()
    under.step(dates, counts, where="post", color=BLACK, linewidth=1.2)
    under.fill_between(dates, 0, terms.period, where=met, step="post", color=PURPLE, alpha=0.45, linewidth=0, hatch="////")
    under.axhline(terms.days, color=GREEN, linewidth=1.4, linestyle="-.")
    under.set_ylim(0, terms.period / (share * 0.86))
    under.set_yticks([0, terms.days, terms.period])
    under.set_ylabel(f"of {terms.period} closes, above", fontsize=SMALL, y=share * 0.5)
    under.tick_params(labelsize=SMALL)
    if met.any():
        start = dates[met][0]
        ax.axvline(start, color=PURPLE, linewidth=1.4, linestyle=":")
        beside(under, start, terms.period + 1.5, f"met first on {start}", dates)
    else:
        words = f"never {terms.days} of {terms.period}: at most {counts.max()}"
        beside(under, dates[0], terms.days + 1.5, words, dates)


def _origin(history: MarketHistory) -> str:
    return history.source if len(history.source) <= 88 else f"{history.source[:87]}…"


def _life(note: ConvertibleNote, history: MarketHistory, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Day numbers and closes (note's currency) of the trading days of the note's life to day number `end`, both [day]."""
    inside = (history.days >= note.principal.issue_day) & (history.days <= end)
    inside[inside] = note.principal.sessions.is_open(history.days[inside])
    return history.days[inside], history.closes[inside]


def _stages(
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
    for on in sorted({entry.date for entry in ledger.of_kind("reset", "adjustment", "merger")}):
        stage = replay(note, history, events=recorded, until=on).state
        before = stages[-1][1]
        if (stage.price, stage.scales) != (before.price, before.scales):
            stages.append((int(day_number(on)), stage))
    return stages, end, last


def _against_trigger(
    note: ConvertibleNote, history: MarketHistory, state: State, days: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The trigger on `days` and whether the exact close meets it, both [day]; `state` holds those days' scales and prices."""
    terms = note.withdrawal
    assert terms is not None
    levels = [_quoted_trigger(note, state, int(day)) for day in days]
    exceeded = [terms.condition.compared(history.exact_close(int(day)), level) for day, level in zip(days, levels, strict=True)]
    return np.array(levels, dtype=np.float64), np.array(exceeded, dtype=bool)


def _quoted_trigger(note: ConvertibleNote, state: State, day: int) -> Any:
    """The trigger on a day, per quoted share, exact (RST-4, WDR-7)."""
    terms, scale = note.withdrawal, state.scale_on(day)
    assert terms is not None
    level = fraction(terms.trigger) * scale.factor
    if terms.moves:
        level = fraction(terms.trigger_multiple) * fraction(state.price_on(day))
    return (level - scale.cash) / scale.shares
