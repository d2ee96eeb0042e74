"""Plots of the terms: dates, windows and rights over time, and the holder's payoff against the share price."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.analytics import conversion_value
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError
from convnote.inputs import Number, NumbersLike
from convnote.lifecycle import State
from convnote.note import ConvertibleNote
from convnote.plots.canvas import (
    BLACK,
    BLUE,
    DATES,
    GREEN,
    NORMAL,
    ORANGE,
    SKY,
    SMALL,
    VERMILION,
    Patch,
    entitle,
    finish,
    is_narrow,
    legend,
    legend_above,
    new_axes,
    over_years,
)  # fmt: skip
from convnote.replays.sentences import number
from convnote.tables import rounded_money

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def timeline(note: ConvertibleNote, *, ax: Axes | None = None) -> Axes:
    """The note's dates, windows and rights as bars over calendar years, each with its rule ids and the party whose right it is.

    If the figure of `ax` has no layout engine, names are written inside, above their bars, so that none is cut off.

    >>> import convnote as cn
    >>> ax = cn.plots.timeline(cn.load("amazon-peacs-2010"))
    >>> [label.get_text().splitlines()[0] for label in ax.get_yticklabels()][:3]
    ['interest and principal', 'conversion', 'reset of the price']
    """
    ax = new_axes(ax)
    rows = _Rows(ax)
    issue, maturity = note.issue_date, note.maturity_date
    place = rows.add("interest and principal", "INT-1", "PRN-1")
    rows.mark(place, [coupon.payment_date for coupon in note.interest.coupons()], "|", 13)
    rows.mark(place, [maturity], "s")
    if note.conversion is not None:
        _conversion(rows, note)
    if note.mandatory is not None:
        rows.mark(rows.add("shares at maturity", "MND-1"), [maturity], "D", 8)
    if note.make_whole_change is not None:
        table = note.make_whole_change
        first, last = max(issue, table.dates[0]), min(maturity, table.dates[-1])
        rows.bar(rows.add("additional shares", "MWT-1"), first, last, _HOLDER)
    if note.reset is not None:
        rows.mark(rows.add("reset of the price", "RST-1", "RST-2"), note.reset.dates, "v", 8)
    if note.revision is not None:
        last = maturity if note.conversion is None else to_date(note.conversion.last_day)
        rows.bar(rows.add("revision of the price", "DWN-1"), issue, last, _CONDITIONAL)
    if note.withdrawal is not None:
        place = rows.add("withdrawal of conversion", "WDR-1", "WDR-2")
        rows.bar(place, max(issue, note.withdrawal.from_date or issue), note.withdrawal.last_effective, _COMPANY)
    _call(rows, note)
    if note.put is not None:
        rows.mark(rows.add("put", "PUT-1"), note.put.dates, "^", 8)
    if note.conditional_put is not None:
        first = to_date(note.conditional_put.first_day)
        rows.bar(rows.add("put after low closes", "CPT-1"), first, maturity, _HOLDER_CONDITIONAL)
    if note.fundamental_change is not None:
        rows.bar(rows.add("repurchase on a change", "FCH-1", "FCH-3"), issue, maturity, _HOLDER)

    _frame(ax, note, rows.names, rows.inside)
    legend(ax, rows.key, outside=not rows.inside)
    return ax


_HOLDER: dict[str, Any] = {"color": SKY, "edgecolor": BLACK, "linewidth": 0.8}
_COMPANY: dict[str, Any] = {"color": ORANGE, "edgecolor": BLACK, "linewidth": 0.8, "hatch": "////"}
#: while a right of the Company, or of the holder, depends on a condition on closes (SFT-1, DWN-1, CPT-1)
_CONDITIONAL: dict[str, Any] = {"color": "#f7dca0", "edgecolor": BLACK, "linewidth": 0.8, "hatch": "...."}
_HOLDER_CONDITIONAL: dict[str, Any] = {**_CONDITIONAL, "color": "#d3ebf8"}


_ONLY_AFTER = "only after closes at a level"


#: while conversion is open only in windows (CNT-1)
_IN_WINDOWS: dict[str, Any] = {"color": "#d6ecfa", "edgecolor": BLACK, "linewidth": 0.8, "hatch": "...."}


class _Rows:
    """The rows of a timeline as they are added, and the legend of their bars."""

    def __init__(self, ax: Axes) -> None:
        self.ax, self.names = ax, list[str]()
        self.inside = ax.figure.get_layout_engine() is None  # without one, no room is made for names beside the axes
        self.key = [
            Patch(facecolor=SKY, edgecolor=BLACK, label="a right of the holder"),
            Patch(facecolor=ORANGE, edgecolor=BLACK, hatch="////", label="a right of the Company"),
        ]

    def add(self, label: str, *rules: str) -> float:
        """Add a row and return its height on the axis."""
        self.names.append(f"{label}\n{', '.join(rules)}")
        return len(self.names) - 1.0 + 0.2 * self.inside

    def bar(self, place: float, first: date, last: date, style: dict[str, Any], height: float = 0.55) -> None:
        height *= 0.6 if self.inside else 1.0
        start, end = DATES.date2num(first), DATES.date2num(last)
        if style.get("hatch") == "...." and all(each.get_label() != _ONLY_AFTER for each in self.key):
            self.key.append(Patch(facecolor="white", edgecolor=BLACK, hatch="....", label=_ONLY_AFTER))
        self.ax.barh(place, end - start, left=start, height=height, **style)

    def mark(self, place: float, days: Iterable[date], marker: str, size: float = 7.0) -> None:
        at = [DATES.date2num(day) for day in days]
        self.ax.plot(at, [place] * len(at), marker, color=BLACK, markersize=size, markeredgewidth=1.6)


def _conversion(rows: _Rows, note: ConvertibleNote) -> None:
    """The right to convert: the time in which only windows open it, with the quarter-ends looked at, and the free time."""
    terms, windows = note.conversion, note.contingent_conversion
    assert terms is not None
    first, last = max(note.issue_date, terms.from_date or note.issue_date), to_date(terms.last_day)
    if windows is None:
        rows.bar(rows.add("conversion", "CNV-1"), first, last, _HOLDER)
        return
    free = max(first, min(last, windows.free_from or last))
    place = rows.add("conversion (ticks: quarter-ends)" if windows.looks else "conversion", "CNV-1", "CNT-1")
    rows.bar(place, first, free, _IN_WINDOWS)
    rows.key.append(Patch(facecolor="#d6ecfa", edgecolor=BLACK, hatch="....", label="only in windows"))
    if free < last:
        rows.bar(place, free, last, _HOLDER)
    rows.mark(place, map(to_date, windows.looks), "|", 9)


def _call(rows: _Rows, note: ConvertibleNote) -> None:
    """The call and the clean-up call: first notice, the period with a condition on closes, and the period without."""
    issue, maturity, terms = note.issue_date, note.maturity_date, note.redemption
    if terms is not None:
        first = max(issue, terms.first_date)
        notice = max(issue, to_date(int(day_number(first)) - terms.notice_at_most))
        rules = ("RED-1", "SFT-1") if terms.condition is not None else ("RED-1", "RED-2")
        place = rows.add("redemption (thin: notice)" if notice < first else "redemption", *rules)
        free = first if terms.condition is None else min(maturity, terms.until or maturity)
        rows.bar(place, notice, first, _COMPANY, height=0.25)
        if free > first:
            rows.bar(place, first, free, _CONDITIONAL)
        if free < maturity:
            rows.bar(place, free, maturity, _COMPANY)
    if note.clean_up is not None:
        rows.bar(rows.add("clean-up", "CCP-1"), issue, maturity, _COMPANY)


def _frame(ax: Axes, note: ConvertibleNote, rows: list[str], inside: bool) -> None:
    """The names of the rows, the calendar years and the title."""
    ax.set_yticks(range(len(rows)), rows, fontsize=SMALL)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    if inside:
        _names_above(ax, rows)
    span = (note.maturity_date - note.issue_date).days
    ax.set_xlim(DATES.date2num(note.issue_date) - span * 0.03, DATES.date2num(note.maturity_date) + span * 0.03)
    over_years(ax)
    ax.grid(axis="x", color="0.85", linewidth=0.6)
    ax.set_axisbelow(True)
    entitle(ax, note.description or note.name)


def _names_above(ax: Axes, rows: list[str]) -> None:
    """Write each name on one line over its bar, with room for the legend over the first."""
    ax.set_yticks(range(len(rows)), [label.replace("\n", "  ") for label in rows], fontsize=SMALL)
    ax.tick_params(axis="y", pad=-4)
    for label in ax.get_yticklabels():
        label.set_horizontalalignment("left")
        label.set_verticalalignment("bottom")
    ax.set_ylim(len(rows) - 0.4, -1.6)


def payoff(
    note: ConvertibleNote,
    *,
    conversion_price: Number | None = None,
    straight: float = 100.0,
    closes: NumbersLike | None = None,
    state: State | None = None,
    fx: Number | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The holder's payoff per denomination against the share price: at maturity, at a call and at a withdrawal of conversion.

    Money in the note's currency; `closes` are share prices [point], in its currency of closes (None: from 0 to 2.5 times the
    conversion price, which is the initial one unless `conversion_price` or the price in force of `state` says otherwise). The
    call is on the first redemption date (RED-1). At a withdrawal with notice before the first coupon the holder converts or
    keeps the make-whole (WDR-4) and a straight note, assumed to be worth `straight` percent of principal because its price
    depends on the market. Under a fixed exchange rate `fx` is the market's: units of the share's currency for one of the note's.

    Raises `TermsError` for a note that does not convert, `PricingError` where `fx` is missing (FXF-1).

    >>> import convnote as cn
    >>> ax = cn.plots.payoff(cn.load("amazon-peacs-2010"))
    >>> [line.get_label() for line in ax.get_lines()][0]
    'at maturity: 1,068.75 or the shares and the coupon'
    """
    if note.conversion is None:
        raise TermsError("the note does not convert", field="conversion", rule="CNV-1")
    ax = new_axes(ax)
    if conversion_price is None:
        conversion_price = note.conversion.price if state is None else state.conversion_price
    elif state is not None:
        raise TermsError("expected a price or a state, not both", field="payoff conversion_price", value=conversion_price)
    price = float(conversion_price)
    closes = np.linspace(0.0, 2.5 * price, 501) if closes is None else np.asarray(closes, dtype=np.float64)
    in_force: dict[str, Any] = {"conversion_price": price} if state is None else {"state": state}
    shares = np.asarray(conversion_value(note, closes, fx=fx, **in_force))
    unit, coupons = float(note.denomination), note.interest.coupons()
    # a coupon included in the price at maturity is not paid as one (STP-2): the last was paid a period before
    coupon = float(coupons[-1].amount) if coupons and coupons[-1].payment_date == note.maturity_date else 0.0
    at_par = unit * float(note.principal.paid_at_maturity)
    end, label = np.maximum(at_par, shares), f"at maturity: {rounded_money(at_par + coupon, note.currency)} or the shares"
    if note.mandatory is not None:  # assuming that the average before maturity equals the close
        end, label = closes * note.mandatory.rate(np.maximum(closes, 1e-9)), "at maturity: the shares at the rate of the average"
    ax.plot(closes, end + coupon, color=BLUE, linewidth=2, label=label + (" and the coupon" if coupon else ""))
    _under_company_rights(ax, note, closes, shares, straight)
    ax.plot(closes, shares, color=BLACK, linewidth=1, linestyle=":", label=f"the shares alone, at {price:g} a share")
    ax.axvline(price, color="0.6", linewidth=0.8)
    ax.annotate(f"conversion price\n{price:g}", (price, 0), (4, 4), textcoords="offset points", fontsize=SMALL, color="0.25")
    ax.set_xlim(float(closes.min()), float(closes.max()))
    ax.set_ylim(bottom=0)
    at = "" if fx is None else f", at {note.closes_currency} {float(fx):g} for one {note.currency}"
    ax.set_xlabel(f"share price ({note.closes_currency}{at})", fontsize=NORMAL)
    ax.set_ylabel(f"{note.currency} per {number(note.denomination)} of principal", fontsize=NORMAL)
    ax.set_title("What a holder gets", fontsize=NORMAL, loc="left")
    finish(ax)
    if is_narrow(ax):
        legend_above(ax, float(shares.max()) + coupon)
    else:
        legend(ax)  # beside the lines
    return ax


def _under_company_rights(ax: Axes, note: ConvertibleNote, closes: np.ndarray, shares: np.ndarray, straight: float) -> None:
    """Draw the holder's payoff if the Company calls the note, and if it withdraws conversion."""
    if note.redemption is not None:
        on = max(note.redemption.first_date, note.issue_date)
        called = float(note.redemption.amount(on))
        label = f"at a call for {on}: {rounded_money(called, note.currency)} or the shares"
        ax.plot(closes, np.maximum(called, shares), color=VERMILION, linewidth=2, linestyle="--", label=label)
    if note.withdrawal is not None and note.withdrawal.make_whole_amount:
        kept = float(note.withdrawal.make_whole(0)) + float(note.denomination) * straight / 100
        amount = number(note.withdrawal.make_whole_amount)
        label = f"at a withdrawal: {amount} and a straight note\nat {straight:g}%, or the shares"
        ax.plot(closes, np.maximum(kept, shares), color=GREEN, linewidth=2, linestyle="-.", label=label)
