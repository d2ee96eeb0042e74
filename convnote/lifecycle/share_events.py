"""Events of the share, recorded by people: splits, distributions, rights, tenders and mergers (ADJ-1…ADJ-8, ADJ-10, LIF-5).

`on` is the opening of the first day on which the share trades without the distribution: the day after the record date. A
holder who converts on `on` does so at the adjusted price; one who converted on the record date is a shareholder and gets the
distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

from convnote.inputs import Amount
from convnote.lifecycle.event import Recorded
from convnote.lifecycle.fields import a_number, a_number_of_0_or_more, an_averaging, takes, true_or_false


@dataclass(frozen=True)
class Split(Recorded):
    """`new` shares for `old` (ADJ-1); `on` is the first day on which the share trades split.

    >>> Split("2000-09-01", new=2, old=1).new
    Fraction(2, 1)
    """

    rule = "ADJ-1"

    new: Amount = takes(a_number)
    old: Amount = takes(a_number)


@dataclass(frozen=True)
class StockDividend(Recorded):
    """`shares` are distributed on `outstanding` shares (ADJ-2).

    `on` is the day after the record date, at the opening: a holder who converts on it gets the adjusted price; one who converted
    on the record date itself is a shareholder and gets the dividend.

    >>> StockDividend("2000-09-01", shares=5, outstanding=100).shares
    Fraction(5, 1)
    """

    rule = "ADJ-2"

    shares: Amount = takes(a_number)
    outstanding: Amount = takes(a_number)


@dataclass(frozen=True)
class RightsIssue(Recorded):
    """Rights to all shareholders to buy `shares` for `proceeds` in total, with `outstanding` shares outstanding (ADJ-3).

    Under `adjustment.dividends = "subtract"` it stands for any new shares, at any price (DIV-3).

    `on` is the day after the record date, at the opening.
    `market_price` None: the average close over the days that the terms name, from the history.

    >>> RightsIssue("2000-09-01", shares=10, proceeds=400, outstanding=100, market_price=50).proceeds
    Fraction(400, 1)
    """

    rule = "ADJ-3"

    shares: Amount = takes(a_number)
    proceeds: Amount = takes(a_number_of_0_or_more)
    outstanding: Amount = takes(a_number)
    market_price: Amount | None = takes(a_number, default=None)


@dataclass(frozen=True)
class SpinOff(Recorded):
    """Assets worth `value` per share are distributed (ADJ-4, ADJ-10); `on` is the day after the record date, at the opening.

    `averaged` says how `market_price` was found: "before" the distribution, or "from-ex-date", over the days from `on`, when
    the share trades without the assets. `market_price` None: the average close over the days that the terms name, from the
    history; for "from-ex-date" these are closes of `on` and later, in shares as they are on `on`.

    >>> SpinOff("2000-09-01", value="2.50").averaged
    'before'
    """

    rule = "ADJ-4"

    value: Amount = takes(a_number)
    market_price: Amount | None = takes(a_number, default=None)
    averaged: str = takes(an_averaging, default="before")


@dataclass(frozen=True)
class CashDividend(Recorded):
    """`cash` per share is paid (ADJ-5), in the note's currency; `on` is the day after the record date, at the opening.

    `regular` False: a special dividend, to which the threshold of DIV-1 does not apply.

    >>> CashDividend("2000-09-01", cash="0.25").cash
    Fraction(1, 4)
    """

    rule = "ADJ-5"

    cash: Amount = takes(a_number)
    market_price: Amount | None = takes(a_number, default=None)
    regular: bool = takes(true_or_false, default=True)


@dataclass(frozen=True)
class TenderOffer(Recorded):
    """The issuer bought `shares` of `outstanding` for `paid` in total (ADJ-6); `on` is the day after the offer expires.

    >>> TenderOffer("2000-09-01", shares=10, paid=700, outstanding=100).paid
    Fraction(700, 1)
    """

    rule = "ADJ-6"

    shares: Amount = takes(a_number)
    paid: Amount = takes(a_number)
    outstanding: Amount = takes(a_number)
    market_price: Amount | None = takes(a_number, default=None)


@dataclass(frozen=True)
class Merger(Recorded):
    """Each share becomes `shares` of the successor and `cash` in the note's currency (ADJ-8).

    `on` is the first day whose close is the successor's.

    >>> Merger("2000-09-01", shares="0.5", cash=20).shares
    Fraction(1, 2)
    """

    rule = "ADJ-8"

    shares: Amount = takes(a_number, default=0)
    cash: Amount = takes(a_number, default=0)
