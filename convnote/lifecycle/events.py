"""Events: what can happen to a note, as plain records, and the order of events within one day.

A constructor checks types only; the table decides whether the note allows an event. `on` is any calendar day, or an
array of ``datetime64`` days, one per path. Scheduled events (a coupon, a record date …) come from the terms; the others are
recorded by people.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from convnote.errors import TermsError, did_you_mean
from convnote.inputs import Amount, DateLike
from convnote.lifecycle.event import Event as Event
from convnote.lifecycle.event import Recorded as Recorded
from convnote.lifecycle.event import Scheduled as Scheduled
from convnote.lifecycle.fields import (
    a_curable_default,
    a_day,
    a_default,
    a_kind_of_payment,
    a_name,
    a_note,
    a_number,
    a_whole_number,
    takes,
)
from convnote.lifecycle.scheduled_events import CarriedDue as CarriedDue
from convnote.lifecycle.scheduled_events import ConditionalPutDue as ConditionalPutDue
from convnote.lifecycle.scheduled_events import ConversionCloses as ConversionCloses
from convnote.lifecycle.scheduled_events import ConversionOpens as ConversionOpens
from convnote.lifecycle.scheduled_events import CouponDue as CouponDue
from convnote.lifecycle.scheduled_events import FixingDue as FixingDue
from convnote.lifecycle.scheduled_events import Maturity as Maturity
from convnote.lifecycle.scheduled_events import NotePriceSeen as NotePriceSeen
from convnote.lifecycle.scheduled_events import PutDue as PutDue
from convnote.lifecycle.scheduled_events import QuarterEnd as QuarterEnd
from convnote.lifecycle.scheduled_events import RecordTaken as RecordTaken
from convnote.lifecycle.scheduled_events import RedemptionDue as RedemptionDue
from convnote.lifecycle.scheduled_events import RepurchaseDue as RepurchaseDue
from convnote.lifecycle.scheduled_events import ResetDue as ResetDue
from convnote.lifecycle.scheduled_events import SettlementDue as SettlementDue
from convnote.lifecycle.scheduled_events import SettlementPaid as SettlementPaid
from convnote.lifecycle.scheduled_events import TriggerMet as TriggerMet
from convnote.lifecycle.scheduled_events import WithdrawalDue as WithdrawalDue
from convnote.lifecycle.scheduled_events import WithdrawalLapse as WithdrawalLapse
from convnote.lifecycle.share_events import CashDividend as CashDividend
from convnote.lifecycle.share_events import Merger as Merger
from convnote.lifecycle.share_events import RightsIssue as RightsIssue
from convnote.lifecycle.share_events import SpinOff as SpinOff
from convnote.lifecycle.share_events import Split as Split
from convnote.lifecycle.share_events import StockDividend as StockDividend
from convnote.lifecycle.share_events import TenderOffer as TenderOffer

# --- recorded by people ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Convert(Recorded):
    """A holder surrenders `principal` for conversion (CNV-1). A holder's surrenders on one day are added up.

    >>> Convert("2001-03-01", 1_000_000, holder="A").holder
    'A'
    """

    rule = "CNV-1"

    principal: Any = takes(a_number)


@dataclass(frozen=True)
class WithdrawalNotice(Recorded):
    """The Company gives notice that conversion rights are withdrawn as of `effective` (WDR-3).

    >>> WithdrawalNotice("2000-07-06", effective="2000-08-07").effective
    datetime.date(2000, 8, 7)
    """

    rule = "WDR-1"

    effective: DateLike = takes(a_day)


@dataclass(frozen=True)
class RedemptionNotice(Recorded):
    """The Company calls `principal` (None: all) for `redemption_date` (RED-2); `seed` draws the lots of a partial call.

    >>> RedemptionNotice("2003-01-20", "2003-02-20", 1_000_000).principal
    Fraction(1000000, 1)
    """

    rule = "RED-1"

    redemption_date: DateLike = takes(a_day)
    principal: Any = takes(a_number, default=None)
    seed: int = takes(a_whole_number, default=0)


@dataclass(frozen=True)
class FundamentalChange(Recorded):
    """A fundamental change occurs (FCH-1); `cash` is the amount paid per share where holders of shares get only cash (MWT-1).

    >>> FundamentalChange("2001-01-05").on
    datetime.date(2001, 1, 5)
    """

    rule = "FCH-1"

    cash: Any = takes(a_number, default=None)


@dataclass(frozen=True)
class FundamentalChangeNotice(Recorded):
    """The Company mails its notice of a fundamental change (FCH-2), for the repurchase date it chooses (CHG-3).

    >>> FundamentalChangeNotice("2001-01-12").on
    datetime.date(2001, 1, 12)
    """

    rule = "FCH-2"

    repurchase_date: DateLike | None = takes(a_day, default=None)


@dataclass(frozen=True)
class RepurchaseElection(Recorded):
    """A holder elects repurchase of `principal` after a notice of fundamental change (FCH-4).

    >>> RepurchaseElection("2001-02-01", 100_000).principal
    Fraction(100000, 1)
    """

    rule = "FCH-1"

    principal: Any = takes(a_number)


@dataclass(frozen=True)
class RepurchaseElectionWithdrawal(Recorded):
    """A holder withdraws the election for `principal` (CNV-6).

    >>> RepurchaseElectionWithdrawal("2001-02-08", 100_000).on
    datetime.date(2001, 2, 8)
    """

    rule = "CNV-6"

    principal: Any = takes(a_number)


@dataclass(frozen=True)
class PutElection(Recorded):
    """A holder puts `principal` on the next put date whose window is open (PUT-2), or else after low closes (CPT-1).

    >>> PutElection("2005-12-01", 1_000).on
    datetime.date(2005, 12, 1)
    """

    rule = "PUT-1"

    principal: Any = takes(a_number)


@dataclass(frozen=True)
class MissedPayment(Recorded):
    """The payment `of` a kind that is due on this day, or whose money is to move on this day, is not made (INT-6).

    A settlement is not among the kinds: it is refused (STL-2).

    >>> MissedPayment("2002-02-16").of
    'interest'
    """

    rule = "DEF-2"

    of: str = takes(a_kind_of_payment, default="interest")


@dataclass(frozen=True)
class Cure(Recorded):
    """All unpaid amounts `of` a kind are paid, or a covenant is complied with again.

    >>> Cure("2002-03-01", of="interest").of
    'interest'
    """

    rule = "DEF-2"

    of: str = takes(a_curable_default, default="interest")


@dataclass(frozen=True)
class CovenantDefault(Recorded):
    """Notice is given that the Company has broken a covenant: eventually an Event of Default, unless cured or waived (DEF-2).

    >>> CovenantDefault("2002-03-01").on
    datetime.date(2002, 3, 1)
    """

    rule = "DEF-2"


@dataclass(frozen=True)
class Waiver(Recorded):
    """A majority of holders waives a past default `of` a covenant or of the Company's notice of a change (LIF-2, AMD-4).

    >>> Waiver("2002-04-01", of="covenant").of
    'covenant'
    """

    rule = "LIF-2"

    of: str = takes(a_default, default="covenant")


@dataclass(frozen=True)
class Acceleration(Recorded):
    """Principal and accrued interest are declared due (DEF-1).

    >>> Acceleration("2002-03-20").on
    datetime.date(2002, 3, 20)
    """

    rule = "DEF-1"


@dataclass(frozen=True)
class Rescission(Recorded):
    """An acceleration is undone once its cause is cured (LIF-3).

    >>> Rescission("2002-05-20").on
    datetime.date(2002, 5, 20)
    """

    rule = "LIF-3"


@dataclass(frozen=True)
class Default(Recorded):
    """The issuer defaults for good, and the share `recovered` of principal is paid.

    >>> Default("2001-06-29", recovered="0.30").recovered
    Fraction(3, 10)
    """

    rule = "DEF-1"

    recovered: Amount = takes(a_number, default=0)


@dataclass(frozen=True)
class Transfer(Recorded):
    """`principal` moves from the position of `holder` to that of `to`, which may be a new one (LIF-1).

    A coupon whose record date has passed stays with the seller; free Notes go first, then called or elected ones.

    >>> Transfer("2001-03-01", 1_000_000, holder="A", to="B").to
    'B'
    """

    rule = "LIF-1"

    principal: Any = takes(a_number)
    to: str = takes(a_name, kw_only=True)


@dataclass(frozen=True)
class Amendment(Recorded):
    """The note continues under other `terms`, a note or the path of a term sheet, from the next day (LIF-4).

    >>> import convnote as cn
    >>> Amendment("2003-03-03", cn.load("amazon-peacs-2010")).terms.name
    'amazon-peacs-2010'
    """

    rule = "LIF-4"

    terms: Any = takes(a_note)


#: The order of events within one day, and why.
ORDER: tuple[tuple[type[Event], ...], ...] = (
    # A payment that will not be made today must be known before it falls due.
    (MissedPayment,),
    # The market opens on the adjusted share: every price of the day is for the new shares.
    # Adjustments of one day act in the order of LIF-5, whatever order they are listed in.
    (Split,),
    (StockDividend,),
    (SpinOff,),
    (CashDividend,),
    (RightsIssue,),
    (TenderOffer,),
    (Merger,),
    # Carried adjustments take effect, including one of this same day (ADJ-7).
    (CarriedDue,),
    # A conversion on a reset date is at the new price (CNV-3).
    (ResetDue,),
    # The result of the closes so far, before a notice or a conversion acts on it.
    (TriggerMet, WithdrawalLapse, QuarterEnd, NotePriceSeen),
    (ConversionOpens,),
    # The rate of a period is known from its fixing on.
    (FixingDue,),
    # The coupon restarts accrued interest, so a redemption or repurchase today bears none (RED-6, FCH-3).
    (CouponDue,),
    (Cure,),
    # A default cured today can no longer be waived, and an acceleration is rescinded once all is cured or waived.
    (CovenantDefault, Waiver),
    (Rescission,),
    # A notice of today binds the holders who elect or convert today.
    (FundamentalChange,),
    (FundamentalChangeNotice, WithdrawalNotice, RedemptionNotice, Acceleration),
    # The last conversion was at the close of the Business Day before (CNV-7).
    (WithdrawalDue,),
    # A holder who buys today may elect or convert today.
    (Transfer,),
    (RepurchaseElectionWithdrawal, RepurchaseElection, PutElection),
    # Notes redeemed or repurchased today were convertible until their own deadline.
    (Convert,),
    (RedemptionDue, RepurchaseDue, PutDue, ConditionalPutDue),
    # Money that moves today has moved before the issuer defaults today; today's prices are not known yet.
    (SettlementPaid,),
    (Default,),
    (SettlementDue,),
    # Conversion runs to the close of business at maturity (CNV-1): only what is left then is paid.
    (Maturity,),
    # The register is read at the close of business (INT-3), after the conversions and redemptions of the day.
    (RecordTaken,),
    # A window lasts to the close of business.
    (ConversionCloses,),
    # Terms that apply from tomorrow must have a place for whatever began today (LIF-4).
    (Amendment,),
)
for _rank, _kinds in enumerate(ORDER):
    for _kind in _kinds:
        _kind.rank = _rank
        _kind.after = ORDER[_rank - 1][-1] if _rank else None
#: A user-defined event acts after the conversions of its day, unless it says otherwise.
Recorded.after = Scheduled.after = Convert

#: Every event type by its name, and the types that people record.
KINDS: dict[str, type[Event]] = {kind.__name__: kind for kinds in ORDER for kind in kinds}
RECORDED: dict[str, type[Event]] = {name: kind for name, kind in KINDS.items() if issubclass(kind, Recorded)}


#: User-defined event types also known by name: to files of events, and to the list of types.
ALSO_RECORDED: dict[str, type[Event]] = {}


def also_recorded(kind: type[Recorded]) -> type[Recorded]:
    """Make a user-defined event type known by its name; a decorator."""
    ALSO_RECORDED[kind.__name__] = kind
    return kind


def from_table(table: Mapping[str, Any]) -> Event:
    """The event described by a table of a TOML file: ``{kind = "Convert", on = 2000-03-01, principal = 1000}``.

    >>> from_table({"kind": "Split", "on": "2000-09-01", "new": 2, "old": 1}).new
    Fraction(2, 1)

    Raises `TermsError` for an unknown kind, an unknown key or a missing key.
    """
    named = table.get("kind", "")
    kinds = {**RECORDED, **ALSO_RECORDED}
    kind = kinds.get(named) if isinstance(named, str) else None
    if kind is None:
        reason = f"allowed: {', '.join(kinds)}{did_you_mean(named, kinds)}"
        raise TermsError(reason, field="event.kind", value=repr(table.get("kind")))
    given = {name: value for name, value in table.items() if name != "kind"}
    known = {each.name: each for each in fields(kind)}
    faults = [
        TermsError(f"no such key; allowed: {', '.join(known)}{did_you_mean(name, known)}", field=f"{kind.__name__}.{name}")
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
