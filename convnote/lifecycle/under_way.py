"""A conversion surrendered and not settled yet: what the state stores of it (STL-1, STL-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convnote.arithmetic import is_fast


@dataclass(frozen=True)
class UnderWay:
    """One surrender awaiting settlement. Days are day numbers; principal is in the note's currency.

    >>> UnderWay("A", 1000, 12114, 12116, 12143, 12145, "cash", None).due
    12143
    """

    holder: str
    principal: Any
    #: the day on which the surrender counts, the first and last day of its observation period, and that of its payment
    counted: Any
    first: Any
    last: Any
    pays: Any
    #: "shares", "cash" or "combination", and the cash per denomination before shares are delivered
    method: str
    specified: Any
    #: conversion price in force over the price of this surrender: above 1 where it gets additional shares
    boost: Any = 1
    #: determined on the settlement day: cash and shares; the money moves on `pays`
    cash: Any = None
    shares: Any = None

    @property
    def due(self) -> Any:
        """Day number on which it is settled: the last day of its period, or the day it counts on if that is later."""
        return np.maximum(self.last, self.counted) if is_fast(self.last) else max(self.last, self.counted)

    @property
    def is_found(self) -> bool:
        """True once cash and shares are determined."""
        return self.cash is not None
