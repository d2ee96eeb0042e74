"""Checks of model parameters: each normalises one value or records a fault. Independent of any model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from convnote.arithmetic import meant
from convnote.calendars import CALENDARS, to_date
from convnote.errors import MarketError, as_given, is_one_of
from convnote.market.curves import CLOCKS, Curve
from convnote.market.days import as_day
from convnote.market.discount import DiscountCurve
from convnote.market.faults import Faults

#: The largest volatility (500% per year) and intensity (100 per year) accepted. More is a percentage, or a slip.
VOLATILITY, INTENSITY = 5.0, 100.0
_NUMBERS = (int, float, np.integer, np.floating, Decimal, Fraction)


class Checks:
    """Checks the values of one object in turn and raises all faults at the end, each with field and value."""

    def __init__(self, owner: str) -> None:
        self.owner, self.faults = owner, Faults()

    def refuse(self, name: str, value: Any, message: str) -> None:
        """Record a fault of one field."""
        self.faults.add(message, field=f"{self.owner}.{name}", value=value)

    def number(
        self,
        name: str,
        value: Any,
        *,
        least: float | None = None,
        most: float | None = None,
        above: float | None = None,
    ) -> float:
        """A finite number within bounds, as a float: from `least` to `most`, more than `above`."""
        if not isinstance(value, _NUMBERS) or isinstance(value, (bool, np.bool_)):
            self.refuse(name, repr(value), "expected a number")
            return math.nan
        number = _float(value)
        low = -math.inf if least is None else least
        high = math.inf if most is None else most
        if not math.isfinite(number):
            self.refuse(name, value, "expected a finite number")
        elif not low <= number <= high or (above is not None and number <= above):
            percent = high <= 100 and high < number <= 100 * high  # a percentage where a decimal fraction belongs
            self.refuse(name, value, _bounds(least, most, above) + (f": {meant(number)}" if percent else ""))
        return number

    def curve(self, name: str, value: Any, *, least: float = -1.0, most: float = 1.0) -> float | Curve:
        """A number, or a `Curve` with all values within the bounds; by default those of a yearly rate, -1 and 1."""
        if isinstance(value, Curve):
            for piece in np.flatnonzero((value.values < least) | (value.values > most)).tolist():
                figure = float(value.values[piece])
                reason = f"{_bounds(least, most, None)}: {meant(figure)}" if figure > most else _bounds(least, None, None)
                self.refuse(name, f"{figure:g} from {to_date(value.days[piece])}", reason)
            return value
        if not isinstance(value, _NUMBERS):
            self.refuse(name, repr(value), "expected a number or a Curve")
            return math.nan
        return self.limited(name, value, least=least, most=most)

    def limited(self, name: str, value: Any, *, least: float, most: float) -> float:
        """A number from `least` to `most`; a larger one is probably a percentage."""
        too_low = isinstance(value, _NUMBERS) and _float(value) < least
        return self.number(name, value, least=least, most=None if too_low else most)

    def rate(self, name: str, value: Any, as_of: date | None) -> float | Curve | DiscountCurve:
        """A continuous rate: a number, a `Curve`, or a `DiscountCurve` not later than the model."""
        if not isinstance(value, DiscountCurve):
            return self.curve(name, value)
        self.curve(name, value.forwards)
        if as_of is not None and to_date(value.as_of) > as_of:
            self.refuse(name, value, f"the curve begins after as_of, {as_of}")
        return value

    def dividends(self, name: str, value: Any) -> tuple[tuple[int, float], ...]:
        """Pairs of day number and cash above 0 a share, days ascending, from pairs of a day and an amount."""
        found: list[tuple[int, float]] = []
        if isinstance(value, str) or not isinstance(value, Iterable):
            self.refuse(name, repr(value), "expected pairs of ex-date and cash a share")
            return ()
        for place, pair in enumerate(value):
            if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
                self.refuse(f"{name}[{place}]", repr(pair), "expected a pair of ex-date and cash a share")
                continue
            try:
                day = as_day(pair[0])
            except MarketError as fault:
                self.refuse(f"{name}[{place}]", repr(pair[0]), fault.reason)
                continue
            found.append((day, self.number(f"{name}[{place}]", pair[1], above=0)))
        if any(later <= earlier for (earlier, _), (later, _) in zip(found, found[1:], strict=False)):
            self.refuse(name, [str(to_date(day)) for day, _ in found], "expected ex-dates in ascending order, none twice")
        return tuple(found)

    def whole(self, name: str, value: Any, *, least: int) -> int:
        """A whole number."""
        if not isinstance(value, (int, np.integer)) or isinstance(value, (bool, np.bool_)) or value < least:
            self.refuse(name, repr(value), f"expected a whole number, {least} or more")
            return least
        return int(value)

    def choice(self, name: str, value: Any, allowed: tuple[str, ...]) -> None:
        """One of the allowed words."""
        if not is_one_of(value, allowed):
            self.refuse(name, as_given(value), f"allowed: {', '.join(allowed)}")

    def clock(self, day_count: Any, trading: Any) -> None:
        """A day count and a trading calendar by name; the calendar is not built."""
        self.choice("day_count", day_count, CLOCKS)
        names = (*CALENDARS, "weekdays", "none")
        if not isinstance(trading, str) or not all(part in names for part in trading.split("+")):
            self.refuse("calendar", repr(trading), f"allowed: {', '.join(names)}, or several joined by '+'")

    def settle(self) -> None:
        """Raise the recorded faults, if any."""
        self.faults.settle()


def _float(value: Any) -> float:
    """A number in float64; NaN if float64 cannot hold it."""
    try:
        return float(value)
    except (ValueError, OverflowError):  # a signalling NaN, a whole number beyond 1e308
        return math.nan


def _bounds(least: float | None, most: float | None, above: float | None) -> str:
    if most is not None and above is not None:
        return f"must be above {above:g} and at most {most:g}"
    if least is not None and most is not None:
        return f"must lie between {least:g} and {most:g}"
    if above is not None:
        return f"must be above {above:g}"
    return "must not be negative" if least == 0 else f"must be at least {least:g}"
