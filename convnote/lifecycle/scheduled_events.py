"""Scheduled events: they follow from the terms and the state of a note, and a walk finds their days."""

from __future__ import annotations

from dataclasses import dataclass

from convnote.lifecycle.event import Scheduled


@dataclass(frozen=True)
class ResetDue(Scheduled):
    """A reset date of the conversion price (RST-1)."""

    rule = "RST-1"


@dataclass(frozen=True)
class CarriedDue(Scheduled):
    """An anniversary of the issue date, on which carried adjustments take effect (ADJ-7)."""

    rule = "ADJ-7"


@dataclass(frozen=True)
class WithdrawalLapse(Scheduled):
    """The first day on which a withdrawal can no longer take effect (WDR-2)."""

    rule = "WDR-2"


@dataclass(frozen=True)
class TriggerMet(Scheduled):
    """The first day on which the closes entitle the Company to withdraw conversion (WDR-1)."""

    rule = "WDR-1"


@dataclass(frozen=True)
class QuarterEnd(Scheduled):
    """The last trading day of a quarter, on which the condition of contingent conversion is tested (CNT-1)."""

    rule = "CNT-1"


@dataclass(frozen=True)
class NotePriceSeen(Scheduled):
    """A trading day on which the note's own price is compared with its conversion value (CNT-2)."""

    rule = "CNT-2"


@dataclass(frozen=True)
class ConversionOpens(Scheduled):
    """The first day of a conversion period (CNT-1)."""

    rule = "CNT-1"


@dataclass(frozen=True)
class ConversionCloses(Scheduled):
    """The last day of a conversion period (CNT-1)."""

    rule = "CNT-1"


@dataclass(frozen=True)
class CouponDue(Scheduled):
    """A payment date of interest (INT-1)."""

    rule = "INT-1"


@dataclass(frozen=True)
class FixingDue(Scheduled):
    """The day on which an index is fixed for a period, or the issue date if that day lies before it (FLT-1)."""

    rule = "FLT-1"


@dataclass(frozen=True)
class WithdrawalDue(Scheduled):
    """A withdrawal of conversion rights takes effect (WDR-4)."""

    rule = "WDR-4"


@dataclass(frozen=True)
class RedemptionDue(Scheduled):
    """A redemption date (RED-1)."""

    rule = "RED-1"


@dataclass(frozen=True)
class RepurchaseDue(Scheduled):
    """A repurchase date after a fundamental change (FCH-3)."""

    rule = "FCH-3"


@dataclass(frozen=True)
class PutDue(Scheduled):
    """A put date (PUT-1)."""

    rule = "PUT-1"


@dataclass(frozen=True)
class ConditionalPutDue(Scheduled):
    """The day on which Notes put after low closes are paid (CPT-1)."""

    rule = "CPT-1"


@dataclass(frozen=True)
class Maturity(Scheduled):
    """The maturity date (PRN-1)."""

    rule = "PRN-1"


@dataclass(frozen=True)
class SettlementDue(Scheduled):
    """The last day of an observation period (STL-1)."""

    rule = "STL-1"


@dataclass(frozen=True)
class SettlementPaid(Scheduled):
    """The day on which the money of a settlement moves (STL-2)."""

    rule = "STL-2"


@dataclass(frozen=True)
class RecordTaken(Scheduled):
    """The close of business on a record date (INT-3)."""

    rule = "INT-3"
