"""Floating coupons: the rate of each period is an index fixed before it, plus a spread (FLT-1).

The terms do not know the index. Its fixings are handed to a note period by period (`Interest.with_fixings`); a walk reads them
from the series of its history. Until its fixing is known, the rate of a period is not known, and nothing is estimated.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from convnote.arithmetic import decimal, fraction, numbers_of
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError, must_be
from convnote.inputs import DateLike, Number
from convnote.provisions.day_rules import DayRule
from convnote.provisions.provision import rules
from convnote.tables import percent

if TYPE_CHECKING:
    from convnote.provisions.principal import Principal

RULES = rules(
    FLT_1=("the rate of a period is the index on its fixing day plus the spread, not below the floor", "note"),
    FLT_1c=("the floor applies to the index plus the spread, and is 0 unless stated", "convention"),
)

#: (day number of the start of a period, value of the index fixed for it), in order of days.
Fixings = tuple[tuple[int, Any], ...]
#: Settings that only a floating coupon has.
SETTINGS = ("spread", "floor", "fixed")


def faults(given: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(setting, rule, reason) of each fault between a rate and an index: a coupon has one of the two."""
    if given["index"] is None:
        found = [("rate", "INT-1", "required")] if given["rate"] is None else []
        stated = [name for name in SETTINGS if given[name] is not None]
        return found + [(name, "FLT-1", "a coupon without an index does not float") for name in stated]
    if given["rate"] is not None:
        return [("rate", "FLT-1", "got both rate and index: expected one of the two")]
    needed = 'expected the day of the fixing, such as "2 business days before"'
    return [] if given["fixed"] is not None else [("fixed", "FLT-1", needed)]


def fixing_value(value: Any, field: str) -> Any:
    """A value of an index as a share: 0.0325 for 3.25%; it may be below 0. Raises `TermsError` beyond 1, or for no number."""
    number = fraction(value, field)
    if not -1 <= number <= 1:
        raise TermsError("expected a rate a year as a share, such as 0.0325 for 3.25%", field=field, rule="FLT-1", value=value)
    return number


