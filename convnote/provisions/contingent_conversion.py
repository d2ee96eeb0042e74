"""Contingent conversion: before a free date Notes convert only in windows, after a quarter of high closes, a call or a change.

CNT-1…CNT-3. The provision finds the days that matter; closes and prices of the note are counted elsewhere, and
`convnote.lifecycle.contingent` keeps the windows that are open.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number
from convnote.errors import TermsError
from convnote.provisions.changes import Change, Effect, depends, worse_from, worse_if_higher
from convnote.provisions.conditions import Condition, condition, quarter_ends, worse_if_harder
from convnote.provisions.fields import count, day, flag, given, term
from convnote.provisions.interest import Interest
from convnote.provisions.provision import Provision, rules
from convnote.provisions.trading_prices import WORSE_IF_HARDER, TradingPrice, trading_price

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

RULES = rules(
    CNT_1=(
        "before a free date Notes convert only in the quarter after a quarter-end on which a condition on closes is met",
        "note",
    ),
    CNT_2=("Notes convert for some days after their own price has stayed below a share of their conversion value", "note"),
    CNT_3=("called Notes convert until their last day, and all Notes on a fundamental change", "note"),
    CNT_3c=(
        "on a change Notes convert until the Business Day before the repurchase date, if the note states no end",
        "convention",
    ),
)

_TOUCHES = "impaired conversion"
_HARDER = worse_if_harder(_TOUCHES)


def _harder(old: Condition | None, new: Condition | None) -> Effect:
    """A condition that closes meet less easily is adverse; without one no quarter opens conversion, which is worse still."""
    if old is None or new is None:
        return "better" if old is None else "worse"
    return _HARDER.direction(old, new)


def quarter_after(on: int) -> tuple[int, int]:
    """First and last day number of the calendar quarter after the one that contains day number `on`.

    >>> from convnote.calendars import day_number, to_date
    >>> [str(to_date(day)) for day in quarter_after(day_number("2004-03-31"))]
    ['2004-04-01', '2004-06-30']
    """
    month = int(np.int64(on).view("datetime64[D]").astype("datetime64[M]").astype(np.int64)) // 3 * 3
    first, end = (int(np.int64(month + more).view("datetime64[M]").astype("datetime64[D]").astype(np.int64)) for more in (3, 6))
    return first, end - 1


@dataclass(frozen=True, kw_only=True)
class ContingentConversion(Provision):
    """When Notes convert before `free_from` (CNT-1…CNT-3); from that day on they always do.

    `quarter` is tested on the last trading day of each calendar quarter, whatever its `ends` and `looked_at`: its period
    ends on that day. If it is met, Notes convert on every day of the next quarter, or `for_ever`.

    >>> import convnote as cn
    >>> terms = cn.load("rcl-2021").contingent_conversion
    >>> print(terms.quarter)
    20 of 30 closes above 120% of the accreted price
    """

    presence = worse_from(False, True, touches=_TOUCHES)

    #: from this day on Notes convert on any day; None: never unconditionally
    free_from: date | None = term(day, "CNT-1", change=worse_if_higher(_TOUCHES, unset="highest"), default=None)
    #: what the closes to the end of a quarter must meet; None: no quarter opens conversion
    quarter: Condition | None = term(
        condition,
        "CNT-1",
        change=Change(_harder, _TOUCHES, "which of the two conditions the closes meet more easily"),
        default=None,
    )
    #: a day of the first calendar quarter whose end is tested; None: the quarter of the issue date
    first_quarter: date | None = term(day, "CNT-1", change=worse_if_higher(_TOUCHES), default=None)
    #: whether conversion stays open once the condition has been met
    for_ever: bool = term(flag, "CNT-1", change=worse_from(True, False, touches=_TOUCHES), default=False)
    #: the test of the note's own price; None: it opens nothing
    trading_price: TradingPrice | None = term(trading_price, "CNT-2", change=WORSE_IF_HARDER, default=None)
    #: whether called Notes convert until their last day
    on_call: bool = term(flag, "CNT-3", change=worse_from(True, False, touches=_TOUCHES), default=True)
    #: whether Notes convert on a fundamental change
    on_change: bool = term(flag, "CNT-3", change=worse_from(True, False, touches=_TOUCHES), default=True)
    #: for this many days after the change; None: until the Business Day before the repurchase date
    change_days: int | None = term(
        count(1, 366), "CNT-3c", "convention", change=depends("when the repurchase date is", _TOUCHES), default=None
    )
    interest: Interest = given()

    def contradictions(self) -> list[TermsError]:
        faults = []
        if self.quarter is None and self.first_quarter is not None:
            faults.append(self.fault("first_quarter", "only with a condition on quarters: quarter = { … }"))
        if self.quarter is None and self.for_ever:
            faults.append(self.fault("for_ever", "only with a condition on quarters: quarter = { … }"))
        if self.change_days is not None and not self.on_change:
            faults.append(self.fault("change_days", "only where a change opens conversion: on_change = true"))
        return faults

    def findings(self, note: NoteTerms) -> Iterator[tuple[str, str]]:
        """(rule, message) of each contradiction, or point worth knowing, of contingent conversion."""
        issue, last = note.principal.issue_day, note.principal.maturity_day
        if self.free_day is not None and not issue < self.free_day <= last:
            yield "CNT-1", f"conversion is free from {self.free_from}, outside the life of the notes"
        elif self.quarter is not None and not self.looks:
            yield "CNT-1", "no quarter-end that is tested can open conversion"
        opens = (self.quarter, self.free_from, self.trading_price)
        if all(each is None for each in opens):
            yield "CNT-1", "the notes never convert unless called or on a change"
        if self.quarter is not None and note.conversion is not None:
            for message in self.quarter.oddities(note.conversion.price):
                yield "CNT-1", message
        if self.trading_price is not None and fraction(self.trading_price.share) > 1:
            yield "CNT-2", "a price of the note above its conversion value opens conversion"

    @cached_property
    def free_day(self) -> int | None:
        """Day number of `free_from`; None where conversion is never free."""
        return None if self.free_from is None else int(day_number(self.free_from))

    @cached_property
    def looks(self) -> list[int]:
        """Day numbers of the quarter-ends tested: each may open the quarter after it, before the free date.

        >>> import convnote as cn
        >>> from convnote.calendars import to_date
        >>> looks = cn.load("rcl-2021").contingent_conversion.looks
        >>> str(to_date(looks[0])), str(to_date(looks[-1])), len(looks)
        ('2001-03-30', '2020-12-31', 80)
        """
        terms = self.interest.principal
        if self.quarter is None:
            return []
        first = terms.issue_day if self.first_quarter is None else max(terms.issue_day, _quarter_of(self.first_quarter))
        last = terms.maturity_day if self.free_day is None else min(terms.maturity_day, self.free_day - 1)
        return [end for end in quarter_ends(first, terms.maturity_day, terms.sessions) if quarter_after(end)[0] <= last]

    @cached_property
    def at_quarter_end(self) -> Condition | None:
        """The condition with its period ending on the day of the test, whatever its settings for notices and quarters."""
        return self.quarter and dataclasses.replace(self.quarter, ends="notice", looked_at="each-day")

    def window(self, end: int) -> tuple[int, int | None]:
        """First and last day number on which Notes convert if the condition holds on quarter-end `end`; None: no last day."""
        first, last = quarter_after(end)
        return first, None if self.for_ever else last

    def window_of_price(self, met: int) -> tuple[int, int]:
        """First and last day number of conversion after the price of the note met its test on day number `met` (CNT-2)."""
        assert self.trading_price is not None
        banks = self.interest.principal.banks
        return int(banks.after(met)), int(banks.after(met, self.trading_price.open_days))

    @property
    def in_words(self) -> str:
        """What opens conversion before the free date, such as "in a quarter after 20 of 30 closes above …, when called"."""
        said = [] if self.quarter is None else [f"{'from' if self.for_ever else 'in'} a quarter after {self.quarter}"]
        said += [] if self.trading_price is None else [f"after a price {self.trading_price}"]
        said += ["when called"] * self.on_call + ["on a fundamental change"] * self.on_change
        return ", ".join(said) or "on no day"


def _quarter_of(on: date) -> int:
    """Day number of the first day of the calendar quarter of `on`."""
    return int(day_number(date(on.year, (on.month - 1) // 3 * 3 + 1, 1)))
