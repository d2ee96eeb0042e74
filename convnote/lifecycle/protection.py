"""Protection: what a state remembers of dividends and of new shares, so that they adjust once (DIV-1…DIV-3)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import fraction
from convnote.calendars import to_date
from convnote.errors import TermsError
from convnote.lifecycle import share_events as ev

if TYPE_CHECKING:
    from convnote.lifecycle.event import Event
    from convnote.lifecycle.state import Scale
    from convnote.provisions import Adjustment

ONE, ZERO = Fraction(1), Fraction(0)


@dataclass(frozen=True)
class Together:
    """What distributions and new shares of one day start from, and what they are, a share in today's terms (DIV-3).

    `cash` is D, `stock` n, `new` k and `raised` A·k; `price`, `scales` and `carried` are those before the first of them.
    """

    day: int
    price: Any
    scales: tuple[Scale, ...]
    carried: tuple[Any, Any]
    cash: Any = ZERO
    stock: Any = ZERO
    new: Any = ZERO
    raised: Any = ZERO

    def and_also(self, event: Event) -> Together:
        """With one event more."""
        if isinstance(event, ev.CashDividend):
            return dataclasses.replace(self, cash=self.cash + event.cash)
        if isinstance(event, ev.StockDividend):
            return dataclasses.replace(self, stock=self.stock + fraction(event.shares) / fraction(event.outstanding))
        assert isinstance(event, ev.RightsIssue)
        held = fraction(event.outstanding)
        new, raised = fraction(event.shares) / held, fraction(event.proceeds) / held
        return dataclasses.replace(self, new=self.new + new, raised=self.raised + raised)


@dataclass(frozen=True)
class Dividends:
    """How a threshold has moved, and what was paid in the financial year so far.

    `moved` is the product of the factors on the price by adjustments other than for dividends, as far as they are in force, and
    `waiting` that of those carried (ADJ-7). `paid` is what was paid a share in `year`, in shares as they were at issue.
    """

    moved: Any = ONE
    waiting: Any = ONE
    year: int | None = None
    paid: Any = ZERO

    def threshold(self, terms: Adjustment, event: ev.CashDividend) -> Any:
        """What of this dividend adjusts nothing, a share in today's terms: at most the dividend itself where years count."""
        if terms.dividend_thresholds is None or terms.dividends != "excess":
            counts = event.regular or terms.dividends != "threshold-both"
            return fraction(terms.dividend_threshold) * self.moved if counts else ZERO
        year = to_date(event.day).year
        if year not in terms.dividend_thresholds:
            named = ", ".join(map(str, terms.dividend_thresholds))
            raise TermsError(
                f"there is no threshold for {year}; years: {named}", field="adjustment dividend_thresholds", rule="DIV-2"
            )
        limit, before = fraction(terms.dividend_thresholds[year]), self.paid if year == self.year else ZERO
        after = before + event.cash / self.moved
        return event.cash - (max(after - limit, ZERO) - max(before - limit, ZERO)) * self.moved

    def after(self, event: Event, factor: Any, *, applied: bool) -> Dividends:
        """After an adjustment by `factor`, in force at once or carried."""
        if isinstance(event, ev.CashDividend):
            year = to_date(event.day).year
            paid = (self.paid if self.year == year else ZERO) + fraction(event.cash) / self.moved
            result = dataclasses.replace(self, year=year, paid=paid)
        else:
            result = dataclasses.replace(self, waiting=self.waiting * factor)
        return result.in_force() if applied else result

    def in_force(self) -> Dividends:
        """Once what was carried is in force."""
        return self if self.waiting == 1 else dataclasses.replace(self, moved=self.moved * self.waiting, waiting=ONE)


#: Of a note that has not been adjusted.
UNMOVED = Dividends()
