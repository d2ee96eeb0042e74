"""Interest: the coupons, who receives them, and accrued interest on any day.

On the face of the note: "to pay interest, annually on February 16 of each year … at the rate per annum of 6 7/8%"; on its
reverse: "a 365-day year and the actual number of days elapsed". Other provisions build on this one.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from convnote.arithmetic import FAST, Numbers, choose, is_fast, keeps_index, numbers_of
from convnote.calendars import day_number
from convnote.day_counts import DAY_COUNTS, days_and_year
from convnote.errors import TermsError
from convnote.provisions import floating, in_kind, rate_steps
from convnote.provisions.changes import depends, neutral, worse_from, worse_if_higher, worse_if_lower
from convnote.provisions.coupon import Coupons
from convnote.provisions.day_rules import DayRule, day_rule
from convnote.provisions.entitlement import Entitlement
from convnote.provisions.fields import (
    count,
    day,
    flag,
    given,
    not_negative,
    one_of,
    positive,
    signed_rate,
    term,
    text,
    yearly_rate,
)
from convnote.provisions.floating import Fixings
from convnote.provisions.in_kind import InKind
from convnote.provisions.payment_dates import STUBS, PaymentDates, PeriodCount, Rolls
from convnote.provisions.principal import Principal
from convnote.provisions.provision import Provision, rules
from convnote.provisions.rate_steps import RateOfDay, rate_or_steps, worse_if_any_lower
from convnote.provisions.record_dates import Unstated, days_of_year

RULES = (
    rules(
        INT_1=("interest at the stated rate from the issue date, due on the payment dates, last at maturity", "note"),
        INT_2=("counted by the stated day count", "note"),
        INT_3=("paid to the holder of record at the close of the record date, Business Day or not", "note"),
        REC_1=(
            "record dates may be days of the year, one for each payment of a calendar year, the last such day before it",
            "note",
        ),
        INT_3c=(
            "defaulted interest goes with the Note to a special record date, or stays with the holder of record",
            "convention",
        ),
        INT_4=("accrued from the last date to which interest was paid, to but excluding the day asked about", "note"),
        INT_4c=(
            "to but excluding the day asked about, where the paper prints it for redemption and repurchase alone",
            "convention",
        ),
        INT_5=("a Note dated between record date and payment date bears interest from that payment date", "note"),
        INT_8=("paid by check or transfer; by wire to the depositary and to large holders who elect it", "note"),
        INT_9=("interest runs until the principal is paid or provided for", "note"),
        INT_9c=("it stops on a redemption or repurchase date if the money is there", "convention"),
        DCT_1=("days are counted as the stated day count says, each as its reference defines it", "note"),
        STP_1=("the rate is the one stated for the day; it changes on payment dates only", "note"),
        ROL_1=("payment dates are whole periods from maturity or issue, with the stated month ends and irregular period", "note"),
    )
    | floating.RULES
    | in_kind.RULES
)

#: Actual days in coupon periods (ICMA): it needs the payment dates, so it is counted here.
ICMA = "act/act-icma"
COUPON_DAY_COUNTS = (*DAY_COUNTS, ICMA)
#: Dates processed per block, so that intermediate arrays stay in the cache and memory use is that of the answer.
_PIECE = 65_536


@dataclass(frozen=True, kw_only=True)
class Interest(RateOfDay, Coupons, Entitlement, InKind, Provision):
    """Interest at `rate` a year, `frequency` times a year (0: none), by `day_count` (INT-1…INT-9).

    >>> from convnote.provisions.principal import Principal
    >>> principal = Principal(issue_date="2000-02-16", maturity_date="2010-02-16", issue_size=690_000_000, currency="EUR")
    >>> Interest(rate="0.06875", principal=principal).accrued("2000-08-16").quantize(Decimal("0.0001"))
    Decimal('34.2808')
    """

    #: an annual rate, or pairs of a day and the rate in force from it: the issue date, then payment dates (STP-1)
    #: None: the rate floats with `index`
    rate: Any = term(rate_or_steps, "INT-1", change=worse_if_any_lower("lower rate"), default=None)
    frequency: int = term(one_of(0, 1, 2, 3, 4, 6, 12), "INT-1", change=worse_if_lower("later interest"), default=1)
    day_count: str = term(
        one_of(*COUPON_DAY_COUNTS),
        "INT-2",
        change=depends("the days of each period, which the two count differently", "lower rate"),
        default="act/365f",
    )
    #: calendar days from record date to payment date; 0: the holder on the payment date is paid
    record_days: int = term(
        count(0, 60),
        "INT-3",
        change=depends("who holds on the record date, and who converts after it", "later interest"),
        default=Unstated(15),
    )
    #: record dates as days of the year, one per payment of a calendar year, in order; None: counted by `record_days`
    record_dates: tuple[str, ...] | None = term(
        days_of_year,
        "REC-1",
        change=depends("who holds on the record date, and who converts after it", "later interest"),
        default=None,
    )
    #: the first payment date, if the first period is irregular; the last before maturity, if the last period is
    first_payment: date | None = term(day, "INT-1", change=worse_if_higher("later interest"), default=None)
    last_payment: date | None = term(day, "ROL-1", change=depends("the last two payments", "later interest"), default=None)
    #: which period is irregular: periods are counted back from maturity ("…-first") or on from issue ("…-last")
    stub: str | None = term(
        one_of(*STUBS),
        "ROL-1",
        change=depends("when each payment falls due, and of how many days", "later interest"),
        default=None,
    )
    #: whether payment dates are month-ends; None: not stated, and the day of the month is kept
    end_of_month: bool | None = term(flag, "ROL-1", change=depends("the days between payments", "later interest"), default=None)
    #: treatment of a coupon on a redemption or repurchase between its record date and payment date: its accrued interest is in
    #: the price and no coupon is paid, or the holder of record is paid the coupon and the price includes none
    in_window: str = term(
        one_of("in-price", "to-record"),
        "RED-6",
        "convention",
        change=depends("who is holder of record, and who of the day of redemption", "lower redemption amount"),
        default="in-price",
    )
    #: recipient of a missed coupon that is paid late: the holder on payment, or the holder of record at the missed date
    defaulted_to: str = term(
        one_of("special-record", "record"),
        "INT-3c",
        "convention",
        change=depends("who holds on the record date, and who on the day it is paid", "later interest"),
        default="special-record",
    )
    #: principal above which a holder may elect payment by wire (INT-8)
    wire_above: Decimal | None = term(not_negative, "INT-8", change=neutral, default=None)
    #: the index of a floating rate, a named series of the history; what is added to it; the least rate (None: 0)
    index: str | None = term(text, "FLT-1", change=depends("what each index will be", "lower rate"), default=None)
    spread: Decimal | None = term(signed_rate, "FLT-1", change=worse_if_lower("lower rate"), default=None)
    floor: Decimal | None = term(yearly_rate, "FLT-1c", "convention", change=worse_if_lower("lower rate"), default=None)
    #: the day of the fixing: a day rule before the start of the period
    fixed: DayRule | None = term(day_rule, "FLT-1", change=depends("the index on the other days", "lower rate"), default=None)
    #: whether coupons before maturity are paid "in-kind", as principal; None: in cash (PIK-1)
    paid: str | None = term(
        one_of("cash", "in-kind"),
        "PIK-1",
        change=depends("what principal is worth against cash", "later interest"),
        default=None,
    )
    #: what such a coupon is rounded to, on each holder's whole position, and how
    paid_rounding: Decimal | None = term(
        positive, "PIK-1", change=depends("which amounts round up and which down", "less principal"), default=None
    )
    paid_rounding_mode: str | None = term(
        one_of("half-up", "down", "up"),
        "PIK-1",
        change=worse_from("up", "half-up", "down", touches="less principal", depends_on="what principal is worth against cash"),
        default=None,
    )
    principal: Principal = given()
    #: the index as fixed so far, by day number of the start of each period (FLT-1)
    fixings: Fixings = field(default=(), repr=False, kw_only=True)

    def __post_init__(self) -> None:
        stated = self.record_days is not None and not isinstance(self.record_days, Unstated)
        object.__setattr__(self, "record_days", self.record_days if stated else 15)
        super().__post_init__()
        if not stated:
            object.__setattr__(self, "record_days", Unstated(15))
        elif self.record_dates is not None:
            raise self.fault("record_dates", "record_days says when too: expected one of the two")

    def stated(self, name: str) -> Any:
        return None if name == "record_days" and self.record_dates is not None else super().stated(name)

    def in_floats(self, **handed: Any) -> Any:
        fixings = tuple((start, np.float64(value)) for start, value in self.fixings)
        return super().in_floats(fixings=fixings, **handed)

    def contradictions(self) -> list[TermsError]:
        if self.record_dates is not None and self.frequency != len(self.record_dates):
            return [self.fault("record_dates", f"expected as many as there are payments a year, {self.frequency}")]
        if found := floating.faults({name: getattr(self, name) for name in ("rate", "index", *floating.SETTINGS)}):
            return [self.fault(name, reason, rule) for name, rule, reason in found]
        stated = {name: getattr(self, name) for name in ("paid", "paid_rounding", "paid_rounding_mode")}
        if unstated := list(in_kind.faults(stated)):
            return [self.fault(name, reason) for name, reason in unstated]
        if self.frequency:
            return []
        if self.rate or self.floats:
            return [self.fault("frequency", "a note that pays interest has at least one payment date a year")]
        dated = [name for name in ("first_payment", "last_payment", "stub", "end_of_month") if getattr(self, name)]
        return [self.fault(name, "a note without payment dates does not say more of them") for name in dated]

    # --- the schedule of payment dates, as day numbers

    @cached_property
    def payment_dates(self) -> PaymentDates:
        """The payment dates and the whole periods they belong to (ROL-1); one-year periods if no interest is paid."""
        dates = PaymentDates(
            Rolls(
                self.principal.issue_date,
                self.principal.maturity_date,
                12 // (self.frequency or 1),
                bool(self.end_of_month),
                self.stub,
                self.first_payment,
                self.last_payment,
            )
        )
        faults = [self.fault(name, reason) for name, reason in dates.faults()]
        if self.stepped and not self.floats and not faults:
            reasons = rate_steps.faults(self.steps, [self.principal.issue_day, *dates.due_days])
            faults = [TermsError(reason, field=self.place("rate"), rule="STP-1") for reason in reasons]
        if faults:
            raise TermsError.of(faults)
        return dates

    @cached_property
    def boundaries(self) -> list[int]:
        """Issue date and all payment dates in order, as day numbers; without maturity if its price includes interest (STP-2)."""
        issue_day = self.principal.issue_day
        due_days = self.payment_dates.due_days if self.frequency else []
        return [issue_day, *(due_days[:-1] if self.principal.maturity_includes_interest else due_days)]

    @cached_property
    def period_starts(self) -> list[int]:
        """Day numbers of the starts of all periods, the last one included if its interest is part of the price at maturity."""
        return [self.principal.issue_day, *self.payment_dates.due_days[:-1]]

    @cached_property
    def _boundary_array(self) -> np.ndarray:
        return np.array(self.boundaries, dtype=np.int64)

    @property
    def included_from(self) -> int | None:
        """Day number from which interest is included in the price at maturity; None if it is paid separately (STP-2)."""
        return self.boundaries[-1] if self.frequency and self.principal.maturity_includes_interest else None

    @property
    def due_days(self) -> list[int]:
        """The payment dates as day numbers."""
        return self.boundaries[1:]

    # --- the interest of any days

    def elapsed(self, start: Any, end: Any) -> tuple[Any, Any]:
        """The year fraction from day number `start` to `end` (INT-2, DCT-1) as integers (days, year), not divided.

        `year` is the same for every pair of days, so that the days of several periods can be added. Int, or int64 arrays.
        """
        if self.day_count == ICMA:
            return self._periods.at(end) - self._periods.at(start), self._periods.year
        return days_and_year(start, end, self.day_count, maturity=self.principal.maturity_day)

    def elapsed_in_words(self, start: int, end: int) -> tuple[int, int]:
        """The same fraction as (days, year) in printed form: for 60 days of a half-year of 184 days, (60, 368)."""
        return self._periods.in_words(start, end) if self.day_count == ICMA else self.elapsed(start, end)

    def legs(self, start: int, end: int) -> list[tuple[Any, int, int]]:
        """(rate, days, year) of each part of a period from day number `start` to `end` that has its own rate."""
        if not self.stepped:
            return [(self.rate, *self.elapsed_in_words(start, end))]
        return [(rate, *self.elapsed_in_words(lower, upper)) for rate, lower, upper in self.spans(start, end)]

    @cached_property
    def _periods(self) -> PeriodCount:
        return PeriodCount(self.payment_dates, self.principal.issue_day)

    def between(self, principal: Any, start: Any, end: Any) -> Any:
        """Interest on `principal` from day number `start` to but excluding `end` (INT-2, STP-1); same type as `principal`."""
        numbers = numbers_of(principal)
        if self.stepped:
            parts = (self._at_rate(principal, *span, numbers) for span in self.spans(start, end))
            return sum(parts, numbers(principal) * 0)
        return self._at_rate(principal, self.rate, start, end, numbers)

    def _at_rate(self, principal: Any, rate: Any, start: Any, end: Any, numbers: Numbers) -> Any:
        days, year = self.elapsed(start, end)
        return numbers(principal) * numbers(rate) * days / year

    def in_price(self, principal: Any, start: Any, on: Any) -> Any:
        """Interest from `start` that is added to a price paid on day number `on` (RED-6); same type as `principal`."""
        accrued = self.between(principal, start, on)
        return accrued if self.in_window == "in-price" else choose(self.window_due(on) > 0, accrued * 0, accrued)

    # --- accrued

    def accrual_start(self, on: Any) -> Any:
        """Day number of the last date on or before `on` at which accrued interest restarts (INT-4); int, or int64 array."""
        if isinstance(on, np.ndarray):
            return self._boundary_array[np.searchsorted(self._boundary_array, on, side="right") - 1]
        return self.boundaries[bisect_right(self.boundaries, on) - 1]

    @keeps_index
    def accrued(self, on: Any, principal: Any = None, *, paid_to: Any = None) -> Any:
        """Interest accrued on `principal` to but excluding `on` (INT-4), unrounded, in the currency of the note.

        A date or ISO string gives a Decimal; ``datetime64`` (scalar or array) gives float64 of that shape.
        `principal=None` is one denomination. `paid_to` is the date to which interest was paid, if a coupon was missed.
        Raises `TermsError` for a day outside issue date to maturity (after maturity only with `paid_to`).

        >>> from convnote.provisions.principal import Principal
        >>> principal = Principal(issue_date="2000-02-16", maturity_date="2010-02-16", issue_size=690_000_000, currency="EUR")
        >>> Interest(rate="0.06875", principal=principal).accrued(np.array(["2002-02-16", "2002-02-17"], "datetime64[D]"))
        array([0.        , 0.18835616])
        """
        many = np.asarray(on) if hasattr(on, "to_numpy") else on
        if isinstance(many, np.ndarray) and many.dtype.kind == "M" and many.size > _PIECE and not is_fast(principal):
            accrued = np.empty(many.size)
            for start in range(0, many.size, _PIECE):
                piece = slice(start, start + _PIECE)
                accrued[piece] = self.accrued(many.reshape(-1)[piece], principal, paid_to=paid_to)
            return accrued.reshape(many.shape)
        days = day_number(on)
        self._must_be_in_life(days, open_ended=paid_to is not None)
        numbers = FAST if isinstance(days, (np.ndarray, np.integer)) else numbers_of(principal, term=self.first_rate)
        unit = self.principal.amount_of(principal, numbers)
        if numbers is FAST and paid_to is None:
            elapsed, year = self._elapsed_by_day
            since_issue = days - self.principal.issue_day
            rate = self.rates_on(since_issue, elapsed[since_issue]) if self.stepped else numbers(self.rate)
            return unit * rate * elapsed[since_issue] / year
        start = self.accrual_start(days) if paid_to is None else day_number(paid_to, "paid_to")
        return numbers.publish(self.between(unit, start, days))

    @cached_property
    def _elapsed_by_day(self) -> tuple[np.ndarray, int]:
        """Days of interest accrued on every day from issue to maturity, int [day], and the days of the year they count against.

        For arrays a table look-up is several times faster than a search for the last payment date.
        """
        days = np.arange(self.principal.issue_day, self.principal.maturity_day + 1)
        elapsed, year = self.elapsed(self.accrual_start(days), days)
        return elapsed, year

    @keeps_index
    def coupon_amount(self, principal: Any, due: Any) -> Any:
        """The coupon due on day number `due` on `principal`, unrounded; 0 for `due` 0 (no coupon). Float64 for arrays."""
        if isinstance(due, np.ndarray):
            place = np.searchsorted(self._boundary_array, due)
            start = self._boundary_array[np.maximum(place, 1) - 1]
            return np.where(due > 0, self.between(principal, start, due), 0.0)
        if not due:
            return principal * 0
        return self.between(principal, self.period_start(due), due)
