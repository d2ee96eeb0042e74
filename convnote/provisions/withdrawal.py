"""Withdrawal of conversion rights: after 20 of 30 closes above the trigger the Company may end the right to convert.

On the reverse of the note: "The Company may withdraw the rights of Noteholders to convert the Notes … if the closing price …
shall have exceeded 160% of the initial conversion price (or E167.915) for at least 20 trading days in any consecutive
30-trading day period." It is no redemption: the Notes stay outstanding as straight debt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from convnote.arithmetic import floats, fraction, is_fast, keeps_index, larger, numbers_of
from convnote.calendars import day_number
from convnote.errors import TermsError
from convnote.provisions.changes import neutral, worse_from, worse_if_higher, worse_if_lower
from convnote.provisions.conditions import Condition
from convnote.provisions.fields import count, day, flag, given, multiple, not_negative, positive, term
from convnote.provisions.interest import Interest
from convnote.provisions.provision import Provision, rules

RULES = rules(
    WDR_1=("the close exceeded the trigger on at least so many trading days of a period of consecutive ones", "note"),
    WDR_1c=("closes in the note's currency since the issue date, above the printed figure; a short period will do", "convention"),
    WDR_2=("the withdrawal takes effect before a last date", "note"),
    WDR_3=("notice within a window of days before it takes effect, and soon after the trigger was last met", "note"),
    WDR_3c=("last met: the last trading day at or before the notice whose trailing closes meet the trigger", "convention"),
    WDR_4=("make-whole in cash less interest actually paid before the notice, due when it takes effect", "note"),
    WDR_4c=("interest paid beyond the amount leaves a make-whole of 0, not less", "convention"),
    WDR_5=("the make-whole is paid on the Notes outstanding on the effective date", "convention"),
)


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Provision):
    """The Company's right to withdraw conversion (WDR-1…WDR-5): prices in the note's currency, amounts per denomination.

    >>> withdrawal = Withdrawal(trigger="167.915", before="2003-02-20", make_whole_amount="206.25")
    >>> withdrawal.triggered(["167.92"] * 19 + ["167.915", "167.92"])[-2:]
    array([False,  True])
    >>> withdrawal.make_whole("68.938356")
    Decimal('137.311644')
    """

    presence = worse_from(False, True, touches="impaired conversion")

    trigger: Decimal = term(positive, "WDR-1", change=worse_if_lower("impaired conversion"))
    #: the trigger as a multiple of the initial conversion price, where the paper prints both; the figure governs
    trigger_multiple: Decimal | None = term(multiple, "WDR-1", change=neutral, default=None)
    days: int = term(count(1, 250), "WDR-1", change=worse_if_lower("impaired conversion"), default=20)
    period: int = term(count(1, 250), "WDR-1", change=worse_if_higher("impaired conversion"), default=30)
    #: whether fewer closes than a whole period are enough once so many exceed, and whether closes before the issue count
    short_period: bool = term(
        flag, "WDR-1", "convention", change=worse_from(False, True, touches="impaired conversion"), default=True
    )
    before_issue: bool = term(
        flag, "WDR-1", "convention", change=worse_from(False, True, touches="impaired conversion"), default=False
    )
    #: the withdrawal must take effect before this day
    before: date = term(day, "WDR-2", change=worse_if_higher("impaired conversion"))
    notice_at_least: int = term(count(0, 366), "WDR-3", change=worse_if_lower("impaired conversion"), default=30)
    notice_at_most: int = term(count(0, 366), "WDR-3", change=worse_if_lower("impaired conversion"), default=60)
    #: Business Days after the last day on which WDR-1 was met, by which the notice must be given
    notice_within: int = term(count(0, 250), "WDR-3", change=worse_if_higher("impaired conversion"), default=5)
    make_whole_amount: Decimal = term(not_negative, "WDR-4", change=worse_if_lower("less premium"), default=Decimal(0))
    #: whether interest paid beyond the amount leaves a make-whole of 0, not less
    make_whole_floor: bool = term(
        flag, "WDR-4", "convention", change=worse_from(True, False, touches="less premium"), default=True
    )
    #: also pay the make-whole on Notes converted between notice and effect
    pays_converted: bool = term(
        flag, "WDR-5", "convention", change=worse_from(True, False, touches="less premium"), default=False
    )
    interest: Interest = given()

    def contradictions(self) -> list[TermsError]:
        faults = []
        if self.days > self.period:
            faults.append(self.fault("days", f"no more than the period of {self.period} is possible"))
        if self.notice_at_least > self.notice_at_most:
            faults.append(self.fault("notice_at_least", f"no more than notice_at_most, {self.notice_at_most}, is possible"))
        return faults

    @keeps_index
    def exceeded(self, closes: Any, trigger: Any = None) -> Any:
        """True where a close in the note's currency is strictly above the trigger (None: as printed), elementwise."""
        level = self.trigger if trigger is None else trigger
        if is_fast(closes):
            return self.condition.compared(closes, np.asarray(level, dtype=np.float64))
        level = fraction(level)
        return np.array([self.condition.compared(fraction(close), level) for close in closes], dtype=bool)

    @keeps_index
    def triggered(self, closes: Any, *, trigger: Any = None) -> np.ndarray:
        """Whether WDR-1 is met at each close: at least `days` of the last `period` closes, or of as many as there are, exceed.

        `closes` are consecutive trading days' closes in the note's currency, [time] or [time, path]; a bool array of that shape.
        Lists are compared exactly. Raises `TermsError` for NaN.
        """
        if not (is_fast(closes) or isinstance(closes, (list, tuple))):
            reason = "a list or an array of closes is needed"
            raise TermsError(reason, field="withdrawal.triggered closes", rule="WDR-1", value=repr(closes))
        if is_fast(closes):
            closes = floats(closes, "withdrawal.triggered closes")
            if np.isnan(closes).any():
                raise TermsError("every close must be a number", field="withdrawal.triggered closes", rule="WDR-1", value="nan")
        return self.met(self.exceeded(closes, trigger))

    def met(self, exceeded: np.ndarray) -> np.ndarray:
        """Whether at least `days` of the last `period` entries are true, at each entry; [time] or [time, path]."""
        return self.condition.met(exceeded)

    @cached_property
    def condition(self) -> Condition:
        """WDR-1 as a condition on closes: its period ends on the last trading day at or before the notice (WDR-3c)."""
        return Condition(
            days=self.days,
            period=self.period,
            figure=self.trigger,
            of="figure",
            strict=True,
            short_period=self.short_period,
            ends="notice",
        )

    @keeps_index
    def make_whole(self, interest_paid: Any) -> Any:
        """Make-whole per denomination, unrounded: less interest actually paid before the notice, not below 0 (WDR-4)."""
        numbers = numbers_of(interest_paid, term=self.make_whole_amount)
        paid = numbers(interest_paid)
        if np.any(paid < 0):
            raise TermsError("interest of 0 or more is needed", field="withdrawal.make_whole", rule="WDR-4", value=interest_paid)
        left = numbers(self.make_whole_amount) - paid
        return numbers.publish(larger(left, numbers(0)) if self.make_whole_floor else left)

    @property
    def last_effective(self) -> date:
        """The last day on which a withdrawal can take effect (WDR-2)."""
        return self.before - timedelta(days=1)

    @property
    def last_notice(self) -> date:
        """The last day on which notice can be given (WDR-2, WDR-3)."""
        return self.last_effective - timedelta(days=self.notice_at_least)

    def notice_deadline(self, last_met: Any) -> Any:
        """Day number of the last day for a notice, `last_met` being the last day on which WDR-1 was met (WDR-3)."""
        return self.interest.principal.banks.after(last_met, self.notice_within) if self.notice_within else last_met

    def objection(self, on: int, effective: int, last_met: int | None) -> tuple[str, str] | None:
        """The rule id and reason that forbid a notice on day number `on` to take effect on `effective`, or None.

        `last_met` is the last trading day on or before the notice at which WDR-1 was met, None if there was none.
        """
        lead = effective - on
        if effective > day_number(self.last_effective):
            return "WDR-2", f"a withdrawal takes effect before {self.before}"
        if not self.notice_at_least <= lead <= self.notice_at_most:
            window = f"{self.notice_at_least} to {self.notice_at_most} days"
            return "WDR-3", f"notice is given {window} before it takes effect, not {lead}"
        if last_met is None:
            return "WDR-1", f"no {self.days} of {self.period} consecutive closes exceeded {self.trigger} by then"
        if on > self.notice_deadline(last_met):
            return "WDR-3", f"notice is given within {self.notice_within} Business Days after the trigger was last met"
        return None
