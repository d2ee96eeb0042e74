"""Events: what can happen to a note, as plain records, and the order of things within one day.

A constructor checks types only; whether the note allows an event is for the table to say. `on` is any calendar day, or an
array of ``datetime64`` days, one per path. Scheduled events (a coupon, a record date …) come from the terms; the others are
recorded by people.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError
from convnote.provisions.default import PAYMENTS


def _day(value: Any, place: str) -> Any:
    number = day_number(value, place)
    return value if np.ndim(number) else to_date(number)


def _number(value: Any, place: str) -> Any:
    return value if np.ndim(value) else fraction(value, place)


def _kind_of_payment(value: Any, place: str) -> str:
    if value not in PAYMENTS:
        raise TermsError(f"allowed: {', '.join(PAYMENTS)}", field=place, value=repr(value))
    return str(value)


def _whole_number(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TermsError("a whole number of 0 or more is needed", field=place, value=repr(value))
    return value


def _takes(check: Any, **options: Any) -> Any:
    return field(metadata={"check": check}, **options)


@dataclass(frozen=True)
class Event:
    """Base of all events: the day it happens, and whose it is where holders have positions of their own."""

    on: Any = _takes(_day)
    holder: str | None = field(default=None, kw_only=True)

    #: place within a day; smaller comes first. The reasons stand at ORDER.
    rank: ClassVar[int]

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if "check" in each.metadata and value is not None:
                object.__setattr__(self, each.name, each.metadata["check"](value, f"{type(self).__name__}.{each.name}"))
            elif value is None and each.default is dataclasses.MISSING:
                raise TermsError("this is required", field=f"{type(self).__name__}.{each.name}")
        if self.holder is not None and (not isinstance(self.holder, str) or not self.holder):
            raise TermsError("a holder's name is needed", field=f"{type(self).__name__}.holder", value=repr(self.holder))

    @cached_property
    def day(self) -> Any:
        """Day number of `on`, int or int64 array."""
        return day_number(self.on)


# --- recorded by people ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Convert(Event):
    """A holder surrenders `principal` for conversion (CNV-1). All that one holder surrenders on one day is added up."""

    principal: Any = _takes(_number)


@dataclass(frozen=True)
class WithdrawalNotice(Event):
    """The Company gives notice that conversion rights are withdrawn as of `effective` (WDR-3)."""

    effective: Any = _takes(_day)


@dataclass(frozen=True)
class RedemptionNotice(Event):
    """The Company calls `principal` (None: all) for `redemption_date` (RED-2); `seed` draws the lot of a part."""

    redemption_date: Any = _takes(_day)
    principal: Any = _takes(_number, default=None)
    seed: int = _takes(_whole_number, default=0)


@dataclass(frozen=True)
class FundamentalChange(Event):
    """A fundamental change occurs (FCH-1)."""


@dataclass(frozen=True)
class FundamentalChangeNotice(Event):
    """The Company mails its notice of a fundamental change (FCH-2)."""


@dataclass(frozen=True)
class RepurchaseElection(Event):
    """A holder elects repurchase of `principal` after a notice of fundamental change (FCH-4)."""

    principal: Any = _takes(_number)


@dataclass(frozen=True)
class RepurchaseElectionWithdrawal(Event):
    """A holder withdraws the election for `principal` (CNV-6)."""

    principal: Any = _takes(_number)


@dataclass(frozen=True)
class PutElection(Event):
    """A holder puts `principal` on the next put date whose window is open (PUT-2)."""

    principal: Any = _takes(_number)


@dataclass(frozen=True)
class MissedPayment(Event):
    """The payment `of` a kind that is due on this day is not made; applied before it falls due."""

    of: str = _takes(_kind_of_payment, default="interest")


@dataclass(frozen=True)
class Cure(Event):
    """All that is unpaid `of` a kind is paid."""

    of: str = _takes(_kind_of_payment, default="interest")


@dataclass(frozen=True)
class Acceleration(Event):
    """Principal and accrued interest are declared due (DEF-1)."""


@dataclass(frozen=True)
class Default(Event):
    """The issuer defaults for good, and `recovered`, a share of principal, is paid."""

    recovered: Any = _takes(_number, default=0)


@dataclass(frozen=True)
class Split(Event):
    """`new` shares for `old` (ADJ-1)."""

    new: Any = _takes(_number)
    old: Any = _takes(_number)


@dataclass(frozen=True)
class StockDividend(Event):
    """`shares` are distributed on `outstanding` shares (ADJ-2)."""

    shares: Any = _takes(_number)
    outstanding: Any = _takes(_number)


@dataclass(frozen=True)
class RightsIssue(Event):
    """Rights to all holders to buy `shares` for `proceeds` in all, `outstanding` shares being out (ADJ-3).

    `market_price` None: the average close over the days that the terms name, from the history.
    """

    shares: Any = _takes(_number)
    proceeds: Any = _takes(_number)
    outstanding: Any = _takes(_number)
    market_price: Any = _takes(_number, default=None)


@dataclass(frozen=True)
class SpinOff(Event):
    """Assets worth `value` a share are distributed (ADJ-4)."""

    value: Any = _takes(_number)
    market_price: Any = _takes(_number, default=None)


@dataclass(frozen=True)
class CashDividend(Event):
    """`cash` a share is paid (ADJ-5), in the note's currency."""

    cash: Any = _takes(_number)
    market_price: Any = _takes(_number, default=None)


