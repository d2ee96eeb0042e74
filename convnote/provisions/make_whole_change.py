"""Make-whole change: additional shares for a holder converting on a change or a call, from a table of dates and prices.

A change deprives holders of the remaining time value of the conversion right; notes since about 2004 print a compensation
table, with a row for each date and a column for each share price.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import (
    EXACT,
    FAST,
    RELATIVE_GUARD,
    Numbers,
    decimal,
    fraction,
    is_fast,
    keeps_index,
    larger,
    numbers_of,
    smaller,
)
from convnote.calendars import day_number
from convnote.errors import TermsError
from convnote.provisions.changes import depends, worse_from, worse_if_lower
from convnote.provisions.conversion import Conversion
from convnote.provisions.fields import days, flag, given, one_of, positive, term
from convnote.provisions.interest import Interest
from convnote.provisions.number_tables import Rows, ascending, number_rows, worse_if_any_lower
from convnote.provisions.provision import Provision, rules
from convnote.tables import shown

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

RULES = rules(
    MWT_1=("a conversion in connection with a make-whole change, or a call, gets additional shares by date and price", "note"),
    MWT_2=("the rate with the additional shares is at most a cap", "note"),
    MWT_3=("the table fits the rate and the cap, and falls along rows and columns", "convention"),
)

_MOVES = depends("the day and the price at which a holder converts", "impaired conversion")


@dataclass(frozen=True, kw_only=True)
class MakeWholeChange(Provision):
    """Additional shares on a make-whole change, and with `on_call` on a call (MWT-1…MWT-3).

    `shares` has a row for each of `dates` and a column for each of `prices`; entries are shares per denomination, prices are in
    the note's currency per share. Interpolation is linear in both; outside the table there are no additional shares.
    """

    presence = worse_from(True, False, touches="impaired conversion")

    #: share prices of the columns
    prices: tuple[Any, ...] = term(ascending, "MWT-1", change=_MOVES)
    dates: tuple[date, ...] = term(days, "MWT-1", change=_MOVES)
    #: additional shares per denomination [date][price]
    shares: Rows = term(number_rows, "MWT-1", change=worse_if_any_lower("impaired conversion"))
    #: maximum rate including additional shares, per denomination; it is adjusted with the rate
    cap_rate: Decimal | Fraction | None = term(
        positive, "MWT-2", change=worse_if_lower("impaired conversion", unset="highest"), default=None
    )
    #: whether a call counts as a change, for the Notes called
    on_call: bool = term(flag, "MWT-1", change=worse_from(True, False, touches="impaired conversion"), default=False)
    #: the price used in the table: the average of the five closes before, or the cash paid to a shareholder per share
    stock_price: str = term(
        one_of("average-5", "cash"),
        "MWT-1",
        change=depends("what holders of the share are paid, against the closes", "impaired conversion"),
        default="average-5",
    )
    interest: Interest = given()
    conversion: Conversion | None = given()

    def contradictions(self) -> list[TermsError]:
        if len(self.shares) != len(self.dates):
            return [self.fault("shares", f"expected a row for each of the {len(self.dates)} dates, not {len(self.shares)}")]
        if len(self.shares[0]) != len(self.prices):
            reason = f"expected a column for each of the {len(self.prices)} prices, not {len(self.shares[0])}"
            return [self.fault("shares", reason)]
        return []

    #: number of closes averaged before a change or a notice of a call
    closes = 5

    @cached_property
    def _exact(self) -> tuple[list[int], list[Fraction], list[list[Fraction]]]:
        rows = [[fraction(each) for each in row] for row in self.shares]
        return [int(day_number(on)) for on in self.dates], [fraction(each) for each in self.prices], rows

    @cached_property
    def _fast(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return tuple(np.array(each, dtype=np.float64) for each in self._exact)  # type: ignore[return-value]

    @cached_property
    def is_empty(self) -> bool:
        """True for a table of zeros, which counts as no table."""
        return not any(map(any, self.shares))

    @property
    def initial_rate(self) -> Any:
        """Shares per denomination at issue; raises `TermsError` if the note is not convertible."""
        if self.conversion is None:
            raise TermsError("the note does not convert", field="make_whole_change", rule="CNV-1")
        return self.conversion.ratio()

    def rate_at_issue(self, numbers: Numbers) -> Any:
        """The same as a number to compute with: an exact one is not rounded to a Decimal (RTE-1)."""
        terms = self.conversion
        if numbers is FAST or terms is None or terms.rate is not None:
            return numbers(self.initial_rate)
        return terms.unit / fraction(terms.price)

    @keeps_index
    def additional(self, on: Any, price: Any, *, rate: Any = None) -> Any:
        """Additional shares per denomination for a change (or the notice of a call) on `on` at `price`, unrounded (MWT-1, MWT-2).

        `price` is the share price in the note's currency; `rate` the conversion rate in force (None: the initial one), with which
        columns, entries and the cap are adjusted. 0 outside the table. Scalars are exact; arrays give float64 of their shape.

        >>> rows = [["0.3", "0.2"], ["0.2", "0.1"]]
        >>> table = MakeWholeChange(prices=[100, 110], dates=["2003-01-01", "2004-01-01"], shares=rows)
        >>> table.additional("2003-01-01", 105), table.additional("2003-01-01", "99.99")
        (Decimal('0.25'), Decimal('0'))

        Raises `TermsError` for a price of 0 or less, and for a note that is not convertible.
        """
        days = day_number(on)
        numbers = FAST if isinstance(days, (np.ndarray, np.integer)) else numbers_of(price, rate)
        asked = numbers(price)
        if np.any(asked <= 0):
            raise TermsError("expected a price above 0", field="make_whole_change.additional price", rule="MWT-1", value=price)
        moved = numbers(1) if rate is None else numbers(rate) / self.rate_at_issue(numbers)
        return numbers.publish(self.moved(self.read(days, asked * moved), moved))

    def moved(self, printed: Any, moved: Any) -> Any:
        """Additional shares per denomination, capped, once the rate has moved by the factor `moved` (MWT-2).

        `printed` is the table entry at the initial rate. Same type as `printed`; arrays give float64 of the common shape.
        """
        if self.cap_rate is None or self.conversion is None:
            return printed * moved
        numbers = numbers_of(printed)
        left = larger(numbers(self.cap_rate) - self.rate_at_issue(numbers), numbers(0))
        return smaller(printed, left) * moved

    def is_at_cap(self, additional: Any, price: Any) -> bool:
        """True where `additional` shares at conversion price `price` bring the rate to its cap (MWT-2)."""
        if self.cap_rate is None or self.interest is None:
            return False
        rate = fraction(self.interest.principal.denomination) / price
        return bool(rate + additional >= fraction(self.cap_rate) * rate / self.rate_at_issue(EXACT))

    def read(self, day: Any, price: Any) -> Any:
        """Additional shares per denomination at day number `day` and `price`, for the table as printed (MWT-1).

        Linear between rows and columns, 0 outside the table. Exact for scalars; arrays give float64 of the common shape.
        """
        return self._read_fast(day, price) if is_fast(price) or is_fast(day) else self._read(day, fraction(price))

    def holds(self, day: Any, price: Any) -> Any:
        """True where day number `day` and `price` lie within the table, edges included; bool, or a bool array."""
        fast = is_fast(price) or is_fast(day)
        dates, prices, _ = self._fast if fast else self._exact
        # an average of closes in float64 may miss an edge that it meets exactly
        guard = RELATIVE_GUARD if fast else 0
        inside = (prices[0] * (1 - guard) <= price) & (price <= prices[-1] * (1 + guard))
        return (dates[0] <= day) & (day <= dates[-1]) & inside

    def _read(self, day: int, price: Fraction) -> Fraction:
        if not self.holds(day, price):
            return Fraction(0)
        dates, prices, rows = self._exact
        (above, down), (left, right) = _place(dates, day), _place(prices, price)
        along = [row[left[0]] * left[1] + row[right[0]] * right[1] for row in (rows[above[0]], rows[down[0]])]
        return along[0] * above[1] + along[1] * down[1]

    def _read_fast(self, day: Any, price: Any) -> Any:
        dates, prices, rows = self._fast
        day, price = np.asarray(day, dtype=np.float64), np.asarray(price, dtype=np.float64)
        down, right = (_places(marks, np.clip(at, marks[0], marks[-1])) for marks, at in ((dates, day), (prices, price)))
        below = rows[down[0], right[0]] * (1.0 - right[2]) + rows[down[0], right[1]] * right[2]
        above = rows[down[1], right[0]] * (1.0 - right[2]) + rows[down[1], right[1]] * right[2]
        return np.where(self.holds(day, price), below * (1.0 - down[2]) + above * down[2], 0.0)

    # --- findings

    def findings(self, note: NoteTerms) -> Iterator[tuple[str, str]]:
        """Inconsistencies with the rate, the cap or within the table, beyond one unit of the last printed decimal (MWT-3)."""
        if note.conversion is None:
            yield "MWT-1", "there are additional shares, and the note does not convert"
            return
        unit, rate = fraction(note.denomination), fraction(note.conversion.ratio())
        fine = min(_last_decimal(entry) for row in self.shares for entry in row)
        if self.cap_rate is not None:
            yield from self._against_the_cap(fraction(self.cap_rate), unit, rate, fine)
        if self.dates[-1] >= note.maturity_date:
            yield from self._last_row(unit, rate, fine)
        yield from self._rising()

    def _against_the_cap(self, cap: Fraction, unit: Fraction, rate: Fraction, fine: Fraction) -> Iterator[tuple[str, str]]:
        """The cap should be the denomination over the first price, and the first column the cap less the rate."""
        most = unit / fraction(self.prices[0])
        if abs(cap - most) > _last_decimal(self.cap_rate):
            yield "MWT-3", f"the cap {self.cap_rate} is not {_about(unit)} / {self.prices[0]}, which is {_about(most)}"
        for on, row in zip(self.dates, self.shares, strict=True):
            if abs(fraction(row[0]) - (cap - rate)) > fine:
                told = f"the first entry of {on}, {row[0]}, is not the cap less the rate"
                yield "MWT-3", f"{told}: {self.cap_rate} less {_about(rate)} is {_about(cap - rate)}"

    def _last_row(self, unit: Fraction, rate: Fraction, fine: Fraction) -> Iterator[tuple[str, str]]:
        """At maturity only the principal is made whole: the entry should be the shares it buys, less the rate."""
        implied = unit / rate
        for price, entry in zip(self.prices, self.shares[-1], strict=True):
            at = fraction(price)
            # The column at the conversion price is headed by its rounded value.
            at = implied if abs(at - implied) <= _last_decimal(price) / 2 else at
            exact = max(unit / at - rate, Fraction(0))
            if abs(fraction(entry) - exact) > fine:
                told = f"the last row has {entry} at {price}"
                yield "MWT-3", f"{told}: {_about(unit)} / {price} less the rate {_about(rate)} is {_about(exact)}"

    def _rising(self) -> Iterator[tuple[str, str]]:
        for on, row in zip(self.dates, self.shares, strict=True):
            for price, before, entry in zip(self.prices[1:], row, row[1:], strict=False):
                if fraction(entry) > fraction(before):
                    yield "MWT-3", f"the row of {on} rises from {before} to {entry} at {price}"
        for before, row, on in zip(self.shares, self.shares[1:], self.dates[1:], strict=False):
            for price, earlier, entry in zip(self.prices, before, row, strict=True):
                if fraction(entry) > fraction(earlier):
                    yield "MWT-3", f"the column of {price} rises from {earlier} to {entry} on {on}"


def _place(marks: list[Any], at: Any) -> tuple[tuple[int, Fraction], tuple[int, Fraction]]:
    """The marks on either side of `at`, which lies between the first and the last, each as (index, weight)."""
    right = min(bisect_right(marks, at), len(marks) - 1)
    left = max(right - 1, 0)
    share = Fraction(0) if left == right else Fraction(at - marks[left]) / (marks[right] - marks[left])
    return (left, 1 - share), (right, share)


def _places(marks: np.ndarray, at: np.ndarray) -> tuple[Any, Any, Any]:
    right = np.clip(np.searchsorted(marks, at, side="right"), min(1, len(marks) - 1), len(marks) - 1)
    left = np.maximum(right - 1, 0)
    wide = np.where(left == right, 1.0, marks[right] - marks[left])
    return left, right, (at - marks[left]) / wide


def _last_decimal(figure: Any) -> Fraction:
    """One unit of the last decimal place printed."""
    exponent = decimal(figure).as_tuple().exponent
    return Fraction(10) ** int(exponent)


def _about(value: Fraction) -> str:
    figure = round(decimal(value), 4)
    return shown(int(figure)) if figure == int(figure) else shown(figure, 4)
