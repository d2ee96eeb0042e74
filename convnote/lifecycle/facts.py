"""Facts of flows: one NamedTuple for each sentence, holding the factors of its product and the result.

A flow carries them as `Flow.facts`; the flow's sentence reads them by name, so a missing fact is a type error.
Money and principal are in the note's currency, exact in a replay and float64 [path] in a simulation; days are day numbers.
A user-defined event may give any tuple.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from convnote.lifecycle.contingent_facts import ConversionCloses as ConversionCloses
from convnote.lifecycle.contingent_facts import ConversionOpens as ConversionOpens
from convnote.lifecycle.interest_facts import Fixing as Fixing
from convnote.lifecycle.interest_facts import PaidInKind as PaidInKind
from convnote.lifecycle.price_facts import Reset as Reset
from convnote.lifecycle.price_facts import ResetWithoutCloses as ResetWithoutCloses
from convnote.lifecycle.price_facts import Revision as Revision
from convnote.lifecycle.settlement_facts import MandatoryConversion as MandatoryConversion
from convnote.lifecycle.settlement_facts import Property as Property
from convnote.lifecycle.settlement_facts import Settled as Settled
from convnote.lifecycle.settlement_facts import SettlementTakenBack as SettlementTakenBack
from convnote.lifecycle.settlement_facts import Surrendered as Surrendered

if TYPE_CHECKING:
    from convnote.lifecycle.event import Event
    from convnote.lifecycle.in_force import Lot, TableRead
    from convnote.lifecycle.protection import Together
    from convnote.lifecycle.state import Scale
    from convnote.provisions.conditions import Standing

#: (rate, days, year) for each part of a period with its own rate; empty where many paths are walked at once.
Legs = Sequence[tuple[Any, Any, Any]]

# --- interest


class Coupon(NamedTuple):
    """`amount` = the sum over `legs` (rate, days, year) of principal x rate x days / year, from day `start` (INT-1, INT-2)."""

    principal: Any
    start: Any
    legs: Legs
    amount: Any


class CouponTakenBack(NamedTuple):
    """A coupon due on `due` taken back because the issuer defaults before payment day `pays_on`: `amount` is not paid (INT-6)."""

    due: Any
    pays_on: Any
    amount: Any


class Record(NamedTuple):
    """The coupon `due`, and the principal on the register (INT-3)."""

    due: Any
    outstanding: Any


class PaidIn(NamedTuple):
    """The coupon `due`, paid in by a converting holder: `amount` = principal x the legs, as in `Coupon`, less overdue interest.

    `overdue` is the part of the coupon that is not paid in because interest is overdue (CNV-5, PIN-1).
    """

    principal: Any
    due: Any
    legs: Legs
    amount: Any
    overdue: Any = 0


class PaidInBefore(NamedTuple):
    """What was paid in, in one or more parts, for the coupon `due` on `principal`: returned, or paid in again (CNV-5c)."""

    principal: Any
    due: Any
    amount: Any


class AccruedPaid(NamedTuple):
    """Interest accrued since `start` on the principal converted: `amount` = principal x the legs (CNV-5)."""

    principal: Any
    start: Any
    legs: Legs
    amount: Any


class LateInterest(NamedTuple):
    """The missed coupon due on `due`, paid late: `amount` = principal x the legs (INT-3c)."""

    principal: Any
    due: Any
    legs: Legs
    amount: Any


# --- principal and make-whole


class MissedCoupon(NamedTuple):
    """A missed coupon included in a price, due on `due`: `amount` = principal x the legs, unrounded (DEF-3c)."""

    due: Any
    principal: Any
    legs: Legs
    amount: Any


class PaidOut(NamedTuple):
    """`amount` = principal x claim x price + accrued + missed coupons; `accrued` = principal x the legs, from `start`.

    `claim` is what one unit of principal is owed, 1 at par; `price` is a share of the claim; interest and coupons are unrounded.
    """

    principal: Any
    claim: Any
    price: Any
    accrued: Any
    start: Any
    legs: Legs
    coupons: Sequence[MissedCoupon]
    in_window: Any
    amount: Any


class MakeWhole(NamedTuple):
    """`amount` = principal x each / denomination; `each` = `printed` less the interest paid before `notice` (WDR-4, SFT-3)."""

    principal: Any
    paid: Any
    each: Any
    notice: Any
    amount: Any
    printed: Any


class LateAmount(NamedTuple):
    """An amount `of` a payment kind without principal, such as a make-whole, that was missed and is paid late."""

    of: str
    amount: Any


class Recovery(NamedTuple):
    """`amount` = claim x recovered: what is owed on the principal, and the share of it that is paid (DEF-4c)."""

    claim: Any
    recovered: Any
    amount: Any


# --- defaults


class Missed(NamedTuple):
    """What is owed `of` a payment kind that was not made: principal, or cash for a make-whole (DEF-2)."""

    of: str
    owed: Any


class CovenantDefault(NamedTuple):
    """The day from which a broken covenant is an Event of Default (DEF-2)."""

    becomes_event_on: Any


class Waiver(NamedTuple):
    """The default `of` a covenant or of a notice, waived by a majority of `outstanding` (LIF-2)."""

    of: str
    outstanding: Any


class Acceleration(NamedTuple):
    """Principal declared due, accrued interest = outstanding x the legs, unrounded, and the kinds of payment unpaid (DEF-1).

    `claim` is what one unit of principal is owed on the day, 1 at par (ACC-2).
    """

    outstanding: Any
    claim: Any
    legs: Legs
    accrued: Any
    unpaid: Sequence[str]


class Rescission(NamedTuple):
    """The principal on which coupons and maturity apply again (LIF-3)."""

    outstanding: Any


# --- conversion and its price


class Conversion(NamedTuple):
    """Shares = principal / price x scale.shares; `in_lieu` = the fraction left x close; `merger_cash` = units x scale.cash.

    With a fixed exchange rate the principal is multiplied by it, and `in_lieu` is divided by `exchange` (FXF-1).
    """

    principal: Any
    price: Any
    close: Any
    in_lieu: Any
    merger_cash: Any
    scale: Scale
    #: whole shares delivered
    shares: Any
    surrendered: Any
    #: value per share of assets distributed earlier
    distributed: Any
    #: what converts at which price, where the price depends on the reason; `price` is that of all lots together (MWT-1)
    lots: tuple[Lot, ...] = ()
    exchange: Any = 1
    #: principal under election, whose election ends by the conversion (END-2)
    ended: Any = 0


class Adjustment(NamedTuple):
    """New price = old x now, where now = wanted x carried: the event's own factor and those carried so far (ADJ-7).

    `now` is 1 where nothing changes yet; `change` is then the sum of the relative changes carried forward.
    """

    event: Event
    wanted: Any
    carried: Any
    now: Any
    old: Any
    new: Any
    change: Any
    earlier: bool
    #: all adjustments in one formula on the day (DIV-3); `old` is the price before the first of them
    together: Together | None = None


class MadeUp(NamedTuple):
    """New price = old x now, where `now` is the product of earlier carried adjustments, now taking effect (ADJ-7)."""

    now: Any
    old: Any
    new: Any


class DividendPaid(NamedTuple):
    """A dividend paid on the conversion shares of principal `on` instead of an adjustment: cash = shares x each (DIV-1)."""

    on: Any
    each: Any
    shares: Any


class Purchase(NamedTuple):
    """Principal bought at `price`, a share of principal, and the due day of the coupon of record, 0 for none (BUY-1)."""

    principal: Any
    price: Any
    due: Any


class Distribution(NamedTuple):
    """Assets worth `value` per share that holders receive on conversion (ADJ-4)."""

    value: Any


class Merger(NamedTuple):
    """What one conversion share stands for after a merger (ADJ-8)."""

    scale: Scale
    earlier: bool


# --- withdrawal of conversion


class TriggerMet(NamedTuple):
    """The trigger in force, and the last day for the Company's notice (WDR-1)."""

    trigger: Any
    deadline: Any


