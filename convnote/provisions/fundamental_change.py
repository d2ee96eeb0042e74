"""Fundamental change: each holder may require repurchase on the 30th day after the Company's notice.

On the reverse of the note: "If a Fundamental Change occurs at any time prior to maturity of the Notes, the Notes will be
redeemable on the 30th day after notice thereof at the option of the holder at a redemption price equal to 100%".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from convnote.arithmetic import keeps_index
from convnote.calendars import one_day, to_date
from convnote.errors import TermsError
from convnote.provisions.changes import worse_from, worse_if_higher, worse_if_lower
from convnote.provisions.fields import count, given, multiple, term
from convnote.provisions.interest import Interest
from convnote.provisions.provision import Provision, rules
from convnote.provisions.redemption import scheduled_amount

RULES = rules(
    FCH_1=("each holder may require repurchase at the price plus accrued interest, in multiples", "note"),
    FCH_2=("the Company mails its notice within a number of calendar days after the change", "note"),
    FCH_2c=("a later notice is accepted, the put runs from it; an overdue one is an open right of the holders", "convention"),
    FCH_3=("the repurchase date is a number of days after the notice; on a payment date the coupon is paid as usual", "note"),
    FCH_3c=("on a payment date the coupon goes to the holder of record; a date after maturity gives way to it", "convention"),
    FCH_4=("the election arrives by that day, or by the Business Day before if it is not one", "note"),
    FCH_5c=("Notes that are called may elect too, the first day pays; an election that is not paid stands", "convention"),
)


@dataclass(frozen=True)
class Timetable:
    """The dates that follow a fundamental change."""

    occurred: date
    notice_deadline: date
    notice_date: date
    repurchase_date: date
    election_deadline: date
    #: the last day on which an election can be withdrawn, and the Note converted again (CNV-6)
    withdrawal_deadline: date


@dataclass(frozen=True, kw_only=True)
class FundamentalChange(Provision):
    """The put on a fundamental change (FCH-1…FCH-4); `price` as a share of principal, windows in calendar days."""

    presence = worse_from(True, False, touches="fundamental change against holders")

    price: Decimal = term(multiple, "FCH-1", change=worse_if_lower("fundamental change against holders"), default=Decimal(1))
    notice_within: int = term(count(0, 366), "FCH-2", change=worse_if_higher("fundamental change against holders"), default=10)
    repurchase_after: int = term(count(1, 366), "FCH-3", change=worse_if_higher("fundamental change against holders"), default=30)
    #: Business Days before the repurchase date until which an election can be withdrawn
    withdrawable_until: int = term(
        count(0, 250), "CNV-6", "convention", change=worse_if_higher("fundamental change against holders"), default=1
    )
    interest: Interest = given()

    def timetable(self, *, occurred: Any, notice: Any = None) -> Timetable:
        """The dates that follow a change that `occurred`, with the Company's `notice` (None: on its last day) (FCH-2…4, CNV-6).

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").fundamental_change.timetable(occurred="2001-01-05").election_deadline
        datetime.date(2001, 2, 14)

        A repurchase date after maturity gives way to maturity (FCH-3c). Raises `TermsError` for a change outside the note's life,
        or a notice before it or after its deadline (what a late one leads to, a replay shows: FCH-2c).
        """
        terms = self.interest.principal
        changed = one_day(occurred, "occurred")
        if not terms.issue_day <= changed < terms.maturity_day:
            reason = f"expected a day from {terms.issue_date} and before {terms.maturity_date}"
            raise TermsError(reason, field="fundamental_change.timetable occurred", rule="FCH-1", value=occurred)
        deadline = self.notice_deadline(changed)
        mailed = deadline if notice is None else one_day(notice, "notice")
        if not changed <= mailed <= deadline:
            reason = f"expected a day from {to_date(changed)} to {to_date(deadline)}"
            raise TermsError(reason, field="fundamental_change.timetable notice", rule="FCH-2", value=notice)
        repurchase = min(self.repurchase_day(mailed), terms.maturity_day)
        return Timetable(
            occurred=to_date(changed),
            notice_deadline=to_date(deadline),
            notice_date=to_date(mailed),
            repurchase_date=to_date(repurchase),
            election_deadline=to_date(self.election_deadline(repurchase)),
            withdrawal_deadline=to_date(self.withdrawal_deadline(repurchase)),
        )

    def notice_deadline(self, occurred: Any) -> Any:
        """Day number of the last day for the Company's notice (FCH-2); not moved to a Business Day."""
        return occurred + self.notice_within

    def repurchase_day(self, notice: Any) -> Any:
        """Day number of the repurchase date (FCH-3)."""
        return notice + self.repurchase_after

    def election_deadline(self, repurchase: Any) -> Any:
        """Day number of the last day for an election (FCH-4)."""
        return self.interest.principal.banks.on_or_before(repurchase)

    def withdrawal_deadline(self, repurchase: Any) -> Any:
        """Day number of the last day for the withdrawal of an election (CNV-6)."""
        banks = self.interest.principal.banks
        return banks.before(repurchase, self.withdrawable_until) if self.withdrawable_until else repurchase

    @keeps_index
    def amount(self, on: Any, principal: Any = None) -> Any:
        """What is paid for `principal` repurchased on `on`, unrounded, in the note's currency (FCH-1, FCH-3).

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").fundamental_change.amount("2001-02-16")
        Decimal('1000')
        """
        return scheduled_amount(
            self.interest, ((self.interest.principal.issue_date, self.price),), "clean", on, principal, self.table()
        )
