"""Accretion: a note issued at a discount, whose claim grows to the denomination at maturity (ACC-1, ACC-2).

Interest compounds at the end of each whole period and accrues linearly within a period. Calls, puts, changes, acceleration
and recovery are shares of the accreted value; conversion is per denomination of principal at maturity.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import FAST, decimal, fraction, keeps_index, numbers_of, round_half_up
from convnote.calendars import add_months, day_number
from convnote.day_counts import days_and_year
from convnote.errors import TermsError
from convnote.provisions.changes import depends, worse_from, worse_if_lower
from convnote.provisions.fields import flag, given, one_of, positive, term, yearly_rate
from convnote.provisions.principal import Principal
from convnote.provisions.provision import Provision, rules
from convnote.tables import percent

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

RULES = rules(
    ACC_1=("the accreted value: compounded at the end of each period, linear inside one, the denomination at maturity", "note"),
    ACC_2=("prices, what is due after an acceleration, and a recovery are shares of the accreted value", "note"),
)

#: Day counts that count actual or 30/360 days.
DAY_COUNTS = ("30/360", "30e/360", "30e/360-isda", "30/360-us", "act/365f", "act/360")
_VALUE = depends("the accreted value of each day", "lower redemption amount")


@dataclass(frozen=True, kw_only=True)
class Accretion(Provision):
    """A value that grows from `issue_price` per denomination at `yield_` a year, compounded `frequency` times a year (ACC-1).

    The setting is `yield` in a term sheet. `includes_the_day`: whether the valuation day itself counts as elapsed.

    >>> principal = Principal(issue_date="2001-02-02", maturity_date="2021-02-02", issue_size=560_000_000, currency="USD")
    >>> terms = Accretion(issue_price="381.63", yield_="0.04875", includes_the_day=True, principal=principal)
    >>> round(terms.value("2006-06-19"), 2)
    Decimal('494.62')
    """

    presence = worse_from(False, True, touches="less principal")

    issue_price: Decimal = term(positive, "ACC-1", change=worse_if_lower("less principal"))
    yield_: Decimal = term(yearly_rate, "ACC-1", change=_VALUE)
    frequency: int = term(one_of(1, 2, 3, 4, 6, 12), "ACC-1", change=_VALUE, default=2)
    day_count: str = term(one_of(*DAY_COUNTS), "ACC-1", change=_VALUE, default="30/360")
    includes_the_day: bool = term(flag, "ACC-1", change=worse_from(True, False, touches="lower redemption amount"), default=False)
    principal: Principal = given()

    # --- the periods

    @cached_property
    def _boundaries(self) -> list[int]:
        """Day numbers of the ends of whole periods from the issue date; the first is the issue date, the last before maturity."""
        terms, days, place = self.principal, [], 0
        while (on := int(day_number(add_months(terms.issue_date, 12 // self.frequency * place)))) < terms.maturity_day:
            days.append(on)
            place += 1
        return days

    @property
    def _rate(self) -> Fraction:
        return fraction(self.yield_) / self.frequency

    def _part(self, day: int, *, inside: bool) -> tuple[int, Fraction]:
        """Whole periods elapsed to day number `day`, and the elapsed fraction (0 to 1) of the period in progress."""
        place = bisect_right(self._boundaries, day) - 1
        start = self._boundaries[place]
        if day == start:
            return place, Fraction(0)
        end = int(day_number(add_months(self.principal.issue_date, 12 // self.frequency * (place + 1))))
        elapsed, year = days_and_year(start, day, self.day_count, maturity=self.principal.maturity_day)
        if self.day_count.startswith("30"):
            period = Fraction(year, self.frequency)
        else:
            period = Fraction(days_and_year(start, end, self.day_count, maturity=self.principal.maturity_day)[0])
        return place, min(Fraction(elapsed + (inside and self.includes_the_day)) / period, Fraction(1))

    def _grown(self, day: int, *, inside: bool = True) -> Fraction:
        place, part = self._part(day, inside=inside)
        return (1 + self._rate) ** place * (1 + self._rate * part)

    @cached_property
    def exact_issue_price(self) -> Fraction:
        """The denomination discounted from maturity, per denomination; the printed price is this figure rounded (ACC-1)."""
        return fraction(self.principal.denomination) / self._grown(self.principal.maturity_day, inside=False)

    @property
    def is_rounded(self) -> bool:
        """True if the printed issue price is the exact one, rounded to the number of decimals printed."""
        return fraction(round_half_up(self.exact_issue_price, self._last_place)) == fraction(self.issue_price)

    @property
    def _last_place(self) -> Decimal:
        return Decimal(1).scaleb(int(decimal(self.issue_price).as_tuple().exponent))

    @cached_property
    def _starts_at(self) -> Fraction:
        return self.exact_issue_price if self.is_rounded else fraction(self.issue_price)

    # --- the value

    def share(self, day: Any) -> Any:
        """What a unit of principal is owed on day number `day` (ACC-1), as a share; 1 from maturity on.

        Exact for an int; float64 of the same shape for an int64 array.
        """
        first, last = self.principal.issue_day, self.principal.maturity_day
        if isinstance(day, (np.ndarray, np.integer)):
            return self._by_day[np.clip(day, first, last) - first]
        if day >= last:
            return Fraction(1)
        return self._starts_at * self._grown(max(int(day), first)) / fraction(self.principal.denomination)

    @cached_property
    def _by_day(self) -> np.ndarray:
        """The accreted share of principal on every day from issue to maturity, float64 [day]."""
        days = range(self.principal.issue_day, self.principal.maturity_day + 1)
        rate, start = float(self._rate), float(self._starts_at) / float(self.principal.denomination)
        parts = [self._part(day, inside=True) for day in days]
        result = start * np.array([(1 + rate) ** place * (1 + rate * float(part)) for place, part in parts])
        result[-1] = 1.0
        return result

    @keeps_index
    def value(self, on: Any, principal: Any = None) -> Any:
        """The accreted value of `principal` (None: one denomination) on `on`, unrounded, in the note's currency (ACC-1).

        A date or ISO string gives a Decimal; ``datetime64`` (scalar or array) gives float64 of that shape. From maturity on the
        value is the principal. Raises `TermsError` for a day before the issue date.

        >>> principal = Principal(issue_date="2001-02-02", maturity_date="2021-02-02", issue_size=560_000_000, currency="USD")
        >>> Accretion(issue_price="381.63", yield_="0.04875", principal=principal).value("2021-02-02")
        Decimal('1000')
        """
        days = day_number(on)
        if np.any(days < self.principal.issue_day):
            reason = f"a day from {self.principal.issue_date} is needed"
            raise TermsError(reason, field="accretion.value on", rule="ACC-1", value=on)
        fast = isinstance(days, (np.ndarray, np.integer))
        numbers = FAST if fast else numbers_of(principal, term=self.issue_price)
        return numbers.publish(self.principal.amount_of(principal, numbers) * numbers(self.share(days)))

    def findings(self, note: NoteTerms) -> Iterator[tuple[str, str]]:
        """An issue price that is not the exact price rounded (ACC-1)."""
        if not self.is_rounded:
            exact = round_half_up(self.exact_issue_price, self._last_place)
            terms = f"{note.denomination} discounted at {percent(self.yield_)} from {note.maturity_date}"
            yield "ACC-1", f"{terms} is {exact}, the issue price printed is {self.issue_price}: the figure printed governs"
