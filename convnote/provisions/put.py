"""Put: the holder may sell the notes back on fixed dates. Amazon's notes have a put only on a fundamental change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from convnote.arithmetic import INNER, keeps_index
from convnote.calendars import one_day, to_date
from convnote.errors import TermsError
from convnote.provisions.changes import Change, Effect, worse_from, worse_if_higher, worse_if_lower
from convnote.provisions.fields import PriceSchedule, count, given, one_of, price_schedule, term
from convnote.provisions.interest import Interest
from convnote.provisions.provision import Provision, rules
from convnote.provisions.redemption import price_in_force, scheduled_amount

RULES = rules(
    PUT_1=("each holder may require repurchase on the put dates at the price plus accrued interest", "note"),
    PUT_2=("the election arrives within a window of days before the put date", "note"),
)


def _dearer(old: PriceSchedule, new: PriceSchedule) -> Effect:
    """An additional put date, or a higher price, is favourable to holders; a removed date, or a lower price, is adverse."""
    before, after = dict(old), dict(new)
    rises = {after.get(on, 0) > before.get(on, 0) for on in {*before, *after} if after.get(on) != before.get(on)}
    return "depends" if len(rises) > 1 else "better" if rises == {True} else "worse"


@dataclass(frozen=True, kw_only=True)
class Put(Provision):
    """The holder's right to put on fixed dates (PUT-1, PUT-2): `prices` are pairs of put date and share of principal."""

    presence = worse_from(True, False, touches="lower redemption amount")

    prices: tuple[tuple[date, Decimal], ...] = term(
        price_schedule, "PUT-1", change=Change(_dearer, "lower redemption amount", "the day on which a holder would use the put")
    )
    accrued: str = term(
        one_of("clean", "dirty"), "PUT-1", change=worse_from("clean", "dirty", touches="lower redemption amount"), default="clean"
    )
    notice_at_least: int = term(count(0, 366), "PUT-2", change=worse_if_higher("lower redemption amount"), default=0)
    notice_at_most: int = term(count(0, 366), "PUT-2", change=worse_if_lower("lower redemption amount"), default=60)
    interest: Interest = given()

    def contradictions(self) -> list[TermsError]:
        if self.notice_at_least > self.notice_at_most:
            return [self.fault("notice_at_least", f"no more than notice_at_most, {self.notice_at_most}, is possible")]
        return []

    @property
    def dates(self) -> tuple[date, ...]:
        """The put dates."""
        return tuple(on for on, _ in self.prices)

    @keeps_index
    def amount(self, on: Any, principal: Any = None) -> Any:
        """The amount paid for `principal` put on `on`, unrounded, in the note's currency (PUT-1).

        `principal=None` is one denomination. A date gives a Decimal, ``datetime64`` float64 of its shape.

        >>> import convnote as cn
        >>> cn.load("afv-2003").put.amount("2006-01-01")
        Decimal('105')
        """
        return scheduled_amount(self.interest, self.prices, self.accrued, on, principal, "put")

    def price_on(self, on: Any) -> Any:
        """Price in force on day number `on`, as a share of principal: exact for an int, float64 of its shape for an array."""
        return price_in_force(self.prices, on, INNER)

    def put_day(self, on: Any) -> Any:
        """Day number of the put date for which an election on day number `on` is in time (PUT-2), or None.

        An int64 array gives an array of its shape, 0 for none.
        """
        if isinstance(on, np.ndarray):
            found = np.zeros(on.shape, np.int64)
            for day in map(one_day, reversed(self.dates)):
                found[(day - on >= self.notice_at_least) & (day - on <= self.notice_at_most)] = day
            return found
        dates = (one_day(each) for each in self.dates)
        return next((d for d in dates if self.notice_at_least <= d - on <= self.notice_at_most), None)

    def objection(self, on: int) -> tuple[str, str] | None:
        """The rule id and reason that forbid an election on day number `on`, or None if it is allowed."""
        if self.put_day(on) is None:
            window = f"{self.notice_at_least} to {self.notice_at_most} days before a put date"
            return "PUT-2", f"an election arrives {window}, and {to_date(on)} is in no such window"
        return None
