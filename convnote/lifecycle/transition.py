"""Transition: the result of applying one event: cash flows, warnings and the next state, never the state alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

import numpy as np

from convnote.arithmetic import fraction, is_fast, numbers_of, ratio_of
from convnote.lifecycle.state import State
from convnote.lifecycle.under_way import UnderWay
from convnote.provisions.conditions import Condition, Standing


class Objection(NamedTuple):
    """Why an event may not happen: the rule that forbids it, and the reason in words.

    >>> Objection("BUY-1", "the offer is above par").rule
    'BUY-1'
    """

    rule: str
    reason: str


class Flow(NamedTuple):
    """What one event does to one holder (or to all, where `holder` is None).

    `cash` is positive to the holder, rounded as it is paid; `principal` is what leaves the holder's position by it. Days are day
    numbers: the day it falls due, and the day the money moves (INT-6). `facts` are the figures from which its sentence is
    built: one NamedTuple of `convnote.lifecycle.facts` for each kind; any tuple for a user-defined event.

    >>> Flow("purchase", day=11_000, payment_day=11_002, rules=("BUY-1",), cash=900).cash
    900
    """

    kind: str
    day: Any
    payment_day: Any
    rules: tuple[str, ...]
    holder: str | None = None
    principal: Any = 0
    cash: Any = 0
    shares: Any = 0
    facts: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Transition:
    """The outcome of one event: the next state, what is paid or delivered, and warnings.

    >>> import convnote as cn
    >>> Transition(State.opening(cn.load("amazon-peacs-2010"))).flows
    ()
    """

    state: State
    flows: tuple[Flow, ...] = ()
    warnings: tuple[str, ...] = ()

    def then(self, step: Transition) -> Transition:
        """This transition and `step`, which began from its state: the last state, the flows and the warnings of both."""
        return Transition(step.state, self.flows + step.flows, self.warnings + step.warnings)


class Seen(Protocol):
    """What the market showed, as far as a rule reads it. Replay and simulation each supply their own implementation.

    Closes are in `ConvertibleNote.closes_currency` per share as it is today; None is a value not looked up or not available.
    """

    @property
    def close(self) -> Any:
        """The last close before a conversion, for one share as it is today (CNV-4)."""
        ...

    @property
    def exchange(self) -> Any:
        """The exchange rate by which cash for a fraction of a share is divided; 1 without a fixed exchange rate (FXF-1)."""
        ...

    def close_of(self, share: str) -> Any:
        """The same day's close of a further kind of property, which the history has as a series of that name (EXC-1)."""
        ...

    @property
    def closes(self) -> Sequence[Any] | None:
        """The closes of a reset's window, [time] or [time, path], per conversion share (RST-2).

        For a change or a call: the closes before it (MWT-1). At a mandatory's maturity: those of its average, volume-weighted
        where the market supplies such prices (MND-1).
        """
        ...

    def stand_ins(self, item: UnderWay | None = None) -> int:
        """Number of those days, or of an observation period, on which the close stands in for a volume-weighted price (STL-1)."""
        ...

    def daily(self, item: UnderWay, before: Any = None) -> Sequence[tuple[Any, Any]]:
        """(conversion value of a denomination, price of a share as it is today) for each day of an observation period.

        `before`: the day number of a default; that day and later days use the last price before it (STL-2).
        """
        ...

    def indexed(self, name: str, day: int) -> Any:
        """The value of the series `name` on day number `day`, as a share; an error if the history has none (FLT-1)."""
        ...

    @property
    def last_met(self) -> Any:
        """Day number of the last day on which WDR-1 was met, at or before a notice."""
        ...

    @property
    def market_price(self) -> Any:
        """The current market price of an adjustment (ADJ-3)."""
        ...

    @property
    def highest(self) -> tuple[int, Any] | None:
        """(day number, close) of the highest close while conversion could be withdrawn."""
        ...

    @property
    def most_held(self) -> tuple[int, int] | None:
        """(day number, number) of the most closes of a period above the trigger of WDR-1, up to the event's day."""
        ...

    def standing(self, condition: Condition) -> Standing | None:
        """How a condition on closes stands for a notice given on the event's day (SFT-1)."""
        ...

    @property
    def note_price(self) -> tuple[Any, Any] | None:
        """The note's own price and its conversion value on the event's day, per denomination; None: not observed (CNT-2)."""
        ...


@dataclass(frozen=True)
class Shown:
    """What the market showed, as values known in advance: a simulation passes this to a rule. See `Seen`."""

    close: Any = None
    exchange: Any = 1
    closes: Sequence[Any] | None = None
    last_met: Any = None
    market_price: Any = None
    highest: tuple[int, Any] | None = None
    most_held: tuple[int, int] | None = None
    days: Sequence[tuple[Any, Any]] = ()
    note_price: tuple[Any, Any] | None = None

    def daily(self, item: UnderWay, before: Any = None) -> Sequence[tuple[Any, Any]]:
        """The values passed in."""
        return self.days

    def close_of(self, share: str) -> Any:
        """None: property of several kinds is replayed and not simulated (EXC-1)."""
        return None

    def stand_ins(self, item: UnderWay | None = None) -> int:
        """Always 0: sentences are not written for many paths."""
        return 0

    def indexed(self, name: str, day: int) -> Any:
        """Always refused: many paths have no index, and start with all rates known (FLT-1)."""
        raise NotImplementedError

    def standing(self, condition: Condition) -> Standing | None:
        """None: where days are found by a search, the search has already checked the condition."""
        return None


#: No market data was looked up.
UNSEEN = Shown()


def moved(day: Any, payment_day: Any) -> tuple[str, ...]:
    """The rule by which the money of a payment due on `day` moves on another day (INT-6), if it does on any path.

    >>> moved(11_734, 11_737), moved(11_737, 11_737)
    (('INT-6',), ())
    """
    return ("INT-6",) * somewhere(payment_day != day)


def somewhere(condition: Any) -> bool:
    """True if a condition holds on any path; a plain bool is not converted to an array."""
    return bool(condition.any()) if isinstance(condition, np.ndarray) else bool(condition)


def nothing(amount: Any) -> bool:
    """True if the amount is zero on every path."""
    return bool((amount == 0).all()) if isinstance(amount, np.ndarray) else not amount


def per_denomination(cash: Any, principal: Any, denomination: Any) -> Any:
    """Cash on `principal` per denomination, exact or float64 [path] as `principal` is; 0 where there is no principal."""
    if is_fast(principal):
        numbers = numbers_of(principal)
        units = np.maximum(principal / numbers(denomination), 1.0)
        return np.where(principal > 0, numbers(cash) / units, 0.0)
    if not principal:
        return fraction(0)
    above, below = cash.as_integer_ratio()  # integers for speed: this runs for each payment of each holder
    unit_above, unit_below = ratio_of(denomination)
    principal_above, principal_below = principal.as_integer_ratio()
    return Fraction(above * unit_above * principal_below, below * unit_below * principal_above)
