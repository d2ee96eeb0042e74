"""Optional redemption: the Company may call the notes at a price plus accrued interest.

On the reverse of the note: "At any time on or after February 20, 2003, and prior to maturity, the Notes may be redeemed at the
option of the Company, in whole or in part, upon mailing a notice … not more than 60 days nor less than 30 days before".
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from convnote.arithmetic import FAST, INNER, Numbers, anywhere, choose, fraction, keeps_index, larger, numbers_of
from convnote.calendars import day_number, one_day, to_date
from convnote.errors import TermsError
from convnote.provisions.changes import Change, Effect, Verdict, depends, worse_from, worse_if_lower
from convnote.provisions.conditions import Condition, condition, worse_if_easier
from convnote.provisions.day_rules import DayRule, day_or_rule, resolved, worse_if_later
from convnote.provisions.fields import PriceSchedule, count, day, flag, given, not_negative, one_of, price_schedule, term
from convnote.provisions.interest import Interest
from convnote.provisions.provision import Provision, rules

RULES = rules(
    RED_1=("redeemable from the first redemption date and before maturity at the price plus accrued interest", "note"),
    RED_2=("notice within a window of days before the redemption date", "note"),
    RED_3=("no notice while a default in the payment of interest continues", "note"),
    RED_3c=("the default counts from the day after the one on which the money was due to move", "convention"),
    RED_4=("a part is chosen by lot or pro rata, in multiples of the denomination", "convention"),
    RED_5=("no sinking fund", "note"),
    RED_6=("on a payment date the coupon goes to the holder of record; in the window before it is in the price", "convention"),
    SFT_1=("the Company calls only where a condition on closes is met before its notice", "note"),
    SFT_2=("the condition holds for redemption dates before a day; a last redemption date; all Notes or none", "note"),
    SFT_3=(
        "a make-whole on each Note called, converted since or not: an amount less the interest paid before the notice",
        "note",
    ),
)


def price_in_force(prices: Any, on: Any, numbers: Numbers) -> Any:
    """The price in force on day number `on`, not before the first step, as a share of principal; float64 for an array."""
    starts = [one_day(start) for start, _ in prices]
    if isinstance(on, np.ndarray):
        return np.array([float(price) for _, price in prices])[np.searchsorted(starts, on, side="right") - 1]
    return numbers(prices[bisect_right(starts, on) - 1][1])


def _dearer(old: PriceSchedule, new: PriceSchedule) -> Verdict:
    """A higher price or later first day is favourable to holders; a lower price or earlier first day is adverse."""

    def price(prices: PriceSchedule, on: date) -> Any:
        return max(((start, price) for start, price in prices if start <= on), default=(on, math.inf))[1]

    steps = {start for start, _ in (*old, *new)}
    rises = {price(new, on) > price(old, on) for on in steps if price(new, on) != price(old, on)}
    touches = "impaired conversion" if new[0][0] < old[0][0] else "lower redemption amount"
    if len(rises) > 1:
        return Verdict("depends", touches, "the day on which the notes are redeemed")
    return Verdict("better" if rises == {True} else "worse", touches)


def scheduled_amount(interest: Interest, prices: Any, accrued: str, on: Any, principal: Any, place: str) -> Any:
    """Price in force on `on` times principal, plus accrued interest if prices are clean; unrounded.

    Used by redemption and put. A date is answered exactly, ``datetime64`` in float64 of its shape.
    """
    days = day_number(on)
    fast = isinstance(days, (np.ndarray, np.integer))
    numbers = FAST if fast else numbers_of(principal, term=interest.first_rate)
    amount = interest.principal.amount_of(principal, numbers)
    if anywhere(days < day_number(prices[0][0])) or anywhere(days > interest.principal.maturity_day):
        reason = f"expected a day from {prices[0][0]} to {interest.principal.maturity_date}"
        raise TermsError(reason, field=f"{place}.amount on", value=on)
    total = interest.principal.owed(amount, days) * price_in_force(prices, days, numbers)
    if accrued == "clean":
        total = total + interest.in_price(amount, interest.accrual_start(days), days)
    return numbers.publish(total)


def _later_last(old: Any, new: Any) -> Effect:
    """A later last day of the Company's right is adverse to holders; if unset, the right lasts to maturity."""
    if old is None or new is None:
        return "better" if old is None else "worse"
    return _LATER.direction(old, new)


