"""Facts of flows of settlements and of the maturity of a mandatory; a flow carries them by way of `convnote.lifecycle.facts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from convnote.lifecycle.in_force import Lot
    from convnote.lifecycle.state import Scale


class Surrendered(NamedTuple):
    """A conversion that is settled later: over `days` prices from day `first` to `last`, paid on `pays` (STL-1)."""

    principal: Any
    method: str
    specified: Any
    first: Any
    last: Any
    days: int
    pays: Any
    surrendered: Any
    #: what converts at which price, where that depends on the reason (MWT-1, CHG-1)
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
    """A settlement to be paid on `pays`, which the issuer's default precedes: it is not paid (INT-6)."""

    pays: Any
    cash: Any
    shares: Any


class MandatoryConversion(NamedTuple):
    """At maturity: `rate` of the `average` of `days` prices, shares = principal x rate / denomination x scale.shares (MND-1)."""

    principal: Any
    average: Any
    rate: Any
    first: Any
    last: Any
    days: int
    #: on how many of the days the close stands in for the VWAP
    stand_ins: Any
    close: Any
    in_lieu: Any
    merger_cash: Any
    scale: Scale
    #: whole shares delivered
    shares: Any
    distributed: Any
