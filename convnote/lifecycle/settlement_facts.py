"""Facts of flows of settlements and of a mandatory's maturity; a flow carries them through `convnote.lifecycle.facts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from convnote.lifecycle.in_force import Lot
    from convnote.lifecycle.state import Scale


class Surrendered(NamedTuple):
    """A conversion settled later: over `days` prices from day `first` to day `last`, paid on `pays` (STL-1)."""

    principal: Any
    method: str
    specified: Any
    first: Any
    last: Any
    days: int
    pays: Any
    surrendered: Any
    #: what converts at which price, where the price depends on the reason (MWT-1, CHG-1)
    lots: tuple[Lot, ...] = ()


class Settled(NamedTuple):
    """`cash` = cash_each x principal / denomination + in_lieu, rounded once; `exact` shares likewise (STL-1)."""

    principal: Any
    specified: Any
    counted: Any
    first: Any
    last: Any
    days: int
    stand_ins: Any
    #: per denomination, unrounded
    cash_each: Any
    shares_each: Any
    #: the last price
    price: Any
    exact: Any
    #: whole shares delivered, and cash for the fraction at the last price
    shares: Any
    in_lieu: Any
    cash: Any
    distributed: Any


class SettlementTakenBack(NamedTuple):
    """A settlement taken back because the issuer defaults before its payment day `pays`: it is not paid (INT-6)."""

    pays: Any
    cash: Any
    shares: Any


class MandatoryConversion(NamedTuple):
    """At maturity: `rate` at the `average` of `days` prices, shares = principal x rate / denomination x scale.shares (MND-1)."""

    principal: Any
    average: Any
    rate: Any
    first: Any
    last: Any
    days: int
    #: number of days on which the close stands in for the VWAP
    stand_ins: Any
    close: Any
    in_lieu: Any
    merger_cash: Any
    scale: Scale
    #: whole shares delivered
    shares: Any
    distributed: Any


class Property(NamedTuple):
    """A further kind of property: exact = principal x amount / denomination, whole `units`, `in_lieu` of the rest (EXC-1)."""

    share: str
    principal: Any
    amount: Any
    exact: Any
    units: Any
    #: its own close; None if no fraction is paid in cash
    close: Any
    in_lieu: Any
