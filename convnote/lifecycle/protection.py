"""Protection: what a state remembers of dividends and new shares, so that each adjusts only once (DIV-1…DIV-3)."""

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
    """The distributions and new shares of one day, per share in today's terms, and the figures they start from (DIV-3).

    `cash` is D, `stock` n, `new` k and `raised` A·k; `price`, `scales` and `carried` are the values before the first of them.
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
        """These and one more event."""
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
    """How far a threshold has moved, and what was paid in the financial year so far.

    `moved` is the product of the price factors of adjustments other than for dividends, as far as they are in force, and
    `waiting` that of the carried ones (ADJ-7). `paid` is what was paid per share in `year`, in shares as they were at issue.
    """

    moved: Any = ONE
    waiting: Any = ONE
    year: int | None = None
    paid: Any = ZERO

    def threshold(self, terms: Adjustment, event: ev.CashDividend) -> Any:
        """The part of this dividend that adjusts nothing, per share in today's terms; with yearly limits at most the dividend."""
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
        """After an adjustment by `factor`, in force at once (`applied`) or carried."""
        if isinstance(event, ev.CashDividend):
            year = to_date(event.day).year
            paid = (self.paid if self.year == year else ZERO) + fraction(event.cash) / self.moved
            result = dataclasses.replace(self, year=year, paid=paid)
        else:
            result = dataclasses.replace(self, waiting=self.waiting * factor)
        return result.in_force() if applied else result

    def in_force(self) -> Dividends:
        """After carried adjustments have taken effect."""
        return self if self.waiting == 1 else dataclasses.replace(self, moved=self.moved * self.waiting, waiting=ONE)


#: For a note that has not been adjusted.
UNMOVED = Dividends()
