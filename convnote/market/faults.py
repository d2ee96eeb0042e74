"""All faults of one piece of market data, raised together. Decides nothing about what a fault is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convnote.errors import MarketError

#: A table that is wrong throughout is described by its first lines; `.faults` has them all.
SHOWN = 20


class MarketFaults(MarketError):
    """Several faults of one object; `.faults` has a line for each, the message shows the first twenty."""

    faults: tuple[str, ...]

    def __init__(self, faults: Sequence[MarketError]) -> None:
        lines = [str(fault) for fault in faults]
        more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        super().__init__(f"{len(lines)} faults:\n  " + "\n  ".join(lines[:SHOWN] + more))
        self.faults = tuple(lines)


class Faults:
    """Collects faults and raises them at once: the single one as it is, several as `MarketFaults`.

    >>> found = Faults()
    >>> found.add("must not be negative", field="Lognormal.volatility", value=-0.2)
    >>> found.add("must lie between -1 and 1", field="CrossCurrency.correlation", value=1.2)
    >>> found.settle()
    Traceback (most recent call last):
    convnote.market.faults.MarketFaults: 2 faults:
      Lognormal.volatility: got -0.2; must not be negative
      CrossCurrency.correlation: got 1.2; must lie between -1 and 1
    """

    def __init__(self) -> None:
        self.found: list[MarketError] = []

    def add(self, message: str, *, field: str | None = None, rule: str | None = None, value: Any = None) -> None:
        """Remember one fault."""
        self.found.append(MarketError(message, field=field, rule=rule, value=value))

    def settle(self) -> None:
        """Raise what was found, if anything was."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise MarketFaults(self.found)
