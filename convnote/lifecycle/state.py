"""State: everything a note's past determines about its future. Immutable; every change makes a new one.

Numbers are `Fraction` in a replay and float64 arrays [path] in a simulation; this code works on both. A position is what one
holder has; by default there is one, the whole issue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import decimal, fraction, is_fast
from convnote.calendars import to_date
from convnote.errors import TermsError
from convnote.inputs import Number
from convnote.lifecycle.position import Position as Position
from convnote.lifecycle.protection import UNMOVED, Dividends, Together
from convnote.lifecycle.register import Register
from convnote.lifecycle.under_way import UnderWay
from convnote.lifecycle.windows import CLOSED, Contingent
from convnote.provisions.implied_price import ImpliedPrice
from convnote.tables import Table, shown

if TYPE_CHECKING:
    from convnote.note import ConvertibleNote

#: The name of the single position, where holders are not told apart.
ISSUE = "issue"


class Status(StrEnum):
    """The status of a note. The last seven are final: all principal has gone, and the word says how the last of it went.

    >>> str(Status.WITHDRAWN), Status.WITHDRAWN.is_final, Status.MATURED.is_final
    ('withdrawn', False, True)
    """

    OUTSTANDING = "outstanding"
    WITHDRAWAL_NOTICED = "withdrawal noticed"
    WITHDRAWN = "withdrawn"
    ACCELERATED = "accelerated"
    OVERDUE = "overdue"
    CONVERTED = "converted"
    REDEEMED = "redeemed"
    REPURCHASED = "repurchased"
    MATURED = "matured"
    PAID = "accelerated and paid"
    DEFAULTED = "defaulted"
    PURCHASED = "purchased"
    #: nothing is outstanding, but a conversion is not settled yet (STL-2)
    SETTLING = "settling"

    @property
    def is_final(self) -> bool:
        """True once nothing is outstanding."""
        return self in FINAL


FINAL = (Status.CONVERTED, Status.REDEEMED, Status.REPURCHASED, Status.MATURED, Status.PAID, Status.DEFAULTED, Status.PURCHASED)
LIVE = tuple(status for status in Status if status not in (*FINAL, Status.SETTLING))


@dataclass(frozen=True)
class Call:
    """A call for redemption: day numbers of its notice and its redemption date; `whole` if all Notes are called."""

    notice: Any
    redemption: Any
    whole: bool
    #: additional shares per denomination from the table for called Notes, at the rate at issue; None: no such term (MWT-1)
    printed: Any = None
    #: True if it is a clean-up call only, paid at the clean-up price (CCP-1)
    clean_up: bool = False

    @property
    def of(self) -> str:
        """The kind of payment on its redemption date."""
        return "clean-up" if self.clean_up else "redemption"


@dataclass(frozen=True)
class Change:
    """A fundamental change: day numbers of the change, of the Company's notice and of the repurchase date; None until given."""

    occurred: Any
    notice: Any = None
    repurchase: Any = None
    #: True if holders have waived the overdue notice (LIF-2)
    waived: bool = False
    #: additional shares per denomination from the table, at the rate at issue; None: no such term (MWT-1)
    printed: Any = None


@dataclass(frozen=True)
class Unpaid:
    """A payment that was missed: its kind, the day number on which it was due, and the principal or cash owed by holder.

    For a coupon `owed` is the principal for which each holder has a claim, `kept` the part whose Notes have gone or were sold.
    """

    of: str
    due: int
    owed: Mapping[str, Any]
    kept: Mapping[str, Any] = field(default_factory=dict)
    #: for a coupon: principal of record, and (principal, cash) that was paid in for it and returned; needed to pay the ordinary
    #: coupon if its money still moves on its payment day
    record: Mapping[str, Any] = field(default_factory=dict)
    returned: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def attached(self, name: str) -> Any:
        """A holder's principal outstanding to which the claim to this coupon is attached."""
        return self.owed.get(name, 0) - self.kept.get(name, 0)


