"""The plot of a condition on closes over one history: the closes against its level, and how many of the last ones count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from convnote.calendars import day_number, to_datetime64
from convnote.errors import MarketError, TermsError
from convnote.inputs import DateLike
from convnote.lifecycle.events import Event
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote
from convnote.plots.canvas import (
    BLACK,
    BLUE,
    GREEN,
    NORMAL,
    PURPLE,
    SMALL,
    VERMILION,
    MaxNLocator,
    beside,
    finish,
    legend,
    new_axes,
    over_years,
)  # fmt: skip
from convnote.plots.histories import life, origin, stages_of
from convnote.provisions import Condition
from convnote.replays.sentences import number
from convnote.replays.standings import held, levels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Part of the height used for the counts.
_UNDER = 0.40


class Watched(NamedTuple):
    """A right that depends on closes: its rule, its condition, the last day that matters, and the level in words."""

    rule: str
    condition: Condition
    last: int
    level: str


class Seen(NamedTuple):
    """Arrays [day]: day number, close, level, how many of the closes of the period count, and whether the condition is met."""

    days: np.ndarray
    closes: np.ndarray
    level: np.ndarray
    counts: np.ndarray
    met: np.ndarray


def trigger_window(
    note: ConvertibleNote,
    history: MarketHistory,
    *,
    right: str | None = None,
    events: Iterable[Event] | None = None,
    first: DateLike | None = None,
    last: DateLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Closes against the level of a right that depends on them and, below, the daily count of the last 30 that satisfy it.

    `right` is "withdrawal" (WDR-1), "redemption" (SFT-1), "contingent_conversion" (CNT-1), "conditional_put" (CPT-1) or
    "revision" (DWN-1); None: the first of these that the note has. Prices in the note's currency, as quoted; the level moves
    with resets and with the `events` (RST-4). Shown from `first` to `last` (None: the whole period in which closes count). The
    counts are on a second `Axes` that shares the dates and is the last of the figure; bars mark the days on which the condition
    is met, of contingent conversion only the quarter-ends.

    Raises `MarketError` if the period has no close, and `TermsError` for a note without such a right.

    >>> import convnote as cn
    >>> ax = cn.plots.trigger_window(cn.load("amazon-peacs-2010"), cn.scenario("hover"))
    >>> int(max(ax.figure.axes[-1].get_lines()[0].get_ydata()))
    20
    """
    watched = _watched(note, right)
    condition = watched.condition
    seen = _seen(note, history, watched, events)
    shown = (seen.days >= (seen.days[0] if first is None else day_number(first, "first"))) & (
        seen.days <= (seen.days[-1] if last is None else day_number(last, "last"))
    )
    if not shown.any():
        said = f"{first}, {last}"
        raise MarketError("no close that counts lies in that time", field="first, last", rule=watched.rule, value=said)
    days, closes, level, counts, met = (each[shown] for each in seen)

    ax = new_axes(ax, height=4.2)
    dates = to_datetime64(days)
    ax.plot(dates, closes, color=BLUE, linewidth=1.4, label=f"close ({note.closes_currency})")
    ax.plot(dates, level, color=VERMILION, linewidth=1.6, linestyle="--", label=f"{watched.level} ({watched.rule})")
    base, top = _prices_above(ax, closes, level)
    ax.set_ylabel(f"close ({note.closes_currency} a share)", fontsize=NORMAL, y=_UNDER + (1 - _UNDER) / 2)

    _counts_under(ax, condition, dates, counts, met)
    place = int(closes.argmin() if condition.below else closes.argmax())
    close = float(closes[place])
    ax.plot(dates[place : place + 1], [close], "o", color=BLACK, markersize=4)
    extreme = "lowest" if condition.below else "highest"
    beside(ax, dates[place], close + 0.03 * (top - base), f"{extreme} {number(close, 3)}, {dates[place]}", dates)
    over_years(ax)
    ax.set_title(origin(history), fontsize=SMALL, loc="left", color="0.25")
    finish(ax)
    ax.grid(axis="y", visible=False)
    legend(ax, columns=2)
    return ax