class WithdrawalNotice(NamedTuple):
    """The day the withdrawal takes effect, and the day its trigger was last met (WDR-3)."""

    effective: Any
    last_met: Any


class Withdrawal(NamedTuple):
    """The day of the notice of the withdrawal that takes effect (WDR-2)."""

    notice: Any


class WithdrawalLapse(NamedTuple):
    """(day, close) of the highest close, the day the trigger was last met, and the trigger in force (WDR-1, WDR-2).

    `most` is (day, number) of the most closes of a period above the trigger.
    """

    highest: tuple[Any, Any] | None
    last_met: Any
    trigger: Any
    most: tuple[Any, Any] | None = None


# --- notices, elections, transfers, amendments


class RedemptionNotice(NamedTuple):
    """Principal called for day `redemption`, and how a partial call is allocated among holders (RED-2, RED-4).

    `standing` counts the closes that satisfied the condition of the call; None where the call has no condition (SFT-1).
    """

    redemption: Any
    principal: Any
    whole: bool
    chosen: Mapping[str, Any]
    standing: Standing | None = None
    #: additional shares from the table, where a call counts as a change (MWT-1)
    read: TableRead | None = None


class FundamentalChange(NamedTuple):
    """The last day for the Company's notice of a fundamental change (FCH-2), and what the table gives (MWT-1)."""

    deadline: Any
    read: TableRead | None = None
    #: the price at which Notes convert from now on, and for how many days after the notice (CHG-1)
    lower: tuple[Any, int] | None = None


class ChangeNotice(NamedTuple):
    """Repurchase date and election deadline of a change; `overdue_since` is the deadline of a late notice (FCH-3)."""

    occurred: Any
    repurchase: Any
    deadline: Any
    gives_way: bool
    overdue_since: Any


class Election(NamedTuple):
    """Principal put for payment on `day`, a repurchase date or a put date (FCH-4, PUT-2).

    `standing` counts the closes that satisfied the condition of the put; None where it has no condition (CPT-1).
    """

    principal: Any
    day: Any
    standing: Standing | None = None


class ElectionWithdrawal(NamedTuple):
    """Principal for which an election is withdrawn (CNV-6)."""

    principal: Any


class Transfer(NamedTuple):
    """Principal sold, the part of it that is committed, and the coupon due in a record window, else 0 (LIF-1)."""

    principal: Any
    seller: str
    buyer: str
    due: Any
    committed: Any


class Amendment(NamedTuple):
    """The settings that change, each with the consent it needs (LIF-4)."""

    changes: Sequence[Any]
