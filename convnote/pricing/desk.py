"""Desk presentation of a valuation: units, conventions in words, boundaries over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.market.days import as_days
from convnote.pricing.kernel import CALL, CONVERT, WITHDRAW
from convnote.pricing.problem import Problem
from convnote.tables import Table

if TYPE_CHECKING:
    from convnote.pricing.valuation import CriticalPrices, Valuation


def table(value: Valuation) -> Table:
    """Figures, amounts and units."""
    face = value.face
    points, shares = 100.0 / face, value.shares or 1.0
    rows: list[tuple[str, float | None, str]] = [
        ("price", value.price * points, "points, dirty"),
        ("clean", value.clean * points, "points"),
        ("accrued", value.accrued * points, "points"),
        ("parity", value.parity, "points"),
        ("bond floor", value.bond_floor * points, "points"),
        ("premium", 100.0 * value.premium, "% of parity"),
        ("premium points", value.premium_points, "points"),
        ("investment premium", 100.0 * value.investment_premium, "% of bond floor"),
        ("delta", 100.0 * value.parity_delta, "% of the conversion shares"),
        ("gamma", 100.0 * value.gamma * value.spot * 0.01 / shares, "% delta for +1% of the share"),
        ("vega", value.vega * points * 0.01, "points per volatility point"),
        ("rho", value.rho * points * 1e-4, "points per bp of rate"),
        ("cs01", value.cs01 * points, "points per bp of hazard"),
        ("credit spread 01", value.credit_spread01 * points, "points per bp of spread"),
        ("phi", value.phi * points * 0.01, "points per 1% of dividend yield"),
        ("borrow", value.borrow * points * 0.01, "points per 1% of borrow cost"),
        ("recovery 01", value.recovery01 * points, "points per point of recovery"),
        ("theta", value.theta * points, "points per calendar day"),
        ("jump to default", value.jump_to_default * points, "points, delta-hedged"),
        ("expected life", value.expected_life, "years"),
        ("effective duration", value.effective_duration, "years"),
        ("spread duration", value.spread_duration, "years"),
    ]
    if value.fx_delta is not None:
        rows.append(("fx delta", value.fx_delta * points * 0.01, "points per 0.01 of the exchange rate"))
    rows += [(f"chance of {name}", 100.0 * chance, "%") for name, chance in value.probabilities.items() if chance > 5e-7]
    if (soft := value.soft_call_probability) is not None:
        rows.append(("chance that the call's condition is met", 100.0 * soft, "%"))
    shown = [(name, round(float(figure), 6), unit) for name, figure, unit in rows if figure is not None and figure == figure]
    currency = value.problem.contract.note.currency
    title = f"{value.problem.contract.note.name}: value at the close of {value.as_of}, share at {currency} {value.spot:,.6g}"
    return Table.of(("figure", "value", "unit"), shown, title)


def notes(problem: Problem, credit: str) -> tuple[str, ...]:
    """The conventions behind a value, one sentence each."""
    c, options = problem.contract, problem.options
    when = "at every instant" if options.decisions == "continuous" else "at the closes of trading days"
    who = "both sides act optimally" if problem.policy is None else f"behaviour is fixed by {problem.policy!r}"
    if problem.is_undecided:
        how = "in closed form: nothing is decided before maturity"
    else:
        how = f"finite differences: {len(problem.x)} nodes, {problem.steps_a_year:g} steps a year, at least 2 between events"
        how += "; error of the grid below 0.02% of the value" if problem.has_known_error else ""
    found = [
        f"model: {credit}; {who}; decisions {when}",
        how,
        "a large position: no rounding to whole shares or cents; payments are discounted from the day they are due",
    ]
    if credit == "tsiveriotis-fernandes":
        paid = "bears no credit risk" if options.called == "riskless" else "keeps its credit risk"
        found.append(
            f"what a call pays in cash {paid} ({options.called!r}); the split is decided by node: it depends on the grid"
        )
    if c.growth:
        found.append("coupons in kind raise principal, unrounded; amounts are per denomination of today's principal (PIK-1)")
    if c.note.fundamental_change is not None or c.note.make_whole_change is not None:
        found.append("no fundamental change happens in this model")
    settled = c.note.settlement
    if settled is not None and problem.converts:
        over = "" if settled.method == "shares" else f"; its settlement over {settled.observation} trading days is not discounted"
        found.append(f"a conversion is valued at its surrender, shares times the close, whatever it is settled in (STL-1){over}")
    if problem.adds_on_call:
        found.append("called Notes get the additional shares of the table at the close of the notice (MWT-1)")
    if problem.withdrawal is not None:
        found.append(problem.withdrawal.told())
    if c.call is not None and c.call.trigger is not None:
        found.append("the soft call is a barrier: it is open while the conversion value is above its level")
    return (*found, *c.note.caveats())


def critical_prices(problem: Problem, found: list[tuple[float, int, float]], on: Any) -> CriticalPrices:
    """Exercise boundaries as arrays [time] in time order (the sweep logs them backwards); linear between events on given days."""
    from convnote.pricing.valuation import CriticalPrices

    segments = problem.timeline.segments
    times = np.array(sorted({t for t, _, _ in found}))
    by = {kind: {t: price for t, each, price in found if each == kind} for kind in (CALL, CONVERT, WITHDRAW)}
    of = [np.array([each.get(t, np.nan) for t in times.tolist()]) for each in by.values()]
    ends = np.array([segments[0].t0, *(each.t1 for each in segments)])
    days = np.array([segments[0].day0, *(each.day1 for each in segments)])
    if on is None:
        dates = np.round(np.interp(times, ends, days)).astype(np.int64)
        return CriticalPrices(dates.view("datetime64[D]"), *of)
    asked = np.atleast_1d(as_days(on))
    at = np.interp(asked, days, ends)
    at[(asked < days[0]) | (asked > days[-1])] = np.nan
    place = np.searchsorted(ends[1:-1], at + 1e-9, side="right")
    return CriticalPrices(asked.view("datetime64[D]"), *(_inside(at, place, times, ends, each) for each in of))


def _inside(at: np.ndarray, place: np.ndarray, times: np.ndarray, ends: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values [time] at the times `at`, each in the segment `place`: linear inside it and up to its end, NaN before its first.

    What happens at the end of a segment, such as a coupon, makes a boundary jump.
    """
    result = np.full(len(at), np.nan)
    known = ~np.isnan(values)
    times, values = times[known], values[known]
    segment = np.searchsorted(ends[1:-1], times + 1e-9, side="right")
    for each in np.unique(place).tolist():
        t, v, here = times[segment == each], values[segment == each], np.flatnonzero(place == each)
        here = here[at[here] >= t[0] - 1e-9] if len(t) else here[:0]
        if len(here):
            beyond = v[-1] + (at[here] - t[-1]) * ((v[-1] - v[-2]) / (t[-1] - t[-2]) if len(t) > 1 else 0.0)
            result[here] = np.where(at[here] > t[-1], beyond, np.interp(at[here], t, v))
    return result