@dataclass(frozen=True)
class Scale:
    """What one conversion share stands for from day number `since`: the product of price factors, and the result of a merger."""

    since: int
    factor: Any
    shares: Any
    cash: Any


@dataclass(frozen=True, repr=False)
class State:
    """A note at the end of a day. Pass it to `replay`, `simulate` or `price` to continue from there.

    >>> import convnote as cn
    >>> cn.replay(cn.load("amazon-peacs-2010"), cn.scenario("as-it-was"), until="2001-02-16").state
    State(2001-02-16, outstanding, 690,000,000 outstanding, conversion price 84.883)
    """

    day: Any
    status: Status
    positions: Register
    #: conversion price in effect, exact (None: the note does not convert)
    price: Any
    scales: tuple[Scale, ...]
    #: factors carried forward by ADJ-7: their product and the sum of their changes
    carried: tuple[Any, Any]
    #: day number to which interest was paid (INT-4)
    paid_to: Any
    #: (day number, close in the note's currency as quoted) of the last trading days
    observed: tuple[tuple[int, Any], ...] = ()
    #: (day number, value) of other series by name, as far back as a running process may look
    series: Mapping[str, tuple[tuple[int, Any], ...]] = field(default_factory=dict)
    #: day number of the last day on which WDR-1 was met, (day number, close) of the highest close since issue, and (day number,
    #: number) of the most closes of a period that exceeded the trigger
    last_met: int | None = None
    highest: tuple[int, Any] | None = None
    most_held: tuple[int, int] | None = None
    #: day numbers of the notice and effect of a withdrawal
    withdrawal: tuple[Any, Any] | None = None
    calls: tuple[Call, ...] = ()
    changes: tuple[Change, ...] = ()
    missed: tuple[tuple[str, int], ...] = ()
    unpaid: tuple[Unpaid, ...] = ()
    #: principal of one Note, to which a conversion rate refers; in the currency of closes (FXF-1)
    denomination: Any = None
    #: day numbers of the notices of broken covenants (DEF-2)
    breaches: tuple[int, ...] = ()
    #: day number from which nothing more is paid, because the issuer defaults before the money moves (INT-6)
    stops: int | None = None
    #: day number on which the money of a price, a make-whole or late interest moves, paid on a closed day before it (INT-6)
    moves: int | None = None
    #: how thresholds of dividends have moved, and what was paid in the year so far (DIV-1, DIV-2)
    dividends: Dividends = UNMOVED
    #: the distributions, on the last day that had any, that adjust in one formula (DIV-3)
    together: Together | None = None
    #: value per share of assets delivered on conversion (ADJ-4)
    distributed: Any = 0
    #: principal gone, by how it went: converted, redeemed, repurchased, matured, defaulted
    retired: Mapping[str, Any] = field(default_factory=dict)
    #: earlier conversion prices, each with the day number from which it was no longer in force
    earlier_prices: tuple[tuple[Any, Any], ...] = ()
    #: principal of further issues, beyond the original issue (BUY-1)
    further: Any = 0
    #: conversions not settled yet, and the settlement the issuer chose: the method and its amount (STL-1)
    settlements: tuple[UnderWay, ...] = ()
    chosen: tuple[str, Any] | None = None
    #: the windows of conversion, and what opened them (CNT-1…CNT-3)
    contingent: Contingent = CLOSED
    #: the terms in force, if amended (LIF-4)
    terms: ConvertibleNote | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", Register.of(self.positions))

    @classmethod
    def opening(cls, note: ConvertibleNote, positions: Mapping[str, Any] | None = None) -> State:
        """The state at issue: one position, the whole issue, or `positions` of named holders that sum to the issue.

        >>> import convnote as cn
        >>> State.opening(cn.load("amazon-peacs-2010")).outstanding
        Decimal('690000000')

        Raises `TermsError` for a position that is not a multiple of the denomination, or a sum that differs from the issue.
        """
        terms = note.principal
        if positions is not None and not isinstance(positions, Mapping):
            raise TermsError("expected principal by holder", field="positions", value=repr(positions))
        held = {ISSUE: terms.issue_size} if positions is None else dict(positions)
        faults = [
            TermsError(
                f"expected a positive multiple of {terms.smallest}", field=f"positions[{name!r}]", rule="ID-4", value=amount
            )
            for name, amount in held.items()
            if not terms.is_multiple(amount)
        ]
        faults += [
            TermsError("expected a holder's name", field="positions", rule="ID-2", value=repr(name))
            for name in held
            if not isinstance(name, str) or not name
        ]
        if not faults and sum(map(fraction, held.values())) != fraction(terms.issue_size):
            reason = f"expected positions that add up to the issue of {terms.issue_size}"
            faults.append(TermsError(reason, field="positions", rule="ID-2", value=sum(map(decimal, held.values()))))
        if faults:
            raise TermsError.of(faults)
        one, zero = fraction(1), fraction(0)
        return cls(
            day=terms.issue_day - 1,
            status=Status.OUTSTANDING,
            positions=Register({name: Position(outstanding=fraction(amount), of_record=zero) for name, amount in held.items()}),
            price=note.conversion.in_force(fraction(note.conversion.price)) if note.conversion else None,
            denomination=fraction(terms.denomination) if note.conversion is None else note.conversion.unit,
            scales=(Scale(since=terms.issue_day, factor=one, shares=one, cash=zero),),
            carried=(one, zero),
            paid_to=terms.issue_day,
        )

    # --- what users read: exact numbers are published as Decimal

    @property
    def on(self) -> date:
        """The day whose close this state describes."""
        return to_date(self.day)

    @property
    def outstanding(self) -> Any:
        """Principal outstanding over all positions, in the note's currency; float64 [path] in a simulation."""
        return published(self.positions.outstanding)

    @property
    def conversion_price(self) -> Any:
        """Conversion price in effect per share, in the currency of closes; None where the note does not convert.

        A Decimal; for a note stated by its rate a Fraction where no Decimal equals it (RTE-1); float64 [path] in a simulation.
        """
        return None if self.price is None else self._as_stated(self.price)

    @property
    def conversion_rate(self) -> Any:
        """Shares per denomination at the conversion price in effect (RTE-1); None where the note does not convert.

        >>> import convnote as cn
        >>> State.opening(cn.load("afv-2003")).conversion_rate
        Decimal('1')
        """
        return None if self.price is None else self._as_stated(self.denomination / self.price)

    def _as_stated(self, figure: Any) -> Any:
        decimals = published(figure)
        if not isinstance(self.price, ImpliedPrice) or decimals == figure:
            return decimals
        return ImpliedPrice(figure, None, self.price.places)

    @property
    def convertible(self) -> bool:
        """True while the right to convert lasts; under contingent conversion a window must be open too (CNT-1)."""
        return self.price is not None and self.status in CONVERTIBLE and not self.is_withdrawn_on(self.day)

    @property
    def interest_paid(self) -> Any:
        """Interest actually paid per denomination held: for the single position, or a mapping by holder."""
        paid = {name: published(position.interest_paid_before(self.day + 1)) for name, position in self.positions.items()}
        return paid[ISSUE] if set(paid) == {ISSUE} else paid

    @property
    def closes(self) -> list[Any]:
        """The last closes, oldest first, in the note's currency per conversion share as it is today (RST-4)."""
        return [published(self.value_of_unit(day, close)) for day, close in self.observed]

    def table(self) -> Table:
        """The main figures of a state, for display."""
        rows = [
            ("at the end of", self.on),
            ("status", self.status),
            ("principal outstanding", self.outstanding),
            ("conversion price", self.conversion_price),
            ("conversion rate", self.conversion_rate if isinstance(self.price, ImpliedPrice) else None),
            ("holders may convert" if self.contingent == CLOSED else "holders may convert in a window", self.convertible),
            ("interest paid per denomination", self.interest_paid),
            *((how, published(principal)) for how, principal in self.retired.items()),
        ]
        return Table.of(("", "state"), [(name, shown(value)) for name, value in rows if value is not None])

    def __repr__(self) -> str:
        if is_fast(self.day):
            return f"State(of {np.size(self.day)} paths)"
        price = shown(self.conversion_price) if isinstance(self.price, ImpliedPrice) else self.conversion_price
        return f"State({self.on}, {self.status}, {shown(self.outstanding)} outstanding, conversion price {price})"

    def _repr_html_(self) -> str | None:
        return None if is_fast(self.day) else self.table().html()

    # --- read by rules

    def is_withdrawn_on(self, day: int | np.ndarray) -> Any:
        """True if a withdrawal of conversion rights has taken effect on every path by day number `day` (CNV-7)."""
        return self.withdrawal is not None and np.all(self.withdrawal[1] <= day)

    def with_price_until(self, day: Any, price: Any) -> State:
        """The state with its price recorded as in force until day number `day`, when `price` replaces it."""
        if is_fast(price) or price == self.price or self.price is None:
            return self
        return replace(self, earlier_prices=(*self.earlier_prices, (day, self.price)))

    def price_on(self, day: int) -> Any:
        """The conversion price in force at the close of day number `day`."""
        return next((price for until, price in self.earlier_prices if day < until), self.price)

    def scale_on(self, day: int) -> Scale:
        """The scale in force at the close of day number `day`."""
        return next((scale for scale in reversed(self.scales) if scale.since <= day), self.scales[0])

    @property
    def scale(self) -> Scale:
        """The scale in force."""
        return self.scales[-1]

    def value_of_unit(self, day: int, close: Any) -> Any:
        """The close of day number `day` per conversion share as it is today, float64 [path] in a simulation (RST-4, ADJ-8)."""
        then = self.scale_on(day)
        return (then.shares * close + then.cash) * self.scale.factor / then.factor

    def close_of_share(self, day: int, close: Any) -> Any:
        """The close of day number `day` per share as it is today, at which a fraction of a share is paid (CNV-4)."""
        if not self.scale.shares:
            return 0 * close
        return (self.value_of_unit(day, close) - self.scale.cash) / self.scale.shares

    def holding(self, holder: str | None) -> str:
        """The name of the position an event concerns: the holder's own, or the whole issue where holders are not told apart.

        Raises `KeyError` if the holder has no position, or if no holder is named and there are several.
        """
        if holder in self.positions:
            return str(holder)
        if set(self.positions) == {ISSUE}:
            return ISSUE
        if holder is None and len(self.positions) == 1:
            return self.positions.only
        raise KeyError(holder)

    def with_position(self, name: str, **changes: Any) -> State:
        """This state with changes to one position."""
        return self.with_positions({name: self.positions[name].changed(**changes)})

    def with_positions(self, changed: Mapping[str, Position]) -> State:
        """This state with these positions replacing those of the same names; a new name is a new holder."""
        return self.changed(positions=self.positions.updated(changed)) if changed else self

    def retire(self, how: str, principal: Number | np.ndarray, final: Status) -> State:
        """This state after `principal` has gone in the way `how`; its status is `final` if none is left."""
        retired = {**self.retired, how: self.retired.get(how, 0) + principal}
        left = self.positions.outstanding
        gone = np.all(left == 0) if isinstance(left, np.ndarray) else not left
        if gone and self.settlements and final is not Status.DEFAULTED:
            final = Status.SETTLING
        return self.changed(retired=retired, status=final if gone else self.status)

    def changed(self, **changes: Any) -> State:
        """This state with other values; `dataclasses.replace` takes ten times as long, and this runs for every conversion."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__, **changes)
        return new


#: Statuses in which a holder may convert, unless a withdrawal has taken effect.
CONVERTIBLE = (Status.OUTSTANDING, Status.WITHDRAWAL_NOTICED, Status.ACCELERATED)


def published(value: Any) -> Any:
    """A number of the state as users read it: a Decimal if exact, arrays unchanged."""
    return value if is_fast(value) else decimal(value)
