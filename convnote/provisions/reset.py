"""Reset of the conversion price: down to an average of closes, on fixed dates, never below a floor.

On the reverse of the note: "such Conversion Price as shall be reset on February 16, 2001 and February 16, 2002"; the formula
is on the cover of the prospectus supplement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from convnote.arithmetic import FAST, average, decimal, fraction, keeps_index, larger, numbers_of, round_half_up, smaller
from convnote.calendars import one_day
from convnote.errors import TermsError
from convnote.provisions.changes import depends, worse_from, worse_if_fewer, worse_if_higher
from convnote.provisions.fields import count, days, not_negative, positive, term
from convnote.provisions.provision import Provision, rules

RULES = rules(
    RST_1=("the conversion price is reset on the reset dates, whatever weekday", "note"),
    RST_2=("new price = min(price in effect, max(average of the closes before, floor)): down only", "cover"),
    RST_3=("each close at its own day's rate, then averaged; the average rounded once, half-up", "convention"),
    RST_4=("floor, trigger and the closes inside a window move with the adjustments of the price", "convention"),
)


@dataclass(frozen=True, kw_only=True)
class Reset(Provision):
    """Resets on `dates` to the average of the `window` closes before, not below `floor` (RST-1…RST-4).

    >>> reset = Reset(dates=["2001-02-16", "2002-02-16"], floor="84.883")
    >>> reset.price("104.947", [90] * 19 + ["90.01"]), reset.price("104.947", [18] * 20)
    (Decimal('90.001'), Decimal('84.883'))
    """

    presence = worse_from(True, False, touches="impaired conversion")

    dates: tuple[date, ...] = term(days, "RST-1", change=worse_if_fewer("impaired conversion", "the closes before each date"))
    floor: Decimal = term(not_negative, "RST-2", "cover", change=worse_if_higher("impaired conversion"))
    window: int = term(
        count(1, 250), "RST-2", "cover", change=depends("the closes before each reset date", "impaired conversion"), default=20
    )
    #: the average is rounded to a multiple of this
    rounding: Decimal = term(
        positive,
        "RST-3",
        "convention",
        change=depends("the average, and on which side of the half it lies", "impaired conversion"),
        default=Decimal("0.001"),
    )
    #: the reset dates as day numbers
    days: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def derive(self) -> None:
        object.__setattr__(self, "days", tuple(map(one_day, self.dates)))

    def contradictions(self) -> list[TermsError]:
        if 0 < self.floor < self.rounding:
            return [
                self.fault("rounding", f"expected a step of at most the floor of {self.floor}: a coarser one rounds below it")
            ]
        return []

    @keeps_index
    def average(self, closes: Sequence[Any]) -> Any:
        """The average of the `window` closes, rounded half-up once (RST-3), in the note's currency per share.

        `closes` are [time] or [time, path]; the result is a Decimal for a list, float64 scalar or [path] for an array.
        """
        if len(closes) != self.window:
            reason = f"expected the {self.window} closes before the reset date"
            raise TermsError(reason, field="reset.price closes", rule="RST-2", value=f"{len(closes)} closes")
        numbers = numbers_of(closes)
        values = numbers(closes) if numbers is FAST else [fraction(close, "reset.price closes") for close in closes]
        if not np.all(np.asarray(values) > 0):
            raise TermsError("expected closes above 0", field="reset.price closes", rule="RST-2", value=list(closes))
        return round_half_up(average(values), self.rounding)

    @keeps_index
    def price(self, current: Any, closes: Sequence[Any], *, floor: Any = None) -> Any:
        """The conversion price after a reset, in the note's currency per share (RST-2).

        `current` is the price in effect, `closes` the preceding `window` closes, [time] or [time, path]; `floor` the floor as
        adjusted (None: as printed). A list gives a Decimal, a NumPy array float64 (scalar, or [path]).

        Raises `TermsError` for a different number of closes, or a close that is not above 0.
        """
        numbers = numbers_of(current, closes)
        lowest = numbers(self.floor if floor is None else floor)
        reset_to = larger(numbers(self.average(closes)), lowest)
        return numbers.publish(smaller(numbers(current), reset_to))


def printed(price: Any) -> Decimal:
    """A price as shown in a table: to 3 places if that is exact, else to 6.

    >>> printed(Decimal("84.883")), printed(Decimal(100) / 3)
    (Decimal('84.883'), Decimal('33.333333'))
    """
    exact = decimal(price)
    shown = exact.quantize(Decimal("0.001"))
    return shown if shown == exact else exact.quantize(Decimal("0.000001"))
