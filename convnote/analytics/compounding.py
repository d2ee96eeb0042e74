"""How a yield discounts: factors, their logarithms and derivatives, for each way of compounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from convnote.errors import PricingError, as_given, is_one_of
from convnote.market.curves import COMPOUNDINGS
from convnote.note import ConvertibleNote

#: Yields are searched between these bounds: beyond them the price is more likely a mistake.
LOWEST, HIGHEST = -0.99, 100.0


class Compounding:
    """Discount factors at a yield and their derivatives; `periods` per year, None for continuous, 0 for simple."""

    def __init__(self, note: ConvertibleNote, name: str) -> None:
        if is_one_of(name, ("coupon",)):
            self.periods: int | None = note.interest.frequency or 1
        elif is_one_of(name, COMPOUNDINGS):
            self.periods = COMPOUNDINGS[name]
        else:
            allowed = ", ".join(["coupon", *COMPOUNDINGS])
            raise PricingError(f"allowed: {allowed}", field="compounding", value=as_given(name))

    def log_discount(self, rate: Any, years: Any) -> Any:
        """The log of the discount factor for `years`."""
        if self.periods is None:
            return -rate * years
        if self.periods == 0:
            return -np.log1p(rate * years)
        return -self.periods * years * np.log1p(rate / self.periods)

    def check(self, rate: Any, longest: Any) -> None:
        """Refuse a rate at which the discount factor to the longest time is not positive."""
        if self.periods is None:
            return
        grown = np.asarray(1 + rate * longest if self.periods == 0 else 1 + rate / self.periods)
        if not np.all(grown > 0):
            bound = "-100% by the last payment" if self.periods == 0 else f"{-self.periods:.0%} a year"
            wrong = np.broadcast_to(rate, grown.shape)[~(grown > 0)].flat[0]
            raise PricingError(f"expected a yield above {bound}", field="rate", value=float(wrong))

    def discount(self, rate: Any, years: Any) -> Any:
        """The discount factor for `years`."""
        return np.exp(self.log_discount(rate, years))

    def fall(self, rate: Any, years: Any, order: int) -> Any:
        """The derivative (order 1: its negative) of the discount factor with respect to the rate, divided by the factor."""
        if self.periods is None:
            return years**order
        if self.periods == 0:
            return order * (years / (1 + rate * years)) ** order
        grown = 1 + rate / self.periods
        return years / grown if order == 1 else years * (years + 1 / self.periods) / grown**2

    def lowest(self, longest: np.ndarray) -> np.ndarray:
        """The lowest rate searched, in the shape of `longest`; with simple interest the factor there must stay positive."""
        if self.periods == 0:
            return np.maximum(LOWEST, -(1 - 1e-9) / longest)
        return np.full_like(longest, LOWEST)
