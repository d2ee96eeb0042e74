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
from convnote.provisions.changes import Change, Effect, depends, worse_from, worse_if_higher, worse_if_lower
from convnote.provisions.fields import Drawn, count, given, kind, multiple, one_of, term
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
    CHG_2=(
        "elections are taken on any day of a period from the notice, and paid a number of Business Days after its end",
        "note",
    ),
    CHG_3=("the Company chooses the repurchase date, within a minimum and a maximum number of days after its notice", "note"),
    FCH_5c=("Notes that are called may elect too, the first day pays; an election that is not paid stands", "convention"),
)


#: A number of days, or the minimum and the maximum.
DaysAfter = int | tuple[int, int]
UNITS = ("calendar days", "business days")
_DAYS = count(1, 366)


def _a_range(least: int, more: int) -> list[int]:
    return [least, min(least + more, 366)]


@kind(
    schema={"anyOf": [_DAYS.schema, {"type": "array", "items": _DAYS.schema, "minItems": 2, "maxItems": 2}]},
    words="a whole number from 1 to 366, or a list of a minimum and a maximum",
    wrong=("nonsense", 0, True, [20], [35, 20], [20, 367]),
    drawn=Drawn("either", of=(_DAYS.drawn, Drawn("made", of=(_a_range, {"least": _DAYS.drawn, "more": _DAYS.drawn})))),
)
def days_after(value: Any) -> DaysAfter:
    """A number of days from 1 to 366, or the minimum and maximum of a range to choose from."""
    if not isinstance(value, (list, tuple)):
        return int(_DAYS(value))
    if len(value) != 2:
        raise ValueError("expected a number of days, or a list of the least and the most, such as [20, 35]")
    least, most = map(_DAYS, value)
    if least > most:
        raise ValueError(f"expected the least before the most, not {least} before {most}")
    return least, most


def _last_is_later(old: Any, new: Any) -> Effect:
    """A later last day is adverse to holders; if it stays the same, the effect depends on what the Company may choose."""
    most = [each[-1] if isinstance(each, tuple) else each for each in (old, new)]
    return "depends" if most[0] == most[1] else "worse" if most[1] > most[0] else "better"