def _seen(note: ConvertibleNote, history: MarketHistory, watched: Watched, events: Iterable[Event] | None) -> Seen:
    """What the closes show of a condition. Raises `MarketError` if no close counts."""
    condition = watched.condition
    stages, end, _ = stages_of(note, history, events)
    days, closes = life(note, history, min(end, watched.last))
    if not len(days):
        raise MarketError("there is no close before the right ends", field="history", rule=watched.rule, value=history.source)
    state, places = stages[-1][1], days.tolist()
    held_on = held(note, state, condition, places, closes, history.exact_close)
    met = condition.met(held_on, days, note.principal.sessions)
    if watched.rule == "CNT-1" and note.contingent_conversion is not None:
        met &= np.isin(days, note.contingent_conversion.looks)
    return Seen(days, closes, levels(note, state, condition, places), condition.counts(held_on), met)


def _watched(note: ConvertibleNote, right: str | None) -> Watched:
    """The right asked for, or the first that the note has. Raises `TermsError` for a note without it."""
    rules = {
        "withdrawal": "WDR-1",
        "redemption": "SFT-1",
        "contingent_conversion": "CNT-1",
        "conditional_put": "CPT-1",
        "revision": "DWN-1",
    }
    if right is not None and right not in rules:
        raise TermsError(f"expected one of: {', '.join(rules)}", field="trigger_window right", value=repr(right))
    for name in rules if right is None else (right,):
        terms = getattr(note, name)
        condition = getattr(terms, "quarter" if name == "contingent_conversion" else "condition", None)
        if condition is None:
            continue
        if note.withdrawal is not None and name == "withdrawal":
            trigger = note.withdrawal.trigger_in_words if note.withdrawal.moves else number(note.withdrawal.trigger)
            return Watched("WDR-1", condition, int(day_number(note.withdrawal.last_effective)), f"trigger {trigger}")
        return Watched(rules[name], condition, note.principal.maturity_day, condition.level_in_words)
    name = "withdrawal" if right is None else right
    raise TermsError("the note has no such right that depends on closes", field=name, rule=rules[name])


def _prices_above(ax: Axes, closes: np.ndarray, level: np.ndarray) -> tuple[float, float]:
    """The lowest and highest price of an axis whose curves stay above the counts."""
    highest, lowest = (float(pick([pick(closes), pick(level)])) for pick in (np.nanmax, np.nanmin))
    # If prices are close together, an axis from 0 would make them indistinguishable.
    base = 0.0 if lowest < 0.6 * highest else lowest - 0.25 * (highest - lowest)
    top = highest + 0.25 * (highest - base)
    ax.set_ylim(base - (top - base) * _UNDER / (1 - _UNDER), top)
    ax.axhline(base, color=BLACK, linewidth=0.8)
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.set_yticks([tick for tick in ax.get_yticks() if base <= tick <= top])
    return base, top


def _counts_under(ax: Axes, condition: Condition, dates: np.ndarray, counts: np.ndarray, met: np.ndarray) -> None:
    """Draw counts of closes that satisfy a condition, and the days it is met, on separate axes in the lowest part."""
    under = ax.twinx()
    under.step(dates, counts, where="post", color=BLACK, linewidth=1.2)
    under.fill_between(dates, 0, condition.period, where=met, step="post", color=PURPLE, alpha=0.45, linewidth=0, hatch="////")
    under.axhline(condition.days, color=GREEN, linewidth=1.4, linestyle="-.")
    under.set_ylim(0, condition.period / (_UNDER * 0.86))
    under.set_yticks(sorted({0, condition.days, condition.period}))
    under.set_ylabel(f"of {condition.period} closes, {condition.side}", fontsize=SMALL, y=_UNDER * 0.5)
    under.tick_params(labelsize=SMALL)
    if met.any():
        start = dates[met][0]
        ax.axvline(start, color=PURPLE, linewidth=1.4, linestyle=":")
        beside(under, start, condition.period * 1.05, f"met first on {start}", dates)
    else:
        words = f"never {condition.days} of {condition.period}: at most {counts.max()}"
        beside(under, dates[0], condition.days + condition.period * 0.05, words, dates)