class FloatingRate:
    """The part of interest that holds the fixings of an index; each period has the rate of its own fixing."""

    index: str | None
    spread: Any
    floor: Any
    fixed: DayRule | None
    fixings: Fixings
    principal: Principal

    if TYPE_CHECKING:

        @property
        def period_starts(self) -> list[int]: ...

    @property
    def floats(self) -> bool:
        """True if the rate of each period is fixed by an index (FLT-1)."""
        return self.index is not None

    def fixing_day(self, start: int) -> int:
        """Day number of the fixing for the period that starts on day number `start` (FLT-1)."""
        assert self.fixed is not None
        return int(self.fixed.before(start, self.principal))

    def acts_on(self, start: int) -> int:
        """Day number on which that fixing is known to the note: its own day, or the issue date if that is later (FLT-1)."""
        return max(self.fixing_day(start), self.principal.issue_day)

    @property
    def fixing_days(self) -> list[int]:
        """Day numbers on which an index is fixed for one or more periods, in order; none for a stated rate (FLT-1)."""
        return list(dict.fromkeys(map(self.acts_on, self.period_starts))) if self.floats else []

    def fixing_told(self, on: int) -> str:
        """What is fixed on day number `on`, in words (FLT-1)."""
        starts = [start for start in self.period_starts if self.acts_on(start) == on]
        return "; ".join(
            f"{self.index} of {to_date(self.fixing_day(start))} is read for the period from {to_date(start)}" for start in starts
        )

    def with_fixings(self, values: Mapping[DateLike, Number]) -> Self:
        """This interest with the index fixed: `values` holds the index, as a share, by day, as a series of a history does.

        Each period takes the value of its own fixing day; values of other days are not read, and a period without one stays
        unknown. Fixings that are known already stay.

        >>> import convnote as cn
        >>> principal = cn.load("amazon-peacs-2010").principal
        >>> floating = cn.provisions.Interest(index="LIBOR12", spread="0.01", fixed="2 business days before", principal=principal)
        >>> fixed = floating.with_fixings({"2000-02-14": "0.0425", "2001-02-14": 0.05})
        >>> round(fixed.coupons()[0].amount, 4)  # 366 days at 5.25%
        Decimal('52.6438')

        Raises `TermsError` for a rate that does not float, or a value beyond 1 (FLT-1).
        """
        must_be(values, Mapping, "with_fixings values", "expected a mapping of days to values")
        if not self.floats:
            raise TermsError("the rate is stated and does not float", field="with_fixings", rule="FLT-1")
        by_day = {int(day_number(on)): (on, value) for on, value in values.items()}
        found = {
            start: fixing_value(by_day[day][1], f"with_fixings[{by_day[day][0]}]")
            for start in self.period_starts
            if (day := self.fixing_day(start)) in by_day
        }
        return self.knowing(found)

    def knowing(self, values: Mapping[int, Any]) -> Self:
        """This interest with these values of the index by day number of the start of a period; those known already stay."""
        known = {start: decimal(value) for start, value in values.items()} | dict(self.fixings)
        return dataclasses.replace(self, fixings=tuple(sorted(known.items())))  # type: ignore[type-var]

    def rate_of(self, value: Any) -> Any:
        """The annual rate for a value of the index: with the spread, not below the floor, or 0 without one (FLT-1, FLT-1c)."""
        numbers = numbers_of(term=value)
        rate = numbers(value) + numbers(self.spread or 0)
        least = numbers(self.floor or 0)
        return numbers.publish(rate if rate > least else least)

    @property
    def floating_steps(self) -> tuple[tuple[int, Any], ...]:
        """(day number of its start, annual rate as a share) of every period; the rate is None before its fixing (FLT-1)."""
        known = dict(self.fixings)
        return tuple((start, self.rate_of(known[start]) if start in known else None) for start in self.period_starts)

    def unfixed(self, after: int) -> list[int]:
        """Day numbers of the starts of the periods that end after day number `after` and whose fixing is not known (FLT-1)."""
        if not self.floats:
            return []
        starts, known = self.period_starts, dict(self.fixings)
        ends = [*starts[1:], self.principal.maturity_day]
        return [start for start, end in zip(starts, ends, strict=True) if end > after and start not in known]

    def must_be_fixed(self, owner: str, after: int) -> None:
        """Refuse a coupon ahead of day number `after` whose rate is not known (FLT-1)."""
        if ahead := self.unfixed(after):
            reason = (
                f"the index of {len(ahead)} periods ahead is not known, the first from {to_date(ahead[0])}: expected a note with "
                "every rate stated (interest.rate), or with all fixings given (note.interest.with_fixings)"
            )
            raise TermsError(reason, field=f"{owner} interest.index", rule="FLT-1", value=self.index)

    @property
    def known_from_index(self) -> Any:
        """An annual rate in the numeric type of the rates: the first one known, else that of an index of 0 (FLT-1)."""
        return self.rate_of(self.fixings[0][1] if self.fixings else (self.spread or 0) * 0)

    def not_fixed(self, start: int) -> TermsError:
        """The error of asking for interest of the period that starts on day number `start` before its fixing (FLT-1)."""
        day = to_date(self.fixing_day(start))
        known = f"the rate of the period from {to_date(start)} is not known"
        reason = f"{known}: it is fixed on {day}; note.interest.with_fixings takes it"
        return TermsError(reason, field="interest.index", rule="FLT-1", value=self.index)

    @property
    def floating_words(self) -> str:
        """The rate in words: "LIBOR6 + 2%"."""
        spread = fraction(self.spread or 0)
        more = "" if not spread else f" {'+' if spread > 0 else '-'} {percent(abs(spread))}"
        return f"{self.index}{more}"