_LATER = Change(_last_is_later, "fundamental change against holders", "the repurchase date that the Company chooses")
_BUSINESS_DAYS = Change(
    lambda old, new: "neutral" if "business days" not in (old, new) else "worse" if new == "business days" else "better",
    "fundamental change against holders",
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
    #: days from the notice to the repurchase date, or the minimum and maximum from which the Company chooses (CHG-3)
    repurchase_after: DaysAfter = term(days_after, "FCH-3", change=_LATER, default=30)
    #: the unit of `repurchase_after`; None: calendar days
    unit: str | None = term(one_of(*UNITS), "CHG-3", change=_BUSINESS_DAYS, default=None)
    #: elections are taken for this many days from the notice, in place of a repurchase date counted from it
    period_days: int | None = term(
        count(1, 366),
        "CHG-2",
        change=depends("how long a holder waits to elect, and to be paid", "fundamental change against holders"),
        default=None,
    )
    #: Business Days from the end of that period to payment; None: paid at its end
    pays_after: int | None = term(
        count(0, 250), "CHG-2", change=worse_if_higher("fundamental change against holders"), default=None
    )
    #: an election can be withdrawn until this many Business Days before the repurchase date
    withdrawable_until: int = term(
        count(0, 250), "CNV-6", "convention", change=worse_if_higher("fundamental change against holders"), default=1
    )
    interest: Interest = given()

    def contradictions(self) -> list[TermsError]:
        if self.period_days is None:
            return (
                [] if self.pays_after is None else [self.fault("pays_after", "only with period_days, from whose end it counts")]
            )
        if isinstance(self.repurchase_after, tuple):
            return [
                self.fault("period_days", "the repurchase date follows from it, and repurchase_after lets the Company choose one")
            ]
        return []

    def timetable(self, *, occurred: Any, notice: Any = None, repurchase_date: Any = None) -> Timetable:
        """The dates after a change that `occurred`, with the Company's `notice` (None: on its last day) (FCH-2…4, CNV-6).

        `repurchase_date` is the date the Company chooses (None: the latest it may choose; CHG-3).

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").fundamental_change.timetable(occurred="2001-01-05").election_deadline
        datetime.date(2001, 2, 14)

        A repurchase date after maturity is replaced by maturity (FCH-3c). Raises `TermsError` for a change outside the note's
        life, a notice before it or after its deadline (a replay shows the effect of a late one: FCH-2c), or a repurchase date
        that the Company may not choose.
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
        chosen = None if repurchase_date is None else one_day(repurchase_date, "repurchase_date")
        if chosen is not None and (objection := self.objection(mailed, chosen)):
            raise TermsError(
                objection[1], field="fundamental_change.timetable repurchase_date", rule=objection[0], value=repurchase_date
            )
        repurchase = min(self.repurchase_day(mailed) if chosen is None else chosen, terms.maturity_day)
        return Timetable(
            occurred=to_date(changed),
            notice_deadline=to_date(deadline),
            notice_date=to_date(mailed),
            repurchase_date=to_date(repurchase),
            election_deadline=to_date(self.election_deadline(repurchase, mailed)),
            withdrawal_deadline=to_date(self.withdrawal_deadline(repurchase)),
        )

    def notice_deadline(self, occurred: Any) -> Any:
        """Day number of the last day for the Company's notice (FCH-2), not moved to a Business Day; int, or int64."""
        return occurred + self.notice_within

    def repurchase_day(self, notice: Any) -> Any:
        """Day number of the repurchase date, or the latest if the Company chooses (FCH-3, CHG-2, CHG-3); int, or int64."""
        if self.period_days is not None:
            banks, end = self.interest.principal.banks, notice + self.period_days
            return banks.after(end, self.pays_after) if self.pays_after else banks.on_or_after(end)
        after = self.repurchase_after
        return self._days_after(notice, after[1] if isinstance(after, tuple) else after)

    def first_repurchase_day(self, notice: Any) -> Any:
        """Day number of the earliest repurchase date the Company may choose (CHG-3); int, or int64 of the shape of `notice`."""
        after = self.repurchase_after
        return self._days_after(notice, after[0]) if isinstance(after, tuple) else self.repurchase_day(notice)

    @property
    def may_choose(self) -> bool:
        """True if the Company chooses the repurchase date (CHG-3)."""
        return isinstance(self.repurchase_after, tuple)

    @property
    def after_in_words(self) -> str:
        """When Notes are repurchased, counted from the Company's notice, in words."""
        if self.period_days is not None:
            after = f", paid {self.pays_after} Business Days after its end" if self.pays_after else ""
            return f"elections for {self.period_days} days from the Company's notice{after}"
        what = "Business Days" if self.unit == "business days" else "days"
        days = self.repurchase_after
        number = " to ".join(map(str, days)) if isinstance(days, tuple) else days
        return f"{number} {what} after the Company's notice"

    def _days_after(self, notice: Any, days: Any) -> Any:
        return self.interest.principal.banks.after(notice, days) if self.unit == "business days" else notice + days

    def objection(self, notice: int, repurchase: int) -> tuple[str, str] | None:
        """The rule id and reason that forbid a notice on day number `notice` for that repurchase date, or None (CHG-3)."""
        first, last = self.first_repurchase_day(notice), self.repurchase_day(notice)
        if first <= repurchase <= last:
            return None
        allowed = f"from {to_date(first)} to {to_date(last)}" if first < last else str(to_date(last))
        return "CHG-3", f"the repurchase date is {allowed}, not {to_date(repurchase)}"

    def election_deadline(self, repurchase: Any, notice: Any = None) -> Any:
        """Day number of the last day to elect: by the repurchase date, or within a period from `notice` (FCH-4, CHG-2).

        Int, or int64 of the shape of the day numbers given.
        """
        if self.period_days is not None and notice is not None:
            return notice + self.period_days
        return self.interest.principal.banks.on_or_before(repurchase)

    def withdrawal_deadline(self, repurchase: Any) -> Any:
        """Day number of the last day to withdraw an election (CNV-6); int, or int64 of the shape of `repurchase`."""
        banks = self.interest.principal.banks
        return banks.before(repurchase, self.withdrawable_until) if self.withdrawable_until else repurchase

    @keeps_index
    def amount(self, on: Any, principal: Any = None) -> Any:
        """The amount paid for `principal` repurchased on `on`, unrounded, in the note's currency (FCH-1, FCH-3).

        `principal=None` is one denomination. A date gives a Decimal, ``datetime64`` float64 of its shape.

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").fundamental_change.amount("2001-02-16")
        Decimal('1000')
        """
        return scheduled_amount(
            self.interest, ((self.interest.principal.issue_date, self.price),), "clean", on, principal, self.table()
        )