@dataclass(frozen=True)
class TenderOffer(Event):
    """The issuer bought `shares` of `outstanding` for `paid` in all (ADJ-6)."""

    shares: Any = _takes(_number)
    paid: Any = _takes(_number)
    outstanding: Any = _takes(_number)
    market_price: Any = _takes(_number, default=None)


@dataclass(frozen=True)
class Merger(Event):
    """Each share becomes `shares` of the successor and `cash` in the note's currency (ADJ-8); closes are then the successor's."""

    shares: Any = _takes(_number, default=0)
    cash: Any = _takes(_number, default=0)


# --- scheduled by the terms --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ResetDue(Event):
    """A reset date of the conversion price (RST-1)."""


@dataclass(frozen=True)
class WithdrawalLapse(Event):
    """The first day on which a withdrawal can no longer take effect (WDR-2)."""


@dataclass(frozen=True)
class TriggerMet(Event):
    """The first day on which the closes entitle the Company to withdraw conversion (WDR-1)."""


@dataclass(frozen=True)
class CouponDue(Event):
    """A payment date of interest (INT-1)."""


@dataclass(frozen=True)
class WithdrawalDue(Event):
    """A withdrawal of conversion rights takes effect (WDR-4)."""


@dataclass(frozen=True)
class RedemptionDue(Event):
    """A redemption date (RED-1)."""


@dataclass(frozen=True)
class RepurchaseDue(Event):
    """A repurchase date after a fundamental change (FCH-3)."""


@dataclass(frozen=True)
class PutDue(Event):
    """A put date (PUT-1)."""


@dataclass(frozen=True)
class Maturity(Event):
    """The maturity date (PRN-1)."""


@dataclass(frozen=True)
class RecordTaken(Event):
    """The close of business on a record date (INT-3)."""


#: The order of things on one day, and why.
ORDER: tuple[tuple[type[Event], ...], ...] = (
    # What is known not to be paid today must be known before it falls due.
    (MissedPayment,),
    # The market opens on the adjusted share: every price of the day is in the new shares.
    (Split, StockDividend, RightsIssue, SpinOff, CashDividend, TenderOffer, Merger),
    # A conversion on a reset date is at the new price (CNV-3).
    (ResetDue,),
    # What the closes so far have shown, before anybody acts on it.
    (TriggerMet, WithdrawalLapse),
    # The coupon restarts accrued interest, so a redemption or repurchase today bears none (RED-6, FCH-3).
    (CouponDue,),
    (Cure,),
    # A notice of today binds whoever elects or converts today.
    (FundamentalChange,),
    (FundamentalChangeNotice, WithdrawalNotice, RedemptionNotice, Acceleration),
    # The last conversion was at the close of the Business Day before (CNV-7).
    (WithdrawalDue,),
    (RepurchaseElectionWithdrawal, RepurchaseElection, PutElection),
    # Notes that are redeemed or repurchased today were convertible until their own deadline.
    (Convert,),
    (RedemptionDue, RepurchaseDue, PutDue),
    (Default,),
    # Conversion runs to the close of business at maturity (CNV-1): what is left then is paid.
    (Maturity,),
    # The register is read at the close of business (INT-3): who converted or was redeemed today is no holder of record.
    (RecordTaken,),
)
for _rank, _kinds in enumerate(ORDER):
    for _kind in _kinds:
        _kind.rank = _rank

#: Every kind of event by its name, and those that people record.
KINDS: dict[str, type[Event]] = {kind.__name__: kind for kinds in ORDER for kind in kinds}
RECORDED: dict[str, type[Event]] = {
    name: kind
    for name, kind in KINDS.items()
    if not name.endswith("Due") and kind not in (TriggerMet, WithdrawalLapse, Maturity, RecordTaken)
}


def from_table(table: Mapping[str, Any]) -> Event:
    """The event that a table of a TOML file describes: ``{kind = "Convert", on = 2000-03-01, principal = 1000}``.

    >>> from_table({"kind": "Split", "on": "2000-09-01", "new": 2, "old": 1}).new
    Fraction(2, 1)

    Raises `TermsError` for an unknown kind, an unknown or a missing key.
    """
    kind = RECORDED.get(table.get("kind", ""))
    if kind is None:
        raise TermsError(f"allowed: {', '.join(RECORDED)}", field="event.kind", value=repr(table.get("kind")))
    given = {name: value for name, value in table.items() if name != "kind"}
    known = {each.name: each for each in fields(kind)}
    faults = [
        TermsError(f"no such key; allowed: {', '.join(known)}", field=f"{kind.__name__}.{name}")
        for name in given
        if name not in known
    ]
    faults += [
        TermsError("this is required", field=f"{kind.__name__}.{name}")
        for name, each in known.items()
        if each.default is dataclasses.MISSING and name not in given
    ]
    if faults:
        raise TermsError.of(faults)
    return kind(**given)
