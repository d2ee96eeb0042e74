"""Settlement over time: what a conversion delivers is determined over an observation period, in cash or in cash and shares.

STL-1, STL-2. This module counts days and splits each day's conversion value; prices and rates are arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from convnote.arithmetic import choose, fraction, is_fast, larger, smaller
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError
from convnote.provisions.changes import depends, neutral, worse_if_higher
from convnote.provisions.contingent_conversion import ContingentConversion
from convnote.provisions.day_rules import DayRule, day_or_rule, day_rule, resolved
from convnote.provisions.fields import count, day, given, not_negative, one_of, term
from convnote.provisions.principal import Principal
from convnote.provisions.provision import Provision, rules

RULES = rules(
    STL_1=("a conversion is settled over an observation period: in cash, or in cash to an amount and shares beyond it", "note"),
    STL_2=("between surrender and settlement a Note bears no interest, does not convert back and is a claim in default", "note"),
)

METHODS = ("shares", "cash", "combination")
_IMPAIRED = "impaired conversion"
_PRICES = depends("the prices of the days after a surrender", _IMPAIRED)


@dataclass(frozen=True, kw_only=True)
class SettlementTerms(Provision):
    """How conversions are settled (STL-1, STL-2): immediately in shares, or over `observation` trading days.

    In cash: the sum of the daily conversion values rate x VWAP / n. In combination: cash of at most `specified` / n per
    denomination and day, and the rest of each day's value in shares at that day's price.

    >>> terms = SettlementTerms(method="combination", specified=1000, observation=20)
    >>> terms.starts, terms.pays_after, terms.election
    (2, 2, None)
    """

    section = "settlement"
    presence = depends("the prices of the days after a surrender", _IMPAIRED)

    method: str = term(one_of(*METHODS), "STL-1", change=_PRICES)
    #: cash per denomination paid before shares are delivered, in the note's currency
    specified: Decimal | None = term(not_negative, "STL-1", change=_PRICES, default=None)
    #: trading days of the observation period
    observation: int = term(count(1, 250), "STL-1", change=_PRICES, default=40)
    #: the period begins this many trading days after the day on which the surrender counts
    starts: int = term(count(1, 60), "STL-1", change=_PRICES, default=2)
    #: Business Days from the last day of the period to payment
    pays_after: int = term(count(0, 60), "STL-1", change=worse_if_higher(_IMPAIRED), default=2)
    #: the side that may choose another method; None: neither
    election: str | None = term(one_of("issuer"), "STL-1", change=_PRICES, default=None)
    #: the last day for choosing it: a date, or a day rule before maturity
    chosen_by: date | DayRule | None = term(day_or_rule, "STL-1", change=_PRICES, default=None)
    #: the first day of the period for called Notes, before the redemption date, and for late surrenders, before maturity
    final: DayRule | None = term(day_rule, "STL-1", change=_PRICES, default=None)
    #: surrenders from this day on use the period before maturity; None: those from the day on which conversion is free (CNT-1),
    #: or else those whose own period would begin later
    free_from: date | None = term(day, "STL-1", change=_PRICES, default=None)
    #: what a holder claims in a default while a conversion is being settled
    default_claim: str = term(one_of("last-price", "principal"), "STL-2", "convention", change=neutral, default="last-price")

    contingent_conversion: ContingentConversion | None = given()

    @property
    def free_day(self) -> int | None:
        """Day number from which surrenders use the period before maturity; None if the note states no such day (STL-1, CNT-1)."""
        if self.free_from is not None:
            return int(day_number(self.free_from))
        return None if self.contingent_conversion is None else self.contingent_conversion.free_day

    def contradictions(self) -> list[TermsError]:
        found = []
        if self.method == "combination" and self.specified is None:
            found.append(self.fault("specified", "required where method is combination"))
        if self.method != "combination" and self.specified is not None:
            found.append(self.fault("specified", "only where method is combination"))
        if self.chosen_by is not None and self.election is None:
            found.append(self.fault("chosen_by", 'only where election is "issuer"'))
        if self.free_from is not None and self.final is None:
            found.append(self.fault("free_from", "only with final"))
        return found

    def last_choice(self, principal: Principal) -> int:
        """Day number of the last day on which another method may be chosen."""
        return (
            principal.maturity_day if self.chosen_by is None else int(resolved(self.chosen_by, principal.maturity_day, principal))
        )

    def period(self, counted: Any, principal: Principal, redemption: Any = None) -> tuple[Any, Any]:
        """First and last day number of the observation period for a surrender counting on day number `counted`, int or array.

        `redemption` is the day number of the redemption date of called Notes (None or 0: not called).

        >>> import convnote as cn
        >>> from convnote.calendars import day_number, to_date
        >>> terms = SettlementTerms(method="cash", observation=20)
        >>> [str(to_date(day)) for day in terms.period(day_number("2003-03-03"), cn.load("amazon-peacs-2010").principal)]
        ['2003-03-05', '2003-04-01']
        """
        sessions = principal.sessions
        first = sessions.after(counted, self.starts)
        if self.final is not None:
            late = self.final_day(principal)
            free = first >= late if self.free_day is None else counted >= self.free_day
            first = choose(free, late, first)
            if redemption is not None:
                called = np.asarray(redemption) > 0 if isinstance(redemption, np.ndarray) else redemption > 0
                on = choose(called, redemption, principal.maturity_day)
                first = choose(called, sessions.on_or_after(self.final.before(on, principal)), first)
        return first, first if self.observation == 1 else sessions.after(first, self.observation - 1)

    def final_day(self, principal: Principal) -> int:
        """Day number of the first day of the period before maturity; only where `final` is given."""
        assert self.final is not None
        return int(principal.sessions.on_or_after(self.final.before(principal.maturity_day, principal)))

    def last_observed(self, principal: Principal) -> int:
        """Day number of the last possible day of an observation period, after a surrender at maturity (STL-1).

        >>> import convnote as cn
        >>> from convnote.calendars import to_date
        >>> terms = SettlementTerms(method="cash", observation=20)  # from the second trading day after 16 February 2010
        >>> str(to_date(terms.last_observed(cn.load("amazon-peacs-2010").principal)))
        '2010-03-17'
        """
        latest = int(self.period(principal.maturity_day, principal)[1])
        if self.final is None:
            return latest
        # a period that begins just before the final one
        return max(latest, int(principal.sessions.after(self.final_day(principal), self.observation)))

    def final_words(self) -> str:
        """Which surrenders are settled over the period before maturity."""
        late = "late surrenders" if self.free_day is None else f"surrenders from {to_date(self.free_day)}"
        return f"{late} are settled over the {self.observation} trading days from this day"

    def divided(self, days: Sequence[tuple[Any, Any]], specified: Any = None) -> tuple[Any, Any]:
        """Cash and shares per denomination for the days of a period; see the function `divided` (STL-1)."""
        return divided(days, specified)

    def pays_on(self, last: Any, principal: Principal) -> Any:
        """Day number of payment for a settlement whose last day is day number `last`; int, or int64 of its shape."""
        return principal.banks.on_or_after(last) if self.pays_after == 0 else principal.banks.after(last, self.pays_after)


def divided(days: Sequence[tuple[Any, Any]], specified: Any = None) -> tuple[Any, Any]:
    """Cash and shares per denomination, unrounded, from each day's (conversion value of a denomination, share price) (STL-1).

    `specified` is the cash per denomination paid before shares are delivered; None: all is paid in cash.

    >>> from fractions import Fraction
    >>> days = [(Fraction("31.6206") * price, Fraction(price)) for price in [30] * 10 + [40] * 10]
    >>> [str(float(each)) for each in divided(days, 1000)], float(divided(days)[0])
    (['974.309', '3.3103'], 1106.721)
    """
    number = len(days)
    if specified is None:
        total = sum(value for value, _ in days)
        return total / number, total * 0
    least = specified / number if isinstance(days[0][0], np.ndarray) else fraction(specified) / number
    cash = sum(smaller(value / number, least) for value, _ in days)
    beyond = [(larger(value / number - least, value * 0), price) for value, price in days]
    if not is_fast(days[0][0]):  # if a merger has left only cash, there is no share price to divide by (ADJ-8)
        cash += sum(part for part, price in beyond if not price)
        beyond = [(part, price) if price else (part * 0, 1) for part, price in beyond]
    return cash, sum(part / price for part, price in beyond)
