"""Collects the faults of one piece of market data and raises them together. What counts as a fault is decided elsewhere."""

from __future__ import annotations

from typing import Any

from convnote.errors import MarketError


class Faults:
    """Collects faults and raises them at once.

    >>> found = Faults()
    >>> found.add("must not be negative", field="Lognormal.volatility", value=-0.2)
    >>> found.add("must lie between -1 and 1", field="CrossCurrency.correlation", value=1.2)
    >>> found.settle()
    Traceback (most recent call last):
    convnote.errors.MarketError: 2 faults:
      Lognormal.volatility: got -0.2; must not be negative
      CrossCurrency.correlation: got 1.2; must lie between -1 and 1
    """

    def __init__(self) -> None:
        self.found: list[MarketError] = []

    def add(self, message: str, *, field: str | None = None, rule: str | None = None, value: Any = None) -> None:
        """Record one fault."""
        self.found.append(MarketError(message, field=field, rule=rule, value=value))

    def settle(self) -> None:
        """Raise the recorded faults, if any."""
        if self.found:
            raise MarketError.of(self.found)
