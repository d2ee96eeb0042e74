"""Puts by the days on which holders elect them, and what a Note is worth on the day of its election (PUT-1, PUT-2).

An election cannot be withdrawn, so that from its day on a Note is worth its put date's price, the coupons until then and what is
recovered at a default. Holders wait for the last day of the election, unless they would be called before it for less: called
Notes cannot be put, so they then elect first.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from convnote.note import ConvertibleNote
from convnote.policies.last_days import before_puts
from convnote.pricing.notice import Spans

if TYPE_CHECKING:
    from convnote.pricing.calls import CallTable
    from convnote.pricing.problem import Problem


class Election(NamedTuple):
    """The first and last day of an election, the put date, and the amount per denomination without the coupon of that date."""

    first: int
    last: int
    day: int
    amount: float

    def is_before(self, call: CallTable | None) -> bool:
        """Whether the Company may call, or give notice, after the first day of the election for no more than the put."""
        if call is None:
            return False
        prices = call.after[max(self.first - call.first, 0) : max(self.day + call.notice - call.first + 1, 0)]
        return bool(len(prices) and prices.min() <= self.amount)


def elections(note: ConvertibleNote) -> tuple[Election, ...]:
    """The elections of the note's put dates, in the order of the dates."""
    if note.put is None:
        return ()
    return tuple(
        Election(day - note.put.notice_at_most, int(last.day), day, float(last.amount)) for day, last in before_puts(note)
    )


class Elected:
    """The value per denomination of a Note on the day on which its holder elects to put it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.put_first = () if problem.policy is not None else problem.contract.put_first

    @property
    def come_early(self) -> bool:
        """Whether an election may come before its put date, so that what it is worth depends on the model."""
        return bool(self.put_first) or any(each.last < each.day for each in self.problem.contract.puts)

    def value(self, election: Election, day: float, *, before: bool = False) -> float:
        """On a day that may be fractional; `before` is the limit from earlier, the coupon of the day not yet paid."""
        c, spans = self.problem.contract, Spans(self.problem)
        value, factor = spans.recovered(day, election.day), 1.0
        for on in range(int(day) + (0 if before else 1), election.day + 1):
            value += factor * c.coupon_on(on) * exp(-spans.discount(day, on))
            factor *= c.growth_on(on)
        return value + factor * election.amount * exp(-spans.discount(day, election.day))

    def at_last(self, election: Election) -> float:
        """On the last day of the election, just before the coupon of that day, without its growth in kind."""
        return self.value(election, election.last) + self.problem.contract.coupon_on(election.last)

    def below(self, election: Election) -> float | None:
        """The conversion value below which a policy puts on the last day of an election; None: where that is worth more."""
        policy = self.problem.policy
        if policy is None:
            return None
        days, amounts = np.array([election.last]), np.array([election.amount])
        return float(policy.put_boundary(self.problem.contract.note, days, amounts)[0])

    # --- against a call

    def is_open(self, first: int, last: int) -> bool:
        """Whether holders may put first on a day from `first` to before `last`, if the Company would call."""
        return any(each.first < last and first <= each.last for each in self.put_first)

    def against_call(self, day: float, *, before: bool = False) -> float:
        """What a holder gets who puts first because the Company would call on `day`; 0 where no election is open."""
        if not self.put_first:
            return 0.0
        whole = int(day) - (1 if before else 0)
        found = (self.value(each, day, before=before) for each in self.put_first if each.first <= whole <= each.last)
        return max(found, default=0.0)