_LATER = worse_if_later("impaired conversion")


@dataclass(frozen=True, kw_only=True)
class Redemption(Provision):
    """The Company's right to redeem (RED-1…RED-6), if so stated only while a condition on closes is met (SFT-1, SFT-2).

    `prices` are pairs of the day from which a price applies and the price as a share of principal; the first day is the first
    possible redemption date. Accrued interest is added to "clean" prices and included in "dirty" ones.
    """

    presence = worse_from(False, True, touches="impaired conversion")

    prices: tuple[tuple[date, Decimal], ...] = term(price_schedule, "RED-1", change=_dearer)
    accrued: str = term(
        one_of("clean", "dirty"), "RED-1", change=worse_from("clean", "dirty", touches="lower redemption amount"), default="clean"
    )
    notice_at_least: int = term(count(0, 366), "RED-2", change=worse_if_lower("impaired conversion"), default=30)
    notice_at_most: int = term(count(0, 366), "RED-2", change=worse_if_lower("impaired conversion"), default=60)
    #: how a partial redemption is allocated among holders
    selection: str = term(
        one_of("pro-rata", "lot"),
        "RED-4",
        "convention",
        change=depends("the lot, and what each holder has", "lower redemption amount"),
        default="pro-rata",
    )
    #: what the closes before a notice must have met; None: a hard call
    condition: Condition | None = term(condition, "SFT-1", change=worse_if_easier("impaired conversion"), default=None)
    #: redemption dates before this day need the condition; None: all do
    until: date | None = term(day, "SFT-2", change=worse_if_lower("impaired conversion", unset="highest"), default=None)
    whole_only: bool = term(
        flag, "SFT-2", change=depends("whether all Notes or a part would be called", "impaired conversion"), default=False
    )
    #: the last redemption date, as a date or a day rule before maturity; None: the day before maturity
    last: date | DayRule | None = term(
        day_or_rule, "SFT-2", change=Change(_later_last, "impaired conversion", _LATER.depends_on), default=None
    )
    #: paid per denomination on each Note called, less interest actually paid before the notice; None: no make-whole
    make_whole_amount: Decimal | None = term(not_negative, "SFT-3", change=worse_if_lower("less premium"), default=None)
    #: redemption dates before this day carry the make-whole; None: all do
    make_whole_until: date | None = term(day, "SFT-3", change=worse_if_lower("less premium", unset="highest"), default=None)
    interest: Interest = given()

    def contradictions(self) -> list[TermsError]:
        faults = []
        if self.notice_at_least > self.notice_at_most:
            faults.append(self.fault("notice_at_least", f"no more than notice_at_most, {self.notice_at_most}, is possible"))
        if self.until is not None and self.condition is None:
            faults.append(self.fault("until", "expected a condition that holds until then"))
        if self.make_whole_until is not None and self.make_whole_amount is None:
            faults.append(self.fault("make_whole_until", "expected a make_whole_amount that is paid until then"))
        if isinstance(self.last, date) and self.last < self.first_date:
            faults.append(self.fault("last", f"expected a day from {self.first_date}, the first redemption date"))
        return faults

    def findings(self, note: Any) -> Iterator[tuple[str, str]]:
        """(rule, message) of each contradiction, or point worth knowing, of a soft call."""
        if self.until is not None and self.until <= self.first_date:
            yield "SFT-2", f"the condition holds until {self.until}, and no redemption is possible before {self.first_date}"
        if isinstance(self.last, DayRule) and self.last_day < day_number(self.first_date):
            yield "SFT-2", f"the last redemption date, {to_date(self.last_day)}, is before the first, {self.first_date}"
        if self.condition is not None:
            if note.conversion is None:
                yield "SFT-1", "a note that does not convert has a condition on closes for its call"
            else:
                for message in self.condition.oddities(note.conversion.price):
                    yield "SFT-1", message

    def needs_condition(self, redemption: Any) -> Any:
        """Whether a redemption on day number `redemption` needs the condition (SFT-1, SFT-2); bool, or a bool array."""
        if self.condition is None:
            return redemption < 0
        return (redemption < day_number(self.until)) if self.until is not None else redemption >= 0

    def bears_make_whole(self, redemption: Any) -> bool:
        """Whether a redemption on day number `redemption` pays a make-whole (SFT-3); an array must be all or none."""
        if not self.make_whole_amount:
            return False
        return self.make_whole_until is None or bool(np.any(redemption < day_number(self.make_whole_until)))

    def make_whole(self, paid: Any, redemption: Any) -> Any:
        """The make-whole per denomination on day number `redemption`, after `paid` of interest; at least 0 (SFT-3).

        In the note's currency; same type and shape as `paid`.
        """
        numbers = numbers_of(paid)
        left = larger(numbers(self.make_whole_amount) - paid, paid * 0)
        if self.make_whole_until is None:
            return left
        return choose(redemption < day_number(self.make_whole_until), left, left * 0)

    @property
    def last_day(self) -> int:
        """Day number of the last redemption date: `last`, or the day before maturity (RED-1, SFT-2)."""
        terms = self.interest.principal
        before = terms.maturity_day - 1
        return before if self.last is None else min(int(resolved(self.last, terms.maturity_day, terms)), before)

    @property
    def first_date(self) -> date:
        """The first day on which the notes can be redeemed (RED-1)."""
        return self.prices[0][0]

    @property
    def first_notice(self) -> date:
        """The first day on which a notice can be mailed (RED-2)."""
        return self.first_date - timedelta(days=self.notice_at_most)

    @keeps_index
    def amount(self, on: Any, principal: Any = None) -> Any:
        """The amount paid for `principal` redeemed on `on`, unrounded, in the note's currency (RED-1, RED-6).

        A date gives a Decimal, ``datetime64`` (scalar or array) gives float64 of its shape. Raises `TermsError` before the first
        redemption date or after maturity.

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").redemption.amount("2003-02-20").quantize(Decimal("0.000001"))
        Decimal('1000.753425')
        """
        return scheduled_amount(self.interest, self.prices, self.accrued, on, principal, "redemption")

    def price_on(self, on: Any) -> Any:
        """Price in force on day number `on`, as a share of principal: exact for an int, float64 of its shape for an array."""
        return price_in_force(self.prices, on, INNER)

    def objection(self, on: int, redemption: int) -> tuple[str, str] | None:
        """The rule id and reason that forbid a notice on day number `on` for `redemption`; None if it is allowed."""
        maturity = self.interest.principal.maturity_date
        if not day_number(self.first_date) <= redemption < day_number(maturity):
            return "RED-1", f"expected a redemption date from {self.first_date} and before {maturity}"
        if redemption > self.last_day:
            return "SFT-2", f"the last redemption date is {to_date(self.last_day)}"
        lead = redemption - on
        if not self.notice_at_least <= lead <= self.notice_at_most:
            window = f"{self.notice_at_least} to {self.notice_at_most} days"
            return "RED-2", f"notice is mailed {window} before the redemption date, not {lead}"
        return None

    def select(self, held: Mapping[str, Any], principal: Any, *, seed: int = 0) -> dict[str, Fraction]:
        """How a partial redemption of `principal` is allocated among holdings, in multiples of the denomination (RED-4).

        Pro rata: shares are rounded down and the rest goes, one denomination each, to the largest remainders (ties as listed).
        By lot: denominations are drawn without replacement by NumPy's PCG64 with `seed`.

        >>> import convnote as cn
        >>> redemption = cn.load("amazon-peacs-2010").redemption
        >>> {holder: int(part) for holder, part in redemption.select({"A": 5000, "B": 2000}, 3000).items()}
        {'A': 2000, 'B': 1000}
        """
        unit = fraction(self.interest.principal.denomination)
        units = {holder: int(fraction(amount) / unit) for holder, amount in held.items()}
        wanted, total = int(fraction(principal) / unit), sum(units.values())
        if not 0 < wanted <= total:
            reason = f"expected a positive multiple of {unit}, at most {total * unit}"
            raise TermsError(reason, field="redemption.select principal", rule="RED-4", value=principal)
        if self.selection == "lot":
            drawn = np.random.default_rng(seed).multivariate_hypergeometric(list(units.values()), wanted, method="marginals")
            chosen = dict(zip(units, map(int, drawn), strict=True))
        else:
            chosen = {holder: count * wanted // total for holder, count in units.items()}
            remainders = sorted(units, key=lambda holder: -(units[holder] * wanted % total))
            for holder in remainders[: wanted - sum(chosen.values())]:
                chosen[holder] += 1
        return {holder: count * unit for holder, count in chosen.items() if count}
