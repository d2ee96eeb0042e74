"""Simulating the bundled note over ten years, in U: the time to draw as many float64 normals with PCG64 on one thread.

The default policy, both resets, defaults, fundamental changes, every cash flow; beside it the obvious whole-matrix version (on
fewer paths), and what is simulated more slowly. Run it with one BLAS thread and nothing else on the machine.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import convnote as cn
from convnote.calendars import calendar, day_number
from convnote.policies import Ask, Policy
from convnote.provisions import ConditionalPut
from tests.benchmarks import whole_matrix
from tests.benchmarks.turns import arguments, medians

COMMON: dict[str, Any] = {
    "as_of": "2000-02-16",
    "rate": 0.05,
    "hazard_rate": 0.04,
    "recovery": 0.35,
    "change_rate": 0.03,
    "change_jump": 0.2,
    "change_jump_volatility": 0.2,
}


def history() -> cn.MarketHistory:
    """Made-up closes of four years, to draw returns from."""
    days = np.array(calendar("NASDAQ").between(day_number("1996-01-02"), day_number("1999-12-31")))
    moves = np.random.default_rng(1).normal(0, 0.5 / 252**0.5, len(days))
    return cn.MarketHistory(dates=days.view("datetime64[D]"), closes=np.round(50 * np.exp(np.cumsum(moves)), 2))


def far_above(on: Any, close: np.ndarray, view: Any) -> np.ndarray:
    """A policy that looks at every day: call when the close exceeds 130% of the conversion price."""
    return np.asarray(close > 1.3 * view.conversion_price)


def candidates(note: cn.ConvertibleNote, paths: int) -> dict[str, Callable[[], Any]]:
    plain = cn.Lognormal(spot=72.1, volatility=0.5, **COMMON)
    two = cn.CrossCurrency(
        spot=70.7, volatility=0.5, exchange_rate=0.98, exchange_volatility=0.1, correlation=0.1, foreign_rate=0.06, **COMMON
    )
    models: dict[str, tuple[Any, Policy | None]] = {
        "convnote": (plain, None),
        "convnote, hazard by price": (cn.Lognormal(spot=72.1, volatility=0.5, hazard_exponent=-0.5, **COMMON), None),
        "convnote, two factors": (two, None),
        "convnote, drawn returns": (cn.Bootstrap(spot=72.1, history=history(), **COMMON), None),
        "convnote, a function of every day": (plain, Policy(redeem=Ask(far_above))),
    }
    everbright = cn.load("everbright-2023")
    its_market = cn.Lognormal(as_of="2017-03-17", spot=4.1, volatility=0.3, rate=0.03, hazard_rate=0.02, recovery=0.4)
    condition = {"days": 20, "period": 30, "multiple": "1.30", "of": "in-force", "strict": True, "ends": "day-before-notice"}
    soft = dataclasses.replace(note, redemption=dataclasses.replace(note.redemption, condition=condition))
    low = {"days": 30, "period": 30, "multiple": "0.70", "of": "in-force", "strict": True, "below": True, "ends": "notice"}
    put = dataclasses.replace(note, conditional_put=ConditionalPut(condition=low))
    counted = {
        "convnote, a soft call beside the trigger": lambda: cn.simulate(soft, plain, paths=paths, seed=1),
        "convnote, low closes beside the trigger": lambda: cn.simulate(put, plain, paths=paths, seed=1),
        "convnote, everbright-2023": lambda: cn.simulate(everbright, its_market, paths=paths, seed=1),
    }
    return counted | {
        name: (lambda model=model, policy=policy: cn.simulate(note, model, paths=paths, seed=1, policy=policy))
        for name, (model, policy) in models.items()
    }


def main(given: Sequence[str] | None = None) -> dict[str, float]:
    """Prints each time in U; gives it by name. `--size` is the number of paths."""
    options = arguments(__doc__, size=100_000, rounds=5, given=given)
    note, paths = cn.load("amazon-peacs-2010"), options.size
    days, few = 2514, max(options.size // 25, 1)
    generator, numbers = np.random.Generator(np.random.PCG64(1)), np.empty(1 << 16)
    rounds = max(paths * days // (50 * len(numbers)), 1)

    def a_fiftieth_of_normals() -> None:
        for _ in range(rounds):
            generator.standard_normal(out=numbers)

    plain = cn.Lognormal(spot=72.1, volatility=0.5, **COMMON)
    runs = candidates(note, paths)
    runs["whole matrices"] = lambda: whole_matrix.simulate(note, plain, whole_matrix.draw(note, plain, few, 1))
    for run in runs.values():
        run()
    times = medians({"normals": a_fiftieth_of_normals, **runs}, rounds=options.rounds)
    unit = times.pop("normals") / (rounds * len(numbers)) * paths * days
    times["whole matrices"] *= paths / few
    for name, seconds in times.items():
        print(f"{name:36} {seconds / unit:8.3f} U  {seconds / paths * 1e6:8.2f} us a path")
    print(f"whole matrices take {times['whole matrices'] / times['convnote']:.1f} times as long")
    return {name: seconds / unit for name, seconds in times.items()}


if __name__ == "__main__":
    main()
