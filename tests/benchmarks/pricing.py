"""The ten-year contract and the same without a call, beside QuantLib's CRR lattice of 1,000 steps in the same process.

Goals: kernel to 1e-4 at most 1/60 of QuantLib's time (aim 1/80), the whole of `cn.price` with every Greek 1/30 (aim 1/40),
no call 1/20; all Greeks together at most 2 prices, 50 spots at most 2 prices, an implied volatility at most 8 prices; of 1,000
markets at once each at most 150 microseconds.

Each candidate is timed alone, after another one, when the processor's caches hold nothing of it: an answer within a millisecond
pays for that, one of a hundred milliseconds does not. So both sides are also timed in a row, as in pricing a book or finding
a volatility. Both keep what depends on the note alone (dates, amounts, calls); "new note" is the time with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

import convnote as cn
from convnote.pricing.contract import contract_of
from convnote.pricing.problem import Options, Problem
from convnote.pricing.solved import Solved
from tests.benchmarks.turns import arguments, medians, peer
from tests.pricing.figures import ten_model, ten_years

THEIRS, THEIRS_BARE = "QuantLib CRR, daily calls", "QuantLib CRR, no call"
NOTE, MARKET = ten_years(), ten_model(day_count="act/365f")
BARE = replace(NOTE, redemption=None)
GREEKS = ("delta", "gamma", "theta", "vega", "rho", "cs01", "phi", "recovery01")
SPOTS = np.linspace(40.0, 140.0, 50)
#: what is timed in a row as well, how it is named, and how many, by the beginning of the candidate's name
ROWS, AGAIN = ("convnote kernel", "convnote cn.price", "convnote no call", THEIRS, THEIRS_BARE), ", in a row"
ROW = {"convnote": 20, "QuantLib": 3}


def quantlib_value(ql: Any, steps: int, *, every: int) -> Callable[[], float]:
    """The value of the contract by QuantLib's binomial engine, callable every so many days from year 3, 0: never."""
    start = ql.Date(1, 1, 2003)
    ql.Settings.instance().evaluationDate = start
    count = ql.Actual365Fixed()
    flat = ql.YieldTermStructureHandle(ql.FlatForward(start, 0.05, count))
    none = ql.YieldTermStructureHandle(ql.FlatForward(start, 0.0, count))
    volatility = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(start, ql.NullCalendar(), 0.5, count))
    process = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(76.0)), none, flat, volatility)
    schedule = ql.Schedule(
        start,
        ql.Date(1, 1, 2013),
        ql.Period(1, ql.Years),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Backward,
        False,
    )
    calls = ql.CallabilitySchedule()
    if every:
        for day in range(ql.Date(1, 1, 2006).serialNumber(), ql.Date(1, 1, 2013).serialNumber(), every):
            calls.append(ql.Callability(ql.BondPrice(100.0, ql.BondPrice.Clean), ql.Callability.Call, ql.Date(day)))
    bond = ql.ConvertibleFixedCouponBond(
        ql.AmericanExercise(start, ql.Date(1, 1, 2013)), 100.0 / 104.947, calls, start, 0, [0.06875], count, schedule, 100.0
    )
    spread = ql.QuoteHandle(ql.SimpleQuote(0.05))
    engine = ql.BinomialCRRConvertibleEngine(process, steps, spread)

    def value() -> float:
        bond.setPricingEngine(engine)
        bond.recalculate()
        return float(bond.NPV())

    return value


def greeks() -> tuple[float, ...]:
    """A whole valuation with every Greek."""
    value = cn.price(NOTE, MARKET)
    return tuple(getattr(value, name) for name in GREEKS)


def spots() -> np.ndarray:
    """The value at fifty share prices."""
    return np.asarray(cn.price(NOTE, MARKET).solved.value(SPOTS))


def repeated(candidate: Callable[[], Any], times: int) -> None:
    """Calls a candidate `times` times."""
    for _ in range(times):
        candidate()


def main(given: Sequence[str] | None = None) -> dict[str, float]:
    """Prints milliseconds and ratios; gives milliseconds by name."""
    options = arguments(__doc__, size=1000, rounds=15, given=given)
    c = contract_of(NOTE)
    kernel = Problem(c, MARKET, c.shares, None, Options())
    spot = np.array([76.0])
    candidates: dict[str, Callable[[], Any]] = {
        "convnote kernel": lambda: Solved(replace(kernel)).value(spot),
        "convnote cn.price": lambda: cn.price(NOTE, MARKET).price,
        "convnote every Greek": greeks,
        "convnote 50 spots": spots,
        "convnote implied volatility": lambda: cn.implied_volatility(NOTE, MARKET, price=112.0),
        "convnote no call": lambda: cn.price(BARE, MARKET).price,
        "convnote new note": lambda: cn.price(replace(NOTE), MARKET).price,
    }
    if ql := peer("QuantLib"):
        candidates[THEIRS] = quantlib_value(ql, options.size, every=1)
        candidates[THEIRS_BARE] = quantlib_value(ql, options.size, every=0)
        candidates["QuantLib CRR, daily calls, new note"] = lambda: quantlib_value(ql, options.size, every=1)()
    in_a_row = {name: candidates[name] for name in ROWS if name in candidates}
    markets = [replace(MARKET, spot=spot, volatility=0.3 + 0.4 * spot / 200) for spot in np.linspace(40.0, 140.0, options.size)]
    candidates["convnote one market of many"] = lambda: cn.price_many(NOTE, markets)
    times = {name: 1e3 * seconds for name, seconds in medians(candidates, rounds=options.rounds).items()}
    times["convnote one market of many"] /= options.size
    rows = {name: partial(repeated, each, ROW[name.split()[0]]) for name, each in in_a_row.items()}
    for name, seconds in medians(rows, rounds=options.rounds).items():
        times[f"{name}{AGAIN}"] = 1e3 * seconds / ROW[name.split()[0]]
    for name, each in times.items():
        theirs = times.get((THEIRS_BARE if "no call" in name else THEIRS) + (AGAIN if name.endswith(AGAIN) else ""))
        ratio = f"{theirs / each:8.1f} x QuantLib" if theirs else ""
        print(f"{name:38} {each:9.3f} ms  {each / times['convnote cn.price']:6.2f} prices {ratio}")
    return times


if __name__ == "__main__":
    main()
