"""Withdrawal of conversion rights: after 20 of 30 closes above the trigger the Company may end the right to convert.

On the reverse of the note: "The Company may withdraw the rights of Noteholders to convert the Notes … if the closing price …
shall have exceeded 160% of the initial conversion price (or E167.915) for at least 20 trading days in any consecutive
30-trading day period." It is not a redemption: the Notes stay outstanding as straight debt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from convnote.arithmetic import anywhere, decimal, floats, fraction, is_fast, keeps_index, larger, numbers_of, smaller
from convnote.calendars import day_number
from convnote.errors import TermsError
from convnote.inputs import MaybeNone
from convnote.provisions.changes import Change, Judge, depends, neutral, worse_from, worse_if_higher, worse_if_lower
from convnote.provisions.conditions import Condition
from convnote.provisions.conversion import Conversion
from convnote.provisions.conversion_days import EARLIER
from convnote.provisions.day_rules import DayRule, day_rule
from convnote.provisions.fields import count, day, flag, given, multiple, not_negative, one_of, positive, term
from convnote.provisions.implied_price import ImpliedPrice
from convnote.provisions.interest import Interest
from convnote.provisions.provision import Provision, rules
from convnote.tables import shown

_ONE_DAY = timedelta(days=1)

RULES = rules(
    WDR_1=("the close exceeded the trigger on at least a number of trading days out of a period of consecutive ones", "note"),
    WDR_1c=("closes in the note's currency since the issue date, above the printed figure; a short period will do", "convention"),
    WDR_2=("the withdrawal takes effect before a last date", "note"),
    WDR_3=("notice within a window of days before it takes effect, and soon after the trigger was last met", "note"),
    WDR_3c=("last met: the last trading day at or before the notice whose trailing closes meet the trigger", "convention"),
    WDR_4=("make-whole in cash less interest actually paid before the notice, due when it takes effect", "note"),
    WDR_4c=("interest paid beyond the amount leaves a make-whole of 0, not less", "convention"),
    WDR_5=("the make-whole is paid on the Notes outstanding on the effective date", "convention"),
    WDR_6=("the withdrawal takes effect on or after a first date; the notice may be earlier", "note"),
    WDR_7=("closes at the trigger count or not; a trigger may be a multiple of the initial price or of that in force", "note"),
    WDR_8=("the last conversion is a number of days before the withdrawal takes effect", "note"),
    WDR_9=("the make-whole is paid on the Notes outstanding, on those converted since the notice, or on both", "note"),
)

_TO = ("outstanding", "converted", "both")
#: More Notes paid favours holders; whether staying or converting Notes are paid depends on what a holder does.
_fewer = Change(
    lambda old, new: "better" if new == "both" else "worse" if old == "both" else "depends",
    "less premium",
    "whether a holder converts within the notice",
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
    says = MappingProxyType({"pays_converted": "make_whole_to"})

    #: in the note's currency per share: as stated, or as the multiple of the initial conversion price
    trigger: Decimal | Fraction | MaybeNone = term(positive, "WDR-1", change=worse_if_lower("impaired conversion"), default=None)
    #: the trigger as a multiple of a conversion price; if both are printed, the figure governs
    trigger_multiple: Decimal | None = term(multiple, "WDR-1", change=neutral, default=None)
    #: the price of which the trigger is a multiple: the initial price, unaffected by resets, or the price in force on each day
    trigger_of: str | None = term(
        one_of("initial", "in-force"),
        "WDR-7",
        change=depends("whether the price in force is below the initial one", "impaired conversion"),
        default=None,
    )
    #: whether a close exactly at the trigger does not count
    strict: bool = term(flag, "WDR-7", change=worse_from(True, False, touches="impaired conversion"), default=True)
    days: int = term(count(1, 250), "WDR-1", change=worse_if_lower("impaired conversion"), default=20)
    period: int = term(count(1, 250), "WDR-1", change=worse_if_higher("impaired conversion"), default=30)
    #: whether a shorter period suffices once `days` of its closes exceed the trigger, and whether closes before the issue count
    short_period: bool = term(
        flag, "WDR-1", "convention", change=worse_from(False, True, touches="impaired conversion"), default=True
    )
    before_issue: bool = term(
        flag, "WDR-1", "convention", change=worse_from(False, True, touches="impaired conversion"), default=False
    )
    #: the first day on which the withdrawal may take effect; None: the issue date
    from_date: date | None = term(day, "WDR-6", change=worse_if_lower("impaired conversion"), default=None)
    #: the withdrawal must take effect before this day; None: by maturity
    before: date | None = term(day, "WDR-2", change=worse_if_higher("impaired conversion", unset="highest"), default=None)
    #: the last day of conversion, before the effective day
    last_conversion: DayRule = term(day_rule, "WDR-8", "convention", change=EARLIER, default=DayRule(1, "business"))
    notice_at_least: int = term(count(0, 366), "WDR-3", change=worse_if_lower("impaired conversion"), default=30)
    notice_at_most: int = term(count(0, 366), "WDR-3", change=worse_if_lower("impaired conversion"), default=60)
    #: the notice must be given within this many Business Days of the last day on which WDR-1 was met
    notice_within: int = term(count(0, 250), "WDR-3", change=worse_if_higher("impaired conversion"), default=5)
    make_whole_amount: Decimal = term(not_negative, "WDR-4", change=worse_if_lower("less premium"), default=Decimal(0))
    #: whether the make-whole is floored at 0 when interest paid exceeds the amount
    make_whole_floor: bool = term(
        flag, "WDR-4", "convention", change=worse_from(True, False, touches="less premium"), default=True
    )
    #: which Notes receive the make-whole: those outstanding on the effective day, those converted since the notice, or both
    make_whole_to: str = term(one_of(*_TO), "WDR-9", "convention", change=_fewer, default="outstanding")
    #: the earlier form of that setting: false for "outstanding", true for "both"
    pays_converted: bool | None = term(flag, "WDR-5", "convention", change=neutral, default=None)
    interest: Interest = given()
    conversion: Conversion | None = given()

    def __post_init__(self) -> None:
        if isinstance(self.trigger, ImpliedPrice):  # copied from a withdrawal with another multiple or price
            object.__setattr__(self, "trigger", None)
        if isinstance(self.pays_converted, (bool, np.bool_)):
            object.__setattr__(self, "make_whole_to", "both" if self.pays_converted else "outstanding")
            object.__setattr__(self, "pays_converted", None)
        super().__post_init__()
        if self.trigger is None and self.conversion is not None and not is_fast(self.trigger_multiple):
            assert self.trigger_multiple is not None
            implied = fraction(self.trigger_multiple) * fraction(self.conversion.price)
            object.__setattr__(self, "trigger", ImpliedPrice(implied, None, getattr(self.conversion.price, "places", 2)))

    def stated(self, name: str) -> Any:
        return None if name == "trigger" and isinstance(self.trigger, ImpliedPrice) else super().stated(name)

    @classmethod
    def compared(cls, before: Any, after: Any) -> Iterator[tuple[str, Any, Any, Judge]]:
        """As for every provision, except that a trigger implied by a multiple is compared as that multiple."""
        implied = all(part is not None and isinstance(part.trigger, ImpliedPrice) for part in (before, after))
        for name, old, new, judge in super().compared(before, after):
            if name == "trigger_multiple" and implied:
                yield name, old, new, cls.__dataclass_fields__["trigger"].metadata["change"]
            elif name != "trigger" or not implied:
                yield name, old, new, judge

    def contradictions(self) -> list[TermsError]:
        faults = []
        if self.trigger is None and (self.trigger_multiple is None or self.trigger_of is None):
            faults.append(self.fault("trigger", "required, or trigger_multiple and trigger_of (WDR-7)"))
        if self.trigger_of is not None and self.trigger_multiple is None:
            faults.append(self.fault("trigger_of", "expected trigger_multiple: the trigger is that multiple of the price"))
        elif self.trigger_of == "in-force" and self.trigger is not None and not is_fast(self.trigger):
            faults.append(
                self.fault("trigger_of", "a printed trigger does not move with the price in force; give one of the two")
            )
        if self.from_date is not None and self.before is not None and self.from_date >= self.before:
            faults.append(self.fault("from_date", f"expected a day before {self.before}"))
        if self.days > self.period:
            faults.append(self.fault("days", f"no more than the period of {self.period} is possible"))
        if self.notice_at_least > self.notice_at_most:
            faults.append(self.fault("notice_at_least", f"no more than notice_at_most, {self.notice_at_most}, is possible"))
        return faults

    @keeps_index
    def exceeded(self, closes: Any, trigger: Any = None) -> Any:
        """True where a close in the note's currency is strictly above the trigger (None: as printed); bool of its shape."""
        level = self.trigger if trigger is None else trigger
        if is_fast(closes):
            return self.condition.compared(closes, np.asarray(level, dtype=np.float64))
        level = fraction(level)
        return np.array([self.condition.compared(fraction(close), level) for close in closes], dtype=bool)

    @keeps_index
    def triggered(self, closes: Any, *, trigger: Any = None) -> np.ndarray:
        """Whether WDR-1 is met at each close: at least `days` of the last `period` closes, or of those available, exceed it.

        `closes` are those of consecutive trading days, in the note's currency, [time] or [time, path]; bool array of that shape.
        Lists are compared exactly. Raises `TermsError` for NaN.
        """
        if not (is_fast(closes) or isinstance(closes, (list, tuple))):
            reason = "expected a list or an array of closes"
            raise TermsError(reason, field="withdrawal.triggered closes", rule="WDR-1", value=repr(closes))
        if is_fast(closes):
            closes = floats(closes, "withdrawal.triggered closes")
            if np.isnan(closes).any():
                raise TermsError("every close must be a number", field="withdrawal.triggered closes", rule="WDR-1", value="nan")
        return self.met(self.exceeded(closes, trigger))

    def met(self, exceeded: np.ndarray) -> np.ndarray:
        """Whether at least `days` of the last `period` entries are true, at each entry; bool, [time] or [time, path]."""
        return self.condition.met(exceeded)

    @cached_property
    def condition(self) -> Condition:
        """WDR-1 as a condition on closes; its period ends on the last trading day on or before the notice (WDR-3c)."""
        by_multiple = self.trigger_of is not None and (self.moves or self.stated("trigger") is None)
        return Condition(
            days=self.days,
            period=self.period,
            figure=None if by_multiple else self.trigger,
            multiple=self.trigger_multiple if by_multiple else None,
            of=self.trigger_of if by_multiple and self.trigger_of else "figure",
            strict=self.strict,
            short_period=self.short_period,
            ends="notice",
        )

    @keeps_index
    def make_whole(self, interest_paid: Any) -> Any:
        """Make-whole per denomination, less interest actually paid before the notice, unrounded, in the note's currency (WDR-4).

        At least 0 unless `make_whole_floor` is false. Decimal, or float64 of the shape of `interest_paid`.
        """
        numbers = numbers_of(interest_paid, term=self.make_whole_amount)
        paid = numbers(interest_paid)
        if anywhere(paid < 0):
            raise TermsError("expected interest of 0 or more", field="withdrawal.make_whole", rule="WDR-4", value=interest_paid)
        left = numbers(self.make_whole_amount) - paid
        return numbers.publish(larger(left, numbers(0)) if self.make_whole_floor else left)

    @property
    def last_effective(self) -> date:
        """The last day on which a withdrawal can take effect (WDR-2)."""
        return self.ends - _ONE_DAY

    @property
    def ends(self) -> date:
        """The first day on which a withdrawal can no longer take effect: `before`, or the day after maturity (WDR-2)."""
        return self.before or self.interest.principal.maturity_date + _ONE_DAY

    def last_before(self, effective: Any) -> Any:
        """Last day number of conversion before a withdrawal effective on `effective` (CNV-7, WDR-8); int, or int64 array."""
        last = self.last_conversion.before(effective, self.interest.principal)
        return last if self.conversion is None else smaller(last, self.conversion.last_day)

    def gone_from(self, effective: Any) -> Any:
        """First day number without conversion, for a withdrawal effective on day number `effective`; int, or int64 array."""
        return larger(effective, self.last_before(effective) + 1)

    @property
    def last_notice(self) -> date:
        """The last day on which notice can be given (WDR-2, WDR-3)."""
        return self.last_effective - timedelta(days=self.notice_at_least)

    @property
    def moves(self) -> bool:
        """True where the trigger moves with the conversion price in force (WDR-7)."""
        return self.trigger_of == "in-force"

    @property
    def trigger_in_words(self) -> str:
        """The trigger, such as "167.915" or "140% of the conversion price in force"."""
        if self.trigger_of is None or self.stated("trigger") is not None:
            return str(self.trigger)
        price = "conversion price in force" if self.moves else "initial conversion price"
        return f"{shown(decimal(100 * fraction(self.trigger_multiple)).normalize())}% of the {price}"

    def notice_deadline(self, last_met: Any) -> Any:
        """Last day number for a notice, given `last_met`, the last on which WDR-1 was met (WDR-3); int, or int64 of its shape."""
        return self.interest.principal.banks.after(last_met, self.notice_within) if self.notice_within else last_met

    def objection(self, on: int, effective: int, last_met: int | None) -> tuple[str, str] | None:
        """The rule id and reason that forbid a notice on day number `on`, effective on `effective`; None if it is allowed.

        `last_met` is the last trading day on or before the notice on which WDR-1 was met, None if it never was.
        """
        lead = effective - on
        if self.from_date is not None and effective < day_number(self.from_date):
            return "WDR-6", f"a withdrawal takes effect on or after {self.from_date}"
        if effective > day_number(self.last_effective):
            return "WDR-2", f"a withdrawal takes effect before {self.before}"
        if not self.notice_at_least <= lead <= self.notice_at_most:
            window = f"{self.notice_at_least} to {self.notice_at_most} days"
            return "WDR-3", f"notice is given {window} before it takes effect, not {lead}"
        if last_met is None:
            exceeded = f"exceeded {self.trigger_in_words}" if self.strict else f"were at or above {self.trigger_in_words}"
            return "WDR-1", f"no {self.days} of {self.period} consecutive closes {exceeded} by then"
        if on > self.notice_deadline(last_met):
            return "WDR-3", f"notice is given within {self.notice_within} Business Days after the trigger was last met"
        return None
